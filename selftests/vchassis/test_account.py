#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What the driver keeps account of: the history and its length, the last switchover, time without
redundancy, the trace of the state machine and its replay, the registers."""
import json
import os
import re
import subprocess
import tempfile

import ktap
from chassis import TOP, need, other

suite = ktap.Suite()
suite.group("account")

REPLAY = os.path.join(os.environ.get("REDUND_BUILD", os.path.join(TOP, "build")), "tools", "role_replay")


def chassis_of(c, slot):
    """the chassis object of `show redundancy -j`"""
    return c.redctl_json(slot, "show", "redundancy")["chassis"]


def history(c, slot):
    """role changes, the newest first"""
    return c.redctl_json(slot, "show", "history")["history"]


def role_of(c, mark, slot, role):
    """when a module published a role, on the chassis clock"""
    return c.wait_event(mark, event="role", slot=slot, role=role)["t_us"]


@suite.test("account", "A-017: up-since and state-since of both modules, the same on both")
def since(c):
    c.wait_ready()
    both = {s: c.redctl_json(s, "show", "redundancy") for s in (1, 2)}
    for mm in (1, 2):
        seen = [both[s]["management_modules"][mm - 1] for s in (1, 2)]
        need(all(0 < m["up_since_us"] <= m["state_since_us"] for m in seen), seen)
        need(seen[0]["up_since_us"] == seen[1]["up_since_us"], seen)
        roles = [e["t_us"] for e in c.poll() if e["event"] == "role" and e["slot"] == mm]
        # a module's own word goes with its role: it is published after it was taken
        need(all(m["state_since_us"] <= roles[-1] for m in seen), (seen, roles))
        need(seen[mm - 1]["state_since_us"] > (roles[-2] if len(roles) > 1 else 0), (seen, roles))


@suite.test("account", "A-017 N-005: time without redundancy from the loss of the standby to its return, on the chassis clock")
def alone(c):
    c.wait_ready()
    a, s = c.owner, other(c.owner)
    before = chassis_of(c, a)
    need(before["without_redundancy_since_us"] == 0, before)
    mark = c.mark()
    c.run("kill", s)
    off = c.wait_event(mark, event="power", slot=s, on=False)["t_us"]
    during = c.wait("the loss is seen", lambda: [x for x in [chassis_of(c, a)] if x["without_redundancy_since_us"]])[0]
    began = during["without_redundancy_since_us"]
    need(off <= began <= during["clock_us"], f"lost at {off}, counted from {began}")
    need(during["standby_failures"] == before["standby_failures"] + 1, during)
    back = role_of(c, mark, s, "standby")
    c.wait_ready()
    after = chassis_of(c, a)
    passed = after["without_redundancy_us"] - before["without_redundancy_us"]
    need(after["without_redundancy_since_us"] == 0, after)
    need(back - began <= passed <= after["clock_us"] - began, f"{passed} us: from {began}, back at {back}")
    need(after["standby_failures"] == before["standby_failures"] + 1, after)
    need(chassis_of(c, s)["without_redundancy_us"] == after["without_redundancy_us"], "the standby shows another time")


@suite.test("account", "A-015 A-074: the last switchover has time, trigger and who asked; --to repeated does nothing")
def last(c):
    c.wait_ready()
    before = chassis_of(c, c.owner)
    target = other(c.owner)
    word = f"mm{target}"
    c.redctl(c.owner, "-y", "redundancy", "switchover", "--discard", "--to", word)
    c.wait_ready()
    need(c.owner == target, f"owner {c.owner}")
    for slot in (target, other(target)):
        again = c.redctl_json(slot, "redundancy", "switchover", "--to", word)
        need(again == {"ok": True, "noop": True, "active": target}, again)
    first = chassis_of(c, target)
    need(first["failovers"] == before["failovers"] + 1, first)
    need((first["last_switchover_trigger"], first["last_switchover_details"]) == ("switchover", "by redctl root"), first)
    need(first["last_switchover_clock_us"] == history(c, target)[0]["clock_us"], history(c, target)[0])
    c.run("kill", target)
    c.wait_role(other(target), "active")
    c.wait_ready()
    for slot in (1, 2):
        second = chassis_of(c, slot)
        need(second["last_switchover_trigger"] == "power-loss" and second["last_switchover_details"] == "nobody asked", second)
        need(second["last_switchover_clock_us"] > first["last_switchover_clock_us"], (first, second))
        need(second["last_failover_s"] >= first["last_failover_s"], (first, second))
    text = c.redctl(c.owner, "show", "redundancy", "detail").stdout
    need(re.search(r"last_switchover_trigger\s*: power-loss", text), text)


@suite.test("account", "A-005: a refused switchover's reasons stand in show redundancy detail, inline")
def inhibited(c):
    c.wait_ready()
    a, s = c.owner, other(c.owner)
    c.run("remove", s)
    c.wait("the other module is gone", lambda: not chassis_of(c, a)["switchover_ready"])
    text = c.redctl(a, "show", "redundancy", "detail").stdout
    need(re.search(r"switchover_refused\s*: no-peer", text), text)
    c.run("insert", s)
    c.wait_ready()
    text = c.redctl(a, "show", "redundancy", "detail").stdout
    need(re.search(r"switchover_refused\s*: none", text), text)


@suite.test("account", "A-011: the history's length is settable: N + 1 role changes keep the newest N, also over a power cycle")
def length(c):
    c.wait_ready()
    for bad in ("0", "17", "x"):
        p = c.redctl(c.owner, "redundancy", "history-length", bad, check=False)
        need(p.returncode in (1, 2) and p.stderr, f"{bad}: {p.stdout}{p.stderr}")
    p = c.redctl(other(c.owner), "redundancy", "history-length", "2", check=False)
    need(p.returncode == 1 and "not-active" in p.stderr, p.stderr)
    c.redctl(c.owner, "redundancy", "history-length", "2")
    need(len(history(c, c.owner)) == 2, history(c, c.owner))
    newest = history(c, c.owner)[0]["id"]
    c.redctl(c.owner, "-y", "redundancy", "switchover", "--discard")
    c.wait_ready()
    need([h["id"] for h in history(c, c.owner)] == [newest + 1, newest], history(c, c.owner))
    mark = c.mark()
    c.run("reset-system")
    c.wait_event(mark, event="grant", **{"from": 0})
    c.wait_ready()
    for slot in (1, 2):
        need([h["id"] for h in history(c, slot)] == [newest + 2, newest + 1], history(c, slot))
        need(chassis_of(c, slot)["history_length"] == 2, chassis_of(c, slot))
    c.redctl(c.owner, "redundancy", "history-length", "16")


def replay(c, slot):
    """the replay file of a module, and what role_replay says to it"""
    text = c.exec(slot, "cat", "/sys/kernel/debug/redund/redund0/replay").stdout
    with tempfile.NamedTemporaryFile("w", suffix=".replay") as f:
        f.write(text)
        f.flush()
        return text, subprocess.run([REPLAY, f.name], capture_output=True, text=True, timeout=60, check=False)


@suite.test("account", "A-018: the trace of both state machines, made again on the host, reproduces the final state")
def trace(c):
    c.wait_ready()
    a, s = c.owner, other(c.owner)
    for slot, role in ((a, "active"), (s, "standby")):
        steps = c.redctl_json(slot, "show", "trace")["trace"]
        need(steps[-1]["to"] == role and steps[-1]["owner"] == a, steps[-1])
        need([x["id"] for x in steps] == list(range(steps[0]["id"], steps[-1]["id"] + 1)), "a hole in the trace")
        need(all(x["clock_us"] <= y["clock_us"] for x, y in zip(steps, steps[1:])), "the clock goes back")
        need(all(x["to"] == y["from"] for x, y in zip(steps, steps[1:])), "a role changed between two steps")
        _, p = replay(c, slot)
        need(p.returncode == 0, p.stdout + p.stderr)
        need(f"the last leaves {role}, owner {a}" in p.stdout, p.stdout)
    need([x for x in c.redctl_json(s, "show", "trace")["trace"] if x["peer"] == "active"], "the peer's state is not in it")


@suite.test("account", "A-018: a replay of a trace that was changed says so")
def changed(c):
    text, _ = replay(c, c.owner)
    lines = text.splitlines()
    event = int(re.search(r"event=(\d+)", lines[0]).group(1))
    found = 0
    for at in range(1, len(lines)):
        # an input that is gone: the state does not come out the same
        raw = bytearray.fromhex(lines[at])
        raw[24:24 + event] = bytes(event)
        with tempfile.NamedTemporaryFile("w", suffix=".replay") as f:
            f.write("\n".join(lines[:at] + [raw.hex()] + lines[at + 1:]) + "\n")
            f.flush()
            found += subprocess.run([REPLAY, f.name], capture_output=True, timeout=60, check=False).returncode == 1
    need(found > 0, "no changed input was noticed")


@suite.test("account", "A-071: the decoded registers are the state, in every sample")
def registers(c):
    c.wait_ready()
    samples = 0
    for turn in range(10):
        for slot in (1, 2):
            before = chassis_of(c, slot)
            regs = {r["name"]: r["fields"] for r in c.redctl_json(slot, "show", "registers")["registers"]}
            after = c.redctl_json(slot, "show", "redundancy")
            if before["change_seq"] != after["chassis"]["change_seq"]:
                continue        # something changed meanwhile: no sample
            samples += 1
            status, peer = regs["STATUS"], after["management_modules"][other(slot) - 1]
            need((status["owner"], status["epoch"]) == (before["owner"], before["epoch"]), (status, before))
            need((status["peer_present"], status["peer_powered"], status["peer_in_reset"], status["peer_out"]) ==
                 (peer["present"], peer["powered"], peer["in_reset"], peer["out"]), (status, peer))
            fabric = after["fabric_modules"]
            need([regs["FABRIC_ENABLE"][f"fabric{n}"] for n in (1, 2)] == [f["enabled"] for f in fabric], (regs, fabric))
            need([status[f"fabric{n}_present"] for n in (1, 2)] == [f["present"] for f in fabric], (regs, fabric))
            led = c.slot(slot)["leds"]
            need(regs["LED"]["actv"] == led["actv"], (regs["LED"], led))
        if turn == 4:
            c.redctl(c.owner, "-y", "redundancy", "switchover", "--discard")
            c.wait_ready()
    need(samples >= 10, f"{samples} samples")
    text = c.redctl(c.owner, "show", "registers").stdout
    need(re.search(r"^0x020 STATUS +0x[0-9a-f]{16}  *owner=%u epoch=\d+ peer_present peer_powered" % c.owner, text, re.M), text)


@suite.test("account", "A-065: what the text of show redundancy detail names, JSON has")
def both_forms(c):
    text = c.redctl(c.owner, "show", "redundancy", "detail").stdout
    names = {line.split(":")[0].strip() for line in text.splitlines() if re.match(r"\s+[a-z_]+\s*:", line)}
    document = json.dumps(c.redctl_json(c.owner, "show", "redundancy"))
    missing = [n for n in names if f'"{n}"' not in document]
    need(len(names) > 40 and not missing, f"not in JSON: {missing}")


if __name__ == "__main__":
    ktap.start(suite)

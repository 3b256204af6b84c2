#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Every way to lose the active module: the chassis trace shows exactly one
new owner, the peer reset before a held grant moved, fabric on, interface
modules reset and up; the survivor says so."""
import os
import time

import ktap
import views
from chassis import WAIT, need, other

suite = ktap.Suite()
suite.group("triggers")
suite.group("standby")
suite.group("stuck")
suite.group("split")

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def took_over(c, mark, old, event, reason):
    """Everything the issue asks of one takeover from slot `old`."""
    new = other(old)
    c.wait_event(mark, event="grant", to=new)
    c.wait_event(mark, event="role", slot=new, role="active")
    c.wait("interface modules up", lambda: all(
        m["state"] in ("up", "absent") for m in c.status()["modules"]))
    owners = [e["to"] for e in c.since(mark, event="grant") if e["to"]]
    need(owners == [new], f"grants since the fault went to {owners}")
    need(c.since(mark, event="fabric", slot=new, accepted=True), "the new owner wrote no fabric enables")
    resets = c.since(mark, event="module-reset", slot=new, accepted=True)
    need(resets and resets[0]["value"] and resets[-1]["value"] == 0,
         f"interface modules were not reset and released: {resets}")
    held = [e for e in c.since(mark, event="grant") if e["from"] == old and e["to"] == new]
    for g in held:
        if g["cause"] == "fence":
            before = [e for e in c.since(mark, event="reset", slot=old, asserted=True) if e["seq"] < g["seq"]]
            need(before, "the grant moved by a fence before the holder was reset")
    told(c, new, event, reason)


def told(c, new, event, reason):
    show = views.redundancy(c, new)
    need(show["mm"][new]["status"] == "Active", show["text"])
    day = show["last"].split()
    need(len(day) == 5 and day[1] in MONTHS, f"Last Failover: {show['last']!r}")
    number, text = {16: ("00268", f"Mgmt Module {new} - Failover occurred"),
                    17: ("00269", f"Mgmt Module {new} - User initiated switchover occurred")}[event]
    need(len(views.log_has(c, new, number, text)) == 1, f"event {event} is not in the log once:\n{views.log(c, new)}")
    why = [e[3] for e in views.log(c, new) if e[2] == "redund" and e[3].startswith("reason: ")]
    need(len(why) == 1 and why[0].split(",")[0] == f"reason: {reason}", f"S-119: reasons in the log: {why}")
    wrong = "00269" if event == 16 else "00268"
    need(not [e for e in views.log(c, new) if e[1] == wrong and f"Module {new} " in e[3]],
         "events 16 and 17 for one switchover")
    history = c.redctl(new, "show", "history").stdout
    need(reason in history, f"no reason {reason!r} in the history:\n{history}")


def trigger(c, args, event, reason, mend=None):
    """one trigger on the active, then back to an active and a ready standby"""
    c.wait_ready()
    old = c.owner
    count = views.redundancy(c, old)["failovers"]
    mark = c.mark()
    words = [str(old) if a == "SLOT" else a for a in args]
    c.run(*words)
    took_over(c, mark, old, event, reason)
    show = views.redundancy(c, other(old))
    need(show["failovers"] == count + 1, f"Failovers {show['failovers']}, was {count}")
    if mend:
        for m in mend:
            c.run(*[str(old) if a == "SLOT" else a for a in m])
    c.wait_ready()
    need(c.owner == other(old), "the old active took the grant back")
    return mark, old


@suite.test("triggers", "S-002 S-003 S-004 S-109 S-117 S-118 S-119 S-038 S-292: kill of the active is a failover, without a boot of the new one")
def kill(c):
    c.wait_ready()
    starts = {slot: c.slot(slot)["starts"] for slot in (1, 2)}
    _, old = trigger(c, ["kill", "SLOT"], 16, "power-loss")
    need(c.slot(other(old))["starts"] == starts[other(old)], "the new active had to boot")


@suite.test("triggers", "S-109 S-292: panic of the active is a failover, told before it is silent")
def panic(c):
    mark, old = trigger(c, ["panic", "SLOT"], 16, "panic")
    need(c.since(mark, event="grant", **{"from": old, "cause": "going-down"}), "the panic was not told")


@suite.test("triggers", "S-110 S-292: hang of the active ends by the failover timer")
def hang(c):
    mark, old = trigger(c, ["hang", "SLOT"], 16, "timer-expired")
    need(c.since(mark, event="timer-expired", slot=old), "no timer expired")


@suite.test("triggers", "S-110 S-292: hang --soft: interrupts alone do not keep a module active")
def soft(c):
    trigger(c, ["hang", "SLOT", "--soft"], 16, "timer-expired")


@suite.test("triggers", "S-113 S-133 S-134 S-138: MM Reset on the active switches over at once")
def reset(c):
    mark, old = trigger(c, ["press", "SLOT", "reset"], 16, "reset-button")
    press = c.since(mark, event="button", slot=old, button="reset")[0]
    lost = c.since(mark, event="grant", **{"from": old})[0]
    need(lost["t_us"] == press["t_us"], "the grant was not dropped at the press")
    need(views.log_has(c, other(old), "00266", f"Resetting Mgmt Module {old}"), "no event 14")


@suite.test("triggers", "S-012 S-114 S-140 S-142 S-143 S-144 S-148 S-248 C-16: MM Shutdown on the active hands over, then goes down")
def shutdown(c):
    c.wait_ready()
    old = c.owner
    mark = c.mark()
    c.run("press", old, "shutdown")
    took_over(c, mark, old, 16, "shutdown-button")
    c.wait("Dwn LED solid green", lambda: c.slot(old)["leds"]["dwn"] == "green")
    flash = c.since(mark, event="led", slot=old, led="dwn", state="green-flash")
    solid = c.since(mark, event="led", slot=old, led="dwn", state="green")
    need(flash and solid and flash[0]["seq"] < solid[-1]["seq"], "the Dwn LED did not flash, then stay green")
    leds = c.slot(old)["leds"]
    need(all(leds[n] == "off" for n in ("actv", "stby", "fault")), f"other LEDs are on: {leds}")
    need(len(views.log_has(c, other(old), "00272", f"Mgmt Module {old} Offline (shutdown)")) == 1, "event 20 is not logged once")
    need(views.redundancy(c, other(old))["mm"][old]["status"] in ("Offline", "Down"), "a shut-down module is not offline")
    c.run("remove", old)
    c.run("insert", old)
    c.wait_ready()


@suite.test("triggers", "S-112 S-149: removal of the active is a failover")
def remove(c):
    mark, old = trigger(c, ["remove", "SLOT"], 16, "removed", mend=[["insert", "SLOT"]])
    need(c.since(mark, event="presence", slot=old, present=False), "the trace shows no removal")


@suite.test("triggers", "S-110: a starved watchdog stops the heartbeat and fails over")
def starve(c):
    trigger(c, ["wdt-starve", "SLOT"], 16, "timer-expired")


@suite.test("triggers", "S-110 S-289 G6: cut heartbeat of the active: fenced, reset before the grant moves")
def cut(c):
    mark, old = trigger(c, ["cut", "heartbeat", "SLOT"], 16, "heartbeat-lost",
                        mend=[["restore", "heartbeat", "SLOT"]])
    need(c.since(mark, event="fence", slot=other(old), accepted=True), "no fence in the trace")
    need(views.log_has(c, other(old), "00265", f"Lost Communication with Mgmt Module {old}"), "no event 13")


@suite.test("triggers", "S-111 S-016 S-082 S-085 S-293: redundancy switchover hands over, the old active becomes the standby")
def switchover(c):
    c.wait_ready()
    old = c.owner
    mark = c.mark()
    p = c.redctl(old, "redundancy", "switchover", stdin="y\n")
    need("This management module will now reboot" in p.stdout, p.stdout)
    took_over(c, mark, old, 17, "switchover")
    moved = [e for e in c.since(mark, event="grant") if e["to"] == other(old)]
    need(moved[0]["cause"] == "offer" and moved[0]["from"] == old, f"not an orderly handover: {moved}")
    c.wait_ready()
    need(c.slot(old)["role"] == "standby", "the old active is not the standby")


@suite.test("triggers", "S-109 G4: reboot of the active is told and switches over, by the operator (C-24)")
def reboot(c):
    c.wait_ready()
    old, mark = c.owner, c.mark()
    c.exec(old, "reboot", check=False)
    took_over(c, mark, old, 17, "reboot")
    need(c.since(mark, event="grant", **{"from": old, "cause": "going-down"}), "the reboot was not told")
    c.wait_ready()


@suite.test("triggers", "S-109 G4: power-off and halt of the active are told; it does not come back by itself")
def poweroff(c):
    for command, reason in (("poweroff", "power-off"), ("halt", "halt")):
        c.wait_ready()
        old, mark = c.owner, c.mark()
        c.exec(old, command, check=False, timeout=20)
        took_over(c, mark, old, 16, reason)
        c.wait_event(mark, event="shutdown-done", slot=old)
        c.exec(other(old), "sleep", "2")
        need(c.slot(old)["role"] in ("down", "offline"), f"after {command}: {c.slot(old)}")
        c.run("remove", old)
        c.run("insert", old)
    c.wait_ready()


@suite.test("standby", "S-135 S-136: MM Reset on the standby reboots it and touches nothing else")
def reset_standby(c):
    c.wait_ready()
    active = c.owner
    mark = c.mark()
    c.run("press", other(active), "reset")
    c.wait_event(mark, event="join", slot=other(active))
    c.wait_ready()
    need(c.owner == active and not c.since(mark, event="grant"), "the grant moved")
    need(not c.since(mark, event="module-reset"), "interface modules were touched")


@suite.test("standby", "G3 G5 I1: hang and resume of the standby: the active keeps the grant")
def hang_standby(c):
    c.wait_ready()
    active = c.owner
    mark = c.mark()
    c.run("hang", other(active))
    time.sleep(10)
    c.run("resume", other(active))
    c.wait_ready()
    need(not c.since(mark, event="grant"), f"the grant moved: {c.since(mark, event='grant')}")


@suite.test("standby", "S-147 S-144 S-248: MM Shutdown on the standby: offline, does not take over")
def shutdown_standby(c):
    c.wait_ready()
    active, sby = c.owner, other(c.owner)
    mark = c.mark()
    c.run("press", sby, "shutdown")
    c.wait("Dwn LED solid green", lambda: c.slot(sby)["leds"]["dwn"] == "green")
    need(not c.since(mark, event="grant"), "the grant moved")
    p = c.redctl(active, "-y", "redundancy", "switchover", check=False)
    need(p.returncode == 1, f"switchover to a shut-down module: exit {p.returncode}")
    c.run("remove", sby)
    c.run("insert", sby)
    c.wait_ready()


@suite.test("standby", "S-110 I1: cut heartbeat of the standby: no switchover, not ready and says why")
def cut_standby(c):
    c.wait_ready()
    active, sby = c.owner, other(c.owner)
    mark = c.mark()
    c.run("cut", "heartbeat", sby)
    c.wait("not ready", lambda: c.redctl(active, "-j", "redundancy", "switchover", "--check",
                                         check=False).returncode == 1)
    need(not c.since(mark, event="grant"), "the grant moved")
    need(views.log_has(c, active, "00265", f"Lost Communication with Mgmt Module {sby}", "W"), "no event 13")
    c.run("restore", "heartbeat", sby)
    c.wait_ready()


@suite.test("standby", "G4 I2: doorbell cut: a failover with every interrupt lost")
def doorbell(c):
    c.wait_ready()
    c.run("cut", "doorbell", "both")
    trigger(c, ["kill", "SLOT"], 16, "power-loss")
    c.run("restore", "doorbell", "both")
    c.wait_ready()


def hang_ten(c, old):
    mark = c.mark()
    c.run("hang", old)
    c.wait_event(mark, event="grant", to=other(old))
    time.sleep(10)
    c.run("resume", old)
    moved = c.since(mark, event="grant")[0]
    writes = [e for e in c.poll()[mark:] if e["event"] in ("fabric", "module-reset", "peer-reset")
              and e["slot"] == old and e["accepted"] and e["seq"] > moved["seq"]]
    need(not writes, f"the old active wrote after the grant had moved: {writes}")
    c.wait_role(old, "standby", timeout=WAIT * 2)
    c.wait_ready()
    need(c.owner == other(old), "the old active took the grant back")
    writes = [e for e in c.poll()[mark:] if e["event"] in ("fabric", "module-reset", "peer-reset")
              and e["slot"] == old and e["accepted"] and e["seq"] > moved["seq"]]
    need(not writes, f"the old active wrote after the grant had moved: {writes}")


@suite.test("stuck", "G3 I1: hang for ten seconds, resume: owns nothing, ends as a standby by itself")
def hang_resume(c):
    c.wait_ready()
    hang_ten(c, c.owner)


@suite.test("stuck", "G5 G6 I1: the same with a reset line that does not work")
def hang_resume_stuck(c):
    c.wait_ready()
    old = c.owner
    c.run("fault", old, "reset-stuck", "ON")
    hang_ten(c, old)
    c.run("fault", old, "reset-stuck", "OFF")
    c.wait_ready()


@suite.test("stuck", "G3 G6 S-110: a dead failover timer: the hung active is fenced")
def timer_dead(c):
    c.wait_ready()
    old = c.owner
    c.run("fault", old, "wdt-dead", "ON")
    mark = c.mark()
    c.run("hang", old)
    c.wait_event(mark, event="fence", slot=other(old), accepted=True)
    c.wait_event(mark, event="role", slot=other(old), role="active")
    c.run("fault", old, "wdt-dead", "OFF")
    c.run("resume", old)
    c.wait_ready()


@suite.test("split", "S-110 C-41 I1: cut heartbeat both: exactly one failover, then a standby that is not ready and says why")
def split(c):
    c.wait_ready()
    mark = c.mark()
    c.run("cut", "heartbeat", "both")
    time.sleep(float(os.environ.get("REDUND_SPLIT_SECONDS", "45")))
    owners = [e["to"] for e in c.since(mark, event="grant") if e["to"]]
    need(len(owners) == 1, f"owners since the cut: {owners}")
    p = c.redctl(c.owner, "redundancy", "switchover", "--check", check=False)
    need(p.returncode == 1, "switchover --check says ready")
    need("peer-" in p.stdout + p.stderr, f"no reason word: {p.stdout}{p.stderr}")
    c.run("restore", "heartbeat", "both")
    c.wait_ready()
    need(len([e for e in c.since(mark, event="grant") if e["to"]]) == 1, "it moved again")


if __name__ == "__main__":
    ktap.start(suite)

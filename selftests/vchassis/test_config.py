#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The configuration of the two modules: what runs, what is stored, and what a
module reads when it becomes active (redsyncd)."""
import csv
import os
import re

import ktap
import views
from chassis import TOP, need, other

suite = ktap.Suite()
suite.group("config")
suite.group("kept")

PHASES = ["fabric", "config", "modules-reset", "ports-up"]


def running(c, slot):
    """the running configuration, and whether it is stored"""
    return c.redctl_json(slot, "show", "running-config")


def setting(c, slot, key):
    return running(c, slot)["config"][key]


def store(c, slot, *lines):
    """Puts a stored configuration into a module's flash."""
    c.exec(slot, "sh", "-c", "mkdir -p /flash/config; cat >/flash/config/config1", stdin="\n".join(lines) + "\n")


def stored(c, slot):
    return c.exec(slot, "cat", "/flash/config/config1", check=False).stdout


def store_both(c, *lines):
    """Puts it into the active's flash, and waits until the standby has it."""
    store(c, c.owner, *lines)
    c.wait("the standby has it", lambda: stored(c, other(c.owner)) == stored(c, c.owner))


def wait_read(c, slot, name):
    """until the stored configuration with this host name runs in a module"""
    c.wait(f"slot {slot} runs the configuration of {name}", lambda: setting(c, slot, "hostname") == name)


def phases(c, slot):
    """the phases of the last change of roles"""
    return {p["phase"]: p["result"] for p in c.redctl_json(slot, "show", "history")["history"][0]["phases"]}


@suite.test("config", "S-215 S-218 S-226 S-227: settings of the active; on the standby they are refused, and not seen")
def settings(c):
    c.wait_ready()
    a, s = c.owner, other(c.owner)
    for words in (("hostname", "Core Switch"), ("banner", "motd", "Authorized access only"),
                  ("console", "baud-rate", "9600"), ("console", "flow-control", "xon/xoff"),
                  ("no", "front-panel-security", "password-clear"), ("fastboot",), ("logging", "127.0.0.1")):
        p = c.redctl(s, *words, check=False)
        need(p.returncode == 1 and p.stderr.startswith("redctl: not-active: "), (words, p.stderr))
        p = c.redctl(a, *words)
        both = words == ("fastboot",)
        need(p.stdout == ("Affected: Mgmt Module 1, 2\n" if both else "") and not p.stderr, (words, p.stdout, p.stderr))
    text = c.redctl(a, "show", "running-config").stdout
    for line in ('hostname "Core Switch"', 'banner motd "Authorized access only"', "console baud-rate 9600",
                 "console flow-control xon/xoff", "no front-panel-security password-clear", "fastboot",
                 "logging 127.0.0.1 udp port 514", "redundancy management-module"):
        need(line in text.splitlines(), f"no {line!r} in:\n{text}")
    other_ = running(c, s)["config"]
    need(not other_["banner"] and not other_["hostname"] and other_["fastboot"] is True and
         other_["front_panel_security"]["password_clear"] and not other_["logging"], other_)


@suite.test("config", "S-211 S-233 C-39: write memory stores it in the active's flash, only then it is saved; the standby has it")
def write(c):
    a, s = c.owner, other(c.owner)
    need(not running(c, a)["saved"], "changes count as saved")
    need("Core Switch" not in stored(c, s), "what runs was sent")
    need("config1" in c.redctl(a, "write", "memory").stdout, "it does not say where")
    need(running(c, a)["saved"], "it is not saved")
    need('hostname "Core Switch"\n' in stored(c, a), stored(c, a))
    need(stored(c, s) == stored(c, a), "the standby's file is another one")
    c.redctl(a, "hostname", "Unsaved")
    need(not running(c, a)["saved"], "a later change counts as saved")


@suite.test("config", "S-022: a take-over reads the new active's stored configuration, then resets the interface modules, "
            "then brings up the ports")
def promotion(c):
    a, s = c.owner, other(c.owner)
    c.wait_ready()
    store_both(c, "hostname Second", 'banner motd "The second"', "redundancy management-module")
    c.run("kill", a)
    c.wait_role(s, "active")
    wait_read(c, s, "Second")
    need(setting(c, s, "banner") == "The second", "no banner")
    c.wait("ports up", lambda: "ports-up" in phases(c, s))
    found = phases(c, s)
    order = [p for p in found if p in PHASES]
    need(order == PHASES and found["config"] == "ok", found)
    need([e for e in views.log(c, s) if e[2] == "config" and e[3].startswith("config1 was read (")], views.log(c, s))


@suite.test("config", "S-022 S-211: back again: what was not stored is gone, what was stored runs; fastboot is the boot ROM's")
def back(c):
    a = other(c.owner)
    c.run("insert", a, check=False)
    c.wait_ready()
    for word in (("hostname", "Third"), ("fastboot",)):
        c.redctl(c.owner, *word)
    c.redctl(c.owner, "write", "memory")
    c.redctl(c.owner, "hostname", "Unsaved")
    c.redctl(c.owner, "-y", "redundancy", "switchover", "--discard")
    c.wait_ready()
    need(c.owner == a, f"owner {c.owner}")
    wait_read(c, a, "Third")
    need(setting(c, a, "fastboot") is True and running(c, a)["saved"], running(c, a))
    need("fastboot=1\n" in c.exec(a, "cat", "/flash/boot.env").stdout, "not in the boot environment")


@suite.test("config", "redsyncd killed: what was typed since the promotion stays")
def killed(c):
    a = c.owner
    c.redctl(a, "hostname", "Unsaved")
    c.exec(a, "sh", "-c", "kill -9 $(pidof redsyncd)")
    c.wait("redsyncd runs again", lambda: c.exec(a, "pidof", "redsyncd", check=False).returncode == 0)
    c.exec(a, "sleep", "2")
    need(setting(c, a, "hostname") == "Unsaved", "the configuration was read again")
    c.redctl(a, "hostname", "Third")


@suite.test("config", "S-066: no redundancy management-module is in the stored configuration at once, the rest of it stays")
def disable(c):
    a = c.owner
    before = stored(c, a)
    c.redctl(a, "-y", "no", "redundancy", "management-module")
    need(stored(c, a) == before.replace("\nredundancy management", "\nno redundancy management"), stored(c, a))


@suite.test("config", "S-098 S-099 S-205: after the reboot redundancy is as the new active's own stored configuration says; "
            "S-059: then the other one has it too")
def own(c):
    a, s = c.owner, other(c.owner)
    need(re.search("^no redundancy", stored(c, a), re.M) and not re.search("^no redundancy", stored(c, s), re.M),
         stored(c, a) + stored(c, s))
    c.redctl(a, "redundancy", "active-management", "standby")
    mark = c.mark()
    c.run("reset-system")
    c.wait_event(mark, event="grant", **{"from": 0})
    c.wait_role(s, "active")
    wait_read(c, s, "Third")
    c.wait("redundancy is enabled", lambda: views.redundancy(c, s)["redundancy"] == "enabled")
    c.wait_ready()
    need(c.owner == s and stored(c, a) == stored(c, s), stored(c, a))


@suite.test("config", "a stored configuration with mistakes: they are named in the log, the rest runs, the module is active")
def mistakes(c):
    s = other(c.owner)
    c.wait_ready()
    store_both(c, "hostname Fourth", "boot system", "console mode vt220", "redundancy management-module")
    c.redctl(c.owner, "-y", "redundancy", "switchover", "--discard")
    c.wait_role(s, "active")
    wait_read(c, s, "Fourth")
    log = [e[3] for e in views.log(c, s) if e[2] == "config" and e[0] == "W"]
    need(any(e.startswith("config1 line 2 is left out: `boot'") for e in log) and
         any(e.startswith("config1 line 3 is left out: console mode `vt220'") for e in log), log)
    need(phases(c, s)["config"] == "failed", phases(c, s))
    c.wait_ready()


def state(c, slot):
    """What Documentation/redund/failover-state.csv names, as a module shows it."""
    config = running(c, slot)["config"]
    history = c.redctl_json(slot, "show", "history")["history"]
    return {
        "redundancy setting": config["redundancy"],
        "fabric modules enabled": (config["fabric1"], config["fabric2"]),
        "heartbeat interval and misses": (config["interval_ms"], config["misses"]),
        "number of failovers": views.redundancy(c, slot)["failovers"],
        "history of role changes": [(h["id"], h["from"], h["to"], h["reason"]) for h in history],
        "host name": config["hostname"],
        "banner": config["banner"],
        "console settings": config["console"],
        "syslog servers": config["logging"],
        "front-panel security": config["front_panel_security"],
        "fastboot": config["fastboot"],
        "unsaved changes of these": running(c, slot)["saved"],
        "flash images and default boot": [c.redctl_json(n, "show", "flash") for n in (1, 2)],
        "scheduled reload": c.redctl_json(slot, "show", "reload")["scheduled"],
        "locate LED": c.status()["locate_led"],
        "interface modules": [e for e in views.log(c, slot) if e[1] == "00422"],
    }


@suite.test("kept", "A-009 A-010 S-052 S-216: every row of the table of what a switchover keeps")
def kept(c):
    c.wait_ready()
    a, s = c.owner, other(c.owner)
    store_both(c, "hostname Second", "banner motd two", "console mode ansi", "logging 127.0.0.2",
               "no front-panel-security factory-reset", "redundancy management-module")
    for words in ("redundancy fabric-module 2 disable", "redundancy heartbeat interval 110 misses 6", "hostname First",
                  "banner motd one", "console baud-rate 9600", "logging 127.0.0.1", "fastboot",
                  "no front-panel-security password-clear", "reload after 60", "chassislocate on"):
        c.redctl(a, *words.split())
    c.wait_ready()
    before, mark = state(c, a), c.mark()
    need(before["locate LED"] == "green" and before["scheduled reload"] and not before["unsaved changes of these"], before)
    p = c.redctl(a, "-y", "redundancy", "switchover", check=False)
    need(p.returncode == 1 and p.stderr.startswith("redctl: unsaved: ") and c.owner == a, p.stderr)
    c.redctl(a, "-y", "redundancy", "switchover", "--discard")
    wait_read(c, s, "Second")
    c.wait("modules up", lambda: all(m["state"] in ("up", "absent") for m in c.status()["modules"]))
    c.wait_ready()
    after = state(c, s)
    stored_ = {"redundancy setting": True, "host name": "Second", "banner": "two", "fastboot": False,
               "console settings": {"mode": "ansi", "baud_rate": "speed-sense", "flow_control": "none", "inactivity_min": 0},
               "syslog servers": [{"address": "127.0.0.2", "transport": "udp", "port": 514}],
               "front-panel security": {"password_clear": True, "factory_reset": False, "password_recovery": True}}
    with open(os.path.join(TOP, "Documentation/redund/failover-state.csv"), encoding="utf-8", newline="") as f:
        rows = list(csv.reader(f))[1:]
    need(sorted(r[0] for r in rows) == sorted(after), sorted(after))
    for item, kind, _ in rows:
        was, now = before[item], after[item]
        if item == "number of failovers":
            good = kind == "kept" and now == was + 1
        elif item == "history of role changes":
            good = kind == "kept" and now[1:] == was[:15] and now[0][1:] == (a, s, "switchover")
        elif item == "unsaved changes of these":
            good = kind == "lost" and after["host name"] == "Second" and "First" not in stored(c, a) + stored(c, s)
        elif item == "interface modules":
            good = kind == "reset" and c.since(mark, event="module-reset", slot=s, accepted=True) and \
                {e[3] for e in now} == {e[3] for e in was}
        else:
            good = {"kept": now == was, "stored": item in stored_ and now == stored_[item], "own": now == was,
                    "reset": now == "off", "lost": now is False}[kind]
        need(good, f"{item}: {kind}: {was!r} -> {now!r}")


if __name__ == "__main__":
    ktap.start(suite)

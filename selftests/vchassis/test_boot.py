#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Power-on: who becomes active and why (S-269 to S-280, C-11 to C-14)."""
import re

import ktap
import views
from chassis import WAIT, need, other

suite = ktap.Suite()
suite.group("blank")
suite.group("single", slots="1")
suite.group("selftest", prepare=lambda c: c.up())


def rule(c, slot):
    return c.exec(slot, "cat", "/sys/class/redund/redund0/election_rule").stdout.strip()


def power_cycle(c):
    mark = c.mark()
    c.run("reset-system")
    c.wait_event(mark, event="grant", **{"from": 0})
    c.wait_ready()
    return mark


@suite.test("blank", "S-001 S-017 S-269 S-279: two modules never booted here: the lowest slot, rule 7")
def lowest(c):
    c.wait_ready()
    need(c.owner == 1, f"owner {c.owner}")
    need(rule(c, 1) == "lowest-slot", rule(c, 1))


@suite.test("blank", "S-284 S-285 S-286 S-258 C-23: Booted, Active and in Standby Mode are logged once, in order")
def logged(c):
    for slot, number, text in ((1, "00260", "Mgmt Module 1 Active"), (2, "00261", "Mgmt Module 2 in Standby Mode")):
        lines = views.log(c, slot)
        booted = [i for i, e in enumerate(lines) if e[1] == "00066" and e[3] == f"Mgmt Module {slot} Booted"]
        done = [i for i, e in enumerate(lines) if e[1] == number and e[3] == text]
        need(len(booted) == 1 and len(done) == 1 and booted[0] < done[0], lines)
    c.wait("modules up", lambda: all(m["state"] in ("up", "absent") for m in c.status()["modules"]))
    lines = views.log(c, 1)
    active = [i for i, e in enumerate(lines) if e[1] == "00260"][0]
    for number, word in (("00375", "Downloading"), ("00376", "Download Complete"), ("00422", "Ready")):
        at = [i for i, e in enumerate(lines) if e[1] == number and e[3] == f"Slot A {word}"]
        need(len(at) == 1 and at[0] > active, f"{word}: {lines}")
        active = at[0]


@suite.test("blank", "S-037 S-052 C-14: an election at boot is no failover")
def no_failover(c):
    show = views.redundancy(c, c.owner)
    need(show["failovers"] == 0 and show["last"] == "", show["text"])


@suite.test("blank", "S-008 S-018 S-022: fabric and interface modules come up after the module is active, by the active alone")
def order(c):
    events = c.poll()
    grant = [e for e in events if e["event"] == "grant" and e["to"] == 1][0]
    fabric = [e for e in events if e["event"] == "fabric" and e["accepted"]][0]
    reset = [e for e in events if e["event"] == "module-reset" and e["accepted"]][0]
    need(grant["seq"] < fabric["seq"] < reset["seq"], (grant, fabric, reset))
    need({e["slot"] for e in events if e["event"] in ("fabric", "module-reset")} == {1}, "the standby wrote as well")
    need(views.redundancy(c, 1)["mm"][1]["status"] == "Active", "not shown Active")


@suite.test("blank", "S-023 S-055 S-270 S-277: the module that was active last is active after a power cycle, rule 5")
def active_last(c):
    c.wait_ready()
    c.redctl(c.owner, "-y", "redundancy", "switchover")
    c.wait_ready()
    need(c.owner == 2, f"owner {c.owner}")
    power_cycle(c)
    need(c.owner == 2 and rule(c, 2) == "active-last", f"owner {c.owner}, rule {rule(c, c.owner)}")
    need(views.redundancy(c, 2)["failovers"] == 1, "failovers are not kept over a power cycle")


@suite.test("blank", "S-026 S-087 S-091 S-095 C-12: a pending choice decides the next boot, once")
def pending(c):
    c.redctl(2, "redundancy", "active-management", "management-module1")
    power_cycle(c)
    need(c.owner == 1 and rule(c, 1) == "pending-choice", f"owner {c.owner}, rule {rule(c, c.owner)}")
    need(views.redundancy(c, 1)["failovers"] == 1, "a planned change counted as a failover")
    power_cycle(c)
    need(c.owner == 1 and rule(c, 1) == "active-last", f"not used up: {rule(c, c.owner)}")


@suite.test("blank", "S-092 C-13: a pending choice is satisfied by a switchover to that module")
def pending_satisfied(c):
    c.redctl(1, "redundancy", "active-management", "standby")
    c.redctl(1, "-y", "redundancy", "switchover")
    c.wait_ready()
    need(c.owner == 2, f"owner {c.owner}")
    power_cycle(c)
    need(rule(c, c.owner) == "active-last", f"still pending: {rule(c, c.owner)}")


@suite.test("blank", "C-13: a pending choice of a module that another one takes over from stays, and is shown")
def pending_kept(c):
    a = c.owner
    c.redctl(a, "redundancy", "active-management", f"management-module{a}")
    c.redctl(a, "-y", "redundancy", "switchover")
    c.wait_ready()
    need(c.owner == other(a), f"owner {c.owner}")
    detail = c.redctl(c.owner, "show", "redundancy", "detail").stdout
    need(re.search(rf"choice\s*: .*{a}", detail), "the choice is not shown:\n" + detail)
    power_cycle(c)
    need(c.owner == a and rule(c, a) == "pending-choice", f"owner {c.owner}, rule {rule(c, c.owner)}")


@suite.test("blank", "S-071 S-066 S-097 S-099 S-100 C-09 C-10: disabled redundancy is kept over a power cycle; the pending choice still decides")
def disabled_choice(c):
    a = c.owner
    c.redctl(a, "-y", "no", "redundancy", "management-module")
    c.wait_role(other(a), "offline")
    c.redctl(a, "redundancy", "active-management", "standby")
    mark = c.mark()
    c.run("reset-system")
    c.wait_event(mark, event="grant", to=other(a))
    c.wait_role(other(a), "active")
    c.wait_role(a, "offline")
    need(views.redundancy(c, c.owner)["redundancy"] == "disabled", "redundancy came back by itself")


@suite.test("blank", "S-067 S-068 S-122 C-37: redundancy disabled: a hardware failure of the active promotes the offline module")
def disabled_kill(c):
    a, mark = c.owner, c.mark()
    c.run("remove", a)
    c.wait_event(mark, event="grant", to=other(a))
    c.wait_role(other(a), "active")
    need([e for e in views.log(c, other(a)) if e[0] == "W" and "config" in e[3].lower()], "no warning of an old configuration")


@suite.test("blank", "S-072 S-154 S-011: with redundancy disabled an inserted module goes offline, never standby")
def disabled_insert(c):
    a = c.owner
    c.run("insert", other(a))
    c.wait_role(other(a), "offline")
    c.exec(a, "sleep", "3")
    need(c.slot(other(a))["role"] == "offline", "it went on")


@suite.test("blank", "S-073 S-058: re-enabled, the active stays active, the other becomes Standby")
def reenable(c):
    a = c.owner
    c.redctl(a, "-y", "redundancy", "management-module")
    c.wait_ready()
    need(c.owner == a, "the grant moved")


@suite.test("blank", "A-011 A-014: the history survives the loss of either module, with reason and requester")
def history(c):
    before = c.redctl(c.owner, "show", "history").stdout
    need("switchover" in before and "election" in before, before)
    a, mark = c.owner, c.mark()
    c.run("kill", a)
    c.wait_event(mark, event="role", slot=other(a), role="active")
    after = c.redctl(other(a), "show", "history").stdout
    need("power-loss" in after and "switchover" in after, after)
    c.wait_ready()


@suite.test("blank", "I2 G3: unloading the driver on the active releases the grant, the ready standby claims it")
def unload(c):
    c.wait_ready()
    a, mark = c.owner, c.mark()
    c.exec(a, "rmmod", "redund_pci")
    c.wait_event(mark, event="grant", to=other(a))
    freed = c.since(mark, event="grant")[0]
    need(freed["cause"] == "release", freed)
    c.wait_role(other(a), "active")
    c.exec(a, "sh", "-c", "insmod $REDUND_MODULES/redund_pci.ko")
    c.wait_ready()


@suite.test("single", "S-273 C-23: one module: active by rule 1, System booted")
def single(c):
    c.wait_role(1, "active")
    need(rule(c, 1) == "only-module", rule(c, 1))
    need(views.log_has(c, 1, "00066", "System booted", "I"), views.log(c, 1))


@suite.test("single", "S-274 S-152: a second module that boots becomes the standby, whatever its slot")
def second(c):
    mark = c.mark()
    c.run("insert", "2")
    c.wait_ready()
    need(not c.since(mark, event="grant"), "the grant moved")
    need(rule(c, 2) == "already-active", rule(c, 2))


@suite.test("selftest", "S-010 S-014 S-275 S-288 S-283 C-19 C-20: one module fails selftest: the other is active, rule 3")
def one_fails(c):
    c.wait_ready()
    c.run("fault", "1", "selftest-fail", "ON")
    mark = c.mark()
    c.run("reset-system")
    c.wait_event(mark, event="grant", to=2)
    c.wait_role(1, "failed")
    c.wait_role(2, "active")
    show = views.redundancy(c, 2)
    need(show["mm"][1]["status"] == "Failed", show["text"])
    c.wait("event 12", lambda: views.log_has(c, 2, "00264", "Mgmt Module 1 Failed Selftest", "W"))
    need(views.log_has(c, 1, "00065", "Boot-up selftest failed", "M"), "no event 4 on the failed module")
    need(c.slot(1)["leds"]["actv"] == "orange-fast-flash", f"S-244: {c.slot(1)['leds']}")


@suite.test("selftest", "S-015 S-272 S-249: both fail selftest: nobody is active, the Fault LEDs flash")
def both_fail(c):
    c.run("fault", "2", "selftest-fail", "ON")
    mark = c.mark()
    c.run("reset-system")
    c.wait_role(1, "failed", timeout=WAIT)
    c.wait_role(2, "failed", timeout=WAIT)
    c.wait("Fault LED", lambda: all("flash" in s["leds"]["fault"] for s in c.status()["slots"]))
    need(not [e for e in c.since(mark, event="grant") if e["to"]], "a failed module took the grant")


@suite.test("selftest", "S-275: mended modules boot again")
def mended(c):
    c.run("fault", "1", "selftest-fail", "OFF")
    c.run("fault", "2", "selftest-fail", "OFF")
    c.run("reset-system")
    c.wait_ready()


@suite.test("selftest", "S-153: a module that fails selftest is not taken as the standby when it is inserted")
def insert_failed(c):
    a, s = c.owner, other(c.owner)
    c.run("remove", s)
    c.run("fault", s, "selftest-fail", "ON")
    mark = c.mark()
    c.run("insert", s)
    c.wait_role(s, "failed")
    need(c.owner == a and not c.since(mark, event="grant"), "the grant moved")
    p = c.redctl(a, "-y", "redundancy", "switchover", check=False)
    need(p.returncode == 1 and "failed-selftest" in p.stderr, f"exit {p.returncode}: {p.stderr}")
    c.run("fault", s, "selftest-fail", "OFF")
    c.run("press", s, "reset")
    c.wait_ready()


@suite.test("selftest", "S-145 S-146 S-147 S-295 C-15: MM Shutdown without a ready standby is ignored, event 19")
def shutdown_ignored(c):
    a = c.owner
    c.run("remove", other(a))
    mark = c.mark()
    c.run("press", a, "shutdown")
    c.wait("event 19", lambda: views.log_has(
        c, a, "00271", "Other management module is not in standby, shutdown request ignored", "W"))
    need(c.slot(a)["role"] == "active" and not c.since(mark, event="grant"), "the active changed")
    need(not [e for e in c.since(mark, event="led", slot=a, led="dwn") if e["state"] != "off"], "the Dwn LED went on")
    c.run("insert", other(a))
    c.wait_ready()


@suite.test("selftest", "S-243 C-31: Actv solid green on the active, off on the standby; Stby solid green when ready")
def leds(c):
    c.wait_ready()
    a = c.owner
    c.wait("LEDs", lambda: c.slot(a)["leds"]["actv"] == "green" and c.slot(other(a))["leds"]["actv"] == "off"
           and c.slot(other(a))["leds"]["stby"] == "green" and c.slot(a)["leds"]["stby"] == "off")


@suite.test("selftest", "S-245 S-246 C-30: taking over: Actv flashes green, then solid green")
def leds_takeover(c):
    a, mark = c.owner, c.mark()
    c.run("kill", a)
    c.wait_event(mark, event="led", slot=other(a), led="actv", state="green")
    states = [e["state"] for e in c.since(mark, event="led", slot=other(a), led="actv")]
    need(states[:2] == ["green-flash", "green"], states)
    need(c.slot(a)["leds"]["actv"] != "green", "the lost module shows Actv green")
    c.wait_ready()


if __name__ == "__main__":
    ktap.start(suite)

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""boot, reload, boot standby and boot system on two emulated machines that
really reboot: who is active afterwards and why, and what is asked before
(S-189 to S-213). Figures 15-5, 15-6 and 15-25 as sequences of commands."""
import re

import ktap
import views
from chassis import need, other

suite = ktap.Suite()
suite.group("pair")
suite.group("single", slots="1")

BECOMES = re.compile(r"This management module will now reboot (from (primary|secondary) image )?and will become "
                     r"the standby module! You will need to use the other management module's console interface\. "
                     r"Do you want to continue \[y/n\]\?")
SYSTEM = re.compile(r"The other management module is not in standby mode and this command will not cause a switchover\. "
                    r"System will reboot from (primary|secondary) image\. Do you want to continue \[y/n\]\?")
SWITCHES = ("This command will cause a switchover to the other management module which may not be running the same "
            "software image and configurations. Do you want to continue [y/n]?")


def flat(text):
    return " ".join(text.split())


def last(c):
    """the last role change, as show history has it"""
    return c.redctl_json(c.owner, "show", "history")["history"][0]


def texts(c, slot):
    """the lines of a module's log"""
    return [e["text"] for e in c.log(slot)["events"]]


def failovers(c):
    return views.redundancy(c, c.owner)["failovers"]


def settled(c):
    """both modules have decided, whatever they are"""
    c.wait("both decided", lambda: c.owner and {s["role"] for s in c.status()["slots"]} <= {
        "active", "standby", "offline", "failed"})


def rebooted(c, mark, slot):
    """the module went down by itself, its process ended, and its software joined again"""
    down = c.wait_event(mark, event="going-down", slot=slot)
    need(down["reason"] == "reboot", down)
    c.wait("joined", lambda: [e for e in c.since(mark, event="join", slot=slot) if e["seq"] > down["seq"]])


def system_booted(c, mark):
    """Both started when the active went down: neither took over from the other."""
    a = c.since(mark, event="peer-reset", value=2, accepted=True)
    need(len(a) == 1, a)
    owner, peer = a[0]["slot"], other(a[0]["slot"])
    rebooted(c, mark, owner)
    down = c.since(mark, event="going-down", slot=owner)[0]
    free = c.since(mark, event="grant")
    need(free[0]["to"] == 0 and free[0]["seq"] > down["seq"], free)
    begun = c.wait_event(mark, event="reset", slot=peer, asserted=False)
    need(begun["seq"] > down["seq"], "the other module started before the active went down")
    c.wait_event(mark, event="grant", **{"from": 0})
    settled(c)
    need(len(c.since(mark, event="grant")) == 2, c.since(mark, event="grant"))


@suite.test("pair", "S-190 S-191 S-213: boot and reload ask; n and end of input change nothing")
def ask(c):
    c.wait_ready()
    mark = c.mark()
    for words, question in ((("boot",), BECOMES), (("boot", "active"), BECOMES), (("reload",), re.compile(re.escape(SWITCHES)))):
        for answer in ("n\n", ""):
            p = c.redctl(c.owner, *words, stdin=answer, check=False)
            need(p.returncode == 1 and question.search(flat(p.stdout)) and "cancelled" in p.stderr, p.stdout + p.stderr)
    need(not c.since(mark, event="grant") and not c.since(mark, event="going-down"), "something happened")


@suite.test("pair", "S-115 S-189 S-082 S-118 S-119 C-24: boot: the standby takes over, the old active boots and is standby")
def boot(c):
    a, mark, before = c.owner, c.mark(), failovers(c)
    p = c.redctl(a, "boot", stdin="y\n")
    need(BECOMES.search(flat(p.stdout)) and f"management module {other(a)} is active" in p.stdout, p.stdout)
    rebooted(c, mark, a)
    c.wait_ready()
    need(c.owner == other(a) and len(c.since(mark, event="grant")) == 1, c.since(mark, event="grant"))
    grant = c.since(mark, event="grant")[0]
    need(grant["cause"] == "offer" and grant["seq"] < c.since(mark, event="going-down", slot=a)[0]["seq"],
         "the old active did not wait for the new one")
    need(failovers(c) == before + 1, "not counted")
    need((last(c)["reason"], last(c)["verdict"], last(c)["failover"]) == ("boot", "done", True), last(c))
    need(views.log_has(c, c.owner, "00269", f"Mgmt Module {c.owner} - User initiated switchover occurred", "I"), "no event 17")
    need(not views.log_has(c, c.owner, "00268", "Mgmt"), "event 16 as well")
    need([t for t in texts(c, c.owner) if t.startswith("reason: boot, by redctl ")], texts(c, c.owner))


@suite.test("pair", "S-116 S-207 S-208 S-053 S-210: figure 15-25, reload: a switchover, and a warm start of the old active")
def reload(c):
    c.wait_ready()
    a, mark, before = c.owner, c.mark(), failovers(c)
    p = c.redctl(a, "reload", stdin="y\n")
    need(SWITCHES in flat(p.stdout), p.stdout)
    rebooted(c, mark, a)
    c.wait_ready()
    shown = views.redundancy(c, c.owner)
    need(shown["failovers"] == before + 1 and shown["last"], shown["text"])
    need(shown["mm"][other(a)]["status"] == "Active" and shown["mm"][a]["status"] == "Standby", shown["text"])
    need(last(c)["reason"] == "reload", last(c))
    need("warm-start: the selftest is skipped after reload" in texts(c, a), texts(c, a))


@suite.test("pair", "S-197 S-164 S-290: boot standby boots the other module, event 14, no switchover")
def boot_standby(c):
    c.wait_ready()
    a, mark, before = c.owner, c.mark(), failovers(c)
    p = c.redctl(a, "boot", "standby")
    need(not p.stdout, p.stdout)
    c.wait_event(mark, event="reset", slot=other(a), asserted=True, cause="command")
    c.wait_event(mark, event="join", slot=other(a))
    c.wait_ready()
    need(not c.since(mark, event="grant") and failovers(c) == before, "a switchover")
    need(views.log_has(c, a, "00266", f"Resetting Mgmt Module {other(a)}", "I"), "no event 14")
    need("warm-start: the selftest is skipped after reload" not in texts(c, other(a)), "a warm start")


@suite.test("pair", "S-120 S-199 S-052 C-14 A-008: boot system: both boot, nobody takes over; a second request is refused")
def boot_system(c):
    a, mark, before = c.owner, c.mark(), failovers(c)
    p = c.redctl(other(a), "boot", "system", check=False)
    need(p.returncode == 1 and "not-active" in p.stderr, p.stderr)
    p = c.redctl(a, "boot", "system")
    need(not p.stdout, p.stdout)
    p = c.redctl(a, "boot", "standby", check=False)
    # on a busy machine it may be gone already
    need(p.returncode and ("busy" in p.stderr or c.since(mark, event="going-down", slot=a)), p.stderr)
    system_booted(c, mark)
    need(c.owner == a and failovers(c) == before, f"owner {c.owner}, {failovers(c)} failovers")
    need((last(c)["reason"], last(c)["failover"], last(c)["rule"]) == ("boot-system", False, "active-last"), last(c))
    need([t for t in texts(c, a) if t.startswith("reason: boot-system, by redctl ")], texts(c, a))


@suite.test("pair", "S-087 S-089 S-091 S-095 S-052 C-12: figure 15-5: active-management and boot system, once")
def choice(c):
    c.wait_ready()
    a, mark, before = c.owner, c.mark(), failovers(c)
    p = c.redctl(a, "redundancy", "active-management", f"management-module{other(a)}")
    need(flat(p.stdout) == f"On the next system boot, the management-module{other(a)} will become active.", p.stdout)
    c.redctl(a, "boot", "system")
    system_booted(c, mark)
    c.wait_ready()
    shown = views.redundancy(c, c.owner)
    need(shown["mm"][other(a)]["status"] == "Active" and shown["mm"][a]["status"] == "Standby", shown["text"])
    need(shown["failovers"] == before, shown["text"])
    need(not c.redctl_json(c.owner, "show", "redundancy")["chassis"].get("choice"), "the choice is still pending")


@suite.test("pair", "S-199 S-046 S-047: boot system flash secondary: both modules boot that image, this once")
def system_flash(c):
    c.wait_ready()
    a = c.owner
    for words, image in ((("flash", "secondary"), "Secondary"), ((), "Primary")):
        mark = c.mark()
        c.redctl(a, "boot", "system", *words)
        system_booted(c, mark)
        c.wait_ready()
        shown = views.redundancy(c, a)
        need(c.owner == a and [shown["mm"][s]["image"] for s in (1, 2)] == [image] * 2, shown["text"])


@suite.test("pair", "S-216: the locate LED is lit on the active only, and a switchover puts it out")
def locate(c):
    c.wait_ready()
    a, mark = c.owner, c.mark()
    c.redctl(a, "chassislocate", "on")
    need(c.status()["locate_led"] == "green", c.status()["locate_led"])
    p = c.redctl(other(a), "chassislocate", "off", check=False)
    need(p.returncode == 1 and "not-active" in p.stderr, p.stderr)
    c.redctl(a, "-y", "redundancy", "switchover")
    need([e["state"] for e in c.since(mark, event="led", led="locate")] == ["green", "off"],
         c.since(mark, event="led", led="locate"))
    c.wait_ready()


@suite.test("pair", "S-093 S-096 S-097 S-098 S-099 S-100 S-192 C-09 C-10: figure 15-6: redundancy disabled, active-management standby, boot")
def disabled_choice(c):
    a, before = c.owner, failovers(c)
    c.redctl(a, "-y", "no", "redundancy", "management-module")
    c.wait_role(other(a), "offline")
    mark = c.mark()
    p = c.redctl(a, "redundancy", "active-management", "standby")
    need("it will not have current configurations." in flat(p.stdout), p.stdout)
    p = c.redctl(a, "boot", stdin="y\n")
    need(SYSTEM.search(flat(p.stdout)), p.stdout)
    system_booted(c, mark)
    need(c.owner == other(a), f"owner {c.owner}")
    need(failovers(c) == before, "it counted as a failover")
    need(last(c)["reason"] == "boot" and last(c)["rule"] == "pending-choice", last(c))


@suite.test("pair", "S-122 S-209 C-42: redundancy disabled: reload boots the system, the same module is active")
def disabled(c):
    a, mark, before = c.owner, c.mark(), failovers(c)
    # which of them the stored configuration says is the concern of others
    if views.redundancy(c, a)["redundancy"] == "enabled":
        c.redctl(a, "-y", "no", "redundancy", "management-module")
    c.wait_role(other(a), "offline")
    p = c.redctl(a, "reload", "--check")
    need("without a switchover" in p.stdout and "disabled" in p.stdout, p.stdout)
    # the first answer is for an offer to save, where there is one (S-211)
    p = c.redctl(a, "reload", stdin="y\ny\n")
    need(SYSTEM.search(flat(p.stdout)), p.stdout)
    system_booted(c, mark)
    need(c.owner == a and failovers(c) == before, f"owner {c.owner}")
    need((last(c)["reason"], last(c)["failover"]) == ("reload", False), last(c))
    need("warm-start: the selftest is skipped after reload" in texts(c, a), texts(c, a))


@suite.test("single", "S-193 S-196 S-198: a single module: boot standby is refused, boot simply boots it")
def single(c):
    c.wait_role(1, "active")
    p = c.redctl(1, "boot", "standby", check=False)
    need(p.returncode == 1 and p.stdout.strip() == "The other management module is not present.", p.stdout)
    mark = c.mark()
    p = c.redctl(1, "boot", "active", stdin="y\n")
    need(re.fullmatch(r"System will reboot from (primary|secondary) image\. Do you want to continue \[y/n\]\?", flat(p.stdout)),
         p.stdout)
    rebooted(c, mark, 1)
    c.wait_event(mark, event="grant", to=1)
    c.wait_role(1, "active")
    need(failovers(c) == 0 and last(c)["reason"] == "boot", last(c))


@suite.test("single", "S-212: reload after is shown and cancelled; reload at reloads without a question")
def later(c):
    p = c.redctl(1, "reload", "after", "30")
    need(p.stdout.startswith("Reload scheduled at "), p.stdout)
    need(c.redctl(1, "show", "reload").stdout == p.stdout, "not shown")
    c.redctl(1, "no", "reload")
    need("No reload" in c.redctl(1, "show", "reload").stdout, "not cancelled")
    mark = c.mark()
    at = c.exec(1, "date", "-d", "+3 seconds", "+%H:%M:%S %m/%d/%Y").stdout.split()
    c.redctl(1, "reload", "at", *at)
    rebooted(c, mark, 1)
    c.wait_event(mark, event="grant", to=1)
    c.wait_role(1, "active")
    need(last(c)["reason"] == "reload", last(c))


if __name__ == "__main__":
    ktap.start(suite)

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What an operator types, reads and answers, against the chapter's text."""
import re

import ktap
import views
from chassis import need, other

suite = ktap.Suite()
suite.group("commands")
suite.group("fabric")

ENABLE = ("All configuration files and software images on the off-line management "
          "module will be overwritten with the data from the current active "
          "management module. Do you want to continue [y/n]?")
DISABLE = ("The other management module will no longer be used for system "
           "redundancy except in the case of a HW failure of the active "
           "management module. Do you want to continue [y/n]?")
SWITCHOVER = re.compile(r"This management module will now reboot (from (primary|secondary) image )?and will become "
                        r"the standby module! You will need to use the other management module's "
                        r"console interface\. Do you want to continue \[y/n\]\?")
REFUSED = "The other management module does not exist or is not in standby mode"


def flat(text):
    """runs of white space collapsed (C-28)"""
    return " ".join(text.split())


@suite.test("commands", "S-033 S-034 S-036 S-037 S-039 S-040 S-041 S-042 S-043 S-044 S-045 S-049 C-03 C-28: show redundancy as figure 15-1")
def show(c):
    c.wait_ready()
    text = c.redctl(c.owner, "show", "redundancy").stdout
    lines = [flat(l) for l in text.splitlines() if l.strip()]
    want = ["Settings", "-", "Mgmt Redundancy : enabled", "Statistics", "-", "Failovers : 0", "Last Failover :",
            "Slot Module Description Status SW Version Boot Image", "-"]
    for w, got in zip(want, lines):
        need(got == w or (w == "-" and set(got) <= {"-", " "}), f"{got!r} where {w!r} belongs:\n{text}")
    roles = {c.owner: "Active", other(c.owner): "Standby"}
    for n in (1, 2):
        need(re.match(rf"{n} ProCurve J9092A Management Module 8200zl {roles[n]} \S+ (Primary|Secondary)$",
                      lines[len(want) + n - 1]), text)
        need(lines[len(want) + 2 + n - 1] == f"{n} ProCurve J9093A F2 Fabric Module 8200zl Enabled", text)
    need("Warning" not in text, "a mismatch warning without a mismatch")
    raw = text.splitlines()
    mm2 = max(i for i, l in enumerate(raw) if "Management Module" in l)
    need(raw[mm2 + 1].strip() == "", "no blank line between management and fabric rows")


@suite.test("commands", "S-032 S-051: show redundancy on the standby prints the same")
def show_standby(c):
    c.wait_ready()
    a = c.redctl(c.owner, "show", "redundancy").stdout
    b = c.redctl(other(c.owner), "show", "redundancy").stdout
    need(a == b, f"active:\n{a}\nstandby:\n{b}")
    p = c.exec(other(c.owner), "showredund")
    need(p.stdout == b, "showredund differs from redctl show redundancy")


@suite.test("commands", "S-179 S-180 S-178: show modules as figure 15-13")
def modules(c):
    c.wait_ready()
    c.wait("modules up", lambda: all(m["state"] in ("up", "absent") for m in c.status()["modules"]))
    lines = [flat(l) for l in c.redctl(c.owner, "show", "modules").stdout.splitlines()]
    roles = {c.owner: "Active", other(c.owner): "Standby"}
    for w in ("Status and Counters - Module Information",
              "Chassis: 8212zl J9091A Serial Number: LP711BX00Z",
              "Slot Module Description Serial Number Status",
              f"1 ProCurve J9092A Management Module 8200zl 111111111111 {roles[1]}",
              f"2 ProCurve J9092A Management Module 8200zl 222222222222 {roles[2]}",
              "1 ProCurve J9093A F2 Fabric Module 8200zl 1234SSN Enabled",
              "2 ProCurve J9093A F2 Fabric Module 8200zl 5678SSN Enabled",
              "A ProCurve J8708A 4p 10G CX4 zl Module 333333333333 Up",
              "B ProCurve J8702A 24p Gig-T zl Module 444444444444 Up",
              "C ProCurve J8702A 24p Gig-T zl Module 555555555555 Up",
              "D ProCurve J8702A 24p Gig-T zl Module SG710AT0ZZ Up"):
        need(w in lines, f"no line {w!r} in:\n" + "\n".join(lines))


@suite.test("commands", "S-060 S-063 C-01 C-04: no redundancy management-module: n or end of input changes nothing")
def disable_no(c):
    c.wait_ready()
    for answer in ("n\n", ""):
        p = c.redctl(c.owner, "no", "redundancy", "management-module", stdin=answer, check=False)
        need(p.returncode == 1, f"exit {p.returncode}")
        need(DISABLE in flat(p.stdout), p.stdout)
        need("cancelled" in p.stderr, f"no reason word: {p.stderr}")
    need(views.redundancy(c, c.owner)["redundancy"] == "enabled", "it was disabled")


@suite.test("commands", "S-035 S-054 S-064 S-065 S-070 S-074 S-287 C-01 C-17 A-016: y disables: the standby goes offline, event 11")
def disable(c):
    c.wait_ready()
    a, s = c.owner, other(c.owner)
    p = c.redctl(a, "no", "redundancy", "management-module", stdin="y\n")
    need(DISABLE in flat(p.stdout), p.stdout)
    c.wait_role(s, "offline")
    show_ = views.redundancy(c, a)
    need(show_["redundancy"] == "disabled", show_["text"])
    need(show_["mm"][a]["status"] == "Active" and show_["mm"][s]["status"] == "Offline", show_["text"])
    detail = c.redctl(a, "show", "redundancy", "detail").stdout.split(f"Management Module {s}\n")[1]
    need(re.search(r"offline_cause\s*: disabled", detail), "the cause of Offline is not a field of its own:\n" + detail)
    need(len(views.log_has(c, a, "00263", f"Mgmt Module {s} Offline (redundancy disabled)", "I")) == 1, "no event 11")


@suite.test("commands", "S-080 S-081 S-084: switchover with redundancy disabled is refused")
def refuse_disabled(c):
    a = c.owner
    before = c.mark()
    p = c.redctl(a, "-y", "redundancy", "switchover", check=False)
    need(p.returncode == 1, f"exit {p.returncode}")
    need(REFUSED in flat(p.stdout + p.stderr), p.stdout + p.stderr)
    need("disabled" in p.stderr, f"no reason word: {p.stderr}")
    need(not c.since(before, event="grant"), "the grant moved")


@suite.test("commands", "S-093 S-096: active-management standby with redundancy disabled warns of old configurations")
def active_disabled(c):
    p = c.redctl(c.owner, "redundancy", "active-management", "standby")
    need(flat(p.stdout) == "On the next system boot, the standby will become active. "
         "Redundancy and Synchronization have been disabled, so it will not have current configurations.", p.stdout)
    c.redctl(c.owner, "redundancy", "active-management", f"management-module{c.owner}")


@suite.test("commands", "S-122 S-136 C-37: redundancy disabled: a missed heartbeat never promotes")
def disabled_cut(c):
    a = c.owner
    mark = c.mark()
    c.run("cut", "heartbeat", a)
    c.exec(other(a), "sleep", "4")
    need(not c.since(mark, event="grant"), f"the grant moved: {c.since(mark, event='grant')}")
    c.run("restore", "heartbeat", a)


@suite.test("commands", "S-056 S-057 S-058 S-035: redundancy management-module: n keeps it disabled, y enables, the other is Standby")
def enable(c):
    a = c.owner
    p = c.redctl(a, "redundancy", "management-module", stdin="n\n", check=False)
    need(p.returncode == 1 and ENABLE in flat(p.stdout), p.stdout)
    need(views.redundancy(c, a)["redundancy"] == "disabled", "n enabled it")
    p = c.redctl(a, "redundancy", "management-module", stdin="y\n")
    need(ENABLE in flat(p.stdout), p.stdout)
    c.wait_ready()
    show_ = views.redundancy(c, a)
    need(show_["redundancy"] == "enabled" and show_["mm"][other(a)]["status"] == "Standby", show_["text"])


@suite.test("commands", "S-078 S-079 C-05: switchover: n or end of input changes nothing")
def switchover_no(c):
    c.wait_ready()
    a, mark = c.owner, c.mark()
    for answer in ("n\n", ""):
        p = c.redctl(a, "redundancy", "switchover", stdin=answer, check=False)
        need(p.returncode == 1 and SWITCHOVER.search(flat(p.stdout)), p.stdout)
    need(not c.since(mark, event="grant"), "the grant moved")


@suite.test("commands", "A-002: switchover --check says whether it would be accepted, changes nothing")
def check(c):
    c.wait_ready()
    mark = c.mark()
    need(c.redctl(c.owner, "redundancy", "switchover", "--check").returncode == 0, "not accepted")
    p = c.redctl(other(c.owner), "redundancy", "switchover", "--check", check=False)
    need(p.returncode == 1 and "not-active" in p.stdout + p.stderr, p.stdout + p.stderr)
    need(not c.since(mark, event="grant"), "the grant moved")


@suite.test("commands", "S-086 S-088 S-089: active-management names the module")
def active_management(c):
    p = c.redctl(c.owner, "redundancy", "active-management", "management-module2")
    need(flat(p.stdout) == "On the next system boot, the management-module2 will become active.", p.stdout)
    p = c.redctl(c.owner, "redundancy", "active-management", f"management-module{c.owner}")
    need(p.returncode == 0, "refused")


@suite.test("commands", "S-090 S-094: active-management of an absent module is refused")
def active_absent(c):
    c.wait_ready()
    s = other(c.owner)
    c.run("remove", s)
    p = c.redctl(c.owner, "redundancy", "active-management", f"management-module{s}", check=False)
    need(p.returncode == 1, f"exit {p.returncode}")
    need(f"The management-module{s} is not present or is in failed state." in flat(p.stdout + p.stderr), p.stdout + p.stderr)


@suite.test("commands", "S-080 S-081: switchover without a standby module is refused")
def refuse_absent(c):
    p = c.redctl(c.owner, "-y", "redundancy", "switchover", check=False)
    need(p.returncode == 1 and REFUSED in flat(p.stdout + p.stderr), p.stdout + p.stderr)


@suite.test("commands", "S-150 S-151 S-152 S-286: a module hot-swapped in becomes the standby, event 9")
def insert(c):
    a, s = c.owner, other(c.owner)
    mark = c.mark()
    c.run("insert", s)
    c.wait_ready()
    need(not c.since(mark, event="grant"), "the grant moved")
    need(views.log_has(c, s, "00261", f"Mgmt Module {s} in Standby Mode", "I"), "no event 9")
    need(c.owner == a, "it took over")


@suite.test("commands", "S-121 C-18: the Clear button does not switch over")
def clear(c):
    c.wait_ready()
    mark = c.mark()
    c.run("press", "clear")
    c.wait_event(mark, event="button", button="clear")
    c.exec(c.owner, "sleep", "2")
    need(not c.since(mark, event="grant"), "the grant moved")


@suite.test("commands", "C-38 A-027: heartbeat settings are set on the active, adopted by the standby, limits refused")
def heartbeat(c):
    c.wait_ready()
    a, s = c.owner, other(c.owner)
    c.redctl(a, "redundancy", "heartbeat", "interval", "50", "misses", "6")
    read = lambda n, f: c.exec(n, "cat", f"/sys/class/redund/redund0/{f}").stdout.strip()
    c.wait("adopted", lambda: (read(s, "interval_ms"), read(s, "misses")) == ("50", "6"))
    for bad in (("1", "3"), ("100000", "3"), ("50", "0"), ("x", "3")):
        p = c.redctl(a, "redundancy", "heartbeat", "interval", bad[0], "misses", bad[1], check=False)
        need(p.returncode in (1, 2), f"{bad}: exit {p.returncode}")
    p = c.redctl(s, "redundancy", "heartbeat", "interval", "70", "misses", "6", check=False)
    need(p.returncode == 1 and "not-active" in p.stderr, p.stderr)
    need((read(a, "interval_ms"), read(a, "misses")) == ("50", "6"), "a refused value was taken")
    c.redctl(a, "redundancy", "heartbeat", "interval", "100", "misses", "5")
    c.wait_ready()


@suite.test("commands", "S-250 S-251 S-252 S-253 S-254 S-256: show log, its header and footer, -r the other way round")
def log(c):
    text = c.redctl(c.owner, "show", "log").stdout
    lines = text.splitlines()
    need(flat(lines[0]) == "Keys: W=Warning I=Information" and flat(lines[1]) == "M=Major D=Debug", text)
    need(flat(lines[2]) == "---- Event Log listing: Events Since Boot ----", text)
    m = re.fullmatch(r"---- Bottom of Log : Events Listed = (\d+) ----", flat(lines[-1]))
    need(m, lines[-1])
    down = views.log(c, c.owner)
    need(int(m.group(1)) == len(down), f"{m.group(1)} events said, {len(down)} shown")
    up = views.log(c, c.owner, "-r")
    need(up[::-1][:len(down)] == down, "-r is not the reverse")
    need(down[0][1] == "00061" or down[1][1] == "00061", f"no boot separator first: {down[:2]}")
    need(c.redctl(c.owner, "show", "logging").stdout.splitlines()[0] == lines[0], "show logging differs")


@suite.test("commands", "I6: wrong words are refused with exit 2 and change nothing")
def usage(c):
    mark = c.mark()
    for words in (["redundancy"], ["redundancy", "fly"], ["show"], ["show", "nothing"],
                  ["redundancy", "fabric-module", "3", "enable"], ["redundancy", "fabric-module", "1", "maybe"],
                  ["--bogus"], ["redundancy", "active-management", "management-module3"]):
        p = c.redctl(c.owner, *words, check=False)
        need(p.returncode == 2 and p.stderr.strip(), f"{words}: exit {p.returncode}: {p.stderr}")
    need(not c.since(mark, event="grant") and not c.since(mark, event="fabric"), "something changed")


@suite.test("commands", "I6: unprivileged users read and cannot change")
def unprivileged(c):
    a = c.owner
    p = c.exec(a, "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "redctl", "show", "redundancy")
    need("Mgmt Redundancy" in p.stdout, p.stdout)
    mark = c.mark()
    p = c.exec(a, "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
               "redctl", "-y", "redundancy", "switchover", check=False)
    need(p.returncode == 1 and "permi" in p.stderr.lower(), f"exit {p.returncode}: {p.stderr}")
    need(not c.since(mark, event="grant"), "the grant moved")


@suite.test("fabric", "S-102 S-105 S-107 S-108: fabric 2 disable prints nothing, is shown Disabled, and enable again")
def fabric_disable(c):
    c.wait_ready()
    need(all(f["enabled"] for f in c.status()["fabric"]), "not both enabled by default")
    p = c.redctl(c.owner, "redundancy", "fabric-module", "2", "disable")
    need(p.stdout == "" and p.stderr == "", p.stdout + p.stderr)
    need([f["enabled"] for f in c.status()["fabric"]] == [True, False], "the controller did not get it")
    need(views.redundancy(c, c.owner)["fabric"] == {1: "Enabled", 2: "Disabled"}, "not shown")
    need("5678SSN Disabled" in flat(c.redctl(c.owner, "show", "modules").stdout), "show modules differs")


@suite.test("fabric", "S-104 C-40: the last enabled fabric module cannot be disabled")
def fabric_last(c):
    mark = c.mark()
    p = c.redctl(c.owner, "redundancy", "fabric-module", "1", "disable", check=False)
    need(p.returncode == 1, f"exit {p.returncode}")
    need("Both fabric modules cannot be disabled at the same time." in p.stdout + p.stderr, p.stderr)
    need("last-fabric" in p.stderr, f"no reason word: {p.stderr}")
    need([f["enabled"] for f in c.status()["fabric"]] == [True, False], "it changed")
    need(not [e for e in c.since(mark, event="fabric") if e["accepted"] and not e["value"] & 3], "a zero was accepted")


@suite.test("fabric", "S-007 I3: the only enabled fabric module is pulled: the other is enabled, the log says so")
def fabric_pulled(c):
    mark = c.mark()
    c.run("fabric", "1", "remove")
    c.wait_event(mark, event="fabric", accepted=True)
    c.wait("fabric 2 enabled", lambda: c.status()["fabric"][1]["enabled"])
    need([e for e in views.log(c, c.owner) if "Fabric 2" in e[3] or "fabric 2" in e[3].lower()], "the log is silent")


@suite.test("fabric", "S-007 S-103: an absent fabric module may be set, and each enabled again")
def fabric_absent(c):
    c.redctl(c.owner, "redundancy", "fabric-module", "1", "disable")
    need(not c.status()["fabric"][0]["enabled"], "not set")
    c.redctl(c.owner, "redundancy", "fabric-module", "1", "enable")
    c.run("fabric", "1", "insert")
    need(all(f["enabled"] for f in c.status()["fabric"]), "not both enabled")
    c.wait("00068 Inserted", lambda: views.log_has(c, c.owner, "00068", "Fabric 1 Inserted"))


@suite.test("fabric", "S-104 I3: two writers at once never disable both")
def fabric_race(c):
    mark = c.mark()
    script = ("for i in $(seq 40); do redctl redundancy fabric-module $1 disable; "
              "redctl redundancy fabric-module $1 enable; done >/dev/null 2>&1")
    c.exec(c.owner, "sh", "-c", f"f() {{ {script}; }}; f 1 & f 2 & wait", timeout=120)
    values = [e["value"] for e in c.since(mark, event="fabric") if e["accepted"]]
    need(len(values) >= 40 and all(v & 3 for v in values), f"{len(values)} writes, zero among them: {0 in values}")
    c.redctl(c.owner, "redundancy", "fabric-module", "1", "enable")
    c.redctl(c.owner, "redundancy", "fabric-module", "2", "enable")


@suite.test("fabric", "G2: the standby cannot write the fabric enables")
def fabric_standby(c):
    s = other(c.owner)
    p = c.redctl(s, "redundancy", "fabric-module", "2", "disable", check=False)
    need(p.returncode == 1 and "not-active" in p.stderr, f"exit {p.returncode}: {p.stderr}")
    need(all(f["enabled"] for f in c.status()["fabric"]), "it changed")


@suite.test("fabric", "S-123 S-022: a new owner writes the enables as they were")
def fabric_kept(c):
    c.wait_ready()
    c.redctl(c.owner, "redundancy", "fabric-module", "2", "disable")
    old, mark = c.owner, c.mark()
    c.run("kill", old)
    c.wait_event(mark, event="role", slot=other(old), role="active")
    writes = c.since(mark, event="fabric", slot=other(old), accepted=True)
    need(writes and all(e["value"] == 1 for e in writes), f"writes: {writes}")
    c.redctl(other(old), "redundancy", "fabric-module", "2", "enable")
    c.wait_ready()


if __name__ == "__main__":
    ktap.start(suite)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Commands that change something, the command line, wait and monitor."""
import os
import pty
import re
import subprocess
import tempfile

import chassis
import figures
from chassis import run, state
from tap import has, same, test

DISABLE = ("The other management module will no longer be used for system redundancy except in "
           "the case of a HW failure of the active management module. Do you want to continue [y/n]?")
ENABLE = figures.words(figures.screens("15-2", "redundancy management-module")[0].split("? y")[0]) + "?"
SWITCHOVER = ("This management module will now reboot from primary image and will become the standby "
              "module! You will need to use the other management module's console interface. "
              "Do you want to continue [y/n]?")
NOT_STANDBY = "The other management module does not exist or is not\nin standby mode\n"
OFF = ("no", "redundancy", "management-module")
OFF_LINE = " ".join(OFF) + "\n"
SWITCH = ("redundancy", "switchover")


def refusal(word, *not_ready, text=None):
    """One answer of the driver's check."""
    return {"accepted": False, "refusal": word, "not_ready": list(not_ready),
            "text": "%s: %s" % (word, text or "the driver's sentence")}


def verdict(word):
    """The change that ends handover 4."""
    return {"seq": 8, "chassis": {"instance": 0, "handover_id": 4, "handover_verdict": word,
                                  "owner": 2 if word == "done" else 1}}


@test("S-056 S-057 S-058: figure 15-2, enabling asks, y does it")
def _():
    r = run(state(), "redundancy", "management-module", answer="y\n")
    same(figures.words(r.out), ENABLE)
    same(r.out.splitlines()[:2], ["All configuration files and software images on the off-line management",
                                  "module will be overwritten with the data from the current active"])
    same((r.status, r.err, r.requests), (0, "", ["redundancy instance=0 on=1"]))


@test("S-060 C-04 C-01: disabling asks, y does it")
def _():
    r = run(state(), *OFF, answer="y\n")
    same(figures.words(r.out), DISABLE)
    same((r.status, r.err, r.requests), (0, "", ["redundancy instance=0 on=0"]))


@test("C-01: n and end of input change nothing: exit status 1, reason cancelled")
def _():
    for words in (OFF, OFF[1:], SWITCH):
        for answer in ("n\n", "", "no\n", "N\n", "perhaps\n", "\n\n"):
            r = run(state(), *words, answer=answer)
            same((r.status, r.requests), (1, []), answer)
            same(r.err, "redctl: cancelled: nothing was changed\n")


@test("an answer that is neither y nor n is asked again")
def _():
    r = run(state(), *OFF, answer="maybe\n\nyes\n")
    same((r.status, r.out.count("[y/n]?"), len(r.requests)), (0, 3, 1))


@test("the answer is read from a terminal")
def _():
    for answer, status in (("y\n", 0), ("n\n", 1), ("\x04", 1)):
        with tempfile.TemporaryDirectory() as tmp:
            path = os.path.join(tmp, "state.json")
            with open(path, "w", encoding="utf-8") as f:
                chassis.json.dump(state(), f)
            mine, theirs = pty.openpty()
            with subprocess.Popen([chassis.program("redctl_fake"), *OFF], stdin=theirs,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                  env=dict(os.environ, REDCTL_FAKE=path, REDUND_FLASH=tmp, REDUND_RUN=tmp)) as proc:
                os.close(theirs)
                os.write(mine, answer.encode())
                proc.communicate(timeout=20)
            os.close(mine)
            same(proc.returncode, status, repr(answer))


@test("-y answers yes without asking")
def _():
    r = run(state(), "-y", *OFF)
    same((r.status, r.out, r.requests), (0, "", ["redundancy instance=0 on=0"]))


@test("-j asks on standard error, so that standard output is JSON only")
def _():
    r = run(state(), *OFF, "-j", answer="y\n")
    same(r.json, {"ok": True, "redundancy": False})
    has(figures.words(r.err), DISABLE)


@test("the reason word: kernel's text on standard error and in JSON")
def _():
    st = state(refuse={"redundancy": ["not-active", "only the active module can do that"]})
    r = run(st, *OFF, "-y")
    same((r.status, r.out), (1, ""))
    same(r.err, "redctl: not-active: only the active module can do that\n")
    same(run(st, *OFF, "-y", "-j").json, {"ok": False, "reason": "not-active", "not_ready": [],
                                          "message": "only the active module can do that"})


@test("S-079 C-05 S-082: figure 15-4, switchover asks, waits for the verdict: done")
def _():
    same(figures.words(figures.screens("15-4", "redundancy switchover")[0].split("ROM")[0])[:-2], SWITCHOVER)
    r = run(state(steps=[verdict("pending"), verdict("done")]), *SWITCH, answer="y\n")
    has(figures.words(r.out), SWITCHOVER)
    same(r.out.splitlines()[-1], "The switchover is done: management module 2 is active.")
    same((r.status, r.err, r.requests), (0, "", ["switchover instance=0 force=0"]))


@test("C-05: the prompt names the image that this module boots from; without a known image the syntax form")
def _():
    with tempfile.TemporaryDirectory() as tmp:
        with open(os.path.join(tmp, "boot.env"), "w", encoding="ascii") as f:
            f.write("default=secondary\n")
        has(run(state(), *SWITCH, flash=tmp).out, "reboot from secondary image and")
    # a module without flash boots what it runs
    r = run(state(mm1={"boot_image": "secondary"}), *SWITCH, flash="/nonexistent")
    has(r.out, "reboot from secondary image and")
    r = run(state(mm1={"boot_image": "unknown"}), *SWITCH, flash="/nonexistent")
    has(r.out, "This management module will now reboot and will become\nthe standby module!")


@test("A-011: redundancy history-length sets it; the driver's refusal gets the limit")
def _():
    r = run(state(), "redundancy", "history-length", "5", "-j")
    same((r.json, r.requests), ({"ok": True, "history_length": 5}, ["history instance=0 length=5"]))
    st = state(chassis={"history_max": 16}, refuse={"history": ["invalid", "invalid: The value is out of range."]})
    r = run(st, "redundancy", "history-length", "17", "-j")
    same((r.status, r.json["reason"], r.json["message"]), (1, "invalid", "the length is 1 to 16"))
    for bad in ("x", "-1", "1x", "4294967296"):
        same(run(state(), "redundancy", "history-length", bad).status, 2, bad)


@test("A-074: switchover --to the active module: nothing is asked or done, exit status 0, on either module")
def _():
    standby = state(chassis={"own_slot": 2, "own_role": "standby", "owner": 1})
    for st in (state(), standby):
        r = run(st, *SWITCH, "--to", "mm1")
        same((r.status, r.out, r.err, r.requests),
             (0, "Management module 1 is the active one already; nothing was done.\n", "", []))
        same(run(st, *SWITCH, "--to", "mm1", "-j").json, {"ok": True, "noop": True, "active": 1})


@test("A-074: switchover --to the standby is an ordinary one; what is no module is a usage error")
def _():
    r = run(state(steps=[verdict("pending"), verdict("done")]), *SWITCH, "--to", "mm2", "-y", "-j")
    same((r.status, r.json["active"], r.requests), (0, 2, ["switchover instance=0 force=0"]))
    for bad in ("3", "mm3", "", "standby"):
        r = run(state(), *SWITCH, "--to", bad)
        same((r.status, r.requests), (2, []), bad)
        has(r.err, "expected: mm1 or mm2")


@test("a switchover that is rolled back: exit status 1, reason rolled-back")
def _():
    r = run(state(steps=[verdict("rolled-back")]), *SWITCH, "-y", "-j")
    same((r.status, r.json["reason"]), (1, "rolled-back"))
    has(r.err, "redctl: rolled-back: ")


@test("a switchover that is given up: exit status 1, reason refused")
def _():
    same(run(state(steps=[verdict("refused")]), *SWITCH, "-y").status, 1)


@test("a verdict that does not come: exit status 4, reason time-out")
def _():
    r = run(state(), *SWITCH, "-y", "--timeout", "1")
    same(r.status, 4)
    has(r.err, "redctl: time-out: ")


@test("the verdict of another handover is not taken for this one's")
def _():
    old = {"instance": 0, "handover_id": 3, "handover_verdict": "done"}
    same(run(state(chassis=old), *SWITCH, "-y", "--timeout", "1").status, 4)
    newer = dict(old, handover_id=5)
    has(run(state(chassis=newer), *SWITCH, "-y").err, "redctl: busy: ")


@test("S-080 S-081 S-084: the refusal's two lines, and no question, for each of its causes")
def _():
    for word in ("no-peer", "peer-not-standby", "disabled", "failed-selftest", "peer-not-ready"):
        r = run(state(check=[refusal(word)]), *SWITCH, answer="y\n")
        same((r.status, r.out, r.requests), (1, NOT_STANDBY, []), word)
        same(r.err, "redctl: %s: the driver's sentence\n" % word)


@test("a refusal for another cause prints its own sentence only")
def _():
    r = run(state(check=[refusal("not-active")]), *SWITCH, "-y")
    same((r.status, r.out, r.err), (1, "", "redctl: not-active: the driver's sentence\n"))


@test("--check: accepted, nothing is asked or requested")
def _():
    r = run(state(), *SWITCH, "--check")
    same((r.status, r.out, r.requests), (0, "The switchover would be accepted.\n", []))
    same(run(state(), *SWITCH, "--check", "-j").json, {"ok": True, "accepted": True})


@test("--check: every reason why not; exit status 1, nothing is requested")
def _():
    st = state(check=[refusal("peer-not-ready", "syncing", "timers-differ", "late")])
    r = run(st, "--check", *SWITCH)
    same((r.status, r.requests), (1, []))
    for word in ("peer-not-ready: the driver's sentence", "syncing: ", "timers-differ: ", "late: "):
        has(r.out, "\n  " + word)
    same(run(st, *SWITCH, "--check", "-j").json["not_ready"], ["syncing", "timers-differ", "late"])


@test("--check: a reason that is the refusal itself is said once")
def _():
    st = state(check=[refusal("disabled", "disabled")], mm2={"not_ready": ["disabled", "late"]})
    r = run(st, *SWITCH, "--check")
    same((r.out.count("disabled"), r.out.count("late: ")), (1, 1))
    same(r.err, "redctl: disabled: the driver's sentence (late)\n")


@test("--check: reasons of the other module that the first refusal hides")
def _():
    st = state(check=[refusal("disabled")], mm2={"not_ready": ["disabled", "late"]})
    same(run(st, *SWITCH, "--check", "-j").json["not_ready"], ["disabled", "late"])


@test("--force on the standby: the question says what happens, and to whom")
def _():
    step = verdict("done")
    st = state(chassis={"own_slot": 2}, steps=[step])
    r = run(st, *SWITCH, "--force", answer="y\n")
    has(figures.words(r.out), "The other management module will be reset, and this management module "
        "will become the active module!")
    has(r.out, "management module 2 is active.")


@test("C-02 S-076: a switchover waits for the sync, then switches")
def _():
    st = state(check=[refusal("syncing", "syncing")] * 3 + [{"accepted": True}],
               refuse={}, steps=[{"seq": 8}, {"seq": 9}, verdict("done")])
    st["refuse_once"] = {"switchover": ["syncing", "files are being synchronized"]}
    r = run(st, *SWITCH, "-y")
    same((r.status, r.err, len(r.requests)), (0, "", 2))


@test("C-02: a sync that does not end in time: refused, reason syncing")
def _():
    st = state(check=[refusal("syncing", "syncing")],
               refuse={"switchover": ["syncing", "files are being synchronized"]})
    r = run(st, *SWITCH, "-y", "--timeout", "1")
    same((r.status, r.err.split(":")[1]), (1, " syncing"))


@test("C-02: --force is told to the driver")
def _():
    r = run(state(steps=[verdict("done")]), "--force", *SWITCH, "-y")
    same((r.status, r.requests), (0, ["switchover instance=0 force=1"]))


ACTIVE = ("redundancy", "active-management")


@test("S-088 S-089: figure 15-5, the message; both modules and the standby can be named")
def _():
    r = run(state(), *ACTIVE, "management-module2")
    wanted = figures.screens("15-5", "redundancy active-management management-module2")[0]
    same((figures.lines(r.out), r.status, r.err), (figures.lines(wanted), 0, ""))
    for word, slot in (("standby", 2), ("management-module1", 1), ("management-module2", 2)):
        r = run(state(), *ACTIVE, word)
        same(r.out, "On the next system boot, the %s will become active.\n" % word)
        same(r.requests, ["active instance=0 slot=%d" % slot])
    swapped = state(chassis={"owner": 2, "own_slot": 2})
    same(run(swapped, *ACTIVE, "standby").requests, ["active instance=0 slot=1"])


@test("S-096 S-071: figure 15-6, the warning while redundancy is disabled")
def _():
    st = state(chassis={"redundancy": False}, mm2={"role": "offline"})
    r = run(st, *ACTIVE, "standby")
    wanted = figures.screens("15-6", "redundancy active-management standby")[0]
    same(figures.lines(r.out), figures.lines(wanted))
    has(run(st, *ACTIVE, "management-module2").out, "not have current configurations.")
    same(run(st, *ACTIVE, "management-module1").out.count("\n"), 1)


@test("S-094 S-090: the refusal names the module as it was typed")
def _():
    for cause in ("no-peer", "failed-selftest"):
        st = state(refuse={"active": [cause, "sentence"]})
        for word in ("standby", "management-module2"):
            r = run(st, *ACTIVE, word)
            same((r.status, r.out), (1, "The %s is not present or is in failed state.\n" % word))
            has(r.err, "redctl: %s: " % cause)


@test("S-102 S-107: fabric-module asks nothing and prints nothing")
def _():
    for number in ("1", "2"):
        for word, on in (("enable", 1), ("disable", 0)):
            r = run(state(), "redundancy", "fabric-module", number, word)
            same((r.status, r.out, r.err), (0, "", ""))
            same(r.requests, ["fabric instance=0 id=%s on=%d" % (number, on)])


@test("S-104 C-40: both disabled: exactly the one line, exit status 1")
def _():
    st = state(refuse={"fabric": ["last-fabric", "the kernel's words"]})
    r = run(st, "redundancy", "fabric-module", "2", "disable")
    same((r.status, r.out), (1, "Both fabric modules cannot be disabled at the same time.\n"))
    has(r.err, "redctl: last-fabric: ")


@test("redundancy heartbeat: interval and misses; what is no number is usage")
def _():
    words = ("redundancy", "heartbeat", "interval")
    r = run(state(), *words, "20", "misses", "4")
    same((r.status, r.out, r.requests), (0, "", ["heartbeat instance=0 interval=20 misses=4"]))
    for bad in ("x", "1.5", "5000000000", "1x", "-1"):
        same(run(state(), *words, bad, "misses", "4").status, 2)
        same(run(state(), *words, "10", "misses", bad).status, 2)


@test("redundancy heartbeat: the driver's refusal as it logs it, and the limits; 0 is refused too")
def _():
    st = state(refuse={"heartbeat": ["invalid", "The value is out of range."]})
    limits = "redctl: invalid: The value is out of range. Interval is 5 to 1000 ms, misses 2 to 20, "
    r = run(st, *"redundancy heartbeat interval 2000 misses 3".split())
    same((r.status, len(r.requests)), (1, 1))
    has(r.err, limits)
    for interval, misses in (("0", "3"), ("10", "0"), ("0", "0")):
        r = run(state(), "redundancy", "heartbeat", "interval", interval, "misses", misses)
        same((r.status, r.requests), (1, []))
        has(r.err, limits)


@test("options may stand anywhere")
def _():
    for words in (("-y", *OFF), (OFF[0], "-y", *OFF[1:]), (*OFF, "-y"), (*OFF, "--yes"),
                  ("-d", "redund0", *OFF, "-y"), (*OFF, "-yd", "redund0")):
        same(run(state(), *words).status, 0, words)
    r = run(state(), "show", "-j", "redundancy")
    same(r.json["ok"], True)


@test("an option that the command does not take is usage")
def _():
    for words in (("show", "redundancy", "-y"), ("show", "log", "--check"), ("monitor", "-r"),
                  ("redundancy", "fabric-module", "1", "enable", "--force")):
        r = run(state(), *words)
        same((r.status, r.out), (2, ""))
        has(r.err, "redctl: usage: ")


@test("wrong words: exit status 2, with what is expected there")
def _():
    for words, expected in ((("sow",), "show"), (("show",), "redundancy"), (("-y",), "show"),
                            (("show", "foo"), "history"), (SWITCH + ("now",), "end of the command"),
                            (("redundancy", "fabric-module", "3", "enable"), "expected: 1, 2"),
                            (("redundancy", "fabric-module", "1"), "expected: enable, disable"),
                            (("wait", "role", "2", "king"), "standby"),
                            (("redundancy", "heartbeat", "interval"), "<MS>"),
                            (("--what",), "--help"), (("show", "log", "--timeout", "x"), "seconds"),
                            (("-d", "eth0", "show", "log"), "redundN")):
        r = run(state(), *words)
        same((r.status, r.out, r.requests), (2, "", []), words)
        has(r.err, "redctl: usage: ")
        has(r.err, expected)


@test("a word may be abbreviated while it is unique; else exit status 2 and the candidates")
def _():
    for words in ("sh red", "show redun", "sho redundancy", "sh redundancy det"):
        r = run(state(), *words.split())
        same((r.status, r.err), (0, ""), words)
        has(r.out, "Mgmt Redundancy : enabled")
    same(run(state(), *"sh modu".split()).out, run(state(), "show", "module").out)
    same(run(state(), *"red fab 2 dis".split()).requests, ["fabric instance=0 id=2 on=0"])
    same(run(state(), *"wai rol 2 stand".split()).status, 0)
    r = run(state(), *"redundancy active management-module".split())
    same((r.status, r.requests), (2, []))
    has(r.err, "usage: `management-module' is ambiguous: management-module1, management-module2\n")
    has(run(state(), *"no red managementx".split()).err, "unknown word `managementx'; expected: management-module")
    has(run({}, *"he show red".split()).out, "Usage: redctl [OPTION...] show redundancy [detail]")
    same(run({}, "show", "").status, 2)


@test("hostile words: refused by a sentence, exit status 2, never printed as they came")
def _():
    for words in (["show", "\x1b[2J"], ["show", "gr\xfc\xdfe"], ["a" * 100000], ["a"] * 3000, ["show", "\n"],
                  ["-d", "\x07"], ["--match", "\xff" * 5000, "show", "log"], ["\x7f"], ["--", "\x1b]0;x\x07"]):
        for more in ([], ["-j"]):
            r = run(state(), *words, *more)
            same((r.status, r.requests), (2, []), repr(words)[:60])
            text = r.err + r.out
            assert text and len(text) < 1500, len(text)
            assert all(c == "\n" or " " <= c <= "~" for c in text), repr(text)
            has(r.err, "redctl: usage: ")


@test("--version prints the version of the release")
def _():
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../build/version"), encoding="utf-8") as f:
        version = [line.split("=")[1].strip() for line in f if line.startswith("VERSION=")][0]
    for prog, name in (("redctl_fake", "redctl"), ("showredund_fake", "showredund")):
        r = run({}, "--version", prog=prog)
        same((r.status, r.out), (0, "%s %s\n" % (name, version)))
    same(run({}, "--version", "-j").json, {"ok": True, "version": version})
    same(run({}, "--version", "show", "log").status, 2)


def batch(text, *options, st=None):
    """redctl -f on a file with this text."""
    with tempfile.TemporaryDirectory() as tmp:
        path = os.path.join(tmp, "file")
        with open(path, "wb") as f:
            f.write(text.encode())
        return run(st or state(), "-f", path, *options)


@test("-f FILE: every line is a command, and questions are answered with yes")
def _():
    r = batch("; a comment\n\n  redundancy management-module\n# another\n"
              "redundancy \"fabric-module\" 2 disable\nredundancy heartbeat interval 20 misses 4")
    same((r.status, r.out, r.err), (0, "", ""))
    same(r.requests, ["redundancy instance=0 on=1", "fabric instance=0 id=2 on=0",
                      "heartbeat instance=0 interval=20 misses=4"])
    same(run(state(), "-f", "-", answer="show redundancy\n").out, run(state(), "show", "redundancy").out)


@test("-f FILE: ends at the first line that fails and names it; its exit status")
def _():
    r = batch("show redundancy\nredundancy nothing\nno redundancy management-module\n", "-j")
    same((r.status, r.requests), (2, []))
    same([d["ok"] for d in r.lines], [True, False])
    has(r.err, "redctl: usage: unknown word `nothing'")
    has(r.err, "redctl: line 2 was refused; those after it were not run\n")
    st = state(refuse={"redundancy": ["not-active", "only the active can"]})
    same(batch(OFF_LINE + "show redundancy\n", st=st).status, 1)
    for bad in ('show "log\n', "show \x1b log\n", "a " * 99 + "\n", "b" * 9999 + "\n", "exit\n", "-f x\n"):
        r = batch(bad)
        same((r.status, r.requests, r.out), (2, [], ""), bad[:20])
        has(r.err, "redctl: line 1 was refused")
    same(run(state(), "-f", "/nonexistent").status, 1)
    same(run(state(), "-f", "/nonexistent", "show", "log").status, 2)
    same(run(state(), "-f", "x", prog="showredund_fake").status, 2)


@test("--watch elsewhere than on a terminal: once for every change, then the driver's end")
def _():
    st = state(steps=[{"seq": 8, "fabric": {"id": 2, "enabled": False}}, {"seq": 9, "gone": True}])
    r = run(st, "show", "redundancy", "--watch", "-j")
    same((r.status, [d["ok"] for d in r.lines]), (3, [True, True, False]))
    same([d["fabric_modules"][1]["enabled"] for d in r.lines[:2]], [True, False])
    r = run(st, "show", "redundancy", "--watch")
    same((r.status, r.out.count("Mgmt Redundancy"), r.err.split(":")[1]), (3, 2, " no-driver"))
    for words in (("show", "log", "--watch=0"), ("show", "log", "--watch=x"), ("monitor", "--watch")):
        same(run(state(), *words).status, 2)


@test("usage is said in JSON too, wherever -j stands")
def _():
    same(run(state(), "foo", "-j").json["reason"], "usage")
    same(run(state(), "--what", "-j").json["reason"], "usage")


@test("no driver: exit status 3")
def _():
    for words in (("show", "redundancy"), ("monitor",), ("wait", "ready"), (*OFF, "-y")):
        r = run(state(no_driver=True), *words)
        same((r.status, r.out, r.err), (3, "", "redctl: no-driver: the driver is not loaded\n"))
    r = run({"no_driver": True}, prog="showredund_fake")
    same((r.status, r.err), (3, "showredund: no-driver: the driver is not loaded\n"))


def two_instances():
    """Two controllers in one kernel."""
    st = state()
    for kind in ("chassis", "mm", "fabric"):
        st[kind] += [dict(x, instance=3) for x in st[kind]]
    st["mm"][3]["role"] = "failed"
    return st


@test("several instances and no -d: exit status 2 and the list; -d selects")
def _():
    st = two_instances()
    r = run(st, "show", "redundancy")
    same((r.status, r.out, r.err), (2, "", "redctl: several-instances: choose one by -d: redund0 redund3\n"))
    has(run(st, "show", "redundancy", "-d", "redund3").out, "Failed")
    has(run(st, "show", "redundancy", "-d", "redund0").out, "Standby")
    r = run(st, "-d", "redund3", "redundancy", "fabric-module", "1", "disable")
    same(r.requests, ["fabric instance=3 id=1 on=0"])


@test("an instance that is not there, or none at all: exit status 3, reason no-instance")
def _():
    for st, words in ((state(), ("-d", "redund7")), (dict(state(), chassis=[]), ())):
        r = run(st, "show", "log", *words)
        same((r.status, r.err.split(":")[1]), (3, " no-instance"))


@test("wait role: at once, after changes, and not in time")
def _():
    same(run(state(), "wait", "role", "2", "standby").status, 0)
    st = state(mm2={"role": "booting"},
               steps=[{"seq": 8, "mm": {"slot": 2, "role": "election"}},
                      {"seq": 9, "mm": {"slot": 2, "role": "syncing"}},
                      {"seq": 10, "mm": {"slot": 2, "role": "standby"}}])
    r = run(st, "wait", "role", "2", "standby", "-j")
    same((r.status, r.json["slot"], r.json["role"]), (0, 2, "standby"))
    r = run(state(), "wait", "role", "1", "standby", "--timeout", "0")
    same((r.status, r.err), (4, "redctl: time-out: management module 1 is active\n"))


@test("wait ready: one active, the other a standby without a reason against it")
def _():
    same(run(state(), "wait", "ready").status, 0)
    st = state(mm2={"role": "syncing", "not_ready": ["syncing"]},
               steps=[{"seq": 8, "mm": {"slot": 2, "role": "standby", "not_ready": ["not-heard"]}},
                      {"seq": 9, "mm": {"slot": 2, "not_ready": []}}])
    same(run(st, "wait", "ready", "--timeout", "5").status, 0)
    r = run(state(mm2={"not_ready": ["late", "not-heard"]}), "wait", "ready", "--timeout", "0", "-j")
    same((r.status, r.json["reason"], r.json["not_ready"]), (4, "time-out", ["not-heard", "late"]))
    r = run(state(mm1={"role": "booting"}), "wait", "ready", "--timeout", "0")
    same((r.status, r.err), (4, "redctl: time-out: no management module is active\n"))


@test("A-066: monitor: everything first, then the changes in order, one JSON object a line")
def _():
    st = state(steps=[{"seq": 8, "fabric": {"id": 2, "enabled": False}},
                      {"seq": 9, "mm": {"slot": 2, "role": "failed"}}])
    r = run(st, "monitor", "-j", "--timeout", "1")
    same((r.status, r.err), (0, ""))
    same([x["type"] for x in r.lines], ["exists"] * 10 + ["synced"] + ["change"] * 2)
    same([x["seq"] for x in r.lines[-2:]], [8, 9])
    same((r.lines[-2]["object"], r.lines[-2]["object_id"], r.lines[-2]["fabric"]["enabled"]),
         ("fabric", 2, False))
    same(r.lines[-1]["mm"]["role"], "failed")


@test("A-066: monitor: lost messages are said, and everything follows anew")
def _():
    st = state(steps=[{"seq": 8, "fabric": {"id": 2, "enabled": False}},
                      {"seq": 20, "lost": True, "mm": {"slot": 2, "role": "failed"}},
                      {"seq": 21, "fabric": {"id": 2, "enabled": True}}])
    r = run(st, "monitor", "-j", "--timeout", "1")
    events = [x["type"] for x in r.lines]
    same(events, ["exists"] * 10 + ["synced", "change", "lost"] + ["exists"] * 10 + ["synced", "change"])
    roles = [x["mm"]["role"] for x in r.lines if x.get("object") == "mm"]
    same(roles, ["active", "standby", "active", "failed"])


@test("monitor changes: only changes, and lost messages")
def _():
    st = state(steps=[{"seq": 8, "fabric": {"id": 2, "enabled": False}},
                      {"seq": 20, "lost": True, "mm": {"slot": 2, "role": "failed"}}])
    r = run(st, "monitor", "changes", "-j", "--timeout", "1")
    same([x["type"] for x in r.lines], ["synced", "change", "lost", "synced"])


@test("monitor in text: one line each, key:value")
def _():
    st = state(steps=[{"seq": 8, "mm": {"slot": 2, "role": "failed"}}])
    r = run(st, "monitor", "--timeout", "0")
    has(r.out, "\nsynced instance:0 seq:")
    r = run(st, "monitor", "--timeout", "1")
    last = r.out.splitlines()[-1]
    has(last, "change instance:0 seq:8 object:mm object_id:2 slot:2 ")
    has(last, " role:failed ")


@test("help: every command, each command's page, and --help anywhere")
def _():
    r = run({}, "help")
    same((r.status, r.err), (0, ""))
    syntaxes = [line.strip() for line in r.out.splitlines()
                if line.startswith("  ") and not line.startswith("    ") and "-" != line.strip()[0]]
    assert len(syntaxes) >= 14, syntaxes
    for syntax in syntaxes:
        fixed = [w.split("|")[0] for w in re.match(r"[^<\[]*", syntax).group().split()]
        page = run({}, "help", *fixed)
        same(page.status, 0)
        has(page.out, syntax.split()[0])
        same(run({}, *fixed, "--help").out, page.out)
    same(run({}, "help", "nothing").status, 2)
    has(run({}, "--help", prog="showredund_fake").out, "Usage: showredund [OPTION...] [detail]")


@test("completion offers the words that may follow")
def _():
    def words(*given):
        return sorted(run({}, "--complete", "--", *given).out.split())
    assert set(words()) >= {"help", "monitor", "no", "redundancy", "show", "wait"}, words()
    assert "logout" not in words()
    same(words("redundancy", "fabric-module", "2"), ["disable", "enable"])
    same(words("redundancy", "heartbeat", "interval"), [])
    same(words("redundancy", "heartbeat", "interval", "10"), ["misses"])
    has(words("help", "wait"), "ready")

# SPDX-License-Identifier: GPL-2.0-or-later
"""show redundancy, show modules, show log, show history."""
import datetime
import os
import re
import tempfile

import figures
from chassis import BASE, FABRIC, MM, run, state
from tap import has, same, test


def when(text):
    """Seconds since 1970 of a time as ctime prints it."""
    return int(datetime.datetime.strptime(text, "%a %b %d %H:%M:%S %Y")
               .replace(tzinfo=datetime.timezone.utc).timestamp())


def check_figure(name, st, screen=0, **more):
    """The output has the figure's lines."""
    r = run(st, "show", "redundancy", **more)
    same(r.err, "")
    same(r.status, 0)
    same(figures.lines(r.out), figures.lines(figures.screens(name, "show redundancy")[screen]))


ACTIVE2 = {"chassis": {"own_slot": 2, "owner": 2}, "mm2": {"role": "active"}}


@test("S-034 S-036 S-037 S-039 S-040 S-044: figure 15-1, two healthy modules")
def _():
    check_figure("15-1", state())


@test("S-058: figure 15-2, redundancy enabled, slot 2 active")
def _():
    check_figure("15-2", state(mm1={"role": "standby"}, **ACTIVE2))


@test("S-035 S-038 S-064 C-26: figure 15-3, redundancy disabled after one failover")
def _():
    # the manual's Tuesday is a Monday: the day of the week comes from the date
    st = state(chassis={"own_slot": 2, "owner": 2, "redundancy": False, "failovers": 1,
                        "last_failover_s": when("Mon Mar 19 12:42:31 2007")},
               mm1={"role": "offline", "offline_cause": "disabled"}, mm2={"role": "active"})
    r = run(st, "show", "redundancy")
    wanted = figures.screens("15-3", "show redundancy")[0].replace("Tue Mar 19", "Mon Mar 19")
    same(figures.lines(r.out), figures.lines(wanted))


@test("S-052: figure 15-5, a planned change leaves Failovers at 0")
def _():
    check_figure("15-5", state(mm1={"role": "standby"}, **ACTIVE2))


@test("C-09: figure 15-6, redundancy disabled; both fabric rows are always printed")
def _():
    plain = {"description": "ProCurve J9093A Fabric Module 8200zl"}
    check_figure("15-6", state(chassis={"redundancy": False}, mm2={"role": "offline"},
                               fabric1=plain, fabric2=plain))
    st = state(chassis={"redundancy": False, "own_slot": 2, "owner": 2}, mm1={"role": "standby"},
               mm2={"role": "active"}, fabric1=plain, fabric2=plain)
    r = run(st, "show", "redundancy")
    second = figures.lines(figures.screens("15-6", "show redundancy")[1])
    same(figures.lines(r.out)[:len(second)], second)
    same(len(figures.lines(r.out)), len(second) + 2)


@test("S-045 S-107: figure 15-7, fabric module 2 disabled")
def _():
    check_figure("15-7", state(fabric2={"enabled": False}))


@test("S-048 S-050: figure 15-11, same version text, another build: the warning")
def _():
    version = {"sw_version": "K.12.30"}
    st = state(mm1=dict(version, sw_build=64, sw_stamp="Mar 15 2007 12:28:32"),
               mm2=dict(version, sw_build=789, sw_stamp="Mar 21 2007 14:24:38"))
    check_figure("15-11", st)
    same(run(st, "show", "redundancy", "-j").json["version_mismatch"], True)


@test("S-048 C-08: a difference in version, build or stamp alone is a mismatch")
def _():
    for difference in ({"sw_version": "K.12.31"}, {"sw_build": 352}, {"sw_stamp": "other"}):
        has(run(state(mm2=difference), "show", "redundancy").out, "Warning: Standby module is")


@test("S-049: no warning without a mismatch, nor for a module that is not heard or not there")
def _():
    for mm2 in ({}, {"sw_version": "", "sw_build": 0}, {"role": "absent", "sw_build": 0},
                {"role": "down", "sw_build": 1}):
        r = run(state(mm2=mm2), "show", "redundancy")
        assert "Warning" not in r.out, mm2
        same(run(state(mm2=mm2), "show", "redundancy", "-j").json["version_mismatch"], False)


@test("S-064: figure 15-12, redundancy disabled by the command")
def _():
    st = state(mm1={"role": "offline"}, **ACTIVE2)
    st["chassis"][0]["redundancy"] = False
    check_figure("15-12", st)


@test("S-046 S-047: figure 15-14, the two boot images differ")
def _():
    check_figure("15-14", state(mm1={"role": "standby"}, chassis=ACTIVE2["chassis"],
                                mm2={"role": "active", "boot_image": "secondary"}))


@test("S-051 S-032: figure 15-19, the same layout on the standby")
def _():
    st = state(chassis={"own_slot": 2, "own_role": "standby", "failovers": 1,
                        "last_failover_s": when("Mon Sep 26 09:50:40 2005")},
               mm1={"boot_image": "secondary"},
               fabric1={"description": FABRIC.replace("F2", "F1")})
    check_figure("15-19", st)


@test("S-053 C-26: figure 15-25, a switchover by reload counts")
def _():
    st = state(chassis={"failovers": 1, "last_failover_s": when("Mon Apr 30 09:10:11 2007")})
    r = run(st, "show", "redundancy")
    wanted = figures.lines(figures.screens("15-25", "show redundancy")[0])
    same(figures.lines(r.out)[:len(wanted)], wanted)


@test("C-28: the columns are 4, 40, 8, 12 and 10 wide, one blank between")
def _():
    out = run(state(mm2={"role": "standby", "boot_image": "secondary"}), "show", "redundancy").out
    rows = out.splitlines()
    same(rows[9], "Slot %-40s %-8s %-12s Boot Image" % ("Module Description", "Status", "SW Version"))
    same(rows[11], "1    %s Active   K.12.XX      Primary" % MM)
    same(rows[12], "2    %s Standby  K.12.XX      Secondary" % MM)
    assert not [row for row in rows if row != row.rstrip()], "blanks at a line's end"


@test("S-043: a blank line between management and fabric modules, in this order")
def _():
    rows = run(state(), "show", "redundancy").out.splitlines()[11:]
    same([row[:1] for row in rows], ["1", "2", "", "1", "2"])


@test("S-041: the word of the Status column for every role")
def _():
    wanted = {"booting": "Booting", "failed": "Failed", "election": "Booting", "syncing": "Syncing",
              "standby": "Standby", "taking-over": "Booting", "active": "Active",
              "offline": "Offline", "down": "Down"}
    for role, word in wanted.items():
        r = run(state(mm2={"role": role}), "show", "redundancy")
        same(r.out.splitlines()[12].split()[6], word, role)


@test("S-041: an empty slot has no row; JSON has both")
def _():
    st = state(mm2={"role": "absent", "present": False, "description": ""})
    rows = run(st, "show", "redundancy").out.splitlines()
    same(rows[12], "")
    same([m["slot"] for m in run(st, "-j", "show", "redundancy").json["management_modules"]], [1, 2])


@test("S-103: a fabric module that is absent keeps its row and its setting")
def _():
    r = run(state(fabric2={"present": False, "enabled": False}), "show", "redundancy")
    has(figures.lines(r.out), "2 (not present) Disabled")


@test("S-037: Last Failover is blank while Failovers is 0")
def _():
    r = run(state(chassis={"failovers": 0, "last_failover_s": 1174308151}), "show", "redundancy")
    has(r.out.splitlines(), "  Last Failover  :")


@test("I6: text from a module's EEPROM cannot write to the terminal")
def _():
    r = run(state(mm1={"description": "x\x1b[2Jy\nz"}), "show", "redundancy", "detail")
    assert "\x1b" not in r.out
    has(r.out, "x?[2Jy?z")


@test("show redundancy detail prints every attribute of JSON")
def _():
    st = state(mm2={"not_ready": ["syncing", "late"]})
    out = run(st, "show", "redundancy", "detail").out
    j = run(st, "show", "redundancy", "-j").json
    for key in j["management_modules"][0]:
        has(out, ("  %-18s : " % key).rstrip())
    has(re.sub(" +", " ", out), "not_ready : syncing,late")


@test("S-178 S-179 S-180 S-108: figure 15-13, show modules; C-07: show module is the same")
def _():
    wanted = figures.lines(figures.screens("15-13", "show modules")[0])
    for word, chassis in (("modules", {}), ("module", {"description": "8212zl J9091A"})):
        r = run(state(fabric2={"enabled": False}, chassis=chassis), "show", word)
        same(r.status, 0)
        same(figures.lines(r.out), wanted)


@test("show modules: a word for every state of an interface module")
def _():
    wanted = {"reset": "Reset", "downloading": "Downloading", "up": "Up", "failed": "Failed"}
    for word, text in wanted.items():
        st = state(module=[dict(BASE["module"][0], state=word)])
        same(run(st, "show", "modules").out.splitlines()[-1].split()[-1], text)
        same(run(st, "show", "modules", "-j").json["interface_modules"][0]["state"], word)


SEVERITY = {"I": "information", "W": "warning", "M": "major", "D": "debug"}


def events_of_figure():
    """The events that figure 15-31 lists."""
    text = figures.figure("15-31")
    text = re.sub(r"crash\n\s+information", "crash information", text)
    events = []
    for m in re.finditer(r"^([IWMD]) (\S+ \S+) (?:(\d{5}) )?(\w+): (.*)$", text, re.M):
        at = datetime.datetime.strptime(m[2], "%m/%d/%y %H:%M:%S")
        events.append({"id": len(events) + 1, "severity": SEVERITY[m[1]],
                       "time_s": int(at.replace(tzinfo=datetime.timezone.utc).timestamp()),
                       "number": int(m[3] or 0), "subsystem": m[4], "text": m[5]})
    assert len(events) == 21
    return events


@test("S-251 S-252 S-253 S-254 S-255 S-256 S-257 S-258: figure 15-31, show logging")
def _():
    r = run(state(event=events_of_figure()), "show", "logging")
    same(r.status, 0)
    same(figures.words(r.out), figures.words(figures.screens("15-31", "show logging")[0]))


@test("S-252 S-253: the header and the footer, to the blank")
def _():
    out = run(state(event=events_of_figure()), "show", "log").out.splitlines()
    same(out[:3], ["Keys:   W=Warning   I=Information", "        M=Major     D=Debug",
                   "----  Event Log listing: Events Since Boot  ----"])
    same(out[-1], "----  Bottom of Log : Events Listed = 21  ----")


@test("S-250 C-07: show log -r, the most recent first; show log is show logging")
def _():
    st = state(event=events_of_figure())
    plain, back = run(st, "show", "log").out, run(st, "show", "-r", "log").out
    same(back.splitlines()[3:-1], plain.splitlines()[3:-1][::-1])
    same(plain, run(st, "show", "logging").out)
    same([e["id"] for e in run(st, "show", "log", "-r", "-j").json["events"]], list(range(21, 0, -1)))


HISTORY = [
    {"id": 1, "from": 0, "to": 1, "reason": "election", "verdict": "done", "rule": "lowest-slot",
     "time_s": 1174308151, "clock_us": 5000},
    {"id": 2, "from": 1, "to": 2, "reason": "switchover-forced", "verdict": "done", "forced": True,
     "failover": True, "requester": "redctl root", "time_s": 1174308200, "clock_us": 900000, "phases": [
         {"phase": "detected", "us": 0, "result": "ok"},
         {"phase": "claimed", "us": 1500, "result": "ok"},
         {"phase": "config", "us": 2250, "result": "no-user"}]}]


@test("show history: reason, verdict, requester and the duration of every phase")
def _():
    r = run(state(history=HISTORY), "show", "history")
    out = figures.lines(r.out)
    same(out[2], "2 Mon Mar 19 12:43:20 2007 MM 1 -> MM 2 switchover-forced, done, forced, failover, "
         "by redctl root")
    same(out[3:6], ["detected 0.000 ms +0.000 ok", "claimed 1.500 ms +1.500 ok",
                    "config 2.250 ms +0.750 no-user"])
    same(out[6], "1 Mon Mar 19 12:42:31 2007 none -> MM 1 election, done, rule lowest-slot")


@test("A-015 A-017 A-005: show redundancy detail: the last switchover, time without redundancy, what inhibits one")
def _():
    st = state(chassis={"failovers": 2, "last_failover_s": 1174308151, "last_reason": "panic", "last_clock_us": 77,
                        "standby_failures": 3, "alone_us": 12345678, "alone_since_us": 9, "history_length": 5,
                        "history_max": 16, "last_requester": ""},
               mm2={"up_since_us": 1000, "state_since_us": 2000},
               check=[{"accepted": False, "refusal": "no-peer", "not_ready": [], "text": "no-peer: x"}])
    text = run(st, "show", "redundancy", "detail").out
    for line in ("last_switchover_trigger : panic", "last_switchover_details : nobody asked", "standby_failures : 3",
                 "without_redundancy_s : 12", "without_redundancy_since_us : 9", "history_length : 5",
                 "switchover_refused : no-peer", "up_since_us : 1000", "state_since_us : 2000"):
        has(figures.words(text), line)
    c = run(st, "show", "redundancy", "-j").json["chassis"]
    same((c["last_switchover_time_ns"], c["last_switchover_trigger"], c["switchover_refused"]),
         (1174308151000000000, "panic", "no-peer"))
    st = state(chassis={"last_failover_s": 5, "last_reason": "switchover", "last_requester": "redctl root"})
    same(run(st, "show", "redundancy", "-j").json["chassis"]["last_switchover_details"], "by redctl root")
    c = run(state(), "show", "redundancy", "-j").json["chassis"]
    same((c["last_switchover_time_ns"], c["last_switchover_details"], c["switchover_refused"]), (None, None, "none"))


TRACE = """\
id=7 clock=1000500 event=boot detail=selftest-passed cause=- from=booting to=election peer=absent owner=0 epoch=3 \
handover=none not-ready=0x1 actions=role
id=8 clock=3000250 event=look detail=- cause=peer-removed,grant from=standby to=taking-over peer=absent owner=1 epoch=5 \
handover=none not-ready=0x0 actions=history,phase,role
"""

REGISTERS = """\
0x000 ID               0x52445542
0x01c BOOT_CAUSE       0x00000004
0x020 STATUS           0x5a19300d 0x00000005
0x080 FABRIC_ENABLE    0x00000002
"""


def with_debugfs(name, text, *words):
    """redctl with one file of the driver's debugfs"""
    with tempfile.TemporaryDirectory() as tmp:
        os.mkdir(os.path.join(tmp, "redund0"))
        if text is not None:
            with open(os.path.join(tmp, "redund0", name), "w", encoding="ascii") as f:
                f.write(text)
        os.environ["REDUND_DEBUGFS"] = tmp
        try:
            return run(state(), *words)
        finally:
            del os.environ["REDUND_DEBUGFS"]


@test("A-018: show trace: both modules' states, what came up and what it led to")
def _():
    out = figures.lines(with_debugfs("trace", TRACE, "show", "trace").out)
    same(out[2:4], ["7 1.000500 boot selftest-passed my state booting -> election, peer absent, owner 0, epoch 3",
                    "then: role"])
    same(out[4:7], ["8 3.000250 look my state standby -> taking-over, peer absent, owner 1, epoch 5",
                    "told: peer-removed,grant", "then: history,phase,role"])
    r = with_debugfs("trace", TRACE, "show", "trace", "-j")
    same(r.json["trace"][1], {"id": 8, "clock_us": 3000250, "event": "look", "detail": None,
                              "causes": ["peer-removed", "grant"], "from": "standby", "to": "taking-over",
                              "peer": "absent", "owner": 1, "epoch": 5, "handover": "none", "not_ready_bits": 0,
                              "actions": ["history", "phase", "role"]})


@test("A-071: show registers: every register, its bits by name")
def _():
    out = figures.lines(with_debugfs("registers", REGISTERS, "show", "registers").out)
    same(out[2:6], ["0x000 ID 0x52445542", "0x01c BOOT_CAUSE 0x00000004 cause=command",
                    "0x020 STATUS 0x000000055a19300d owner=1 epoch=5 peer_present peer_powered fabric1_present "
                    "fabric2_present peer_beat=25 peer_seq=90", "0x080 FABRIC_ENABLE 0x00000002 fabric2"])
    regs = {x["name"]: x for x in with_debugfs("registers", REGISTERS, "show", "registers", "-j").json["registers"]}
    same(regs["STATUS"]["value"], 0x55a19300d)
    same((regs["STATUS"]["fields"]["epoch"], regs["STATUS"]["fields"]["peer_out"]), (5, False))
    same(regs["FABRIC_ENABLE"]["fields"], {"fabric1": False, "fabric2": True})


@test("show trace and show registers without debugfs: refused, with the cause")
def _():
    for name in ("trace", "registers"):
        r = with_debugfs(name, None, "show", name, "-j")
        same((r.status, r.json["reason"]), (1, "unsupported"))


@test("showredund is show redundancy: text, -j, detail")
def _():
    st = state()
    for words in ([], ["-j"], ["detail"], ["-j", "detail"]):
        mine = run(st, *words, prog="showredund_fake")
        same(mine.out, run(st, "show", "redundancy", *words).out)
        same(mine.status, 0)
    same(run(st, "modules", prog="showredund_fake").status, 2)

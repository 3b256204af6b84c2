#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests judge.py on histories made by hand: sound ones, and the same with one
thing wrong. A judge that finds nothing proves nothing."""
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import judge

SECOND = 1_000_000


class Story:
    """A trace: each method is a line, at the time that pass_() has reached."""

    def __init__(self):
        self.lines, self.now = [], 0

    def pass_(self, us):
        self.now += us
        return self

    def add(self, event, **more):
        self.lines.append({"seq": len(self.lines) + 1, "t_us": self.now, "event": event, **more})
        return self

    def power(self, slot, on=True):
        return self.add("power", slot=slot, on=on)

    def join(self, slot, **more):
        return self.add("join", slot=slot, **more)

    def role(self, slot, role):
        return self.add("role", slot=slot, role=role)

    def fault(self, slot, kind):
        return self.add("fault", slot=slot, kind=kind)

    def out(self, slot, cause="expired"):
        return self.add("out", slot=slot, cause=cause)

    def reset(self, slot, asserted=True):
        return self.add("reset", slot=slot, asserted=asserted)

    def grant(self, frm, to, epoch, cause="claim"):
        return self.add("grant", **{"from": frm}, to=to, epoch=epoch, cause=cause)

    def fabric(self, slot, value=3, accepted=True):
        return self.add("fabric", slot=slot, value=value, accepted=accepted)

    def active(self, slot, frm, epoch, cause="claim"):
        """takes the grant and comes up with it"""
        self.grant(frm, slot, epoch, cause).fabric(slot)
        return self.role(slot, "taking-over").role(slot, "active")

    def judged(self, scale=1.0):
        return judge.judge_lines([json.dumps(x) + "\n" for x in self.lines], scale)


def up(active=True):
    """Both modules joined at one second; slot 1 owns, slot 2 stands by."""
    s = Story()
    for slot in (1, 2):
        s.power(slot)
    s.pass_(SECOND)
    for slot in (1, 2):
        s.join(slot, accepted=True, incarnation=1).role(slot, "booting").role(slot, "election")
    if active:
        s.active(1, 0, 1).role(2, "syncing").role(2, "standby")
    return s.pass_(SECOND)


def tick(s, us):
    """Time passes and somebody sees it."""
    return s.pass_(us).add("beats", slot=1, count=1)


def free(s, slot=1, epoch=2):
    """The owner's timer runs out, and its grant with it."""
    return s.add("timer-expired", slot=slot).out(slot).grant(slot, 0, epoch, "timer").reset(slot)


tests = failed = 0


def check(good, text, why=""):
    global tests, failed
    tests += 1
    failed += not good
    if not good:
        print(f"# {why}")
    print(f"{'ok' if good else 'not ok'} {tests} - {text}", flush=True)


def clean(s, text, scale=1.0):
    try:
        found = s.judged(scale).violations
    except Exception as e:                     # a history that it cannot read is one it cannot judge
        found = [repr(e)]
    check(not found, text, found)


def wrong(s, rule, words, text, scale=1.0, at=None):
    """exactly one violation, of this rule, with these words, seen with the last line or @at"""
    try:
        found = s.judged(scale).violations
    except Exception as e:
        found = [repr(e)]
    at = f" t={(s.now if at is None else at) / 1e6:.6f}s: "
    check(len(found) == 1 and found[0].startswith(rule + at) and words in found[0], text, found)


# ---- the trace itself ------------------------------------------------------------------------

def test_trace():
    clean(Story(), "an empty trace is clean")
    check(Story().judged().fabric == 3, "both fabric modules are enabled at power-on")
    clean(Story().out(1), "a slot may be OUT before its first start")
    clean(up(), "a start of both modules is clean")
    s = tick(up(), 0)
    s.lines[-1]["seq"] += 1
    wrong(s, "trace", f"seq {len(s.lines) + 1} follows {len(s.lines) - 1}", "a line that is missing is found",
          at=SECOND)
    s = Story().add("beats", slot=1, count=1).add("beats", slot=1, count=1)
    s.lines[0]["seq"], s.lines[1]["seq"] = 41, 42
    clean(s, "a trace may begin at any number")
    s = tick(tick(up(), 0), -1)
    wrong(s, "trace", "the clock went back to 1999999", "a clock that goes back is found", at=2 * SECOND)
    s = up()
    j = s.judged()
    check(j.counts == {"power": 2, "join": 2, "role": 8, "grant": 1, "fabric": 1}, "events are counted", j.counts)
    check((j.owner, j.epoch, j.fabric, j.now) == (1, 1, 3, SECOND), "who owns, and since which epoch",
          (j.owner, j.epoch, j.fabric, j.now))
    check(judge.judge_lines(["\n", json.dumps(s.lines[0]) + "\n", "  \n"]).seq == 1, "empty lines mean nothing")


# ---- grant, epoch, fence -----------------------------------------------------------------------

def test_grant():
    wrong(up().grant(2, 1, 2, "offer"), "I1", "grant from 2, but the owner was 1",
          "I1: a grant that comes from another than the owner is found")
    s = Story().join(1).join(2).grant(0, 1, 5).grant(1, 2, 5, "offer")
    wrong(s, "G1", "without a new epoch (5)", "a grant that moves without a new epoch is found")
    clean(Story().join(1).grant(0, 1, 0), "the first grant has any epoch")
    s = up().grant(1, 1, 2, "offer")
    wrong(s, "G1", "from 1 to itself", "a grant to its owner is found")
    wrong(up().grant(1, 2, 2, "claim"), "G6", "moved by claim", "I1: a claim that takes a held grant is found")
    clean(up().grant(1, 2, 2, "offer"), "an offered grant may be claimed")
    s = free(up()).fault(0, "reset-system").power(1)
    s.lines[-1]["seq"] = len(s.lines)
    s.join(1).grant(0, 1, 2)
    clean(s, "the epoch starts anew with the chassis")
    s = free(up()).fault(1, "kill").join(1).grant(0, 1, 2)
    wrong(s, "G1", "without a new epoch (2)", "the epoch goes on when one module is killed")
    s = Story().grant(0, 1, 1)
    wrong(s, "G5", "slot 1 got the grant while OUT", "G5: a grant to a module that is OUT is found")
    j = free(up()).active(2, 0, 3).judged()
    check(j.owner_changes() == 1 and len(j.grants) == 3, "changes of the owner are counted", j.grants)
    j = free(up()).join(1).active(1, 0, 3).judged()
    check(j.owner_changes() == 0, "a grant that returns is no change of the owner", j.grants)
    check(up().judged().owner_changes() == 0, "the first owner is no change of the owner")


def fenced(before, stuck=False):
    s = up()
    if stuck:
        s.fault(1, "reset-stuck")
    before(s)
    return s.grant(1, 2, 2, "fence")


def test_fence():
    clean(fenced(lambda s: s.out(1, "fenced").reset(1)), "G6: OUT, reset, grant is the order of a fence")
    s = fenced(lambda s: s.out(1, "fenced"))
    wrong(s, "G6", "slot 1 without its reset", "G6: a fence without a reset is found")
    s = fenced(lambda s: s.reset(1).pass_(1).out(1, "fenced"))
    wrong(s, "G6", "slot 1 without its reset", "G6: a reset of before it was OUT is none of the fence")
    s = fenced(lambda s: s.out(1, "fenced").pass_(1).reset(1))
    clean(s, "G6: the reset may come after it was OUT")
    found = fenced(lambda s: None).judged().violations
    check(len(found) == 1 and "before it was OUT" in found[0], "G6: a fence of a module that is not OUT is found", found)
    s = fenced(lambda s: s.out(1, "expired").reset(1).reset(1, False).join(1))
    wrong(s, "G6", "before it was OUT", "G6: a fence of a module that joined again is found")
    clean(fenced(lambda s: s.out(1, "fenced"), stuck=True), "G6: a stuck line has no reset")
    s = fenced(lambda s: s.fault(1, "reset-stuck-off").out(1, "fenced"), stuck=True)
    wrong(s, "G6", "without its reset", "G6: a line that was mended has one")
    s = up().fault(2, "reset-stuck").out(1, "fenced").grant(1, 2, 2, "fence")
    wrong(s, "G6", "without its reset", "G6: the other slot's line does not count")
    s = free(up()).grant(0, 2, 3, "fence")
    clean(s, "a fence of nobody precedes nothing")
    s = up().out(1).reset(1).grant(1, 2, 2, "offer")
    clean(s, "an offer asks for no reset")
    found = Story().join(2).grant(0, 1, 1).reset(1).grant(1, 2, 2, "fence").judged().violations
    check(len(found) == 2 and "before it was OUT" in found[1], "G6: nor was one that never joined", found)


# ---- protected registers, roles ------------------------------------------------------------------

def test_protected():
    for event, what in (("fabric", "fabric enables"), ("module-reset", "interface-module resets"),
                        ("peer-reset", "peer reset")):
        clean(up().add(event, slot=1, value=1, accepted=True), f"I1: the owner writes the {what}")
        wrong(up().add(event, slot=2, value=1, accepted=True), "I1", f"slot 2 wrote the {what}, owner 1",
              f"I1: another's write of the {what} is found")
        clean(up().add(event, slot=2, value=1, accepted=False), f"I1: a refused write of the {what} is none")
        clean(up().out(1).add(event, slot=1, value=1, accepted=False), f"G5: a refused one of the {what} is not")
        s = up().out(1).add(event, slot=1, value=1, accepted=True)
        wrong(s, "G5", f"slot 1 wrote the {what} while OUT", f"G5: a write of the {what} while OUT is found")
    wrong(up().fabric(1, 0), "I3", "both fabric modules disabled", "I3: both fabric modules disabled is found")
    wrong(up().fabric(1, 4), "I3", "both fabric modules disabled", "I3: a bit of no fabric module is none")
    clean(up().fabric(1, 1), "I3: one of two is enough")
    clean(up().fabric(1, 2), "I3: so is the other")
    clean(up().fabric(1, 0, False), "I3: a refused write disables nothing")
    check(up().fabric(1, 2).judged().fabric == 2 and up().fabric(1, 1, False).judged().fabric == 3,
          "the last accepted write counts")


def test_roles():
    wrong(up().role(2, "active"), "I1", "slot 2 says active, owner 1", "I1: two that say active are found")
    clean(up().role(2, "syncing"), "any other role may be said")
    wrong(Story().join(1).role(1, "active"), "I1", "slot 1 says active, owner 0", "I1: an active without the grant is found")
    s = up().grant(1, 2, 2, "offer").role(2, "active")
    wrong(s, "S-022", "slot 2 is active and has not written the fabric enables",
          "an active that did not write the fabric enables is found")
    s = up().grant(1, 2, 2, "offer").fabric(2, 3, False).role(2, "active")
    wrong(s, "S-022", "has not written", "a refused write of them is none")
    clean(up().grant(1, 2, 2, "offer").role(2, "taking-over"), "taking over comes before the fabric")


# ---- I2 --------------------------------------------------------------------------------------------

SLOW = 5 * SECOND       # a module that may be not ready
BOOT = 7 * SECOND       # peer wait and what comes after it


def left(prepare=lambda s: s):
    """Slot 1 is gone, and nobody owns."""
    return free(prepare(up()))


def bound(make, us, text, scale=1.0):
    """Clean to the microsecond before, and wrong after it."""
    clean(tick(make(), us), text + ": to the bound", scale)
    wrong(tick(make(), us + 1), "I2", f"grant free for {(us + 1) / 1e6:.3f} s", text + ": past it", scale)


def test_free():
    bound(left, SLOW, "I2: a standby claims a free grant")
    bound(left, 5 * SLOW, "I2: in five times that under the debug kernel", 5)
    clean(tick(up(), 100 * SECOND), "I2: a grant that is held is not free")
    bound(lambda: Story().pass_(SECOND).join(1).role(1, "booting"), BOOT, "I2: somebody claims after power-on")
    clean(tick(Story().power(1).power(2), 100 * SECOND), "I2: not before it starts")
    bound(lambda: free(Story().join(1).join(2).active(1, 0, 1).role(2, "standby")), SLOW,
          "I2: a trace may begin when the power is on")
    s = tick(left(), SLOW + 1)
    check(len(tick(s, SLOW).judged().violations) == 1 and len(tick(s, 1).judged().violations) == 2,
          "I2: a grant that stays free is said once a bound")
    for role in ("booting", "election", "absent"):
        bound(lambda role=role: left(lambda s: s.role(2, role)), BOOT, f"I2: one that is {role} may wait for its peer")
    bound(lambda: left(lambda s: s.role(2, "syncing")), SLOW, "I2: a syncing one does not")
    for role in ("failed", "offline", "down"):
        clean(tick(left(lambda s: s.role(2, role)), 100 * SECOND), f"I2: a module that is {role} claims nothing")
    clean(tick(left(lambda s: s.out(2)), 100 * SECOND), "I2: nor does one that is OUT")
    clean(tick(left(lambda s: s.power(2, False)), 100 * SECOND), "I2: nor one without power")
    clean(tick(left(lambda s: s.add("presence", slot=2, present=False)), 100 * SECOND), "I2: nor one that is gone")
    bound(lambda: left(lambda s: s.add("presence", slot=2, present=True)), SLOW, "I2: one that is there does")
    for fault in ("hang", "hang-soft"):
        clean(tick(left(lambda s: s.fault(2, fault)), 100 * SECOND), f"I2: {fault}: a stopped one claims nothing")
    for fault in ("selftest-fail", "register-stuck", "mailbox-corrupt"):
        clean(tick(left(lambda s: s.fault(2, fault)), 100 * SECOND), f"I2: {fault}: excused")
        bound(lambda: left(lambda s: s.fault(2, fault).fault(2, fault + "-off")), SLOW, f"I2: {fault}: no more")
        bound(lambda: left(lambda s: s.fault(2, fault)).pass_(9 * SECOND).fault(2, fault + "-off"), SLOW,
              f"I2: {fault}: from its end")
    bound(lambda: left(lambda s: s.fault(1, "hang").fault(0, "hang").fault(2, "cut-heartbeat")), SLOW,
          "I2: faults of others excuse nobody")


def test_free_again():
    """Who could claim changed: the bound counts from there."""
    bound(lambda: tick(left(lambda s: s.fault(2, "hang")), 9 * SECOND).fault(2, "resume"), SLOW,
          "I2: a stopped one that goes on")
    bound(lambda: tick(left(), 4 * SECOND).fault(1, "hang"), SLOW, "I2: another that stops")
    bound(lambda: tick(left().join(1).role(1, "syncing").fault(1, "hang"), 4 * SECOND).fault(1, "resume"), SLOW,
          "I2: another that goes on")
    bound(lambda: tick(left(), 4 * SECOND).join(1, accepted=True).role(1, "syncing"), SLOW,
          "I2: another that joins")
    bound(lambda: tick(left(), 4 * SECOND).join(1).role(1, "syncing"), SLOW, "I2: ... whether it is said or not")
    wrong(tick(tick(left(), 4 * SECOND).join(1, accepted=False), SLOW), "I2", "9.000 s",
          "I2: a refused start changes nothing")
    bound(lambda: tick(left(lambda s: s.fault(2, "hang").power(2)), 0), SLOW, "I2: power mends a stopped one")
    clean(tick(left(lambda s: s.fault(2, "hang").power(2, False)), 100 * SECOND), "I2: its loss does not")
    bound(lambda: tick(left(lambda s: s.fault(2, "hang").reset(2, False)), 0), SLOW, "I2: so does a reset")
    clean(tick(left(lambda s: s.fault(2, "hang").reset(2)), 100 * SECOND), "I2: not before its end")
    clean(tick(left(lambda s: s.fault(2, "reset-stuck").fault(2, "hang").reset(2, False)), 100 * SECOND),
          "I2: nor one on a stuck line")
    s = left(lambda s: s.out(2)).pass_(100 * SECOND).join(2)
    bound(lambda: copy_of(s), BOOT, "I2: a module that starts later, from its start")
    bound(lambda: left(lambda s: s.role(2, "failed").out(2).join(2).role(2, "syncing")), SLOW,
          "I2: a new start is no more excused")


def test_ends():
    """What a slot's role is after its end."""
    check(up().out(1).judged().slot[1].role == "down", "an active that is OUT is down")
    for role in ("standby", "syncing", "taking-over"):
        j = up().role(2, role).out(2).judged()
        check(j.slot[2].role == "down", f"a module that was {role} is down when it is OUT", j.slot[2].role)
    j = up().role(2, "failed").out(2).judged()
    check(j.slot[2].role == "failed", "one that failed stays so")
    j = up().power(2, False).judged()
    check(j.slot[2].role == "down", "one without power is down")
    j = up().add("presence", slot=2, present=False).judged()
    check(j.slot[2].role == "absent", "one that is pulled is absent")
    j = up().out(2).join(2).judged()
    check(j.slot[2].role == "booting", "one that joined boots")


def copy_of(s):
    new = Story()
    new.lines, new.now = [dict(x) for x in s.lines], s.now
    return new


# ---- the command -----------------------------------------------------------------------------------

def command(s, *options):
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as f:
        f.write("".join(json.dumps(x) + "\n" for x in s.lines))
        f.flush()
        here = os.path.dirname(os.path.abspath(__file__))
        r = subprocess.run([sys.executable, os.path.join(here, "judge.py"), *options, f.name],
                           capture_output=True, text=True, check=False)
    return r.returncode, r.stdout


def test_command():
    got = command(free(up()).active(2, 0, 3))
    check(got == (0, "clean: 22 events, 3 grant changes, 1 changes of owner\n"), "the command says what was judged", got)
    check(command(Story()) == (0, "clean: 0 events, 0 grant changes, 0 changes of owner\n"), "... of nothing too")
    got = command(tick(left(), SLOW + 1))
    check(got[0] == 1 and got[1].startswith("I2 ") and got[1].count("\n") == 1, "... and what is wrong", got)
    got = command(tick(left(), SLOW + 1), "--scale", "1.5")
    check(got[0] == 0, "... with other bounds", got)


def main():
    print("TAP version 13")
    for test in (test_trace, test_grant, test_fence, test_protected, test_roles, test_free, test_free_again,
                 test_ends, test_command):
        test()
    print(f"1..{tests}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests the schedules (pure, from the seed alone, mended at their end), their
text form, and the shrinker, with predicates in place of runs."""
import os
import random
import shlex
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "vchassis")]

import schedule         # noqa: E402
import shrink           # noqa: E402
import test_history     # noqa: E402
from schedule import MS, S, TAIL, Fault, Schedule   # noqa: E402

FEATURES = ("clock", "delay", "duplicate", "register-misread", "fill")
SEEDS = range(300)


def same_seed():
    for seed in range(20):
        a, b = (schedule.generate(seed, "storm", features=FEATURES) for _ in range(2))
        random.random()     # the generator of everybody is not used
        assert schedule.to_text(a) == schedule.to_text(b)
    texts = {schedule.to_text(schedule.generate(seed)) for seed in SEEDS}
    assert len(texts) == len(SEEDS)
    assert schedule.to_text(schedule.generate(1, "storm")) != schedule.to_text(schedule.generate(1, "single"))


def ten_faults():
    for seed in SEEDS:
        sched = schedule.generate(seed)
        assert sched.seconds == 60 and len(sched.faults) >= 10, (seed, len(sched.faults))
        assert all(0 <= f.at < sched.quiet for f in sched.faults)
    assert len(schedule.generate(3, "long").faults) >= 100 and schedule.generate(3, "long").seconds == 600


def one_fault():
    kinds = set()
    for seed in SEEDS:
        sched = schedule.generate(seed, "single", features=FEATURES)
        assert len(sched.faults) == 1
        kinds.add(sched.faults[0].kind)
    assert kinds == set(schedule.SINGLE)


def every_kind():
    seen = {f.kind for seed in SEEDS for f in schedule.generate(seed, features=FEATURES).faults}
    assert seen == set(schedule.FAULTS), set(schedule.FAULTS) - seen
    plain = {f.kind for seed in SEEDS for f in schedule.generate(seed, features=()).faults}
    assert plain == {k for k, v in schedule.FAULTS.items() if not v[2]}


def in_the_middle():
    """some faults come in bursts, some at the same instant, some within a handover or boot"""
    gaps = [b.at - a.at for seed in SEEDS for fs in [schedule.generate(seed).faults] for a, b in zip(fs, fs[1:])]
    assert gaps.count(0) > 20
    for low, high in ((0, MS), (MS, 100 * MS), (100 * MS, 1 * S), (1 * S, 4 * S)):
        assert sum(low < g <= high for g in gaps) > 50, (low, high)


def in_order():
    for seed in SEEDS:
        times = [t for t, _ in schedule.generate(seed, features=FEATURES).commands()]
        assert times == sorted(times)


def state_of(commands):
    """what is wrong after these commands"""
    wrong, pulled, off = set(), set(), set()
    for _, w in commands:
        if w[0] in ("cut", "restore"):
            for s in ("12" if w[2] == "both" else w[2]):
                (wrong.add if w[0] == "cut" else wrong.discard)((w[1], s))
        elif w[0] == "fault":
            (wrong.add if w[3] == "on" else wrong.discard)((w[2], w[1]))
        elif w[0] in ("hang", "resume"):
            (wrong.add if w[0] == "hang" else wrong.discard)(("hang", w[1]))
        elif w[0] in ("remove", "insert"):
            (pulled.add if w[0] == "remove" else pulled.discard)(w[1])
            off.discard(w[1])
        elif w[0] == "fabric":
            (wrong.add if w[2] == "remove" else wrong.discard)(("fabric", w[1]))
        elif w[0] == "fill":
            (wrong.add if w[2] == "on" else wrong.discard)(("full", w[1]))
        elif w[0] in ("clock", "delay") and "step" not in w:
            (wrong.add if w[-1] != "0" else wrong.discard)((w[0], w[-2]))
        if schedule.went_off(w):
            off.add(w[1])
    return wrong | {("pulled", s) for s in pulled} | {("off", s) for s in off}


def all_mended():
    assert TAIL > 20 * S
    for kind in ("storm", "single", "power"):
        for seed in SEEDS:
            sched = schedule.generate(seed, kind, features=FEATURES)
            late = [(t, w) for t, w in sched.commands() if t > sched.quiet + 1 * S]
            assert all(w[0] == "exec" for _, w in late)
            assert not state_of(sched.commands()), (seed, state_of(sched.commands()))
            # nobody presses, kills or cuts in the tail
            assert not [w for t, w in sched.commands() if t >= sched.quiet and w[0] in ("cut", "kill", "hang", "panic")]


def both_read():
    commands = schedule.generate(5).commands()
    for slot in "12":
        assert [w for _, w in commands if w[:3] == ["exec", slot, "--"] and w[-3:] == ["show", "log", "-a"]]


def round_trip():
    for seed in range(50):
        sched = schedule.generate(seed, features=FEATURES)
        text = schedule.to_text(sched)
        assert schedule.from_text(text) == sched and schedule.to_text(schedule.from_text(text)) == text
        for line in text.splitlines()[1:]:
            at, words = line.split(" ", 1)
            assert int(at) >= 0 and shlex.split(words)
    try:
        schedule.from_text("0 kill 1\n")
    except ValueError:
        return
    raise AssertionError("a file without the schedule was taken")


# ---- shrinking ---------------------------------------------------------------------


def numbered(n):
    return Schedule(1, "storm", 60, "hardware", "", [Fault(f"k{i}", [(10 * S + i * 123_457, ["kill", "1"])]) for i in range(n)])


def kinds(sched):
    return [f.kind for f in sched.faults]


def shrinks_to(wanted, n=16, most=500):
    asked = []

    def fails(sched):
        asked.append(kinds(sched))
        return set(wanted) <= set(kinds(sched))
    small = shrink.Shrinker(fails, most).shrink(numbered(n))
    assert kinds(small) == wanted, kinds(small)
    assert len(asked) <= most
    return small, asked


def to_one():
    for i in (0, 7, 15):
        shrinks_to([f"k{i}"])


def to_several():
    shrinks_to(["k2", "k9"])
    shrinks_to(["k0", "k1", "k15"])
    shrinks_to([f"k{i}" for i in range(16)])


def to_nothing():
    small = shrink.Shrinker(lambda s: True).shrink(numbered(9))
    assert small.faults == []


def not_failing():
    assert shrink.Shrinker(lambda s: False).shrink(numbered(9)) is None


def asks_once():
    _, asked = shrinks_to(["k2", "k9"])
    assert len({tuple(a) for a in asked if len(a) > 2}) == len([a for a in asked if len(a) > 2])


def bounded():
    count = [0]

    def fails(sched):
        count[0] += 1
        return "k3" in kinds(sched)
    small = shrink.Shrinker(fails, 5).shrink(numbered(64))
    assert count[0] <= 5 and "k3" in kinds(small)


def rounds_times():
    def fails(sched):
        return any(f.kind == "k5" and f.at >= 10_610 * MS for f in sched.faults)
    small = shrink.Shrinker(fails).shrink(numbered(8))
    assert [f.at for f in small.faults] == [10_610 * MS], small.faults


def keeps_distance():
    sched = numbered(1).with_faults([Fault("hang", [(10_123_456, ["hang", "1"]), (10_623_456, ["resume", "1"])])])
    small = shrink.Shrinker(lambda s: bool(s.faults)).shrink(sched)
    assert small.faults[0].deeds == [(10 * S, ["hang", "1"]), (10_500_000, ["resume", "1"])], small.faults


TESTS = [
    ("a seed gives one schedule, another seed another", same_seed),
    ("ten faults or more in a schedule of 60 seconds", ten_faults),
    ("one fault at a time, of every kind that may cost the owner", one_fault),
    ("every kind of fault is used, later ones only where vchassis has them", every_kind),
    ("faults come in bursts, at one instant, and in the middle of what others began", in_the_middle),
    ("commands are in order of time", in_order),
    ("at the end everything is mended, and the tail is quiet", all_mended),
    ("both modules are asked for their logs", both_read),
    ("the text form keeps a schedule, and is what vchassis reads", round_trip),
    ("shrinking finds one fault of many", to_one),
    ("shrinking finds several, and all when all are needed", to_several),
    ("what fails without a fault shrinks to none", to_nothing),
    ("what does not fail again is not shrunk", not_failing),
    ("no schedule is run twice", asks_once),
    ("no more runs than allowed", bounded),
    ("times become round where that still fails", rounds_times),
    ("the commands of a fault keep their distance", keeps_distance),
]

if __name__ == "__main__":
    sys.exit(test_history.run(TESTS))

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Simulated time: the same seed gives the same history. Runs of the virtual
chassis with a schedule of faults and commands are repeated in another folder,
under load, without address randomisation and in the form without shared
memory; traces and results are compared byte for byte. KTAP.

With --pairs N --seconds S it makes N pairs of runs of S simulated seconds,
each with a seed and a schedule of its own."""
import argparse
import concurrent.futures
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

import chassis

COMPARED = ("trace.jsonl", "schedule.log")

# What a failover, a handover, a hang, a cut and a file's way over the link need.
SCHEDULE = """\
1500000 exec 1 -- cat /proc/sys/kernel/random/boot_id
1500000 exec 2 -- cat /proc/sys/kernel/random/boot_id
1600000 exec 1 -- redctl write memory
2000000 hang 2
2150000 resume 2
2300000 exec 1 -- redctl -y redundancy switchover
2700000 kill 2
3000000 cut heartbeat 1
3050000 restore heartbeat 1
4200000 hang 1
4900000 resume 1
5300000 panic 1
6500000 exec 2 -- redctl show redundancy
"""
SECONDS = 7


class Runs:
    """runs of one seed, schedule and length; each in a folder of its own"""

    def __init__(self, top, seed, schedule, seconds):
        self.top, self.seed, self.seconds = top, seed, seconds
        self.schedule = os.path.join(top, f"schedule-{seed}")
        self.count = 0
        with open(self.schedule, "w", encoding="ascii") as f:
            f.write(schedule)

    def run(self, *options, wrap=(), folder=""):
        """one run; returns the folder, powered off"""
        self.count += 1
        where = os.path.join(self.top, folder or f"run-{self.seed}-{self.count}")
        c = chassis.Chassis(where, seed=self.seed)
        os.makedirs(where)
        cmd = [*wrap, c.bin, "--dir", where, "up", "--time", "virtual", "--seed", str(self.seed),
               "--schedule", self.schedule, "--until", str(self.seconds), *options]
        try:
            p = subprocess.run(cmd, capture_output=True, text=True, check=False,
                               timeout=600 * chassis.SCALE, stdin=subprocess.DEVNULL)
            chassis.need(p.returncode == 0, f"up: exit {p.returncode}: {p.stderr.strip()}")
        finally:
            c.down()
        return where


def read(where, name):
    """a file of a run"""
    with open(os.path.join(where, name), "rb") as f:
        return f.read()


def same(one, two):
    """compares two runs; the first line that differs is in the exception"""
    for name in COMPARED:
        a, b = read(one, name).splitlines(), read(two, name).splitlines()
        for n, (x, y) in enumerate(zip(a, b), 1):
            chassis.need(x == y, f"{name}:{n}:\n  {x.decode()}\n  {y.decode()}")
        chassis.need(len(a) == len(b), f"{name}: {len(a)} lines and {len(b)}")


class Report:
    """numbers the tests"""

    def __init__(self):
        self.n = self.failed = 0

    def test(self, name, fn):
        """one test; a failed one says why"""
        self.n += 1
        try:
            fn()
            ok = True
        except (chassis.Failed, OSError, ValueError, subprocess.SubprocessError) as e:
            ok = False
            for line in str(e).splitlines():
                print("# " + line)
        self.failed += not ok
        print(f"{'ok' if ok else 'not ok'} {self.n} - {name}", flush=True)


def results(where):
    """of the schedule's lines"""
    return [json.loads(line) for line in read(where, "schedule.log").splitlines()]


def check_results(where):
    """the schedule's commands did what they are for"""
    done = {r["line"]: r for r in results(where)}
    bad = [r for r in done.values() if r["status"] != 0]
    chassis.need(len(done) == len(SCHEDULE.splitlines()), f"{len(done)} results")
    chassis.need(not bad, f"{bad}")
    chassis.need("module 2 is active" in done[6]["out"], done[6]["out"])
    ids = done[1]["out"], done[2]["out"]
    chassis.need(ids[0] != ids[1] and len(ids[0]) == 37, f"boot_id {ids}")


def check_other_seed(top, base):
    """other seeds: another random source, the same order of things"""
    other = Runs(top, 12, "".join(SCHEDULE.splitlines(True)[:2]), 2).run()
    for line in (1, 2):
        a = [r["out"] for w in (base, other) for r in results(w) if r["line"] == line]
        chassis.need(len(a) == 2 and a[0] != a[1], f"the boot_id of two seeds is the same: {a}")


def check_passing(top):
    """time stands after up; pass and exec let it pass"""
    c = chassis.Chassis(os.path.join(top, "held"))
    c.run("up", "--time", "virtual", "--seed", 5)
    try:
        st = c.status()
        chassis.need(st["time"] == "virtual" and st["held"], "it does not stand")
        chassis.need(sorted(s["role"] for s in st["slots"]) != ["booting", "booting"], "no role")
        chassis.need(c.status()["time_us"] == st["time_us"], "time passes by itself")
        c.run("pass", "0.25")
        after = c.status()["time_us"]
        chassis.need(after == st["time_us"] + 250000, f"{after - st['time_us']} us passed")
        p = c.exec(1, "sh", "-c", "cat; sleep 0.5; echo done", stdin="text\n")
        chassis.need(p.stdout == "text\ndone\n", p.stdout)
        slept = c.status()["time_us"] - after
        chassis.need(500000 <= slept < 600000, f"sleep 0.5 took {slept} us")
        chassis.need(c.run("pass", "x", check=False).returncode == 2, "pass x")
    finally:
        c.down()


def check_refusals(top):
    """what has no meaning is refused with a reason"""
    c = chassis.Chassis(os.path.join(top, "refused"))
    wrong = os.path.join(top, "wrong")
    with open(wrong, "w", encoding="ascii") as f:
        f.write("2000 kill 1\n1000 kill 2\n")
    for args, word in ((["--until", "1"], "virtual"), (["--schedule", wrong], "virtual"),
                       (["--time", "virtual", "--schedule", wrong], "wrong:2: earlier"),
                       (["--time", "virtual", "--schedule", top + "/none"], "none")):
        p = c.run("up", *args, check=False)
        c.down()
        chassis.need(p.returncode == 1 and word in p.stderr, f"{args}: {p.returncode} {p.stderr}")


def short(report, top):
    """what `make test` runs"""
    runs = Runs(top, 11, SCHEDULE, SECONDS)
    base = runs.run()
    # all at once: each is under the load of the others
    with concurrent.futures.ThreadPoolExecutor() as pool:
        again = pool.submit(runs.run, folder="a/deeper/folder-with-a-longer-name")
        still = pool.submit(runs.run, wrap=("setarch", "-R"), folder="still")
        messages = pool.submit(runs.run, "--messages", folder="messages")

    report.test("simulated time: a schedule's commands happen, and say what came of them",
                lambda: check_results(base))
    report.test("simulated time: the same seed gives the same trace in another folder and under load",
                lambda: same(base, again.result()))
    report.test("simulated time: the same trace without address randomisation",
                lambda: same(base, still.result()))
    report.test("simulated time: the same trace without shared memory",
                lambda: same(base, messages.result()))
    report.test("simulated time: the modules' random numbers come from seed and slot",
                lambda: check_other_seed(top, base))
    report.test("simulated time: it stands after up, and passes for pass and exec",
                lambda: check_passing(top))
    report.test("simulated time: what needs it is refused in real time, and a wrong schedule",
                lambda: check_refusals(top))


ACTIONS = ("kill {s}", "panic {s}", "hang {s}", "resume {s}", "press {s} reset", "cut heartbeat {s}",
           "restore heartbeat {s}", "cut link {s}", "restore link {s}", "cut doorbell {s}",
           "restore doorbell {s}", "exec {s} -- redctl -y redundancy switchover",
           "exec {s} -- redctl write memory", "exec {s} -- redctl show redundancy",
           "hang {s} --soft", "reset-system", "remove {s}", "insert {s}", "wdt-starve {s}",
           "fault {s} link-garbage on", "fault {s} link-garbage off", "exec {s} -- reboot")


def made_up(seed, seconds):
    """a schedule of a seed"""
    r = random.Random(seed)
    times = sorted(r.randrange(1000000, int(seconds * 900000)) for _ in range(max(6, seconds // 4)))
    return "".join(f"{t} {r.choice(ACTIONS).format(s=r.choice((1, 2)))}\n" for t in times)


def pairs(report, top, count, seconds, first):
    """pairs of longer runs, the second of each another way"""
    ways = (("again", (), ()), ("without shared memory", ("--messages",), ()),
            ("without address randomisation", (), ("setarch", "-R")))
    for i in range(count):
        runs = Runs(top, first + i, made_up(first + i, seconds), seconds)
        name, options, wrap = ways[i % len(ways)]

        def pair():
            one, two = runs.run(), runs.run(*options, wrap=wrap)
            same(one, two)
            print(f"# {len(read(one, 'trace.jsonl').splitlines())} events")
            for where in (one, two):
                shutil.rmtree(where)

        report.test(f"simulated time: seed {first + i}, {seconds} s and {name}: the same trace", pair)


def main():
    """runs the tests; returns the exit status"""
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--pairs", type=int, default=0)
    p.add_argument("--seconds", type=int, default=60)
    p.add_argument("--first", type=int, default=1, help="seed of the first pair")
    p.add_argument("--keep", action="store_true", help="keep the folders")
    args = p.parse_args()
    top = tempfile.mkdtemp(prefix="virtual-", dir=os.environ.get("TMPDIR", "/tmp"))
    report = Report()
    print("TAP version 13")
    try:
        if args.pairs:
            pairs(report, top, args.pairs, args.seconds, args.first)
        else:
            short(report, top)
    finally:
        if args.keep or report.failed:
            print(f"# kept: {top}")
        else:
            shutil.rmtree(top, ignore_errors=True)
    print(f"1..{report.n}")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())

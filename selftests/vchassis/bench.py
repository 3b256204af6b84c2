#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Measures takeover on the chassis clock, as distributions; asserts nothing.

For each path: fault to loss of grant, and loss of grant to the new owner's
first accepted fabric write. Raw samples go to OUT/PATH.csv. Then the cost of
a beat, an idle standby's share of a core, and false failovers with every
core busy. The path `sync' is the synchronization (bench_sync.py).

  bench.py [--rounds N] [--busy SECONDS] [--out DIR] [PATH...]
"""
import argparse
import os
import subprocess
import sys
import tempfile
import time

import bench_sync
import chassis
import judge
import views
from chassis import Failed

told_medians = {}
PATHS = ("kill", "panic", "reset", "switchover", "hang", "sync")


def percentile(samples, p):
    s = sorted(samples)
    return s[min(len(s) - 1, int(len(s) * p / 100))]


def one(c, path):
    """one takeover: (fault to loss, loss to first write) in microseconds"""
    c.wait_ready()
    old = c.owner
    mark = c.mark()
    if path == "switchover":
        c.redctl(old, "-y", "redundancy", "switchover")
        fault = c.wait_event(mark, event="offer", accepted=True)
    elif path == "reset":
        c.run("press", old, "reset")
        fault = c.wait_event(mark, event="button", slot=old)
    else:
        c.run(path, old)
        fault = c.wait_event(mark, event="fault", slot=old)
    lost = c.wait_event(mark, event="grant", **{"from": old})
    write = c.wait_event(mark, event="fabric", slot=3 - old, accepted=True)
    return lost["t_us"] - fault["t_us"], write["t_us"] - lost["t_us"]


def show(name, what, samples):
    print(f"{name:<11} {what:<24} {len(samples):>4} {min(samples) / 1e3:>9.3f} "
          f"{percentile(samples, 50) / 1e3:>9.3f} {percentile(samples, 95) / 1e3:>9.3f} "
          f"{percentile(samples, 99) / 1e3:>9.3f} {max(samples) / 1e3:>9.3f}", flush=True)


def takeover(c, path, rounds, out):
    lost, write = [], []
    with open(os.path.join(out, path + ".csv"), "w", encoding="utf-8") as f:
        f.write("round,fault_to_loss_us,loss_to_write_us\n")
        for n in range(rounds):
            try:
                a, b = one(c, path)
            except Failed as e:
                print(f"# {path} round {n + 1} of {rounds} failed: {e}")
                f.write(f"{n + 1},,\n")
                continue
            lost.append(a)
            write.append(b)
            f.write(f"{n + 1},{a},{b}\n")
            f.flush()
    if not lost:
        return
    show(path, "fault to loss of grant", lost)
    show(path, "loss to first write", write)
    within = sum(1 for s in write if s <= 5000)
    print(f"# {path}: loss to first write within 5 ms: {within} of {rounds}")
    told_medians[path] = percentile(write, 50)
    if path == "hang":
        # the median of the paths that are told, of this run if there are any
        others = [v for k, v in told_medians.items() if k != "hang"] or [percentile(write, 50)]
        told = percentile(others, 50)
        bound = c.failover_ms * 1000 + c.failover_ms * 1000 // (3 if c.timers == "hardware" else 5) + told
        total = [a + b for a, b in zip(lost, write)]
        print(f"# hang: within interval x misses + interval + median told ({bound / 1e3:.1f} ms): "
              f"{sum(1 for t in total if t <= bound)} of {rounds}")


def cpu_seconds(pid):
    """what a process used until now; a UML stub that is gone used nothing more"""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as f:
            fields = f.read().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children(pid):
    found = [pid]
    for p in found:
        try:
            with open(f"/proc/{p}/task/{p}/children", encoding="ascii") as f:
                found += [int(x) for x in f.read().split()]
        except OSError:
            pass
    return found


def steady(c, seconds=30):
    """cost of a beat, and of an idle standby"""
    c.wait_ready()
    standby = 3 - c.owner
    time.sleep(2)       # the look at readiness just now is over
    pid = c.slot(standby)["pid"]
    before = {p: cpu_seconds(p) for p in children(pid)}
    began = time.monotonic()
    time.sleep(seconds)
    used = sum(max(0.0, cpu_seconds(p) - b) for p, b in before.items()) / (time.monotonic() - began)
    if c.slot(standby)["pid"] != pid or cpu_seconds(pid) == 0.0:
        raise Failed("the standby was started anew while its load was measured")
    words, ns = [], []
    for _ in range(50):
        text = c.exec(standby, "cat", "/sys/class/redund/redund0/accesses_per_beat",
                      "/sys/class/redund/redund0/beat_ns").stdout.split()
        words.append(int(text[0]))
        ns.append(int(text[1]))
    print(f"beat, 50 samples: {percentile(words, 50)} register words (most {max(words)}), "
          f"{percentile(ns, 50)} ns (least {min(ns)}, most {max(ns)})")
    print(f"idle standby: {used * 100:.2f} % of a core over {seconds} s")


def busy(c, seconds):
    """false failovers with every core busy"""
    c.wait_ready()
    mark = c.mark()
    loads = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(os.cpu_count() or 1)]
    try:
        time.sleep(seconds)
    finally:
        for p in loads:
            p.kill()
            p.wait()
    moves = c.since(mark, event="grant")
    print(f"busy: {seconds} s at {c.failover_ms} ms, every core busy: "
          f"{sum(1 for e in moves if e['to'])} false failovers")
    for e in moves:
        print(f"# {e}")
    if moves:
        print("# the log of the active explains them:")
        for e in views.log(c, c.owner):
            if e[2] == "redund" or e[1] in ("00265", "00268"):
                print(f"#   {e}")


def main():
    ap = argparse.ArgumentParser(description="takeover times on the chassis clock")
    ap.add_argument("--rounds", type=int, default=100, help="takeovers of each path; 0 leaves all but --busy out")
    ap.add_argument("--busy", type=int, default=600, help="seconds with every core busy, 0 leaves it out")
    ap.add_argument("--timers", default="hardware")
    ap.add_argument("--out", default=os.path.join(chassis.TOP, "build", "bench"))
    ap.add_argument("paths", nargs="*", default=PATHS)
    a = ap.parse_args()
    os.makedirs(a.out, exist_ok=True)
    directory = tempfile.mkdtemp(prefix="vchassis-bench-")
    c = chassis.Chassis(directory, timers=a.timers)
    print(f"timers {a.timers}; milliseconds of the chassis clock; samples in {a.out}; folder {directory}")
    print(f"{'path':<11} {'interval':<24} {'n':>4} {'min':>9} {'median':>9} {'p95':>9} {'p99':>9} {'max':>9}")
    if "sync" in a.paths:
        bench_sync.bench(max(1, a.rounds), a.out)
        a.paths = [p for p in a.paths if p != "sync"]
        if not a.paths:
            return 0
    with c:
        for path in a.paths:
            takeover(c, path, a.rounds, a.out)
        if a.rounds:
            steady(c)
        if a.busy:
            busy(c, a.busy)
    with open(f"{directory}/trace.jsonl", encoding="utf-8") as f:
        j = judge.judge_lines(f, chassis.SCALE)
    for v in j.violations:
        print(v)
    print(f"trace: {j.seq} events, {j.owner_changes()} changes of owner, {len(j.violations)} violations")
    return 1 if j.violations else 0


if __name__ == "__main__":
    sys.exit(main())

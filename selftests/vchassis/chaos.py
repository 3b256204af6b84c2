#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Random faults in a row against one virtual chassis. The seed repeats the
schedule. The chassis trace is the judge; the event logs must hold each role
change once.

  chaos.py [--faults N] [--seed N] [--timers hardware|relaxed]
"""
import argparse
import random
import signal
import sys
import tempfile
import time

import chassis
import judge
import ktap
import views
from chassis import WAIT, Failed, need

DEEDS = ("kill", "panic", "hang", "hang-soft", "reset", "remove", "cut", "cut-both", "doorbell",
         "switchover", "starve", "power-cycle")


def schedule(seed, n):
    """n deeds: (name, on the active?, seconds, pause) - by the seed alone"""
    rnd = random.Random(seed)
    return [(rnd.choice(DEEDS), rnd.random() < 0.65, round(rnd.uniform(0.05, 4), 2),
             round(rnd.uniform(0, 1.5), 2)) for _ in range(n)]


def carry_out(c, deed, slot, seconds):
    if deed in ("kill", "panic"):
        c.run(deed, slot, check=False)
    elif deed == "hang":
        c.run("hang", slot, check=False)
        time.sleep(seconds)
        c.run("resume", slot, check=False)
    elif deed == "hang-soft":
        c.run("hang", slot, "--soft", check=False)
        time.sleep(seconds)
        c.run("resume", slot, check=False)
    elif deed == "reset":
        c.run("press", slot, "reset")
    elif deed == "remove":
        c.run("remove", slot)
        time.sleep(seconds)
        c.run("insert", slot)
    elif deed in ("cut", "cut-both", "doorbell"):
        what = "doorbell" if deed == "doorbell" else "heartbeat"
        which = "both" if deed == "cut-both" else slot
        c.run("cut", what, which)
        time.sleep(seconds)
        c.run("restore", what, which)
    elif deed == "switchover":
        c.redctl(slot, "-y", "redundancy", "switchover", "--timeout", "20", check=False)
    elif deed == "starve":
        c.run("wdt-starve", slot, check=False)
    elif deed == "power-cycle":
        c.run("reset-system")


class Logs:
    """Event logs of all starts of both modules, gathered while they live."""

    def __init__(self):
        self.seen = {}      # (slot, incarnation) -> lines

    def read(self, c):
        for slot in (1, 2):
            if not c.slot(slot)["alive"]:
                continue
            try:
                key = c.exec(slot, "cat", "/proc/sys/kernel/random/boot_id", timeout=10).stdout.strip()
                self.seen[slot, key] = views.log(c, slot)
            except Failed:
                continue    # it died meanwhile: the next reading counts
            self.compare(c, slot, self.seen[slot, key])

    @staticmethod
    def compare(c, slot, lines):
        """the log of a running module against what the chassis saw since its start"""
        events = c.poll()
        begun = [e["seq"] for e in events if e.get("slot") == slot and
                 ((e["event"] == "power" and e["on"]) or (e["event"] == "reset" and not e["asserted"]))]
        published = [e for e in events if e["event"] == "role" and e["slot"] == slot and
                     e["role"] == "active" and e["seq"] > begun[-1]]
        logged = [e for e in lines if e[1] == "00260" and f"Module {slot} " in e[3]]
        need(len(published) == len(logged), f"slot {slot} was active {len(published)} times since its start, "
             f"its log says {len(logged)} times: {lines}")

    def check(self):
        """each taking over once, with its one reason, in every log"""
        need(self.seen, "no event log was read")
        for (slot, _), lines in self.seen.items():
            active = [e for e in lines if e[1] == "00260" and f"Module {slot} " in e[3]]
            moved = [e for e in lines if e[1] in ("00268", "00269") and f"Module {slot} " in e[3]]
            why = [e for e in lines if e[2] == "redund" and e[3].startswith("reason: ")]
            other = [e for e in lines if e[2] == "redund" and
                     e[3].startswith((f"election: Mgmt Module {slot},", f"takeover: Mgmt Module {slot},"))]
            need(len(moved) == len(why), f"slot {slot}: {len(moved)} of events 16, 17 and {len(why)} reasons: {lines}")
            need(len(active) == len(why) + len(other),
                 f"slot {slot}: {len(active)} times Active, {len(why) + len(other)} reasons: {lines}")


def main():
    ap = argparse.ArgumentParser(description="random faults on the virtual chassis")
    ap.add_argument("--faults", type=int, default=20)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--timers", default="relaxed")
    ap.add_argument("--tap", action="store_true", help="KTAP in place of the table alone")
    a = ap.parse_args()
    directory = tempfile.mkdtemp(prefix="vchassis-chaos-")
    # A limit of three fences an hour would end the tries: eight in five seconds.
    c = chassis.Chassis(directory, timers=a.timers, seed=a.seed, params="fence_limit=8 fence_period_s=5")
    logs, problems = Logs(), []
    if a.tap:
        print("KTAP version 1", flush=True)
    pre = "# " if a.tap else ""
    print(f"{pre}seed {a.seed}, {a.faults} faults, folder {directory}")
    print(f"{pre}{'n':>4} {'fault':<12} {'slot':>4} {'s':>5} {'owner':>5}   settled in")
    c.up()
    try:
        c.wait_ready()
        for n, (deed, on_active, seconds, pause) in enumerate(schedule(a.seed, a.faults), 1):
            slot = c.owner or 1
            if not on_active:
                slot = 3 - slot
            before = c.owner
            carry_out(c, deed, slot, seconds)
            time.sleep(pause)
            began = time.monotonic()
            if n % 3 == 0 or n == a.faults:     # else the next fault meets an unsettled chassis
                try:
                    c.wait_ready(WAIT * 2)
                except Failed as e:
                    problems.append(f"after fault {n} ({deed} {slot}): {e}")
                    break
                logs.read(c)
            print(f"{pre}{n:>4} {deed:<12} {slot:>4} {seconds:>5} {before}->{c.owner}   "
                  f"{time.monotonic() - began:.1f} s", flush=True)
        if chassis.DEBUG and not problems:
            ktap.debug_clean(c)
    except Failed as e:
        problems.append(str(e))
    finally:
        c.down()
    with open(f"{directory}/trace.jsonl", encoding="utf-8") as f:
        j = judge.judge_lines(f, chassis.SCALE)
    problems += j.violations
    try:
        logs.check()
        ktap.consoles_clean(c)
        need(j.owner_changes(), "the owner never changed: nothing was tried")
    except Failed as e:
        problems.append(str(e))
    print(f"{pre}{j.seq} trace events, {len(j.grants)} grant changes, {j.owner_changes()} changes of owner, "
          f"{len(problems)} violations")
    for p in problems:
        print(f"{pre}{p}")
    if problems:
        print(f"{pre}repeat with: make chaos FAULTS={a.faults} SEED={a.seed}; kept: {directory}")
    if a.tap:
        print(f"{'not ok' if problems else 'ok'} 1 - I1 I2 I3 I5: {a.faults} random faults in a row, seed {a.seed}")
        print("1..1")
    return 1 if problems else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())

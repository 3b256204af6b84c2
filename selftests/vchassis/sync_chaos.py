#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Kills the active at a random microsecond while configuration and security
files change, round after round, and looks for what it had acknowledged. The
flashes are ext4 on block devices that lose what was not flushed.

  sync_chaos.py [--rounds N] [--seed N] [--flash KIND] [--image FILE] [--tap]
  sync_chaos.py --expect-loss PLANT ...

In each round the active makes changes (sync_inside.py) and loses its power at a
moment that the seed chooses; in some rounds the standby, or the whole chassis,
loses it with it, so that what counts is what is on stable storage. Whoever is
active then must have every change that was acknowledged, whole, and its running
configuration must be that. A change that was begun and not acknowledged may be
there or not, whole too; it never is a conflict, which only the operator could
decide.

With --expect-loss the image is one of tools that were built with that planted
mistake (make tools PLANT=ack-before-fsync): losses must be found, in at most --rounds.
"""
import argparse
import base64
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import chassis
import judge
from chassis import WAIT, Failed, need, other

INSIDE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sync_inside.py")
FILES = ("chaos-a", "chaos-b", "chaos-c")
CHANGES = 40        # of a round, more than there is time for
WINDOW_US = 1_500_000
# which modules lose their power
VARIANTS = ("active", "active", "active", "both", "chassis")
STABLE = ("both", "chassis")    # what is not on stable storage is in no other place


# ---- what is changed --------------------------------------------------------


def words(rnd, most):
    return " ".join("%x" % rnd.getrandbits(32) for _ in range(rnd.randint(1, most)))


def config_of(n):
    """the commands of change n"""
    rnd = random.Random(f"config {n}")
    return [f"hostname c{n}", f'banner motd "{n}: {words(rnd, 25)}"',
            f"logging 10.0.0.1 udp port {rnd.randint(1, 65535)}", f"logging 10.0.0.2 tcp port {rnd.randint(1, 65535)}"]


def file_of(name, n):
    """the content of a file after change n: its number, a body, the body's digest"""
    rnd = random.Random(f"{name} {n}")
    body = rnd.randbytes(rnd.randint(1, 6000)).hex()
    return f"{n}\n{body}\n{hashlib.sha256(body.encode()).hexdigest()}\n"


def security_of(n):
    """change n of the security files: some replaced, sometimes one removed"""
    rnd = random.Random(f"security {n}")
    names = rnd.sample(FILES, rnd.randint(1, len(FILES)))
    gone = [names.pop()] if len(names) > 1 and rnd.random() < 0.3 else []
    return names, gone


def plan(rnd, first):
    changes = []
    for n in range(first, first + CHANGES):
        if rnd.random() < 0.5:
            changes.append({"n": n, "kind": "config", "lines": config_of(n)})
        else:
            names, gone = security_of(n)
            changes.append({"n": n, "kind": "security", "files": {f: file_of(f, n) for f in names},
                            "remove": gone})
    return changes


# ---- one round on the active -------------------------------------------------


class Worker:
    """The changes in the active, until it loses its power."""

    def __init__(self, c, slot, changes):
        self.begun, self.acked, self.failed = [], {}, {}
        self.p = subprocess.Popen([c.bin, "--dir", c.dir, "exec", str(slot), "--", "python3", INSIDE],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.started = threading.Event()
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()
        self.p.stdin.write(json.dumps(changes))
        self.p.stdin.close()

    def read(self):
        for line in self.p.stdout:
            if not line.endswith("\n"):
                break
            what, *rest = line.split(maxsplit=2)
            if what == "S":
                self.begun.append(int(rest[0]))
                self.started.set()
            elif what == "A":
                self.acked[int(rest[0])] = int(rest[1].split()[0])
            elif what == "F":
                self.failed[int(rest[0])] = rest[1].strip() if len(rest) > 1 else ""
        self.started.set()

    def end(self):
        self.thread.join(WAIT)
        try:
            self.p.wait(WAIT)
        except subprocess.TimeoutExpired:
            self.p.kill()
        return self.p.stderr.read()


def sleep_until(t):
    while (left := t - time.monotonic()) > 0:
        time.sleep(left)


def lose_power(c, variant, active, gap):
    if variant == "chassis":
        c.run("reset-system")
        return
    c.run("kill", active)
    if variant == "both":
        time.sleep(gap)
        c.run("kill", other(active), check=False)


# ---- what is found --------------------------------------------------------------


READ = """cd /flash || exit 1
for f in config/config1 security/chaos-a security/chaos-b security/chaos-c; do
	[ ! -e "$f" ] || { echo "=== $f"; base64 -w0 "$f"; echo; }
done"""


def files_of(c, slot):
    """the files of a module, by name"""
    out, found = c.exec(slot, "sh", "-c", READ).stdout.splitlines(), {}
    for head, data in zip(out[::2], out[1::2]):
        need(head.startswith("=== "), out)
        found[head[4:]] = base64.b64decode(data).decode("utf-8", "replace")
    return found


class Ledger:
    """What was begun and acknowledged, and what a module may have of it."""

    def __init__(self):
        self.at_least = {"config": 0, **{f: 0 for f in FILES}}   # numbers of changes
        self.begun = {k: [0] for k in self.at_least}
        self.lost, self.torn, self.wrong = [], [], []

    def begin(self, worker, changes):
        # the line that says that one more was begun may have been lost with the power
        last = max(worker.begun)
        for ch in changes:
            if ch["n"] in worker.begun or ch["n"] == last + 1:
                for key in self.keys(ch):
                    self.begun[key].append(ch["n"])
        for ch in changes:
            if ch["n"] in worker.acked:
                for key in self.keys(ch):
                    self.at_least[key] = max(self.at_least[key], ch["n"])

    @staticmethod
    def keys(change):
        return ["config"] if change["kind"] == "config" else [*change["files"], *change["remove"]]

    def judge(self, key, n, where):
        """n: the change that was found, None: the file is torn"""
        if n is None:
            self.torn.append(f"{where}: {key} is torn")
        elif n < self.at_least[key]:
            self.lost.append(f"{where}: {key} is of change {n}, {self.at_least[key]} was acknowledged")
        else:
            # whoever is active has it now; a standby that says it is ready will too
            self.at_least[key] = n
            self.begun[key] = [n]

    def may_be(self, key, n):
        """was it ever so? what is older than what was acknowledged is lost, but whole"""
        return n in self.begun[key] or 0 < n < self.at_least[key]

    # -- which change is it? ---------------------------------------------------

    def config_number(self, text):
        if text is None:
            return 0 if 0 in self.begun["config"] else -1   # -1: it was there once
        m = re.search(r'^hostname "?c(\d+)"?$', text, re.M)
        if not m:
            return 0 if text.endswith("\n") and 0 in self.begun["config"] else None
        n = int(m.group(1))
        lines = [line.replace('"', "") for line in text.splitlines()]
        want = sorted(line.replace('"', "") for line in config_of(n))
        have = sorted(line for line in lines if line.startswith(("hostname", "banner", "logging")))
        whole = text.endswith("\n") and have == want and "redundancy management-module" in lines
        return n if whole and self.may_be("config", n) else None

    def file_number(self, name, text):
        if text is None:    # not there: removed, or never made
            gone = [n for n in self.begun[name] if n == 0 or name in security_of(n)[1]]
            return max(gone, default=-1)
        m = re.match(r"(\d+)\n", text)
        n = int(m.group(1)) if m else -1
        return n if self.may_be(name, n) and text == file_of(name, n) else None


def running(c, slot):
    p = c.redctl(slot, "-j", "show", "running-config", check=False)
    return json.loads(p.stdout)["config"] if not p.returncode else None


def promoted(c):
    """does the active run what is stored? then nothing is left to be recovered, either"""
    slot = c.owner
    text = files_of(c, slot).get("config/config1") if slot else None
    m = re.search(r'^hostname "?(\w+)"?$', text or "", re.M)
    now = running(c, slot) if slot else None
    return bool(now) and (not m or now["hostname"] == m.group(1))


def look(c, ledger, where):
    """the new active's files and running configuration against the ledger"""
    try:
        c.wait("the active runs what it has stored", lambda: promoted(c))
    except Failed as e:
        ledger.wrong.append(f"{where}: {e}")
    slot = c.owner
    found = files_of(c, slot)
    n = ledger.config_number(found.get("config/config1"))
    ledger.judge("config", n, where)
    for name in FILES:
        ledger.judge(name, ledger.file_number(name, found.get(f"security/{name}")), where)
    now = running(c, slot)
    if n and n > 0 and (not now or now["banner"] != config_of(n)[1].split('"')[1]):
        ledger.wrong.append(f"{where}: stored is change {n}, what runs is another: {now}")


# ---- rounds ----------------------------------------------------------------------


class Chaos:
    def __init__(self, c, seed, variants):
        self.c, self.rnd, self.variants = c, random.Random(seed), variants
        self.ledger, self.next = Ledger(), 1
        self.acks = {"config": [], "security": []}
        self.changes = self.acked = self.conflicts = self.refused = 0
        self.moves, self.why = 0, ""

    def decide(self):
        """what the killed active stored, and said that it has it alone, is newer: the operator's word (I4)"""
        owner = self.c.owner
        p = self.c.redctl(owner, "-j", "show", "sync", check=False) if owner else None
        if not p or p.returncode:
            return
        items = json.loads(p.stdout)["items"]
        self.why = " ".join(f"{i['name']}:{i['state']}" for i in items)
        if any(i["state"] == "conflict" for i in items):
            p = self.c.redctl(owner, "sync", "all", "--force", check=False)
            self.conflicts += not p.returncode
            self.why += f"; sync --force: {(p.stdout + p.stderr).strip()}"

    def ready(self):
        """waits for a standby that can take over; decides conflicts for the active"""
        end = time.monotonic() + WAIT
        while not self.c.ready():
            self.decide()
            need(time.monotonic() < end, f"no ready standby: {self.c.why}; {self.why}")
            time.sleep(0.1)

    def round(self, number):
        c, rnd = self.c, self.rnd
        self.ready()
        active, variant = c.owner, rnd.choice(self.variants)
        changes, after = plan(rnd, self.next), rnd.randrange(WINDOW_US) / 1e6
        gap = rnd.randrange(50_000) / 1e6
        self.next += len(changes)
        mark = c.mark()
        worker = Worker(c, active, changes)
        need(worker.started.wait(WAIT), "the changes did not begin")
        sleep_until(time.monotonic() + after)
        lose_power(c, variant, active, gap)
        said = worker.end()
        need(worker.begun, f"no change was begun: {said}")
        self.ledger.begin(worker, changes)
        c.wait_event(mark, event="grant", **{"from": active})
        c.wait("an active", lambda: any(s["role"] == "active" for s in c.status()["slots"]))
        look(c, self.ledger, f"round {number}")
        self.count(worker, changes)
        self.moves += c.owner != active
        return active, variant, after, worker

    def count(self, worker, changes):
        self.changes += len(worker.begun)
        self.acked += len(worker.acked)
        self.refused += len(worker.failed)
        for ch in changes:
            if ch["n"] in worker.acked:
                self.acks[ch["kind"]].append(worker.acked[ch["n"]])

    @property
    def problems(self):
        led = self.ledger
        asked = self.conflicts > self.refused
        return led.lost + led.torn + led.wrong + ["a change that nobody was told of is a conflict"] * asked

    def table(self):
        led = self.ledger
        yield f"changes begun          {self.changes:>7}"
        yield f"acknowledged           {self.acked:>7}"
        yield f"refused                {self.refused:>7}"
        yield f"changes of the active  {self.moves:>7}"
        yield f"conflicts decided      {self.conflicts:>7}"
        yield f"lost                   {len(led.lost):>7}"
        yield f"torn                   {len(led.torn):>7}"
        yield f"not what runs          {len(led.wrong):>7}"
        yield f"{'acknowledged after, ms':<22} {'n':>7} {'min':>9} {'median':>9} {'max':>9}"
        for kind, what in (("config", "write memory"), ("security", "security files")):
            s = sorted(self.acks[kind])
            if s:
                yield (f"  {what:<20} {len(s):>7} {s[0] / 1e3:>9.1f} {s[len(s) // 2] / 1e3:>9.1f} "
                       f"{s[-1] / 1e3:>9.1f}")


def run(chaos, rounds, pre, until_loss):
    """Return: rounds done"""
    print(f"{pre}{'n':>5} {'power lost':<11} {'after ms':>9} {'active':>8} {'begun':>6} {'acked':>6}", flush=True)
    for n in range(1, rounds + 1):
        active, variant, after, worker = chaos.round(n)
        print(f"{pre}{n:>5} {variant:<11} {after * 1e3:>9.3f} {active:>4}->{chaos.c.owner}  {len(worker.begun):>6} "
              f"{len(worker.acked):>6}", flush=True)
        for why in worker.failed.values():
            print(f"{pre}      refused: {why}", flush=True)
        if until_loss and (chaos.ledger.lost or chaos.ledger.torn):
            return n
    return rounds


def arguments():
    ap = argparse.ArgumentParser(description="power losses of the active between change and acknowledgement")
    ap.add_argument("--rounds", type=int, default=20)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--timers", default="relaxed")
    ap.add_argument("--flash", default="block", help="block or block-nojournal, with =MIB")
    ap.add_argument("--image", default="", help="another release image than that of the build")
    ap.add_argument("--expect-loss", metavar="PLANT", default="", help="the image has this planted mistake")
    ap.add_argument("--stable", action="store_true", help="both modules lose their power in every round")
    ap.add_argument("--tap", action="store_true", help="KTAP in place of the table alone")
    ap.add_argument("--out", default="", help="write the table to this file too")
    return ap.parse_args()


def trace_problems(c):
    if not os.path.exists(f"{c.dir}/trace.jsonl"):
        return ["there is no trace: the chassis did not come up"]
    with open(f"{c.dir}/trace.jsonl", encoding="utf-8") as f:
        j = judge.judge_lines(f, chassis.SCALE)
    return j.violations


def main():
    a = arguments()
    directory = tempfile.mkdtemp(prefix="vchassis-sync-")
    c = chassis.Chassis(directory, timers=a.timers, seed=a.seed, flash=a.flash, image=a.image,
                        params="fence_limit=8 fence_period_s=5")
    chaos, problems, done = Chaos(c, a.seed, STABLE if a.expect_loss or a.stable else VARIANTS), [], 0
    pre = "# " if a.tap else ""
    if a.tap:
        print("KTAP version 1", flush=True)
    began = time.monotonic()
    print(f"{pre}seed {a.seed}, {a.rounds} rounds, flash {a.flash}, folder {directory}")
    try:
        c.up()
        done = run(chaos, a.rounds, pre, bool(a.expect_loss))
    except Failed as e:
        problems.append(str(e))
    finally:
        c.down()
    problems += trace_problems(c)
    table = [f"seed {a.seed}, flash {a.flash}: {done} rounds, {time.monotonic() - began:.0f} s", *chaos.table()]
    found = len(chaos.ledger.lost) + len(chaos.ledger.torn)
    if a.expect_loss:
        text = f"S-021: with the planted mistake {a.expect_loss} changes are lost, and the rounds find it"
        if not found:
            problems.append(f"nothing was lost in {done} rounds")
        table += [f"  {p}" for p in chaos.problems]
    else:
        text = (f"S-021 S-022: {a.rounds} power losses, seed {a.seed}, flash {a.flash}: every acknowledged change "
                "is there, whole, and runs")
        problems += chaos.problems
    for line in table + problems:
        print(pre + line)
    if a.out:
        with open(a.out, "w", encoding="utf-8") as f:
            f.writelines(line + "\n" for line in table)
    if problems:
        print(f"{pre}repeat with: make sync-chaos ROUNDS={a.rounds} SEED={a.seed}; kept: {directory}")
    else:
        shutil.rmtree(directory, ignore_errors=True)
    if a.tap:
        print(f"{'not ok' if problems else 'ok'} 1 - {text}\n1..1")
    return 1 if problems else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())

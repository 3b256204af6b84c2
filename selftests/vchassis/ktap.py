# SPDX-License-Identifier: GPL-2.0-only
"""Runs a table of named tests on virtual chassis and prints KTAP. A test's
name is a sentence that begins with the rows it shows. Each chassis' trace is
judged when it is taken down, and its consoles must be clean; both are tests
of their own, so that a run with a wrong trace cannot pass."""
import argparse
import glob
import os
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback

import chassis
import judge

# What a kernel prints when one of its checkers, or the kernel itself, is hurt.
BAD_CONSOLE = re.compile(
    r"BUG[: ]|WARNING:|Oops|KASAN:|UBSAN:|ODEBUG|general protection|unreferenced object|"
    r"kmemleak: [1-9]\d* new|possible (recursive|circular) lock|inconsistent lock|suspicious RCU|"
    r"INFO: (task|rcu|trying|possible)|sleeping function called|scheduling while atomic|"
    r"refcount_t:|corruption|turning off the locking correctness")
# symbols in the stack of a panic that a test planted
FINE_CONSOLE = re.compile(r"\[<[0-9a-f]+>\]")


class Suite:
    def __init__(self):
        self.tests = []     # (group, options, name, function)
        self.groups = {}

    def group(self, name, **options):
        self.groups[name] = options

    def test(self, group, name):
        def add(fn):
            self.tests.append((group, name, fn))
            return fn
        return add


class Run:
    def __init__(self, suite, keep):
        self.suite, self.keep = suite, keep
        self.n = self.failed = 0

    def report(self, ok, name, detail=""):
        self.n += 1
        if not ok:
            self.failed += 1
            for line in detail.splitlines() or ["no detail"]:
                print("# " + line)
        print(f"{'ok' if ok else 'not ok'} {self.n} - {name}", flush=True)

    def one(self, name, fn, c):
        began = time.monotonic()
        try:
            fn(c)
            self.report(True, name)
        except Exception as e:          # a test may fail in any way
            text = str(e) if isinstance(e, chassis.Failed) else traceback.format_exc()
            self.report(False, name, text)
        print(f"# {time.monotonic() - began:.1f} s", flush=True)

    def group(self, name, only):
        tests = [(n, fn) for g, n, fn in self.suite.tests if g == name and (not only or re.search(only, n))]
        if not tests:
            return
        directory = tempfile.mkdtemp(prefix="vchassis-", dir=os.environ.get("TMPDIR", "/tmp"))
        options = dict(self.suite.groups[name])
        prepare = options.pop("prepare", None)
        c = chassis.Chassis(directory, **options)
        bad_before = self.failed
        try:
            if prepare:
                prepare(c)
            else:
                c.up()
            for n, fn in tests:
                self.one(n, fn, c)
        except Exception as e:
            self.report(False, f"{name}: the chassis comes up", f"{e}\n{traceback.format_exc()}")
        finally:
            self.finish(name, c)
            if self.keep or self.failed > bad_before:
                print(f"# kept: {directory}", flush=True)
            else:
                shutil.rmtree(directory, ignore_errors=True)

    def finish(self, name, c):
        if chassis.DEBUG:
            self.one(f"{name}: lockdep is still on and kmemleak found nothing", debug_clean, c)
        self.one(f"{name}: the chassis ends", lambda c: chassis.need(
            c.run("down", check=False, timeout=120).returncode == 0, "vchassis down failed"), c)
        self.one(f"{name}: I1 I2 I3: the chassis trace is clean", trace_clean, c)
        self.one(f"{name}: the consoles are clean", consoles_clean, c)


def debug_clean(c):
    """What the debug kernel found, read from inside both modules."""
    for slot in (1, 2):
        if not c.slot(slot)["alive"]:
            continue
        text = c.exec(slot, "cat", "/proc/lockdep_stats").stdout
        chassis.need(re.search(r"debug_locks:\s+1", text), f"lockdep is off in slot {slot}")
        for _ in range(2):      # an object is reported at the second scan
            c.exec(slot, "sh", "-c", "echo scan > /sys/kernel/debug/kmemleak", timeout=120)
        leaks = c.exec(slot, "cat", "/sys/kernel/debug/kmemleak").stdout
        chassis.need(not leaks.strip(), f"kmemleak in slot {slot}:\n{leaks[:2000]}")


def trace_clean(c):
    path = os.path.join(c.dir, "trace.jsonl")
    with open(path, encoding="utf-8") as f:
        j = judge.judge_lines(f, chassis.SCALE)
    chassis.need(j.grants, "the trace has no grant at all")
    chassis.need(not j.violations, "\n".join(j.violations[:10]))


def consoles_clean(c):
    seen = 0
    for path in sorted(glob.glob(os.path.join(c.dir, "mm*", "console.log*"))):
        seen += 1
        with open(path, encoding="utf-8", errors="replace") as f:
            for line in f:
                if BAD_CONSOLE.search(line) and not FINE_CONSOLE.search(line):
                    raise chassis.Failed(f"{path}: {line.strip()}")
    chassis.need(seen, "no console log found")


def main(suite):
    ap = argparse.ArgumentParser(description="tests on the virtual chassis, KTAP")
    ap.add_argument("--only", help="run tests whose name matches this expression")
    ap.add_argument("--group", help="run this group")
    ap.add_argument("--list", action="store_true")
    ap.add_argument("--keep", action="store_true", help="keep the chassis' folders")
    a = ap.parse_args()
    if a.list:
        for g, n, _ in suite.tests:
            print(f"{g}: {n}")
        return 0
    print("KTAP version 1", flush=True)
    run = Run(suite, a.keep)
    for name in suite.groups:
        if not a.group or a.group == name:
            run.group(name, a.only)
    print(f"1..{run.n}", flush=True)
    return 1 if run.failed or not run.n else 0


def start(suite):
    # So that a kill from outside still takes the chassis down.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(suite))

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Owns the history of one run as the checker sees it: what the chassis traced,
what the schedule's commands answered, what both modules logged, and the files
in their flash. Reads them from a chassis' directory; the rules (rules_*.py) are
pure functions over this.

  history.py [--real] DIR...      judges runs that are over
"""
import argparse
import glob
import json
import os
import re
import sys
from dataclasses import dataclass, field

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "vchassis"))

import schedule  # noqa: E402

MS, S = 1_000, 1_000_000


@dataclass
class History:
    events: list = field(default_factory=list)      # trace.jsonl
    results: list = field(default_factory=list)     # schedule.log
    logs: dict = field(default_factory=dict)        # slot -> lines of its flash's log
    files: dict = field(default_factory=dict)       # slot -> {path in the flash: text}
    consoles: dict = field(default_factory=dict)    # file -> text
    schedule: object = None                         # schedule.Schedule, if there was one
    virtual: bool = True                            # simulated time
    scale: float = 1.0                              # factor on bounds: debug kernel 5

    @property
    def end(self):
        return self.events[-1]["t_us"] if self.events else 0

    @property
    def timers(self):
        return self.schedule.timers if self.schedule else "relaxed"

    @property
    def failover_us(self):
        return schedule.TIMEOUT[self.timers]

    @property
    def unsaved(self):
        """what a module logged this long before its end may be lost with it"""
        return int((300 * MS if self.virtual else 4 * S) * self.scale)

    def margin(self, us):
        """what a bound of real time allows is 100 times as much as in simulated time"""
        return int(us / 100 * self.scale) if self.virtual else int(us * self.scale)


@dataclass(frozen=True)
class Violation:
    rule: str       # "I1", "I5", "trace", ...
    t_us: int
    text: str

    def __str__(self):
        return f"{self.rule} t={self.t_us / 1e6:.6f}s: {self.text}"


# ---- reading ------------------------------------------------------------------


def json_lines(path, torn_end=False):
    """objects of a file; torn_end: the last line may lack its end"""
    with open(path, encoding="utf-8", errors="replace") as f:
        text = f.read()
    lines = text.split("\n")
    whole, rest = lines[:-1], lines[-1]
    if rest and not torn_end:
        raise ValueError(f"{path}: the last line has no end")
    return [json.loads(line) for line in whole if line.strip()]


def flash_log(folder):
    """lines of a module's stored log, in order; what is torn is no line"""
    out = []
    for path in sorted(glob.glob(os.path.join(folder, "log", "events-*.jsonl"))):
        with open(path, encoding="utf-8", errors="replace") as f:
            for line in f.read().split("\n"):
                try:
                    out.append(json.loads(line))
                except ValueError:
                    continue
    return out


def flash_files(folder):
    out = {}
    for name in ("config/config1", "config/config2", "config/config3", "config/assign"):
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            with open(path, encoding="utf-8", errors="replace") as f:
                out[name] = f.read()
    return out


def read_consoles(directory):
    out = {}
    for path in sorted(glob.glob(os.path.join(directory, "mm*", "console.log*"))):
        with open(path, encoding="utf-8", errors="replace") as f:
            out[os.path.relpath(path, directory)] = f.read()
    return out


def load(directory, virtual=True, scale=1.0):
    """the history of the run whose chassis lived in this directory"""
    h = History(virtual=virtual, scale=scale)
    h.events = json_lines(os.path.join(directory, "trace.jsonl"))
    path = os.path.join(directory, "schedule.log")
    if os.path.exists(path):
        h.results = json_lines(path)
    path = os.path.join(directory, "schedule")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            h.schedule = schedule.from_text(f.read())
    for slot in (1, 2):
        flash = os.path.join(directory, f"mm{slot}", "flash")
        h.logs[slot], h.files[slot] = flash_log(flash), flash_files(flash)
        if os.path.exists(flash + ".img"):      # no directory: what the module said of itself
            h.logs[slot], h.files[slot] = said_log(h, slot), said_files(h, slot)
    h.consoles = read_consoles(directory)
    return h


# ---- what the commands answered ----------------------------------------------------


EXEC = re.compile(r"exec ([12]) (?:-t \S+ )?-- (.*)$")


def executed(h):
    """(slot, command, result) of every exec of the schedule"""
    for r in h.results:
        m = EXEC.match(r["command"])
        if m:
            yield int(m.group(1)), m.group(2), r


def answers(h, slot, command):
    """the JSON that the last such command answered in this slot, or None"""
    found = None
    for s, words, r in executed(h):
        if s == slot and words == command and r["status"] == 0:
            try:
                found = json.loads(r["out"])
            except ValueError:
                found = None
    return found


def said_log(h, slot):
    """the events of its own starts that a module lists, as lines of the stored log"""
    answer = answers(h, slot, "redctl -j show log -a")
    out = [{**e, "mm": slot, "number": e["number"] or 0, "slot": e["slot"] or 0} for e in (answer or {}).get("events", [])
           if e["module"] == slot and e["boot"]]
    return sorted(out, key=lambda e: (e["boot"], e["id"]))


def said_files(h, slot):
    for s, words, r in executed(h):
        if s == slot and words == "cat /flash/config/config1" and r["status"] == 0:
            return {"config/config1": r["out"]}
    return {}


def judge(h):
    """every violation of every rule, in order of time"""
    import rules        # noqa: PLC0415  (rules import this file)
    return rules.judge(h)


def main():
    ap = argparse.ArgumentParser(description="judge runs that are over")
    ap.add_argument("--real", action="store_true", help="they ran in real time")
    ap.add_argument("--scale", type=float, default=1.0, help="factor on bounds (debug kernel: 5)")
    ap.add_argument("directory", nargs="+")
    a = ap.parse_args()
    bad = 0
    for d in a.directory:
        violations = judge(load(d, not a.real, a.scale))
        bad += bool(violations)
        for v in violations:
            print(f"{d}: {v}")
        if not violations:
            print(f"{d}: clean")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

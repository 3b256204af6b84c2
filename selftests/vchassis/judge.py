#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Judges a chassis trace: the rules I1 to I3 and I5, written from
Documentation/redund/overview.rst and nothing else. The trace is what the
backplane controller saw; the software under test has no say in it.

  judge.py [--scale N] TRACE

prints one line a violation and exits 1, or "clean: ..." and exits 0.
"""
import argparse
import json
import sys

# The bounds of I2, in microseconds of the chassis clock. They hold for a
# kernel at normal speed; the debug kernel is allowed five times as much. A
# trace does not tell a standby that is ready from one that is not.
FREE_UNREADY = 5_000_000
PEER_WAIT = 5_000_000 + 2_000_000


class Slot:
    """What the judge knows of one slot from the trace."""

    def __init__(self):
        self.joined_at = None       # running software, None while OUT
        self.reset_at = None        # last assertion of its reset line
        self.out_at = None
        self.role = "absent"
        self.stuck = False          # fault reset-stuck
        self.stopped = False        # hung by the test
        self.excused = True         # not expected to own (failed, shut down...)


class Judge:
    def __init__(self, scale=1.0):
        self.scale = scale
        self.owner = 0
        self.epoch = None
        self.seq = None
        self.now = 0
        self.fabric = 3
        self.slot = {1: Slot(), 2: Slot()}
        self.free_since = 0         # None while somebody owns
        self.wrote_since_grant = True
        self.grants = []
        self.violations = []
        self.counts = {}

    def bad(self, rule, text):
        self.violations.append(f"{rule} t={self.now / 1e6:.6f}s: {text}")

    # -- one event ---------------------------------------------------------
    def feed(self, ev):
        kind = ev["event"]
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if self.seq is not None and ev["seq"] != self.seq + 1:
            self.bad("trace", f"seq {ev['seq']} follows {self.seq}")
        self.seq = ev["seq"]
        if ev["t_us"] < self.now:
            self.bad("trace", f"the clock went back to {ev['t_us']}")
        self.now = ev["t_us"]
        self.check_free()
        handler = getattr(self, "on_" + kind.replace("-", "_"), None)
        if handler:
            handler(ev)

    def on_fault(self, ev):
        kind = ev["kind"].removesuffix("-off")
        on = kind == ev["kind"]
        slots = (ev["slot"],) if ev.get("slot") in (1, 2) else ()
        for n in slots:
            slot = self.slot[n]
            if kind == "reset-stuck":
                slot.stuck = on
            elif kind in ("hang", "hang-soft"):
                slot.stopped = True
                self.freed_again()
            elif kind == "resume":
                slot.stopped = False
                self.freed_again()
            elif kind in ("selftest-fail", "register-stuck", "mailbox-corrupt"):
                slot.excused = on
        if kind == "reset-system":
            self.epoch = None

    def freed_again(self):
        """who could claim changed: the bound is counted from here"""
        if self.owner == 0:
            self.free_since = self.now

    def on_power(self, ev):
        slot = self.slot[ev["slot"]]
        if ev["on"]:
            slot.stopped = False
        else:
            slot.joined_at = None
            slot.role = "down"

    def on_presence(self, ev):
        if not ev["present"]:
            self.slot[ev["slot"]].joined_at = None
            self.slot[ev["slot"]].role = "absent"

    def on_reset(self, ev):
        slot = self.slot[ev["slot"]]
        if ev["asserted"]:
            slot.reset_at = self.now
        elif not slot.stuck:
            slot.stopped = False

    def on_out(self, ev):
        slot = self.slot[ev["slot"]]
        slot.joined_at = None
        slot.out_at = self.now
        if slot.role in ("active", "standby", "syncing", "taking-over"):
            slot.role = "down"

    def on_join(self, ev):
        if ev.get("accepted", True):
            slot = self.slot[ev["slot"]]
            slot.joined_at = self.now
            slot.excused = False
            slot.role = "booting"
            self.freed_again()

    def on_grant(self, ev):
        frm, to = ev["from"], ev["to"]
        if frm != self.owner:
            self.bad("I1", f"grant from {frm}, but the owner was {self.owner}")
        if ev["epoch"] == self.epoch:
            self.bad("G1", f"grant moved without a new epoch ({ev['epoch']})")
        if frm == to:
            self.bad("G1", f"grant from {frm} to itself")
        if frm and to and ev["cause"] not in ("fence", "offer"):
            self.bad("G6", f"a held grant moved by {ev['cause']}")
        if ev["cause"] == "fence" and frm:
            self.fence_precedes(frm)
        if to and self.slot[to].joined_at is None:
            self.bad("G5", f"slot {to} got the grant while OUT")
        self.owner, self.epoch = to, ev["epoch"]
        self.grants.append(ev)
        self.wrote_since_grant = False
        self.free_since = self.now if to == 0 else None

    def fence_precedes(self, holder):
        slot = self.slot[holder]
        if slot.out_at is None or slot.joined_at is not None:
            self.bad("G6", f"fence of slot {holder} before it was OUT")
        elif not slot.stuck and (slot.reset_at is None or slot.reset_at < slot.out_at):
            self.bad("G6", f"fence of slot {holder} without its reset before the grant")

    def on_fabric(self, ev):
        self.protected(ev, "fabric enables")
        if ev["accepted"]:
            if not ev["value"] & 3:
                self.bad("I3", "both fabric modules disabled")
            self.fabric = ev["value"]
            self.wrote_since_grant = True

    def on_module_reset(self, ev):
        self.protected(ev, "interface-module resets")

    def on_peer_reset(self, ev):
        self.protected(ev, "peer reset")

    def protected(self, ev, what):
        if ev["accepted"] and ev["slot"] != self.owner:
            self.bad("I1", f"slot {ev['slot']} wrote the {what}, owner {self.owner}")
        if ev["accepted"] and self.slot[ev["slot"]].joined_at is None:
            self.bad("G5", f"slot {ev['slot']} wrote the {what} while OUT")

    def on_role(self, ev):
        slot = self.slot[ev["slot"]]
        slot.role = ev["role"]
        if ev["role"] == "active":
            if ev["slot"] != self.owner:
                self.bad("I1", f"slot {ev['slot']} says active, owner {self.owner}")
            if not self.wrote_since_grant:
                self.bad("S-022", f"slot {ev['slot']} is active and has not written the fabric enables")
        if ev["role"] in ("failed", "offline", "down"):
            slot.excused = True

    # -- I2 -----------------------------------------------------------------
    def could_claim(self, slot):
        return slot.joined_at is not None and not slot.stopped and not slot.excused

    def check_free(self):
        if self.free_since is None:
            return
        able = [s for s in self.slot.values() if self.could_claim(s)]
        if not able:
            self.free_since = self.now
            return
        started = min(s.joined_at for s in able)
        bound = FREE_UNREADY
        if any(s.role in ("booting", "election", "absent") for s in able):
            bound = PEER_WAIT
        since = max(self.free_since, started)
        if self.now - since > bound * self.scale:
            self.bad("I2", f"grant free for {(self.now - since) / 1e6:.3f} s while a module could claim")
            self.free_since = self.now

    # -- results ---------------------------------------------------------------
    def owner_changes(self):
        """grants that moved to another slot than the one that owned before"""
        last, n = None, 0
        for g in self.grants:
            if g["to"]:
                if last is not None and g["to"] != last:
                    n += 1
                last = g["to"]
        return n


def judge_lines(lines, scale=1.0):
    j = Judge(scale)
    for line in lines:
        line = line.strip()
        if line:
            j.feed(json.loads(line))
    return j


def main():
    ap = argparse.ArgumentParser(description="judge a chassis trace")
    ap.add_argument("--scale", type=float, default=1.0, help="factor on the bounds of I2 (debug kernel: 5)")
    ap.add_argument("trace")
    a = ap.parse_args()
    with open(a.trace, encoding="utf-8") as f:
        j = judge_lines(f, a.scale)
    for v in j.violations:
        print(v)
    if not j.violations:
        print(f"clean: {j.seq or 0} events, {len(j.grants)} grant changes, {j.owner_changes()} changes of owner")
    return 1 if j.violations else 0


if __name__ == "__main__":
    sys.exit(main())

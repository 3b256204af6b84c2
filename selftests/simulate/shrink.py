# SPDX-License-Identifier: GPL-2.0-only
"""Makes a failing schedule small: the fewest faults that still fail (ddmin,
Zeller), then rounder times. Pure but for the predicate, which runs a schedule
and says whether it still fails; each answer is asked for once."""
import schedule

MS, S = 1_000, 1_000_000
ROUND = (1 * S, 100 * MS, 10 * MS, 1 * MS)


class Shrinker:
    """fails(schedule) -> bool; most: how often it is asked at most"""

    def __init__(self, fails, most=200):
        self.fails, self.most = fails, most
        self.asked = {}

    def still(self, sched):
        text = schedule.to_text(sched)
        if text not in self.asked:
            if len(self.asked) >= self.most:
                return False
            self.asked[text] = bool(self.fails(sched))
        return self.asked[text]

    def fewest(self, sched):
        """ddmin over the faults"""
        faults, parts = list(sched.faults), 2
        while len(faults) >= 2:
            size = -(-len(faults) // parts)
            chunks = [faults[i:i + size] for i in range(0, len(faults), size)]
            smaller = next((c for c in chunks if self.still(sched.with_faults(c))), None)
            if smaller is not None:
                faults, parts = smaller, 2
                continue
            rest = [[f for c in chunks if c is not chunk for f in c] for chunk in chunks]
            smaller = next((c for c in rest if len(c) < len(faults) and self.still(sched.with_faults(c))), None)
            if smaller is not None:
                faults, parts = smaller, max(parts - 1, 2)
                continue
            if size == 1:
                break
            parts = min(parts * 2, len(faults))
        return sched.with_faults(faults)

    def rounder(self, sched):
        """each fault's time as round as it can be; what follows in it keeps its distance"""
        for i, fault in enumerate(sched.faults):
            for unit in ROUND:
                moved = fault.at // unit * unit
                if moved == fault.at:
                    break
                faults = list(sched.faults)
                faults[i] = schedule.Fault(fault.kind, [(t - fault.at + moved, w) for t, w in fault.deeds])
                tried = sched.with_faults(faults)
                if self.still(tried):
                    sched = tried
                    break
        return sched

    def shrink(self, sched):
        if not self.still(sched):
            return None
        nothing = sched.with_faults([])
        if self.still(nothing):
            return nothing
        return self.rounder(self.fewest(sched))

# SPDX-License-Identifier: GPL-2.0-only
"""Judges what the chassis traced: the form of the trace, one owner (I1, G1 to
G6), somebody active within the bounds (I2), the fabric (I3), and the order of
roles. On top of judge.py, written from overview.rst and registers.rst: an
oracle of the documents, which knows nothing of the driver.

Bounds are those of I2: what a bound allows for the speed of the software is a
hundredth in simulated time, where software takes none; what is a wait by
design (hold-off, peer wait, T_return, heartbeat interval) is what it is.
"""
import judge
from history import MS, S, Violation

INTERVAL = {"hardware": 10 * MS, "relaxed": 100 * MS}
TIMER_BOOT = 15 * S         # boot bound of the controller
HOLDOFF_UNREADY = 2_500 * MS
HOLDOFF_LOSER = 300 * MS
PEER_WAIT = 5 * S
T_RETURN = TIMER_BOOT + 2 * S
WORKER_WINDOW = 200 * MS    # at least four intervals
WDT = 5 * S                 # mm-agent's /dev/watchdog0
FREE_EVER = 40 * S          # whatever roles come and go meanwhile

# Roles follow one another so; a frame is published when all is settled, so that
# short ones may be left out.
FOLLOWS = {
    "none": {"booting"},
    "booting": {"election", "failed", "syncing", "standby", "offline", "taking-over", "active", "down"},
    "election": {"taking-over", "active", "syncing", "standby", "offline", "booting", "down"},
    "failed": {"booting", "down"},
    "syncing": {"standby", "taking-over", "active", "offline", "booting", "down"},
    "standby": {"taking-over", "active", "syncing", "offline", "booting", "down"},
    "taking-over": {"active", "booting", "down"},
    "active": {"booting", "offline", "down"},
    "offline": {"syncing", "standby", "taking-over", "active", "booting", "down"},
    "down": {"booting"},
}


class Strict(judge.Judge):
    """One pass over the events of a trace."""

    def __init__(self, h):
        super().__init__(h.scale)
        self.h, self.found = h, []
        self.interval, self.timeout = INTERVAL[h.timers], h.failover_us
        self.allowed_fabric = fabric_allowed(h)
        self.count = 0                  # the epoch as it has to be
        self.cycled = False             # the chassis was power cycled since the last grant
        self.take = False               # "peer may take"
        self.offered = 0                # owner that offers
        self.asked = None               # accepted operation whose grant has to follow
        self.out_owner = None           # time at which the owner came OUT
        self.ready = 0                  # slot that could take over when the grant was lost
        self.free_since = 0
        self.free_told = False
        self.stop_told = False
        self.believes_told = set()
        self.running_since = {1: 0, 2: 0}       # it goes on since: start or resume
        self.out_at = {1: None, 2: None}        # OUT with a reset line that does not work
        self.beats_at = {1: 0, 2: 0}
        self.able_since = {1: None, 2: None}
        self.role_at = {1: 0, 2: 0}
        self.shown = {1: "none", 2: "none"}
        self.lost_at = {1: None, 2: None}       # when it last was the owner, in this start
        self.stop_at = {1: None, 2: None}
        self.soft = {1: False, 2: False}
        self.starved, self.dead_timer = set(), set()
        self.stuck, self.blind = set(), set()   # the register is; the module does not know yet

    def bad(self, rule, text):
        self.found.append(Violation(rule, self.now, text))

    # -- every event ------------------------------------------------------------
    def feed(self, ev):
        if self.seq is None and ev["seq"] != 1:
            self.bad("trace", f"the first seq is {ev['seq']}")
        if ev["t_us"] > self.now:
            self.settled(ev["t_us"])
        super().feed(ev)
        self.check_stopped()
        self.check_believers()
        if ev["event"] in ("power", "out", "reset", "join", "presence", "fault"):
            self.track(ev)

    def settled(self, now):
        """what had to follow at the same instant has not"""
        if self.asked:
            self.bad("G6", f"{self.asked['event']} of slot {self.asked['slot']} was accepted, and the grant did not move")
            self.asked = None
        if self.out_owner is not None:
            self.bad("G4", f"slot {self.owner} is OUT since {self.out_owner}, at {now} still the owner")
            self.out_owner = None

    def track(self, ev):
        kind, n = ev["event"], ev.get("slot")
        if n not in (1, 2):
            return
        if kind == "reset" and ev["asserted"]:
            self.out_at[n] = self.now if ev.get("stuck") else None
        if kind in ("power", "presence", "join"):
            self.out_at[n] = None
        if kind == "out" or (kind in ("power", "presence") and not ev.get("on", ev.get("present"))):
            self.able_since[n] = None
            self.lost_at[n] = None
            if self.owner == n and self.out_owner is None:
                self.out_owner = self.now
        if kind == "reset" and ev["asserted"] and not ev.get("stuck"):
            self.shown[n] = "none"
        if kind == "power":
            self.shown[n] = "none"
        if kind in ("power", "reset") and not ev.get("stuck"):
            self.stop_at[n] = None
            self.soft[n] = False

    # -- what was done from outside -----------------------------------------------
    def on_fault(self, ev):
        super().on_fault(ev)
        kind, n = ev["kind"], ev.get("slot")
        if kind == "reset-system":
            self.cycled, self.count = True, 0
        if n not in (1, 2):
            return
        if kind in ("hang", "hang-soft"):
            self.stop_at[n], self.soft[n], self.stop_told = self.now, kind == "hang-soft", False
        elif kind == "resume":
            self.stop_at[n], self.soft[n] = None, False
            self.running_since[n] = self.now
            self.able_since[n] = self.now if self.slot[n].joined_at is not None else None
            self.lost_at[n] = self.now if self.lost_at[n] is not None else None
        elif kind == "wdt-starve":
            self.starved.add(n)
        elif kind in ("register-stuck", "register-misread"):
            self.stuck.add(n)
            self.blind.add(n)
        elif kind in ("register-stuck-off", "register-misread-off"):
            self.stuck.discard(n)
        elif kind == "wdt-dead":
            self.dead_timer.add(n)
        elif kind == "wdt-dead-off":
            self.dead_timer.discard(n)
            self.stop_told = True       # it expires now

    def on_join(self, ev):
        super().on_join(ev)
        if not ev.get("accepted", True):
            return
        n = ev["slot"]
        self.able_since[n] = self.now
        self.running_since[n] = self.now
        self.shown[n] = "none"          # from the beginning, also where no reset reached it
        self.role_at[n] = self.now
        self.starved.discard(n)
        if n not in self.stuck:
            self.blind.discard(n)
        self.lost_at[n] = None

    # -- the grant -------------------------------------------------------------------
    def on_claim(self, ev):
        if ev["accepted"]:
            self.asked = ev

    on_fence = on_claim
    on_release = on_claim

    def on_offer(self, ev):
        if ev["accepted"]:
            if ev["slot"] != self.owner:
                self.bad("I1", f"slot {ev['slot']} offers, owner {self.owner}")
            self.offered = ev["slot"]

    def on_withdraw(self, ev):
        if ev["accepted"]:
            if not self.offered:
                self.bad("G6", "an offer was withdrawn that nobody made")
            self.offered = 0

    def on_take(self, ev):
        self.protected(ev, "peer may take")
        if ev["accepted"]:
            self.take = ev["on"]

    def on_nv(self, ev):
        if ev["record"] == "chassis":
            self.protected(ev, "chassis record")

    def on_grant(self, ev):
        frm, to, cause = ev["from"], ev["to"], ev["cause"]
        if self.cycled and to == 0 and ev["epoch"] == 0:
            pass                        # the epoch starts anew
        else:
            self.count = (self.count + 1) & 0xffffffff
            if ev["epoch"] != self.count:
                self.bad("G1", f"epoch {ev['epoch']} where {self.count} follows")
                self.count = ev["epoch"]
        self.cycled = False
        self.cause_fits(frm, to, cause)
        if to == 0:
            other = 3 - frm if frm else 0
            s = self.slot.get(other)
            self.ready = other if s and self.take and s.role == "standby" and other not in self.starved else 0
        if frm and self.slot[frm].joined_at is not None:
            self.lost_at[frm] = self.now
        if to:
            self.lost_at[to] = None
        self.take, self.offered, self.asked, self.out_owner = False, 0, None, None
        self.free_told, self.stop_told = False, False
        super().on_grant(ev)

    def cause_fits(self, frm, to, cause):
        asked = self.asked
        if cause in ("claim", "offer", "fence"):
            verb = "fence" if cause == "fence" else "claim"
            if not asked or asked["event"] != verb or asked["slot"] != to:
                self.bad("G6", f"grant to slot {to} by {cause} without its {verb}")
        if cause == "claim" and frm:
            self.bad("G6", f"slot {to} claimed a grant that slot {frm} held")
        if cause == "offer" and self.offered != frm:
            self.bad("G6", f"slot {to} took an offer that slot {frm} did not make")
        if cause == "fence" and not self.take:
            self.bad("G6", f"slot {to} fenced slot {frm} without \"peer may take\"")
        if cause == "release" and (not asked or asked["event"] != "release" or asked["slot"] != frm):
            self.bad("G6", f"slot {frm} released nothing, and its grant is gone")
        if cause in ("timer", "reset", "power", "removed", "going-down"):
            if to:
                self.bad("G4", f"slot {to} got the grant by {cause}")
            if frm and self.slot[frm].joined_at is not None:
                self.bad("G4", f"grant of slot {frm} dropped by {cause}, and it is not OUT")

    # -- protected registers -----------------------------------------------------------
    def protected(self, ev, what):
        super().protected(ev, what)
        n = ev["slot"]
        if ev["accepted"] or n == self.owner or self.slot[n].joined_at is None:
            return
        if n in self.blind:
            return
        lost = self.lost_at[n]
        if lost is None:
            self.bad("I1", f"slot {n} writes the {what} and was never the owner since its start")
        elif self.now - lost > self.h.margin(1 * S):
            self.bad("I1", f"slot {n} writes the {what} {(self.now - lost) / 1e6:.3f} s after it lost the grant")

    def on_fabric(self, ev):
        super().on_fabric(ev)
        if ev["accepted"] and ev["value"] not in self.allowed_fabric:
            self.bad("I3", f"slot {ev['slot']} sets the enables to {ev['value']}, which nobody asked for")

    # -- roles ----------------------------------------------------------------------------
    def on_role(self, ev):
        n, role = ev["slot"], ev["role"]
        was = self.shown[n]
        if role not in FOLLOWS.get(was, ()):
            self.bad("role", f"slot {n} is {role} after {was}")
        if role == "taking-over" and n != self.owner:
            self.bad("I1", f"slot {n} says taking-over, owner {self.owner}")
        if self.slot[n].joined_at is None:
            self.bad("G5", f"slot {n} publishes {role} while OUT")
        self.shown[n], self.role_at[n] = role, self.now
        super().on_role(ev)

    # -- I2 ----------------------------------------------------------------------------------
    def free_bound(self, n):
        """how long after it took its role a module may leave the grant free; None: for ever"""
        role, m = self.slot[n].role, self.h.margin
        if role == "standby" and self.ready == n and n not in self.starved:
            return self.interval + m(1 * S)
        if role in ("standby", "syncing", "taking-over", "active"):
            return HOLDOFF_UNREADY + self.interval + m(2_500 * MS)
        if role == "election":
            return PEER_WAIT + HOLDOFF_LOSER + self.interval + m(2 * S)
        if role == "booting":
            return int((PEER_WAIT + 2 * S) * self.scale)
        if role == "offline":
            return T_RETURN + self.interval + m(1 * S)
        return None

    def may_claim(self, n):
        s = self.slot[n]
        return (s.joined_at is not None and self.stop_at[n] is None and n not in self.blind
                and s.role not in ("failed", "down", "absent"))

    def check_free(self):
        if self.owner or self.free_since is None or self.free_told:
            return
        for n in (1, 2):
            bound = self.free_bound(n) if self.may_claim(n) else None
            if bound is None or self.able_since[n] is None:
                continue
            since = max(self.free_since, self.able_since[n])
            from_ = max(since, self.role_at[n])
            if self.now - from_ > bound or self.now - since > FREE_EVER * self.scale:
                self.free_told = True
                self.bad("I2", f"grant free for {(self.now - from_) / 1e6:.6f} s while slot {n}, "
                         f"{self.slot[n].role}, could claim within {bound / 1e6:.6f} s")
                return

    def freed_again(self):
        """a module that can claim only now has its own time: able_since"""

    def stop_bound(self, n):
        """how long an owner that stopped may keep the grant"""
        steady = self.slot[n].role == "active" and self.stop_at[n] - self.role_at[n] > 1 * S
        bound = (self.timeout if steady else TIMER_BOOT) + self.interval + self.h.margin(1 * S)
        return bound + (max(WORKER_WINDOW, 4 * self.interval) if self.soft[n] else 0)

    def check_stopped(self):
        """an owner that hangs is not the owner for long: its timer, or a fence"""
        n = self.owner
        if not n or self.stop_told or self.stop_at[n] is None or n in self.dead_timer:
            return
        if self.now - self.stop_at[n] > self.stop_bound(n):
            self.stop_told = True
            self.bad("I2", f"slot {n} hangs for {(self.now - self.stop_at[n]) / 1e6:.6f} s and still holds the grant")


    # -- who believes to be what it is not ------------------------------------------------
    def check_believers(self):
        """who lost the grant says so soon; who is OUT and runs starts anew (I1, G5)"""
        for n in (1, 2):
            if self.stop_at[n] is not None or n in self.blind or n in self.believes_told:
                continue
            lost = self.lost_at[n]
            if lost is not None and n != self.owner and self.shown[n] in ("active", "taking-over"):
                since = max(lost, self.running_since[n])
                if self.now - since > self.interval + self.h.margin(5 * S):
                    self.believes_told.add(n)
                    self.bad("I1", f"slot {n} says {self.shown[n]} for {(self.now - since) / 1e6:.6f} s after it "
                             "lost the grant")
            out = self.out_at[n]
            if out is not None and self.now - max(out, self.running_since[n]) > self.interval + self.h.margin(100 * S):
                self.believes_told.add(n)
                self.bad("G5", f"slot {n} is OUT since {out / 1e6:.6f} s, runs, and does not start anew")

    def on_beats(self, ev):
        """more beats than one each interval: two timers, or a loop"""
        n = ev["slot"]
        most = 1.5 * (self.now - self.beats_at[n]) / self.interval + 3
        if ev["count"] > most:
            self.bad("I6", f"slot {n} beats {ev['count']} times in {(self.now - self.beats_at[n]) / 1e6:.3f} s")
        self.beats_at[n] = self.now


def fabric_allowed(h):
    """values of the enables: both, and what an operator asked for"""
    allowed = {3}
    for r in h.results:
        words = r["command"].split()
        if "fabric-module" in words and words[-1] == "disable":
            allowed.add(3 & ~int(words[-2]))
    return allowed


def judge_trace(h):
    j = Strict(h)
    for ev in h.events:
        j.feed(ev)
    return j.found

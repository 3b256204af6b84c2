# SPDX-License-Identifier: GPL-2.0-only
"""Makes fault schedules from seeds, and owns their text form. Pure: the same
seed, kind and features give the same schedule, on any machine, at any time.

A schedule is a list of faults; a fault is a few vchassis commands at times of
the chassis clock (a hang and its resume, a cut and its mending). After the last
of them everything is mended, a quiet tail follows, and at the end both modules
are asked for their logs. The text form is what `vchassis up --schedule` reads:
`AT_US WORD...`, with the schedule itself as JSON in a comment (#:).
"""
import json
import random
import shlex
from dataclasses import dataclass, field

MS, S = 1_000, 1_000_000
SETTLE = 5 * S          # both modules have booted and synchronized by then
TAIL = 30 * S           # mended and quiet
READ = 2 * S            # the logs are read this long before the end
TIMEOUT = {"hardware": 30 * MS, "relaxed": 500 * MS}    # failover time-out
# Three automatic fences an hour would end the tries.
PARAMS = "fence_limit=8 fence_period_s=5"
# What of the faults below vchassis can do beyond its first version.
FEATURES = ("clock",)
KINDS = ("storm", "single", "long", "power")


@dataclass
class Fault:
    kind: str
    deeds: list                 # [(t_us, [word, ...])]

    @property
    def at(self):
        return self.deeds[0][0]


@dataclass
class Schedule:
    seed: int
    kind: str
    seconds: int
    timers: str
    params: str
    faults: list = field(default_factory=list)
    flash: str = ""             # as `vchassis up --flash`

    @property
    def until(self):
        return self.seconds * S

    @property
    def quiet(self):
        """from here on nothing is wrong any more"""
        return self.until - TAIL

    def with_faults(self, faults):
        return Schedule(self.seed, self.kind, self.seconds, self.timers, self.params, list(faults), self.flash)

    def commands(self):
        """every command in order of time; at one instant in the order of the faults"""
        deeds = [d for f in self.faults for d in f.deeds if d[0] < self.quiet]
        return sorted(deeds, key=lambda d: d[0]) + mending(self) + reading(self)


# ---- times ------------------------------------------------------------------


def log_uniform(rnd, low, high):
    return int(low * (high / low) ** rnd.random())


def lasting(rnd, timeout):
    """how long something lasts: any time, or about as long as a bound of the protocol"""
    about = rnd.choice((None, None, timeout, 2 * timeout, 1 * S, 5 * S, 15 * S))
    if about is None:
        return log_uniform(rnd, 1 * MS, 12 * S)
    return int(about * rnd.uniform(0.7, 1.4))


def next_moment(rnd, timeout, begin, end, before):
    """a moment for a fault, given the moments of those before it

    anywhere; in a burst; or shortly after another: while a peer is still being
    missed, in a handover, in the boot, election or synchronization that follows
    """
    how = rnd.choice(("anywhere", "anywhere", "burst", "burst", "missed", "handover", "boot", "boot"))
    if how == "anywhere" or not before:
        return rnd.randrange(begin, end)
    last = rnd.choice(before[-3:])
    after = {"burst": lambda: rnd.choice((0, 1, rnd.randrange(100), log_uniform(rnd, 100, 300 * MS))),
             "missed": lambda: int(timeout * rnd.uniform(0.2, 2.5)),
             "handover": lambda: log_uniform(rnd, 500, 3 * S),
             "boot": lambda: rnd.randrange(100 * MS, 4 * S)}[how]()
    return last + after if begin <= last + after < end else rnd.randrange(begin, end)


# ---- kinds of faults ------------------------------------------------------------
# Each is a function (rnd, t, lasts) -> deeds; lasts is a time from lasting().


def slot_of(rnd):
    return rnd.choice(("1", "2"))


def where(rnd):
    return rnd.choice(("1", "2", "1", "2", "both"))


def once(*words):
    return lambda rnd, t, lasts: [(t, [*words, slot_of(rnd)])]


def kill_both(rnd, t, lasts):
    return [(t, ["kill", "1"]), (t + rnd.choice((0, 1, 20 * MS, 600 * MS)), ["kill", "2"])]


def hang(rnd, t, lasts):
    s = slot_of(rnd)
    return [(t, ["hang", s]), (t + lasts, ["resume", s])]


def hang_soft(rnd, t, lasts):
    s = slot_of(rnd)
    return [(t, ["hang", s, "--soft"]), (t + lasts, ["resume", s])]


def press(button):
    return lambda rnd, t, lasts: [(t, ["press", slot_of(rnd), button])]


def pull(rnd, t, lasts):
    s = slot_of(rnd)
    return [(t, ["remove", s]), (t + lasts, ["insert", s])]


def cut(what):
    def deeds(rnd, t, lasts):
        side = where(rnd)
        return [(t, ["cut", what, side]), (t + lasts, ["restore", what, side])]
    return deeds


def broken(what):
    def deeds(rnd, t, lasts):
        s = slot_of(rnd)
        return [(t, ["fault", s, what, "on"]), (t + lasts, ["fault", s, what, "off"])]
    return deeds


def failed_selftest(rnd, t, lasts):
    """seen at a start: the module is started soon after"""
    s = slot_of(rnd)
    start = rnd.choice((["press", s, "reset"], ["kill", s], ["panic", s]))
    return [(t, ["fault", s, "selftest-fail", "on"]), (t + 10 * MS, start),
            (t + 10 * MS + lasts, ["fault", s, "selftest-fail", "off"])]


def stuck_reset(rnd, t, lasts):
    """felt when the module is to be reset: it hangs, or is not heard"""
    s = slot_of(rnd)
    deeds = [(t, ["fault", s, "reset-stuck", "on"])]
    if rnd.random() < 0.5:
        deeds += [(t + MS, ["hang", s]), (t + MS + lasts, ["resume", s])]
    else:
        deeds += [(t + MS, ["cut", "heartbeat", s]), (t + MS + lasts, ["restore", "heartbeat", s])]
    return deeds + [(t + 2 * MS + lasts, ["fault", s, "reset-stuck", "off"])]


def dead_timer(rnd, t, lasts):
    s = slot_of(rnd)
    return [(t, ["fault", s, "wdt-dead", "on"]), (t + MS, ["hang", s]), (t + MS + lasts, ["resume", s]),
            (t + 2 * MS + lasts, ["fault", s, "wdt-dead", "off"])]


def fabric_pulled(rnd, t, lasts):
    f = slot_of(rnd)
    return [(t, ["fabric", f, "remove"]), (t + lasts, ["fabric", f, "insert"])]


def interface_module(rnd, t, lasts):
    letter = rnd.choice("ABCDEFGHIJKL")
    return [(t, ["insert-module", letter, "J8702A"]), (t + lasts, ["remove-module", letter])]


def inside(*words, sides=("1", "2", "1", "2", "both")):
    """a command in one module, or in both at the same moment: one of them refuses"""
    def deeds(rnd, t, lasts):
        side = rnd.choice(sides)
        slots = ("1", "2") if side == "both" else (side,)
        return [(t, ["exec", s, "--", *words]) for s in slots]
    return deeds


def operator(*words):
    return inside("redctl", *words)


def shell(text):
    return inside("sh", "-c", text)


def change(rnd, t, lasts):
    """a change that is written; its number is the time, so that later ones are higher"""
    return shell(CHANGE % (t, t))(rnd, t, lasts)


CHANGE = "redctl hostname c%d && redctl banner motd m%d && redctl -j write memory"


def unsaved(rnd, t, lasts):
    return operator("hostname", f"u{t}")(rnd, t, lasts)


def fabric_command(rnd, t, lasts):
    f, do = slot_of(rnd), rnd.choice(("disable", "enable"))
    return operator("redundancy", "fabric-module", f, do)(rnd, t, lasts)


def choose(rnd, t, lasts):
    who = rnd.choice(("standby", "management-module1", "management-module2"))
    return operator("redundancy", "active-management", who)(rnd, t, lasts)


def disable(rnd, t, lasts):
    deeds = operator("-y", "no", "redundancy", "management-module")(rnd, t, lasts)
    return deeds + operator("-y", "redundancy", "management-module")(rnd, t + lasts, lasts)


def clock_rate(rnd, t, lasts):
    s = slot_of(rnd)
    ppm = rnd.choice((-200, -50, 50, 200, 500))
    return [(t, ["clock", s, "rate", str(ppm)]), (t + lasts, ["clock", s, "rate", "0"])]


def clock_step(rnd, t, lasts):
    return [(t, ["clock", slot_of(rnd), "step", str(rnd.choice((MS, 50 * MS, S, 3600 * S)))])]


def delayed(rnd, t, lasts):
    s = slot_of(rnd)
    return [(t, ["delay", "heartbeat", s, str(log_uniform(rnd, 100, 400 * MS))]),
            (t + lasts, ["delay", "heartbeat", s, "0"])]


def full(rnd, t, lasts):
    s = slot_of(rnd)
    return [(t, ["fill", s, "on"]), (t + lasts, ["fill", s, "off"])]


KILL = "kill -9 $(pidof %s)"
# name: (weight, deeds, what of vchassis it needs beyond the first version)
FAULTS = {
    "kill": (6, once("kill"), ""),
    "kill-both": (2, kill_both, ""),
    "panic": (5, once("panic"), ""),
    "hang": (6, hang, ""),
    "hang-soft": (4, hang_soft, ""),
    "reset": (4, press("reset"), ""),
    "shutdown": (3, press("shutdown"), ""),
    "clear": (1, lambda rnd, t, lasts: [(t, ["press", "clear"])], ""),
    "remove": (4, pull, ""),
    "reset-system": (1, lambda rnd, t, lasts: [(t, ["reset-system"])], ""),
    "cut-heartbeat": (5, cut("heartbeat"), ""),
    "cut-doorbell": (4, cut("doorbell"), ""),
    "cut-link": (3, cut("link"), ""),
    "mailbox-corrupt": (4, broken("mailbox-corrupt"), ""),
    "register-stuck": (4, broken("register-stuck"), ""),
    "selftest-fail": (3, failed_selftest, ""),
    "reset-stuck": (3, stuck_reset, ""),
    "wdt-dead": (3, dead_timer, ""),
    "link-stall": (2, broken("link-stall"), ""),
    "link-garbage": (2, broken("link-garbage"), ""),
    "wdt-starve": (2, once("wdt-starve"), ""),
    "fabric-pulled": (1, fabric_pulled, ""),
    "interface-module": (2, interface_module, ""),
    "switchover": (8, operator("-y", "redundancy", "switchover", "--discard", "--timeout", "20"), ""),
    "switchover-force": (4, operator("-y", "redundancy", "switchover", "--discard", "--force", "--timeout", "20"), ""),
    "disable": (3, disable, ""),
    "fabric-command": (3, fabric_command, ""),
    "choose-active": (3, choose, ""),
    "boot": (3, operator("-y", "boot"), ""),
    "boot-standby": (3, operator("boot", "standby"), ""),
    "boot-system": (2, operator("-y", "boot", "system"), ""),
    "reload": (3, operator("-y", "reload"), ""),
    "power-off": (1, inside("poweroff", sides=("1", "2")), ""),
    "write-memory": (8, change, ""),
    "unsaved": (1, unsaved, ""),
    "sync": (2, operator("sync", "all", "--timeout", "10"), ""),
    "show": (2, operator("show", "redundancy", "detail"), ""),
    "redsyncd-killed": (3, shell(KILL % "redsyncd"), ""),
    "redlogd-killed": (2, shell(KILL % "redlogd"), ""),
    "clock-rate": (2, clock_rate, "clock"),
    "clock-step": (2, clock_step, "clock"),
    "delay-heartbeat": (3, delayed, "delay"),
    "duplicate-heartbeat": (2, once("duplicate", "heartbeat"), "duplicate"),
    "register-misread": (3, broken("register-misread"), "register-misread"),
    "disk-full": (2, full, "fill"),
}
# One at a time: those that may cost the fabric its owner.
SINGLE = ("kill", "panic", "hang", "hang-soft", "reset", "shutdown", "remove", "cut-heartbeat", "cut-doorbell",
          "mailbox-corrupt", "register-stuck", "wdt-starve", "switchover", "boot", "reload", "power-off",
          "redsyncd-killed", "selftest-fail", "delay-heartbeat", "clock-step", "register-misread")


# What is written, and what comes in between: on a flash that loses what was not flushed.
POWER = {"write-memory": 20, "kill": 4, "kill-both": 4, "reset-system": 3, "remove": 2, "panic": 1, "switchover": 2,
         "redsyncd-killed": 3, "cut-link": 2, "sync": 1}


def available(features):
    return {k: v for k, v in FAULTS.items() if not v[2] or v[2] in features}


# ---- schedules ----------------------------------------------------------------------


def storm(rnd, sched, features):
    """ten or more faults, one often in the middle of what another began"""
    kinds = available(features)
    names, weights = list(kinds), [w for w, _, _ in kinds.values()]
    if sched.kind == "power":
        names, weights = list(POWER), list(POWER.values())
    begin = rnd.choice((0, 1 * S, SETTLE, SETTLE, SETTLE, SETTLE))
    timeout, moments = TIMEOUT[sched.timers], []
    for _ in range(rnd.randint(10, 18) * max(1, sched.seconds // 60)):
        t = next_moment(rnd, timeout, begin, sched.quiet - S, moments)
        moments.append(t)
        kind = rnd.choices(names, weights)[0]
        deeds = kinds[kind][1](rnd, t, lasting(rnd, timeout))
        sched.faults.append(Fault(kind, sorted(deeds, key=lambda d: d[0])))
    sched.faults.sort(key=lambda f: f.at)


def single(rnd, sched, features):
    """one fault in a chassis where nothing else is wrong"""
    kinds = available(features)
    kind = rnd.choice([k for k in SINGLE if k in kinds])
    t = rnd.randrange(SETTLE + 3 * S, sched.quiet - 12 * S)
    deeds = kinds[kind][1](rnd, t, min(lasting(rnd, TIMEOUT[sched.timers]), 10 * S))
    sched.faults.append(Fault(kind, sorted(deeds, key=lambda d: d[0])))


def generate(seed, kind="storm", seconds=0, timers="", features=FEATURES):
    """the schedule of a seed; timers "" lets the seed choose, seconds 0 the kind"""
    rnd = random.Random(f"redund {kind} {seed}")
    drawn = rnd.choice(("hardware", "hardware", "relaxed"))
    sched = Schedule(seed, kind, seconds or (600 if kind == "long" else 60), timers or drawn, PARAMS)
    if kind == "power":
        sched.flash = "block"
    (single if kind == "single" else storm)(rnd, sched, features)
    return sched


def without_pair(words):
    """what has to be there once more at the end so that nothing stays wrong"""
    verb = words[0]
    if verb == "hang":
        return ["resume", words[1]]
    if verb == "cut":
        return ["restore", words[1], "both"]
    if verb == "fault":
        return [*words[:3], "off"]
    if verb in ("clock", "delay") and words[-2] != "step":
        return [*words[:-1], "0"]
    if verb == "fill":
        return ["fill", words[1], "off"]
    if verb == "fabric":
        return ["fabric", words[1], "insert"]
    return None


def went_off(words):
    """the slot that stays down after this command, unless it is pulled"""
    if words[0] == "press" and words[-1] == "shutdown":
        return words[1]
    return words[1] if words[0] == "exec" and words[-1] == "poweroff" else None


def mending(sched):
    """everything mended; who went off is pulled and pushed in again, as a person does"""
    at, out, off, pulled, failed = sched.quiet, [], set(), set(), set()
    disabled = written = False
    for words in (w for f in sched.faults for t, w in f.deeds if t < at):
        back = without_pair(words)
        if back and back not in out:
            out.append(back)
        if words[0] == "remove":
            pulled.add(words[1])
        if went_off(words):
            off.add(words[1])
        if "selftest-fail" in words and words[-1] == "on":
            failed.add(words[1])
        disabled |= words[0] == "exec" and words[-3:] == ["no", "redundancy", "management-module"]
        written |= words[0] == "exec" and "write memory" in words[-1]
    cmds = [(at, words) for words in out]
    cmds += [(at + 100 * MS, ["remove", s]) for s in sorted(off)]
    # a module that failed its selftest stays failed until it starts again
    cmds += [(at + 100 * MS, ["press", s, "reset"]) for s in sorted(failed - off)]
    cmds += [(at + 900 * MS, ["insert", s]) for s in sorted(off | pulled)]
    for s in ("1", "2"):
        if disabled:    # the last one to come back waits for T_return
            cmds.append((at + 21 * S, ["exec", s, "--", "redctl", "-y", "redundancy", "management-module"]))
        if written:     # what nobody acknowledged may be newer: the operator decides (I4)
            cmds.append((at + 23 * S, ["exec", s, "--", "redctl", "sync", "all", "--force", "--timeout", "20"]))
    return sorted(cmds, key=lambda d: d[0])


READINGS = (["redctl", "-j", "show", "log", "-a"], ["redctl", "-j", "show", "history"],
            ["redctl", "-j", "show", "redundancy", "detail"], ["redctl", "-j", "show", "sync"],
            ["cat", "/flash/config/config1"])


def reading(sched):
    """both modules are asked for what they know"""
    return [(sched.until - READ, ["exec", s, "--", *words]) for words in READINGS for s in ("1", "2")]


# ---- text form ----------------------------------------------------------------------------


def as_dict(sched):
    return {"seed": sched.seed, "kind": sched.kind, "seconds": sched.seconds, "timers": sched.timers,
            "params": sched.params, "flash": sched.flash, "faults": [[f.kind, [[t, w] for t, w in f.deeds]] for f in sched.faults]}


def from_dict(d):
    faults = [Fault(kind, [(t, list(w)) for t, w in deeds]) for kind, deeds in d["faults"]]
    return Schedule(d["seed"], d["kind"], d["seconds"], d["timers"], d["params"], faults, d.get("flash", ""))


def to_text(sched):
    lines = ["#: " + json.dumps(as_dict(sched), separators=(",", ":"))]
    return "\n".join(lines + [f"{t} {shlex.join(w)}" for t, w in sched.commands()]) + "\n"


def from_text(text):
    for line in text.splitlines():
        if line.startswith("#: "):
            return from_dict(json.loads(line[3:]))
    raise ValueError("the schedule itself is not there, in a line that begins with #:")


def describe(sched):
    """one line a fault, for a person"""
    return [f"{f.at / S:10.6f}  {f.kind:<18} " + "; ".join(f"+{(t - f.at) / S:.6f} {shlex.join(w)}" for t, w in f.deeds)
            for f in sched.faults]

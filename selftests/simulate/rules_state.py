# SPDX-License-Identifier: GPL-2.0-only
"""Judges what is seen and kept beside the grant: LEDs against roles (table 15-2,
S-133 to S-149, S-243, C-31), the agreement of both modules when all is mended
(I2), stored configurations (I4), answers of commands and consoles (I6).
"""
import json
import re

import ktap
import schedule
from history import MS, S, Violation, answers, executed

# what a module that runs shows, by its role: actv, stby
LEDS = {"active": ("green", "off"), "standby": ("off", "green"), "syncing": ("off", "green-slow-flash"),
        "taking-over": ("green-flash", "off"), "offline": ("off", "off"), "election": ("off", "off"),
        "booting": ("off", "off")}


class Panel:
    """The front as a person sees it, and what it has to show."""

    def __init__(self, h):
        self.h, self.found = h, []
        self.led = {(s, led): "off" for s in (1, 2) for led in ("actv", "stby", "dwn", "fault")}
        self.role = {1: "none", 2: "none"}
        self.power = {1: False, 2: False}
        self.inside = {1: False, 2: False}      # joined, not OUT
        self.stopped = {1: False, 2: False}
        self.shut = {1: False, 2: False}
        self.since = {1: 0, 2: 0}               # last change of any of these
        self.told = set()

    def bad(self, t, text):
        if text not in self.told:
            self.found.append(Violation("LED", t, text))
        self.told.add(text)

    def expect(self, slot):
        """{led: state} that is certain now, {} if nothing is"""
        if not self.power[slot]:
            return {"actv": "off", "stby": "off", "dwn": "off", "fault": "off"}
        if self.shut[slot]:
            return {"actv": "off", "stby": "off", "dwn": "green", "fault": "off"}
        if not self.inside[slot] or self.stopped[slot] or self.role[slot] not in LEDS:
            return {}
        actv, stby = LEDS[self.role[slot]]
        return {"actv": actv, "stby": stby, "fault": "off"}

    def look(self, t):
        """before an event: has the front shown for long enough what it should?"""
        settle = self.h.margin(2 * S)
        for slot in (1, 2):
            if t - self.since[slot] <= settle:
                continue
            for led, want in self.expect(slot).items():
                have = self.led[slot, led]
                if have != want:
                    self.bad(t, f"slot {slot}, {self.role[slot]}: {led} is {have}, not {want} (table 15-2)")
            if self.led[slot, "dwn"] == "green" and not self.shut[slot]:
                self.bad(t, f"slot {slot}: Dwn is green, and its shutdown is not complete (S-143, S-145)")
        if self.led[1, "actv"] == self.led[2, "actv"] == "green" and t - max(self.since.values()) > settle:
            self.bad(t, "Actv is green on both modules")

    def feed(self, e):
        self.look(e["t_us"])
        kind, n = e["event"], e.get("slot")
        if n not in (1, 2):
            return
        if kind == "led":
            self.led[n, e["led"]] = e["state"]
            return
        if kind == "role":
            self.role[n] = e["role"]
        elif kind == "power":
            self.power[n], self.shut[n], self.stopped[n] = e["on"], False, False
            self.role[n] = "none"
        elif kind == "presence":
            self.power[n] = self.power[n] and e["present"]
        elif kind == "out":
            self.inside[n] = False
        elif kind == "join" and e.get("accepted", True):
            self.inside[n], self.shut[n] = True, False
        elif kind == "reset":
            self.shut[n] = False
            self.stopped[n] = self.stopped[n] and bool(e.get("stuck"))
        elif kind == "shutdown-done":
            self.shut[n] = True
        elif kind == "fault" and e["kind"] in ("hang", "hang-soft", "register-stuck", "register-misread"):
            self.stopped[n] = True
        elif kind == "fault" and e["kind"] in ("resume", "register-stuck-off", "register-misread-off"):
            self.stopped[n] = False
        elif kind not in ("fault", "going-down"):
            return
        self.since[n] = e["t_us"]


def judge_leds(h):
    p = Panel(h)
    for e in h.events:
        p.feed(e)
    return p.found


# ---- at the end ----------------------------------------------------------------------


def end_of_trace(h):
    """(owner, epoch, roles) when the logs were read"""
    owner, epoch, roles = 0, 0, {1: "none", 2: "none"}
    at = h.schedule.until - schedule.READ
    for e in h.events:
        if e["t_us"] > at:
            break
        if e["event"] == "grant":
            owner, epoch = e["to"], e["epoch"]
        elif e["event"] == "role":
            roles[e["slot"]] = e["role"]
        elif e["event"] in ("out", "power") and not e.get("on"):
            roles[e["slot"]] = "none"
    return owner, epoch, roles


def judge_end(h):
    """mended and left alone: one active, the other ready, and both say the same"""
    if not h.schedule:
        return []
    at = h.schedule.until - schedule.READ
    owner, epoch, roles = end_of_trace(h)
    if not owner or roles[owner] != "active":
        return [Violation("I2", at, f"all is mended, and nobody is active: owner {owner}, roles {roles}")]
    found = []
    if roles[3 - owner] != "standby":
        found.append(Violation("I2", at, f"all is mended, and slot {3 - owner} is {roles[3 - owner]}, not standby"))
    for slot in (1, 2):
        found += agrees(h, at, slot, (owner, epoch, roles))
    return found


def agrees(h, at, slot, end):
    owner, epoch, roles = end
    said = answers(h, slot, "redctl -j show redundancy detail")
    if said is None:
        return [Violation("I2", at, f"slot {slot} does not answer \"show redundancy detail\"")]
    c, found = said["chassis"], []
    for what, have, want in (("owner", c["owner"], owner), ("epoch", c["epoch"], epoch),
                             ("own role", c["own_role"], roles[slot]), ("redundancy", c["redundancy"], True)):
        if have != want:
            found.append(Violation("I2", at, f"slot {slot} says {what} {have}, the chassis {want}"))
    if slot == owner and roles[3 - owner] == "standby" and not c["switchover_ready"]:
        why = {m["slot"]: m["not_ready"] for m in said.get("management_modules", [])}
        found.append(Violation("I2", at, f"slot {slot}: the standby cannot take over: {why}"))
    return found


# ---- stored configurations (I4) ----------------------------------------------------------


CHANGE = re.compile(r"redctl hostname c(\d+) && redctl banner motd m(\d+) && redctl -j write memory")


def changes(h):
    """(number, begun, acknowledged by both at or None) of every change that was written"""
    for _, command, r in executed(h):
        m = CHANGE.search(command)
        if not m:
            continue
        acked = None
        if r["status"] == 0 and r["out"]:
            try:
                answer = json.loads(r["out"].strip().splitlines()[-1])
            except ValueError:
                answer = {}
            acked = r["end_us"] if answer.get("ok") and answer.get("affected") == [1, 2] else None
        yield int(m.group(1)), r["t_us"], acked


def number_of(text):
    """which change a stored configuration is of: 0 none, None: torn or mixed"""
    names = re.findall(r'^hostname "?c(\d+)"?$', text, re.M)
    banners = re.findall(r'^banner motd "?m(\d+)"?$', text, re.M)
    if not text.endswith("\n") or len(names) > 1 or len(banners) > 1:
        return None
    if not names and not banners:
        return 0
    return int(names[0]) if names and names == banners else mixed(names, banners)


def mixed(names, banners):
    """hostname and banner of two changes: they run together, two operators at once"""
    return max(int(n) for n in names + banners)


def judge_files(h):
    """what was acknowledged is on the active; what is stored is whole, and was once written"""
    found, begun, acked = [], {0}, 0
    for number, _, at in changes(h):
        begun.add(number)
        acked = max(acked, number) if at else acked
    owner = end_of_trace(h)[0] if h.schedule else 0
    for slot, files in h.files.items():
        text = files.get("config/config1")
        if text is None:
            if acked and slot == owner:
                found.append(Violation("I4", h.end, f"change {acked} was acknowledged, and slot {slot} has no config1"))
            continue
        n = number_of(text)
        if n is None:
            found.append(Violation("I4", h.end, f"slot {slot}: config1 is torn: {text[-80:]!r}"))
        elif n not in begun:
            found.append(Violation("I4", h.end, f"slot {slot}: config1 is of change {n}, which nobody wrote"))
        elif slot == owner and n < acked:
            found.append(Violation("I4", h.end, f"the active, slot {slot}, has change {n}; {acked} was acknowledged"))
    return found + standby_equal(h, owner)


def standby_equal(h, owner):
    """a standby that says that it can take over has the active's configuration"""
    if not owner or not h.files.get(owner) or not h.files.get(3 - owner):
        return []
    said = answers(h, owner, "redctl -j show redundancy detail")
    if not said or not said["chassis"]["switchover_ready"]:
        return []
    mine, its = (h.files[s].get("config/config1") for s in (owner, 3 - owner))
    if mine != its:
        return [Violation("I4", h.end, "the standby is ready, and its config1 is not the active's")]
    return []


# ---- commands and consoles (I6) ------------------------------------------------------------


def judge_answers(h):
    """a command answers with one of its exit statuses, and says why"""
    found = []
    for slot, command, r in executed(h):
        status = r["status"]
        if status in (None, 0, 124, 125, 137, 143) or not command.startswith("redctl"):
            continue
        if status not in (1, 3, 4) or not (r["err"].strip() or r["out"].strip()):
            found.append(Violation("I6", r["t_us"], f"slot {slot}: \"{command}\" ended with {status}: {r['err'][:200]!r}"))
    return found


def judge_consoles(h):
    found = []
    for path, text in h.consoles.items():
        for line in text.splitlines():
            if ktap.BAD_CONSOLE.search(line) and not ktap.FINE_CONSOLE.search(line):
                found.append(Violation("I6", 0, f"{path}: {line.strip()[:200]}"))
                break
    return found


def judge_state(h):
    return judge_leds(h) + judge_end(h) + judge_files(h) + judge_answers(h) + judge_consoles(h)

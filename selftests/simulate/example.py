# SPDX-License-Identifier: GPL-2.0-only
"""A history made by hand, for the tests of the checker: what a chassis does that
keeps every rule, event by event, with the logs of both modules. The tests
damage it, one thing at a time."""
import copy
import json

import schedule
from history import History

MS, S = 1_000, 1_000_000


class Maker:
    """Writes events and log lines as the chassis and the modules would."""

    def __init__(self):
        self.events, self.results = [], []
        self.logs = {1: [], 2: []}
        self.boot, self.line = {1: 0, 2: 0}, {1: 0, 2: 0}
        self.epoch, self.t = 0, 0
        self.incarnation = {1: 0, 2: 0}

    def at(self, t):
        self.t = t
        return self

    def ev(self, event, **more):
        self.events.append({"seq": len(self.events) + 1, "t_us": self.t, "event": event, **more})
        return self

    def later(self, us):
        self.t += us
        return self

    def fault(self, slot, kind):
        return self.ev("fault", slot=slot, kind=kind)

    def grant(self, frm, to, cause):
        self.epoch += 1
        return self.ev("grant", **{"from": frm, "to": to, "epoch": self.epoch, "cause": cause})

    def led(self, slot, led, state):
        return self.ev("led", slot=slot, led=led, state=state)

    def log(self, slot, number, text, about=None, subsystem="system"):
        self.line[slot] += 1
        self.logs[slot].append({"mm": slot, "boot": self.boot[slot], "id": self.line[slot], "time_s": 0,
                                "clock_us": self.t, "number": number, "severity": "information",
                                "subsystem": subsystem, "slot": slot if about is None else about, "text": text})
        return self

    def start(self, slot):
        """a module that runs its software from the beginning, up to JOIN"""
        self.boot[slot] += 1
        self.line[slot] = 0
        self.incarnation[slot] += 1
        self.logs[slot].append({"mm": slot, "boot": self.boot[slot], "time_s": 0, "linux_boot": "x",
                                "incarnation": self.incarnation[slot]})
        self.log(slot, 61, "-----", 0)
        self.ev("join", slot=slot, accepted=True, incarnation=self.incarnation[slot])
        return self.ev("role", slot=slot, role="booting")

    def role(self, slot, role, **leds):
        self.ev("role", slot=slot, role=role)
        for led, state in leds.items():
            self.led(slot, led, state)
        return self

    def take_grant(self, slot, frm, cause):
        verb = "fence" if cause == "fence" else "claim"
        self.ev(verb, slot=slot, accepted=True)
        if cause == "fence":
            self.ev("out", slot=frm, cause="fenced")
            self.ev("reset", slot=frm, asserted=True, cause="fence", stuck=False)
        return self.grant(frm, slot, cause)

    def promote(self, slot, why):
        """from the grant to active"""
        self.later(100).ev("fabric", slot=slot, value=3, accepted=True)
        self.later(100).role(slot, "taking-over", actv="green-flash", stby="off")
        self.ev("module-reset", slot=slot, value=0, accepted=True)
        self.later(100)
        if why[0]:
            self.log(slot, why[0], "Mgmt Module %d - Failover occurred" % slot)
            self.log(slot, 0, "reason: " + why[1], subsystem="redund")
        else:
            self.log(slot, 0, f"election: Mgmt Module {slot}, rule {why[1]}", subsystem="redund")
        self.log(slot, 260, f"Mgmt Module {slot} Active")
        return self.role(slot, "active", actv="green")

    def standby(self, slot, active):
        self.role(slot, "syncing", stby="green-slow-flash")
        self.later(200 * MS).role(slot, "standby", stby="green")
        self.log(slot, 261, f"Mgmt Module {slot} in Standby Mode")
        self.log(active, 261, f"Mgmt Module {slot} in Standby Mode", slot)
        return self.later(1 * MS).ev("take", slot=active, on=True, accepted=True)

    def exec(self, slot, command, status=0, out="", err="", took=20 * MS):
        self.results.append({"t_us": self.t, "end_us": self.t + took, "line": len(self.results) + 1,
                             "command": f"exec {slot} -- {command}", "status": status, "out": out, "err": err})
        return self


def detail(slot, owner, epoch, ready):
    roles = {owner: "active", 3 - owner: "standby"}
    return json.dumps({"ok": True, "chassis": {
        "own_slot": slot, "own_role": roles[slot], "owner": owner, "epoch": epoch, "redundancy": True,
        "switchover_ready": ready and slot == owner},
        "management_modules": [{"slot": s, "not_ready": []} for s in (1, 2)]})


CHANGED = "sh -c 'redctl hostname c%d && redctl banner motd m%d && redctl -j write memory'"
CONFIG = "hostname c%d\nbanner motd m%d\nredundancy management-module\n"


def power_on(m):
    """both come up; slot 1 is active, slot 2 stands by"""
    m.at(0).ev("fabric-presence", value=3)
    for s in (1, 2):
        m.ev("presence", slot=s, present=True).ev("power", slot=s, on=True)
    m.at(1 * S).start(1).later(1 * MS).role(1, "election")
    m.later(50 * MS).start(2)
    m.later(1 * MS).take_grant(1, 0, "claim").promote(1, (0, "lowest-slot"))
    m.later(5 * MS)
    return m.standby(2, 1)


def operate(m):
    """a change that both acknowledge, a refusal on the standby"""
    m.at(6 * S).exec(1, CHANGED % (7, 7), out='{"ok":true,"affected":[1,2]}')
    m.at(7 * S).log(2, 0, "redundancy enable refused (redctl root): not-active: This management module is not the "
                    "active one.", subsystem="redund")
    m.exec(2, "redctl -y redundancy management-module", 1, err="redctl: not-active: not the active one\n")
    return m


def killed(m):
    """slot 1 loses its power: slot 2 takes over, slot 1 comes back and stands by"""
    m.at(10 * S).fault(1, "kill").ev("power", slot=1, on=False).ev("out", slot=1, cause="power")
    m.grant(1, 0, "power").led(1, "actv", "off")
    m.later(300).take_grant(2, 0, "claim").promote(2, (268, "power-loss"))
    m.at(10_500 * MS).ev("power", slot=1, on=True)
    m.at(11_500 * MS).start(1).later(1 * MS)
    return m.standby(1, 2)


def hung(m):
    """slot 2 hangs, its timer ends it, slot 1 takes over; then slot 2 is fenced no more but stands by"""
    m.at(15 * S).fault(2, "hang")
    m.at(15_025 * MS).ev("timer-expired", slot=2).ev("out", slot=2, cause="expired").grant(2, 0, "timer")
    m.ev("reset", slot=2, asserted=True, cause="timer", stuck=False).led(2, "actv", "off")
    m.later(200).take_grant(1, 0, "claim").promote(1, (268, "timer-expired"))
    m.at(15_100 * MS).ev("reset", slot=2, asserted=False, cause="timer", stuck=False)
    m.at(16_500 * MS).start(2).later(1 * MS)
    return m.standby(2, 1)


def fenced(m):
    """the heartbeat of slot 1 is cut: slot 2 fences it"""
    m.at(20 * S).fault(1, "cut-heartbeat")
    m.later(35 * MS).take_grant(2, 1, "fence").led(1, "actv", "off").promote(2, (268, "heartbeat-lost"))
    m.at(20_100 * MS).ev("reset", slot=1, asserted=False, cause="fence", stuck=False)
    m.at(20_500 * MS).fault(1, "restore-heartbeat")
    m.at(21_500 * MS).start(1).later(1 * MS)
    return m.standby(1, 2)


def handed_over(m):
    """an operator's switchover: offer and claim"""
    m.at(24 * S).exec(2, "redctl -y redundancy switchover", took=300 * MS)
    m.later(1 * MS).ev("offer", slot=2, accepted=True, ms=2000)
    m.later(200).take_grant(1, 2, "offer").promote(1, (269, "switchover"))
    m.later(2 * MS).role(2, "booting", actv="off")
    m.later(5 * MS)
    return m.standby(2, 1)


def readings(m, sched):
    m.at(sched.until - schedule.READ)
    for slot in (1, 2):
        m.exec(slot, "redctl -j show redundancy detail", out=detail(slot, 1, m.epoch, True))
        m.exec(slot, "redctl -j show log -a", out=json.dumps({"events": []}))
    return m.at(sched.until - 1).ev("beats", slot=1, count=100)


def good():
    """the whole history; a new one each time"""
    sched = schedule.Schedule(1, "storm", 60, "hardware", "", [])
    m = Maker()
    for part in (power_on, operate, killed, hung, fenced, handed_over):
        part(m)
    readings(m, sched)
    h = History(events=m.events, results=m.results, logs=m.logs, schedule=sched,
                files={s: {"config/config1": CONFIG % (7, 7)} for s in (1, 2)},
                consoles={"mm1/console.log": "redund: Mgmt Module 1 Active\n"})
    return copy.deepcopy(h)

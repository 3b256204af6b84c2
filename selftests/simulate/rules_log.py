# SPDX-License-Identifier: GPL-2.0-only
"""Judges the event logs of both modules against what the chassis saw (I5): every
role change, failover and refusal once, in order, with its reason; numbers
without a gap. The texts are those of the specification (S-281 to S-300, C-20,
C-24), the reasons those of S-109 to S-117.
"""
from history import MS, S, Violation, answers, executed

# five digits of the log (C-20): what role a line says that the module has
ROLE_OF = {260: "active", 261: "standby", 263: "offline", 264: "failed", 270: "offline", 272: "offline"}
FAILOVER, SWITCHOVER = 268, 269
COMMANDED = {"switchover", "switchover-forced", "boot", "reload"}
OFFERED = COMMANDED | {"shutdown-button"}
# why a grant that went free is taken, by what the controller said that it went for (A-012)
DROPPED = {"power": {"power-loss"}, "removed": {"removed"}, "timer": {"timer-expired"}, "release": {"unload"}}
WENT_DOWN = {"panic": {"panic"}, "reboot": {"reboot", "boot", "reload", "boot-system"}, "halt": {"halt"},
             "power-off": {"power-off"}, "shutdown": {"shutdown-button"}}
# refusals that the driver itself gives to these commands, each one line (I5)
REFUSED = {"redctl -y redundancy management-module": "redundancy enable refused",
           "redctl -y no redundancy management-module": "redundancy disable refused",
           "redctl redundancy fabric-module": "fabric"}
DRIVER_WORDS = ("not-active", "busy", "lost-grant", "stale", "out", "last-fabric")


def key(line):
    return line["mm"], line["clock_us"], line.get("number", 0), line.get("text", "")


def asked_lines(h):
    """what both modules answered to `show log -a`, as lines of the stored log"""
    out = []
    for slot in (1, 2):
        answer = answers(h, slot, "redctl -j show log -a")
        for e in (answer or {}).get("events", []):
            out.append({"mm": e["module"], "boot": e["boot"], "id": e["id"], "clock_us": e["clock_us"],
                        "number": e["number"] or 0, "severity": e["severity"], "subsystem": e["subsystem"],
                        "slot": e["slot"] or 0, "text": e["text"]})
    return out


def own_lines(h, slot):
    """events of a module as it stored them itself"""
    return [x for x in h.logs.get(slot, []) if x.get("mm") == slot and x.get("boot") and "id" in x]


def all_lines(h, slot):
    """events of a module wherever they were found, each once, in order of the clock"""
    lines = own_lines(h, slot)
    seen = {key(x) for x in lines}
    elsewhere = [x for x in h.logs.get(3 - slot, []) if x.get("mm") == slot and "id" in x] + asked_lines(h)
    for x in elsewhere:
        if x["mm"] == slot and key(x) not in seen:
            seen.add(key(x))
            lines.append(x)
    return sorted(lines, key=lambda x: (x["clock_us"], x["id"]))


def stepped(h, slot):
    """the module's own clock jumped: until it is set right its lines have wrong times"""
    return any(r["command"].startswith(f"clock {slot} step") and r["status"] == 0 for r in h.results)


# ---- numbers ------------------------------------------------------------------


def check_numbers(h, slot):
    """of each boot from 1 without a gap, each once, nothing lost, the clock not going back"""
    found, last = [], {}
    for x in h.logs.get(slot, []):
        if x.get("mm") != slot or not x.get("boot"):
            continue
        if "lost" in x:
            found.append(Violation("I5", 0, f"MM{slot} boot {x['boot']}: {x['lost']} events are lost"))
        if "id" not in x:
            continue
        at, clock = last.get(x["boot"], (0, 0))
        if x["id"] != at + 1:
            found.append(Violation("I5", x["clock_us"], f"MM{slot} boot {x['boot']}: event {x['id']} follows {at}"))
        if x["clock_us"] + 10 * MS < clock and not stepped(h, slot):
            found.append(Violation("I5", x["clock_us"], f"MM{slot} boot {x['boot']}: event {x['id']} is of before {clock}"))
        last[x["boot"]] = (x["id"], x["clock_us"])
    return found


# ---- role changes --------------------------------------------------------------------


class Life:
    """What the trace says of one slot: roles, and when it could not go on."""

    def __init__(self, h, slot):
        self.roles, self.ends, self.joins, self.outs = [], [], [], []
        self.events = h.events
        role, stuck = "none", False
        for e in h.events:
            if e.get("slot") != slot:
                continue
            kind, t = e["event"], e["t_us"]
            if kind == "role":
                role = e["role"]
                self.roles.append((t, role))
            elif kind == "join" and e.get("accepted", True):
                self.joins.append(t)
            elif kind == "out":
                self.outs.append(t)
            stuck = e["kind"] == "reset-stuck" if kind == "fault" and "reset-stuck" in e["kind"] else stuck
            if kind in ("out", "going-down") or (kind == "power" and not e["on"]) or \
               (kind == "reset" and e["asserted"]) or \
               (kind == "fault" and e["kind"] in ("hang", "hang-soft", "panic", "kill", "remove")):
                self.ends.append(t)
        self.role, self.stuck = role, stuck

    def ended_within(self, t, us):
        return any(t <= e <= t + us for e in self.ends)

    def joined(self, t):
        """in, not OUT, at this time"""
        return max((x for x in self.joins if x <= t), default=-1) > max((x for x in self.outs if x <= t), default=-1)

    def role_at(self, t):
        """as published last before this time"""
        return next((r for x, r in reversed(self.roles) if x < t), "none")


def check_roles(h, slot):
    """each role that was published is logged once, and nothing else is"""
    tolerance, unsaved = h.margin(5 * S) + stepped(h, slot) * h.end, h.unsaved
    life, found = Life(h, slot), []
    lines = [x for x in all_lines(h, slot) if x["slot"] == slot and x["number"] in ROLE_OF]
    for role in ("active", "standby", "offline", "failed"):
        told = [x["clock_us"] for x in lines if ROLE_OF[x["number"]] == role]
        for t in (t for t, r in life.roles if r == role):
            near = [x for x in told if abs(x - t) <= tolerance]
            if near:
                told.remove(min(near, key=lambda x: abs(x - t)))
            elif not life.ended_within(t, unsaved) and h.end - t > unsaved:
                found.append(Violation("I5", t, f"MM{slot} became {role}, and its log does not say so"))
        for x in told:
            # who is OUT cannot publish what it is: a selftest fails before JOIN, too
            if life.joined(x) and not life.ended_within(x - tolerance, 2 * tolerance):
                found.append(Violation("I5", x, f"MM{slot} logged that it is {role}, once more than it was"))
    return found


def check_order(h, slot):
    """the log tells the roles in the order in which they were"""
    life, tolerance = Life(h, slot), h.margin(5 * S)
    if stepped(h, slot):
        return []
    lines = [x for x in own_lines(h, slot) if x["slot"] == slot and x["number"] in ROLE_OF]
    said, at, found = [(t, r) for t, r in life.roles if r in ROLE_OF.values()], 0, []
    for x in lines:
        role = ROLE_OF[x["number"]]
        n = next((i for i in range(at, len(said)) if said[i][1] == role
                  and abs(said[i][0] - x["clock_us"]) <= tolerance), None)
        if n is None:
            if any(r == role and abs(t - x["clock_us"]) <= tolerance for t, r in said[:at]):
                found.append(Violation("I5", x["clock_us"], f"MM{slot}: \"{x['text']}\" is not in order"))
            continue
        at = n + 1
    return found


# ---- failovers and their reasons ---------------------------------------------------------


def reason_of(lines, i):
    """the line behind 00268 or 00269 says why"""
    if i + 1 < len(lines) and lines[i + 1]["text"].startswith("reason: "):
        return lines[i + 1]["text"][8:].split(",")[0]
    return None


def grants_of(h):
    """every change of the grant with the events just before it"""
    button, down, out = {1: None, 2: None}, {1: None, 2: None}, []
    held = {0: 0}
    for e in h.events:
        if e["event"] == "reset" and e["asserted"]:
            button[e["slot"]] = e["cause"]
        elif e["event"] == "going-down":
            down[e["slot"]] = e["reason"]
        elif e["event"] == "fault" and e["kind"] == "press-reset":
            button[e["slot"]] = "button"
        elif e["event"] == "fence" and e["accepted"]:
            held["forced"] = e.get("forced", False)
        elif e["event"] == "grant":
            out.append({**e, "forced": held.get("forced", False), "reset": dict(button), "down": dict(down)})
            held = {}
            button = {1: None, 2: None} if e["to"] else button
    return out


def expected(grant, dropped):
    """reasons that the new owner may give"""
    if grant["cause"] == "offer":
        return OFFERED
    if grant["cause"] == "fence":
        return {"switchover-forced"} if grant["forced"] else {"heartbeat-lost", "rollback"}
    old, why = dropped["from"], dropped["cause"]
    if why == "reset":
        return {"reset-button"} if dropped["reset"][old] == "button" else {"reset", "reboot", "boot-system"}
    if why == "going-down":
        return WENT_DOWN[dropped["down"][old]]
    return DROPPED[why]


def takeovers(h, slot):
    """grants that this slot took from the other one, which it had seen own: (grant, drop)"""
    life, last, dropped, out = Life(h, slot), 0, None, []
    for g in grants_of(h):
        if g["to"] == 0:
            dropped = g
            continue
        seen = last == 3 - slot and life.joined(g["t_us"]) and \
            life.role_at(g["t_us"]) in ("standby", "syncing")
        if g["to"] == slot and seen:
            direct = g["cause"] in ("offer", "fence")
            if direct or (dropped and life.joined(dropped["t_us"]) and
                          life.role_at(dropped["t_us"]) in ("standby", "syncing")):
                out.append((g, dropped))
        last = g["to"]
    return out


def check_failovers(h, slot):
    """16 or 17 once for each taking over, never for an election, and why"""
    tolerance, found = h.margin(5 * S), []
    if stepped(h, slot):
        return []
    life, lines = Life(h, slot), all_lines(h, slot)
    moved = [i for i, x in enumerate(lines) if x["number"] in (FAILOVER, SWITCHOVER) and x["slot"] == slot]
    used = set()
    for g, dropped in takeovers(h, slot):
        active = next((t for t, r in life.roles if r == "active" and t >= g["t_us"]), None)
        ended = next((t for t in life.ends if t >= g["t_us"]), None)
        if active is None or (ended is not None and ended < active + h.unsaved):
            continue
        mine = [i for i in moved if abs(lines[i]["clock_us"] - active) <= tolerance]
        used.update(mine)
        if len(mine) != 1:
            found.append(Violation("I5", active, f"MM{slot} took over from MM{3 - slot} by {g['cause']}: "
                                   f"{len(mine)} events 16 and 17"))
            continue
        why, number = reason_of(lines, mine[0]), lines[mine[0]]["number"]
        prompt = g["cause"] != "claim" or g["t_us"] - dropped["t_us"] < h.margin(1 * S)
        if why is None:
            found.append(Violation("I5", active, f"MM{slot} took over and does not say why"))
        elif prompt and why not in expected(g, dropped):
            found.append(Violation("I5", active, f"MM{slot} took over because of \"{why}\"; the chassis saw "
                                   f"{sorted(expected(g, dropped))}"))
        elif (number == SWITCHOVER) != (why in COMMANDED | {"reboot"}):
            found.append(Violation("I5", active, f"MM{slot}: event {number} for the reason \"{why}\" (C-24)"))
    return found


def check_words(h, slot):
    """in each boot: each event 16 or 17 is followed by its reason, and each Active has one

    An election that a boot by command brought about has a reason as well.
    """
    found, boots = [], {}
    for x in own_lines(h, slot):
        boots.setdefault(x["boot"], []).append(x)
    for boot, lines in boots.items():
        moved = elected = active = unsaid = 0
        before = {"number": 0, "text": "", "id": 0}
        for x in lines:
            mine = x["slot"] == slot
            came = before["number"] in (FAILOVER, SWITCHOVER)
            why = x["subsystem"] == "redund" and x["text"].startswith("reason: ")
            if came and not why:
                found.append(Violation("I5", x["clock_us"], f"MM{slot} boot {boot}: event {before['id']} has no reason"))
            if why and not came and not unsaid:
                found.append(Violation("I5", x["clock_us"], f"MM{slot} boot {boot}: \"{x['text']}\" of nothing"))
            moved += x["number"] in (FAILOVER, SWITCHOVER) and mine
            elected += x["subsystem"] == "redund" and x["text"].startswith(
                (f"election: Mgmt Module {slot},", f"takeover: Mgmt Module {slot},"))
            unsaid = 0 if why or x["number"] == 260 else unsaid or x["text"].startswith(("election: ", "takeover: "))
            active += x["number"] == 260 and mine
            before = x
        if active > moved + elected:
            found.append(Violation("I5", lines[-1]["clock_us"], f"MM{slot} boot {boot}: {active} times Active, "
                                   f"{moved + elected} reasons"))
    return found


# ---- refusals ----------------------------------------------------------------------------------


def check_refusals(h, slot):
    """a request that the driver refused is in the log once"""
    tolerance, found, life = h.margin(10 * S) + stepped(h, slot) * h.end, [], Life(h, slot)
    lines = [x for x in all_lines(h, slot) if x["subsystem"] == "redund" and " refused (" in x["text"]]
    for s, command, r in executed(h):
        what = next((w for c, w in REFUSED.items() if command.startswith(c)), None)
        word = r["err"].split(":")[1].strip() if r["err"].startswith("redctl: ") else ""
        if s != slot or not what or r["status"] != 1 or word not in DRIVER_WORDS:
            continue
        if any(r["t_us"] - tolerance <= e <= r["end_us"] + h.unsaved for e in life.ends):
            continue
        mine = [x for x in lines if x["text"].startswith(what) and f": {word}: " in x["text"]
                and r["t_us"] - tolerance <= x["clock_us"] <= r["end_us"] + tolerance]
        if not mine:
            found.append(Violation("I5", r["t_us"], f"MM{slot}: \"{command}\" was refused ({word}), which is not logged"))
        else:
            lines.remove(mine[0])
    return found


CHECKS = (check_numbers, check_roles, check_order, check_failovers, check_words, check_refusals)


def judge_logs(h):
    return [v for check in CHECKS for slot in (1, 2) for v in check(h, slot)]

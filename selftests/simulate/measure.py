# SPDX-License-Identifier: GPL-2.0-only
"""Measures runs: how long the fabric had nobody, and what of the system was
reached. What could be reached is read from the sources, so that a state, an
event or a refusal that is added later is missed when no run reaches it. Pure
over histories and texts."""
import os
import re

import rules_trace
from history import MS
from rules_log import own_lines

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))


# ---- silence of the fabric -------------------------------------------------------


def silences(h):
    """(from, to, why) of each time without an owner that runs, after there was one

    From the moment at which the owner stopped or lost the grant to the first
    write of the enables by an owner; why: what was done from outside last.
    Power cycles of the chassis and their elections are left out.
    """
    owner, stopped, since, why, last, out = 0, set(), None, "", "", []
    wrote = True
    for e in h.events:
        t, kind = e["t_us"], e["event"]
        if kind == "fault":
            last = e["kind"]
            if last == "reset-system":
                since, wrote, owner = None, True, 0
            if last in ("hang", "hang-soft") and e["slot"] == owner and since is None:
                since, why = t, last
            stopped = stopped | {e["slot"]} if last.startswith("hang") else stopped - {e["slot"]}
            if last == "resume" and e["slot"] == owner and since is not None and wrote:
                out.append((since, t, why))
                since = None
        elif kind == "grant":
            if since is None and owner:
                since, why = t, last
            owner, wrote = e["to"], False
        elif kind == "fabric" and e["accepted"] and e["slot"] == owner:
            wrote = True
            if since is not None:
                out.append((since, t, why))
                since = None
    return out


def longest_silence(h):
    return max(((b - a, why) for a, b, why in silences(h)), default=(0, ""))


# ---- coverage ------------------------------------------------------------------------


def add(found, what, word):
    key = f"{what} {word}"
    found[key] = found.get(key, 0) + 1


def cover_trace(h, found):
    role = {1: "none", 2: "none"}
    for e in h.events:
        kind, n = e["event"], e.get("slot")
        if kind == "role":
            add(found, "role", e["role"])
            add(found, "transition", f"{role[n]}>{e['role']}")
            role[n] = e["role"]
        elif kind == "power":
            role[n] = "none"
        elif kind == "grant":
            add(found, "grant", e["cause"])
        elif kind in ("claim", "fence", "release", "offer", "withdraw"):
            add(found, "operation", f"{kind} {'ok' if e['accepted'] else e['why']}")
        elif kind == "out":
            add(found, "out", e["cause"])
        elif kind == "going-down":
            add(found, "going-down", e["reason"])
        elif kind == "refused":
            add(found, "refused", e["register"])
        elif kind == "reset":
            role[n] = role[n] if e.get("stuck") else "none"
            if e["asserted"]:
                add(found, "reset", e["cause"])
        elif kind == "fault":
            add(found, "fault", e["kind"])


def cover_log(h, found):
    for slot in (1, 2):
        for x in own_lines(h, slot):
            text = x["text"]
            if x["number"]:
                add(found, "event", f"{x['number']:05d}")
            elif x["subsystem"] == "redund" and text.startswith("reason: "):
                add(found, "reason", text[8:].split(",")[0])
            elif x["subsystem"] == "redund" and " refused (" in text:
                add(found, "refusal", text.split("): ", 1)[-1].split(":")[0])
            elif x["subsystem"] == "redund" and re.match(r"[a-z-]+: ", text):
                add(found, "note", text.split(":")[0])
    for r in h.results:
        m = re.match(r"redctl: ([a-z-]+): ", r["err"])
        if m:
            add(found, "refusal", m.group(1))


def coverage(h):
    """{"role standby": 3, ...}"""
    found = {}
    cover_trace(h, found)
    cover_log(h, found)
    return found


# ---- what there is -----------------------------------------------------------------------


def source(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as f:
        return f.read()


def enum_entries(yaml, name):
    """entries of an enumeration of the netlink specification"""
    m = re.search(rf"^    name: {name}\n(?:.*\n)*?    entries:((?:[^\n]*\n)(?:      .*\n|      -\n|        .*\n)*)", yaml, re.M)
    body = m.group(1)
    if "[" in body:
        body = body[body.index("[") + 1:body.index("]")]
        return [w.strip() for w in body.replace("\n", " ").split(",")]
    return re.findall(r"name: (\S+)", body)


def event_numbers():
    """log numbers of the driver's table (C-20)"""
    table = source("kernel/evlog.c").split("rd_event_texts[] = {", 1)[1].split("};", 1)[0]
    numbers = [int(n) for n in re.findall(r"\{ (\d+), REDUND_SEVERITY", table)]
    return [f"{61 + n if n <= 5 else 252 + n:05d}" for n in numbers]


def notes():
    table = source("kernel/evlog.c").split("rd_note_texts[] = {", 1)[1].split("};", 1)[0]
    return re.findall(r'"([a-z-]+): ', table)


def names_in(function):
    """the words of a name table of the chassis' trace"""
    body = source("tools/vchassis/trace.c").split(f"{function}(", 1)[1].split("};", 1)[0]
    return re.findall(r'"([a-z-]+)"', body)


def universe():
    """every word of coverage() that there is"""
    yaml = source("Documentation/netlink/specs/redund.yaml")
    roles = [r for r in enum_entries(yaml, "role") if r not in ("absent", "down")]
    words = {"role": roles, "event": event_numbers(), "note": notes(),
             "refusal": [w for w in enum_entries(yaml, "refusal") if w != "none"],
             "reason": [w for w in enum_entries(yaml, "reason") if w not in ("none", "election", "lost-grant", "returned")],
             "grant": names_in("grant_cause"), "out": names_in("out_cause"),
             "reset": [w for w in names_in("*trace_reset_cause") if w != "power"], "going-down": [w for w in names_in("down_reason") if w != "none"],
             "transition": [f"{a}>{b}" for a, to in rules_trace.FOLLOWS.items() for b in sorted(to)],
             "operation": operations()}
    return [f"{what} {word}" for what, list_ in words.items() for word in list_]


def operations():
    """answers of the controller to commands on the grant that it can give (registers.rst)"""
    can = {"claim": ("ok", "stale", "own", "held", "not-armed", "out"),
           "fence": ("ok", "stale", "free", "own", "not-allowed", "not-armed", "out"),
           "release": ("ok", "stale", "not-owner", "free", "out"), "offer": ("ok", "stale", "not-owner", "free", "out"),
           "withdraw": ("ok", "stale", "not-owner", "free", "out")}
    return [f"{verb} {word}" for verb, list_ in can.items() for word in list_]


def report(found, all_words):
    """(lines reached with counts, lines never reached)"""
    reached = [f"{w:<40} {found[w]:>8}" for w in all_words if w in found]
    other = [f"{w:<40} {n:>8}" for w, n in sorted(found.items()) if w not in all_words]
    return reached + other, [w for w in all_words if w not in found]


def ms(us):
    return f"{us / MS:.3f}"

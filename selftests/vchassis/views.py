# SPDX-License-Identifier: GPL-2.0-only
"""Reads the text that the specification fixes, as an operator would."""
import re

from chassis import need


def redundancy(c, slot):
    """`show redundancy` of a module, taken apart by its printed layout."""
    text = c.redctl(slot, "show", "redundancy").stdout
    out = {"text": text, "mm": {}, "fabric": {}}
    m = re.search(r"Mgmt Redundancy\s*: (enabled|disabled)", text)
    need(m, "no Mgmt Redundancy line:\n" + text)
    out["redundancy"] = m.group(1)
    m = re.search(r"Failovers\s*: (\d+)", text)
    need(m, "no Failovers line:\n" + text)
    out["failovers"] = int(m.group(1))
    m = re.search(r"Last Failover\s*:[ ]?(.*)", text)
    need(m, "no Last Failover line:\n" + text)
    out["last"] = m.group(1).strip()
    for line in text.splitlines():
        m = re.match(r"\s*([12])\s+(\S.*? Management Module \S+)\s+"
                     r"(Active|Standby|Failed|Offline|Syncing|Booting|Down)\s*(\S*)\s*(\S*)", line)
        if m:
            out["mm"][int(m.group(1))] = {"status": m.group(3), "version": m.group(4), "image": m.group(5)}
        m = re.match(r"\s*([12])\s+(\S.*Fabric Module \S+)\s+(Enabled|Disabled)\s*$", line)
        if m:
            out["fabric"][int(m.group(1))] = m.group(3)
    return out


LOG_LINE = re.compile(r"^([WIMD]) (\d\d/\d\d/\d\d) (\d\d:\d\d:\d\d) (?:(\d{5}) )?(\w+): (.*)$")


def log(c, slot, *args):
    """`show log` as a list of (severity, number, subsystem, text), in order."""
    text = c.redctl(slot, "show", "log", *args).stdout
    lines = []
    for line in text.splitlines():
        m = LOG_LINE.match(line.strip())
        if m:
            lines.append((m.group(1), m.group(4), m.group(5), m.group(6)))
    need(lines, "the event log is empty:\n" + text)
    return lines


def log_has(c, slot, number, text, severity=None):
    """lines of the log with this number whose text begins so"""
    return [e for e in log(c, slot) if e[1] == number and e[3].startswith(text)
            and severity in (None, e[0])]

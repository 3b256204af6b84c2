# SPDX-License-Identifier: GPL-2.0-only
"""The chapter's figures: read with the exceptions that a C row names, and
compared with what a console showed (figures/README)."""
import os
import re

from chassis import TOP, need

HERE = os.path.join(TOP, "selftests", "vchassis", "figures")
ROWS = os.path.join(TOP, "selftests", "spec-rows.txt")

# How a command line begins, in a figure and at a console.
PROMPT = re.compile(r"^((?:ProCurve(?: Switch 8200zl)?(?:\(config\))?#|Standby Console>))(?: (.*))?$")

# Data in a figure, by the pattern that other data has to match.
DATA = [(re.compile(pattern), other) for pattern, other in (
    (r"\d\d/\d\d/\d\d \d\d:\d\d:\d\d", r"\d\d/\d\d/\d\d \d\d:\d\d:\d\d"),
    (r"(?<=Image : )\d+ \d\d/\d\d/\d\d (K\.\d\d\.\w\w) \d+", r"\d+ \d\d/\d\d/\d\d [A-Z]+\.\d+\.\w+ \d+"),
    (r"(?<=Last Failover : )\w{3} \w{3} \d+ \d\d:\d\d:\d\d \d{4}", r"[A-Z][a-z]{2} [A-Z][a-z]{2} \d+ \d\d:\d\d:\d\d \d{4}"),
    (r"(?<=Image stamp: )\S+", r"/\S+"),
    (r"^[A-Z][a-z]{2} \d+ \d{4} \d\d:\d\d:\d\d$", r"[A-Z][a-z]{2} \d+ \d{4} \d\d:\d\d:\d\d"),
    (r"(?<=Build directory: ).*", r"\S+"),
    (r"(?<=Build date: ).*", r"[A-Z][a-z]{2} \d+ \d{4}"),
    (r"(?<=Build time: ).*", r"\d\d:\d\d:\d\d"),
    (r"(?<=Build number: ).*", r"\d+"),
    (r"(?<=Events Listed = )\d+", r"\d+"),
    (r"\bK\.\d\d\.\w\w\b", r"[A-Z]+\.\d+\.\w+"),
    (r"^\d+$", r"\d+"))]


def rows():
    with open(ROWS, encoding="utf-8") as f:
        return {line.split("\t")[0] for line in f if not line.startswith("#")}


def read(name):
    with open(os.path.join(HERE, name + ".txt"), encoding="utf-8") as f:
        return f.read()


def exceptions(name):
    """what a figure has that is not to be shown, and what is shown there"""
    found, known = [], rows()
    with open(os.path.join(HERE, "exceptions.txt"), encoding="utf-8") as f:
        entries = [line.rstrip("\n").split("\t") for line in f if line.strip() and not line.startswith("#")]
    for of, row, text, instead in entries:
        if text:
            need(row in known and (row.startswith("C-") or row == "S-257") or instead in read(row),
                 f"exceptions.txt: {row} says no such thing")
        else:
            need(row in known or row[:2] in ("A-", "N-"), f"exceptions.txt: {row} is no row")
        if of == name:
            found.append((text.replace("\\n", "\n"), instead.replace("\\n", "\n")))
    return found


def figure(name):
    """Parts of a figure's text, between lines such as `(boot occurs...)`."""
    text = read(name)
    for old, new in exceptions(name):
        if not old:
            continue
        need(old in text, f"exceptions.txt: figure {name} has no {old!r}")
        text = text.replace(old, new)
    return re.split(r"^\([^\n]*\.\.\.\)$", text, flags=re.M)


def commands(part):
    """what is typed: (command, answer, is an answer left out at the end)"""
    found = []
    for line in part.split("\n"):
        m = PROMPT.match(line.strip())
        if m and m[2]:
            found.append([m[2], None, False])
        m = re.search(r"\[y/n\]\?(?: (\w))?$", line.strip())
        if m:
            found[-1][1:] = [m[1], m[1] is None]
    return found


def lines(text):
    """What counts: blanks collapsed, empty lines and empty prompts dropped,
    rules of one length, each question on one line."""
    out, since = [], 0
    for line in text.replace("\r", "").split("\n"):
        line = re.sub(r"[ \t]+", " ", line).strip()
        line = re.sub(r"-{2,}(?: -+)*", "-----", line)
        line = re.sub(r"={2,}", "=====", line)
        line = re.sub(r"^ProCurve Switch 8200zl(?=(\(config\))?# )", "ProCurve", line)
        m = PROMPT.match(line)
        if not line or m and not m[2]:
            continue
        out.append(line)
        if m:
            since = len(out)
        if "[y/n]?" in line:
            out[since:] = [" ".join(out[since:])]
            since = len(out)
    return out


def pattern(line, literal=()):
    """a line of a figure as a regular expression; the data in it as patterns"""
    spans = []
    for find, other in DATA:
        for m in find.finditer(line):
            if m[0] not in literal and not any(m.start() < e and b < m.end() for b, e, _ in spans):
                spans.append((m.start(), m.end(), other))
    out, at = "", 0
    for begin, end, other in sorted(spans):
        out += re.escape(line[at:begin]) + other
        at = end
    return re.compile(out + re.escape(line[at:]))


def same(name, part, shown, literal=()):
    """Is what was shown this part of the figure, line for line?"""
    more = {new for old, new in exceptions(name) if not old}
    want, have = lines(part), [line for line in lines(shown) if line not in more]
    for i, line in enumerate(want):
        got = have[i] if i < len(have) else "(nothing)"
        need(pattern(line, literal).fullmatch(got), f"figure {name} has\n  {line}\nand the console\n  {got}\nall of it:\n{shown}")
    need(len(have) == len(want), f"more than in figure {name}:\n" + "\n".join(have[len(want):]))


def in_order(name, part, shown):
    """Are the lines of the figure among those that were shown, in its order?
    Returns the others."""
    have, more = lines(shown), []
    for line in lines(part):
        find = pattern(line)
        start = len(more)
        while have and not find.fullmatch(have[0]):
            more.append(have.pop(0))
        need(have, f"figure {name} has\n  {line}\nwhich is not there, or not in its order:\n{shown}\nafter it came\n"
             + "\n".join(more[start:]))
        have.pop(0)
    return more + have

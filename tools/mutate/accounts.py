# SPDX-License-Identifier: GPL-2.0-or-later
"""Owns the files beside the program: accepted.txt (survivors with their reason),
fixed.txt (those that `make test` tries each time) and full.txt (what the last
full run of each file gave)."""
import hashlib
from dataclasses import dataclass
from pathlib import Path

from mutant import squeeze

HERE = Path(__file__).resolve().parent


class Mistake(Exception):
    """A line of these files that nobody understands."""


@dataclass
class Accepted:
    file: str
    function: str
    before: str
    after: str
    reason: str
    line: int

    def same(self):
        return self.file, self.function, self.before, self.after


def read_accepted(path=HERE / "accepted.txt"):
    """Blocks of: FILE FUNCTION, the lines as they are after "-", as they become
    after "+", and the reason after "="."""
    out, head, at = [], None, {"-": "", "+": "", "=": ""}

    def end(number):
        if head and not all((at["-"], at["="])):
            raise Mistake(f"{path}:{number}: an entry without its text or its reason")
        if head:
            out.append(Accepted(*head, squeeze(at["-"]), squeeze(at["+"]), squeeze(at["="]), number))

    for number, line in enumerate(path.read_text().split("\n") if path.exists() else [], 1):
        if line.startswith("#") or not line.strip():
            continue
        if line[0] in at:
            at[line[0]] += line[1:] + "\n"
            continue
        end(number)
        head, at = line.split(), {"-": "", "+": "", "=": ""}
        if len(head) != 2:
            raise Mistake(f"{path}:{number}: expected: FILE FUNCTION")
    end(number if path.exists() else 0)
    return out


def read_fixed(path=HERE / "fixed.txt"):
    """{key of a mutant: target}"""
    lines = path.read_text().split("\n") if path.exists() else []
    return {w[1]: w[0] for w in (x.split() for x in lines if x and x[0] != "#")}


def write_fixed(chosen, path=HERE / "fixed.txt"):
    lines = ["# SPDX-License-Identifier: GPL-2.0-or-later",
             "# The mutants that `make test` tries each time; made by `make mutate RECORD=1`.",
             "# TARGET KEY FILE FUNCTION"]
    lines += [f"{target} {m.key} {m.file} {m.function}" for target, m in chosen]
    path.write_text("\n".join(lines) + "\n")


def source_digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def read_full(path=HERE / "full.txt"):
    """{file: the digest that it had}"""
    lines = path.read_text().split("\n") if path.exists() else []
    return {w[0]: w[1] for w in (x.split() for x in lines if x and x[0] != "#")}


COLUMNS = ("mutants", "killed", "timeout", "same", "broken", "accepted")


def write_full(rows, path=HERE / "full.txt"):
    """@rows: {file: (digest, counts)}; files of other runs stay"""
    old = {}
    for line in path.read_text().split("\n") if path.exists() else []:
        if line and line[0] != "#":
            old[line.split()[0]] = line
    for file, (digest, counts) in rows.items():
        old[file] = " ".join([file, digest, *(str(counts[c]) for c in COLUMNS)])
    lines = ["# SPDX-License-Identifier: GPL-2.0-or-later",
             "# The last full run of each file in which no survivor was left without a reason;",
             "# made by `make mutate RECORD=1`.",
             "# FILE DIGEST " + " ".join(c.upper() for c in COLUMNS), *(old[f] for f in sorted(old))]
    path.write_text("\n".join(lines) + "\n")

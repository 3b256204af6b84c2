# SPDX-License-Identifier: GPL-2.0-or-later
"""A mutant: one place of one file, with another text there. Owns what names it
in accepted.txt and fixed.txt: file, function and the two texts, no line number."""
import hashlib
from dataclasses import dataclass, field


def squeeze(text):
    """Blanks and line ends mean nothing in a key."""
    return " ".join(text.split())


@dataclass
class Mutant:
    file: str           # from the top of the tree
    function: str       # or the table or macro
    line: int           # of @start
    kind: str           # which operator made it
    start: int          # offsets in the file's text
    end: int
    text: str           # what stands there instead
    before: str = ""    # the lines around, as they are and as they become
    after: str = ""
    number: int = 0     # of those with the same texts in one function
    key: str = field(default="", compare=False)

    def apply(self, source):
        return source[:self.start] + self.text + source[self.end:]

    def diff(self):
        """As a person reads it."""
        out = [f"{self.file}:{self.line}: {self.function}: {self.kind}"]
        out += ["-" + x for x in self.before.split("\n")]
        out += ["+" + x for x in self.after.split("\n")]
        return "\n".join(out)

    def same(self):
        """What accepted.txt compares."""
        return self.file, self.function, squeeze(self.before), squeeze(self.after)


def finish(file, source, found):
    """Gives each of the places (function, kind, start, end, text, first, last) its
    lines: those of the statement from @first to @last. Each change counts once."""
    out, seen, numbers = [], set(), {}
    for function, kind, start, end, text, first, last in found:
        if (start, end, text) in seen or source[start:end] == text:
            continue
        seen.add((start, end, text))
        low = source.rfind("\n", 0, first) + 1
        high = source.find("\n", last)
        high = len(source) if high < 0 else high
        m = Mutant(file, function, source.count("\n", 0, start) + 1, kind, start, end, text)
        m.before = source[low:high]
        m.after = (source[low:start] + text + source[end:high]).rstrip()
        same = m.same()
        m.number = numbers[same] = numbers.get(same, -1) + 1
        word = "\0".join((*same, str(m.number)))
        m.key = hashlib.sha256(word.encode()).hexdigest()[:12]
        out.append(m)
    return out

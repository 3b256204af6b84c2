# SPDX-License-Identifier: GPL-2.0-or-later
"""The tokens of a C file: what a preprocessor would see of it, with places, and
which bracket belongs to which. No types are known; what has to be guessed is
guessed as the kernel's style allows."""
import re
from dataclasses import dataclass

TOKEN = re.compile(r"""
  (?P<skip>\s+|//[^\n]*|/\*.*?\*/)
| (?P<directive>^[ \t]*\#(?:[^\n\\/]|/(?!\*)|/\*.*?\*/|\\[\s\S])*)
| (?P<string>L?"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
| (?P<number>\.?\d(?:[eEpP][+-]|[\w.])*)
| (?P<name>[A-Za-z_]\w*)
| (?P<sign><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|\#\#
    |[-+*/%&|^~!<>=?:;,.(){}\[\]\#])
""", re.X | re.S | re.M)

OPEN = {"(": ")", "[": "]", "{": "}"}
KEYWORDS = {"if", "else", "for", "while", "do", "switch", "case", "default", "return", "break",
            "continue", "goto", "sizeof", "typeof"}
TYPE_WORDS = {"void", "char", "short", "int", "long", "unsigned", "signed", "bool", "float",
              "double", "struct", "union", "enum", "const", "static", "volatile", "register",
              "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "size_t", "ssize_t",
              "DIR", "FILE"}


@dataclass
class Token:
    kind: str
    text: str
    start: int
    end: int


def tokens(source, start=0, end=None):
    """Those between two offsets, without comments and blanks."""
    out, at, end = [], start, len(source) if end is None else end
    while at < end:
        m = TOKEN.match(source, at, end)
        if not m:
            line = source.count("\n", 0, at) + 1
            raise ValueError(f"line {line}: no token: {source[at:at + 20]!r}")
        if m.lastgroup != "skip":
            out.append(Token(m.lastgroup, m.group(), at, m.end()))
        at = m.end()
    return out


def brackets(toks):
    """{index of a bracket: index of the other}"""
    match, stack = {}, []
    for i, t in enumerate(toks):
        if t.kind != "sign":
            continue
        if t.text in OPEN:
            stack.append(i)
        elif t.text in ")]}":
            if not stack or OPEN[toks[stack[-1]].text] != t.text:
                raise ValueError(f"{t.text} at {t.start} closes nothing")
            match[i] = stack.pop()
            match[match[i]] = i
    if stack:
        raise ValueError(f"{toks[stack[-1]].text} at {toks[stack[-1]].start} stays open")
    return match


def is_type_word(t):
    return t.kind == "name" and (t.text in TYPE_WORDS or t.text.endswith("_t"))


def is_constant(t):
    """A macro's or an enumerator's name, by its letters."""
    return t.kind == "name" and len(t.text) > 1 and t.text.upper() == t.text and t.text != "NULL"

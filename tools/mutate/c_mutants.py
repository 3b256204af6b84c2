# SPDX-License-Identifier: GPL-2.0-or-later
"""Mutants of a C file. Owns the operators:

  condition  of if, while, for, ?: or a bool, negated
  operand    of && or ||, taken out
  compare    a bound moved by one; == and != swapped where they are no condition
  bits       an operand of |, a mask, a ~ taken out
  arithmetic + and -, * and /, << and >>, ++ and --, += and -= swapped
  constant   another number, the next enumerator, true and false swapped
  drop       a statement that is a call or an assignment, or a break, taken out
  return     0 in place of what a call or an error gave

No statement is understood further than its tokens tell; what does not compile
is no mutant."""
from c_tokens import (KEYWORDS, brackets, is_constant, is_type_word, tokens)
from mutant import finish

ASSIGN = {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="}
BINARY = [{"||"}, {"&&"}, {"|"}, {"^"}, {"&"}, {"==", "!="}, {"<", "<=", ">", ">="},
          {"<<", ">>"}, {"+", "-"}, {"*", "/", "%"}]
SWAP = {"==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "<<": ">>",
        ">>": "<<", "+": "-", "-": "+", "*": "/", "/": "*", "%": "/", "^": "|", "++": "--",
        "--": "++", "+=": "-=", "-=": "+=", "|=": "=", "&=": "=", "^=": "="}
OPERAND_BEFORE = {")", "]", "++", "--"}


class Parser:
    """One function, table or macro: tokens [low, high) of @toks."""

    def __init__(self, source, toks, function):
        self.source, self.toks, self.function = source, toks, function
        self.match = brackets(toks)
        self.found = []
        self.void = self.bool = False
        self.first = self.last = 0

    # -- results -----------------------------------------------------------------------
    def add(self, kind, i, j, text):
        """Tokens [i, j) become @text, in the statement at hand."""
        self.found.append((self.function, kind, self.toks[i].start, self.toks[j - 1].end, text,
                           self.first, self.last))

    def span(self, i, j):
        """The statement at hand, for the lines of the key."""
        self.first, self.last = self.toks[i].start, self.toks[j - 1].end

    def text(self, i, j):
        return self.source[self.toks[i].start:self.toks[j - 1].end]

    def at(self, i):
        return self.toks[i].text if i < len(self.toks) else ""

    def find(self, i, j, texts):
        """The first of @texts in [i, j) outside of brackets, else j."""
        while i < j:
            if self.toks[i].kind == "sign" and self.toks[i].text in texts:
                return i
            i = self.match[i] + 1 if i in self.match and self.match[i] > i else i + 1
        return j

    def split(self, i, j, texts):
        """[i, j) between those of @texts outside of brackets."""
        parts = []
        while True:
            k = self.find(i, j, texts)
            parts.append((i, k))
            if k >= j:
                return parts
            i = k + 1

    def is_binary(self, i, low):
        """Does the sign at @i stand between two operands?"""
        if i == low:
            return False
        t = self.toks[i - 1]
        if t.text == ")" and self.is_cast(self.match[i - 1], i - 1):
            return False
        return t.kind in ("number", "string") or t.text in OPERAND_BEFORE or \
            (t.kind == "name" and t.text not in KEYWORDS)

    def is_cast(self, i, j):
        """Is ( at @i to ) at @j a type?"""
        inner = self.toks[i + 1:j]
        before = self.toks[i - 1] if i else None
        if not inner or (before and before.kind == "name" and before.text not in KEYWORDS):
            return False
        return any(is_type_word(t) for t in inner) and \
            all(t.kind == "name" or t.text == "*" for t in inner)

    def operators(self, i, j, signs):
        """Binary operators of one rank in [i, j), outside of brackets."""
        out, k = [], i
        while True:
            k = self.find(k, j, signs)
            if k >= j:
                return out
            if self.is_binary(k, i):
                out.append(k)
            k += 1

    # -- expressions -------------------------------------------------------------------
    def condition(self, i, j):
        """An expression of which only the truth counts."""
        if i >= j:
            return
        whole = self.text(i, j)
        while self.at(i) == "(" and self.match[i] == j - 1 and not self.is_cast(i, j - 1):
            i, j = i + 1, j - 1
        if self.at(i) == "!" and self.unary_end(i + 1, j) == j:
            self.add("condition", i, j, self.text(i + 1, j))
        elif not self.is_truth(i, j):
            self.add("condition", i, j, f"!({whole})")
        self.expression(i, j, truth=True)

    def is_truth(self, i, j):
        """Is it true or false, which swapping negates as well?"""
        return j == i + 1 and self.at(i) in ("true", "false")

    def unary_end(self, i, j):
        """The end of the operand that begins at @i."""
        while i < j and (self.at(i) in ("!", "~", "-", "*", "&", "++", "--") or self.opens_cast(i)):
            i = self.match[i] + 1 if self.at(i) == "(" else i + 1
        i = self.match[i] + 1 if self.at(i) == "(" else i + 1
        while i < j and self.at(i) in ("(", "[", ".", "->", "++", "--"):
            i = self.match[i] + 1 if i in self.match else i + (1 if self.at(i) in ("++", "--") else 2)
        return i

    def opens_cast(self, i):
        return self.at(i) == "(" and self.is_cast(i, self.match[i])

    def list(self, i, j):
        """Arguments or initialisers, with or without names."""
        for a, b in self.split(i, j, {","}):
            if a < b and self.at(a) in (".", "["):
                k = self.find(a, b, {"="})
                a = k + 1 if k < b else a
            if a < b:
                self.expression(a, b)

    def expression(self, i, j, truth=False):
        """Everything in it; with @truth its negation is a mutant already."""
        if i >= j:
            return
        if self.find(i, j, {","}) < j:
            self.list(i, j)
            return
        k = self.find(i, j, ASSIGN)
        if k < j:
            self.assignment(i, k, j)
            return
        k = self.find(i, j, {"?"})
        if k < j:
            self.ternary(i, k, j)
            return
        for rank in BINARY:
            ops = self.operators(i, j, rank)
            if ops:
                self.binary(i, j, ops, truth)
                return
        self.unary(i, j, truth)

    def assignment(self, i, k, j):
        sign = self.at(k)
        self.unary(i, k, False)
        if sign in SWAP:
            self.add("bits" if sign in ("|=", "&=", "^=") else "arithmetic", k, k + 1, SWAP[sign])
        self.expression(k + 1, j)

    def ternary(self, i, k, j):
        depth, colon = 0, k + 1
        while colon < j and not (self.at(colon) == ":" and depth == 0):
            depth += {"?": 1, ":": -1}.get(self.at(colon), 0)
            colon = self.match[colon] + 1 if colon in self.match else colon + 1
        if colon == k + 1:      # GNU: the condition is the value too
            self.add("condition", i, k, "0")
            self.expression(i, k, truth=True)
        else:
            self.condition(i, k)
            self.expression(k + 1, colon)
        self.expression(colon + 1, j)

    def binary(self, i, j, ops, truth):
        sign = self.at(ops[0])
        edges = [i - 1, *ops, j]
        parts = [(a + 1, b) for a, b in zip(edges, edges[1:])]
        if sign in ("&&", "||"):
            for a, b in parts:
                self.add("operand", a, b, "1" if sign == "&&" else "0")
                self.expression(a, b, truth=True)
            if not truth:
                self.add("condition", i, j, f"!({self.text(i, j)})")
            return
        if sign == "|":
            self.bits(parts)
            return
        if sign == "&":
            self.add("bits", ops[-1], j, "")
            for a, b in parts:
                self.bit(a, b)
            return
        for k in ops:
            if sign in ("==", "!=", "<", "<=", ">", ">="):
                self.comparison(i, k, j, truth)
            else:
                self.add("arithmetic", k, k + 1, SWAP[self.at(k)])
        for a, b in parts:
            if b - a > 1 or not (self.toks[a].kind == "number" or is_constant(self.toks[a])):
                self.expression(a, b)

    def comparison(self, i, k, j, truth):
        sign = self.at(k)
        if sign not in ("==", "!="):
            self.add("compare", k, k + 1, SWAP[sign])
        if not truth:
            self.add("condition", i, j, f"!({self.text(i, j)})")

    def bits(self, parts):
        for a, b in parts:
            self.add("bits", a, b, "0")
            self.bit(a, b)

    def bit(self, i, j):
        """An operand of | or &: its constants are not changed further."""
        while self.at(i) == "(" and self.match[i] == j - 1:
            i, j = i + 1, j - 1
        if j - i == 1 or (j - i == 2 and is_constant(self.toks[j - 1])):
            return
        self.expression(i, j)

    def unary(self, i, j, truth):
        sign = self.at(i)
        if sign in ("++", "--"):
            self.add("arithmetic", i, i + 1, SWAP[sign])
            i += 1
        elif sign == "!":
            if not truth:
                self.add("condition", i, i + 1, "")
            self.unary(i + 1, j, True)
            return
        elif sign == "~":
            self.add("bits", i, i + 1, "")
            self.bit(i + 1, j)
            return
        elif sign == "-":
            if is_constant(self.toks[i + 1]) and self.at(i + 1).startswith("E"):
                self.add("return", i, j, "0")
            else:
                self.unary(i + 1, j, False)
            return
        elif sign in ("*", "&"):
            i += 1
        elif self.opens_cast(i):
            self.unary(self.match[i] + 1, j, truth)
            return
        self.postfix(i, j, truth)

    def postfix(self, i, j, truth):
        if i >= j or self.at(i) in ("sizeof", "typeof"):
            return
        t = self.toks[i]
        if j - i == 1:
            self.primary(i, truth)
            return
        if self.at(i) == "{":
            self.list(i + 1, self.match[i])
        elif self.at(i) == "(":
            self.expression(i + 1, self.match[i], truth)
        k = i if t.kind == "sign" else i + 1
        while k < j:
            if self.at(k) == "(" and k > i:
                self.list(k + 1, self.match[k])
            elif self.at(k) == "[":
                self.expression(k + 1, self.match[k])
            elif self.at(k) == "{" and k > i:
                self.list(k + 1, self.match[k])
            elif self.at(k) in ("++", "--"):
                self.add("arithmetic", k, k + 1, SWAP[self.at(k)])
            k = self.match[k] + 1 if self.match.get(k, -1) > k else k + 1

    def primary(self, i, truth):
        t = self.toks[i]
        if t.text in ("true", "false"):
            self.add("constant", i, i + 1, "false" if t.text == "true" else "true")
        elif t.kind == "number":
            self.add("constant", i, i + 1, "1" if t.text == "0" else f"({t.text} + 1)")
        elif is_constant(t) and not truth:
            self.add("constant", i, i + 1, f"({t.text} + 1)")

    # -- statements --------------------------------------------------------------------
    def block(self, i, j):
        while i < j:
            i = self.statement(i, j)

    def statement(self, i, j):
        """One from @i on. Return: where the next begins."""
        t = self.at(i)
        if t == "{":
            self.block(i + 1, self.match[i])
            return self.match[i] + 1
        if t == ";" or self.toks[i].kind == "directive":
            return i + 1
        if t in ("if", "while", "switch", "for"):
            return self.headed(i, j)
        if t == "do":
            i = self.statement(i + 1, j)
            close = self.match[i + 1]
            self.span(i, close + 1)
            self.condition(i + 2, close)
            return close + 2
        if t == "else":     # of a loop macro's if
            return self.statement(i + 1, j)
        if t in ("case", "default"):
            return self.find(i, j, {":"}) + 1
        end = self.find(i, j, {";"})
        self.span(i, min(end + 1, j))
        self.simple(i, end)
        return end + 1

    def headed(self, i, j):
        word, opened = self.at(i), i + 1
        close = self.match[opened]
        self.span(i, close + 1)
        if word == "for":
            parts = self.split(opened + 1, close, {";"})
            if len(parts) == 3:
                self.simple(*parts[0], droppable=False)
                self.condition(*parts[1])
        elif word == "switch":
            self.expression(opened + 1, close)
        else:
            self.condition(opened + 1, close)
        i = self.statement(close + 1, j)
        if word == "if" and self.at(i) == "else":
            i = self.statement(i + 1, j)
        return i

    def simple(self, i, j, droppable=True):
        if i >= j or self.at(i) == "goto":
            return
        if self.at(i) in ("break", "continue"):
            self.add("drop", i, j, "")
        elif self.at(i) == "return":
            self.returned(i, j)
        elif self.is_declaration(i, j):
            self.declaration(i, j)
        else:
            if droppable:
                self.add("drop", i, j, "")
            self.expression(i, j)

    def returned(self, i, j):
        if i + 1 >= j:
            return
        if self.void:
            self.add("drop", i + 1, j, "")
            self.expression(i + 1, j)
        elif self.bool:
            self.condition(i + 1, j)
        else:
            if self.toks[i + 1].kind == "name" and self.unary_end(i + 1, j) == j and \
                    not is_constant(self.toks[i + 1]):
                self.add("return", i + 1, j, "0")
            self.expression(i + 1, j)

    def is_declaration(self, i, j):
        if is_type_word(self.toks[i]):
            return True
        a, b = self.toks[i], self.toks[i + 1] if i + 1 < j else None
        return a.kind == "name" and b is not None and b.kind == "name"

    def declaration(self, i, j):
        words = [t.text for t in self.toks[i:self.find(i, j, {"=", ","})]]
        truth = "bool" in words and "*" not in words
        k = i
        while k < j:
            k = self.find(k, j, {"="})
            end = self.find(k + 1, j, {","}) if k < j else j
            if k < j and self.at(k + 1) == "{":
                self.list(k + 2, self.match[k + 1])
            elif k < j:
                (self.condition if truth else self.expression)(k + 1, end)
            k = end + 1


def functions(toks, match):
    """(name, { of the body, tokens of what it returns) of each function"""
    i = begin = 0
    while i < len(toks):
        t = toks[i]
        if t.text == "{" and i and toks[i - 1].text == ")":
            opened = match[i - 1]
            yield toks[opened - 1].text, i, toks[begin:opened - 1]
        if t.text in OPENERS and i in match:
            i = match[i]
            if toks[i].text == "}":
                begin = i + 1
        elif t.text == ";" or t.kind == "directive":
            begin = i + 1
        i += 1


OPENERS = {"(", "[", "{"}


def tables(toks, match):
    """(name, {) of each initialiser outside of functions"""
    depth_end = -1
    for i, t in enumerate(toks):
        if i <= depth_end:
            continue
        if t.text == "{":
            depth_end = match[i]
            if toks[i - 1].text == "=":
                k = i - 2
                while toks[k].text == "]":
                    k = match[k] - 1
                yield toks[k].text, i


def macros(source, toks):
    """(name, tokens) of each macro that is a list of bits or a number"""
    for t in toks:
        if t.kind != "directive":
            continue
        inner = source[t.start:t.end].replace("\\\n", " \n")
        words = tokens(inner.replace("#", " ", 1))
        if len(words) < 3 or words[0].text != "define" or \
                (words[2].text == "(" and words[2].start == words[1].end):
            continue
        for w in words:
            w.start, w.end = w.start + t.start, w.end + t.start
        yield words[1].text, words[2:]


def mutants(file, source):
    """All of a file's."""
    toks = tokens(source)
    match = brackets(toks)
    found = []
    for name, at, kind in functions(toks, match):
        p = Parser(source, toks, name)
        words = [t.text for t in kind]
        p.void = "void" in words and "*" not in words
        p.bool = "bool" in words and "*" not in words
        p.block(at + 1, match[at])
        found += p.found
    for name, at in tables(toks, match):
        p = Parser(source, toks, name)
        for a, b in p.split(at + 1, match[at], {","}):
            if a < b:
                p.span(a, b)
                p.list(a, b)
        found += p.found
    for name, words in macros(source, toks):
        p = Parser(source, words, name)
        p.span(0, len(words))
        p.expression(0, len(words))
        found += p.found
    return finish(file, source, found)

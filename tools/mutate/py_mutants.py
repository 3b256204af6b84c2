# SPDX-License-Identifier: GPL-2.0-or-later
"""Mutants of a Python file, by its syntax tree. Owns the operators: as those of
c_mutants.py, and an element of what `in` looks through, taken out."""
import ast

from mutant import finish

SWAP = {ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"),
        ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"),
        ast.FloorDiv: ("//", "*"), ast.Mod: ("%", "*"), ast.BitAnd: ("&", "|"), ast.BitOr: ("|", "&"),
        ast.LShift: ("<<", ">>"), ast.RShift: (">>", "<<")}
ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


class Finder(ast.NodeVisitor):
    def __init__(self, source):
        self.source = source
        self.lines = [0]
        for line in source.split("\n"):
            self.lines.append(self.lines[-1] + len(line) + 1)
        self.raw = source.split("\n")
        self.names, self.found = [], []
        self.first = self.last = 0

    # -- places --------------------------------------------------------------------------
    def offset(self, line, column):
        """@column counts bytes"""
        return self.lines[line - 1] + len(self.raw[line - 1].encode()[:column].decode())

    def place(self, node):
        return (self.offset(node.lineno, node.col_offset),
                self.offset(node.end_lineno, node.end_col_offset))

    def text(self, node):
        start, end = self.place(node)
        return self.source[start:end]

    def add(self, kind, start, end, text):
        self.found.append((".".join(self.names) or "module", kind, start, end, text,
                           self.first, self.last))

    def put(self, kind, node, text):
        self.add(kind, *self.place(node), text)

    def between(self, kind, left, right, was, text):
        """The sign between two operands."""
        low, high = self.place(left)[1], self.place(right)[0]
        at = self.source.find(was, low, high)
        if at >= 0:
            self.add(kind, at, at + len(was), text)

    # -- expressions -----------------------------------------------------------------------
    def condition(self, node):
        """Only its truth counts."""
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            self.put("condition", node, f"({self.text(node.operand)})")
            self.inside(node.operand)
            return
        if not isinstance(node, ast.Constant):
            self.put("condition", node, f"(not ({self.text(node)}))")
        self.inside(node)

    def inside(self, node):
        """What is in an expression whose negation is a mutant already."""
        if isinstance(node, ast.BoolOp):
            for part in node.values:
                self.put("operand", part, str(isinstance(node.op, ast.And)))
                self.inside(part)
        elif isinstance(node, ast.Compare):
            self.compare(node)
        else:
            self.visit(node)

    def compare(self, node):
        left = node.left
        self.visit(left)
        for op, right in zip(node.ops, node.comparators):
            if isinstance(op, ORDER):
                was, text = SWAP[type(op)]
                self.between("compare", left, right, was, text)
            if isinstance(op, (ast.In, ast.NotIn)) and isinstance(right, (ast.Tuple, ast.Set, ast.List)):
                for part in right.elts:
                    self.put("operand", part, "None")
            elif not isinstance(right, ast.Constant):
                self.visit(right)
            left = right

    def visit_BoolOp(self, node):
        self.inside(node)

    def visit_Compare(self, node):
        self.put("condition", node, f"(not ({self.text(node)}))")
        self.compare(node)

    def visit_UnaryOp(self, node):
        if isinstance(node.op, ast.Not):
            self.condition(node)
        else:
            self.visit(node.operand)

    def visit_BinOp(self, node):
        if type(node.op) in SWAP and not isinstance(node.left, (ast.JoinedStr,)):
            was, text = SWAP[type(node.op)]
            self.between("arithmetic", node.left, node.right, was, text)
        self.generic_visit(node)

    def visit_IfExp(self, node):
        self.condition(node.test)
        self.visit(node.body)
        self.visit(node.orelse)

    def visit_comprehension(self, node):
        self.visit(node.iter)
        for test in node.ifs:
            self.condition(test)

    def visit_Constant(self, node):
        if isinstance(node.value, bool):
            self.put("constant", node, str(not node.value))
        elif isinstance(node.value, (int, float)):
            self.put("constant", node, f"({self.text(node)} + 1)" if node.value else "1")

    def visit_JoinedStr(self, node):
        """Nobody compares a text that a person reads."""

    def visit_Subscript(self, node):
        self.visit(node.value)
        if not isinstance(node.slice, ast.Constant):
            self.visit(node.slice)

    # -- statements ------------------------------------------------------------------------
    def visit(self, node):
        if isinstance(node, ast.stmt):
            self.span(node)
        return super().visit(node)

    def span(self, node):
        self.first, self.last = self.place(node)
        body = getattr(node, "body", None)
        if body:
            head = getattr(node, "test", None) or getattr(node, "iter", None)
            self.last = self.place(head)[1] if head else self.first

    def visit_FunctionDef(self, node):
        self.names.append(node.name)
        for n in node.body:
            self.visit(n)
        self.names.pop()

    def visit_ClassDef(self, node):
        self.visit_FunctionDef(node)

    def visit_If(self, node):
        if self.text(node.test) == '__name__ == "__main__"':
            return
        self.condition(node.test)
        for n in node.body + node.orelse:
            self.visit(n)

    def visit_While(self, node):
        self.visit_If(node)

    def visit_Expr(self, node):
        if isinstance(node.value, ast.Constant):
            return
        self.put("drop", node, "pass")
        self.visit(node.value)

    def visit_Assign(self, node):
        if self.names:
            self.put("drop", node, "pass")
        for target in node.targets:
            if not isinstance(target, ast.Name):
                self.visit(target)
        self.visit(node.value)

    def visit_AugAssign(self, node):
        self.put("drop", node, "pass")
        if type(node.op) in SWAP:
            was, text = SWAP[type(node.op)]
            self.between("arithmetic", node.target, node.value, was + "=", text + "=")
        self.visit(node.value)

    def visit_Return(self, node):
        if node.value is None:
            return
        value = node.value
        if isinstance(value, (ast.Compare, ast.BoolOp)):
            self.condition(value)
            return
        if not isinstance(value, ast.Constant):
            self.put("return", value, "None")
        self.visit(value)

    def visit_Raise(self, node):
        self.put("drop", node, "pass")

    def visit_Continue(self, node):
        self.put("drop", node, "pass")

    def visit_Break(self, node):
        self.put("drop", node, "pass")


def mutants(file, source):
    """All of a file's."""
    finder = Finder(source)
    for node in ast.parse(source).body:
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            finder.visit(node)
    return finish(file, source, finder.found)

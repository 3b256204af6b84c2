#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests the tool that tests the tests: which mutants a text has, and that the
runner tells a mutant that is seen from one that is not. Output is TAP."""
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
import accounts
import build
import c_mutants
import py_mutants
import targets

tests = failed = 0


def check(good, text, why=""):
    global tests, failed
    tests += 1
    failed += not good
    if not good:
        print(f"# {why}")
    print(f"{'ok' if good else 'not ok'} {tests} - mutate: {text}", flush=True)


def c(body, head="int f(int a, int b)"):
    """{(what stood there, what stands there)} of a function's body"""
    source = f"{head}\n{{\n{body}\n}}\n"
    return {(source[m.start:m.end], m.text) for m in c_mutants.mutants("x.c", source)}


def has(body, *wanted, head="int f(int a, int b)"):
    got = c(body, head)
    check(got == set(wanted), " ".join(body.split()), sorted(got ^ set(wanted)))


def test_c():
    has("if (a < b)\n\treturn a;", ("a < b", "!(a < b)"), ("<", "<="), ("a", "0"))
    has("if (a && !b)\n\tg();", ("a && !b", "!(a && !b)"), ("a", "1"), ("!b", "1"), ("g()", ""))
    has("while (!a)\n\ta++;", ("!a", "a"), ("a++", ""), ("++", "--"))
    has("a = b == 1 || b;", ("a = b == 1 || b", ""), ("b == 1 || b", "!(b == 1 || b)"), ("b == 1", "0"), ("b", "0"))
    has("return b ? -EINVAL : 7;", ("b", "!(b)"), ("-EINVAL", "0"), ("7", "(7 + 1)"))
    has("return (u64)b & ~LOW;", ("& ~LOW", ""), head="u64 f(int a, int b)")
    has("a |= ONE | TWO;", ("a |= ONE | TWO", ""), ("|=", "="), ("ONE", "0"), ("TWO", "0"))
    has("return !a;", ("!a", "a"), head="bool f(int a)")
    has("return g(a, NAME);", ("g(a, NAME)", ""), ("NAME", "(NAME + 1)"), head="static void f(int a)")
    has("switch (a) {\ncase 3:\n\tbreak;\n}", ("break", ""))
    has("int *p = &a, c = 0;", ("0", "1"))
    has("for (a = 0; a < 8; a++)\n\tg(\"a < b\"); /* a < b */", ("0", "1"), ("a < 8", "!(a < 8)"), ("<", "<="),
        ('g("a < b")', ""))
    table = c_mutants.mutants("x.c", "#define BITS (A1 | \\\n\tB1)\nstatic const int t[] = { 1, [X] = true };\n")
    check({(m.function, m.text) for m in table} ==
          {("BITS", "0"), ("t", "(1 + 1)"), ("t", "false")}, "macros of bits and tables are mutated",
          [(m.function, m.text) for m in table])
    a, b = (c_mutants.mutants("x.c", s) for s in ("int f(void)\n{\n\tg();\n}\n",
                                                  "/* new\n */\nint f(void)\n{\n\n  g();\n}\n"))
    check([m.key for m in a] == [m.key for m in b], "a mutant's name has no line number and no blanks")


def test_py():
    source = "def f(a):\n    if a > 1 and a in (2, 'x'):\n        g(f'{a}')\n    return a == 3\n"
    got = {(source[m.start:m.end], m.text) for m in py_mutants.mutants("x.py", source)}
    check(got == {("a > 1 and a in (2, 'x')", "(not (a > 1 and a in (2, 'x')))"), ("a > 1", "True"),
                  ("a in (2, 'x')", "True"), (">", ">="), ("2", "None"), ("'x'", "None"), ("g(f'{a}')", "pass"),
                  ("a == 3", "(not (a == 3))")}, "conditions, comparisons and calls of Python are mutated", got)


PROGRAM = """int half(int a);
int half(int a)
{
	while (a > 100)
		a -= 1;
	if (a > 50)
		a = 0;
	return a / 2;
}
"""
MAIN = """#include <stdio.h>
int half(int a);
int main(void)
{
	printf("%sok 1 - half\\n1..1\\n", half(8) == 4 && half(103) == 0 ? "" : "not ");
	return !(half(8) == 4);
}
"""
RULES = """$(BUILD)/tools/t: $(BUILD)/m.o $(BUILD)/p.o
	@mkdir -p $(@D)
	gcc $(CFLAGS) -o $@ $^
$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	gcc $(CFLAGS) -MMD -MP -c -o $@ $<
"""


def test_run():
    """A program of one function, with a test that does not ask for everything."""
    with tempfile.TemporaryDirectory() as d:
        top = Path(d)
        (top / "p").mkdir()
        for name, text in (("p.c", PROGRAM), ("m.c", MAIN), ("Makefile", RULES)):
            (top / "p" / name).write_text(text)
        t = targets.Target("t", ("p/p.c",), (targets.Test("t", "p", "t"),))
        ran = build.Tests(t, top, top / "out", top)
        ran.prepare(t.tests[0])
        ran.limits["t"] = (1, 60)
        fate = {}
        for m in c_mutants.mutants("p/p.c", PROGRAM):
            (top / "p/p.c").write_text(m.apply(PROGRAM))
            fate[PROGRAM[m.start:m.end], m.text] = ran.judge("p/p.c", PROGRAM)
        for text, wanted in (("int half(int a) { return b; }", "broken"), (PROGRAM, "survived")):
            (top / "p/p.c").write_text(text)
            check(ran.judge("p/p.c", PROGRAM)[0] == wanted, f"a text that is {wanted} is told")
        check(fate["a / 2" if ("a / 2", "") in fate else "/", "*"] == ("killed", "t: not ok 1 - half"),
              "a mutant that a test sees is killed, and by which", fate)
        check(fate["a = 0", ""][0] == "killed" and fate[">", ">="][0] == "survived",
              "a mutant that no test sees survives", fate)
        check(fate["a -= 1", ""][0] == "timeout", "a mutant that does not end is ended", fate)


def test_accounts():
    with tempfile.TemporaryDirectory() as d:
        path = Path(d) / "accepted.txt"
        path.write_text("# c\n\na.c f\n-\tif (a)\n+\tif (!(a))\n= it is\n\nb.c g\n-x;\n+;\n= so\n=   too\n")
        got = accounts.read_accepted(path)
        check([x.same() for x in got] == [("a.c", "f", "if (a)", "if (!(a))"), ("b.c", "g", "x;", ";")] and
              got[1].reason == "so too", "accepted.txt is read", got)
        path.write_text("a.c f\n-x;\n+;\n")
        try:
            accounts.read_accepted(path)
            check(False, "an entry without a reason is an error")
        except accounts.Mistake as e:
            check("without" in str(e), "an entry without a reason is an error", e)


def main():
    print("TAP version 13")
    for test in (test_c, test_py, test_run, test_accounts):
        test()
    print(f"1..{tests}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The switch's console at the slots: prompts, what the standby may use, and a
role change under a person's hands."""
import re

import ktap
from chassis import need, other
from console import Console

suite = ktap.Suite()
suite.group("console")

CONFIG = r"ProCurve\(config\)# $"
EXEC = r"ProCurve# $"
STANDBY = r"Standby Console> $"


def ask(con, line, prompt):
    """a command and what it printed, up to the next prompt"""
    begin = len(con.text)
    con.send(line + "\r")
    con.expect(r"\n[\s\S]*?" + prompt)
    return con.lines(begin)


@suite.test("console", "S-029 S-031 C-43: the active's prompts, and the standby's, at the slots' consoles")
def prompts(c):
    c.wait_ready()
    with Console(c, c.owner) as con:
        con.expect(CONFIG)
        con.send("exit\r")
        con.expect(EXEC)
        text = "\n".join(ask(con, "sh redun", EXEC))
        need("Mgmt Redundancy : enabled" in text, text)
        con.send("conf\t\r")
        con.expect(CONFIG)
    with Console(c, other(c.owner)) as con:
        con.expect(STANDBY)


@suite.test("console", "S-030 S-032: show redundancy, show flash and show version on the standby; anything else is refused")
def standby(c):
    c.wait_ready()
    with Console(c, other(c.owner)) as con:
        con.expect(STANDBY)
        for line, wanted in (("show redundancy", "Mgmt Redundancy : enabled"), ("show flash", "Default Boot"),
                             ("show version", "Boot Image")):
            text = "\n".join(ask(con, line, STANDBY))
            need(wanted in text, text)
        for line in ("show log", "redundancy switchover", "boot system", "configure", "reload", "logout"):
            lines = ask(con, line, STANDBY)
            need([x for x in lines if x.startswith("standby-console: ")], "\n".join(lines))


@suite.test("console", "S-257: a session at the active's console is in its log as 00179")
def logged(c):
    c.wait_ready()
    with Console(c, c.owner) as con:
        con.expect(CONFIG)
        lines = ask(con, "show log", CONFIG)
    need([x for x in lines if re.search(r"^I .* 00179 mgr: SME CONSOLE Session - MANAGER Mode$", x)],
         "\n".join(lines))


@suite.test("console", "S-031: a console on the standby says that its module has become active, and its prompt changes")
def takeover(c):
    c.wait_ready()
    old, new = c.owner, other(c.owner)
    with Console(c, new) as con:
        con.expect(STANDBY)
        con.send("sh red")
        con.expect("sh red$")
        c.run("remove", old)
        con.expect(rf"The role of this management module \({new}\) is now: Active\.")
        con.expect(r"ProCurve\(config\)# sh red$")
        con.send("\r")
        con.expect("Failovers +: 1")
        con.expect(CONFIG)
    c.run("insert", old)
    c.wait_ready()


if __name__ == "__main__":
    ktap.start(suite)

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The chapter's figures typed at the slots' consoles, each in the state of the
chassis that it shows, and compared with its text (figures/README)."""
import os
import re
import subprocess

import chassis
import figures
import ktap
from chassis import need, other
from console import Console

suite = ktap.Suite()
suite.group("session")
suite.group("disabled")
suite.group("log")
suite.group("history", slots="1")
suite.group("mismatch", slots="1", prepare=lambda c: mismatched(c))

AT_PROMPT = r"(?:^|[\r\n])((?:ProCurve(?: Switch 8200zl)?(?:\(config\))?#|Standby Console>) )$"


class Typist:
    """One who types a figure's commands at a console and keeps the screen."""

    def __init__(self, con):
        self.con = con
        con.expect(AT_PROMPT)
        self.begin = con.text.rindex("\n", 0, con.at) + 1

    def shown(self):
        """up to what was waited for last"""
        return "\n".join(self.con.lines(self.begin, self.con.at))

    def type(self, part, before, end):
        """All commands of a part; `before` is done before each `show`; `end` is
        what is waited for after the last one, None: only its echo."""
        steps = figures.commands(part)
        for i, (command, answer, left_out) in enumerate(steps):
            if before and command.startswith("show "):
                before()
            self.con.send(command + "\r")
            if answer or left_out:
                self.con.expect(r"\[y/n\]\? ?$")
            if left_out:
                return
            if answer:
                self.con.send(answer + "\r")
            self.con.expect(re.escape(answer or command) + r" *\r+\n")
            if i + 1 < len(steps):
                self.con.expect(AT_PROMPT)
        if end:
            self.con.expect(end)


def play(c, name, slot, part=0, before=None, end=AT_PROMPT, literal=()):
    """One part of a figure at the console of a slot"""
    text = figures.figure(name)[part]
    with Console(c, slot) as con:
        t = Typist(con)
        try:
            t.type(text, before, end)
            figures.same(name, text, t.shown(), literal)
        finally:
            if t.shown().endswith("[y/n]?"):
                con.send("n\r")
                con.expect(AT_PROMPT)


def booted(c, mark, *slots):
    """until these modules have started again and both have decided"""
    for slot in slots:
        c.wait_event(mark, event="join", slot=slot)
    c.wait("both decided", lambda: c.owner and {s["role"] for s in c.status()["slots"]} <= set(chassis.SETTLED))


def boot_system(c, *words):
    mark = c.mark()
    c.redctl(c.owner, "boot", "system", *words)
    booted(c, mark, 1, 2)


def make_active(c, slot):
    """a planned change, which is no failover (C-14)"""
    c.redctl(c.owner, "redundancy", "active-management", f"management-module{slot}")
    boot_system(c)
    c.wait_ready()
    need(c.owner == slot, f"owner {c.owner}")


@suite.test("session", "S-028 S-033..S-034 S-036..S-037 S-039..S-044 S-049: figure 15-1, show redundancy")
def figure_1(c):
    c.wait_ready()
    play(c, "15-1", 1)


@suite.test("session", "S-029: the commands are taken at NAME(config)# and at NAME#")
def contexts(c):
    c.redctl(1, "write", "memory")
    with Console(c, 1) as con:
        con.expect(r"ProCurve\(config\)# $")
        con.send("end\r")
        con.expect(r"\nProCurve# $")
        con.send("redundancy switchover\r")
        con.expect(r"Do you want to continue \[y/n\]\? ?$")
        con.send("n\r")
        con.expect(r"\nProCurve# $")
        con.send("configure\r")
        con.expect(r"\nProCurve\(config\)# $")
    need(c.owner == 1, "it switched over")


@suite.test("session", "S-181 S-182: figure 15-15, show flash")
def figure_15(c):
    play(c, "15-15", 1)


@suite.test("session", "S-200..S-202: figure 15-24, boot set-default flash secondary")
def figure_24(c):
    play(c, "15-24", 1)
    c.redctl(1, "-y", "boot", "set-default", "flash", "primary")


@suite.test("session", "S-194 S-201 S-204 C-05: figure 15-23, boot with the default flash set to secondary")
def figure_23(c):
    mark = c.mark()
    play(c, "15-23", 1)
    c.redctl(1, "-y", "boot", "set-default", "flash", "primary")
    need(not c.since(mark, event="going-down"), "it booted without an answer")


@suite.test("session", "S-027 S-045 S-107: figure 15-7, redundancy fabric-module 2 disable")
def figure_7(c):
    play(c, "15-7", 1)


@suite.test("session", "S-108 S-178..S-180: figure 15-13, show modules")
def figure_13(c):
    c.wait("interface modules up", lambda: all(m["state"] in ("up", "absent") for m in c.status()["modules"]))
    play(c, "15-13", 1)
    c.redctl(1, "redundancy", "fabric-module", "2", "enable")


@suite.test("session", "S-052 S-087..S-089 S-091 S-095: figure 15-5, the other module is active after boot system")
def figure_5(c):
    mark = c.mark()
    play(c, "15-5", 1, end=None)
    booted(c, mark, 1, 2)
    c.wait_ready()
    play(c, "15-5", 2, part=1)


@suite.test("session", "S-184..S-186: figure 15-16, show version")
def figure_16(c):
    play(c, "15-16", 2)


@suite.test("session", "S-024 S-035 S-062 S-064 C-04: figure 15-12, no redundancy management-module")
def figure_12(c):
    play(c, "15-12", 2, before=lambda: c.wait_role(1, "offline"))


@suite.test("session", "S-187: figure 15-17, show version with redundancy disabled")
def figure_17(c):
    play(c, "15-17", 2)


@suite.test("session", "S-024 S-056..S-058: figure 15-2, redundancy management-module")
def figure_2(c):
    play(c, "15-2", 2, before=lambda: c.wait_role(1, "standby"))


@suite.test("session", "S-046 S-047: figure 15-14, the modules were booted from different images")
def figure_14(c):
    boot_system(c, "flash", "secondary")
    c.wait_ready()
    mark = c.mark()
    c.redctl(2, "boot", "standby")
    booted(c, mark, 1)
    c.wait_ready()
    play(c, "15-14", 2)


def menu(c, name, slot, before=""):
    """a boot of the module with the profile menu, and 2"""
    text = figures.figure(name)[0]
    with Console(c, slot) as con:
        t = Typist(con)
        if before:
            con.send(before + "\r")
            con.expect(AT_PROMPT)
        top = t.shown() if before else ""
        mark = c.mark()
        c.run("press", slot, "reset")
        con.expect(r"Select profile ?\(primary\): ?")
        con.send("2")
        con.expect("Boot Profiles:")
        begin = con.text.rindex("Boot Profiles:")
        con.send("\r")
        con.expect(r"Booting Secondary Software Image[.]*\r?\n")
        figures.same(name, text, top + "\n" + "\n".join(con.lines(begin)))
    booted(c, mark, slot)
    c.wait_ready()


@suite.test("session", "S-168 S-169 S-195 S-203: figure 15-22, a boot profile is selected")
def figure_22(c):
    menu(c, "15-22", 1)


@suite.test("session", "S-168 S-169 S-183: figure 15-10, the standby is booted to its secondary flash")
def figure_10(c):
    menu(c, "15-10", 1, before="show flash")


@suite.test("session", "S-025 S-031 S-079 S-082 S-083 C-05 C-43: figure 15-4, redundancy switchover")
def figure_4(c):
    top, bottom = figures.figure("15-4")[0].split("\n.\n.\n.\n")
    c.redctl(2, "write", "memory")
    with Console(c, 2) as con:
        t = Typist(con)
        t.type(top, None, r"Booting Primary Software Image\.\.\.\r?\n")
        figures.same("15-4", top, t.shown())
        con.expect(r"Standby Console> $")
        figures.same("15-4", bottom, con.lines()[-1])
    c.wait_ready()
    need(c.owner == 1, f"owner {c.owner}")


@suite.test("session", "S-032 S-038 S-051 C-03 C-09: figure 15-19, show redundancy on the standby")
def figure_19(c):
    play(c, "15-19", 2)


@suite.test("session", "S-030 S-183: figure 15-20, show flash on the standby")
def figure_20(c):
    play(c, "15-20", 2)


@suite.test("session", "S-188: figure 15-21, show version on the standby")
def figure_21(c):
    play(c, "15-21", 2)


@suite.test("session", "S-024 S-035 S-038 S-061 S-064 C-01 C-04: figure 15-3, redundancy is disabled after a failover")
def figure_3(c):
    make_active(c, 2)
    play(c, "15-3", 2, before=lambda: c.wait_role(1, "offline"))


@suite.test("disabled", "S-093 S-096..S-101 C-03 C-06 C-09 C-10: figure 15-6, the offline module is made active")
def figure_6(c):
    c.wait_ready()
    # The configuration of module 2 comes to say so when that module is active.
    make_active(c, 2)
    c.redctl(2, "-y", "no", "redundancy", "management-module")
    c.wait_role(1, "offline")
    c.redctl(2, "redundancy", "active-management", "management-module1")
    boot_system(c)
    c.wait_role(1, "active")
    if c.redctl_json(1, "show", "redundancy")["chassis"]["redundancy"]:
        c.redctl(1, "-y", "no", "redundancy", "management-module")
    c.wait_role(2, "offline")
    c.redctl(1, "write", "memory")     # else boot offers to save what that changed
    mark = c.mark()
    play(c, "15-6", 1, end=None)
    booted(c, mark, 1, 2)
    c.wait_role(1, "offline")
    play(c, "15-6", 2, part=1)


def start_of_log(c):
    """The chassis of figures 15-18 and 15-31: power fails, module 1 fails
    selftest, is mended, and becomes the standby; D is the only module."""
    for slot in "ABC":
        c.run("remove-module", slot)
    make_active(c, 2)
    c.run("fault", 1, "selftest-fail", "ON")
    c.run("reset-system")
    c.wait_role(1, "failed")
    c.wait_role(2, "active")
    c.run("fault", 1, "selftest-fail", "OFF")
    mark = c.mark()
    c.run("press", 1, "reset")
    booted(c, mark, 1)
    c.wait_ready()


@suite.test("log", "S-250 S-252..S-258 C-19..C-21 C-23: figure 15-18, show log")
def figure_18(c):
    c.wait_ready()
    start_of_log(c)
    log(c, "15-18")


def log(c, name):
    text = figures.figure(name)[0]
    with Console(c, 2) as con:
        t = Typist(con)
        t.type(text, None, AT_PROMPT)
        more = figures.in_order(name, text, t.shown())
    for line in more:
        if name == "15-18" and line.startswith("----- Bottom of Log"):
            continue            # the figure ends before it
        need(re.match(r"[WIMD] \d\d/\d\d/\d\d \d\d:\d\d:\d\d (\d{5} )?\w+: \S", line), f"a line of another form: {line}")


@suite.test("log", "S-251..S-258 C-07 C-19 C-20: figure 15-31, show logging")
def figure_31(c):
    mark = c.mark()
    c.run("remove-module", "D")
    c.run("insert-module", "D", "J8702A")
    c.wait("module D up", lambda: [m for m in c.status()["modules"] if m["slot"] == "D"][0]["state"] == "up")
    with Console(c, 2) as con:
        con.expect(AT_PROMPT)
        con.send("logout\r")
        con.expect(r"logout\r*\n")
        con.quiet(0.3)
        con.send("\r")
        con.expect(AT_PROMPT)
    c.run("press", 1, "reset")
    booted(c, mark, 1)
    c.wait_ready()
    log(c, "15-31")


@suite.test("log", "S-053 S-116 S-208 S-213 C-03 C-26 C-27: figure 15-25, reload with redundancy enabled")
def figure_25(c):
    c.redctl(2, "write", "memory")
    mark = c.mark()
    play(c, "15-25", 2, end=None)
    booted(c, mark, 2)
    c.wait_ready()
    play(c, "15-25", 1, part=1)


@suite.test("history", "S-265..S-268: figure 15-32, show boot-history")
def figure_32(c):
    for command in ("boot", "reload"):
        c.wait_role(1, "active")
        mark = c.mark()
        with Console(c, 1) as con:
            con.expect(AT_PROMPT)
            con.send(command + "\r")
            con.expect(r"\[y/n\]\? ?$")
            con.send("y\r")
            c.wait_event(mark, event="join", slot=1)
    c.run("insert", 2)
    c.wait_ready()
    text = figures.figure("15-32")[0]
    with Console(c, 1) as con:
        con.expect(AT_PROMPT)
        con.send("hostname \"ProCurve Switch 8200zl\"\r")
        con.expect(r"ProCurve Switch 8200zl\(config\)# $")
        con.send("end\r")
        t = Typist(con)
        t.type(text, None, AT_PROMPT)
        figures.same("15-32", text, t.shown())


def mismatched(c):
    """Module 1 runs build 64 of a version, module 2 build 789 from secondary."""
    def image(build):
        path = os.path.join(c.dir, f"{build}.itb")
        p = subprocess.run([os.path.join(chassis.TOP, "tools", "build", "images"), "--version", "K.12.30",
                            "--build", str(build), "--output", path], capture_output=True, text=True, check=False)
        need(p.returncode == 0, p.stderr)
        return path
    c.run("up", "--slots", "1", "--blank-flash", timeout=chassis.WAIT * 4)
    c.run("remove", 1)
    c.run("insert", 1, "--blank", "--image-primary", image(64))
    c.wait_role(1, "active")
    c.run("insert", 2, "--blank", "--blank-flash", "--image-primary", image(64))
    c.wait_ready()
    # p. 15-18, half of an upgrade: the standby runs the new software, the active the old
    c.redctl(1, "-y", "copy", image(789), "flash", "secondary")
    c.redctl(1, "-y", "boot", "set-default", "flash", "secondary")
    c.wait("the default of both", lambda: c.redctl_json(2, "show", "flash")["default_boot"] == "secondary")
    c.redctl(1, "boot", "standby")
    c.wait("the new software", lambda: c.slot(2)["role"] == "standby" and
           c.redctl_json(1, "show", "redundancy")["management_modules"][1]["sw_build"] == 789)
    c.wait_ready()


@suite.test("mismatch", "S-048 S-050 S-170 S-172 S-185 C-08: figure 15-11, builds 64 and 789 of one version")
def figure_11(c):
    play(c, "15-11", 1, literal=("K.12.30", "64", "789"))


if __name__ == "__main__":
    ktap.start(suite)

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The boot ROM at the slots' consoles: what it shows, which image it boots,
what it does with bad images, and its monitor."""
import os
import re
import subprocess
import time

import chassis
import ktap
import views
from chassis import DEBUG, need, other
from console import Console

suite = ktap.Suite()
suite.group("rom")
suite.group("images", slots="1", prepare=lambda c: c.run("up", "--slots", "1", "--blank-flash"))

# Figure 15-4, its data left out, and figure 15-22.
INFORMATION = """ROM information:
  Build directory: DATA
  Build date:      DATA
  Build time:      DATA
  Build version:   DATA
  Build number:    DATA
Select profile (primary):

Booting Primary Software Image..."""
MENU = """Boot Profiles:

0. Monitor ROM Console
1. Primary Software Image
2. Secondary Software Image

Select profile(primary): 2

Booting Secondary Software Image..."""
TEST = "Power-on test: memory passed, flash passed, controller passed"


def collapsed(text):
    return [re.sub(r" +", " ", line).strip() for line in text.split("\n")]


def shown(lines, figure):
    """is the figure there, line for line? DATA stands for one thing"""
    want = [re.escape(line).replace("DATA", r"\S.*") for line in collapsed(figure)]
    have = collapsed("\n".join(lines))
    for i in range(len(have) - len(want) + 1):
        if all(re.fullmatch(w, h) for w, h in zip(want, have[i:])):
            return True
    return False


def image(c, slot):
    return c.exec(slot, "cat", "/sys/class/redund/redund0/boot_image").stdout.strip()


def env(c, *lines):
    """the boot environment, which the standby has as the active has it"""
    text = "".join(f"{line}\n" for line in lines)
    c.exec(c.owner, "sh", "-c", "cat > /flash/boot.env.new && mv /flash/boot.env.new /flash/boot.env", stdin=text)
    c.wait("the boot environment of both", lambda: c.exec(
        other(c.owner), "cat", "/flash/boot.env", check=False).stdout == text)


def restart(c, slot):
    c.run("press", slot, "reset")


def standby(c):
    c.wait_ready()
    return other(c.owner)


@suite.test("rom", "S-083: figure 15-4: after a switchover the old active's console shows the ROM and then the standby's")
def switchover(c):
    c.wait_ready()
    old = c.owner
    with Console(c, old) as con:
        con.expect(r"[#>] ?$")
        begin = len(con.text)
        c.redctl(old, "-y", "redundancy", "switchover")
        con.expect("Booting Primary Software Image")
        con.expect(r"Standby Console[>#]")
        need(shown(con.lines(begin), INFORMATION), "not as the figure:\n" + "\n".join(con.lines(begin)))
    c.wait_ready()
    need(c.owner == other(old), f"owner {c.owner}")


@suite.test("rom", "S-168 S-169 S-195: figures 15-10 and 15-22: a key opens the menu, 2 boots the secondary image once")
def menu(c):
    s = standby(c)
    env(c, "timeout=60")
    with Console(c, s) as con:
        restart(c, s)
        con.expect(r"Select profile \(primary\): ")
        con.send("2\r")
        con.expect("Booting Secondary")
        con.quiet(0.2)
        need(shown(con.lines(), MENU), "not as the figure:\n" + "\n".join(con.lines()))
    c.wait_ready()
    need(image(c, s) == "secondary", image(c, s))
    need(c.slot(s)["boot_image"] == "secondary", c.slot(s))
    row = views.redundancy(c, c.owner)["mm"][s]
    need(row["image"] == "Secondary", row)
    restart(c, s)
    c.wait_ready()
    need(image(c, s) == "primary", "the choice was kept")


@suite.test("rom", "S-203: no selection boots the default in the parentheses; without a console nobody is waited for")
def default(c):
    s = standby(c)
    env(c, "default=secondary", "timeout=1")
    with Console(c, s) as con:
        restart(c, s)
        con.expect(r"Select profile \(secondary\): ")
        con.expect("Booting Secondary Software Image")
        c.wait_ready()
        need(image(c, s) == "secondary", image(c, s))
        env(c, "default=secondary", "timeout=3600")
        restart(c, s)
        con.expect(r"Select profile \(secondary\): ")
        con.quiet(2)
        need(c.slot(s)["rom"] == "selecting", "the prompt did not wait")
        con.send("\r")
        con.expect(r"Select profile\(secondary\): ")
        con.send("\r")
        con.expect("Booting Secondary Software Image")
    c.wait_ready()
    restart(c, s)
    c.wait_ready()


@suite.test("rom", "a boot of the image of boot.next is one boot, and the ROM removes the file")
def once(c):
    s = standby(c)
    env(c, "default=secondary")
    c.exec(s, "sh", "-c", "echo primary > /flash/boot.next")
    restart(c, s)
    c.wait_ready()
    need(image(c, s) == "primary", image(c, s))
    text = c.exec(s, "cat", "/flash/boot.env").stdout
    need("default=secondary" in text, text)
    c.exec(s, "test", "!", "-e", "/flash/boot.next")
    env(c, "default=primary")


@suite.test("rom", "S-226: the power-on test is said and passed; fastboot leaves it out")
def fastboot(c):
    s = standby(c)
    with Console(c, s) as con:
        restart(c, s)
        con.expect("Booting Primary")
        need(TEST in con.lines(), "\n".join(con.lines()))
        c.wait_ready()
        env(c, "fastboot=1")
        begin = len(con.text)
        restart(c, s)
        con.expect("Booting Primary")
        need("Power-on" not in con.text[begin:], con.text[begin:])
        c.wait_ready()
    env(c, "default=primary")


@suite.test("rom", "S-210: reload is a warm boot: no power-on test, and the next boot has one again")
def reload(c):
    s = standby(c)
    with Console(c, c.owner) as con:
        mark = c.mark()
        c.redctl(c.owner, "-y", "reload", check=False)
        c.wait_event(mark, event="grant", to=s)
        con.expect("Booting Primary")
        need("Power-on" not in con.text, con.text)
        c.wait_ready()
        begin = len(con.text)
        restart(c, other(c.owner))
        con.expect("Booting Primary")
        need("Power-on test" in con.text[begin:], con.text[begin:])
    c.wait_ready()


@suite.test("rom", "S-173: a corrupt image is refused by the ROM, which boots the other one and says so")
def corrupt(c):
    s = standby(c)
    c.run("fault", s, "flash-corrupt", "primary")
    need("flash-corrupt-primary" in c.slot(s)["faults"], c.slot(s))
    with Console(c, s) as con:
        restart(c, s)
        m = con.expect(r"\nPrimary Software Image: ([^\r\n]*digest[^\r\n]*)")
        print(f"# {m[1].strip()}")
        con.expect("Booting Secondary Software Image")
    c.wait_ready()
    need(image(c, s) == "secondary", image(c, s))
    c.run("fault", s, "flash-corrupt", "primary", "OFF")
    restart(c, s)
    c.wait_ready()
    need(image(c, s) == "primary", "OFF did not mend it")


@suite.test("rom", "S-173: with no good image a module stays in the monitor and the other one is active")
def both_corrupt(c):
    c.wait_ready()
    a = c.owner
    for word in ("primary", "secondary"):
        c.run("fault", a, "flash-corrupt", word)
    mark = c.mark()
    with Console(c, a) as con:
        restart(c, a)
        c.wait_event(mark, event="grant", to=other(a))
        con.expect("No image can be booted")
        con.expect("=> ")
        need(c.slot(a)["rom"] == "monitor", c.slot(a))
        c.wait_role(other(a), "active")
        for word in ("primary", "secondary"):
            c.run("fault", a, "flash-corrupt", word, "OFF")
        con.send("boot\r")
        con.expect("Booting Primary")
    c.wait_ready()
    need(c.owner == other(a), "the grant moved")


@suite.test("rom", "S-169: profile 0 is the monitor: help, show flash, refusals, reset; a person may take any time")
def monitor(c):
    s = standby(c)
    starts = c.slot(s)["starts"]
    env(c, "timeout=60")
    with Console(c, s) as con:
        restart(c, s)
        con.expect(r"Select profile \(primary\): ")
        con.send("x\b0\r")
        con.expect("=> ")
        con.send("help\r")
        for word in ("show flash", "boot", "reset"):
            con.expect(word)
        con.send("show flash\r")
        con.expect(r"Primary Image   : +\d+ +\d\d/\d\d/\d\d +K\.\S+ +\d+")
        con.expect(r"Secondary Image : +\d+ ")
        con.expect(r"Boot Rom Version: \S+")
        con.expect(r"Default Boot    : Primary")
        for line in ("nonsense", "show", "boot third", "reset now", "\x01\x02\xff\x1b[A" + "x" * 1000,
                     "boot " * 20):
            con.send(line + "\r")
            con.expect("Invalid input[^\r\n]*\r\n=> ")
        con.send("half a line\x15\x03")
        con.expect(r"\^C\r\n=> ")
        if not DEBUG:
            time.sleep(16)      # the boot bound of the chassis
        need(c.slot(s)["rom"] == "monitor" and c.slot(s)["starts"] == starts + 1, c.slot(s))
        with open(f"{c.dir}/mm{s}/flash/boot.env", "w", encoding="utf-8") as f:
            f.write("timeout=0\n")
        con.send("reset\r")
        con.expect("ROM information")
        con.expect("Booting Primary")
    c.wait_ready()
    need(c.slot(s)["starts"] == starts + 2, c.slot(s))
    env(c, "default=primary")


@suite.test("rom", "what was on the console is in serial.log, and two clients see the same")
def log(c):
    s = standby(c)
    with Console(c, s) as one, Console(c, s) as two:
        restart(c, s)
        for con in (one, two):
            con.expect("Booting Primary Software Image")
    with open(f"{c.dir}/mm{s}/serial.log", encoding="utf-8") as f:
        text = f.read()
    need(text.count("Booting Primary Software Image") > 1 and "\r" not in text, text[-500:])
    c.wait_ready()


@suite.test("images", "blank flash: the ROM stays in its monitor, and up says so")
def blank(c):
    slot = c.slot(1)
    need(slot["rom"] == "monitor" and slot["alive"], slot)
    with Console(c, 1) as con:
        con.expect("=> ")
        con.send("show flash\r")
        con.expect(r"Primary Image   : \(blank\)")
        con.send("boot secondary\r")
        con.expect("Secondary Software Image: the flash is blank")
        con.expect("=> ")


def make(c, *args):
    """an image of this build with another name"""
    p = subprocess.run([os.path.join(chassis.TOP, "tools", "build", "images"), *args, "--output",
                        os.path.join(c.dir, "other.itb")], capture_output=True, text=True, check=False)
    need(p.returncode == 0, p.stderr)
    return p.stdout.split("\n")[-2]


@suite.test("images", "S-013 S-042: a module boots what is in its flash, and the driver says that")
def version(c):
    path = make(c, "--version", "K.15.77", "--build", "4711")
    c.run("remove", 1)
    c.run("insert", 1, "--blank", "--blank-flash", "--image-secondary", path)
    c.wait_role(1, "active")
    need(image(c, 1) == "secondary", image(c, 1))
    row = views.redundancy(c, 1)["mm"][1]
    need(row["version"] == "K.15.77" and row["image"] == "Secondary", row)
    text = c.exec(1, "cat", "/etc/redund-release").stdout
    need("VERSION=K.15.77" in text and "BUILD=4711" in text, text)


@suite.test("images", "an image that was not changed is not unpacked again, another one is")
def unpacked(c):
    def ram(name):
        return os.stat(f"{c.dir}/mm1/ram/{name}").st_ctime_ns
    before = ram("linux")
    c.run("kill", 1)
    c.wait("the start", lambda: c.slot(1)["role"] in ("booting", "down"))
    c.wait_role(1, "active")
    need(ram("linux") == before, "unpacked again")
    build = os.environ.get("REDUND_BUILD", os.path.join(chassis.TOP, "build"))
    c.run("remove", 1)
    c.run("insert", 1, "--image-primary", f"{build}/images/current{'-debug' if DEBUG else ''}.itb")
    c.wait_role(1, "active")
    need(ram("linux") != before, "the new image was not unpacked")
    need(image(c, 1) == "primary", image(c, 1))


if __name__ == "__main__":
    ktap.start(suite)

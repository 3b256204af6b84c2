#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Flashes that are ext4 on block devices: what a power loss takes and what it
does not, what the boot ROM boots; and faults of the internal link."""
import time

import ktap
from chassis import Failed, need, other

suite = ktap.Suite()
suite.group("block", flash="block=64")
suite.group("nojournal", flash="block-nojournal=64", slots="1")

PORTS = {"stall": 7997, "garbage": 7998, "good": 7999}


def image(c, slot):
    return c.exec(slot, "cat", "/sys/class/redund/redund0/boot_image").stdout.strip()


def sh(c, slot, text, **kw):
    return c.exec(slot, "sh", "-c", text, **kw).stdout


def replace(name, data, sync):
    """shell: replace a file; synced or not the file, and its directory"""
    return (f"cd /flash && echo {data} >{name}.new" + (f" && sync {name}.new" if "file" in sync else "") +
            f" && mv {name}.new {name}" + (" && sync ." if "directory" in sync else ""))


def lose_power(c, slot):
    mark = c.mark()
    c.run("kill", slot)
    c.wait_event(mark, event="boot", slot=slot)


def standby(c):
    c.wait_ready()
    return other(c.owner)


@suite.test("block", "a power loss takes what was not flushed, and the device's pages are counted")
def power(c):
    s = standby(c)
    sh(c, s, "mount | grep -q '^/dev/vda on /flash type ext4 .*noauto_da_alloc'")
    sh(c, s, replace("kept", "old", "file directory"))
    sh(c, s, replace("half", "old", "file directory"))
    sh(c, s, replace("kept", "new", "file directory"))
    sh(c, s, "echo unsynced >/flash/lost")
    # on the device, and not flushed: the cache of the device has it
    sh(c, s, "dd if=/dev/urandom of=/flash/kept bs=4096 count=1 seek=1 oflag=direct conv=notrunc 2>/dev/null")
    before = c.slot(s)["flash_lost"]
    lose_power(c, s)
    need(c.slot(s)["flash_lost"] > before, "the device lost nothing")
    text = sh(c, s, "head -n 1 /flash/kept; cat /flash/half; ls /flash")
    need(text.startswith("new\nold\n") and "lost\n" not in text.replace("lost+found\n", ""), text)
    c.wait_ready()


@suite.test("block", "a reset takes nothing from the device")
def reset(c):
    s = standby(c)
    sh(c, s, replace("kept", "one", "file directory"))
    sh(c, s, "dd if=/dev/zero of=/flash/kept bs=4096 count=1 oflag=direct conv=notrunc 2>/dev/null")
    before, mark = c.slot(s)["flash_lost"], c.mark()
    c.run("press", s, "reset")
    c.wait_event(mark, event="boot", slot=s)
    need(c.slot(s)["flash_lost"] == before, "pages were lost")
    need(sh(c, s, "od -An -c -N 4 /flash/kept").split() == ["\\0"] * 4, "the write is gone")
    c.wait_ready()


@suite.test("block", "S-173: the boot ROM boots what is in the device: boot.next once, and no damaged image")
def rom(c):
    s = standby(c)
    sh(c, s, "cd /flash && echo secondary >boot.next && sync boot.next .")
    mark = c.mark()
    c.run("press", s, "reset")
    need(c.wait_event(mark, event="boot", slot=s)["image"] == "secondary", "boot.next was not used")
    c.wait_ready()
    need(image(c, s) == "secondary", image(c, s))
    need(sh(c, s, "ls /flash/boot.next 2>&1; cat /flash/rom.version").count("\n") == 2 and
         c.exec(s, "test", "-e", "/flash/boot.next", check=False).returncode == 1, "boot.next was not used up")
    # whoever keeps it equal to the active's would mend it at once
    sh(c, s, "kill -STOP $(pidof redsyncd)")
    sh(c, s, "echo damaged | dd of=/flash/secondary.itb bs=1 seek=100000 conv=notrunc,fsync 2>/dev/null")
    sh(c, s, "cd /flash && echo secondary >boot.next && sync boot.next .")
    mark = c.mark()
    c.run("press", s, "reset")
    need(c.wait_event(mark, event="boot", slot=s)["image"] == "primary", "a damaged image was booted")
    c.wait_ready()


@suite.test("block", "another module brings another flash, and the first one its own again")
def insert(c):
    s = standby(c)
    first = c.slot(s)["serial"]
    sh(c, s, replace("mine", first, "file directory"))
    c.run("remove", s)
    c.run("insert", s, "--blank", "--image-secondary", c.status()["image"])
    c.wait_ready()
    need(c.slot(s)["serial"] != first, first)
    need(c.exec(s, "test", "-e", "/flash/mine", check=False).returncode == 1, "the same flash")
    c.run("remove", s)
    c.run("insert", s, "--serial", first)
    c.wait_ready()
    need(sh(c, s, "cat /flash/mine").strip() == first, "not its own flash")


@suite.test("block", "a command for a module that stands in its ROM's monitor is refused at once")
def monitor(c):
    s = standby(c)
    c.run("remove", s)
    c.run("insert", s, "--blank-flash")
    c.wait("the monitor", lambda: c.slot(s)["rom"] == "monitor")
    began = time.monotonic()
    p = c.exec(s, "true", check=False)
    need(p.returncode == 125 and "monitor" in p.stderr, p.stderr)
    need(time.monotonic() - began < 30, "it waited")
    c.run("remove", s)
    c.run("insert", s)
    c.wait_ready()


def listen(c, slot, name):
    port = PORTS[name]
    # with an input that does not end: else it may close before the other one has spoken
    sh(c, slot, f"tail -f /dev/null 2>/dev/null </dev/null | busybox nc -l -p {port} >/run/{name} 2>/dev/null &")
    c.wait("it listens", lambda: f":{port:04X} 00000000:0000 0A" in sh(c, slot, "cat /proc/net/tcp"))


def talk(c, slot, name, data):
    sh(c, slot, f"printf %s {data} | busybox nc -w 20 169.254.15.{other(slot)} {PORTS[name]} >/dev/null 2>&1 &")


def heard(c, slot, name):
    return sh(c, slot, f"cat /run/{name}")


@suite.test("block", "a stalled link delivers nothing, and everything when it goes on")
def stall(c):
    c.wait_ready()
    a, s = c.owner, standby(c)
    listen(c, s, "stall")
    c.run("fault", a, "link-stall")
    need("link-stall" in c.slot(a)["faults"], c.slot(a))
    talk(c, a, "stall", "through")
    try:
        c.wait("something arrives", lambda: heard(c, s, "stall"), timeout=2)
        raise AssertionError("it arrived while the link was stalled")
    except Failed:
        pass
    c.run("fault", a, "link-stall", "off")
    c.wait("it arrives", lambda: heard(c, s, "stall") == "through")
    need(not c.slot(a)["faults"], c.slot(a))


@suite.test("block", "garbage on the link reaches the program that listens")
def garbage(c):
    c.wait_ready()
    a, s = c.owner, standby(c)
    listen(c, s, "garbage")
    c.run("fault", a, "link-garbage")
    data = "0123456789" * 20
    talk(c, a, "garbage", data)
    size = "stat -c %s /run/garbage"
    c.wait("it arrives", lambda: sh(c, s, size).strip() == str(len(data)))
    c.run("fault", a, "link-garbage", "off")
    need(sh(c, s, f"cmp /run/garbage - <<'E' >/dev/null 2>&1 && echo same; true\n{data}\nE") == "", "nothing was changed")
    listen(c, s, "good")
    talk(c, a, "good", data)
    c.wait("it arrives as it is", lambda: heard(c, s, "good") == data)


@suite.test("nojournal", "without a journal a rename is there only when its directory was synced")
def nojournal(c):
    c.wait_role(1, "active")
    sh(c, 1, replace("kept", "old", "file directory"))
    sh(c, 1, replace("half", "old", "file directory"))
    sh(c, 1, replace("kept", "new", "file directory"))
    sh(c, 1, replace("half", "new", "file"))
    lose_power(c, 1)
    need(sh(c, 1, "cat /flash/kept").strip() == "new", "what was synced is gone")
    need(c.exec(1, "cat", "/flash/half", check=False).stdout.strip() != "new", "what was not synced is there")
    c.wait_role(1, "active")


if __name__ == "__main__":
    ktap.start(suite)

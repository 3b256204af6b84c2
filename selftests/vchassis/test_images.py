#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Modules whose flash holds other releases: what show flash and show version
say, and that booting another image runs other software. An image that the
active gets goes to the standby too."""
import hashlib
import os
import subprocess

import chassis
import ktap
import views
from chassis import need, other

suite = ktap.Suite()
suite.group("releases")


def make(c, *args):
    """an image of this build that calls itself otherwise; each has a name of its own, since modules
    cache files of the host"""
    path = os.path.join(c.dir, f"release-{args[1]}.itb")
    p = subprocess.run([os.path.join(chassis.TOP, "tools", "build", "images"), *args, "--output", path],
                       capture_output=True, text=True, check=False)
    need(p.returncode == 0, p.stderr)
    return path


def write(c, which, path):
    """an image into the active's flash, and so into the standby's"""
    c.exec(c.owner, "sh", "-c", f"cp {path} /flash/{which}.new && sync && mv /flash/{which}.new /flash/{which}.itb")
    with open(path, "rb") as f:
        sha256 = hashlib.sha256(f.read()).hexdigest()
    c.wait("the image in both", lambda: flash(c, other(c.owner))[0][which]["sha256"] == sha256)


def flash(c, slot):
    """show flash: {"primary": {...}, "secondary": {...}} and the whole"""
    whole = c.redctl_json(slot, "show", "flash")
    return {i["image"]: i for i in whole["images"]}, whole


def booted(c, slot):
    """what runs in a slot, as its own show version says"""
    modules = c.redctl_json(slot, "show", "version")["management_modules"]
    return [m for m in modules if m["slot"] == slot][0]


@suite.test("releases", "S-013 S-181 S-183: each module shows what is in its own flash: the standby what the active got")
def own_flash(c):
    c.wait_ready()
    a, s = c.owner, other(c.owner)
    path = make(c, "--version", "K.15.02", "--build", "65", "--stamp", "/sw/code/build")
    before = flash(c, s)[0]
    need(before["primary"]["sha256"] == before["secondary"]["sha256"], before)
    write(c, "secondary", path)
    active, standby = flash(c, a)[0], flash(c, s)[0]
    need(active["primary"]["sha256"] == standby["primary"]["sha256"] == before["primary"]["sha256"], active)
    new = standby["secondary"]
    need(new == active["secondary"], active)
    with open(path, "rb") as f:
        data = f.read()
    need(new["state"] == "valid" and new["size"] == len(data) and
         new["sha256"] == hashlib.sha256(data).hexdigest(), new)
    need((new["version"], new["build"], new["train"], new["stamp_path"]) == ("K.15.02", 65, "K.15", "/sw/code/build"), new)


@suite.test("releases", "S-046 S-186 S-202: boot set-default changes the next boot, not the Boot Image that is shown")
def set_default(c):
    a, s = c.owner, other(c.owner)
    c.redctl(a, "boot", "set-default", "flash", "secondary", stdin="y\n")
    need(flash(c, a)[1]["default_boot"] == "secondary", "the default is not shown")
    c.wait("the default of both", lambda: flash(c, s)[1]["default_boot"] == "secondary")
    need(booted(c, s)["boot_image"] == "primary", booted(c, s))
    need([views.redundancy(c, a)["mm"][n]["image"] for n in (1, 2)] == ["Primary"] * 2, "show redundancy")


@suite.test("releases", "S-047 S-184 S-188 C-08: after boot standby the standby runs the other release, from secondary flash")
def other_release(c):
    a, s = c.owner, other(c.owner)
    was = booted(c, a)
    c.redctl(a, "boot", "standby")
    c.wait("the other release", lambda: c.slot(s)["role"] == "standby" and
           booted(c, s)["boot_image"] == "secondary")
    c.wait_ready()
    need(c.owner == a, "the grant moved")
    text = c.redctl(s, "show", "version").stdout
    lines = [line.strip() for line in text.splitlines()]
    need(lines[0] == "Image stamp:      /sw/code/build" and lines[2:] == ["K.15.02", "65", "Boot Image:      Secondary"], text)
    both = c.redctl_json(a, "show", "version")
    need(both["version_mismatch"], both)
    seen = {m["slot"]: m for m in both["management_modules"]}
    need(seen[s] == dict(booted(c, s), status=seen[s]["status"]), "seen from the active: %s" % seen[s])
    need({k: seen[a][k] for k in ("sw_version", "sw_build", "boot_image")} ==
         {k: was[k] for k in ("sw_version", "sw_build", "boot_image")}, seen[a])
    row = views.redundancy(c, a)["mm"]
    need((row[s]["version"], row[s]["image"], row[a]["image"]) == ("K.15.02", "Secondary", "Primary"), row)
    release = c.exec(s, "cat", "/etc/redund-release").stdout
    need("VERSION=K.15.02\n" in release and "BUILD=65\n" in release, release)


@suite.test("releases", "S-175 C-44: a release of another train is booted, and is Offline")
def train(c):
    a, s = c.owner, other(c.owner)
    write(c, "secondary", make(c, "--version", "K.16.01", "--build", "1"))
    c.redctl(a, "boot", "standby")
    c.wait_role(s, "offline")
    need(booted(c, s)["sw_version"] == "K.16.01", booted(c, s))
    c.wait("event 18", lambda: views.log_has(c, a, "00270", f"Mgmt Module {s} - Offline (incompatible SW versions)", "W"))


@suite.test("releases", "S-181: damage of an image in flash is shown, the other one is as it was")
def damaged(c):
    a = c.owner
    c.exec(a, "sh", "-c", "printf x | dd of=/flash/secondary.itb bs=1 seek=100000 conv=notrunc")
    images = flash(c, a)[0]
    need((images["primary"]["state"], images["secondary"]["state"]) == ("valid", "corrupt"), images)
    need("Secondary Image : corrupt: " in c.redctl(a, "show", "flash").stdout, "the text")
    p = c.redctl(a, "boot", "set-default", "flash", "secondary", stdin="n\n", check=False)
    need(p.returncode == 1 and "warning: the image in secondary flash is corrupt" in p.stderr, p.stderr)
    need(flash(c, a)[1]["default_boot"] == "secondary", "n changed something")


if __name__ == "__main__":
    ktap.start(suite)

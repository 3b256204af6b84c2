#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Images of the two modules: downloads, the upgrade of a running chassis and the
way back, modules that come with other software, damaged flash; and what happens
to a copy when its module goes."""
import os
import subprocess

import chassis
import ktap
import views
from chassis import need, other
from syncing import LOOK, being_copied, both, count, counts, equal, item, sh, slowly, state, wait_equal

suite = ktap.Suite()
suite.group("upgrade")
suite.group("swap")

WARNING = "Warning: Standby module is running a different software version"
VERSIONS = {"old": ("K.15.03", "10"), "new": ("K.15.04", "11"), "third": ("K.15.05", "12"), "train": ("K.16.01", "1")}


def image(c, name):
    """an image of this build that calls itself otherwise: its path in the modules, too"""
    path = os.path.join(c.dir, f"{name}.itb")
    if not os.path.exists(path):
        version, build = VERSIONS[name]
        p = subprocess.run([os.path.join(chassis.TOP, "tools", "build", "images"), "--version", version,
                            "--build", build, "--output", path], capture_output=True, text=True, check=False)
        need(p.returncode == 0, p.stderr)
    return path


def old(c):
    """a chassis that runs the old release from both flashes"""
    os.makedirs(c.dir, exist_ok=True)
    c.image = image(c, "old")
    c.up()


for name in ("upgrade", "swap"):
    suite.groups[name]["prepare"] = old


def flash(c, slot):
    """versions of (primary, secondary), as show flash says"""
    images = {i["image"]: i for i in c.redctl_json(slot, "show", "flash")["images"]}
    return tuple(images[n]["version"] if images[n]["state"] == "valid" else images[n]["state"]
                 for n in ("primary", "secondary"))


def runs(c, slot):
    """(version, image) that runs in a slot, as the active shows"""
    row = views.redundancy(c, c.owner)["mm"][slot]
    return row["version"], row["image"]


def both_have(c, primary, secondary):
    want = (VERSIONS[primary][0], VERSIONS[secondary][0])
    need(flash(c, 1) == flash(c, 2) == want, (flash(c, 1), flash(c, 2), want))
    equal(c, LOOK)


def download(c, name, which):
    both(c, "-y", "copy", image(c, name), "flash", which)


def warned(c):
    return WARNING in views.redundancy(c, c.owner)["text"]


# ---- downloads and upgrades ---------------------------------------------------------


@suite.test("upgrade", "S-159 S-162 S-163 S-176 S-219 S-221 S-297: table 15-1, new code to secondary flash: on both, event 22 once")
def to_secondary(c):
    c.wait_ready()
    both_have(c, "old", "old")
    before = counts(c, c.owner)
    download(c, "new", "secondary")
    both_have(c, "old", "new")
    need(len(views.log_has(c, c.owner, "00274", "Syncing secondary OS to standby", "I")) == 1 and
         counts(c, c.owner) == [before[0] + 1] + before[1:], counts(c, c.owner))


@suite.test("upgrade", "S-159 S-162 C-29: table 15-1, new code to primary flash: on both, event 22 of the primary")
def to_primary(c):
    download(c, "new", "primary")
    both_have(c, "new", "new")
    download(c, "old", "secondary")
    both_have(c, "new", "old")
    need(len(views.log_has(c, c.owner, "00274", "Syncing primary OS to standby", "I")) == 1, views.log(c, c.owner))
    need(runs(c, 1) == runs(c, 2) == ("K.15.03", "Primary"), "a download changed what runs")


@suite.test("upgrade", "S-223 S-224: erase flash erases it on both modules")
def erase(c):
    both(c, "-y", "erase", "flash", "secondary")
    need(flash(c, 1) == flash(c, 2) == ("K.15.04", "blank"), (flash(c, 1), flash(c, 2)))
    download(c, "old", "primary")
    download(c, "new", "secondary")
    both_have(c, "old", "new")


def upgrade(c, which, version):
    """p. 15-17, step by step: the standby boots it, then takes over, then the other one follows"""
    a, s = c.owner, other(c.owner)
    c.redctl(a, "boot", "set-default", "flash", which, stdin="y\n")
    wait_equal(c)
    text = f"Mgmt Module {s} - Running different version of SW"
    before, different, mark = counts(c, a), count(c, a, "00267", text), c.mark()
    c.redctl(a, "boot", "standby")
    c.wait_event(mark, event="boot", slot=s)
    c.wait_ready()
    need(count(c, a, "00267", text) == different + 1, "event 15")
    need(c.owner == a and not c.since(mark, event="grant") and not c.since(mark, event="module-reset"),
         "the switch was interrupted")
    need(runs(c, s) == (version, which.title()) and runs(c, a)[0] != version, (runs(c, 1), runs(c, 2)))
    need(warned(c) and views.redundancy(c, a)["mm"][s]["status"] == "Standby", "S-172: no warning")
    need(counts(c, a)[:2] == before[:2], "an image was sent, or the standby was booted back")
    c.redctl(a, "redundancy", "switchover", stdin="y\n")
    c.wait_role(s, "active")
    c.wait_ready()
    need(c.owner == s and runs(c, 1) == runs(c, 2) == (version, which.title()), (runs(c, 1), runs(c, 2)))
    need(not warned(c), "a warning while both run the same")
    equal(c, LOOK)


@suite.test("upgrade", "S-006 S-161 S-164 S-165 S-166 S-167 S-171 S-291: boot standby, then switchover: both run the new version")
def procedure(c):
    a, s = c.owner, other(c.owner)
    c.redctl(a, "hostname", "Kept")
    both(c, "write", "memory")
    upgrade(c, "secondary", "K.15.04")
    c.wait("its configuration", lambda: c.redctl_json(s, "show", "running-config")["config"]["hostname"] == "Kept")


@suite.test("upgrade", "S-166: and back to the old one the same way")
def back(c):
    upgrade(c, "primary", "K.15.03")


@suite.test("upgrade", "S-166: or by boot system, which boots both")
def system(c):
    c.redctl(c.owner, "boot", "set-default", "flash", "secondary", stdin="y\n")
    wait_equal(c)
    mark = c.mark()
    c.redctl(c.owner, "-y", "boot", "system")
    for slot in (1, 2):
        c.wait_event(mark, event="boot", slot=slot)
    c.wait_ready()
    need(runs(c, 1) == runs(c, 2) == ("K.15.04", "Secondary"), (runs(c, 1), runs(c, 2)))


@suite.test("upgrade", "S-232 C-33: update writes the active's flash alone, and the standby stays ready; sync image brings it over")
def update(c):
    a, s = c.owner, other(c.owner)
    c.redctl(a, "-y", "update", image(c, "third"), "primary")
    c.wait("held back", lambda: item(c, a, "primary")["state"] == "held")
    both(c, "write", "memory")      # its turn would have come by now
    need((flash(c, a), flash(c, s)) == (("K.15.05", "K.15.04"), ("K.15.03", "K.15.04")), (flash(c, a), flash(c, s)))
    c.wait_ready()
    c.redctl(a, "sync", "image")
    both_have(c, "third", "new")


# ---- modules that come, are damaged, go ---------------------------------------------


def swap(c, *options):
    """another module in the standby's slot. Return: the slot"""
    c.wait_ready()
    s = other(c.owner)
    c.run("remove", s)
    c.wait_role(s, "absent")
    c.run("insert", s, "--blank", *options)
    return s


@suite.test("swap", "S-150 S-152 S-155 S-156 S-157 S-158 S-176 S-297 S-298 C-36: other software: images, a reboot, files, standby; 22 to 25 once")
def hot_swap(c):
    c.wait_ready()
    a = c.owner
    c.redctl(a, "hostname", "Swap")
    both(c, "write", "memory")
    before, mark = counts(c, a), c.mark()
    s = swap(c, "--image-primary", image(c, "new"), "--image-secondary", image(c, "third"))
    c.wait_ready()
    need(c.owner == a and not c.since(mark, event="grant"), "the grant moved")
    need(len(c.since(mark, event="boot", slot=s)) == 2, c.since(mark, event="boot", slot=s))
    need(runs(c, s) == runs(c, a), (runs(c, s), runs(c, a)))
    need([n - m for n, m in zip(counts(c, a), before)] == [2, 1, 1, 1], (before, counts(c, a)))
    log = [(e[1], e[3]) for e in views.log(c, a)]
    order = [len(log) - 1 - log[::-1].index(e) for e in (
        ("00276", "Initial active to standby sync started"), ("00274", "Syncing primary OS to standby"),
        ("00275", "Standby boot image updated, rebooting standby"), ("00277", "Initial active to standby sync complete"),
        ("00261", f"Mgmt Module {s} in Standby Mode"))]
    need(order == sorted(order), log[-20:])
    both_have(c, "old", "old")
    need("Swap" in sh(c, s, "cat /flash/config/config1"), "no configuration")


@suite.test("swap", "S-155 S-156 S-175 S-294 C-44: a module of another train is Offline, gets the images, and comes back as the standby")
def other_train(c):
    a = c.owner
    before = counts(c, a)
    s = swap(c, "--image-primary", image(c, "train"), "--image-secondary", image(c, "train"))
    c.wait_ready()
    need(c.owner == a and runs(c, s) == runs(c, a), (runs(c, s), runs(c, a)))
    need(views.log_has(c, a, "00270", f"Mgmt Module {s} - Offline (incompatible SW versions)", "W"), "no event 18")
    need(counts(c, a)[1] == before[1] + 1, "event 23")
    both_have(c, "old", "old")


@suite.test("swap", "S-154 S-160: redundancy disabled: a module that is put in stays Offline with its own images")
def swap_disabled(c):
    a = c.owner
    c.redctl(a, "-y", "no", "redundancy", "management-module")
    c.run("remove", other(a))
    c.run("insert", other(a), "--blank", "--image-primary", image(c, "new"), "--image-secondary", image(c, "new"))
    s = other(a)
    c.wait_role(s, "offline")
    c.wait("redsyncd runs", lambda: not c.redctl(s, "show", "sync", check=False).returncode)
    c.wait("it is connected", lambda: state(c, s)["link"] == "up")
    need(flash(c, s) == ("K.15.04", "K.15.04"), flash(c, s))
    c.redctl(a, "-y", "redundancy", "management-module")
    c.wait_ready()
    both_have(c, "old", "old")


@suite.test("swap", "S-173 S-174: one image of the standby is damaged: it boots the other one and is repaired from the active")
def repaired(c):
    s = other(c.owner)
    c.run("fault", s, "flash-corrupt", "primary")
    c.run("kill", s)
    c.wait_ready()
    both_have(c, "old", "old")
    mark = c.mark()
    c.run("press", s, "reset")
    need(c.wait_event(mark, event="boot", slot=s)["image"] == "primary", "not from its primary flash")
    c.wait_ready()


@suite.test("swap", "S-173 S-174: the active's images are damaged: the other one is active; what is restored runs, and is overwritten")
def restored(c):
    a, s = c.owner, other(c.owner)
    for which in ("primary", "secondary"):
        c.run("fault", a, "flash-corrupt", which)
    c.run("kill", a)
    c.wait_role(s, "active")
    c.wait("the monitor", lambda: c.slot(a)["rom"] == "monitor")
    c.run("remove", a)
    c.run("insert", a, "--image-primary", image(c, "new"))
    c.wait_ready()
    need(c.owner == s and runs(c, 1)[0] == runs(c, 2)[0] == "K.15.03", (runs(c, 1), runs(c, 2)))
    both_have(c, "old", "old")


def digest(c, slot):
    return sh(c, slot, "sha256sum </flash/secondary.itb")


@suite.test("swap", "S-139 S-141 S-148: MM Shutdown: the copy is completed first, Dwn flashes, then the module goes; the standby has it all")
def shutdown(c):
    a, s = c.owner, other(c.owner)
    with slowly(c, s):
        being_copied(c, a)
        want = digest(c, a)
        c.run("press", a, "shutdown")
        c.wait("Dwn flashes", lambda: c.slot(a)["leds"]["dwn"] == "green-flash")
        need(c.owner == a and item(c, a, "secondary")["state"] == "copying", "it did not wait")
    c.wait_role(s, "active")
    need(digest(c, s) == want, "the standby has not all of it")
    c.wait("event 20", lambda: views.log_has(c, s, "00272", f"Mgmt Module {a} Offline (shutdown)", "I"))
    c.run("remove", a)
    c.run("insert", a)
    c.wait_ready()
    equal(c, LOOK)


def torn(c, go, come):
    """the active goes while it copies an image; the other one has the old image, whole, and all is equal later"""
    c.wait_ready()
    a, s = c.owner, other(c.owner)
    before = digest(c, s)
    with slowly(c, s):
        being_copied(c, a)
        mark = c.mark()
        go(a)
        c.wait_event(mark, event="grant", to=s)
        need(digest(c, s) == before, "not the old image")
    c.wait_role(s, "active")
    come(a)
    # what nobody had acknowledged is not lost: it is a conflict
    c.wait("a conflict", lambda: item(c, s, "secondary")["state"] == "conflict")
    c.redctl(s, "sync", "image", "--force")
    c.wait_ready()
    equal(c, LOOK)
    need(digest(c, a) == before, "the new active's files did not win")


@suite.test("swap", "S-137: MM Reset of the active aborts what it copies: the new active has the old image, whole")
def reset(c):
    torn(c, lambda a: c.run("press", a, "reset"), lambda a: None)


@suite.test("swap", "S-149: the active is pulled while it copies: all transfer is aborted, nothing is half replaced")
def pulled(c):
    torn(c, lambda a: c.run("remove", a), lambda a: c.run("insert", a))


@suite.test("swap", "S-149: the standby is pulled while it takes an image: the active goes on; put in again it has it all")
def standby_pulled(c):
    a, s = c.owner, other(c.owner)
    with slowly(c, s):
        being_copied(c, a)
        c.run("remove", s)
    c.wait("nothing is copied", lambda: state(c, a)["reason"] == "no-standby")
    need(c.owner == a, "the grant moved")
    c.run("insert", s)
    c.wait_ready()
    equal(c, LOOK)


if __name__ == "__main__":
    ktap.start(suite)

# SPDX-License-Identifier: GPL-2.0-or-later
"""show flash, show version, boot set-default flash."""
import contextlib
import hashlib
import os
import re
import tempfile

import figures
from chassis import run, state
from images import fill, image
from tap import has, same, test
from test_json import judge

STAMP = "/sw/code/build/btm(t2g) Mar 5 2007 13:20:59"
QUESTION = ("This command changes the location of the default boot. This command will "
            "change the default flash image to boot from %s. Hereafter, "
            "'reload' and 'boot' commands will boot from %s. Do you want to continue [y/n]?")


@contextlib.contextmanager
def flash(**files):
    """A flash directory; without arguments two images as in figure 15-15."""
    with tempfile.TemporaryDirectory() as tmp:
        fill(tmp, **(files or {"primary": image(), "secondary": image()}))
        yield tmp


def read(directory, name="boot.env"):
    """A file of the flash, None if there is none."""
    path = os.path.join(directory, name)
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as f:
        return f.read()


def shown(text):
    """Lines of show flash; sizes are those of other images than the figures'."""
    return [re.sub(r"(Image : )\d+", r"\1SIZE", line) for line in figures.lines(text)]


def check_flash(name, directory, screen=0):
    """The output has the figure's lines, and the sizes are the files'."""
    r = run({"no_driver": True}, "show", "flash", flash=directory)
    same((r.status, r.err), (0, ""))
    same(shown(r.out), shown(figures.screens(name, "show flash")[screen]))
    sizes = re.findall(r"Image\s*: +(\d+)", r.out)
    same(sizes, [str(os.path.getsize(os.path.join(directory, n + ".itb"))) for n in ("primary", "secondary")])


@test("S-013 S-181 S-182: figure 15-15, the version in each flash image")
def _():
    with flash() as d:
        check_flash("15-15", d)


@test("S-183: figure 15-20, this module's own flash, images of two builds")
def _():
    with flash(primary=image(build=1617, when="Mar 21 2007 15:03:31"), secondary=image(), rom="K.12.03") as d:
        check_flash("15-20", d)


@test("S-181 S-200 S-201 S-202: figure 15-24, Default Boot before and after boot set-default")
def _():
    with flash() as d:
        check_flash("15-24", d)
        r = run({"no_driver": True}, "boot", "set-default", "flash", "secondary", answer="y\n", flash=d)
        same((r.status, r.err), (0, ""))
        wanted = figures.screens("15-24", "boot set-default flash secondary")[0]
        same(figures.words(r.out), figures.words(re.sub(r"\? y", "?", wanted)))
        check_flash("15-24", d, 1)
        same(read(d).splitlines()[0], "default=secondary")


@test("S-201 S-202: figure 15-23, the question as it is wrapped there, and what follows")
def _():
    with flash(primary=image(build=64, when="Mar 15 2007 12:28:32"),
               secondary=image(build=64, when="Mar 15 2007 12:28:32"), rom="K.12.02") as d:
        r = run({}, "boot", "set-default", "flash", "secondary", answer="y\n", flash=d)
        wanted = figures.screens("15-23", "boot set-default flash secondary")[0]
        same(figures.lines(r.out), figures.lines(wanted.replace("? y", "?")))
        check_flash("15-23", d)


@test("S-201: the question names the flash chosen; n and the end of input change nothing")
def _():
    for word in ("primary", "secondary"):
        for answer in ("n\n", ""):
            with flash() as d:
                r = run({}, "boot", "set-default", "flash", word, answer=answer, flash=d)
                same((figures.words(r.out), r.status, read(d)), (QUESTION % (word, word), 1, None))
                has(r.err, "redctl: cancelled: ")


@test("S-200: set-default keeps what else is set for the boot; -y asks nothing")
def _():
    with flash(env="default=secondary\ntimeout=7\nfastboot=1\nlater=x\n", once="secondary") as d:
        r = run({}, "boot", "set-default", "flash", "primary", "-y", flash=d)
        same((r.status, r.out), (0, ""))
        same(sorted(read(d).splitlines()),
             ["default=primary", "fastboot=1", "later=x", "timeout=7"])
        same(read(d, "boot.next"), "secondary\n")


@test("boot set-default warns of a blank and of a corrupt image")
def _():
    with flash(primary=image(), secondary=b"\xff" * 4096) as d:
        r = run({}, "boot", "set-default", "flash", "secondary", "-y", flash=d)
        same(r.status, 0)
        has(r.err, "warning: the image in secondary flash is corrupt: ")
        os.remove(os.path.join(d, "secondary.itb"))
        r = run({}, "boot", "set-default", "flash", "secondary", "-y", flash=d)
        has(r.err, "warning: the secondary flash is blank\n")


@test("S-232 C-33: update writes this module's flash, primary unless said, and asks first")
def _():
    with flash() as d, tempfile.TemporaryDirectory() as tmp:
        new = os.path.join(tmp, "new.itb")
        with open(new, "wb") as f:
            f.write(image(build=99))
        before = {n: open(os.path.join(d, n), "rb").read() for n in os.listdir(d)}
        for answer in ("n\n", ""):
            r = run({"no_driver": True}, "update", new, answer=answer, flash=d)
            same(r.status, 1)
            has(r.out, "The primary flash of this management module will be overwritten")
            same({n: open(os.path.join(d, n), "rb").read() for n in os.listdir(d)}, before)
        for word, name in (((), "primary"), (("secondary",), "secondary")):
            r = run({"no_driver": True}, "update", new, *word, answer="y\n", flash=d)
            same((r.status, r.err), (0, ""))
            same(open(os.path.join(d, name + ".itb"), "rb").read(), image(build=99))
        r = run({"no_driver": True}, "update", new, "-y", "-j", flash=d)
        same((r.status, r.json["build"], r.json["flash"]), (0, 99, "primary"))


@test("update refuses what is no image, and a damaged one; the flash stays as it is")
def _():
    with flash() as d, tempfile.TemporaryDirectory() as tmp:
        before = open(os.path.join(d, "primary.itb"), "rb").read()
        good = image(build=99)
        for name, data, word in (("text", b"not an image\n", "bad-image"), ("empty", b"", "no-file"),
                                 ("cut", good[:-20], "bad-image"),
                                 ("bit", good[:-9] + bytes([good[-9] ^ 1]) + good[-8:], "bad-image")):
            path = os.path.join(tmp, name)
            with open(path, "wb") as f:
                f.write(data)
            r = run({}, "update", path, "-y", flash=d)
            same((r.status, r.out), (1, ""))
            has(r.err, f"redctl: {word}: ")
        r = run({}, "update", os.path.join(tmp, "absent"), "-y", flash=d)
        has(r.err, "redctl: no-file: ")
        same(open(os.path.join(d, "primary.itb"), "rb").read(), before)


@test("no flash, and one that cannot be written: exit status 1 with the reason")
def _():
    for words in (("show", "flash"), ("boot", "set-default", "flash", "primary", "-y")):
        r = run({}, *words, flash="/nonexistent")
        same((r.status, r.out), (1, ""))
        has(r.err, "redctl: no-flash: ")
    with flash() as d:
        os.mkdir(os.path.join(d, "boot.env.new"))
        r = run({}, "boot", "set-default", "flash", "primary", "-y", flash=d)
        same((r.status, read(d)), (1, None))
        has(r.err, "redctl: flash: ")


@test("boot set-default refuses every other word")
def _():
    for word in ("third", "Primary", "", "prim" * 1000):
        with flash() as d:
            r = run({}, "boot", "set-default", "flash", word, "-y", flash=d)
            same((r.status, r.out, read(d)), (2, "", None))


@test("show flash: a blank flash, no boot ROM, nothing chosen")
def _():
    with flash(rom=None) as d:
        same(figures.lines(run({}, "show", "flash", flash=d).out)[2:],
             ["Primary Image : blank", "Secondary Image : blank", "Boot Rom Version: unknown", "Default Boot : Primary"])


@test("show flash: a corrupt image is shown with what is wrong, the other one as it is")
def _():
    good = image()
    for bad, why in ((good[:-100], "it is no image tree"), (b"garbage", "it is no image tree"),
                     (good.replace(b"K.12.XX", b"K.12.XY"), "the digest of the whole image is wrong"),
                     (good.replace(b"K.12.XX", b"K.13.XX"), "redund,train"),
                     (good.replace(b"K.12.XX", b"K.12.\033\033"), "redund,version")):
        with flash(primary=bad, secondary=good) as d:
            r = run({}, "show", "flash", flash=d)
            lines = figures.lines(r.out)
            same((r.status, r.err), (0, ""))
            has(lines[2], "Primary Image : corrupt: " + why)
            has(lines[3], "K.12.XX 351")


@test("show flash: damaged boot settings are told, the defaults apply")
def _():
    with flash(primary=image(), env="default=third\n") as d:
        r = run({}, "show", "flash", flash=d)
        has(r.out, "Default Boot    : Primary")
        has(r.err, "boot settings are damaged")


@test("show flash: an image chosen for one boot")
def _():
    with flash(env="default=primary\n", once="secondary") as d:
        has(run({}, "show", "flash", flash=d).out, "Default Boot    : Primary\nNext Boot       : Secondary (once)\n")


@test("show flash -j, boot set-default -j: the schema, every value")
def _():
    data = image()
    with flash(primary=data, secondary=b"x", env="default=secondary\n", once="primary") as d:
        doc = run({}, "show", "flash", "-j", flash=d).json
        judge("show-flash", doc)
        same(doc["images"][0], {
            "image": "primary", "state": "valid", "size": len(data), "time_s": 1173100859, "version": "K.12.XX",
            "build": 351, "train": "K.12", "stamp_path": "/sw/code/build/btm(t2g)",
            "stamp_time": "Mar 5 2007 13:20:59", "sha256": hashlib.sha256(data).hexdigest()})
        same((doc["images"][1]["state"], doc["boot_rom_version"]), ("corrupt", "K.12.01"))
        same((doc["default_boot"], doc["next_boot"]), ("secondary", "primary"))
        doc = run({}, "boot", "set-default", "flash", "primary", "-y", "-j", flash=d).json
        judge("boot-set-default", doc)
        same(doc, {"ok": True, "default_boot": "primary"})
    with flash(rom=None) as d:
        judge("show-flash", run({}, "show", "flash", "-j", flash=d).json)


def two(one="standby", other="active", **chassis):
    """Two modules with the figures' software; slot 2 is the one that answers."""
    return state(chassis=dict({"own_slot": 2, "owner": 2, "own_role": "active"}, **chassis),
                 mm1={"role": one, "sw_stamp": STAMP}, mm2={"role": other, "sw_stamp": STAMP})


@test("S-184 S-185: figure 15-16, show version on the active, both modules")
def _():
    r = run(two(), "show", "version")
    same((r.status, r.err), (0, ""))
    same(figures.lines(r.out), figures.lines(figures.screens("15-16", "show version")[0]))


@test("S-187: figure 15-17, redundancy disabled")
def _():
    r = run(two(one="offline", redundancy=False), "show", "version")
    same(figures.lines(r.out), figures.lines(figures.screens("15-17", "show version")[0]))


@test("S-188: figure 15-21, the standby shows only what it runs itself")
def _():
    st = two(own_slot=1, own_role="standby")
    st["mm"][0].update(sw_build=1617, sw_stamp="/sw/code/build/btm(t2g) Mar 21 2007 15:03:31")
    r = run(st, "show", "version")
    wanted = figures.screens("15-21", "show version")[0].replace("primary flash.", "")
    same(figures.lines(r.out), figures.lines(wanted))


@test("S-046 S-047 S-186: Boot Image is what was booted from, whatever boots next; each module has its own")
def _():
    st = two()
    st["mm"][0]["boot_image"] = "secondary"
    with flash() as d:
        before = run(st, "show", "version", flash=d).out, run(st, "show", "redundancy", flash=d).out
        same(re.findall(r"Boot Image: +(\w+)", before[0]), ["Secondary", "Primary"])
        same(re.findall(r"K\.12\.XX +(\w+)$", before[1], re.M), ["Secondary", "Primary"])
        run(st, "boot", "set-default", "flash", "secondary", "-y", flash=d)
        has(run(st, "show", "flash", flash=d).out, "Default Boot    : Secondary")
        same((run(st, "show", "version", flash=d).out, run(st, "show", "redundancy", flash=d).out), before)


@test("C-08: show version and show redundancy report the same boot image and build")
def _():
    st = two()
    st["mm"][1].update(sw_build=789, boot_image="secondary")
    version = run(st, "show", "version", "-j").json
    redundancy = run(st, "show", "redundancy", "-j").json
    judge("show-version", version)
    same(version["version_mismatch"], True)
    for key in ("slot", "role", "sw_version", "sw_build", "sw_stamp", "boot_image"):
        same([m[key] for m in version["management_modules"]], [m[key] for m in redundancy["management_modules"]])


@test("show version: an empty slot has no block, a module that was not heard no software")
def _():
    st = two(one="absent")
    st["mm"][0]["present"] = False
    same(run(st, "show", "version").out.count("Management Module"), 1)
    st = two(one="down")
    st["mm"][0].update(sw_version="", sw_stamp="", boot_image="unknown")
    has(run(st, "show", "version").out, "Management Module 1: Down\nImage stamp:      (not known)\n\n")
    for one in (two(one="absent"), st):
        judge("show-version", run(one, "show", "version", "-j").json)


@test("show version: a driver loaded without an image; stamps with and without a path, in text and JSON")
def _():
    for stamp, first, second in (("", "(none)", None), ("Mar 5 2007 13:20:59", "Mar 5 2007 13:20:59", None),
                                 ("/a Mar 5 2007 13:20:59", "/a", "Mar 5 2007 13:20:59"),
                                 ("/a b Mar 5 2007 13:20:59", "/a b", "Mar 5 2007 13:20:59")):
        st = two(own_slot=1, own_role="offline")
        st["mm"][0].update(sw_stamp=stamp, boot_image="unknown")
        lines = figures.lines(run(st, "show", "version").out)
        same(lines, ["Image stamp: " + first] + ([second] if second else []) +
             ["K.12.XX", "351", "Boot Image: (unknown)"])
        module = run(st, "show", "version", "-j").json["management_modules"][0]
        same((module["stamp_path"] + " " + module["stamp_time"]).strip(), stamp)


@test("show version: text from outside cannot steer the terminal")
def _():
    st = two()
    st["mm"][0].update(sw_stamp="\033[2J Mar 5 2007 13:20:59", sw_version="K\007")
    r = run(st, "show", "version")
    same([c for c in r.out if ord(c) < 32 and c != "\n"], [])

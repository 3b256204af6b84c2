#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The internal link with hostile programs at its ends, and real redsyncd; what
reaches the flashes from a TFTP server, from the standby's crash files, by a
policy that is read again, and from promotion hooks that ask the daemon."""
import hashlib
import json
import os
import struct

import ktap
import views
from chassis import TOP, need, other
from syncing import LOOK, both, client, console, count, equal, item, nl, not_ready, padded, refusals, sh, state, talk, \
    wait_equal

suite = ktap.Suite()
suite.group("wire")

HERE = os.path.join(TOP, "selftests", "vchassis")
POLICY, HOOK = "/etc/redund/sync.policy", "/etc/redund/promote.d/ask"


def identity(c, slot):
    """(name, key) that a module shows to the other one"""
    return f"redund-{c.slot(slot)['serial']}-slot{slot}", nl(c, slot, "pairing-get")["pairing-key"]


# ---- messages: Documentation/redund/synchronization.rst ---------------------------------


def word(text):
    return bytes([len(text)]) + text.encode()


def value(answer, *names):
    """of an attribute, whatever it is nested in"""
    for name, v in answer.items():
        if name in names:
            return v
        if isinstance(v, dict) and (found := value(v, *names)) is not None:
            return found
    return None


def messages(c, slot):
    """builds messages that the other module believes are this one's, in this epoch"""
    incarnation = value(nl(c, slot, "mm-get", f"slot={slot}"), "incarnation")
    epoch = value(nl(c, slot, "chassis-get"), "grant-epoch", "epoch")

    def message(kind, body):
        return struct.pack("<HBBIB3xII", 0x5352, 1, kind, len(body), slot, incarnation, epoch) + body
    return message


def manifest(name, generation, files):
    """of {path: data}"""
    lines = "".join(f"file 644 {len(data)} {hashlib.sha256(data).hexdigest()} {path}\n" for path, data in files.items())
    return (f"redund-manifest 1\nitem {name} {generation} - -\n{lines}"
            f"end {hashlib.sha256(lines.encode()).hexdigest()}\n").encode()


def offer(c, slot, name, files):
    """hello, and an item with all its data behind it"""
    message = messages(c, slot)
    generation = item(c, slot, name)["generation"]
    text = manifest(name, generation, files)
    out = message(1, b"\1\1" + bytes(4) + word(c.slot(slot)["serial"]) + word("") + word(""))
    out += message(3, word(name) + b"\2" + struct.pack("<I", len(text)) + text)
    for number, data in enumerate(files.values()):
        out += message(5, word(name) + struct.pack("<QHQI", generation, number, 0, len(data)) + data)
    return out


def hostile(c, files):
    """an active that offers this; the real one comes back when it is gone"""
    a = c.owner
    need(client(c, a, *identity(c, a), offer(c, a, "security", files)), "the right key is refused")


# ---- hostile peers ----------------------------------------------------------------------


@suite.test("wire", "S-021: an active that names paths outside the policy is refused, each is logged, and nothing is written")
def outside(c):
    c.wait_ready()
    a, s = c.owner, other(c.owner)
    before = sh(c, s, LOOK)
    for path in ("security/../evil", "/run/evil", "config/evil", "security/.evil", "security/below/evil"):
        had = len(refusals(c, s)) + console(c, s).count("manifest refused")
        c.wait(f"{path} is refused", lambda p=path, n=had: hostile(c, {p: b"evil\n"}) or
               len(refusals(c, s)) + console(c, s).count("manifest refused") > n)
    need(any("is no file of security" in r for r in refusals(c, s)), refusals(c, s))
    need(sh(c, s, "find /flash /run -name '*evil*'") == "", "something was written")
    c.wait_ready()
    need(sh(c, s, LOOK) == before == sh(c, a, LOOK), "something was changed")


@suite.test("wire", "S-021: a link and a device in the standby's flash: nothing goes through them, the item is named, and back by itself")
def links(c):
    a, s = c.owner, other(c.owner)
    sh(c, s, "echo kept >/run/target")
    for make in ("ln -s /run/target", "mknod -m 600"):
        sh(c, s, f"mkdir -p /flash/security && {make} /flash/security/way" + (" c 1 3" if "mknod" in make else ""))
        c.wait("it is named", lambda: "security" in not_ready(c)[1] or "way" in state(c, s)["text"])
        hostile(c, {"security/way": b"evil\n"})
        need(sh(c, s, "cat /run/target") == "kept\n", "written through a link")
        sh(c, s, "test ! -f /flash/security/way || test -L /flash/security/way")
        sh(c, s, "rm /flash/security/way")
        c.wait_ready()
    need(not sh(c, a, "ls /flash/security/way", check=False), "it came to the active")
    equal(c, LOOK)


@suite.test("wire", "S-021: a session that was recorded and is sent again: refused and logged, no message of it is taken")
def replay(c):
    a, s = c.owner, other(c.owner)
    name, key = identity(c, s)
    said, had, text = console(c, a), len(refusals(c, a)), "malformed message"
    # the recorded client says what leaves its trace each time it is taken
    def record():
        p = c.exec(s, "python3", os.path.join(HERE, "replay.py"), f"169.254.15.{s}", f"169.254.15.{a}", name, key,
                   stdin=(b"no message at all" * 100).hex())
        return json.loads(p.stdout)
    took = c.wait("a recorded session that was heard", lambda: (lambda j: console(c, a).count(text) >
                                                               said.count(text) and j)(record()))
    need(took["recorded"] > 1700 and took["answer"] < 4096, took)
    once = console(c, a).count(text)
    j = record()
    need(console(c, a).count(text) <= once + 1, "the second time it was taken twice: once as it was recorded, once again")
    c.wait("a refusal", lambda: len(refusals(c, a)) > had)
    need(j["recorded"], j)
    c.wait_ready()
    equal(c, LOOK)


@suite.test("wire", "refusals of one cause are logged five times a minute, and hide none of another cause")
def causes(c):
    a, s = c.owner, other(c.owner)
    for _ in range(7):
        talk(c, s, a, b"GET / HTTP/1.0\r\n\r\n")
    def others():
        return [r for r in refusals(c, a) if "is not the other module" in r]
    had = len(others())
    need(not client(c, s, f"redund-STRANGER-slot{s}", identity(c, s)[1]), "a wrong name is let in")
    c.wait("a refusal of another cause", lambda: len(others()) > had)
    c.wait_ready()


# ---- what comes, and from where -----------------------------------------------------------


@suite.test("wire", "S-159 S-162 S-219 S-221: copy tftp flash: from a server, verified, on both modules")
def tftp(c):
    a, s = c.owner, other(c.owner)
    path = os.path.join(c.dir, "served.itb")
    with open(path, "wb") as f:
        f.write(padded(c.status()["image"], os.urandom(5000)))
    sh(c, s, f"setsid python3 {HERE}/tftpd.py 169.254.15.{s} {c.dir} >/run/tftpd 2>&1 </dev/null &")
    c.wait("the server", lambda: "ready" in sh(c, s, "cat /run/tftpd"))
    both(c, "-y", "copy", "tftp", "flash", f"169.254.15.{s}", "served.itb", "secondary")
    equal(c, LOOK)
    with open(path, "rb") as f:
        want = hashlib.sha256(f.read()).hexdigest()
    need(sh(c, s, "sha256sum </flash/secondary.itb").split()[0] == want, "another image")
    need(views.log_has(c, a, "00274", "Syncing secondary OS to standby", "I"), "event 22")
    p = c.redctl(a, "-y", "copy", "tftp", "flash", f"169.254.15.{s}", "no-such", "secondary", check=False)
    need(p.returncode == 1 and sh(c, a, "sha256sum </flash/secondary.itb").split()[0] == want, p)


@suite.test("wire", "S-229 S-265: crash files of the standby come to the active, beside its own, and go when they go")
def crash(c):
    a, s = c.owner, other(c.owner)
    sh(c, s, "mkdir -p /flash/crash && echo panic >/flash/crash/dump.new && mv /flash/crash/dump.new /flash/crash/dump")
    sh(c, a, "mkdir -p /flash/crash && echo own >/flash/crash/dump.new && mv /flash/crash/dump.new /flash/crash/dump")
    c.wait("they came", lambda: sh(c, a, f"cat /flash/crash/mm{s}/dump", check=False) == "panic\n")
    need(sh(c, a, "cat /flash/crash/dump") == "own\n" and sh(c, s, "cat /flash/crash/dump") == "panic\n", "mixed up")
    need(item(c, a, "crash")["class"] == "crash" and item(c, a, "crash")["direction"] == "to-active", state(c, a))
    sh(c, s, "rm /flash/crash/dump")
    c.wait("they went", lambda: not sh(c, a, f"cat /flash/crash/mm{s}/dump", check=False))


@suite.test("wire", "S-200 S-202 C-34: boot set-default returns when the standby has it, and -j says which modules have it")
def default(c):
    a, s = c.owner, other(c.owner)
    for which in ("secondary", "primary"):
        j = c.redctl_json(a, "-y", "boot", "set-default", "flash", which)
        need(j["affected"] == [1, 2] and f"default={which}\n" in sh(c, s, "cat /flash/boot.env"), j)


@suite.test("wire", "S-173 N-004: an image that is damaged on the active: not sent, readiness is gone, and back when it is whole")
def damaged(c):
    a, s = c.owner, other(c.owner)
    whole = sh(c, s, "sha256sum </flash/secondary.itb")
    sh(c, a, "cp /flash/secondary.itb /run/whole && echo damaged | dd of=/flash/secondary.itb bs=1 seek=100000 conv=notrunc 2>/dev/null")
    c.wait("not ready", lambda: not_ready(c) == ({"sync-failed"}, "secondary: damaged image, not sent"))
    need(not c.ready() and "sync-failed" in c.why, c.why)
    need(sh(c, s, "sha256sum </flash/secondary.itb") == whole, "it was sent")
    need(count(c, a, None, "secondary: damaged image, not sent"), views.log(c, a))
    sh(c, a, "cp /run/whole /flash/part && mv /flash/part /flash/secondary.itb")
    c.wait_ready()
    equal(c, LOOK)


@suite.test("wire", "A-051: SIGHUP has the policy read again: a new item is kept equal; one that is wrong changes nothing")
def policy(c):
    with open(os.path.join(TOP, "tools", "redsyncd", "sync.policy"), encoding="utf-8") as f:
        text = f.read() + "item notes class configuration path notes/ direction to-standby when at-once\n"
    pids = {slot: sh(c, slot, "pidof redsyncd") for slot in (1, 2)}
    for slot in (1, 2):
        sh(c, slot, f"mkdir -p /etc/redund && cat >{POLICY} && kill -HUP $(pidof redsyncd)", stdin=text)
    for slot in (1, 2):
        c.wait("the item", lambda n=slot: "notes" in [i["name"] for i in state(c, n)["items"]])
    sh(c, c.owner, "mkdir -p /flash/notes && echo written >/flash/notes/one")
    c.wait("it is there", lambda: sh(c, other(c.owner), "cat /flash/notes/one", check=False) == "written\n")
    c.wait_ready()
    for slot in (1, 2):
        sh(c, slot, f"echo item nonsense >{POLICY} && kill -HUP $(pidof redsyncd)")
        c.wait("it is refused", lambda n=slot: "the policy stays as it was" in console(c, n))
        need("notes" in [i["name"] for i in state(c, slot)["items"]], state(c, slot))
        sh(c, slot, f"rm {POLICY} && kill -HUP $(pidof redsyncd)")
    c.wait_ready()
    need({slot: sh(c, slot, "pidof redsyncd") for slot in (1, 2)} == pids, "it was started anew")
    wait_equal(c)


@suite.test("wire", "S-022: redsyncd answers and its link lives while promotion hooks run: a hook asks it")
def hooks(c):
    s = other(c.owner)
    sh(c, s, f"mkdir -p {os.path.dirname(HOOK)} && printf '%s\\n' '#!/bin/sh' 'redctl -j show sync >/run/asked 2>&1; "
       f"echo $? >/run/status' >{HOOK} && chmod 755 {HOOK}")
    c.redctl(c.owner, "-y", "redundancy", "switchover", "--discard")
    c.wait_role(s, "active")
    need(sh(c, s, "cat /run/status") == "0\n" and json.loads(sh(c, s, "cat /run/asked"))["items"], sh(c, s, "cat /run/asked"))
    c.wait_ready()


if __name__ == "__main__":
    ktap.start(suite)

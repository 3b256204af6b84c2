#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The standby is always equal: what is copied when, what every command says of
it, and what is said and done when it cannot be."""
import json
import subprocess

import ktap
import views
from chassis import need, other
from syncing import (LOOK, alone, being_copied, both, client, console, count, counts, equal, item, nl, not_ready, refusals, sh,
                     slowly, state, talk, wait_equal)

suite = ktap.Suite()
suite.group("equal", flash="block=64")
suite.group("link")

INITIAL = [("00276", "Initial active to standby sync started"), ("00277", "Initial active to standby sync complete")]


# ---- what is kept equal ---------------------------------------------------------------


@suite.test("equal", "S-019 S-021 S-177 S-299 S-300 A-021: events 24 and 25 once, then it is in standby mode; all is equal")
def initial(c):
    c.wait_ready()
    a, s = c.owner, other(c.owner)
    log = [(e[1], e[3]) for e in views.log(c, a)]
    order = [log.index(e) for e in INITIAL + [("00261", f"Mgmt Module {s} in Standby Mode")]]
    need(order == sorted(order) and counts(c, a) == [0, 0, 1, 1], log)
    equal(c, LOOK)
    for slot in (a, s):
        st = state(c, slot)
        need(st["state"] == "synchronized" and st["link"] == "up" and (st["slot"], st["peer"]) == (slot, other(slot)), st)
        for i in st["items"]:
            need(i["state"] == "equal" and i["digest"] == i["peer_digest"] and
                 i["generation"] == i["peer_generation"], i)


@suite.test("equal", "S-021 S-161 S-205 S-233 C-39: write memory returns when the standby has it; what is not written is not copied")
def write(c):
    a, s = c.owner, other(c.owner)
    c.redctl(a, "hostname", "First")
    c.redctl(a, "banner", "motd", "What is written")
    need("config1" in both(c, "write", "memory"), "it does not say where")
    need('hostname "First"\n' in sh(c, s, "cat /flash/config/config1"), "not on the standby")
    j = c.redctl_json(a, "write", "memory")
    need(j["ok"] and j["affected"] == [1, 2] and j["name"] == "config1", j)
    c.redctl(a, "hostname", "Unwritten")
    both(c, "copy", "config", "config1", "config", "config2")   # passes by what only runs
    need("Unwritten" not in sh(c, s, "cat /flash/config/*"), "the running configuration was copied")
    both(c, "write", "memory")


@suite.test("equal", "S-206 S-219 S-221 S-224 S-226 S-231: copy, startup-default, fastboot, erase config: on both, and what is erased is gone on both")
def configs(c):
    s = other(c.owner)
    both(c, "startup-default", "secondary", "config", "config2")
    need("config2" in sh(c, s, "cat /flash/config/assign"), "not assigned on the standby")
    both(c, "fastboot")
    need("fastboot=1\n" in sh(c, s, "cat /flash/boot.env"), "not in the standby's boot environment")
    both(c, "no", "fastboot")
    both(c, "startup-default", "secondary", "config", "config1")
    sh(c, c.owner, 'cp /flash/config/config1 /run/file && echo "logging 127.0.0.1" >>/run/file')
    both(c, "copy", "/run/file", "config", "config3")
    need("logging" in sh(c, s, "cat /flash/config/config3"), "not the file")
    both(c, "-y", "erase", "config", "config3")
    both(c, "-y", "erase", "config", "config2")
    need(sh(c, s, "ls /flash/config").split() == ["assign", "config1"], "not erased on the standby")


@suite.test("equal", "S-217 S-222 S-230 C-32: keys, certificates and passwords go to the standby; clear crypto deletes public keys on both")
def security(c):
    a, s = c.owner, other(c.owner)
    both(c, "crypto", "key", "generate", "ssh")
    both(c, "crypto", "key", "generate", "https")
    both(c, "password", "manager", stdin="secret\nsecret\n")
    need(c.redctl(a, "show", "crypto").stdout == c.redctl(s, "show", "crypto").stdout, "other fingerprints")
    need("$y$" in sh(c, s, "grep ^manager: /flash/security/passwords"), "no password on the standby")
    need(sh(c, s, "stat -c %a /flash/security").strip() == "700", "the directory is not root's alone")
    both(c, "clear", "crypto")
    need(".pub" not in sh(c, s, "ls /flash/security"), "public keys are left")
    both(c, "-y", "no", "password", "all")
    p = c.redctl(s, "password", "manager", stdin="x\nx\n", check=False)
    need(p.returncode == 1 and "not-active" in p.stderr, p)


@suite.test("equal", "S-021: files that other programs write, replace and remove are noticed, and follow by themselves")
def noticed(c):
    a, s = c.owner, other(c.owner)
    sh(c, a, "cd /flash/security && umask 77 && echo one >one && echo two >two")
    wait_equal(c)
    need(sh(c, s, "cat /flash/security/one /flash/security/two") == "one\ntwo\n", "other content")
    sh(c, a, "cd /flash/security && rm one && echo three >>two && chmod 640 two")
    wait_equal(c)
    need(sh(c, s, "cd /flash/security; ls one; cat two", check=False) == "two\nthree\n", "not what it is now")
    sh(c, s, "rm /flash/security/two")          # and what is changed on the standby is put right
    c.redctl(a, "sync", "config")
    wait_equal(c)


@suite.test("equal", "S-265 A-058: the standby's event log is on the active, beside its own")
def logs(c):
    a, s = c.owner, other(c.owner)
    text = f"Mgmt Module {s} in Standby Mode"
    c.wait("the standby's log", lambda: text in sh(c, a, f"cat /flash/log/mm{s}/*.jsonl", check=False))


@suite.test("equal", "S-233: the standby's disk is full: write memory says so, readiness is gone with the item's name, and comes back")
def standby_full(c):
    a, s = c.owner, other(c.owner)
    sh(c, s, "dd if=/dev/zero of=/flash/filler bs=4k 2>/dev/null; sync", check=False)
    before = sh(c, s, "cat /flash/config/config1")
    c.redctl(a, "hostname", "Full")
    p = c.redctl(a, "-j", "write", "memory", check=False)
    j = json.loads(p.stdout)
    need(p.returncode == 4 and (j["ok"], j["reason"], j["affected"]) == (False, "disk-full", [a]), (p.returncode, j))
    c.wait("not ready", lambda: not_ready(c) == ({"sync-failed"}, "config: disk full"))
    need(not c.ready() and "sync-failed" in c.why, c.why)
    for slot in (a, s):
        need(state(c, slot)["state"] == "failed" and state(c, slot)["text"] == "config: disk full", state(c, slot))
    need(sh(c, s, "cat /flash/config/config1") == before, "the old one is not whole")
    sh(c, s, "rm /flash/filler")
    c.wait_ready()
    equal(c)
    need(not_ready(c) == (set(), ""), not_ready(c))
    texts = [e[3] for e in views.log(c, s)]
    need(texts.count("sync-failed: config: disk full") == 1, texts)


@suite.test("equal", "S-233: the active's disk is full: write memory is refused, both have what they had")
def active_full(c):
    a = c.owner
    before = equal(c)
    c.redctl(a, "hostname", "Fuller")
    sh(c, a, "dd if=/dev/zero of=/flash/filler bs=4k 2>/dev/null; sync", check=False)
    p = c.redctl(a, "write", "memory", check=False)
    need(p.returncode == 1 and "No space left" in p.stderr, p)
    need(equal(c) == before, "something was replaced")
    sh(c, a, "rm /flash/filler")
    both(c, "write", "memory")
    c.wait_ready()


@suite.test("equal", "A-053: redsyncd killed on either side: what is written meanwhile gets there, readiness is back by itself")
def killed(c):
    for slot in (c.owner, other(c.owner)):
        pid = sh(c, slot, "pidof redsyncd").strip()
        sh(c, slot, f"kill -9 {pid}; echo {slot} >>/flash/security/killed" if slot == c.owner else f"kill -9 {pid}")
        c.redctl(c.owner, "hostname", f"Killed{slot}")
        c.redctl(c.owner, "write", "memory", check=False)
        c.wait("another one runs", lambda s=slot, p=pid: sh(c, s, "pidof redsyncd", check=False).strip() not in ("", p))
        wait_equal(c)
        c.wait_ready()
        need(f'"Killed{slot}"' in sh(c, other(c.owner), "cat /flash/config/config1"), "not on the standby")


@suite.test("equal", "S-099 S-160 S-225 C-34: redundancy is disabled: nothing is sent, every command says that it affected one module")
def disabled(c):
    a, s = c.owner, other(c.owner)
    c.redctl(a, "-y", "no", "redundancy", "management-module")
    c.wait_role(s, "offline")
    before = sh(c, s, LOOK)
    c.redctl(a, "hostname", "Disabled")
    alone(c, "disabled", "write", "memory")
    alone(c, "disabled", "copy", "config", "config1", "config", "config2")
    alone(c, "disabled", "crypto", "key", "generate", "ssh")
    alone(c, "disabled", "-y", "erase", "startup-config")
    alone(c, "disabled", "-y", "erase", "flash", "secondary")
    need(state(c, a)["state"] == "disabled", state(c, a))
    # not later, either: the other one, killed and started again, had every reason to ask
    pid = sh(c, s, "pidof redsyncd").strip()
    sh(c, s, f"kill -9 {pid}")
    c.wait("another one runs", lambda: sh(c, s, "pidof redsyncd", check=False).strip() not in ("", pid))
    c.wait("it is connected", lambda: state(c, s)["link"] == "up")
    need(sh(c, s, LOOK) == before, "the offline module's files changed")


@suite.test("equal", "S-059 S-065 S-177: enabling redundancy overwrites files and images of the other module, newer ones too; events 24, 25")
def enable(c):
    a, s = c.owner, other(c.owner)
    sh(c, s, "echo hostname Own >/flash/config/config3; echo own >/flash/security/own")
    both_before = counts(c, a)
    both_ = [n + 1 for n in both_before[2:]]
    c.redctl(a, "write", "memory")
    c.redctl(a, "-y", "redundancy", "management-module")
    c.wait_ready()
    need(counts(c, a)[2:] == both_, (both_before, counts(c, a)))
    text = equal(c, LOOK)
    need("own" not in text and "config3" not in text and "secondary.itb" not in text, text)


# ---- who may not ----------------------------------------------------------------------


def head(slot, kind, size):
    """of a message, of no incarnation and epoch; Documentation/redund/synchronization.rst"""
    return b"RS" + bytes([1, kind]) + size.to_bytes(4, "little") + bytes([slot]) + bytes(11)


@suite.test("equal", "a peer with a wrong key or name, or that speaks no TLS: refused, logged, nothing written, the sync goes on")
def strangers(c):
    a, s = c.owner, other(c.owner)
    serial = nl(c, a, "chassis-get").get("chassis-serial", "")
    key = nl(c, s, "pairing-get")["pairing-key"]
    before, had = sh(c, a, LOOK), len(refusals(c, a))
    name = f"redund-{c.slot(s)['serial']}-slot{s}"
    need(not client(c, s, name, "00" * 32), "a wrong key is let in")
    need(not client(c, s, f"redund-STRANGER-slot{s}", key), "a wrong name is let in")
    talk(c, s, a, b"GET / HTTP/1.0\r\n\r\n")
    talk(c, s, a, bytes(range(256)) * 40)
    c.wait("refusals in the log", lambda: len(refusals(c, a)) >= had + 3)
    need(sh(c, a, LOOK) == before, "something was written")
    c.wait_ready()
    both(c, "write", "memory")


@suite.test("equal", "malformed, oversized and foreign messages under the right key: the connection ends or they are refused; nothing is written")
def malformed(c):
    a, s = c.owner, other(c.owner)
    key, name = nl(c, s, "pairing-get")["pairing-key"], f"redund-{c.slot(s)['serial']}-slot{s}"
    before, refused = sh(c, a, LOOK), state(c, a)["refused"]
    manifest = b"\6config\0" + (5).to_bytes(4, "little") + b"12345"
    # The real standby connects too, and may be heard in this one's place: said again then.
    def say(data):
        need(client(c, s, name, key, data), "the right key is refused: then this shows nothing")
        return True

    for why, data in (("no message begins here", b"no message at all" * 100),
                      ("it is too long", head(s, 5, 0xffffffff) + bytes(4096))):
        c.wait(f"it says: {why}", lambda w=why, d=data: say(d) and w in console(c, a))
    c.wait("a message of another start is refused",
           lambda: say(head(s, 3, len(manifest)) + manifest) and state(c, a)["refused"] > refused)
    c.wait_ready()
    need(sh(c, a, LOOK) == before, "something was written")
    both(c, "write", "memory")


# ---- when it cannot be ----------------------------------------------------------------


@suite.test("link", "S-233 S-225 C-34: without a standby write memory says so and is no failure; it follows when there is one")
def absent(c):
    c.wait_ready()
    a, s = c.owner, other(c.owner)
    c.run("remove", s)
    c.wait_role(s, "absent")
    c.redctl(a, "hostname", "Absent")
    alone(c, "no-standby", "write", "memory")
    before = counts(c, a)
    c.run("insert", s)
    c.wait_ready()
    equal(c, LOOK)
    need([n - m for n, m in zip(counts(c, a), before)] == [0, 0, 1, 1], (before, counts(c, a)))


@suite.test("link", "S-223 S-160 C-34: a standby that failed its selftest gets nothing")
def failed(c):
    a, s = c.owner, other(c.owner)
    c.run("fault", s, "selftest-fail")
    c.run("kill", s)
    c.wait_role(s, "failed")
    before = sh(c, s, LOOK)
    c.redctl(a, "hostname", "Failed")
    alone(c, "standby-failed", "write", "memory")
    alone(c, "standby-failed", "fastboot")
    need(sh(c, s, LOOK) == before, "something was sent")
    c.run("fault", s, "selftest-fail", "off")
    c.run("kill", s)
    c.wait_ready()
    equal(c, LOOK)


@suite.test("link", "A-030 S-233: the link is cut: not acknowledged within the bound, link-lost, one line in the log; back by itself")
def cut(c):
    a, s = c.owner, other(c.owner)
    lost = f"link-lost: Mgmt Module {s} is not heard"
    before = count(c, a, None, lost)
    c.run("cut", "link", "both")
    c.redctl(a, "hostname", "Cut")
    p = c.redctl(a, "-j", "write", "memory", "--timeout", "1", check=False)
    j = json.loads(p.stdout)
    need(p.returncode == 4 and (j["ok"], j["affected"]) == (False, [a]) and
         j["reason"] in ("sync-timeout", "link-down"), (p.returncode, j))
    c.wait("link-lost", lambda: "link-lost" in not_ready(c)[0])
    need(not c.ready() and "link-lost" in c.why, c.why)
    c.wait("the state", lambda: state(c, a)["reason"] == "link-down" and state(c, s)["link"] == "down")
    c.run("restore", "link", "both")
    c.wait_ready()
    wait_equal(c)
    need('"Cut"' in sh(c, s, "cat /flash/config/config1"), "it did not follow")
    need(count(c, a, None, lost) == before + 1, views.log(c, a))


@suite.test("link", "the link delivers garbage, then stalls: no acknowledgement of what is not there, nothing damaged, back by itself")
def disturbed(c):
    a, s = c.owner, other(c.owner)
    for kind in ("link-garbage", "link-stall"):
        c.run("fault", a, kind)
        c.redctl(a, "hostname", kind)
        p = c.redctl(a, "write", "memory", "--timeout", "1", check=False)
        there = f'"{kind}"' in sh(c, s, "cat /flash/config/config1")
        need(p.returncode == 4 or there, (kind, p))
        c.wait("link-lost", lambda: "link-lost" in not_ready(c)[0])
        need("redundancy management-module\n" in sh(c, s, "cat /flash/config/config1"), "damaged")
        c.run("fault", a, kind, "off")
        c.wait_ready()
        wait_equal(c)
        need(f'"{kind}"' in sh(c, s, "cat /flash/config/config1"), "it did not follow")


# ---- whose files win ------------------------------------------------------------------


@suite.test("link", "S-233: a change that the operator was told only the failed active had is a conflict, named, until sync --force decides it")
def conflict(c):
    a, s = c.owner, other(c.owner)
    c.run("cut", "link", "both")
    c.redctl(a, "hostname", "Newer")
    need(c.redctl(a, "write", "memory", "--timeout", "1", check=False).returncode == 4, "acknowledged over a cut link")
    c.run("kill", a)
    c.wait_role(s, "active")
    c.run("restore", "link", "both")
    c.wait("a conflict", lambda: c.owner == s and item(c, s, "config")["state"] == "conflict")
    mine, its = item(c, s, "config")["generation"], item(c, s, "config")["peer_generation"]
    need(mine < its, (mine, its))
    c.wait("not ready", lambda: "sync-failed" in not_ready(c)[0] or "syncing" in not_ready(c)[0])
    need(not c.ready(), "a module with a conflict is ready")
    need("config" in not_ready(c)[1], not_ready(c))
    need('"Newer"' in sh(c, a, "cat /flash/config/config1"), "overwritten without a word")
    p = c.redctl(s, "-j", "sync", "config", check=False)
    need(p.returncode == 1 and json.loads(p.stdout)["reason"] == "conflict", p)
    c.redctl(s, "sync", "config", "--force")
    c.wait_ready()
    equal(c, LOOK)
    need(item(c, s, "config")["generation"] > its and '"Newer"' not in sh(c, a, "cat /flash/config/config1"), "not decided")


@suite.test("link", "S-021 S-022: a change that nobody was told of before its active lost its power yields by itself; a copy is kept")
def unacknowledged(c):
    a, s = c.owner, other(c.owner)
    name = sh(c, a, "grep ^hostname /flash/config/config1")
    sh(c, s, "kill -STOP $(pidof redsyncd)")
    sh(c, a, "cd /flash/config && sed 's/^hostname.*/hostname Nobody/' config1 >.next && sync .next && mv .next config1 && sync .")
    c.wait("it is offered", lambda: (lambda i: i["generation"] > i["peer_generation"])(item(c, a, "config")))
    mark = c.mark()
    c.run("kill", a)
    c.wait_event(mark, event="grant", to=s)
    sh(c, s, "kill -CONT $(pidof redsyncd)")
    c.wait_role(s, "active")
    c.wait_ready()      # without a word of the operator
    equal(c, LOOK)
    need(sh(c, a, "grep ^hostname /flash/config/config1") == name, "not what the new active has")
    need("hostname Nobody" in sh(c, a, "cat /flash/sync/kept/config/config+config1"), "no copy is kept")
    need(count(c, a, None, "config: a change that was not acknowledged is replaced"), views.log(c, a))


@suite.test("link", "S-076 S-077 C-02: switchover waits for a running sync, says for what, and is done; --force skips it")
def switchover(c):
    a, s = c.owner, other(c.owner)
    with slowly(c, s):
        being_copied(c, a)
        p = c.redctl(a, "-j", "redundancy", "switchover", "--check", check=False)
        need(json.loads(p.stdout)["reason"] == "syncing", p)
        c.redctl(a, "redundancy", "switchover", "--check", "--force")
        p = c.redctl(a, "-y", "redundancy", "switchover", "--timeout", "2", "--discard", check=False)
        need(p.returncode == 1 and "secondary" in p.stdout + p.stderr and c.owner == a, p)
        cmd = [c.bin, "--dir", c.dir, "exec", str(a), "--", "redctl", "-y", "redundancy", "switchover", "--discard"]
        with subprocess.Popen(cmd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as waiting:
            line = waiting.stdout.readline()
            need(line.startswith("Waiting for the files to finish synchronizing") and "secondary" in line, line)
            need(c.owner == a, "it did not wait")
    c.wait_role(s, "active")
    need(sh(c, s, LOOK).count("secondary.itb") == 1, "no image")
    c.wait_ready()
    equal(c, LOOK)


if __name__ == "__main__":
    ktap.start(suite)

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What a module leaves when it goes down: its text, its log and its kernel log
in chassis memory, read by the module that survived and found by its own next
start (pstore)."""
import json
import os

import ktap
import views
from chassis import TOP, need, other

suite = ktap.Suite()
suite.group("crash")

NL = os.path.join(TOP, "selftests", "vchassis", "nl.py")
PSTORE = "/sys/fs/pstore"


def ask(c, slot, *words):
    p = c.exec(slot, "/usr/bin/python3", NL, *words)
    return [json.loads(line) for line in p.stdout.splitlines()]


def downs(c, reader, slot):
    """how the module of a slot went down, the newest first"""
    return [d["down"] for d in ask(c, reader, "down-get", "dump", f"slot={slot}")][::-1]


def newest(c, reader, slot, before):
    """the end that was not there before"""
    found = []

    def there():
        found[:] = downs(c, reader, slot)
        return found and (not before or found[0]["id"] > before[0]["id"])
    c.wait(f"an end of module {slot}", there)
    need(len(found) == 1 or found[1]["id"] < found[0]["id"], f"not in order: {found}")
    return found[0]


def kernel_log(c, reader, slot):
    text, length = b"", None
    while length is None or len(text) < length:
        r = ask(c, reader, "crash-get", f"slot={slot}", "crash-kind=log", f"offset={len(text)}")[0]
        length = r["length"]
        text += bytes.fromhex(r.get("chunk", ""))
        need("chunk" in r or not length, f"nothing at {len(text)} of {length}")
    return text.decode("ascii", "replace")


def mount(c, slot):
    c.exec(slot, "sh", "-c", f"mountpoint -q {PSTORE} || mount -t pstore pstore {PSTORE}")


def log_once(c, slot, number, text):
    lines = views.log_has(c, slot, number, text)
    need(len(lines) == 1, f"{number} {text!r} is logged {len(lines)} times:\n{views.log(c, slot)}")


def back(c, slot):
    """the module runs again and both are ready"""
    c.wait_ready()
    need(c.owner == other(slot), "it took the grant back")


@suite.test("crash", "S-229 S-259 S-260 S-265 S-282: a panic leaves its text, its log and the kernel log to the survivor")
def panic(c):
    c.wait_ready()
    old = c.owner
    new = other(old)
    before = downs(c, new, old)
    said = f"line {os.getpid()} of the old active"
    ask(c, old, "event-add", "event-number=179", "severity=information", "subsystem=mgr", f"text={said}")
    mark = c.mark()
    c.run("panic", old)
    c.wait_event(mark, event="role", slot=new, role="active")
    d = newest(c, new, old, before)
    need(d["why"] == "panic" and d["role"] == "active" and d["saved"] == 1, str(d))
    need("sysrq" in d["text"].lower(), f"no text of the panic: {d['text']!r}")
    need(d["serial"] and d["sw-version"], str(d))
    left = [e["event"] for e in ask(c, new, "event-get", "dump", f"slot={old}")]
    need(len([e for e in left if e["text"] == said and e["number"] == 179]) == 1, f"its log: {left[-10:]}")
    need([e["id"] for e in left] == list(range(left[0]["id"], left[-1]["id"] + 1)), "gaps in its log")
    text = kernel_log(c, new, old)
    need("Panic#1" in text and "Kernel panic" in text, f"kernel log of {len(text)} bytes: {text[-300:]!r}")
    back(c, old)
    log_once(c, old, "00063", f"Mgmt Module {old} went down")
    need(not views.log_has(c, old, "00062", f"Mgmt Module {old} went down"), "event 1, too")
    need([e for e in views.log(c, old) if e[3] == "went-down: " + d["text"]], "no reason in its own log")
    need(downs(c, old, old)[0] == d, "its own next start says something else")


@suite.test("crash", "S-260: after the panic pstore has the kernel log; removing the file erases it")
def pstore(c):
    c.wait_ready()
    slot = other(c.owner)
    if "Panic#1" not in kernel_log(c, c.owner, slot):
        c.run("panic", slot)
        c.wait_ready()
    mount(c, slot)
    files = c.exec(slot, "ls", PSTORE).stdout.split()
    need("dmesg-redund-0" in files or "dmesg-redund-1" in files, f"files: {files}")
    text = c.exec(slot, "cat", *[f"{PSTORE}/{f}" for f in files]).stdout
    need("Kernel panic" in text, text[-300:])
    c.exec(slot, "rm", *[f"{PSTORE}/{f}" for f in files])
    need(kernel_log(c, c.owner, slot) == "", "the area still holds a kernel log")
    need(kernel_log(c, slot, slot) == "", "its own area still holds a kernel log")


@suite.test("crash", "S-260: the files go with the driver, and are there again with the next start")
def unload(c):
    c.wait_ready()
    slot = other(c.owner)
    c.run("panic", slot)
    c.wait_ready()
    mount(c, slot)
    files = c.exec(slot, "ls", PSTORE).stdout.split()
    need(len(files) == 1, f"files: {files}")
    mark = c.mark()
    p = c.exec(slot, "sh", "-c", f"rmmod redund_pci && ls {PSTORE}")
    need(p.stdout == "", f"files without a driver: {p.stdout}")
    # nobody re-arms its failover timer any more
    c.wait_event(mark, event="timer-expired", slot=slot)
    c.wait_ready()
    mount(c, slot)
    need(c.exec(slot, "ls", PSTORE).stdout.split() == files, "the file did not come back")
    c.exec(slot, "rm", *[f"{PSTORE}/{f}" for f in files])


@suite.test("crash", "S-265 S-281: MM Reset leaves no word; its next start says why, with event 1")
def reset(c):
    c.wait_ready()
    active = c.owner
    slot = other(active)
    before = downs(c, active, slot)
    c.run("press", slot, "reset")
    d = newest(c, active, slot, before)
    need(d["why"] == "reset-button" and d["saved"] == 0 and d["text"] == "MM Reset button.", str(d))
    c.wait_ready()
    log_once(c, slot, "00062", f"Mgmt Module {slot} went down without saving")
    need(not [e for e in views.log(c, slot) if "System reboot" in e[3]], "the system did not reboot")


@suite.test("crash", "S-265: a starved watchdog, a hang and a loss of power are told apart")
def silent(c):
    for fault, why, saved, event in (("wdt-starve", "watchdog", 1, "00063"), ("hang", "timer", 0, "00062"),
                                     ("kill", "power-failure", 0, "00062")):
        c.wait_ready()
        active = c.owner
        slot = other(active)
        before = downs(c, active, slot)
        c.run(fault, slot)
        d = newest(c, active, slot, before)
        need((d["why"], d["saved"], d["role"]) == (why, saved, "standby"), f"{fault}: {d}")
        c.wait_ready()
        log_once(c, slot, event, f"Mgmt Module {slot} went down")


@suite.test("crash", "S-265 S-282: a reboot of its Linux is told, and an orderly end once")
def reboot(c):
    c.wait_ready()
    active = c.owner
    slot = other(active)
    before = downs(c, active, slot)
    c.exec(slot, "sh", "-c", "reboot -f >/dev/null 2>&1 &", check=False)
    d = newest(c, active, slot, before)
    need(d["why"] == "reboot" and d["saved"] == 1 and d["role"] == "standby", str(d))
    c.wait_ready()
    log_once(c, slot, "00063", f"Mgmt Module {slot} went down")


@suite.test("crash", "S-255 S-256 S-258: after a power cycle of the chassis the log begins as in figure 15-31")
def power(c):
    c.wait_ready()
    c.run("reset-system")
    c.wait_ready()
    lines = views.log(c, c.owner)
    texts = [e[3] for e in lines]
    need(texts[0] == "'System reboot due to Power Failure'" and lines[0][2] == "sys" and
         lines[0][0] == "M", str(lines[0]))
    need(lines[1][1] == "00061", str(lines[1]))
    want = [f"Mgmt Module {c.owner} went down without saving", "Fabric 1 Inserted",
            "Fabric 2 Inserted", f"Mgmt Module {c.owner} Booted", f"Mgmt Module {c.owner} Active"]
    at = [min([i for i, t in enumerate(texts) if t.startswith(w)], default=-1) for w in want]
    need(min(at) >= 0, f"not all of {want} in {texts}")
    need(at == sorted(at), f"order of {want}: {at}")
    need(downs(c, c.owner, c.owner)[0]["why"] == "power-failure", str(downs(c, c.owner, c.owner)[0]))


if __name__ == "__main__":
    ktap.start(suite)

# SPDX-License-Identifier: GPL-2.0-only
"""Drives one virtual chassis by its command line, as a person would, and
reads its trace. Every wait is for an event and bounded; nothing here decides
whether a run was right (judge.py does)."""
import json
import os
import subprocess
import time

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
DEBUG = os.environ.get("REDUND_KERNEL") == "debug"
SCALE = 5.0 if DEBUG else 1.0
WAIT = 60 * (4 if DEBUG else 1)     # seconds; generous, the machine may be busy
SETTLED = ("active", "standby", "offline", "failed")


class Failed(Exception):
    """An expectation was not met."""


def need(ok, text):
    if not ok:
        raise Failed(text)


def other(slot):
    """the slot beside this one"""
    return 3 - slot


class Chassis:
    def __init__(self, directory, timers="relaxed", slots="1,2", seed=1, params="",
                 watchdog=True, flash="", image=""):
        self.dir = os.path.abspath(directory)
        self.timers, self.slots, self.seed, self.params = timers, slots, seed, params
        self.watchdog = watchdog
        self.flash, self.image = flash, image
        self.why = ""
        self.bin = os.environ.get("VCHASSIS", os.path.join(TOP, "build", "tools", "vchassis"))
        self.read_at = 0
        self.events = []

    @property
    def failover_ms(self):
        return 30 if self.timers == "hardware" else 500

    # -- commands -----------------------------------------------------------
    def run(self, *args, timeout=WAIT, check=True, stdin=None):
        cmd = [self.bin, "--dir", self.dir, *[str(a) for a in args]]
        p = subprocess.run(cmd, capture_output=True, text=True, timeout=timeout + 30,
                           input=stdin, check=False,
                           stdin=subprocess.DEVNULL if stdin is None else None)
        if check and p.returncode:
            raise Failed(f"vchassis {' '.join(map(str, args))}: exit {p.returncode}: "
                         f"{(p.stderr or p.stdout).strip()}")
        return p

    def up(self):
        more = ["--params", self.params] if self.params else []
        more += [] if self.watchdog else ["--no-watchdog"]
        more += ["--flash", self.flash] if self.flash else []
        more += ["--image", self.image] if self.image else []
        return self.run("up", "--timers", self.timers, "--slots", self.slots,
                        "--seed", self.seed, *more, timeout=WAIT * 4)

    def down(self):
        return self.run("down", timeout=WAIT, check=False)

    def __enter__(self):
        self.up()
        return self

    def __exit__(self, *exc):
        self.down()

    def exec(self, slot, *cmd, check=True, stdin=None, timeout=WAIT):
        return self.run("exec", slot, "-t", timeout, "--", *cmd, check=check, stdin=stdin,
                        timeout=timeout)

    def redctl(self, slot, *args, check=True, stdin=None, timeout=WAIT):
        return self.exec(slot, "redctl", *args, check=check, stdin=stdin, timeout=timeout)

    def redctl_json(self, slot, *args):
        return json.loads(self.redctl(slot, "-j", *args).stdout)

    def status(self):
        return json.loads(self.run("status", "-j").stdout)

    def slot(self, n):
        return self.status()["slots"][n - 1]

    @property
    def owner(self):
        return self.status()["owner"]

    # -- the trace --------------------------------------------------------------
    def poll(self):
        path = os.path.join(self.dir, "trace.jsonl")
        with open(path, "rb") as f:
            f.seek(self.read_at)
            data = f.read()
        end = data.rfind(b"\n") + 1
        self.read_at += end
        for line in data[:end].splitlines():
            self.events.append(json.loads(line))
        return self.events

    def mark(self):
        """the place in the trace where we are now"""
        return len(self.poll())

    def since(self, mark, **want):
        return [e for e in self.poll()[mark:] if all(e.get(k) == v for k, v in want.items())]

    def wait_event(self, mark, timeout=WAIT, **want):
        end = time.monotonic() + timeout
        while True:
            found = self.since(mark, **want)
            if found:
                return found[0]
            need(time.monotonic() < end, f"no {want} in the trace within {timeout} s")
            time.sleep(0.02)

    def wait(self, what, probe, timeout=WAIT):
        end = time.monotonic() + timeout
        while True:
            value = probe()
            if value:
                return value
            need(time.monotonic() < end, f"{what}: not within {timeout} s")
            time.sleep(0.1)

    def wait_role(self, slot, *roles, timeout=WAIT):
        return self.wait(f"slot {slot} {'|'.join(roles)}",
                         lambda: self.slot(slot)["role"] in roles, timeout)

    def ready(self):
        """both modules decided, one active and the other able to take over"""
        st = self.status()
        roles = sorted(s["role"] for s in st["slots"])
        self.why = f"roles {roles}, owner {st['owner']}"
        if roles != ["active", "standby"] or not st["owner"]:
            return False
        p = self.redctl(st["owner"], "redundancy", "switchover", "--check", check=False)
        self.why = (p.stdout + p.stderr).strip()
        return p.returncode == 0

    def wait_ready(self, timeout=WAIT * 2):
        try:
            return self.wait("an active and a ready standby", self.ready, timeout)
        except Failed as e:
            raise Failed(f"{e}: {self.why}") from None

    def log(self, slot):
        return self.redctl_json(slot, "show", "log")

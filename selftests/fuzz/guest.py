# SPDX-License-Identifier: GPL-2.0-only
"""In the guest: batches of hostile input for redund on redund_sim, and after each
of them what must hold. `run` starts it and says what it is for.

  guest.py KIND SPEC.json --seed N --batches N --seconds N --processes N --ops N
"""
import argparse
import collections
import faulthandler
import glob
import json
import os
import re
import signal
import subprocess
import sys
import time

import family
import files
import grammar
from family import Violation

DEBUG = "/sys/kernel/debug"
BUS = "/sys/bus/redund_sim"
CHASSIS = f"{DEBUG}/redund_sim/chassis1"
FAULTS = re.compile(r"BUG[: ]|WARNING:|KASAN|UBSAN|ODEBUG|Oops|Call Trace|refcount_t:|INFO: (task|rcu|possible)"
                    r"|possible (recursive|circular) lock|scheduling while atomic|sleeping function called")
SLOW = 5 if os.environ.get("REDUND_KERNEL") == "debug" else 1
QUIET = {"present": 1, "power": 1, "kill": 0, "cut-heartbeat": 0, "cut-doorbell": 0, "selftest-fail": 0,
         "reset-stuck": 0, "mailbox-corrupt": 0, "register-stuck": 0, "wdt-dead": 0, "window-dead": 0,
         "peer-misread": 0, "register-misread": 0}


def put(path, value):
    with open(path, "w") as f:
        f.write(f"{value}\n")


def fresh():
    """Chassis 1 and no other, as it was made or anew."""
    for path in glob.glob(f"{DEBUG}/redund_sim/chassis*"):
        if path != CHASSIS:
            put(f"{BUS}/del_device", path.rsplit("chassis", 1)[1])
    if not os.path.isdir(CHASSIS):
        put(f"{BUS}/new_device", "1 1,2")


def status():
    with open(f"{CHASSIS}/status") as f:
        return json.load(f)


def number(slot):
    """Of the instance in a slot, None: nothing runs there."""
    found = glob.glob(f"{BUS}/devices/chassis1.{slot}/redund/redund*")
    return int(found[0].rsplit("redund", 1)[1]) if found else None


class Guest:
    """Chassis 1, looked at."""

    def __init__(self, spec):
        self.spec = grammar.Spec(spec)
        self.family, self.group = family.resolve()
        self.answers = family.Answers(self.spec)
        self.parameters = {p: open(p).read() for p in glob.glob("/sys/module/redund*/parameters/*")
                           if os.stat(p).st_mode & 0o200}
        self.kmsg = open("/dev/kmsg", "rb", buffering=0, opener=lambda p, f: os.open(p, os.O_RDONLY | os.O_NONBLOCK))

    def socket(self):
        return family.Socket(self.family, self.group, self.answers)

    # ---- what must hold ------------------------------------------------------------

    def chassis_of(self, s, slot):
        """chassis-get of a slot's instance, {} when there is none now."""
        n = number(slot)
        try:
            return s.ask("chassis-get", [("instance", n)])[0]["chassis"] if n is not None else {}
        except OSError:
            return {}

    def decided(self):
        """One owner, which is active, and a standby that is ready."""
        state = status()
        owner = state["owner"]
        if owner not in (1, 2):
            return False
        s = self.socket()
        active, other = self.chassis_of(s, owner), self.chassis_of(s, 3 - owner)
        names = [str(e) if not isinstance(e, dict) else e["name"] for e in self.spec.enums["role"]["entries"]]
        return (bool(active) and bool(other) and names[active["own-role"]] == "active" and
                names[other["own-role"]] == "standby" and active.get("switchover-ready") == 1)

    def actives(self, s):
        role = [e if isinstance(e, str) else e["name"] for e in self.spec.enums["role"]["entries"]].index("active")
        return [slot for slot in (1, 2) if self.chassis_of(s, slot).get("own-role") == role]

    def invariants(self):
        """Right after a batch, whatever was done in it."""
        state = status()
        if state["owner"] not in (0, 1, 2):
            raise Violation(f"owner {state['owner']}")
        if not open(f"{CHASSIS}/status").read().count('"enabled": true'):
            raise Violation("no fabric module is enabled")
        s = self.socket()
        end = time.monotonic() + 5 * SLOW
        while len(self.actives(s)) > 1:	# who lost the grant has some time to see it
            if time.monotonic() > end:
                raise Violation("both modules say that they are active")
            time.sleep(0.05)
        for op in ("chassis-get", "mm-get", "fabric-get", "module-get", "history-get", "event-get", "down-get"):
            for slot in (1, 2):
                n = number(slot)
                try:
                    got = s.ask(op, [("instance", n)], dump=True) if n is not None else []
                except OSError as e:
                    if e.errno not in (2, 19):
                        raise Violation(f"{op}: error {e.errno}") from e
                    continue
                if op == "event-get":
                    self.gapless([g["event"]["id"] for g in got])
        self.log_clean()

    def gapless(self, ids):
        for a, b in zip(ids, ids[1:]):
            if b != a + 1:
                raise Violation(f"the event log goes on with {b} behind {a}")

    def log_clean(self):
        while True:
            try:
                line = self.kmsg.read(8192)
            except OSError:	# overwritten before it was read
                continue
            if line is None:
                return
            line = line.decode("latin-1")
            if FAULTS.search(line):
                raise Violation("the kernel says: " + line.split(";", 1)[-1].split("\n")[0])

    # ---- a quiet chassis again --------------------------------------------------------

    def wait(self, seconds):
        end = time.monotonic() + seconds * SLOW
        while time.monotonic() < end:
            try:
                if self.decided():
                    return True
            except (OSError, ValueError):
                pass
            time.sleep(0.1)
        return False

    def settings(self):
        """Timers with which this kernel keeps up, and redundancy, are the operator's to set back."""
        for slot in self.actives(self.socket()):
            try:
                s = self.socket()
                s.ask("heartbeat-set", [("instance", number(slot)), ("interval-ms", 100), ("misses", 10)])
                s.ask("redundancy-set", [("instance", number(slot)), ("enabled", 1)])
            except OSError:
                pass

    def recover(self):
        """Every fault ends: the chassis has to come back, at the latest by a power cycle;
        records that were overwritten with valid nonsense may be forgotten then."""
        for path, value in self.parameters.items():
            put(path, value.strip())
        for slot in (1, 2):
            for name, value in QUIET.items():
                put(f"{CHASSIS}/slot{slot}/{name}", value)
            bound = f"{BUS}/drivers/redund_sim/chassis1.{slot}"
            if not os.path.exists(bound):
                put(f"{BUS}/drivers/redund_sim/bind", f"chassis1.{slot}")
        for fabric in (1, 2):
            put(f"{CHASSIS}/fabric{fabric}", 1)
        self.settings()
        if self.wait(3):
            return "by itself"
        put(f"{CHASSIS}/reset-system", 1)
        if self.wait(15):
            return "by a power cycle"
        with open(f"{CHASSIS}/nvram", "r+b", buffering=0) as f:
            f.write(bytes(8192))
        put(f"{CHASSIS}/reset-system", 1)
        if self.wait(30):
            return "with fresh records"
        raise Violation("the chassis does not come back: " + json.dumps(status()))


# ---- one process of a batch ---------------------------------------------------------------

def netlink(guest, args, seed, process, privileged):
    """Counter of what was reached."""
    sequence = grammar.Sequence(guest.spec, seed, process)
    reached, s = collections.Counter(), guest.socket()
    if not privileged:
        os.setresuid(65534, 65534, 65534)
        s.open()
    for _ in range(args.ops):
        step = sequence.step()
        word, messages = step
        if args.verbose:
            print(f"# {process}: {grammar.show(step)}", flush=True)
        if word in ("join", "leave"):
            s.join(word == "join")
        elif word == "reopen":
            s.open()
        else:
            numbers = s.send([(m[0], m[3]) for m in messages])
            if word != "unread":
                judge(guest, s, messages, numbers, privileged, reached)
            reached["executions"] += len(messages)
    return reached


def judge(guest, s, messages, numbers, privileged, reached):
    s.overrun = False
    answers = s.wait(numbers, 20 * SLOW)
    for number_, (_, op, names, _, spoiled) in zip(numbers, messages):
        if number_ not in answers:
            if not s.overrun:
                raise Violation(f"{op} [{' '.join(spoiled)}] got no answer")
            continue
        end, text = answers[number_]
        reached[f"outcome {op} {end}"] += 1
        if text:
            reached[f"text {text}"] += 1
        if end != "ok":
            continue
        if guest.spec.admin(op) and not privileged and "operation" not in spoiled:
            raise Violation(f"{op} is done for a user without CAP_NET_ADMIN")
        for name in names:
            reached[f"attribute {op} {name}"] += 1


def child(guest, args, seed, process, work):
    """Forks one; its counter comes back through a pipe as JSON."""
    read, write = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write)
        return pid, read
    status_ = 0
    faulthandler.dump_traceback_later(60 * SLOW, exit=True)
    try:
        out = dict(work(guest, args, seed, process, process % 4 != 3))
    except Violation as e:
        out, status_ = {"violation": str(e)}, 1
    except Exception as e:	# pylint: disable=broad-except
        out, status_ = {"violation": f"{type(e).__name__}: {e}"}, 1
    os.write(write, json.dumps(out).encode())
    os._exit(status_)


def gather(children, total):
    bad = None
    for pid, read in children:
        data = b""
        while True:
            part = os.read(read, 65536)
            if not part:
                break
            data += part
        os.waitpid(pid, 0)
        os.close(read)
        got = json.loads(data or b'{"violation": "a process died"}')
        bad = bad or got.pop("violation", None)
        total.update(got)
    if bad:
        raise Violation(bad)


WORK = {"netlink": netlink, "files": files.files, "window": files.window}


def batch(guest, args, seed, total):
    guest.log_clean()
    children = [child(guest, args, seed, p, WORK[args.kind]) for p in range(args.processes)]
    gather(children, total)
    fresh()
    guest.invariants()
    total[f"recovered {guest.recover()}"] += 1
    guest.invariants()


def reached(total):
    count = lambda word: sum(1 for key in total if key.startswith(word + " "))
    parts = [f"{len({k.split()[1] for k in total if k.startswith('outcome ')})} operations",
             f"{count('attribute')} attributes", f"{count('outcome')} outcomes", f"{count('text')} texts",
             f"{count('file')} files", f"{total['lies']} lies"]
    return ", ".join(p for p in parts if not p.startswith("0 "))


def start():
    subprocess.run(["modprobe", "redund", "interval_ms=100", "misses=10", f"peer_wait_ms={4000 * SLOW}"], check=True)
    subprocess.run(["modprobe", "redund_sim", "chassis=0", f"stall_us={30000}", "restart_ms=100"], check=True)


def stop():
    put(f"{BUS}/del_device", 1)
    subprocess.run(["rmmod", "redund_sim"], check=True)
    subprocess.run(["rmmod", "redund"], check=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=sorted(WORK))
    parser.add_argument("spec")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batches", type=int, default=0)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--ops", type=int, default=150)
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    total, seed, failed = collections.Counter(), args.seed, 0
    start()
    guest = Guest(args.spec)
    end = time.monotonic() + args.seconds
    try:
        while (seed < args.seed + args.batches) if args.batches else (time.monotonic() < end):
            print(f"batch {seed}", flush=True)
            if os.path.isdir(CHASSIS):
                put(f"{BUS}/del_device", 1)
            put(f"{BUS}/new_device", "1 1,2")
            if not guest.wait(20):
                raise Violation("a new chassis does not come up: " + json.dumps(status()))
            batch(guest, args, seed, total)
            seed += 1
        stop()
        guest.log_clean()
    except Violation as e:
        print(f"found: {e}")
        failed = 1
    print(f"{total['executions']} executions in {seed - args.seed} batches; {reached(total)}; recovered "
          + ", ".join(f"{k.split(' ', 1)[1]} {v}" for k, v in sorted(total.items()) if k.startswith("recovered")))
    sys.stdout.flush()
    sys.exit(failed)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: GPL-2.0-only
"""Hostile writes to the files of the driver and of the simulated chassis, and a
register window whose other side tells lies."""
import collections
import glob
import os
import random
import time

CHASSIS = "/sys/kernel/debug/redund_sim/chassis1"
BUS = "/sys/bus/redund_sim"
WORDS = ("", "0", "1", "2", "-1", "4294967295", "18446744073709551615", "99999999999999999999", "0x20", "0x28 1",
         "0x20 0xffffffff", "0x3fffc 1", "0x40000 1", "0x50 1\n", "on", "off", "x", "1 2 3", "1,2", "9 1,2", "9", "9 0",
         "70000 1", "\0", "%s%n", "a" * 40, "a" * 5000)
# A soft hang takes this kernel's only processor; ends of modules are for the faults.
SPARED = ("soft_hang", "/power/", "trace_marker")


def known():
    """Every file of the driver and of the simulation that can be written, and some that cannot."""
    found = []
    for pattern in ("/sys/class/redund/redund*/*", "/sys/kernel/debug/redund/redund*/*", f"{CHASSIS}/*",
                    f"{CHASSIS}/slot*/*", "/sys/module/redund*/parameters/*", f"{BUS}/new_device", f"{BUS}/del_device",
                    f"{BUS}/drivers/redund_sim/*bind", f"{BUS}/devices/chassis1.*/uevent"):
        found += [p for p in glob.glob(pattern) if os.path.isfile(p) and not any(s in p for s in SPARED)]
    return sorted(found)


def data(rnd, path):
    if path.endswith("bind"):
        return f"chassis1.{rnd.choice((1, 2, 3))}".encode()
    if path.endswith("reg_write"):
        return f"{rnd.randrange(0, 0x40000, 4):#x} {rnd.choice((0, 1, 2, 0xffffffff, rnd.getrandbits(32))):#x}".encode()
    if path.endswith("/nvram"):
        return rnd.randbytes(rnd.choice((1, 16, 128, 4096)))
    how = rnd.randrange(10)
    if how < 6:
        return rnd.choice(WORDS).encode()
    if how < 8:
        return str(rnd.randrange(3)).encode()
    return rnd.randbytes(rnd.choice((1, 3, 31, 32, 64, 4096, 70000)))


def hammer(rnd, path, reached):
    """Opens one, reads and writes it in odd pieces."""
    name = "file " + "/".join(p.rstrip("0123456789.") for p in path.split("/")[-2:])
    flags = rnd.choice((os.O_RDONLY, os.O_WRONLY, os.O_RDWR))
    try:
        fd = os.open(path, flags | os.O_NONBLOCK)
    except OSError as e:
        reached[f"{name} open {e.errno}"] += 1
        return
    try:
        for _ in range(rnd.randrange(1, 4)):
            if rnd.random() < 0.2:
                os.lseek(fd, rnd.choice((0, 1, 3, 4096, 1 << 31)), os.SEEK_SET)
            if flags != os.O_WRONLY and rnd.random() < 0.5:
                os.read(fd, rnd.choice((1, 7, 64, 4096, 200000)))
                reached[f"{name} read"] += 1
            if flags != os.O_RDONLY:
                os.write(fd, data(rnd, path))
                reached[f"{name} written"] += 1
    except OSError as e:
        reached[f"{name} {e.errno}"] += 1
    finally:
        os.close(fd)


def files(guest, args, seed, process, privileged):
    rnd = random.Random(f"{seed}/{process}")
    reached = collections.Counter()
    if not privileged:
        os.setresuid(65534, 65534, 65534)
    paths = known()
    for _ in range(args.ops):
        path = rnd.choice(paths)
        if args.verbose:
            print(f"# {process}: {path}", flush=True)
        hammer(rnd, path, reached)
        reached["executions"] += 1
        if not rnd.randrange(40):
            paths = known() or paths
    return reached


# ---- the window ----------------------------------------------------------------------------

GETS = ("chassis-get", "mm-get", "fabric-get", "module-get", "history-get", "event-get", "down-get")
EVENTS = (("slot{}/kill", 1), ("slot{}/bounce", 1), ("slot{}/button-reset", 1), ("slot{}/cut-heartbeat", 1),
          ("slot{}/cut-heartbeat", 0), ("slot{}/button-shutdown", 1), ("button-clear", 1), ("fabric1", 0),
          ("fabric1", 1), ("reset-system", 1), ("slot{}/power", 0), ("slot{}/power", 1))


def write(name, value):
    try:
        with open(f"{CHASSIS}/{name}", "w") as f:
            f.write(f"{value}\n")
    except OSError:
        pass


def ask(guest, s, rnd, reached):
    """What a user reads meanwhile: errors are allowed, rubbish is not."""
    op, n = rnd.choice(GETS), rnd.randrange(2)
    attrs = [("instance", n)]
    if op in ("down-get", "event-get") and rnd.random() < 0.5:
        attrs.append(("slot", rnd.choice((1, 2))))
    try:
        s.ask(op, attrs, dump=True)
        reached[f"outcome {op} ok"] += 1
    except OSError as e:
        reached[f"outcome {op} {e.errno}"] += 1


def crash(guest, s, rnd, reached):
    try:
        s.ask("crash-get", [("instance", rnd.randrange(2)), ("slot", rnd.choice((1, 2))),
                            ("crash-kind", rnd.randrange(2)), ("offset", rnd.choice((0, 4096, 65535, 65536)))])
        reached["outcome crash-get ok"] += 1
    except OSError as e:
        reached[f"outcome crash-get {e.errno}"] += 1


def lies(slot):
    total = 0
    for name in ("peer-misread", "register-misread"):
        try:
            total += int(open(f"{CHASSIS}/slot{slot}/{name}").read())
        except (OSError, ValueError):
            pass
    return total


def window(guest, args, seed, process, privileged):
    """Process 0 and 1 let slot 1 and 2 be lied to, the others read and pull meanwhile."""
    rnd = random.Random(f"{seed}/{process}")
    reached, slot = collections.Counter(), process + 1
    s = guest.socket()
    for _ in range(args.ops * 2):
        if process < 2 and rnd.random() < 0.2:
            reached["lies"] += lies(slot)
            name = rnd.choice(("peer-misread", "peer-misread", "register-misread"))
            write(f"slot{slot}/{name}", rnd.choice((0, rnd.getrandbits(63) | 1, rnd.getrandbits(63) | 1)))
        elif process == 2 and rnd.random() < 0.15:
            name, value = rnd.choice(EVENTS)
            write(name.format(rnd.choice((1, 2))), value)
            time.sleep(rnd.uniform(0.01, 0.2))
        elif rnd.random() < 0.2:
            crash(guest, s, rnd, reached)
        else:
            ask(guest, s, rnd, reached)
    if process < 2:
        reached["lies"] += lies(slot)
    reached["executions"] = reached["lies"]
    return reached

# SPDX-License-Identifier: GPL-2.0-only
"""Measures the synchronization for bench.py: a change of 4 KiB until the
standby has acknowledged it from stable storage, an image of 64 MiB against
rsync through stunnel and plain rsync on the same link, the daemon's memory.
The flashes are ext4 on block devices; raw samples go to OUT/sync-*.csv."""
import json
import os
import random
import re
import subprocess
import tempfile

import chassis
from chassis import Failed, need, other
from syncing import padded

INSIDE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sync_inside.py")
MIB = 64
RSYNC, TLS_SERVER, TLS_CLIENT = 8730, 8731, 8732

RSYNCD = f"""pid file = /run/bench-rsyncd.pid
port = {RSYNC}
use chroot = no
reverse lookup = no
[flash]
path = /flash/bench
read only = no
uid = 0
gid = 0
"""
STUNNEL = """pid =
foreground = yes
debug = 3
[rsync]
client = {client}
accept = {accept}
connect = {connect}
PSKsecrets = /run/bench.psk
sslVersion = TLSv1.3
"""


def show(what, samples, unit):
    s = sorted(samples)
    print(f"{what:<44} n {len(s):>3}  min {s[0]:>9.2f}  median {s[len(s) // 2]:>9.2f}  max {s[-1]:>9.2f} {unit}",
          flush=True)
    return s[len(s) // 2]


def keep(out, name, rows):
    with open(os.path.join(out, f"sync-{name}.csv"), "w", encoding="utf-8") as f:
        f.writelines(",".join(map(str, row)) + "\n" for row in rows)


def inside(c, changes):
    """{number: (us after it was stored here, us after it began)}"""
    p = c.exec(c.owner, "python3", INSIDE, stdin=json.dumps(changes), timeout=1800)
    for line in p.stdout.splitlines():
        if line.startswith("F"):
            print(f"# refused: {line}")
    return {int(n): (int(a), int(b)) for n, a, b in re.findall(r"^A (\d+) (\d+) (\d+)$", p.stdout, re.M)}


def changes(c, rounds, out):
    """4 KiB in one file; and `write memory' with all that belongs to a command"""
    rnd = random.Random(1)
    files = [{"n": n, "kind": "security", "files": {"bench": rnd.randbytes(2048).hex()}} for n in range(rounds)]
    took = inside(c, files)
    need(took, "no change was acknowledged")
    keep(out, "change", [("n", "after_stored_us", "after_begun_us"), *((n, *us) for n, us in took.items())])
    show("4 KiB: stored here to acknowledged", [a / 1e3 for a, _ in took.values()], "ms")
    show("4 KiB: begun to acknowledged", [b / 1e3 for _, b in took.values()], "ms")
    lines = [{"n": n, "kind": "config", "lines": [f"hostname bench{n}"]} for n in range(max(1, rounds // 4))]
    took = inside(c, lines)
    if took:
        keep(out, "write-memory", [("n", "us"), *((n, us[0]) for n, us in took.items())])
        show("redctl write memory, process and all", [a / 1e3 for a, _ in took.values()], "ms")


def random_file(c, directory, n):
    """a valid image of that length, most of it random"""
    path, image = os.path.join(directory, f"bench-{n}"), c.status()["image"]
    with open(path, "wb") as f:
        f.write(padded(image, os.urandom((MIB << 20) - os.path.getsize(image) - 64)))
    return path


def write(c, slot, path, text):
    c.exec(slot, "sh", "-c", f"umask 077; cat >{path}", stdin=text)


def start(c, slot, *cmd):
    """a program that stays in the module"""
    c.exec(slot, "sh", "-c", f"setsid {' '.join(cmd)} >/run/bench.log 2>&1 </dev/null &")


def listens(c, slot, port):
    hexport = f"{port:04X}"
    text = c.exec(slot, "cat", "/proc/net/tcp").stdout
    return any(f":{hexport}" in line.split()[1] and line.split()[3] == "0A" for line in text.splitlines()[1:])


def prepare_rsync(c, active):
    standby = other(active)
    c.exec(standby, "mkdir", "-p", "/flash/bench")
    write(c, standby, "/run/bench-rsyncd.conf", RSYNCD)
    for slot in (1, 2):
        write(c, slot, "/run/bench.psk", "bench:" + "5a" * 32 + "\n")
    write(c, standby, "/run/bench-stunnel.conf",
          STUNNEL.format(client="no", accept=f"169.254.15.{standby}:{TLS_SERVER}", connect=f"127.0.0.1:{RSYNC}"))
    write(c, active, "/run/bench-stunnel.conf",
          STUNNEL.format(client="yes", accept=f"127.0.0.1:{TLS_CLIENT}", connect=f"169.254.15.{standby}:{TLS_SERVER}"))
    start(c, standby, "rsync", "--daemon", "--no-detach", "--config=/run/bench-rsyncd.conf")
    for slot in (1, 2):
        start(c, slot, "stunnel4", "/run/bench-stunnel.conf")
    for slot, port in ((standby, RSYNC), (standby, TLS_SERVER), (active, TLS_CLIENT)):
        c.wait(f"port {port} of slot {slot}", lambda s=slot, p=port: listens(c, s, p))


def rsync(c, active, source, port, host):
    """seconds of one copy, its bytes on stable storage at the end"""
    command = (f"begin=$(date +%s%N); rsync --whole-file --ignore-times --fsync {source} rsync://{host}:{port}/flash/image"
               " || exit 1; echo $(($(date +%s%N) - begin))")
    p = c.exec(active, "sh", "-c", command, timeout=1800)
    c.exec(other(active), "sh", "-c", "rm -f /flash/bench/*; sync")
    return int(p.stdout.split()[-1]) / 1e9


def image(c, rounds, out):
    active = c.owner
    prepare_rsync(c, active)
    rows, ways = [("way", "round", "seconds")], {"redsyncd": [], "rsync through stunnel": [], "plain rsync": []}
    with tempfile.TemporaryDirectory(prefix="redund-bench-") as directory:
        for n in range(rounds):
            source = random_file(c, directory, n)
            took = inside(c, [{"n": n, "kind": "image", "name": "secondary.itb", "from": source}])
            seconds = {"redsyncd": took[n][0] / 1e6 if n in took else None,
                       "rsync through stunnel": rsync(c, active, source, TLS_CLIENT, "127.0.0.1"),
                       "plain rsync": rsync(c, active, source, RSYNC, f"169.254.15.{other(active)}")}
            os.unlink(source)
            for way, s in seconds.items():
                rows.append((way, n, s if s else ""))
                if s:
                    ways[way].append(MIB / s)
    keep(out, "image", rows)
    medians = {way: show(f"{MIB} MiB image: {way}", rates, "MiB/s") for way, rates in ways.items() if rates}
    if "redsyncd" in medians:
        part = medians["redsyncd"] / medians["rsync through stunnel"]
        print(f"# redsyncd reaches {part * 100:.0f} % of rsync through stunnel")


def memory(c, when):
    for slot in (1, 2):
        text = c.exec(slot, "sh", "-c", "cat /proc/$(pidof redsyncd)/status", check=False).stdout
        m = re.search(r"VmHWM:\s+(\d+) kB", text)
        role = "active" if slot == c.owner else "standby"
        print(f"redsyncd's memory at most, {role}, {when}: {int(m.group(1)) / 1024:.1f} MiB" if m else
              f"# redsyncd does not run in slot {slot}", flush=True)


def bench(rounds, out):
    directory = tempfile.mkdtemp(prefix="vchassis-bench-")
    print(f"# synchronization: flash is ext4 on a block device; folder {directory}")
    with chassis.Chassis(directory, flash="block=512") as c:
        c.wait_ready()
        changes(c, rounds, out)
        memory(c, "after the changes")
        try:
            image(c, max(1, min(5, rounds // 20)), out)
        except (Failed, subprocess.SubprocessError) as e:
            print(f"# the image part failed: {e}")
        memory(c, "after the images")

# SPDX-License-Identifier: GPL-2.0-only
"""The synchronization as the tests of it look at it: the files of both modules,
what each says of them, and a standby that takes them slowly."""
import contextlib
import hashlib
import json
import os
import struct
import tempfile

import views
from chassis import TOP, need, other

# everything that is kept equal, with its modes and digests
LOOK = ("cd /flash && for f in config/config? config/assign boot.env security/* primary.itb secondary.itb; do "
        '[ ! -f "$f" ] || { stat -c "%a %n" "$f"; sha256sum <"$f"; }; done')
SMALL = LOOK.replace(" primary.itb secondary.itb", "")


def sh(c, slot, text, **kw):
    return c.exec(slot, "sh", "-c", text, **kw).stdout


def equal(c, look=SMALL):
    """the files of both modules, which have to be the same now, not later"""
    a, s = sh(c, c.owner, look), sh(c, other(c.owner), look)
    need(a == s, f"active:\n{a}\nstandby:\n{s}")
    return a


def wait_equal(c, look=SMALL):
    c.wait("the standby's files are the active's", lambda: sh(c, 1, look) == sh(c, 2, look))


def state(c, slot):
    return c.redctl_json(slot, "show", "sync")


def item(c, slot, name):
    return [i for i in state(c, slot)["items"] if i["name"] == name][0]


def both(c, *words, **kw):
    """a command of the active that has to reach both modules, and has when it returns"""
    p = c.redctl(c.owner, *words, **kw)
    need("Affected: Mgmt Module 1, 2\n" in p.stdout, (words, p.stdout, p.stderr))
    equal(c)
    return p.stdout


def alone(c, reason, *words):
    """a command that affects the active only, which is no failure: the other one is not in standby mode (C-34)"""
    j = c.redctl_json(c.owner, *words)
    need(j["ok"] and j["affected"] == [c.owner] and j["not_affected"] == reason, j)


def not_ready(c):
    """words against a switchover, and what is not synchronized"""
    mm = c.redctl_json(c.owner, "show", "redundancy", "detail")["management_modules"]
    return {w for m in mm for w in m["not_ready"]}, mm[other(c.owner) - 1]["sync_text"]


def count(c, slot, number, text):
    """how often an event is in a module's log"""
    return len(views.log_has(c, slot, number, text))


def counts(c, slot):
    """of 22 to 25"""
    return [count(c, slot, n, "") for n in ("00274", "00275", "00276", "00277")]


@contextlib.contextmanager
def slowly(c, slot):
    """While it lasts redsyncd of this slot hardly runs: what is
    copied goes on, and does not end. Its heartbeats are in time."""
    sh(c, slot, "{ while [ ! -e /run/fast ]; do p=$(pidof redsyncd); kill -STOP $p; sleep 0.7; kill -CONT $p; "
       "sleep 0.01; done; rm /run/fast; } >/dev/null 2>&1 </dev/null & rm -f /run/fast")
    try:
        yield
    finally:
        fast(c, slot)


def fast(c, slot):
    """ends slowly(); a slot that lost its power meanwhile has forgotten it anyway"""
    c.exec(slot, "touch", "/run/fast", check=False)


def padded(path, pad):
    """a release image with one property more in its root, and the digest that it has then"""
    with open(path, "rb") as f:
        data = f.read()
    head = list(struct.unpack_from(">10I", data))       # magic, total, struct, strings, ..., their sizes
    strings = data[head[3]:head[3] + head[8]]
    at, extra = head[2] + 8, struct.pack(">III", 3, len(pad), len(strings)) + pad + bytes(-len(pad) % 4)
    need(head[3] == head[2] + head[9] and head[1] == head[3] + head[8], "strings are not behind the structure")
    name = b"redund,pad\0"
    head[1] += len(extra) + len(name)
    head[3] += len(extra)
    head[8] += len(name)
    head[9] += len(extra)
    image = bytearray(struct.pack(">10I", *head) + data[40:at] + extra + data[at:] + name)
    mark = struct.pack(">III", 3, 32, strings.index(b"redund,digest\0"))
    digest = image.index(mark, at + len(extra)) + len(mark)
    image[digest:digest + 32] = bytes(32)
    image[digest:digest + 32] = hashlib.sha256(image).digest()
    return image


def being_copied(c, slot):
    """an image of 24 MiB is on its way from the active; slowly() on the other side holds it there"""
    with tempfile.NamedTemporaryFile(dir=c.dir, suffix=".itb") as f:
        f.write(padded(c.status()["image"], os.urandom(16) + bytes(24 << 20)))
        f.flush()
        sh(c, slot, f"cp {f.name} /flash/part && mv /flash/part /flash/secondary.itb")
    c.wait("it is being copied", lambda: item(c, slot, "secondary")["state"] == "copying" and
           item(c, slot, "secondary")["done"])


# ---- the link from inside a module -------------------------------------------------------


def nl(c, slot, *words):
    """the answer of the driver to a request"""
    return json.loads(c.exec(slot, "python3", os.path.join(TOP, "selftests", "vchassis", "nl.py"), *words).stdout)


def talk(c, slot, port, data):
    """plain bytes to the other module's port, from inside this one; what it answers"""
    program = ("import socket,sys\ns = socket.create_connection((sys.argv[1], 7415), 20, (sys.argv[2], 0))\n"
               "s.settimeout(20)\nd = b''\n"
               "try:\n    s.sendall(bytes.fromhex(sys.stdin.read()))\n"
               "    while (n := s.recv(4096)): d += n\n"
               "except OSError: pass\nprint(len(d))")
    address = [f"169.254.15.{n}" for n in (port, slot)]
    return int(c.exec(slot, "python3", "-c", program, *address, stdin=data.hex()).stdout)


def client(c, slot, identity, key, data=b""):
    """openssl's client with a key and a name; sends data when it is let in. Return: was it?"""
    p = c.exec(slot, "sh", "-c", f"xxd -r -p | openssl s_client -connect 169.254.15.{other(slot)}:7415 "
               f"-bind 169.254.15.{slot} -psk {key} -psk_identity {identity} -tls1_3 "
               "-ciphersuites TLS_AES_128_GCM_SHA256 -ign_eof 2>&1 | tr -d '\\200-\\377'", check=False, stdin=data.hex())
    return "Cipher is TLS_AES_128_GCM_SHA256" in p.stdout


def console(c, slot):
    with open(os.path.join(c.dir, f"mm{slot}", "console.log"), encoding="utf-8", errors="replace") as f:
        return f.read()


def refusals(c, slot):
    return [e[3] for e in views.log(c, slot) if e[2] == "sync" and "refused" in e[3]]

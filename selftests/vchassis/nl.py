#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""One request of the netlink family "redund", run inside a module:

    nl.py OPERATION [dump] [ATTRIBUTE=VALUE]...

prints each object of the answer as a line of JSON, with the words of the
specification for enums and bytes as hexadecimal digits. Exit status 1: refused,
with the text on standard error. Knows nothing but what the YAML says."""
import json
import os
import socket
import struct
import sys

import yaml

SPEC = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..",
                    "Documentation", "netlink", "specs", "redund.yaml")
F_REQUEST, F_ACK, F_DUMP, ERROR, DONE = 1, 4, 0x300, 2, 3
CTRL, GETFAMILY, FAMILY_ID, FAMILY_NAME = 0x10, 3, 1, 2
NUMBERS = {"u8": "<B", "u32": "<I", "u64": "<Q"}


def attr(number, data):
    return struct.pack("<HH", 4 + len(data), number) + data + bytes(-len(data) % 4)


def attrs(data):
    while len(data) >= 4:
        size, number = struct.unpack_from("<HH", data)
        if not 4 <= size <= len(data):
            return
        yield number & 0x3fff, data[4:size]
        data = data[(size + 3) & ~3:]


def exchange(sock, family, command, flags, body):
    """yields the attributes of each answer; raises OSError for a refusal"""
    data = struct.pack("<BBH", command, 1, 0) + body
    sock.send(struct.pack("<IHHII", 16 + len(data), family, F_REQUEST | F_ACK | flags, 1, 0) + data)
    while True:
        buf = sock.recv(65536)
        while len(buf) >= 16:
            size, kind, has = struct.unpack_from("<IHH", buf)
            payload = buf[16:size]
            if kind in (ERROR, DONE):
                code = struct.unpack_from("<i", payload)[0] if len(payload) >= 4 else 0
                # the request comes back cut off (CAP_ACK); the text follows
                skip = 20 if kind == ERROR else 4
                text = dict(attrs(payload[skip:])).get(1, b"") if has & 0x200 else b""
                if code:
                    raise OSError(-code, text.rstrip(b"\0").decode() or os.strerror(-code))
                return
            yield payload[4:]
            buf = buf[(size + 3) & ~3:]


class Spec:
    def __init__(self):
        with open(SPEC, encoding="utf-8") as f:
            y = yaml.safe_load(f)
        self.enums = {d["name"]: [e if isinstance(e, str) else e["name"] for e in d["entries"]]
                      for d in y["definitions"]}
        self.sets = {s["name"]: s["attributes"] for s in y["attribute-sets"]}
        self.ops = {op["name"]: i for i, op in enumerate(y["operations"]["list"], 1)}

    def encode(self, word):
        name, _, value = word.partition("=")
        for i, a in enumerate(self.sets["redund"], 1):
            if a["name"] != name:
                continue
            if a["type"] in NUMBERS:
                words = self.enums.get(a.get("enum"), [])
                number = words.index(value) if value in words else int(value)
                return attr(i, struct.pack(NUMBERS[a["type"]], number))
            return attr(i, b"" if a["type"] == "flag" else value.encode() + b"\0")
        sys.exit(f"no attribute {name}")

    def decode(self, which, data):
        out = {}
        for number, value in attrs(data):
            a = self.sets[which][number - 1]
            if a["type"] == "nest":
                out[a["name"]] = self.decode(a["nested-attributes"], value)
            elif a["type"] == "string":
                out[a["name"]] = value.rstrip(b"\0").decode("ascii", "replace")
            elif a["type"] in NUMBERS:
                n = int.from_bytes(value, "little")
                words = self.enums.get(a.get("enum"), [])
                out[a["name"]] = words[n] if a.get("enum") != "not-ready" and n < len(words) else n
            else:
                out[a["name"]] = value.hex()
        return out


def main():
    spec = Spec()
    op, words = sys.argv[1], sys.argv[2:]
    dump = words[:1] == ["dump"]
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
    sock.setsockopt(270, 11, 1)         # NETLINK_EXT_ACK
    sock.setsockopt(270, 10, 1)         # NETLINK_CAP_ACK
    family = 0
    for a in exchange(sock, CTRL, GETFAMILY, 0, attr(FAMILY_NAME, b"redund\0")):
        family = struct.unpack("<H", dict(attrs(a))[FAMILY_ID])[0]
    body = b"".join(spec.encode(w) for w in words[dump:])
    try:
        for a in exchange(sock, family, spec.ops[op], F_DUMP if dump else 0, body):
            print(json.dumps(spec.decode("redund", a)))
    except OSError as e:
        sys.exit(e.strerror)


if __name__ == "__main__":
    main()

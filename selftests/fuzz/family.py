# SPDX-License-Identifier: GPL-2.0-only
"""A socket of the family that sends what it is given, and reads answers by the
specification: what the kernel says has to be as the YAML has it."""
import select
import socket
import struct

import grammar

SOL_NETLINK, ADD_MEMBERSHIP, DROP_MEMBERSHIP, EXT_ACK = 270, 1, 2, 11
ERROR, DONE = 2, 3
CAPPED, TLVS = 0x100, 0x200


class Violation(Exception):
    """Something that must never be."""


def parse(data, what):
    """[(type, payload)] of a run of attributes, which has to be whole"""
    out, at = [], 0
    while at < len(data):
        if len(data) - at < 4:
            raise Violation(f"{what}: bytes are left over behind the attributes")
        length, kind = struct.unpack_from("=HH", data, at)
        if length < 4 or at + length > len(data):
            raise Violation(f"{what}: an attribute of length {length}")
        out.append((kind & 0x3fff, data[at + 4:at + length]))
        at += length + (-length % 4)
    return out


def resolve():
    """(number of the family, number of its group)"""
    s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
    body = struct.pack("=BBH", 3, 1, 0) + grammar.attribute(2, b"redund\0")
    s.send(grammar.HEADER.pack(16 + len(body), 16, 1, 1, 0) + body)
    data = s.recv(65536)
    s.close()
    attrs = dict(parse(data[20:struct.unpack_from("=I", data)[0]], "family"))
    group = dict(parse(parse(attrs[7], "groups")[0][1], "group"))
    return struct.unpack("=H", attrs[1][:2])[0], struct.unpack("=I", group[2])[0]


class Answers:
    """Judges answers by the specification."""

    def __init__(self, spec):
        self.spec = spec
        self.numbers = {name: {i + 1: a for i, a in enumerate(attrs)} for name, attrs in spec.sets.items()}
        self.by_number = {o["number"]: o for o in spec.ops.values()}

    def value(self, attr, data, what):
        kind = attr["type"]
        if kind in grammar.SIZES:
            if len(data) != grammar.SIZES[kind]:
                raise Violation(f"{what}: {attr['name']} has {len(data)} bytes")
            number = int.from_bytes(data, "little")
            high = self.spec.highest(attr)[1] if "enum" in attr else None
            if high is not None and number > high:
                raise Violation(f"{what}: {attr['name']} is {number}")
            return number
        if kind == "string":
            if data[-1:] != b"\0" or any(not 32 <= c < 127 for c in data[:-1]):
                raise Violation(f"{what}: {attr['name']} is no printable text: {data!r}")
            return data[:-1].decode()
        if kind == "nest":
            return self.nest(attr["nested-attributes"], data, f"{what} {attr['name']}")
        return data

    def nest(self, name, data, what):
        out = {}
        for kind, payload in parse(data, what):
            attr = self.numbers[name].get(kind)
            if attr is None:
                raise Violation(f"{what}: attribute {kind} is not of {name}")
            value = self.value(attr, payload, what)
            if attr.get("multi-attr"):
                out.setdefault(attr["name"], []).append(value)
            elif attr["name"] in out:
                raise Violation(f"{what}: {attr['name']} is there twice")
            else:
                out[attr["name"]] = value
        return out

    def message(self, data):
        """(operation, {name: value}) of a reply or notification"""
        op = self.by_number.get(data[0])
        if op is None:
            raise Violation(f"an answer of operation {data[0]}")
        got = self.nest("redund", data[4:], op["name"])
        allowed = set()
        for kind in ("do", "dump"):
            allowed |= set(op.get(kind, {}).get("reply", {}).get("attributes", []))
        allowed |= set(op.get("event", {}).get("attributes", []))
        extra = set(got) - allowed
        if extra:
            raise Violation(f"{op['name']} answers with {' '.join(sorted(extra))}")
        return op["name"], got


class Socket:
    """One socket; counts its requests."""

    def __init__(self, number, group, answers):
        self.number, self.group, self.answers = number, group, answers
        self.seq, self.socket = 0, None
        self.open()

    def open(self):
        if self.socket:
            self.socket.close()
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.socket.setsockopt(SOL_NETLINK, EXT_ACK, 1)
        self.socket.setblocking(False)
        self.joined, self.overrun, self.last = False, False, {}

    def join(self, on):
        if on != self.joined:
            self.socket.setsockopt(SOL_NETLINK, ADD_MEMBERSHIP if on else DROP_MEMBERSHIP, self.group)
            self.joined, self.last = on, {}

    def send(self, bodies):
        """One datagram; bodies: (bytes, flags). Returns their numbers."""
        data, numbers = b"", []
        for body, flags in bodies:
            self.seq += 1
            numbers.append(self.seq)
            data += grammar.HEADER.pack(16 + len(body), self.number, flags, self.seq, 0) + body
            data += bytes(-len(data) % 4)
        self.socket.send(data)
        return numbers

    def read(self, seconds):
        """[(number, kind, payload, flags)] of one datagram, None: none came"""
        poll = select.poll()
        poll.register(self.socket, select.POLLIN)
        if not poll.poll(seconds * 1000):
            return None
        try:
            data = self.socket.recv(1 << 20)
        except OSError:		# ENOBUFS: more came than was read
            self.overrun, self.last = True, {}
            return []
        out, at = [], 0
        while at + 16 <= len(data):
            length, kind, flags, seq, _ = grammar.HEADER.unpack_from(data, at)
            if length < 16 or at + length > len(data):
                raise Violation(f"a message of length {length}")
            if kind == self.number and not seq:
                self.notified(data[at + 16:at + length])
            out.append((seq, kind, data[at + 16:at + length], flags))
            at += length + (-length % 4)
        return out

    def notified(self, payload):
        """Numbers of an instance's notifications have no gaps; one that begins anew has
        others in the upper half."""
        name, got = self.answers.message(payload)
        before, now = self.last.get(got["instance"]), got["change-seq"]
        self.last[got["instance"]] = now
        if before is not None and before >> 16 == now >> 16 and now != before + 1:
            raise Violation(f"{name}: number {now} of instance {got['instance']} follows {before}")

    def outcome(self, number, kind, payload, flags):
        """('ok' or an errno, text) of the end of a request, None: it is not the end"""
        if kind == self.number:
            self.answers.message(payload)
            return None
        if kind not in (ERROR, DONE):
            return None
        error = struct.unpack_from("=i", payload)[0] if len(payload) >= 4 else 0
        text = ""
        if flags & TLVS:
            at = 4
            if kind == ERROR:
                at = 20 if flags & CAPPED else 4 + (struct.unpack_from("=I", payload, 4)[0] + 3 & ~3)
            text = dict(parse(payload[at:], "extack")).get(1, b"\0")[:-1].decode("latin-1")
        return -error or "ok", text

    def wait(self, numbers, seconds):
        """{number: (outcome, text)}; those that got no answer are missing"""
        left, out = set(numbers), {}
        while left:
            messages = self.read(seconds)
            if messages is None:
                break
            for number, kind, payload, flags in messages:
                end = self.outcome(number, kind, payload, flags)
                if end and number in left and not (kind == ERROR and end[0] == "ok" and number in out):
                    left.discard(number)
                    out[number] = end
        return out

    def ask(self, op, attrs=(), dump=False):
        """Answers to a request of our own: [{...}]"""
        spec = self.answers.spec
        body = struct.pack("=BBH", spec.ops[op]["number"], 1, 0)
        for name, value in attrs:
            attr = spec.top[name]
            body += grammar.attribute(attr["number"], value.to_bytes(grammar.SIZES[attr["type"]], "little"))
        flags = grammar.F_REQUEST | grammar.F_ACK | (grammar.F_DUMP if dump else 0)
        (wanted,), found = self.send([(body, flags)]), []
        while True:
            messages = self.read(20)
            if messages is None:
                raise Violation(f"{op}: no answer")
            for number, kind, payload, mflags in messages:
                if number != wanted:
                    continue
                if kind == self.number:
                    found.append(self.answers.message(payload)[1])
                elif kind == DONE or kind == ERROR:
                    error = struct.unpack_from("=i", payload)[0]
                    if error:
                        raise OSError(-error, op)
                    return found

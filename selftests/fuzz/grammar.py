# SPDX-License-Identifier: GPL-2.0-only
"""Messages of the netlink family made from its YAML: valid ones and nearly valid
ones. A sequence follows from a seed alone. The specification is read as JSON
(run makes it), so that a slow kernel does not have to parse YAML.

  grammar.py SPEC.json SEED PROCESS [COUNT]	prints a sequence
"""
import json
import random
import struct
import sys

HEADER = struct.Struct("=IHHII")
F_REQUEST, F_ACK, F_ECHO, F_DUMP = 1, 4, 8, 0x300
NESTED = 0x8000
ODD = (0, 1, 2, 3, 4, 255, 0x7fffffff, 0x80000000, 0xffffffff)
WORDS = ("CONSOLE session", "fuzz", "primary: disk full", "x", "", "a b", "mgr", "\x1b[2J", "\xe4",
         "%s%n", "two\nlines")
SIZES = {"u8": 1, "u32": 4, "u64": 8}
# Operations that end or move a module come less often than the others.
RARE = {"reboot": 0.15, "switchover": 0.3, "redundancy-set": 0.3, "heartbeat-set": 0.5}


class Spec:
    """Operations, attributes and enumerations with their numbers."""

    def __init__(self, path):
        raw = json.load(open(path))
        self.enums = {d["name"]: d for d in raw["definitions"]}
        self.sets = {s["name"]: s["attributes"] for s in raw["attribute-sets"]}
        self.top = {a["name"]: dict(a, number=i + 1) for i, a in enumerate(self.sets["redund"])}
        self.ops = {o["name"]: dict(o, number=i + 1) for i, o in enumerate(raw["operations"]["list"])}
        self.asked = [name for name, o in self.ops.items() if "event" not in o]

    def request(self, op, kind):
        return self.ops[op].get(kind, {}).get("request", {}).get("attributes", [])

    def admin(self, op):
        return "admin-perm" in self.ops[op].get("flags", [])

    def highest(self, attr):
        """Largest and smallest valid value of a number."""
        checks = attr.get("checks", {})
        high = checks.get("max")
        if high is None and "enum" in attr:
            enum = self.enums[attr["enum"]]
            high = len(enum["entries"]) - 1 if enum["type"] == "enum" else (1 << len(enum["entries"])) - 1
        return checks.get("min", 0), high


def attribute(number, data, length=None):
    length = 4 + len(data) if length is None else length
    return struct.pack("=HH", length & 0xffff, number & 0xffff) + data + bytes(-len(data) % 4)


class Sequence:
    """What one process does: a generator of (word, messages, what they are)."""

    def __init__(self, spec, seed, process, instances=2):
        self.spec, self.instances = spec, instances
        self.rnd = random.Random(f"{seed}/{process}")
        self.ops = spec.asked
        self.weights = [RARE.get(op, 1) for op in self.ops]

    def value(self, attr):
        """Bytes of a valid value."""
        rnd, kind = self.rnd, attr["type"]
        if kind in SIZES:
            low, high = self.spec.highest(attr)
            high = max(low, 600) if high is None else high
            if attr["name"] in ("interval-ms", "misses"):
                low, high = (50, 300) if attr["name"] == "interval-ms" else (5, 20)
            value = rnd.choice((low, high, rnd.randint(low, high)))
            return (value & (1 << 8 * SIZES[kind]) - 1).to_bytes(SIZES[kind], sys.byteorder)
        if kind == "string":
            room = attr.get("checks", {}).get("max-len", 40)
            text = rnd.choice(("fuzz", "CONSOLE session", "x" * room, "mgr"))[:room]
            return text.encode() + b"\0"
        if kind == "binary":
            return rnd.randbytes(32)
        return b""

    def wrong_value(self, attr):
        rnd, kind = self.rnd, attr["type"]
        if kind in SIZES:
            low, high = self.spec.highest(attr)
            value = rnd.choice(ODD + (low - 1, (high or 0) + 1))
            size = rnd.choice((SIZES[kind], SIZES[kind], SIZES[kind], 1, 2, 3, 4, 8, 0))
            return (value & (1 << 8 * size) - 1).to_bytes(size, sys.byteorder)
        if kind == "string":
            text = rnd.choice(WORDS).encode("latin-1")
            return rnd.choice((text, text + b"\0", text * 40 + b"\0", text + b"\0" + text, b"", rnd.randbytes(9)))
        return rnd.randbytes(rnd.choice((0, 1, 4, 31, 33, 600)))

    def attributes(self, op, kind):
        """List of [number, data, claimed length or None, name]"""
        rnd, out = self.rnd, []
        for name in self.spec.request(op, kind):
            attr = self.spec.top[name]
            if name == "instance":
                data = struct.pack("=I", rnd.randrange(self.instances))
            elif rnd.random() < 0.3:
                continue
            else:
                data = self.value(attr)
            out.append([attr["number"], data, None, name])
        return out

    # ---- what can be wrong ----------------------------------------------------------

    def spoil(self, attrs):
        """Changes one attribute, or which there are."""
        rnd, spec = self.rnd, self.spec
        how = rnd.choice(("value", "value", "value", "missing", "twice", "type", "nested", "length", "foreign", "order"))
        if not attrs and how not in ("foreign",):
            how = "foreign"
        at = rnd.randrange(len(attrs)) if attrs else 0
        if how == "value":
            attrs[at][1] = self.wrong_value(spec.top[attrs[at][3]])
        elif how == "missing":
            del attrs[at]
        elif how == "twice":
            attrs.insert(rnd.randrange(len(attrs) + 1), list(attrs[at]))
        elif how == "type":
            attrs[at][0] = rnd.choice((0, len(spec.top) + 1, 0x3fff, rnd.randrange(len(spec.top) + 4)))
        elif how == "nested":
            attrs[at][0] |= rnd.choice((NESTED, 0x4000, 0xc000))
        elif how == "length":
            attrs[at][2] = rnd.choice((0, 3, 4, len(attrs[at][1]) + 5, 0xffff, rnd.randrange(64)))
        elif how == "order":
            rnd.shuffle(attrs)
        else:
            attr = rnd.choice(list(spec.top.values()))
            data = self.value(attr) if attr["type"] != "nest" else self.nest(attr["nested-attributes"], 3)
            attrs.append([attr["number"] | (NESTED if attr["type"] == "nest" else 0), data, None, attr["name"]])
        return how

    def nest(self, name, depth):
        """A nest as only the kernel sends it; no request has one."""
        out = b""
        for i, attr in enumerate(self.spec.sets[name]):
            if self.rnd.random() < 0.7:
                continue
            if attr["type"] == "nest":
                out += attribute((i + 1) | NESTED, self.nest(attr["nested-attributes"], depth - 1) if depth else b"")
            else:
                out += attribute(i + 1, self.value(attr))
        return out

    def message(self):
        """(bytes, op, attribute names, flags, what was spoiled)"""
        rnd, spec = self.rnd, self.spec
        op = rnd.choices(self.ops, self.weights)[0]
        kinds = [k for k in ("do", "dump") if k in spec.ops[op]]
        kind = rnd.choice(kinds)
        flags = F_REQUEST | F_ACK | (F_DUMP if kind == "dump" else 0)
        attrs, spoiled = self.attributes(op, kind), []
        number, version = spec.ops[op]["number"], 1
        if rnd.random() < 0.55:
            for _ in range(rnd.choice((1, 1, 1, 2, 3))):
                spoiled.append(self.spoil(attrs))
        if rnd.random() < 0.05:
            flags, how = rnd.choice(((flags ^ F_DUMP, "dump"), (flags | 0xff00, "flags"), (flags | F_ECHO, "echo")))
            spoiled.append(how)
        if rnd.random() < 0.03:
            number, version = rnd.randrange(256), rnd.choice((0, 1, 2, 255))
            spoiled.append("operation")
        body = struct.pack("=BBH", number, version, rnd.choice((0, 0, 0, 0xffff)))
        body += b"".join(attribute(n, data, length) for n, data, length, _ in attrs)
        if rnd.random() < 0.04:
            body += rnd.randbytes(rnd.randrange(1, 7))
            spoiled.append("tail")
        if rnd.random() < 0.04:
            body = body[:rnd.randrange(len(body))]
            spoiled.append("cut")
        return body, op, [a[3] for a in attrs], flags, spoiled

    def step(self):
        """(word, [message...]): what is done next"""
        word = self.rnd.choices(("send", "several", "join", "leave", "reopen", "unread"), (80, 8, 2, 2, 3, 2))[0]
        count = {"send": 1, "unread": 1, "several": self.rnd.randrange(2, 6)}.get(word, 0)
        return word, [self.message() for _ in range(count)]


def show(step):
    word, messages = step
    lines = [f"{word}"]
    for body, op, names, flags, spoiled in messages:
        lines.append(f"  {op} {' '.join(names)} flags {flags:#x} [{' '.join(spoiled) or 'valid'}] {body.hex()}")
    return "\n".join(lines)


if __name__ == "__main__":
    sequence = Sequence(Spec(sys.argv[1]), sys.argv[2], sys.argv[3])
    for _ in range(int(sys.argv[4]) if len(sys.argv) > 4 else 100):
        print(show(sequence.step()))

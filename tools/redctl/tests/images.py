# SPDX-License-Identifier: GPL-2.0-or-later
"""Release images (Documentation/redund/images.rst) written byte by byte: a reader of its own makes
sure that the format is what the document says."""
import calendar
import gzip
import hashlib
import os
import struct
import time


class Tree:
    """A flattened device tree."""
    def __init__(self):
        self.struct, self.strings, self.names = b"", b"", {}

    @staticmethod
    def pad(data):
        """To whole words."""
        return data + b"\0" * (-len(data) % 4)

    def begin(self, name):
        """A node."""
        self.struct += struct.pack(">I", 1) + self.pad(name.encode() + b"\0")

    def end(self):
        """Its end."""
        self.struct += struct.pack(">I", 2)

    def prop(self, name, value):
        """A property: bytes, a text or a number."""
        if isinstance(value, str):
            value = value.encode() + b"\0"
        elif isinstance(value, int):
            value = struct.pack(">I", value)
        if name not in self.names:
            self.names[name] = len(self.strings)
            self.strings += name.encode() + b"\0"
        self.struct += struct.pack(">III", 3, len(value), self.names[name]) + self.pad(value)

    def data(self):
        """The file."""
        tree = self.struct + struct.pack(">I", 9)
        strings = self.pad(self.strings)
        at = 40 + 16 + len(tree)
        return struct.pack(">10I", 0xd00dfeed, at + len(strings), 56, at, 40, 17, 16, 0, len(strings), len(tree)) + \
            bytes(16) + tree + strings


def part(tree, name, data):
    """A part with its digest."""
    data = gzip.compress(data, mtime=0)
    tree.begin(name)
    tree.prop("data", data)
    tree.prop("compression", "gzip")
    tree.begin("hash-1")
    tree.prop("algo", "sha256")
    tree.prop("value", hashlib.sha256(data).digest())
    tree.end()
    tree.end()


def image(version="K.12.XX", build=351, when="Mar 5 2007 13:20:59", path="/sw/code/build/btm(t2g)"):
    """An image's bytes."""
    tree, place = Tree(), bytes(range(32))
    tree.begin("")
    tree.prop("timestamp", calendar.timegm(time.strptime(when, "%b %d %Y %H:%M:%S")))
    tree.prop("redund,version", version)
    tree.prop("redund,build", build)
    tree.prop("redund,train", ".".join(version.split(".")[:2]))
    tree.prop("redund,stamp", "%s %s" % (path, when))
    tree.prop("redund,digest", place)
    tree.begin("images")
    part(tree, "kernel", b"kernel")
    part(tree, "rootfs", b"root file system")
    tree.end()
    tree.end()
    data = tree.data()
    assert data.count(place) == 1
    return data.replace(place, hashlib.sha256(data.replace(place, bytes(32))).digest())


def fill(directory, primary=None, secondary=None, rom="K.12.01", env=None, once=None):
    """A module's flash directory."""
    for name, data in (("primary.itb", primary), ("secondary.itb", secondary),
                       ("rom.version", rom and rom.encode() + b"\n"), ("boot.env", env and env.encode()),
                       ("boot.next", once and once.encode() + b"\n")):
        if data is not None:
            with open(os.path.join(directory, name), "wb") as f:
                f.write(data)

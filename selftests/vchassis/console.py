# SPDX-License-Identifier: GPL-2.0-only
"""A person at a slot's console: `vchassis console SLOT` on a pseudo-terminal.
Keeps all that was shown; waits for text that comes after what was waited for
before."""
import os
import pty
import re
import select
import time

from chassis import WAIT, Failed


class Console:
    def __init__(self, c, slot):
        self.text, self.at = "", 0
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execv(c.bin, [c.bin, "--dir", c.dir, "console", str(slot)])
        self.expect(r"ends it\.\r\n")

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        os.close(self.fd)
        os.waitpid(self.pid, 0)

    def send(self, text):
        """keys, as typed"""
        os.write(self.fd, text.encode())

    def read(self, seconds):
        """what comes within this time; False when nothing did"""
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            data = b""
        self.text += data.decode(errors="replace")
        return bool(data)

    def expect(self, pattern, timeout=WAIT):
        """the match of a pattern in what comes from here on"""
        end = time.monotonic() + timeout
        while True:
            m = re.search(pattern, self.text[self.at:])
            if m:
                self.at += m.end()
                return m
            if time.monotonic() > end:
                raise Failed(f"{pattern!r} is not on the console within {timeout} s; there is\n"
                             + self.text[self.at:][-3000:])
            self.read(0.2)

    def quiet(self, seconds):
        """what comes until nothing does for this time"""
        start = len(self.text)
        while self.read(seconds):
            pass
        return self.text[start:]

    def lines(self, begin=0, end=None):
        """what a person reads, as lines"""
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.text[begin:end])
        return [line.rstrip() for line in text.replace("\r", "").split("\n")]

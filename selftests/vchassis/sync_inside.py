#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs in the active management module for sync_chaos.py and bench.py: makes
the changes of a plan, one after another, as an operator's programs would, and
says on standard output when each was begun and when it was acknowledged.

The plan is JSON on standard input, a list of changes:

  {"n": 7, "kind": "config", "lines": ["hostname c7", ...]}
      the commands, then `redctl write memory'
  {"n": 8, "kind": "security", "files": {"chaos-a": "text"}, "remove": ["chaos-b"]}
      files of FLASH/security replaced, then asked for on redsyncd's socket

  {"n": 9, "kind": "image", "name": "secondary.itb", "from": "/tmp/file"}
      an image replaced, then asked for

Each answer is a line: S N begun; A N US ALL acknowledged by both modules, US
microseconds after the file was stored on this one, ALL after the change began;
F N WHY.
"""
import json
import os
import socket
import subprocess
import sys
import time

FLASH = os.environ.get("REDUND_FLASH", "/flash")
SOCKET = os.path.join(os.environ.get("REDUND_RUN", "/run/redund"), "syncd.sock")
BOTH = [1, 2]


def say(*words):
    print(*words, flush=True)


def sync_path(path):
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def replace(path, blocks):
    """a file, whole and durable"""
    with open(path + ".new", "wb") as f:
        for block in blocks:
            f.write(block)
        f.flush()
        os.fsync(f.fileno())
    os.rename(path + ".new", path)
    sync_path(os.path.dirname(path))


def remove(name):
    folder = os.path.join(FLASH, "security")
    try:
        os.unlink(os.path.join(folder, name))
    except FileNotFoundError:
        return
    sync_path(folder)


def commit(*items, timeout_ms=10000):
    """what redsyncd says when the standby has these items, or why it has not"""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
        s.settimeout(timeout_ms / 1000 + 5)
        s.connect(SOCKET)
        s.sendall(json.dumps({"op": "commit", "items": items, "timeout_ms": timeout_ms}).encode() + b"\n")
        with s.makefile("r", encoding="utf-8") as f:
            for line in f:
                answer = json.loads(line)
                if "ok" in answer:
                    return answer
    return {"ok": False, "reason": "no-answer"}


def redctl(*words, stdin=None):
    return subprocess.run(["redctl", *words], capture_output=True, text=True, input=stdin, check=False)


def acknowledged(item, began, timeout_ms=10000):
    stored = time.monotonic_ns()
    answer = commit(item, timeout_ms=timeout_ms)
    now = time.monotonic_ns()
    if not answer["ok"] or answer.get("affected") != BOTH:
        return None, json.dumps(answer)
    return (now - stored, now - began), ""


def config(change):
    p = redctl("-f", "-", stdin="".join(line + "\n" for line in change["lines"]))
    if p.returncode:
        return None, (p.stderr or p.stdout).strip()
    began = time.monotonic_ns()
    p = redctl("-j", "write", "memory")
    took = time.monotonic_ns() - began
    if p.returncode:
        return None, (p.stderr or p.stdout).strip()
    affected = json.loads(p.stdout).get("affected")
    return ((took, took), "") if affected == BOTH else (None, f"affected {affected}")


def security(change):
    folder = os.path.join(FLASH, "security")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    began = time.monotonic_ns()
    for name, text in change["files"].items():
        replace(os.path.join(folder, name), [text.encode()])
    for name in change.get("remove", ()):
        remove(name)
    return acknowledged("security", began)


def image(change):
    with open(change["from"], "rb") as f:
        blocks = iter(lambda: f.read(1 << 20), b"")
        replace(os.path.join(FLASH, change["name"]), blocks)
    return acknowledged(change["name"].removesuffix(".itb"), time.monotonic_ns(), 600000)


def main():
    kinds = {"config": config, "security": security, "image": image}
    for change in json.load(sys.stdin):
        say("S", change["n"])
        try:
            took, why = kinds[change["kind"]](change)
        except (OSError, ValueError) as e:
            took, why = None, f"{type(e).__name__}: {e}"
        if took is None:
            say("F", change["n"], " ".join(why.split()))
        else:
            say("A", change["n"], *(t // 1000 for t in took))
    say("E")


if __name__ == "__main__":
    main()

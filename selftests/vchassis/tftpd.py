#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A TFTP server for the tests, RFC 1350 with the block size of RFC 2348: files of
one directory, for reading. Says "ready" and serves until it is killed.

  tftpd.py ADDRESS DIRECTORY
"""
import os
import socket
import struct
import sys

DATA, ACK, ERROR, OACK = 3, 4, 5, 6


def ask(s, packet, peer, number):
    """sends until this block is acknowledged"""
    for _ in range(20):
        s.sendto(packet, peer)
        try:
            while True:
                data, who = s.recvfrom(2048)
                if who == peer and len(data) >= 4 and struct.unpack(">HH", data[:4]) == (ACK, number):
                    return True
                if who == peer and data[:2] == struct.pack(">H", ERROR):
                    return False
        except TimeoutError:
            pass
    return False


def serve(directory, address, request, peer):
    name, _, *options = request.split(b"\0")[:-1]
    options = dict(zip((o.lower() for o in options[::2]), options[1::2]))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((address, 0))
        s.settimeout(2)
        try:
            with open(os.path.join(directory, os.path.basename(name.decode())), "rb") as f:
                data = f.read()
        except OSError:
            s.sendto(struct.pack(">HH", ERROR, 1) + b"no such file\0", peer)
            return
        size = int(options.get(b"blksize", b"512"))
        if b"blksize" in options and not ask(s, struct.pack(">H", OACK) + b"blksize\0%d\0" % size, peer, 0):
            return
        for number, at in enumerate(range(0, len(data) + 1, size), 1):
            if not ask(s, struct.pack(">HH", DATA, number & 0xffff) + data[at:at + size], peer, number & 0xffff):
                return


def main():
    address, directory = sys.argv[1:3]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((address, 69))
        print("ready", flush=True)
        while True:
            request, peer = s.recvfrom(2048)
            if request[:2] == b"\0\1":
                serve(directory, address, request[2:], peer)


if __name__ == "__main__":
    main()

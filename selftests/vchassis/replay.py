#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs in a management module for test_wire.py: records what a client with the
right key says to the other module's redsyncd, then says it again, byte by byte.

  replay.py OWN-ADDRESS ADDRESS NAME KEY <HEX

HEX is what the client says when it is let in. Prints {"recorded": bytes,
"answer": bytes of the answer to the second time}.
"""
import json
import select
import socket
import subprocess
import sys

PORT = 7415


def connect(own, to):
    return socket.create_connection((to, PORT), 20, (own, 0))


def forward(client, server):
    """both ways until one ends. Return: what the client said"""
    said = b""
    while True:
        for s in select.select([client, server], [], [], 20)[0] or [None]:
            try:
                data = s.recv(65536) if s else b""
            except OSError:
                data = b""
            if not data:
                return said
            try:
                (server if s is client else client).sendall(data)
            except OSError:
                return said
            said += data if s is client else b""


def record(own, to, name, key, text):
    listener = socket.create_server(("127.0.0.1", 0))
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{listener.getsockname()[1]}", "-psk", key, "-psk_identity",
               name, "-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256", "-quiet"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as p:
        client = listener.accept()[0]
        with client, connect(own, to) as server:
            p.stdin.write(text)
            p.stdin.flush()
            said = forward(client, server)
        p.stdin.close()
        p.terminate()
    return said


def again(own, to, said):
    with connect(own, to) as s:
        s.settimeout(20)
        answer = 0
        try:
            s.sendall(said)
            while data := s.recv(65536):
                answer += len(data)
        except OSError:
            pass
    return answer


def main():
    own, to, name, key = sys.argv[1:5]
    said = record(own, to, name, key, bytes.fromhex(sys.stdin.read()))
    print(json.dumps({"recorded": len(said), "answer": again(own, to, said)}))


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands of the synchronization, on a redsyncd that answers as it is told."""
import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading

from chassis import run, state
from images import fill, image
from tap import Skip, has, same, test
from test_commands import refusal, verdict
from test_config import Module
from test_json import judge
from test_log import TftpServer

BOTH = {"ok": True, "affected": [1, 2]}
ONE = {"ok": False, "reason": "no-standby", "text": "there is no standby", "affected": [1]}
LATE = {"ok": False, "reason": "sync-timeout", "text": "config: not acknowledged in 1 s", "affected": [1]}
SOLO = state(mm2={"role": "failed"})
ITEMS = [{"name": "config", "class": "configuration", "direction": "to-standby", "when": "at-once", "state": "equal",
          "generation": 17, "peer_generation": 17, "digest": "0123456789abcdef", "peer_digest": "0123456789abcdef",
          "bytes": 812, "done": 0, "total": 0, "age_s": 3, "error": ""},
         {"name": "primary", "class": "image", "direction": "to-standby", "when": "at-once", "state": "copying",
          "generation": 4, "peer_generation": 3, "digest": "aaaaaaaabbbbbbbb", "peer_digest": "ccccccccdddddddd",
          "bytes": 67108864, "done": 22020096, "total": 67108864, "age_s": None, "error": "the link was lost"}]
STATUS = {"state": "syncing", "reason": "syncing", "text": "primary: 32 %", "link": "up", "slot": 1, "peer": 2,
          "seconds_left": 20, "refused": 0, "items": ITEMS}


class Daemon:
    """A control socket: each request gets the lines of its "op"; requests are kept."""
    def __init__(self, run_dir, answers):
        os.makedirs(run_dir, exist_ok=True)
        self.path, self.answers, self.requests = os.path.join(run_dir, "syncd.sock"), answers, []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(8)
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def serve(self):
        """Until the socket is closed."""
        while True:
            try:
                conn = self.listener.accept()[0]
            except OSError:
                return
            with conn:
                text = conn.makefile("r", encoding="utf-8").readline()
                if not text:
                    continue
                request = json.loads(text)
                self.requests.append(request)
                answer = self.answers.get(request["op"])
                if isinstance(answer, threading.Event):
                    answer.wait(30)     # says nothing
                    continue
                for line in answer if isinstance(answer, list) else [answer]:
                    data = line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n"
                    with contextlib.suppress(OSError):
                        conn.sendall(data)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *what):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(30)
        os.unlink(self.path)


@contextlib.contextmanager
def module(answers=None, **files):
    """A module with a flash, and with a daemon when there are answers."""
    with tempfile.TemporaryDirectory() as tmp, contextlib.ExitStack() as stack:
        mm = Module(tmp)
        if files:
            fill(mm.flash, **files)
        if answers is not None:
            mm.daemon = stack.enter_context(Daemon(mm.run_dir, answers))
        yield mm


def asked(mm, op):
    """The requests of that kind."""
    return [r for r in mm.daemon.requests if r["op"] == op]


# ---- write memory and the like ------------------------------------------------------------


@test("S-233 C-34: write memory waits for the standby, and says which modules have it")
def _():
    with module({"commit": BOTH}) as mm:
        r = mm("write memory")
        same((r.status, r.err), (0, ""))
        same(r.out, "The running configuration is stored in config1.\nAffected: Mgmt Module 1, 2\n")
        same(asked(mm, "commit")[0], {"op": "commit", "items": ["config"], "timeout_ms": 10000})
        r = mm("write memory -j --timeout 3")
        judge("write-memory", r.json)
        same((r.json["affected"], asked(mm, "commit")[1]["timeout_ms"]), ([1, 2], 3000))


@test("S-221 C-34: a module that is not in standby mode is not affected; exit status 0, and the reason")
def _():
    for other in ("failed", "offline", "absent", "booting", "syncing", "down"):
        with module({"commit": ONE}) as mm:
            st = state(mm2={"role": other})
            r = mm("write memory", st)
            same((r.status, r.err), (0, ""), other)
            has(r.out, "\nAffected: Mgmt Module 1 (no-standby: there is no standby)\n")
            r = mm("write memory -j", st)
            judge("write-memory", r.json)
            same((r.json["affected"], r.json["not_affected"]), ([1], "no-standby"))
    with module({"commit": dict(ONE, reason="disabled")}) as mm:
        same(mm("write memory -j", state(chassis={"redundancy": False})).json["not_affected"], "disabled")


@test("S-233: a standby that does not acknowledge: stored here, exit status 4, the daemon's reason")
def _():
    for answer, reason in ((LATE, "sync-timeout"), (dict(LATE, reason="disk-full", text="config: disk full"), "disk-full")):
        with module({"commit": answer}) as mm:
            r = mm("write memory")
            same((r.status, r.out.splitlines()),
                 (4, ["The running configuration is stored in config1.", "Affected: Mgmt Module 1"]))
            same(r.err, "redctl: %s: The running configuration is stored in config1 on this module; the standby has "
                 "not acknowledged it: %s\n" % (reason, answer["text"]))
            has(mm.get("config/config1"), "redundancy management-module\n")
            r = mm("write memory -j")
            judge("error", r.json)
            same((r.status, r.json["reason"], r.json["affected"]), (4, reason, [1]))


@test("S-233: a daemon that does not answer at all: within the bound, sync-timeout")
def _():
    silent = threading.Event()
    with module({"commit": silent}) as mm:
        r = mm("write memory --timeout 0")
        silent.set()
        same((r.status, r.err.split(":")[1]), (4, " sync-timeout"))


@test("no redsyncd: reason no-daemon, this module alone, exit status 0")
def _():
    with module() as mm:
        r = mm("write memory")
        same((r.status, r.err), (0, ""))
        has(r.out, "\nAffected: Mgmt Module 1 (no-daemon: redsyncd does not run)\n")
        same(mm("write memory -j").json["not_affected"], "no-daemon")
        r = mm("show sync")
        same((r.status, r.err), (1, "redctl: no-daemon: redsyncd does not run\n"))
        same(mm("sync").err, "redctl: no-daemon: redsyncd does not run\n")


@test("what is no answer, and an answer that holds anything: refused, printable")
def _():
    for answer in (b"garbage\n", b"[1]\n", b"", b"\xff\xfe\n", b"x" * 70000 + b"\n", b'{"ok":true'):
        with module({"commit": [answer]}) as mm:
            r = mm("write memory", SOLO)
            same(r.status, 0)
            assert all(c == "\n" or " " <= c <= "~" for c in r.out + r.err), r.out
            has(r.out, "Affected: Mgmt Module 1 (")
    evil = {"ok": False, "reason": "x\x1b[2J" * 40, "text": "\x1b[2J\n" * 100, "affected": ["1", 9, -3, 2**62, [], 1]}
    with module({"commit": evil, "status": dict(STATUS, items=[dict(ITEMS[0], name="\x1b" * 99, error="\n" * 9)])}) as mm:
        for words in ("write memory", "show sync", "show redundancy detail"):
            r = mm(words, SOLO)
            assert all(c == "\n" or " " <= c <= "~" for c in r.out + r.err), words


@test("S-226 S-231 S-206: fastboot and startup-default reach both modules")
def _():
    with module({"commit": BOTH}) as mm:
        mm.put("config/config2", "hostname B\n")
        for words in ("fastboot", "no fastboot", "startup-default config config2",
                      "startup-default secondary config config2"):
            r = mm(words)
            same((r.status, r.out, r.err), (0, "Affected: Mgmt Module 1, 2\n", ""), words)
        same([r["items"] for r in asked(mm, "commit")], [["config"]] * 4)
        judge("configure", mm("fastboot -j").json)
        judge("startup-default", mm("startup-default config config2 -j").json)


# ---- erase, copy ----------------------------------------------------------------------------


@test("S-224 S-225: erase config and erase startup-config ask, erase, and reach both modules")
def _():
    with module({"commit": BOTH}) as mm:
        for n in (1, 2, 3):
            mm.put("config/config%u" % n, "hostname A\n")
        for words, name, question in (("erase config config2", "config2", "config2 will be deleted"),
                                      ("erase startup-config", "config1", "Configuration will be deleted")):
            r = mm(words, answer="n\n")
            same((r.status, os.path.exists(os.path.join(mm.flash, "config", name))), (1, True))
            same(r.out.splitlines()[0], question + ", continue [y/n]? ")
            r = mm(words, answer="y\n")
            same((r.status, os.path.exists(os.path.join(mm.flash, "config", name))), (0, False))
            has(r.out, "\n%s is erased.\nAffected: Mgmt Module 1, 2\n" % name)
            same(mm(words + " -y").err.split(":")[1], " no-object")
        judge("erase-config", mm("erase config config3 -y -j").json)
        same(os.listdir(os.path.join(mm.flash, "config")), [".lock"])


@test("S-223: erase flash asks, erases, takes back what update held; warns when nothing would boot")
def _():
    with module({"commit": BOTH}, primary=image(), secondary=image()) as mm:
        mm.put("config/x", "")
        os.makedirs(os.path.join(mm.flash, "sync"))
        mm.put("sync/hold", "primary\nsecondary\n")
        r = mm("erase flash primary", answer="n\n")
        same((r.status, r.out), (1, "The Primary OS Image will be deleted, continue [y/n]? \n"))
        r = mm("erase flash", answer="y\n")
        same((r.status, mm.get("sync/hold")), (0, "secondary\n"))
        has(r.out, "\nPrimary flash is blank.\nAffected: Mgmt Module 1, 2\n")
        same(asked(mm, "commit")[0]["items"], ["primary"])
        has(mm("erase flash secondary", answer="n\n").out, "The other flash holds no image that boots.\n")
        judge("erase-flash", mm("erase flash secondary -y -j").json)
        same([n for n in os.listdir(mm.flash) if n.endswith(".itb")], [])


@test("S-223 S-224: on a module that is not the active one nothing is erased")
def _():
    other = state(chassis={"owner": 2, "own_role": "standby"})
    with module(primary=image()) as mm:
        mm.put("config/config1", "hostname A\n")
        for words in ("erase flash -y", "erase config config1 -y", "erase startup-config -y", "clear crypto",
                      "crypto key generate ssh", "password manager", "copy x flash -y", "copy x config config1",
                      "auto-tftp 127.0.0.1 x -y", "copy tftp flash 127.0.0.1 x -y"):
            r = mm(words, other)
            same((r.status, r.out, r.err.split(":")[1]), (1, "", " not-active"), words)
        same(sorted(os.listdir(mm.flash)), ["config", "primary.itb", "rom.version"])


@test("S-159 S-162 S-219: copy FILE flash writes it here and waits for the standby's flash")
def _():
    with module({"commit": BOTH}, primary=image(), secondary=image()) as mm:
        new = os.path.join(mm.run_dir, "new.itb")
        with open(new, "wb") as f:
            f.write(image(build=99))
        r = mm(("copy", new, "flash", "secondary"), answer="y\n")
        same((r.status, r.err), (0, ""))
        same(r.out.splitlines(), ["The Secondary OS Image will be deleted, continue [y/n]? ",
                                  "Secondary flash holds version K.12.XX build 99.", "Affected: Mgmt Module 1, 2"])
        same(open(os.path.join(mm.flash, "secondary.itb"), "rb").read(), image(build=99))
        same(asked(mm, "commit")[0], {"op": "commit", "items": ["secondary"], "timeout_ms": 300000})
        judge("copy-flash", mm(("copy", new, "flash", "-y", "-j")).json)
        r = mm(("copy", "/nowhere", "flash", "-y"))
        same(r.err, "redctl: no-file: /nowhere: there is no such file\n")


@test("S-232 C-33: update holds its image back before it is written; a download lets it go")
def _():
    with module({"commit": BOTH}, primary=image()) as mm:
        new = os.path.join(mm.run_dir, "new.itb")
        with open(new, "wb") as f:
            f.write(image(build=99))
        r = mm(("update", new, "-y"))
        same((r.status, mm.get("sync/hold"), asked(mm, "commit")), (0, "primary\n", []))
        has(r.out, "The other management module keeps its image until `redctl sync image'.\n")
        same(mm(("copy", new, "flash", "-y")).status, 0)
        same(mm.get("sync/hold"), "")
        os.remove(os.path.join(mm.flash, "primary.itb"))
        os.mkdir(os.path.join(mm.flash, "primary.itb"))    # it cannot be written
        same((mm(("update", new, "-y")).status, mm.get("sync/hold")), (1, ""))


@test("S-219: copy tftp flash: verified before the flash is replaced; what is no image changes nothing")
def _():
    with TftpServer() as server, module({"commit": BOTH}, primary=image()) as mm:
        for name, data in (("good", image(build=7)), ("bad", b"garbage" * 500), ("cut", image()[:-20])):
            with open(os.path.join(server.tmp.name, name), "wb") as f:
                f.write(data)
        address = "127.0.0.1:%d" % server.port
        for name, word in (("bad", "bad-image"), ("cut", "bad-image"), ("absent", "transfer")):
            r = mm("copy tftp flash %s %s -y" % (address, name))
            same((r.status, r.err.split(":")[1]), (1, " " + word), name)
            same(open(os.path.join(mm.flash, "primary.itb"), "rb").read(), image())
        r = mm("copy tftp flash %s good primary -y" % address)
        same((r.status, r.err), (0, ""))
        has(r.out, "Primary flash holds version K.12.XX build 7.\nAffected: Mgmt Module 1, 2\n")
        same(open(os.path.join(mm.flash, "primary.itb"), "rb").read(), image(build=7))
        judge("copy-tftp-flash", mm("copy tftp flash %s good -y -j" % address).json)
        same([n for n in os.listdir(mm.flash) if "part" in n], [])


@test("a TFTP server that is not there: an early answer that says so")
def _():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    with module(primary=image()) as mm:
        for words in ("copy tftp flash 127.0.0.1:%d x -y", "copy tftp config config2 127.0.0.1:%d x",
                      "copy running-config tftp 127.0.0.1:%d x", "copy crash-log tftp 127.0.0.1:%d x"):
            r = mm(words % port)
            same((r.status, r.out), (1, ""), words)
            same(r.err, "redctl: transfer: tftp 127.0.0.1:%d: no TFTP server answers there: Connection refused\n" % port)


@test("S-219: configurations from and to a TFTP server, files, and each other")
def _():
    with TftpServer() as server, module({"commit": BOTH}) as mm:
        address, text = "127.0.0.1:%d" % server.port, "hostname T\n"
        with open(os.path.join(server.tmp.name, "t"), "w", encoding="ascii") as f:
            f.write(text)
        r = mm("copy tftp config config2 %s t" % address)
        same((r.status, r.out, r.err), (0, "config2 is stored.\nAffected: Mgmt Module 1, 2\n", ""))
        same(mm.get("config/config2"), text)
        judge("copy-tftp-startup-config", mm("copy tftp startup-config %s t -j" % address).json)
        same(mm.get("config/config1"), text)
        judge("copy-config", mm("copy config config1 config config3 -j").json)
        same(mm.get("config/config3"), text)
        judge("copy-config", mm(("copy", os.path.join(server.tmp.name, "t"), "config", "config3", "-j")).json)
        same([r["items"] for r in asked(mm, "commit")], [["config"]] * 4)
        for words in ("copy config config3 tftp %s u -j", "copy startup-config tftp %s u -j"):
            judge("copy-config-tftp", mm(words % address).json)
            same(open(os.path.join(server.tmp.name, "u"), encoding="ascii").read(), text)
        judge("copy-running-config-tftp", mm("copy running-config tftp %s v -j" % address).json)
        same(open(os.path.join(server.tmp.name, "v"), encoding="ascii").read().split("\n\n")[-1],
             mm.lines())


@test("A-057: a configuration with a line that means nothing is not stored")
def _():
    with module({"commit": BOTH}) as mm:
        mm.put("config/config1", "hostname A\n")
        for text, why in (("hostname B\nwhat is this\n", "line 2: `what' is no command"), ("a\0b\n", "it is no conf"),
                          ("; x\n" * 9000, "it is no conf")):
            mm.put("config/new", text)
            r = mm(("copy", os.path.join(mm.flash, "config/new"), "config", "config1"))
            same((r.status, r.err.split(":")[1]), (1, " bad-config"))
            has(r.err, why)
        same((mm.get("config/config1"), mm.daemon.requests), ("hostname A\n", []))


@test("S-214: auto-tftp: both modules get the image, then the whole system boots it")
def _():
    with TftpServer() as server, module({"commit": BOTH}, primary=image()) as mm:
        for name, data in (("new", image(build=8)), ("same", image())):
            with open(os.path.join(server.tmp.name, name), "wb") as f:
                f.write(data)
        address = "127.0.0.1:%d" % server.port
        r = mm("auto-tftp %s same -y" % address)
        same((r.status, r.err.split(":")[1], r.requests), (1, " already", []))
        same(mm("auto-tftp %s new" % address, answer="n\n").requests, [])
        r = mm("auto-tftp %s new -y" % address)
        same((r.status, r.requests), (0, ["reboot instance=0 kind=boot-system image=primary expect=0 origin=redctl"]))
        has(r.out, "Affected: Mgmt Module 1, 2\n")
    with TftpServer() as server, module({"commit": LATE}, primary=image()) as mm:
        with open(os.path.join(server.tmp.name, "new"), "wb") as f:
            f.write(image(build=8))
        r = mm("auto-tftp 127.0.0.1:%d new -y" % server.port)
        same((r.status, r.requests), (4, []))


# ---- security -------------------------------------------------------------------------------


def mode(mm, name):
    """Of a file of the flash."""
    return "%o" % (os.stat(os.path.join(mm.flash, name)).st_mode & 0o777)


@test("S-222: crypto key generate ssh: a host key that OpenSSH takes, for root alone, on both modules")
def _():
    with module({"commit": BOTH}) as mm:
        mm.does("hostname Core")
        r = mm("crypto key generate ssh")
        same((r.status, r.err), (0, ""))
        print_, affected = r.out.splitlines()
        same((affected, asked(mm, "commit")[0]["items"]), ("Affected: Mgmt Module 1, 2", ["security"]))
        has(mm("show crypto").out, "  ssh host key       : %s\n" % print_)
        same([mode(mm, n) for n in ("security", "security/ssh_host_key", "security/ssh_host_key.pub")],
             ["700", "600", "600"])
        first = mm.get("security/ssh_host_key")
        judge("crypto-key-generate", mm("crypto key generate ssh -j").json)
        assert mm.get("security/ssh_host_key") != first
        if not shutil.which("ssh-keygen"):
            raise Skip("no ssh-keygen")
        key = os.path.join(mm.flash, "security/ssh_host_key")
        listed = subprocess.run(["ssh-keygen", "-l", "-f", key + ".pub"], capture_output=True, text=True, check=True).stdout
        same(listed.split(), ["256", mm("show crypto -j").json["ssh"], "Core", "(ECDSA)"])
        public = subprocess.run(["ssh-keygen", "-y", "-f", key], capture_output=True, text=True, check=True).stdout
        same(public.split()[:2], mm.get("security/ssh_host_key.pub").split()[:2])


@test("S-222: crypto key generate https: a key and its certificate")
def _():
    with module({"commit": BOTH}) as mm:
        judge("crypto-key-generate", mm("crypto key generate https -j").json)
        shown = mm("show crypto -j").json
        judge("show-crypto", shown)
        same((shown["ssh"], shown["https"][:7]), (None, "SHA256:"))
        if not shutil.which("openssl"):
            raise Skip("no openssl")
        d = os.path.join(mm.flash, "security")
        text = subprocess.run(["openssl", "x509", "-in", d + "/https.crt", "-noout", "-subject", "-pubkey"],
                              capture_output=True, text=True, check=True).stdout
        has(re.sub(" ", "", text.splitlines()[0]), "CN=ProCurve")
        public = subprocess.run(["openssl", "pkey", "-in", d + "/https.key", "-pubout"],
                                capture_output=True, text=True, check=True).stdout
        has(text, public)


@test("S-217: clear crypto deletes the public keys; zeroize a server's key with its certificate")
def _():
    with module({"commit": BOTH}) as mm:
        for server in ("ssh", "https"):
            mm("crypto key generate " + server)
        mm.put("security/clients.pub", "ssh-ed25519 AAAA x\n")
        r = mm("clear crypto -j")
        judge("clear-crypto", r.json)
        same((r.json["files"], sorted(os.listdir(os.path.join(mm.flash, "security")))),
             (2, ["https.crt", "https.key", "ssh_host_key"]))
        same(mm("clear crypto").out, "Affected: Mgmt Module 1, 2\n")
        for server in ("ssh", "https"):
            judge("crypto-key-zeroize", mm("crypto key zeroize %s -j" % server).json)
        same(os.listdir(os.path.join(mm.flash, "security")), [])


@test("S-230 C-32: password: asked twice, kept as a yescrypt hash, sent to the standby at once; cleared after a question")
def _():
    with module({"commit": BOTH}) as mm:
        r = mm("password manager", answer="secret 1\nsecret 1\n")
        same((r.status, r.err), (0, ""))
        same(r.out, "New password for Manager: \nPlease retype new password for Manager: \nAffected: Mgmt Module 1, 2\n")
        text = mm.get("security/passwords")
        assert re.fullmatch(r"manager:\$y\$[./0-9A-Za-z$]+\n", text), text
        same((mode(mm, "security/passwords"), asked(mm, "commit")[0]["items"]), ("600", ["security"]))
        r = mm("password operator -j", answer="x\nx\n")
        judge("password", r.json)
        same(mm("show crypto -j").json["operator_password"], True)
        for answer in ("a\nb\n", "a\n", "", "\n\n", "x" * 65 + "\n", "\x01\n\x01\n"):
            r = mm("password manager", answer=answer)
            assert r.status in (1, 2), answer
            same(mm.get("security/passwords").splitlines()[0], text.strip())
        r = mm("no password manager", answer="n\n")
        same((r.status, r.out), (1, "Password protection for Manager will be deleted, continue [y/n]? \n"))
        judge("password", mm("no password manager -y -j").json)
        same(mm("show crypto -j").json["manager_password"], False)
        mm("no password all -y")
        assert not os.path.exists(os.path.join(mm.flash, "security/passwords"))
        same(mm("no password all -y -j").json["changed"], False)


# ---- sync, show sync, show redundancy ---------------------------------------------------------


@test("A-052: redctl sync [config|image|all] [--force], its answers and exit status")
def _():
    with module({"sync": [{"progress": {"item": "primary", "done": 5, "total": 9}}, BOTH]}) as mm:
        for words, what, force in (("sync", "all", False), ("sync config --force", "config", True),
                                   ("sync image", "image", False)):
            r = mm(words)
            same((r.status, r.out, r.err), (0, "Synchronized: %s.\n" % what, ""))
            same(mm.daemon.requests[-1], {"op": "sync", "what": what, "force": force, "timeout_ms": 300000})
        judge("sync", mm("sync -j").json)
    for answer, status in ((LATE, 4), (dict(ONE, reason="conflict"), 1), (dict(ONE, reason="permission"), 1)):
        with module({"sync": answer}) as mm:
            r = mm("sync -j")
            judge("error", r.json)
            same((r.status, r.json["reason"]), (status, answer["reason"]))


@test("A-051 A-055 N-004: show sync: state, generations, digests, bytes, age, error of both sides, progress")
def _():
    with module({"status": STATUS}) as mm:
        r = mm("show sync")
        same((r.status, r.err), (0, ""))
        for line in ("  State : syncing (syncing: primary: 32 %)", "  Link  : up", "  Left  : about 20 s",
                     "config     equal        17    17 01234567 01234567        812        3",
                     "primary    copying       4     3 aaaaaaaa cccccccc   67108864    never",
                     "           22020096 of 67108864 bytes, 32 %", "           the link was lost"):
            has(r.out.splitlines(), line)
        judge("show-sync", mm("show sync -j").json)
        same(mm("show sync -j").json["items"], ITEMS)


@test("N-004: show redundancy detail and -j hold it, or say that redsyncd does not run")
def _():
    with module({"status": STATUS}) as mm:
        has(mm("show redundancy detail").out, "\nSynchronization\n-----\n  State : syncing (")
        same("Synchronization" in mm("show redundancy").out, False)
        j = mm("show redundancy -j").json
        judge("show-redundancy", j)
        same(j["sync"]["items"], ITEMS)
    with module() as mm:
        has(mm("show redundancy detail").out, "\nSynchronization\n-----\n  no-daemon: redsyncd does not run\n")
        same(mm("show redundancy -j").json["sync"], None)


@test("C-02 S-076 S-077: a switchover that waits says for what and how long, from redsyncd or the driver")
def _():
    steps = [{"seq": 8}, {"seq": 9}, verdict("done")]
    wait = dict(refusal("syncing", "syncing"), sync_text="primary image", seconds_left=15)
    st = state(check=[wait] * 3 + [{"accepted": True}], steps=steps, refuse_once={"switchover": ["syncing", "x"]})
    with module({"status": STATUS}) as mm:
        r = mm("redundancy switchover -y", st)
        same((r.status, r.out.splitlines()[0]), (0, "Waiting for the files to finish synchronizing: primary, 21504 of "
                                                 "65536 KiB, about 20 s left."))
    with module() as mm:
        has(mm("redundancy switchover -y", st).out,
            "Waiting for the files to finish synchronizing: primary image, about 15 s left.\n")
        never = state(check=[wait], refuse={"switchover": ["syncing", "x"]})
        r = mm("redundancy switchover -y --timeout 1", never)
        same(r.status, 1)
        has(r.err, "the files did not finish synchronizing in time: primary image, about 15 s left")


@test("C-02 S-077 A-052: a switchover is refused at once while an item is in conflict, and says what decides it")
def _():
    items = [dict(ITEMS[0], state="conflict", error="the standby's is newer"), dict(ITEMS[1], state="equal", error="")]
    conflict = dict(STATUS, state="failed", reason="sync-failed", items=items)
    text = "config: the standby's is newer; `redctl sync config --force' replaces it"
    for check in (refusal("syncing", "syncing"), refusal("peer-not-ready", "syncing"),
                  refusal("peer-not-ready", "sync-failed")):
        with module({"status": conflict}) as mm:
            r = mm("redundancy switchover -y -j", state(check=[check]))
            judge("error", r.json)
            same((r.status, r.json["reason"], r.json["message"], r.requests), (1, "conflict", text, []))
            has(mm("redundancy switchover -y", state(check=[check])).err, "redctl: conflict: " + text)
    late = state(check=[refusal("peer-not-ready", "late")])
    with module({"status": conflict}) as mm:        # another reason is said as before
        same(mm("redundancy switchover -y -j", late).json["reason"], "peer-not-ready")
    with module({"status": conflict}) as mm:
        has(mm("redundancy switchover --check", state(check=[check])).out.splitlines(), "  conflict: " + text)
    items = [ITEMS[0], dict(ITEMS[1], state="conflict")]
    with module({"status": dict(conflict, items=items)}) as mm:
        has(mm("redundancy switchover -y", state(check=[check])).err, "primary: the standby's is newer; `redctl sync image")
    with module({"status": conflict}) as mm:        # --force asks for no readiness
        same(mm("redundancy switchover --force -y", state(steps=[verdict("done")])).status, 0)


@test("S-211: boot and boot system offer to save changes, as reload does; what is saved is on the standby first")
def _():
    changed = state(chassis={"misses": 7}, steps=[verdict("done")])
    for words in ("boot", "boot system", "boot system flash primary", "reload"):
        with module({"commit": BOTH}) as mm:
            r = mm(words, changed, answer="y\ny\n")
            has(r.out, "Do you want to save current configuration [y/n]? ")
            same((len(r.requests), len(asked(mm, "commit"))), (1, 1), words)
            has(mm.get("config/config1"), "misses 7")
        with module({"commit": LATE}) as mm:
            r = mm(words + " -y", changed)
            same((r.status, r.requests), (4, []), words)
        with module({"commit": BOTH}) as mm:
            r = mm(words, changed, answer="n\ny\n")
            same((len(r.requests), asked(mm, "commit")), (1, []), words)
            same(mm(words, changed, answer="").requests, [], words)
            same("save" in mm(words, state(steps=[verdict("done")]), answer="y\n").out, False, words)


@test("A-030: redundancy heartbeat on-loss; a configuration says it when it is not the default")
def _():
    held = state(chassis={"heartbeat_loss": "hold"})
    with module({"commit": BOTH}) as mm:
        r = mm("redundancy heartbeat on-loss hold -j")
        judge("redundancy-heartbeat-on-loss", r.json)
        same(r.requests, ["heartbeat-loss instance=0 loss=hold"])
        r = mm("redundancy heartbeat interval 20 misses 4 on-loss takeover -j")
        judge("redundancy-heartbeat", r.json)
        same(r.requests, ["heartbeat instance=0 interval=20 misses=4", "heartbeat-loss instance=0 loss=takeover"])
        same("on-loss" in mm.lines(), False)
        has(mm.lines(held), "\nredundancy heartbeat on-loss hold\n")
        assert not mm("show running-config -j", held).json["saved"]
        mm("write memory", held)
        has(mm.get("config/config1"), "\nredundancy heartbeat on-loss hold\n")
        assert mm("show running-config -j", held).json["saved"]
        assert not mm("show running-config -j").json["saved"]
        judge("show-running-config", mm("show running-config -j", held).json)


def console(mm, text, st=None):
    """What a session prints, without a terminal."""
    r = run(st or state(), answer=text, flash=mm.flash, run_dir=mm.run_dir)
    same(r.status, 0)
    return r


@test("S-230 C-32: the console asks for the password on the active module only; manager, operator, neither")
def _():
    standby = state(chassis={"own_slot": 2, "own_role": "standby", "owner": 1})
    with module({"commit": BOTH}) as mm:
        same("Password" in console(mm, "exit\n").out, False)
        mm("password manager", answer="boss\nboss\n")
        mm("password operator", answer="op\nop\n")
        r = console(mm, "boss\nhostname A\nexit\n")
        has(r.out, "Password: \n")
        same(r.err, "")
        r = console(mm, "op\nhostname B\nshow fastboot\nexit\n")
        has(r.out, " Fast Boot: Disabled\n")
        has(r.err, "unknown word `hostname'")
        has(mm.lines(), 'hostname "A"')
        r = console(mm, "no\nnay\nnever\nhostname C\n")
        same((r.out.count("Invalid password\n"), "# " in r.out), (3, False))
        same(console(mm, "").out.count("Password"), 1)
        same("Password" in console(mm, "exit\n", standby).out, False)

# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands of the configuration."""
import contextlib
import json
import os
import subprocess
import tempfile

from chassis import program, run, state
from tap import has, same, test
from test_json import judge

KERNEL = ("redundancy fabric-module 1 enable\nredundancy fabric-module 2 enable\n"
          "redundancy heartbeat interval 10 misses 3\n")
HEAD = "; J9091A Configuration Editor; Created on release #K.12.XX\n"
OFF = state(chassis={"redundancy": False})


class Module:
    """A module's flash and run directory; redctl on it."""
    def __init__(self, tmp):
        self.flash, self.run_dir = os.path.join(tmp, "flash"), os.path.join(tmp, "run")
        os.mkdir(self.flash)

    def __call__(self, words, st=None, **more):
        words = words if isinstance(words, tuple) else tuple(words.split())
        return run(st or state(), *words, flash=self.flash, run_dir=self.run_dir, **more)

    def does(self, words, *args, **more):
        """A command that is carried out and prints nothing."""
        r = self(words, *args, **more)
        same((r.status, r.out, r.err), (0, "", ""), words)

    def stores(self, words, *args, **more):
        """One that changes files of the flash: it says which modules have them."""
        r = self(words, *args, **more)
        same((r.status, r.out, r.err), (0, "Affected: Mgmt Module 1 (no-daemon: redsyncd does not run)\n", ""), words)

    def put(self, name, text):
        """A file of the flash."""
        os.makedirs(os.path.dirname(os.path.join(self.flash, name)), exist_ok=True)
        with open(os.path.join(self.flash, name), "w", encoding="latin1") as f:
            f.write(text)

    def get(self, name):
        """A file of the flash."""
        with open(os.path.join(self.flash, name), encoding="latin1") as f:
            return f.read()

    def lines(self, st=None):
        """The running configuration below its heading."""
        r = self("show running-config", st)
        same((r.status, r.err), (0, ""))
        head, text = r.out.split("\n\n", 1)
        same(head, "\nRunning configuration:")
        return text


@contextlib.contextmanager
def module():
    with tempfile.TemporaryDirectory() as tmp:
        yield Module(tmp)


@test("show running-config: what the driver holds, and nothing that is as by default")
def _():
    with module() as mm:
        same(mm.lines(), HEAD + KERNEL + "redundancy management-module\n")
        same(mm.lines(OFF), HEAD + KERNEL + "no redundancy management-module\n")


@test("S-029 S-215 S-218 S-226 S-227: every setting comes back as the command that makes it")
def _():
    commands = (("hostname", "Core 1"), ("banner", "motd", 'Stop "here"\\nnow'), "console mode ansi",
                "console baud-rate 9600", "console flow-control xon/xoff", "console inactivity-timer 20",
                "logging 10.1.1.1", "logging ::1 tcp port 6514", "logging h port 99",
                "no front-panel-security factory-reset", "no front-panel-security password-clear",
                "no front-panel-security password-recovery", "fastboot")
    with module() as mm:
        for words in commands:
            (mm.stores if words == "fastboot" else mm.does)(words)
        same(mm.lines(), HEAD + 'hostname "Core 1"\nbanner motd "Stop \\"here\\"\\\\nnow"\n'
             "console mode ansi\nconsole baud-rate 9600\nconsole flow-control xon/xoff\n"
             "console inactivity-timer 20\nlogging 10.1.1.1 udp port 514\nlogging ::1 tcp port 6514\n"
             "logging h udp port 99\nno front-panel-security factory-reset\n"
             "no front-panel-security password-clear\nno front-panel-security password-recovery\n"
             "fastboot\n" + KERNEL + "redundancy management-module\n")
        has(mm.get("boot.env"), "fastboot=1\n")
        judge("show-running-config", mm("show running-config -j").json)
        for words in ("no hostname", "no banner motd", "console mode vt100", "console baud-rate speed-sense",
                      "console flow-control none", "console inactivity-timer 0", "no logging 10.1.1.1",
                      "no logging ::1", "no logging h", "front-panel-security factory-reset",
                      "front-panel-security password-clear", "front-panel-security password-recovery",
                      "no fastboot"):
            (mm.stores if "fastboot" in words else mm.does)(words)
        same(mm.lines(), HEAD + KERNEL + "redundancy management-module\n")


@test("values out of their limits: exit status 2, the limits, nothing changed")
def _():
    for words, text in ((("hostname", "x" * 26), "1 to 25 printable"), (("hostname", "a\x1b[2J"), "printable"),
                        (("banner", "motd", "x" * 321), "1 to 320"), (("banner", "motd", "\n"), "printable"),
                        ("console baud-rate 9601", "9600"), ("console inactivity-timer 121", "120"),
                        ("console mode vt220", "vt100"), ("logging 10.1.1.256", "IPv4 or IPv6"),
                        (("logging", "$(reboot)"), "IPv4 or IPv6"), ("logging h port 65536", "65535"),
                        ("logging h udp port 0", "65535"), ("front-panel-security all", "factory-reset"),
                        ("startup-default config config4", "config3"), ("show config ../assign", "config1")):
        with module() as mm:
            r = mm(words)
            same((r.status, r.out), (2, ""), words)
            has(r.err, "redctl: usage: ")
            has(r.err, text)
            same(mm.lines(), HEAD + KERNEL + "redundancy management-module\n")
    with module() as mm:
        for i in range(6):
            mm.does("logging host%u" % i)
        r = mm("logging host6")
        same((r.status, r.err), (1, "redctl: no-space: there are 6 syslog servers already, the most\n"))


@test("what is so already changes nothing, and JSON says so")
def _():
    with module() as mm:
        for changed in (True, False):
            r = mm("hostname A -j")
            same(r.json, {"ok": True, "changed": changed})
            judge("configure", r.json)


@test("settings of a module that is not the active one are refused: not-active")
def _():
    other = state(chassis={"owner": 2, "own_role": "standby"})
    with module() as mm:
        for words in ("hostname A", "fastboot", "no logging h", "write memory", "startup-default config config1"):
            r = mm(words, other)
            same((r.status, r.out), (1, ""), words)
            has(r.err, "redctl: not-active: ")
        same(os.listdir(mm.flash), [])
        assert not os.path.exists(mm.run_dir)
        same(mm("show running-config", other).status, 0)


@test("write memory: the running configuration is stored, show config prints it")
def _():
    with module() as mm:
        r = mm("show config")
        same((r.status, r.out, r.err), (1, "", "redctl: no-object: there is no config1\n"))
        mm.does("hostname A")
        assert not mm("show running-config -j").json["saved"]
        r = mm("write memory")
        same((r.status, r.out.splitlines()[0]), (0, "The running configuration is stored in config1."))
        same(mm.get("config/config1"), HEAD + "hostname \"A\"\n" + KERNEL + "redundancy management-module\n")
        same(mm("show config").out, "\nStored configuration config1:\n\n" + mm.get("config/config1"))
        assert mm("show running-config -j").json["saved"]
        r = mm("write memory -j")
        judge("write-memory", r.json)
        same(r.json["bytes"], len(mm.get("config/config1")))
        judge("show-config", mm("show config config1 -j").json)


@test("S-211: saved tells apart every setting, kernel-held ones too")
def _():
    changed = (state(chassis={"interval_ms": 20}), OFF, state(fabric2={"enabled": False}))
    with module() as mm:
        assert mm("show running-config -j").json["saved"]
        for stored in (False, True):
            for st in changed:
                assert not mm("show running-config -j", st).json["saved"], st["chassis"]
            if not stored:
                mm("write memory")
        for words, back in (("hostname A", "no hostname"), ("fastboot", "no fastboot"),
                            ("logging h", "no logging h"), ("console mode ansi", "console mode vt100")):
            (mm.stores if words == "fastboot" else mm.does)(words)
            assert not mm("show running-config -j").json["saved"], words
            (mm.stores if words == "fastboot" else mm.does)(back)
            assert mm("show running-config -j").json["saved"], words
        mm.put("config/config1", mm.get("config/config1") + "what is this\n")
        assert not mm("show running-config -j").json["saved"]
        same(mm("show config -j").json["bad_lines"],
             [{"line": 6, "message": "`what' is no command of a configuration"}])


@test("S-206 S-231: startup-default, show config files")
def _():
    with module() as mm:
        r = mm("startup-default secondary config config2")
        same((r.status, r.err), (1, "redctl: no-object: there is no config2\n"))
        mm.put("config/config2", "hostname B\n")
        mm.stores("startup-default secondary config config2")
        same(mm.get("config/assign"), "primary=config1\nsecondary=config2\n")
        same(mm("show config files").out,
             "\nConfiguration files:\n\n id | act pri sec | name\n"
             "----+-------------+------------------------------------------------\n"
             "  1 |  *   *      |\n  2 |          *  | config2\n  3 |             |\n")
        mm.stores("startup-default config config2")
        same(mm.get("config/assign"), "primary=config2\nsecondary=config2\n")
        judge("show-config-files", mm("show config files -j").json)
        judge("startup-default", mm("startup-default primary config config2 -j").json)
        same(mm("show config", state(mm1={"boot_image": "secondary"})).out,
             "\nStored configuration config2:\n\nhostname B\n")


@test("S-205: write memory goes to the file of the booted image")
def _():
    with module() as mm:
        mm.put("config/config3", "hostname C\n")
        mm.stores("startup-default secondary config config3")
        second = state(mm1={"boot_image": "secondary"})
        has(mm("write memory", second).out, "The running configuration is stored in config3.\n")
        assert not os.path.exists(os.path.join(mm.flash, "config/config1"))


@test("S-066: disabling redundancy changes that line of the stored configuration, at once")
def _():
    with module() as mm:
        mm.put("config/config1", "; mine\nhostname A\nredundancy management-module\n")
        mm.does("hostname B")
        for no in ("no ", ""):
            r = mm(no + "redundancy management-module -y")
            same((r.status, r.err), (0, ""))
            same(r.requests, ["redundancy instance=0 on=%d" % (not no)])
            same(mm.get("config/config1"), "; mine\nhostname A\n%sredundancy management-module\n" % no)


@test("S-066: refused by the driver: nothing is stored; not to be stored: not-stored")
def _():
    with module() as mm:
        r = mm("no redundancy management-module -y", state(refuse={"redundancy": ["not-active", "x"]}))
        same((r.status, os.listdir(mm.flash)), (1, []))
        with open(os.path.join(mm.flash, "config"), "w", encoding="ascii"):
            pass  # no directory can be made
        r = mm("no redundancy management-module -y")
        same(r.status, 1)
        has(r.err, "redctl: not-stored: redundancy is disabled, but the stored configuration does not say so: ")
        same(r.requests, ["redundancy instance=0 on=0"])


@test("A-010: a switchover with changes that are not saved asks first; -y refuses unless --discard")
def _():
    switch = "redundancy switchover"
    request = ["switchover instance=0 force=0"]
    done = state(steps=[{"seq": 8, "chassis": {"instance": 0, "handover_id": 4, "handover_verdict": "done", "owner": 2}}])
    with module() as mm:
        same(mm(switch, done, answer="y\n").requests, request)
        mm.does("hostname A")
        r = mm(switch, done, answer="n\n")
        same((r.status, r.requests), (1, []))
        has(r.out, "Changes that are not saved will be lost. Do you want to continue [y/n]? ")
        assert "become" not in r.out, r.out
        r = mm(switch, done, answer="y\nn\n")
        same((r.status, r.requests), (1, []))
        has(r.out, "become")
        same(mm(switch, done, answer="y\ny\n").requests, request)
        r = mm(switch + " -y", done)
        same((r.status, r.out, r.requests), (1, "", []))
        has(r.err, "redctl: unsaved: ")
        for option in ("--discard", "--force"):
            same(len(mm("%s -y %s" % (switch, option), done).requests), 1, option)
        same(mm(switch + " --check", done).status, 0)
        mm("write memory")
        same(mm(switch + " -y", done).requests, request)


@test("show console, front-panel-security, fastboot and logging servers")
def _():
    with module() as mm:
        mm.does("console baud-rate 19200")
        mm.does("no front-panel-security password-clear")
        mm.does("logging 10.1.1.1 tcp")
        has(mm("show console").out, "  Baud Rate                     : 19200\n")
        same(mm("show front-panel-security").out,
             "Clear Password    : Disabled\nFactory Reset     : Enabled\nPassword Recovery : Enabled\n")
        same(mm("show fastboot").out, " Fast Boot: Disabled\n")
        same(mm("show logging servers").out.split(), ["Syslog", "Servers", "Address", "Transport", "Port"] +
             ["-----"] * 3 + ["10.1.1.1", "tcp", "514"])
        for what in ("console", "front-panel-security", "fastboot"):
            judge("show-" + what, mm("show %s -j" % what).json)
        judge("show-logging-servers", mm("show logging servers -j").json)


@test("a stored file of anything: an answer, and only printable ASCII")
def _():
    with module() as mm:
        for text in ("\x1b[2J\x07\n", "a" * 2000 + "\n", "\xff\xfe" * 50, "banner motd \"\n" * 90, "\n" * 9000):
            mm.put("config/config1", text)
            for words in ("show config", "show config -j", "show running-config"):
                r = mm(words)
                same(r.status, 0, words)
                assert all(" " <= c <= "~" or c == "\n" for c in r.out), words
        for text, cause in (("hostname\0x", "zero byte"), ("x" * 20000, "longer than 16383")):
            mm.put("config/config1", text)
            r = mm("show config")
            same(r.status, 1)
            has(r.err, cause)
            same(mm("write memory").status, 0)


@test("two dozen redctl at once: none loses a setting of another")
def _():
    with module() as mm:
        mm.does("hostname A")
        path = os.path.join(mm.flash, "state.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(state(), f)
        env = dict(os.environ, REDCTL_FAKE=path, REDUND_FLASH=mm.flash, REDUND_RUN=mm.run_dir)
        words = ["logging 10.1.1.%u" % i for i in range(6)] + [
            "console mode ansi", "console inactivity-timer 9", "banner motd x", "hostname B", "fastboot",
            "no front-panel-security factory-reset"]
        procs = [subprocess.Popen([program("redctl_fake"), *w.split()], env=env) for w in words * 2]
        same([p.wait(timeout=60) for p in procs], [0] * len(procs))
        config = mm("show running-config -j").json["config"]
        same(len(config["logging"]), 6)
        same((config["hostname"], config["banner"], config["fastboot"], config["console"]["mode"],
              config["console"]["inactivity_min"], config["front_panel_security"]["factory_reset"]),
             ("B", "x", True, "ansi", 9, False))

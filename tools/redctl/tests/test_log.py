# SPDX-License-Identifier: GPL-2.0-or-later
"""The event log of all boots, its catalogue, boot history, crash files, sessions."""
import fcntl
import glob
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

import yaml

import figures
from chassis import program, run, state
from tap import Skip, has, same, test
from test_json import judge, load
from test_show import events_of_figure, when

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../..")


# ---- show log ------------------------------------------------------------------------

def stored(mm, boot, ident, text, time_s, **more):
    """A line of the log in the flash."""
    return dict({"mm": mm, "boot": boot, "id": ident, "time_s": time_s, "clock_us": time_s * 10 + ident,
                 "number": 0, "severity": "information", "subsystem": "system", "slot": 0,
                 "text": text}, **more)


def mark(mm, boot, time_s):
    """The line that begins a boot."""
    return {"mm": mm, "boot": boot, "time_s": time_s, "incarnation": boot, "linux_boot": "x"}


class Flash:
    """A flash directory with a log in two files."""
    def __init__(self, *lines, raw=b""):
        self.tmp = tempfile.TemporaryDirectory()
        self.dir = self.tmp.name
        os.mkdir(os.path.join(self.dir, "log"))
        half = len(lines) // 2
        for number, part in ((7, lines[:half]), (8, lines[half:])):
            with open(os.path.join(self.dir, "log", "events-%08d.jsonl" % number), "wb") as f:
                f.write("".join(json.dumps(line) + "\n" for line in part).encode() + raw)

    def __enter__(self):
        return self.dir

    def __exit__(self, *what):
        self.tmp.cleanup()


NOW = 1174308151
RING = [{"id": 1, "time_s": NOW, "clock_us": NOW * 10 + 1, "severity": "information", "subsystem": "system",
         "number": 61, "text": "-----"},
        {"id": 2, "time_s": NOW + 5, "clock_us": (NOW + 5) * 10 + 2, "severity": "warning", "subsystem": "system",
         "number": 268, "text": "Mgmt Module 1 - Failover occurred", "slot": 1}]
OLD = [mark(1, 3, NOW - 100), stored(1, 3, 1, "-----", NOW - 100, number=61),
       stored(1, 3, 2, "of boot 3", NOW - 90), mark(1, 4, NOW), stored(1, 4, 1, "-----", NOW, number=61)]


@test("S-259 S-229: show log -a lists all boots and the other module's log, by time, each event once")
def _():
    other = [{"id": 40, "time_s": NOW + 2, "clock_us": (NOW + 2) * 10 + 40, "severity": "major",
              "subsystem": "redund", "text": "of the former active"}]
    peer = stored(2, 0, 40, "of the former active", NOW + 2, severity="major", subsystem="redund")
    st = state(event=RING, event_of=other)
    for lines in (OLD, OLD + [peer]):       # once collected, once only in the crash area
        with Flash(*lines) as flash:
            r = run(st, "show", "log", "-a", flash=flash)
        same((r.status, r.err), (0, ""))
        same([re.sub(r"\d\d/\d\d/\d\d \d\d:\d\d:\d\d ?", "", line) for line in r.out.splitlines()[3:]], [
            "----  Mgmt Module 1, boot 3:  ----", "I MM1 00061 system: -----", "I MM1 system: of boot 3",
            "----  Mgmt Module 1, boot 4:  ----", "I MM1 00061 system: -----",
            "M MM2 redund: of the former active",
            "W MM1 00268 system: Mgmt Module 1 - Failover occurred",
            "----  Bottom of Log : Events Listed = 5  ----"])


@test("show log -a -j: every event with its module and boot; events not stored yet are of this boot")
def _():
    with Flash(*OLD) as flash:
        events = run(state(event=RING), "show", "log", "-a", "-j", flash=flash).json["events"]
    same([(e["module"], e["boot"], e["id"]) for e in events], [(1, 3, 1), (1, 3, 2), (1, 4, 1), (1, 4, 2)])


@test("S-253: show log without -a is of this boot, whatever is stored")
def _():
    with Flash(*OLD) as flash:
        r = run(state(event=RING), "show", "log", flash=flash)
    same(len(r.out.splitlines()), 6)
    same(r.out.splitlines()[-1], "----  Bottom of Log : Events Listed = 2  ----")


@test("show log boot N: that boot alone; none such is refused")
def _():
    with Flash(*OLD) as flash:
        r = run(state(event=RING), "show", "log", "boot", "3", flash=flash)
        same(r.out.splitlines()[2], "----  Event Log listing: Boot 3  ----")
        same(r.out.splitlines()[-1], "----  Bottom of Log : Events Listed = 2  ----")
        same(run(state(event=RING), "show", "log", "boot", "4", "-j", flash=flash).json["events"][1]["id"], 2)
        r = run(state(event=RING), "show", "log", "boot", "9", flash=flash)
        same((r.status, r.err.split(":")[1]), (1, " no-boot"))
        for word in ("0", "-1", "x", "99999999999"):
            same(run(state(), "show", "log", "boot", word, flash=flash).status, 2)


@test("S-250: show log --severity and --match, with -r")
def _():
    st = state(event=events_of_figure())
    r = run(st, "show", "log", "--severity", "warning", "-j").json["events"]
    same([e["severity"] for e in r], ["major"])
    r = run(st, "show", "logging", "--match", "MGMT module 1", "-r")
    same([line.split(":", 3)[3] for line in r.out.splitlines()[3:-1]],
         [" Mgmt Module 1 in Standby Mode", " Mgmt Module 1 in Standby Mode", " Mgmt Module 1 Booted",
          " Mgmt Module 1 Failed Selftest"])
    same(r.out.splitlines()[-1], "----  Bottom of Log : Events Listed = 4  ----")
    same(len(run(st, "show", "log", "--match", "00068", "-j").json["events"]), 3)
    same(run(st, "show", "log", "--severity", "loud").status, 2)


@test("I6: what is no line of the log is skipped: torn, foreign, too long, hostile")
def _():
    raw = (b'{"mm":1,"boot":3,"id":9\n\x00\xff\n[1,2]\n{"mm":9,"boot":1,"id":1}\n' + b"x" * 9000 + b"\n"
           + b'{"mm":1,"boot":1,"id":-5,"time_s":1,"clock_us":1,"number":1,"severity":"major","subsystem":"s",'
           b'"slot":0,"text":"negative"}\n' + json.dumps(stored(1, 1, 1, "t" * 300, 5)).encode() + b"\n"
           + json.dumps(stored(1, 3, 77, "esc \x1b[2J", NOW - 80)).encode() + b"\n"
           + json.dumps(stored(1, 3, 78, "torn", NOW - 80)).encode())
    with Flash(*OLD, raw=raw) as flash:
        r = run(state(event=RING), "show", "log", "-a", flash=flash)
    same(r.status, 0)
    has(r.out, "esc ?[2J")
    assert "torn" not in r.out and "negative" not in r.out and "\x1b" not in r.out
    same(r.out.splitlines()[-1], "----  Bottom of Log : Events Listed = 5  ----")


# ---- explain --------------------------------------------------------------------------

def catalogue():
    """Every entry."""
    return run({}, "explain", "-j").json["events"]


def table():
    """The chapter's event table: number, message, severity, RMON name."""
    rows = []
    for line in figures.figure("events").splitlines():
        parts = line.split("\t")
        if parts[0].isdigit():
            rows.append((int(parts[0]), parts[1], parts[2], parts[3].split()[-1]))
    assert len(rows) == 20
    return rows


SEVERITIES = {"info": "information", "warn": "warning", "fatal": "major"}
ROWS = " ".join("S-%d" % n for n in range(281, 297))    # S-297 to S-300 happen in part 3


@test(ROWS + " C-20 C-21 C-22 C-23: the catalogue is the chapter's table, with the log's numbers")
def _():
    mine = {e["event"]: e for e in catalogue() if e["event"]}
    same(sorted(mine), [row[0] for row in table()])
    for number, message, severity, name in table():
        e = mine[number]
        same(figures.words(e["text"]).lower(), message.lower())
        same((e["severity"], e["name"], e["subsystem"]), (SEVERITIES[severity], name, "system"))
        same(e["number"], number + (61 if number <= 5 else 252))


@test("A-072 " + ROWS + ": the driver's event table and its catalogue say the same")
def _():
    with open(os.path.join(TOP, "kernel/evlog.c"), encoding="utf-8") as f:
        text = f.read()
    kernel = re.findall(r'\{ (\d+), REDUND_SEVERITY_(\w+),\s*"([^"]+)" \}', text)
    mine = {e["event"]: e for e in catalogue() if e["event"]}
    same(sorted(int(k[0]) for k in kernel), sorted(mine))
    for number, severity, message in kernel:
        e = mine[int(number)]
        wanted = e["text"].replace("[1 or 2]", "%u").replace("[primary secondary]", "primary")
        assert message in wanted.split("  or  "), (message, wanted)
        same(severity.lower(), e["severity"])


@test("A-072: every message of the driver that begins with a word, and every number it logs, is explained")
def _():
    words, numbers = set(), set()
    for path in glob.glob(os.path.join(TOP, "kernel/*.c")):
        with open(path, encoding="utf-8") as f:
            text = f.read()
        for call in re.findall(r"\brd_log\((?:[^;\"]|\"(?:[^\"\\]|\\.)*\")*\);", text):
            strings = re.findall(r'"((?:[^"\\]|\\.)*)"', call)
            message = strings[1] if len(strings) > 1 else ""
            words |= set(re.findall(r"^([a-z]+(?:-[a-z]+)*): ", message))
            numbers |= {int(n) for n in re.findall(r"^rd_log\(rd, (\d+),", call)}
        words |= set(re.findall(r'\[ROLE_NOTE_\w+\] =\s*"([a-z-]+):', text))
    assert {"reason", "late", "election", "stale-config"} <= words and {61, 375} <= numbers, (words, numbers)
    mine = catalogue()
    same(words - {e["name"] for e in mine}, set())
    same(numbers - {0} - {e["number"] for e in mine}, set())


@test("A-072: every entry has a meaning, a cause and an action, and no name or number is there twice")
def _():
    mine = catalogue()
    for e in mine:
        for key in ("meaning", "probable_cause", "recommended_action", "text", "name"):
            assert e[key], (e["name"], key)
    names = [e["name"] for e in mine]
    numbers = [e["number"] for e in mine if e["number"]]
    same((len(names), len(numbers)), (len(set(names)), len(set(numbers))))


@test("A-072: explain by event number, log number, RMON name and word; what is none is refused")
def _():
    for word in ("16", "268", "00268", "RMON_SYSTEM_MGMT_FAILOVER", "rmon_system_mgmt_failover"):
        r = run({}, "explain", word)
        same((r.status, r.err), (0, ""))
        out = figures.words(r.out)
        has(out, "Log Number : 00268")
        has(out, "Severity : warning")
        has(out, "Message : system: Mgmt Module [1 or 2] - Failover occurred")
        has(out, "Recommended Action : `show boot-history'")
        assert max(len(line) for line in r.out.splitlines()) < 80, r.out
    has(run({}, "explain", "late").out, "ran late")
    for word in ("3", "21", "0", "99999", "x" * 500):
        r = run({}, "explain", word)
        same((r.status, r.err.split(":")[1]), (2, " no-event"))


# ---- show boot-history ------------------------------------------------------------------

ENDS = [
    {"id": 3, "slot": 1, "role": "active", "why": "operator-reboot", "origin": "CONSOLE session",
     "text": "Operator cold reboot from CONSOLE session.", "saved": True,
     "time_s": when("Mon Nov 7 11:43:10 2005")},
    {"id": 4, "slot": 1, "role": "active", "why": "operator-reload", "warm": True, "saved": True,
     "origin": "CONSOLE session", "text": "Operator warm reload from CONSOLE session.",
     "time_s": when("Mon Nov 7 14:48:36 2005")}]


@test("S-265 S-266 S-267 S-268: figure 15-32, show boot-history")
def _():
    r = run(state(down=ENDS), "show", "boot-history")
    same((r.status, r.err), (0, ""))
    figure = figures.figure("15-32")
    same(r.out, figure[figure.index("Mgmt Module 1"):])


@test("S-266 S-267: the texts of the figure also without a sentence in the record")
def _():
    bare = [dict(end, text="") for end in ENDS]
    same(run(state(down=bare), "show", "boot-history").out, run(state(down=ENDS), "show", "boot-history").out)


@test("S-268: both sections are printed when nothing is kept")
def _():
    same(figures.lines(run(state(), "show", "boot-history").out),
         ["Mgmt Module 1 -- Saved Crash Information (most recent first):", "=====", "No Saved Crash Information",
          "Mgmt Module 2 -- Saved Crash Information (most recent first):", "=====", "No Saved Crash Information"])


@test("S-265: a sentence for every reason, and the mode of every role")
def _():
    reasons = ("panic", "watchdog", "reset-button", "shutdown-button", "power-off", "halt", "fence", "timer",
               "unknown", "reboot", "switchover", "peer-reset", "power-failure", "operator-reload", "operator-reboot")
    ends = [{"id": n, "slot": 2, "role": "standby", "why": why, "time_s": NOW} for n, why in enumerate(reasons, 1)]
    out = run(state(down=ends), "show", "boot-history").out
    same(out.count("Mgmt Module 2 in Standby Mode went down: 03/19/07 12:42:31"), len(reasons))
    texts = [r["text"] for r in run(state(down=ends), "show", "boot-history", "-j").json["records"]]
    same(len(set(texts)), len(reasons), texts)
    for role, mode in (("active", "Active"), ("failed", "Failed"), ("offline", "Offline"), ("booting", "Booting")):
        has(run(state(down=[dict(ends[0], role=role)]), "show", "boot-history").out, " in %s Mode " % mode)


# ---- copy crash-log, copy crash-data ------------------------------------------------------

class Crash(Flash):
    """A flash with crash files of management module 2."""
    def __enter__(self):
        os.mkdir(os.path.join(self.dir, "crash"))
        for name, text in (("mm2-log", b"Mgmt Module 2\n-----\nOops newest\n"), ("mm2-log.1", b"Oops before"),
                           ("mm2-data", b"\x00\xffraw")):
            with open(os.path.join(self.dir, "crash", name), "wb") as f:
                f.write(text)
        return self.dir


NONE = "  No Saved Crash Information\n"
LOG2 = ("==== Mgmt Module 2 crash log ====\nMgmt Module 2\n-----\nOops newest\n"
        "==== Mgmt Module 2 crash log, 1 before ====\nOops before\n")


def copied(flash, *words):
    """What `copy ... file` wrote."""
    path = os.path.join(flash, "copy")
    r = run(state(), "copy", *words, "file", path, flash=flash)
    same((r.status, r.out, r.err), (0, "", ""))
    with open(path, "rb") as f:
        return f.read()


@test("S-220 S-263: copy crash-log without a slot: all modules, management and interface, one behind the other")
def _():
    slots = "".join("==== Slot %s crash log ====\n%s" % (letter, NONE) for letter in "ABCD")
    with Crash() as flash:
        same(copied(flash, "crash-log").decode(),
             "==== Mgmt Module 1 crash log ====\n" + NONE + LOG2 + slots)


@test("S-264: copy crash-log and crash-data of one slot, and of both management modules")
def _():
    with Crash() as flash:
        same(copied(flash, "crash-log", "2").decode(), LOG2)
        same(copied(flash, "crash-log", "mm").decode(), "==== Mgmt Module 1 crash log ====\n" + NONE + LOG2)
        same(copied(flash, "crash-data", "2"), b"==== Mgmt Module 2 crash data ====\n\x00\xffraw\n")
        for slot in ("1", "D"):
            r = run(state(), "copy", "crash-log", slot, "file", flash + "/no", flash=flash)
            same((r.status, r.err.split(":")[1], os.path.exists(flash + "/no")), (1, " no-crash", False))
        same(run(state(), "copy", "crash-log", "M", "file", "x", flash=flash).status, 2)


@test("copy crash-log file: a file that cannot be written is refused")
def _():
    with Crash() as flash:
        r = run(state(), "copy", "crash-log", "file", flash + "/none/x", flash=flash)
        same((r.status, r.err.split(":")[1]), (1, " file"))


class TftpServer:
    """Debian's atftpd in the foreground, on a port of the loopback."""
    def __init__(self):
        if not os.path.exists("/usr/sbin/atftpd"):
            raise Skip("no atftpd")
        self.tmp = tempfile.TemporaryDirectory()
        os.chmod(self.tmp.name, 0o777)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        user = ["--user", "root.root"] if os.getuid() == 0 else []
        self.proc = subprocess.Popen(["/usr/sbin/atftpd", "--daemon", "--no-fork", "--bind-address", "127.0.0.1",
                                      "--port", str(self.port), *user, "--logfile", "-", self.tmp.name],
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        for _ in range(200):    # until it listens
            with open("/proc/net/udp", encoding="utf-8") as f:
                if ":%04X " % self.port in f.read():
                    return self
            assert self.proc.poll() is None, "atftpd ended"
            time.sleep(0.05)
        raise AssertionError("atftpd does not listen")

    def __exit__(self, *what):
        self.proc.kill()
        self.proc.wait()
        self.tmp.cleanup()


@test("S-261 S-262: copy crash-log and crash-data to a TFTP server")
def _():
    with Crash() as flash, TftpServer() as server:
        for words, name in (("crash-log tftp", "all log"), ("crash-log mm tftp", "mm"), ("crash-data 2 tftp", "data")):
            r = run(state(), "copy", *words.split(), "127.0.0.1:%d" % server.port, name, flash=flash)
            same((r.status, r.err), (0, ""))
            with open(os.path.join(server.tmp.name, name), "rb") as f:
                same(f.read(), copied(flash, *words.split()[:-1]))
        r = run(state(), "copy", "crash-log", "tftp", "127.0.0.1:%d" % server.port, "none/x", flash=flash)
        same((r.status, r.err.split(":")[1]), (1, " transfer"))


@test("S-261: a server that does not answer, and an address that is none: refused in time")
def _():
    with Crash() as flash, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        for address in ("127.0.0.1:%d" % silent.getsockname()[1], "a b", "127.0.0.1:99999", "[::1", "x" * 500):
            r = run(state(), "copy", "crash-log", "tftp", address, "x", "--timeout", "1", flash=flash)
            same((r.status, r.err.split(":")[1]), (1, " transfer"), address)


# ---- sessions ---------------------------------------------------------------------------

SESSION = """
import fcntl, os, signal, sys, time
path = os.path.join(sys.argv[1], "sessions", str(os.getpid()))
f = open(path, "w")
fcntl.flock(f, fcntl.LOCK_EX)
f.write("tty=/dev/pts/9\\nuser=manager\\nsince=%d\\n" % time.time())
f.flush()
print("up", flush=True)
signal.signal(signal.SIGHUP, lambda *_: sys.exit(7))
time.sleep(60)
"""


class Sessions:
    """Processes that are recorded as console sessions, and a record of a dead one."""
    def __init__(self, count):
        self.tmp = tempfile.TemporaryDirectory()
        self.run = self.tmp.name
        os.mkdir(os.path.join(self.run, "sessions"))
        with open(os.path.join(self.run, "sessions", "1"), "w", encoding="utf-8") as f:
            f.write("tty=x\n")
        self.procs = [subprocess.Popen([sys.executable, "-c", SESSION, self.run], stdout=subprocess.PIPE)
                      for _ in range(count)]
        for p in self.procs:
            same(p.stdout.readline(), b"up\n")

    def __enter__(self):
        return self

    def __exit__(self, *what):
        for p in self.procs:
            p.kill()
            p.wait()
            p.stdout.close()
        self.tmp.cleanup()


@test("S-228: show sessions lists the live sessions of this module; kill N ends that one")
def _():
    with Sessions(2) as s:
        listed = run({}, "show", "sessions", "-j", run_dir=s.run).json["sessions"]
        same({x["session"] for x in listed}, {p.pid for p in s.procs})
        same({(x["user"], x["terminal"]) for x in listed}, {("manager", "/dev/pts/9")})
        r = run({}, "kill", str(s.procs[0].pid), run_dir=s.run)
        same((r.status, s.procs[0].wait(20), s.procs[1].poll()), (0, 7, None))
        r = run({}, "kill", str(s.procs[0].pid), run_dir=s.run)
        same((r.status, r.err.split(":")[1]), (1, " no-session"))
        for word in ("x", "-1", "0", "1x"):
            same(run({}, "kill", word, run_dir=s.run).status, 2)


@test("S-228: kill ends all other sessions, and no process that only has the number of a dead one")
def _():
    with Sessions(3) as s:
        bystander = subprocess.Popen(["sleep", "60"])
        with open(os.path.join(s.run, "sessions", str(bystander.pid)), "w", encoding="utf-8") as f:
            f.write("tty=x\n")
        own = os.path.join(s.run, "sessions", str(os.getpid()))
        with open(own, "w", encoding="utf-8") as f:
            fcntl.flock(f, fcntl.LOCK_EX)   # this test is the session that types `kill'
            r = run({}, "kill", "-j", run_dir=s.run)
        same(r.status, 0)
        same(set(r.json["killed"]), {p.pid for p in s.procs})
        same([p.wait(20) for p in s.procs], [7, 7, 7])
        same(bystander.poll(), None)
        bystander.kill()
        bystander.wait()


# ---- JSON -------------------------------------------------------------------------------

@test("A-065: show log -a, boot-history, explain, copy, sessions and kill -j against the schema")
def _():
    with Flash(*OLD) as flash:
        judge("show-log", run(state(event=RING), "show", "log", "-a", "-j", flash=flash).json)
    judge("show-boot-history", run(state(down=ENDS), "show", "boot-history", "-j").json)
    judge("explain", run({}, "explain", "-j").json)
    judge("explain", run({}, "explain", "late", "-j").json)
    with Crash() as flash:
        judge("copy", run(state(), "copy", "crash-log", "file", flash + "/x", "-j", flash=flash).json)
    with Sessions(1) as s:
        judge("show-sessions", run({}, "show", "sessions", "-j", run_dir=s.run).json)
        judge("kill", run({}, "kill", "-j", run_dir=s.run).json)
    for words in ("show log boot 9", "explain nothing", "copy crash-log 1 file x", "kill 1"):
        judge("error", run(state(), *words.split(), "-j").json)


@test("redlogd: every option of its help is in its manual page, and none more")
def _():
    page = subprocess.run([program("redlogd"), "--help"], capture_output=True, text=True, check=True, timeout=60).stdout
    with open(os.path.join(TOP, "tools/man/redlogd.8"), encoding="utf-8") as f:
        text = f.read().replace("\\", "")
    same(sorted(set(re.findall(r"--\w+", page))), sorted(set(re.findall(r"--\w+", text))))


@test("A-065: the reasons in the schema are the driver's")
def _():
    with open(os.path.join(TOP, "Documentation/netlink/specs/redund.yaml"), encoding="utf-8") as f:
        spec = {d["name"]: d for d in yaml.safe_load(f)["definitions"]}
    record = load()["$defs"]["show-boot-history"]["properties"]["records"]["items"]
    same(record["properties"]["why"]["enum"], [e["name"] for e in spec["down-why"]["entries"]])

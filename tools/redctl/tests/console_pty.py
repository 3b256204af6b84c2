#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""redctl's interactive console on a fake library, typed through a pseudo-terminal. Prints TAP."""
import copy
import fcntl
import json
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import tap  # noqa: E402
from chassis import MM, program, run, sample, state  # noqa: E402
from tap import has, same, test  # noqa: E402

PATIENCE = 90                   # seconds; only a failure takes them
CONFIG, EXEC, STANDBY = "ProCurve(config)# ", "ProCurve# ", "Standby Console> "
OFF = "no redundancy management-module"
ESCAPE = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|[()][AB0]|[=>78])")
ON_STANDBY = state(chassis={"own_slot": 2, "own_role": "standby"})


def plain(text):
    """What the terminal showed: no escape sequences, carriage returns and padding."""
    text = ESCAPE.sub("", text)
    return text.replace("\r", "").replace("\0", "")


class Session:
    """redctl on a terminal of its own; leaves no process and no file."""

    def __init__(self, st, *words, banner=None, name=None, idle=0, lines=()):
        self.tmp = tempfile.mkdtemp()
        self.state_path, self.log = self.path("state.json"), self.path("log")
        self.fifo_path = self.path("steps")
        os.mkfifo(self.fifo_path)
        self.fifo = os.open(self.fifo_path, os.O_RDWR)
        os.mkdir(self.path("run"))
        os.mkdir(self.path("flash"))
        with open(self.path("run/running-config"), "w", encoding="utf-8") as f:
            f.write('hostname "%s"\n' % name if name else "")
            f.write('banner motd "%s"\n' % banner if banner else "")
            f.write("console inactivity-timer %u\n" % idle if idle else "")
            f.write("".join(line + "\n" for line in lines))
        self.state = copy.deepcopy(st)
        self.set_state()
        self.master, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 132, 0, 0))
        env = dict(os.environ, REDCTL_FAKE=self.state_path, REDCTL_FAKE_LOG=self.log, TZ="UTC0", TERM="vt100",
                   REDCTL_FAKE_STEPS=self.fifo_path, REDUND_RUN=self.path("run"), REDUND_FLASH=self.path("flash"))
        self.proc = subprocess.Popen(  # pylint: disable=consider-using-with
            [program("redctl_fake"), *words], stdin=theirs, stdout=theirs, stderr=theirs, env=env,
            close_fds=True, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(theirs)
        self.seen = ""          # everything since the last read_until()

    def path(self, name):
        """A file of this session."""
        return os.path.join(self.tmp, name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.proc.poll() is None:
            self.proc.kill()
        self.proc.wait()
        os.close(self.master)
        os.close(self.fifo)
        shutil.rmtree(self.tmp)

    def set_state(self):
        """What a command reads from now on."""
        with open(self.state_path + ".new", "w", encoding="utf-8") as f:
            json.dump(self.state, f)
        os.rename(self.state_path + ".new", self.state_path)

    def step(self, **change):
        """One change that the driver reports."""
        os.write(self.fifo, (json.dumps(change) + "\n").encode())

    def type(self, text):
        """Keys."""
        data = text if isinstance(text, bytes) else text.encode()
        while data:
            data = data[os.write(self.master, data[:64]):]
            while select.select([self.master], [], [], 0)[0]:       # else both sides wait
                try:
                    self.seen += os.read(self.master, 65536).decode("latin-1")
                except OSError:         # these keys ended it
                    return

    def read_until(self, wanted):
        """The output up to and with a text; what follows it stays for the next."""
        end = time.monotonic() + PATIENCE
        while wanted not in plain(self.seen):
            ready = select.select([self.master], [], [], max(0, end - time.monotonic()))[0]
            try:
                data = os.read(self.master, 65536) if ready else b""
            except OSError:
                data = b""
            if not data:
                raise AssertionError("%r did not come; the terminal shows:\n%s" % (wanted, plain(self.seen)))
            self.seen += data.decode("latin-1")
        text = plain(self.seen)
        at = text.index(wanted) + len(wanted)
        self.seen = text[at:]
        return text[:at]

    def interrupt(self, wanted):
        """Types Ctrl-C until a text comes: before a command runs there is nothing to end."""
        end = time.monotonic() + PATIENCE
        while wanted not in plain(self.seen) and time.monotonic() < end:
            self.type("\x03")
            if select.select([self.master], [], [], 0.5)[0]:
                self.seen += os.read(self.master, 65536).decode("latin-1")
        self.read_until(wanted)

    def command(self, line, prompt=CONFIG):
        """Types a command. Return: what it printed, up to the next prompt."""
        self.type(line + "\r")
        return self.read_until("\n" + prompt)[:-len(prompt)].partition("\n")[2]

    def end(self, keys="\x04"):
        """Return: exit status after Ctrl-D, or other keys."""
        self.type(keys)
        end = time.monotonic() + PATIENCE
        while self.proc.poll() is None and time.monotonic() < end:
            if select.select([self.master], [], [], 0.05)[0]:
                try:
                    self.seen += os.read(self.master, 65536).decode("latin-1")
                except OSError:
                    pass
        if self.proc.poll() is None:
            raise AssertionError("the session does not end; the terminal shows:\n%s" % plain(self.seen))
        return self.proc.returncode

    @property
    def requests(self):
        """What the driver was asked to do, but the session's own log line."""
        if not os.path.exists(self.log):
            return []
        with open(self.log, encoding="utf-8") as f:
            return [line for line in f.read().splitlines() if not line.startswith("event ")]

    @property
    def events(self):
        """Lines put into the event log."""
        if not os.path.exists(self.log):
            return []
        with open(self.log, encoding="utf-8") as f:
            return [line for line in f.read().splitlines() if line.startswith("event ")]


@test("S-029: the prompt NAME(config)#, NAME# after exit or end; configure and logout")
def _():
    with Session(state()) as s:
        s.read_until(CONFIG)
        for line, prompt in (("exit", EXEC), ("configure", CONFIG), ("end", EXEC), ("end", EXEC),
                             ("configure terminal", CONFIG)):
            s.type(line + "\r")
            s.read_until("\n" + prompt)
        same(s.end("logout\r"), 0)
    with Session(state()) as s:
        s.read_until(CONFIG)
        same(s.end("exit\rexit\r"), 0)


@test("S-029: a name that is configured is the prompt's")
def _():
    with Session(state(), name="Core 1") as s:
        s.read_until("Core 1(config)# ")
        same(s.end(), 0)


@test("S-029: redundancy commands are taken in both contexts; Ctrl-D ends the session")
def _():
    with Session(state()) as s:
        s.read_until(CONFIG)
        s.type("redundancy switchover\r")
        s.read_until("[y/n]? ")
        s.type("n\rexit\r")
        s.read_until(EXEC)
        s.type("redundancy switchover\r")
        s.read_until("the standby module! You will need")
        s.read_until("[y/n]? ")
        s.type("n\r")
        s.read_until("cancelled: nothing was changed\n" + EXEC)
        same((s.requests, s.end()), ([], 0))


@test("S-028: a show command prints what it prints without the console")
def _():
    with Session(state()) as s:
        s.read_until(CONFIG)
        same(s.command("show redundancy"), run(state(), "show", "redundancy").out)
        same(json.loads(s.command("show modules -j")), run(state(), "show", "modules", "-j").json)
        has(s.command("show nothing"), "usage: unknown word `nothing'; expected: ")


def line_of(session):
    """Flow control and speed of the session's terminal."""
    iflag, _o, _c, _l, _in, speed = termios.tcgetattr(session.master)[:6]
    return bool(iflag & termios.IXON), bool(iflag & termios.IXOFF), speed


@test("S-218: without flow control Ctrl-S does not stop the console, neither at the prompt nor in a command")
def _():
    with Session(state()) as s:
        s.read_until(CONFIG)
        same(line_of(s)[:2], (False, False))
        s.type("\x13show modules\r")
        s.read_until("Module Information")
        s.read_until("\n" + CONFIG)
        s.type("redundancy switchover\r")
        s.read_until("[y/n]? ")
        same(line_of(s)[:2], (False, False))
        s.type("\x13\x15n\r")      # no part of the answer
        s.read_until("\n" + CONFIG)
        same(s.end(), 0)


@test("S-218: flow control and speed are the configured ones at the next prompt")
def _():
    with Session(state(), lines=("console flow-control xon/xoff", "console baud-rate 9600")) as s:
        s.read_until(CONFIG)
        same(line_of(s), (True, True, termios.B9600))
        s.type("\x13show modules\r")        # stopped until Ctrl-Q
        assert not select.select([s.master], [], [], 1)[0], "the output goes on"
        s.type("\x11")
        s.read_until("Module Information")
        s.read_until("\n" + CONFIG)
        with open(s.path("run/running-config"), "w", encoding="utf-8") as f:
            f.write("console baud-rate 19200\n")
        s.command("show modules")
        s.command("show modules")
        same(line_of(s), (False, False, termios.B19200))
        same(s.end(), 0)


@test("words may be abbreviated while they are unique; else the candidates are listed")
def _():
    with Session(state()) as s:
        s.read_until(CONFIG)
        has(s.command("sh redun"), "Mgmt Redundancy : enabled")
        has(s.command("sh modu"), "Module Information")
        has(s.command("redun he"), "expected: interval, on-loss")
        out = s.command("redundancy active-management management-module")
        has(out, "usage: `management-module' is ambiguous: management-module1, management-module2")
        same(s.requests, [])


@test("TAB completes a word, and lists the words when there are several")
def _():
    with Session(state()) as s:
        s.read_until(CONFIG)
        s.type("show redun\t")
        s.read_until("show redundancy ")
        s.type("det\t\r")
        s.read_until("detail ")
        s.read_until("epoch")
        s.read_until("\n" + CONFIG)
        s.type("redundancy fabric-module 2 \t")
        s.read_until("\nenable  disable\n")
        s.read_until(CONFIG + "redundancy fabric-module 2 ")
        s.type("d\t\r")
        s.read_until("disable ")
        s.read_until("\n" + CONFIG)
        same(s.requests, ["fabric instance=0 id=2 on=0"])
        s.type("show redundancy --wa\t")
        s.read_until("--watch ")
        s.type("\x03")
        s.read_until("\n" + CONFIG)


@test("? tells what may follow, at the beginning, in the middle and at the end of a line")
def _():
    with Session(state()) as s:
        s.read_until(CONFIG)
        s.type("?")
        text = s.read_until("\n" + CONFIG)
        for word in ("show", "redundancy", "configure", "logout"):
            has(text, "\n  %s " % word)
        s.type("redundancy ?")
        text = s.read_until("\n" + CONFIG + "redundancy ")
        for word in ("management-module", "switchover", "active-management", "fabric-module"):
            assert re.search(r"^  %s +\w.*" % word, text, re.M), text
        s.type("sw?")
        text = s.read_until("\n" + CONFIG + "redundancy sw")
        has(text, "  switchover ")
        assert "fabric-module" not in text, text
        s.type("itchover ?")
        has(s.read_until("\n" + CONFIG + "redundancy switchover "), "  <cr> ")
        s.type("-?")
        has(s.read_until("\n" + CONFIG + "redundancy switchover -"), "--check ")
        s.type("\x03")
        s.read_until("\n" + CONFIG)
        s.type("redundancy heartbeat interval ?")
        has(s.read_until("\n" + CONFIG + "redundancy heartbeat interval "), "  <MS> ")
        s.type("\x03")
        s.read_until("\n" + CONFIG)
        s.type("nonsense ?")
        has(s.read_until("\n" + CONFIG + "nonsense "), "unknown word `nonsense'")
        same(s.requests, [])


@test("the line goes on after ?: what was typed before it still counts")
def _():
    with Session(state()) as s:
        s.read_until(CONFIG)
        s.type("show ?")
        s.read_until("\n" + CONFIG + "show ")
        s.type("redundancy\r")
        s.read_until("Mgmt Redundancy : enabled")


@test("an interrupted question changes nothing, and the session goes on")
def _():
    with Session(state()) as s:
        s.read_until(CONFIG)
        for keys in ("\x03", "\x04", "n\r", "maybe\rn\r"):
            s.type(OFF + "\r")
            s.read_until("[y/n]? ")
            s.type(keys)
            s.read_until("cancelled: nothing was changed\n" + CONFIG)
            same(s.requests, [], repr(keys))
        s.type(OFF + "\r")
        s.read_until("[y/n]? ")
        s.type("y\r")
        s.read_until("y\n" + CONFIG)
        same(s.requests, ["redundancy instance=0 on=0"])


@test("Ctrl-C cancels the line that is typed; the arrow brings an earlier one back")
def _():
    with Session(state()) as s:
        s.read_until(CONFIG)
        s.type("redundancy fabric-module 1 disable\x03")
        s.read_until("^C\n" + CONFIG)
        same(s.command("show redundancy").count("Mgmt Redundancy"), 1)
        same(s.requests, [])
        s.type("\x1b[A\r")
        s.read_until("show redundancy")
        s.read_until("Mgmt Redundancy : enabled")
        s.read_until("\n" + CONFIG)
        same(s.end("\x04"), 0)


@test("Ctrl-C ends a command that waits, not the session")
def _():
    with Session(state(mm2={"role": "booting"})) as s:
        s.read_until(CONFIG)
        s.type("wait role 2 standby --timeout 600\r")
        s.read_until("\n")
        s.interrupt("\n" + CONFIG)
        s.type("end\r")         # the other prompt: whatever Ctrl-C came too late is behind it
        s.read_until("\n" + EXEC)
        has(s.command("show redundancy", EXEC), "Booting")


@test("S-031 C-43: the standby's prompt; S-030: show redundancy, show flash and show version only")
def _():
    with Session(ON_STANDBY) as s:
        s.read_until(STANDBY)
        has(s.command("show redundancy", STANDBY), "Mgmt Redundancy : enabled")
        has(s.command("sh red", STANDBY), "Mgmt Redundancy : enabled")
        s.type("?")
        text = s.read_until("\n" + STANDBY)
        same(re.findall(r"^  (\S+)", text, re.M), ["show"])
        s.type("show ?")
        text = s.read_until("\n" + STANDBY + "show ")
        same(sorted(re.findall(r"^  (\S+)", text, re.M)), ["flash", "redundancy", "version"])
        s.type("\x03")
        same(s.end(), 0)


@test("S-030: every other command of the table is refused on the standby by one line")
def _():
    commands = [c["syntax"] for c in run({}, "help", "-j").json["commands"]]
    others = [" ".join(sample(x)) for x in commands if not re.match(r"show (redundancy|flash|version)\b", x)]
    assert len(others) >= 12, others
    with Session(ON_STANDBY) as s:
        s.read_until(STANDBY)
        for line in others + ["exit", "configure", "logout", "nonsense", "show"]:
            out = s.command(line, STANDBY)
            same((out.count("\n"), out.split(":")[0]), (1, "standby-console"), line)
            for allowed in ("show flash", "show redundancy", "show version"):
                has(out, allowed)
        same(s.requests, [])
    same(run(ON_STANDBY, *"redundancy fabric-module 1 disable".split()).status, 0)


@test("a role change at the prompt: one line above a prompt drawn anew, the typed text stays")
def _():
    with Session(ON_STANDBY) as s:
        s.read_until(STANDBY)
        s.type("show red")
        s.read_until("show red")
        s.state["chassis"][0].update(own_role="active", owner=2)
        s.state["mm"][0]["role"] = "down"
        s.state["mm"][1]["role"] = "active"
        s.set_state()
        s.step(seq=8, chassis={"instance": 0, "own_role": "active", "owner": 2})
        s.read_until("The role of this management module (2) is now: Active.\n" + CONFIG + "show red")
        s.type("\r")
        s.read_until("Down")
        s.read_until("\n" + CONFIG)
        s.step(seq=9, chassis={"instance": 0, "own_role": "standby", "owner": 1})
        s.read_until("The role of this management module (2) is now: Standby.\n" + STANDBY)
        s.step(seq=10, fabric={"id": 2, "enabled": False})
        has(s.command("exit", STANDBY), "standby-console")


@test("the driver going away and coming back is said at the prompt")
def _():
    with Session(state()) as s:
        s.read_until(CONFIG)
        s.state["no_driver"] = True
        s.set_state()
        s.step(gone=True)
        s.read_until("The driver is not there any more.\n" + CONFIG)
        has(s.command("show redundancy"), "no-driver: the driver is not loaded")
        del s.state["no_driver"]
        s.set_state()
        s.read_until("The driver is there; this is management module 1: Active.\n" + CONFIG)
        has(s.command("show redundancy"), "Mgmt Redundancy")


@test("without a driver the console starts and says so; help works")
def _():
    with Session(state(no_driver=True)) as s:
        has(s.read_until("# "), "no-driver: the driver is not loaded\n")
        s.type("help\r")
        s.read_until("Usage: ")
        s.read_until("(config)# ")
        same(s.end(), 0)


@test("S-215: the banner is printed on the active module only")
def _():
    with Session(state(), banner="Property of\\nthe lab") as s:
        has(s.read_until(CONFIG), "Property of\nthe lab\n")
    with Session(ON_STANDBY, banner="Property of\\nthe lab") as s:
        text = s.read_until(STANDBY)
        assert "Property" not in text, text


@test("S-257: figure 15-31, a session's 00179 in the log of the active module")
def _():
    with Session(state()) as s:
        s.read_until(CONFIG)
        same(s.events, ["event instance=0 number=00179 severity=1 slot=0 "
                        "mgr: SME CONSOLE Session - MANAGER Mode"])
    with Session(ON_STANDBY) as s:
        s.read_until(STANDBY)
        same(s.events, [])


@test("S-228: the active module's console is a session, the standby's is none")
def _():
    with Session(state()) as s:
        s.read_until(CONFIG)
        sessions = json.loads(s.command("show sessions -j"))["sessions"]
        same([(x["session"], x["own"]) for x in sessions], [(s.proc.pid, True)])
    with Session(ON_STANDBY) as s:
        s.read_until(STANDBY)
        env = dict(os.environ, REDCTL_FAKE=s.state_path, REDUND_RUN=s.path("run"))
        out = subprocess.run([program("redctl_fake"), "show", "sessions", "-j"], env=env, capture_output=True,
                             timeout=PATIENCE, check=True).stdout
        same(json.loads(out)["sessions"], [])
        same(s.end(), 0)


@test("garbage is refused and never printed as it came")
def _():
    with Session(state()) as s:
        s.read_until(CONFIG)
        for line in (b"show \xff\xfe redundancy", "show grün".encode(), b"show \x16\x07 log"):
            s.type(line + b"\r")
            text = s.read_until("is not printable ASCII")
            s.read_until("\n" + CONFIG)
            assert not re.search("[\x07\x80-\xff]", text), repr(text)
        s.type("show " + "a" * 5000 + "\r")
        s.read_until("usage: a line has at most")
        s.read_until("\n" + CONFIG)
        has(s.command('show "redundancy'), "usage: a quotation mark is missing")
        has(s.command('show "redundancy"'), "Mgmt Redundancy")
        has(s.command('"show redundancy"'), "usage: unknown word `show redundancy'")
        same(s.command("; a comment"), "")
        has(s.command("a " * 60), "usage: a line has at most")
        same(s.requests, [])
        same(s.end(), 0)


@test("--watch paints again with every change and ends with Ctrl-C: back at the prompt")
def _():
    with Session(state()) as s:
        s.read_until(CONFIG)
        s.type("show redundancy --watch\r")
        s.read_until("Mgmt Redundancy : enabled")
        s.read_until("Enabled\n")
        s.read_until("Enabled\n")
        s.step(seq=8, fabric={"id": 2, "enabled": False})
        s.read_until("Disabled\n")
        s.type("\x03")
        s.read_until(CONFIG)
        has(s.command("show redundancy"), "Mgmt Redundancy")


@test("--watch -j prints a document for every change; Ctrl-C: exit status 0")
def _():
    with Session(state(), "show", "redundancy", "--watch", "-j") as s:
        documents = [json.loads(s.read_until("}\n"))]
        for seq in (8, 9):
            s.step(seq=seq, fabric={"id": 2, "enabled": seq == 9})
            documents.append(json.loads(s.read_until("}\n")))
        same([d["fabric_modules"][1]["enabled"] for d in documents], [True, False, True])
        s.type("\x03")
        same(s.proc.wait(timeout=PATIENCE), 0)


@test("--watch=S prints again without a change; the driver going away ends it: exit status 3")
def _():
    with Session(state(), "show", "redundancy", "--watch=1", "-j") as s:
        same([json.loads(s.read_until("}\n"))["ok"] for _ in range(3)], [True] * 3)
        s.step(gone=True)
        s.read_until("no-driver: ")
        same(s.proc.wait(timeout=PATIENCE), 3)


@test("SIGTERM ends the session and leaves the terminal as it was")
def _():
    with Session(state()) as s:
        before = termios.tcgetattr(s.master)
        s.read_until(CONFIG)
        assert termios.tcgetattr(s.master)[3] & termios.ICANON == 0
        s.proc.send_signal(signal.SIGTERM)
        same(s.proc.wait(timeout=PATIENCE), 0)
        same(termios.tcgetattr(s.master)[3] & termios.ICANON, before[3] & termios.ICANON)


@test("output that was held back while the terminal's size changed fails no later command")
def _():
    with Session(state()) as s:
        s.read_until(CONFIG)
        s.type("\x13sh")         # nothing is written from here on
        time.sleep(0.5)
        s.proc.send_signal(signal.SIGWINCH)
        time.sleep(0.5)
        s.type("\x11\x03")
        s.read_until(CONFIG)
        shown = s.command("show reload")
        has(shown, "No reload is scheduled.")
        assert "cannot write" not in shown, shown


@test("a session that is ended from outside ends its command too")
def _():
    with Session(state()) as s:
        s.read_until(CONFIG)
        s.type("monitor -j\r")
        s.read_until('"synced"')
        s.proc.send_signal(signal.SIGHUP)
        same(s.end(""), 0)


@test("S-029 S-058: standard input that is no terminal: the output reads like a session")
def _():
    r = run(state(), answer="show nothing\n%s\ny\nexit\nsh mod\n" % OFF)
    text = r.out
    has(text, CONFIG + "show nothing\n")
    has(text, "[y/n]? y\n" + CONFIG + "exit\n" + EXEC + "sh mod\nStatus and Counters")
    same((text.splitlines()[-1], r.status), (EXEC, 0))
    same(r.err.splitlines()[0][:7], "usage: ")
    has(r.requests, "redundancy instance=0 on=0")
    has(text, MM)


@test("standard input that is no terminal, -j: one document a line and nothing else")
def _():
    r = run(state(), "-j", answer="show redundancy\nshow nothing\nexit\n")
    same([d["ok"] for d in r.lines], [True, False, True])


@test("the console's inactivity time ends a session in which no key is typed, and says so")
def _():
    with IDLE as s:
        s.read_until("The session has ended: no key was typed.\n")
        assert time.monotonic() - BEGAN >= 60
        same(s.end(""), 0)


if __name__ == "__main__":
    BEGAN = time.monotonic()
    IDLE = Session(state(), idle=1)     # a minute while the other tests run
    sys.exit(tap.main())

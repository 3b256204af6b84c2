# SPDX-License-Identifier: GPL-2.0-or-later
"""boot, reload and chassislocate: what they ask, and what they ask the driver for."""
import json
import os
import re
import signal
import subprocess
import tempfile
import time

import figures
from chassis import program, run, state
from tap import has, same, test
from test_commands import refusal, verdict

DONE = [verdict("pending"), verdict("done")]
BECOMES = ("This management module will now reboot from %s image and will become the standby module! "
           "You will need to use the other management module's console interface. "
           "Do you want to continue [y/n]?")


def asked(figure, command):
    """The question that a figure shows after a command."""
    return figures.words(figures.screens(figure, command)[0]).split("[y/n]?")[0] + "[y/n]?"


def system(kind, peer=True):
    """A driver that would boot the system."""
    return {kind: {"accepted": True, "would_switch_over": False, "peer_present": peer}}


def flash(tmp, default):
    """A flash directory whose boot environment names an image."""
    with open(os.path.join(tmp, "boot.env"), "w", encoding="ascii") as f:
        f.write("default=%s\n" % default)
    return tmp


@test("S-189 S-190 S-194 S-204 C-05: figure 15-23, boot names the default flash, y hands over")
def _():
    with tempfile.TemporaryDirectory() as tmp:
        for words in (("boot",), ("boot", "active")):
            r = run(state(steps=DONE), *words, answer="y\n", flash=flash(tmp, "secondary"))
            # C-05: with the word image
            same(figures.words(r.out.split("? ")[0]) + "?",
                 asked("15-23", "boot").replace("secondary and", "secondary image and"))
            has(figures.words(r.out), BECOMES % "secondary")
            same(r.out.splitlines()[-1], "The switchover is done: management module 2 is active.")
            same((r.status, r.err, r.requests),
                 (0, "", ["reboot instance=0 kind=boot image=unknown expect=1 origin=redctl"]))


@test("S-190: without a known image boot asks in the words of the text")
def _():
    r = run(state(mm1={"boot_image": "unknown"}), "boot", flash="/nonexistent")
    same(r.out.splitlines()[:4], ["This management module will now reboot and will become",
                                  "the standby module! You will need to use the other",
                                  "management module's console interface. Do you want to", "continue [y/n]? "])
    same((r.status, r.requests), (1, []))


@test("S-101 S-192 S-209 C-06 C-42: figure 15-6, without a standby boot and reload boot the system")
def _():
    for command in ("boot", "reload"):
        r = run(state(boot_check=system(command)), command, answer="y\n")
        same(figures.words(r.out), asked("15-6", "boot"))
        same((r.status, r.err, r.requests),
             (0, "", ["reboot instance=0 kind=%s image=unknown expect=2 origin=redctl" % command]))


@test("S-192: without a known image it asks in the words of the text")
def _():
    r = run(state(mm1={"boot_image": "unknown"}, boot_check=system("boot")), "boot", flash="/nonexistent")
    same(r.out.splitlines()[:3], ["The other management module is not in standby mode and",
                                  "this command will not cause a switchover, but will",
                                  "reboot the system, do you want to continue [y/n]? "])


@test("S-193 S-196: of a single module boot asks for the reboot alone")
def _():
    r = run(state(boot_check=system("boot", peer=False)), "boot", "active", answer="y\n")
    same(r.out.splitlines()[:2], ["System will reboot from primary image.", "Do you want to continue [y/n]? "])
    same((r.status, len(r.requests)), (0, 1))


@test("S-213 S-208: figure 15-25, reload asks, y hands over")
def _():
    r = run(state(steps=DONE), "reload", answer="y\n")
    same(figures.words(r.out.split("? ")[0]) + "?", asked("15-25", "reload"))
    same(r.requests, ["reboot instance=0 kind=reload image=unknown expect=1 origin=redctl"])
    same((r.status, r.err), (0, ""))


@test("S-191: n and end of input change nothing: exit status 1, reason cancelled")
def _():
    for command in ("boot", "reload"):
        for answer in ("n\n", ""):
            r = run(state(), command, answer=answer)
            same((r.status, r.requests, r.err), (1, [], "redctl: cancelled: nothing was changed\n"))


@test("S-211: reload offers to save a configuration that was changed; y saves, n does not")
def _():
    changed = dict(chassis={"misses": 7}, steps=DONE)
    for answer, saved in (("y\ny\n", True), ("n\ny\n", False)):
        with tempfile.TemporaryDirectory() as tmp:
            r = run(state(**changed), "reload", answer=answer, flash=tmp)
            same(r.out.splitlines()[0], "Do you want to save current configuration [y/n]? ")
            has(figures.words(r.out), asked("15-25", "reload"))
            same((r.status, len(r.requests)), (0, 1), r.err)
            same(os.path.exists(os.path.join(tmp, "config/config1")), saved)


@test("S-211: an interrupted question reloads nothing; an unchanged configuration is not asked for")
def _():
    r = run(state(chassis={"misses": 7}), "reload", answer="")
    same((r.status, r.requests, r.err), (1, [], "redctl: cancelled: nothing was changed\n"))
    same("save" in run(state(), "reload", answer="n\n").out, False)


@test("A-008: what the driver refuses: the word, and exit status 1")
def _():
    for word in ("busy", "not-active", "lost-grant"):
        for words in (("boot",), ("reload",), ("boot", "standby"), ("boot", "system")):
            kind = "-".join(words)
            r = run(state(boot_check={kind: refusal(word)}), *words, answer="y\n")
            same((r.status, r.requests, r.err), (1, [], "redctl: %s: the driver's sentence\n" % word), words)


@test("what changed between question and answer is refused, and nothing is done")
def _():
    r = run(state(refuse={"reboot": ["stale", "The state changed meanwhile, nothing was done."]}), "boot",
            answer="y\n")
    same((r.status, r.err), (1, "redctl: stale: The state changed meanwhile, nothing was done.\n"))
    # who says -y was not told anything
    has(run(state(steps=DONE), "boot", "-y").requests[0], "expect=0")


@test("S-082: a handover that is rolled back: exit status 1")
def _():
    r = run(state(steps=[verdict("rolled-back")]), "reload", "-y")
    same((r.status, r.err.split(":")[1]), (1, " rolled-back"))


@test("S-197 S-198: boot standby asks nothing; without a standby the text of the chapter")
def _():
    r = run(state(), "boot", "standby")
    same((r.status, r.out, r.requests),
         (0, "", ["reboot instance=0 kind=boot-standby image=unknown expect=0 origin=redctl"]))
    r = run(state(boot_check={"boot-standby": refusal("no-peer")}), "boot", "standby")
    same((r.status, r.out, r.requests), (1, "The other management module is not present.\n", []))


@test("S-199: figure 15-5, boot system asks nothing; the flash may be given")
def _():
    same(figures.words(figures.screens("15-5", "boot system")[0]), "(boot occurs...)")
    for words, image in ((("boot", "system"), "unknown"), (("boot", "system", "flash", "secondary"), "secondary"),
                         (("boot", "system", "flash", "primary"), "primary")):
        r = run(state(), *words)
        same((r.status, r.out, r.requests),
             (0, "", ["reboot instance=0 kind=boot-system image=%s expect=0 origin=redctl" % image]))
    same(run(state(), "boot", "system", "flash", "third").status, 2)


@test("A-002: --check says what would happen and why, and changes nothing")
def _():
    r = run(state(), "boot", "--check")
    same((r.status, r.out, r.requests), (0, "The boot would cause a switchover.\n", []))
    st = state(boot_check={"reload": {"accepted": True, "would_switch_over": False, "not_ready": ["syncing"]}})
    r = run(st, "reload", "--check")
    same(r.out.splitlines()[0], "The reload would reboot the system, without a switchover.")
    has(r.out, "\n  syncing: ")
    same(run(st, "reload", "--check", "-j").json,
         {"ok": True, "accepted": True, "switchover": False, "peer_present": True})


@test("-j: one object")
def _():
    same(run(state(steps=DONE), "boot", "-y", "-j").json,
         {"ok": True, "verdict": "done", "handover_id": 4, "active": 2})
    same(run(state(boot_check=system("boot")), "boot", "-y", "-j").json, {"ok": True, "switchover": False})
    same(run(state(), "boot", "system", "-j").json, {"ok": True})


@test("S-216: chassislocate")
def _():
    for word, on in (("on", 1), ("off", 0)):
        same(run(state(), "chassislocate", word).requests, ["locate instance=0 on=%d" % on])
    same(run(state(), "chassislocate", "on", "-j").json, {"ok": True, "locate": True})
    r = run(state(refuse={"locate": ["unsupported", "The board does not have it."]}), "chassislocate", "on")
    same((r.status, r.err), (1, "redctl: unsupported: The board does not have it.\n"))


class Later:
    """One switch for several runs: its state, its log of requests and its /run."""
    def __init__(self, tmp, st):
        self.tmp = tmp
        self.log = os.path.join(tmp, "log")
        with open(os.path.join(tmp, "state.json"), "w", encoding="utf-8") as f:
            json.dump(st, f)

    def run(self, *words):
        """Runs redctl to its end; what it leaves behind may go on."""
        env = dict(os.environ, REDCTL_FAKE=os.path.join(self.tmp, "state.json"), REDCTL_FAKE_LOG=self.log,
                   REDUND_RUN=os.path.join(self.tmp, "run"), TZ="UTC0")
        return subprocess.run([program("redctl_fake"), *words], env=env, capture_output=True, text=True,
                              timeout=60, check=False, stdin=subprocess.DEVNULL)

    def show(self):
        """What is scheduled."""
        return json.loads(self.run("show", "reload", "-j").stdout)

    def requests(self, seconds):
        """What the driver was asked for, waited for."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not os.path.exists(self.log):
            time.sleep(0.1)
        if not os.path.exists(self.log):
            return []
        with open(self.log, encoding="utf-8") as f:
            return f.read().splitlines()


@test("S-212: reload at reloads at that time without a question, after the session has ended")
def _():
    with tempfile.TemporaryDirectory() as tmp:
        later = Later(tmp, state(steps=DONE))
        at = int(time.time()) + 3
        r = later.run("reload", "at", time.strftime("%H:%M:%S", time.gmtime(at)),
                      time.strftime("%m/%d/%y", time.gmtime(at)))
        same((r.returncode, r.stderr), (0, ""))
        same(r.stdout, time.strftime("Reload scheduled at %H:%M:%S %m/%d/%Y.\n", time.gmtime(at)))
        same((later.show()["scheduled"], later.show()["at"]), (True, at))
        same(later.requests(30), ["reboot instance=0 kind=reload image=unknown expect=0 origin=redctl"])
        for _try in range(100):
            if not later.show()["scheduled"]:
                break
            time.sleep(0.1)
        same(later.show(), {"ok": True, "scheduled": False})


@test("S-212: reload after, show reload and no reload; the later one takes the place of the earlier")
def _():
    with tempfile.TemporaryDirectory() as tmp:
        later = Later(tmp, state())
        for delay, seconds in (("5", 300), ("01:30", 5400), ("2:00:01", 172860)):
            now = time.time()
            r = later.run("reload", "after", delay, "-j")
            at = json.loads(r.stdout)["at"]
            same((r.returncode, 0 <= at - now - seconds + 1 <= 60), (0, True), r.stdout)
            same(later.show()["at"], at)
        has(later.run("show", "reload").stdout, "Reload scheduled at ")
        same(later.run("no", "reload").stdout, "The scheduled reload is cancelled.\n")
        same(later.show()["scheduled"], False)
        r = later.run("no", "reload")
        same((r.returncode, r.stderr), (1, "redctl: not-scheduled: no reload is scheduled\n"))
        same(later.requests(0), [])


@test("S-212: a waiting process that was killed is no schedule")
def _():
    with tempfile.TemporaryDirectory() as tmp:
        later = Later(tmp, state())
        later.run("reload", "after", "9")
        # its open files show whose it is
        for entry in os.listdir("/proc"):
            if not re.fullmatch(r"\d+", entry):
                continue
            try:
                links = [os.readlink("/proc/%s/fd/%s" % (entry, fd)) for fd in os.listdir("/proc/%s/fd" % entry)]
            except OSError:
                continue
            if any(link.startswith(tmp) for link in links):
                os.kill(int(entry), signal.SIGKILL)
        for _try in range(100):
            if not later.show()["scheduled"]:
                break
            time.sleep(0.1)
        same(later.show()["scheduled"], False)
        same(later.run("no", "reload").returncode, 1)


@test("times and dates that are none: exit status 2, nothing is scheduled")
def _():
    with tempfile.TemporaryDirectory() as tmp:
        later = Later(tmp, state())
        for words in ("at 24:00", "at 12:60", "at 12", "at 12:00:00:00", "at x", "at 12:00 13/01", "at 12:00 04/31",
                      "at 12:00 02/30/26", "at 12:00 01/01/20", "at 12:00 1", "after 0", "after x", "after 1:60",
                      "after 1:24:00", "after 1:1:1:1", "after 99999", "after -5", "after 400:00:00"):
            r = later.run("reload", *words.split())
            same((r.returncode, r.stderr.split(":")[1]), (2, " usage"), words)
        same(later.show()["scheduled"], False)


@test("only the active module schedules a reload")
def _():
    with tempfile.TemporaryDirectory() as tmp:
        later = Later(tmp, state(chassis={"own_slot": 2, "own_role": "standby"}))
        r = later.run("reload", "after", "5")
        same((r.returncode, r.stderr.split(":")[1]), (1, " not-active"))
        same(later.show()["scheduled"], False)

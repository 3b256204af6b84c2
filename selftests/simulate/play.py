# SPDX-License-Identifier: GPL-2.0-only
"""Plays one schedule on a virtual chassis and leaves its directory for the
checker. In virtual time vchassis does it all itself; in real time the same
commands are carried out here, at their times as well as the host allows, and
schedule.log is written as vchassis writes it."""
import json
import os
import shlex
import subprocess
import threading
import time

import schedule
from chassis import Chassis, Failed

HOST_BOUND = 15         # seconds of the host for one of the chassis, in virtual time


def write_schedule(directory, sched):
    os.makedirs(directory, exist_ok=True)
    path = os.path.join(directory, "schedule")
    with open(path, "w", encoding="utf-8") as f:
        f.write(schedule.to_text(sched))
    return path


def chassis_for(directory, sched, image=""):
    return Chassis(directory, timers=sched.timers, seed=sched.seed, params=sched.params, image=image,
                   flash=sched.flash)


# ---- virtual time ---------------------------------------------------------------


def up_words(c):
    more = ["--image", c.image] if c.image else []
    more += ["--flash", c.flash] if c.flash else []
    return ["up", "--timers", c.timers, "--seed", c.seed, "--params", c.params, *more]


def virtual(directory, sched, image=""):
    """Raises Failed when the simulation itself could not go on."""
    c = chassis_for(directory, sched, image)
    path = write_schedule(directory, sched)
    # a module's own clock goes wrong only where its time is not in shared memory
    clocks = any(w[0] == "clock" for _, w in sched.commands())
    more = ["--messages"] if clocks else []
    try:
        c.run(*up_words(c), "--time", "virtual", "--schedule", path, "--until", sched.seconds, *more,
              timeout=HOST_BOUND * sched.seconds)
    except subprocess.TimeoutExpired:
        raise Failed(f"no end after {HOST_BOUND * sched.seconds} s of the host") from None
    finally:
        c.down()


# ---- real time ------------------------------------------------------------------------


class Player:
    """Carries out commands at their times after power-on."""

    def __init__(self, c, sched):
        self.c, self.sched = c, sched
        self.lines, self.lock, self.threads = [], threading.Lock(), []
        self.zero = 0.0

    def now_us(self):
        return int((time.monotonic() - self.zero) * 1e6)

    def carry_out(self, number, words):
        line = {"t_us": self.now_us(), "end_us": 0, "line": number, "command": shlex.join(words)}
        try:
            p = self.c.run(*words, check=False, timeout=90)
            line.update(status=p.returncode, out=p.stdout, err=p.stderr)
        except subprocess.TimeoutExpired:
            line.update(status=None, out="", err="")
        line["end_us"] = self.now_us()
        with self.lock:
            self.lines.append(line)

    def play(self):
        # the clock of the chassis begins with its process
        self.zero = time.monotonic() - self.c.status()["time_us"] / 1e6
        for number, (t, words) in enumerate(self.sched.commands(), 2):
            while (left := t - self.now_us()) > 0:
                time.sleep(min(left / 1e6, 1.0))
            if words[0] != "exec":
                self.carry_out(number, words)
                continue
            thread = threading.Thread(target=self.carry_out, args=(number, words), daemon=True)
            thread.start()
            self.threads.append(thread)
        while self.now_us() < self.sched.until:
            time.sleep(0.1)
        for thread in self.threads:
            thread.join(100)
        self.lines.sort(key=lambda r: r["line"])


def real(directory, sched, image=""):
    """the same schedule on a normal chassis"""
    c = chassis_for(directory, sched, image)
    write_schedule(directory, sched)
    player = Player(c, sched)
    try:
        c.run(*up_words(c), "--no-wait")
        player.play()
    finally:
        c.down()
        with open(os.path.join(directory, "schedule.log"), "w", encoding="utf-8") as f:
            f.writelines(json.dumps(r) + "\n" for r in player.lines)

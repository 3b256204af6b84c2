# SPDX-License-Identifier: GPL-2.0-or-later
"""Owns copies of the tree: the tests' programs built once as they are, then with
one file changed. Only what includes the file is compiled again, without
optimization; what runs out of an array or uses a variable without a value is
sure to be noticed, or at least to be the same each time."""
import hashlib
import os
import re
import resource
import shlex
import shutil
import signal
import subprocess
import time
from pathlib import Path

from targets import PARTS

BASE = "-O1 -w"
QUICK = ["-O0", "-w", "-g0", "-U_FORTIFY_SOURCE", "-ftrivial-auto-var-init=pattern",
         "-fsanitize=bounds,null,shift,integer-divide-by-zero", "-fsanitize-undefined-trap-on-error"]
OUTPUT_MAX = 1 << 24


class BuildError(Exception):
    """The tree as it is does not build, or its tests fail."""


def digest(text):
    return hashlib.sha256(text if isinstance(text, bytes) else text.encode()).hexdigest()[:16]


def copy_tree(top, to):
    """The sources, without what has been built."""
    for part in PARTS:
        if (top / part).is_dir():
            shutil.copytree(top / part, to / part, symlinks=True, dirs_exist_ok=True,
                            ignore=shutil.ignore_patterns("__pycache__", "build-*", "*.o"))


class Program:
    """How one program is compiled and linked, as its Makefile says it."""

    def __init__(self, tree, out, test):
        self.directory = tree / test.directory
        self.path = out / "tools" / test.program
        self.make(out, [])
        lines = self.make(out, ["-n", "-B"]).splitlines()
        self.compile, self.link = {}, None
        for line in lines:
            words = expand(line, self.directory)
            if "-c" in words:
                self.compile[words[words.index("-o") + 1]] = words
            elif "-o" in words:
                self.link = words
        self.needs = {o: needs(Path(o).with_suffix(".d"), self.directory) for o in self.compile}

    def make(self, out, options):
        env = dict(os.environ, REDUND_BUILD=str(out))
        for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "CFLAGS", "SAN", "BREAK", "PLANT"):
            env.pop(name, None)
        r = subprocess.run(["make", "--no-print-directory", "-C", str(self.directory), *options, f"BUILD={out}",
                            f"CFLAGS={BASE}", str(self.path)], capture_output=True, text=True, env=env,
                           check=False)
        if r.returncode:
            raise BuildError(r.stdout + r.stderr)
        return r.stdout

    def again(self, file, work):
        """Builds with another text of @file. Return: the program, None: it does not compile."""
        link = list(self.link)
        for o, words in self.compile.items():
            if file not in self.needs[o]:
                continue
            new = str(work / f"{digest(o)}.o")
            if not run_quietly(compiled(words, new, QUICK), self.directory):
                return None
            link[link.index(o)] = new
        program = work / self.path.name
        link[link.index("-o") + 1] = str(program)
        return program if run_quietly(link, self.directory) else None

    def code(self, file, work):
        """What an optimizing compiler makes of @file's objects."""
        out = []
        for o, words in self.compile.items():
            if file in self.needs[o]:
                new = work / "code.o"
                if not run_quietly(compiled(words, str(new), ["-O2", "-w", "-g0", "-U_FORTIFY_SOURCE"]),
                                   self.directory):
                    return None
                out.append(digest(new.read_bytes()))
        return out


def expand(line, directory):
    """The words of a command of make -n, with $(...) carried out; [] for others."""
    if not re.search(r" -o ", line):
        return []
    line = re.sub(r"\$\(([^()]*)\)", lambda m: subprocess.run(
        m.group(1), shell=True, capture_output=True, text=True, cwd=directory, check=True).stdout.strip(), line)
    words = shlex.split(line)
    return words[1:] if words[0] == "ccache" or words[0].endswith("/ccache") else words


def compiled(words, out, flags):
    words = [w for w in words if w not in ("-MMD", "-MP")]
    at = words.index("-o")
    return words[:at] + flags + ["-o", out] + words[at + 2:]


def needs(file, directory):
    """The files that an object is made of, by its .d file."""
    text = file.read_text().replace("\\\n", " ").split("\n")[0]
    return {os.path.normpath(directory / w) for w in text.split(":", 1)[1].split()}


def run_quietly(words, directory):
    return subprocess.run(words, cwd=directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          check=False).returncode == 0


class Tests:
    """The tests of one target, in one copy of the tree."""

    def __init__(self, target, tree, out, work):
        self.target, self.tree, self.out, self.work = target, tree, out, work
        self.programs = {}
        self.limits = {}

    def command(self, test, program):
        words = [w.replace("TREE", str(self.tree)).replace("TMP", str(self.work / "tmp"))
                 for w in test.arguments]
        return [str(program or self.tree / test.program), *words]

    def prepare(self, test, file=None, source=None):
        """Builds a test as the tree is, and sees it pass; how long it takes bounds it
        later. @file has the text of a mutant just now, and @source without it."""
        if test.name in self.limits:
            return
        mutant = (self.tree / file).read_text() if file else None
        if file:
            (self.tree / file).write_text(source)
        if test.directory:
            self.programs[test.name] = Program(self.tree, self.out, test)
        began = time.monotonic()
        verdict, said, cpu = run_test(self.command(test, self.program(test, None)), self.work, 300, 900)
        if verdict:
            raise BuildError(f"{test.name} fails without a mutant: {verdict}\n{said}")
        self.limits[test.name] = (int(3 * cpu + 3), 10 * (time.monotonic() - began) + 60)
        if file:
            (self.tree / file).write_text(mutant)

    def program(self, test, file):
        """With @file as it is now; None: it does not compile"""
        if not test.directory:
            return self.tree / test.program
        p = self.programs[test.name]
        return p.path if file is None else p.again(file, self.work)

    def judge(self, file, source):
        """What becomes of the text that @file has in place of @source. Return: (result, by whom)"""
        path = os.path.normpath(self.tree / file)
        for t in self.target.tests:
            self.prepare(t, file, source)
            program = self.program(t, path)
            if not program:
                return "broken", ""
            verdict, said, _ = run_test(self.command(t, program), self.work, *self.limits[t.name])
            if verdict:
                return ("timeout" if verdict == "time-out" else "killed"), f"{t.name}: {said or verdict}"
        return "survived", ""

    def code(self, file):
        """A digest of the objects, None for a script"""
        path = os.path.normpath(self.tree / file)
        return next((p.code(path, self.work) for p in self.programs.values()), None)


# The shell is between, so that the test does not begin with Python's memory.
LIMITS = 'ulimit -S -t "$0"; ulimit -H -t $(($0 + 1)); ulimit -c 0; "$@"; exit $?'


def run_test(words, work, cpu, wall):
    """Runs until its first "not ok". Return: ("" when it passed, the failing line, CPU seconds)"""
    tmp = work / "tmp"
    shutil.rmtree(tmp, ignore_errors=True)
    tmp.mkdir()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    p = subprocess.Popen(["/bin/sh", "-c", LIMITS, str(cpu), *words], stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=work, start_new_session=True,
                         env=dict(os.environ, TMPDIR=str(tmp), PYTHONDONTWRITEBYTECODE="1"))
    late = []
    signal.signal(signal.SIGALRM, lambda *_: (late.append(True), os.killpg(p.pid, signal.SIGKILL)))
    signal.alarm(int(wall))
    said = first_failure(p.stdout)
    if said:
        kill_rest(p.pid)
    status = p.wait()
    signal.alarm(0)
    p.stdout.close()
    kill_rest(p.pid)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if late or status in (128 + signal.SIGXCPU, 128 + signal.SIGKILL):
        return "time-out", said, used
    if said:
        return "failed", said, used
    if status > 128:
        return signal.Signals(status - 128).name, "", used
    return f"exit status {status}" if status else "", "", used


def first_failure(output):
    """The line with which a test says that it failed; too many lines are a failure too."""
    seen = 0
    for line in output:
        seen += len(line)
        if line.startswith((b"not ok", b"Bail out")) or seen > OUTPUT_MAX:
            return line[:200].decode(errors="replace").strip()
    return ""


def kill_rest(group):
    """Children that a test left behind."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        pass

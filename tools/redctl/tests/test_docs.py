# SPDX-License-Identifier: GPL-2.0-or-later
"""The documentation against the programs: nothing is undocumented."""
import glob
import os
import re
import shutil
import subprocess
import tempfile

import yaml

from chassis import run
from tap import Skip, has, same, test

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../..")


def read(path):
    """A file of the tree."""
    with open(os.path.join(TOP, path), encoding="utf-8") as f:
        return f.read()


@test("every command is in commands.rst and in the manual page")
def _():
    syntaxes = [c["syntax"] for c in run({}, "help", "-j").json["commands"]]
    assert len(syntaxes) >= 14
    for syntax in syntaxes:
        syntax = re.sub(r"<absent\|.*>", "ROLE", syntax)
        has(read("tools/man/redctl.8"), "\n.TP\n%s\n" % syntax)
        # one entry for "redundancy management-module" and its "no" form
        pattern = re.sub(r"^(no )?redundancy management", "[no] redundancy management", syntax)
        has(read("Documentation/redund/commands.rst"), "\n%s\n   " % pattern)


@test("every reason word is in commands.rst: of the specification, of redctl and of the library")
def _():
    spec = yaml.safe_load(read("Documentation/netlink/specs/redund.yaml"))
    words = set()
    for d in spec["definitions"]:
        if d["name"] in ("refusal", "not-ready"):
            words |= {e if isinstance(e, str) else e["name"] for e in d["entries"]} - {"none"}
    for path in glob.glob(os.path.join(TOP, "tools/redctl/*.c")) + glob.glob(os.path.join(TOP, "tools/lib/*.c")):
        text = read(path)
        words |= set(re.findall(r'fail(?:_with)?\(ctx, STATUS_\w+,\s*"([a-z-]+)"', text))
        words |= set(re.findall(r'rd_fail\(rd, -?\w+,\s*"([a-z-]+)"', text))
    assert {"cancelled", "permission", "last-fabric", "rolled-back"} <= words, words
    for word in words:
        has(read("Documentation/redund/commands.rst"), "\n``%s``" % word)


@test("every option is in commands.rst and in the manual page")
def _():
    page = run({}, "help").out
    options = re.findall(r"^  (?:-\w, )?(--\w+)", page, re.M)
    assert {"--json", "--yes", "--check", "--force", "--timeout", "--help"} <= set(options)
    for option in options:
        has(read("Documentation/redund/commands.rst"), "``%s" % option)
        has(read("tools/man/redctl.8"), option.replace("-", "\\-"))


@test("systemd takes the unit")
def _():
    if not shutil.which("systemd-analyze"):
        raise Skip("no systemd-analyze")
    with tempfile.TemporaryDirectory() as tmp:
        unit = os.path.join(tmp, "redund-monitor@redund0.service")
        text = read("tools/systemd/redund-monitor@.service")
        has(text, "\nExecStart=redctl ")
        with open(unit, "w", encoding="utf-8") as f:
            f.write(text.replace("ExecStart=redctl", "ExecStart=/bin/true").replace("man:redctl(8)", "man:true(1)"))
        r = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True,
                           text=True, check=False, timeout=60)
        same((r.stdout + r.stderr, r.returncode), ("", 0))


@test("the completion is shell that bash takes, and asks the program")
def _():
    script = ("source tools/redctl/completion/redctl; COMP_WORDS=(%s -j redundancy fabric-module 2 e); "
              "COMP_CWORD=5; _redctl; echo ${COMPREPLY[@]}")
    from chassis import program  # pylint: disable=import-outside-toplevel
    r = subprocess.run(["bash", "-c", script % program("redctl_fake")], cwd=TOP, capture_output=True,
                       text=True, check=False, timeout=60)
    same((r.stdout, r.stderr), ("enable\n", ""))

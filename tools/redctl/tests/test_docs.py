# SPDX-License-Identifier: GPL-2.0-or-later
"""The documentation against the programs: nothing is undocumented."""
import glob
import json
import os
import re
import shutil
import subprocess
import tempfile

import yaml

from chassis import fixed, program, run, sample
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
        both = "\n[no] %s\n   " % re.sub("^no ", "", syntax)
        text = read("Documentation/redund/commands.rst")
        has(text, both if both in text else "\n%s\n   " % syntax)


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


def long_options(text):
    """The options of a text, in full."""
    return set(re.findall(r"(?<![-\w])--[a-z]+", text))


@test("the same options in the table, in commands.rst, in the manual page and in the completion")
def _():
    page = run({}, "help", "-j").json
    table = set(page["options"])
    assert {"--json", "--yes", "--check", "--force", "--timeout", "--help", "--watch"} <= table
    rst = re.search(r"\nOptions\n=+\n\n=+ +=+\n((?:.+\n)+?)=+ +=+\n", read("Documentation/redund/commands.rst"))
    same(long_options("\n".join(re.findall(r"^``.*?``(?:, ``.*?``)*", rst.group(1), re.M))), table, "commands.rst")
    man = re.search(r"\n\.SH OPTIONS\n(.*?)\n\.SH ", read("tools/man/redctl.8"), re.S).group(1).replace("\\-", "-")
    tags = "\n".join(re.findall(r"\n\.TP\n(.*)", "\n" + man))
    same(long_options(tags), table, "redctl.8")
    same(set(run({}, "--complete=options").out.split()), table, "completion")


@test("an option that the table does not give a command is refused by it, wherever it stands")
def _():
    everywhere = {"--json", "--device", "--help"}
    values = {"--timeout": "--timeout=0", "--severity": "--severity=major", "--match": "--match=x",
              "--file": "--file=/dev/null", "--to": "--to=mm1"}
    names = set(run({}, "help", "-j").json["options"]) - everywhere
    for command in run({}, "help", "-j").json["commands"]:
        words = sample(command["syntax"])
        page = run({}, "help", *fixed(command["syntax"]), "-j").json
        own = set(page.get("options", [])) if "syntax" in page else set(run(
            {}, "--complete=options", "--", *words).out.split())
        for name in sorted(names - own):
            r = run({"no_driver": True}, *words, values.get(name, name))
            same(r.status, 2 if name != "--complete" else 0, "%s %s" % (" ".join(words), name))


@test("every command of the console is in commands.rst and in the manual page")
def _():
    found = run({}, answer="help -j\n").out.splitlines()[1]
    here = {c["syntax"] for c in json.loads(found)["commands"]}
    elsewhere = {c["syntax"] for c in run({}, "help", "-j").json["commands"]}
    assert here > elsewhere
    for syntax in here - elsewhere:
        has(read("tools/man/redctl.8"), "\n.TP\n%s\n" % syntax)
        has(read("Documentation/redund/commands.rst"), "\n%s\n   " % syntax)


@test("systemd takes every unit")
def _():
    if not shutil.which("systemd-analyze"):
        raise Skip("no systemd-analyze")
    names = sorted(os.path.basename(p) for p in glob.glob(os.path.join(TOP, "tools/systemd/*.service")))
    assert {"redsyncd.service", "redlogd.service", "redund-monitor@.service"} <= set(names), names
    with tempfile.TemporaryDirectory() as tmp:
        for name in names:
            unit = os.path.join(tmp, name.replace("@.", "@redund0."))
            text = read("tools/systemd/" + name)
            has(text, "\nExecStart=red")
            with open(unit, "w", encoding="utf-8") as f:
                f.write(re.sub(r"man:\w+\(8\)", "man:true(1)", re.sub(r"ExecStart=red\w+", "ExecStart=/bin/true", text)))
            r = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True,
                               text=True, check=False, timeout=60)
            same((r.stdout + r.stderr, r.returncode), ("", 0), name)


@test("redsyncd: every option of its help is in its manual page, and none more")
def _():
    page = subprocess.run([program("redsyncd"), "--help"], capture_output=True, text=True, check=True, timeout=60).stdout
    text = read("tools/man/redsyncd.8").replace("\\", "")
    options = text[text.index(".SH OPTIONS"):text.index(".SH EXIT STATUS")]
    same(sorted(set(re.findall(r"--\w+", page))), sorted(set(re.findall(r"--\w+", options))))
    for word in ("REDUND_FLASH", "REDUND_RUN", "CAP_NET_ADMIN"):
        has(page, word)
        has(text, word)


@test("the completion is shell that bash takes, and asks the program")
def _():
    script = ("source tools/redctl/completion/redctl; COMP_WORDS=(%s -j redundancy fabric-module 2 e); "
              "COMP_CWORD=5; _redctl; echo ${COMPREPLY[@]}")
    r = subprocess.run(["bash", "-c", script % program("redctl_fake")], cwd=TOP, capture_output=True,
                       text=True, check=False, timeout=60)
    same((r.stdout, r.stderr), ("enable\n", ""))
    script = script.replace("-j redundancy fabric-module 2 e", "redundancy switchover --ch").replace("CWORD=5", "CWORD=3")
    r = subprocess.run(["bash", "-c", script % program("redctl_fake")], cwd=TOP, capture_output=True,
                       text=True, check=False, timeout=60)
    same((r.stdout, r.stderr), ("--check\n", ""))

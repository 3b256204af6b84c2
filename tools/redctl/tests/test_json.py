# SPDX-License-Identifier: GPL-2.0-or-later
"""Everything printed with -j against the published schema, and the schema against the netlink
specification."""
import copy
import json
import os

import jsonschema
import yaml

from chassis import fixed, run, sample, state
from tap import same, test
from test_commands import refusal, verdict
from test_show import HISTORY, REGISTERS, TRACE, events_of_figure, with_debugfs

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../..")


def load():
    """The published schema."""
    with open(os.path.join(TOP, "tools/redctl/schema/redctl.json"), encoding="utf-8") as f:
        return json.load(f)


def strict(node):
    """The schema with every key that it does not name forbidden: nothing is printed that is not
    documented."""
    if isinstance(node, dict):
        if "properties" in node:
            node["additionalProperties"] = False
        for value in node.values():
            strict(value)
    elif isinstance(node, list):
        for value in node:
            strict(value)
    return node


def judge(what, document):
    """A document against one of the schema's definitions."""
    schema = strict(load())
    schema.pop("oneOf")
    schema["$ref"] = "#/$defs/" + what
    jsonschema.Draft202012Validator(schema).validate(document)


ODD = state(chassis={"redundancy": False, "owner": 0, "choice": 2, "failovers": 3,
                     "last_failover_s": 1174308151, "waiting_for": "peer"},
            mm1={"role": "taking-over", "phase": "fabric"},
            mm2={"role": "offline", "offline_cause": "shutdown", "boot_image": "unknown",
                 "not_ready": ["shutdown", "disabled"]},
            fabric1={"present": False})


@test("the schema itself is one")
def _():
    jsonschema.Draft202012Validator.check_schema(load())


@test("show redundancy -j and showredund -j")
def _():
    for st in (state(), ODD, state(mm2={"role": "absent", "present": False})):
        judge("show-redundancy", run(st, "show", "redundancy", "-j").json)
        judge("show-redundancy", run(st, "-j", prog="showredund_fake").json)


@test("show modules, log and history -j")
def _():
    st = state(event=events_of_figure(), history=HISTORY)
    judge("show-modules", run(st, "show", "modules", "-j").json)
    judge("show-log", run(st, "show", "log", "-j").json)
    judge("show-history", run(st, "show", "history", "-j").json)
    assert run(st, "show", "history", "-j").json["history"][0]["phases"]


@test("show trace and show registers -j")
def _():
    judge("show-trace", with_debugfs("trace", TRACE, "show", "trace", "-j").json)
    judge("show-registers", with_debugfs("registers", REGISTERS, "show", "registers", "-j").json)


@test("every command that changes something -j")
def _():
    for what, words in (("redundancy-management-module", "redundancy management-module -y"),
                        ("redundancy-management-module", "no redundancy management-module -y"),
                        ("redundancy-switchover", "redundancy switchover -y"),
                        ("redundancy-switchover", "redundancy switchover --to mm1"),
                        ("redundancy-switchover-check", "redundancy switchover --check"),
                        ("redundancy-active-management", "redundancy active-management standby"),
                        ("redundancy-fabric-module", "redundancy fabric-module 2 disable"),
                        ("redundancy-heartbeat", "redundancy heartbeat interval 10 misses 3"),
                        ("redundancy-history-length", "redundancy history-length 5"),
                        ("wait", "wait role 2 standby"), ("wait", "wait ready"),
                        ("help", "help"), ("help", "help show log")):
        r = run(state(steps=[verdict("done")]), *words.split(), "-j")
        same(r.status, 0, words)
        judge(what, r.json)


def definition(syntax):
    """The schema's name for what a command prints: its words, as many as are one."""
    words, defs = fixed(syntax), load()["$defs"]
    words = words[1:] if words[0] == "no" else words
    names = ["-".join(words[:n]) for n in range(len(words), 0, -1)]
    return next((name for name in names if name in defs), "configure")


def every_command():
    """Syntax, words and options of the whole table; none waits, none asks."""
    for command in run({}, "help", "-j").json["commands"]:
        syntax = command["syntax"]
        words = sample(syntax)
        options = run({}, "--complete=options", "--", *words).out.split()
        yield syntax, words + ["--timeout=0"] * ("--timeout" in options) + ["-y"] * ("--yes" in options) + ["-j"]


@test("every command of the table -j: a document of its definition, or a refusal")
def _():
    done = 0
    step = {"seq": 8, "chassis": dict(state()["chassis"][0], handover_id=4, handover_verdict="done")}
    for syntax, words in every_command():
        r = run(state(event=events_of_figure(), history=HISTORY, steps=[step]), *words)
        for line in r.lines:
            judge("error" if not line.get("ok", True) else definition(syntax), line)
        assert r.lines, words
        done += r.status == 0
        same(r.status == 0, r.lines[-1].get("ok", True), words)
    assert done >= 12, done


@test("every command of the table -j without a driver: one object, exit status 3, or it needs none")
def _():
    for syntax, words in every_command():
        r = run({"no_driver": True}, *words)
        same(len(r.lines), 1, words)
        if r.lines[0]["ok"]:
            judge(definition(syntax), r.lines[0])
        else:
            judge("error", r.lines[0])
            same(r.err.splitlines()[-1].split(": ")[1], r.lines[0]["reason"], words)


@test("every command of the table -j with a word too many: exit status 2, reason usage")
def _():
    for _syntax, words in every_command():
        r = run(state(), *words, *["nonsense"] * 9)
        same((r.status, r.json["reason"], r.requests), (2, "usage", []), words)


@test("every way to fail -j: one object, the same word on standard error")
def _():
    cases = ((state(check=[refusal("peer-not-ready", "late", "syncing")]), "redundancy switchover"),
             (state(check=[refusal("disabled")]), "redundancy switchover --check"),
             (state(steps=[verdict("rolled-back")]), "redundancy switchover -y"),
             (state(), "redundancy switchover"), (state(no_driver=True), "show log"),
             (state(), "show nothing"), (state(), "wait role 1 standby --timeout 0"),
             (state(refuse={"active": ["no-peer", "x"]}), "redundancy active-management standby"),
             (state(refuse={"fabric": ["last-fabric", "x"]}), "redundancy fabric-module 1 disable"))
    for st, words in cases:
        r = run(st, *words.split(), "-j")
        assert r.status, words
        judge("error", r.json)
        same(r.err.splitlines()[-1].split(": ")[1], r.json["reason"])


@test("monitor -j: every line")
def _():
    st = state(event=events_of_figure(), history=HISTORY,
               steps=[{"seq": 8, "fabric": {"id": 2, "enabled": False}},
                      {"seq": 20, "lost": True, "mm": {"slot": 2, "role": "failed"}}])
    lines = run(st, "monitor", "-j", "--timeout", "1").lines
    assert len(lines) > 60
    for line in lines:
        judge("monitor", line)


@test("the schema's words are those of the netlink specification")
def _():
    with open(os.path.join(TOP, "Documentation/netlink/specs/redund.yaml"), encoding="utf-8") as f:
        spec = yaml.safe_load(f)
    words = {d["name"]: [e if isinstance(e, str) else e["name"] for e in d["entries"]]
             for d in spec["definitions"]}
    defs = load()["$defs"]
    places = {"role": defs["mm"]["properties"]["role"],
              "offline-cause": defs["mm"]["properties"]["offline_cause"],
              "not-ready": defs["not_ready"]["items"],
              "boot-image": defs["mm"]["properties"]["boot_image"],
              "selftest-state": defs["mm"]["properties"]["selftest"],
              "rule": defs["chassis"]["properties"]["election_rule"],
              "verdict": defs["history"]["properties"]["verdict"],
              "reason": defs["history"]["properties"]["reason"],
              "severity": defs["event"]["properties"]["severity"],
              "module-state": defs["module"]["properties"]["state"],
              "phase": defs["history"]["properties"]["phases"]["items"]["properties"]["phase"],
              "phase-result": defs["history"]["properties"]["phases"]["items"]["properties"]["result"]}
    for name, place in places.items():
        same(place["enum"], words[name], name)


@test("a wrong document is found")
def _():
    good = run(state(), "show", "redundancy", "-j").json
    for spoil in (lambda d: d.pop("chassis"), lambda d: d.update(extra=1),
                  lambda d: d["management_modules"][0].update(role="king"),
                  lambda d: d["chassis"].update(owner=3)):
        bad = copy.deepcopy(good)
        spoil(bad)
        try:
            judge("show-redundancy", bad)
        except jsonschema.ValidationError:
            continue
        raise AssertionError("accepted")

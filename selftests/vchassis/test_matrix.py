#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What causes a switchover and what does not: the nine triggers and three
non-triggers of the chapter (S-109 to S-117, S-120 to S-122; the right half of
TABLE is the third non-trigger), with redundancy enabled and disabled and the
other module in each state. A cell of TABLE is what the specification says;
each is looked for in the trace, the counters, the log, the history of roles,
the history of boots, the question and the exit status. Then requests that are
refused, and two at a time."""
import re
import time

import ktap
import views
from chassis import need, other
from console import Console

suite = ktap.Suite()
# A module that boots beside one that is shut down waits for it so long.
suite.group("enabled", params="peer_wait_ms=1500")
suite.group("disabled", params="peer_wait_ms=1500")
suite.group("refused")

# 16, 17 REASON: the standby takes over, logged by this event (S-118, C-24, C-14)
# takes REASON:  the offline module takes over: hardware failure (S-067, S-068, C-37)
# back REASON:   the active goes down and is the active again; no failover (rules 1
#                and 3, S-136, S-144, S-193, S-209, C-42)
# none:          nobody is active until the module is back (S-010, S-144, S-273)
# refused:       S-080, S-081, S-084;  ignored: S-145 to S-147;  stays: nothing
TABLE = """
            ready              failed           shutdown         absent           off              off+failed       off+shutdown     off+absent
crash       16:panic           back:election    back:election    back:election    back:election    back:election    back:election    back:election
heartbeat   16:heartbeat-lost  stays            stays            stays            stays            stays            stays            stays
switchover  17:switchover      refused          refused          refused          refused          refused          refused          refused
removal     16:removed         none             none             none             takes:removed    none             none             none
reset       16:reset-button    back:election    back:election    back:election    back:election    back:election    back:election    back:election
shutdown    16:shutdown-button ignored          ignored          ignored          ignored          ignored          ignored          ignored
boot        17:boot            back:boot        back:boot        back:boot        back:boot        back:boot        back:boot        back:boot
reload      17:reload          back:reload      back:reload      back:reload      back:reload      back:reload      back:reload      back:reload
hardware    16:power-loss      back:election    back:election    back:election    takes:power-loss back:election    back:election    back:election
boot-system back:boot-system   back:boot-system back:boot-system back:boot-system back:boot-system back:boot-system back:boot-system back:boot-system
clear       stays              stays            stays            stays            stays            stays            stays            stays
"""
# In the order in which one chassis serves them: what changes nothing first.
ORDER = ("clear", "heartbeat", "switchover", "shutdown", "crash", "reset", "hardware", "removal", "boot", "reload",
         "boot-system")
ROWS = {"crash": "S-109", "heartbeat": "S-110", "switchover": "S-111", "removal": "S-112", "reset": "S-113",
        "shutdown": "S-114", "boot": "S-115", "reload": "S-116", "hardware": "S-117", "boot-system": "S-120",
        "clear": "S-121"}
# Events that a trigger logs itself: number, text, and whose log has it.
EVENTS = {("reset", "16"): ("00266", "Resetting Mgmt Module {a}"),
          ("shutdown", "16"): ("00272", "Mgmt Module {a} Offline (shutdown)"),
          ("heartbeat", "16"): ("00265", "Lost Communication with Mgmt Module {a}"),
          ("shutdown", "ignored"): ("00271", "Other management module is not in standby, shutdown request ignored")}
# Why the module went down, in show boot-history, and if it could say so itself:
# then event 2, else event 1 (S-281, S-282).
WENT_DOWN = {"crash": ("panic", True), "heartbeat": ("fence", False), "reset": ("reset-button", False),
             "boot": ("operator-reboot", True), "reload": ("operator-reload", True), "hardware": ("power-failure", False),
             "boot-system": ("operator-reboot", True), "switchover": ("switchover", True),
             "shutdown": ("shutdown-button", True)}

BECOMES = ("This management module will now reboot from primary image and will become the standby module! You will "
           "need to use the other management module's console interface. Do you want to continue [y/n]? ")
SYSTEM = ("The other management module is not in standby mode and this command will not cause a switchover. System "
          "will reboot from primary image. Do you want to continue [y/n]? ")
ALONE = "System will reboot from primary image. Do you want to continue [y/n]? "
SWITCHES = ("This command will cause a switchover to the other management module which may not be running the same "
            "software image and configurations. Do you want to continue [y/n]? ")
REFUSED = "The other management module does not exist or is not in standby mode"


def flat(text):
    return " ".join(text.split())


# -- the columns ---------------------------------------------------------------
def restore(c):
    """an active and a ready standby, redundancy enabled"""
    for slot in (1, 2):
        if "selftest-fail" in c.slot(slot).get("faults", []):
            c.run("fault", slot, "selftest-fail", "OFF")
            c.run("press", slot, "reset")
        if not c.slot(slot)["present"]:
            c.run("insert", slot)
        elif c.slot(slot)["role"] in ("down", "offline") and c.slot(slot)["leds"]["dwn"] == "green":
            c.run("remove", slot)
            c.run("insert", slot)
    c.wait("an active module", lambda: c.owner and c.slot(c.owner)["role"] == "active")
    c.redctl(c.owner, "-y", "redundancy", "management-module")
    c.wait_ready()


def down_on_purpose(c, slot):
    return c.slot(slot)["role"] in ("down", "offline") and c.slot(slot)["leds"]["dwn"] == "green"


def arrange(c, column):
    """the chassis of a column; does nothing when it is that already"""
    if getattr(c, "column", None) == column:
        c.wait_role(c.owner, "active")
        store(c)
        check_column(c, column)
        return
    restore(c)
    a, b = c.owner, other(c.owner)
    state = column.partition("+")[2] or column
    if state == "shutdown":
        c.run("press", b, "shutdown")
        c.wait("shut down", lambda: down_on_purpose(c, b))
    if column.startswith("off"):
        c.redctl(a, "-y", "no", "redundancy", "management-module")
    if state == "failed":
        c.run("fault", b, "selftest-fail", "ON")
        c.run("press", b, "reset")
        c.wait_role(b, "failed")
    if state == "absent":
        c.run("remove", b)
    c.column = column
    if state == "off":
        c.wait_role(b, "offline")
    store(c)
    check_column(c, column)


def store(c):
    """nothing unsaved: so no command asks about it first (A-010, S-211)"""
    c.redctl(c.owner, "write", "memory")


def check_column(c, column):
    state = column.partition("+")[2] or column
    b = other(c.owner)
    fits = {"ready": lambda: c.ready(), "failed": lambda: c.slot(b)["role"] == "failed",
            "shutdown": lambda: down_on_purpose(c, b), "absent": lambda: not c.slot(b)["present"],
            "off": lambda: c.slot(b)["role"] == "offline"}[state]
    c.wait(f"the other module is {state}", fits)
    want = "disabled" if column.startswith("off") else "enabled"
    need(views.redundancy(c, c.owner)["redundancy"] == want, f"redundancy is not {want}")


# -- the triggers -----------------------------------------------------------------
def pull(*words):
    """something done to the active from outside: nothing is asked"""
    def do(c, a, column):
        c.run(*[str(a) if w == "SLOT" else w for w in words])
    return do


def command(question, *words):
    """a command on the active, answered with y"""
    def do(c, a, column):
        p = c.redctl(a, *words, stdin="y\n", check=False)
        text = question(column)
        asked = flat(p.stdout[:p.stdout.rfind("?") + 1]) + " " if "[y/n]?" in p.stdout else ""
        need(asked == text, f"asked {asked!r} in place of {text!r}")
        if text == "" and words[0] == "redundancy":
            need(flat(p.stdout) == REFUSED, p.stdout)
            need(p.returncode == 1 and re.match(r"redctl: (no-peer|peer-not-standby|disabled|failed-selftest): ", p.stderr),
                 f"exit {p.returncode}: {p.stderr}")
        else:
            need(p.returncode == 0, f"exit {p.returncode}: {p.stderr}")
    return do


def boot_question(becomes):
    return lambda column: becomes if column == "ready" else ALONE if column.endswith("absent") else SYSTEM


DO = {"crash": pull("panic", "SLOT"), "heartbeat": pull("cut", "heartbeat", "SLOT"), "removal": pull("remove", "SLOT"),
      "reset": pull("press", "SLOT", "reset"), "shutdown": pull("press", "SLOT", "shutdown"),
      "hardware": pull("kill", "SLOT"), "clear": pull("press", "clear"),
      "switchover": command(lambda column: BECOMES if column == "ready" else "", "redundancy", "switchover"),
      "boot": command(boot_question(BECOMES), "boot"), "reload": command(boot_question(SWITCHES), "reload"),
      "boot-system": command(lambda column: "", "boot", "system")}


# -- what came of it ----------------------------------------------------------------
class Before:
    """What is compared with afterwards."""

    def __init__(self, c):
        self.a, self.mark = c.owner, c.mark()
        self.failovers = views.redundancy(c, self.a)["failovers"]
        self.last = newest(c)
        self.down = downs(c, self.a)
        self.logs = {slot: logged(c, slot) for slot in (1, 2) if c.slot(slot)["role"] in ("active", "standby")}


def newest(c):
    h = c.redctl_json(c.owner, "show", "history")["history"]
    return h[0] if h else {"id": 0}


def downs(c, slot):
    """boot-history records of a module"""
    return [r for r in c.redctl_json(c.owner, "show", "boot-history")["records"] if r["slot"] == slot]


def logged(c, slot):
    return [(e["severity"], e.get("number"), e["text"]) for e in c.log(slot)["events"]]


def new_lines(c, before, slot):
    """what a module logged since; all of it when it has started since"""
    lines, was = logged(c, slot), before.logs.get(slot, [])
    return lines[len(was):] if was and lines[:len(was)] == was else lines


def numbered(lines, number, text=""):
    return [e for e in lines if e[1] == int(number) and e[2].startswith(text)]


def nothing_happened(c, before):
    moved = [e for e in c.poll()[before.mark:] if e["event"] in ("grant", "reset", "going-down", "out", "module-reset", "power")]
    need(not moved, f"something happened: {moved}")
    need(newest(c)["id"] == before.last["id"], f"a role change: {newest(c)}")
    need(views.redundancy(c, c.owner)["failovers"] == before.failovers, "it counts as a failover")


def stays(c, before, trigger, _):
    if trigger == "heartbeat":
        time.sleep(3 * c.failover_ms / 1000)
        c.run("restore", "heartbeat", before.a)
    if trigger == "clear":
        c.wait_event(before.mark, event="button", button="clear")
        time.sleep(0.2)
    nothing_happened(c, before)


def ignored(c, before, trigger, _):
    number, text = EVENTS[trigger, "ignored"]
    c.wait("event 19", lambda: numbered(new_lines(c, before, before.a), number, text))
    found = numbered(new_lines(c, before, before.a), number, text)
    need(len(found) == 1 and found[0][0] == "warning", found)
    need(c.slot(before.a)["leds"]["dwn"] == "off", "S-145: the Dwn LED is on")
    nothing_happened(c, before)


def refused(c, before, trigger, _):
    nothing_happened(c, before)


def none(c, before, trigger, _):
    a = before.a
    c.wait_event(before.mark, event="grant", to=0)
    time.sleep(1)
    need(not [e for e in c.since(before.mark, event="grant") if e["to"]], "the other module took over")
    c.run("insert", a)
    same_again(c, before, "removal", "election")


def same_again(c, before, trigger, reason):
    """the module is the active again, and no failover happened"""
    a = before.a
    c.wait_event(before.mark, event="join", slot=a)
    c.wait_event(before.mark, event="grant", to=a)
    c.wait_role(a, "active")
    owners = [e["to"] for e in c.since(before.mark, event="grant") if e["to"]]
    need(owners == [a], f"grants went to {owners}")
    need(views.redundancy(c, a)["failovers"] == before.failovers, "it counts as a failover")
    last = newest(c)
    need(last["id"] != before.last["id"] and not last["failover"] and last["to"] == a, f"history: {last}")
    need(last["reason"] == reason, f"history: {last}")
    lines = logged(c, a)
    need(not numbered(lines, 268) and not numbered(lines, 269), f"events 16 or 17: {lines}")
    went_down(c, before, trigger, a)


def back(c, before, trigger, reason):
    same_again(c, before, trigger, reason)


def takes_over(event, kind):
    def judge(c, before, trigger, reason):
        a, b = before.a, other(before.a)
        c.wait_event(before.mark, event="grant", to=b)
        c.wait_role(b, "active")
        owners = [e["to"] for e in c.since(before.mark, event="grant") if e["to"]]
        need(owners == [b], f"grants went to {owners}")
        need(views.redundancy(c, b)["failovers"] == before.failovers + 1, "it does not count as one failover")
        c.wait("a verdict", lambda: newest(c)["verdict"] != "pending")
        last = newest(c)
        need((last["from"], last["to"], last["reason"], last["failover"], last["verdict"]) == (a, b, reason, True, "done"),
             f"history: {last}")
        lines = new_lines(c, before, b)
        texts = {16: (268, f"Mgmt Module {b} - Failover occurred", "warning"),
                 17: (269, f"Mgmt Module {b} - User initiated switchover occurred", "information")}
        number, text, severity = texts[event]
        found = numbered(lines, 268) + numbered(lines, 269)
        need(found == [(severity, number, text)], f"events 16 and 17: {found}")
        if kind == "takes":
            need([e for e in lines if e[0] == "warning" and e[2].startswith("stale-config")], f"C-37: no warning: {lines}")
        why = [e[2] for e in lines if e[2].startswith("reason: ")]
        need(len(why) == 1 and why[0].split(",")[0] == f"reason: {reason}", f"S-119: {why}")
        if (trigger, str(event)) in EVENTS:
            number, text = EVENTS[trigger, str(event)]
            c.wait(f"event {number}", lambda: numbered(new_lines(c, before, b), number, text.format(a=a)))
        recover(c, before, trigger, a)
    return judge


def recover(c, before, trigger, a):
    """the lost module is mended and rejoins"""
    if trigger == "heartbeat":
        c.run("restore", "heartbeat", a)
    if trigger == "shutdown":
        c.wait("Dwn LED solid green", lambda: down_on_purpose(c, a))
        c.run("remove", a)
    if trigger in ("removal", "shutdown"):
        c.run("insert", a)
    c.wait("the other module decided", lambda: c.slot(a)["role"] in ("standby", "offline"))
    if c.slot(a)["role"] == "standby":
        c.wait_ready()
    need(c.owner == other(a), "the old active took the grant back")
    went_down(c, before, trigger, a)


def went_down(c, before, trigger, a):
    """why it went down is in its log and in the history of boots"""
    if trigger not in WENT_DOWN:
        return
    why, said = WENT_DOWN[trigger]
    c.wait("its end is recorded", lambda: len(downs(c, a)) != len(before.down) or downs(c, a)[:1] != before.down[:1])
    last = downs(c, a)[0]
    need(last["why"] == why, f"boot history: {last}")
    number = 63 if said else 62
    lines = logged(c, a)
    need(len(numbered(lines, number, f"Mgmt Module {a} went down")) == 1, f"no event for {why}: {lines}")


JUDGE = {"stays": stays, "ignored": ignored, "refused": refused, "none": none, "back": back,
         "16": takes_over(16, "16"), "17": takes_over(17, "17"), "takes": takes_over(16, "takes")}
SAID = {"stays": "nothing happens", "ignored": "ignored, event 19", "refused": "refused", "none": "nobody is active until it is back",
        "back": "it is the active again", "16": "the standby takes over, event 16", "17": "the standby takes over, event 17",
        "takes": "the offline module takes over"}


def cell(trigger, column, outcome):
    kind, _, reason = outcome.partition(":")

    def test(c):
        try:
            arrange(c, column)
            before = Before(c)
            DO[trigger](c, before.a, column)
            JUDGE[kind](c, before, trigger, reason)
        except Exception:
            c.column = None         # the next cell starts from the beginning
            raise
        if kind == "takes":
            c.column = None
    return test


def add_cells():
    table = [line.split() for line in TABLE.strip().splitlines()]
    columns, lines = table[0], {line[0]: line[1:] for line in table[1:]}
    for i, column in enumerate(columns):
        group = "disabled" if column.startswith("off") else "enabled"
        state = column.partition("+")[2] or {"off": "ready otherwise"}.get(column, column)
        for trigger in ORDER:
            outcome = lines[trigger][i]
            rows = ROWS[trigger] + (" S-122" if group == "disabled" else "")
            rows += " A-012" if outcome.partition(":")[0] in ("16", "17", "takes") else ""      # a reason of its own
            name = f"{rows}: {trigger}, redundancy {group}, the other module {state}: {SAID[outcome.partition(':')[0]]}"
            suite.test(group, name)(cell(trigger, column, outcome))


add_cells()


# -- requests that are refused, and two at a time ------------------------------------
def refuses(c, slot, word, *command_):
    """exit status 1 with this reason word; returns standard output"""
    p = c.redctl(slot, *command_, stdin="y\n", check=False)
    need(p.returncode == 1 and p.stderr.startswith(f"redctl: {word}: "), f"{command_}: exit {p.returncode}: {p.stderr}")
    return flat(p.stdout)


@suite.test("refused", "A-008 A-077 S-084 S-086 S-102 S-199: what only the active may do is refused on the standby")
def from_standby(c):
    c.wait_ready()
    before, s = Before(c), other(c.owner)
    for words in (("redundancy", "switchover"), ("redundancy", "active-management", "management-module1"),
                  ("redundancy", "fabric-module", "2", "disable"), ("no", "redundancy", "management-module"),
                  ("boot", "system"), ("boot", "standby"), ("redundancy", "heartbeat", "interval", "50", "misses", "5")):
        refuses(c, s, "not-active", *words)
    nothing_happened(c, before)
    need(c.redctl(c.owner, "show", "redundancy").stdout == c.redctl(s, "show", "redundancy").stdout, "the modules differ")


@suite.test("refused", "S-030 S-031: the standby's console takes its three commands and refuses every other one")
def standby_console(c):
    before, s = Before(c), other(c.owner)
    with Console(c, s) as con:
        for words in ("redundancy switchover", "boot", "reload", "boot system", "show modules", "show log",
                      "write memory", "redundancy fabric-module 2 disable", "hostname x", "configure"):
            con.expect(r"Standby Console> $")
            con.send(words + "\r")
            con.expect(r"\nstandby-console: [^\r\n]*show flash[^\r\n]*show redundancy[^\r\n]*show version\r*\n")
        for words, line in (("show flash", "Default Boot"), ("show version", "Boot Image:"),
                            ("show redundancy", "Mgmt Redundancy : enabled")):
            con.expect(r"Standby Console> $")
            con.send(words + "\r")
            con.expect(line)
    nothing_happened(c, before)


@suite.test("refused", "A-008 A-077 C-02: a second switchover while one runs is refused as busy, the first is rolled back")
def busy(c):
    a, b = c.owner, other(c.owner)
    # a module that is stopped counts as ready until its beats are missed
    c.redctl(a, "redundancy", "heartbeat", "interval", "500", "misses", "5")
    store(c)
    c.wait_ready()
    before = Before(c)
    c.run("hang", b)
    p = c.exec(a, "sh", "-c", "redctl -y redundancy switchover --discard >/run/first 2>&1 & first=$!; sleep 0.3; "
               "redctl -y redundancy switchover --discard; echo $?; redctl boot standby; echo $?; wait $first; echo $?; cat /run/first")
    answers = [line for line in (p.stdout + p.stderr).splitlines() if line.startswith("redctl: ") or line.isdigit()]
    need([x for x in answers if x.isdigit()] == ["1", "1", "1"], p.stdout + p.stderr)
    need(len([x for x in answers if x.startswith("redctl: busy: ")]) == 2, p.stdout + p.stderr)
    need([x for x in answers if x.startswith("redctl: rolled-back: ")], p.stdout + p.stderr)
    need(not c.since(before.mark, event="grant") and not c.since(before.mark, event="going-down"), "the grant moved")
    c.run("resume", b)
    c.wait_role(b, "standby")
    c.redctl(a, "redundancy", "heartbeat", "interval", "100", "misses", "5")
    store(c)
    c.wait_ready()
    last = newest(c)
    need((last["id"], last["verdict"], last["reason"], last["from"], last["to"], last["failover"], last["requester"]) ==
         (before.last["id"] + 1, "rolled-back", "switchover", a, a, False, "redctl root"), f"history: {last}")
    need(len([e for e in new_lines(c, before, a) if e[0] == "warning" and e[2].startswith("rolled-back")]) == 1, "not logged once")
    need(views.redundancy(c, a)["failovers"] == before.failovers, "it counts as a failover")


@suite.test("refused", "A-008 A-077: of two switchovers at once one is done, one refused, and the grant moves once")
def both_at_once(c):
    c.wait_ready()
    before = Before(c)
    p = c.exec(before.a, "sh", "-c", "for i in 1 2; do (redctl -y redundancy switchover --discard >/run/at-once$i 2>&1; echo $? >>/run/at-once$i) & "
               "done; wait; cat /run/at-once1 /run/at-once2")
    need(sorted(re.findall(r"^\d$", p.stdout, re.M)) == ["0", "1"], p.stdout)
    need(re.search(r"^redctl: (busy|not-active): ", p.stdout, re.M), p.stdout)
    c.wait_ready()
    grants = c.since(before.mark, event="grant")
    need(len(grants) == 1 and grants[0]["to"] == other(before.a), grants)
    need(views.redundancy(c, c.owner)["failovers"] == before.failovers + 1, "not one failover")


@suite.test("refused", "S-080 S-081 A-008 A-077: a switchover to a module that was powered off is refused")
def powered_off(c):
    a, b, mark = c.owner, other(c.owner), c.mark()
    c.exec(b, "poweroff", check=False, timeout=20)
    c.wait_event(mark, event="shutdown-done", slot=b)
    c.wait_role(b, "down", "offline")
    before = Before(c)
    need(refuses(c, a, "peer-not-standby", "redundancy", "switchover") == REFUSED, "another text")
    nothing_happened(c, before)


@suite.test("refused", "S-080 S-081 S-094 S-198 A-008 A-077: requests to an absent module are refused, each by its text")
def absent(c):
    a, b = c.owner, other(c.owner)
    c.run("remove", b)
    before = Before(c)
    need(refuses(c, a, "no-peer", "redundancy", "switchover") == REFUSED, "another text")
    need(refuses(c, a, "no-peer", "boot", "standby") == "The other management module is not present.", "another text")
    need(refuses(c, a, "no-peer", "redundancy", "active-management", f"management-module{b}") ==
         f"The management-module{b} is not present or is in failed state.", "another text")
    nothing_happened(c, before)
    c.run("insert", b)
    c.wait_ready()



if __name__ == "__main__":
    ktap.start(suite)

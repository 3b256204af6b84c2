#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests the checker: a history that keeps every rule is clean, and each damage
of it is found, by the rule that it breaks. Each entry of DAMAGES is one test; a
rule without an entry here would be a rule that nobody has seen to work."""
import os
import sys
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "vchassis")]

import example      # noqa: E402
import measure      # noqa: E402
import rules        # noqa: E402
import schedule     # noqa: E402

MS, S = 1_000, 1_000_000


# ---- ways to damage a history --------------------------------------------------


def renumber(h):
    for i, e in enumerate(h.events, 1):
        e["seq"] = i


def find(h, n=0, **want):
    """the n-th such event"""
    return [e for e in h.events if all(e.get(k) == v for k, v in want.items())][n]


def drop(h, n=0, **want):
    h.events.remove(find(h, n, **want))
    renumber(h)


def put(h, t_us, event, **more):
    """a further event, in order of time, behind those of its instant"""
    at = sum(e["t_us"] <= t_us for e in h.events)
    h.events.insert(at, {"seq": 0, "t_us": t_us, "event": event, **more})
    renumber(h)


def shift(h, after, us):
    """everything after this time comes later; logs and commands with it"""
    for e in h.events:
        e["t_us"] += us if e["t_us"] > after else 0
    for lines in h.logs.values():
        for x in lines:
            if x.get("clock_us", 0) > after:
                x["clock_us"] += us


def change(h, n=0, _want=None, **new):
    find(h, n, **_want).update(new)


def line(h, slot, number, n=0):
    return [x for x in h.logs[slot] if x.get("number") == number][n]


def said(h, slot, text):
    return [x for x in h.logs[slot] if x.get("text") == text][0]


def drop_line(h, slot, number, n=0, boot_only=False):
    """a line that was never logged: those behind it have its number and theirs less one"""
    x = line(h, slot, number, n)
    h.logs[slot].remove(x)
    for y in h.logs[slot]:
        if y["boot"] == x["boot"] and y.get("id", 0) > x["id"]:
            y["id"] -= 1


def repeat_line(h, slot, number, n=0):
    x = line(h, slot, number, n)
    at = h.logs[slot].index(x)
    for y in h.logs[slot]:
        if y["boot"] == x["boot"] and y.get("id", 0) > x["id"]:
            y["id"] += 1
    h.logs[slot].insert(at + 1, {**x, "id": x["id"] + 1, "clock_us": x["clock_us"] + 3})


def answer(h, command, n=0):
    return [r for r in h.results if command in r["command"]][n]


GRANTS = {"event": "grant"}


def wrong_epoch(h):
    for e in h.events:
        if e["event"] == "grant" and e["epoch"] > 3:
            e["epoch"] += 1


def late_claim(h):
    shift(h, find(h, event="grant", to=0)["t_us"], 40 * MS)


def late_standby_claim(h):
    """slot 2 could not take over yet: it has its hold-off, and more"""
    drop(h, event="take", slot=1, on=True)
    shift(h, find(h, event="grant", to=0)["t_us"], 2_700 * MS)


def late_election(h):
    shift(h, find(h, event="role", role="election")["t_us"], 5_600 * MS)


def late_timer(h):
    shift(h, find(h, event="fault", kind="hang")["t_us"], 40 * MS)


def never_again(h):
    """from the first loss on nobody claims, but both run"""
    at = find(h, event="grant", to=0)["t_us"]
    h.events = [e for e in h.events if e["t_us"] <= at or e["event"] in ("beats", "power", "join")]
    renumber(h)


def out_of_order(h):
    a, b = line(h, 1, 260, 1), line(h, 1, 261, 0)
    a["text"], b["text"], a["number"], b["number"] = b["text"], a["text"], b["number"], a["number"]


def both_green(h):
    put(h, 12 * S, "led", slot=1, led="actv", state="green")


def no_fence(h):
    """the standby claims in place of fencing, and the chassis lets it"""
    change(h, _want={"event": "fence"}, event="claim")
    change(h, _want={"event": "grant", "cause": "fence"}, cause="claim")


def unasked_take(h):
    drop(h, 2, event="take", on=True)


def keeps_owner(h):
    """slot 1 loses its power and keeps the grant for a moment"""
    e = find(h, event="grant", to=0)
    h.events.remove(e)
    put(h, e["t_us"] + 100, **{k: v for k, v in e.items() if k not in ("seq", "t_us")})


def late_protected(h):
    """a driver that does not look whether it is the owner any more"""
    put(h, 24_100 * MS, "fabric", slot=2, value=3, accepted=False)


def ignores_out(h):
    """the reset of a fence does not work, and slot 1 goes on as if nothing was"""
    change(h, _want={"event": "reset", "cause": "fence", "asserted": True}, stuck=True)
    change(h, _want={"event": "reset", "cause": "fence", "asserted": False}, stuck=True)
    silent_from(h, 1, 20_200 * MS)


def silent_from(h, slot, t):
    """the chassis sees nothing more of this slot"""
    h.events = [e for e in h.events if e["t_us"] < t or e.get("slot") != slot]
    renumber(h)


def torn_config(h):
    h.files[2]["config/config1"] = example.CONFIG[:20] % 7


def old_config(h):
    for s in (1, 2):
        h.files[s]["config/config1"] = "hostname c0\nbanner motd m0\n".replace("c0", "c5").replace("m0", "m5")
    h.results.insert(0, {**answer(h, "c7"), "command": "exec 1 -- " + example.CHANGED % (5, 5), "out": "{}"})


def set_detail(h, old, new):
    for r in h.results:
        if "detail" in r["command"]:
            r["out"] = r["out"].replace(old, new)


def drop_all(h, **want):
    h.events = [e for e in h.events if not all(e.get(k) == v for k, v in want.items())]
    renumber(h)


# (name, damage, rule that has to find it, words of what it says)
DAMAGES = [
    ("a gap in the numbers of the trace", lambda h: h.events.pop(20), "trace", "follows"),
    ("a trace that does not begin with 1", lambda h: h.events.pop(0), "trace", "first seq"),
    ("a clock that goes back", lambda h: h.events[30].update(t_us=5), "trace", "clock went back"),
    ("an epoch that is left out", wrong_epoch, "G1", "epoch 5 where 4 follows"),
    ("an epoch that stays", lambda h: change(h, 1, GRANTS, epoch=1), "G1", "epoch"),
    ("a grant from somebody else than the owner", lambda h: change(h, 1, GRANTS, **{"from": 2}), "I1", "but the owner was"),
    ("a held grant that is claimed", no_fence, "G6", "that slot 1 held"),
    ("a grant without its claim", lambda h: drop(h, 1, event="claim"), "G6", "without its claim"),
    ("a claim that moves nothing", lambda h: put(h, 5 * S, "claim", slot=1, accepted=True), "G6", "did not move"),
    ("a fence without \"peer may take\"", unasked_take, "G6", "without \"peer may take\""),
    ("a fence without the reset", lambda h: drop(h, event="reset", cause="fence", asserted=True), "G6", "without its reset"),
    ("a fence of a module that is not OUT", lambda h: drop(h, event="out", cause="fenced"), "G6", "before it was OUT"),
    ("an offer that nobody made", lambda h: drop(h, event="offer"), "G6", "did not make"),
    ("an offer of one that is not the owner", lambda h: change(h, _want={"event": "offer"}, slot=1), "I1", "offers"),
    ("an offer withdrawn that nobody made", lambda h: put(h, 5 * S, "withdraw", slot=1, accepted=True), "G6", "withdrawn"),
    ("a grant that is released by nobody", lambda h: change(h, 1, GRANTS, cause="release"), "G6", "released nothing"),
    ("a grant dropped of a module that is in", lambda h: drop(h, event="out", cause="expired"), "G4", "is not OUT"),
    ("an owner that is OUT and stays the owner", keeps_owner, "G4", "still the owner"),
    ("the grant to a module that is OUT", lambda h: drop(h, 1, event="join"), "G5", "while OUT"),
    ("a fabric write of a standby that counts",
     lambda h: put(h, 5 * S, "fabric", slot=2, value=3, accepted=True), "I1", "wrote the fabric enables"),
    ("a reset of interface modules by a standby that counts",
     lambda h: put(h, 5 * S, "module-reset", slot=2, value=1, accepted=True), "I1", "interface-module resets"),
    ("\"peer may take\" set by a standby", lambda h: put(h, 5 * S, "take", slot=2, on=True, accepted=True), "I1", "may take"),
    ("a chassis record written by a standby",
     lambda h: put(h, 5 * S, "nv", slot=2, record="chassis", accepted=True), "I1", "chassis record"),
    ("a peer reset by a standby that counts",
     lambda h: put(h, 5 * S, "peer-reset", slot=2, value=1, accepted=True), "I1", "peer reset"),
    ("a write of a module that is OUT", lambda h: put(h, 10_400 * MS, "fabric", slot=1, value=3, accepted=True), "G5", "while OUT"),
    ("a standby that tries a protected write",
     lambda h: put(h, 5 * S, "fabric", slot=2, value=3, accepted=False), "I1", "never the owner"),
    ("an old active that goes on writing", late_protected, "I1", "after it lost the grant"),
    ("active without the grant", lambda h: put(h, 5 * S, "role", slot=2, role="active"), "I1", "says active"),
    ("taking over without the grant", lambda h: put(h, 5 * S, "role", slot=2, role="taking-over"), "I1", "says taking-over"),
    ("active before the fabric is on", lambda h: drop(h, 1, event="fabric"), "S-022", "not written the fabric"),
    ("a role published while OUT", lambda h: put(h, 10_300 * MS, "role", slot=1, role="booting"), "G5", "publishes"),
    ("both fabric modules off", lambda h: change(h, 2, {"event": "fabric"}, value=0), "I3", "both fabric"),
    ("a fabric module off that nobody asked for", lambda h: change(h, 2, {"event": "fabric"}, value=1), "I3", "nobody asked"),
    ("an old active that goes on saying active", lambda h: silent_from(h, 2, 24_002 * MS), "I1", "says active for"),
    ("a module that is OUT, runs, and does not know", ignores_out, "G5", "does not start anew"),
    ("twice the beats", lambda h: put(h, 2 * S, "beats", slot=1, count=100) or put(h, 3 * S, "beats", slot=1, count=200), "I6", "beats 200 times"),
    ("roles in an impossible order", lambda h: put(h, 5 * S, "role", slot=2, role="election"), "role", "election after standby"),
    ("a ready standby that claims late", late_claim, "I2", "could claim"),
    ("an unready module that claims late", late_standby_claim, "I2", "could claim"),
    ("an election that does not end", late_election, "I2", "could claim"),
    ("a grant that stays free for ever", never_again, "I2", "could claim"),
    ("an owner that hangs and keeps the grant", late_timer, "I2", "still holds the grant"),
    ("a gap in the log", lambda h: h.logs[1].remove(line(h, 1, 260, 1)), "I5", "follows"),
    ("a log that says what it lost", lambda h: h.logs[1].append({"mm": 1, "boot": 1, "lost": 3}), "I5", "lost"),
    ("a log whose clock goes back", lambda h: line(h, 1, 261, 0).update(clock_us=5), "I5", "is of before"),
    ("an Active that is not logged", lambda h: drop_line(h, 2, 260), "I5", "does not say so"),
    ("an Active that is logged twice", lambda h: repeat_line(h, 2, 260), "I5", "once more than it was"),
    ("a Standby that is not logged", lambda h: drop_line(h, 2, 261), "I5", "MM2 became standby"),
    ("a Standby that is logged twice", lambda h: repeat_line(h, 2, 261), "I5", "logged that it is standby"),
    ("a failover that is not logged", lambda h: drop_line(h, 2, 268), "I5", "0 events 16 and 17"),
    ("a failover that is logged twice", lambda h: repeat_line(h, 2, 268), "I5", "2 events 16 and 17"),
    ("a failover without its reason", lambda h: drop_line(h, 2, 0, 1), "I5", "has no reason"),
    ("a failover with a wrong reason",
     lambda h: line(h, 2, 0, 1).update(text="reason: panic"), "I5", "because of \"panic\""),
    ("a fence with a wrong reason",
     lambda h: said(h, 2, "reason: heartbeat-lost").update(text="reason: power-loss"),
     "I5", "because of \"power-loss\""),
    ("a switchover logged as a failure", lambda h: line(h, 1, 269).update(number=268), "I5", "C-24"),
    ("a failure logged as a switchover", lambda h: line(h, 2, 268).update(number=269), "I5", "C-24"),
    ("a reason of nothing", lambda h: line(h, 2, 261).update(text="reason: panic", subsystem="redund", number=0), "I5", "of nothing"),
    ("an Active without a reason", lambda h: drop_line(h, 1, 0, 0), "I5", "times Active"),
    ("a refusal that is not logged", lambda h: drop_line(h, 2, 0, 0), "I5", "which is not logged"),
    ("Actv dark on the active", lambda h: drop(h, event="led", led="actv", state="green"), "LED", "actv is"),
    ("Stby dark on the standby", lambda h: drop(h, event="led", led="stby", state="green"), "LED", "stby is"),
    ("Stby lit on the active", lambda h: put(h, 5 * S, "led", slot=1, led="stby", state="green"), "LED", "stby is green"),
    ("Actv lit without power", lambda h: drop(h, event="led", led="actv", state="off", slot=1), "LED", "actv is green"),
    ("Fault lit on a good module", lambda h: put(h, 5 * S, "led", slot=1, led="fault", state="orange"), "LED", "fault is"),
    ("Dwn green and not shut down", lambda h: put(h, 5 * S, "led", slot=2, led="dwn", state="green"), "LED", "Dwn is green"),
    ("Actv green on both", both_green, "LED", "on both modules"),
    ("nobody active at the end", lambda h: put(h, 40 * S, "grant", **{"from": 1, "to": 0, "epoch": 9, "cause": "release"}),
     "I2", "nobody is active"),
    ("no standby at the end", lambda h: put(h, 40 * S, "role", slot=2, role="offline"), "I2", "not standby"),
    ("modules that disagree on the owner", lambda h: set_detail(h, '"owner": 1', '"owner": 2'), "I2", "says owner 2"),
    ("a module with an old epoch", lambda h: set_detail(h, '"epoch": 7', '"epoch": 6'), "I2", "says epoch 6"),
    ("a module that says another role", lambda h: set_detail(h, '"own_role": "standby"', '"own_role": "syncing"'),
     "I2", "says own role"),
    ("redundancy lost", lambda h: set_detail(h, '"redundancy": true', '"redundancy": false'), "I2", "says redundancy"),
    ("a standby that cannot take over", lambda h: set_detail(h, '"switchover_ready": true', '"switchover_ready": false'),
     "I2", "cannot take over"),
    ("a module that does not answer", lambda h: h.results.remove(answer(h, "detail")), "I2", "does not answer"),
    ("an acknowledged change that is lost", old_config, "I4", "7 was acknowledged"),
    ("no stored configuration at all", lambda h: h.files[1].clear(), "I4", "has no config1"),
    ("a torn configuration", torn_config, "I4", "is torn"),
    ("two configurations in one file", lambda h: h.files[2].update({"config/config1": example.CONFIG % (7, 7) * 2}), "I4", "is torn"),
    ("a configuration that nobody wrote", lambda h: h.files[2].update({"config/config1": example.CONFIG % (9, 9)}),
     "I4", "nobody wrote"),
    ("a ready standby with another configuration", lambda h: h.files[2].update({"config/config1": "x\n"}), "I4", "not the active's"),
    ("a command that crashes", lambda h: answer(h, "switchover").update(status=139), "I6", "ended with 139"),
    ("a refusal without a word", lambda h: answer(h, "switchover").update(status=1), "I6", "ended with 1"),
    ("a warning on a console", lambda h: h.consoles.update({"mm2/console.log": "WARNING: CPU: 0\n"}), "I6", "WARNING"),
]


# ---- what is no violation ---------------------------------------------------------------


def died_unlogged(h):
    """slot 2 loses its power just when it is standby: its last line may be lost"""
    line_ = line(h, 2, 261)
    h.logs[2].remove(line_)
    put(h, line_["clock_us"] + 2 * MS, "fault", slot=2, kind="kill")
    put(h, line_["clock_us"] + 2 * MS, "power", slot=2, on=False)
    put(h, line_["clock_us"] + 2 * MS, "out", slot=2, cause="power")
    put(h, line_["clock_us"] + 2 * MS, "led", slot=2, led="stby", state="off")
    end = line_["clock_us"] + 3 * MS
    h.events = [e for e in h.events if e["t_us"] <= end]
    for slot in (1, 2):
        h.logs[slot] = [x for x in h.logs[slot] if x.get("clock_us", 0) <= end]
    h.results, h.schedule, h.files = [], None, {}
    h.events.append({"seq": len(h.events) + 1, "t_us": 3 * S, "event": "beats", "slot": 1, "count": 10})


def restarted(h):
    """the whole chassis is power cycled: the epoch starts anew"""
    t = 26 * S
    put(h, t, "fault", slot=0, kind="reset-system")
    for s in (1, 2):
        put(h, t, "out", slot=s, cause="power")
    put(h, t, "grant", **{"from": 1, "to": 0, "epoch": 0, "cause": "power"})


FINE = [
    ("a good history", lambda h: None, ()),
    ("real time is slower", lambda h: setattr(h, "virtual", False) or late_claim(h), ()),
    ("what was logged last before a power loss may be lost", died_unlogged, ()),
    ("a power cycle starts the epoch anew", restarted, ("I2", "LED")),
]


# ---- measures --------------------------------------------------------------------------


def silence_is_measured():
    h = example.good()
    found = measure.silences(h)
    assert [w for _, _, w in found] == ["kill", "hang", "cut-heartbeat", "cut-heartbeat"] or len(found) >= 3, found
    longest, why = measure.longest_silence(h)
    assert why == "hang" and 25 * MS <= longest < 26 * MS, (longest, why)


def coverage_counts():
    found = measure.coverage(example.good())
    assert found["role standby"] == 5 and found["event 00268"] == 3 and found["grant fence"] == 1, found
    assert found["reset fence"] == 1 and found["reset timer"] == 1, found
    assert found["transition syncing>standby"] == 5 and found["reason switchover"] == 1, found


def universe_is_read():
    words = measure.universe()
    assert len(words) == len(set(words)) > 150
    for word in ("role standby", "event 00260", "event 00277", "refusal last-fabric", "note late", "reason panic",
                 "grant offer", "out fenced", "transition standby>taking-over", "operation fence stale", "going-down halt"):
        assert word in words, word
    reached, never = measure.report({"role standby": 3, "role new": 1}, words)
    assert any("role new" in x for x in reached) and "role standby" not in never and "role failed" in never


def run_damage(damage, rule, words):
    h = example.good()
    damage(h)
    found = rules.judge(h)
    assert any(v.rule == rule and words in v.text for v in found), [str(v) for v in found][:6] or "nothing was found"


def run_fine(damage, not_asked):
    h = example.good()
    damage(h)
    found = [v for v in rules.judge(h) if v.rule not in not_asked]
    assert not found, [str(v) for v in found][:6]


TESTS = [(f"the checker finds nothing wrong: {name}", lambda d=d, n=n: run_fine(d, n)) for name, d, n in FINE]
TESTS += [(f"the checker finds {name}", lambda d=d, r=rule, w=w: run_damage(d, r, w)) for name, d, rule, w in DAMAGES]
TESTS += [("the silence of the fabric is measured", silence_is_measured), ("coverage counts", coverage_counts),
          ("what there is to be reached is read from the sources", universe_is_read)]


def run(tests):
    print("TAP version 13")
    bad = 0
    for n, (name, fn) in enumerate(tests, 1):
        try:
            fn()
            print(f"ok {n} - {name}")
        except Exception:
            bad += 1
            for text in traceback.format_exc().splitlines()[-4:]:
                print("# " + text)
            print(f"not ok {n} - {name}")
    print(f"1..{len(tests)}")
    return 1 if bad or not tests else 0


if __name__ == "__main__":
    assert schedule.READ < schedule.TAIL
    sys.exit(run(TESTS))

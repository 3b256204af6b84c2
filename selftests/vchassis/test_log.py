#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The event log across boots and switchovers, syslog, crash files and boot history, on two real
kernels: redlogd runs in each module as it does in a switch."""
import re

import ktap
from chassis import need, other

suite = ktap.Suite()
suite.group("log")
suite.group("crash")

# A real rsyslogd inside the module, since the module has no other network.
RSYSLOG = """
module(load="imudp") input(type="imudp" address="127.0.0.1" port="5514" ruleset="udp")
module(load="imtcp") input(type="imtcp" address="127.0.0.1" port="5515" ruleset="tcp")
template(name="seen" type="string"
	 string="%pri%|%protocol-version%|%hostname%|%app-name%|%procid%|%msgid%|%structured-data%|%msg%\\n")
ruleset(name="udp") { action(type="omfile" file="/run/seen-udp" template="seen") }
ruleset(name="tcp") { action(type="omfile" file="/run/seen-tcp" template="seen") }
"""
START = """
ip link set lo up
cat >/run/rsyslog.conf
setsid rsyslogd -n -f /run/rsyslog.conf -i /run/rsyslogd.pid </dev/null >/run/rsyslogd.out 2>&1 &
for i in $(seq 300); do
	[ "$(grep -c ':158A \\|:158B ' /proc/net/udp /proc/net/tcp | grep -c ':1$')" = 2 ] && exit 0
	sleep 0.1
done
cat /run/rsyslogd.out >&2
exit 1
"""


def lines(c, slot, *args):
    """`show log -a` of a module, as JSON"""
    return c.redctl_json(slot, "show", "log", "-a", *args)["events"]


def stored(c, slot):
    """until redlogd has stored what the driver has logged so far"""
    want = c.log(slot)["events"][-1]

    def last():
        text = c.exec(slot, "sh", "-c", "cat /flash/log/events-*.jsonl", check=False).stdout
        return f'"id":{want["id"]},"time_s":{want["time_s"]},' in text
    c.wait(f"the log of slot {slot} is stored", last)


def seen(c, slot, proto):
    """messages that the module's rsyslogd has received, each a list of its fields"""
    text = c.exec(slot, "cat", f"/run/seen-{proto}", check=False).stdout
    return [line.split("|", 7) for line in text.splitlines()]


@suite.test("log", "S-119: rsyslog receives events by UDP and TCP; the reason of a switchover reaches every server")
def syslog(c):
    c.wait_ready()
    old, new = c.owner, other(c.owner)
    c.exec(new, "sh", "-c", START, stdin=RSYSLOG)
    # what a module reads when it takes over is what the active had; two entries of one address would be one
    text = "logging 127.0.0.1 udp port 5514\nlogging localhost tcp port 5515\n"
    c.exec(old, "sh", "-c", "mkdir -p /flash/config && cat >/flash/config/config1", stdin=text)
    c.wait("the standby has it", lambda: c.exec(new, "cat", "/flash/config/config1", check=False).stdout == text)
    c.run("kill", old)
    c.wait_role(new, "active")
    for proto in ("udp", "tcp"):
        got = c.wait(f"the reason by {proto}", lambda proto=proto: [
            m for m in seen(c, new, proto) if "redund: reason: power-loss" in m[7]])
        need(len(got) == 1, f"{proto}: {got}")
        # PRI: daemon.warning; version 1; a name; no structured data
        m = got[0]
        need(m[0] == "28" and m[1] == "1" and m[2] and m[3] == "redund" and m[4] == f"mm{new}"
             and m[5] == "-" and m[6] == "-", f"fields {m}")
        failover = [m for m in seen(c, new, proto) if m[5] == "00268"]
        need(len(failover) == 1 and failover[0][7].strip() == f"system: Mgmt Module {new} - Failover occurred",
             f"{proto}: event 16: {failover}")


@suite.test("log", "S-229 S-259: after a switchover the new active lists what the former active logged, once, by time")
def former(c):
    c.wait_ready()
    old, new = c.owner, other(c.owner)
    c.redctl(old, "redundancy", "fabric-module", "2", "disable")
    c.redctl(old, "redundancy", "fabric-module", "2", "enable")
    c.run("panic", old)
    c.wait_role(new, "active")

    def found():
        return [e for e in lines(c, new) if e["module"] == old and e["text"] == "Fabric 2 Disabled"]
    c.wait("the former active's lines are listed", found)
    c.wait_ready()
    c.wait("and stored", lambda: "Fabric 2 Disabled" in c.exec(
        new, "sh", "-c", f"grep -h '^{{\"mm\":{old},' /flash/log/events-*.jsonl", check=False).stdout)
    need(len(found()) == 1, f"the former active's line is listed {len(found())} times")
    all_lines = lines(c, new)
    times = [e["time_s"] for e in all_lines]
    need(times == sorted(times), "not ordered by time")
    keys = [(e["module"], e["id"], e["clock_us"]) for e in all_lines]
    need(len(keys) == len(set(keys)), "an event is listed twice")
    text = c.redctl(new, "show", "log", "-a").stdout
    need(re.search(rf"^I \d\d/\d\d/\d\d \d\d:\d\d:\d\d MM{old} .*Fabric 2 Disabled$", text, re.M), text)
    need(f"MM{old}" not in c.redctl(new, "show", "log").stdout, "show log without -a lists the other module")


@suite.test("log", "S-253 S-256: the log is kept across boots; show log begins with this boot")
def boots(c):
    c.wait_ready()
    stored(c, 1)
    before = max(e["boot"] for e in lines(c, 1) if e["module"] == 1)
    old_log = [(e["id"], e["text"]) for e in lines(c, 1) if e["module"] == 1 and e["boot"] == before]
    c.run("reset-system")
    c.wait_ready()
    stored(c, 1)
    mine = [e for e in lines(c, 1) if e["module"] == 1]
    need(max(e["boot"] for e in mine) == before + 1, f"boots {sorted({e['boot'] for e in mine})}")
    kept = [(e["id"], e["text"]) for e in mine if e["boot"] == before]
    need(kept[:len(old_log)] == old_log, "the log of the boot before is not as it was")
    again = c.redctl_json(1, "show", "log", "boot", before)["events"]
    need([e["id"] for e in again] == [i for i, _ in kept], "show log boot N differs")
    first = c.redctl(1, "show", "log").stdout.splitlines()[3:5]
    need(any(re.search(r" 00061 system: -----$", line) for line in first), f"show log begins with {first}")


@suite.test("log", "redlogd that is killed starts again: no event is lost or stored twice")
def killed(c):
    c.wait_ready()
    slot = c.owner
    for word in ("disable", "enable"):
        c.wait("redlogd runs", lambda: c.exec(slot, "pidof", "redlogd", check=False).returncode == 0)
        c.exec(slot, "sh", "-c", "kill -9 $(pidof redlogd)")
        c.redctl(slot, "redundancy", "fabric-module", "1", word)
    stored(c, slot)
    text = c.exec(slot, "sh", "-c", "cat /flash/log/events-*.jsonl").stdout
    last = max(e["boot"] for e in lines(c, slot) if e["module"] == slot)
    ids = [int(m[1]) for m in re.finditer(rf'^{{"mm":{slot},"boot":{last},"id":(\d+),', text, re.M)]
    want = [e["id"] for e in c.log(slot)["events"]]
    need(ids[:len(want)] == want or ids == want[:len(ids)], f"stored {ids}, logged {want}")


# An interactive console on a terminal of its own, as somebody's who is logged in.
SESSION = """
mkfifo /run/keys
setsid script -qfc redctl /dev/null <>/run/keys >/run/screen 2>&1 &
"""


@suite.test("log", "S-228: kill ends the sessions of the active module, and not the console of the standby")
def sessions(c):
    c.wait_ready()
    active, standby = c.owner, other(c.owner)
    for slot in (1, 2):
        c.exec(slot, "sh", "-c", SESSION)
    c.wait("the session is listed", lambda: len(c.redctl_json(active, "show", "sessions")["sessions"]) == 1)
    c.wait("the standby's console", lambda: "Standby Console>" in c.exec(standby, "cat", "/run/screen").stdout)
    pid = c.exec(standby, "pidof", "script").stdout
    killed = c.redctl_json(active, "kill")["killed"]
    need(len(killed) == 1, f"killed {killed}")
    c.wait("the session ends", lambda: c.exec(active, "pidof", "script", check=False).returncode)
    need(c.redctl_json(standby, "kill")["killed"] == [], "the standby's console was killed")
    need(c.exec(standby, "pidof", "script").stdout == pid, "the standby's console is gone")


@suite.test("crash", "S-260 S-261 S-263 S-264: the panic's text is among the crash files of the new active")
def crash(c):
    c.wait_ready()
    old, new = c.owner, other(c.owner)
    c.run("panic", old)
    c.wait_role(new, "active")
    c.wait("the crash log is collected", lambda: c.exec(
        new, "test", "-s", f"/flash/crash/mm{old}-log", check=False).returncode == 0)
    c.redctl(new, "copy", "crash-log", old, "file", "/run/one")
    text = c.exec(new, "cat", "/run/one").stdout
    need(text.startswith(f"==== Mgmt Module {old} crash log ====\n"), text[:200])
    need("Kernel panic - not syncing" in text, f"no panic in the crash log:\n{text[-2000:]}")
    c.redctl(new, "copy", "crash-log", "file", "/run/all")
    every = c.exec(new, "cat", "/run/all").stdout
    heads = re.findall(r"^==== (.*) crash log ====$", every, re.M)
    need(heads == ["Mgmt Module 1", "Mgmt Module 2", "Slot A", "Slot B", "Slot C", "Slot D"], f"sections {heads}")
    need("Kernel panic - not syncing" in every, "no panic in the files of all modules")
    c.redctl(new, "copy", "crash-data", old, "file", "/run/data")
    need(int(c.exec(new, "stat", "-c", "%s", "/run/data").stdout) > 1000, "no crash data")
    c.wait_ready()


@suite.test("crash", "S-265 S-266 S-267 S-268: show boot-history says when, in which mode and why")
def history(c):
    c.wait_ready()
    text = c.redctl(c.owner, "show", "boot-history").stdout
    sections = re.split(r"^Mgmt Module ([12]) -- Saved Crash Information \(most recent first\):\n=====\n", text, flags=re.M)
    need(sections[1::2] == ["1", "2"], text)
    crashed, fine = other(c.owner), c.owner
    record = re.match(rf"Mgmt Module {crashed} in Active Mode went down: \d\d/\d\d/\d\d \d\d:\d\d:\d\d\n(.+)\n",
                      sections[2 * crashed])
    need(record, text)
    need(sections[2 * fine].strip("\n") == "  No Saved Crash Information", text)
    whys = [r["why"] for r in c.redctl_json(c.owner, "show", "boot-history")["records"] if r["slot"] == crashed]
    need(whys[0] == "panic", f"{whys}")


if __name__ == "__main__":
    ktap.start(suite)

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Two modules with different software: warned of, kept out when incompatible."""
import ktap
import views
from chassis import need, other

suite = ktap.Suite()
# The driver is loaded again with another version, so nobody may hold it.
suite.group("versions", watchdog=False)

WARNING = ("Warning: Standby module is running a different software version and may be using "
           "a different configuration file. Configuration changes on active management "
           "module may not take effect on a failover.")


def reload(c, slot, params):
    """the driver of one module again, as if it came from another image"""
    c.exec(slot, "sh", "-c", "rmmod redund_pci redund && insmod $REDUND_MODULES/redund.ko "
           f"interval_ms=100 misses=5 boot_image=primary {params} && insmod $REDUND_MODULES/redund_pci.ko")


def warned(c, slot):
    return WARNING in " ".join(views.redundancy(c, slot)["text"].split())


@suite.test("versions", "S-048 S-050 S-175 S-291 C-08: the same version of another build: standby, warning, event 15")
def build(c):
    c.wait_ready()
    a, s = c.owner, other(c.owner)
    need(not warned(c, a), "S-049: a warning without a mismatch")
    version = views.redundancy(c, a)["mm"][a]["version"]
    reload(c, s, f"sw_version={version} sw_build=789")
    c.wait_ready()
    need(c.owner == a, "the grant moved")
    rows = views.redundancy(c, a)["mm"]
    need(rows[s]["status"] == "Standby" and rows[s]["version"] == rows[a]["version"], rows)
    need(warned(c, a), "no warning at the bottom:\n" + views.redundancy(c, a)["text"])
    need(len(views.log_has(c, a, "00267", f"Mgmt Module {s} - Running different version of SW", "I")) == 1, "no event 15")


@suite.test("versions", "S-011 S-175 S-294 C-44: another train is incompatible: offline, event 18, no switchover to it")
def train(c):
    a, s = c.owner, other(c.owner)
    reload(c, s, "sw_version=X.99.01 sw_build=1")
    c.wait_role(s, "offline")
    need(views.redundancy(c, a)["mm"][s]["status"] == "Offline", "not shown Offline")
    c.wait("event 18", lambda: len(views.log_has(
        c, a, "00270", f"Mgmt Module {s} - Offline (incompatible SW versions)", "W")) == 1)
    p = c.redctl(a, "-y", "redundancy", "switchover", check=False)
    need(p.returncode == 1, f"switchover to incompatible software: exit {p.returncode}")


@suite.test("versions", "I2: an incompatible module that is the only one left claims, with a warning")
def only(c):
    a, s, mark = c.owner, other(c.owner), c.mark()
    c.run("remove", a)
    c.wait_event(mark, event="grant", to=s)
    c.wait_role(s, "active")
    need([e for e in views.log(c, s) if e[0] == "W" and "incompatible" in e[3]], "no warning in the log")
    c.run("insert", a)


@suite.test("versions", "S-171: with the same software again there is no warning")
def same(c):
    a = c.owner
    c.run("kill", a)
    c.wait_ready()
    need(not warned(c, c.owner), "the warning stays")


if __name__ == "__main__":
    ktap.start(suite)

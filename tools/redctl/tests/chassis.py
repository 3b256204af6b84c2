# SPDX-License-Identifier: GPL-2.0-or-later
"""The state of the figures' switch, and running redctl on it without a kernel."""
import copy
import json
import os
import subprocess
import tempfile

# Sanitized build when there is one (make tools SAN=1), else the plain one.
def program(name):
    build = os.environ.get("REDUND_BUILD") or os.path.abspath(
        os.path.join(os.path.dirname(__file__), "../../../build"))
    for folder in ("tools-san", "tools"):
        path = os.path.join(build, folder, name)
        if os.path.exists(path):
            return path
    raise SystemExit("Bail out! %s is not built: make tools" % name)


MM = "ProCurve J9092A Management Module 8200zl"
FABRIC = "ProCurve J9093A F2 Fabric Module 8200zl"

BASE = {
    "chassis": [{
        "instance": 0, "change_seq": 7, "description": "8212zl", "part": "J9091A",
        "serial": "LP711BX00Z", "own_slot": 1, "own_role": "active", "owner": 1, "epoch": 5,
        "redundancy": True, "switchover_ready": True, "interval_ms": 10, "misses": 3,
        "interval_min_ms": 5, "interval_max_ms": 1000, "misses_min": 2, "misses_max": 20, "rule": "only-module"}],
    "mm": [
        {"slot": 1, "present": True, "powered": True, "role": "active", "description": MM,
         "part": "J9092A", "serial": "111111111111", "sw_version": "K.12.XX", "sw_build": 351,
         "sw_stamp": "Mar 5 2007 13:20:59", "boot_image": "primary", "selftest": "passed"},
        {"slot": 2, "present": True, "powered": True, "role": "standby", "description": MM,
         "part": "J9092A", "serial": "222222222222", "sw_version": "K.12.XX", "sw_build": 351,
         "sw_stamp": "Mar 5 2007 13:20:59", "boot_image": "primary", "selftest": "passed"}],
    "fabric": [
        {"id": 1, "present": True, "enabled": True, "description": FABRIC, "part": "J9093A",
         "serial": "1234SSN"},
        {"id": 2, "present": True, "enabled": True, "description": FABRIC, "part": "J9093A",
         "serial": "5678SSN"}],
    "module": [
        {"index": 0, "state": "up", "description": "ProCurve J8708A 4p 10G CX4 zl Module",
         "part": "J8708A", "serial": "333333333333"},
        {"index": 1, "state": "up", "description": "ProCurve J8702A 24p Gig-T zl Module",
         "part": "J8702A", "serial": "444444444444"},
        {"index": 2, "state": "up", "description": "ProCurve J8702A 24p Gig-T zl Module",
         "part": "J8702A", "serial": "555555555555"},
        {"index": 3, "state": "up", "description": "ProCurve J8702A 24p Gig-T zl Module",
         "part": "J8702A", "serial": "SG710AT0ZZ"},
        {"index": 4, "state": "absent"}],
    "history": [],
    "event": [],
    "handover_id": 4,
    "check": [{"accepted": True}],
    "steps": [],
}


def state(chassis=None, mm1=None, mm2=None, fabric1=None, fabric2=None, **more):
    """The base state with some values changed."""
    st = copy.deepcopy(BASE)
    st["chassis"][0].update(chassis or {})
    st["mm"][0].update(mm1 or {})
    st["mm"][1].update(mm2 or {})
    st["fabric"][0].update(fabric1 or {})
    st["fabric"][1].update(fabric2 or {})
    st.update(copy.deepcopy(more))
    return st


def fixed(syntax):
    """The words of a syntax that are always typed, the first spelling of each."""
    return [w.split("|")[0] for w in syntax.split() if w[0] not in "[<"]


def sample(syntax):
    """Words that fit a syntax, without the optional ones."""
    values = {"MS": "10", "N": "3", "FILENAME": "/nowhere/file"}
    words = [w.strip("<>").split("|")[0] for w in syntax.split() if w[0] != "["]
    return [values.get(w, w) for w in words]


class Result:
    """What a run printed, how it ended, and what it asked the driver."""
    def __init__(self, proc, requests):
        self.status = proc.returncode
        self.out = proc.stdout
        self.err = proc.stderr
        self.requests = requests

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]


def run(st, *words, answer="", prog="redctl_fake", flash=None, run_dir=None):
    """Runs redctl; times are of UTC."""
    with tempfile.TemporaryDirectory() as tmp:
        path, log = os.path.join(tmp, "state.json"), os.path.join(tmp, "log")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(st, f)
        env = dict(os.environ, REDCTL_FAKE=path, REDCTL_FAKE_LOG=log, TZ="UTC0",
                   REDUND_FLASH=flash or os.path.join(tmp, "flash"), REDUND_RUN=run_dir or os.path.join(tmp, "run"))
        os.mkdir(os.path.join(tmp, "flash"))
        proc = subprocess.run([program(prog), *words], input=answer, env=env, cwd=tmp, timeout=60,
                              capture_output=True, text=True, check=False)
        requests = []
        if os.path.exists(log):
            with open(log, encoding="utf-8") as f:
                requests = f.read().splitlines()
    return Result(proc, requests)

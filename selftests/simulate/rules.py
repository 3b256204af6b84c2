# SPDX-License-Identifier: GPL-2.0-only
"""All rules over one history; what happens after the schedule's end, when the
chassis is switched off, is no part of it."""
import dataclasses

import rules_log
import rules_state
import rules_trace


def judge(h):
    if h.schedule:
        until = h.schedule.until
        h = dataclasses.replace(h, events=[e for e in h.events if e["t_us"] <= until])
    found = rules_trace.judge_trace(h) + rules_log.judge_logs(h) + rules_state.judge_state(h)
    return sorted(found, key=lambda v: v.t_us)

# SPDX-License-Identifier: GPL-2.0-or-later
"""What is mutated, and which tests are asked, the cheapest first. A program is
built by its own Makefile; with a path as program it is a script of the tree.
In arguments TREE is the copy of the tree and TMP a directory for files."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Test:
    name: str
    directory: str      # of the Makefile, or "" for a script
    program: str
    arguments: tuple = ()


@dataclass(frozen=True)
class Target:
    name: str
    files: tuple
    tests: tuple
    fixed: int = 0      # mutants in fixed.txt, and of each day, in `make test`; 0: not there
    day: int = 0


ROLE_TEST = Test("role_test", "tools/role-test", "role_test")
CHASSIS_TEST = Test("chassis_test", "tools/chassis-test", "chassis_test")
EXPLORER = Test("explorer", "tools/explorer", "explorer", ("--states", "2000", "--walks", "20", "--reach", "0"))
SYNC_TEST = Test("sync_test", "tools/redsyncd", "sync_test", ("TREE/tools/redsyncd/sync.policy", "TMP"))
SESSION_TEST = Test("session_test", "tools/redsyncd", "session_test", ("TMP",))
HISTORY_TEST = Test("test_history", "", "selftests/simulate/test_history.py")
JUDGE_TEST = Test("judge_test", "", "selftests/vchassis/judge_test.py")

TARGETS = (
    Target("role", ("kernel/role.c", "kernel/role_elect.c", "kernel/role_owner.c", "kernel/role_watch.c",
                    "kernel/role_priv.h"), (ROLE_TEST, EXPLORER), 16, 3),
    Target("chassis", ("kernel/chassis/board.c", "kernel/chassis/chassis.c", "kernel/chassis/grant.c",
                       "kernel/chassis/memory.c", "kernel/chassis/window.c", "kernel/chassis/model.h"),
           (CHASSIS_TEST, EXPLORER), 16, 3),
    Target("sync", ("tools/redsyncd/txn.c", "tools/redsyncd/store.c", "tools/redsyncd/journal.c"),
           (SYNC_TEST, SESSION_TEST), 8, 1),
    Target("checker", ("selftests/vchassis/judge.py",), (JUDGE_TEST,), 10, 3),
    Target("history", tuple(f"selftests/simulate/{f}.py" for f in
                            ("history", "rules", "rules_log", "rules_state", "rules_trace")), (HISTORY_TEST,)),
)

# What the copy of the tree has.
PARTS = ("kernel", "include", "tools", "selftests/vchassis", "selftests/simulate")

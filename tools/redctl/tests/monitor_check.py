# SPDX-License-Identifier: GPL-2.0-or-later
"""Judges a recorded `redctl monitor -j`: the schema, and the order of the numbers."""
import json
import sys

from test_json import judge


def main():
    """Return: exit status."""
    with open(sys.argv[1], encoding="utf-8") as f:
        lines = [json.loads(line) for line in f]
    for line in lines:
        judge("monitor", line)
    types = [line["type"] for line in lines]
    synced = types.index("synced")
    assert set(types[:synced]) == {"exists"}, types[:synced]
    assert "lost" not in types
    numbers = [line["seq"] for line in lines[synced:]]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), numbers
    objects = {line["object"] for line in lines[synced + 1:]}
    assert objects == {"chassis", "mm", "fabric", "module", "history", "event"}, objects
    roles = [line["mm"]["role"] for line in lines[synced:] if line.get("object") == "mm"
             and line["object_id"] == 2]
    assert "active" in roles, roles
    return 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: GPL-2.0-or-later
"""The chapter's figures against what the commands print (C-28)."""
import os
import re

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "figures")


def figure(name):
    """The text of a figure."""
    with open(os.path.join(HERE, name + ".txt"), encoding="utf-8") as f:
        return f.read()


def screens(name, command):
    """What the figure shows after each `command`, up to the next prompt."""
    parts = re.split(r"^(?:ProCurve|Standby Console)[^\n]*[#>] (.*)$", figure(name), flags=re.M)
    found = [parts[i + 1] for i in range(1, len(parts) - 1, 2) if parts[i].strip() == command]
    assert found, "figure %s has no `%s'" % (name, command)
    return found


def lines(text):
    """Lines that count: blanks collapsed, empty ones dropped, the manual's slips read as the
    requirements read them."""
    text = re.sub(r"←.*", "", text)
    text = re.sub(r"8200z1", "8200zl", text)                     # C-29
    text = re.sub(r"\bz1 Module", "zl Module", text)             # C-29
    text = re.sub(r"(Mgmt Redundancy : )Enabled", r"\1enabled", text)    # C-03
    text = re.sub(r"(Mgmt Redundancy : )Disabled", r"\1disabled", text)  # C-03
    text = re.sub(r"Mon April 30", "Mon Apr 30", text)           # C-26
    text = re.sub(r"^----  -[ ]*$", "-----", text, flags=re.M)       # C-28
    out = [re.sub(r"\s+", " ", line).strip() for line in text.splitlines()]
    return [line for line in out if line and line != "Mismatch exists"]


def words(text):
    """Everything on one line: for texts that the manual wraps."""
    return re.sub(r"\s+", " ", text).strip()

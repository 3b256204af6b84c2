# SPDX-License-Identifier: GPL-2.0-or-later
"""A list of named checks that prints TAP."""
import traceback

TESTS = []


class Skip(Exception):
    """What the test needs is not on this machine."""


def test(name):
    """Registers a function; its name says which rows it proves."""
    def add(function):
        TESTS.append((name, function))
        return function
    return add


def same(got, wanted, what="output"):
    """Fails with both texts when they differ."""
    if got != wanted:
        raise AssertionError("%s\n got:    %r\n wanted: %r" % (what, got, wanted))


def has(got, wanted):
    """Fails when the text or list does not hold it."""
    if wanted not in got:
        raise AssertionError("missing %r in %r" % (wanted, got))


def main():
    """Runs all tests. Return: exit status."""
    bad = 0
    print("TAP version 13\n1..%d" % len(TESTS))
    for number, (name, function) in enumerate(TESTS, 1):
        try:
            function()
        except Skip as why:
            print("ok %d - %s # SKIP %s" % (number, name, why))
        except Exception:  # pylint: disable=broad-except
            bad += 1
            print("not ok %d - %s" % (number, name))
            print("".join("# %s\n" % line for line in traceback.format_exc().splitlines()), end="")
        else:
            print("ok %d - %s" % (number, name))
    return 1 if bad else 0

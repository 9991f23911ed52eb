# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of command line options."""

from __future__ import annotations

import argparse

MOST_SESSIONS = 100_000


def count(text: str) -> int:
    """A number that is not negative."""
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return number


def positive(text: str) -> int:
    """At least one."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def sessions(text: str) -> int:
    """A number of sessions."""
    number = count(text)
    if number > MOST_SESSIONS:
        raise argparse.ArgumentTypeError(f"at most {MOST_SESSIONS}")
    return number


def seconds(text: str) -> float:
    """A time that is not negative."""
    value = float(text)
    if value < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return value

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of FastX."""

from __future__ import annotations

from emulator.cli import parser
from emulator.clock import StillClock
from emulator.fastx import arguments
from emulator.fastx.options import FastxOptions


def options_of(monkeypatch, *argv):
    """What the command line makes of its arguments."""
    made = []
    monkeypatch.setattr(arguments, "FastxPlatform", lambda options, **_: made.append(options))
    arguments.build(parser("fastx").parse_args(["--platform=fastx", *argv]), StillClock())
    return made[0]


def test_defaults_are_those_of_the_platform(monkeypatch):
    assert options_of(monkeypatch) == FastxOptions()


def test_every_option_arrives(monkeypatch):
    chosen = options_of(
        monkeypatch,
        *("--api-version=3", "--farm=empty", "--sessions=7", "--seed=3", "--base-path=/x", "--list-path=l"),
        *("--admin-list-path=/a", "--times=text", "--error-status=200", "--deletion=empty", "--snapshot", "--shuffle"),
        *("--no-admin", "--second-factor=123456", "--session-expire=60"),
    )
    assert chosen == FastxOptions(
        version=3,
        farm="empty",
        sessions=7,
        seed=3,
        base_path="/x",
        list_path="l",
        admin_list_path="/a",
        times="text",
        error_status="200",
        deletion="empty",
        snapshot=True,
        shuffle=True,
        no_admin=True,
        second_factor="123456",
        token_seconds=60,
    )

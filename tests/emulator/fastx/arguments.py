# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command line options of FastX."""

from __future__ import annotations

import argparse

from emulator.checks import seconds, sessions
from emulator.clock import Clock
from emulator.fastx.logins import Account
from emulator.fastx.options import DELETIONS, ERROR_STATUS, FARMS, TIMES, VERSIONS, FastxOptions
from emulator.fastx.platform import FastxPlatform

DEFAULTS = FastxOptions()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    group = parser.add_argument_group("StarNet FastX")
    group.add_argument(
        "--api-version", type=int, choices=VERSIONS, default=DEFAULTS.version, help="default: %(default)s"
    )
    group.add_argument(
        "--farm", choices=FARMS, default=DEFAULTS.farm, help="what runs at the start (default: %(default)s)"
    )
    group.add_argument("--sessions", type=sessions, metavar="N", help="up to 100000 (default: 9 in demo, else 0)")
    group.add_argument(
        "--seed", type=int, default=DEFAULTS.seed, help="same seed, same sessions (default: %(default)s)"
    )
    group.add_argument("--base-path", metavar="PATH", help="default: /api, or /v3/api in version 3")
    group.add_argument(
        "--list-path", metavar="PATH", help="version 3: where the list of own sessions is (default: nowhere)"
    )
    group.add_argument("--admin-list-path", metavar="PATH", help="version 3: where all sessions are (default: nowhere)")
    group.add_argument("--times", choices=TIMES, default=DEFAULTS.times, help="form of times (default: %(default)s)")
    group.add_argument(
        "--error-status",
        choices=ERROR_STATUS,
        default=DEFAULTS.error_status,
        help="HTTP status of errors (%(default)s)",
    )
    group.add_argument(
        "--deletion", choices=DELETIONS, default=DEFAULTS.deletion, help="data of a WebSocket message about an end"
    )
    group.add_argument("--snapshot", action="store_true", help="a stream begins with what there is")
    group.add_argument("--shuffle", action="store_true", help="lists without sortBy come in another order each time")
    group.add_argument("--no-admin", action="store_true", help="the account is no administrator")
    group.add_argument("--second-factor", metavar="CODE", help="the login asks for this code; basic login fails")
    group.add_argument(
        "--session-expire",
        type=seconds,
        default=DEFAULTS.token_seconds,
        metavar="SECONDS",
        help="life of a token (1 day)",
    )


def build(arguments: argparse.Namespace, clock: Clock) -> FastxPlatform:
    """The platform that the options describe."""
    options = FastxOptions(
        version=arguments.api_version,
        farm=arguments.farm,
        sessions=arguments.sessions,
        seed=arguments.seed,
        base_path=arguments.base_path,
        list_path=arguments.list_path,
        admin_list_path=arguments.admin_list_path,
        times=arguments.times,
        error_status=arguments.error_status,
        deletion=arguments.deletion,
        snapshot=arguments.snapshot,
        shuffle=arguments.shuffle,
        no_admin=arguments.no_admin,
        second_factor=arguments.second_factor,
        token_seconds=arguments.session_expire,
    )
    return FastxPlatform(options, account=Account(arguments.username, arguments.password), clock=clock)

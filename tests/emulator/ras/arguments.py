# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command line options of RAS."""

from __future__ import annotations

import argparse

from emulator.checks import count, sessions
from emulator.clock import Clock
from emulator.ras.farm import FARMS, FarmOptions
from emulator.ras.platform import RasPlatform
from emulator.ras.schema import FAMILIES
from emulator.ras.service import Account


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    group = parser.add_argument_group("Parallels RAS")
    group.add_argument(
        "--api-family", choices=FAMILIES, default="current", help="generation of the API (default: %(default)s)"
    )
    group.add_argument(
        "--farm", choices=FARMS, default="demo", help="what the farm holds at the start (default: %(default)s)"
    )
    group.add_argument(
        "--sessions", type=sessions, metavar="N", help="user sessions, up to 100000 (default: 12 in demo, else 0)"
    )
    group.add_argument("--gateways", type=count, default=0, metavar="N", help="additional gateways")
    group.add_argument("--rds-servers", type=count, default=0, metavar="N", help="additional RD Session Hosts")
    group.add_argument("--seed", type=int, default=1, help="same seed, same sessions (default: %(default)s)")
    group.add_argument(
        "--recent", action="store_true", help="user sessions of now instead of 23 May 2025, the date of the documents"
    )
    group.add_argument(
        "--session-expire", type=float, metavar="SECONDS", help="idle time after which a token is refused"
    )
    group.add_argument("--minimal-logon", action="store_true", help="the logon reply carries the token alone")
    group.add_argument("--gateway-filters", action="store_true", help="the list of gateways obeys SiteId and Server")


def build(arguments: argparse.Namespace, clock: Clock) -> RasPlatform:
    """The platform that the options describe."""
    return RasPlatform(
        FarmOptions(
            family=arguments.api_family,
            farm=arguments.farm,
            sessions=arguments.sessions,
            gateways=arguments.gateways,
            rds_servers=arguments.rds_servers,
            seed=arguments.seed,
            recent=arguments.recent,
        ),
        account=Account(arguments.username, arguments.password),
        clock=clock,
        session_expire=arguments.session_expire,
        minimal_logon=arguments.minimal_logon,
        gateway_filters=arguments.gateway_filters,
    )

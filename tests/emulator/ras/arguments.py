# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command line options of RAS."""

from __future__ import annotations

import argparse

from emulator.checks import count, seconds, sessions
from emulator.clock import Clock
from emulator.ras.farm import FARMS, FarmOptions
from emulator.ras.hosts import Pace
from emulator.ras.licence import STATES, LicenceAccount
from emulator.ras.platform import BROKER_PATHS, RasPlatform
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
    group.add_argument("--host-pools", type=count, default=0, metavar="N", help="pools of the additional hosts")
    group.add_argument(
        "--published", type=count, default=0, metavar="N", help="published applications, spread over folders"
    )
    group.add_argument("--seed", type=int, default=1, help="same seed, same sessions (default: %(default)s)")
    group.add_argument(
        "--recent", action="store_true", help="user sessions of now instead of 23 May 2025, the date of the documents"
    )
    group.add_argument(
        "--session-expire", type=float, metavar="SECONDS", help="idle time after which a token is refused"
    )
    group.add_argument("--minimal-logon", action="store_true", help="the logon reply carries the token alone")
    group.add_argument("--gateway-filters", action="store_true", help="the list of gateways obeys SiteId and Server")
    group.add_argument(
        "--published-as-object", action="store_true", help="a list of one published item is the bare object"
    )
    group.add_argument(
        "--broker-path",
        choices=BROKER_PATHS,
        default=BROKER_PATHS[0],
        help="where connection brokers are (default: %(default)s)",
    )
    _add_pace(group)
    _add_licence(group)


def _add_pace(group: argparse._ArgumentGroup) -> None:
    for option, default, what in (
        ("--install-seconds", Pace.install, "how long the agent of a new server takes"),
        ("--reboot-seconds", Pace.reboot, "how long a host takes to boot"),
        ("--role-seconds", Pace.role, "how long the role of a host takes"),
        ("--leave-seconds", Pace.leave, "time between two users who leave a draining host"),
    ):
        group.add_argument(
            option, type=seconds, default=default, metavar="SECONDS", help=f"{what} (default: %(default)s)"
        )


def _add_licence(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--license", choices=STATES, help="the licence at the start (default: sample, key in demo, none in empty)"
    )
    group.add_argument(
        "--license-email", default=LicenceAccount.email, help="account of licences (default: %(default)s)"
    )
    group.add_argument("--license-password", default=LicenceAccount.password, help="default: %(default)s")


def build(arguments: argparse.Namespace, clock: Clock) -> RasPlatform:
    """The platform that the options describe."""
    return RasPlatform(
        FarmOptions(
            family=arguments.api_family,
            farm=arguments.farm,
            sessions=arguments.sessions,
            gateways=arguments.gateways,
            rds_servers=arguments.rds_servers,
            host_pools=arguments.host_pools,
            published=arguments.published,
            seed=arguments.seed,
            recent=arguments.recent,
            pace=Pace(
                arguments.install_seconds, arguments.reboot_seconds, arguments.role_seconds, arguments.leave_seconds
            ),
            licence=arguments.license,
            licence_account=LicenceAccount(arguments.license_email, arguments.license_password),
        ),
        account=Account(arguments.username, arguments.password),
        clock=clock,
        session_expire=arguments.session_expire,
        minimal_logon=arguments.minimal_logon,
        gateway_filters=arguments.gateway_filters,
        published_as_object=arguments.published_as_object,
        broker_path=arguments.broker_path,
    )

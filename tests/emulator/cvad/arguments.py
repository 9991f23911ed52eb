# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command line options of CVAD."""

from __future__ import annotations

import argparse

from emulator.checks import count, positive, seconds, sessions
from emulator.clock import Clock
from emulator.cvad.errors import ERROR_RESPONSE, STYLES
from emulator.cvad.options import (
    EXPIRES_IN,
    FARMS,
    MANAGE,
    MISSING,
    ORCHESTRATION,
    SIGN_IN_ERRORS,
    URL_STYLES,
    CvadOptions,
)
from emulator.cvad.platform import CvadPlatform
from emulator.cvad.service import Account
from emulator.cvad.store import LAST_TOKENS, Paging

DEFAULTS = CvadOptions()
PAGING = Paging()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    group = parser.add_argument_group("Citrix Virtual Apps and Desktops")
    group.add_argument(
        "--farm", choices=FARMS, default=DEFAULTS.farm, help="what the first site holds (default: %(default)s)"
    )
    group.add_argument("--sessions", type=sessions, metavar="N", help="up to 100000 (default: 12 in demo, else 0)")
    group.add_argument(
        "--seed", type=int, default=DEFAULTS.seed, help="same seed, same sessions (default: %(default)s)"
    )
    group.add_argument("--sites", type=count, default=DEFAULTS.sites, metavar="N", help="default: %(default)s")
    group.add_argument("--cloud", action="store_true", help="sign-in by client id and secret instead of Basic")
    group.add_argument("--customer-id", metavar="ID", help="default: CitrixOnPremises, or examplecloud with --cloud")
    group.add_argument("--client-id", default=DEFAULTS.client_id, help="default: %(default)s")
    group.add_argument("--client-secret", default=DEFAULTS.client_secret, help="default: %(default)s")
    group.add_argument(
        "--url-style", choices=URL_STYLES, action="append", help="repeatable (default: manage, orchestration)"
    )
    group.add_argument("--page-size", type=positive, metavar="N", help="no page holds more, whatever limit asks for")
    group.add_argument(
        "--limit-ceiling",
        type=positive,
        default=PAGING.ceiling,
        metavar="N",
        help="a higher limit gets 400 (%(default)s)",
    )
    group.add_argument(
        "--page-overlap",
        type=count,
        default=0,
        metavar="N",
        help="each page repeats the last N sessions of the one before",
    )
    group.add_argument("--last-token", choices=LAST_TOKENS, default="null", help="token of the last page (%(default)s)")
    group.add_argument("--no-formatted-times", action="store_true", help="no Formatted… times, like a server of 2020")
    group.add_argument("--ignore-fields", action="store_true", help="send whole sessions whatever fields asks for")
    group.add_argument(
        "--error-style", choices=STYLES, default=ERROR_RESPONSE, help="error body (default: %(default)s)"
    )
    group.add_argument(
        "--missing",
        type=int,
        choices=MISSING,
        default=DEFAULTS.missing,
        help="status for an unknown object (%(default)s)",
    )
    group.add_argument("--logoff-sync", action="store_true", help="$logoff answers 204 instead of 202 and a job")
    group.add_argument("--envelope", action="store_true", help="actions answer a session inside Items")
    group.add_argument(
        "--job-seconds", type=seconds, default=DEFAULTS.job_seconds, metavar="S", help="length of a job (%(default)s)"
    )
    group.add_argument(
        "--session-expire",
        type=seconds,
        default=DEFAULTS.token_seconds,
        metavar="SECONDS",
        help="life of a token (3600)",
    )
    group.add_argument(
        "--expires-in", choices=EXPIRES_IN, default=EXPIRES_IN[0], help="type of expires_in (%(default)s)"
    )
    group.add_argument(
        "--sign-in-errors", choices=SIGN_IN_ERRORS, default=SIGN_IN_ERRORS[0], help="refusals of the cloud sign-in"
    )


def build(arguments: argparse.Namespace, clock: Clock) -> CvadPlatform:
    """The platform that the options describe."""
    options = CvadOptions(
        farm=arguments.farm,
        sessions=arguments.sessions,
        seed=arguments.seed,
        sites=arguments.sites,
        cloud=arguments.cloud,
        customer_id=arguments.customer_id,
        client_id=arguments.client_id,
        client_secret=arguments.client_secret,
        url_styles=tuple(arguments.url_style or (MANAGE, ORCHESTRATION)),
        paging=Paging(
            ceiling=arguments.limit_ceiling,
            default=min(PAGING.default, arguments.limit_ceiling),
            largest=arguments.page_size,
            overlap=arguments.page_overlap,
            last_token=arguments.last_token,
        ),
        formatted_times=not arguments.no_formatted_times,
        ignore_fields=arguments.ignore_fields,
        error_style=arguments.error_style,
        missing=arguments.missing,
        logoff_sync=arguments.logoff_sync,
        envelope=arguments.envelope,
        job_seconds=arguments.job_seconds,
        token_seconds=arguments.session_expire,
        expires_in=arguments.expires_in,
        sign_in_errors=arguments.sign_in_errors,
    )
    return CvadPlatform(options, account=Account(arguments.username, arguments.password), clock=clock)

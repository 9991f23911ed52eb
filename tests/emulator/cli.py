# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: options that every platform shares, and those of the chosen one."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from emulator import tls
from emulator.checks import seconds
from emulator.clock import Clock
from emulator.contract import Platform
from emulator.cvad import arguments as cvad
from emulator.engine import Engine
from emulator.fastx import arguments as fastx
from emulator.faults import FaultError, parse_text
from emulator.limits import Rate
from emulator.ras import arguments as ras
from emulator.server import ServerOptions, run, stop_on_signals

DEFAULT_RATE = "50/10"


@dataclass(frozen=True)
class PlatformEntry:
    """How a platform is put on the command line."""

    add_arguments: Callable[[argparse.ArgumentParser], None]
    build: Callable[[argparse.Namespace, Clock], Platform]


PLATFORMS: Mapping[str, PlatformEntry] = {
    "ras": PlatformEntry(ras.add_arguments, ras.build),
    "cvad": PlatformEntry(cvad.add_arguments, cvad.build),
    "fastx": PlatformEntry(fastx.add_arguments, fastx.build),
}


def _rate(text: str) -> Rate:
    try:
        return Rate.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _milliseconds(text: str) -> float:
    return seconds(text) / 1000


def parser(platform: str) -> argparse.ArgumentParser:
    """All options for one platform."""
    result = argparse.ArgumentParser(
        prog="python -m emulator",
        description="A stand-in server. Prints one line of JSON when it is ready; docs/emulator.md tells the rest.",
    )
    result.add_argument("--platform", choices=sorted(PLATFORMS), default="ras", help="default: %(default)s")
    result.add_argument("--port", type=int, default=0, help="on 127.0.0.1; 0 takes a free one (default)")
    result.add_argument("--username", default="administrator", help="who may log on (default: %(default)s)")
    result.add_argument("--password", default="11112222", help="default: %(default)s")
    result.add_argument("--latency", type=_milliseconds, default=0.0, metavar="MS", help="added to every API request")
    result.add_argument(
        "--rate-limit",
        type=_rate,
        nargs="?",
        const=Rate.parse(DEFAULT_RATE),
        metavar="N/SECONDS",
        help=f"refuse what exceeds N requests per window with 429; without a value {DEFAULT_RATE}",
    )
    result.add_argument(
        "--fault", action="append", default=[], metavar="SPEC", help="misbehave; JSON or key=value,key=value"
    )
    result.add_argument(
        "--disable", action="append", default=[], metavar="OPERATION", help="answer 404 for this operation"
    )
    result.add_argument("--tls", choices=tls.KINDS, default="good", help="kind of certificate (default: %(default)s)")
    result.add_argument("--require-client-cert", action="store_true", help="mutual TLS; a client certificate is made")
    result.add_argument(
        "--work-dir", type=Path, metavar="DIR", help="for certificates; a temporary one is removed at the end"
    )
    result.add_argument("--ready-file", type=Path, metavar="PATH", help="also write the ready line there")
    result.add_argument(
        "--exit-with-parent",
        type=int,
        nargs="?",
        const=os.getppid(),
        metavar="PID",
        help="stop when the parent process (or the given one, which must be the parent) is gone",
    )
    PLATFORMS[platform].add_arguments(result)
    return result


def _chosen_platform(argv: Sequence[str] | None) -> str:
    first = argparse.ArgumentParser(add_help=False)
    first.add_argument("--platform", choices=sorted(PLATFORMS), default="ras")
    return str(first.parse_known_args(argv)[0].platform)


def _engine(options: argparse.Namespace, complain: Callable[[str], None]) -> Engine:
    clock = Clock()
    platform = PLATFORMS[options.platform].build(options, clock)
    known = {operation.name for operation in platform.operations}
    unknown = sorted(set(options.disable) - known)
    if unknown:
        complain(f"--disable: unknown operation {', '.join(unknown)}; known: {', '.join(sorted(known))}")
    engine = Engine(
        platform, clock=clock, rate=options.rate_limit, latency=options.latency, disabled=tuple(options.disable)
    )
    for text in options.fault:
        try:
            engine.faults.add(parse_text(text))
        except FaultError as error:
            complain(f"--fault {text}: {error}")
    return engine


def main(argv: Sequence[str] | None = None) -> int:
    """Run until stopped."""
    stop_on_signals()
    arguments = parser(_chosen_platform(argv))
    options = arguments.parse_args(argv)
    if options.tls == "none" and options.require_client_cert:
        arguments.error("client certificates need TLS")
    engine = _engine(options, arguments.error)
    facts = {
        "platform": options.platform,
        "username": options.username,
        "password": options.password,
        **engine.platform.ready,
    }
    server_options = ServerOptions(
        port=options.port,
        tls=options.tls,
        require_client_cert=options.require_client_cert,
        work_dir=options.work_dir,
        ready_file=options.ready_file,
        parent=options.exit_with_parent,
    )
    run(engine, server_options, facts)
    return 0

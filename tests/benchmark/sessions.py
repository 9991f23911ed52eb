# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A hundred thousand sessions: from the bytes of the answer to records, and the whole task."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmark.bed import Task, bed
from benchmark.report import Goal, Section, times
from tools.collection_tree import link_tree

SESSIONS = 100_000
FIELDS = (
    "user",
    "state",
    "source",
    "protocol",
    "session_host_name",
    "logon_time",
    "idle_start_time",
    "session_id",
)
RUNS = 5


def measure(rounds: int) -> list[Section]:
    """Parsing in a process of its own, and the task as users run it."""
    with bed(farm="demo", sessions=SESSIONS) as ground:
        body = ground.folder / "sessions.json"
        ground.download("/api/RDSession", body)
        size = body.stat().st_size
        timed = {name: statistics.median(values) for name, values in _worker(f"time {RUNS}", body).items()}
        loads, parse = timed["loads"], timed["parse"]
        peaks = {name: _worker(name, body)["peak"] for name in ("parse", "loads")}
        start = ground.play([])
        plays: dict[str, dict[str, Any]] = {
            "ras_session_info, return_sessions: false": {"return_sessions": False},
            "ras_session_info, eight fields": {"fields": list(FIELDS)},
        }
        whole = {title: ground.play([_task(options)]) for title, options in plays.items()}
    return [
        Section(
            f"{SESSIONS:,} sessions, from bytes to records",
            f"The answer has {size / 1e6:.0f} MB. Both read the same bytes in one process, in turn, median of {RUNS}. "
            "The peak is what a process of its own holds at most above the bare interpreter with the modules loaded, "
            "the body included.",
            ("how", "time", "peak", "peak by size of the body"),
            [
                (
                    "json.loads, all fields",
                    f"{timed['loads']:.2f} s",
                    _mb(peaks["loads"]),
                    times(peaks["loads"] / size),
                ),
                (
                    "records of eight fields",
                    f"{timed['parse']:.2f} s",
                    _mb(peaks["parse"]),
                    times(peaks["parse"] / size),
                ),
            ],
            [
                Goal(
                    "within 1.2 times json.loads",
                    times(parse / loads),
                    parse <= 1.2 * loads,
                    "Every record is built in Python once, and its enums are given their names.",
                ),
                Goal(
                    "peak memory at most 8 times the body",
                    times(peaks["parse"] / size),
                    peaks["parse"] <= 8 * size,
                    "The parser copies what it keeps.",
                ),
            ],
        ),
        Section(
            f"{SESSIONS:,} sessions, the whole task",
            "The module in process, above the start of `ansible-playbook`: request, transfer over TLS, records, and "
            "what Ansible does with the result. Ansible handles a result several times over (worker, queue, "
            "callbacks), which is what `return_sessions: false` saves; it returns the count and the summary.",
            ("task", "time", "most memory of a process"),
            [
                (title, f"{played.cost.clock - start.cost.clock:.1f} s", _mb(played.peak))
                for title, played in whole.items()
            ],
        ),
    ]


def _task(options: Mapping[str, Any]) -> Task:
    return {"deskops.vdi.ras_session_info": options, "register": "sessions"}


def _mb(size: float) -> str:
    return f"{size / 1e6:,.0f} MB"


def _worker(what: str, body: Path) -> dict[str, Any]:
    """Measure in a fresh process, which has no memory of what others held."""
    program = Path(__file__).with_name("parse_worker.py")
    command = [sys.executable, str(program), what, str(body), str(link_tree()), ",".join(FIELDS)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found

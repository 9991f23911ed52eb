# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Audits: very many sessions to CSV, many sources at once, many terms in one lookup."""

from __future__ import annotations

import base64
import json
import ssl
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx

from benchmark.bed import BenchmarkError, Task, bed
from benchmark.report import Goal, Section, interleaved, ratio, times
from emulator.process import Emulator, start
from tools.collection_tree import link_tree

SESSIONS = 100_000
FEWER = 10_000
SOURCES = 10
LATENCY = 500
TERMS = 40
POLICIES = {"idle_longer_than": "4h", "disconnected_longer_than": "2d", "forbidden_users": ["a*"]}


def measure(rounds: int) -> list[Section]:
    """All of it."""
    return [_cvad(rounds), _ras(rounds), _many_sources(rounds), _many_terms(rounds)]


def _cvad(rounds: int) -> Section:
    """CVAD, in pages of 1,000."""
    with tempfile.TemporaryDirectory(prefix="deskops-bench-") as name:
        csv = str(Path(name) / "sessions.csv")
        with start(platform="cvad", sessions=SESSIONS) as server:
            job = _audit([_source("cvad", server)], csv)
            bare = {"what": "pages", "url": server.url, "ca_path": server.ca_path, "headers": _signed_in(server)}
            found = _in_turn({"bare": lambda: _work(bare), "audit": lambda: _work(job)}, rounds)
        with start(platform="cvad", sessions=FEWER) as server:
            small = _work(_audit([_source("cvad", server)], csv))
    audit, script = found["audit"], found["bare"]
    return Section(
        f"{SESSIONS:,} CVAD sessions in pages of 1,000, audited to CSV",
        "Both read the same pages from the same server over TLS, in turn, each in a process of its own; the bare "
        "script uses httpx and json.loads, and throws every page away. The peak is above the process with all modules "
        "loaded.",
        ("what", "time", "peak"),
        [
            ("a bare httpx script", f"{script['seconds']:.1f} s", _mb(script["peak"])),
            ("the audit, with findings", f"{audit['seconds']:.1f} s", _mb(audit["peak"])),
            (f"the audit of {FEWER:,} sessions", f"{small['seconds']:.1f} s", _mb(small["peak"])),
        ],
        [
            Goal(
                "the audit within 2 times the script",
                times(audit["seconds"] / script["seconds"]),
                audit["seconds"] <= 2 * script["seconds"],
                "Every session becomes a record, is judged, counted and written.",
            ),
            Goal(
                "memory bounded by pages: ten times the sessions take less than three times the memory",
                times(audit["peak"] / small["peak"]),
                audit["peak"] < 3 * small["peak"],
                "What grows are the ids seen (to leave out doubles), the findings and the counts by user.",
            ),
        ],
    )


def _ras(rounds: int) -> Section:
    """RAS, which answers in one page."""
    with tempfile.TemporaryDirectory(prefix="deskops-bench-") as name:
        body = Path(name) / "sessions.json"
        with bed(farm="demo", sessions=SESSIONS) as ground:
            ground.download("/api/RDSession", body)
            job = _audit([_source("ras", ground.server)], str(Path(name) / "sessions.csv"), body)
            plain = {"what": "loads", "body": str(body)}
            found = _in_turn({"loads": lambda: _work(plain), "audit": lambda: _work(job)}, rounds)
    audit, loads = found["audit"], found["loads"]
    return Section(
        f"{SESSIONS:,} RAS sessions, audited to CSV",
        f"From the bytes of the answer ({body.name}, {loads['size'] / 1e6:.0f} MB) to the finished file, without the "
        "server's time, in turn with json.loads of the same bytes, each in a process of its own.",
        ("what", "time"),
        [
            ("json.loads of the body", f"{loads['seconds']:.2f} s"),
            ("the audit, with findings", f"{audit['seconds']:.2f} s"),
        ],
        [
            Goal(
                "the audit at most 2 times json.loads",
                times(audit["seconds"] / loads["seconds"]),
                audit["seconds"] <= 2 * loads["seconds"],
                "Every session becomes a record, is judged, counted and written.",
            )
        ],
    )


def _many_sources(rounds: int) -> Section:
    """Sources are asked at the same time."""
    with start(farm="demo", latency=LATENCY) as server:

        def ask(count: int) -> Callable[[], dict[str, float]]:
            job = _audit([_source("ras", server, f"farm {number}") for number in range(count)], None)
            return lambda: _work(job)

        found = _in_turn({"one": ask(1), "ten": ask(SOURCES)}, rounds)
    one, ten = found["one"]["seconds"], found["ten"]["seconds"]
    return Section(
        f"{SOURCES} sources that answer after {LATENCY} ms each",
        "Each source takes a logon, the list and a logoff, one after the other.",
        ("sources", "time"),
        [("1", f"{one:.2f} s"), (str(SOURCES), f"{ten:.2f} s")],
        [Goal(f"{SOURCES} take less than twice one", times(ten / one), ten < 2 * one, "They share one server here.")],
    )


def _many_terms(rounds: int) -> Section:
    """One sign-in for all terms of a lookup."""
    with bed(farm="demo") as ground:
        start_up = ground.play([]).cost

        def look_up(count: int) -> Task:
            users = ", ".join(f"'user{number}'" for number in range(count))
            options = ", ".join(f"{name}='{value}'" for name, value in _login(ground.server).items())
            return {
                "ansible.builtin.debug": {"msg": f"{{{{ query('deskops.vdi.ras_sessions', {users}, {options}) }}}}"}
            }

        costs = interleaved(
            {
                "one": lambda: ground.play([look_up(1)]).cost - start_up,
                "many": lambda: ground.play([look_up(TERMS)]).cost - start_up,
            },
            rounds,
        )
        ground.server.reset("counters")
        ground.play([look_up(TERMS)])
        sign_ins = ground.server.state()["session"]["session.logon"]
    if sign_ins != 1:
        raise BenchmarkError(f"A lookup with {TERMS} terms signed in {sign_ins} times.")
    one, many = costs["one"], costs["many"]
    return Section(
        f"One lookup with {TERMS} terms",
        "A task with the lookup, above the start of `ansible-playbook`; the server answers at once.",
        ("terms", "time", "of the processor"),
        [
            ("1", f"{one.clock:.2f} s", f"{one.processor:.2f} s"),
            (str(TERMS), f"{many.clock:.2f} s", f"{many.processor:.2f} s"),
        ],
        [
            Goal(
                f"{TERMS} terms cost at most 3 times one",
                ratio(many, one),
                many.clock <= 3 * one.clock,
                "One request each.",
            )
        ],
    )


def _login(server: Emulator) -> dict[str, str]:
    return {
        "url": server.url,
        "username": server.username,
        "password": server.password,
        "ca_path": server.ca_path or "",
    }


def _source(platform: str, server: Emulator, name: str = "farm") -> dict[str, Any]:
    return {"platform": platform, "name": name, "filters": {}, **_login(server), "url": [server.url]}


def _audit(sources: list[dict[str, Any]], csv: str | None, body: Path | None = None) -> dict[str, Any]:
    policies = POLICIES if csv else {}
    return {"what": "audit", "sources": sources, "csv": csv, "policies": policies, "body": body and str(body)}


def _signed_in(server: Emulator) -> dict[str, str]:
    """The headers of a bare script that has signed in to a CVAD site. Source: reference/cvad/notes.md sections 2, 4."""
    basic = base64.b64encode(f"{server.username}:{server.password}".encode()).decode()
    context = ssl.create_default_context(cafile=server.ca_path)
    with httpx.Client(base_url=f"{server.url}/cvad/manage", verify=context, trust_env=False) as client:
        client.headers.update({"Accept": "application/json", "Authorization": f"Basic {basic}"})
        token = client.post("/Tokens").raise_for_status().json()["Token"]
        headers = {"Authorization": f"CWSAuth bearer={token}", "Citrix-CustomerId": "CitrixOnPremises"}
        customers = client.get("/me", headers=headers).raise_for_status().json()["Customers"]
    return {"Accept": "application/json", **headers, "Citrix-InstanceId": customers[0]["Sites"][0]["Id"]}


def _in_turn(cases: Mapping[str, Callable[[], dict[str, float]]], rounds: int) -> dict[str, dict[str, float]]:
    """The median of each case's figures; the cases take turns."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in cases}
    for _round in range(rounds):
        for name, work in cases.items():
            found[name].append(work())
    return {name: {key: statistics.median(run[key] for run in runs) for key in runs[0]} for name, runs in found.items()}


def _work(job: Mapping[str, Any]) -> dict[str, float]:
    """Seconds and peak memory of a job in a process of its own; size: of the body, if it has one."""
    program = Path(__file__).with_name("audit_worker.py")
    command = [sys.executable, str(program), str(link_tree()), json.dumps(job)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchmarkError(f"An audit failed:\n{done.stderr}")
    body = job.get("body")
    return {**json.loads(done.stdout), "size": Path(body).stat().st_size if body else 0}


def _mb(size: float) -> str:
    return f"{size / 1e6:,.0f} MB"

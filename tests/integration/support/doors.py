# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One playbook through both doors, against two servers that are alike, and what differs between the two runs."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emulator.process import Emulator, start
from integration.support.runner import (
    AS_MODULE,
    DOORS,
    IN_PROCESS,
    Ansible,
    Run,
    TaskResult,
    Traffic,
    as_play,
    connection,
)

LATENCY_MS = 5
# What the server writes at each change, and what a host tells of its Python.
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*Z?")
# Ansible 2.19 puts these in front of the message of a failed task in its own places, not in msg.
LEAD = re.compile(r"\b(Action|Module) failed\b:?")
DROPPED = ("ansible_facts", "exception")


@dataclass(frozen=True)
class Pair:
    """The two runs of one playbook. Reading a task gives that of the in-process run; a test compares the two."""

    runs: Mapping[str, Run]
    servers: Mapping[str, Emulator]
    tasks: Mapping[str, list[Any]]

    def __getitem__(self, name: str) -> TaskResult:
        return self.runs[IN_PROCESS][name]

    def __iter__(self) -> Iterator[TaskResult]:
        return iter(self.runs[IN_PROCESS])

    def through(self, door: str) -> Run:
        return self.runs[door]

    def assert_alike(self) -> None:
        """Both doors gave the same results, key by key, and sent the same requests."""
        first, second = self.tasks[IN_PROCESS], self.tasks[AS_MODULE]
        assert [task["name"] for task in first] == [task["name"] for task in second], _outputs(self.runs)
        for one, other in zip(first, second, strict=True):
            lines = _differences(one, other)
            assert not lines, "\n".join([f"the doors differ in the task {one['name']!r}:", *lines])

    def assert_no_session_left(self) -> None:
        """After every task, and so at the end, no administrator's session is open that the task opened itself."""
        for door, run in self.runs.items():
            for task in run:
                for traffic in task.servers.values():
                    assert traffic.state["admin_sessions"] == 0, f"{task.name} ({door}) left a session open"


def _differences(one: Any, other: Any, where: str = "") -> list[str]:
    """Where two results differ, each with both values: in process first."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = sorted({*one, *other})
        return [
            line
            for key in keys
            for line in _differences(one.get(key), other.get(key), f"{where}.{key}" if where else key)
        ]
    return [] if one == other else [f"{where}: {one!r} / {other!r}"]


def _outputs(runs: Mapping[str, Run]) -> str:
    return "\n".join(f"--- {door}\n{run.output}" for door, run in runs.items())


class Farms:
    """Two servers alike, one for each door, so that both runs find the same farm."""

    def __init__(self, ansible: Ansible, servers: Mapping[str, Emulator]) -> None:
        self.ansible = ansible
        self.servers = servers

    def __iter__(self) -> Iterator[Emulator]:
        return iter(self.servers.values())

    def fault(self, **spec: Any) -> None:
        for server in self:
            server.fault(**spec)

    def create(self, resource: str, **body: Any) -> None:
        for server in self:
            server.create(resource, **body)

    def update(self, resource: str, object_id: int, **body: Any) -> None:
        for server in self:
            server.update(resource, object_id, **body)

    def reset(self, *what: str) -> None:
        for server in self:
            server.reset(*what)

    def play(
        self,
        tasks: str,
        *arguments: str,
        playbook: str | None = None,
        variables: Mapping[str, Any] | None = None,
        environment: Mapping[str, str | None] | None = None,
        own: Mapping[str, Mapping[str, str]] | None = None,
        watch: bool = True,
    ) -> Pair:
        """Run the tasks (or the whole playbook) through both doors at the same time.

        own: environment of one door. watch: not when both runs share a server.
        """
        started = {}
        for door, server in self.servers.items():
            started[door] = self.ansible.start(
                playbook or as_play(tasks),
                *arguments,
                servers={"server": server} if watch else {},
                variables={**DOORS[door], "stand_in_url": server.url, **(variables or {})},
                environment={**connection(server), **(environment or {}), **(own or {}).get(door, {})},
            )
        runs: dict[str, Run] = {}
        try:
            for door, run in started.items():
                runs[door] = run.finish()
        finally:
            for run in started.values():
                if run.process.poll() is None:
                    run.process.kill()
                    run.process.communicate()
        return Pair(runs, self.servers, {door: comparable(run, self.servers[door]) for door, run in runs.items()})


@contextlib.contextmanager
def farms(ansible: Ansible, *, doors: Iterable[str] = tuple(DOORS), **options: Any) -> Iterator[Farms]:
    """Start a server for each door, with the options of the emulator.

    doors: only these, for scenarios that do not depend on the door.
    """
    with contextlib.ExitStack() as stack:
        options = {"latency": LATENCY_MS, **options}
        yield Farms(ansible, {door: stack.enter_context(start(**options)) for door in doors})


def comparable(run: Run, server: Emulator) -> list[Any]:
    """What the tasks of a run have in common with those of the other door: all but what cannot be the same."""
    return [
        _neutral(
            {
                "name": task.name,
                "host": task.host,
                "outcome": task.outcome,
                "result": {key: value for key, value in task.result.items() if key not in DROPPED},
                "requests": {
                    name: _comparable_requests(traffic, loop="results" in task.result)
                    for name, traffic in task.servers.items()
                },
            },
            server,
        )
        for task in run
    ]


def _comparable_requests(traffic: Traffic, *, loop: bool) -> list[dict[str, Any]]:
    """What a task sent. In process, the items of a loop share one client, which need not read the sites for each."""
    return [
        {key: value for key, value in one.items() if key != "connection"}
        for one in traffic.requests
        if not (loop and one["operation"] == "site.list")
    ]


def _neutral(value: Any, server: Emulator) -> Any:
    """value without the address, the files and the password's host of this one server, and without times."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    text = text.replace(f"{server.host}:{server.port}", "SERVER")
    for path in (server.ca_path, server.client_cert, server.client_key):
        if path:
            text = text.replace(str(Path(path).parent), "FOLDER")
    return json.loads(LEAD.sub("", MOMENT.sub("TIME", text)))

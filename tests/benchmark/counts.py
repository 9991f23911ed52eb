# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many requests a task sends, with a token, a fixed generation of the API, and the site by id or left out."""

from __future__ import annotations

from dataclasses import dataclass

from benchmark.bed import Bed, Task, bed
from benchmark.report import Goal, Section


@dataclass(frozen=True)
class Case:
    """A task, and the requests that it may send, in their order."""

    title: str
    task: Task
    expected: tuple[str, ...]
    family: str = "current"


def _gateway(**options: object) -> Task:
    return {"deskops.vdi.ras_gateway": options}


def _rds(**options: object) -> Task:
    return {"deskops.vdi.ras_rds_server": options}


READ, RDS_READ = ("gateway.list",), ("rds.list", "rds.get")
CASES = (
    Case("gateway, nothing to change", _gateway(server="gw-01.example.test", enabled=True), READ),
    Case("the same, by id", _gateway(id=1, enabled=True), ("gateway.get",)),
    Case("the same, site by id", _gateway(server="gw-01.example.test", site="1"), READ),
    Case("RDS server, nothing to change", _rds(server="rds-01.example.test", enabled=True), RDS_READ),
    Case("the same, legacy API", _rds(server="rds-01.example.test", enabled=True), ("rds.list",), "legacy"),
    Case("gateway, create", _gateway(server="gw-new.example.test"), (*READ, "gateway.create")),
    Case("RDS server, create", _rds(server="rds-new.example.test", site="1"), ("rds.list", "rds.create")),
    Case(
        "gateway, create with a setting",
        _gateway(server="gw-set.example.test", description="Second line"),
        (*READ, "gateway.create", "gateway.update", "gateway.get"),
    ),
    Case("gateway, change", _gateway(id=1, description="Changed"), ("gateway.get", "gateway.update", "gateway.get")),
    Case("gateway, remove", _gateway(server="gw-02.example.test", state="absent"), (*READ, "gateway.delete")),
    Case("gateway, absent already", _gateway(server="gw-gone.example.test", state="absent"), READ),
)


def measure(rounds: int) -> list[Section]:
    """Exact, so once is enough."""
    rows, goals = [], []
    for family in ("current", "legacy"):
        with bed(farm="demo", api_family=family) as ground:
            for case in CASES:
                if case.family != family:
                    continue
                sent = _sent(ground, case.task)
                holds = sent == case.expected
                rows.append((case.title, str(len(sent)), ", ".join(sent)))
                goals.append(Goal(f"{case.title}: {', '.join(case.expected)}", ", ".join(sent), holds, exact=True))
    broken = [goal for goal in goals if not goal.holds]
    together = Goal(
        f"each of the {len(goals)} cases as expected", f"{len(goals) - len(broken)}", not broken, exact=True
    )
    section = Section(
        "Requests",
        "What a task sends with a token, a fixed `api_family`, and the site by id or left out. `list` and `get` read. "
        "The list of RDS servers carries only the main properties, so one server is read as well; the legacy list "
        "carries all. After a PUT, which answers without a body, the object is read once more.",
        ("task", "requests", "which"),
        rows,
        [together, *broken],
    )
    return [section]


def _sent(ground: Bed, task: Task) -> tuple[str, ...]:
    ground.server.reset("counters")
    ground.play([task])
    return tuple(str(request["operation"]) for request in ground.server.requests())

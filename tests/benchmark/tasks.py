# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one task costs above the start of ansible-playbook, through both doors, beside tasks of Ansible itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmark.bed import Bed, Task, bed, uri
from benchmark.report import Cost, Goal, Section, interleaved, milliseconds, ratio, times

FEW = 2
# Cheap tasks take more of them to stand out from the start-up.
MANY_CHEAP, MANY_DEAR = 42, 8
CONVERGED: Task = {"deskops.vdi.ras_gateway": {"server": "gw-01.example.test", "enabled": True, "ssl_port": 443}}
NOTHING: Task = {"ansible.builtin.assert": {"that": True, "quiet": True}}
IN_PROCESS = "ras_gateway, nothing to change, in process, with a token"
OWN_LOGON = "the same with a password: logs on and off in each task"
AS_MODULE = "ras_gateway, nothing to change, as a module, with a token"
ASSERT, URI = "assert (does nothing)", "ansible.builtin.uri, one GET"


def measure(rounds: int) -> list[Section]:
    """Tasks in a row, no loop: each has a worker process of its own."""
    with bed(farm="demo") as ground:
        password = {
            name: value for name, value in ground.connection.items() if name not in ("auth_token", "api_family")
        }
        password.update(username=ground.server.username, password=ground.server.password)
        cases: dict[str, Callable[[], Cost]] = {
            ASSERT: lambda: _per_task(ground, NOTHING, MANY_CHEAP),
            IN_PROCESS: lambda: _per_task(ground, CONVERGED, MANY_CHEAP),
            OWN_LOGON: lambda: _per_task(ground, CONVERGED, MANY_CHEAP, defaults=password),
            URI: lambda: _per_task(ground, uri(ground, "/api/Gateway"), MANY_DEAR),
            AS_MODULE: lambda: _per_task(ground, CONVERGED, MANY_DEAR, variables={"deskops_vdi_in_process": False}),
        }
        found = interleaved(cases, rounds)
    return [_section(found)]


def _per_task(ground: Bed, task: Task, many: int, **how: Mapping[str, Any]) -> Cost:
    few = ground.play([task] * FEW, **how).cost
    return (ground.play([task] * many, **how).cost - few) / (many - FEW)


def _section(found: Mapping[str, Cost]) -> Section:
    floor, ours, theirs = found[ASSERT], found[IN_PROCESS], found[URI]
    return Section(
        "One task",
        "Time of one task above the start of `ansible-playbook`: a play with many tasks less a play with "
        f"{FEW}, by the number of tasks between them. Each task reads the list of four gateways over TLS.",
        ("task", "time", "of the processor", "in assert tasks"),
        [
            (name, milliseconds(cost.clock), milliseconds(cost.processor), times(cost.clock / floor.clock))
            for name, cost in found.items()
        ],
        [
            Goal(
                "at most 4 times an assert task",
                ratio(ours, floor),
                ours.clock <= 4 * floor.clock,
                "Each task is a new worker process with a TLS connection of its own. The items of a loop share both: "
                "see below.",
            ),
            Goal(
                "at least 6 times faster than a uri task",
                ratio(theirs, ours),
                theirs.clock >= 6 * ours.clock,
                "A uri task mostly starts a Python interpreter: how fast the machine does that decides.",
            ),
        ],
    )

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A loop over a hundred gateways: one connection, one worker process; also under the server's rate limit."""

from __future__ import annotations

from typing import Any

from benchmark.bed import Bed, Task, bed, uri
from benchmark.report import Cost, Goal, Section, interleaved, milliseconds

GATEWAYS = 100
NAMES = [f"gw-bulk-{number:05}.example.test" for number in range(1, GATEWAYS + 1)]
LIMIT = "50/10"
OURS, BY_ID, THEIRS = "ras_gateway, by name", "ras_gateway, by id", "ansible.builtin.uri, GET by id"
LIMITED = f"ras_gateway, by name, at most {LIMIT.replace('/', ' requests per ')} s"


def measure(rounds: int) -> list[Section]:
    """The loop with our module and with uri; ours once more under the limit."""
    with bed(farm="empty", gateways=GATEWAYS) as ground:
        by_id: Task = {"deskops.vdi.ras_gateway": {"id": "{{ item }}", "enabled": True}, "loop": _ids(ground)}
        theirs: Task = {**uri(ground, "/api/Gateway/{{ item }}"), "loop": _ids(ground)}
        found = interleaved(
            {
                OURS: lambda: _above_start(ground, _by_name()),
                BY_ID: lambda: _above_start(ground, by_id),
                THEIRS: lambda: _above_start(ground, theirs),
            },
            rounds,
        )
        ground.server.reset("counters")
        ground.play([_by_name()])
        state = ground.server.state()
    limited, limited_state = _under_limit()
    return [_section(found, state, limited, limited_state)]


def _by_name() -> Task:
    return {"deskops.vdi.ras_gateway": {"server": "{{ item }}", "enabled": True}, "loop": NAMES}


def _ids(ground: Bed) -> list[int]:
    with ground.client() as client:
        return [row["id"] for row in client.get("/api/Gateway").raise_for_status().json()]


def _above_start(ground: Bed, task: Task) -> Cost:
    return ground.play([task]).cost - ground.play([]).cost


def _under_limit() -> tuple[Cost, dict[str, Any]]:
    with bed(farm="empty", gateways=GATEWAYS, rate_limit=LIMIT) as ground:
        ground.server.reset("counters")
        return _above_start(ground, _by_name()), ground.server.state()


def _section(found: dict[str, Cost], state: dict[str, Any], limited: Cost, limited_state: dict[str, Any]) -> Section:
    ours, theirs = found[OURS], found[THEIRS]
    rows = [
        (name, f"{cost.clock:.1f} s", f"{cost.processor:.1f} s", milliseconds(cost.clock / GATEWAYS))
        for name, cost in {**found, LIMITED: limited}.items()
    ]
    passed = limited_state["reads"] == {"gateway.list": GATEWAYS} and not limited_state["writes"]
    return Section(
        f"A loop over {GATEWAYS} gateways",
        f"Time of a loop with a token above the start of `ansible-playbook`. By name, each item reads the list of all "
        f"{GATEWAYS} gateways, since no filter of it is documented; by id it reads one gateway, as the uri task does.",
        ("loop", "whole", "of the processor", "per item"),
        rows,
        [
            Goal(
                "one connection",
                f"{state['connections']}, {sum(state['reads'].values())} reads, {sum(state['writes'].values())} writes",
                state["connections"] == 1 and state["reads"] == {"gateway.list": GATEWAYS} and not state["writes"],
                exact=True,
            ),
            Goal(
                "at most a tenth of the time of uri",
                f"1/{theirs.clock / ours.clock:.0f} (processor: 1/{theirs.processor / ours.processor:.0f})",
                10 * ours.clock <= theirs.clock,
                "Each item reads and parses the whole list, while uri reads one gateway.",
            ),
            Goal(
                "finishes under the rate limit",
                f"all {GATEWAYS} items, {limited_state['rate_limited']} requests refused and repeated",
                passed,
                exact=True,
            ),
        ],
    )

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A whole farm by the roles: servers, pools, published items; beside the same work by hand with uri tasks."""

from __future__ import annotations

from typing import Any

from benchmark.bed import CONTENT_TYPE, Bed, Task, bed
from benchmark.report import Cost, Goal, Section

SERVERS, POOLS, FOLDERS, DESKTOPS, APPS = 200, 20, 20, 10, 270
OBJECTS = SERVERS + POOLS + FOLDERS + DESKTOPS + APPS
PER_POOL = SERVERS // POOLS
# A uri task takes so long that only one object of so many is measured.
SHARE = 10


def measure(_rounds: int) -> list[Section]:
    """Both runs of both, once each: a run is hundreds of tasks' worth of work, and averages by itself."""
    with bed(farm="empty") as ground:
        ours = [_ours(ground) for _run in range(2)]
    with bed(farm="empty") as ground:
        theirs = [_theirs(ground) for _run in range(2)]
    return [_section(ours, theirs)]


def _servers() -> list[dict[str, Any]]:
    return [
        {"server": f"rds-{number:03}.example.test", "install_agent": False, "max_sessions": 60}
        for number in range(SERVERS)
    ]


def _pools() -> list[dict[str, Any]]:
    names = [server["server"] for server in _servers()]
    return [
        {"name": f"Pool {number:02}", "enabled": True, "members": names[number * PER_POOL : (number + 1) * PER_POOL]}
        for number in range(POOLS)
    ]


def _folders() -> list[dict[str, Any]]:
    return [{"name": f"Folder {number:02}"} for number in range(FOLDERS)]


def _published(kind: str, count: int, **options: Any) -> list[dict[str, Any]]:
    return [
        {
            "name": f"{kind} {number:03}",
            "folder": f"Folder {number % FOLDERS:02}",
            "publish_from_pools": [f"Pool {number % POOLS:02}"],
            **options,
        }
        for number in range(count)
    ]


def _ours(ground: Bed) -> tuple[Cost, dict[str, Any]]:
    """One run of the two roles, and what the server counted."""
    hosts, items = "ras_rds_setup", "ras_publishing"
    tasks: list[Task] = [
        {
            "ansible.builtin.include_role": {"name": f"deskops.vdi.{hosts}"},
            "vars": {
                f"{hosts}_connection": ground.connection,
                f"{hosts}_servers": _servers(),
                f"{hosts}_host_pools": _pools(),
            },
        },
        {
            "ansible.builtin.include_role": {"name": f"deskops.vdi.{items}"},
            "vars": {
                f"{items}_connection": ground.connection,
                f"{items}_folders": _folders(),
                f"{items}_desktops": _published("Desktop", DESKTOPS),
                f"{items}_apps": _published("App", APPS, target="notepad.exe", start_on_logon=True),
            },
        },
    ]
    return _counted(ground, tasks, {})


def _theirs(ground: Bed) -> tuple[Cost, dict[str, Any]]:
    """One run by hand over a share of the objects: read each, create what is not there, then its settings."""
    tasks: list[Task] = [
        *_by_hand(ground, "/api/RDS/Host", "Server", [one["server"] for one in _servers()], {"maxSessions": 60}),
        *_by_hand(ground, "/api/RDS/HostPool", "Name", [one["name"] for one in _pools()], {"enabled": True}),
        *_by_hand(ground, "/api/PubItems/Folders", "Name", [one["name"] for one in _folders()], {}),
        *_by_hand(ground, "/api/PubItems/Desktops/RDS", "Name", [f"Desktop {n:03}" for n in range(DESKTOPS)], {}),
        *_by_hand(
            ground,
            "/api/PubItems/Apps/RDS",
            "Name",
            [f"App {n:03}" for n in range(APPS)],
            {"target": "notepad.exe", "startOnLogon": True},
        ),
    ]
    return _counted(ground, tasks, {"ansible_python_interpreter": "{{ ansible_playbook_python }}"})


def _by_hand(ground: Bed, path: str, key: str, names: list[str], fields: dict[str, Any]) -> list[Task]:
    common = {
        "ca_path": ground.server.ca_path,
        "headers": {"auth_token": ground.token, "Content-Type": CONTENT_TYPE},
        "return_content": True,
    }
    read = {
        "ansible.builtin.uri": {**common, "url": f"{ground.server.url}{path}?{key}={{{{ item | urlencode }}}}"},
        "loop": names[::SHARE],
        "register": "found",
    }
    create = {
        "ansible.builtin.uri": {
            **common,
            "url": f"{ground.server.url}{path}",
            "method": "POST",
            "body_format": "json",
            "body": {key.lower(): "{{ item.item }}", **(fields if key == "Name" else {})},
            "status_code": [201],
        },
        "loop": "{{ found.results }}",
        "loop_control": {"label": "{{ item.item }}"},
        "when": "item.json | length == 0",
        "register": "created",
    }
    # Only the servers take their settings by a second write; the others are created with them.
    change = {
        "ansible.builtin.uri": {
            **common,
            "url": f"{ground.server.url}{path}/{{{{ item.json.id }}}}",
            "method": "PUT",
            "body_format": "json",
            "body": fields,
            "status_code": [204],
        },
        "loop": "{{ created.results }}",
        "loop_control": {"label": "{{ item.item.item }}"},
        "when": "item is not skipped",
    }
    return [read, create, *([change] if key == "Server" else [])]


def _counted(ground: Bed, tasks: list[Task], variables: dict[str, Any]) -> tuple[Cost, dict[str, Any]]:
    ground.server.reset("counters")
    start = ground.play([], variables=variables).cost
    return ground.play(tasks, variables=variables).cost - start, ground.server.state()


def _sent(state: dict[str, Any], kind: str) -> int:
    return sum(state[kind].values())


def _section(ours: list[tuple[Cost, dict[str, Any]]], theirs: list[tuple[Cost, dict[str, Any]]]) -> Section:
    rows = []
    for title, runs, share in (("roles", ours, 1), ("uri tasks", theirs, SHARE)):
        for number, (cost, state) in enumerate(runs):
            which = ("first run", "second run")[number]
            rows.append(
                (
                    f"{title}, {which}",
                    f"{cost.clock * share:,.0f} s",
                    f"{cost.processor * share:,.0f} s",
                    f"{_sent(state, 'reads') * share:,}",
                    f"{_sent(state, 'writes') * share:,}",
                )
            )
    mine, other = ours[1][0], theirs[1][0]
    ratio = (other.clock * SHARE / mine.clock, other.processor * SHARE / mine.processor)
    kinds = [
        (f"of these: {name}", "", "", *(str(ours[run][1][kind].get(name, 0)) for run in (0, 1)))
        for kind in ("reads", "writes")
        for name in sorted(ours[0][1][kind])
    ]
    return Section(
        f"A farm of {SERVERS} RDS servers, {POOLS} pools and {FOLDERS + DESKTOPS + APPS} published items",
        f"The roles `ras_rds_setup` and `ras_publishing` on an empty farm, twice; and the same objects with loops of "
        f"`ansible.builtin.uri` tasks that read each object, decide, and write. Of the latter one object in {SHARE} is "
        f"measured and the numbers are multiplied by {SHARE}; members, folders and pools of the items are left out of "
        "it. Above the start of `ansible-playbook`. The lines below the runs give the roles' requests by kind: first "
        "run, second run.",
        ("run", "time", "of the processor", "reads", "writes"),
        [*rows, *kinds],
        [
            Goal(
                "the second run takes at most a tenth of the time of uri",
                f"1/{ratio[0]:.0f} (processor: 1/{ratio[1]:.0f})",
                ratio[0] >= 10,
                "Each object costs at least one request and the comparison of its fields.",
            ),
            Goal(
                "the second run sends no write",
                f"{_sent(ours[1][1], 'writes')} writes",
                not ours[1][1]["writes"],
                exact=True,
            ),
        ],
    )

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of all modules and lookups run as they stand in the documentation: one run for a platform and door."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from emulator.process import Emulator, start
from integration.support.doors import LATENCY_MS, Farms, Pair, farms
from integration.support.examples import CLOUD, LOOKUPS, MODULES, VARIABLES, adapted, examples, group, modules_of
from integration.support.runner import DOORS, Ansible

# Common, full, bulk (collection_style.md, 45).
FEWEST = 3
PASSWORD = "11112222"
CUSTOMER = "examplecust01"
# What each server or run makes up for itself: numbers of jobs and calls, tokens in paths, texts of times, pseudonyms,
# and ages in seconds, since one door is a moment later than the other.
MADE_UP = re.compile(
    r"(?<=/Jobs/)[0-9a-f-]{36}"
    r"|(?<=Citrix-TransactionId )[0-9a-f-]{36}"
    r'|(?<=/api/list/)[^/"]+'
    r'|(?<=/api/admin/session/)[^/"]+'
    r"|\b\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d:\d\d [AP]M"
    r"|\buser-[0-9a-f]{10}\b"
    r'|(?<="measured": )\d+'
    # When a host says that it was restarted.
    r'|(?<=_time": ")\w{3} \w{3} +\d+ \d\d:\d\d:\d\d \d{4}',
    re.IGNORECASE,
)
# The session of the examples is that of the seed. Others work there too.
MORE_CVAD_SESSIONS: tuple[dict[str, Any], ...] = (
    {
        "Id": "41ba32e9-d12b-485c-afd2-000000000002",
        "State": "Active",
        "Machine": {"Name": "HTLABS04\\Sales-B03", "DeliveryGroup": {"Name": "Sales"}},
    },
    {
        "Id": "41ba32e9-d12b-485c-afd2-000000000003",
        "State": "Disconnected",
        "Machine": {"Name": "HTLABS04\\Sales-B04", "DeliveryGroup": {"Name": "Sales"}},
    },
)


@dataclasses.dataclass(frozen=True)
class Suite:
    """What one run plays. server: options of the emulator that each door has of its own."""

    modules: tuple[str, ...]
    lookups: tuple[str, ...] = ()
    server: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def plugins(self) -> tuple[str, ...]:
        return self.modules + self.lookups


def _modules(platform: str, last: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The modules of one platform; last: those that end what others need."""
    names = [name for name in group(platform) if name.startswith(platform)]
    return (*(name for name in names if name not in last), *last)


SUITES: Mapping[str, Suite] = {
    # The examples of api_request are about RAS.
    "ras": Suite(("api_request", *_modules("ras")), ("ras_sessions",)),
    "cvad": Suite(_modules("cvad", last=("cvad_session",)), ("cvad_sessions",), {"platform": "cvad", "farm": "sample"}),
    "fastx": Suite(_modules("fastx"), ("fastx_sessions",), {"platform": "fastx", "times": "text"}),
    "audit": Suite(("session_audit",)),
}
PLUGINS = [(suite, plugin) for suite, found in SUITES.items() for plugin in found.plugins]


def _heading(plugin: str) -> str:
    return f"examples of {plugin}"


def _playbook(suite: Suite, folder: Path) -> str:
    """The examples of a suite, each plugin's below a heading of its own."""
    tasks = []
    for plugin in suite.plugins:
        tasks.append({"name": _heading(plugin), "ansible.builtin.debug": {"msg": plugin}})
        tasks.extend(adapted(task, folder) for task in examples(plugin))
    play = {"name": "Examples", "hosts": "localhost", "gather_facts": False, "ignore_errors": True, "tasks": tasks}
    return yaml.safe_dump([play], sort_keys=False, allow_unicode=True)


def _leads_to(platform: str, server: Emulator) -> dict[str, str]:
    return {f"{platform.upper()}_{name.upper()}": str(server.ready[name]) for name in VARIABLES}


def _others(name: str, stack: contextlib.ExitStack) -> dict[str, str]:
    """The environment that leads to the servers that both doors share: they are only read. They end with the stack."""
    if name == "audit":
        servers = {
            platform: stack.enter_context(start(platform=platform, latency=LATENCY_MS))
            for platform in ("cvad", "fastx")
        }
        return {key: value for platform in servers for key, value in _leads_to(platform, servers[platform]).items()}
    if name == "cvad":
        cloud = stack.enter_context(start(platform="cvad", cloud=True, customer_id=CUSTOMER, latency=LATENCY_MS))
        return {
            f"{CLOUD}_URL": cloud.url,
            f"{CLOUD}_TOKEN_URL": f"{cloud.url}/cctrustoauth2/{CUSTOMER}/tokens/clients",
            f"{CLOUD}_CA_PATH": str(cloud.ca_path),
            # Of the account on premises.
            "CVAD_SITE": "Main",
        }
    return {}


def _fill(name: str, farm: Farms) -> None:
    if name == "cvad":
        for session in MORE_CVAD_SESSIONS:
            farm.create("session", **session)


@pytest.fixture(scope="module", params=SUITES)
def played(request: pytest.FixtureRequest, ansible: Ansible, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """(the suite, its run through both doors)."""
    name: str = request.param
    suite = SUITES[name]
    platform = suite.server.get("platform", "ras")
    with farms(ansible, **suite.server) as farm, contextlib.ExitStack() as stack:
        _fill(name, farm)
        pair = farm.play(
            "",
            playbook=_playbook(suite, tmp_path_factory.mktemp(f"examples_{name}")),
            environment=_others(name, stack),
            own={door: _leads_to(platform, server) for door, server in farm.servers.items()},
            variables={
                **{f"vault_{platform}_password": PASSWORD for platform in ("ras", "cvad", "fastx")},
                "vault_cvad_client_id": "emulated-client",
                "vault_cvad_client_secret": "emulated-secret",
                "vault_agent_password": "of-the-agent",
                "vault_license_password": "license-pass",
                "vault_license_key": "ABCD12-EFGH34-IJKL56-MNOP78",
            },
        )
        tasks = {door: json.loads(MADE_UP.sub("0", json.dumps(tasks))) for door, tasks in pair.tasks.items()}
        yield suite, dataclasses.replace(pair, tasks=tasks)


def test_both_doors_agree(played: tuple[Suite, Pair]) -> None:
    _suite, pair = played
    pair.assert_alike()


@pytest.mark.parametrize("door", DOORS)
def test_examples_work(door: str, played: tuple[Suite, Pair]) -> None:
    suite, pair = played
    run = pair.through(door)
    names = [task.name for task in run]
    places = [names.index(_heading(plugin)) for plugin in suite.plugins]
    failed, idle = [], []
    for plugin, first, end in zip(suite.plugins, places, [*places[1:], None], strict=True):
        mine = run.tasks[first + 1 : end]
        assert len(mine) >= FEWEST
        failed += [(plugin, task.name, task.message) for task in mine if task.failed]
        # Something did run: not all of it was skipped.
        actions = [task.action for task in mine if task.outcome == "ok"]
        if not any(plugin in action or plugin in suite.lookups for action in actions):
            idle.append(plugin)
    assert (failed, idle) == ([], [])


@pytest.mark.parametrize(("suite", "plugin"), PLUGINS)
def test_every_plugin_has_examples_of_its_own(suite: str, plugin: str) -> None:
    tasks = examples(plugin)
    if plugin in SUITES[suite].lookups:
        assert all(f"deskops.vdi.{plugin}'" in json.dumps(task) for task in tasks)
    else:
        assert plugin in modules_of(tasks)
    assert len(tasks) >= FEWEST
    assert all(task.get("name") for task in tasks)


def test_no_plugin_is_left_out() -> None:
    there = {path.stem for folder in (MODULES, LOOKUPS) for path in folder.glob("*.py")}
    assert sorted(plugin for _suite, plugin in PLUGINS) == sorted(there - {"__init__"})


def test_examples_close_their_sessions(played: tuple[Suite, Pair]) -> None:
    _suite, pair = played
    for server in pair.servers.values():
        # Only RAS knows sessions of its API.
        assert server.state().get("admin_sessions", 0) == 0

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the door keeps from a module that is in the groups of several platforms: the defaults of the other ones."""

from __future__ import annotations

import types
from typing import Any

import pytest
from ansible.template import Templar, trust_as_template

from ansible_collections.deskops.vdi.plugins.action import api_request, ras_site_info

RAS = {"url": "https://ras.example.test", "auth_token": "token-of-ras", "timeout": 5}
CVAD = {"url": "https://ddc.example.test", "auth_token": "token-of-cvad", "timeout": 5}
GROUPS = {"group/deskops.vdi.ras": RAS, "group/deskops.vdi.cvad": CVAD}
# As Ansible mixes the defaults of all groups that a module is in: the last one wins.
MIXED = {**RAS, **CVAD}


def completed(
    args: dict[str, Any],
    *defaults: dict[str, Any],
    environment: Any = None,
    written: dict[str, Any] | None = None,
    module: Any = api_request,
) -> dict[str, Any]:
    """args: the options with the defaults mixed in; written: those that stand in the task."""
    action = module.ActionModule.__new__(module.ActionModule)
    action._task = types.SimpleNamespace(
        module_defaults=list(defaults),
        action="deskops.vdi.api_request",
        collections=[],
        get_ds=lambda: {"deskops.vdi.api_request": written or {}},
    )
    action._templar = Templar(variables={"token": "token-of-ras"})
    return action._completed(args, environment or {})


@pytest.mark.parametrize(("platform", "own"), [("ras", RAS), ("cvad", CVAD)])
def test_each_platform_gets_the_defaults_of_its_own_group(platform: str, own: dict[str, Any]) -> None:
    args = {**MIXED, "platform": platform, "path": "/x"}
    assert completed(args, GROUPS) == {**own, "platform": platform, "path": "/x"}


def test_ras_is_meant_where_no_platform_is_named() -> None:
    assert completed({**MIXED, "path": "/x"}, GROUPS) == {**RAS, "path": "/x"}


def test_a_platform_without_defaults_gets_none() -> None:
    assert completed({**MIXED, "platform": "fastx", "path": "/x"}, GROUPS) == {"platform": "fastx", "path": "/x"}


def test_the_module_own_defaults_stay_and_go_before_those_of_the_group() -> None:
    own = {"deskops.vdi.api_request": {"auth_token": "token-of-cvad", "retries": 0}}
    args = {**MIXED, "retries": 0, "platform": "ras", "path": "/x"}
    assert completed(args, {**GROUPS, **own}) == {
        "url": RAS["url"],
        "auth_token": "token-of-cvad",
        "timeout": 5,
        "retries": 0,
        "platform": "ras",
        "path": "/x",
    }


def test_what_the_task_names_stays() -> None:
    args = {**MIXED, "url": "https://other.example.test", "platform": "ras", "path": "/x"}
    assert completed(args, GROUPS)["url"] == "https://other.example.test"


def test_what_the_task_writes_stays_also_where_a_foreign_default_is_the_same() -> None:
    """Both say so by chance; the certificate of the RAS server would else be checked against the system's store."""
    args = {**MIXED, "platform": "ras", "path": "/x"}
    assert completed(args, {"group/deskops.vdi.cvad": CVAD}, written={"timeout": 5})["timeout"] == 5
    assert "timeout" not in completed(args, {"group/deskops.vdi.cvad": CVAD})


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ({"auth_token": "t"}, ["auth_token"]),
        ({"password": "p"}, ["password"]),
        # All from defaults: the token goes first.
        ({}, ["auth_token"]),
        # Both in the task: the validation refuses them.
        ({"auth_token": "t", "password": "p"}, ["auth_token", "password"]),
    ],
)
def test_token_and_password_exclude_each_other_only_where_both_are_written(
    written: dict[str, Any], kept: list[str]
) -> None:
    args = {"url": "https://ras.example.test", "username": "u", "auth_token": "t", "password": "p"}
    found = completed(args, written=written, module=ras_site_info)
    assert [name for name in ("auth_token", "password") if name in found] == kept


def test_defaults_nearer_to_the_task_win() -> None:
    nearer = {"group/deskops.vdi.ras": {"auth_token": "token-of-the-block"}}
    args = {**MIXED, "platform": "ras", "path": "/x"}
    assert completed(args, GROUPS, nearer)["auth_token"] == "token-of-the-block"


def test_defaults_may_be_templates() -> None:
    defaults = {"group/deskops.vdi.ras": {"auth_token": trust_as_template("{{ token }}")}}
    args = {"auth_token": "token-of-ras", "platform": "cvad", "path": "/x"}
    assert "auth_token" not in completed(args, defaults)


def test_the_environment_is_that_of_the_platform() -> None:
    environment = {"RAS_AUTH_TOKEN": "r", "CVAD_AUTH_TOKEN": "c", "CVAD_URL": CVAD["url"], "RAS_URL": RAS["url"]}
    assert completed({"platform": "cvad", "path": "/x"}, environment=environment) == {
        "platform": "cvad",
        "path": "/x",
        "url": CVAD["url"],
        "auth_token": "c",
    }

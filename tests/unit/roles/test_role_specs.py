# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The roles' argument specs, and whether the roles do what these promise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from tools.role_specs import (
    COLLECTION,
    ROLES,
    Items,
    Module,
    connection_options,
    load_modules,
    role_folder,
    spec_file,
    stale,
)
from tools.role_specs import _moved as moved

ITEMS = [
    (role, name, variable)
    for role, entry in ROLES.items()
    for name, variable in entry.variables.items()
    if isinstance(variable, Items)
]

# An audit of nothing is a slip, and so is a licence of nobody; a farm without gateways or servers to set up is not.
REQUIRED = {
    "ras_licensing": ["ras_licensing_license_email", "ras_licensing_license_password"],
    "session_audit": ["session_audit_sources"],
}


def options_of(role: str) -> dict[str, Any]:
    """The options in a role's argument spec."""
    loaded = yaml.safe_load(spec_file(role).read_text("utf-8"))
    return dict(loaded["argument_specs"]["main"]["options"])


def nested(options: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """All options at any depth."""
    for name, option in options.items():
        yield name, option
        yield from nested(option.get("options", {}))


def tasks_of(tasks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """All tasks, those in blocks too."""
    for task in tasks:
        yield task
        for part in ("block", "rescue", "always"):
            yield from tasks_of(task.get(part, []))


def complaints(role: str, variables: dict[str, Any]) -> list[str]:
    """What Ansible says when the role is called with these variables."""
    return list(ArgumentSpecValidator(options_of(role)).validate(variables).error_messages)


def test_specs_are_up_to_date() -> None:
    assert stale() == {}, "run: PYTHONPATH=tests python -m tools.role_specs"


def test_every_role_has_a_spec() -> None:
    assert {folder.name for folder in role_folder("x").parent.iterdir() if folder.is_dir()} == set(ROLES)


@pytest.mark.parametrize("role", ROLES)
def test_defaults_and_spec_name_the_same_variables(role: str) -> None:
    defaults = yaml.safe_load((role_folder(role) / "defaults" / "main.yml").read_text("utf-8"))
    options = options_of(role)
    assert {name: options[name]["default"] for name in defaults} == defaults
    assert [name for name, option in options.items() if option.get("required")] == REQUIRED.get(role, [])


@pytest.mark.parametrize("role", ROLES)
def test_secrets_are_marked(role: str) -> None:
    # By the end of the name: the address where a token is fetched is no secret.
    names = "(password|token|secret|pseudonym_key)$"
    secrets = [(name, option) for name, option in nested(options_of(role)) if re.search(names, name)]
    assert secrets
    assert not [name for name, option in secrets if option.get("no_log") is not True]


@pytest.mark.parametrize(("role", "name", "variable"), ITEMS)
def test_items_take_and_pass_on_every_option(role: str, name: str, variable: Items) -> None:
    module = load_modules()[variable.module]
    wanted = set(module.spec) - set(connection_options(module))
    assert set(options_of(role)[name]["options"]) == wanted
    tasks = yaml.safe_load((role_folder(role) / "tasks" / "main.yml").read_text("utf-8"))
    full = f"{COLLECTION}.{variable.module}"
    (task,) = (task for task in tasks_of(tasks) if full in task)
    # The whole item; what names it stands in the task besides, for whoever reads or lints it.
    assert task["module_defaults"] == {full: f"{{{{ {role}_options }}}}"}
    assert task["vars"] == {f"{role}_item": f"{{{{ {name}[item] }}}}"}
    (key,) = task[full]
    assert task[full][key] == f"{{{{ {role}_item.{key} | default(omit) }}}}"


@pytest.mark.parametrize("role", ROLES)
def test_example_of_the_readme_is_valid(role: str) -> None:
    text = (role_folder(role) / "README.md").read_text("utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    (called,) = yaml.safe_load(example)[0]["roles"]
    assert called["role"] == f"{COLLECTION}.{role}"
    assert complaints(role, called["vars"]) == []


@pytest.mark.parametrize(
    ("item", "named"),
    [
        ({"server": "gw", "hsts_maxage": 24}, "hsts_maxage"),
        ({"server": "gw", "ssl_port": "https"}, "ssl_port"),
        ({"server": "gw", "state": "gone"}, "state"),
        ({"enabled": True}, "server"),
        ({"server": "gw", "agent_username": "installer"}, "agent_password"),
        ({"server": "gw", "password": "of the connection"}, "password"),
    ],
)
def test_slips_in_an_item_are_found(item: dict[str, Any], named: str) -> None:
    (complaint,) = complaints("ras_basic_setup", {"ras_basic_setup_gateways": [item]})
    assert named in complaint


def test_null_and_texts_for_numbers_pass() -> None:
    item = {"server": "gw", "ssl_port": "8443", "description": None, "mac_allow_only": ["00-11-22-33-44-55"]}
    assert complaints("ras_basic_setup", {"ras_basic_setup_gateways": [item], "ras_basic_setup_site": 1}) == []


def test_token_and_password_exclude_each_other() -> None:
    (complaint,) = complaints("ras_basic_setup", {"ras_basic_setup_connection": {"auth_token": "t", "password": "p"}})
    assert "mutually exclusive" in complaint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Only with O(port).", "Only with O(role_items[].port)."),
        ("If O(state=absent).", "If O(role_items[].state=absent)."),
        ("Logs on with O(password).", "Logs on with O(deskops.vdi.toy#module:password)."),
        ("See RV(toy.id).", "See RV(deskops.vdi.toy#module:toy.id)."),
        ("See M(deskops.vdi.toy) and V(O).", "See M(deskops.vdi.toy) and V(O)."),
        ("O(deskops.vdi.other#module:port)", "O(deskops.vdi.other#module:port)"),
    ],
)
def test_references_move_with_the_text(text: str, expected: str) -> None:
    assert moved(text, Module("toy", {}, {}, {}), "role_items[].", ["port", "state"]) == expected

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Module, action file and group lists agree, and no module is without a test."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
import yaml

from ansible_collections.deskops.vdi.plugins.module_utils._errors import VdiError
from ansible_collections.deskops.vdi.plugins.module_utils._task import ArgumentSpec
from ansible_collections.deskops.vdi.plugins.plugin_utils._door import VdiActionModule

ROOT = Path(__file__).resolve().parents[3]
RUNTIME = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
GROUPS = RUNTIME["action_groups"]
PREFIXES = ("ras", "cvad", "fastx")
# Redirects of modules that were renamed, or that have a second name: they have no file.
ALIASES = set((RUNTIME.get("plugin_routing") or {}).get("modules") or {})


def names(folder: str) -> list[str]:
    return sorted(path.stem for path in (ROOT / "plugins" / folder).glob("*.py") if path.stem != "__init__")


MODULES = names("modules")


def load(folder: str, name: str):
    return importlib.import_module(f"ansible_collections.deskops.vdi.plugins.{folder}.{name}")


def test_there_are_modules():
    assert "ras_gateway" in MODULES


def test_each_module_has_an_action_file_and_each_action_file_a_module():
    assert names("action") == MODULES


@pytest.mark.parametrize("name", MODULES)
def test_the_action_file_names_its_module(name):
    action = load("action", name).ActionModule
    assert issubclass(action, VdiActionModule)
    assert action.module.__name__ == load("modules", name).__name__


@pytest.mark.parametrize("name", MODULES)
def test_only_what_returns_a_token_is_kept_out_of_all_output(name):
    assert load("action", name).ActionModule.signs_in is name.endswith("_auth")


@pytest.mark.parametrize("name", MODULES)
def test_the_module_is_in_the_group_of_its_platform_and_no_other(name):
    """What asks several platforms in one task has no group: no group's token may reach another's server."""
    groups = {group for group, members in GROUPS.items() if name in members}
    platform = name.partition("_")[0]
    if name == "api_request":
        assert groups == set(load("modules", name).ARGUMENT_SPEC.options["platform"]["choices"])
    elif platform in PREFIXES:
        assert groups == {platform}
    else:
        assert groups == set()
        assert not {"auth_token", "password"} & set(load("modules", name).ARGUMENT_SPEC.options)


def test_api_request_serves_ras():
    assert "ras" in load("modules", "api_request").ARGUMENT_SPEC.options["platform"]["choices"]


def test_groups_list_modules_only():
    listed = {member for members in GROUPS.values() for member in members if isinstance(member, str)}
    assert listed <= set(MODULES) | ALIASES
    assert set(GROUPS) <= set(PREFIXES)


@pytest.mark.parametrize("group", GROUPS)
def test_groups_are_sorted_and_without_doubles(group):
    members = [member for member in GROUPS[group] if isinstance(member, str)]
    assert members == sorted(set(members))


@pytest.mark.parametrize("name", MODULES)
def test_the_module_has_what_the_doors_need(name):
    module = load("modules", name)
    assert isinstance(module.ARGUMENT_SPEC, ArgumentSpec)
    assert callable(module.run)
    assert callable(module.main)
    assert yaml.safe_load(module.DOCUMENTATION)["module"] == name


@pytest.mark.parametrize("name", MODULES)
def test_no_option_falls_back_to_a_variable(name):
    """env_fallback would hand one farm's token to another (design section 4)."""
    options = load("modules", name).ARGUMENT_SPEC.options
    assert all("fallback" not in option for option in options.values())


@pytest.mark.parametrize(
    "name", [name for name in MODULES if "auth_token" in load("modules", name).ARGUMENT_SPEC.options]
)
def test_token_and_password_exclude_each_other(name):
    spec = load("modules", name).ARGUMENT_SPEC
    assert any({"auth_token", "password"} <= set(together) for together in spec.mutually_exclusive or [])


@pytest.mark.parametrize("name", MODULES)
def test_the_module_is_named_in_the_unit_tests(name):
    here = Path(__file__)
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "unit").rglob("test_*.py") if path != here]
    assert any(name in text for text in texts)


def errors_of(kind: type) -> set[type]:
    return {kind}.union(*(errors_of(sub) for sub in kind.__subclasses__()))


def test_the_page_lists_the_kinds_of_failures():
    """All that a playbook may test for; of the bases that are never raised none has a kind of its own."""
    for name in MODULES:
        load("modules", name)
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", (ROOT / "docs" / "ras.md").read_text("utf-8"), re.MULTILINE)
    told = {kind for row in rows for kind in re.findall(r"`(\w+)`", row)}
    kinds = {error.kind for error in errors_of(VdiError)} - {"error"}
    assert kinds <= told, sorted(kinds - told)

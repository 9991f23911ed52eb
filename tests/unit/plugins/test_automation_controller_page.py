# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The credential types of docs/automation_controller.md: variables that are read, from fields that there are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml

from ansible_collections.deskops.vdi.plugins.module_utils._options import PLATFORMS

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "automation_controller.md").read_text(encoding="utf-8")
BLOCKS: list[Any] = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]
INPUTS = [block for block in BLOCKS if isinstance(block, dict) and "fields" in block]
INJECTORS = [block for block in BLOCKS if isinstance(block, dict) and "env" in block]
TYPES = dict(zip(PLATFORMS, zip(INPUTS, INJECTORS, strict=True), strict=True))


def injected(name: str, values: dict[str, Any]) -> dict[str, str]:
    """The variables of a job whose credential has these values; a controller takes the rest for empty."""
    _inputs, injectors = TYPES[name]
    files = {label.partition(".")[2]: f"/runner/{label}" for label in injectors["file"]}
    environment = jinja2.Environment(autoescape=False)
    return {
        variable: environment.from_string(template).render(tower={"filename": files}, **values)
        for variable, template in injectors["env"].items()
    }


@pytest.mark.parametrize("name", PLATFORMS)
def test_variables_are_those_of_the_platform(name: str) -> None:
    platform = PLATFORMS[name]
    assert set(TYPES[name][1]["env"]) <= {platform.variable(option.name) for option in platform.options}


@pytest.mark.parametrize("name", PLATFORMS)
def test_every_field_is_injected_and_every_injection_has_a_field(name: str) -> None:
    inputs, injectors = TYPES[name]
    used = " ".join([*injectors["env"].values(), *injectors["file"].values()])
    fields = {field["id"] for field in inputs["fields"]}
    words = set(re.findall(r"[a-z_]+", re.sub(r"'[^']*'|tower\.filename\.\w+", "", used))) - {"if", "else"}
    assert words == fields
    assert set(inputs["required"]) <= fields


@pytest.mark.parametrize("name", PLATFORMS)
def test_secrets_are_marked(name: str) -> None:
    secret = {option.name for option in PLATFORMS[name].options if option.secret}
    for field in TYPES[name][0]["fields"]:
        assert bool(field.get("secret")) is (field["id"] in secret)


@pytest.mark.parametrize("name", PLATFORMS)
def test_what_is_left_empty_leaves_the_defaults(name: str) -> None:
    platform = PLATFORMS[name]
    found = platform.resolve({}, injected(name, {"url": "https://one.example.test", "insecure": False}))
    assert found == {"url": "https://one.example.test"}


@pytest.mark.parametrize("name", PLATFORMS)
def test_authorities_and_the_check(name: str) -> None:
    platform = PLATFORMS[name]
    found = platform.resolve({}, injected(name, {"url": "https://one.example.test", "ca": "PEM", "insecure": True}))
    assert found["validate_certs"] == "false"
    assert found["ca_path"].startswith("/runner/template.")

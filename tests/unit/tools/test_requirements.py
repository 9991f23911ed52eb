# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the files promise about versions agrees."""

from __future__ import annotations

from pathlib import Path

import yaml

from tools.collection_tree import ROOT


def requirements(name: str) -> dict[str, str]:
    """The package and version part of each line of a requirements file."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith(("#", "-r"))]
    return {line.split(mark)[0]: line for line in wanted for mark in (">=", "==") if mark in line}


RUN_TIME = requirements("requirements.txt")
PROMISED = requirements("meta/ee-requirements.txt")
LOWEST = requirements("tests/requirements-lowest.txt")


def test_an_execution_environment_gets_what_the_collection_needs() -> None:
    """What modules need by the same lower bounds, and what event sources need; Ansible itself is never asked for."""
    assert sorted(RUN_TIME) == ["httpx", "pydantic"]
    assert PROMISED == {**RUN_TIME, "websockets": "websockets>=15.0"}


def test_the_lowest_versions_that_we_promise_are_those_we_test() -> None:
    """Bound and test must not drift apart."""
    assert {name: LOWEST[name].replace("==", ">=") for name in PROMISED} == PROMISED
    runtime = yaml.safe_load(Path(ROOT, "meta/runtime.yml").read_text(encoding="utf-8"))
    assert runtime["requires_ansible"] == LOWEST["ansible-core"].removeprefix("ansible-core").replace("==", ">=")

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/emulator.md names every operation, fault, option and control request, and no operation that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import emulator
from emulator import control, faults
from emulator.cli import parser
from emulator.engine import Engine
from emulator.ras.farm import FarmOptions
from emulator.ras.platform import RasPlatform

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "emulator.md").read_text(encoding="utf-8")
FOLDER = Path(emulator.__file__).parent / "ras"


def section(title):
    return re.split(r"^## ", TEXT.split(f"\n## {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def table(title):
    rows = [line.split("|")[1:-1] for line in section(title).splitlines() if line.startswith("| `")]
    return [[cell.strip().strip("`") for cell in row] for row in rows]


@pytest.mark.parametrize("family", ["legacy", "current"])
def test_operations(family):
    column = {"legacy": 2, "current": 3}[family]
    documented = set()
    for row in table("Operations"):
        path = row[2] if row[column] == "the same" else row[column]
        if path:
            documented.add((row[0], row[1], path, row[4]))
    platform = RasPlatform(FarmOptions(family=family, farm="empty"))
    assert documented == {(one.name, one.method, one.path, one.kind) for one in platform.operations}


def test_faults():
    assert {row[0] for row in table("Faults")} == set(faults.KINDS)
    for kind in faults.KINDS.values():
        for key in {*kind.required, *kind.defaults}:
            assert f"`{key}`" in section("Faults")


def test_options():
    options = {
        option for action in parser("ras")._actions for option in action.option_strings if option.startswith("--")
    }
    assert options - {"--help"} == set(re.findall(r"`(--[a-z-]+)", section("Run it")))


def test_control_requests():
    engine = Engine(RasPlatform(FarmOptions(farm="empty")))
    routes = control.control_application(engine).routes
    expected = {f"{method} {route.path.rpartition('/')[2]}" for route in routes for method in route.methods - {"HEAD"}}
    assert {row[0] for row in table("Control address") if row[0][:4] in ("GET ", "POST")} == expected


def test_state_keys():
    engine = Engine(RasPlatform(FarmOptions(farm="empty")))
    assert set(engine.state()) == {
        name.strip("` ")
        for row in table("Control address")
        for name in row[0].split(",")
        if name[:4] not in ("GET ", "POST")
    }


def test_assumptions_point_at_code_that_is_there():
    rows = [line.split("|")[1:-1] for line in section("Assumptions").splitlines() if line.startswith("| ")][2:]
    assert len(rows) > 80
    for _what, _why, where in rows:
        names = re.findall(r"`([^`]+)`", where)
        files = [FOLDER / name for name in names if name.endswith(".py")]
        assert files, where
        text = "".join(file.read_text(encoding="utf-8") for file in files)
        for name in names:
            assert name.endswith(".py") or name in text, where


def test_ready_line():
    for name in RasPlatform(FarmOptions(farm="empty")).ready:
        assert f"`{name}`" in section("Run it")


def test_control_kinds():
    platform = RasPlatform(FarmOptions(farm="empty"))
    for kind in platform._farm.collections:
        assert f"`{kind}`" in section("Control address")

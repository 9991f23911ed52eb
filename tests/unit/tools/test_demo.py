# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which playbook `make demo` shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.demo import DemoError, full_name, names

WORKFLOWS = ("basic_sample", "rds_sample", "publishing_sample", "broker_gateway_sample", "licensing_sample")


@pytest.mark.parametrize("name", [*WORKFLOWS, "ras_maintenance"])
@pytest.mark.parametrize("prefix", ["", "deskops.vdi."])
def test_every_workflow_by_name(prefix: str, name: str) -> None:
    assert name in names()
    assert full_name(prefix + name) == f"deskops.vdi.{name}"


def test_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its whole path, since the play runs in another folder."""
    (tmp_path / "own.yml").write_text("[]", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert full_name("own.yml") == str((tmp_path / "own.yml").resolve())


def test_another_name_is_told_with_those_that_there_are() -> None:
    with pytest.raises(DemoError, match="no playbook 'nosuch'") as caught:
        full_name("nosuch")
    for name in WORKFLOWS:
        assert name in str(caught.value)

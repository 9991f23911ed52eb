# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real ansible-playbook against the stand-in servers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from integration.support.runner import Ansible

# The files that take longest: a process that took one of them last would leave the others with nothing to do.
LONGEST = ("examples", "maintenance", "publishing", "errors", "ladder", "brokers", "keywords", "playbooks")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest."""
    places = {f"test_{name}": place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


@pytest.fixture(scope="module")
def ansible(tmp_path_factory: pytest.TempPathFactory) -> Ansible:
    """ansible-playbook with an environment and a home of its own."""
    return Ansible(tmp_path_factory.mktemp("ansible"), _modules(tmp_path_factory))


def _modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the processes of one run of the tests share, and no other run."""
    base = tmp_path_factory.getbasetemp()
    # Each process of xdist has its base below the common one.
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "modules"
    folder.mkdir(exist_ok=True)
    return folder

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real ansible-playbook against the stand-in servers."""

from __future__ import annotations

import pytest

from integration.support.runner import Ansible


@pytest.fixture(scope="module")
def ansible(tmp_path_factory: pytest.TempPathFactory) -> Ansible:
    """ansible-playbook with an environment and a home of its own."""
    return Ansible(tmp_path_factory.mktemp("ansible"))

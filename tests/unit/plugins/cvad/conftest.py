# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A scripted controller for the tests of CVAD."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from unit.plugins.cvad.support import CvadScript


@pytest.fixture
def cvad() -> Iterator[CvadScript]:
    """A scripted controller; its missing calls fail the test at the end."""
    made = CvadScript()
    yield made
    made.verify()

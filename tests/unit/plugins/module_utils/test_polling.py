# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How often and how long somebody looks."""

from __future__ import annotations

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils._polling import looks


@pytest.mark.parametrize(
    ("limit", "at"),
    [
        (0, [0]),
        (1, [0, 1]),
        # The pauses grow, the last one goes on, and the last look is at the end of the limit.
        (12, [0, 1, 3, 7, 11, 12]),
        (5, [0, 1, 3, 5]),
    ],
)
def test_looks(limit, at):
    now = [0.0]

    def sleep(seconds):
        now[0] += seconds

    seen = [(now[0], left) for left in looks(limit, (1, 2, 4), sleep=sleep, clock=lambda: now[0])]
    assert seen == [(moment, limit - moment) for moment in at]

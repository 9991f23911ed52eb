# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looking again and again at what a server carries out by itself, with growing pauses and a limit."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence

# Seconds between two looks: quick at first, since most things take seconds. The last one goes on.
PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)


def looks(
    limit: float,
    pauses: Sequence[float] = PAUSES,
    *,
    sleep: Callable[[float], None] | None = None,
    clock: Callable[[], float] | None = None,
) -> Iterator[float]:
    """One turn for each look: at once, after each pause, and for the last time after limit seconds. Yields the seconds
    that are left. sleep, clock: replaced by tests."""
    sleep, clock = sleep or time.sleep, clock or time.monotonic
    end = clock() + limit
    for pause in itertools.chain(pauses, itertools.repeat(pauses[-1])):
        yield max(0.0, end - clock())
        left = end - clock()
        if left <= 0:
            return
        sleep(min(pause, left))

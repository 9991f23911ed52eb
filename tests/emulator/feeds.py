# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that do not end: a channel hands every message to whoever listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable


class Feed:
    """What one listener gets, in order; it ends when the listener leaves or the server hangs up."""

    def __init__(self, first: Iterable[str], closed: Callable[[Feed], None]) -> None:
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._closed = closed
        for message in first:
            self.put(message)

    def put(self, message: str) -> None:
        """Hand over one message."""
        self._queue.put_nowait(message)

    def end(self) -> None:
        """No more messages after those that wait."""
        self._queue.put_nowait(None)

    async def messages(self) -> AsyncIterator[str]:
        """The messages as they come."""
        try:
            while (message := await self._queue.get()) is not None:
                yield message
        finally:
            self.close()

    def close(self) -> None:
        """Nobody listens any more."""
        self._closed(self)


class Channel:
    """The listeners of one subject."""

    def __init__(self) -> None:
        self._feeds: set[Feed] = set()

    def __len__(self) -> int:
        return len(self._feeds)

    def open(self, first: Iterable[str] = ()) -> Feed:
        """A new listener, who gets ``first`` before anything else."""
        feed = Feed(first, self._feeds.discard)
        self._feeds.add(feed)
        return feed

    def publish(self, message: str) -> None:
        """Tell all listeners."""
        for feed in self._feeds:
            feed.put(message)

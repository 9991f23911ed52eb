# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What appears, changes and ends among sessions: told from two listings, or from a stream of messages beside them.

It knows no platform. Callers bring the listing, the stream and where events go; tests bring the clock too.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any, Protocol

from .._errors import (
    AuthenticationError,
    NotJsonError,
    RateLimitError,
    ServerFaultError,
    TimeLimitError,
    TransportError,
    UnexpectedAnswerError,
    VdiError,
)
from .record import SessionRecord, as_dict

FIRST_WAIT = 1.0  # seconds, doubled after each failure
LONGEST_WAIT = 60.0  # seconds; also how long a connection must have held for the waits to begin anew
# How long messages are gathered after a listing, so that those which were on their way meanwhile do not come after it.
SETTLE_SECONDS = 0.5
# Grows on its own between two listings and is no change.
_VOLATILE = frozenset({"idle_seconds"})
# A logon before this is the zero of some calendar, of a session that nobody has logged on to yet (assumed).
_FIRST_LOGON = "1971"

Event = dict[str, Any]
Put = Callable[[Event], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]
Log = Callable[[str], None]


@dataclasses.dataclass(frozen=True)
class Message:
    """What a stream tells of one session; record: None when it has ended."""

    id: str
    record: SessionRecord | None


class Tracker:
    """Knows the sessions told so far, and makes events of what differs.

    existing: whether sessions that the first listing finds are told as appeared; else they are only the ground.
    """

    def __init__(self, existing: bool = False):
        self._existing = existing
        self._begun = False
        self._known: dict[str, dict[str, Any]] = {}

    def read(self, records: Iterable[SessionRecord], meanwhile: Iterable[Message] = ()) -> list[Event]:
        """The events that follow from a listing.

        meanwhile: messages that came while it was read. Whether they are older or newer than it cannot be known, and
        later ones follow in any case: for their sessions they hold, and the listing for all others.
        """
        messages = list(meanwhile)
        spoken_of = {message.id for message in messages}
        listed = {record.id: record for record in records}
        begins = not self._begun
        self._begun = True
        # What is listed first is known, whatever the messages say of it.
        mine = listed if begins else {key: record for key, record in listed.items() if key not in spoken_of}
        events = [] if begins else self._ended(set(self._known) - set(listed) - spoken_of)
        for record in mine.values():
            events += self._seen(record)
        for message in messages:
            events += self.hear(message)
        if not begins:
            return events
        return [_event(session, "appeared") for session in self._known.values()] if self._existing else []

    def hear(self, message: Message) -> list[Event]:
        """The events, one or none, that follow from a message."""
        return self._ended({message.id}) if message.record is None else self._seen(message.record)

    def _seen(self, record: SessionRecord) -> list[Event]:
        session = as_dict(record)
        before = self._known.get(record.id)
        self._known[record.id] = session
        if before is None:
            return [_event(session, "appeared")]
        if _is_another(before, session):
            return [_event(before, "ended"), _event(session, "appeared")]
        return [] if _lasting(before) == _lasting(session) else [_event(session, "changed")]

    def _ended(self, ids: Iterable[str]) -> list[Event]:
        return [_event(self._known.pop(key), "ended") for key in sorted(ids) if key in self._known]


def _event(session: dict[str, Any], change: str) -> Event:
    return {"session": session, "change": change}


def _is_another(before: dict[str, Any], session: dict[str, Any]) -> bool:
    """Whether a session has the id of one that has ended, as hosts that number their sessions give it again.

    A user without a domain, or with another spelling of it, may be the same one.
    """
    users = [one["user"].casefold() for one in (before, session) if one["user"]]
    logons = [one["logon_time"] for one in (before, session) if (one["logon_time"] or "") >= _FIRST_LOGON]
    return any(len(set(known)) > 1 for known in (users, logons))


def _lasting(session: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in session.items() if name not in _VOLATILE}


class Backoff:
    """Waits that double up to a limit, each longer by up to a tenth, so that many clients do not come at once."""

    def __init__(self, jitter: Callable[[], float] = random.random):
        self._jitter = jitter
        self._failures = 0

    def reset(self) -> None:
        self._failures = 0

    def next(self) -> float:
        wait = min(FIRST_WAIT * 2.0**self._failures, LONGEST_WAIT)
        # Beyond the limit there is nothing left to double.
        if wait < LONGEST_WAIT:
            self._failures += 1
        return wait * (1 + 0.1 * self._jitter())


def passes(error: VdiError, begun: bool) -> bool:
    """Whether a failure is worth another try. begun: it has worked before, so that the options are not to blame."""
    if isinstance(error, (RateLimitError, ServerFaultError, TimeLimitError)):
        return True
    if isinstance(error, TransportError):
        return begun or error.passing
    return begun and isinstance(error, (NotJsonError, UnexpectedAnswerError))


async def poll(
    listing: Callable[[], Awaitable[list[SessionRecord]]],
    tracker: Tracker,
    put: Put,
    interval: float,
    *,
    log: Log,
    backoff: Backoff | None = None,
    sleep: Sleep = asyncio.sleep,
) -> None:
    """List again and again and put what differs; ends only by an error that does not pass, or when cancelled."""
    backoff = backoff or Backoff()
    begun = False
    while True:
        try:
            records = await listing()
        except VdiError as error:
            if not passes(error, begun):
                raise
            wait = backoff.next()
            log(f"{error} Next try in {wait:.0f} s.")
        else:
            begun = True
            backoff.reset()
            wait = interval
            for event in tracker.read(records):
                await put(event)
        await sleep(wait)


class Stream(Protocol):
    """Messages about sessions, and the listing beside them."""

    async def listing(self) -> list[SessionRecord] | None:
        """All sessions; None where no listing is known."""

    def open(self) -> contextlib.AbstractAsyncContextManager[AsyncIterator[Message]]:
        """Connect once. The messages end with the connection."""

    async def renew(self) -> bool:
        """After a refusal: prepare another sign-in; False when that cannot help."""


async def follow(
    stream: Stream,
    tracker: Tracker,
    put: Put,
    refresh: float,
    *,
    log: Log,
    backoff: Backoff | None = None,
    sleep: Sleep = asyncio.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Follow a stream for ever and put what differs; ends only by an error that does not pass, or when cancelled.

    After each connection the list is read again, and every refresh seconds, since streams do not surely tell of ends.
    """
    backoff = backoff or Backoff()
    begun = False

    def connected() -> None:
        nonlocal begun
        begun = True

    while True:
        since = clock()
        reason = "The stream ended."
        try:
            await _connection(stream, tracker, put, refresh, connected, sleep)
        except AuthenticationError as error:
            if not await stream.renew():
                raise
            reason = str(error)
        except VdiError as error:
            if not passes(error, begun):
                raise
            reason = str(error)
        if clock() - since > LONGEST_WAIT:
            backoff.reset()
        wait = backoff.next()
        log(f"{reason} Connecting again in {wait:.0f} s.")
        await sleep(wait)


async def _connection(
    stream: Stream, tracker: Tracker, put: Put, refresh: float, connected: Callable[[], None], sleep: Sleep
) -> None:
    """One connection, from its opening to its end."""
    # None is the end of the stream; what ended it comes out of the reader.
    inbox: asyncio.Queue[Message | None] = asyncio.Queue()
    async with stream.open() as messages:
        reader = asyncio.create_task(_gather(messages, inbox))
        try:
            while True:
                # The stream is open before the list is read: no change can fall between the two.
                records = await stream.listing()
                connected()
                if records is not None:
                    await sleep(SETTLE_SECONDS)
                    held, over = _drained(inbox)
                    for event in tracker.read(records, held):
                        await put(event)
                    if over:
                        break
                if not await _hear_for(None if records is None else refresh, inbox, tracker, put):
                    break
            await reader
        finally:
            reader.cancel()
            with contextlib.suppress(asyncio.CancelledError, VdiError):
                await reader


async def _gather(messages: AsyncIterator[Message], inbox: asyncio.Queue[Message | None]) -> None:
    try:
        async for message in messages:
            inbox.put_nowait(message)
    finally:
        inbox.put_nowait(None)


def _drained(inbox: asyncio.Queue[Message | None]) -> tuple[list[Message], bool]:
    """(the messages that wait, whether the stream has ended)"""
    held: list[Message] = []
    while not inbox.empty():
        message = inbox.get_nowait()
        if message is None:
            return held, True
        held.append(message)
    return held, False


async def _hear_for(seconds: float | None, inbox: asyncio.Queue[Message | None], tracker: Tracker, put: Put) -> bool:
    """Put what messages tell until the time is over (None: no limit); False when the stream has ended."""
    loop = asyncio.get_running_loop()
    end = None if seconds is None else loop.time() + seconds
    while True:
        left = None if end is None else end - loop.time()
        try:
            message = await asyncio.wait_for(inbox.get(), left)
        except TimeoutError:
            return True
        if message is None:
            return False
        for event in tracker.hear(message):
            await put(event)

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What appears, changes and ends: differences, waits, reconnection. Nothing here really waits."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors
from ansible_collections.deskops.vdi.plugins.module_utils._sessions.changes import (
    LONGEST_WAIT,
    SETTLE_SECONDS,
    Backoff,
    Message,
    Tracker,
    follow,
    passes,
    poll,
)
from ansible_collections.deskops.vdi.plugins.module_utils._sessions.record import SessionRecord


def one(session_id: str, state: str = "connected", **values: Any) -> SessionRecord:
    return SessionRecord("fastx", "Lab", session_id, state=state, **values)


def update(session_id: str, state: str = "connected") -> Message:
    return Message(session_id, one(session_id, state))


def told(events: Iterable[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(event["change"], event["session"]["id"], event["session"]["state"]) for event in events]


# Differences


def test_the_first_listing_is_the_ground_and_tells_nothing() -> None:
    assert Tracker().read([one("1")]) == []


def test_the_first_listing_is_told_where_it_is_asked_for() -> None:
    assert told(Tracker(existing=True).read([one("1"), one("2")])) == [
        ("appeared", "1", "connected"),
        ("appeared", "2", "connected"),
    ]


def test_the_difference_of_two_listings() -> None:
    tracker = Tracker()
    tracker.read([one("1"), one("2"), one("3")])
    events = tracker.read([one("1"), one("2", "disconnected"), one("4")])
    assert told(events) == [
        ("ended", "3", "connected"),
        ("changed", "2", "disconnected"),
        ("appeared", "4", "connected"),
    ]
    assert tracker.read([one("1"), one("2", "disconnected"), one("4")]) == []


def test_an_event_holds_the_whole_record_and_nothing_else() -> None:
    tracker = Tracker()
    tracker.read([])
    (event,) = tracker.read([one("1", user="anna")])
    assert set(event) == {"session", "change"}
    assert event["session"]["user"] == "anna"
    assert event["session"]["platform"] == "fastx"
    assert "raw" not in event["session"]


def test_growing_idle_time_is_no_change_and_any_other_field_is() -> None:
    tracker = Tracker()
    tracker.read([one("1", idle_seconds=5)])
    assert tracker.read([one("1", idle_seconds=65)]) == []
    assert told(tracker.read([one("1", idle_seconds=125, host="fx-02")])) == [("changed", "1", "connected")]


def test_an_ended_session_is_told_as_it_was_last_known_and_once() -> None:
    tracker = Tracker()
    tracker.read([one("1")])
    tracker.hear(update("1", "disconnected"))
    assert told(tracker.hear(Message("1", None))) == [("ended", "1", "disconnected")]
    assert tracker.hear(Message("1", None)) == []
    assert tracker.read([]) == []


def test_a_message_that_says_what_is_known_tells_nothing() -> None:
    tracker = Tracker()
    tracker.read([one("1")])
    assert tracker.hear(update("1")) == []
    assert told(tracker.hear(update("2"))) == [("appeared", "2", "connected")]


def test_a_session_that_comes_back_appears_again() -> None:
    tracker = Tracker()
    tracker.read([one("1")])
    tracker.read([])
    assert told(tracker.read([one("1")])) == [("appeared", "1", "connected")]


def test_a_number_that_another_session_has_now_is_told_as_an_end_and_a_beginning() -> None:
    """Hosts give the numbers of sessions again: the id of RAS is source, host and number."""
    tracker = Tracker()
    tracker.read([one("RDS/7/3", user="anna", logon_time="2026-01-31T08:15:00Z")])
    events = tracker.read([one("RDS/7/3", user="ben", logon_time="2026-01-31T09:15:00Z")])
    assert [(event["change"], event["session"]["user"]) for event in events] == [("ended", "anna"), ("appeared", "ben")]
    events = tracker.read([one("RDS/7/3", user="ben", logon_time="2026-01-31T10:15:00Z")])
    assert [(event["change"], event["session"]["logon_time"]) for event in events] == [
        ("ended", "2026-01-31T09:15:00Z"),
        ("appeared", "2026-01-31T10:15:00Z"),
    ]
    assert [event["change"] for event in tracker.read([])] == ["ended"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"user": None}, {"user": "anna"}),
        ({"user": "anna"}, {"user": "Anna", "domain": "CORP"}),
        ({"logon_time": None}, {"logon_time": "2026-01-31T08:15:00Z"}),
        ({"logon_time": "0001-01-01T00:00:00Z"}, {"logon_time": "2026-01-31T08:15:00Z"}),
        ({"user": "anna", "logon_time": "2026-01-31T08:15:00Z"}, {"user": "anna"}),
    ],
)
def test_what_is_not_known_of_a_session_makes_it_no_other(before: dict[str, Any], after: dict[str, Any]) -> None:
    tracker = Tracker()
    tracker.read([one("1", **before)])
    assert [event["change"] for event in tracker.read([one("1", **after)])] == ["changed"]


# A listing with messages that came while it was read


def test_a_snapshot_on_the_stream_is_no_news_at_the_beginning() -> None:
    """Whether the stream begins with all sessions is unknown."""
    assert Tracker().read([one("1"), one("2")], [update("1"), update("2")]) == []


def test_what_ends_or_begins_during_the_first_listing_belongs_to_the_ground() -> None:
    tracker = Tracker()
    assert tracker.read([one("1")], [Message("1", None), update("2", "disconnected")]) == []
    assert tracker.read([one("2", "disconnected")]) == []


def test_messages_go_before_a_listing_that_may_be_older() -> None:
    """The session ended after the list was made: it must not come back to life and end twice."""
    tracker = Tracker()
    tracker.read([one("1"), one("2")])
    assert told(tracker.read([one("1"), one("2")], [Message("2", None)])) == [("ended", "2", "connected")]
    assert tracker.read([one("1")]) == []


def test_messages_go_before_a_listing_that_may_be_newer() -> None:
    """Two changes during the reading, both on the stream: each is told once, in their order."""
    tracker = Tracker()
    tracker.read([one("1")])
    events = tracker.read([one("1")], [update("1", "disconnected"), update("1", "connected")])
    assert told(events) == [("changed", "1", "disconnected"), ("changed", "1", "connected")]


def test_a_session_that_began_after_the_list_was_made_is_told_once() -> None:
    tracker = Tracker()
    tracker.read([])
    assert told(tracker.read([], [update("1")])) == [("appeared", "1", "connected")]
    assert tracker.read([one("1")]) == []


# Waits


def test_waits_double_up_to_a_minute() -> None:
    backoff = Backoff(jitter=lambda: 0.0)
    assert [backoff.next() for _turn in range(9)] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    backoff.reset()
    assert backoff.next() == 1


def test_waits_are_spread_by_a_tenth() -> None:
    assert Backoff(jitter=lambda: 1.0).next() == pytest.approx(1.1)


@pytest.mark.parametrize(
    ("error", "at_first", "later"),
    [
        (errors.UnreachableError("x", passing=True), True, True),
        (errors.UnreachableError("unknown host"), False, True),
        (errors.TimeLimitError("x"), True, True),
        (errors.TlsError("x"), False, True),
        (errors.RateLimitError("x"), True, True),
        (errors.ServerFaultError("x"), True, True),
        (errors.NotJsonError("x"), False, True),
        (errors.AuthenticationError("x"), False, False),
        (errors.PermissionDeniedError("x"), False, False),
        (errors.NotFoundError("x"), False, False),
        (errors.BadInputError("x"), False, False),
        (errors.MissingLibraryError("x"), False, False),
    ],
)
def test_only_what_passes_by_itself_is_tried_again(error: errors.VdiError, at_first: bool, later: bool) -> None:
    assert (passes(error, begun=False), passes(error, begun=True)) == (at_first, later)


# Running: fakes for what blocks, waits or is far away


class EndOfTestError(Exception):
    """Ends a run that would go on for ever."""


class Run:
    """Where events and log lines go, and a sleep that counts instead of waiting; on_sleep may act."""

    def __init__(self, on_sleep: Callable[[float], Any] = lambda seconds: None) -> None:
        self.events: list[dict[str, Any]] = []
        self.logged: list[str] = []
        self.waits: list[float] = []
        self._on_sleep = on_sleep

    async def put(self, event: dict[str, Any]) -> None:
        self.events.append(event)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        # Lets the reader of the stream take its turn, as a real sleep does.
        for _turn in range(5):
            await asyncio.sleep(0)
        self._on_sleep(seconds)

    def poll(self, listing: Callable[[], Awaitable[list[SessionRecord]]], interval: float = 30) -> None:
        backoff = Backoff(jitter=lambda: 0.0)
        work = poll(listing, Tracker(), self.put, interval, log=self.logged.append, backoff=backoff, sleep=self.sleep)
        asyncio.run(work)

    def follow(self, stream: Any, refresh: float = 1000, clock: Callable[[], float] = lambda: 0.0) -> None:
        asyncio.run(
            follow(
                stream,
                Tracker(),
                self.put,
                refresh,
                log=self.logged.append,
                backoff=Backoff(jitter=lambda: 0.0),
                sleep=self.sleep,
                clock=clock,
            )
        )


def scripted(answers: list[Any]) -> Callable[[], Awaitable[Any]]:
    """A listing that gives these answers in turn, errors among them; then EndOfTestError."""
    left = list(answers)

    async def listing() -> Any:
        if not left:
            raise EndOfTestError
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return listing


def test_polling_tells_differences_and_waits_between() -> None:
    run = Run()
    with pytest.raises(EndOfTestError):
        run.poll(scripted([[one("1")], [one("1"), one("2")], []]))
    assert told(run.events) == [
        ("appeared", "2", "connected"),
        ("ended", "1", "connected"),
        ("ended", "2", "connected"),
    ]
    assert run.waits == [30, 30, 30]


def test_a_failed_listing_ends_nothing_and_is_tried_again_with_growing_waits() -> None:
    run = Run()
    lost = errors.UnreachableError("gone.", passing=True)
    with pytest.raises(EndOfTestError):
        run.poll(scripted([[one("1")], lost, lost, [one("1")], lost]))
    assert run.events == []
    assert run.waits == [30, 1, 2, 30, 1]
    assert run.logged[0] == "gone. Next try in 1 s."


@pytest.mark.parametrize("before", [[], [[one("1")]]])
def test_polling_ends_by_an_error_that_does_not_pass(before: list[Any]) -> None:
    run = Run()
    with pytest.raises(errors.AuthenticationError):
        run.poll(scripted([*before, errors.AuthenticationError("no")]))
    assert run.logged == []


class Stream:
    """A stream of several connections. Each is a list of messages, errors and (last) ...: it stays open."""

    def __init__(self, connections: list[list[Any]], listings: list[Any], renewals: int = 0) -> None:
        self._connections = list(connections)
        self.listing = scripted(listings)
        self._renewals = renewals
        self.open_now = 0
        self.order: list[str] = []

    async def renew(self) -> bool:
        self._renewals -= 1
        return self._renewals >= 0

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[AsyncIterator[Message]]:
        if not self._connections:
            raise EndOfTestError
        messages = self._connections.pop(0)
        if messages and isinstance(messages[0], Exception):
            raise messages[0]
        self.open_now += 1
        try:
            yield self._messages(messages)
        finally:
            self.open_now -= 1

    async def _messages(self, messages: list[Any]) -> AsyncIterator[Message]:
        for message in messages:
            if isinstance(message, Exception):
                raise message
            if message is ...:
                await asyncio.Event().wait()
            yield message


def test_after_a_lost_connection_nothing_is_lost_and_nothing_told_twice() -> None:
    """While the connection is down 1 changes, 2 ends and 3 begins; 4 begins on the new stream and in the new list."""
    lost = errors.UnreachableError("lost.", passing=True)
    stream = Stream(
        [[update("2", "disconnected"), lost], [update("4")]],
        [
            [one("1"), one("2", "disconnected")],
            [one("1", "disconnected"), one("3"), one("4")],
        ],
    )
    run = Run()
    with pytest.raises(EndOfTestError):
        run.follow(stream)
    assert sorted(told(run.events)) == [
        ("appeared", "3", "connected"),
        ("appeared", "4", "connected"),
        ("changed", "1", "disconnected"),
        ("ended", "2", "disconnected"),
    ]
    assert stream.open_now == 0


def test_a_stream_that_cannot_be_opened_is_tried_again_with_growing_waits() -> None:
    refused = errors.UnreachableError("refused.", passing=True)
    run = Run()
    with pytest.raises(EndOfTestError):
        run.follow(Stream([[refused], [refused], [refused]], []))
    assert run.waits == [1, 2, 4]
    assert run.logged[2] == "refused. Connecting again in 4 s."


def test_waits_begin_anew_after_a_connection_that_has_held() -> None:
    moments = iter([0, 1, 1, 2, 2, 2 + LONGEST_WAIT + 1, 100, 101, 102])
    run = Run()
    with pytest.raises(EndOfTestError):
        run.follow(Stream([[], [], [], []], [[], [], [], []]), clock=lambda: float(next(moments)))
    assert [wait for wait in run.waits if wait != SETTLE_SECONDS] == [1, 2, 1, 2]


def test_a_connection_that_ends_at_once_does_not_begin_the_waits_anew() -> None:
    run = Run()
    with pytest.raises(EndOfTestError):
        run.follow(Stream([[], [], []], [[], [], []]))
    assert [wait for wait in run.waits if wait != SETTLE_SECONDS] == [1, 2, 4]


def test_a_lapsed_token_is_renewed_and_the_stream_goes_on() -> None:
    refused = errors.AuthenticationError("lapsed.")
    stream = Stream([[refused], [update("1")]], [[one("1")]], renewals=1)
    run = Run()
    with pytest.raises(EndOfTestError):
        run.follow(stream)
    assert run.logged[0].startswith("lapsed.")


def test_a_refusal_that_no_sign_in_can_mend_ends_the_source() -> None:
    with pytest.raises(errors.AuthenticationError):
        Run().follow(Stream([[errors.AuthenticationError("no")]], []))


def test_a_wrong_address_ends_the_source_at_the_beginning() -> None:
    with pytest.raises(errors.NotFoundError):
        Run().follow(Stream([[errors.NotFoundError("no such path")]], []))


def test_a_failed_listing_closes_the_connection_and_is_tried_again() -> None:
    lost = errors.ServerFaultError("oops.")
    stream = Stream([[...], []], [lost, [one("1")]])
    run = Run()
    with pytest.raises(EndOfTestError):
        run.follow(stream)
    assert run.logged[0].startswith("oops.")
    assert stream.open_now == 0


def test_the_list_is_read_again_while_the_stream_stands() -> None:
    """An end that the stream does not tell is found by then."""
    run = Run()
    with pytest.raises(EndOfTestError):
        run.follow(Stream([[...]], [[one("1")], []]), refresh=0.001)
    assert told(run.events) == [("ended", "1", "connected")]


def test_without_a_list_the_stream_alone_tells() -> None:
    run = Run()
    with pytest.raises(EndOfTestError):
        run.follow(Stream([[update("1"), Message("1", None)], [update("2")]], [None, None]))
    assert told(run.events) == [
        ("appeared", "1", "connected"),
        ("ended", "1", "connected"),
        ("appeared", "2", "connected"),
    ]
    assert SETTLE_SECONDS not in run.waits


def test_cancelling_closes_the_stream() -> None:
    stream = Stream([[update("1"), ...]], [[], []])
    run = Run()

    async def scenario() -> None:
        task = asyncio.create_task(follow(stream, Tracker(), run.put, 1000, log=run.logged.append, sleep=run.sleep))
        while not stream.open_now:
            await asyncio.sleep(0)
        for _turn in range(50):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        others = asyncio.all_tasks() - {asyncio.current_task()}
        assert not others

    asyncio.run(scenario())
    assert stream.open_now == 0
    assert run.logged == []

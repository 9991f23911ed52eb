# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The session record of each platform. Expectations: the seeds' field lists and the notes beside them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from ansible_collections.deskops.vdi.plugins.module_utils._cvad import sessions as cvad_sessions
from ansible_collections.deskops.vdi.plugins.module_utils._fastx.records import session_record
from ansible_collections.deskops.vdi.plugins.module_utils._ras import enums
from ansible_collections.deskops.vdi.plugins.module_utils._ras.client import ras_client
from ansible_collections.deskops.vdi.plugins.module_utils._ras.records import NEEDED, session_pages
from ansible_collections.deskops.vdi.plugins.module_utils._sessions.record import (
    FIELDS,
    KINDS,
    STATES,
    SessionRecord,
    as_dict,
    epoch_text,
    mend_texts,
    read_time,
    split_user,
    utc_text,
)
from ansible_collections.deskops.vdi.plugins.module_utils._task import Task
from unit.support.script import URL
from unit.support.tasks import BY_TOKEN, facts

# One value of the documented type for every documented field (seed 000).
DOCUMENTED = facts("ras_session_record")
SESSION: dict[str, Any] = {
    **{api: {"integer": 5, "string": "", "array": []}.get(kind, 0) for api, kind in DOCUMENTED.items()},
    "sessionID": 3,
    "serverID": 7,
    "sessionHostId": "7",
    "sessionHostName": "rds-07.example.test",
    "source": 1,
    "user": "EXAMPLE\\anna",
    "poolName": "Office",
    "deviceName": "PC-1",
    "clientIPAddress": "10.20.0.1",
    "protocol": 2,
    "logonTime": "2026-01-31T08:15:00Z",
}


def ras_records(*sessions: dict[str, Any], raw: bool = False) -> Iterator[SessionRecord]:
    """The records of what a server of the current generation lists."""
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json=list(sessions)))
    params = {**BY_TOKEN, "api_family": "current", "url": URL}
    task = Task(params=params, given=params, transport=transport)
    with ras_client(task) as client:
        for page in session_pages(client, params, "Oslo", raw):
            yield from page


def ras_record(**changes: Any) -> SessionRecord:
    (record,) = ras_records({**SESSION, **changes})
    return record


def test_the_record_of_a_ras_session() -> None:
    assert as_dict(ras_record()) == {
        "platform": "ras",
        "farm": "Oslo",
        "id": "RDS/7/3",
        "user": "anna",
        "domain": "EXAMPLE",
        "state": "active",
        "platform_state": "Active",
        "kind": "desktop",
        "applications": [],
        "host": "rds-07.example.test",
        "pool": "Office",
        "client_name": "PC-1",
        "client_address": "10.20.0.1",
        "protocol": "RDP",
        "logon_time": "2026-01-31T08:15:00Z",
        "last_change": None,
        "idle_seconds": None,
        "connected_through": [],
    }


# The numbers are those of the RD Sessions page. Shadow, Listen, Reset and Down say nothing about a user at work.
@pytest.mark.parametrize(
    ("number", "state"),
    [
        (0, "active"),
        (1, "connected"),
        (2, "pending"),
        (3, "unknown"),
        (4, "disconnected"),
        (5, "idle"),
        (6, "unknown"),
        (7, "unknown"),
        (8, "unknown"),
        (9, "pending"),
        (4711, "unknown"),
    ],
)
def test_states_of_ras(number: int, state: str) -> None:
    record = ras_record(state=number)
    assert record.state == state
    assert record.platform_state == enums.SESSION_STATE.names.get(number, number)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (0, "desktop"),
        (1, "application"),
        (2, "application"),
        (3, "desktop"),
        (4, "application"),
        (5, "desktop"),
        (6, "application"),
        (7, None),
        (8, None),
        (9, "application"),
        (10, "desktop"),
        (4711, None),
    ],
)
def test_kinds_of_ras(number: int, kind: str | None) -> None:
    assert ras_record(type=number).kind == kind


def test_idle_time_is_told_from_its_start_alone() -> None:
    start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=2)
    idle = ras_record(idleStartTime=start.isoformat(), idleTime=99_999).idle_seconds
    assert idle is not None
    assert 7_200 <= idle < 7_260


@pytest.mark.parametrize("text", ["", None, "11/16/2020 2:01:04 PM", "2026-01-31T08:15:00", "1970-01-01T00:00:00Z", 5])
def test_idle_time_that_cannot_be_told_is_none(text: Any) -> None:
    assert ras_record(idleStartTime=text, idleTime=300).idle_seconds is None


def test_a_start_of_idle_time_in_the_future_is_no_idle_time() -> None:
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=5)
    assert ras_record(idleStartTime=later.isoformat()).idle_seconds == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31T09:15:00+01:00", "2026-01-31T08:15:00Z"),
        ("2026-01-31T08:15:00.123Z", "2026-01-31T08:15:00Z"),
        ("31.01.2026 08:15", "31.01.2026 08:15"),
        ("2026-01-31T08:15:00", "2026-01-31T08:15:00"),
        ("2026-13-31T08:15:00Z", "2026-13-31T08:15:00Z"),
        ("", None),
        (None, None),
    ],
)
def test_times_that_cannot_be_read_keep_their_text(text: Any, expected: str | None) -> None:
    assert ras_record(logonTime=text).logon_time == expected


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ("anna", ("anna", None)),
        ("anna@example.test", ("anna", "example.test")),
        ("EXAMPLE\\anna", ("anna", "EXAMPLE")),
        ("EXAMPLE\\anna@x", ("anna@x", "EXAMPLE")),
        ("", (None, None)),
        (None, (None, None)),
    ],
)
def test_users_of_ras(user: Any, expected: tuple[str | None, str | None]) -> None:
    record = ras_record(user=user)
    assert (record.user, record.domain) == expected


def test_ids_of_ras_differ_by_source_host_and_session() -> None:
    sessions = [
        {**SESSION, "source": source, "serverID": int(host), "sessionHostId": host, "sessionID": number}
        for source in (1, 2, 63)
        for host in ("7", "8")
        for number in (3, 4)
    ]
    assert len({record.id for record in ras_records(*sessions)}) == 12
    assert ras_record(sessionHostId="", serverID=9, source=63).id == "AVD/9/3"
    assert ras_record(sessionHostId="c0ffee", serverID=9, source=63).id == "AVD/c0ffee/3"


def test_ids_of_rds_sessions_have_the_number_that_actions_take() -> None:
    assert ras_record(sessionHostId="c0ffee", serverID=9, source=1).id == "RDS/9/3"
    assert ras_record(sessionHostId="c0ffee", serverID=None, source=1).id == "RDS/c0ffee/3"


@pytest.mark.parametrize(
    ("hops", "expected"),
    [
        (5, []),
        ("x", []),
        ([5, {"type": 2, "ip": "10.0.0.1"}], ["Gateway 10.0.0.1"]),
        ([{"type": 2, "ip": "10.0.0.1", "more": ["newer"]}], ["Gateway 10.0.0.1 ['newer']"]),
    ],
)
def test_odd_gateways_of_ras_are_no_failure(hops: Any, expected: list[str]) -> None:
    assert ras_record(rfiInfoList=hops).connected_through == expected


def test_gateways_of_ras() -> None:
    hops = [{"type": 2, "ip": "10.0.0.1"}, {"type": 2, "ip": ""}]
    assert ras_record(rfiInfoList=hops).connected_through == ["Gateway 10.0.0.1", "Gateway"]
    assert ras_record(rfiInfoList=None).connected_through == []


def test_what_a_server_leaves_out_is_none() -> None:
    (record,) = ras_records({"sessionID": 3})
    told = {name: value for name, value in as_dict(record).items() if value not in (None, [])}
    assert told == {"platform": "ras", "farm": "Oslo", "id": "None/None/3", "state": "unknown"}


def test_the_platforms_record_is_kept_on_request() -> None:
    (record,) = ras_records(SESSION, raw=True)
    assert record.raw is not None
    assert len(record.raw) == len(DOCUMENTED)
    assert set(NEEDED) <= set(record.raw)


def fastx_record(**members: Any) -> SessionRecord:
    return session_record({"id": "s1", "login": "anna", **members}, "Lab")


@pytest.mark.parametrize(
    ("clients", "state"),
    [(2, "connected"), (1, "connected"), ("1", "connected"), (0, "disconnected"), (None, "unknown"), ("?", "unknown")],
)
def test_states_of_fastx_are_told_from_the_clients(clients: Any, state: str) -> None:
    record = fastx_record(clients=clients)
    assert (record.state, record.platform_state) == (state, clients)


@pytest.mark.parametrize(
    ("members", "changed"),
    [
        ({"clients": 1}, "2026-01-31T09:00:00Z"),
        ({"clients": 0}, "2026-01-31T10:00:00Z"),
        ({"clients": 0, "lastDisconnect": None}, "2026-01-31T08:15:00Z"),
        ({"clients": 1, "lastConnect": 0}, "2026-01-31T08:15:00Z"),
        ({"clients": None}, None),
        ({"clients": 0, "lastDisconnect": "gestern"}, "gestern"),
    ],
)
def test_the_last_change_of_fastx_fits_the_state(members: dict[str, Any], changed: str | None) -> None:
    times = {"started": 1769847300, "lastConnect": 1769850000, "lastDisconnect": 1769853600000}
    assert fastx_record(**{**times, **members}).last_change == changed


def test_what_fastx_does_not_tell_is_none() -> None:
    record = fastx_record(clients=1, hostname="fx-01", windowMode="Rootless", command="xterm")
    assert (record.kind, record.applications, record.host) == ("application", ["xterm"], "fx-01")
    for name in ("idle_seconds", "pool", "client_name", "client_address", "protocol"):
        assert getattr(record, name) is None
    assert fastx_record(login=None).user is None


def cvad_record(**facts_: Any) -> SessionRecord:
    return cvad_sessions.record({"id": "c1", **facts_}, "Berlin")


@pytest.mark.parametrize(
    ("facts_", "expected"),
    [
        ({"start": "2026-01-31T09:15:00+01:00", "start_text": "1/31/2026 8:15:00 AM"}, "2026-01-31T08:15:00Z"),
        ({"start": None, "start_text": "1/31/2026 8:15:00 AM"}, "1/31/2026 8:15:00 AM"),
        ({"start": "soon", "start_text": "1/31/2026 8:15:00 AM"}, "soon"),
        ({}, None),
    ],
)
def test_times_of_cvad_come_from_the_formatted_ones(facts_: dict[str, Any], expected: str | None) -> None:
    assert cvad_record(**facts_).logon_time == expected


def test_an_anonymous_user_of_cvad_has_the_name_that_the_machine_reports() -> None:
    record = cvad_record(user_name=None, untrusted_user_name="SALES-01\\Anon001")
    assert (record.user, record.domain) == ("Anon001", "SALES-01")
    nobody = cvad_record()
    assert (nobody.user, nobody.domain, nobody.idle_seconds) == (None, None, None)


@pytest.mark.parametrize("state", ["Active", "Connected", "Disconnected", "Unknown", "Shadowed", None])
def test_states_of_cvad(state: str | None) -> None:
    record = cvad_record(state=state)
    expected = state.casefold() if state in ("Active", "Connected", "Disconnected") else "unknown"
    assert (record.state, record.platform_state) == (expected, state)


def test_records_keep_to_the_states_and_kinds_that_are_documented() -> None:
    ras = [ras_record(state=number) for number in (*enums.SESSION_STATE.names, 4711)]
    kinds = {ras_record(type=number).kind for number in (*enums.SESSION_TYPE.names, 4711)}
    assert {record.state for record in ras} <= set(STATES)
    assert kinds == {*KINDS, None}
    assert "raw" not in FIELDS


@pytest.mark.parametrize("value", ["2026-01-31", "08:15", "2026-01-31T08:15:00", "", "no time", 5, None, True])
def test_only_a_moment_with_its_zone_is_a_time(value: Any) -> None:
    assert read_time(value) is None


@pytest.mark.parametrize("value", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-08:00"])
def test_a_time_that_utc_has_not_keeps_its_text(value: str) -> None:
    """.NET writes its MinValue so, east of Greenwich."""
    assert read_time(value) is None
    assert utc_text(value) == value
    assert ras_record(logonTime=value, idleStartTime=value).logon_time == value


def test_the_first_and_the_last_year_are_written_with_four_digits() -> None:
    assert utc_text("0001-01-01T01:00:00+01:00") == "0001-01-01T00:00:00Z"
    assert utc_text("9999-12-31T23:59:59+00:00") == "9999-12-31T23:59:59Z"


@pytest.mark.parametrize("seconds", [1e13, float("nan"), float("inf"), 10**400])
def test_seconds_beyond_the_calendar_are_no_time(seconds: float) -> None:
    assert epoch_text(seconds) is None


def test_texts_that_are_none_are_mended() -> None:
    page = [SessionRecord("ras", "Oslo", "1", "anna"), SessionRecord("ras", "Oslo", "2", "ben")]
    odd: dict[str, Any] = {"host": {}, "pool": 5, "client_name": [], "protocol": True}
    for name, value in odd.items():
        setattr(page[1], name, value)
    mend_texts(page)
    assert page[0] == SessionRecord("ras", "Oslo", "1", "anna")
    assert page[1] == SessionRecord("ras", "Oslo", "2", "ben", pool="5")


@pytest.mark.parametrize(("user", "expected"), [(5, "5"), ({}, None), (["anna"], None), (True, None)])
def test_a_user_of_ras_that_is_no_text(user: Any, expected: str | None) -> None:
    assert ras_record(user=user).user == expected


def test_a_number_in_place_of_a_time_keeps_its_text() -> None:
    assert utc_text(5) == "5"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("\\anna", ("anna", None)), ("EXAMPLE\\", (None, "EXAMPLE")), ("anna@", ("anna", None)), ("@x", (None, "x"))],
)
def test_names_with_a_part_missing(name: str, expected: tuple[str | None, str | None]) -> None:
    assert split_user(name) == expected

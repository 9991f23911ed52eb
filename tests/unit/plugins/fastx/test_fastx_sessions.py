# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The session list. Expectations: seed 004; reference/fastx notes, "List semantics", "Session object"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors
from ansible_collections.deskops.vdi.plugins.module_utils._fastx import fields
from ansible_collections.deskops.vdi.plugins.module_utils._fastx.client import FastxClient
from ansible_collections.deskops.vdi.plugins.module_utils._fastx.records import session_pages
from ansible_collections.deskops.vdi.plugins.modules import fastx_auth, fastx_session_info
from unit.plugins.fastx.support import PASSWORD, SESSION, TOKEN, TOKEN_IN_PATH, URL, USERNAME, session
from unit.support.script import NO_BODY, Script
from unit.support.tasks import make_task, run

OWN = f"/api/list/{TOKEN_IN_PATH}"
ALL = f"/api/admin/session/{TOKEN_IN_PATH}"
BY_TOKEN = {"url": URL, "auth_token": TOKEN, "retries": 0}
ANNA, BEN, CORA = (
    session("1", login="anna", started=300, params={"project": "pump"}),
    session("2", login="ben", started=100, clients=0, lastDisconnect=200),
    session("3", login="cora", started=200, windowMode="rootless", command="xterm"),
)


class Repeated(dict[str, str]):
    """A query that has a parameter more than once."""

    def __init__(self, pairs: list[tuple[str, str]]):
        super().__init__(pairs)
        self.pairs = pairs

    def items(self) -> Any:
        return self.pairs


def listed(fastx: Script, sessions: list[dict[str, Any]], path: str = OWN, **expected: Any) -> None:
    fastx.on(expected.pop("method", "GET"), path, json={"result": sessions}, **expected)


def ids(result: dict[str, Any]) -> list[str]:
    return [row["id"] for row in result["sessions"]]


def ask(fastx: Script, **options: Any) -> dict[str, Any]:
    return run(fastx_session_info, fastx, {**BY_TOKEN, **options})


def test_every_member_of_the_documented_object_has_a_name_of_ours(fastx: Script) -> None:
    listed(fastx, [SESSION])
    (row,) = ask(fastx)["sessions"]
    assert row == {
        "id": "4c0f7f2e",
        "server_pid": 2201,
        "geometry": "1920x1080",
        "window_mode": "desktop",
        "started": "2026-01-31T08:15:00Z",
        "last_connect": "2026-01-31T08:16:00Z",
        "last_disconnect": None,
        "command": "startxfce4",
        "app_pid": 2204,
        "clients": 1,
        "params": {"project": "turbine"},
        "hostname": "fx-01.example.test",
        "login": "anna",
        "display": 10,
        "server_id": "srv-1",
        "cpu_percentage": 100,
        "video_ram": 131072,
        "sharing": True,
        "disconnect_timeout": 0,
        "state": "connected",
    }


def test_both_spellings_of_the_time_limit_and_unknown_members_are_kept(fastx: Script) -> None:
    listed(fastx, [{"id": "1", "disconnectTimeout": 60, "gpuCount": 2}])
    assert ask(fastx)["sessions"] == [{"id": "1", "disconnect_timeout": 60, "gpu_count": 2, "state": "unknown"}]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1769847300, "2026-01-31T08:15:00Z"),
        (1769847300.9, "2026-01-31T08:15:00Z"),
        (1769847300000, "2026-01-31T08:15:00Z"),
        ("1769847300", "2026-01-31T08:15:00Z"),
        ("1769847300000", "2026-01-31T08:15:00Z"),
        ("2026-01-31T09:15:00+01:00", "2026-01-31T08:15:00Z"),
        ("Sat Jan 31 2026", "Sat Jan 31 2026"),
        (0, None),
        (-1, None),
        (None, None),
        ("", None),
        (True, None),
        (1e300, "1e+300"),
        (float("nan"), "nan"),
        (10**400, str(10**400)),
        ({}, "{}"),
        ("0001-01-01T00:00:00+01:00", "0001-01-01T00:00:00+01:00"),
    ],
)
def test_times_may_be_seconds_milliseconds_or_text(value: Any, expected: str | None) -> None:
    assert fields.time_text(value) == expected


@pytest.mark.parametrize(
    ("raw", "state"),
    [
        ({"clients": 2}, "connected"),
        ({"clients": "1"}, "connected"),
        ({"clients": 0}, "disconnected"),
        ({"clients": None}, "unknown"),
        ({}, "unknown"),
        ({"clients": "many"}, "unknown"),
    ],
)
def test_the_state_is_told_from_the_clients(raw: dict[str, Any], state: str) -> None:
    assert fields.session_state(raw) == state


def test_the_parameters_of_a_get_are_those_of_the_page(fastx: Script, new_client: Callable[..., FastxClient]) -> None:
    query = {"sortBy": "started", "sortReverse": "true", "start": "1", "limit": "2", "filter": "login==anna,ben"}
    listed(fastx, [ANNA, BEN], query=query)
    answer = ask(fastx, sort_by="started", sort_reverse=True, start=1, limit=2, filters={"login": ["anna", "ben"]})
    assert ids(answer) == ["1", "2"]
    # The page wants the two equal signs encoded.
    assert b"filter=login%3D%3Danna" in fastx.calls[0].url.query


def test_several_filters_of_a_get_repeat_the_parameter(fastx: Script) -> None:
    listed(fastx, [], query=Repeated([("filter", "hostname==fx-01"), ("filter", "clients==0")]))
    assert ask(fastx, filters={"hostname": "fx-01", "clients": 0})["count"] == 0


@pytest.mark.parametrize(
    ("filters", "sent"),
    [
        ({"login": ["anna", "ben"]}, "login==anna,ben"),
        ({"window_mode": "desktop", "params_own": True}, ["windowMode==desktop", "params_own==true"]),
    ],
)
def test_a_post_has_the_parameters_in_its_body_and_only_reads(
    fastx: Script, filters: dict[str, Any], sent: Any
) -> None:
    listed(fastx, [], method="POST", body={"filter": sent}, headers={"Content-Type": "application/json"})
    task = make_task(fastx_session_info, fastx, {**BY_TOKEN, "method": "POST", "filters": filters}, check_mode=True)
    assert fastx_session_info.run(task)["count"] == 0


def test_a_post_is_repeated_as_the_read_that_it_is(fastx: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    fastx.on("POST", OWN, body={}, status=502, content="bad gateway")
    listed(fastx, [ANNA], method="POST", body={})
    assert ask(fastx, method="POST", retries=1)["count"] == 1


def test_what_a_server_lets_through_is_filtered_again(fastx: Script) -> None:
    """Comma is OR, several filters are AND, params count as well as members."""
    listed(fastx, [ANNA, BEN, CORA], query={"filter": "project==pump,turbine"})
    assert ids(ask(fastx, filters={"project": ["pump", "turbine"]})) == ["1", "2", "3"]
    listed(fastx, [ANNA, BEN, CORA], query={"filter": "project==pump"})
    assert ids(ask(fastx, filters={"project": "pump"})) == ["1"]
    listed(fastx, [ANNA, BEN, CORA], query={"filter": "clients==0"})
    assert ids(ask(fastx, filters={"clients": 0})) == ["2"]
    listed(fastx, [ANNA, BEN, CORA], query={"filter": "login==Anna"})
    assert ids(ask(fastx, filters={"login": "Anna"})) == []


def test_several_filters_must_all_hold(fastx: Script) -> None:
    listed(fastx, [ANNA, BEN, CORA], path=ALL)
    assert ids(ask(fastx, all_users=True, filters={"clients": 1, "window_mode": ["rootless", "x"]})) == ["3"]


def test_a_value_with_a_comma_is_filtered_here_with_start_and_limit_after_it(fastx: Script) -> None:
    """How such a value is written is unknown, so the server is not asked."""
    rows = [session(str(number), command="a,b" if number % 2 else "c") for number in range(6)]
    listed(fastx, rows, query={"sortBy": "id"})
    assert ids(ask(fastx, filters={"command": "a,b"}, start=1, limit=1)) == ["3"]


def test_the_list_of_all_users_is_filtered_here_with_start_and_limit_after_it(fastx: Script) -> None:
    listed(fastx, [ANNA, BEN, CORA, session("4", login="ben", started=50)], path=ALL, query={"sortBy": "started"})
    answer = ask(fastx, all_users=True, filters={"login": ["ben", "cora"]}, sort_by="started", start=1, limit=1)
    assert ids(answer) == ["2"]


def test_without_filters_the_server_pages_the_list_of_all_users(fastx: Script) -> None:
    listed(fastx, [BEN], path=ALL, query={"sortBy": "id", "start": "1", "limit": "1"})
    assert ids(ask(fastx, all_users=True, start=1, limit=1)) == ["2"]


def test_what_is_sorted_by_a_param_is_sorted_again_with_the_missing_last(fastx: Script) -> None:
    rows = [
        session("1", params={"project": "b"}),
        session("2", params={}),
        session("3", params={"project": "a"}),
    ]
    listed(fastx, rows, query={"sortBy": "project"})
    assert ids(ask(fastx, sort_by="project")) == ["3", "1", "2"]
    listed(fastx, rows, query={"sortBy": "project", "sortReverse": "true"})
    assert ids(ask(fastx, sort_by="project", sort_reverse=True)) == ["1", "3", "2"]


def test_numbers_of_any_size_are_sorted(fastx: Script) -> None:
    listed(fastx, [session("1", started=10**400), session("2", started=5)], query={"sortBy": "started"})
    assert ids(ask(fastx, sort_by="started")) == ["2", "1"]


def test_our_names_become_the_apis(fastx: Script) -> None:
    listed(fastx, [ANNA], query={"sortBy": "lastConnect", "filter": "serverId==srv-1"})
    assert ids(ask(fastx, sort_by="last_connect", filters={"server_id": "srv-1"})) == ["1"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"filters": {"login": []}}, "login needs a value"),
        ({"filters": {"login": None}}, "login needs a value"),
        ({"filters": {"login": {"a": 1}}}, "login needs a value"),
        ({"filters": {"a==b": 1}}, "name of a member"),
        ({"start": -1}, "start: -1"),
        ({"limit": 0}, "limit: 0"),
        ({"fields": ["nonsense"]}, "'nonsense' is none of id, .*state"),
    ],
)
def test_bad_input_fails_before_anything_is_sent(fastx: Script, options: dict[str, Any], words: str) -> None:
    with pytest.raises(errors.BadInputError, match=words):
        ask(fastx, **options)


def test_counts_and_chosen_fields(fastx: Script) -> None:
    listed(fastx, [ANNA, BEN, session("9", hostname="", clients=None)])
    answer = ask(fastx, fields=["login", "state"])
    assert answer["sessions"][:2] == [
        {"login": "anna", "state": "connected"},
        {"login": "ben", "state": "disconnected"},
    ]
    assert answer["count"] == 3
    assert answer["summary"] == {
        "by_state": {"connected": 1, "disconnected": 1, "unknown": 1},
        "by_host": {"fx-01.example.test": 2, "unknown": 1},
        "by_window_mode": {"desktop": 3},
    }


def test_the_sessions_can_be_left_out(fastx: Script) -> None:
    listed(fastx, [ANNA])
    assert "sessions" not in ask(fastx, return_sessions=False)


def test_a_result_that_is_no_list_of_sessions_is_refused(fastx: Script) -> None:
    fastx.on("GET", OWN, json={"result": {"id": "1"}})
    with pytest.raises(errors.UnexpectedAnswerError, match="no list of sessions"):
        ask(fastx)


def test_a_bare_array_is_taken_as_the_page_shows_it(fastx: Script) -> None:
    fastx.on("GET", OWN, json=[ANNA])
    assert ask(fastx)["count"] == 1


def test_version_3_lists_where_it_is_told(fastx: Script) -> None:
    fastx.on("GET", "/v3/api/sessions", headers={"X-FASTX-TOKEN": TOKEN}, json={"result": [ANNA]})
    assert ask(fastx, api_version="3", list_path="sessions")["count"] == 1
    with pytest.raises(errors.BadInputError, match="list_path"):
        ask(fastx, api_version="3")


def test_all_users_in_version_3_signs_in_as_administrator(fastx: Script) -> None:
    body = {"username": USERNAME, "password": PASSWORD, "basic": True, "admin": True}
    fastx.on("POST", "/v3/api/auth/ssh", body=body, json={"result": {"stage": "success", "token": TOKEN}})
    fastx.on("GET", "/v3/api/everything", json={"result": []})
    options = {"url": URL, "username": USERNAME, "password": PASSWORD, "api_version": "3", "retries": 0}
    run(fastx_session_info, fastx, {**options, "list_path": "everything", "all_users": True})


def test_the_record_of_a_desktop(new_client: Callable[..., FastxClient], fastx: Script) -> None:
    listed(fastx, [session("5", login="CORP\\anna")])
    ((record,),) = session_pages(new_client(), {}, "Lab")
    assert (record.platform, record.farm, record.id) == ("fastx", "Lab", "5")
    assert (record.user, record.domain) == ("anna", "CORP")
    assert (record.state, record.platform_state, record.kind) == ("connected", 1, "desktop")
    assert (record.host, record.applications) == ("fx-01.example.test", [])
    assert (record.logon_time, record.last_change) == ("2026-01-31T08:15:00Z", "2026-01-31T08:16:00Z")
    assert record.idle_seconds is None
    assert record.raw is None


def test_the_record_of_a_rootless_session_and_of_one_without_clients(
    new_client: Callable[..., FastxClient], fastx: Script
) -> None:
    never = session("7", clients=0, lastConnect=None, lastDisconnect=None, started=1769847300)
    listed(fastx, [CORA, BEN, never], path=ALL)
    ((cora, ben, nobody),) = session_pages(new_client(), {"all_users": True}, "Lab", raw=True)
    assert (cora.kind, cora.applications) == ("application", ["xterm"])
    assert (ben.state, ben.last_change) == ("disconnected", "1970-01-01T00:03:20Z")
    assert nobody.last_change == "2026-01-31T08:15:00Z"
    assert cora.raw == CORA


def test_the_sign_in_module_returns_token_and_expiry_and_changes_nothing(fastx: Script) -> None:
    body = {"username": USERNAME, "password": PASSWORD, "basic": True}
    fastx.on("POST", "/api/login", body=body, headers={"Authorization": None}, json={"result": {"token": TOKEN}})
    options = {"url": URL, "username": USERNAME, "password": PASSWORD}
    assert run(fastx_auth, fastx, options, check_mode=True) == {"auth_token": TOKEN, "expires_at": None}


def test_the_sign_in_module_refuses_a_token(fastx: Script) -> None:
    with pytest.raises(errors.BadInputError, match="username and password"):
        run(fastx_auth, fastx, BY_TOKEN)


def test_nothing_else_is_sent(fastx: Script) -> None:
    """One request for a list of any length: no paging where nobody asked for it."""
    listed(fastx, [session(str(number)) for number in range(500)], query=None, body=NO_BODY)
    assert ask(fastx)["count"] == 500


# Filters that cannot find anything


@pytest.mark.parametrize("args", [{"filters": {"state": "connected"}}, {"sort_by": "state"}])
def test_the_state_is_no_member_of_the_api(args: dict[str, Any], fastx: Script) -> None:
    """The documented list has none (seed 004): it is told from clients."""
    with pytest.raises(errors.BadInputError, match="Use clients instead"):
        run(fastx_session_info, fastx, {**BY_TOKEN, **args})


@pytest.mark.parametrize("value", ["", [""], None])
def test_a_filter_needs_a_value(value: Any, fastx: Script) -> None:
    with pytest.raises(errors.BadInputError, match="login needs a value"):
        run(fastx_session_info, fastx, {**BY_TOKEN, "filters": {"login": value}})


@pytest.mark.parametrize(("found", "told"), [([], True), ([ANNA], False)])
def test_a_name_that_no_source_shows_is_told_where_it_finds_nothing(
    found: list[dict[str, Any]], told: bool, fastx: Script, warnings: list[str]
) -> None:
    listed(fastx, found, query={"filter": "project==pump"})
    run(fastx_session_info, fastx, {**BY_TOKEN, "filters": {"project": "pump"}})
    assert any("project" in text for text in warnings) == told

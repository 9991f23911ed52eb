# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists: the members of a session, sorting, paging and filters as the page of the API describes them."""

from __future__ import annotations

import datetime

import pytest

# The members of a session in the order of the page, spelled as there.
MEMBERS = [
    "id",
    "serverPid",
    "geometry",
    "windowMode",
    "started",
    "lastConnect",
    "lastDisconnect",
    "command",
    "appPid",
    "clients",
    "params",
    "hostname",
    "login",
    "display",
    "serverId",
    "cpuPercentage",
    "videoRam",
    "sharing",
    "disconnectTImeout",
]


@pytest.fixture
def farm(launch):
    """Three sessions of the user and one of another, with values that tell the rules apart."""
    server = launch(farm="empty").log_in()
    for body in (
        {"id": "a", "command": "xterm", "clients": 2, "display": 10, "params": {"name": "First", "project": "x"}},
        {"id": "b", "command": "matlab", "clients": 0, "display": 9, "params": {"name": "second", "project": "y"}},
        {"id": "c", "command": "xterm", "clients": 0, "display": 11, "sharing": True, "params": {"project": "x"}},
        {"id": "d", "command": "xterm", "clients": 1, "display": 12, "login": "bob", "params": {"name": "xterm"}},
    ):
        server.create("session", **{"sharing": False, **body})
    return server


def ids(answer):
    assert answer.status_code == 200, answer.text
    return "".join(one["id"] for one in answer.json()["result"])


def test_members(fastx):
    sessions = fastx.every().json()["result"]
    assert len(sessions) == 9
    for one in sessions:
        assert list(one) == MEMBERS
        assert one["windowMode"] in ("rootless", "desktop")
        width, height = one["geometry"].split("x")
        assert int(width) > int(height) > 0
        assert isinstance(one["params"], dict)


def test_own_and_all(farm):
    assert ids(farm.own()) == "abc"
    assert ids(farm.every()) == "abcd"


def test_demo_has_own_sessions_and_others(fastx):
    mine = fastx.own().json()["result"]
    assert {one["login"] for one in mine} == {"administrator"}
    assert 0 < len(mine) < 9


def test_who_is_no_administrator(launch):
    server = launch(no_admin=True).log_in()
    assert server.own().status_code == 200
    answer = server.every()
    assert (answer.status_code, list(answer.json())) == (403, ["error"])


@pytest.mark.parametrize(
    ("pairs", "found"),
    [
        ([("sortBy", "display")], "bac"),
        ([("sortBy", "display"), ("sortReverse", "true")], "cab"),
        ([("sortBy", "display"), ("sortReverse", "false")], "bac"),
        ([("sortBy", "name")], "cab"),
        ([("sortBy", "nothing")], "abc"),
        ([("start", "1")], "bc"),
        ([("limit", "2")], "ab"),
        ([("start", "1"), ("limit", "1")], "b"),
        ([("start", "3")], ""),
        ([("limit", "0")], ""),
        ([("sortBy", "display"), ("start", "1"), ("limit", "2")], "ac"),
        ([("filter", "command==xterm")], "ac"),
        ([("filter", "command==xterm,matlab")], "abc"),
        ([("filter", "project==x")], "ac"),
        ([("filter", "command==xterm"), ("filter", "clients==0")], "c"),
        ([("filter", "command==xterm,matlab"), ("filter", "clients==0,1")], "bc"),
        ([("filter", "sharing==true")], "c"),
        ([("filter", "display==10")], "a"),
        ([("filter", "command==Xterm")], ""),
        ([("filter", "nothing==x")], ""),
        ([("filter", "login==bob")], ""),
        ([("filter", "clients==0"), ("limit", "1")], "b"),
    ],
)
def test_list(farm, pairs, found):
    assert ids(farm.own(*pairs)) == found


def test_filter_looks_at_members_and_params(farm):
    farm.update("session", "a", params={"command": "matlab"})
    assert ids(farm.own(("filter", "command==matlab"))) == "ab"


def test_encoded_filter_of_the_page(farm):
    assert ids(farm.request("GET", f"/api/list/{farm.token}?&filter=command%3D%3Dmatlab,vim")) == "b"


@pytest.mark.parametrize(
    "options",
    [
        {"data": {"filter": "command==xterm", "sortBy": "display", "sortReverse": "true", "limit": "1"}},
        {"json": {"filter": "command==xterm", "sortBy": "display", "sortReverse": True, "limit": 1}},
        {"json": {"filter": ["command==xterm", "clients==0"]}},
        {"content": b"filter=command%3D%3Dxterm&filter=clients%3D%3D0"},
    ],
)
def test_list_by_post(farm, options):
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if "content" in options else {}
    assert ids(farm.request("POST", f"/api/list/{farm.token}", headers=headers, **options)) == "c"


def test_post_without_a_body(farm):
    assert ids(farm.request("POST", f"/api/list/{farm.token}")) == "abc"


@pytest.mark.parametrize(
    "pairs",
    [
        [("filter", "command=xterm")],
        [("filter", "==xterm")],
        [("limit", "many")],
        [("limit", "-1")],
        [("start", "1.5")],
        [("sortReverse", "yes")],
        [("sort", "display")],
        [("limit", "1"), ("limit", "2")],
    ],
)
def test_refusals(farm, pairs):
    answer = farm.own(*pairs)
    assert (answer.status_code, answer.json()["error"]["name"]) == (400, "Error")


@pytest.mark.parametrize("body", [[], {"limit": 1.5}, {"limit": True}, {"filter": 5}, {"sortBy": 5}])
def test_bodies_that_are_refused(farm, body):
    assert farm.request("POST", f"/api/list/{farm.token}", json=body).status_code == 400


def test_body_of_another_type(farm):
    answer = farm.request("POST", f"/api/list/{farm.token}", content=b"x", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415


def test_admin_list_pages_and_sorts_but_does_not_filter(farm):
    assert ids(farm.every(("sortBy", "display"), ("sortReverse", "true"), ("limit", "2"))) == "dc"
    assert ids(farm.request("POST", f"/api/admin/session/{farm.token}", json={"start": 3})) == "d"
    assert farm.every(("filter", "login==bob")).status_code == 400


def test_order_without_sorting_is_nothing_to_rely_on(launch):
    server = launch(sessions=50, shuffle=True).log_in()
    orders = {tuple(one["id"] for one in server.every().json()["result"]) for _turn in range(3)}
    assert len(orders) == 3
    assert len({frozenset(order) for order in orders}) == 1
    assert server.every(("sortBy", "id")).json() == server.every(("sortBy", "id")).json()


# The clock of these tests stands at 2026-01-05T08:00:00Z; sessions began within the last week or so.
NOW = 1_767_600_000


@pytest.mark.parametrize(("form", "scale"), [("seconds", 1), ("milliseconds", 1000)])
def test_times_as_numbers(launch, form, scale):
    for one in launch(times=form, sessions=50).log_in().every().json()["result"]:
        assert (NOW - 600_000) * scale < one["started"] < NOW * scale


def test_times_as_text(launch):
    sessions = launch(times="text", sessions=200).log_in().every().json()["result"]
    for one in sessions:
        started = datetime.datetime.fromisoformat(one["started"])
        assert NOW - 600_000 < started.timestamp() < NOW
        if one["lastConnect"] is not None:
            assert one["started"] <= one["lastConnect"]
        if one["lastDisconnect"] is not None:
            assert one["lastConnect"] <= one["lastDisconnect"]
    # Nobody ever connected to some, and some were never left.
    assert any(one["lastConnect"] is None and one["clients"] == 0 for one in sessions)
    assert any(one["lastDisconnect"] is None and one["clients"] > 0 for one in sessions)


def test_crowd_is_repeatable(launch):
    one, again = (launch(sessions=200).log_in().every().json() for _turn in range(2))
    other = launch(sessions=200, seed=2).log_in().every().json()
    assert one == again
    assert len({session["id"] for session in one["result"]}) == 200
    assert {session["id"] for session in one["result"]}.isdisjoint(session["id"] for session in other["result"])


def test_version_3_lists(third):
    own = third.request("GET", "/v3/api/my/list", headers=third.bearer(), params={"sortBy": "id"}).json()["result"]
    every = third.request("POST", "/elsewhere/all", headers=third.bearer(), json={"sortBy": "id"}).json()["result"]
    assert len(every) == 9
    assert own == [one for one in every if one["login"] == "administrator"]


def test_version_3_list_of_all_needs_an_admin_login(launch):
    server = launch(version=3, admin_list_path="/all").log_in("/v3/api/auth/ssh")
    assert server.request("GET", "/all", headers=server.bearer()).status_code == 403


def test_behind_the_clients_back(farm):
    farm.update("session", "a", clients=5)
    farm.delete("session", "b")
    assert ids(farm.own(("filter", "clients==5"))) == "a"
    assert ids(farm.own()) == "ac"
    assert farm.state()["writes"] == {}
    for ask in (
        lambda: farm.create("session", id="a"),
        lambda: farm.create("server"),
        lambda: farm.update("session", "b", clients=1),
        lambda: farm.delete("session", "b"),
        lambda: farm.delete("server", "b"),
    ):
        with pytest.raises(ValueError, match="error"):
            ask()


def test_created_sessions_differ_from_the_crowd(fastx):
    new = {fastx.create("session")["id"] for _turn in range(3)}
    assert len(new | {one["id"] for one in fastx.every().json()["result"]}) == 12


def test_counters_and_faults(fastx):
    fastx.control("POST", "reset")
    fastx.fault(operation="session.list", kind="status", status=429, retry_after=3, times=1)
    refused = fastx.own()
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3")
    assert list(refused.json()) == ["error"]
    fastx.own()
    fastx.request("POST", f"/api/list/{fastx.token}")
    fastx.every()
    state = fastx.state()
    assert state["reads"] == {"session.list": 2, "session.list_all": 1}
    assert state["faulted"] == {"session.list": 1}
    assert [one["status"] for one in fastx.requests()] == [429, 200, 200, 200]

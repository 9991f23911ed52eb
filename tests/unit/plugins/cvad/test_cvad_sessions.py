# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The session list: pages, filters, projection, summary and the common record."""

from __future__ import annotations

import json

import httpx
import pytest

from ansible_collections.deskops.vdi.plugins.module_utils._cvad import sessions
from ansible_collections.deskops.vdi.plugins.module_utils._cvad.client import new_client
from ansible_collections.deskops.vdi.plugins.module_utils._errors import (
    BadInputError,
    NotJsonError,
    RefusedValueError,
    UnexpectedAnswerError,
)
from ansible_collections.deskops.vdi.plugins.module_utils._sessions.record import as_dict
from ansible_collections.deskops.vdi.plugins.modules import cvad_session_info
from unit.plugins.cvad.support import API, BY_TOKEN, PAGE, page, session, session_id
from unit.support.tasks import make_task, run

SESSIONS = f"{API}/Sessions"
SEARCH = f"{API}/Sessions/$search"
LIST = {"limit": "1000"}
# A token with every character that means something in a query.
STRANGE = "a+b/c==&d e%20#?"


def ids(result):
    return [row["id"] for row in result["sessions"]]


def search_of(*filters, **more):
    return {
        **more,
        "SearchFilters": [dict(zip(("Property", "Operator", "Value"), one, strict=True)) for one in filters],
    }


def listed(script, **args):
    return run(cvad_session_info, script, {**BY_TOKEN, **args})


def records(script, raw=False, warn=None, **params):
    client = new_client(make_task(cvad_session_info, script, BY_TOKEN))
    more = {"warn": warn} if warn else {}
    return [row for rows in sessions.session_pages(client, params, "Berlin", raw, **more) for row in rows]


# The seed's answer


def test_the_seeds_session_in_our_names(cvad):
    cvad.on("GET", SESSIONS, query=LIST, json=PAGE)
    result = listed(cvad)
    assert (result["count"], len(result["sessions"])) == (1, 1)
    row = result["sessions"][0]
    assert set(row) == {
        "id",
        "uid",
        "applications_in_use",
        "app_state",
        "app_state_last_change_time",
        "brokering",
        "client",
        "connection",
        "container_scopes",
        "establishment_duration_milliseconds",
        "establishment_time",
        "is_anonymous_user",
        "is_hidden",
        "logoff_in_progress",
        "logon_in_progress",
        "machine",
        "session_type",
        "start_time",
        "state",
        "state_change_time",
        "untrusted_user_name",
        "user",
    }
    assert row["client"]["ip_address"] == "10.107.1.120"
    assert row["connection"]["connected_via_ip"] == "10.107.1.34"
    assert row["machine"]["machine_catalog"]["name"] == "Sales-B"
    assert row["machine"]["os_type"] == "Windows 2019"
    assert row["machine"]["hosting"]["hypervisor_connection"]["name"] == "SalesVda"
    assert row["container_scopes"][0]["scopes"][0]["is_all_scope"] is True
    assert row["start_time"] == "11/16/2020 2:01:04 PM"
    assert row["user"]["name"] == "HTLABS04\\DevUser1"


def test_the_summary_of_the_seeds_session(cvad):
    cvad.on("GET", SESSIONS, query=LIST, json=PAGE)
    assert listed(cvad)["summary"] == {
        "by_state": {"Disconnected": 1},
        "by_host": {"Sales-B03.htlabs04.example.com": 1},
        "by_delivery_group": {"Sales": 1},
        "by_protocol": {"Hdx": 1},
    }


SEED_RECORD = {
    "platform": "cvad",
    "farm": "Berlin",
    "id": "41ba32e9-d12b-485c-afd2-c4d0d047cd8b",
    "user": "DevUser1",
    "domain": "HTLABS04",
    "state": "disconnected",
    "platform_state": "Disconnected",
    "kind": "application",
    "applications": ["WorkingApp_1"],
    "host": "Sales-B03.htlabs04.example.com",
    "pool": "Sales",
    "client_name": None,
    "client_address": "10.107.1.120",
    "protocol": "Hdx",
    "logon_time": "11/16/2020 2:01:04 PM",
    "last_change": "11/16/2020 2:02:49 PM",
    "idle_seconds": None,
    "connected_through": ["10.107.1.34"],
}


def test_the_common_record_of_the_seeds_session(cvad):
    cvad.on("GET", SESSIONS, query={**LIST, "fields": record_fields()}, json=PAGE)
    assert [as_dict(row) for row in records(cvad)] == [SEED_RECORD]


def test_the_common_record_with_what_the_platform_said(cvad):
    cvad.on("GET", SESSIONS, query=LIST, json=PAGE)
    assert [as_dict(row) for row in records(cvad, raw=True)] == [{**SEED_RECORD, "raw": PAGE["Items"][0]}]


def record_fields():
    """Top-level fields that the record is made of, in the order of the model."""
    return (
        "Id,ApplicationsInUse,Client,Connection,Machine,SessionType,StartTime,FormattedStartTime,State,"
        "StateChangeTime,FormattedStateChangeTime,UntrustedUserName,User"
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"FormattedStartTime": "2020-11-16T15:01:04+01:00"}, {"logon_time": "2020-11-16T14:01:04Z"}),
        ({"FormattedStateChangeTime": "2020-11-16T14:02:49.1234567Z"}, {"last_change": "2020-11-16T14:02:49Z"}),
        ({"StartTime": None}, {"logon_time": None}),
        ({"User": None}, {"user": "DevUser1", "domain": "HTLABS04"}),
        ({"User": None, "UntrustedUserName": None}, {"user": None, "domain": None}),
        ({"User": {"Name": None}, "UntrustedUserName": None}, {"user": "DevUser1", "domain": "htlabs04.example.com"}),
        ({"Machine": {"DnsName": None}}, {"host": "HTLABS04\\Sales-B03"}),
        ({"Machine": None}, {"host": None, "pool": None}),
        ({"Machine": {"DeliveryGroup": None}}, {"pool": None}),
        ({"State": "Active"}, {"state": "active", "platform_state": "Active"}),
        ({"State": "Connected"}, {"state": "connected", "platform_state": "Connected"}),
        ({"State": "Unknown"}, {"state": "unknown", "platform_state": "Unknown"}),
        ({"State": "Shadowed"}, {"state": "unknown", "platform_state": "Shadowed"}),
        ({"SessionType": "Desktop"}, {"kind": "desktop"}),
        ({"SessionType": "Unknown"}, {"kind": None}),
        ({"ApplicationsInUse": None}, {"applications": []}),
        ({"Connection": {"ConnectedViaHostName": "gw1", "Protocol": "Rdp"}}, {"connected_through": ["gw1"]}),
        ({"Connection": None}, {"connected_through": [], "protocol": None}),
        ({"Client": None}, {"client_name": None, "client_address": None}),
        # What no server should send: a number is read as a text, anything else as if it were not told.
        ({"Id": {}}, {"id": ""}),
        ({"Id": 5}, {"id": "5"}),
        ({"User": {"Name": 5}}, {"user": "5", "domain": None}),
        ({"User": {"Name": ["x"]}}, {"user": "DevUser1", "domain": "HTLABS04"}),
        ({"User": 5, "UntrustedUserName": True}, {"user": None, "domain": None}),
        ({"Machine": {"DnsName": 5}}, {"host": "5"}),
        ({"Machine": {"DnsName": {}, "Name": False}}, {"host": None}),
        ({"ApplicationsInUse": [{"Name": 5}, {"Name": {}}, 5, None, {"Name": "x"}]}, {"applications": ["5", "x"]}),
        ({"ApplicationsInUse": 5}, {"applications": []}),
        ({"FormattedStartTime": {}, "StartTime": 5}, {"logon_time": "5"}),
        ({"FormattedStartTime": "0001-01-01T00:00:00+01:00"}, {"logon_time": "0001-01-01T00:00:00+01:00"}),
        ({"Connection": {"ConnectedViaIP": [], "Protocol": {}}}, {"connected_through": [], "protocol": None}),
    ],
)
@pytest.mark.parametrize("raw", [False, True])
def test_the_common_record_field_by_field(cvad, raw, changes, expected):
    cvad.on("GET", SESSIONS, query=LIST if raw else {**LIST, "fields": record_fields()}, json=page(session(**changes)))
    (row,) = records(cvad, raw=raw)
    assert {name: getattr(row, name) for name in expected} == expected


def test_a_lone_surrogate_in_a_name_is_kept(cvad):
    """JSON may hold half of a character, and pydantic's own parser refuses it."""
    content = json.dumps(page(session(User={"Name": "EXAMPLE\\x\ud800"})))
    cvad.on("GET", SESSIONS, query={**LIST, "fields": record_fields()}, content=content)
    assert records(cvad)[0].user == "x\ud800"


def test_odd_values_stop_no_list_and_pass_no_filter(cvad):
    odd = session(1, Id={}, User={"Name": []}, Machine={"DnsName": 5}, ApplicationsInUse=[{"Name": 5}, 5])
    filters = {"user": "DevUser1", "machine": "sales-b03.htlabs04.example.com", "application": "WorkingApp_1"}
    searched = search_of(
        ("CurrentUser", "EndsWith", "\\DevUser1"),
        ("DnsName", "Equals", filters["machine"]),
        ("AppsInUse", "Contains", "WorkingApp_1"),
    )
    cvad.on("POST", SEARCH, query=LIST, body=searched, json=page(odd, session(2)))
    assert ids(listed(cvad, **filters)) == [session_id(2)]


# Pages


def test_all_pages_once_each_with_the_token_encoded(cvad):
    cvad.on("GET", SESSIONS, query=LIST, json=page(session(1), session(2), token=STRANGE))
    cvad.on("GET", SESSIONS, query={**LIST, "continuationToken": STRANGE}, json=page(session(2), session(3), token="b"))
    cvad.on("GET", SESSIONS, query={**LIST, "continuationToken": "b"}, json=page(session(4), session(5), token=""))
    result = listed(cvad)
    assert ids(result) == [session_id(number) for number in range(1, 6)]
    assert result["count"] == 5
    assert b"a%2Bb" in cvad.calls[1].url.query


@pytest.mark.parametrize("last", [{}, {"ContinuationToken": None}, {"ContinuationToken": ""}])
def test_a_token_that_is_null_absent_or_empty_ends_the_list(cvad, last):
    cvad.on("GET", SESSIONS, query=LIST, json={"Items": [session(1)], **last})
    assert listed(cvad)["count"] == 1


def test_an_empty_page_with_a_token_does_not_end_the_list(cvad):
    cvad.on("GET", SESSIONS, query=LIST, json=page(token="a"))
    cvad.on("GET", SESSIONS, query={**LIST, "continuationToken": "a"}, json=page(session(1)))
    assert listed(cvad)["count"] == 1


def test_a_list_that_never_ends_is_an_error(cvad):
    cvad.on("GET", SESSIONS, query=LIST, json=page(session(1), token="a"))
    cvad.on("GET", SESSIONS, query={**LIST, "continuationToken": "a"}, json=page(session(2), token="a"))
    with pytest.raises(UnexpectedAnswerError, match="same continuation token twice"):
        listed(cvad)


def endless(*sessions):
    """A server whose pages hold these sessions for ever, each with a new token; the number of pages asked for."""
    asked = []

    def answer(request):
        asked.append(request)
        assert len(asked) < 2000
        return httpx.Response(200, json=page(*sessions, token=f"t{len(asked)}"))

    with pytest.raises(UnexpectedAnswerError, match=r"pages in a row without a new session.* would never end"):
        listed(httpx.MockTransport(answer))
    return len(asked)


@pytest.mark.parametrize("rows", [[session(1)], [session(1), session(2)], [{**session(), "Id": None}]])
def test_new_tokens_that_bring_nothing_new_end_with_an_error(rows):
    assert endless(*rows) <= 10


def test_empty_pages_for_ever_end_with_an_error():
    assert endless() > 500


def test_a_few_pages_without_a_new_session_are_no_end(cvad):
    """Sessions that begin meanwhile may shift the pages; a server may filter them after it has cut the list."""
    rows = [[session(1)], [session(1)], [], [session(1)], [], [], [session(2)], [session(2)], [session(3)]]
    for place, found in enumerate(rows):
        query = {**LIST, "continuationToken": str(place)} if place else LIST
        token = str(place + 1) if place + 1 < len(rows) else None
        cvad.on("GET", SESSIONS, query=query, json=page(*found, token=token))
    assert ids(listed(cvad)) == [session_id(number) for number in (1, 2, 3)]


def test_sessions_without_an_id_are_kept(cvad):
    cvad.on("GET", SESSIONS, query=LIST, json=page({**session(), "Id": None}, {**session(), "Id": None}))
    assert listed(cvad)["count"] == 2


def test_a_server_with_a_lower_ceiling_is_asked_for_less(cvad):
    cvad.on("GET", SESSIONS, query=LIST, status=400, json={"type": "x", "detail": "limit"})
    cvad.on("GET", SESSIONS, query={"limit": "250"}, json=page(session(1), token="a"))
    cvad.on("GET", SESSIONS, query={"limit": "250", "continuationToken": "a"}, json=page(session(2)))
    assert listed(cvad)["count"] == 2


@pytest.mark.parametrize(("args", "sizes"), [({}, ["1000", "250"]), ({"max_sessions": 200}, ["200"])])
def test_a_server_with_a_very_low_ceiling_chooses_for_itself(cvad, args, sizes):
    for size in sizes:
        cvad.on("GET", SESSIONS, query={"limit": size}, status=400, json={"type": "x", "detail": "limit"})
    cvad.on("GET", SESSIONS, query={}, json=page(session(1), token="a"))
    cvad.on("GET", SESSIONS, query={"continuationToken": "a"}, json=page(session(2)))
    assert listed(cvad, **args)["count"] == 2


@pytest.mark.parametrize("status", [400, 415])
def test_a_refusal_that_stays_is_told_in_its_first_words(cvad, status):
    cvad.on("GET", SESSIONS, query=LIST, status=status, json={"type": "x", "detail": "first"})
    if status == 400:
        cvad.on("GET", SESSIONS, query={"limit": "250"}, status=400, json={"type": "x", "detail": "second"})
        cvad.on("GET", SESSIONS, query={}, status=400, json={"type": "x", "detail": "third"})
    with pytest.raises(RefusedValueError, match="first"):
        listed(cvad)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"<html><title>Portal</title></html>", NotJsonError),
        (b'{"Items": [', NotJsonError),
        (b"[]", UnexpectedAnswerError),
        (b'{"Items": null}', UnexpectedAnswerError),
        (b'{"Items": ["x"]}', UnexpectedAnswerError),
        (b'{"Other": []}', UnexpectedAnswerError),
    ],
)
@pytest.mark.parametrize("return_sessions", [True, False])
def test_what_is_no_page_of_sessions_is_told(cvad, content, error, return_sessions):
    query = LIST if return_sessions else {**LIST, "fields": "Id,Connection,Machine,State"}
    cvad.on("GET", SESSIONS, query=query, content=content)
    with pytest.raises(error):
        listed(cvad, return_sessions=return_sessions)


def test_stopping_early_is_said(cvad, warnings):
    cvad.on("GET", SESSIONS, query={"limit": "3"}, json=page(session(1), session(2), token="a"))
    cvad.on(
        "GET", SESSIONS, query={"limit": "3", "continuationToken": "a"}, json=page(session(3), session(4), token="b")
    )
    result = listed(cvad, max_sessions=3)
    assert ids(result) == [session_id(1), session_id(2), session_id(3)]
    assert (result["count"], result["summary"]["by_state"]) == (3, {"Disconnected": 3})
    assert len(warnings) == 1
    assert "Only the first 3 sessions" in warnings[0]


def test_a_limit_that_is_not_exceeded_is_not_said(cvad, warnings):
    cvad.on("GET", SESSIONS, query={"limit": "2"}, json=page(session(1), session(2)))
    assert listed(cvad, max_sessions=2)["count"] == 2
    assert warnings == []


def test_a_limit_of_nothing_is_refused(cvad):
    with pytest.raises(BadInputError, match="max_sessions"):
        listed(cvad, max_sessions=0)


# Projection


def test_only_the_wanted_fields_are_asked_for_and_returned(cvad):
    """User for the task; Machine, Connection and State for the summary; Id for telling sessions apart."""
    query = {**LIST, "fields": "Id,Connection,Machine,State,User"}
    cvad.on("GET", SESSIONS, query=query, json=page(session(1)))
    result = listed(cvad, fields=["user", "state"])
    assert [set(row) for row in result["sessions"]] == [{"user", "state"}]
    assert result["sessions"][0]["user"]["sid"] == "S-1-5-21-886277602-2428626936-2556752729-2162"
    assert result["summary"]["by_delivery_group"] == {"Sales": 1}


def test_an_unknown_field_lists_the_known_ones(cvad):
    with pytest.raises(BadInputError, match="fields: 'name' is none of id, uid, applications_in_use"):
        listed(cvad, fields=["name"])


def test_counts_alone(cvad):
    query = {**LIST, "fields": "Id,Connection,Machine,State"}
    cvad.on(
        "GET", SESSIONS, query=query, json=page(session(1), session(2, State="Active"), session(3, Connection=None))
    )
    result = listed(cvad, return_sessions=False)
    assert "sessions" not in result
    assert result["count"] == 3
    assert result["summary"]["by_state"] == {"Active": 1, "Disconnected": 2}
    assert result["summary"]["by_protocol"] == {"Hdx": 2, "unknown": 1}


def test_fields_of_a_newer_server_are_kept(cvad):
    cvad.on("GET", SESSIONS, query=LIST, json=page(session(1, BrandNewField={"InnerID": 1})))
    assert listed(cvad)["sessions"][0]["brand_new_field"] == {"inner_id": 1}


# Filters


@pytest.mark.parametrize(
    ("option", "value", "searched"),
    [
        ("user", "HTLABS04\\DevUser1", ("CurrentUser", "Equals", "HTLABS04\\DevUser1")),
        ("user", "devuser1@htlabs04.example.com", ("UserPrincipalName", "Equals", "devuser1@htlabs04.example.com")),
        ("user", "devuser1", ("CurrentUser", "EndsWith", "\\devuser1")),
        ("machine", "HTLABS04\\Sales-B03", ("MachineName", "Equals", "HTLABS04\\Sales-B03")),
        ("machine", "sales-b03.htlabs04.example.com", ("DnsName", "Equals", "sales-b03.htlabs04.example.com")),
        ("machine", "SALES-B03", ("MachineName", "EndsWith", "\\SALES-B03")),
        ("delivery_group", "sales", ("DeliveryGroup", "Equals", "sales")),
        ("catalog", "Sales-B", ("MachineCatalog", "Equals", "Sales-B")),
        ("state", "disconnected", ("SessionState", "Equals", "Disconnected")),
        ("application", "workingapp_1", ("AppsInUse", "Contains", "workingapp_1")),
    ],
)
def test_filters_go_to_the_server_and_are_checked_here(cvad, option, value, searched):
    other = session(
        2,
        User={"Name": "X\\other", "PrincipalName": "other@x.example"},
        Machine={
            "Name": "X\\other",
            "DnsName": "other.x.example",
            "DeliveryGroup": {"Id": None, "Name": "Other"},
            "MachineCatalog": {"Id": None, "Name": "Other"},
        },
        State="Active",
        ApplicationsInUse=[],
    )
    cvad.on("POST", SEARCH, query=LIST, body=search_of(searched), json=page(session(1), other))
    assert ids(listed(cvad, **{option: value})) == [session_id(1)]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("delivery_group", "5C796610-cb80-40ae-8378-5cbd5cefbd89"),
        ("catalog", "0520987c-0312-4e1c-bd09-7714fc8732ec"),
    ],
)
def test_ids_are_compared_here(cvad, option, value):
    other = session(2, Machine={"DeliveryGroup": {"Name": "Other"}, "MachineCatalog": {"Name": "Other"}})
    cvad.on("GET", SESSIONS, query=LIST, json=page(session(1), other))
    assert ids(listed(cvad, **{option: value})) == [session_id(1)]


def test_a_bare_name_is_that_name_in_any_domain_and_no_longer_one(cvad):
    rows = [session(1), session(2, User={"Name": "OTHER\\devuser1"}), session(3, User={"Name": "OTHER\\notdevuser1"})]
    for row in rows:
        row["User"]["PrincipalName"] = None
    cvad.on("POST", SEARCH, query=LIST, body=search_of(("CurrentUser", "EndsWith", "\\DevUser1")), json=page(*rows))
    assert ids(listed(cvad, user="DevUser1")) == [session_id(1), session_id(2)]


def test_the_name_that_a_machine_reports_does_not_stand_for_a_known_user(cvad):
    row = session(1, User={"Name": "HTLABS04\\Real"}, UntrustedUserName="HTLABS04\\DevUser1")
    searched = search_of(("CurrentUser", "Equals", "HTLABS04\\DevUser1"))
    cvad.on("POST", SEARCH, query=LIST, body=searched, json=page(row))
    assert listed(cvad, user="HTLABS04\\DevUser1")["count"] == 0


def test_several_filters_are_joined_by_and(cvad):
    body = search_of(("DeliveryGroup", "Equals", "Sales"), ("SessionState", "Equals", "Disconnected"))
    cvad.on("POST", SEARCH, query=LIST, body=body, json=page(session(1)))
    assert listed(cvad, state="Disconnected", delivery_group="Sales")["count"] == 1


def test_pages_of_a_search_repeat_its_body(cvad):
    body = search_of(("SessionState", "Equals", "Disconnected"))
    cvad.on("POST", SEARCH, query=LIST, body=body, json=page(session(1), token=STRANGE))
    cvad.on("POST", SEARCH, query={**LIST, "continuationToken": STRANGE}, body=body, json=page(session(2)))
    assert listed(cvad, state="Disconnected")["count"] == 2


def test_a_search_is_a_read_in_check_mode_and_for_retries(cvad):
    body = search_of(("SessionState", "Equals", "Disconnected"))
    cvad.on("POST", SEARCH, query=LIST, body=body, status=502, reply_headers={"Retry-After": "0"})
    cvad.on("POST", SEARCH, query=LIST, body=body, json=page(session(1)))
    args = {**BY_TOKEN, "retries": 1, "state": "Disconnected"}
    assert run(cvad_session_info, cvad, args, check_mode=True)["count"] == 1


def test_a_search_that_the_server_refuses_is_done_here(cvad):
    body = search_of(("AppsInUse", "Contains", "WorkingApp_1"))
    cvad.on("POST", SEARCH, query=LIST, body=body, status=400, json={"type": "x", "detail": "property"})
    cvad.on("POST", SEARCH, query={"limit": "250"}, body=body, status=400, json={"type": "x", "detail": "property"})
    cvad.on("POST", SEARCH, query={}, body=body, status=400, json={"type": "x", "detail": "property"})
    cvad.on("GET", SESSIONS, query=LIST, json=page(session(1), session(2, ApplicationsInUse=[])))
    assert ids(listed(cvad, application="WorkingApp_1")) == [session_id(1)]


def test_a_raw_search_is_sent_as_it_is(cvad):
    raw = {"BasicSearchString": "sales", "SortCriteria": {"Property": "StartTime", "SortDirection": "Ascending"}}
    cvad.on("POST", SEARCH, query=LIST, body=raw, json=page(session(1)))
    assert listed(cvad, search=raw)["count"] == 1


def test_filters_join_a_raw_search(cvad):
    raw = search_of(("MachineName", "ContainsLike", "Sales"), BasicSearchString="x")
    both = search_of(
        ("MachineName", "ContainsLike", "Sales"), ("SessionState", "Equals", "Disconnected"), BasicSearchString="x"
    )
    cvad.on("POST", SEARCH, query=LIST, body=both, json=page(session(1)))
    assert listed(cvad, search=raw, state="Disconnected")["count"] == 1


def test_filters_join_no_search_whose_filters_are_no_list(cvad):
    with pytest.raises(BadInputError, match="search: SearchFilters is 5, which is no list"):
        listed(cvad, search={"SearchFilters": 5}, state="Active")


def test_filters_beside_a_search_with_groups_are_applied_here(cvad):
    raw = {"SearchFilterGroups": [search_of(("MachineName", "Equals", "a"), SearchFilterGroupType="Or")]}
    cvad.on("POST", SEARCH, query=LIST, body=raw, json=page(session(1), session(2, State="Active")))
    assert ids(listed(cvad, search=raw, state="Active")) == [session_id(2)]


def test_an_unknown_state_lists_the_known_ones(cvad):
    with pytest.raises(BadInputError, match="state: 'Idle' is none of Unknown, Connected, Active, Disconnected"):
        listed(cvad, state="Idle")


# Times


def started(number, formatted):
    return session(number, FormattedStartTime=formatted)


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("started_before", "2026-01-31T08:15:00Z", [1]),
        ("started_before", "2026-01-31T09:15:01+01:00", [1, 2]),
        ("started_after", "2026-01-31T08:15:00Z", [3]),
    ],
)
def test_times_are_compared_with_their_zones(cvad, warnings, option, value, expected):
    rows = [
        started(1, "2026-01-31T08:14:59Z"),
        started(2, "2026-01-31T09:15:00+01:00"),
        started(3, "2026-02-01T00:00Z"),
    ]
    cvad.on("GET", SESSIONS, query=LIST, json=page(*rows))
    assert ids(listed(cvad, **{option: value})) == [session_id(number) for number in expected]
    assert warnings == []


def test_text_that_depends_on_a_culture_is_never_guessed(cvad, warnings):
    rows = [session(1), session(2), started(3, "2026-01-31T08:14:59"), started(4, "2026-01-31T08:14:59Z")]
    cvad.on("GET", SESSIONS, query=LIST, json=page(*rows))
    result = listed(cvad, started_before="2020-01-01T00:00:00Z")
    assert ids(result) == [session_id(1), session_id(2), session_id(3)]
    assert len(warnings) == 1
    assert "'11/16/2020 2:01:04 PM'" in warnings[0]


def test_the_audit_gets_the_warning_too(cvad):
    cvad.on("GET", SESSIONS, query={**LIST, "fields": record_fields()}, json=PAGE)
    told = []
    assert len(records(cvad, warn=told.append, started_after="2026-01-01T00:00:00Z")) == 1
    assert len(told) == 1


@pytest.mark.parametrize("value", ["2026-01-31", "2026-01-31T08:15:00", "1/31/2026 8:15:00 AM", "yesterday"])
def test_a_time_without_a_zone_is_refused(cvad, value):
    with pytest.raises(BadInputError, match=r"started_before.*2026-01-31T08:15:00Z"):
        listed(cvad, started_before=value)


# Memory


def test_pages_are_not_kept(cvad):
    """A consumer that lets go of each page holds one at a time: the next one is asked for after it was used."""
    asked = []

    def answer(request):
        number = len(asked)
        asked.append(request)
        return httpx.Response(200, json=page(session(number), token=str(number) if number < 9 else None))

    client = new_client(make_task(cvad_session_info, httpx.MockTransport(answer), BY_TOKEN))
    for number, rows in enumerate(sessions.session_pages(client, {}, "Berlin")):
        assert len(asked) == number + 1
        assert len(rows) == 1
    assert len(asked) == 10


@pytest.mark.parametrize("name", ["user", "machine", "state", "started_before"])
def test_a_filter_that_is_an_empty_text_is_refused(name, cvad):
    """As templates leave it; it would find nobody here, and everybody elsewhere."""
    with pytest.raises(BadInputError, match=f"^{name} is empty"):
        run(cvad_session_info, cvad, {**BY_TOKEN, name: ""})

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``$search``: every documented operator where it makes sense, groups, order, refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emulator.cvad.enums import SEARCH_OPERATOR
from emulator.cvad.search import OPERATORS, PROPERTIES

# The clock of these tests stands at 2026-01-05T08:00:00Z.
SESSIONS = {
    "anna": {
        "State": "Active",
        "FormattedStartTime": "2026-01-05T07:30:00Z",
        "ApplicationsInUse": [{"Id": None, "Uid": None, "Name": "Mail"}, {"Id": None, "Uid": None, "Name": "Ledger"}],
        "User": {"Name": "EXAMPLE\\anna.berg", "DisplayName": "Anna Berg"},
        "Client": {"Name": "PC-1"},
        "Machine": {"Name": "EXAMPLE\\Office-1", "DeliveryGroup": {"Name": "Office"}, "InMaintenanceMode": True},
        "Uid": 1,
    },
    "ben": {
        "State": "Disconnected",
        "FormattedStartTime": "2026-01-04T08:00:00Z",
        "ApplicationsInUse": [{"Id": None, "Uid": None, "Name": "Planner"}],
        "User": {"Name": "EXAMPLE\\ben.costa", "DisplayName": "Ben Costa"},
        "Client": {"Name": "PC-2"},
        "Machine": {"Name": "EXAMPLE\\Sales-1", "DeliveryGroup": {"Name": "Sales"}},
        "Uid": 2,
    },
    "guest": {
        "State": "Active",
        "FormattedStartTime": None,
        "ApplicationsInUse": [],
        "IsAnonymousUser": True,
        "User": None,
        "UntrustedUserName": "SALES-1\\Anon001",
        "Client": {"Name": None},
        "Machine": {"Name": "EXAMPLE\\Sales-1", "DeliveryGroup": {"Name": "Sales"}},
        "Uid": 3,
    },
}


@pytest.fixture
def site(launch):
    server = launch(farm="empty").sign_in()
    server.names = {server.create("session", **body)["Id"]: name for name, body in SESSIONS.items()}
    return server


def search(site, **body):
    answer = site.post("Sessions/$search", json=body)
    assert answer.status_code == 200, answer.text
    return [site.names[one["Id"]] for one in answer.json()["Items"]]


def one(prop, operator, value=None):
    return {"Property": prop, "Operator": operator, "Value": value}


def test_operators_are_those_of_the_api(request):
    models = json.loads((Path(request.path).parent / "fixtures" / "search.json").read_text(encoding="utf-8"))
    assert set(models["SearchOperator"]) == SEARCH_OPERATOR
    assert set().union(*OPERATORS.values()) == SEARCH_OPERATOR
    assert set(PROPERTIES) <= set(models["MachineAndSessionSearchProperty"])


@pytest.mark.parametrize(
    ("prop", "operator", "value", "found"),
    [
        ("CurrentUser", "Equals", "EXAMPLE\\anna.berg", ["anna"]),
        ("CurrentUser", "Equals", "example\\ANNA.berg", ["anna"]),
        ("CurrentUser", "Equals", "anna.berg", []),
        ("CurrentUser", "Equals", "SALES-1\\Anon001", ["guest"]),
        ("CurrentUser", "NotEquals", "EXAMPLE\\anna.berg", ["ben", "guest"]),
        ("CurrentUser", "Like", "berg", ["anna"]),
        ("CurrentUser", "Like", "*berg", ["anna"]),
        ("CurrentUser", "Like", "berg*", []),
        ("CurrentUser", "Like", "EXAMPLE\\???.costa", ["ben"]),
        ("CurrentUser", "NotLike", "costa", ["anna", "guest"]),
        ("CurrentUser", "StartsWith", "example\\a", ["anna"]),
        ("CurrentUser", "NotStartsWith", "example", ["guest"]),
        ("CurrentUser", "EndsWith", "costa", ["ben"]),
        ("CurrentUser", "NotEndsWith", "costa", ["anna", "guest"]),
        ("CurrentUser", "In", "EXAMPLE\\anna.berg, EXAMPLE\\ben.costa", ["anna", "ben"]),
        ("CurrentUser", "NotIn", "EXAMPLE\\anna.berg,EXAMPLE\\ben.costa", ["guest"]),
        ("UserDisplayName", "Any", None, ["anna", "ben"]),
        ("UserDisplayName", "None", None, ["guest"]),
        ("MachineName", "ContainsLike", "sales", ["ben", "guest"]),
        ("MachineName", "Contains", "EXAMPLE\\Sales-1", ["ben", "guest"]),
        ("AppsInUse", "Contains", "Mail", ["anna"]),
        ("AppsInUse", "NotContains", "Mail", ["ben", "guest"]),
        ("AppsInUse", "ContainsLike", "an", ["ben"]),
        ("AppsInUse", "NotContainsLike", "an", ["anna", "guest"]),
        ("AppsInUse", "ContainsStartsWith", "led", ["anna"]),
        ("AppsInUse", "NotContainsStartsWith", "led", ["ben", "guest"]),
        ("AppsInUse", "ContainsEndsWith", "er", ["anna", "ben"]),
        ("AppsInUse", "NotContainsEndsWith", "er", ["guest"]),
        ("AppsInUse", "Any", None, ["anna", "ben"]),
        ("AppsInUse", "None", None, ["guest"]),
        ("SessionState", "Equals", "Disconnected", ["ben"]),
        ("SessionState", "NotEquals", "Disconnected", ["anna", "guest"]),
        ("SessionState", "In", "Active,Connected", ["anna", "guest"]),
        ("InMaintenanceMode", "Equals", "true", ["anna"]),
        ("InMaintenanceMode", "NotEquals", "True", ["ben", "guest"]),
        ("Uid", "Equals", "2", ["ben"]),
        ("Uid", "LessThan", "2", ["anna"]),
        ("Uid", "LessThanOrEquals", "2", ["anna", "ben"]),
        ("Uid", "GreaterThan", "2", ["guest"]),
        ("Uid", "GreaterThanOrEquals", "2", ["ben", "guest"]),
        ("Uid", "NotIn", "1,2", ["guest"]),
        ("StartTime", "Equals", "2026-01-05T07:30:00Z", ["anna"]),
        ("StartTime", "Equals", "2026-01-05T08:30:00+01:00", ["anna"]),
        ("StartTime", "LessThan", "2026-01-05T00:00:00", ["ben"]),
        ("StartTime", "GreaterThan", "2026-01-05T00:00:00Z", ["anna"]),
        ("StartTime", "None", None, ["guest"]),
        ("StartTime", "IsWithin", "01:00:00", ["anna"]),
        ("StartTime", "IsWithin", "1.00:00:00", ["anna", "ben"]),
        ("StartTime", "IsNotWithin", "01:00:00", ["ben", "guest"]),
    ],
)
def test_operators(site, prop, operator, value, found):
    assert search(site, SearchFilters=[one(prop, operator, value)]) == found


def test_filters_are_joined_by_and(site):
    active, sales = one("SessionState", "Equals", "Active"), one("DeliveryGroup", "Equals", "Sales")
    assert search(site, SearchFilters=[active, sales]) == ["guest"]


def test_basic_search(site):
    assert search(site, BasicSearchString="costa") == ["ben"]
    assert search(site, BasicSearchString="planner") == ["ben"]
    assert search(site, BasicSearchString="sales") == ["ben", "guest"]


def test_groups(site):
    leaf = {
        "SearchFilters": [one("DeliveryGroup", "Equals", "Office"), one("Uid", "Equals", "3")],
        "SearchFilterGroupType": "Or",
    }
    other = {"SearchFilters": [one("CurrentUser", "Like", "ben")], "SearchFilterGroupType": "And"}
    assert search(site, SearchFilterGroups=[leaf]) == ["anna", "guest"]
    assert search(site, SearchFilterGroups=[leaf, other], SearchFilterGroupsType="Or") == ["anna", "ben", "guest"]
    assert search(site, SearchFilterGroups=[leaf, other], SearchFilterGroupsType="And") == []
    parent = {"SearchFilterGroups": [leaf, other], "SearchFilterGroupsType": "Or"}
    active = [one("SessionState", "Equals", "Active")]
    assert search(site, SearchFilterGroups=[parent], SearchFilters=active) == ["anna", "guest"]


def test_order(site):
    assert search(site, SortCriteria={"Property": "Uid", "SortDirection": "Descending"}) == ["guest", "ben", "anna"]
    several = [
        {"Property": "DeliveryGroup", "SortDirection": "Descending"},
        {"Property": "CurrentUser", "SortDirection": "Descending"},
    ]
    assert search(site, SortCriteriaItems=several) == ["guest", "ben", "anna"]
    assert search(site, SortCriteria={"Property": "StartTime", "SortDirection": "Ascending"}) == [
        "guest",
        "ben",
        "anna",
    ]
    assert search(site, SortCriteria={"Property": "AppsInUse", "SortDirection": "Descending"}) == [
        "ben",
        "anna",
        "guest",
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"Filters": []},
        {"SearchFilters": {}},
        {"SearchFilters": [{"Property": "Uid", "Operator": "Equals", "Value": "1", "Case": True}]},
        {"SearchFilters": [one("Colour", "Equals", "red")]},
        {"SearchFilters": [one("currentuser", "Equals", "x")]},
        # Documented, but no place in a session.
        {"SearchFilters": [one("SessionCount", "Equals", "1")]},
        {"SearchFilters": [one("Uid", "Equal", "1")]},
        {"SearchFilters": [one("Uid", "Equals", 1)]},
        {"SearchFilters": [one("Uid", "Equals", None)]},
        {"SearchFilters": [one("Uid", "Equals", "one")]},
        {"SearchFilters": [one("Uid", "Like", "1")]},
        {"SearchFilters": [one("CurrentUser", "LessThan", "b")]},
        {"SearchFilters": [one("AppsInUse", "Equals", "Mail")]},
        {"SearchFilters": [one("SessionState", "Equals", "Asleep")]},
        {"SearchFilters": [one("SessionState", "Like", "Act")]},
        {"SearchFilters": [one("InMaintenanceMode", "Equals", "yes")]},
        {"SearchFilters": [one("StartTime", "LessThan", "11/16/2020 2:01:04 PM")]},
        {"SearchFilters": [one("StartTime", "IsWithin", "an hour")]},
        {"SearchFilterGroups": [{}]},
        {"SearchFilterGroups": [{"SearchFilters": [], "SearchFilterGroups": []}]},
        {"SearchFilterGroups": [{"SearchFilters": [], "SearchFilterGroupsType": "And"}]},
        {"SearchFilterGroups": [{"SearchFilters": [], "SearchFilterGroupType": "Xor"}]},
        {"SortCriteria": {"Property": "Uid"}},
        {"SortCriteria": {"Property": "Uid", "SortDirection": "Down"}},
        {"BasicSearchString": 5},
        [],
    ],
)
def test_refusals(site, body):
    assert site.post("Sessions/$search", json=body).status_code == 400


def test_body_is_needed(site):
    assert site.post("Sessions/$search").status_code == 400
    json_header = {"Content-Type": "application/json"}
    assert site.post("Sessions/$search", content=b"{", headers=json_header).status_code == 400


def test_search_of_a_crowd(launch):
    server = launch(sessions=400).sign_in()
    every = server.get("Sessions", params={"limit": 1000}).json()["Items"]
    wanted = [
        s["Id"] for s in every if s["State"] == "Disconnected" and s["Machine"]["DeliveryGroup"]["Name"] == "Sales"
    ]
    filters = [one("SessionState", "Equals", "Disconnected"), one("DeliveryGroup", "Equals", "Sales")]
    answer = server.post("Sessions/$search", params={"limit": 1000}, json={"SearchFilters": filters}).json()
    assert [s["Id"] for s in answer["Items"]] == wanted
    assert 0 < len(wanted) < 400
    assert answer["TotalItems"] == len(wanted)


def test_null_members_count_as_absent(site):
    body = dict.fromkeys(
        ("BasicSearchString", "SearchFilters", "SortCriteria", "SearchFilterGroups", "SearchFilterGroupsType")
    )
    assert len(search(site, **body)) == 3

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies: what each of them finds, and what it leaves alone."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils._errors import BadInputError
from ansible_collections.deskops.vdi.plugins.module_utils._sessions.policies import (
    POLICY_OPTIONS,
    Breach,
    Policies,
    Summary,
)
from ansible_collections.deskops.vdi.plugins.module_utils._sessions.record import SessionRecord

NOW = datetime.datetime(2026, 3, 10, 12, 0, 0, tzinfo=datetime.UTC)


def session(**values: Any) -> SessionRecord:
    return SessionRecord(**{"platform": "cvad", "farm": "London", "id": "1", **values})


def found(policies: dict[str, Any], *page: SessionRecord) -> list[tuple[int, Breach]]:
    broken = Policies(policies, NOW).breaches(page)
    return [(position, breach) for position in sorted(broken) for breach in broken[position]]


@pytest.mark.parametrize(
    ("policy", "limit", "values", "measured", "limit_seconds"),
    [
        ("idle_longer_than", "3600", {"idle_seconds": 3601}, 3601, 3600),
        ("idle_longer_than", 3600, {"idle_seconds": 7200, "state": "disconnected"}, 7200, 3600),
        ("idle_longer_than", "90s", {"idle_seconds": 91}, 91, 90),
        ("idle_longer_than", "0", {"idle_seconds": 1}, 1, 0),
        (
            "disconnected_longer_than",
            "2h",
            {"state": "disconnected", "last_change": "2026-03-10T09:59:59Z"},
            7201,
            7200,
        ),
        ("session_older_than", "1d", {"logon_time": "2026-03-09T11:59:59Z"}, 86401, 86400),
        ("session_older_than", "1 w", {"logon_time": "2026-03-01T12:00:00Z"}, 9 * 86400, 7 * 86400),
        ("session_older_than", "30m", {"logon_time": "2026-03-10T11:00:00Z"}, 3600, 1800),
    ],
)
def test_a_time_above_the_limit_is_found(
    policy: str, limit: str | int, values: dict[str, Any], measured: int, limit_seconds: int
) -> None:
    assert found({policy: limit}, session(**values)) == [(0, Breach(policy, measured, limit_seconds))]


@pytest.mark.parametrize(
    ("policy", "limit", "values"),
    [
        pytest.param("idle_longer_than", "1h", {"idle_seconds": 3600}, id="idle exactly as long"),
        pytest.param("idle_longer_than", "1h", {"idle_seconds": None}, id="idle time unknown"),
        pytest.param(
            "disconnected_longer_than",
            "2h",
            {"state": "disconnected", "last_change": "2026-03-10T10:00:00Z"},
            id="disconnected exactly as long",
        ),
        pytest.param(
            "disconnected_longer_than", "2h", {"state": "active", "last_change": "2026-03-01T10:00:00Z"}, id="active"
        ),
        pytest.param(
            "disconnected_longer_than",
            "2h",
            {"state": "disconnected", "last_change": None, "idle_seconds": 99999},
            id="idle time does not stand for the time of disconnection",
        ),
        pytest.param("session_older_than", "1d", {"logon_time": "2026-03-09T12:00:00Z"}, id="exactly as old"),
        pytest.param("session_older_than", "1d", {"logon_time": "11/16/2020 2:01:04 PM"}, id="text of a culture"),
        pytest.param("session_older_than", "1d", {"logon_time": "01.02.2020 10:00:00Z"}, id="as long as a time"),
        pytest.param("session_older_than", "1d", {"logon_time": "2026-13-45T10:00:00Z"}, id="no day of any year"),
        pytest.param("session_older_than", "1d", {"logon_time": "2026-03-11T12:00:00Z"}, id="a clock that is ahead"),
        pytest.param("session_older_than", "999999w", {"logon_time": "0001-01-01T00:00:00Z"}, id="before all years"),
    ],
)
def test_a_time_within_the_limit_or_unknown_is_left_alone(policy: str, limit: str, values: dict[str, Any]) -> None:
    assert found({policy: limit}, session(**values)) == []


@pytest.mark.parametrize(
    ("policy", "patterns", "values", "measured", "pattern"),
    [
        ("forbidden_users", ["root", "svc_*"], {"user": "SVC_Backup"}, "SVC_Backup", "svc_*"),
        ("forbidden_users", ["anna"], {"user": "Anna", "domain": "CORP"}, "CORP\\Anna", "anna"),
        ("forbidden_users", ["corp\\a*"], {"user": "anna", "domain": "CORP"}, "CORP\\anna", "corp\\a*"),
        ("forbidden_users", ["*@corp.example"], {"user": "anna", "domain": "CORP.example"}, None, "*@corp.example"),
        ("forbidden_hosts", ["test-??", "lab*"], {"host": "TEST-07"}, "TEST-07", "test-??"),
        ("forbidden_hosts", ["*.old.example"], {"host": "rds1.old.example"}, "rds1.old.example", "*.old.example"),
        ("forbidden_clients", ["10.9.*"], {"client_name": "PC1", "client_address": "10.9.0.7"}, "10.9.0.7", "10.9.*"),
        ("forbidden_clients", ["kiosk[12]"], {"client_name": "Kiosk2"}, "Kiosk2", "kiosk[12]"),
        ("forbidden_applications", ["regedit*"], {"applications": ["Excel", "RegEdit.exe"]}, "RegEdit.exe", "regedit*"),
        ("forbidden_protocols", ["ica"], {"protocol": "ICA"}, "ICA", "ica"),
    ],
)
def test_a_pattern_finds_whole_names_in_any_letter_case(
    policy: str, patterns: list[str], values: dict[str, Any], measured: str | None, pattern: str
) -> None:
    [(position, breach)] = found({policy: patterns}, session(), session(**values))
    assert position == 1
    assert (breach.policy, breach.limit, breach.pattern) == (policy, pattern, patterns.index(pattern) + 1)
    assert breach.measured == (measured or "CORP.example\\anna")


@pytest.mark.parametrize(
    ("policy", "pattern", "values"),
    [
        pytest.param("forbidden_users", "ann", {"user": "anna"}, id="part of a name"),
        pytest.param(
            "forbidden_users", "adm*", {"user": "anna", "domain": "ADMIN"}, id="domain behind a plain pattern"
        ),
        pytest.param("forbidden_users", "corp\\*", {"user": "anna"}, id="no domain"),
        pytest.param("forbidden_users", "*", {"user": None}, id="no user"),
        pytest.param("forbidden_hosts", "rds1", {"host": "rds1.corp.example"}, id="host name with its domain"),
        pytest.param("forbidden_applications", "*", {"applications": []}, id="no application"),
    ],
)
def test_a_pattern_leaves_other_names_alone(policy: str, pattern: str, values: dict[str, Any]) -> None:
    assert found({policy: [pattern]}, session(**values)) == []


def test_a_session_breaks_a_pattern_policy_once_and_others_beside_it() -> None:
    page = [session(user="root", host="lab1", client_name="lab-pc", client_address="lab", idle_seconds=10)]
    wanted = {
        "idle_longer_than": 5,
        "forbidden_users": ["r*", "root"],
        "forbidden_hosts": ["lab*"],
        "forbidden_clients": ["lab*"],
    }
    assert [breach.policy for _position, breach in found(wanted, *page)] == list(wanted)


def test_sessions_per_user_are_counted_over_pages_farms_and_spellings() -> None:
    policies = Policies({"sessions_per_user_above": 2}, NOW)
    policies.breaches([session(user="anna", domain="CORP"), session(user="bert", domain="CORP"), session(user=None)])
    policies.breaches([session(user="Anna", domain="corp", farm="Oslo"), session(user="bert", domain="CORP")])
    # Without a domain or with another one it may be someone else.
    policies.breaches([session(user="anna", domain="CORP"), session(user="bert"), session(user="bert", domain="LAB")])
    [breach] = policies.user_breaches()
    assert breach == ("anna", "CORP", 3, 2, {"London": 2, "Oslo": 1})
    assert policies.not_judged() == {"sessions_per_user_above": 1}


def test_sessions_that_a_policy_could_not_judge_are_counted() -> None:
    policies = Policies(
        {
            "idle_longer_than": 60,
            "disconnected_longer_than": 60,
            "session_older_than": 60,
            "forbidden_hosts": ["x"],
            "forbidden_clients": ["x"],
        },
        NOW,
    )
    assert not policies.breaches(
        [
            session(state="disconnected", idle_seconds=1, host="a", client_address="10.0.0.1"),
            session(state="active", logon_time="31.12.2020 10:00:00Z", host="a"),
            session(state="disconnected", last_change="2026-03-10T11:59:30Z", logon_time="2026-03-10T11:59:30Z"),
        ]
    )
    assert policies.not_judged() == {
        "idle_longer_than": 2,
        "disconnected_longer_than": 1,
        "session_older_than": 2,
        "forbidden_hosts": 1,
        "forbidden_clients": 2,
    }


@pytest.mark.parametrize(
    ("policies", "named"),
    [
        ({"idle_longer": "1h"}, "idle_longer"),
        ({"idle_longer_than": "an hour"}, "idle_longer_than"),
        ({"idle_longer_than": "-5"}, "idle_longer_than"),
        ({"idle_longer_than": "1.5h"}, "idle_longer_than"),
        ({"idle_longer_than": True}, "idle_longer_than"),
        ({"session_older_than": "5 months"}, "session_older_than"),
        ({"sessions_per_user_above": -1}, "sessions_per_user_above"),
        ({"sessions_per_user_above": "3"}, "sessions_per_user_above"),
        ({"forbidden_users": [""]}, "forbidden_users"),
        ({"forbidden_hosts": [7]}, "forbidden_hosts"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(policies: dict[str, Any], named: str) -> None:
    with pytest.raises(BadInputError, match=named):
        Policies(policies, NOW)


def test_policies_left_out_null_or_empty_are_not_set() -> None:
    policies = Policies({"idle_longer_than": None, "forbidden_users": [], "sessions_per_user_above": 0}, NOW)
    assert policies.names == ("sessions_per_user_above",)
    assert set(policies.names) < set(POLICY_OPTIONS)


def test_the_summary_counts() -> None:
    summary = Summary()
    summary.add(
        [
            session(user="anna", domain="CORP", state="active", host="h1", kind="desktop", protocol="HDX",
                    idle_seconds=299, logon_time="2026-03-10T08:59:59Z"),
            session(user="ANNA", domain="corp", state="idle", host="h1", idle_seconds=300),
        ]
    )  # fmt: skip
    summary.add(
        [
            session(platform="ras", farm="Oslo", user="bert", state="active", host="h2", kind="application",
                    idle_seconds=86400, logon_time="2026-03-09T23:00:00Z"),
            session(platform="ras", farm="Oslo", logon_time="10.03.2026 08:00:00Z", idle_seconds=-3),
        ]
    )  # fmt: skip
    counts = summary.as_dict()
    hours = {hour: count for hour, count in counts.pop("logons_by_hour").items() if count}
    assert hours == {"08": 1, "23": 1}
    assert [step["sessions"] for step in counts.pop("idle")] == [2, 1, 0, 0, 0, 0, 1]
    assert counts == {
        "sessions": 4,
        "users": 2,
        "by_platform": {"cvad": 2, "ras": 2},
        "by_farm": {"London": 2, "Oslo": 2},
        "by_state": {"active": 2, "idle": 1, "unknown": 1},
        "by_kind": {"unknown": 2, "application": 1, "desktop": 1},
        "by_protocol": {"unknown": 3, "HDX": 1},
        "by_host": {"h1": 2, "h2": 1, "unknown": 1},
        "top_users": [
            {"user": "anna", "domain": "CORP", "sessions": 2},
            {"user": "bert", "domain": None, "sessions": 1},
        ],
        "idle_unknown": 0,
    }


def test_the_idle_histogram_covers_all_times_without_a_gap() -> None:
    steps = Summary().as_dict()["idle"]
    assert steps[0]["from"] == 0
    assert steps[-1]["below"] is None
    assert [step["below"] for step in steps[:-1]] == [step["from"] for step in steps[1:]]

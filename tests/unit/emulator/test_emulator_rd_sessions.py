# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""User sessions: the fields of the page, values of the documented enums, all nine filters, a repeatable crowd."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from emulator.ras.rd_sessions import Filters, Host, RdSessions, crowd, wheel

FIELDS = [
    "sessionID",
    "ip",
    "serverID",
    "type",
    "user",
    "themeID",
    "connectionMode",
    "authenticationType",
    "idleStartTime",
    "mfaProvider",
    "rfiCount",
    "rfiInfoList",
    "logonDuration",
    "connectionDuration",
    "authenticationDuration",
    "rasPolicyLookup",
    "hostPreparation",
    "groupPolicyLoadTime",
    "userProfileLoadTime",
    "desktopLoadTime",
    "logonOthersDuration",
    "userProfileType",
    "uxEvaluator",
    "connectionQuality",
    "latency",
    "protocol",
    "bandwidthAvailability",
    "lastReconnects",
    "reconnects",
    "disconnectReason",
    "state",
    "logonTime",
    "sessionLength",
    "idleTime",
    "incomingData",
    "outgoingData",
    "verticalResolution",
    "horizontalResolution",
    "colourDepth",
    "bandwidthUsage",
    "deviceName",
    "clientIPAddress",
    "clientOS",
    "clientOSVersion",
    "clientVersion",
    "source",
    "vmid",
    "vmName",
    "sessionHostId",
    "sessionHostName",
    "poolName",
    "templateName",
    "fsLogixReasonCode",
    "fsLogixStatusCode",
]
# The numbers of the page.
ENUMS = {
    "type": {*range(11), -1},
    "connectionMode": {*range(5), 200},
    "authenticationType": set(range(4)),
    "mfaProvider": set(range(12)),
    "userProfileType": set(range(4)),
    "connectionQuality": set(range(5)),
    "protocol": {0, 2, 10},
    "state": {*range(10), -1},
    "colourDepth": {1, 2, 4, 8, 16, 24, 32},
    "source": {1, 2, 63, -1},
    "fsLogixReasonCode": set(range(6)),
    "fsLogixStatusCode": {*range(24), 100, 200, 300} - {4},
}
TEXTS = {
    "ip",
    "user",
    "idleStartTime",
    "disconnectReason",
    "logonTime",
    "deviceName",
    "clientIPAddress",
    "clientOS",
    "clientOSVersion",
    "clientVersion",
    "vmid",
    "vmName",
    "sessionHostId",
    "sessionHostName",
    "poolName",
    "templateName",
}
HOSTS = [Host(1, "rds-01", 1), Host(2, 'rds "02"', 2)]


@pytest.fixture(scope="module")
def everybody():
    return [json.loads(session.json) for session in crowd(5000, 7, HOSTS)]


def test_fields_in_the_order_of_the_page(everybody):
    assert all(list(session) == FIELDS for session in everybody)


def test_types_and_enums(everybody):
    for session in everybody:
        for name, value in session.items():
            if name in TEXTS:
                assert isinstance(value, str), name
            elif name != "rfiInfoList":
                assert isinstance(value, int), name
                assert not isinstance(value, bool), name
        assert all(session[name] in numbers for name, numbers in ENUMS.items())
        assert len(session["rfiInfoList"]) == session["rfiCount"]
        assert all(hop["type"] in range(8) for hop in session["rfiInfoList"])


def test_spread(everybody):
    states, sources = Counter(one["state"] for one in everybody), Counter(one["source"] for one in everybody)
    assert states[0] > len(everybody) / 2
    assert len(states) >= 5
    assert all(states[state] > 400 for state in (4, 5))
    assert sources[1] > sources[2] > sources[63] > 300
    assert len({one["user"] for one in everybody}) > 1000
    assert {one["protocol"] for one in everybody} == {0, 2, 10}


def test_records_agree_with_themselves(everybody):
    assert len({(one["serverID"], one["sessionID"]) for one in everybody}) == len(everybody)
    for one in everybody:
        assert one["idleTime"] <= one["sessionLength"]
        assert (one["disconnectReason"] != "") == (one["state"] == 4)
        assert (one["vmid"] == "") == (one["source"] == 1)


def test_same_seed_same_crowd():
    assert crowd(50, 7, HOSTS) == crowd(50, 7, HOSTS)
    assert crowd(50, 7, HOSTS) != crowd(50, 8, HOSTS)


def test_large_crowd_is_spread_over_further_hosts():
    assert len({session.server_id for session in crowd(6000, 7, HOSTS)}) == 100


def test_wheel_shares_out_by_weight():
    assert Counter(wheel({"a": 3, "b": 1})) == {"a": 192, "b": 64}


@pytest.mark.parametrize(
    ("query", "name", "value"),
    [
        ("Source=63", "source", 63),
        ("State=4", "state", 4),
        ("ThemeId=2", "themeID", 2),
        ("ServerId=2", "serverID", 2),
        ("server=RDS-02.EXAMPLE.TEST", "sessionHostName", "rds-02.example.test"),
    ],
)
def test_filters_leave_exactly_what_matches(launch, query, name, value):
    server = launch(farm_options={"sessions": 300}).log_on()
    every = server.call("GET", "/api/RDSession").json()
    assert len(every) == 300
    expected = [one for one in every if one[name] == value]
    assert 0 < len(expected) < 300
    assert server.call("GET", f"/api/RDSession?{query}").json() == expected


@pytest.mark.parametrize("name", ["User", "IP"])
def test_filters_by_user_and_address(launch, name):
    server = launch(farm_options={"sessions": 300}).log_on()
    every = server.call("GET", "/api/RDSession").json()
    value = every[17][name.lower()]
    expected = [one for one in every if one[name.lower()] == value]
    assert server.call("GET", f"/api/RDSession?{name}={value.upper()}").json() == expected


@pytest.mark.parametrize("name", ["SiteId", "GroupId"])
def test_filters_by_what_records_do_not_show(launch, name):
    server = launch(farm_options={"sessions": 300}).log_on()
    every = server.call("GET", "/api/RDSession").json()
    parts = [server.call("GET", f"/api/RDSession?{name}={number}").json() for number in range(1, 6)]
    assert sum(map(len, parts)) == 300
    assert sorted((one["serverID"], one["sessionID"]) for part in parts for one in part) == sorted(
        (one["serverID"], one["sessionID"]) for one in every
    )
    assert sum(bool(part) for part in parts) > 1


def test_filters_combine_and_all_means_no_filter(launch):
    server = launch(farm_options={"sessions": 300}).log_on()
    every = server.call("GET", "/api/RDSession").json()
    assert server.call("GET", "/api/RDSession?State=-1&Source=-1").json() == every
    both = server.call("GET", "/api/RDSession?State=0&Source=2").json()
    assert both == [one for one in every if one["state"] == 0 and one["source"] == 2]
    assert both


@pytest.mark.parametrize(("family", "path"), [("legacy", "/api/rds/sessions"), ("current", "/api/RDS/Host/sessions")])
def test_sessions_of_hosts_are_of_that_source_only(launch, family, path):
    server = launch(farm_options={"family": family, "sessions": 300}).log_on()
    found = server.call("GET", path).json()
    assert {one["source"] for one in found} == {1}
    assert len(found) > 100


def test_sessions_of_hosts_by_server_and_site(launch):
    server = launch(farm_options={"sessions": 300}).log_on()
    by_server = server.call("GET", "/api/RDS/Host/sessions?Server=rds-01.example.test").json()
    assert {one["sessionHostName"] for one in by_server} == {"rds-01.example.test"}
    by_site = server.call("GET", "/api/RDS/Host/sessions?SiteId=2").json()
    assert {one["sessionHostName"] for one in by_site} == {"rds-north.example.test"}


def test_host_status_counts_the_sessions(launch):
    server = launch(farm_options={"sessions": 300}).log_on()
    sessions = server.call("GET", "/api/RDS/Host/sessions").json()
    for status in server.call("GET", "/api/RDS/Host/status").json():
        states = Counter(one["state"] for one in sessions if one["serverID"] == int(status["id"]))
        assert (status["activeSessions"], status["disconnectedSessions"]) == (states[0], states[4])


def test_added_and_removed_sessions():
    sessions = RdSessions(crowd(3, 7, HOSTS))
    sessions.warm_up()
    sessions.add({"sessionID": 77, "user": "späte.böe", "state": 42, "siteId": 9})
    found = json.loads(sessions.list_json(Filters(site_id=9)))
    assert [(one["sessionID"], one["user"], one["state"]) for one in found] == [(77, "späte.böe", 42)]
    assert len(json.loads(sessions.list_json(Filters()))) == 4
    assert sessions.remove(77)
    assert not sessions.remove(77)
    assert len(json.loads(sessions.list_json(Filters()))) == 3


def test_demo_has_a_dozen_and_the_sample_none(launch):
    assert len(launch().log_on().call("GET", "/api/RDSession").json()) == 12
    assert launch(farm_options={"farm": "sample"}).log_on().call("GET", "/api/RDSession").json() == []

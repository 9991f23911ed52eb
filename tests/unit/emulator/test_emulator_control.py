# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the control address counts, lists and changes."""

from __future__ import annotations

import pytest


def test_counts_by_operation_and_kind(current):
    current.control("POST", "reset", {"what": ["counters"]})
    current.call("GET", "/api/Site")
    current.call("GET", "/api/Gateway")
    current.call("GET", "/api/Gateway")
    new = current.call("POST", "/api/Gateway", {"server": "count.example.test"}).json()["id"]
    current.call("PUT", f"/api/Gateway/{new}", {"enabled": False})
    current.call("DELETE", f"/api/Gateway/{new}")
    current.call("POST", "/api/Settings/apply")
    current.call("POST", "/api/Session/logoff")
    state = current.state()
    assert state["reads"] == {"site.list": 1, "gateway.list": 2}
    assert state["writes"] == {"gateway.create": 1, "gateway.update": 1, "gateway.delete": 1, "settings.apply": 1}
    assert state["session"] == {"session.logoff": 1}
    assert (state["refused"], state["faulted"], state["unknown"]) == ({}, {}, 0)


def test_a_write_that_the_operation_refuses_is_still_a_write(current):
    current.call("POST", "/api/Gateway", {})
    assert current.state()["writes"] == {"gateway.create": 1}


def test_refused_faulted_and_unknown_are_kept_apart(current):
    current.call("POST", "/api/Gateway", {"server": "x"}, auth_token=None)
    current.call("GET", "/api/Site", content_type="text/plain")
    current.call("GET", "/api/Nothing")
    current.fault(operation="gateway.create", kind="status", status=503, times=1)
    current.call("POST", "/api/Gateway", {"server": "x"})
    state = current.state()
    assert state["refused"] == {"gateway.create": 1, "site.list": 1}
    assert state["faulted"] == {"gateway.create": 1}
    assert state["unknown"] == 1
    assert (state["reads"], state["writes"]) == ({}, {})


def test_admin_sessions(launch):
    server = launch()
    assert server.state()["admin_sessions"] == 0
    server.log_on().log_on()
    state = server.state()
    assert (state["admin_sessions"], state["logons"], state["logoffs"]) == (2, 2, 0)
    server.call("POST", "/api/Session/logoff")
    state = server.state()
    assert (state["admin_sessions"], state["logons"], state["logoffs"]) == (1, 2, 1)


def test_foreign_tokens_are_those_never_issued(current):
    old = current.token
    current.call("POST", "/api/Session/logoff")
    current.call("GET", "/api/Site", auth_token=old)
    assert current.state()["foreign_tokens"] == 0
    current.call("GET", "/api/Site", auth_token="of another farm")
    assert current.state()["foreign_tokens"] == 1


def test_reset_of_counters_keeps_sessions_open(current):
    current.call("GET", "/api/Site")
    assert current.control("POST", "reset", {"what": ["counters"]}).status_code == 200
    state = current.state()
    assert (state["reads"], state["logons"], state["connections"], state["admin_sessions"]) == ({}, 0, 0, 1)
    assert current.control("GET", "requests").json() == []
    assert current.call("GET", "/api/Site").status_code == 200


def test_reset_without_a_body_resets_both(current):
    current.call("GET", "/api/Site")
    current.fault(operation="*", kind="html")
    current.control("POST", "reset")
    assert current.state()["reads"] == {}
    assert current.control("GET", "faults").json() == []


def test_requests_tell_what_was_sent(current):
    current.control("POST", "reset")
    current.call("POST", "/API/gateway?NoInstall=true&username=a%20b&password=%22p%2B%40", {"server": "s", "siteId": 1})
    current.call("POST", "/api/Gateway", b"not json")
    current.call("GET", "/api/Nothing?a=1&a=2")
    first, second, third = current.control("GET", "requests").json()
    assert (first["operation"], first["method"], first["path"]) == ("gateway.create", "POST", "/API/gateway")
    assert first["query"] == {"NoInstall": "true", "username": "a b", "password": '"p+@'}
    assert first["body"] == {"server": "s", "siteId": 1}
    assert first["status"] == 201
    assert first["headers"]["auth_token"] == current.token
    assert first["headers"]["content-type"] == "application/json; api-version=1.0"
    assert (second["body"], second["status"]) == ("not json", 400)
    assert (third["operation"], third["query"], third["status"]) == ("unknown", {"a": ["1", "2"]}, 404)


def test_control_requests_are_not_counted(current):
    current.control("POST", "reset")
    for name in ("state", "requests", "faults"):
        assert current.control("GET", name).status_code == 200
    state = current.state()
    assert (state["unknown"], state["connections"]) == (0, 0)


@pytest.mark.parametrize(("resource", "path"), [("gateway", "/api/Gateway"), ("rds", "/api/RDS/Host")])
def test_objects_behind_the_clients_back(current, resource, path):
    body = {"server": "back.example.test", "siteId": 3, "description": "by another admin"}
    new = current.control("POST", "create", {"resource": resource, "body": body}).json()
    assert {name: new[name] for name in body} == body
    assert current.call("GET", f"{path}/{new['id']}").json()["description"] == "by another admin"

    change = {"resource": resource, "id": new["id"], "body": {"server": "moved.example.test", "description": "x"}}
    assert current.control("POST", "update", change).status_code == 200
    assert current.call("GET", f"{path}/{new['id']}").json()["server"] == "moved.example.test"
    # The old name is free again, the new one is taken.
    assert current.call("POST", path, {"server": "back.example.test", "siteId": 3}).status_code == 201
    assert current.call("POST", path, {"server": "moved.example.test", "siteId": 3}).status_code == 409

    assert current.control("POST", "delete", {"resource": resource, "id": new["id"]}).status_code == 200
    assert current.call("GET", f"{path}/{new['id']}").status_code == 404
    assert current.state()["waiting_for_apply"] is True  # by the POST above; the control address stages nothing


def test_the_control_address_stages_nothing(current):
    current.control("POST", "create", {"resource": "gateway", "body": {"server": "back.example.test"}})
    state = current.state()
    assert (state["waiting_for_apply"], state["writes"]) == (False, {})


@pytest.mark.parametrize(("resource", "path"), [("gateway", "/api/Gateway/status"), ("rds", "/api/RDS/Host/status")])
def test_status_can_be_set(current, resource, path):
    body = {"resource": f"{resource}_status", "id": 1, "body": {"agentState": 10, "brandNew": "kept"}}
    assert current.control("POST", "update", body).status_code == 200
    states = {one["id"]: one for one in current.call("GET", path).json()}
    assert (states["1"]["agentState"], states["1"]["brandNew"]) == (10, "kept")
    assert states["3"]["agentState"] == 0


def test_other_things_can_be_added(current):
    current.control("POST", "create", {"resource": "site", "body": {"name": "Branch west"}})
    assert current.call("GET", "/api/Site?Name=Branch west").json()[0]["id"] == 4
    current.control(
        "POST", "create", {"resource": "avd_workspace", "body": {"name": "w", "siteId": 4, "agentState": 99}}
    )
    assert current.call("GET", "/api/AVD/Workspace/status?SiteId=4").json()[0]["agentState"] == 99
    current.control("POST", "create", {"resource": "session", "body": {"sessionID": 900, "state": 77}})
    assert [one["state"] for one in current.call("GET", "/api/RDSession").json() if one["sessionID"] == 900] == [77]
    assert current.control("POST", "delete", {"resource": "session", "id": 900}).status_code == 200
    assert len(current.call("GET", "/api/RDSession").json()) == 12


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("create", {}),
        ("create", {"resource": "spaceship"}),
        ("create", {"resource": "gateway", "body": {}}),
        ("create", {"resource": "gateway", "body": {"server": "GW-01.example.test", "siteId": 1}}),
        ("update", {"resource": "gateway", "body": {}}),
        ("update", {"resource": "gateway", "id": 99}),
        ("update", {"resource": "site", "id": 1}),
        ("delete", {"resource": "gateway", "id": 99}),
        ("delete", {"resource": "session", "id": 99999}),
        ("reset", {"what": ["everything"]}),
        ("advance", {}),
        ("advance", {"seconds": -1}),
        ("advance", {"seconds": "1"}),
        ("create", []),
    ],
)
def test_refused_control_requests(current, name, body):
    response = current.control("POST", name, body)
    assert response.status_code == 400
    assert response.json()["error"]

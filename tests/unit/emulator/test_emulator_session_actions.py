# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be done to the sessions of RD Session Hosts."""

from __future__ import annotations

import pytest

SESSION_FREE = {"state", "disconnectReason"}


@pytest.fixture
def crowd(launch):
    return launch(farm_options={"sessions": 300}).log_on()


def everybody(server):
    return server.call("GET", "/api/RDSession").json()


def path(one, action):
    return f"/api/RDS/Host/{one['serverID']}/sessions/{one['sessionID']}/{action}"


def some(server, state=0, source=1):
    """A session, and another one with the same number on another host."""
    every = [one for one in everybody(server) if one["state"] == state and one["source"] == source]
    for one in every:
        for other in every:
            if other["sessionID"] == one["sessionID"] and other["serverID"] != one["serverID"]:
                return one, other
    raise LookupError


def test_disconnect(crowd):
    before = everybody(crowd)
    one, _other = some(crowd)
    response = crowd.call("POST", path(one, "disconnect"))
    assert (response.status_code, response.content) == (204, b"")
    after = everybody(crowd)
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert [(old["serverID"], old["sessionID"]) for old, _new in changed] == [(one["serverID"], one["sessionID"])]
    new = changed[0][1]
    assert {name for name in new if new[name] != one[name]} == SESSION_FREE
    assert (new["state"], list(new)) == (4, list(one))
    assert new in crowd.call("GET", "/api/RDSession?State=4").json()
    assert new in crowd.call("GET", "/api/RDS/Host/sessions").json()


def test_disconnecting_a_disconnected_session_changes_nothing(crowd):
    before = everybody(crowd)
    one, _other = some(crowd, state=4)
    assert crowd.call("POST", path(one, "disconnect")).status_code == 204
    assert everybody(crowd) == before


def test_logoff(crowd):
    before = everybody(crowd)
    one, other = some(crowd)
    response = crowd.call("POST", path(one, "logoff"))
    assert (response.status_code, response.content) == (204, b"")
    assert everybody(crowd) == [session for session in before if session != one]
    assert other in everybody(crowd)
    assert crowd.call("POST", path(one, "logoff")).status_code == 404


def test_status_follows(crowd):
    def counts(host_id):
        every = crowd.call("GET", "/api/RDS/Host/status").json()
        return next((s["activeSessions"], s["disconnectedSessions"]) for s in every if s["id"] == str(host_id))

    one, other = some(crowd)
    active, disconnected = counts(one["serverID"])
    crowd.call("POST", path(one, "disconnect"))
    assert counts(one["serverID"]) == (active - 1, disconnected + 1)
    crowd.call("POST", path(one, "logoff"))
    assert counts(one["serverID"]) == (active - 1, disconnected)
    crowd.control("POST", "delete", {"resource": "session", "id": other["sessionID"]})
    crowd.control("POST", "create", {"resource": "session", "body": {"serverID": 2, "source": 1, "state": 0}})
    every = crowd.call("GET", "/api/RDS/Host/sessions").json()
    for host_id in (1, 2, 3):
        mine = [session["state"] for session in every if session["serverID"] == host_id]
        assert counts(host_id) == (mine.count(0), mine.count(4))


def test_messages(crowd):
    one, _other = some(crowd)
    body = {"message": "Please save your work — über 5 min.", "messageTitle": "Maintenance"}
    response = crowd.call("POST", path(one, "sendmsg"), body)
    assert (response.status_code, response.content) == (204, b"")
    assert crowd.call("POST", path(one, "sendmsg"), {"message": "alone"}).status_code == 204
    state = crowd.state()
    assert (state["messages"], state["writes"], state["waiting_for_apply"]) == (2, {"rd_session.message": 2}, False)
    sent = [r["body"] for r in crowd.control("GET", "requests").json() if r["operation"] == "rd_session.message"]
    assert sent == [body, {"message": "alone"}]
    crowd.control("POST", "reset", {"what": ["counters"]})
    assert crowd.state()["messages"] == 0


@pytest.mark.parametrize(
    "body",
    [{}, {"message": ""}, {"message": 1}, {"message": "x", "messageTitle": 1}, {"message": "x", "to": "y"}, None],
)
def test_refused_messages(crowd, body):
    one, _other = some(crowd)
    assert crowd.call("POST", path(one, "sendmsg"), body).status_code == 400
    assert crowd.state()["messages"] == 0


@pytest.mark.parametrize("action", ["disconnect", "logoff", "sendmsg"])
def test_unknown_ones_and_those_of_other_sources(crowd, action):
    before = everybody(crowd)
    elsewhere = next(
        one
        for one in before
        if one["source"] == 2
        and (1, one["serverID"], one["sessionID"]) not in {(s["source"], s["serverID"], s["sessionID"]) for s in before}
    )
    body = {"message": "x"}
    for host_id, number in ((1, 9999), (99, 2), (elsewhere["serverID"], elsewhere["sessionID"])):
        response = crowd.call("POST", f"/api/RDS/Host/{host_id}/sessions/{number}/{action}", body)
        assert (response.status_code, response.json()["status"]) == (404, 404)
    assert crowd.call("POST", f"/api/RDS/Host/1/sessions/x/{action}", body).status_code == 400
    assert everybody(crowd) == before


def test_sessions_of_hosts_that_no_list_shows(launch):
    server = launch(farm_options={"farm": "empty", "sessions": 50}).log_on()
    one = server.call("GET", "/api/RDS/Host/sessions").json()[0]
    assert server.call("GET", f"/api/RDS/Host/{one['serverID']}").status_code == 404
    assert server.call("POST", path(one, "logoff")).status_code == 204


@pytest.mark.parametrize("action", ["disconnect", "logoff", "sendmsg"])
def test_legacy_has_no_actions(legacy, action):
    assert legacy.call("POST", f"/api/RDS/Host/1/sessions/2/{action}", {"message": "x"}).status_code == 404


def test_nothing_waits_for_apply(crowd):
    one, other = some(crowd)
    crowd.call("POST", path(one, "disconnect"))
    crowd.call("POST", path(other, "logoff"))
    state = crowd.state()
    assert state["waiting_for_apply"] is False
    assert state["writes"] == {"rd_session.disconnect": 1, "rd_session.logoff": 1}

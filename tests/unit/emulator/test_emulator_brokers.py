# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connection brokers: their life, their order, and the promotion that ends every session."""

from __future__ import annotations

import pytest

# The page of connection brokers, in its order.
FIELDS = [
    "id", "adminCreate", "adminLastMod", "timeCreate", "timeLastMod", "server", "enabled", "description", "siteId",
    "priority", "ip", "alternativeIPs", "standby", "markedForDeletion",
]  # fmt: skip
BROKERS = "/api/ConnectionBroker"


def order(server, site_id=1):
    """Names in the order of their priorities, which count up from 0."""
    found = sorted(server.call("GET", f"{BROKERS}?SiteId={site_id}").json(), key=lambda one: one["priority"])
    assert [one["priority"] for one in found] == list(range(len(found)))
    return [one["server"].partition(".")[0] for one in found]


@pytest.fixture
def four(current):
    """Brokers 1 to 4 of the first site, in this order."""
    for number in (3, 4):
        new = current.call("POST", f"{BROKERS}?noInstall=true", {"server": f"broker-0{number}.example.test"})
        assert new.json()["id"] == number
    return current


def test_life(current):
    created = current.call("POST", f"{BROKERS}?noInstall=true&noRestart=true", {"server": "b.example.test"})
    assert created.status_code == 201
    broker = created.json()
    assert list(broker) == FIELDS
    assert (broker["siteId"], broker["enabled"], broker["priority"]) == (1, True, 2)
    one = f"{BROKERS}/{broker['id']}"
    assert current.call("GET", one).json() == broker
    assert broker in current.call("GET", BROKERS).json()
    update = current.call("PUT", one, {"description": "spare", "alternativeIPs": "192.0.2.7;192.0.2.8"})
    assert (update.status_code, update.content) == (204, b"")
    after = current.call("GET", one).json()
    assert {name for name in FIELDS if after[name] != broker[name]} == {"description", "alternativeIPs", "timeLastMod"}
    delete = current.call("DELETE", one)
    assert (delete.status_code, delete.content) == (204, b"")
    assert current.call("GET", one).status_code == 404


@pytest.mark.parametrize("name", ["id", "siteId", "server", "priority", "markedForDeletion", "timeLastMod", "brandNew"])
def test_refused_updates(current, name):
    response = current.call("PUT", f"{BROKERS}/1", {name: 1})
    assert (response.status_code, list(response.json()["errors"])) == (400, [name])


@pytest.mark.parametrize("body", [{}, {"server": ""}, {"server": "x", "priority": 1}, {"server": "x", "enabled": True}])
def test_refused_creates(current, body):
    assert current.call("POST", BROKERS, body).status_code == 400


def test_conflict(current):
    assert current.call("POST", BROKERS, {"server": "BROKER-02.example.test"}).status_code == 409
    assert current.call("POST", BROKERS, {"server": "broker-02.example.test", "siteId": 2}).status_code == 201


def test_install_flags_are_flags(current):
    assert current.call("POST", f"{BROKERS}?noInstall=perhaps", {"server": "x"}).status_code == 400


@pytest.mark.parametrize(
    ("query", "names"), [("", 2), ("?SiteId=1", 2), ("?SiteId=2", 0), ("?Server=BROKER-01.example.test", 1)]
)
def test_filters(current, query, names):
    assert len(current.call("GET", f"{BROKERS}{query}").json()) == names


def test_each_site_has_an_order_of_its_own(current):
    first = current.call("POST", BROKERS, {"server": "north.example.test", "siteId": 2}).json()
    assert first["priority"] == 0
    assert order(current) == ["broker-01", "broker-02"]
    assert order(current, 2) == ["north"]


@pytest.mark.parametrize(
    ("broker", "place", "names"),
    [(4, 1, [1, 4, 2, 3]), (2, 3, [1, 3, 4, 2]), (3, 2, [1, 2, 3, 4]), (1, 0, [1, 2, 3, 4])],
)
def test_the_others_move_over(four, broker, place, names):
    response = four.call("PUT", f"{BROKERS}/{broker}/priority", {"priority": place})
    assert (response.status_code, response.content) == (204, b"")
    assert order(four) == [f"broker-0{number}" for number in names]


@pytest.mark.parametrize(
    ("broker", "body"),
    [
        (2, {"priority": 4}),
        (2, {"priority": -1}),
        (2, {"priority": "1"}),
        (2, {"priority": True}),
        (2, {}),
        (2, {"priority": 1, "more": 1}),
        (2, {"priority": 0}),  # that is a promotion
        (1, {"priority": 1}),
    ],
)
def test_refused_priorities(four, broker, body):
    assert four.call("PUT", f"{BROKERS}/{broker}/priority", body).status_code == 400
    assert order(four) == [f"broker-0{number}" for number in (1, 2, 3, 4)]


def test_removal_closes_the_gap(four):
    assert four.call("DELETE", f"{BROKERS}/2").status_code == 204
    assert order(four) == ["broker-01", "broker-03", "broker-04"]


def test_the_primary_one_cannot_be_removed(current):
    assert current.call("DELETE", f"{BROKERS}/1").status_code == 409
    assert order(current) == ["broker-01", "broker-02"]


def test_promotion_ends_every_session(current):
    first = current.token
    current.log_on()
    response = current.call("POST", f"{BROKERS}/2/promote")
    assert (response.status_code, response.content) == (204, b"")
    state = current.state()
    assert (state["admin_sessions"], state["logoffs"], state["foreign_tokens"]) == (0, 0, 0)
    for token in (first, current.token):
        assert current.call("GET", BROKERS, auth_token=token).status_code == 401
    reply = current.call("POST", "/api/Session/logon", {"username": "administrator", "password": "11112222"}).json()
    assert reply["connectedServer"] == reply["licensingServer"] == "broker-02.example.test"
    assert reply["applySettingsEnabled"] is True
    assert order(current.log_on()) == ["broker-02", "broker-01"]


def test_promoting_the_primary_one_changes_nothing(current):
    assert current.call("POST", f"{BROKERS}/1/promote").status_code == 204
    assert current.state()["waiting_for_apply"] is False
    assert order(current) == ["broker-01", "broker-02"]


@pytest.mark.parametrize(("method", "path"), [("POST", "promote"), ("PUT", "priority")])
def test_unknown_broker(current, method, path):
    assert current.call(method, f"{BROKERS}/99/{path}", {"priority": 1}).status_code == 404


def test_writes_wait_for_apply(four):
    for method, path, body in (
        ("POST", BROKERS, {"server": "b.example.test"}),
        ("PUT", f"{BROKERS}/2", {"enabled": False}),
        ("PUT", f"{BROKERS}/2/priority", {"priority": 2}),
        ("DELETE", f"{BROKERS}/2", None),
    ):
        four.call("POST", "/api/Settings/apply")
        assert four.call(method, path, body).is_success
        assert four.state()["waiting_for_apply"] is True


def test_older_path(launch):
    server = launch(broker_path="Broker").log_on()
    assert [one["id"] for one in server.call("GET", "/api/Broker").json()] == [1, 2]
    assert server.call("GET", "/api/Broker/2").json()["priority"] == 1
    assert server.call("POST", "/api/Broker", {"server": "b.example.test"}).status_code == 201
    assert server.call("PUT", "/api/Broker/3/priority", {"priority": 1}).status_code == 204
    assert server.call("POST", "/api/Broker/3/promote").status_code == 204
    assert server.call("GET", "/api/Broker").status_code == 401
    assert server.log_on().call("GET", BROKERS).status_code == 404


@pytest.mark.parametrize("farm", ["sample", "empty"])
def test_every_farm_has_one(launch, farm):
    server = launch(farm_options={"farm": farm}).log_on()
    assert order(server) == ["broker-01"]


@pytest.mark.parametrize("path", [BROKERS, "/api/Broker"])
def test_legacy_has_none(legacy, path):
    assert legacy.call("GET", path).status_code == 404


def test_behind_the_clients_back(current):
    body = {"server": "back.example.test", "standby": True, "markedForDeletion": True}
    made = current.control("POST", "create", {"resource": "broker", "body": body}).json()
    assert (made["priority"], made["standby"], made["markedForDeletion"]) == (2, True, True)
    current.control("POST", "update", {"resource": "broker", "id": made["id"], "body": {"enabled": False}})
    assert current.call("GET", f"{BROKERS}/{made['id']}").json()["enabled"] is False
    assert current.control("POST", "delete", {"resource": "broker", "id": 2}).status_code == 200
    assert order(current) == ["broker-01", "back"]
    assert current.control("POST", "delete", {"resource": "broker", "id": 1}).status_code == 400

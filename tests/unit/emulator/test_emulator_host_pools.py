# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Host pools: their fields, their life, and the hosts in them."""

from __future__ import annotations

import pytest

# The page of host pools up to where it is cut, in its order.
FIELDS = [
    "id", "adminCreate", "adminLastMod", "timeCreate", "timeLastMod", "name", "siteId", "enabled", "description",
    "autoscale", "rasTemplateId", "rasTemplateVersionId", "minServersFromTemplate", "maxServersFromTemplate",
    "workLoadThreshold", "serversToAddPerRequest", "workLoadToDrain", "drainRemainsBelowSec",
    "removeServersAfterDrainAndPowerOff", "inheritDefaultAgentSettings", "inheritDefaultPrinterSettings",
    "inheritDefaultUserProfileSettings", "inheritDefaultDesktopAccessSettings", "inheritDefaultAppPackageSettings",
    "inheritDefaultAutoUpgradeSettings", "rdsDefSettings",
]  # fmt: skip
# The page of default settings up to where it is cut, in its order.
DEFAULT_SETTINGS = [
    "port", "maxSessions", "disconnectActiveSessionAfter", "logoffDisconnectedSessionAfter",
    "allowURLAndMailRedirection", "supportShellURLNamespaceObjects", "preferredBrokerId", "enableDriveRedirectionCache",
    "allowRemoteExec", "enableAppMonitoring", "useRemoteApps", "allowFileTransfer", "fileTransferMode",
    "fileTransferLocation", "fileTransferLockLocation", "allowDragAndDrop", "dragAndDropMode",
    "manageRDPTransportProtocol", "printerNameFormat", "removeClientNameFromPrinterName",
    "removeSessionNumberFromPrinterName", "technology", "fsLogix",
]  # fmt: skip
POOLS = "/api/RDS/HostPool"


def members(server, pool_id):
    response = server.call("GET", f"{POOLS}/{pool_id}/Members")
    assert response.status_code == 200
    return [host["id"] for host in response.json()]


def put_members(server, pool_id, host_ids):
    return server.call("PUT", f"{POOLS}/{pool_id}/Members", {"rdsObject": host_ids})


def test_life(current):
    created = current.call("POST", POOLS, {"name": "Sales", "siteId": "2", "description": "new"})
    assert created.status_code == 201
    pool = created.json()
    assert list(pool) == FIELDS
    assert list(pool["rdsDefSettings"]) == DEFAULT_SETTINGS
    assert (pool["name"], pool["siteId"], pool["enabled"], pool["description"]) == ("Sales", 2, False, "new")
    one = f"{POOLS}/{pool['id']}"
    assert current.call("GET", one).json() == pool
    assert pool in current.call("GET", POOLS).json()

    update = current.call("PUT", one, {"enabled": True, "name": "Sales and more"})
    assert (update.status_code, update.content) == (204, b"")
    after = current.call("GET", one).json()
    assert {name for name in FIELDS if after[name] != pool[name]} == {"enabled", "name", "timeLastMod"}
    # The old name is free again, the new one is taken.
    assert current.call("POST", POOLS, {"name": "sales AND more", "siteId": 2}).status_code == 409
    assert current.call("POST", POOLS, {"name": "Sales", "siteId": 2}).status_code == 201

    delete = current.call("DELETE", one)
    assert (delete.status_code, delete.content) == (204, b"")
    assert current.call("GET", one).status_code == 404


def test_a_pool_can_start_enabled(current):
    assert current.call("POST", POOLS, {"name": "Sales", "enabled": True}).json()["enabled"] is True


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": " "}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": "Sales", "enabled": "yes"}, "enabled"),
        ({"name": "Sales", "autoscale": True}, "autoscale"),
        ({"name": "Sales", "rdsObject": [1]}, "rdsObject"),
        ({"name": "Sales", "brandNew": 1}, "brandNew"),
    ],
)
def test_refused_creates(current, body, field):
    response = current.call("POST", POOLS, body)
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]
    assert len(current.call("GET", POOLS).json()) == 4


@pytest.mark.parametrize("name", ["id", "siteId", "adminLastMod", "rdsDefSettings", "members", "brandNew"])
def test_refused_updates(current, name):
    response = current.call("PUT", f"{POOLS}/1", {name: 1})
    assert (response.status_code, list(response.json()["errors"])) == (400, [name])


def test_names_are_unique_in_a_site_alone(current):
    assert current.call("POST", POOLS, {"name": "OFFICE", "siteId": 1}).status_code == 409
    assert current.call("POST", POOLS, {"name": "Office", "siteId": 2}).status_code == 201
    assert current.call("PUT", f"{POOLS}/2", {"name": "office"}).status_code == 409
    # An object is no twin of itself.
    assert current.call("PUT", f"{POOLS}/1", {"name": "OFFICE"}).status_code == 204


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Office", "Engineering", "North", "South"]),
        ("?SiteId=1", ["Office", "Engineering"]),
        ("?Name=office", ["Office"]),
        ("?Name=office&SiteId=2", []),
        ("?Server=x", ["Office", "Engineering", "North", "South"]),
    ],
)
def test_filters(current, query, names):
    assert [pool["name"] for pool in current.call("GET", f"{POOLS}{query}").json()] == names


def test_members_are_whole_hosts(current):
    assert current.call("GET", f"{POOLS}/1/Members").json() == [
        current.call("GET", f"/api/RDS/Host/{number}").json() for number in (1, 2)
    ]


def test_the_list_of_members_is_complete_and_moves_hosts(current):
    put = put_members(current, 2, [2, 3])
    assert (put.status_code, put.content) == (204, b"")
    assert (members(current, 1), members(current, 2)) == ([1], [2, 3])
    put_members(current, 2, [3])
    assert (members(current, 1), members(current, 2)) == ([1], [3])
    put_members(current, 2, [])
    assert members(current, 2) == []
    assert current.call("GET", "/api/RDS/Host/3").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"rdsObject": 1},
        {"rdsObject": ["1"]},
        {"rdsObject": [True]},
        {"rdsObject": None},
        {"rdsObject": [99]},
        {"rdsObject": [4]},  # in another site
        {"rdsObject": [1], "more": 1},
        [1],
    ],
)
def test_refused_members(current, body):
    assert current.call("PUT", f"{POOLS}/1/Members", body).status_code == 400
    assert members(current, 1) == [1, 2]
    assert current.state()["waiting_for_apply"] is False


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PUT", {"rdsObject": []})])
def test_members_of_an_unknown_pool(current, method, body):
    assert current.call(method, f"{POOLS}/99/Members", body).status_code == 404


def test_what_is_gone_is_in_no_pool(current):
    current.call("DELETE", "/api/RDS/Host/1")
    assert members(current, 1) == [2]
    current.call("DELETE", f"{POOLS}/1")
    assert put_members(current, 2, [2, 3]).status_code == 204
    assert members(current, 2) == [2, 3]


def test_writes_wait_for_apply(current):
    for method, path, body in (
        ("POST", POOLS, {"name": "Sales"}),
        ("PUT", f"{POOLS}/1", {"enabled": False}),
        ("PUT", f"{POOLS}/1/Members", {"rdsObject": [1]}),
        ("DELETE", f"{POOLS}/1", None),
    ):
        assert current.call(method, path, body).is_success
        assert current.state()["waiting_for_apply"] is True
        current.call("POST", "/api/Settings/apply")


def test_sessions_are_in_the_pool_of_their_host(launch):
    server = launch(farm_options={"sessions": 100}).log_on()
    pools = {pool["id"]: pool["name"] for pool in server.call("GET", POOLS).json()}
    host_pools = {host: name for number, name in pools.items() for host in members(server, number)}
    every = server.call("GET", "/api/RDSession").json()
    assert {one["poolName"] for one in every} == set(pools.values())
    assert all(one["poolName"] == host_pools[one["serverID"]] for one in every)
    for number, name in pools.items():
        in_pool = [one for one in every if one["poolName"] == name]
        assert server.call("GET", f"/api/RDSession?GroupId={number}").json() == in_pool


def test_further_hosts_are_in_the_pools_of_their_site(launch):
    server = launch(farm_options={"sessions": 1000}).log_on()
    for site, names in ((1, {"Office", "Engineering"}), (2, {"North"}), (3, {"South"})):
        found = server.call("GET", f"/api/RDSession?SiteId={site}").json()
        assert {one["poolName"] for one in found} == names


def test_hosts_of_no_pool(launch):
    server = launch(farm_options={"sessions": 200, "rds_servers": 3}).log_on()
    lonely = server.call("GET", "/api/RDSession?GroupId=0").json()
    assert {one["poolName"] for one in lonely} == {""}
    assert {one["serverID"] for one in lonely} == {6, 7, 8}


def test_a_large_farm(launch):
    server = launch(farm_options={"farm": "empty", "rds_servers": 200, "host_pools": 20}).log_on()
    pools = server.call("GET", POOLS).json()
    assert len(pools) == 20
    assert [len(members(server, pool["id"])) for pool in pools] == [10] * 20


def test_legacy_has_none(legacy):
    # The legacy family reads the last part as the id of a host.
    assert legacy.call("GET", POOLS).status_code == 400
    assert legacy.call("GET", f"{POOLS}/1/Members").status_code == 404


def test_behind_the_clients_back(current):
    made = current.control(
        "POST", "create", {"resource": "host_pool", "body": {"name": "Back", "enabled": True, "members": [3]}}
    ).json()
    assert (made["name"], made["siteId"], made["enabled"]) == ("Back", 1, True)
    assert members(current, made["id"]) == [3]
    current.control("POST", "update", {"resource": "host_pool", "id": made["id"], "body": {"members": [1, 2]}})
    assert members(current, made["id"]) == [1, 2]
    current.control("POST", "delete", {"resource": "host_pool", "id": made["id"]})
    assert current.call("GET", f"{POOLS}/{made['id']}").status_code == 404
    assert current.state()["waiting_for_apply"] is False

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects in both generations: life of a server, filters, apply."""

from __future__ import annotations

import pytest

AUDIT = {"adminCreate", "adminLastMod", "timeCreate", "timeLastMod"}
# The page of RD Session Hosts up to where it is cut, in its order.
HOST_FIELDS = [
    "id",
    "adminCreate",
    "adminLastMod",
    "timeCreate",
    "timeLastMod",
    "server",
    "enabled",
    "description",
    "siteId",
    "directAddress",
    "rasTemplateId",
    "inheritDefaultAgentSettings",
    "inheritDefaultPrinterSettings",
    "inheritDefaultUserProfileSettings",
    "inheritDefaultDesktopAccessSettings",
    "inheritDefaultOptimizationSettings",
    "inheritDefaultAppPackageSettings",
    "port",
    "maxSessions",
    "disconnectActiveSessionAfter",
    "logoffDisconnectedSessionAfter",
    "allowURLAndMailRedirection",
    "supportShellURLNamespaceObjects",
    "allowRemoteExec",
    "enableAppMonitoring",
    "useRemoteApps",
    "allowFileTransfer",
    "fileTransferMode",
    "fileTransferLocation",
    "fileTransferLockLocation",
    "allowDragAndDrop",
    "dragAndDropMode",
    "preferredBrokerId",
    "enableDriveRedirectionCache",
    "manageRDPTransportProtocol",
    "enablePrinting",
    "enableTWAIN",
]
LIVES = [
    ("legacy", "/api/gateway"),
    ("legacy", "/api/rds"),
    ("current", "/api/Gateway"),
    ("current", "/api/RDS/Host"),
]


@pytest.fixture
def server(request, launch):
    return launch(farm_options={"family": request.param}).log_on()


@pytest.mark.parametrize(("server", "path"), LIVES, indirect=["server"])
def test_life_of_a_server(server, path):
    count = len(server.call("GET", path).json())
    created = server.call("POST", f"{path}?NoInstall=True", {"server": "Life.example.test", "siteId": "2"})
    assert created.status_code == 201
    body = created.json()
    assert (body["server"], body["siteId"], body["enabled"]) == ("Life.example.test", 2, True)
    one = f"{path}/{body['id']}"
    assert server.call("GET", one).json() == body
    assert len(server.call("GET", path).json()) == count + 1

    update = server.call("PUT", one, {"description": "changed", "enabled": False})
    assert (update.status_code, update.content) == (204, b"")
    after = server.call("GET", one).json()
    changed = {name for name in body if after[name] != body[name]}
    assert changed - AUDIT == {"description", "enabled"}
    assert (after["description"], after["enabled"]) == ("changed", False)
    listed = next(item for item in server.call("GET", path).json() if item["id"] == body["id"])
    assert listed["description"] == "changed"

    delete = server.call("DELETE", one)
    assert (delete.status_code, delete.content) == (204, b"")
    assert server.call("GET", one).status_code == 404
    assert len(server.call("GET", path).json()) == count
    assert server.call("POST", path, {"server": "life.example.test", "siteId": 2}).status_code == 201


@pytest.mark.parametrize(("server", "path"), LIVES, indirect=["server"])
def test_site_left_out_means_the_licensing_site(server, path):
    licensing = next(site["id"] for site in server.call("GET", "/api/site").json() if site["licensingSite"])
    assert server.call("POST", path, {"server": "somewhere.example.test"}).json()["siteId"] == licensing


@pytest.mark.parametrize("path", ["/api/Gateway", "/api/RDS/Host"])
def test_audit_fields_move_with_every_write(current, path):
    body = current.call("POST", path, {"server": "audited.example.test"}).json()
    assert set(body) >= AUDIT
    assert body["adminCreate"] == body["adminLastMod"] == "administrator"
    assert body["timeCreate"] == body["timeLastMod"] == "2026-01-05T08:00:00.000Z"
    times = [body["timeLastMod"]]
    # The clock stands still, and the second write changes nothing: the field moves all the same.
    for _turn in range(2):
        current.call("PUT", f"{path}/{body['id']}", {"description": "same"})
        times.append(current.call("GET", f"{path}/{body['id']}").json()["timeLastMod"])
    assert times == sorted(set(times))
    assert current.call("GET", f"{path}/{body['id']}").json()["timeCreate"] == body["timeCreate"]


@pytest.mark.parametrize("path", ["/api/gateway", "/api/rds", "/api/site"])
def test_legacy_objects_have_no_audit_fields(legacy, path):
    assert not AUDIT & set(legacy.call("GET", path).json()[0])


def test_current_gateway_is_the_sample_with_audit_fields(current, legacy):
    old, new = legacy.call("GET", "/api/gateway/1").json(), current.call("GET", "/api/gateway/1").json()
    assert len(old) == 50
    assert {name: value for name, value in new.items() if name not in AUDIT} == old


def test_current_host_has_the_fields_of_the_page(current):
    assert list(current.call("GET", "/api/RDS/Host/1").json())[: len(HOST_FIELDS)] == HOST_FIELDS


def test_current_host_list_carries_main_properties_only(current):
    main = ["id", *sorted(AUDIT), "server", "enabled", "description", "siteId", "directAddress"]
    assert sorted(current.call("GET", "/api/RDS/Host").json()[0]) == sorted(main)


def test_keys_of_an_update_are_matched_without_letter_case(current):
    assert current.call("PUT", "/api/Gateway/1", {"userportalport": 20021}).status_code == 204
    body = current.call("GET", "/api/Gateway/1").json()
    assert body["UserPortalPort"] == 20021
    assert "userportalport" not in body


@pytest.mark.parametrize("path", ["/API/rds/HOST/1", "/api/RDS/host/1/", "/api/rds/host/1"])
def test_paths_are_matched_without_letter_case(current, path):
    assert current.call("GET", path).json()["id"] == 1


@pytest.mark.parametrize("path", ["/api/RDS/Host", "/api/RDS/Host/status"])
@pytest.mark.parametrize(
    ("query", "servers"),
    [
        ("SiteId=2", {"rds-north.example.test"}),
        ("siteid=2", {"rds-north.example.test"}),
        ("Server=RDS-02.example.test", {"rds-02.example.test"}),
        ("Server=rds-02.example.test&SiteId=2", set()),
        ("SiteId=99", set()),
        ("Unknown=1&SiteId=3", {"rds-south.example.test"}),
    ],
)
def test_host_filters(current, path, query, servers):
    response = current.call("GET", f"{path}?{query}")
    assert response.status_code == 200
    assert {one["server"] for one in response.json()} == servers


@pytest.mark.parametrize(("switched_on", "found"), [(False, 4), (True, 2)])
def test_gateway_filters_only_on_demand(launch, switched_on, found):
    server = launch(gateway_filters=switched_on).log_on()
    assert len(server.call("GET", "/api/Gateway?SiteId=1").json()) == found


def test_legacy_lists_have_no_filters(legacy):
    assert len(legacy.call("GET", "/api/rds?Server=rds-01.example.test").json()) == 5
    assert len(legacy.call("GET", "/api/site?Name=Branch north").json()) == 3


def test_site_name_filter(current):
    assert [site["id"] for site in current.call("GET", "/api/Site?Name=branch NORTH").json()] == [2]


def test_host_status(current):
    states = current.call("GET", "/api/RDS/Host/status").json()
    assert list(states[0])[:4] == ["id", "siteId", "agentState", "serverType"]
    assert [one["id"] for one in states] == ["1", "2", "3", "4", "5"]
    assert {one["serverType"] for one in states} == {1}


def test_status_of_a_disabled_server(current):
    current.call("PUT", "/api/RDS/Host/3", {"enabled": False})
    states = {one["id"]: one["agentState"] for one in current.call("GET", "/api/RDS/Host/status").json()}
    assert (states["2"], states["3"]) == (0, -2)


def test_gateway_status(current):
    states = current.call("GET", "/api/Gateway/status").json()
    assert (states[0]["id"], states[0]["siteId"], states[0]["server"]) == ("1", 1, "gw-01.example.test")
    assert {one["serverType"] for one in states} == {3}


def test_legacy_status_of_one(legacy):
    assert legacy.call("GET", "/api/rds/2/status").json()["id"] == "2"


@pytest.mark.parametrize(
    ("family", "path", "status"),
    [
        ("legacy", "/api/RDSession", 404),
        ("legacy", "/api/AVD/Workspace/status", 404),
        ("legacy", "/api/RDS/Host", 400),
        ("legacy", "/api/RDS/Host/sessions", 404),
        ("legacy", "/api/Gateway/status", 400),
        ("current", "/api/RDS", 404),
        ("current", "/api/rds/1", 404),
        ("current", "/api/RDS/Host/1/status", 404),
    ],
)
def test_what_the_other_generation_has(launch, family, path, status):
    server = launch(farm_options={"family": family}).log_on()
    assert server.call("GET", path).status_code == status


def test_workspaces(current):
    every = current.call("GET", "/api/AVD/Workspace/status").json()
    fields = [
        "id",
        "siteId",
        "serverType",
        "name",
        "providerId",
        "resourceGroup",
        "location",
        "agentState",
        "brokenReason",
    ]
    assert [list(one) for one in every] == [fields] * 3
    assert all(isinstance(one["id"], str) and one["serverType"] == 64 for one in every)
    assert current.call("GET", "/api/AVD/Workspace/status?SiteId=2").json() == [every[2]]
    assert current.call("GET", "/api/AVD/Workspace/status?Name=ENGINEERING").json() == [every[1]]
    assert current.call("GET", f"/api/AVD/Workspace/{every[1]['id']}/status").json() == every[1]


def waiting(server):
    reply = server.call("POST", "/api/Session/logon", {"username": "administrator", "password": "11112222"}).json()
    assert reply["applySettingsEnabled"] == server.state()["waiting_for_apply"]
    return reply["applySettingsEnabled"]


def test_every_write_waits_for_apply(current):
    assert waiting(current) is False
    new = current.call("POST", "/api/Gateway", {"server": "apply.example.test"}).json()["id"]
    for method, path, body in (
        ("POST", "/api/RDS/Host", {"server": "apply.example.test"}),
        ("PUT", f"/api/Gateway/{new}", {"description": "x"}),
        ("DELETE", f"/api/Gateway/{new}", None),
    ):
        assert waiting(current) is True
        apply = current.call("POST", "/api/Settings/apply")
        assert (apply.status_code, apply.content) == (204, b"")
        assert waiting(current) is False
        assert current.call(method, path, body).is_success
    assert waiting(current) is True


def test_a_refused_write_leaves_nothing_waiting(current):
    current.call("POST", "/api/Gateway", {})
    current.call("PUT", "/api/Gateway/1", {"noSuchField": 1})
    assert waiting(current) is False


def test_logon_reply_of_v20(current):
    reply = current.call("POST", "/api/Session/logon", {"username": "administrator", "password": "11112222"}).json()
    assert list(reply) == [
        "authToken", "localAuth", "userId", "applySettingsEnabled", "connectedSiteId", "settingsId", "sessionId",
        "connectedServer", "licensingServer", "primaryBrokerConnection", "licensingServerConnection", "domain",
        "farmName", "farmGUID",
    ]  # fmt: skip


@pytest.mark.parametrize("options", [{"minimal_logon": True}, {"farm_options": {"family": "legacy"}}])
def test_logon_reply_of_the_sample(launch, options):
    reply = launch(**options).call("POST", "/api/Session/logon", {"username": "administrator", "password": "11112222"})
    assert list(reply.json()) == ["authToken"]


def test_empty_farm_has_one_site_and_nothing_else(launch):
    server = launch(farm_options={"farm": "empty"}).log_on()
    assert len(server.call("GET", "/api/Site").json()) == 1
    for path in ("Gateway", "RDS/Host", "RDSession", "AVD/Workspace/status", "RDS/Host/status", "Gateway/status"):
        assert server.call("GET", f"/api/{path}").json() == [], path


def test_additional_servers(launch):
    server = launch(farm_options={"farm": "empty", "gateways": 1000, "rds_servers": 3}).log_on()
    names = {one["server"] for one in server.call("GET", "/api/Gateway").json()}
    assert len(names) == 1000
    assert len(server.call("GET", "/api/RDS/Host").json()) == 3

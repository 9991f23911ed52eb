# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ras_site_info, ras_gateway_info, ras_rds_server_info, ras_avd_workspace_info: what they ask and return."""

from __future__ import annotations

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors
from ansible_collections.deskops.vdi.plugins.modules import (
    ras_avd_workspace_info,
    ras_gateway_info,
    ras_rds_server_info,
    ras_site_info,
)
from unit.support.tasks import BY_TOKEN, facts, run

SAMPLE = facts("basic_sample")
SITES = [*SAMPLE["sites"], {"name": "Site11", "licensingSite": False, "id": 2}]
GATEWAYS = [*SAMPLE["gateways"], SAMPLE["new_gateway"]]
HOST = SAMPLE["new_rds"]
STATUS = SAMPLE["rds_status"]


def ask(module, ras, **args):
    return run(module, ras, {**BY_TOKEN, **args})


# Sites


def test_sites(ras):
    ras.on("GET", "/api/Site", json=SAMPLE["sites"])
    assert ask(ras_site_info, ras) == {"sites": [{"name": "site11", "licensing_site": True, "id": 1}]}


def test_site_by_id(ras):
    ras.on("GET", "/api/Site/1", json=SAMPLE["site"])
    assert ask(ras_site_info, ras, id=1)["sites"] == [{"name": "site11", "licensing_site": True, "id": 1}]


def test_unknown_site_id_is_an_empty_list(ras):
    ras.on("GET", "/api/Site/9", status=404)
    assert ask(ras_site_info, ras, id=9) == {"sites": []}


@pytest.mark.parametrize(("name", "ids"), [("site11", [1]), ("Site11", [2]), ("none", [])])
def test_site_by_name(name, ids, ras):
    ras.on("GET", "/api/Site", json=SITES)
    assert [site["id"] for site in ask(ras_site_info, ras, name=name)["sites"]] == ids


# Gateways


def test_gateways(ras):
    ras.on("GET", "/api/Gateway", json=GATEWAYS)
    assert [gateway["id"] for gateway in ask(ras_gateway_info, ras)["gateways"]] == [218, 219]


def test_gateway_by_id(ras):
    ras.on("GET", "/api/Gateway/219", json=SAMPLE["new_gateway"])
    assert [gateway["server"] for gateway in ask(ras_gateway_info, ras, id=219)["gateways"]] == ["126.0.0.6"]


def test_unknown_gateway_id_is_an_empty_list(ras):
    ras.on("GET", "/api/Gateway/7", status=404)
    assert ask(ras_gateway_info, ras, id=7) == {"gateways": []}


@pytest.mark.parametrize(
    ("args", "ids"), [({"server": "126.0.0.6"}, [219]), ({"server": "none"}, []), ({"site": "1"}, [218, 219])]
)
def test_gateways_by_server_and_site(args, ids, ras):
    ras.on("GET", "/api/Gateway", json=[*GATEWAYS, {**GATEWAYS[0], "id": 300, "siteId": 2}])
    assert [gateway["id"] for gateway in ask(ras_gateway_info, ras, **args)["gateways"]] == ids


@pytest.mark.parametrize(("site", "ids"), [("site11", [218, 219]), ("Site11", [300])])
def test_gateways_by_the_name_of_the_site_in_its_letter_case_first(site, ids, ras):
    ras.on("GET", "/api/Site", json=SITES)
    ras.on("GET", "/api/Gateway", json=[*GATEWAYS, {**GATEWAYS[0], "id": 300, "siteId": 2}])
    assert [gateway["id"] for gateway in ask(ras_gateway_info, ras, site=site)["gateways"]] == ids


def test_site_in_another_letter_case_where_only_one_fits(ras):
    ras.on("GET", "/api/Site", json=SAMPLE["sites"]).on("GET", "/api/Gateway", json=GATEWAYS)
    assert len(ask(ras_gateway_info, ras, site="SITE11")["gateways"]) == 2


def test_site_in_another_letter_case_that_is_not_clear(ras):
    ras.on("GET", "/api/Site", json=SITES)
    with pytest.raises(errors.BadInputError, match=r"site11 \(id 1\), Site11 \(id 2\)"):
        ask(ras_gateway_info, ras, site="SITE11")


def test_status_of_gateways(ras):
    ras.on("GET", "/api/Gateway", json=GATEWAYS)
    rows = [{"id": "219", "agentState": -1, "serverType": 3}, {"id": "500", "agentState": 0}]
    ras.on("GET", "/api/Gateway/status", json=rows)
    first, second = ask(ras_gateway_info, ras, gather_status=True)["gateways"]
    assert first["status"] is None
    assert second["status"] == {"id": "219", "agent_state": "Disconnected", "server_type": "Gateway"}


def test_status_of_gateways_that_the_server_does_not_know(ras):
    ras.on("GET", "/api/Gateway", json=GATEWAYS).on("GET", "/api/Gateway/status", status=404)
    assert [gateway["status"] for gateway in ask(ras_gateway_info, ras, gather_status=True)["gateways"]] == [None, None]


def test_no_status_unless_asked(ras):
    ras.on("GET", "/api/Gateway", json=GATEWAYS)
    assert all("status" not in gateway for gateway in ask(ras_gateway_info, ras)["gateways"])


def test_no_status_of_nothing(ras):
    ras.on("GET", "/api/Gateway", json=[])
    assert ask(ras_gateway_info, ras, gather_status=True) == {"gateways": []}


# RDS servers


def test_current_rds_servers(ras):
    ras.on("GET", "/api/RDS/Host", json=[{"id": 361, "server": "rds.company.dom", "siteId": 1, "newField": 1}])
    servers = ask(ras_rds_server_info, ras, api_family="current")["rds_servers"]
    assert servers == [{"id": 361, "server": "rds.company.dom", "site_id": 1, "new_field": 1}]


def test_current_rds_server_by_name_is_read_whole(ras):
    query = {"Server": "RDS.company.dom", "SiteId": "1"}
    ras.on("GET", "/api/RDS/Host", query=query, json=[{"id": 361, "server": "rds.company.dom", "siteId": 1}])
    ras.on("GET", "/api/RDS/Host/361", json={"id": 361, "server": "rds.company.dom", "siteId": 1, "maxSessions": 5})
    servers = ask(ras_rds_server_info, ras, api_family="current", server="RDS.company.dom", site="1")["rds_servers"]
    assert [server["max_sessions"] for server in servers] == [5]


def test_current_status_of_rds_servers_is_one_request(ras):
    hosts = [{"id": number, "server": f"rds-{number}", "siteId": 1} for number in (1, 2, 3)]
    ras.on("GET", "/api/RDS/Host", query={"SiteId": "1"}, json=hosts)
    rows = [{"id": str(host["id"]), "agentState": 21, "serverType": 1} for host in hosts]
    ras.on("GET", "/api/RDS/Host/status", query={"SiteId": "1"}, json=rows)
    servers = ask(ras_rds_server_info, ras, api_family="current", site="1", gather_status=True)["rds_servers"]
    assert [server["status"]["agent_state"] for server in servers] == ["RebootPending"] * 3


@pytest.mark.parametrize("key", ["id", "ID", "Id"])
def test_status_rows_in_any_spelling(key, ras):
    """Keys are matched without regard to letter case (notes section 9)."""
    ras.on("GET", "/api/RDS/Host", json=[{"id": 1, "server": "a", "siteId": 1}])
    ras.on("GET", "/api/RDS/Host/status", json=[{key: "1", "AgentState": 0}])
    (server,) = ask(ras_rds_server_info, ras, api_family="current", gather_status=True)["rds_servers"]
    assert server["status"]["agent_state"] == "OK"


def test_legacy_rds_server_with_the_status_of_the_sample(ras):
    ras.on("GET", "/api/rds", json=[HOST]).on("GET", "/api/rds/361/status", json=STATUS)
    (server,) = ask(ras_rds_server_info, ras, api_family="legacy", gather_status=True)["rds_servers"]
    assert server["max_sessions"] == 250
    assert server["status"] == {
        "preferred_broker": "MC2019",
        "active_sessions": 1,
        "disconnected_sessions": 0,
        "active_connections": 1,
        "ip": "0.0.0.0",
        "login_status": 0,
        "upd_status": 2,
        "cpu_load": 23,
        "mem_load": 48,
        "disk_read": 10,
        "disk_write": 0,
        "enabled": True,
        "id": "361",
        "server": "172.30.10.20",
        "site_id": 1,
        "agent_ver": "17.0 (build 21257)",
        "server_os": "Windows Server 2019 Standard Edition (WOW 64)",
        "service_start_time": "Wed May 15 09:34:08 2019",
        "system_boot_time": "Tue May 14 09:30:56 2019",
        "unhandled_exceptions": 0,
        "agent_state": "OK",
        "server_type": "RDSHost",
        "log_level": 3,
    }


def test_an_agent_state_without_a_name_stays_a_number(ras):
    ras.on("GET", "/api/rds", json=[HOST]).on("GET", "/api/rds/361/status", json={**STATUS, "agentState": 99})
    (server,) = ask(ras_rds_server_info, ras, api_family="legacy", gather_status=True)["rds_servers"]
    assert server["status"]["agent_state"] == 99


@pytest.mark.parametrize(("family", "path"), [("current", "/api/RDS/Host"), ("legacy", "/api/rds")])
def test_unknown_id_of_an_rds_server_is_an_empty_list(family, path, ras):
    if family == "current":
        ras.on("GET", f"{path}/7", status=404)
    else:
        ras.on("GET", path, json=[HOST])
    assert ask(ras_rds_server_info, ras, api_family=family, id=7) == {"rds_servers": []}


@pytest.mark.parametrize("content", [b'["a"]', b"5", b"null", b'"text"'], ids=["texts", "number", "null", "text"])
def test_json_that_is_no_list_of_objects(content, ras):
    ras.on("GET", "/api/Gateway", content=content)
    with pytest.raises(errors.UnexpectedAnswerError, match="no list of objects"):
        ask(ras_gateway_info, ras)


# AVD workspaces


WORKSPACE = {
    "id": "1",
    "siteId": 1,
    "serverType": 64,
    "name": "Office",
    "providerId": 2,
    "resourceGroup": "rg",
    "location": "westeurope",
    "agentState": 53,
    "brokenReason": 1,
}


def test_avd_workspaces(ras):
    ras.on("GET", "/api/AVD/Workspace/status", json=[WORKSPACE])
    assert ask(ras_avd_workspace_info, ras)["workspaces"] == [
        {
            "id": "1",
            "site_id": 1,
            "server_type": "AVDWorkspace",
            "name": "Office",
            "provider_id": 2,
            "resource_group": "rg",
            "location": "westeurope",
            "agent_state": "Broken",
            "broken_reason": "InvalidTags",
        }
    ]


@pytest.mark.parametrize(
    ("args", "query"),
    [
        ({"name": "Office"}, {"Name": "Office"}),
        ({"site": "1"}, {"SiteId": "1"}),
        ({"name": "Office", "site": "1"}, {"SiteId": "1", "Name": "Office"}),
    ],
)
def test_avd_workspaces_by_both_filters(args, query, ras):
    ras.on("GET", "/api/AVD/Workspace/status", query=query, json=[WORKSPACE])
    assert len(ask(ras_avd_workspace_info, ras, **args)["workspaces"]) == 1


def test_avd_workspace_by_id(ras):
    ras.on("GET", "/api/AVD/Workspace/1/status", json=WORKSPACE)
    assert ask(ras_avd_workspace_info, ras, id=1)["workspaces"][0]["name"] == "Office"


def test_avd_filter_that_answers_404_for_none(ras):
    path = "/api/AVD/Workspace/status"
    ras.on("GET", path, query={"Name": "none"}, status=404).on("GET", path, json=[])
    assert ask(ras_avd_workspace_info, ras, name="none") == {"workspaces": []}


def test_avd_filter_that_answers_404_though_there_are_others(ras):
    """The plain list only tells whether the path is known; it must not come in place of the filtered one."""
    path = "/api/AVD/Workspace/status"
    ras.on("GET", path, query={"Name": "none"}, status=404).on("GET", path, json=[WORKSPACE])
    assert ask(ras_avd_workspace_info, ras, name="none") == {"workspaces": []}


def test_avd_of_a_server_without_it_asks_once(ras):
    ras.on("GET", "/api/AVD/Workspace/status", status=404)
    with pytest.raises(errors.NotFoundError):
        ask(ras_avd_workspace_info, ras)


@pytest.mark.parametrize("status", [400, 404])
def test_unknown_avd_id_is_an_empty_list(status, ras):
    """The page documents 400 and no 404 for it: after a 400 the list has the last word."""
    ras.on("GET", "/api/AVD/Workspace/7/status", status=status)
    if status == 400:
        ras.on("GET", "/api/AVD/Workspace/status", json=[WORKSPACE])
    assert ask(ras_avd_workspace_info, ras, id=7) == {"workspaces": []}


def test_avd_id_that_is_refused_though_it_is_there(ras):
    ras.on("GET", "/api/AVD/Workspace/1/status", status=400, json={"detail": "not now"})
    ras.on("GET", "/api/AVD/Workspace/status", json=[WORKSPACE])
    with pytest.raises(errors.RefusedValueError, match="not now"):
        ask(ras_avd_workspace_info, ras, id=1)


def test_the_status_is_asked_for_by_the_name_as_the_farm_spells_it(ras):
    """The server's filter may mind letter case (reference/ras/notes.md, section 5)."""
    row = {"id": 7, "server": "rds-07.example.test", "siteId": 1}
    ras.on("GET", "/api/RDS/Host", query={"Server": "RDS-07.example.test"}, json=[])
    ras.on("GET", "/api/RDS/Host", json=[row]).on("GET", "/api/RDS/Host/7", json=row)
    ras.on("GET", "/api/RDS/Host/status", query={"Server": row["server"]}, json=[{"id": "7", "agentState": 0}])
    args = {"api_family": "current", "server": "RDS-07.example.test", "gather_status": True}
    (server,) = ask(ras_rds_server_info, ras, **args)["rds_servers"]
    assert server["status"]["agent_state"] == "OK"

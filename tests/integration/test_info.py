# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules that read, and api_request, through both doors.

Expected values: what the emulator's demo farm is documented to hold, and the sessions that the tests put into it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration.support.doors import Pair, farms
from integration.support.runner import Ansible

GATEWAYS = {"gw-01": 1, "gw-02": 1, "gw-north": 2, "gw-south": 3}
HOSTS = {"rds-01": 1, "rds-02": 1, "rds-03": 1, "rds-north": 2, "rds-south": 3}


def _full(names: dict[str, int], site: int | None = None) -> list[str]:
    return [f"{name}.example.test" for name, where in names.items() if site in (None, where)]


TASKS = """
- name: sites
  deskops.vdi.ras_site_info:
- name: sites in check mode
  deskops.vdi.ras_site_info:
  check_mode: true
- name: site by id
  deskops.vdi.ras_site_info: {id: 2}
- name: site by name
  deskops.vdi.ras_site_info: {name: Branch south}
- name: no such site id
  deskops.vdi.ras_site_info: {id: 99}
- name: no such site name
  deskops.vdi.ras_site_info: {name: Branch}
- name: gateways
  deskops.vdi.ras_gateway_info: {gather_status: true}
- name: gateways of a site by name
  deskops.vdi.ras_gateway_info: {site: Branch north}
- name: gateway by id
  deskops.vdi.ras_gateway_info: {id: 3}
- name: gateway by server
  deskops.vdi.ras_gateway_info: {server: GW-02.example.test, gather_status: true}
- name: no such gateway
  deskops.vdi.ras_gateway_info: {server: gw-0}
- name: no such gateway id
  deskops.vdi.ras_gateway_info: {id: 99}
- name: gateways of an unknown site
  deskops.vdi.ras_gateway_info: {site: nowhere}
- name: hosts
  deskops.vdi.ras_rds_server_info: {gather_status: true}
- name: hosts of a site by id
  deskops.vdi.ras_rds_server_info: {site: "1"}
- name: host by id
  deskops.vdi.ras_rds_server_info: {id: 1}
- name: host by server
  deskops.vdi.ras_rds_server_info: {server: RDS-01.example.test, gather_status: true}
- name: no such host
  deskops.vdi.ras_rds_server_info: {server: rds-0}
- name: workspaces
  deskops.vdi.ras_avd_workspace_info:
- name: workspace by id
  deskops.vdi.ras_avd_workspace_info: {id: 2}
- name: workspaces of a site
  deskops.vdi.ras_avd_workspace_info: {site: Branch north}
- name: workspaces by site and name
  deskops.vdi.ras_avd_workspace_info: {site: "1", name: Engineering}
- name: no such workspace
  deskops.vdi.ras_avd_workspace_info: {name: Nobody}
- name: no such workspace id
  deskops.vdi.ras_avd_workspace_info: {id: 99}
- name: id and name
  deskops.vdi.ras_avd_workspace_info: {id: 1, name: Engineering}
- name: read by request
  deskops.vdi.api_request: {path: /api/RDS/Host, query: {SiteId: 1, Server: rds-02.example.test}}
- name: write by request
  deskops.vdi.api_request: {method: PUT, path: api/Gateway/1, body: {description: By request}}
- name: write by request in check mode
  deskops.vdi.api_request: {method: DELETE, path: /api/Gateway/1}
  check_mode: true
- name: POST that only reads, in check mode
  deskops.vdi.api_request: {method: POST, path: /api/Settings/apply, read_only: true}
  check_mode: true
- name: create by request
  deskops.vdi.api_request:
    method: POST
    path: /api/Gateway
    query: {noInstall: true}
    body: {server: by-request.example.test, siteId: "3"}
- name: request of what is not there
  deskops.vdi.api_request: {path: /api/Nothing}
- name: request with a query in its path
  deskops.vdi.api_request: {path: "/api/Gateway?SiteId=1"}
- name: request to another host
  deskops.vdi.api_request: {path: "https://other.example.test/api/Gateway"}
"""


@pytest.fixture(scope="module")
def current(ansible: Ansible) -> Iterator[Pair]:
    with farms(ansible) as farm:
        yield farm.play(TASKS, environment={"RAS_API_FAMILY": "current"})


def _servers(pair: Pair, task: str, noun: str) -> list[str]:
    return [server["server"] for server in pair[task][noun]]


def test_both_doors_agree(current: Pair) -> None:
    current.assert_alike()


def test_no_session_is_left_open(current: Pair) -> None:
    current.assert_no_session_left()


def test_only_bad_requests_fail(current: Pair) -> None:
    assert {task.name for task in current if task.failed} == {
        "gateways of an unknown site",
        "id and name",
        "request of what is not there",
        "request with a query in its path",
        "request to another host",
    }


def test_reading_changes_nothing(current: Pair) -> None:
    for task in current:
        if "request" not in task.name and "POST" not in task.name and not task.failed:
            assert not task.changed, task.name
            assert task.traffic.writes == [], task.name


def test_sites(current: Pair) -> None:
    sites = current["sites"]["sites"]
    assert [(site["id"], site["name"], site["licensing_site"]) for site in sites] == [
        (1, "Head office", True),
        (2, "Branch north", False),
        (3, "Branch south", False),
    ]
    assert current["sites in check mode"]["sites"] == sites
    assert current["site by id"]["sites"] == sites[1:2]
    assert current["site by name"]["sites"] == sites[2:]
    assert current["no such site id"]["sites"] == []
    assert current["no such site name"]["sites"] == []


def test_gateways(current: Pair) -> None:
    assert _servers(current, "gateways", "gateways") == _full(GATEWAYS)
    assert _servers(current, "gateways of a site by name", "gateways") == _full(GATEWAYS, 2)
    assert _servers(current, "gateway by id", "gateways") == ["gw-north.example.test"]
    assert _servers(current, "gateway by server", "gateways") == ["gw-02.example.test"]
    assert current["no such gateway"]["gateways"] == []
    assert current["no such gateway id"]["gateways"] == []


def test_status_of_gateways(current: Pair) -> None:
    states = [gateway["status"]["agent_state"] for gateway in current["gateways"]["gateways"]]
    # The second one is switched off; names of seed 002.
    assert states == ["OK", "DisabledFromSettings", "OK", "OK"]
    assert current["gateway by server"]["gateways"][0]["status"]["server_type"] == "Gateway"
    assert "status" not in current["gateway by id"]["gateways"][0]


def test_unknown_site_lists_the_known_ones(current: Pair) -> None:
    task = current["gateways of an unknown site"]
    assert task.kind == "bad_input"
    assert "Head office (id 1)" in task.message


def test_hosts(current: Pair) -> None:
    assert _servers(current, "hosts", "rds_servers") == _full(HOSTS)
    assert _servers(current, "hosts of a site by id", "rds_servers") == _full(HOSTS, 1)
    assert current["no such host"]["rds_servers"] == []
    # The list carries the main properties only; a host that is named is read whole.
    assert "max_sessions" not in current["hosts"]["rds_servers"][0]
    for task in ("host by id", "host by server"):
        (host,) = current[task]["rds_servers"]
        assert (host["server"], host["max_sessions"]) == ("rds-01.example.test", 100)
        assert host["description"] == "Office applications"
        assert host["allow_url_and_mail_redirection"] == "Enabled"


def test_status_of_hosts(current: Pair) -> None:
    assert [host["status"]["agent_state"] for host in current["hosts"]["rds_servers"]] == ["OK"] * len(HOSTS)
    status = current["host by server"]["rds_servers"][0]["status"]
    assert status["server_type"] == "RDSHost"
    assert status["id"] == "1"


def test_workspaces(current: Pair) -> None:
    workspaces = current["workspaces"]["workspaces"]
    assert [(one["id"], one["name"], one["agent_state"]) for one in workspaces] == [
        ("1", "Office desktops", "OK"),
        ("2", "Engineering", "NeedsAttention"),
        ("3", "North desktops", "OK"),
    ]
    # Seed 002: brokenReason -1 = Ignore, serverType 64 = AVDWorkspace.
    assert {one["broken_reason"] for one in workspaces} == {"Ignore"}
    assert {one["server_type"] for one in workspaces} == {"AVDWorkspace"}
    assert current["workspace by id"]["workspaces"] == workspaces[1:2]
    assert current["workspaces of a site"]["workspaces"] == workspaces[2:]
    assert current["workspaces by site and name"]["workspaces"] == workspaces[1:2]
    assert current["no such workspace"]["workspaces"] == []


def test_unknown_id_of_a_workspace_is_an_empty_list(current: Pair) -> None:
    # The page of the operation lists 400 beside 200 and 401, and no 404: that is how a server says it.
    assert current["no such workspace id"]["workspaces"] == []


def test_request_that_reads(current: Pair) -> None:
    task = current["read by request"]
    assert (task.changed, task["status"], task["text"]) == (False, 200, "")
    assert [host["server"] for host in task["json"]] == ["rds-02.example.test"]


def test_request_that_writes(current: Pair) -> None:
    task = current["write by request"]
    assert (task.changed, task["status"], task["json"], task["text"]) == (True, 204, None, "")
    (update,) = task.traffic.of("gateway.update")
    assert update["body"] == {"description": "By request"}
    created = current["create by request"]
    assert (created.changed, created["status"]) == (True, 201)
    assert created["json"]["siteId"] == 3
    assert created.traffic.of("gateway.create")[0]["query"] == {"noInstall": "true"}


def test_request_in_check_mode(current: Pair) -> None:
    task = current["write by request in check mode"]
    assert (task.changed, task["status"], task["json"]) == (True, None, None)
    assert task.traffic.requests == []
    reading = current["POST that only reads, in check mode"]
    assert (reading.changed, reading["status"]) == (False, 204)


def test_bad_requests(current: Pair) -> None:
    assert current["request of what is not there"].kind == "not_found"
    for name in ("request with a query in its path", "request to another host"):
        task = current[name]
        assert task.kind == "bad_input"
        assert "path" in task.message
        assert "query" in task.message
        assert task.traffic.requests == []


LEGACY = """
- name: sites
  deskops.vdi.ras_site_info:
- name: gateways
  deskops.vdi.ras_gateway_info:
- name: host
  deskops.vdi.ras_rds_server:
    server: rds.company.dom
    site: "1"
    install_agent: false
- name: hosts
  deskops.vdi.ras_rds_server_info: {gather_status: true}
- name: host by id
  deskops.vdi.ras_rds_server_info: {id: 361}
- name: no such host
  deskops.vdi.ras_rds_server_info: {id: 99}
- name: status of gateways
  deskops.vdi.ras_gateway_info: {gather_status: true}
- name: option of the newer generation
  deskops.vdi.ras_rds_server: {server: rds.company.dom, file_transfer_mode: Disabled}
- name: option of the newer generation on a new host
  deskops.vdi.ras_rds_server: {server: rds-02.company.dom, file_transfer_mode: Disabled}
"""


@pytest.fixture(scope="module")
def legacy(ansible: Ansible) -> Iterator[Pair]:
    with farms(ansible, farm="sample", api_family="legacy") as farm:
        yield farm.play(LEGACY)


def test_both_doors_agree_on_a_legacy_server(legacy: Pair) -> None:
    legacy.assert_alike()
    legacy.assert_no_session_left()


def test_sample_farm(legacy: Pair) -> None:
    # Seed 001.
    assert legacy["sites"]["sites"] == [{"name": "site11", "licensing_site": True, "id": 1}]
    (gateway,) = legacy["gateways"]["gateways"]
    assert (gateway["id"], gateway["server"], gateway["fw_gw_id"]) == (218, "126.0.0.5", 4294967295)
    assert len(gateway) == 50


def test_legacy_hosts(legacy: Pair) -> None:
    (host,) = legacy["hosts"]["rds_servers"]
    # Seed 001: legacy names in ours, and the status with its strange server.
    assert host["disconnect_active_session_after"] == 25
    assert host["max_user_profile_disk_size_gb"] == 20
    assert host["inherit_default_user_profile_settings"] is True
    status = host["status"]
    assert (status["agent_state"], status["active_sessions"], status["cpu_load"]) == ("OK", 1, 23)
    assert (status["server"], status["server_type"]) == ("172.30.10.20", "RDSHost")
    assert {key: value for key, value in host.items() if key != "status"} == legacy["host by id"]["rds_servers"][0]
    assert legacy["no such host"]["rds_servers"] == []


def test_status_that_the_server_does_not_tell_is_null(legacy: Pair) -> None:
    (gateway,) = legacy["status of gateways"]["gateways"]
    assert gateway["status"] is None


def test_option_without_a_legacy_counterpart(legacy: Pair) -> None:
    for name in ("option of the newer generation", "option of the newer generation on a new host"):
        task = legacy[name]
        assert task.kind == "bad_input"
        assert "file_transfer_mode" in task.message
        assert "legacy" in task.message
        assert task.traffic.writes == []

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ten steps of the documented Basic Sample come back as they are printed, keys in their order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx

import emulator.ras

FOLDER = Path(emulator.ras.__file__).parent / "fixtures" / "basic_sample"


def printed(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def same(response: httpx.Response, name: str) -> bool:
    # As text, so that the order of keys counts and 1 is not true.
    return json.dumps(response.json()) == json.dumps(printed(name))


def test_ten_steps(launch):
    server = launch(farm_options={"family": "legacy", "farm": "sample"})

    logon = server.call("POST", "/api/Session/logon", printed("01_logon_request"))
    assert logon.status_code == 200
    assert list(logon.json()) == list(printed("01_logon")) == ["authToken"]
    server.token = logon.json()["authToken"]

    for path, name in (("site", "02_sites"), ("site/1", "03_site"), ("gateway", "04_gateways")):
        response = server.call("GET", f"/api/{path}")
        assert response.status_code == 200
        assert same(response, name), path

    gateway = server.call("POST", "/api/gateway?noinstall=true", printed("05_new_gateway_request"))
    assert gateway.status_code == 201
    assert same(gateway, "05_new_gateway")
    read = server.call("GET", "/api/gateway/219")
    assert read.status_code == 200
    assert same(read, "06_gateway")

    host = server.call("POST", "/api/rds?noinstall=true", printed("07_new_rds_request"))
    assert host.status_code == 201
    assert same(host, "07_new_rds")
    status = server.call("GET", "/api/rds/361/status")
    assert status.status_code == 200
    assert same(status, "08_rds_status")
    sessions = server.call("GET", "/api/rds/sessions")
    assert sessions.status_code == 200
    assert sessions.json() == []

    logoff = server.call("POST", "/api/Session/logoff")
    assert (logoff.status_code, logoff.content) == (200, b"")
    assert server.state()["admin_sessions"] == 0


def test_fixtures_are_those_of_the_document():
    """What makes the sample recognisable, written here once more by hand."""
    gateway, host, status = printed("05_new_gateway"), printed("07_new_rds"), printed("08_rds_status")
    assert (len(gateway), gateway["id"], gateway["server"], gateway["iPs"]) == (50, 219, "126.0.0.6", "126.0.0.6")
    assert gateway["fwGWID"] == 4294967295
    assert printed("04_gateways")[0] == {**gateway, "id": 218, "server": "126.0.0.5", "iPs": "126.0.0.5"}
    assert (len(host), host["id"], host["server"]) == (38, 361, "rds.company.dom")
    assert (len(status), status["id"], status["server"]) == (23, "361", "172.30.10.20")


def test_replies_name_the_media_type_of_the_request(launch):
    server = launch(farm_options={"family": "legacy", "farm": "sample"}).log_on()
    assert server.call("GET", "/api/site").headers["content-type"] == "application/json; api-version=1.0"


def test_start_of_the_rds_sample(launch):
    """What is printed of it: the list, and a new host that comes back whole."""
    server = launch(farm_options={"family": "legacy", "farm": "sample"}).log_on()
    assert server.call("GET", "/api/rds").json() == []
    created = server.call("POST", "/api/rds?noinstall=true", printed("07_new_rds_request"))
    assert created.status_code == 201
    assert same(created, "07_new_rds")
    assert server.call("GET", "/api/rds").json() == [printed("07_new_rds")]

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server refuses, and with which body."""

from __future__ import annotations

import pytest

DOCUMENTED_KEYS = ["type", "title", "status", "detail", "instance"]
NEW = {"server": "new.example.test"}


def assert_problem(response, status, *, field=None):
    assert response.status_code == status, response.text
    body = response.json()
    assert list(body)[:5] == DOCUMENTED_KEYS
    assert body["status"] == status
    assert response.headers["content-type"] == "application/json; api-version=1.0"
    if field is not None:
        assert field in body["errors"]
        assert body["errors"][field][0]


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        (None, 415),
        ("text/plain; api-version=1.0", 415),
        ("multipart/form-data; api-version=1.0", 415),
        ("application/json", 400),
        ("application/json; api-version=2.0", 400),
    ],
)
def test_media_type(current, content_type, status):
    assert_problem(current.call("GET", "/api/Site", content_type=content_type), status)


@pytest.mark.parametrize("content_type", ["APPLICATION/JSON; API-VERSION=1.0", "application/json;api-version=1.0"])
def test_media_type_in_other_spellings(current, content_type):
    assert current.call("GET", "/api/Site", content_type=content_type).status_code == 200


@pytest.mark.parametrize("token", [None, "", "never-issued"])
def test_token(current, token):
    assert_problem(current.call("GET", "/api/Site", auth_token=token), 401)


def test_token_dies_with_the_session(current):
    assert current.call("POST", "/api/Session/logoff").status_code == 200
    assert_problem(current.call("GET", "/api/Site"), 401)
    assert_problem(current.call("POST", "/api/Session/logoff"), 401)


def test_logon_needs_no_token(launch):
    assert launch().log_on().token


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"username": "administrator", "password": "wrong"}, 401),
        ({"username": "nobody", "password": "11112222"}, 401),
        ({"username": "", "password": "11112222"}, 400),
        ({"username": "a" * 256, "password": "11112222"}, 400),
        ({"username": "a" * 255, "password": "11112222"}, 401),
        ({"username": "administrator"}, 400),
        ({"username": "administrator", "password": 11112222}, 400),
        ({"username": "administrator", "password": "11112222", "domain": "x"}, 400),
        ([], 400),
        (b"{", 400),
        (None, 400),
    ],
)
def test_logon(launch, body, status):
    server = launch()
    assert_problem(server.call("POST", "/api/Session/logon", body), status)
    assert server.state()["admin_sessions"] == 0


@pytest.mark.parametrize("path", ["/api/Gateway", "/api/RDS/Host"])
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "server"),
        ({"server": "  "}, "server"),
        ({"server": 5}, "server"),
        ({"siteId": 1}, "server"),
        ({**NEW, "siteId": "one"}, "siteId"),
        ({**NEW, "siteId": True}, "siteId"),
        ({**NEW, "siteId": 1.5}, "siteId"),
        ({**NEW, "description": "x"}, "description"),
        ({**NEW, "enabled": True}, "enabled"),
    ],
)
def test_create_takes_server_and_site_only(current, path, body, field):
    before = current.call("GET", path).json()
    assert_problem(current.call("POST", path, body), 400, field=field)
    assert current.call("GET", path).json() == before


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[1]", b'{"server": NaN}', b'"text"'])
def test_create_needs_a_json_object(current, body):
    assert_problem(current.call("POST", "/api/Gateway", body), 400)


@pytest.mark.parametrize("path", ["/api/Gateway", "/api/RDS/Host"])
def test_create_conflicts_by_server_and_site(current, path):
    assert current.call("POST", path, NEW).status_code == 201
    assert_problem(current.call("POST", path, {"server": "NEW.Example.Test", "siteId": 1}), 409)
    assert current.call("POST", path, {**NEW, "siteId": 2}).status_code == 201


def test_create_in_an_unknown_site(current):
    assert_problem(current.call("POST", "/api/Gateway", {**NEW, "siteId": 99}), 404)


@pytest.mark.parametrize("flag", ["noInstall", "noRestart", "noFireWallRules"])
def test_install_flags_are_flags(current, flag):
    assert_problem(current.call("POST", f"/api/Gateway?{flag}=perhaps", NEW), 400, field=flag)


@pytest.mark.parametrize("name", ["id", "siteId", "server", "adminCreate", "adminLastMod", "timeCreate", "timeLastMod"])
@pytest.mark.parametrize("path", ["/api/Gateway/1", "/api/RDS/Host/1"])
def test_update_refuses_what_is_read_only(current, path, name):
    before = current.call("GET", path).json()
    assert_problem(current.call("PUT", path, {name: before[name], "description": "x"}), 400, field=name)
    assert current.call("GET", path).json() == before


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("/api/Gateway/1", "noSuchField", 1),
        ("/api/Gateway/1", "enabled", "true"),
        ("/api/Gateway/1", "enabled", 1),
        ("/api/Gateway/1", "gwPort", "80"),
        ("/api/Gateway/1", "gwPort", True),
        ("/api/Gateway/1", "gwPort", 80.5),
        ("/api/Gateway/1", "gwPort", 2**31),
        ("/api/Gateway/1", "fwGWID", 2**32),
        ("/api/Gateway/1", "fwGWID", -1),
        ("/api/Gateway/1", "hstsMaxAge", 3),
        ("/api/Gateway/1", "hstsMaxAge", 121),
        ("/api/Gateway/1", "description", None),
        ("/api/Gateway/1", "macAllowOnlyLst", "00-11"),
        ("/api/Gateway/1", "macAllowOnlyLst", [1]),
        ("/api/RDS/Host/1", "allowURLAndMailRedirection", 3),
        ("/api/RDS/Host/1", "fileTransferMode", 4),
        ("/api/RDS/Host/1", "dragAndDropMode", -1),
        ("/api/RDS/Host/1", "manageRDPTransportProtocol", 4),
        ("/api/RDS/Host/1", "printerNameFormat", 3),
        ("/api/RDS/Host/1", "sessionTimeout", 25),
        ("/api/RDS/Host/1", "preferredPAId", 0),
    ],
)
def test_update_refuses_unknown_fields_and_wrong_values(current, path, name, value):
    before = current.call("GET", path).json()
    assert_problem(current.call("PUT", path, {name: value}), 400, field=name)
    assert current.call("GET", path).json() == before


def test_the_one_nullable_field(current):
    assert current.call("PUT", "/api/RDS/Host/1", {"inheritDefaultOptimizationSettings": None}).status_code == 204


@pytest.mark.parametrize("path", ["/api/Gateway/99", "/api/RDS/Host/99"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_unknown_id(current, path, method):
    assert_problem(current.call(method, path, {} if method == "PUT" else None), 404)


@pytest.mark.parametrize("path", ["/api/Site/99", "/api/Nothing", "/api", "/", "/api/RDS", "/api/RDS/sessions"])
def test_unknown_address(current, path):
    assert_problem(current.call("GET", path), 404)


def test_unknown_workspace_is_a_bad_request(current):
    """The page of this operation lists 400 and 401 beside 200, and no 404."""
    assert_problem(current.call("GET", "/api/AVD/Workspace/99/status"), 400)


@pytest.mark.parametrize("path", ["/api/Site/one", "/api/Gateway/1x", f"/api/Gateway/{2**31}", "/api/RDS/Host/one"])
def test_id_that_is_no_int32(current, path):
    assert_problem(current.call("GET", path), 400, field="id")


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("State=Active", "State"),
        ("State=10", "State"),
        ("Source=RDS", "Source"),
        ("Source=3", "Source"),
        ("SiteId=one", "SiteId"),
        ("ServerId=x", "ServerId"),
        ("ThemeId=x", "ThemeId"),
        ("GroupId=x", "GroupId"),
    ],
)
def test_session_filters_want_known_numbers(current, query, name):
    assert_problem(current.call("GET", f"/api/RDSession?{query}"), 400, field=name)


def test_method(current):
    response = current.call("PATCH", "/api/Gateway/1", {})
    assert_problem(response, 405)
    assert response.headers["allow"] == "DELETE, GET, PUT"


def test_disabled_operation_leaves_nothing_behind(launch):
    server = launch(disabled=("rdsession.list", "rds.status", "gateway.create")).log_on()
    assert_problem(server.call("GET", "/api/RDSession"), 404)
    # Not a host with the id "status" either.
    assert_problem(server.call("GET", "/api/RDS/Host/status"), 404)
    assert_problem(server.call("POST", "/api/Gateway", NEW), 404)
    assert server.call("GET", "/api/Gateway").status_code == 200


def test_another_session_is_thrown_out_once(current):
    other = current.call("POST", "/api/Session/logon", {"username": "administrator", "password": "11112222"}).json()
    path = f"/api/Session/{other['sessionId']}/logoff"
    assert current.call("POST", path).status_code == 204
    assert_problem(current.call("GET", "/api/Site", auth_token=other["authToken"]), 401)
    assert_problem(current.call("POST", path), 404)

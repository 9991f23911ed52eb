# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each kind of misbehaviour that can be seen without a network, and the vocabulary it is asked for with."""

from __future__ import annotations

import json

import pytest

from emulator.faults import FaultBook, FaultError, parse_text

NEW = {"server": "fault.example.test"}


def gateways(server):
    return [one["server"] for one in server.call("GET", "/api/Gateway").json()]


def test_times_and_then_all_is_well(current):
    current.fault(operation="gateway.list", kind="status", status=500, times=2)
    assert [current.call("GET", "/api/Gateway").status_code for _turn in range(3)] == [500, 500, 200]


def test_skip_lets_the_first_ones_pass(current):
    current.fault(operation="gateway.list", kind="status", status=500, times=1, skip=2)
    assert [current.call("GET", "/api/Gateway").status_code for _turn in range(4)] == [200, 200, 500, 200]


def test_without_times_it_lasts_until_reset(current):
    current.fault(operation="gateway.list", kind="status", status=500)
    assert [current.call("GET", "/api/Gateway").status_code for _turn in range(3)] == [500] * 3
    current.control("POST", "reset", {"what": ["faults"]})
    assert current.call("GET", "/api/Gateway").status_code == 200


def test_faults_queue_up(current):
    current.fault(operation="gateway.list", kind="status", status=503, times=1)
    current.fault(operation="gateway.list", kind="status", status=500, times=1)
    assert [current.call("GET", "/api/Gateway").status_code for _turn in range(3)] == [503, 500, 200]


def test_other_operations_are_left_alone(current):
    current.fault(operation="gateway.get", kind="status", status=500)
    assert current.call("GET", "/api/Gateway").status_code == 200


def test_star_means_every_address(current):
    current.fault(operation="*", kind="status", status=503)
    assert current.call("GET", "/api/Site").status_code == 503
    assert current.call("GET", "/api/Nothing").status_code == 503


def test_401_once_does_not_close_the_session(current):
    current.fault(operation="*", kind="status", status=401, times=1)
    response = current.call("GET", "/api/Site")
    assert (response.status_code, response.json()["status"]) == (401, 401)
    assert current.call("GET", "/api/Site").status_code == 200


@pytest.mark.parametrize("retry_after", [3, "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_retry_after(current, retry_after):
    current.fault(operation="site.list", kind="status", status=429, retry_after=retry_after, times=1)
    assert current.call("GET", "/api/Site").headers["retry-after"] == str(retry_after)


def test_no_retry_after_unless_asked_for(current):
    current.fault(operation="site.list", kind="status", status=503, times=1)
    assert "retry-after" not in current.call("GET", "/api/Site").headers


def test_error_bodies(current):
    def body(style):
        current.fault(operation="site.list", kind="status", status=400, body=style, detail="because", times=1)
        return current.call("GET", "/api/Site")

    assert body("problem").json()["detail"] == "because"
    assert body("code_msg").json() == {"code": 0, "msg": "because"}
    assert body("text").text == "because"
    assert body("html").headers["content-type"].startswith("text/html")
    assert "<html" in body("html").text
    assert body("empty").content == b""


def test_status_before_and_after_the_operation(current):
    current.fault(operation="gateway.create", kind="status", status=500, times=1)
    assert current.call("POST", "/api/Gateway", NEW).status_code == 500
    assert NEW["server"] not in gateways(current)
    current.fault(operation="gateway.create", kind="status", status=502, handled=True, times=1)
    assert current.call("POST", "/api/Gateway", NEW).status_code == 502
    assert NEW["server"] in gateways(current)


def test_html_page_of_a_proxy(current):
    current.fault(operation="gateway.create", kind="html", times=1)
    response = current.call("POST", "/api/Gateway", NEW)
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert NEW["server"] not in gateways(current)


def test_truncated_json(current):
    current.fault(operation="gateway.list", kind="truncate", times=1)
    response = current.call("GET", "/api/Gateway")
    assert response.status_code == 200
    assert int(response.headers["content-length"]) == len(response.content) > 0
    with pytest.raises(json.JSONDecodeError):
        response.json()


def test_empty_body_of_a_write_that_took_place(current):
    current.fault(operation="gateway.create", kind="empty", times=1)
    response = current.call("POST", "/api/Gateway", NEW)
    assert (response.status_code, response.content) == (200, b"")
    assert NEW["server"] in gateways(current)


def test_redirect(current):
    current.fault(
        operation="site.list", kind="redirect", location="https://elsewhere.example.test{path}", status=308, times=1
    )
    response = current.call("GET", "/api/Site?Name=x")
    assert response.status_code == 308
    assert response.headers["location"] == "https://elsewhere.example.test/api/Site?Name=x"


def test_delays_add_up(current, monkeypatch):
    waited = []

    async def sleep(seconds):
        waited.append(seconds)

    monkeypatch.setattr("emulator.engine.asyncio.sleep", sleep)
    current.fault(operation="site.list", kind="delay", seconds=2, times=1)
    current.fault(operation="*", kind="delay", seconds=0.5)
    assert current.call("GET", "/api/Site").status_code == 200
    assert current.call("GET", "/api/Site").status_code == 200
    assert [seconds for seconds in waited if seconds] == [2.5, 0.5]


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_drops_need_a_connection_but_the_write_is_told_apart(current, kind):
    current.fault(operation="gateway.create", kind=kind, times=1)
    with pytest.raises(ConnectionAbortedError):
        current.call("POST", "/api/Gateway", NEW)
    assert (NEW["server"] in gateways(current)) is (kind == "drop_after")


def put(server, **fields):
    assert server.call("PUT", "/api/Gateway/1", fields).status_code == 204
    return server.call("GET", "/api/Gateway/1").json()


def test_ignored_field(current):
    current.fault(operation="gateway.update", kind="ignore_field", field="DESCRIPTION")
    after = put(current, description="lost", gwPort=8080)
    assert (after["description"], after["gwPort"]) == ("", 8080)


@pytest.mark.parametrize(
    ("how", "stored"), [({"how": "upper"}, " HI "), ({"how": "strip"}, "Hi"), ({"value": "else"}, "else")]
)
def test_normalised_field(current, how, stored):
    current.fault(operation="gateway.update", kind="normalise_field", field="description", **how)
    assert put(current, description=" Hi ")["description"] == stored


def test_normalised_server_on_create(current):
    current.fault(operation="gateway.create", kind="normalise_field", field="server", how="upper")
    assert current.call("POST", "/api/Gateway", NEW).json()["server"] == "FAULT.EXAMPLE.TEST"


@pytest.mark.parametrize(
    ("field", "written", "stored"),
    [("macAllowOnlyLst", ["a", "b", "c"], ["c", "b", "a"]), ("iPs", "10.0.0.1;10.0.0.2", "10.0.0.2;10.0.0.1")],
)
def test_reordered_field(current, field, written, stored):
    current.fault(operation="gateway.update", kind="reorder_field", field=field)
    assert put(current, **{field: written})[field] == stored


def test_field_faults_wait_for_a_write_with_the_field(current):
    current.fault(operation="*", kind="ignore_field", field="description", times=1)
    current.call("GET", "/api/Gateway")
    put(current, gwPort=81)
    assert put(current, description="lost")["description"] == ""
    assert put(current, description="kept")["description"] == "kept"


def test_the_request_list_keeps_what_was_sent(current):
    current.fault(operation="gateway.update", kind="ignore_field", field="description")
    put(current, description="lost")
    sent = [one for one in current.control("GET", "requests").json() if one["operation"] == "gateway.update"]
    assert sent[0]["body"] == {"description": "lost"}


def test_faults_in_force_are_shown(current):
    current.fault(operation="site.list", kind="delay", seconds=1, times=3)
    assert current.control("GET", "faults").json() == [
        {"operation": "site.list", "kind": "delay", "times": 3, "skip": 0, "seconds": 1}
    ]


@pytest.mark.parametrize(
    ("spec", "complaint"),
    [
        ({"operation": "gateway.liste", "kind": "html"}, "unknown operation"),
        ({"kind": "explode"}, "unknown kind"),
        ({}, "unknown kind"),
        ({"kind": "delay"}, "needs seconds"),
        ({"kind": "delay", "seconds": -1}, "seconds"),
        ({"kind": "delay", "seconds": "2"}, "seconds"),
        ({"kind": "status"}, "needs status"),
        ({"kind": "status", "status": 42}, "status"),
        ({"kind": "status", "status": 500, "body": "xml"}, "unknown body"),
        ({"kind": "status", "status": 500, "seconds": 2}, "does not take seconds"),
        ({"kind": "status", "status": 500, "handled": "yes"}, "handled"),
        ({"kind": "drop_after", "handled": False}, "does not take handled"),
        ({"kind": "redirect"}, "needs location"),
        ({"kind": "ignore_field"}, "needs field"),
        ({"kind": "normalise_field", "field": "x", "how": "rot13"}, "unknown how"),
        ({"kind": "html", "times": 1.5}, "times"),
        ({"kind": "html", "skip": -1}, "skip"),
    ],
)
def test_what_cannot_be_understood_is_refused(current, spec, complaint):
    response = current.control("POST", "faults", spec)
    assert response.status_code == 400
    assert complaint in response.json()["error"]
    assert current.control("GET", "faults").json() == []


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("operation=*,kind=delay,seconds=0.5", {"operation": "*", "kind": "delay", "seconds": 0.5}),
        ("kind=status,status=503,times=1,handled=true", {"kind": "status", "status": 503, "times": 1, "handled": True}),
        ('{"kind": "redirect", "location": "https://a,b"}', {"kind": "redirect", "location": "https://a,b"}),
    ],
)
def test_command_line_form(text, spec):
    assert parse_text(text) == spec


@pytest.mark.parametrize("text", ["", "kind", '{"kind": '])
def test_command_line_form_refused(text):
    with pytest.raises(FaultError):
        parse_text(text)


def test_platform_decides_about_its_bodies():
    with pytest.raises(FaultError):
        FaultBook(["a.b"], ["problem"]).add({"kind": "status", "status": 400, "body": "code_msg"})

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Redirects: followed by our own code, to the same origin only, and no write is turned into something else."""

from __future__ import annotations

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils import _errors as errors

TOKEN = {"auth_token": "t0ken"}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["/gate/api/Site", "https://ras.example.test:20443/gate/api/Site"])
def test_a_read_follows_to_the_same_origin(status, location, script, client):
    script.on("GET", "/api/Site", headers=TOKEN, status=status, reply_headers={"Location": location})
    script.on("GET", "/gate/api/Site", headers=TOKEN, json=[1])
    assert client().request("GET", "/api/Site", headers=TOKEN).json() == [1]


def test_query_of_the_new_address_is_kept(script, client):
    script.on("GET", "/a", status=307, reply_headers={"Location": "/b?x=1%262"})
    script.on("GET", "/b", query={"x": "1&2"}, json=[])
    assert client().request("GET", "/a").json() == []


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example.test:20443/api/Site",
        "https://ras.example.test/api/Site",
        "http://ras.example.test:20443/api/Site",
        "//evil.example.test/api/Site",
        "https://ras.example.test.evil.test:20443/api/Site",
        "https://ras.example.test:20443@evil.example.test/api/Site",
    ],
    ids=["host", "port", "scheme", "no scheme", "longer host", "user part"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", [302, 308])
def test_no_secret_reaches_another_origin(status, method, location, script, client):
    script.on(method, "/api/Site", headers=TOKEN, status=status, reply_headers={"Location": location})
    with pytest.raises(errors.RedirectError, match="redirected to another server") as caught:
        client().request(method, "/api/Site", headers=TOKEN)
    assert "Set url to the address" in str(caught.value)
    assert caught.value.failure() == {"kind": "redirect", "status": status, "code": None, "detail": None}


@pytest.mark.parametrize("status", [301, 302, 303])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_write_is_not_sent_on_as_a_read(method, status, script, client):
    script.on(method, "/a", body={}, status=status, reply_headers={"Location": "/b"})
    with pytest.raises(errors.RedirectError, match="a write is not sent on") as caught:
        client().request(method, "/a", body={})
    assert caught.value.failure()["status"] == status


@pytest.mark.parametrize("status", [307, 308])
def test_a_write_follows_where_method_and_body_stay(status, script, client):
    headers = {"auth_token": "t0ken", "Content-Type": "application/json; api-version=1.0"}
    script.on("POST", "/a", headers=headers, body={"x": 1}, status=status, reply_headers={"Location": "/b"})
    script.on("POST", "/b", headers=headers, body={"x": 1}, status=201, json={"id": 1})
    assert client().request("POST", "/a", headers=headers, body={"x": 1}).status == 201


def test_a_circle_ends(script, client):
    for _hop in range(6):
        script.on("GET", "/a", status=302, reply_headers={"Location": "/a"})
    with pytest.raises(errors.RedirectError, match="more than 5 times"):
        client().request("GET", "/a")


def test_a_redirect_without_an_address_is_an_error(script, client):
    script.on("GET", "/a", status=302)
    with pytest.raises(errors.UnexpectedAnswerError, match="302"):
        client().request("GET", "/a")


def test_query_and_secrets_of_the_new_address_are_not_shown(script, client):
    script.on("GET", "/a", status=302, reply_headers={"Location": "https://other.test/s3cr%40t/x?token=s3cr%40t"})
    http = client()
    http.secrets.add("s3cr@t")
    with pytest.raises(errors.RedirectError) as caught:
        http.request("GET", "/a")
    text = str(caught.value)
    assert "other.test" in text
    assert "s3cr" not in text
    assert "token=" not in text


@pytest.mark.parametrize("location", ["https://[::1", "https://ras.example.test:port/x"])
def test_a_redirect_to_an_address_that_is_none(location, script, client):
    script.on("GET", "/a", status=302, reply_headers={"Location": location})
    with pytest.raises(errors.VdiError, match=r"GET .*/a "):
        client(retries=0).request("GET", "/a")

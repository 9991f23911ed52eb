# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTTP client: addresses, queries, bodies and answers. Expectations: issue sections 3, design section 5."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

import httpx
import pytest

from ansible_collections.deskops.vdi.plugins.module_utils._errors import (
    BadInputError,
    InsecureUrlError,
    NotJsonError,
    RedirectError,
    UnexpectedAnswerError,
    VdiError,
)
from ansible_collections.deskops.vdi.plugins.module_utils._http import (
    PROXY_HINT,
    PROXY_VARIABLES,
    HttpClient,
    HttpSettings,
)


def test_url_with_a_prefix_and_a_slash_at_its_end(script, client):
    script.on("GET", "/gate/ras/api/Site", json=[])
    reply = client(url=f"{script.url}/gate/ras/").request("GET", "/api/Site")
    assert reply.json() == []


def test_method_is_sent_in_capitals_and_decides_on_success(script, client):
    script.on("DELETE", "/api/Gateway/219", status=204)
    assert client().request("delete", "/api/Gateway/219").status == 204


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        ({"noInstall": True}, [("noInstall", "true")]),
        ({"noInstall": False}, [("noInstall", "false")]),
        ({"SiteId": 1, "Server": None}, [("SiteId", "1")]),
        ({"password": '@%"\\é +&='}, [("password", '@%"\\é +&=')]),
        ({"password": "100%25", "Name": "%41"}, [("password", "100%25"), ("Name", "%41")]),
        ({"id": [1, "b", True]}, [("id", "1"), ("id", "b"), ("id", "true")]),
        ({"Name": ""}, [("Name", "")]),
        (None, []),
        ({"Name": None}, []),
    ],
)
def test_query_is_encoded(query, sent, sleeper):
    calls = []

    def answer(request):
        calls.append(request)
        return httpx.Response(200, json=[])

    with HttpClient(HttpSettings("https://ras.example.test"), transport=httpx.MockTransport(answer)) as http:
        http.request("GET", "/api/Site", query=query)
    raw = calls[0].url.query.decode("ascii")  # nothing but ASCII may stand in an address
    assert parse_qsl(raw, keep_blank_values=True) == sent
    assert " " not in raw


@pytest.mark.parametrize("body", [{"server": "gw-é"}, [1], "text", 0, False, {}])
def test_body_is_sent_as_json(body, script, client):
    script.on("POST", "/api/Gateway", body=body, status=201, json={})
    client().request("POST", "/api/Gateway", body=body)


def test_bytes_are_sent_as_they_are():
    calls = []

    def answer(request):
        calls.append(request.content)
        return httpx.Response(200)

    with HttpClient(HttpSettings("https://ras.example.test"), transport=httpx.MockTransport(answer)) as http:
        http.request("POST", "/token", body=b"grant_type=client_credentials")
    assert calls == [b"grant_type=client_credentials"]


def test_no_body_is_sent_unless_one_is_given(script, client):
    script.on("POST", "/api/Session/logoff", headers={"Content-Type": None})
    client().request("POST", "/api/Session/logoff")


def test_every_call_names_the_collection_and_wants_json(script, client):
    script.on("GET", "/api/Site", headers={"User-Agent": "deskops.vdi", "Accept": "application/json"}, json=[])
    client().request("GET", "/api/Site")


@pytest.mark.parametrize(
    ("method", "status"),
    [
        ("GET", 200),
        ("POST", 200),
        ("POST", 201),
        ("POST", 204),
        ("PUT", 200),
        ("PUT", 204),
        ("DELETE", 200),
        ("DELETE", 204),
    ],
)
def test_documented_successes(method, status, script, client):
    script.on(method, "/api/x", status=status, content=b"{}" if status != 204 else b"")
    assert client().request(method, "/api/x").status == status


@pytest.mark.parametrize(("method", "status"), [("GET", 204), ("GET", 206), ("PUT", 201), ("DELETE", 202)])
def test_an_unforeseen_success_is_an_error(method, status, script, client):
    script.on(method, "/api/x", status=status)
    with pytest.raises(UnexpectedAnswerError, match=f"answered {status} ") as caught:
        client().request(method, "/api/x")
    assert caught.value.failure()["kind"] == "unexpected_answer"


def test_success_can_be_widened(script, client):
    script.on("POST", "/api/Session/logoff", status=202)
    assert client().request("POST", "/api/Session/logoff", success=range(200, 300)).status == 202


def test_text_of_an_answer(script, client):
    script.on("GET", "/api/x", content="Grüße".encode())
    assert client().request("GET", "/api/x").text == "Grüße"


def test_headers_of_an_answer_in_any_letter_case(script, client):
    script.on("GET", "/api/x", reply_headers={"X-Total": "3"})
    assert client().request("GET", "/api/x").headers["x-total"] == "3"


@pytest.mark.parametrize("content", ["\ufeff[1]".encode(), b" [1]\r\n"])
def test_json_with_byte_order_mark_or_white_space(content, script, client):
    script.on("GET", "/api/x", content=content)
    assert client().request("GET", "/api/x").json() == [1]


HTML = "<!DOCTYPE html><html><head><title>Sign in \n to the portal</title></head></html>"


@pytest.mark.parametrize(
    ("content", "words", "detail"),
    [
        (
            HTML,
            ("an HTML page titled 'Sign in to the portal' instead of JSON", "no proxy or portal answers"),
            "Sign in to the portal",
        ),
        ("<html></html>", ("an HTML page instead of JSON",), "an HTML page"),
        ('[{"name": "site11", "licensi', ("with JSON that is cut off or broken at character",), '[{"name"'),
        ("", ("an empty body instead of JSON",), None),
        ("It works!", ("plain text instead of JSON",), "It works!"),
        (b"\xff\xfe\xfd", ("plain text instead of JSON",), None),
    ],
    ids=["html", "html without title", "truncated", "empty", "text", "binary"],
)
def test_not_json(content, words, detail, script, client):
    script.on("GET", "/api/Site", content=content)
    with pytest.raises(NotJsonError) as caught:
        client().request("GET", "/api/Site").json()
    text = str(caught.value)
    for part in (f"GET {script.url}/api/Site answered 200", "Check that url", *words):
        assert part in text
    failure = caught.value.failure()
    assert (failure["kind"], failure["status"], failure["code"]) == ("not_json", 200, None)
    if detail is not None:
        assert detail in failure["detail"]


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (rb'{"name": "\ud800"}', {"name": "\ud800"}),
        (b'\xef\xbb\xbf{"name": "site11"}', {"name": "site11"}),
        ('{"name": "Zoë"}'.encode("utf-16"), {"name": "Zoë"}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'{"number": 123456789012345678901234567890}', {"number": 123456789012345678901234567890}),
        (b" true ", True),
    ],
    ids=["lone surrogate", "byte order mark", "utf-16", "double", "large number", "no object"],
)
def test_json_in_any_form_that_the_standard_library_reads(content, value, script, client):
    script.on("GET", "/api/Site", content=content)
    assert client().request("GET", "/api/Site").json() == value


def test_truncated_json_says_where_it_breaks(script, client):
    body = json.dumps([{"name": "site11"}])[:-2]
    script.on("GET", "/api/Site", content=body)
    with pytest.raises(NotJsonError, match=f"character {len(body)} of {len(body)}"):
        client().request("GET", "/api/Site").json()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ras.example.test",
        "ras.example.test:20443",
        "//ras.example.test",
        "ftp://ras.example.test",
        "https://",
        "https://:20443",
        "https://ras.example.test:port",
        "https://ras.example.test:99999",
        "https://ras.example.test:0",
        "https://[::1",
    ],
)
def test_url_of_another_form_is_refused(url, script):
    with pytest.raises(BadInputError, match="url must have the form https://host:port"):
        HttpClient(HttpSettings(url), transport=script)


@pytest.mark.parametrize("url", ["https://ras.example.test:20443\n", "https://ras.example.test\x07:20443"])
def test_url_with_a_host_that_cannot_be_is_refused(url, script):
    with pytest.raises(VdiError, match="url"):
        HttpClient(HttpSettings(url, retries=0), transport=script).request("GET", "/api/Site")


@pytest.mark.parametrize(
    "url",
    [
        "https://admin@ras.example.test",
        "https://admin:hunter2@ras.example.test",
        "https://ras.example.test?x=hunter2",
        "https://ras.example.test#x",
    ],
)
def test_url_holds_no_user_password_query_or_fragment(url, script):
    with pytest.raises(BadInputError, match="no user, password, query or fragment") as caught:
        HttpClient(HttpSettings(url), transport=script)
    assert "hunter2" not in str(caught.value)


def test_a_wrong_url_is_shown_without_its_password(script):
    with pytest.raises(BadInputError) as caught:
        HttpClient(HttpSettings("ftp://admin:hunter2@ras.example.test"), transport=script)
    assert "hunter2" not in str(caught.value)
    assert "ras.example.test" in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://ras.example.test", "http://127.0.0.1.example.test", "http://10.0.0.1:20080", "http://[::2]"]
)
def test_plain_http_is_refused(url, script):
    with pytest.raises(InsecureUrlError, match="plain http") as caught:
        HttpClient(HttpSettings(url), transport=script)
    assert "allow_insecure_http" in str(caught.value)
    assert caught.value.failure() == {"kind": "insecure_url", "status": None, "code": None, "detail": None}


@pytest.mark.parametrize(
    "url", ["http://localhost:20080", "http://LOCALHOST", "http://127.0.0.1", "http://127.9.9.9:80", "http://[::1]:80"]
)
def test_plain_http_to_loopback_is_allowed(url, script):
    HttpClient(HttpSettings(url), transport=script).close()


def test_plain_http_is_allowed_on_request(script):
    HttpClient(HttpSettings("http://ras.example.test", allow_insecure_http=True), transport=script).close()


@pytest.mark.parametrize(
    "location", ["https://x:99999/", "https://ras.example.test:-1/", "https://[::1", "https://ras.example.test:port/x"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_redirect_to_an_address_that_is_none_is_told_as_one(method, location, script, client, sleeper):
    script.on(method, "/a", status=302, reply_headers={"Location": location})
    with pytest.raises(RedirectError, match=rf"{method} .*/a is redirected to an address that is not valid"):
        client().request(method, "/a")
    assert sleeper.waits == []


@pytest.mark.parametrize(
    "proxy",
    [
        "http://admin:hunter2@[::1",
        "http://admin:hunter2/x@proxy.example.test:80",
        "http://admin:hunter2@proxy.example.test:port",
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_whose_address_is_none(scheme, proxy, monkeypatch):
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(f"{scheme.upper()}_PROXY", proxy)
    with pytest.raises(BadInputError, match="proxy of the environment cannot be used") as caught:
        HttpClient(HttpSettings(f"{scheme}://ras.example.test", allow_insecure_http=True))
    assert PROXY_HINT in str(caught.value)
    assert "hunter2" not in str(caught.value)

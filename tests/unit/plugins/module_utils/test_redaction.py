# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets never reach messages or logs, in whichever form they come back."""

from __future__ import annotations

import base64
import json
import logging
import re
from urllib.parse import quote, quote_plus

import httpx
import pytest

from ansible_collections.deskops.vdi.plugins.module_utils._errors import RedirectError, VdiError
from ansible_collections.deskops.vdi.plugins.module_utils._http import WORDS_LIMIT

# The characters that the issue names: each is changed by at least one encoding.
SECRETS = ['P@ss%20w"o\\rdé 1', "@@@@", "100%25", 'a"b', "back\\slash", "Élan vital", "two words", "tab\tand\nline"]

FORMS = {
    "plain": lambda secret: secret,
    "percent": lambda secret: quote(secret, safe=""),
    "percent with slash": quote,
    "form": quote_plus,
    "percent with small digits": lambda secret: re.sub("%..", lambda hit: hit[0].lower(), quote(secret, safe="")),
    "json": lambda secret: json.dumps(secret)[1:-1],
    "json with accents": lambda secret: json.dumps(secret, ensure_ascii=False)[1:-1],
    "base64": lambda secret: base64.b64encode(secret.encode()).decode(),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("secret", SECRETS)
def test_what_the_server_says_is_cleaned(secret, form, script, client):
    shown = form(secret)
    said = {"code": 7, "msg": f"password <{shown}> is wrong"}
    script.on("POST", "/api/Session/logon", body={"password": secret}, status=400, json=said)
    http = client()
    http.secrets.add(secret)
    with pytest.raises(VdiError) as caught:
        http.request("POST", "/api/Session/logon", body={"password": secret})
    for text in (str(caught.value), caught.value.failure()["detail"]):
        assert shown not in text
        assert secret not in text
        assert "password <********> is wrong" in text


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("error", [httpx.ReadError, httpx.ConnectError, httpx.ProxyError])
def test_what_the_library_says_is_cleaned(error, secret, script, client):
    script.on("GET", "/x", error=error(f"cannot use {secret}"))
    http = client(retries=0)
    http.secrets.add(secret)
    with pytest.raises(VdiError) as caught:
        http.request("GET", "/x")
    assert secret not in str(caught.value)
    assert "cannot use ********" in str(caught.value)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_query_is_never_shown(secret, script, client):
    """RAS takes the password of an agent installation in the query; it need not be known as a secret."""
    script.on("POST", "/api/Gateway", query={"username": "u", "password": secret}, body={}, status=500)
    with pytest.raises(VdiError) as caught:
        client().request("POST", "/api/Gateway", query={"username": "u", "password": secret}, body={})
    assert "?" not in str(caught.value)
    assert "password" not in str(caught.value)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_page_that_is_no_json_is_cleaned(secret, script, client):
    script.on("GET", "/x", content=f"<title>Hello {secret}</title>".encode())
    http = client()
    http.secrets.add(secret)
    with pytest.raises(VdiError) as caught:
        http.request("GET", "/x").json()
    assert secret not in str(caught.value)
    assert secret not in str(caught.value.failure()["detail"])


@pytest.mark.parametrize("name", ["httpx", "httpcore", "httpcore.http11", "httpcore.connection"])
def test_loggers_of_the_libraries_are_silent(name, caplog):
    """They log whole addresses; ANSIBLE_LOG_PATH would keep them."""
    with caplog.at_level(logging.DEBUG):
        logging.getLogger(name).critical("GET https://host/?password=hunter2")
    assert caplog.records == []


@pytest.mark.parametrize("name", ["httpx", "httpcore"])
def test_loggers_of_the_libraries_stay_apart_even_if_somebody_wakes_them(name, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger(name), "level", logging.DEBUG)
    logging.getLogger(name).manager._clear_cache()
    with caplog.at_level(logging.DEBUG):
        logging.getLogger(name).critical("GET https://host/?password=hunter2")
    assert caplog.records == []


def test_a_request_logs_nothing(loopback, loopback_client, caplog):
    with caplog.at_level(logging.DEBUG):
        loopback_client(loopback.url).request("GET", "/api/x", query={"password": "hunter2"})
    assert loopback.paths == ["/api/x?password=hunter2"]
    assert [record.getMessage() for record in caplog.records] == []


def test_a_secret_at_the_limit_of_the_words_is_not_cut_in_half(script, client):
    """Half of it would not be recognised, and tell the rest."""
    secret = SECRETS[0]
    script.on("GET", "/x", status=400, json={"code": 1, "msg": f"{'x' * (WORDS_LIMIT - 5)}{secret}"})
    http = client()
    http.secrets.add(secret)
    with pytest.raises(VdiError) as caught:
        http.request("GET", "/x")
    for text in (str(caught.value), caught.value.failure()["detail"]):
        assert secret[:5] not in text


def test_a_secret_in_the_path_of_a_redirect_is_cleaned(script, client):
    script.on("POST", "/x", status=302, reply_headers={"Location": f"{script.url}/api/list/t0ken-of-the-path/x"})
    http = client()
    http.secrets.add("t0ken-of-the-path")
    with pytest.raises(RedirectError, match="a write is not sent on") as caught:
        http.request("POST", "/x")
    assert "t0ken-of-the-path" not in str(caught.value)

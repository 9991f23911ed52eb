# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Proxies of the environment: honoured with NO_PROXY, and not at all when use_proxy is false."""

from __future__ import annotations

import socket

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils._errors import BadInputError, UnreachableError


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_proxy_of_the_environment_is_used(variable, loopback, proxy, loopback_client, monkeypatch):
    monkeypatch.setenv(variable, proxy.url)
    loopback_client(loopback.url).request("GET", "/api/Site")
    assert (proxy.paths, loopback.paths) == ([f"{loopback.url}/api/Site"], [])


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_use_proxy_false_goes_straight(variable, loopback, proxy, loopback_client, monkeypatch):
    monkeypatch.setenv(variable, proxy.url)
    loopback_client(loopback.url, use_proxy=False).request("GET", "/api/Site")
    assert (proxy.paths, loopback.paths) == ([], ["/api/Site"])


@pytest.mark.parametrize("variable", ["NO_PROXY", "no_proxy"])
@pytest.mark.parametrize("value", ["127.0.0.1", "example.test,127.0.0.1", "*"])
def test_no_proxy_is_honoured(variable, value, loopback, proxy, loopback_client, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv(variable, value)
    loopback_client(loopback.url).request("GET", "/api/Site")
    assert (proxy.paths, loopback.paths) == ([], ["/api/Site"])


def test_no_proxy_for_another_host_changes_nothing(loopback, proxy, loopback_client, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", "example.test")
    loopback_client(loopback.url).request("GET", "/api/Site")
    assert len(proxy.paths) == 1


def test_a_proxy_that_cannot_be_used_is_named(loopback, loopback_client, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "gopher://127.0.0.1:70")
    with pytest.raises(BadInputError, match="proxy of the environment") as caught:
        loopback_client(loopback.url)
    assert "use_proxy" in str(caught.value)


def test_a_password_of_the_proxy_is_not_shown(loopback, loopback_client, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "gopher://admin:hunter2@127.0.0.1:70")
    with pytest.raises(BadInputError) as caught:
        loopback_client(loopback.url)
    assert "hunter2" not in str(caught.value)


@pytest.fixture
def closed_port():
    """A port of the loopback interface on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def test_a_proxy_that_refuses_the_connection_is_blamed_and_not_the_server(
    loopback, loopback_client, closed_port, monkeypatch
):
    monkeypatch.setenv("HTTP_PROXY", f"http://admin:hunter2@127.0.0.1:{closed_port}")
    with pytest.raises(UnreachableError) as caught:
        loopback_client(loopback.url).request("GET", "/api/Site")
    text = str(caught.value)
    for part in (f"proxy 127.0.0.1:{closed_port}", "refused the connection", "NO_PROXY", "use_proxy"):
        assert part in text
    assert "hunter2" not in text


def test_a_server_that_refuses_the_connection_is_blamed_where_no_proxy_is_used(
    loopback, loopback_client, closed_port, monkeypatch
):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(UnreachableError) as caught:
        loopback_client(f"http://127.0.0.1:{closed_port}").request("GET", "/api/Site")
    assert f"127.0.0.1:{closed_port} refused the connection" in str(caught.value)
    assert "proxy" not in str(caught.value)

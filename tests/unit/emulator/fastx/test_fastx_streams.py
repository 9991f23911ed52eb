# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Live streams over TLS: WebSocket of version 2, server-sent events of version 3, refusals, and broken connections."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import time

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, InvalidMessage, InvalidStatus

from emulator.fastx.sessions import websocket_writer
from emulator.process import start

SECONDS = 20.0


@pytest.fixture(scope="module")
def second():
    with start(platform="fastx", farm="empty") as server:
        yield server


@pytest.fixture(scope="module")
def third():
    with start(platform="fastx", farm="empty", api_version=3) as server:
        yield server


def client_of(server):
    context = ssl.create_default_context(cafile=server.ca_path)
    return httpx.Client(base_url=server.url, verify=context, trust_env=False, timeout=SECONDS)


def token_of(server, path="/api/login", **more):
    server.reset()
    body = {"username": server.username, "password": server.password, "basic": True, **more}
    with client_of(server) as client:
        return client.post(path, json=body).json()["result"]["token"]


class Socket:
    """A WebSocket whose loop runs only while somebody waits for it."""

    def __init__(self, runner, connection):
        self._runner = runner
        self._connection = connection

    def send(self, text):
        self._runner.run(self._connection.send(text))

    def recv(self):
        return self._runner.run(asyncio.wait_for(self._connection.recv(), SECONDS))


@contextlib.contextmanager
def socket_of(server, path, token):
    context = ssl.create_default_context(cafile=server.ca_path)
    address = f"{server.url.replace('https', 'wss')}{path}?token={token}"

    async def opened():
        return await connect(address, ssl=context, open_timeout=SECONDS, close_timeout=1, proxy=None)

    with asyncio.Runner() as runner:
        connection = runner.run(opened())
        try:
            yield Socket(runner, connection)
        finally:
            runner.run(connection.close())


def message(socket):
    return json.loads(socket.recv())


def eventually(condition):
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def test_websocket_tells_what_happens(second):
    token = token_of(second)
    with socket_of(second, "/api/list", token) as mine, socket_of(second, "/api/admin/session", token) as all_of_them:
        other = second.create("session", login="bob")
        own = second.create("session")
        second.update("session", own["id"], clients=7)
        second.delete("session", own["id"])
        second.delete("session", other["id"])
        assert message(mine) == {"id": own["id"], "data": own}
        assert message(mine) == {"id": own["id"], "data": {**own, "clients": 7}}
        assert message(mine) == {"id": own["id"], "data": None}
        assert message(all_of_them) == {"id": other["id"], "data": other}
        assert [message(all_of_them)["id"] for _turn in range(3)] == [own["id"]] * 3
        assert message(all_of_them) == {"id": other["id"], "data": None}
        assert second.state()["streams"] == 2
    assert second.state()["reads"] == {"session.stream": 1, "session.stream_all": 1}
    eventually(lambda: second.state()["streams"] == 0)
    assert [one["status"] for one in second.requests("session.stream")] == [101]


def test_session_that_changes_hands(second):
    with socket_of(second, "/api/list", token_of(second)) as mine:
        own = second.create("session")
        second.update("session", own["id"], login="bob")
        second.delete("session", own["id"])
        marker = second.create("session")
        assert [message(mine) for _turn in range(3)] == [
            {"id": own["id"], "data": own},
            {"id": own["id"], "data": None},
            {"id": marker["id"], "data": marker},
        ]
        second.delete("session", marker["id"])


def test_what_the_client_says_means_nothing(second):
    with socket_of(second, "/api/list", token_of(second)) as mine:
        mine.send("hello")
        mine.send(b"hello")
        own = second.create("session")
        assert message(mine)["id"] == own["id"]
        second.delete("session", own["id"])


@pytest.mark.parametrize("token", ["", "invented"])
def test_websocket_without_a_token_is_refused(second, token):
    second.reset()
    with pytest.raises(InvalidStatus) as caught, socket_of(second, "/api/list", token):
        pass
    assert caught.value.response.status_code == 401
    assert json.loads(bytes(caught.value.response.body))["error"]["name"] == "AuthError"
    assert second.state()["refused"] == {"session.stream": 1}


def test_faults_of_a_handshake(second):
    token = token_of(second)
    second.fault(operation="session.stream", kind="status", status=503, retry_after=1, times=1)
    second.fault(operation="session.stream", kind="drop_before", times=1)
    second.fault(operation="session.stream", kind="drop_after", times=1)
    with pytest.raises(InvalidStatus) as caught, socket_of(second, "/api/list", token):
        pass
    assert caught.value.response.status_code == 503
    assert caught.value.response.headers["Retry-After"] == "1"
    with pytest.raises((InvalidMessage, OSError)), socket_of(second, "/api/list", token):
        pass
    with pytest.raises(ConnectionClosedError), socket_of(second, "/api/list", token) as mine:
        mine.recv()
    assert second.state()["faulted"] == {"session.stream": 2}
    with socket_of(second, "/api/list", token) as mine:
        own = second.create("session")
        assert message(mine)["id"] == own["id"]
        second.delete("session", own["id"])


def test_hang_up(second):
    token = token_of(second)
    with socket_of(second, "/api/list", token) as mine, socket_of(second, "/api/admin/session", token) as all_of_them:
        assert second.hang_up() == 2
        for socket in (mine, all_of_them):
            with pytest.raises(ConnectionClosedError):
                socket.recv()
    eventually(lambda: second.state()["streams"] == 0)
    assert second.hang_up() == 0


def test_snapshot_and_errors_with_status_200_and_the_end_of_the_server():
    options = {"snapshot": True, "deletion": "missing", "no_admin": True, "error_status": "200"}
    with start(platform="fastx", sessions=3, **options) as server:
        token = token_of(server)
        with client_of(server) as client:
            listed = client.get(f"/api/list/{token}").json()["result"]
        # A handshake cannot be refused with status 200: the socket opens, says it, and closes.
        with socket_of(server, "/api/admin/session", token) as refused:
            assert message(refused)["error"]["message"]
        with socket_of(server, "/api/list", token) as mine:
            assert [message(mine) for _one in listed] == [{"id": one["id"], "data": one} for one in listed]
            server.delete("session", listed[0]["id"])
            assert message(mine) == {"id": listed[0]["id"]}
            before = time.monotonic()
            server.stop()
            assert time.monotonic() - before < 4
        assert server.errors() == ""


@pytest.mark.parametrize(("deletion", "end"), [("null", {"data": None}), ("missing", {}), ("empty", {"data": {}})])
def test_what_may_tell_an_end(deletion, end):
    assert json.loads(websocket_writer(deletion)("delete", {"id": "a", "clients": 1})) == {"id": "a", **end}


@contextlib.contextmanager
def events_of(server, path, token):
    """The server-sent events, each as name and data."""
    with client_of(server) as client, client.stream("GET", path, headers={"X-FASTX-TOKEN": token}) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].partition(";")[0] == "text/event-stream"
        yield _events(answer.iter_lines())


def _events(lines):
    fields = {}
    for line in lines:
        if line:
            name, _colon, value = line.partition(": ")
            fields[name] = value
        else:
            yield fields["event"], json.loads(fields["data"])
            fields = {}


def test_server_sent_events(third):
    token = token_of(third, "/v3/api/auth/ssh", admin=True)
    with (
        events_of(third, "/sse/my-sessions", token) as mine,
        events_of(third, "/sse/all-sessions", token) as everything,
    ):
        other = third.create("session", login="bob")
        own = third.create("session")
        third.delete("session", own["id"])
        assert next(mine) == ("update", own)
        assert next(mine) == ("delete", own)
        assert next(everything) == ("update", other)
        assert next(everything) == ("update", own)
        assert third.hang_up() == 2
        with pytest.raises(httpx.TransportError):
            list(mine)


def test_server_sent_events_are_for_who_may_see_them(third):
    token = token_of(third, "/v3/api/auth/ssh")
    with client_of(third) as client:
        assert client.get("/sse/my-sessions").status_code == 401
        # The page names the cookie and X-FASTX-TOKEN for streams, and no bearer token.
        assert client.get("/sse/my-sessions", headers={"Authorization": f"Bearer {token}"}).status_code == 401
        assert client.get("/sse/all-sessions", headers={"X-FASTX-TOKEN": token}).status_code == 403


@pytest.mark.parametrize("kind", ["empty", "truncate"])
def test_fault_that_ends_a_stream_leaves_no_listener(launch, kind):
    server = launch(version=3).log_in("/v3/api/auth/ssh")
    server.fault(operation="session.stream", kind=kind, times=1)
    assert server.request("GET", "/sse/my-sessions", headers={"X-FASTX-TOKEN": server.token}).content == b""
    assert [len(channel) for channel in server.engine.platform._sessions._channels.values()] == [0]


def test_faults_of_an_event_stream(third):
    token = token_of(third, "/v3/api/auth/ssh")
    third.fault(operation="session.stream", kind="drop_after", times=1)
    third.fault(operation="session.stream", kind="html", times=1)
    with client_of(third) as client:
        with pytest.raises(httpx.TransportError):
            client.get("/sse/my-sessions", headers={"X-FASTX-TOKEN": token})
        assert "<html>" in client.get("/sse/my-sessions", headers={"X-FASTX-TOKEN": token}).text
    assert third.state()["streams"] == 0

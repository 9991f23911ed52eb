# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator as a process: TLS, broken connections, ready line, and an end that leaves nothing behind."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

import emulator
from emulator.process import EmulatorError, arguments, start

PACKAGE_PARENT = Path(emulator.__file__).parents[1]
JSON_HEADERS = {"Content-Type": "application/json; api-version=1.0"}
PASSWORD = 'p@ %"\\ é密'


def client_of(server, **options):
    verify = ssl.create_default_context(cafile=server.ca_path) if server.ca_path else False
    return httpx.Client(base_url=server.url, verify=verify, headers=JSON_HEADERS, trust_env=False, **options)


def log_on(client, server):
    body = {"username": server.username, "password": server.password}
    response = client.post("/api/Session/logon", json=body, headers=JSON_HEADERS)
    assert response.status_code == 200, response.text
    client.headers["auth_token"] = response.json()["authToken"]


def eventually(condition, seconds=10.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def runs(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@contextlib.contextmanager
def raw_process(*args, **options):
    command = [sys.executable, "-P", "-m", "emulator", f"--exit-with-parent={os.getpid()}", *args]
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE_PARENT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True, **options) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture(scope="module")
def server():
    with start(password=PASSWORD) as one:
        yield one


@pytest.fixture
def client(server):
    server.reset()
    with client_of(server) as one:
        log_on(one, server)
        yield one
        server.reset("faults")
        one.post("/api/Session/logoff")


def test_password_of_any_characters(server, client):
    assert server.password == PASSWORD
    assert client.get("/api/Site").status_code == 200


def test_one_connection_is_counted_once(server, client):
    for _turn in range(5):
        client.get("/api/Site")
    assert server.state()["connections"] == 1
    with client_of(server) as second:
        second.get("/api/Site")
    assert server.state()["connections"] == 2


@pytest.mark.parametrize(("kind", "stored"), [("drop_before", False), ("drop_after", True)])
def test_dropped_connection(server, client, kind, stored):
    name = f"{kind}.example.test"
    server.fault(operation="gateway.create", kind=kind, times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        client.post("/api/Gateway", json={"server": name}, headers=JSON_HEADERS)
    assert (name in {one["server"] for one in client.get("/api/Gateway").json()}) is stored
    assert server.requests("gateway.create")[0]["status"] is None
    state = server.state()
    assert (state["writes"], state["faulted"]) == (
        ({"gateway.create": 1}, {}) if stored else ({}, {"gateway.create": 1})
    )


def test_body_shorter_than_promised(server, client):
    server.fault(operation="gateway.list", kind="truncate_wire", times=1)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        client.get("/api/Gateway")
    assert client.get("/api/Gateway").status_code == 200


def test_delay_is_real(server, client):
    server.fault(operation="site.list", kind="delay", seconds=5, times=1)
    with pytest.raises(httpx.ReadTimeout):
        client.get("/api/Site", timeout=0.2)


def test_helper_changes_objects(server, client):
    new = server.create("rds", server="helper.example.test", siteId=2)
    server.update("rds_status", new["id"], agentState=21)
    states = client.get("/api/RDS/Host/status", params={"Server": "helper.example.test"}).json()
    assert [one["agentState"] for one in states] == [21]
    server.delete("rds", new["id"])
    assert client.get(f"/api/RDS/Host/{new['id']}").status_code == 404


def test_helper_refuses_what_the_server_refuses(server):
    with pytest.raises(EmulatorError, match="unknown kind"):
        server.fault(kind="explode")
    with pytest.raises(EmulatorError, match="spaceship"):
        server.create("spaceship")


def test_time_can_be_moved():
    with start(session_expire=300, rate_limit="3/60") as one, client_of(one) as client:
        log_on(client, one)
        assert [client.get("/api/Site").status_code for _turn in range(3)] == [200, 200, 429]
        one.advance(60)
        assert client.get("/api/Site").status_code == 200
        one.advance(301)
        assert client.get("/api/Site").status_code == 401


def test_untrusted_certificate(server):
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(server.url, trust_env=False)


@pytest.mark.parametrize(("kind", "text"), [("expired", "expired"), ("wrong-host", "mismatch|not valid for")])
def test_wrong_certificates(kind, text):
    with start(tls=kind) as one:
        with client_of(one) as client, pytest.raises(httpx.ConnectError, match=text):
            client.get("/api/Site")
        assert one.state()["connections"] == 0


def test_plain_http():
    with start(tls="none") as one, client_of(one) as client:
        assert one.url == f"http://127.0.0.1:{one.port}"
        assert one.ca_path is None
        log_on(client, one)


def test_client_certificate(tmp_path):
    with start(require_client_cert=True) as one:
        with client_of(one) as client, pytest.raises(httpx.TransportError):
            client.get("/api/Site")
        context = ssl.create_default_context(cafile=one.ca_path)
        context.load_cert_chain(one.client_cert, one.client_key)
        with httpx.Client(base_url=one.url, verify=context, trust_env=False) as client:
            log_on(client, one)
        with start(require_client_cert=True, work_dir=tmp_path) as other:
            context.load_verify_locations(other.ca_path)
            with pytest.raises(httpx.TransportError):
                httpx.get(f"{other.url}/api/Site", verify=context, trust_env=False)
        assert one.state()["logons"] == 1


def test_work_dir_and_ready_file(tmp_path):
    work, ready = tmp_path / "work", tmp_path / "ready.json"
    with start(work_dir=work, ready_file=ready, api_family="legacy", farm="sample") as one:
        assert json.loads(ready.read_text(encoding="utf-8")) == one.ready
        assert (one.ready["api_family"], one.ready["farm"], one.ready["pid"]) == ("legacy", "sample", one.pid)
        assert Path(one.ca_path).parent == work
        assert (work / "server.key").stat().st_mode & 0o777 == 0o600
    assert (work / "ca.pem").exists()


def test_nothing_is_left_behind():
    with start() as one:
        pid, folder, port = one.pid, Path(one.ready["work_dir"]), one.port
        assert runs(pid)
        assert folder.is_dir()
    assert not runs(pid)
    assert not folder.exists()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_in_order(number):
    with raw_process(stderr=subprocess.PIPE) as process:
        ready = json.loads(process.stdout.readline())
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
        assert (process.returncode, out, err) == (0, "", "")
        assert not Path(ready["work_dir"]).exists()


def test_signal_during_a_request():
    with start() as one, client_of(one) as client:
        log_on(client, one)
        one.fault(operation="site.list", kind="delay", seconds=60)
        with pytest.raises(httpx.ReadTimeout):
            client.get("/api/Site", timeout=0.2)
        began = time.monotonic()
        one.stop()
        assert time.monotonic() - began < 4
        assert not runs(one.pid)


def test_it_ends_with_its_parent(tmp_path):
    """The parent is killed the hard way, so that it cannot clean up."""
    ready = tmp_path / "ready.json"
    code = (
        f"import time\nfrom emulator.process import start\nwith start(ready_file={str(ready)!r}):\n    time.sleep(60)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE_PARENT)}
    with subprocess.Popen([sys.executable, "-P", "-c", code], env=environment) as parent:
        try:
            eventually(ready.exists)
            facts = json.loads(ready.read_text(encoding="utf-8"))
            assert runs(facts["pid"])
        finally:
            parent.kill()
    eventually(lambda: not runs(facts["pid"]))
    assert not Path(facts["work_dir"]).exists()


def test_death_is_told_with_the_reason(tmp_path):
    # A work directory of the test: whoever is killed the hard way cannot remove its own.
    with start(work_dir=tmp_path) as one:
        os.kill(one.pid, signal.SIGKILL)
        eventually(lambda: not runs(one.pid))
        with pytest.raises(EmulatorError, match="ended with -9"):
            one.state()


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        (["--farm", "moon"], "invalid choice"),
        (["--sessions", "100001"], "at most 100000"),
        (["--fault", "kind=explode"], "unknown kind"),
        (["--fault", "operation=rds.status_one,kind=html"], "unknown operation"),
        (["--disable", "rds.status_one"], "unknown operation"),
        (["--rate-limit", "many"], "REQUESTS/SECONDS"),
        (["--latency", "-1"], "must not be negative"),
        (["--tls", "none", "--require-client-cert"], "client certificates need TLS"),
    ],
)
def test_command_line_mistakes(args, complaint):
    with pytest.raises(EmulatorError, match=complaint), start(*args):
        pass


def test_faults_and_disabled_operations_of_the_command_line():
    fault = {"operation": "site.list", "kind": "status", "status": 503, "times": 1}
    with start(fault=[fault, "operation=site.get,kind=html"], disable=["rdsession.list"]) as one:
        assert [(f["operation"], f["kind"]) for f in one.faults()] == [("site.list", "status"), ("site.get", "html")]
        with client_of(one) as client:
            log_on(client, one)
            assert client.get("/api/RDSession").status_code == 404
            assert [client.get("/api/Site").status_code for _turn in range(2)] == [503, 200]


def test_keyword_options():
    assert arguments(
        {"api_family": "legacy", "minimal_logon": True, "seed": 3, "farm": None, "gateway_filters": False}
    ) == [
        "--api-family=legacy",
        "--minimal-logon",
        "--seed=3",
    ]

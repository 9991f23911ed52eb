# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each cause of a failure gives its own text and its own data, alike in both doors."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from emulator.process import Emulator, start
from integration.support.doors import LATENCY_MS, Farms, Pair, farms
from integration.support.runner import DOORS, Ansible


@dataclass(frozen=True)
class Case:
    """A fault, the task that meets it, and what the failure must say.

    parts: in the message. status, code, detail: of the failure's data; parts of the detail.
    """

    name: str
    fault: str
    task: str
    kind: str
    parts: tuple[str, ...]
    status: int | None = None
    code: object = None
    detail: str | None = None
    again: int = 0  # how often the request is repeated


READ = "deskops.vdi.ras_gateway_info: {retries: 0}"
WRITE = "deskops.vdi.ras_gateway: {server: new.example.test, retries: 0}"
CHANGE = "deskops.vdi.ras_gateway: {server: gw-01.example.test, description: New, retries: 0}"

CASES = (
    Case(
        "no permission",
        "{operation: gateway.list, kind: status, status: 403, detail: Power administrators may not., times: 1}",
        READ,
        "permission",
        ("GET ", "/api/Gateway", "403 Forbidden", "Power administrators may not.", "username"),
        status=403,
        detail="Power administrators may not.",
    ),
    Case(
        "token that does not arrive",
        "{operation: gateway.list, kind: status, status: 401, times: 1}",
        READ,
        "authentication",
        ("GET ", "401 Unauthorized", "logon itself succeeded", "underscore", "auth_token", "proxy"),
        status=401,
    ),
    Case(
        "unknown id",
        "{operation: gateway.update, kind: status, status: 404, detail: It is gone., times: 1}",
        CHANGE,
        "not_found",
        ("PUT ", "/api/Gateway/1", "404 Not Found", "It is gone.", "id"),
        status=404,
        detail="It is gone.",
    ),
    Case(
        "duplicate",
        "{operation: gateway.create, kind: status, status: 409, detail: It is there., times: 1}",
        WRITE,
        "conflict",
        ("POST ", "/api/Gateway", "409 Conflict", "It is there."),
        status=409,
        detail="It is there.",
        again=1,  # the list is read once more, to adopt what is there
    ),
    Case(
        "refused field, as ProblemDetails",
        "{operation: gateway.update, kind: status, status: 400, detail: Not this value., times: 1}",
        CHANGE,
        "refused_value",
        ("PUT ", "400 Bad Request", "Not this value."),
        status=400,
        detail="Not this value.",
    ),
    Case(
        "refused field, as code and msg",
        "{operation: gateway.update, kind: status, status: 400, body: code_msg, detail: invalid login, times: 1}",
        CHANGE,
        "refused_value",
        ("PUT ", "400 Bad Request", "invalid login"),
        status=400,
        code=0,
        detail="invalid login",
    ),
    Case(
        "rate limit",
        "{operation: gateway.list, kind: status, status: 429, times: 1}",
        READ,
        "rate_limit",
        ("GET ", "429 Too Many Requests", "retries", "throttle"),
        status=429,
    ),
    Case(
        "server fault",
        "{operation: gateway.list, kind: status, status: 500, detail: The broker is away., times: 1}",
        READ,
        "server_fault",
        ("GET ", "500 Internal Server Error", "The broker is away.", "server"),
        status=500,
        detail="The broker is away.",
    ),
    Case(
        "page of a proxy",
        "{operation: gateway.list, kind: status, status: 502, body: html, times: 1}",
        READ,
        "server_fault",
        ("GET ", "502 Bad Gateway", "HTML", "Sign in"),
        status=502,
    ),
    Case(
        "connection that breaks off before a read",
        "{operation: gateway.list, kind: drop_before, times: 1}",
        READ,
        "unreachable",
        ("GET ", "/api/Gateway", "connection was lost"),
    ),
    Case(
        "answer that breaks off",
        "{operation: gateway.list, kind: truncate_wire, times: 1}",
        READ,
        "unreachable",
        ("GET ", "/api/Gateway", "connection was lost"),
    ),
    Case(
        "HTML instead of JSON",
        "{operation: gateway.list, kind: html, times: 1}",
        READ,
        "not_json",
        ("GET ", "200", "HTML", "Sign in", "url"),
        status=200,
    ),
    Case(
        "truncated JSON",
        "{operation: gateway.list, kind: truncate, times: 1}",
        READ,
        "not_json",
        ("GET ", "200", "JSON"),
        status=200,
    ),
    Case(
        "empty body",
        "{operation: gateway.list, kind: empty, times: 1}",
        READ,
        "not_json",
        ("GET ", "200", "empty"),
        status=200,
    ),
    Case(
        "time limit",
        "{operation: gateway.list, kind: delay, seconds: 3, times: 1}",
        "deskops.vdi.ras_gateway_info: {retries: 0, timeout: 1}",
        "time_limit",
        ("GET ", "1 s", "timeout"),
    ),
    Case(
        "passing fault that does not pass",
        "{operation: gateway.list, kind: status, status: 503, retry_after: 0, times: 2}",
        "deskops.vdi.ras_gateway_info: {retries: 1}",
        "server_fault",
        ("503 Service Unavailable", "tried 2 times"),
        status=503,
        again=1,
    ),
)

# Faults that pass: the task succeeds, and the request is sent as often as said.
PASSING = {
    "read after a lost connection": (
        "{operation: gateway.list, kind: drop_before, times: 1}",
        "deskops.vdi.ras_gateway_info:",
        ("gateway.list", 2),
    ),
    "write refused with Retry-After": (
        "{operation: gateway.update, kind: status, status: 503, retry_after: 0, times: 1}",
        "deskops.vdi.ras_gateway: {server: gw-02.example.test, description: Patience}",
        ("gateway.update", 2),
    ),
    "redirect on the same server": (
        "{operation: gateway.list, kind: redirect, location: '/api/gateway', status: 307, times: 1}",
        "deskops.vdi.ras_gateway_info:",
        ("gateway.list", 2),
    ),
}


def _tasks() -> str:
    text = ""
    for name, fault, task in [
        *((case.name, case.fault, case.task) for case in CASES),
        *((name, fault, task) for name, (fault, task, _sent) in PASSING.items()),
    ]:
        text += f'- name: "before: {name}"\n  stand_in: {{fault: {fault}}}\n- name: {name}\n  {task}\n'
    return text


@pytest.fixture(scope="module")
def answers(ansible: Ansible) -> Iterator[Pair]:
    with farms(ansible) as farm:
        yield farm.play(_tasks(), environment={"RAS_API_FAMILY": "current"})


def test_both_doors_agree(answers: Pair) -> None:
    answers.assert_alike()


def test_no_session_is_left_open(answers: Pair) -> None:
    answers.assert_no_session_left()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_failure(case: Case, answers: Pair) -> None:
    task = answers[case.name]
    assert task.failed
    failure = task["failure"]
    assert (failure["kind"], failure["status"], failure["code"]) == (case.kind, case.status, case.code)
    if case.detail is not None:
        assert case.detail in failure["detail"]
    for part in case.parts:
        assert part in task.message, part
    # Neither the query nor the token stands in the address.
    assert "?" not in task.message.split(" ", 2)[1]
    main = [one for one in task.traffic.operations if one.startswith("gateway.")]
    assert len(main) == len(set(main)) + case.again


@pytest.mark.parametrize("name", PASSING)
def test_passing_fault(name: str, answers: Pair) -> None:
    operation, times = PASSING[name][2]
    assert answers[name].outcome == "ok"
    assert answers[name].traffic.operations.count(operation) == times


# Servers that cannot be reached properly. They change nothing, so that both doors share them.


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Emulator]]:
    with (
        start(latency=LATENCY_MS) as good,
        start(latency=LATENCY_MS, tls="expired") as expired,
        start(latency=LATENCY_MS, tls="wrong-host") as wrong_host,
        start(latency=LATENCY_MS, tls="none") as plain,
        start(latency=LATENCY_MS, require_client_cert=True) as mutual,
    ):
        yield {"good": good, "expired": expired, "wrong_host": wrong_host, "plain": plain, "mutual": mutual}


def _closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


CONNECTING = """
- name: untrusted
  deskops.vdi.ras_site_info: {url: "{{ good.url }}"}
- name: unchecked
  deskops.vdi.ras_site_info: {url: "{{ good.url }}", validate_certs: false}
- name: ca_path
  deskops.vdi.ras_site_info: {url: "{{ good.url }}", ca_path: "{{ good.ca }}"}
- name: SSL_CERT_FILE
  deskops.vdi.ras_site_info: {url: "{{ good.url }}"}
  environment: {SSL_CERT_FILE: "{{ good.ca }}"}
- name: untrusted after SSL_CERT_FILE
  deskops.vdi.ras_site_info: {url: "{{ good.url }}"}
- name: another authority
  deskops.vdi.ras_site_info: {url: "{{ good.url }}", ca_path: "{{ expired.ca }}"}
- name: ca_path replaces SSL_CERT_FILE
  deskops.vdi.ras_site_info: {url: "{{ good.url }}", ca_path: "{{ expired.ca }}"}
  environment: {SSL_CERT_FILE: "{{ good.ca }}"}
- name: ca_path that is not there
  deskops.vdi.ras_site_info: {url: "{{ good.url }}", ca_path: /nowhere/ca.pem}
- name: expired
  deskops.vdi.ras_site_info: {url: "{{ expired.url }}", ca_path: "{{ expired.ca }}"}
- name: wrong host
  deskops.vdi.ras_site_info: {url: "{{ wrong_host.url }}", ca_path: "{{ wrong_host.ca }}"}
- name: no client certificate
  deskops.vdi.ras_site_info: {url: "{{ mutual.url }}", ca_path: "{{ mutual.ca }}", retries: 0}
- name: client certificate
  deskops.vdi.ras_site_info:
    url: "{{ mutual.url }}"
    ca_path: "{{ mutual.ca }}"
    client_cert: "{{ mutual.client_cert }}"
    client_key: "{{ mutual.client_key }}"
- name: client certificate that is none
  deskops.vdi.ras_site_info: {url: "{{ mutual.url }}", client_cert: "{{ mutual.client_key }}"}
- name: no TLS behind https
  deskops.vdi.ras_site_info: {url: "{{ plain.url | replace('http:', 'https:') }}", retries: 0}
- name: no https in the url
  deskops.vdi.ras_site_info: {url: "{{ good.url | replace('https:', 'http:') }}", retries: 0}
- name: plain http on this machine
  deskops.vdi.ras_site_info: {url: "{{ plain.url }}"}
- name: plain http to another machine
  deskops.vdi.ras_site_info: {url: "http://ras.example.test:20080"}
- name: refused connection
  deskops.vdi.ras_site_info: {url: "https://127.0.0.1:{{ closed_port }}", retries: 0}
- name: unknown host
  deskops.vdi.ras_site_info: {url: "https://ras.invalid:20443", retries: 0}
- name: url that is none
  deskops.vdi.ras_site_info: {url: "ras.example.test:20443"}
- name: url with a password
  deskops.vdi.ras_site_info: {url: "https://someone:secret-in-url@ras.example.test:20443"}
- name: no url
  deskops.vdi.ras_site_info:
- name: proxy that refuses
  deskops.vdi.ras_site_info: {url: "{{ good.url }}", ca_path: "{{ good.ca }}", retries: 0}
  environment: {HTTPS_PROXY: "http://127.0.0.1:{{ closed_port }}"}
- name: proxy that is not for this host
  deskops.vdi.ras_site_info: {url: "{{ good.url }}", ca_path: "{{ good.ca }}"}
  environment: {HTTPS_PROXY: "http://127.0.0.1:{{ closed_port }}", NO_PROXY: 127.0.0.1}
- name: proxy that is not wanted
  deskops.vdi.ras_site_info: {url: "{{ good.url }}", ca_path: "{{ good.ca }}", use_proxy: false}
  environment: {HTTPS_PROXY: "http://127.0.0.1:{{ closed_port }}"}
"""
CONNECTED = (
    "unchecked",
    "ca_path",
    "SSL_CERT_FILE",
    "client certificate",
    "plain http on this machine",
    "proxy that is not for this host",
    "proxy that is not wanted",
)
UNCONNECTED: dict[str, tuple[str, tuple[str, ...]]] = {
    "untrusted": ("tls", ("127.0.0.1", "not trusted", "ca_path")),
    "untrusted after SSL_CERT_FILE": ("tls", ("not trusted", "ca_path")),
    "another authority": ("tls", ("not trusted", "ca_path")),
    "ca_path replaces SSL_CERT_FILE": ("tls", ("not trusted", "ca_path")),
    "ca_path that is not there": ("bad_input", ("ca_path", "/nowhere/ca.pem", "No such file")),
    "expired": ("tls", ("127.0.0.1", "expired", "clock")),
    "wrong host": ("tls", ("not valid for the host 127.0.0.1", "url")),
    "client certificate that is none": ("bad_input", ("client_cert",)),
    "no TLS behind https": ("tls", ("port", "HTTPS")),
    "no https in the url": ("unreachable", ("http://", "https")),
    "plain http to another machine": ("insecure_url", ("ras.example.test", "allow_insecure_http", "https")),
    "refused connection": ("unreachable", ("POST ", "/api/Session/logon", "127.0.0.1", "refused", "url")),
    "unknown host": ("unreachable", ("ras.invalid", "unknown", "url")),
    "url that is none": ("bad_input", ("url", "https://host:port")),
    "url with a password": ("bad_input", ("url", "username", "password")),
    "no url": ("bad_input", ("url", "RAS_URL")),
    "proxy that refuses": ("unreachable", ("proxy", "use_proxy")),
}


@pytest.fixture(scope="module")
def connecting(ansible: Ansible, servers: dict[str, Emulator]) -> Pair:
    variables = {
        name: {
            "url": server.url,
            "ca": server.ca_path,
            "client_cert": server.client_cert,
            "client_key": server.client_key,
        }
        for name, server in servers.items()
    }
    shared = Farms(ansible, dict.fromkeys(DOORS, servers["good"]))
    return shared.play(
        CONNECTING,
        watch=False,
        variables={**variables, "closed_port": _closed_port()},
        environment={"RAS_URL": None, "RAS_CA_PATH": None},
    )


def test_both_doors_agree_about_connections(connecting: Pair) -> None:
    connecting.assert_alike()


def test_sessions_are_closed_on_all_servers(connecting: Pair, servers: dict[str, Emulator]) -> None:
    assert {task.name for task in connecting if not task.failed} == set(CONNECTED)
    for name, server in servers.items():
        assert server.state()["admin_sessions"] == 0, name


@pytest.mark.parametrize("name", UNCONNECTED)
def test_no_connection(name: str, connecting: Pair) -> None:
    kind, parts = UNCONNECTED[name]
    task = connecting[name]
    failure = task["failure"]
    assert (failure["kind"], failure["status"]) == (kind, None)
    for part in parts:
        assert part in task.message, part
    assert "secret-in-url" not in task.message


def test_server_that_wants_a_client_certificate(connecting: Pair) -> None:
    # Under TLS 1.3 the client learns it after its own handshake: from an alert, or from a connection that just ends.
    task = connecting["no client certificate"]
    assert task.kind in ("tls", "unreachable")
    for part in ("client certificate", "client_cert", "client_key"):
        assert part in task.message


REDIRECT = """
- name: "before: a read is redirected to another server"
  stand_in: {fault: {operation: gateway.list, kind: redirect, location: "OTHER/api/Gateway", status: 302, times: 1}}
- name: read that is redirected
  deskops.vdi.ras_gateway_info: {api_family: current}
- name: "before: the logon is redirected to another server"
  stand_in: {fault: {operation: session.logon, kind: redirect, location: "OTHER/api/Session/logon", times: 1}}
- name: logon that is redirected
  deskops.vdi.ras_gateway_info: {api_family: current}
"""


def test_redirect_to_another_server_is_not_followed(ansible: Ansible, servers: dict[str, Emulator]) -> None:
    other = servers["good"]
    other.reset()
    with farms(ansible) as farm:
        pair = farm.play(REDIRECT.replace("OTHER", other.url))
        pair.assert_alike()
        pair.assert_no_session_left()
    for name, status in (("read that is redirected", 302), ("logon that is redirected", 307)):
        assert (pair[name]["failure"]["kind"], pair[name]["failure"]["status"]) == ("redirect", status)
        assert "another server" in pair[name].message
        assert "url" in pair[name].message
    assert other.requests() == []


LIMITED = """
- name: many requests at once
  deskops.vdi.ras_gateway: {server: new.example.test, site: Head office, install_agent: false, description: Patience}
- name: without patience
  deskops.vdi.ras_gateway: {server: gw-01.example.test, site: Head office, description: Impatience, retries: 0}
"""
# Three requests in three seconds. The first task sends seven in a moment: one of the windows must overflow, wherever
# it begins. The second sends six.
RATE = "3/3"


def test_rate_limit_is_waited_out(ansible: Ansible) -> None:
    with farms(ansible, rate_limit=RATE) as farm:
        pair = farm.play(LIMITED)
        for door in DOORS:
            run, server = pair.through(door), farm.servers[door]
            patient = run["many requests at once"]
            assert patient.outcome == "ok", door
            assert patient["gateway"]["description"] == "Patience"
            assert patient.traffic.state["rate_limited"] > 0
            # A write that was refused so is repeated, and done once.
            assert [one["status"] for one in patient.traffic.of("gateway.create")].count(201) == 1
            impatient = run["without patience"]
            assert impatient.kind == "rate_limit"
            assert impatient["failure"]["status"] == 429
            assert server.state()["waiting_for_apply"] is True


@pytest.fixture
def shim(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A folder that makes the import of a library fail, as if it were not installed."""
    (tmp_path / f"{request.param}.py").write_text(
        f"raise ModuleNotFoundError(\"No module named '{request.param}'\", name='{request.param}')\n", encoding="utf-8"
    )
    return tmp_path


@pytest.mark.parametrize(("shim", "library"), [("httpx", "httpx"), ("pydantic", "pydantic")], indirect=["shim"])
def test_missing_library(shim: Path, library: str, ansible: Ansible, servers: dict[str, Emulator]) -> None:
    tasks = """
    - name: read
      deskops.vdi.ras_site_info:
    - name: log on
      deskops.vdi.ras_auth:
    - name: write
      deskops.vdi.ras_gateway: {server: gw-01.example.test, description: New}
    - name: the run goes on
      ansible.builtin.debug: {msg: "{{ ansible_playbook_python }}"}
    """
    server = servers["good"]
    server.reset()
    shared = Farms(ansible, dict.fromkeys(DOORS, server))
    pair = shared.play(tasks, watch=False, environment={"PYTHONPATH": str(shim)})
    pair.assert_alike()
    for door in DOORS:
        run = pair.through(door)
        assert run.status == 0, run.output
        assert "Unexpected Exception" not in run.output
        python = run["the run goes on"]["msg"]
        for name in ("read", "log on", "write"):
            message = run[name].message
            assert message.startswith(f"Failed to import the required Python library ({library}) on "), message
            assert f"Python {python}" in message
            assert run[name]["failure"]["kind"] == "missing_library"
    assert server.requests() == []

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The session lookups: options and where they come from, terms, one sign-in, errors without secrets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from emulator.process import Emulator, start
from integration.support.doors import LATENCY_MS
from integration.support.runner import Ansible, Run, as_play

PASSWORD = 'Zür @ 50% "open" \\ é{1}'
WRONG = 'wröng @ 50% "one"'
RAS_SESSIONS: tuple[dict[str, Any], ...] = (
    {"sessionID": 11, "user": "anna", "state": 0, "source": 1, "sessionHostName": "rds-07"},
    {"sessionID": 12, "user": "ben", "state": 4, "source": 1, "sessionHostName": "rds-07"},
    {"sessionID": 13, "user": "anna", "state": 4, "source": 2, "sessionHostName": "vdi-09"},
)
CVAD_SESSIONS: tuple[dict[str, Any], ...] = (
    {"Id": "c1", "State": "Active", "User": {"Name": "EXAMPLE\\anna"}},
    {"Id": "c2", "State": "Disconnected", "User": {"Name": "EXAMPLE\\ben"}},
    {"Id": "c3", "State": "Disconnected", "User": {"Name": "EXAMPLE\\carla"}},
)
FASTX_SESSIONS: tuple[dict[str, Any], ...] = (
    {"id": "f1", "login": "administrator", "windowMode": "desktop"},
    {"id": "f2", "login": "anna", "windowMode": "desktop"},
    {"id": "f3", "login": "ben", "windowMode": "rootless"},
)


def _query(name: str, call: str, *keys: str) -> str:
    found = f"query('deskops.vdi.{call})"
    for key in keys:
        found += f" | map(attribute='{key}')"
    return f'- name: {name}\n  ansible.builtin.debug:\n    msg: "{{{{ {found} }}}}"\n'


TASKS = "".join(
    (
        _query("ras all", "ras_sessions'"),
        _query("ras terms", "ras_sessions', 'anna', 'ben', {'server': 'vdi-09'}, fields=['session_id']", "session_id"),
        _query("ras terms and options", "ras_sessions', 'anna', 'ben', state='Disconnected'", "session_id"),
        _query("cvad all", "cvad_sessions', fields=['id']"),
        _query("cvad terms", "cvad_sessions', 'anna', 'ben', {'state': 'disconnected'}", "id"),
        _query("cvad few", "cvad_sessions', max_sessions=1, fields=['id']", "id"),
        _query("fastx own", "fastx_sessions', fields=['id']", "id"),
        _query("fastx terms", "fastx_sessions', 'anna', 'ben', {'window_mode': 'desktop'}, all_users=true", "id"),
        _query("fastx order", "fastx_sessions', all_users=true, sort_by='login', sort_reverse=true, limit=2", "id"),
        _query("slip in an option", "ras_sessions', statte='Active'"),
        _query("slip in a term", "cvad_sessions', {'uzer': 'anna'}"),
        _query("connection in a term", "ras_sessions', {'url': 'https://elsewhere.example.test'}"),
        _query("term that is a number", "ras_sessions', 5"),
        _query("state that is none", "ras_sessions', state='Sleeping'"),
        _query("wrong password of ras", "ras_sessions', password=wrong_password, retries=0"),
        _query("wrong password of cvad", "cvad_sessions', password=wrong_password, retries=0"),
        _query("wrong password of fastx", "fastx_sessions', password=wrong_password, retries=0"),
        _query("token and password", "ras_sessions', password='a', auth_token='b'"),
    )
)
# With a token in the environment that no server knows.
PRECEDENCE = "".join(
    (
        _query("password before the token of the environment", "ras_sessions', password=right_password", "user"),
        _query("token of the environment", "ras_sessions'"),
        _query("no token for another server", "ras_sessions', url=other_url", "user"),
    )
)
# Address and account from ansible.cfg; a variable of the environment goes before them.
SETTINGS = "".join(
    (
        _query("from the settings", "ras_sessions', 'ben'", "session_id"),
        _query("option before the settings", "ras_sessions', 'ben', username='nobody'"),
    )
)


def environment(servers: dict[str, Emulator]) -> dict[str, str]:
    return {
        f"{name.upper()}_{key.upper()}": str(server.ready[key])
        for name, server in servers.items()
        for key in ("url", "username", "password", "ca_path")
    }


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Emulator]]:
    with ExitStack() as stack:
        made = {
            name: stack.enter_context(start(platform=name, farm="empty", latency=LATENCY_MS, password=PASSWORD))
            for name in ("ras", "cvad", "fastx")
        }
        for name, sessions in (("ras", RAS_SESSIONS), ("cvad", CVAD_SESSIONS), ("fastx", FASTX_SESSIONS)):
            for session in sessions:
                made[name].create("session", **session)
        yield made


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("logs") / "ansible.log"


@pytest.fixture(scope="module")
def run(ansible: Ansible, servers: dict[str, Emulator], log: Path) -> Run:
    return ansible.run(
        as_play(TASKS),
        "-vvvv",
        servers=servers,
        variables={"wrong_password": WRONG},
        environment={**environment(servers), "ANSIBLE_LOG_PATH": str(log)},
    )


def operations(run: Run, task: str, server: str) -> list[str]:
    return run[task].servers[server].operations


def test_all_sessions_in_the_form_of_the_modules(run: Run) -> None:
    assert [(one["session_id"], one["user"], one["state"]) for one in run["ras all"]["msg"]] == [
        (11, "anna", "Active"),
        (12, "ben", "Disconnected"),
        (13, "anna", "Disconnected"),
    ]
    assert run["cvad all"]["msg"] == [{"id": "c1"}, {"id": "c2"}, {"id": "c3"}]
    assert run["fastx own"]["msg"] == ["f1"]


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        # A session that several terms find is told for each.
        ("ras terms", [11, 13, 12, 13]),
        ("ras terms and options", [13, 12]),
        ("cvad terms", ["c1", "c2", "c2", "c3"]),
        ("cvad few", ["c1"]),
        ("fastx terms", ["f2", "f3", "f1", "f2"]),
        ("fastx order", ["f3", "f2"]),
    ],
)
def test_terms_and_options(task: str, expected: list[Any], run: Run) -> None:
    assert run[task]["msg"] == expected


def test_many_terms_cost_one_sign_in(run: Run, servers: dict[str, Emulator]) -> None:
    ras = operations(run, "ras terms", "ras")
    assert (ras[0], ras[-1], ras.count("session.logon"), ras.count("rdsession.list")) == (
        "session.logon",
        "session.logoff",
        1,
        3,
    )
    cvad = operations(run, "cvad terms", "cvad")
    assert (cvad.count("token.create"), cvad.count("me.get"), cvad.count("session.search")) == (1, 1, 3)
    fastx = operations(run, "fastx terms", "fastx")
    assert (fastx.count("login.start"), fastx.count("session.list_all")) == (1, 3)
    assert servers["ras"].state()["admin_sessions"] == 0


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ("slip in an option", ("statte", "state", "user")),
        ("slip in a term", ("uzer",)),
        ("connection in a term", ("url",)),
        ("term that is a number", ("name of a user or a dictionary",)),
        ("state that is none", ("Sleeping", "Active, Connected")),
        ("token and password", ("auth_token", "password")),
    ],
)
def test_slips_are_told_before_anything_is_asked(task: str, words: tuple[str, ...], run: Run) -> None:
    assert run[task].failed
    for word in words:
        assert word in run[task].message
    assert [traffic.operations for traffic in run[task].servers.values()] == [[], [], []]


@pytest.mark.parametrize("name", ["ras", "cvad", "fastx"])
def test_a_wrong_password_is_told_without_it(name: str, run: Run) -> None:
    task = run[f"wrong password of {name}"]
    assert task.failed
    assert "password" in task.message
    assert "401" in task.message


def test_no_secret_is_said(run: Run, log: Path, servers: dict[str, Emulator]) -> None:
    said = run.output + log.read_text(encoding="utf-8")
    assert "ras terms" in said
    secrets = {PASSWORD, WRONG}
    for one in servers["ras"].requests():
        secrets.add(one["headers"].get("auth_token", PASSWORD))
    for one in servers["cvad"].requests():
        secrets.add(one["headers"].get("authorization", PASSWORD).rpartition(" ")[2].removeprefix("bearer="))
    for one in servers["fastx"].requests("session.list"):
        secrets.add(one["path"].rpartition("/")[2])
    assert len(secrets) > 5
    assert [secret for secret in secrets if secret in said or repr(secret)[1:-1] in said] == []


def test_credentials_in_their_order(ansible: Ansible, servers: dict[str, Emulator]) -> None:
    ras = servers["ras"]
    ras.reset()
    run = ansible.run(
        as_play(PRECEDENCE),
        servers={"ras": ras},
        # The same server under another name is another server.
        variables={"right_password": PASSWORD, "other_url": ras.url.replace("127.0.0.1", "localhost")},
        environment={**environment({"ras": ras}), "RAS_AUTH_TOKEN": "7b1d-of-the-environment"},
    )
    assert run["password before the token of the environment"]["msg"] == ["anna", "ben", "anna"]
    token = run["token of the environment"]
    assert token.failed
    assert "session.logon" not in token.traffic.operations
    assert ras.state()["foreign_tokens"] == len(token.traffic.requests) > 0
    assert run["no token for another server"]["msg"] == ["anna", "ben", "anna"]


def test_settings(ansible: Ansible, servers: dict[str, Emulator], tmp_path: Path) -> None:
    ras = servers["ras"]
    settings = tmp_path / "ansible.cfg"
    settings.write_text(
        f"[deskops_vdi_ras]\nurl = https://127.0.0.1:1\nusername = {ras.username}\nca_path = {ras.ca_path}\n",
        encoding="utf-8",
    )
    # The address of the environment goes before that of the settings; a password cannot stand in a file of settings.
    run = ansible.run(
        as_play(SETTINGS),
        servers={"ras": ras},
        environment={"ANSIBLE_CONFIG": str(settings), "RAS_URL": ras.url, "RAS_PASSWORD": PASSWORD},
    )
    assert run["from the settings"]["msg"] == [12], run.output
    task = run["option before the settings"]
    assert task.failed
    (logon,) = task.traffic.of("session.logon")
    assert logon["body"]["username"] == "nobody"

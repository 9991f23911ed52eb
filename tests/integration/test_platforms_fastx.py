# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules of StarNet FastX through both doors: version 2, and version 3 with and without a list path."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest

from emulator.process import Emulator
from integration.support.doors import Farms, Pair, farms
from integration.support.runner import DOORS, Ansible

PASSWORD = 'Zür @ 50% "open" \\ é{1}'
# Version 2 has the token in the path.
IN_PATH = re.compile(r"(?<=/api/list/)[^/\"]+|(?<=/api/admin/session/)[^/\"]+")
SIGN_IN = "login.start"

# Seed 004 names the members; the account that signs in is called administrator.
SESSIONS: tuple[dict[str, Any], ...] = (
    {"id": "s1", "login": "administrator", "hostname": "fx-01", "clients": 1, "windowMode": "desktop",
     "started": 1769847300000, "params": {"project": "alpha"}},
    {"id": "s2", "login": "administrator", "hostname": "fx-02", "clients": 0, "windowMode": "rootless",
     "started": 1769847200000, "params": {"project": "beta"}},
    {"id": "s3", "login": "anna", "hostname": "fx-01", "clients": 2, "windowMode": "desktop",
     "started": 1769847100000, "params": {"project": "alpha"}},
    {"id": "s4", "login": "ben", "hostname": "fx-01", "clients": 0, "windowMode": "rootless",
     "started": 1769847000000, "params": {"project": "gamma"}},
    {"id": "s5", "login": "anna", "hostname": "fx-03", "clients": 0, "windowMode": "desktop",
     "started": 1769846900000, "params": {"project": "alpha"}},
)  # fmt: skip

VERSION_2 = """
- name: sign in
  deskops.vdi.fastx_auth:
  register: signed_in
- name: the token is there
  ansible.builtin.assert: {that: signed_in.auth_token | length > 20, quiet: true}
- name: with the token
  module_defaults:
    group/deskops.vdi.fastx: {auth_token: "{{ signed_in.auth_token }}"}
  block:
    - name: own
      deskops.vdi.fastx_session_info: {fields: [id, state, started]}
    - name: own in check mode
      deskops.vdi.fastx_session_info: {fields: [id, state, started]}
      check_mode: true
    - name: of all users
      deskops.vdi.fastx_session_info: {all_users: true}
    - name: filters on the server
      deskops.vdi.fastx_session_info: {filters: {project: [beta, gamma], clients: 0}, fields: [id]}
    - name: filters in a body
      deskops.vdi.fastx_session_info: {filters: {window_mode: desktop, project: alpha}, method: POST, fields: [id]}
    - name: page of a sorted list
      deskops.vdi.fastx_session_info: {all_users: true, sort_by: started, start: 1, limit: 3, fields: [id]}
    - name: page of a filtered list
      deskops.vdi.fastx_session_info:
        all_users: true
        filters: {login: [anna, ben]}
        sort_by: started
        sort_reverse: true
        start: 1
        limit: 1
        fields: [id]
- name: wrong password
  deskops.vdi.fastx_session_info: {password: not-this-one}
- name: wrong token
  deskops.vdi.fastx_session_info: {auth_token: bm90LXRoaXMtb25l}
"""
VERSION_3 = """
- name: sign in
  deskops.vdi.fastx_auth: {admin: true}
- name: without a list path
  deskops.vdi.fastx_session_info:
- name: own
  deskops.vdi.fastx_session_info: {list_path: sessions/mine, fields: [id]}
- name: of all users
  deskops.vdi.fastx_session_info: {list_path: /sessions/all, all_users: true, fields: [id]}
"""


def play(farm: Farms, tasks: str, logs: Mapping[str, Path], **variables: str) -> Pair:
    """Through both doors with the most talkative output; the tokens in paths count as equal."""
    pair = farm.play(
        tasks,
        "-vvvv",
        own={
            door: {
                "FASTX_URL": server.url,
                "FASTX_USERNAME": server.username,
                "FASTX_PASSWORD": server.password,
                "FASTX_CA_PATH": str(server.ca_path),
                "ANSIBLE_LOG_PATH": str(logs[door]),
                **variables,
            }
            for door, server in farm.servers.items()
        },
    )
    return dataclasses.replace(
        pair, tasks={door: json.loads(IN_PATH.sub("TOKEN", json.dumps(tasks))) for door, tasks in pair.tasks.items()}
    )


def ids(pair: Pair, task: str) -> list[str]:
    return [session["id"] for session in pair[task]["sessions"]]


def tokens(server: Emulator) -> set[str]:
    """The tokens that the server was sent, as they stand in paths and headers, and as they are."""
    found: set[str] = set()
    for one in server.requests():
        found |= {text for text in IN_PATH.findall(one["path"]) if text != "bm90LXRoaXMtb25l"}
        found.add(one["headers"].get("x-fastx-token", ""))
    found -= {""}
    return found | {unquote(token) for token in found}


def said(pair: Pair, logs: Mapping[str, Path], door: str) -> str:
    return pair.through(door).output + logs[door].read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {door: tmp_path_factory.mktemp("logs") / "ansible.log" for door in DOORS}


@pytest.fixture(scope="module")
def version_2(ansible: Ansible, logs: dict[str, Path]) -> Iterator[Pair]:
    with farms(ansible, platform="fastx", farm="empty", password=PASSWORD) as farm:
        for session in SESSIONS:
            farm.create("session", **session)
        yield play(farm, VERSION_2, logs)


@pytest.fixture(scope="module")
def logs_3(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {door: tmp_path_factory.mktemp("logs") / "ansible.log" for door in DOORS}


@pytest.fixture(scope="module")
def version_3(ansible: Ansible, logs_3: dict[str, Path]) -> Iterator[Pair]:
    options = {"api_version": 3, "list_path": "sessions/mine", "admin_list_path": "sessions/all"}
    with farms(ansible, platform="fastx", farm="empty", **options) as farm:
        for session in SESSIONS:
            farm.create("session", **session)
        yield play(farm, VERSION_3, logs_3, FASTX_API_VERSION="3")


def test_both_doors_agree(version_2: Pair) -> None:
    version_2.assert_alike()


def test_both_doors_agree_with_version_3(version_3: Pair) -> None:
    version_3.assert_alike()


def test_the_token_is_registered_and_nothing_prints_it(version_2: Pair, logs: dict[str, Path]) -> None:
    for door, server in version_2.servers.items():
        assert version_2.through(door)["the token is there"].outcome == "ok"
        secrets = tokens(server)
        assert secrets
        secrets |= {PASSWORD, quote(PASSWORD, safe=""), json.dumps(PASSWORD)[1:-1], repr(PASSWORD)[1:-1]}
        text = said(version_2, logs, door)
        assert "fastx_session_info" in text
        assert [secret for secret in secrets if secret in text] == []


def test_no_token_of_version_3_is_printed(version_3: Pair, logs_3: dict[str, Path]) -> None:
    for door, server in version_3.servers.items():
        secrets = tokens(server)
        assert secrets
        assert [secret for secret in secrets if secret in said(version_3, logs_3, door)] == []


@pytest.mark.parametrize("name", ["own", "own in check mode"])
def test_own_sessions(name: str, version_2: Pair) -> None:
    assert version_2[name]["sessions"] == [
        {"id": "s1", "state": "connected", "started": "2026-01-31T08:15:00Z"},
        {"id": "s2", "state": "disconnected", "started": "2026-01-31T08:13:20Z"},
    ]
    # One sign-in for all tasks.
    assert version_2[name].traffic.operations == ["session.list"]


def test_sessions_of_all_users(version_2: Pair) -> None:
    task = version_2["of all users"]
    assert ids(version_2, "of all users") == ["s1", "s2", "s3", "s4", "s5"]
    assert (task["count"], task["summary"]) == (
        5,
        {
            "by_state": {"connected": 2, "disconnected": 3},
            "by_host": {"fx-01": 3, "fx-02": 1, "fx-03": 1},
            "by_window_mode": {"desktop": 3, "rootless": 2},
        },
    )
    assert task.traffic.operations == ["session.list_all"]


def test_filters_of_ones_own_list_go_to_the_server(version_2: Pair) -> None:
    assert ids(version_2, "filters on the server") == ["s2"]
    (request,) = version_2["filters on the server"].traffic.requests
    assert request["query"] == {"filter": ["project==beta,gamma", "clients==0"]}
    assert ids(version_2, "filters in a body") == ["s1"]
    (request,) = version_2["filters in a body"].traffic.requests
    assert (request["method"], request["query"]) == ("POST", {})
    assert request["body"] == {"filter": ["windowMode==desktop", "project==alpha"]}


def test_pages_of_the_list_of_all_users(version_2: Pair) -> None:
    assert ids(version_2, "page of a sorted list") == ["s4", "s3", "s2"]
    (request,) = version_2["page of a sorted list"].traffic.requests
    assert request["query"] == {"sortBy": "started", "start": "1", "limit": "3"}
    # No document shows a filter on this list: all is read, then filtered, then cut.
    assert ids(version_2, "page of a filtered list") == ["s4"]
    (request,) = version_2["page of a filtered list"].traffic.requests
    assert request["query"] == {"sortBy": "started", "sortReverse": "true"}


@pytest.mark.parametrize(("name", "words"), [("wrong password", "password"), ("wrong token", "fastx_auth")])
def test_refused_sign_ins(name: str, words: str, version_2: Pair) -> None:
    task = version_2[name]
    assert task.kind == "authentication"
    assert words in task.message


def test_version_3_without_a_list_path_is_a_clear_error(version_3: Pair) -> None:
    task = version_3["without a list path"]
    assert task.kind == "bad_input"
    assert "list_path" in task.message
    assert task.traffic.of("session.list") == []


def test_version_3_with_a_list_path(version_3: Pair) -> None:
    assert not version_3["sign in"].failed
    (request,) = version_3["sign in"].traffic.requests
    assert request["body"]["admin"] is True
    assert ids(version_3, "own") == ["s1", "s2"]
    assert ids(version_3, "of all users") == ["s1", "s2", "s3", "s4", "s5"]
    assert version_3["own"].traffic.operations == [SIGN_IN, "session.list"]

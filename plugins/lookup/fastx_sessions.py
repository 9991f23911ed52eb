# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: fastx_sessions
short_description: Look up sessions of a FastX cluster
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Returns the sessions as one flat list, in the form of M(deskops.vdi.fastx_session_info).
  - All terms are asked for with one sign-in.
extends_documentation_fragment:
  - deskops.vdi.fastx_lookup
options:
  _terms:
    description:
      - What to look for. A text is the name of a user who started the session (the member C(login)); a dictionary holds
        filters, as in O(filters). Without a term all sessions that match the options are returned.
    type: list
    elements: raw
  all_users:
    description:
      - Whether the sessions of all users are listed instead of one's own. Only administrators may.
    type: bool
    default: false
  filters:
    description:
      - Only sessions whose member of this name has one of these values, as in M(deskops.vdi.fastx_session_info). A term
        adds to them.
    type: dict
    default: {}
  sort_by:
    description:
      - Member by which the sessions are sorted.
    type: str
  sort_reverse:
    description:
      - Whether the order is reversed.
    type: bool
    default: false
  start:
    description:
      - Number of the first session to return, counted from 0.
    type: int
  limit:
    description:
      - Return this many sessions for each term at most.
    type: int
  method:
    description:
      - HTTP method of the list, as in M(deskops.vdi.fastx_session_info).
    type: str
    choices: [GET, POST]
    default: GET
  fields:
    description:
      - Return only these fields of each session. All fields if not set.
    type: list
    elements: str
seealso:
  - module: deskops.vdi.fastx_session_info
"""

EXAMPLES = r"""
- name: Show one's own sessions, with address and credentials from the environment
  ansible.builtin.debug:
    msg: "{{ query('deskops.vdi.fastx_sessions') | map(attribute='id') }}"

- name: Show the hosts on which two users have sessions
  ansible.builtin.debug:
    msg: "{{ query('deskops.vdi.fastx_sessions', 'anna', 'bob', all_users=true) | map(attribute='hostname') | unique }}"

- name: Look for several things with one sign-in
  ansible.builtin.debug:
    msg: "{{ query('deskops.vdi.fastx_sessions', {'window_mode': 'desktop'}, {'clients': 0}) | length }}"
"""

RETURN = r"""
_raw:
  description: The sessions, as in RV(deskops.vdi.fastx_session_info#module:sessions).
  type: list
  elements: dict
  sample:
    - hostname: node1.example.com
      id: "17"
      login: anna
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from ..module_utils._fastx.client import FastxClient, fastx_client
from ..module_utils._fastx.sessions import SessionQuery
from ..module_utils._options import FASTX
from ..module_utils._task import Task
from ..plugin_utils._session_lookup import SessionLookup


class LookupModule(SessionLookup):
    platform = FASTX

    def client(self, task: Task) -> AbstractContextManager[FastxClient]:
        return fastx_client(task)

    def sessions(self, client: FastxClient, params: Mapping[str, Any], task: Task) -> list[dict[str, Any]]:
        return SessionQuery(params).ask(client).sessions()

    def user_query(self, params: Mapping[str, Any], user: str) -> dict[str, Any]:
        return self.filter_query(params, {"login": user})

    def filter_query(self, params: Mapping[str, Any], filters: Mapping[str, Any]) -> dict[str, Any]:
        return {**params, "filters": {**(params["filters"] or {}), **filters}}

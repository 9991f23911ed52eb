# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: ras_sessions
short_description: Look up user sessions of a Parallels RAS farm
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Returns the sessions of the farm as one flat list, in the form of M(deskops.vdi.ras_session_info).
  - All terms are asked for in one session of the administrator, which is closed at the end unless a token was given.
extends_documentation_fragment:
  - deskops.vdi.ras_lookup
  - deskops.vdi.ras.session_filters
  - deskops.vdi.ras.session_list
options:
  _terms:
    description:
      - What to look for. A text is the name of a user, as in O(user); a dictionary holds filters by the names of the
        options. Without a term all sessions that match the options are returned.
    type: list
    elements: raw
  fields:
    description:
      - Return only these fields of each session. All fields if not set.
    type: list
    elements: str
seealso:
  - module: deskops.vdi.ras_session_info
"""

EXAMPLES = r"""
- name: Show who is active, with address and credentials from the environment
  ansible.builtin.debug:
    msg: "{{ query('deskops.vdi.ras_sessions', state='Active', fields=['user']) | map(attribute='user') }}"

- name: Show the hosts on which two users work
  ansible.builtin.debug:
    msg: "{{ query('deskops.vdi.ras_sessions', 'anna', 'bob') | map(attribute='session_host_name') | unique }}"

- name: Look for several things in one session
  ansible.builtin.debug:
    msg: "{{ query('deskops.vdi.ras_sessions', {'server': 'rds-01.example.test'}, {'source': 'VDI'}) | length }}"
"""

RETURN = r"""
_raw:
  description: The sessions, as in RV(deskops.vdi.ras_session_info#module:sessions).
  type: list
  elements: dict
  sample:
    - session_host_name: rds-01.example.test
      session_id: 3
      source: RDS
      state: Active
      user: anna
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from ..module_utils._options import RAS
from ..module_utils._ras.client import RasClient, ras_client
from ..module_utils._ras.sessions import SessionQuery
from ..module_utils._task import Task
from ..plugin_utils._session_lookup import SessionLookup


class LookupModule(SessionLookup):
    platform = RAS

    def client(self, task: Task) -> AbstractContextManager[RasClient]:
        return ras_client(task)

    def sessions(self, client: RasClient, params: Mapping[str, Any], task: Task) -> list[dict[str, Any]]:
        return SessionQuery(params).ask(client).sessions()

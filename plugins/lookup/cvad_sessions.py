# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: cvad_sessions
short_description: Look up user sessions of Citrix Virtual Apps and Desktops
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Returns the sessions of a site as one flat list, in the form of M(deskops.vdi.cvad_session_info).
  - All terms are asked for with one sign-in.
extends_documentation_fragment:
  - deskops.vdi.cvad_lookup
  - deskops.vdi.cvad.filters
options:
  _terms:
    description:
      - What to look for. A text is the name of a user, as in O(user); a dictionary holds filters by the names of the
        options. Without a term all sessions that match the options are returned.
    type: list
    elements: raw
  state:
    description:
      - Sessions in this state only. One of V(Unknown), V(Connected), V(Active), V(Disconnected).
    type: str
  fields:
    description:
      - Return only these fields of each session, by their top-level names. All fields if not set.
    type: list
    elements: str
  max_sessions:
    description:
      - Stop after this many sessions for each term. All sessions if not set.
    type: int
seealso:
  - module: deskops.vdi.cvad_session_info
"""

EXAMPLES = r"""
- name: Show who is disconnected, with address and credentials from the environment
  ansible.builtin.debug:
    msg: "{{ query('deskops.vdi.cvad_sessions', state='Disconnected') | map(attribute='user.name') }}"

- name: Show the machines on which two users work
  ansible.builtin.debug:
    msg: "{{ query('deskops.vdi.cvad_sessions', 'anna', 'bob') | map(attribute='machine.name') | unique }}"

- name: Look for several things with one sign-in
  ansible.builtin.debug:
    msg: "{{ query('deskops.vdi.cvad_sessions', {'delivery_group': 'Sales'}, {'state': 'Active'}) | length }}"
"""

RETURN = r"""
_raw:
  description: The sessions, as in RV(deskops.vdi.cvad_session_info#module:sessions).
  type: list
  elements: dict
  sample:
    - id: 41ba32e9-d12b-485c-afd2-c4d0d047cd8b
      state: Disconnected
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from ..module_utils._cvad.client import CvadClient, cvad_client
from ..module_utils._cvad.sessions import SessionList
from ..module_utils._options import CVAD
from ..module_utils._task import Task
from ..plugin_utils._session_lookup import SessionLookup


class LookupModule(SessionLookup):
    platform = CVAD

    def client(self, task: Task) -> AbstractContextManager[CvadClient]:
        return cvad_client(task)

    def sessions(self, client: CvadClient, params: Mapping[str, Any], task: Task) -> list[dict[str, Any]]:
        return SessionList(params, task.warn).read(client).rows

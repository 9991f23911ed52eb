# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ras_session
short_description: Disconnect or log off sessions of RD session hosts of Parallels RAS
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Disconnects or logs off sessions of RD session hosts that are chosen by id, by number on a host, or by filters.
  - A session that is gone, or (with O(state=disconnected)) that is disconnected already, is left alone; so is one that
    has got the number of a session that is gone (see O(logon_times)).
  - Each action is sent once. When its answer gets lost, the sessions are read again to see whether it was carried out.
extends_documentation_fragment:
  - deskops.vdi.ras
  - deskops.vdi.ras.session_filters
  - deskops.vdi.ras.session_selection
  - deskops.vdi.attributes
  - deskops.vdi.attributes.state
  - deskops.vdi.attributes.actiongroup_ras
options:
  state:
    description:
      - V(disconnected) disconnects the sessions; their programs go on, and the users can connect again.
      - V(absent) logs the sessions off. Work that was not saved is lost.
    type: str
    choices: [disconnected, absent]
    required: true
  logon_times:
    description:
      - When the sessions of O(id) began, as C(logon_time) of M(deskops.vdi.session_audit) tells it, by their ids.
      - A host may give the number of a session that has ended to the next one, maybe another user's. A session that
        began at another time than this has taken the place of one that has ended. It is left alone, with a warning.
      - A session is judged by its id alone where its time is not given here, or the server does not tell it.
      - A key that is not in O(id), and a value that is no time with its zone, are refused before anything is asked.
    type: dict
seealso:
  - module: deskops.vdi.ras_session_info
  - module: deskops.vdi.ras_session_message
  - module: deskops.vdi.ras_rds_server_control
"""

EXAMPLES = r"""
- name: Log off two sessions of a host
  deskops.vdi.ras_session:
    url: https://ras.example.com:20443
    username: administrator
    password: "{{ vault_ras_password }}"
    server: rds-01.example.test
    session_id: [2, 5]
    state: absent

- name: Log off who is disconnected in the head office, 20 sessions at most
  deskops.vdi.ras_session:
    site: Head office
    session_state: Disconnected
    max_affected: 20
    state: absent

- name: See whom it would hit to disconnect a host
  deskops.vdi.ras_session:
    server: rds-02.example.test
    max_affected: 100
    state: disconnected
  check_mode: true
  register: planned

- name: Disconnect just those
  deskops.vdi.ras_session:
    id: "{{ planned.sessions | map(attribute='id') }}"
    state: disconnected

- name: Log off the session that an audit found, but not one that has got its number since
  deskops.vdi.ras_session:
    id: RDS/1/3
    logon_times:
      RDS/1/3: "2026-01-31T08:15:00Z"
    state: absent
"""

RETURN = r"""
sessions:
  description: The sessions that were disconnected or logged off; in check mode, that would be.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Id of the session in the whole farm, for O(id).
      type: str
    session_id:
      description: Number of the session on its host.
      type: int
    server_id:
      description: Id of the host.
      type: int
    user:
      description: Name of the user.
      type: str
    host:
      description: Name of the host.
      type: str
    pool:
      description: Name of the pool.
      type: str
    state:
      description: State of the session before.
      type: str
  sample:
    - host: rds-01.example.test
      id: RDS/1/2
      pool: pool-2
      server_id: 1
      session_id: 2
      state: Disconnected
      user: anna.smith
count:
  description: How many sessions that are.
  returned: success
  type: int
  sample: 1
diff:
  description: The sessions before, and what is left of them.
  returned: with C(--diff)
  type: dict
  sample:
    before:
      sessions:
        - id: RDS/1/2
          state: Active
    after:
      sessions: []
"""

from typing import Any

from ..module_utils._options import RAS
from ..module_utils._ras.client import ras_client
from ..module_utils._ras.session_actions import ENDINGS, end_sessions, selection_options, selection_rules
from ..module_utils._task import ArgumentSpec, Task, run_module

_RULES = selection_rules()

ARGUMENT_SPEC = ArgumentSpec(
    {
        **RAS.argument_spec(),
        **selection_options(),
        "state": {"type": "str", "choices": list(ENDINGS), "required": True},
        "logon_times": {"type": "dict"},
    },
    mutually_exclusive=[RAS.exclusive, *_RULES["mutually_exclusive"]],
    required_one_of=_RULES["required_one_of"],
    required_by={**_RULES["required_by"], "logon_times": ["id"]},
)


def run(task: Task) -> dict[str, Any]:
    with ras_client(task) as client:
        return end_sessions(task, client)


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

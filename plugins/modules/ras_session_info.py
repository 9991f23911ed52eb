# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ras_session_info
short_description: List the user sessions of a Parallels RAS farm
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Returns the RD sessions of RDS, VDI and AVD hosts, with counts by state, source, host and protocol.
  - Servers of version 20 and later list the sessions of all sources and apply all filters. Older ones list the
    sessions of RDS hosts only; filters that they lack are applied by the module, and those that cannot be applied so
    (O(site), O(group_id), other values of O(source)) make the task fail.
extends_documentation_fragment:
  - deskops.vdi.ras
  - deskops.vdi.ras.session_filters
  - deskops.vdi.ras.session_list
  - deskops.vdi.attributes
  - deskops.vdi.attributes.info
  - deskops.vdi.attributes.actiongroup_ras
options:
  fields:
    description:
      - Return only these fields of each session, by the names of RV(sessions). A few fields of very many sessions are
        read in a fraction of the time. All fields if not set.
    type: list
    elements: str
  return_sessions:
    description:
      - Whether the sessions themselves are returned. With V(false) only RV(count) and RV(summary) are, which spares
        Ansible the handling of a large result.
    type: bool
    default: true
notes:
  - The units of durations, bandwidths and of C(idle_time) are not documented; RV(sessions[].idle_start_time) is a time.
seealso:
  - module: deskops.vdi.ras_rds_server_info
"""

EXAMPLES = r"""
- name: List all sessions
  deskops.vdi.ras_session_info:
    url: https://ras.example.com:20443
    username: administrator
    password: "{{ vault_ras_password }}"
  register: farm

- name: List who is disconnected in the head office, with a few fields
  deskops.vdi.ras_session_info:
    site: Head office
    source: RDS
    state: Disconnected
    fields: [user, session_host_name, logon_time]
  register: disconnected

- name: Show the users
  ansible.builtin.debug:
    msg: "{{ disconnected.sessions | map(attribute='user') | unique }}"

- name: Only count, for very large farms
  deskops.vdi.ras_session_info:
    return_sessions: false
  register: counted

- name: Show the counts by state
  ansible.builtin.debug:
    var: counted.summary.by_state
"""

RETURN = r"""
sessions:
  description:
    - The sessions. Values of documented enums are their names, numbers without a name stay numbers.
    - Servers may return more fields than these, and leave out some.
  returned: when O(return_sessions=true)
  type: list
  elements: dict
  contains:
    session_id:
      description: Number of the session on its host.
      type: int
    user:
      description: Name of the user.
      type: str
    state:
      description: State of the session.
      type: str
    source:
      description: Kind of host, V(RDS), V(VDI) or V(AVD).
      type: str
    type:
      description: Kind of session, for example V(Desktop) or V(PublishedApps).
      type: str
    protocol:
      description: Protocol, V(Console), V(RDP) or V(RDP_UDP).
      type: str
    session_host_name:
      description: Name of the host.
      type: str
    session_host_id:
      description: Id of the host, a text.
      type: str
    server_id:
      description: Id of the server.
      type: int
    pool_name:
      description: Name of the host pool.
      type: str
    logon_time:
      description: Time of the logon.
      type: str
    idle_start_time:
      description: Since when the session has been idle.
      type: str
    device_name:
      description: Name of the client.
      type: str
    client_ip_address:
      description: Address of the client.
      type: str
    rfi_info_list:
      description: What the session is connected through, each with C(type) and C(ip).
      type: list
      elements: dict
  sample:
    - session_host_name: rds-01.example.test
      session_id: 3
      source: RDS
      state: Active
      user: anna
count:
  description: How many sessions there are.
  returned: success
  type: int
  sample: 1
summary:
  description: How many sessions there are by state, source, host and protocol.
  returned: success
  type: dict
  contains:
    by_state:
      description: Counts by state.
      type: dict
    by_source:
      description: Counts by source.
      type: dict
    by_host:
      description: Counts by name of the host.
      type: dict
    by_protocol:
      description: Counts by protocol.
      type: dict
  sample:
    by_host:
      rds-01.example.test: 1
    by_protocol:
      RDP: 1
    by_source:
      RDS: 1
    by_state:
      Active: 1
"""

from typing import Any

from ..module_utils._options import RAS
from ..module_utils._ras.client import ras_client
from ..module_utils._ras.sessions import FILTER_OPTIONS, SessionQuery
from ..module_utils._task import ArgumentSpec, Task, run_module

ARGUMENT_SPEC = ArgumentSpec(
    {
        **RAS.argument_spec(),
        **FILTER_OPTIONS,
        "fields": {"type": "list", "elements": "str"},
        "return_sessions": {"type": "bool", "default": True},
    },
    mutually_exclusive=[RAS.exclusive],
)


def run(task: Task) -> dict[str, Any]:
    query = SessionQuery(task.params)
    with ras_client(task) as client:
        answer = query.ask(client)
    result: dict[str, Any] = {"count": answer.count, "summary": answer.summary()}
    if task.params["return_sessions"]:
        result["sessions"] = answer.sessions()
    return result


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

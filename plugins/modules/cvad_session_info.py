# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cvad_session_info
short_description: List the user sessions of a Citrix site
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Returns all sessions of a site of Citrix Virtual Apps and Desktops, however many pages the server needs, with counts
    by state, host, delivery group and protocol.
  - Can also be called as C(deskops.vdi.cvad_sessions).
extends_documentation_fragment:
  - deskops.vdi.cvad
  - deskops.vdi.cvad.filters
  - deskops.vdi.attributes
  - deskops.vdi.attributes.info
  - deskops.vdi.attributes.actiongroup_cvad
options:
  state:
    description:
      - Sessions in this state only. One of V(Unknown), V(Connected), V(Active), V(Disconnected).
    type: str
  fields:
    description:
      - Return only these fields of each session, by the top-level names of RV(sessions). A few fields of very many
        sessions are read in a fraction of the time. All fields if not set.
    type: list
    elements: str
  max_sessions:
    description:
      - Stop after this many sessions, with a warning if there are more. All sessions if not set.
    type: int
  return_sessions:
    description:
      - Whether the sessions themselves are returned. With V(false) only RV(count) and RV(summary) are, which spares
        Ansible the handling of a large result.
    type: bool
    default: true
notes:
  - Pages of 1000 sessions are asked for, the documented ceiling; where the server refuses that, of 250, the documented
    default, and at last of the size that it chooses itself, which is assumed to be one that it allows.
  - A list whose pages bring no new session any more, though the server names a next one each time, ends the task with
    a failure of the kind C(unexpected_answer) after 5 pages with sessions, or 1000 empty ones.
  - A session whose start cannot be read as a time is kept, with a warning, when O(started_before) or O(started_after)
    is set.
seealso:
  - module: deskops.vdi.cvad_session
  - module: deskops.vdi.cvad_session_message
"""

EXAMPLES = r"""
- name: List all sessions
  deskops.vdi.cvad_session_info:
    url: https://ddc1.example.com
    username: EXAMPLE\administrator
    password: "{{ vault_cvad_password }}"
  register: site

- name: List who is disconnected in a delivery group, with a few fields
  deskops.vdi.cvad_session_info:
    delivery_group: Sales
    state: Disconnected
    fields: [id, user, state_change_time]
  register: disconnected

- name: Show the users
  ansible.builtin.debug:
    msg: "{{ disconnected.sessions | map(attribute='user.name') | unique }}"

- name: Only count the sessions that started before today (UTC), for very large sites
  deskops.vdi.cvad_session_info:
    started_before: "{{ now(utc=true, fmt='%Y-%m-%dT00:00:00Z') }}"
    return_sessions: false
  register: counted

- name: Search in the API's own words
  deskops.vdi.cvad_session_info:
    search:
      SearchFilters:
        - Property: MachineName
          Operator: ContainsLike
          Value: Sales
"""

RETURN = r"""
sessions:
  description:
    - The sessions, with all that the server tells, in snake case at any depth.
    - Servers may return more fields than these, and leave out some.
  returned: when O(return_sessions=true)
  type: list
  elements: dict
  contains:
    id:
      description: Id of the session.
      type: str
    state:
      description: State of the session, V(Active), V(Connected), V(Disconnected) or V(Unknown).
      type: str
    session_type:
      description: V(Desktop) or V(Application).
      type: str
    app_state:
      description: State of its applications, for example V(Active) or V(Desktop). May be V(Active) in a disconnected
        session.
      type: str
    user:
      description: The user, among others with C(name) (C(DOMAIN\user)), C(display_name), C(principal_name) and C(sid);
        may be null for anonymous users.
      type: dict
    untrusted_user_name:
      description: Name of the user as the machine reports it, not verified.
      type: str
    machine:
      description: The machine, among others with C(name), C(dns_name), C(delivery_group) and C(machine_catalog). Its
        C(id) may be null.
      type: dict
    client:
      description: The user's device, with C(name), C(ip_address), C(platform), C(version) and more.
      type: dict
    connection:
      description: The connection, with C(protocol), C(connected_via_host_name), C(connected_via_ip) and more.
      type: dict
    applications_in_use:
      description: The published applications in use, each with C(name).
      type: list
      elements: dict
    brokering:
      description: How the session was brokered.
      type: dict
    container_scopes:
      description: The scopes of its catalog and delivery group.
      type: list
      elements: dict
    formatted_start_time:
      description: When the session started, in RFC 3339; older servers do not tell.
      type: str
    start_time:
      description: The same as text that depends on the server's culture.
      type: str
    formatted_state_change_time:
      description: When the state last changed, in RFC 3339; older servers do not tell.
      type: str
    state_change_time:
      description: The same as text that depends on the server's culture.
      type: str
    logoff_in_progress:
      description: Whether the session is being logged off.
      type: bool
    is_anonymous_user:
      description: Whether the user is anonymous.
      type: bool
    is_hidden:
      description: Whether the session is hidden from its user.
      type: bool
  sample:
    - app_state: Active
      connection:
        connected_via_ip: 10.107.1.34
        protocol: Hdx
      id: 41ba32e9-d12b-485c-afd2-c4d0d047cd8b
      machine:
        delivery_group:
          name: Sales
        dns_name: Sales-B03.htlabs04.example.com
        name: HTLABS04\Sales-B03
      session_type: Application
      start_time: 11/16/2020 2:01:04 PM
      state: Disconnected
      user:
        name: HTLABS04\DevUser1
count:
  description: How many sessions there are.
  returned: success
  type: int
  sample: 1
summary:
  description: How many sessions there are by state, host, delivery group and protocol.
  returned: success
  type: dict
  contains:
    by_state:
      description: Counts by state.
      type: dict
    by_host:
      description: Counts by DNS name of the machine, or by its name where it has none.
      type: dict
    by_delivery_group:
      description: Counts by name of the delivery group.
      type: dict
    by_protocol:
      description: Counts by protocol.
      type: dict
  sample:
    by_delivery_group:
      Sales: 1
    by_host:
      Sales-B03.htlabs04.example.com: 1
    by_protocol:
      Hdx: 1
    by_state:
      Disconnected: 1
"""

from typing import Any

from ..module_utils._cvad.client import cvad_client
from ..module_utils._cvad.sessions import SessionList, filter_options
from ..module_utils._options import CVAD
from ..module_utils._task import ArgumentSpec, Task, run_module

ARGUMENT_SPEC = ArgumentSpec(
    {
        **CVAD.argument_spec(),
        **filter_options("state"),
        "fields": {"type": "list", "elements": "str"},
        "max_sessions": {"type": "int"},
        "return_sessions": {"type": "bool", "default": True},
    },
    mutually_exclusive=[CVAD.exclusive],
)


def run(task: Task) -> dict[str, Any]:
    answer = SessionList(task.params, task.warn)
    with cvad_client(task) as client:
        answer.read(client)
    result: dict[str, Any] = {"count": answer.count, "summary": answer.summary()}
    if task.params["return_sessions"]:
        result["sessions"] = answer.rows
    return result


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

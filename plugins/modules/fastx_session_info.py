# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: fastx_session_info
short_description: List the sessions of a StarNet FastX server
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Returns the running sessions of the user who signed in, or of all users, with counts by state, host and window mode.
  - The server filters, sorts and pages; the module filters and sorts again, so that the result is the same whether the
    server compares letter case, numbers and truth values in its own way or not.
extends_documentation_fragment:
  - deskops.vdi.fastx
  - deskops.vdi.attributes
  - deskops.vdi.attributes.info
  - deskops.vdi.attributes.actiongroup_fastx
options:
  all_users:
    description:
      - Whether the sessions of all users are listed, which only administrators of the FastX server may.
      - No document shows filters for that list; the module applies O(filters), and then O(start) and O(limit), itself.
      - In version 3 an administrator's sign-in is asked for, and O(list_path) must lead to that list.
    type: bool
    default: false
  filters:
    description:
      - Return only sessions that pass all of these filters. Each is the name of a field and a value, or a list of
        values of which the session has one.
      - A name is one of RV(sessions), in that form or as the API spells it, or that of a user parameter, since the
        filter looks into C(params) too. Values are compared as texts, letter by letter.
      - RV(sessions[].state) is no field of the API and cannot be used; C(clients) with V(0) finds what is disconnected.
      - Times are compared in the form in which the server has them.
    type: dict
    default: {}
  sort_by:
    description:
      - Name of the field, or of the user parameter, by which the sessions are ordered. Sessions without it come last.
      - If not set, they come in the server's order, or ordered by C(id) where O(start) or O(limit) is set, since parts
        of a list without an order would be arbitrary.
    type: str
  sort_reverse:
    description:
      - Whether the order of O(sort_by) is reversed.
    type: bool
    default: false
  start:
    description:
      - How many sessions to leave out at the beginning. That the server counts from zero is assumed.
    type: int
  limit:
    description:
      - How many sessions to return at most. All if not set.
    type: int
  method:
    description:
      - HTTP method of the list, which takes both. V(POST) keeps the filters out of the address; that its body is JSON,
        and that several filters form a list in it, is assumed.
    type: str
    choices: [GET, POST]
    default: GET
  fields:
    description:
      - Return only these fields of each session, by the names of RV(sessions). All fields if not set.
    type: list
    elements: str
  return_sessions:
    description:
      - Whether the sessions themselves are returned. With V(false) only RV(count) and RV(summary) are, which spares
        Ansible the handling of a large result.
    type: bool
    default: true
notes:
  - Version 2 of the API takes the token in the path of the address. This collection keeps it out of all output, but the
    logs of the server and of proxies in between may hold it.
seealso:
  - module: deskops.vdi.fastx_auth
"""

EXAMPLES = r"""
- name: List one's own sessions
  deskops.vdi.fastx_session_info:
    url: https://fastx.example.com:3443
    username: anna
    password: "{{ vault_fastx_password }}"
  register: mine

- name: List the sessions of all users on two hosts that nobody is connected to, the oldest first
  deskops.vdi.fastx_session_info:
    all_users: true
    filters:
      hostname: [fx-01.example.com, fx-02.example.com]
      clients: 0
    sort_by: started
    fields: [id, login, hostname, started, last_disconnect]
  register: abandoned

- name: Show whose they are
  ansible.builtin.debug:
    msg: "{{ abandoned.sessions | map(attribute='login') | unique }}"

- name: Only count, for large clusters
  deskops.vdi.fastx_session_info:
    all_users: true
    return_sessions: false
  register: counted

- name: List where no document shows the path, as in version 3
  deskops.vdi.fastx_session_info:
    api_version: '3'
    list_path: "{{ fastx_list_path }}"
  when: fastx_list_path is defined
"""

RETURN = r"""
sessions:
  description:
    - The sessions. Times are UTC as C(2026-01-31T08:15:00Z), whether the server counts seconds or milliseconds; a text
      that cannot be read as a time stays as it is.
    - Servers may return more fields than these, and leave out some.
  returned: when O(return_sessions=true)
  type: list
  elements: dict
  contains:
    id:
      description: Id of the session.
      type: str
    state:
      description: V(connected) while clients are connected, V(disconnected) while none is, V(unknown) where the server
        does not count them. The API has no state; this is assumed from C(clients).
      type: str
    login:
      description: Name of the user who started the session.
      type: str
    hostname:
      description: Machine that the session runs on.
      type: str
    server_id:
      description: Id of the FastX server that runs the session.
      type: str
    window_mode:
      description: V(rootless) or V(desktop).
      type: str
    command:
      description: Command that was executed at the start.
      type: str
    clients:
      description: How many clients are connected.
      type: int
    started:
      description: When the session was started.
      type: str
    last_connect:
      description: When a client connected last; null if none ever did.
      type: str
    last_disconnect:
      description: When a client disconnected last; null if none ever did.
      type: str
    geometry:
      description: Width and height, as C(1920x1080).
      type: str
    display:
      description: Number of the display, a number or a text.
      type: raw
    server_pid:
      description: Process id of the session.
      type: int
    app_pid:
      description: Process id of the command.
      type: int
    params:
      description: User parameters of the session.
      type: dict
    cpu_percentage:
      description: Setting of the session's start, see the vendor's C(session.json).
      type: raw
    video_ram:
      description: Setting of the session's start.
      type: raw
    sharing:
      description: Setting of the session's start.
      type: raw
    disconnect_timeout:
      description: Setting of the session's start.
      type: raw
  sample:
    - clients: 1
      hostname: fx-01.example.test
      id: 4c0f7f2e
      login: anna
      started: "2026-01-31T08:15:00Z"
      state: connected
      window_mode: desktop
count:
  description: How many sessions there are.
  returned: success
  type: int
  sample: 1
summary:
  description: How many sessions there are by state, host and window mode.
  returned: success
  type: dict
  contains:
    by_state:
      description: Counts by state.
      type: dict
    by_host:
      description: Counts by name of the host.
      type: dict
    by_window_mode:
      description: Counts by window mode.
      type: dict
  sample:
    by_host:
      fx-01.example.test: 1
    by_state:
      connected: 1
    by_window_mode:
      desktop: 1
"""

from typing import Any

from ..module_utils._fastx.client import fastx_client
from ..module_utils._fastx.sessions import METHODS, SessionQuery
from ..module_utils._options import FASTX
from ..module_utils._task import ArgumentSpec, Task, run_module

ARGUMENT_SPEC = ArgumentSpec(
    {
        **FASTX.argument_spec(),
        "all_users": {"type": "bool", "default": False},
        "filters": {"type": "dict", "default": {}},
        "sort_by": {"type": "str"},
        "sort_reverse": {"type": "bool", "default": False},
        "start": {"type": "int"},
        "limit": {"type": "int"},
        "method": {"type": "str", "choices": list(METHODS), "default": METHODS[0]},
        "fields": {"type": "list", "elements": "str"},
        "return_sessions": {"type": "bool", "default": True},
    },
    mutually_exclusive=[FASTX.exclusive],
)


def run(task: Task) -> dict[str, Any]:
    query = SessionQuery(task.params)
    with fastx_client(task) as client:
        answer = query.ask(client)
    if query.undocumented and not answer.count:
        task.warn(
            f"filters: {', '.join(query.undocumented)} is neither a documented member of a session, nor found in the "
            "params of one. Correct the name if it is misspelt."
        )
    result: dict[str, Any] = {"count": answer.count, "summary": answer.summary()}
    if task.params["return_sessions"]:
        result["sessions"] = answer.sessions()
    return result


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

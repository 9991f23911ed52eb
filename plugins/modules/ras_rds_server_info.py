# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ras_rds_server_info
short_description: List RD session hosts of Parallels RAS
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Returns all RD session hosts of the farm, or those of one site, one name or one id.
  - The current API lists the main properties only. A server that is named by O(id) or O(server) is read whole.
extends_documentation_fragment:
  - deskops.vdi.ras
  - deskops.vdi.ras.object_info
  - deskops.vdi.ras.server_info
  - deskops.vdi.attributes
  - deskops.vdi.attributes.info
  - deskops.vdi.attributes.actiongroup_ras

seealso:
  - module: deskops.vdi.ras_rds_server
  - module: deskops.vdi.ras_session_info
"""

EXAMPLES = r"""
- name: List all RDS servers with their status
  deskops.vdi.ras_rds_server_info:
    url: https://ras.example.com:20443
    username: administrator
    password: "{{ vault_ras_password }}"
    gather_status: true
  register: farm

- name: Show load and sessions of each
  ansible.builtin.debug:
    msg: >-
      {{ item.server }}: {{ item.status.active_sessions | default('?') }} sessions,
      CPU {{ item.status.cpu_load | default('?') }} %
  loop: "{{ farm.rds_servers }}"
  loop_control:
    label: "{{ item.server }}"

- name: Read all settings of one server
  deskops.vdi.ras_rds_server_info:
    server: rds-01.example.test

- name: Wait until the agent of a server is ready
  deskops.vdi.ras_rds_server_info:
    server: rds-01.example.test
    gather_status: true
  register: new_server
  until: new_server.rds_servers[0].status.agent_state == 'OK'
  retries: 30
  delay: 10
"""

RETURN = r"""
rds_servers:
  description:
    - The servers; an empty list if none fits. Servers may return more fields than these.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Id of the server in the farm.
      type: int
    server:
      description: Name or address of the server.
      type: str
    site_id:
      description: Id of its site.
      type: int
    enabled:
      description: Whether it is enabled.
      type: bool
    status:
      description:
        - Status of the server and its agent; null if the server tells none. Which fields there are depends on the
          version.
      returned: when O(gather_status=true)
      type: dict
      contains:
        agent_state:
          description: State of the agent by its documented name, V(OK) if all is well; a number if it has no name.
          type: str
        active_sessions:
          description: How many sessions are active. Documented for legacy servers.
          type: int
        disconnected_sessions:
          description: How many sessions are disconnected. Documented for legacy servers.
          type: int
        cpu_load:
          description: Load of the processors in percent. Documented for legacy servers.
          type: int
        mem_load:
          description: Load of the memory in percent. Documented for legacy servers.
          type: int
  sample:
    - enabled: true
      id: 361
      server: rds.company.dom
      site_id: 1
      status:
        active_sessions: 1
        agent_state: OK
        cpu_load: 23
"""

from typing import Any

from ..module_utils._ras.client import ras_client
from ..module_utils._ras.objects import info_spec, object_info
from ..module_utils._ras.resources import RDS_SERVERS
from ..module_utils._task import Task, run_module

ARGUMENT_SPEC = info_spec(RDS_SERVERS)


def run(task: Task) -> dict[str, Any]:
    with ras_client(task) as client:
        return {"rds_servers": object_info(task, client, RDS_SERVERS)}


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

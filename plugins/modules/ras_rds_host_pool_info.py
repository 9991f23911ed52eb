# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ras_rds_host_pool_info
short_description: List pools of RD session hosts of Parallels RAS
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Returns all pools of RD session hosts of the farm, or those of one site, one name or one id.
  - Host pools are part of the current API; with servers of the legacy API the task fails.
extends_documentation_fragment:
  - deskops.vdi.ras
  - deskops.vdi.ras.object_info
  - deskops.vdi.attributes
  - deskops.vdi.attributes.info
  - deskops.vdi.attributes.actiongroup_ras
options:
  name:
    description:
      - Return the pools of this name only; letter case does not matter.
    type: str
  gather_members:
    description:
      - Whether the servers of each pool are returned as well, which costs a request for each pool.
    type: bool
    default: false
seealso:
  - module: deskops.vdi.ras_rds_host_pool
  - module: deskops.vdi.ras_rds_server_info
"""

EXAMPLES = r"""
- name: List all host pools with their servers
  deskops.vdi.ras_rds_host_pool_info:
    url: https://ras.example.com:20443
    username: administrator
    password: "{{ vault_ras_password }}"
    gather_members: true
  register: farm

- name: Show which servers each has
  ansible.builtin.debug:
    msg: "{{ item.name }}: {{ item.members | map(attribute='server') | join(', ') }}"
  loop: "{{ farm.rds_host_pools }}"
  loop_control:
    label: "{{ item.name }}"

- name: List the pools of a site
  deskops.vdi.ras_rds_host_pool_info:
    site: Head office
"""

RETURN = r"""
rds_host_pools:
  description:
    - The pools; an empty list if none fits. Servers may return more fields than these.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Id of the pool in the farm.
      type: int
    name:
      description: Name of the pool.
      type: str
    site_id:
      description: Id of its site.
      type: int
    enabled:
      description: Whether it is enabled.
      type: bool
    members:
      description: Its servers, with their main properties.
      returned: when O(gather_members=true)
      type: list
      elements: dict
      contains:
        id:
          description: Id of the server in the farm.
          type: int
        server:
          description: Name or address of the server.
          type: str
  sample:
    - enabled: true
      id: 3
      members:
        - id: 1
          server: rds-01.example.test
      name: Accounting
      site_id: 1
"""

from typing import Any

from ..module_utils._ras.client import ras_client
from ..module_utils._ras.pools import host_pool_info, host_pool_info_spec
from ..module_utils._task import Task, run_module

ARGUMENT_SPEC = host_pool_info_spec()


def run(task: Task) -> dict[str, Any]:
    with ras_client(task) as client:
        return {"rds_host_pools": host_pool_info(task, client)}


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

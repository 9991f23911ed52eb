# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ras_gateway_info
short_description: List secure gateways of Parallels RAS
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Returns all secure gateways of the farm, or those of one site, one name or one id.

extends_documentation_fragment:
  - deskops.vdi.ras
  - deskops.vdi.ras.object_info
  - deskops.vdi.ras.server_info
  - deskops.vdi.attributes
  - deskops.vdi.attributes.info
  - deskops.vdi.attributes.actiongroup_ras
notes:
  - The fields of a gateway's status were not seen in any source but the PowerShell names; what the server sends is
    returned.
seealso:
  - module: deskops.vdi.ras_gateway
"""

EXAMPLES = r"""
- name: List all gateways with their status
  deskops.vdi.ras_gateway_info:
    url: https://ras.example.com:20443
    username: administrator
    password: "{{ vault_ras_password }}"
    gather_status: true
  register: farm

- name: Show those whose agent is not well
  ansible.builtin.debug:
    msg: "{{ farm.gateways | selectattr('status.agent_state', 'ne', 'OK') | map(attribute='server') }}"

- name: List the gateways of one site
  deskops.vdi.ras_gateway_info:
    site: Branch north

- name: Read one gateway
  deskops.vdi.ras_gateway_info:
    server: gw-01.example.test
"""

RETURN = r"""
gateways:
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

  sample:
    - description: ""
      enabled: true
      id: 219
      server: 126.0.0.6
      site_id: 1
      status:
        agent_state: OK
"""

from typing import Any

from ..module_utils._ras.client import ras_client
from ..module_utils._ras.objects import info_spec, object_info
from ..module_utils._ras.resources import GATEWAYS
from ..module_utils._task import Task, run_module

ARGUMENT_SPEC = info_spec(GATEWAYS)


def run(task: Task) -> dict[str, Any]:
    with ras_client(task) as client:
        return {"gateways": object_info(task, client, GATEWAYS)}


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

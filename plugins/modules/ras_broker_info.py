# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ras_broker_info
short_description: List connection brokers of Parallels RAS
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Returns all connection brokers of the farm, or those of one site, one name or one id.
  - Brokers are part of the current API, at C(/api/ConnectionBroker) or C(/api/Broker), whichever the server has; with
    servers of the legacy API the task fails.
extends_documentation_fragment:
  - deskops.vdi.ras
  - deskops.vdi.ras.object_info
  - deskops.vdi.attributes
  - deskops.vdi.attributes.info
  - deskops.vdi.attributes.actiongroup_ras
options:
  server:
    description:
      - Return the brokers of this name or address only; letter case does not matter.
    type: str
seealso:
  - module: deskops.vdi.ras_broker
  - module: deskops.vdi.ras_broker_promote
"""

EXAMPLES = r"""
- name: List all brokers
  deskops.vdi.ras_broker_info:
    url: https://ras.example.com:20443
    username: administrator
    password: "{{ vault_ras_password }}"
  register: farm

- name: Show which one is the primary
  ansible.builtin.debug:
    msg: "{{ farm.brokers | selectattr('priority', 'eq', 0) | map(attribute='server') }}"

- name: List the brokers of one site
  deskops.vdi.ras_broker_info:
    site: Head office

- name: Read one broker
  deskops.vdi.ras_broker_info:
    server: broker-02.example.test
"""

RETURN = r"""
brokers:
  description:
    - The brokers; an empty list if none fits. Servers may return more fields than these.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Id of the broker in the farm.
      type: int
    server:
      description: Name or address of the broker.
      type: str
    site_id:
      description: Id of its site.
      type: int
    enabled:
      description: Whether it is enabled.
      type: bool
    priority:
      description: Its place in the order of the brokers; V(0) is the primary one.
      type: int
    ip:
      description: Its address.
      type: str
    alternative_ips:
      description: Further addresses, in one text.
      type: str
    standby:
      description: Whether it stands by.
      type: bool
    marked_for_deletion:
      description: Whether it is about to be removed.
      type: bool
  sample:
    - alternative_ips: ""
      description: ""
      enabled: true
      id: 41
      ip: 192.0.2.11
      marked_for_deletion: false
      priority: 0
      server: broker-01.example.test
      site_id: 1
      standby: false
"""

from typing import Any

from ..module_utils._ras.client import ras_client
from ..module_utils._ras.objects import info_spec, object_info
from ..module_utils._ras.resources import BROKERS
from ..module_utils._task import Task, run_module

ARGUMENT_SPEC = info_spec(BROKERS)


def run(task: Task) -> dict[str, Any]:
    with ras_client(task) as client:
        return {"brokers": object_info(task, client, BROKERS)}


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

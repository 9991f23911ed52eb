# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ras_broker
short_description: Add, change and remove connection brokers of Parallels RAS
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Brings a connection broker to the state that the options describe, and changes nothing where it is so already.
  - Brokers are part of the current API, at C(/api/ConnectionBroker) or C(/api/Broker), whichever the server has; with
    servers of the legacy API the task fails.
extends_documentation_fragment:
  - deskops.vdi.ras
  - deskops.vdi.ras.object
  - deskops.vdi.ras.server
  - deskops.vdi.attributes
  - deskops.vdi.attributes.state
  - deskops.vdi.attributes.actiongroup_ras
options:
  state:
    description:
      - Whether the broker is part of the farm.
      - The primary broker is not removed; promote another one first, with M(deskops.vdi.ras_broker_promote).
  enabled:
    description:
      - Whether the broker is enabled.
    type: bool
  description:
    description:
      - Free text.
    type: str
  ip:
    description:
      - Address of the broker; letter case does not matter.
    type: str
  alternative_ips:
    description:
      - Further addresses of the broker, in one text, with semicolons in between.
    type: str
  standby:
    description:
      - Whether the broker stands by.
    type: bool
  priority:
    description:
      - Place of the broker in the order of the brokers. V(0) is the primary broker, and the server moves the others
        over.
      - No broker becomes the primary one by this option, and the primary one gets no other priority by it. That is what
        M(deskops.vdi.ras_broker_promote) is for, since the session ends with it.
    type: int
notes:
  - The path that changes the priority is documented, its body is not; an object with the one field C(priority) is
    assumed.
  - That priority V(0) means primary is what an official PowerShell sample shows.
  - Below C(/api/Broker), the path before version 21, only the list and adding are documented. Changing and removing are
    assumed to be as below C(/api/ConnectionBroker).
seealso:
  - module: deskops.vdi.ras_broker_info
  - module: deskops.vdi.ras_broker_promote
  - module: deskops.vdi.ras_settings_apply
"""

EXAMPLES = r"""
- name: Add a broker whose agent is installed already
  deskops.vdi.ras_broker:
    url: https://ras.example.com:20443
    username: administrator
    password: "{{ vault_ras_password }}"
    server: broker-03.example.test
    site: Head office
    install_agent: false

- name: Add a broker, and let RAS install its agent with another account
  deskops.vdi.ras_broker:
    server: broker-04.example.test
    site: Head office
    agent_username: EXAMPLE\installer
    agent_password: "{{ vault_agent_password }}"
    restart: false
    description: Second data centre
    alternative_ips: 192.0.2.14;198.51.100.14

- name: Take a broker out of service for a while
  deskops.vdi.ras_broker:
    server: broker-03.example.test
    enabled: false

- name: Remove brokers
  deskops.vdi.ras_broker:
    server: "{{ item }}"
    state: absent
  loop:
    - broker-03.example.test
    - broker-04.example.test
"""

RETURN = r"""
broker:
  description:
    - The broker as it is at the end, or as it would be in check mode; null if it was removed or is not there.
    - The options' names are the keys; fields that this collection does not know come under a name derived from the
      API's.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the broker in the farm; null while it is only planned (check mode).
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
    standby:
      description: Whether it stands by.
      type: bool
    marked_for_deletion:
      description: Whether it is about to be removed.
      type: bool
  sample:
    alternative_ips: ""
    description: ""
    enabled: true
    id: 42
    ip: 192.0.2.13
    marked_for_deletion: false
    priority: 2
    server: broker-03.example.test
    site_id: 1
    standby: false
diff:
  description: What changes, without secrets.
  returned: with C(--diff)
  type: dict
  sample:
    before:
      enabled: true
    after:
      enabled: false
"""

from typing import Any

from ..module_utils._converge import converge
from ..module_utils._ras.brokers import BrokerTarget
from ..module_utils._ras.client import ras_client
from ..module_utils._ras.resources import BROKERS
from ..module_utils._ras.servers import server_spec
from ..module_utils._task import Task, run_module

ARGUMENT_SPEC = server_spec(BROKERS)


def run(task: Task) -> dict[str, Any]:
    with ras_client(task) as client:
        return converge(task, BrokerTarget(task, client), task.params["state"])


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

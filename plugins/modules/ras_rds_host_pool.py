# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ras_rds_host_pool
short_description: Add, change and remove pools of RD session hosts of Parallels RAS
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Brings a pool of RD session hosts (RDS servers), and its members, to the state that the options describe, and
    changes nothing where it is so already.
  - Host pools are part of the current API; with servers of the legacy API the task fails.
extends_documentation_fragment:
  - deskops.vdi.ras
  - deskops.vdi.ras.object
  - deskops.vdi.attributes
  - deskops.vdi.attributes.state
  - deskops.vdi.attributes.actiongroup_ras
options:
  name:
    description:
      - Name of the pool, unique in its site; letter case does not matter. Needed to add a pool.
    type: str
  members:
    description:
      - RDS servers that belong to the pool, by the names or addresses that the farm knows; letter case does not matter.
      - They are added to those that the pool has, unless O(members_exact=true).
      - If not set, the members stay as they are.
      - A server may leave another pool that it is in; no source says whether it can be in several. Name it as a member
        of one pool only.
    type: list
    elements: str
  members_exact:
    description:
      - Whether servers that O(members) does not name are taken out of the pool.
    type: bool
    default: false
  members_field:
    description:
      - Field of the API that takes the ids of all members. No source shows it; the default is assumed from the name of
        the parameter with which PowerShell's C(New-RASRDSHostPool) takes them.
    type: str
    default: rdsObject
  enabled:
    description:
      - Whether the pool takes sessions. Set it when you add a pool, since the default of the server is not documented.
    type: bool
  description:
    description:
      - Free text.
    type: str
  inherit_default_agent_settings:
    description:
      - Whether the agent settings of the pool are the site's defaults.
    type: bool
  inherit_default_printer_settings:
    description:
      - Whether the printer settings of the pool are the site's defaults.
    type: bool
  inherit_default_user_profile_settings:
    description:
      - Whether the user profile settings of the pool are the site's defaults.
    type: bool
  inherit_default_desktop_access_settings:
    description:
      - Whether the desktop access settings of the pool are the site's defaults.
    type: bool
  inherit_default_app_package_settings:
    description:
      - Whether the application package settings of the pool are the site's defaults.
    type: bool
  inherit_default_auto_upgrade_settings:
    description:
      - Whether the automatic upgrade settings of the pool are the site's defaults.
    type: bool
  autoscale:
    description:
      - Whether servers are added and removed from a template as the load asks.
    type: bool
  ras_template_id:
    description:
      - Id of the template that servers are made from.
    type: int
  ras_template_version_id:
    description:
      - Id of the template's version.
    type: int
  min_servers_from_template:
    description:
      - How many servers from the template there are at least.
    type: int
  max_servers_from_template:
    description:
      - How many servers from the template there are at most.
    type: int
  servers_to_add_per_request:
    description:
      - How many servers are added at once.
    type: int
  work_load_threshold:
    description:
      - Load above which servers are added. The unit is not documented.
    type: int
  work_load_to_drain:
    description:
      - Load below which servers are drained. The unit is not documented.
    type: int
  drain_remains_below_sec:
    description:
      - Seconds that the load must remain below O(work_load_to_drain).
    type: int
  remove_servers_after_drain_and_power_off:
    description:
      - Whether drained servers are powered off and removed.
    type: bool
notes:
  - The settings themselves that a pool does not inherit are a nested object, C(rdsDefSettings), of which the documents
    show a part. O(settings) takes it with the keys that are to change; the others are sent back as they are, but for
    secrets.
seealso:
  - module: deskops.vdi.ras_rds_host_pool_info
  - module: deskops.vdi.ras_rds_server
  - module: deskops.vdi.ras_settings_apply
"""

EXAMPLES = r"""
- name: Add a pool with two servers
  deskops.vdi.ras_rds_host_pool:
    url: https://ras.example.com:20443
    username: administrator
    password: "{{ vault_ras_password }}"
    name: Accounting
    site: Head office
    enabled: true
    description: Hosts of the accounting department
    members:
      - rds-01.example.test
      - rds-02.example.test

- name: Let a pool have this one server, and no other
  deskops.vdi.ras_rds_host_pool:
    name: Accounting
    members:
      - rds-02.example.test
    members_exact: true

- name: Take pools out of service
  deskops.vdi.ras_rds_host_pool:
    name: "{{ item }}"
    enabled: false
  loop:
    - Accounting

- name: Remove a pool; its servers stay in the farm
  deskops.vdi.ras_rds_host_pool:
    name: Accounting
    state: absent
"""

RETURN = r"""
rds_host_pool:
  description:
    - The pool as it is at the end, or as it would be in check mode; null if it was removed or is not there.
    - The options' names are the keys; fields that this collection does not know come under a name derived from the
      API's.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the pool in the farm; null while it is only planned (check mode).
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
      description: Names of its servers.
      returned: when O(members) is set
      type: list
      elements: str
  sample:
    enabled: true
    id: 3
    members:
      - rds-01.example.test
      - rds-02.example.test
    name: Accounting
    site_id: 1
diff:
  description: What changes, without secrets.
  returned: with C(--diff)
  type: dict
  sample:
    before:
      members: []
    after:
      members:
        - rds-01.example.test
"""

from typing import Any

from ..module_utils._converge import converge
from ..module_utils._ras.client import ras_client
from ..module_utils._ras.pools import HostPoolTarget, host_pool_spec
from ..module_utils._task import Task, run_module

ARGUMENT_SPEC = host_pool_spec()


def run(task: Task) -> dict[str, Any]:
    with ras_client(task) as client:
        return converge(task, HostPoolTarget(task, client), task.params["state"])


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

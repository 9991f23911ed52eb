# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ras_avd_workspace_info
short_description: Read the status of Azure Virtual Desktop workspaces in Parallels RAS
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Returns the status of all AVD workspaces of the farm, or of those of one site or name, or of one by id.
extends_documentation_fragment:
  - deskops.vdi.ras
  - deskops.vdi.attributes
  - deskops.vdi.attributes.info
  - deskops.vdi.attributes.actiongroup_ras
options:
  id:
    description:
      - Return the workspace with this id only.
    type: int
  name:
    description:
      - Return the workspaces of this name only; the server applies the filter.
    type: str
  site:
    description:
      - Return the workspaces of this site only, given by name or id; the server applies the filter.
    type: str
seealso:
  - module: deskops.vdi.ras_site_info
"""

EXAMPLES = r"""
- name: Read the status of all workspaces
  deskops.vdi.ras_avd_workspace_info:
    url: https://ras.example.com:20443
    username: administrator
    password: "{{ vault_ras_password }}"
  register: avd

- name: Show what needs attention
  ansible.builtin.debug:
    msg: "{{ item.name }}: {{ item.agent_state }}"
  loop: "{{ avd.workspaces | rejectattr('agent_state', 'eq', 'OK') }}"
  loop_control:
    label: "{{ item.name }}"

- name: Read the workspaces of one site
  deskops.vdi.ras_avd_workspace_info:
    site: Head office
    name: Office desktops

- name: Read one workspace
  deskops.vdi.ras_avd_workspace_info:
    id: 1
"""

RETURN = r"""
workspaces:
  description: The workspaces; an empty list if none fits. Servers may return more fields than these.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Id of the workspace, a text.
      type: str
    site_id:
      description: Id of its site.
      type: int
    server_type:
      description: Kind of object by its documented name.
      type: str
    name:
      description: Name of the workspace.
      type: str
    provider_id:
      description: Id of the provider.
      type: int
    resource_group:
      description: Resource group in Azure.
      type: str
    location:
      description: Location in Azure.
      type: str
    agent_state:
      description: State by its documented name, V(OK) if all is well; a number if it has no name.
      type: str
    broken_reason:
      description: Why the workspace is broken, by its documented name; V(Ignore) if it is not.
      type: str
  sample:
    - agent_state: OK
      broken_reason: Ignore
      id: "1"
      location: westeurope
      name: Office desktops
      provider_id: 1
      resource_group: rg-desktops
      server_type: AVDWorkspace
      site_id: 1
"""

from typing import Any

from ..module_utils._errors import RefusedValueError
from ..module_utils._options import RAS
from ..module_utils._ras import fields
from ..module_utils._ras.client import RasClient, ras_client
from ..module_utils._task import ArgumentSpec, Task, run_module

ARGUMENT_SPEC = ArgumentSpec(
    {**RAS.argument_spec(), "id": {"type": "int"}, "name": {"type": "str"}, "site": {"type": "str"}},
    mutually_exclusive=[RAS.exclusive, ["id", "name"], ["id", "site"]],
)


STATUS = "/api/AVD/Workspace/status"


def run(task: Task) -> dict[str, Any]:
    params = task.params
    with ras_client(task) as client:
        if params["id"] is None:
            query = {"SiteId": client.site_id(params["site"]), "Name": params["name"]}
            rows = client.filtered_rows(STATUS, query)
        else:
            rows = one_workspace(client, params["id"])
    return {"workspaces": [fields.AVD_WORKSPACE_STATUS.result(row) for row in rows]}


def one_workspace(client: RasClient, workspace_id: int) -> list[dict[str, Any]]:
    """The workspace with this id, if it is there: its page documents 400 and no 404, so the list has the last word."""
    try:
        row = client.one(f"/api/AVD/Workspace/{workspace_id}/status")
    except RefusedValueError:
        if any(str(row.get("id")) == str(workspace_id) for row in client.filtered_rows(STATUS, {})):
            raise
        row = None
    return [row] if row else []


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ras_site_info
short_description: List the sites of a Parallels RAS farm
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Returns all sites of the farm, or one by id or name.
extends_documentation_fragment:
  - deskops.vdi.ras
  - deskops.vdi.attributes
  - deskops.vdi.attributes.info
  - deskops.vdi.attributes.actiongroup_ras
options:
  id:
    description:
      - Return the site with this id only.
    type: int
  name:
    description:
      - Return the site of this name only.
    type: str
seealso:
  - module: deskops.vdi.ras_auth
"""

EXAMPLES = r"""
- name: List all sites
  deskops.vdi.ras_site_info:
    url: https://ras.example.com:20443
    username: administrator
    password: "{{ vault_ras_password }}"
  register: farm

- name: Show their names
  ansible.builtin.debug:
    msg: "{{ farm.sites | map(attribute='name') }}"

- name: Look for one site, with the address and the credentials from the environment
  deskops.vdi.ras_site_info:
    name: Head office
  register: head_office

- name: Read one site by id
  deskops.vdi.ras_site_info:
    id: 1
"""

RETURN = r"""
sites:
  description: The sites; an empty list if none fits. Servers may return more fields than these.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Id of the site.
      type: int
    name:
      description: Name of the site.
      type: str
    licensing_site:
      description: Whether this is the licensing site of the farm.
      type: bool
  sample:
    - id: 1
      licensing_site: true
      name: site11
"""

from typing import Any

from ..module_utils._options import RAS
from ..module_utils._ras import fields
from ..module_utils._ras.client import ras_client
from ..module_utils._task import ArgumentSpec, Task, run_module

ARGUMENT_SPEC = ArgumentSpec(
    {**RAS.argument_spec(), "id": {"type": "int"}, "name": {"type": "str"}},
    mutually_exclusive=[RAS.exclusive, ["id", "name"]],
)


def run(task: Task) -> dict[str, Any]:
    with ras_client(task) as client:
        if task.params["id"] is None:
            rows = client.sites()
        else:
            row = client.one(f"/api/Site/{task.params['id']}")
            rows = [row] if row else []
    sites = [fields.SITE.result(row) for row in rows]
    name = task.params["name"]
    return {"sites": [site for site in sites if name is None or site.get("name") == name]}


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

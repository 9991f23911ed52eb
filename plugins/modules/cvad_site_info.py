# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cvad_site_info
short_description: List the Citrix sites of an account
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Returns the sites that the account may administer, or one by id or name.
  - Of an account with several cloud customers, the sites of O(customer_id).
extends_documentation_fragment:
  - deskops.vdi.cvad
  - deskops.vdi.attributes
  - deskops.vdi.attributes.info
  - deskops.vdi.attributes.actiongroup_cvad
options:
  id:
    description:
      - Return the site with this id only.
    type: str
  name:
    description:
      - Return the site of this name only.
    type: str
notes:
  - O(site), which says where the other modules work, does not narrow the list.
seealso:
  - module: deskops.vdi.cvad_auth
"""

EXAMPLES = r"""
- name: List all sites
  deskops.vdi.cvad_site_info:
    url: https://ddc1.example.com
    username: EXAMPLE\administrator
    password: "{{ vault_cvad_password }}"
  register: citrix

- name: Show their names
  ansible.builtin.debug:
    msg: "{{ citrix.sites | map(attribute='name') }}"

- name: Look for one site, with the address and the credentials from the environment
  deskops.vdi.cvad_site_info:
    name: Head office
  register: head_office

- name: List the sites of a cloud customer
  deskops.vdi.cvad_site_info:
    url: https://api.cloud.com
    customer_id: examplecust01
    client_id: "{{ vault_cvad_client_id }}"
    client_secret: "{{ vault_cvad_client_secret }}"
"""

RETURN = r"""
sites:
  description: The sites; an empty list if none fits.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Id of the site; give it to the other modules as O(site).
      type: str
    name:
      description: Name of the site.
      type: str
    customer_id:
      description: Id of the customer that the site belongs to.
      type: str
    customer_name:
      description: Name of that customer; null if the server does not tell.
      type: str
  sample:
    - customer_id: CitrixOnPremises
      customer_name: null
      id: 22ded57c-0306-47e4-b6e8-fed6252759e1
      name: Head office
"""

import dataclasses
from typing import Any

from ..module_utils._cvad.client import cvad_client
from ..module_utils._options import CVAD
from ..module_utils._task import ArgumentSpec, Task, run_module

ARGUMENT_SPEC = ArgumentSpec(
    {**CVAD.argument_spec(), "id": {"type": "str"}, "name": {"type": "str"}},
    mutually_exclusive=[CVAD.exclusive, ["id", "name"]],
)


def run(task: Task) -> dict[str, Any]:
    with cvad_client(task) as client:
        sites = client.sites()
    wanted = {name: task.params[name] for name in ("id", "name") if task.params[name] is not None}
    rows = [dataclasses.asdict(site) for site in sites]
    return {"sites": [row for row in rows if all(row[name] == value for name, value in wanted.items())]}


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

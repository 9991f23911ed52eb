# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ras_published_info
short_description: List what a Parallels RAS farm publishes
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Returns the published items of the farm, or those of one kind, one name, one folder, one site or one id, each with
    the path of its folder.
  - Servers of the legacy API have applications only, and no folders.
extends_documentation_fragment:
  - deskops.vdi.ras
  - deskops.vdi.attributes
  - deskops.vdi.attributes.info
  - deskops.vdi.attributes.actiongroup_ras
options:
  type:
    description:
      - Kind of the items to return, where V(app) and V(desktop) are what is published from RD session hosts.
      - V(all) returns the items of all kinds, those from VDI and AVD hosts among them, perhaps with fewer fields; with
        a server of the legacy API its applications.
    type: str
    choices: [all, folder, app, desktop]
    default: all
  id:
    description:
      - Return the item with this id only.
    type: int
  name:
    description:
      - Return the items of this name only; letter case does not matter.
    type: str
  folder:
    description:
      - Return the items in this folder only, without those in the folders below. Given as the names of the folders from
        the top with slashes between them; V(/) is the top.
    type: str
  parent_id:
    description:
      - Return the items in the folder with this id only, V(0) for the top.
      - Excludes O(folder).
    type: int
  site:
    description:
      - Return what the server lists for this site only, given by name or id.
    type: str
notes:
  - One request reads the items. Another one reads the folders when V(app) or V(desktop) are asked for and some are in
    folders.
seealso:
  - module: deskops.vdi.ras_published_app
  - module: deskops.vdi.ras_published_desktop
  - module: deskops.vdi.ras_published_folder
"""

EXAMPLES = r"""
- name: List all that is published
  deskops.vdi.ras_published_info:
    url: https://ras.example.com:20443
    username: administrator
    password: "{{ vault_ras_password }}"
  register: farm

- name: Show where each item is
  ansible.builtin.debug:
    msg: "{{ item.type }} {{ item.name }} in {{ item.folder }}"
  loop: "{{ farm.published_items }}"
  loop_control:
    label: "{{ item.name }}"

- name: List the applications at the top, outside all folders
  deskops.vdi.ras_published_info:
    type: app
    folder: /

- name: List the desktops of a site
  deskops.vdi.ras_published_info:
    type: desktop
    site: Head office
"""

RETURN = r"""
published_items:
  description:
    - The items; an empty list if none fits. Servers may return more fields than these.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Id of the item in the farm.
      type: int
    type:
      description: Kind of the item, such as V(Folder), V(RDSApp), V(RDSDesktop), V(VDIDesktop) or V(AVDApp).
      type: str
    name:
      description: Name of the item.
      type: str
    parent_id:
      description: Id of the folder that holds it; 0 at the top.
      type: int
    folder:
      description:
        - Path of the folder that holds it, as the option O(folder) takes it.
        - A folder that the server does not list stands as its id in parentheses.
      type: str
    enabled:
      description: Whether it is enabled.
      type: bool
    maintenance_messages:
      description: What users are told while it is under maintenance, by language.
      type: dict
  sample:
    - enabled: true
      folder: Office/Tools
      id: 12
      name: Text Editor
      parent_id: 11
      target: notepad.exe
      type: RDSApp
"""

from typing import Any

from ..module_utils._ras.client import ras_client
from ..module_utils._ras.published import published_info, published_info_spec
from ..module_utils._task import Task, run_module

ARGUMENT_SPEC = published_info_spec()


def run(task: Task) -> dict[str, Any]:
    with ras_client(task) as client:
        return {"published_items": published_info(task, client)}


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

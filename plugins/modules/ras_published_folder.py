# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ras_published_folder
short_description: Publish, change and remove folders of published items of Parallels RAS
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Brings a folder of published items to the state that the options describe, and changes nothing where it is so
    already.
  - Folders are part of the current API; with servers of the legacy API the task fails.
extends_documentation_fragment:
  - deskops.vdi.ras
  - deskops.vdi.ras.object
  - deskops.vdi.ras_published
  - deskops.vdi.attributes
  - deskops.vdi.attributes.state
  - deskops.vdi.attributes.actiongroup_ras
options:
  admin_only:
    description:
      - Whether the folder is there for administrators alone, and not shown to users.
    type: bool
  recursive:
    description:
      - Whether O(state=absent) removes a folder that holds something, with all that is in it and below. Otherwise the
        task fails, and nothing is removed.
      - That the server removes what is in a folder together with it is assumed.
    type: bool
    default: false
notes:
  - The documents show of a folder only what all published items have. C(adminOnly) is assumed, from the parameter of
    PowerShell, and so is the request that adds a folder, like that of an application.
  - With O(state=absent) all published items are read, to know what the folder holds.
seealso:
  - module: deskops.vdi.ras_published_app
  - module: deskops.vdi.ras_published_desktop
  - module: deskops.vdi.ras_published_info
  - module: deskops.vdi.ras_settings_apply
"""

EXAMPLES = r"""
- name: Add a folder
  deskops.vdi.ras_published_folder:
    url: https://ras.example.com:20443
    username: administrator
    password: "{{ vault_ras_password }}"
    name: Departments
    description: One folder for each department

- name: Add folders in it
  deskops.vdi.ras_published_folder:
    name: "{{ item }}"
    folder: Departments
    enabled_mode: Enabled
  loop:
    - Sales
    - Legal

- name: Add a folder below one of these, for administrators alone
  deskops.vdi.ras_published_folder:
    name: Tools
    folder: Departments/Sales
    admin_only: true

- name: Remove a folder that is empty
  deskops.vdi.ras_published_folder:
    name: Legal
    folder: Departments
    state: absent

- name: Remove a folder with all that is in it
  deskops.vdi.ras_published_folder:
    name: Departments
    folder: /
    state: absent
    recursive: true
"""

RETURN = r"""
published_folder:
  description:
    - The folder as it is at the end, or as it would be in check mode; null if it was removed or is not there.
    - The options' names are the keys; fields that this collection does not know come under a name derived from the
      API's.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the folder in the farm; null while it is only planned (check mode).
      type: int
    type:
      description: Its kind, V(Folder).
      type: str
    name:
      description: Its name.
      type: str
    parent_id:
      description: Id of the folder that holds it; 0 at the top.
      type: int
    enabled:
      description: Whether it is enabled.
      type: bool
  sample:
    enabled: true
    id: 10
    name: Departments
    parent_id: 0
    type: Folder
diff:
  description: What changes, without secrets. Of a folder that is removed, C(contents) lists what goes with it, by paths
    below the folder.
  returned: with C(--diff)
  type: dict
  sample:
    before:
      description: ""
    after:
      description: One folder for each department
"""

from typing import Any

from ..module_utils._converge import converge
from ..module_utils._ras.client import ras_client
from ..module_utils._ras.published import FolderTarget, folder_spec
from ..module_utils._task import Task, run_module

ARGUMENT_SPEC = folder_spec()


def run(task: Task) -> dict[str, Any]:
    with ras_client(task) as client:
        return converge(task, FolderTarget(task, client), task.params["state"])


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

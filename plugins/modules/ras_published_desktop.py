# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ras_published_desktop
short_description: Publish, change and remove desktops of Parallels RAS
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Brings a desktop that is published from RD session hosts (RDS servers) to the state that the options describe, and
    changes nothing where it is so already.
  - Published desktops are part of the current API; with servers of the legacy API the task fails.
extends_documentation_fragment:
  - deskops.vdi.ras
  - deskops.vdi.ras.object
  - deskops.vdi.ras_published
  - deskops.vdi.ras_published.startable
  - deskops.vdi.attributes
  - deskops.vdi.attributes.state
  - deskops.vdi.attributes.actiongroup_ras
options:
  desktop_size:
    description:
      - Size of the desktop, as the API's number. PowerShell has the names FullScreen and Custom for it; no source shows
        their numbers.
    type: int
  width:
    description:
      - Width in pixels of a desktop of a custom size.
    type: int
  height:
    description:
      - Height in pixels of a desktop of a custom size.
    type: int
  connect_to_console:
    description:
      - Whether the desktop connects to the console session.
    type: bool
  allow_multi_monitor:
    description:
      - Whether the desktop may extend over several monitors.
    type: bool
notes:
  - The documents show of a desktop only what all published items have. The names of its other fields are assumed,
    from the parameters of PowerShell; O(settings) takes others.
  - So is the request that publishes it, like that of an application.
seealso:
  - module: deskops.vdi.ras_published_app
  - module: deskops.vdi.ras_published_folder
  - module: deskops.vdi.ras_published_info
  - module: deskops.vdi.ras_settings_apply
"""

EXAMPLES = r"""
- name: Publish a desktop from all servers
  deskops.vdi.ras_published_desktop:
    url: https://ras.example.com:20443
    username: administrator
    password: "{{ vault_ras_password }}"
    name: Full Desktop
    enabled_mode: Enabled

- name: Publish a desktop of a fixed size from the servers of a pool
  deskops.vdi.ras_published_desktop:
    name: Small Desktop
    folder: /
    width: 1280
    height: 800
    allow_multi_monitor: false
    publish_from_pools:
      - Office

- name: Hide desktops from the users
  deskops.vdi.ras_published_desktop:
    name: "{{ item }}"
    enabled_mode: Disabled
  loop:
    - Full Desktop
    - Small Desktop

- name: Remove a desktop
  deskops.vdi.ras_published_desktop:
    name: Small Desktop
    state: absent
"""

RETURN = r"""
published_desktop:
  description:
    - The desktop as it is at the end, or as it would be in check mode; null if it was removed or is not there.
    - The options' names are the keys; fields that this collection does not know come under a name derived from the
      API's.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the desktop in the farm; null while it is only planned (check mode).
      type: int
    type:
      description: Its kind, V(RDSDesktop).
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
    publish_from:
      description: What it is published from.
      type: str
    publish_from_server:
      description:
        - Ids of the RDS servers that it is published from.
        - In check mode the name stands for one that is not there yet.
      type: list
      elements: int
    publish_from_group:
      description:
        - Ids of the host pools that it is published from.
        - In check mode the name stands for one that is not there yet.
      type: list
      elements: int
  sample:
    enabled: true
    id: 13
    name: Full Desktop
    parent_id: 0
    publish_from: All
    type: RDSDesktop
diff:
  description: What changes, without secrets.
  returned: with C(--diff)
  type: dict
  sample:
    before:
      description: ""
    after:
      description: Hosts of the head office
"""

from typing import Any

from ..module_utils._converge import converge
from ..module_utils._ras.client import ras_client
from ..module_utils._ras.published import DesktopTarget, published_spec
from ..module_utils._ras.resources import PUBLISHED_DESKTOPS
from ..module_utils._task import Task, run_module

ARGUMENT_SPEC = published_spec(PUBLISHED_DESKTOPS)


def run(task: Task) -> dict[str, Any]:
    with ras_client(task) as client:
        return converge(task, DesktopTarget(task, client), task.params["state"])


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

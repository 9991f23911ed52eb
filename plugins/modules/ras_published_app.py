# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ras_published_app
short_description: Publish, change and remove applications of Parallels RAS
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Brings an application that is published from RD session hosts (RDS servers) to the state that the options describe,
    and changes nothing where it is so already.
extends_documentation_fragment:
  - deskops.vdi.ras
  - deskops.vdi.ras.object
  - deskops.vdi.ras_published
  - deskops.vdi.ras_published.startable
  - deskops.vdi.attributes
  - deskops.vdi.attributes.state
  - deskops.vdi.attributes.actiongroup_ras
options:
  target:
    description:
      - The program to start, as the servers know it. Needed to publish an application.
    type: str
  parameters:
    description:
      - Parameters of the program.
    type: str
  start_in:
    description:
      - Folder that the program starts in.
    type: str
  win_type:
    description:
      - How the window starts, V(Normal), V(Maximized) or V(Minimized). The names are those of PowerShell; their numbers
        0, 1 and 2 are assumed to follow this order, and a number can be given instead.
    type: str
  exclude_prelaunch:
    description:
      - Whether the session prelaunch passes over this application.
    type: bool
  inherit_shortcut_default_settings:
    description:
      - Whether the shortcut settings are the site's defaults. The module sets it to V(false) together with any of the
        four options that follow.
    type: bool
  create_shortcut_on_desktop:
    description:
      - Whether a shortcut is created on the desktop of the client.
    type: bool
  create_shortcut_in_start_folder:
    description:
      - Whether a shortcut is created in the start folder of the client.
    type: bool
  create_shortcut_in_start_up_folder:
    description:
      - Whether a shortcut is created in the startup folder of the client.
    type: bool
  start_path:
    description:
      - Where in the start folder the shortcut is created.
    type: str
  inherit_display_default_settings:
    description:
      - Whether the display settings are the site's defaults. The module sets it to V(false) together with any of the
        five options that follow.
    type: bool
  color_depth:
    description:
      - Colour depth, as the API's number; no source names the values.
    type: int
  wait_for_printers:
    description:
      - Whether it starts only once the printers are there.
    type: bool
  wait_for_printers_timeout:
    description:
      - How long it waits for them. The unit is not documented.
    type: int
  start_maximized:
    description:
      - Whether it starts maximized.
    type: bool
  start_fullscreen:
    description:
      - Whether it starts in full screen.
    type: bool
  inherit_license_default_settings:
    description:
      - Whether the settings of instances and licences are the site's defaults. The module sets it to V(false) together
        with any of the four options that follow.
    type: bool
  disable_session_sharing:
    description:
      - Whether the application gets a session of its own.
    type: bool
  one_instance_per_user:
    description:
      - Whether a user can start it only once at a time.
    type: bool
  con_current_licenses:
    description:
      - How often it can run at the same time. V(0), the default of the API's sample, is assumed to mean no limit.
    type: int
  license_limit_notify:
    description:
      - Whom to tell when the limit is reached, as the API's number; no source names the values.
    type: int
  enable_file_extensions:
    description:
      - Whether files of the extensions that are associated with the application open in it.
    type: bool
notes:
  - The body of the request that publishes an application is documented in part. Name, folder, the enabled mode, the
    maintenance fields and O(target) go with it, the other options in a second request.
  - That servers of the current API call the fields of an application as the sample of the older one does is assumed.
  - Which settings a switch of inheritance governs is inferred from the site's defaults and the names of the fields.
  - With the legacy API only the request that publishes an application is documented (C(api/pubrdsapps)). That its path
    takes GET, PUT and DELETE as well is assumed.
seealso:
  - module: deskops.vdi.ras_published_desktop
  - module: deskops.vdi.ras_published_folder
  - module: deskops.vdi.ras_published_info
  - module: deskops.vdi.ras_settings_apply
"""

EXAMPLES = r"""
- name: Publish an application
  deskops.vdi.ras_published_app:
    url: https://ras.example.com:20443
    username: administrator
    password: "{{ vault_ras_password }}"
    name: Text Editor
    target: notepad.exe

- name: Add a folder
  deskops.vdi.ras_published_folder:
    name: Editing

- name: Publish an application in it, from one server, with a shortcut and a message for the time of maintenance
  deskops.vdi.ras_published_app:
    name: Painter
    folder: Editing
    target: mspaint.exe
    description: For pictures
    enabled_mode: Enabled
    publish_from_servers:
      - rds-01.example.test
    win_type: Maximized
    create_shortcut_on_desktop: true
    maintenance_messages:
      en_us: Back at noon.
      de_de: Ab Mittag wieder da.

- name: Put applications under maintenance
  deskops.vdi.ras_published_app:
    name: "{{ item }}"
    enabled_mode: Maintenance
  loop:
    - Text Editor
    - Painter

- name: Remove an application
  deskops.vdi.ras_published_app:
    name: Painter
    folder: Editing
    state: absent
"""

RETURN = r"""
published_app:
  description:
    - The application as it is at the end, or as it would be in check mode; null if it was removed or is not there.
    - The options' names are the keys; fields that this collection does not know come under a name derived from the
      API's.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the application in the farm; null while it is only planned (check mode).
      type: int
    type:
      description: Its kind, V(RDSApp).
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
    target:
      description: The program that it starts.
      type: str
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
    id: 12
    name: Text Editor
    parent_id: 0
    publish_from: All
    target: notepad.exe
    type: RDSApp
diff:
  description: What changes, without secrets.
  returned: with C(--diff)
  type: dict
  sample:
    before:
      description: ""
    after:
      description: For pictures
"""

from typing import Any

from ..module_utils._converge import converge
from ..module_utils._ras.client import ras_client
from ..module_utils._ras.published import AppTarget, published_spec
from ..module_utils._ras.resources import PUBLISHED_APPS
from ..module_utils._task import Task, run_module

ARGUMENT_SPEC = published_spec(PUBLISHED_APPS)


def run(task: Task) -> dict[str, Any]:
    with ras_client(task) as client:
        return converge(task, AppTarget(task, client), task.params["state"])


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

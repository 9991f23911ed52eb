# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ras_rds_server
short_description: Add, change and remove RD session hosts of Parallels RAS
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Brings an RD session host (RDS server) to the state that the options describe, and changes nothing where it is so
    already.
  - Works with both generations of the API. Options follow the current names; see each option for what legacy servers
    lack.
  - A setting that the server inherits from its site counts only while the matching C(inherit_default_...) is V(false).
    The module sets that switch together with the setting, and the diff shows both; see each option for its switch.
    Which switch governs which setting is inferred from the names.
  - To hand settings back to the site, set the switch to V(true) and leave the settings out; both together are refused.
extends_documentation_fragment:
  - deskops.vdi.ras
  - deskops.vdi.ras.object
  - deskops.vdi.ras.server
  - deskops.vdi.attributes
  - deskops.vdi.attributes.state
  - deskops.vdi.attributes.actiongroup_ras
options:
  enabled:
    description:
      - Whether the server takes sessions.
    type: bool
  description:
    description:
      - Free text.
    type: str
  direct_address:
    description:
      - Address for direct connections.
    type: str
  ras_template_id:
    description:
      - Id of the template that the server was made from; a server that was added by hand has V(0).
    type: int
  inherit_default_agent_settings:
    description:
      - Whether the agent settings are the site's defaults. A value of this server counts only while it is V(false).
    type: bool
  inherit_default_printer_settings:
    description:
      - Whether the printer settings are the site's defaults.
    type: bool
  inherit_default_user_profile_settings:
    description:
      - Whether the user profile settings are the site's defaults. Legacy servers call the field
        C(inheritDefaultUPDSettings) (inferred).
    type: bool
  inherit_default_desktop_access_settings:
    description:
      - Whether the desktop access settings are the site's defaults.
    type: bool
  inherit_default_optimization_settings:
    description:
      - Whether the optimization settings are the site's defaults.
      - Only servers of the current API have this field; with others the task fails before anything is written.
    type: bool
  inherit_default_app_package_settings:
    description:
      - Whether the application package settings are the site's defaults.
      - Only servers of the current API have this field; with others the task fails before anything is written.
    type: bool
  port:
    description:
      - Port of RDP, 1 to 65535.
      - Sets O(inherit_default_agent_settings=false) with it.
    type: int
  max_sessions:
    description:
      - How many sessions the server takes.
      - Sets O(inherit_default_agent_settings=false) with it.
    type: int
  disconnect_active_session_after:
    description:
      - Seconds after which an active session is disconnected, V(0) for never. Legacy servers call the field
        C(sessionTimeout) (inferred).
      - Sets O(inherit_default_agent_settings=false) with it.
    type: int
  logoff_disconnected_session_after:
    description:
      - Seconds after which a disconnected session is logged off, V(0) for never, V(1) for at once. Legacy servers
        call the field C(sessionLogoffTimeout) (inferred).
      - Sets O(inherit_default_agent_settings=false) with it.
    type: int
  allow_url_and_mail_redirection:
    description:
      - Redirection of links and mail addresses to the client. One of V(Disabled), V(Enabled),
        V(EnabledWithAppRegistration), or the number.
      - Sets O(inherit_default_agent_settings=false) with it.
    type: str
  support_shell_url_namespace_objects:
    description:
      - Whether objects of the shell's URL namespace are supported.
      - Sets O(inherit_default_agent_settings=false) with it.
      - Only servers of the current API have this field; with others the task fails before anything is written.
    type: bool
  allow_remote_exec:
    description:
      - Whether clients may start programs by remote execution.
      - Sets O(inherit_default_agent_settings=false) with it.
    type: bool
  enable_app_monitoring:
    description:
      - Whether applications are monitored.
      - Sets O(inherit_default_agent_settings=false) with it.
    type: bool
  use_remote_apps:
    description:
      - Whether RemoteApp is used if available.
      - Sets O(inherit_default_agent_settings=false) with it.
    type: bool
  allow_file_transfer:
    description:
      - Whether files may be transferred. Deprecated by the current API in favour of O(file_transfer_mode).
      - Sets O(inherit_default_agent_settings=false) with it.
    type: bool
  file_transfer_mode:
    description:
      - Directions in which files may be transferred. One of V(Disabled), V(ClientToServer), V(ServerToClient),
        V(Bidirectional), or the number.
      - Sets O(inherit_default_agent_settings=false) with it.
      - Only servers of the current API have this field; with others the task fails before anything is written.
    type: str
  file_transfer_location:
    description:
      - Folder for transferred files.
      - Sets O(inherit_default_agent_settings=false) with it.
      - Only servers of the current API have this field; with others the task fails before anything is written.
    type: str
  file_transfer_lock_location:
    description:
      - Whether users are kept to O(file_transfer_location).
      - Sets O(inherit_default_agent_settings=false) with it.
      - Only servers of the current API have this field; with others the task fails before anything is written.
    type: bool
  allow_drag_and_drop:
    description:
      - Whether drag and drop is allowed. Deprecated by the current API in favour of O(drag_and_drop_mode).
      - Sets O(inherit_default_agent_settings=false) with it.
    type: bool
  drag_and_drop_mode:
    description:
      - Directions of drag and drop. One of V(Disabled), V(ClientToServer), V(ServerToClient), V(Bidirectional), or
        the number.
      - Sets O(inherit_default_agent_settings=false) with it.
      - Only servers of the current API have this field; with others the task fails before anything is written.
    type: str
  preferred_broker_id:
    description:
      - Id of the preferred connection broker; a new server has V(0). Legacy servers call the field C(preferredPAId).
      - Sets O(inherit_default_agent_settings=false) with it.
    type: int
  enable_drive_redirection_cache:
    description:
      - Whether redirected drives are cached.
      - Sets O(inherit_default_agent_settings=false) with it.
      - Only servers of the current API have this field; with others the task fails before anything is written.
    type: bool
  manage_rdp_transport_protocol:
    description:
      - Transport of RDP. One of V(Disabled), V(BothUDPTCP), V(OnlyTCP), V(EitherUDPTCP), or the number.
      - Sets O(inherit_default_agent_settings=false) with it.
      - Only servers of the current API have this field; with others the task fails before anything is written.
    type: str
  enable_printing:
    description:
      - Whether printers are redirected.
    type: bool
  enable_twain:
    description:
      - Whether TWAIN scanners are redirected.
    type: bool
  enable_wia:
    description:
      - Whether WIA scanners are redirected.
    type: bool
  printer_name_format:
    description:
      - Form of the names of redirected printers. One of V(PrnFormat_PRN_CMP_SES), V(PrnFormat_SES_CMP_PRN),
        V(PrnFormat_PRN_REDSES), or the number.
      - Sets O(inherit_default_printer_settings=false) with it.
    type: str
  remove_client_name_from_printer_name:
    description:
      - Whether the client's name is left out of printer names.
      - Sets O(inherit_default_printer_settings=false) with it.
    type: bool
  remove_session_number_from_printer_name:
    description:
      - Whether the session number is left out of printer names.
      - Sets O(inherit_default_printer_settings=false) with it.
    type: bool
  upd_mode:
    description:
      - Mode of user profile disks (API field C(updMode)). No source names the numbers; a new server has V(0).
      - Sets O(inherit_default_user_profile_settings=false) with it.
      - Only servers of the legacy API have this field; with others the task fails before anything is written.
    type: int
  max_user_profile_disk_size_gb:
    description:
      - Largest size of a user profile disk, in GB.
      - Sets O(inherit_default_user_profile_settings=false) with it.
      - Only servers of the legacy API have this field; with others the task fails before anything is written.
    type: int
  disk_path:
    description:
      - Folder of the user profile disks.
      - Sets O(inherit_default_user_profile_settings=false) with it.
      - Only servers of the legacy API have this field; with others the task fails before anything is written.
    type: str
  roaming_mode:
    description:
      - Which folders roam (API field C(roamingMode)). No source names the numbers; a new server has V(0).
      - Sets O(inherit_default_user_profile_settings=false) with it.
      - Only servers of the legacy API have this field; with others the task fails before anything is written.
    type: int
  include_folder_path:
    description:
      - Folders kept in the user profile disk. Order and letter case do not matter.
      - Sets O(inherit_default_user_profile_settings=false) with it.
      - Only servers of the legacy API have this field; with others the task fails before anything is written.
    type: list
    elements: str
  include_file_path:
    description:
      - Files kept in the user profile disk. Order and letter case do not matter.
      - Sets O(inherit_default_user_profile_settings=false) with it.
      - Only servers of the legacy API have this field; with others the task fails before anything is written.
    type: list
    elements: str
  exclude_folder_path:
    description:
      - Folders kept out of the user profile disk. Order and letter case do not matter.
      - Sets O(inherit_default_user_profile_settings=false) with it.
      - Only servers of the legacy API have this field; with others the task fails before anything is written.
    type: list
    elements: str
  exclude_file_path:
    description:
      - Files kept out of the user profile disk. Order and letter case do not matter.
      - Sets O(inherit_default_user_profile_settings=false) with it.
      - Only servers of the legacy API have this field; with others the task fails before anything is written.
    type: list
    elements: str
  restrict_desktop_access:
    description:
      - Whether desktop access is restricted to O(restricted_users). That current servers have the field is assumed.
      - Sets O(inherit_default_desktop_access_settings=false) with it.
    type: bool
  restricted_users:
    description:
      - Users that desktop access is restricted for. Order and letter case do not matter. That current servers have
        the field is assumed.
      - Sets O(inherit_default_desktop_access_settings=false) with it.
    type: list
    elements: str
notes:
  - Servers of the legacy API are documented to list and to add RDS servers only. That they change and remove them with
    PUT and DELETE below C(/api/rds) is assumed by analogy.
seealso:
  - module: deskops.vdi.ras_rds_server_info
  - module: deskops.vdi.ras_settings_apply
"""

EXAMPLES = r"""
- name: Add an RDS server without installing the agent
  deskops.vdi.ras_rds_server:
    url: https://ras.example.com:20443
    username: administrator
    password: "{{ vault_ras_password }}"
    server: rds-04.example.test
    install_agent: false

- name: Give a server its own agent settings
  deskops.vdi.ras_rds_server:
    server: rds-01.example.test
    site: Head office
    max_sessions: 60
    disconnect_active_session_after: 14400
    logoff_disconnected_session_after: 28800
    allow_url_and_mail_redirection: Enabled

- name: Take several servers out of service
  deskops.vdi.ras_rds_server:
    server: "{{ item }}"
    enabled: false
    description: Out of service since {{ now(fmt='%Y-%m-%d') }}
  loop:
    - rds-02.example.test
    - rds-03.example.test

- name: Remove a server by its id
  deskops.vdi.ras_rds_server:
    id: 4
    state: absent
"""

RETURN = r"""
rds_server:
  description:
    - The server as it is at the end, or as it would be in check mode; null if it was removed or is not there.
    - The options' names are the keys; fields that this collection does not know come under a name derived from the
      API's.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the server in the farm; null while it is only planned (check mode).
      type: int
    server:
      description: Name or address of the server.
      type: str
    site_id:
      description: Id of its site.
      type: int
    enabled:
      description: Whether it is enabled.
      type: bool
    max_sessions:
      description: How many sessions the server takes.
      type: int
  sample:
    direct_address: rds.company.dom
    enabled: true
    id: 361
    max_sessions: 250
    server: rds.company.dom
    site_id: 1
diff:
  description: What changes, without secrets.
  returned: with C(--diff)
  type: dict
  sample:
    before:
      description: ""
    after:
      description: Second line
"""

from typing import Any

from ..module_utils._converge import converge
from ..module_utils._ras.client import ras_client
from ..module_utils._ras.resources import RDS_SERVERS
from ..module_utils._ras.servers import ServerTarget, server_spec
from ..module_utils._task import Task, run_module

ARGUMENT_SPEC = server_spec(RDS_SERVERS)


def run(task: Task) -> dict[str, Any]:
    with ras_client(task) as client:
        return converge(task, ServerTarget(task, client, RDS_SERVERS), task.params["state"])


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

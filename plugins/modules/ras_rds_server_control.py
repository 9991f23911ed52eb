# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ras_rds_server_control
short_description: Drain, reboot and shut down RD session hosts of Parallels RAS
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Closes and opens the logons of an RD session host (RDS server), reboots it, shuts it down, or installs the RDS role.
  - Looks at the status of the host's agent first, and does nothing where it shows that the action is needless or under
    way.
  - An action is never sent twice. When its answer gets lost, the status is asked whether it was carried out.
  - Works with the current API; servers of the legacy API are refused, since none of this is documented there.
extends_documentation_fragment:
  - deskops.vdi.ras
  - deskops.vdi.attributes
  - deskops.vdi.attributes.state
  - deskops.vdi.attributes.actiongroup_ras
attributes:
  idempotent:
    support: partial
    details:
      - A state of the agent that shows an action as needless is listed with it. V(reboot) is carried out in each run,
        and so is any other action where the state is another one, such as V(drain) of a host that waits for a reboot,
        or with O(force=true).
options:
  server:
    description:
      - Name or address of the server as the farm knows it; letter case does not matter.
    type: str
  id:
    description:
      - Id of the server in the farm. What else tells which server is meant must agree with it.
    type: int
  site:
    description:
      - Name or id of the site. If not set, the server is looked for in all sites.
    type: str
  action:
    description:
      - What to do. States are those of the agent.
      - V(enable_logons) opens the logons. Needless in the state V(OK).
      - V(disable_logons) refuses logons and reconnections. Needless in the state V(LogonDisabled).
      - V(drain) refuses new logons until they are enabled, also after a reboot. Needless in the state V(LogonDrain).
      - V(drain_until_reboot) refuses new logons until the next restart. Needless in the state
        V(LogonDrainUntilRestart).
      - V(cancel_pending_reboot) takes back a reboot that waits. Needless in the state V(OK).
      - V(cancel_disabled_state) opens logons that were disabled. Needless in the states V(OK), V(LogonDrain) and
        V(LogonDrainUntilRestart).
      - V(reboot) restarts the host; its sessions end. Nothing is sent in the state V(Disconnected), in which the host
        reboots already, or is off.
      - V(shutdown) switches the host off; its sessions end. Nothing is sent in the state V(Disconnected), but a warning
        tells that the host may only be rebooting, and then comes back. The status does not tell that from a host that
        is off.
      - V(install_rds_role) installs the RDS role of Windows. Needless or under way in the states V(OK),
        V(InstallingRDSRole), V(RebootPending), V(LogonDrain), V(LogonDrainUntilRestart) and V(LogonDisabled).
    type: str
    required: true
    choices:
      - enable_logons
      - disable_logons
      - drain
      - drain_until_reboot
      - cancel_pending_reboot
      - cancel_disabled_state
      - reboot
      - shutdown
      - install_rds_role
  force:
    description:
      - Send the action also where the status shows that it is not needed; the status may lag.
      - The task then counts as changed, whatever the state was.
    type: bool
    default: false
  wait:
    description:
      - Whether to wait until the status shows the end of the action, also of one that was under way. The pauses between
        two looks at the status grow from 1 to 15 seconds.
      - With O(action=reboot), until the host was away or tells another time of its start, and its agent is back. Only
        what is seen after the request counts.
      - While the RAS service does not answer, or with a fault of its own (5xx), it is asked again.
      - A state may hide the end of an action. V(RebootPending) hides whether logons are open, and a state of closed
        logons that a reboot waits. There the task warns and does not wait.
    type: bool
    default: false
  wait_timeout:
    description:
      - Seconds to wait. If they have passed the task fails, and says what the last state was, and the last fault of the
        service if there was one; the action goes on.
    type: int
    default: 600
notes:
  - That these states stand for what the actions do is assumed from their names. Documented is that a drain outlasts
    reboots until logons are enabled, that the one until reboot ends there, and that both leave sessions alone.
  - A state that is not among those above lets the action be sent, since it hides what else may be so.
  - The actions need no M(deskops.vdi.ras_settings_apply), which is assumed.
seealso:
  - module: deskops.vdi.ras_rds_server
  - module: deskops.vdi.ras_rds_server_info
  - module: deskops.vdi.ras_session
"""

EXAMPLES = r"""
- name: Refuse new logons on a host
  deskops.vdi.ras_rds_server_control:
    url: https://ras.example.com:20443
    username: administrator
    password: "{{ vault_ras_password }}"
    server: rds-01.example.test
    action: drain

- name: Restart it, and wait until it is back
  deskops.vdi.ras_rds_server_control:
    server: rds-01.example.test
    action: reboot
    wait: true
    wait_timeout: 900

- name: Let users in again
  deskops.vdi.ras_rds_server_control:
    server: rds-01.example.test
    action: enable_logons
    wait: true
"""

RETURN = r"""
rds_server:
  description: The server.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the server in the farm; in check mode null while it is not there yet.
      type: int
    server:
      description: Name of the server.
      type: str
    site_id:
      description: Id of its site.
      type: int
  sample:
    id: 1
    server: rds-01.example.test
    site_id: 1
agent_state:
  description: State of its agent.
  returned: success
  type: dict
  contains:
    before:
      description: The state at first; null where no status tells it.
      type: str
    after:
      description: With O(wait=true) the state at the end, else (and in check mode) the one that the action leads to.
      type: str
  sample:
    after: LogonDrain
    before: OK
diff:
  description: The state before and after, and the action.
  returned: with C(--diff)
  type: dict
  sample:
    before:
      agent_state: OK
      id: 1
      server: rds-01.example.test
      site_id: 1
    after:
      action: drain
      agent_state: LogonDrain
      id: 1
      server: rds-01.example.test
      site_id: 1
"""

from typing import Any

from ..module_utils._ras.client import ras_client
from ..module_utils._ras.control import HostControl, control_spec
from ..module_utils._task import Task, run_module

ARGUMENT_SPEC = control_spec()


def run(task: Task) -> dict[str, Any]:
    with ras_client(task) as client:
        return HostControl(task, client).run()


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

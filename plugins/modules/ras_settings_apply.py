# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ras_settings_apply
short_description: Apply the staged changes of a Parallels RAS farm
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Changes to a RAS farm are staged until they are applied. This module does what the button Apply of the console does.
  - It acts on the whole farm, also on what other administrators have staged. Use it once in a play, best in a handler.
  - If the task logs on itself and the logon tells that nothing waits, nothing is sent and nothing has changed. With a
    token, or on a server that does not tell, the changes are applied and the task reports a change.
extends_documentation_fragment:
  - deskops.vdi.ras
  - deskops.vdi.attributes
  - deskops.vdi.attributes.actiongroup_ras
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
    details:
      - The server does not tell what waits.
  idempotent:
    support: partial
    details:
      - Only where the logon tells whether something waits, see the description.
notes:
  - Parameters and reply of the request are not documented. It is sent without a body, and any success status is
    accepted.
seealso:
  - module: deskops.vdi.ras_gateway
  - module: deskops.vdi.ras_rds_server
"""

EXAMPLES = r"""
- name: Apply what is staged
  deskops.vdi.ras_settings_apply:
    url: https://ras.example.com:20443
    username: administrator
    password: "{{ vault_ras_password }}"

- name: Apply once after all changes, in the session that made them
  module_defaults:
    group/deskops.vdi.ras:
      auth_token: "{{ ras_logon.auth_token | default(omit) }}"
      api_family: "{{ ras_logon.api_family | default('auto') }}"
  block:
    - name: Log on
      deskops.vdi.ras_auth:
      register: ras_logon

    - name: Describe a gateway
      deskops.vdi.ras_gateway:
        server: gw-01.example.test
        description: Main line
      register: gateway

    - name: Apply
      deskops.vdi.ras_settings_apply:
      when: gateway is changed
  always:
    - name: Log off
      deskops.vdi.ras_auth:
        state: absent
      when: ras_logon.auth_token is defined

- name: See in check mode whether something waits
  deskops.vdi.ras_settings_apply:
  check_mode: true
  register: apply
"""

RETURN = r"""
applied:
  description: Whether the changes were applied, or would be in check mode.
  returned: success
  type: bool
  sample: true
waiting:
  description: Whether changes waited to be applied, as the logon told; null if it did not tell, or a token was given.
  returned: success
  type: bool
  sample: true
"""

from typing import Any

from ..module_utils._http import ANY_SUCCESS
from ..module_utils._options import RAS
from ..module_utils._ras.client import ras_client
from ..module_utils._task import ArgumentSpec, Task, run_module

ARGUMENT_SPEC = ArgumentSpec(RAS.argument_spec(), mutually_exclusive=[RAS.exclusive])


def run(task: Task) -> dict[str, Any]:
    with ras_client(task) as client:
        if not task.params["auth_token"]:
            client.log_on()
        waiting = client.waiting_for_apply
        due = waiting is not False
        if due and not task.check_mode:
            client.request("POST", "/api/Settings/apply", success=ANY_SUCCESS)
    return {"changed": due, "applied": due, "waiting": waiting}


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ras_auth
short_description: Open and close a session of a Parallels RAS administrator
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Logs on to the RAS web administration service and returns the token of the session, or closes the session of a
    token.
  - One logon for a whole play saves a logon and a logoff in every task. Hand the token to the other modules with
    C(module_defaults) of the group C(deskops.vdi.ras).
  - What the module returns can be registered, and is not printed by this or another module. Whoever prints the
    registered variable, as with M(ansible.builtin.debug), shows the token.
  - Never reports a change, and works in check mode as well, since a session is not configuration.
extends_documentation_fragment:
  - deskops.vdi.ras
  - deskops.vdi.attributes
  - deskops.vdi.attributes.actiongroup_ras
attributes:
  check_mode:
    support: full
    details:
      - Logs on and off in check mode too, so that the other tasks can read.
  diff_mode:
    support: N/A
    details:
      - The module changes nothing.
  idempotent:
    support: N/A
    details:
      - Each run with O(state=present) opens a session of its own.
options:
  state:
    description:
      - V(present) logs on with O(username) and O(password). A token, such as C(module_defaults) hand to every task, is
        not looked at.
      - V(absent) logs off the session of O(auth_token). A session that has ended already is no error.
    type: str
    choices: [present, absent]
    default: present
notes:
  - Every session that is opened should be closed. An open session ends by itself after some idle time, and until then
    may lock parts of the console for other administrators.
  - Does not run with C(async), whose result file would hold the token.
seealso:
  - module: deskops.vdi.ras_site_info
  - module: deskops.vdi.ras_settings_apply
"""

EXAMPLES = r"""
- name: Work in one session
  module_defaults:
    group/deskops.vdi.ras:
      url: https://ras.example.com:20443
      auth_token: "{{ ras_logon.auth_token | default(omit) }}"
      api_family: "{{ ras_logon.api_family | default('auto') }}"
  block:
    - name: Log on
      deskops.vdi.ras_auth:
        username: administrator
        password: "{{ vault_ras_password }}"
      register: ras_logon

    - name: Read the gateways with the token
      deskops.vdi.ras_gateway_info:
  always:
    - name: Log off
      deskops.vdi.ras_auth:
        state: absent
      when: ras_logon.auth_token is defined

- name: Log on with the environment variables RAS_URL, RAS_USERNAME and RAS_PASSWORD
  deskops.vdi.ras_auth:
  register: ras_logon

- name: Close that session
  deskops.vdi.ras_auth:
    state: absent
    auth_token: "{{ ras_logon.auth_token }}"
"""

RETURN = r"""
auth_token:
  description: Token of the session; give it to the other modules.
  returned: when O(state=present)
  type: str
  sample: 5f2b7c31e7c04d4c
api_family:
  description: Generation of the API that the server speaks; give it to the other modules so that they need not find
    out.
  returned: when O(state=present)
  type: str
  sample: current
session:
  description:
    - What the logon told about the session besides the token. Servers before version 20 may tell nothing.
  returned: when O(state=present)
  type: dict
  contains:
    apply_settings_enabled:
      description: Whether changes wait to be applied.
      type: bool
    connected_site_id:
      description: Id of the site that the session is connected to.
      type: int
    session_id:
      description: Number of the session.
      type: int
    farm_name:
      description: Name of the farm.
      type: str
  sample:
    apply_settings_enabled: false
    connected_site_id: 1
    farm_name: Farm
    session_id: 7
"""

import contextlib
from typing import Any

from ..module_utils._errors import BadInputError, VdiError
from ..module_utils._options import RAS
from ..module_utils._ras.client import new_client
from ..module_utils._task import ArgumentSpec, Task, run_module

ARGUMENT_SPEC = ArgumentSpec(
    {
        **RAS.argument_spec(),
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    },
    mutually_exclusive=[RAS.exclusive],
)


def run(task: Task) -> dict[str, Any]:
    with contextlib.closing(new_client(task)) as client:
        if task.params["state"] == "absent":
            if not task.params["auth_token"]:
                raise BadInputError("state=absent needs auth_token: it says which session to log off.")
            client.end_session()
            return {}
        session = client.log_on()
        try:
            return {"auth_token": session.pop("auth_token"), "api_family": client.family(), "session": session}
        except BaseException:
            # The first fault counts, also when the log-off fails as well.
            with contextlib.suppress(VdiError):
                client.log_off()
            raise


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

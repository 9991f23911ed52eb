# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: fastx_auth
short_description: Sign in to a StarNet FastX server
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Signs in with user name and password and returns the token, to be handed to the other modules with
    C(module_defaults) of the group C(deskops.vdi.fastx). The server opens an SSH session for each sign-in, so that one
    for a whole play spares it work.
  - What the module returns can be registered, and is not printed by this or another module. Whoever prints the
    registered variable, as with M(ansible.builtin.debug), shows the token.
  - Never reports a change, and works in check mode as well, since a token is not configuration.
extends_documentation_fragment:
  - deskops.vdi.fastx
  - deskops.vdi.attributes
  - deskops.vdi.attributes.actiongroup_fastx
attributes:
  check_mode:
    support: full
    details:
      - Signs in in check mode too, so that the other tasks can read.
  diff_mode:
    support: N/A
    details:
      - The module changes nothing.
  idempotent:
    support: N/A
    details:
      - Each run signs in again.
options:
  admin:
    description:
      - Whether an administrator's sign-in is asked for, which fails for other users. Only version 3 knows it; in
        version 2 the server decides by its own list of administrators.
    type: bool
    default: false
notes:
  - No document shows a call that gives a token back; it lapses by itself.
  - Of version 2 the method of the sign-in, the form of its body and that of errors are not documented; POST, JSON and
    the form of version 3 are assumed.
  - Does not run with C(async), whose result file would hold the token.
seealso:
  - module: deskops.vdi.fastx_session_info
"""

EXAMPLES = r"""
- name: Sign in once for several tasks
  module_defaults:
    group/deskops.vdi.fastx:
      url: https://fastx.example.com:3443
      auth_token: "{{ fastx_login.auth_token | default(omit) }}"
  block:
    - name: Sign in
      deskops.vdi.fastx_auth:
        username: anna
        password: "{{ vault_fastx_password }}"
      register: fastx_login

    - name: List the user's sessions with the token
      deskops.vdi.fastx_session_info:

- name: Sign in with the environment variables FASTX_URL, FASTX_USERNAME and FASTX_PASSWORD
  deskops.vdi.fastx_auth:
  register: fastx_login

- name: Sign in behind a proxy that serves the API below a path of its own
  deskops.vdi.fastx_auth:
    base_path: /api
    username: anna
    password: "{{ vault_fastx_password }}"
  register: fastx_login
"""

RETURN = r"""
auth_token:
  description: The token; give it to the other modules.
  returned: success
  type: str
  sample: 5f2b7c31e7c04d4c
expires_at:
  description: When the token lapses, as a UTC time; null where the token does not tell, as in version 2.
  returned: success
  type: str
  sample: "2026-01-31T08:15:00Z"
"""

import contextlib
from typing import Any

from ..module_utils._fastx.client import new_client
from ..module_utils._options import FASTX
from ..module_utils._task import ArgumentSpec, Task, run_module

ARGUMENT_SPEC = ArgumentSpec(
    {
        **FASTX.argument_spec(),
        "admin": {"type": "bool", "default": False},
    },
    mutually_exclusive=[FASTX.exclusive],
)


def run(task: Task) -> dict[str, Any]:
    with contextlib.closing(new_client(task)) as client:
        signed_in = client.sign_in()
    return {"auth_token": signed_in.token, "expires_at": signed_in.expires_at}


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

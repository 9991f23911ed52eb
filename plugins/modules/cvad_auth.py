# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cvad_auth
short_description: Sign in to Citrix Virtual Apps and Desktops
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Signs in on-premises (O(username), O(password)) or to Citrix Cloud (O(client_id), O(client_secret)), finds the site,
    and returns the token.
  - One sign-in for a whole play saves two requests in every task, and the sign-in itself is rate limited in the cloud.
    Hand the token to the other modules with C(module_defaults) of the group C(deskops.vdi.cvad).
  - What the module returns can be registered, and is not printed by this or another module. Whoever prints the
    registered variable, as with M(ansible.builtin.debug), shows the token.
  - Never reports a change, and works in check mode as well, since a token is not configuration.
extends_documentation_fragment:
  - deskops.vdi.cvad
  - deskops.vdi.attributes
  - deskops.vdi.attributes.actiongroup_cvad
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
      - Each run gets a token of its own.
notes:
  - Does not run with C(async), whose result file would hold the token.
seealso:
  - module: deskops.vdi.cvad_site_info
  - module: deskops.vdi.cvad_session_info
"""

EXAMPLES = r"""
- name: Work with one sign-in
  module_defaults:
    group/deskops.vdi.cvad:
      url:
        - https://ddc1.example.com
        - https://ddc2.example.com
      auth_token: "{{ cvad_sign_in.auth_token | default(omit) }}"
      site: "{{ cvad_sign_in.site_id | default(omit) }}"
  block:
    - name: Sign in
      deskops.vdi.cvad_auth:
        username: EXAMPLE\administrator
        password: "{{ vault_cvad_password }}"
      register: cvad_sign_in

    - name: Count the sessions with the token
      deskops.vdi.cvad_session_info:
        return_sessions: false

- name: Sign in to Citrix Cloud
  deskops.vdi.cvad_auth:
    url: https://api.cloud.com
    customer_id: examplecust01
    client_id: "{{ vault_cvad_client_id }}"
    client_secret: "{{ vault_cvad_client_secret }}"
  register: cloud

- name: Sign in with the environment variables CVAD_URL, CVAD_USERNAME and CVAD_PASSWORD, and choose a site
  deskops.vdi.cvad_auth:
    site: Head office
  register: head_office
"""

RETURN = r"""
auth_token:
  description: The token; give it to the other modules.
  returned: success
  type: str
  sample: eyJhbGciOiJSUzI1NiJ9
expires_at:
  description: When the token ends, in UTC; null if the server does not tell.
  returned: success
  type: str
  sample: "2026-01-31T09:15:00Z"
customer_id:
  description: Id of the customer; give it to the other modules.
  returned: success
  type: str
  sample: CitrixOnPremises
site_id:
  description: Id of the site; give it to the other modules as O(site).
  returned: success
  type: str
  sample: 22ded57c-0306-47e4-b6e8-fed6252759e1
"""

import contextlib
from typing import Any

from ..module_utils._cvad.client import new_client
from ..module_utils._options import CVAD
from ..module_utils._task import ArgumentSpec, Task, run_module

ARGUMENT_SPEC = ArgumentSpec(CVAD.argument_spec(), mutually_exclusive=[CVAD.exclusive])


def run(task: Task) -> dict[str, Any]:
    with contextlib.closing(new_client(task)) as client:
        token = client.sign_in()
        return {
            "auth_token": token.value,
            "expires_at": token.expires_at,
            "customer_id": client.customer_id,
            "site_id": client.chosen_site().id,
        }


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

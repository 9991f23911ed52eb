# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ras_license_info
short_description: Read the licence of a Parallels RAS farm
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Returns the licence of the farm, and whether the farm is activated.
  - The request is the same in both generations of the API.
extends_documentation_fragment:
  - deskops.vdi.ras
  - deskops.vdi.attributes
  - deskops.vdi.attributes.info
  - deskops.vdi.attributes.actiongroup_ras
options:
  use_cache:
    description:
      - Whether the server may answer from its cache. If not set, the server decides.
    type: bool
notes:
  - How the server shows that a farm is not activated is not documented. The rule here is that a licence with a key is
    activated, and one without a key but with a type too, which is taken for a trial. RV(license) has all that the
    server tells.
seealso:
  - module: deskops.vdi.ras_license
"""

EXAMPLES = r"""
- name: Read the licence
  deskops.vdi.ras_license_info:
    url: https://ras.example.com:20443
    username: administrator
    password: "{{ vault_ras_password }}"
  register: farm

- name: Fail unless the farm is activated
  ansible.builtin.assert:
    that: farm.activated
    fail_msg: "The farm is not activated: {{ farm.license.license_status }}"

- name: Read the licence past the server's cache
  deskops.vdi.ras_license_info:
    use_cache: false
"""

RETURN = r"""
license:
  description:
    - The licence. Numbers and dates are texts, as the server sends them. Servers may return more fields than these.
  returned: success
  type: dict
  contains:
    license_key:
      description: The key, masked if the server has not masked it itself; empty without one.
      type: str
    license_type:
      description: Type of the licence, or the name of the product.
      type: str
    license_status:
      description: Status. Its words are not documented.
      type: str
    expiry_date:
      description: When the licence ends.
      type: str
    installed_users:
      description: How many users the licence is for.
      type: str
    users_peak:
      description: The most users at one time.
      type: str
    grace_period_days_left:
      description: Days that are left of the grace period.
      type: str
  sample:
    expiry_date: 21/02/2021
    grace_period_days_left: ""
    installed_users: ""
    license_key: "********"
    license_status: ""
    license_type: Parallels Remote Application Server SPLA
    users_peak: "0"
activated:
  description: Whether the farm is activated, by the rule in the notes.
  returned: success
  type: bool
  sample: true
"""

from typing import Any

from ..module_utils._options import RAS
from ..module_utils._ras.client import ras_client
from ..module_utils._ras.licence import licence_result, read_licence
from ..module_utils._task import ArgumentSpec, Task, run_module

ARGUMENT_SPEC = ArgumentSpec({**RAS.argument_spec(), "use_cache": {"type": "bool"}}, mutually_exclusive=[RAS.exclusive])


def run(task: Task) -> dict[str, Any]:
    with ras_client(task) as client:
        return licence_result(read_licence(client, task.params["use_cache"]))


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

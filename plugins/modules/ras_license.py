# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ras_license
short_description: Activate and deactivate the licence of a Parallels RAS farm
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Activates the farm with a licence key, or as a trial without one, or deactivates its licence, and does nothing where
    it is so already.
  - The requests are the same in both generations of the API.
  - Takes effect at once, there is nothing to apply afterwards.
extends_documentation_fragment:
  - deskops.vdi.ras
  - deskops.vdi.attributes
  - deskops.vdi.attributes.state
  - deskops.vdi.attributes.actiongroup_ras
attributes:
  idempotent:
    support: partial
    details:
      - With O(force=true) the farm is activated in each run.
options:
  state:
    description:
      - V(activated) activates a farm that is not activated. A farm that has a key already is left alone, whichever key
        that is; see O(force).
      - V(deactivated) deactivates a farm that is activated. The server refuses it where no O(license_key) was used, as
        in a trial.
    type: str
    choices: [activated, deactivated]
    default: activated
  license_email:
    description:
      - E-mail address of the account that the licence belongs to, at the vendor; not a RAS administrator.
    type: str
    required: true
  license_password:
    description:
      - Password of O(license_email). Sent only when something is to be done, and never shown.
    type: str
    required: true
  license_key:
    description:
      - The licence key. Without it the farm is activated as a trial, which is inferred from a PowerShell sample.
      - If it is set, a farm with a trial is activated with it.
      - Not looked at with O(state=deactivated).
    type: str
  force:
    description:
      - Activate the farm also where it is activated, for example with another O(license_key). The task then reports a
        change in each run.
      - Keys are not compared, since servers may show them in part only.
    type: bool
    default: false
notes:
  - How the server shows that a farm is not activated is not documented. The rule here is that a licence with a key is
    activated, and one without a key but with a type too, which is taken for a trial. RV(license) has all that the
    server tells.
  - The answers to a success are not documented; any success status is accepted, and the licence is read again.
  - Two refusals are documented, C(invalid login or password) and C(Failed to Deactivate - Product not activated with a
    license key.). They are handed on in the server's words.
seealso:
  - module: deskops.vdi.ras_license_info
"""

EXAMPLES = r"""
- name: Activate the farm with a key
  deskops.vdi.ras_license:
    url: https://ras.example.com:20443
    username: administrator
    password: "{{ vault_ras_password }}"
    license_email: licenses@example.test
    license_password: "{{ vault_license_password }}"
    license_key: "{{ vault_license_key }}"

- name: See in check mode whether the licence would be deactivated
  deskops.vdi.ras_license:
    state: deactivated
    license_email: licenses@example.test
    license_password: "{{ vault_license_password }}"
  check_mode: true

- name: Replace the key
  deskops.vdi.ras_license:
    license_email: licenses@example.test
    license_password: "{{ vault_license_password }}"
    license_key: "{{ vault_license_key }}"
    force: true
"""

RETURN = r"""
license:
  description:
    - The licence as it is at the end; in check mode as it is before.
    - Numbers and dates are texts, as the server sends them. Servers may return more fields than these.
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
  description: Whether the farm is activated at the end, or would be in check mode, by the rule in the notes.
  returned: success
  type: bool
  sample: true
diff:
  description: What changes in the licence. In check mode only whether it is activated.
  returned: with C(--diff)
  type: dict
  sample:
    before:
      activated: false
    after:
      activated: true
"""

from typing import Any

from ..module_utils._options import RAS
from ..module_utils._ras.client import ras_client
from ..module_utils._ras.licence import converge_licence, licence_options
from ..module_utils._task import ArgumentSpec, Task, run_module

ARGUMENT_SPEC = ArgumentSpec({**RAS.argument_spec(), **licence_options()}, mutually_exclusive=[RAS.exclusive])


def run(task: Task) -> dict[str, Any]:
    with ras_client(task) as client:
        return converge_licence(task, client)


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ras_broker_promote
short_description: Make a connection broker of Parallels RAS the primary one
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Promotes a connection broker to the primary one, which has priority V(0), and does nothing if it is that already.
  - B(The administrators' sessions end with it), as far as an official PowerShell sample tells. A task with O(username)
    and O(password) logs on again by itself, and waits until the farm shows the broker as the primary one.
  - A task with O(auth_token) cannot log on again. If the token has ended, the task says so in RV(session_ended) and in
    a warning; log on again with M(deskops.vdi.ras_auth) before the next task.
  - The promotion is sent once, whatever happens to its answer; what became of it is settled by reading.
extends_documentation_fragment:
  - deskops.vdi.ras
  - deskops.vdi.attributes
  - deskops.vdi.attributes.state
  - deskops.vdi.attributes.actiongroup_ras
options:
  id:
    description:
      - Id of the broker.
    type: int
  server:
    description:
      - Name or address of the broker as the farm knows it; letter case does not matter.
    type: str
  site:
    description:
      - Name or id of the broker's site. If not set, the broker is looked for in all sites.
    type: str
  wait_timeout:
    description:
      - Seconds to wait until the farm shows the broker as the primary one. With V(0) the task looks once.
    type: int
    default: 300
notes:
  - The path of the promotion is documented; that it takes no body is assumed, and any success status is accepted.
  - Apply afterwards, as the PowerShell sample does, see M(deskops.vdi.ras_settings_apply).
  - The web administration service may run on the server that is no longer the primary broker. Give the O(url) of
    another one if that server is about to go.
seealso:
  - module: deskops.vdi.ras_broker
  - module: deskops.vdi.ras_broker_info
  - module: deskops.vdi.ras_auth
"""

EXAMPLES = r"""
- name: See in check mode which broker would be promoted
  deskops.vdi.ras_broker_promote:
    url: https://ras.example.com:20443
    username: administrator
    password: "{{ vault_ras_password }}"
    server: broker-02.example.test
  check_mode: true

- name: Promote a broker; the task logs on again by itself
  deskops.vdi.ras_broker_promote:
    url: https://ras.example.com:20443
    username: administrator
    password: "{{ vault_ras_password }}"
    server: broker-02.example.test
    wait_timeout: 600

- name: Promote a broker in a session of the play, and go on in a new one
  module_defaults:
    group/deskops.vdi.ras:
      # The second logon's, once there is one.
      auth_token: "{{ (ras_logon_again | default({})).auth_token | default(ras_logon.auth_token) | default(omit) }}"
  block:
    - name: Log on
      deskops.vdi.ras_auth:
      register: ras_logon

    - name: Promote the broker
      deskops.vdi.ras_broker_promote:
        server: broker-01.example.test
      register: ras_promotion

    # Into a variable of its own: a task that is skipped would overwrite the first logon.
    - name: Log on again
      deskops.vdi.ras_auth:
      register: ras_logon_again
      when: ras_promotion.session_ended

    - name: Apply
      deskops.vdi.ras_settings_apply:
      when: ras_promotion is changed
  always:
    - name: Log off
      deskops.vdi.ras_auth:
        state: absent
      when: ras_logon.auth_token is defined
"""

RETURN = r"""
broker:
  description:
    - The broker as it is at the end, or as it would be in check mode.
    - If O(auth_token) has ended with the promotion, it is what the broker should be by now, since nothing can be read.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the broker in the farm; null while it is only planned (check mode).
      type: int
    server:
      description: Name or address of the broker.
      type: str
    site_id:
      description: Id of its site.
      type: int
    priority:
      description: Its place in the order of the brokers; V(0) is the primary one.
      type: int
  sample:
    alternative_ips: ""
    description: ""
    enabled: true
    id: 42
    ip: 192.0.2.12
    marked_for_deletion: false
    priority: 0
    server: broker-02.example.test
    site_id: 1
    standby: false
session_ended:
  description:
    - Whether the session in which the promotion was sent has ended. With O(password) that was the task's own session,
      and the task has logged on again; with O(auth_token) the token is not valid any more.
    - False if nothing was sent, because the broker is the primary one or in check mode.
  returned: success
  type: bool
  sample: true
diff:
  description: What changes.
  returned: with C(--diff)
  type: dict
  sample:
    before:
      id: 42
      priority: 1
      server: broker-02.example.test
      site_id: 1
    after:
      id: 42
      priority: 0
      server: broker-02.example.test
      site_id: 1
"""

from typing import Any

from ..module_utils._ras.brokers import promote, promotion_spec
from ..module_utils._ras.client import ras_client
from ..module_utils._task import Task, run_module

ARGUMENT_SPEC = promotion_spec()


def run(task: Task) -> dict[str, Any]:
    with ras_client(task) as client:
        return promote(task, client)


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

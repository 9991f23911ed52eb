# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cvad_session
short_description: Disconnect or log off sessions of a Citrix site
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Disconnects or logs off sessions that are chosen by id or by filters, and waits until the server is done.
  - A session that is gone, that is being logged off, or (with O(state=disconnected)) that is disconnected already is
    left alone.
extends_documentation_fragment:
  - deskops.vdi.cvad
  - deskops.vdi.cvad.filters
  - deskops.vdi.cvad.selection
  - deskops.vdi.attributes
  - deskops.vdi.attributes.state
  - deskops.vdi.attributes.actiongroup_cvad
options:
  state:
    description:
      - V(disconnected) disconnects the sessions; their programs go on, and the users can connect again.
      - V(absent) logs the sessions off. Work that was not saved is lost.
    type: str
    choices: [disconnected, absent]
    required: true
notes:
  - A filter that is empty, such as a O(search) of which a template left nothing, is refused, since it chooses no
    session in particular.
  - The sessions are started on their way one after the other, and waited for together. After a refusal no further one
    is started, and the message says how many were done.
  - A job that is complete with a warning counts as success; the module hands the warning on. That is inferred, as is
    that a session which is being logged off vanishes by itself.
  - Where the server accepts a request without naming a job, the session counts as done, with a warning that its end is
    not known. A job that the server does not know any more is settled by reading the session again.
seealso:
  - module: deskops.vdi.cvad_session_info
  - module: deskops.vdi.cvad_session_message
"""

EXAMPLES = r"""
- name: Log off one session
  deskops.vdi.cvad_session:
    url: https://ddc1.example.com
    username: EXAMPLE\administrator
    password: "{{ vault_cvad_password }}"
    id: 41ba32e9-d12b-485c-afd2-c4d0d047cd8b
    state: absent

- name: Log off sessions that began before today (UTC) and are disconnected now, 20 at most
  deskops.vdi.cvad_session:
    session_state: Disconnected
    started_before: "{{ now(utc=true, fmt='%Y-%m-%dT00:00:00Z') }}"
    max_affected: 20
    state: absent

- name: See whom it would hit to disconnect a machine
  deskops.vdi.cvad_session:
    machine: HTLABS04\Sales-B03
    max_affected: 5
    state: disconnected
  check_mode: true
  register: planned

- name: Disconnect just those
  deskops.vdi.cvad_session:
    id: "{{ planned.sessions | map(attribute='id') }}"
    state: disconnected
"""

RETURN = r"""
sessions:
  description: The sessions that were disconnected or logged off; in check mode, that would be.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Id of the session.
      type: str
    user:
      description: Name of the user.
      type: str
    host:
      description: DNS name of the machine, or its name where it has none.
      type: str
    delivery_group:
      description: Name of the delivery group.
      type: str
    state:
      description: State of the session before.
      type: str
  sample:
    - delivery_group: Sales
      host: Sales-B03.htlabs04.example.com
      id: 41ba32e9-d12b-485c-afd2-c4d0d047cd8b
      state: Active
      user: HTLABS04\DevUser1
count:
  description: How many sessions that are.
  returned: success
  type: int
  sample: 1
"""

from typing import Any

from ..module_utils._cvad.actions import ENDINGS, end_sessions, selection_options, selection_rules
from ..module_utils._cvad.client import cvad_client
from ..module_utils._options import CVAD
from ..module_utils._task import ArgumentSpec, Task, run_module

_RULES = selection_rules()

ARGUMENT_SPEC = ArgumentSpec(
    {
        **CVAD.argument_spec(),
        **selection_options(),
        "state": {"type": "str", "choices": list(ENDINGS), "required": True},
    },
    mutually_exclusive=[CVAD.exclusive, *_RULES["mutually_exclusive"]],
    required_one_of=_RULES["required_one_of"],
    required_by=_RULES["required_by"],
)


def run(task: Task) -> dict[str, Any]:
    with cvad_client(task) as client:
        return end_sessions(task, client)


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

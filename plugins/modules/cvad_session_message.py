# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cvad_session_message
short_description: Send a message to sessions of a Citrix site
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Shows a message in sessions that are chosen by id or by filters.
  - Every run sends the message again, so each one is a change.
  - A message is sent again only when the first try surely did not arrive. When its answer got lost the task fails,
    since nobody can tell whether it was shown.
extends_documentation_fragment:
  - deskops.vdi.cvad
  - deskops.vdi.cvad.filters
  - deskops.vdi.cvad.selection
  - deskops.vdi.attributes
  - deskops.vdi.attributes.actiongroup_cvad
attributes:
  check_mode:
    support: full
    details:
      - Sends nothing, and returns who would get the message.
  diff_mode:
    support: none
    details:
      - A message is no configuration.
  idempotent:
    support: none
    details:
      - Every run sends the message again.
options:
  text:
    description:
      - The message.
    type: str
    required: true
  title:
    description:
      - Title of its window. If not set, the server decides.
    type: str
  style:
    description:
      - Its icon. If not set, the server decides.
    type: str
    choices: [Critical, Question, Exclamation, Information]
notes:
  - A filter that is empty, such as a O(search) of which a template left nothing, is refused, since it chooses no
    session in particular.
  - Sessions that are gone get no message, and are no error.
  - Where the server accepts a message without naming a job, it counts as sent, with a warning that its end is not
    known.
  - The limits of the lengths of O(text) and O(title) are not documented.
seealso:
  - module: deskops.vdi.cvad_session_info
  - module: deskops.vdi.cvad_session
"""

EXAMPLES = r"""
- name: Announce a maintenance to a delivery group
  deskops.vdi.cvad_session_message:
    url: https://ddc1.example.com
    username: EXAMPLE\administrator
    password: "{{ vault_cvad_password }}"
    delivery_group: Sales
    session_state: Active
    max_affected: 500
    title: Maintenance
    text: Please save your work. The machines restart at 18:00.
    style: Exclamation

- name: Write to one session
  deskops.vdi.cvad_session_message:
    id: 41ba32e9-d12b-485c-afd2-c4d0d047cd8b
    text: Your printer works again.

- name: See who would get a message to the users of an application
  deskops.vdi.cvad_session_message:
    application: WorkingApp_1
    max_affected: 100
    text: Please close the application.
  check_mode: true
  register: receivers
"""

RETURN = r"""
sessions:
  description: The sessions that the message was sent to; in check mode, that it would be sent to.
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
      description: State of the session.
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

from ..module_utils._cvad.actions import message_options, selection_options, selection_rules, send_messages
from ..module_utils._cvad.client import cvad_client
from ..module_utils._options import CVAD
from ..module_utils._task import ArgumentSpec, Task, run_module

_RULES = selection_rules()

ARGUMENT_SPEC = ArgumentSpec(
    {**CVAD.argument_spec(), **selection_options(), **message_options()},
    mutually_exclusive=[CVAD.exclusive, *_RULES["mutually_exclusive"]],
    required_one_of=_RULES["required_one_of"],
    required_by=_RULES["required_by"],
)


def run(task: Task) -> dict[str, Any]:
    with cvad_client(task) as client:
        return send_messages(task, client)


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

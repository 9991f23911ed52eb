# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ras_session_message
short_description: Send a message to sessions of RD session hosts of Parallels RAS
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Shows a message in sessions of RD session hosts that are chosen by id, by number on a host, or by filters.
  - Every run sends the message again, so each one is a change.
  - A message is sent again only when the first try surely did not arrive. When its answer got lost the task fails,
    since nobody can tell whether it was shown.
extends_documentation_fragment:
  - deskops.vdi.ras
  - deskops.vdi.ras.session_filters
  - deskops.vdi.ras.session_selection
  - deskops.vdi.attributes
  - deskops.vdi.attributes.actiongroup_ras
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
  text_field:
    description:
      - Field of the API that takes O(text). No source shows it; the default is assumed from the message of a schedule.
    type: str
    default: message
  title_field:
    description:
      - Field of the API that takes O(title). No source shows it; the default is assumed from the message of a schedule.
    type: str
    default: messageTitle
notes:
  - Sessions that are gone get no message, and are no error.
seealso:
  - module: deskops.vdi.ras_session_info
  - module: deskops.vdi.ras_session
"""

EXAMPLES = r"""
- name: Announce a maintenance to the users of a host
  deskops.vdi.ras_session_message:
    url: https://ras.example.com:20443
    username: administrator
    password: "{{ vault_ras_password }}"
    server: rds-01.example.test
    session_state: Active
    max_affected: 500
    title: Maintenance
    text: Please save your work and log off. This host restarts at 18:00.

- name: Write to one session
  deskops.vdi.ras_session_message:
    server: rds-01.example.test
    session_id: [2]
    text: Your printer works again.

- name: See who would get a message to a user
  deskops.vdi.ras_session_message:
    user: anna.smith
    max_affected: 5
    text: Please call the service desk.
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
      description: Id of the session in the whole farm, for O(id).
      type: str
    session_id:
      description: Number of the session on its host.
      type: int
    server_id:
      description: Id of the host.
      type: int
    user:
      description: Name of the user.
      type: str
    host:
      description: Name of the host.
      type: str
    pool:
      description: Name of the pool.
      type: str
    state:
      description: State of the session.
      type: str
  sample:
    - host: rds-01.example.test
      id: RDS/1/2
      pool: pool-2
      server_id: 1
      session_id: 2
      state: Disconnected
      user: anna.smith
count:
  description: How many sessions that are.
  returned: success
  type: int
  sample: 1
"""

from typing import Any

from ..module_utils._options import RAS
from ..module_utils._ras.client import ras_client
from ..module_utils._ras.session_actions import message_options, selection_options, selection_rules, send_messages
from ..module_utils._task import ArgumentSpec, Task, run_module

_RULES = selection_rules()

ARGUMENT_SPEC = ArgumentSpec(
    {**RAS.argument_spec(), **selection_options(), **message_options()},
    mutually_exclusive=[RAS.exclusive, *_RULES["mutually_exclusive"]],
    required_one_of=_RULES["required_one_of"],
    required_by=_RULES["required_by"],
)


def run(task: Task) -> dict[str, Any]:
    with ras_client(task) as client:
        return send_messages(task, client)


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

DOCUMENTATION = r"""
---
short_description: Tell which sessions of a platform appear, change and end
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Lists the sessions of a Parallels RAS farm, a Citrix Virtual Apps and Desktops site or a StarNet FastX server again
    and again, and tells what differs from the listing before.
  - Each event holds the session, in the form that all platforms of this collection share, as C(session), and one of
    V(appeared), V(changed) and V(ended) as C(change). An ended session is told as it was last known.
  - What happens and is undone between two listings is not told. The growing idle time of a session is no change.
  - A session that has the id of an earlier one, but another user or another time of logon, is told as the end of the
    earlier one and the appearance of another, as hosts give the numbers of sessions again.
  - Takes all options of the platform's module ras_session_info, cvad_session_info or fastx_session_info that say where
    and which sessions are listed; those shown here are common to all. They are completed from the same environment
    variables (E(RAS_URL), E(CVAD_URL), E(FASTX_URL) and so on) of the process that runs ansible-rulebook. A session
    that passes the filters no more is told as ended.
  - Whole lists are compared. What lists a part only (C(max_sessions) of cvad_session_info, C(start) and C(limit) of
    fastx_session_info) is refused, since a session beyond that part would be told as ended.
  - A listing that fails is tried again, with waits that grow from one second to one minute. An error that another try
    cannot mend (refused password, missing rights, a wrong path) ends the source.
  - Where the platform knows sessions of its API (RAS), one is opened for each listing and closed after it.
options:
  platform:
    description:
      - Platform whose sessions are listed.
    type: str
    choices: [ras, cvad, fastx]
    required: true
  name:
    description:
      - Name of the farm, site or server in the events (C(farm)). The host of O(url) if not set.
    type: str
  interval:
    description:
      - Seconds between the end of a listing and the next one.
    type: int
    default: 60
  existing:
    description:
      - Whether sessions that are there when the source starts are told as appeared.
    type: bool
    default: false
  url:
    description:
      - Address of the platform's API; for CVAD a list of such addresses, of which the next one is tried when one does
        not answer.
    type: raw
  username:
    description:
      - User who may list the sessions.
    type: str
  password:
    description:
      - Password of O(username).
    type: str
  auth_token:
    description:
      - Token of a sign-in. Excludes O(password). When it lapses, the source ends.
    type: str
  validate_certs:
    description:
      - Whether the certificate of the server is checked. Switching it off lets anybody on the way read the password.
    type: bool
    default: true
  ca_path:
    description:
      - PEM file, or folder prepared with c_rehash, of the authorities to trust, instead of those of the system.
    type: path
  client_cert:
    description:
      - PEM file of a client certificate, for servers or proxies that ask for one. It may hold the key too.
    type: path
  client_key:
    description:
      - PEM file of the key of O(client_cert), not encrypted.
    type: path
  use_proxy:
    description:
      - Whether the proxy variables of the environment (E(HTTPS_PROXY), E(NO_PROXY) and their kin) are honoured.
    type: bool
    default: true
  timeout:
    description:
      - Seconds to wait for the next part of an answer, and for a connection.
    type: int
    default: 30
  retries:
    description:
      - How often a request is repeated at once after a passing fault, before the source waits and starts anew.
    type: int
    default: 3
  allow_insecure_http:
    description:
      - Whether O(url) may be plain HTTP to another machine. Everything then travels readable for all on the way.
    type: bool
    default: false
requirements:
  - ansible-core, httpx and pydantic beside ansible-rulebook
seealso:
  - module: deskops.vdi.ras_session_info
  - module: deskops.vdi.cvad_session_info
  - module: deskops.vdi.fastx_session_info
  - module: deskops.vdi.session_audit
"""

EXAMPLES = r"""
- deskops.vdi.session_changes:
    platform: ras
    url: https://ras.example.com:20443
    username: monitor
    password: "{{ ras_password }}"
    interval: 30

- deskops.vdi.session_changes:
    platform: fastx
    name: Engineering
    url: https://fastx.example.com:3443
    username: monitor
    password: "{{ fastx_password }}"
    all_users: true

- deskops.vdi.session_changes:
    platform: ras
    url: https://ras.example.com:20443
    username: monitor
    password: "{{ ras_password }}"
    state: Disconnected
    existing: true
"""


async def main(queue: asyncio.Queue[Any], args: dict[str, Any]) -> None:
    """Put events until stopped."""
    # ansible-rulebook knows no collections as Python packages. The folder above ansible_collections is taken as this
    # file was found, not where links lead.
    above = str(Path(__file__).absolute().parents[7])
    if above not in sys.path:
        sys.path.insert(0, above)
    from ansible_collections.deskops.vdi.plugins.module_utils._sessions.event_source import watch_listings

    await watch_listings(queue.put, args)

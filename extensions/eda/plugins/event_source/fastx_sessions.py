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
short_description: Tell which sessions of a StarNet FastX server appear, change and end
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Follows the live stream of a FastX server, the WebSocket of version 2 or the server-sent events of version 3.
  - Each event holds the session, in the form that all platforms of this collection share, as C(session), and one of
    V(appeared), V(changed) and V(ended) as C(change). An ended session is told as it was last known.
  - After a lost connection the source connects again, with waits that grow from one second to one minute, and reads the
    list of sessions anew, so that nothing is lost and nothing is told twice. That needs the path of the list, which no
    document shows for version 3; without O(list_path) it tells there what the stream tells, and nothing of what
    happens while the stream is interrupted.
  - The options that say where and how are those of the modules, and are completed from the same environment variables
    (E(FASTX_URL), E(FASTX_USERNAME), E(FASTX_PASSWORD), E(FASTX_AUTH_TOKEN), E(FASTX_CA_PATH) and so on) of the process
    that runs ansible-rulebook.
  - An error that another try cannot mend (refused password, missing rights, a wrong path) ends the source.
options:
  url:
    description:
      - Address of the FastX server, with the port and an optional path, for example V(https://fastx.example.com:3443).
    type: str
  username:
    description:
      - A user of the FastX server.
    type: str
  password:
    description:
      - Password of O(username). The source signs in again with it when the token has lapsed.
    type: str
  auth_token:
    description:
      - Token of a sign-in. Excludes O(password). When it lapses, the source ends.
    type: str
  api_version:
    description:
      - Version of the FastX API.
    type: str
    choices: ['2', '3']
    default: '2'
  base_path:
    description:
      - Path of the API below O(url). V(/api) in version 2 and V(/v3/api) in version 3 if not set.
    type: str
  list_path:
    description:
      - Path of the session list below O(base_path). V(/list) in version 2, and V(/admin/session) for the sessions of
        all users, if not set. No default in version 3.
    type: str
  stream_path:
    description:
      - Path of the stream below O(url). In version 2 that of the list, and in version 3 V(/sse/my-sessions) or
        V(/sse/all-sessions), if not set. That the latter lie beside the base path and not below it is assumed.
    type: str
  all_users:
    description:
      - Whether the sessions of all users are told, which only administrators of the FastX server may follow.
    type: bool
    default: false
  filters:
    description:
      - Tell only of sessions that pass all of these filters, as in the module fastx_session_info. A session that passes
        them no more is told as ended.
    type: dict
    default: {}
  name:
    description:
      - Name of the server in the events (C(farm)). The host of O(url) if not set.
    type: str
  refresh:
    description:
      - Seconds after which the list is read again although the stream stands. What arrives when a session ends is not
        documented for version 2; an end that the stream does not tell is found by then.
      - In version 3 the source also connects again when nothing arrives for so long.
    type: int
    default: 300
  existing:
    description:
      - Whether sessions that are there when the source starts are told as appeared.
    type: bool
    default: false
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
  - websockets 15 or later for version 2, which ansible-rulebook brings along
seealso:
  - module: deskops.vdi.fastx_session_info
"""

EXAMPLES = r"""
- deskops.vdi.fastx_sessions:
    url: https://fastx.example.com:3443
    username: monitor
    password: "{{ fastx_password }}"
    all_users: true

- deskops.vdi.fastx_sessions:
    url: https://fastx.example.com:3443
    username: anna
    password: "{{ fastx_password }}"
    filters:
      windowMode: desktop
    existing: true

- deskops.vdi.fastx_sessions:
    url: https://fastx3.example.com:3443
    api_version: '3'
    username: monitor
    password: "{{ fastx_password }}"
    all_users: true
"""


async def main(queue: asyncio.Queue[Any], args: dict[str, Any]) -> None:
    """Put events until stopped."""
    # ansible-rulebook knows no collections as Python packages. The folder above ansible_collections is taken as this
    # file was found, not where links lead.
    above = str(Path(__file__).absolute().parents[7])
    if above not in sys.path:
        sys.path.insert(0, above)
    from ansible_collections.deskops.vdi.plugins.module_utils._fastx.stream import watch_stream

    await watch_stream(queue.put, args)

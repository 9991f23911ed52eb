# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options that every FastX module shares."""

from __future__ import annotations


class ModuleDocFragment:
    # Kept in step with module_utils/_options.py by a unit test.
    DOCUMENTATION = r"""
options:
  url:
    description:
      - Address of the FastX server, with the port (FastX listens on 3443 for HTTPS and on 3000 for HTTP unless changed)
        and an optional path of a proxy in front of it, for example V(https://fastx.example.com:3443).
      - If not set, the environment variable E(FASTX_URL) of the controller is used.
    type: str
  username:
    description:
      - A user of the FastX server.
      - If not set, the environment variable E(FASTX_USERNAME) of the controller is used.
    type: str
  password:
    description:
      - Password of O(username). The task signs in with it in one step; one-time passwords, keys and Kerberos need
        O(auth_token).
      - If neither this nor O(auth_token) is set, the environment variables E(FASTX_AUTH_TOKEN) and E(FASTX_PASSWORD) of
        the controller are used, in this order.
    type: str
  auth_token:
    description:
      - Token as M(deskops.vdi.fastx_auth) or the vendor's C(link) command returns it.
      - Excludes O(password).
      - If neither this nor O(password) is set, the environment variable E(FASTX_AUTH_TOKEN) of the controller is used,
        but never for another O(url) than that of E(FASTX_URL).
    type: str
  api_version:
    description:
      - Version of the FastX API. V(2) is documented with its session list; of V(3) only the sign-in and the stream are,
        so that O(list_path) must be given. No document about an API of version 4 is known.
      - If not set, the environment variable E(FASTX_API_VERSION) of the controller is used.
    type: str
    choices: ['2', '3']
    default: '2'
  base_path:
    description:
      - Path of the API below O(url). V(/api) in version 2 and V(/v3/api) in version 3 if not set.
      - If not set, the environment variable E(FASTX_BASE_PATH) of the controller is used.
    type: str
  list_path:
    description:
      - Path of the session list below O(base_path). V(/list) in version 2, and V(/admin/session) for the sessions of
        all users, if not set. In version 2 the token follows as the last part of the path.
      - Needed in version 3, whose path no document shows. That the parameters are those of version 2 is assumed there.
      - If not set, the environment variable E(FASTX_LIST_PATH) of the controller is used.
    type: str
  validate_certs:
    description:
      - Whether the server's certificate is checked. Switching it off lets anybody on the way read the password.
      - If not set, the environment variable E(FASTX_VALIDATE_CERTS) of the controller is used.
    type: bool
    default: true
  ca_path:
    description:
      - PEM file, or folder prepared with C(c_rehash), of the authorities to trust, instead of the system's. It is read
        where the module runs.
      - If not set, the environment variable E(FASTX_CA_PATH) of the controller is used.
    type: path
  client_cert:
    description:
      - PEM file of a client certificate, for servers or proxies that ask for one. It may hold the key too.
      - If not set, the environment variable E(FASTX_CLIENT_CERT) of the controller is used.
    type: path
  client_key:
    description:
      - PEM file of the key of O(client_cert), not encrypted.
      - If not set, the environment variable E(FASTX_CLIENT_KEY) of the controller is used.
    type: path
  use_proxy:
    description:
      - Whether the proxy variables of the environment (E(HTTPS_PROXY), E(NO_PROXY) and their kin) are honoured.
      - If not set, the environment variable E(FASTX_USE_PROXY) of the controller is used.
    type: bool
    default: true
  timeout:
    description:
      - Seconds to wait for the next part of an answer. Connecting has a limit of its own, 10 seconds at most.
      - If not set, the environment variable E(FASTX_TIMEOUT) of the controller is used.
    type: int
    default: 30
  retries:
    description:
      - How often a request is repeated after a passing fault, with growing waits. Reads are repeated after a lost
        connection and the statuses 429, 502, 503 and 504; writes only where they surely were not carried out.
      - If not set, the environment variable E(FASTX_RETRIES) of the controller is used.
    type: int
    default: 3
  allow_insecure_http:
    description:
      - Whether O(url) may be plain HTTP to another machine. Everything then travels readable for all on the way.
      - If not set, the environment variable E(FASTX_ALLOW_INSECURE_HTTP) of the controller is used.
    type: bool
    default: false
requirements:
  - python >= 3.11
  - httpx >= 0.27.1
  - pydantic >= 2.8
notes:
  - With a local connection the module runs inside C(ansible-playbook) itself, which is several times faster; httpx and
    pydantic are then needed where Ansible is installed. With any other connection, with C(become) or with C(async) it
    runs on the host as usual. The variable C(deskops_vdi_in_process) set to V(false) forces the latter.
"""

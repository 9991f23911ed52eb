# Copyright: (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the connection options of the RAS lookups, with their sources."""

from __future__ import annotations


class ModuleDocFragment:
    # Kept in step with module_utils/_options.py by a unit test.
    DOCUMENTATION = r"""
options:
  url:
    description:
      - Address of the RAS web administration service, with the port (the service listens on 20443 unless changed) and
        an optional path, for example V(https://ras.example.com:20443).
    type: str
    env:
      - name: RAS_URL
    ini:
      - section: deskops_vdi_ras
        key: url
  username:
    description:
      - A RAS administrator.
    type: str
    env:
      - name: RAS_USERNAME
    ini:
      - section: deskops_vdi_ras
        key: username
  password:
    description:
      - Password of O(username). The lookup logs on with it and logs off at its end, also after a failure.
    type: str
    env:
      - name: RAS_PASSWORD
  auth_token:
    description:
      - Token of an open session, as M(deskops.vdi.ras_auth) returns it. The session stays open.
      - Excludes O(password).
      - A token of the environment goes before a password of the environment, and is never sent to another O(url) than
        that of E(RAS_URL).
    type: str
    env:
      - name: RAS_AUTH_TOKEN
  api_family:
    description:
      - Generation of the API. V(current) is that of version 19 and later, V(legacy) that of the versions before, which
        the sample workflows of the vendor's guide show.
      - V(auto) finds out by asking for the RDS servers, which costs a request; M(deskops.vdi.ras_auth) returns what it
        found, to be handed on.
    type: str
    choices: [auto, current, legacy]
    default: auto
    env:
      - name: RAS_API_FAMILY
    ini:
      - section: deskops_vdi_ras
        key: api_family
  validate_certs:
    description:
      - Whether the server's certificate is checked. Switching it off lets anybody on the way read the password.
    type: bool
    default: true
    env:
      - name: RAS_VALIDATE_CERTS
    ini:
      - section: deskops_vdi_ras
        key: validate_certs
  ca_path:
    description:
      - PEM file, or folder prepared with C(c_rehash), of the authorities to trust, instead of the system's. It is read
        where the module runs.
    type: path
    env:
      - name: RAS_CA_PATH
    ini:
      - section: deskops_vdi_ras
        key: ca_path
  client_cert:
    description:
      - PEM file of a client certificate, for servers or proxies that ask for one. It may hold the key too.
    type: path
    env:
      - name: RAS_CLIENT_CERT
    ini:
      - section: deskops_vdi_ras
        key: client_cert
  client_key:
    description:
      - PEM file of the key of O(client_cert), not encrypted.
    type: path
    env:
      - name: RAS_CLIENT_KEY
    ini:
      - section: deskops_vdi_ras
        key: client_key
  use_proxy:
    description:
      - Whether the proxy variables of the environment (E(HTTPS_PROXY), E(NO_PROXY) and their kin) are honoured.
    type: bool
    default: true
    env:
      - name: RAS_USE_PROXY
    ini:
      - section: deskops_vdi_ras
        key: use_proxy
  timeout:
    description:
      - Seconds to wait for the next part of an answer. Connecting has a limit of its own, 10 seconds at most.
    type: int
    default: 30
    env:
      - name: RAS_TIMEOUT
    ini:
      - section: deskops_vdi_ras
        key: timeout
  retries:
    description:
      - How often a request is repeated after a passing fault, with growing waits. Reads are repeated after a lost
        connection and the statuses 429, 502, 503 and 504; writes only where they surely were not carried out.
    type: int
    default: 3
    env:
      - name: RAS_RETRIES
    ini:
      - section: deskops_vdi_ras
        key: retries
  allow_insecure_http:
    description:
      - Whether O(url) may be plain HTTP to another machine. Everything then travels readable for all on the way.
    type: bool
    default: false
    env:
      - name: RAS_ALLOW_INSECURE_HTTP
    ini:
      - section: deskops_vdi_ras
        key: allow_insecure_http
requirements:
  - python >= 3.11
  - httpx >= 0.27.1
  - pydantic >= 2.7
"""

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ras_gateway
short_description: Add, change and remove secure gateways of Parallels RAS
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Brings a secure gateway to the state that the options describe, and changes nothing where it is so already.
  - The options are all fields of the gateway in the vendor's sample. Where no source names the values of a field, its
    option is a number.
extends_documentation_fragment:
  - deskops.vdi.ras
  - deskops.vdi.ras.object
  - deskops.vdi.ras.server
  - deskops.vdi.attributes
  - deskops.vdi.attributes.state
  - deskops.vdi.attributes.actiongroup_ras
options:
  enabled:
    description:
      - Whether the gateway takes connections.
    type: bool
  description:
    description:
      - Free text.
    type: str
  gw_mode:
    description:
      - Mode of the gateway (API field C(gwMode)). No source names the numbers; a new gateway has V(0).
    type: int
  preferred_broker_id:
    description:
      - Id of the preferred connection broker; a new gateway has V(0). The sample calls the field C(preferredPAId); a
        newer name is used where the server shows it.
    type: int
  normal_mode_forwarding:
    description:
      - Whether requests are forwarded in normal mode.
    type: bool
  forward_http_servers:
    description:
      - Web servers to which HTTP requests are forwarded, in one text, for example V(localhost:81).
    type: str
  forward_gateway_servers:
    description:
      - Gateways to which a forwarding gateway sends its clients, in one text.
    type: str
  ip_version:
    description:
      - IP version (API field C(ipVersion)). No source names the numbers; a new gateway has V(0).
    type: int
  ips:
    description:
      - The gateway's own IP addresses in one text. The separator C(;) is inferred.
    type: str
  bind_v4_addresses:
    description:
      - IPv4 addresses to listen on, in one text.
    type: str
  bind_v6_addresses:
    description:
      - IPv6 addresses to listen on, in one text.
    type: str
  optimize_connection_ipv4:
    description:
      - IPv4 addresses whose connections are optimized, in one text.
    type: str
  optimize_connection_ipv6:
    description:
      - IPv6 addresses whose connections are optimized, in one text.
    type: str
  enable_gw_port:
    description:
      - Whether the port O(gw_port) is open.
    type: bool
  broadcast:
    description:
      - Whether the gateway announces itself to clients by broadcast.
    type: bool
  enable_client_manager_port:
    description:
      - Whether the port of the client manager is open.
    type: bool
  dos_pro:
    description:
      - Whether protection against denial of service is on.
    type: bool
  enable_rdp:
    description:
      - Whether the port O(rdp_port) is open for plain RDP.
    type: bool
  enable_rdp_udp:
    description:
      - Whether RDP over UDP is tunnelled.
    type: bool
  gw_port:
    description:
      - Port of the gateway, 1 to 65535.
    type: int
  rdp_port:
    description:
      - Port for RDP, 1 to 65535.
    type: int
  enable_ssl:
    description:
      - Whether TLS is on.
    type: bool
  min_ssl_version:
    description:
      - Lowest TLS version (API field C(minSSLVersion)). No source names the numbers; a new gateway has V(2).
    type: int
  cipher_strength:
    description:
      - Strength of the ciphers (API field C(cipherStrength)). No source names the numbers; a new gateway has V(2).
    type: int
  ssl_port:
    description:
      - Port for TLS, 1 to 65535.
    type: int
  cipher:
    description:
      - List of ciphers in OpenSSL's notation.
    type: str
  private_key_file:
    description:
      - File name of the private key on the gateway, as older versions manage certificates.
    type: str
  certificate_file:
    description:
      - File name of the certificate on the gateway, as older versions manage certificates.
    type: str
  enable_user_portal:
    description:
      - Whether the user portal (HTML5 client) is on.
    type: bool
  user_portal_port:
    description:
      - Port of the user portal, 1 to 65535.
    type: int
  launch_method:
    description:
      - How the user portal starts sessions (API field C(launchMethod)). No source names the numbers; a new gateway
        has V(0).
    type: int
  allow_embed:
    description:
      - Whether the user portal may be embedded in other pages.
    type: bool
  allow_launch_method:
    description:
      - Whether users may choose how sessions start.
    type: bool
  allow_apps_in_new_tab:
    description:
      - Whether applications may open in a new browser tab.
    type: bool
  allow_file_transfer:
    description:
      - Whether users may transfer files.
    type: bool
  allow_clipboard:
    description:
      - Whether users may use the clipboard.
    type: bool
  use_pre_win2000_login_format:
    description:
      - Whether the pre-Windows 2000 form of user names is used.
    type: bool
  enable_hsts:
    description:
      - Whether HTTP strict transport security is on.
    type: bool
  hsts_include_subdomains:
    description:
      - Whether strict transport security covers subdomains.
    type: bool
  hsts_preload:
    description:
      - Whether strict transport security may be preloaded by browsers.
    type: bool
  hsts_max_age:
    description:
      - How long browsers remember strict transport security, in months, 4 to 120.
    type: int
  enable_wyse_support:
    description:
      - Whether Wyse thin clients are supported.
    type: bool
  security_mode:
    description:
      - Which clients are let in by MAC address (API field C(securityMode)). No source names the numbers; a new
        gateway has V(0).
    type: int
  mac_allow_except:
    description:
      - MAC addresses that are kept out while all others are let in. Order and letter case do not matter.
    type: list
    elements: str
  mac_allow_only:
    description:
      - MAC addresses that alone are let in. Order and letter case do not matter.
    type: list
    elements: str
  web_requests_url:
    description:
      - Address to which requests for the gateway's web page are sent.
    type: str
  fw_gw_id:
    description:
      - Id of the gateway to forward to. V(4294967295) seems to stand for none.
    type: int

seealso:
  - module: deskops.vdi.ras_gateway_info
  - module: deskops.vdi.ras_settings_apply
"""

EXAMPLES = r"""
- name: Add a gateway without installing the agent
  deskops.vdi.ras_gateway:
    url: https://ras.example.com:20443
    username: administrator
    password: "{{ vault_ras_password }}"
    server: gw-03.example.test
    site: Head office
    install_agent: false

- name: Add a gateway, let RAS install the agent with another account, and set it up
  deskops.vdi.ras_gateway:
    server: gw-04.example.test
    site: "1"
    agent_username: EXAMPLE\installer
    agent_password: "{{ vault_agent_password }}"
    restart: false
    description: Second line
    enable_hsts: true
    hsts_max_age: 24

- name: Switch off client broadcast on two gateways
  deskops.vdi.ras_gateway:
    server: "{{ item }}"
    broadcast: false
  loop:
    - gw-01.example.test
    - gw-02.example.test

- name: Set a raw field of the API
  deskops.vdi.ras_gateway:
    server: gw-north.example.test
    settings:
      someNewerField: 1
  when: farm_has_newer_field | default(false)

- name: Remove a gateway
  deskops.vdi.ras_gateway:
    server: gw-03.example.test
    state: absent
"""

RETURN = r"""
gateway:
  description:
    - The server as it is at the end, or as it would be in check mode; null if it was removed or is not there.
    - The options' names are the keys; fields that this collection does not know come under a name derived from the
      API's.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the server in the farm; null while it is only planned (check mode).
      type: int
    server:
      description: Name or address of the server.
      type: str
    site_id:
      description: Id of its site.
      type: int
    enabled:
      description: Whether it is enabled.
      type: bool
    description:
      description: Free text.
      type: str
    ssl_port:
      description: Port for TLS.
      type: int
  sample:
    description: ""
    enabled: true
    id: 219
    server: 126.0.0.6
    site_id: 1
    ssl_port: 443
diff:
  description: What changes, without secrets.
  returned: with C(--diff)
  type: dict
  sample:
    before:
      description: ""
    after:
      description: Second line
"""

from typing import Any

from ..module_utils._converge import converge
from ..module_utils._ras.client import ras_client
from ..module_utils._ras.resources import GATEWAYS
from ..module_utils._ras.servers import ServerTarget, server_spec
from ..module_utils._task import Task, run_module

ARGUMENT_SPEC = server_spec(GATEWAYS)


def run(task: Task) -> dict[str, Any]:
    with ras_client(task) as client:
        return converge(task, ServerTarget(task, client, GATEWAYS), task.params["state"])


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

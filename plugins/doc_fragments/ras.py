# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options that every RAS module shares."""

from __future__ import annotations


class ModuleDocFragment:
    # Kept in step with module_utils/_options.py by a unit test.
    DOCUMENTATION = r"""
options:
  url:
    description:
      - Address of the RAS web administration service, with the port (the service listens on 20443 unless changed) and
        an optional path, for example V(https://ras.example.com:20443).
      - If not set, the environment variable E(RAS_URL) of the controller is used.
    type: str
  username:
    description:
      - A RAS administrator.
      - If not set, the environment variable E(RAS_USERNAME) of the controller is used.
    type: str
  password:
    description:
      - Password of O(username). The task logs on with it and logs off at its end, also after a failure.
      - If neither this nor O(auth_token) is set, the environment variables E(RAS_AUTH_TOKEN) and E(RAS_PASSWORD) of the
        controller are used, in this order.
    type: str
  auth_token:
    description:
      - Token of an open session, as M(deskops.vdi.ras_auth) returns it. The session stays open.
      - Excludes O(password).
      - If neither this nor O(password) is set, the environment variable E(RAS_AUTH_TOKEN) of the controller is used,
        but never for another O(url) than that of E(RAS_URL).
    type: str
  api_family:
    description:
      - Generation of the API. V(current) is that of version 19 and later, V(legacy) that of the versions before, which
        the sample workflows of the vendor's guide show.
      - V(auto) finds out by asking for the RDS servers, which costs a request; M(deskops.vdi.ras_auth) returns what it
        found, to be handed on.
      - If not set, the environment variable E(RAS_API_FAMILY) of the controller is used.
    type: str
    choices: [auto, current, legacy]
    default: auto
  validate_certs:
    description:
      - Whether the server's certificate is checked. Switching it off lets anybody on the way read the password.
      - If not set, the environment variable E(RAS_VALIDATE_CERTS) of the controller is used.
    type: bool
    default: true
  ca_path:
    description:
      - PEM file, or folder prepared with C(c_rehash), of the authorities to trust, instead of the system's. It is read
        where the module runs.
      - If not set, the environment variable E(RAS_CA_PATH) of the controller is used.
    type: path
  client_cert:
    description:
      - PEM file of a client certificate, for servers or proxies that ask for one. It may hold the key too.
      - If not set, the environment variable E(RAS_CLIENT_CERT) of the controller is used.
    type: path
  client_key:
    description:
      - PEM file of the key of O(client_cert), not encrypted.
      - If not set, the environment variable E(RAS_CLIENT_KEY) of the controller is used.
    type: path
  use_proxy:
    description:
      - Whether the proxy variables of the environment (E(HTTPS_PROXY), E(NO_PROXY) and their kin) are honoured.
      - If not set, the environment variable E(RAS_USE_PROXY) of the controller is used.
    type: bool
    default: true
  timeout:
    description:
      - Seconds to wait for the next part of an answer. Connecting has a limit of its own, 10 seconds at most.
      - If not set, the environment variable E(RAS_TIMEOUT) of the controller is used.
    type: int
    default: 30
  retries:
    description:
      - How often a request is repeated after a passing fault, with growing waits. Reads are repeated after a lost
        connection and the statuses 429, 502, 503 and 504; writes only where they surely were not carried out.
      - If not set, the environment variable E(RAS_RETRIES) of the controller is used.
    type: int
    default: 3
  allow_insecure_http:
    description:
      - Whether O(url) may be plain HTTP to another machine. Everything then travels readable for all on the way.
      - If not set, the environment variable E(RAS_ALLOW_INSECURE_HTTP) of the controller is used.
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

    # Options that the state modules of all objects of a farm share.
    OBJECT = r"""
options:
  state:
    description:
      - Whether the object is part of the farm.
    type: str
    choices: [present, absent]
    default: present
  id:
    description:
      - Id of the object in the farm. What else tells which object is meant must agree with it.
    type: int
  site:
    description:
      - Name or id of the site. If not set, a new object is added to the site that the RAS server chooses (that of the
        licensing server), and an existing one is looked for in all sites.
    type: str
  settings:
    description:
      - Fields of the API that have no option here, by their API names. They are compared and changed like the others.
      - Values of names that look like a secret are masked in all output.
    type: dict
    default: {}
notes:
  - Changes are staged until they are applied, see M(deskops.vdi.ras_settings_apply).
  - Options that are left out keep what is there. Null is refused, since no source shows that it resets a field.
  - That the server takes a PUT with only the fields to change is documented for other objects and assumed for this one.
"""

    # Options that the state modules of servers (gateways, RDS servers, brokers) share.
    SERVER = r"""
options:
  server:
    description:
      - Name or address of the server as the farm knows it; letter case does not matter. Needed to add a server.
    type: str
  install_agent:
    description:
      - Whether RAS installs its agent on a server that is added. Has no effect on one that exists.
    type: bool
    default: true
  agent_username:
    description:
      - User who may install the agent on the server that is added; by default the RAS administrator's own account.
    type: str
  agent_password:
    description:
      - Password of O(agent_username). Used only when the server is added, and never compared.
      - RAS takes it in the address of the request; this collection keeps addresses out of all output, but proxies in
        between may log them.
    type: str
  restart:
    description:
      - Whether a server that is added may be restarted after the installation of the agent.
    type: bool
    default: true
  firewall_rules:
    description:
      - Whether RAS adds firewall rules on a server that is added.
    type: bool
    default: true
"""

    # Options that the info modules of all objects share.
    OBJECT_INFO = r"""
options:
  id:
    description:
      - Return the object with this id only.
    type: int
  site:
    description:
      - Return the objects of this site only, given by name or id.
    type: str
"""

    # Options that the info modules of servers share.
    SERVER_INFO = r"""
options:
  server:
    description:
      - Return the servers of this name or address only; letter case does not matter.
    type: str
  gather_status:
    description:
      - Whether the status of each server is returned as well.
    type: bool
    default: false
"""

    # Options that choose sessions.
    SESSION_FILTERS = r"""
options:
  site:
    description:
      - Sessions of this site only, given by name or id.
    type: str
  server_id:
    description:
      - Sessions of the server with this id only.
    type: int
  server:
    description:
      - Sessions of the server of this name only, as the farm knows it.
    type: str
  user:
    description:
      - Sessions of this user only. Where the server has no such filter, it is applied here; then letter case does not
        matter, and a name without a domain stands for that name in any domain.
    type: str
  ip:
    description:
      - Sessions with this IP address only.
    type: str
  theme_id:
    description:
      - Sessions of the theme with this id only.
    type: int
  group_id:
    description:
      - Sessions of the RD session host group with this id only.
    type: int
"""

    # Further filters of what only lists sessions.
    SESSION_LIST = r"""
options:
  source:
    description:
      - Sessions of this kind of host only. One of V(RDS), V(VDI), V(AVD), V(All), or the number.
    type: str
  state:
    description:
      - Sessions in this state only. One of V(Active), V(Connected), V(ConnectQuery), V(Shadow), V(Disconnected),
        V(Idle), V(Listen), V(Reset), V(Down), V(Init), V(All), or the number.
    type: str
"""

    # Options of the modules that act on sessions.
    SESSION_SELECTION = r"""
options:
  id:
    description:
      - Ids of the sessions, each as V(RDS/3/2), which is the source, the id of the host, and the number of the session
        on it. Audits and the results of this module have them. Excludes the other ways to choose.
    type: list
    elements: str
  session_id:
    description:
      - Numbers of the sessions on the host that O(server) or O(server_id) names. Excludes the other filters.
    type: list
    elements: int
  source:
    description:
      - V(RDS) is all that can be chosen. The API documents actions on the sessions of RDS hosts only, so any other
        source is refused before anything is done.
    type: str
    default: RDS
  session_state:
    description:
      - Sessions in this state only. One of V(Active), V(Connected), V(ConnectQuery), V(Shadow), V(Disconnected),
        V(Idle), V(Listen), V(Reset), V(Down), V(Init), V(All), or the number.
    type: str
  max_affected:
    description:
      - The most sessions that the task may affect. If there are more, it fails before anything is done.
      - Required with filters.
    type: int
notes:
  - The actions are documented for version 21 of the server. What they answer is not, so that any success counts.
    Servers of the legacy API are refused.
  - Filters are sent to the server, and what its sessions tell is compared here once more.
  - The sessions are acted on one after the other. After a failure no further one is touched, and the message says how
    many were done.
"""

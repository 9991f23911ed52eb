# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options that CVAD modules share."""

from __future__ import annotations


class ModuleDocFragment:
    # Kept in step with module_utils/_options.py by a unit test.
    DOCUMENTATION = r"""
options:
  url:
    description:
      - Address of a delivery controller, or of the cloud gateway, with an optional port and path, for example
        V(https://ddc1.example.com) or V(https://api.cloud.com). The path of the API itself follows from O(url_style).
      - Of several controllers of the same site, the next one is tried when one does not answer, and for a request that
        only reads also when one answers with a status of 500 or above. That mostly means on-premises that its service
        is down; that another controller then serves is assumed. A request that changes something goes on only when it
        surely was not carried out.
      - Each controller is asked once before any is waited for.
      - If not set, the environment variable E(CVAD_URL) of the controller is used, a list separated by commas.
    type: list
    elements: str
  username:
    description:
      - A Citrix administrator, as V(DOMAIN\\user), to sign in on-premises.
      - If not set, the environment variable E(CVAD_USERNAME) of the controller is used.
    type: str
  password:
    description:
      - Password of O(username).
      - If neither this nor O(client_secret) nor O(auth_token) is set, the environment variables E(CVAD_AUTH_TOKEN),
        E(CVAD_PASSWORD) and E(CVAD_CLIENT_SECRET) of the controller are used, the first of them that is there.
    type: str
  client_id:
    description:
      - Id of an API client of Citrix Cloud, to sign in to the cloud.
      - If not set, the environment variable E(CVAD_CLIENT_ID) of the controller is used.
    type: str
  client_secret:
    description:
      - Secret of O(client_id). Excludes O(password).
      - If no secret is set, the environment variables are used as described at O(password).
    type: str
  token_url:
    description:
      - Address where Citrix Cloud hands out tokens.
      - By default C(/cctrustoauth2/CUSTOMER/tokens/clients) at the host of O(url) if that is one of the cloud gateways,
        else at V(https://api.cloud.com), with O(customer_id) for CUSTOMER.
      - If not set, the environment variable E(CVAD_TOKEN_URL) of the controller is used.
    type: str
  auth_token:
    description:
      - Token as M(deskops.vdi.cvad_auth) returns it. Excludes O(password) and O(client_secret).
      - If no secret is set, the environment variables are used as described at O(password); the token of
        E(CVAD_AUTH_TOKEN) never for another O(url) than that of E(CVAD_URL).
    type: str
  customer_id:
    description:
      - Id of the Citrix Cloud customer. Needed in the cloud, where nothing else tells it.
      - On-premises it is V(CitrixOnPremises), which is what is sent if this is not set.
      - If not set, the environment variable E(CVAD_CUSTOMER_ID) of the controller is used.
    type: str
  site:
    description:
      - Name or id of the site. Needed only if the account has several. An id saves a request.
      - If not set, the environment variable E(CVAD_SITE) of the controller is used.
    type: str
  url_style:
    description:
      - Where the API lies below O(url). V(gateway) is C(/cvad/manage), V(orchestration) is
        C(/citrix/orchestration/api) with customer and site in the path, V(techpreview) the same with one more segment
        as releases of that age had it.
      - If not set, the environment variable E(CVAD_URL_STYLE) of the controller is used.
    type: str
    choices: [gateway, orchestration, techpreview]
    default: gateway
  validate_certs:
    description:
      - Whether the server's certificate is checked. Switching it off lets anybody on the way read the password.
      - If not set, the environment variable E(CVAD_VALIDATE_CERTS) of the controller is used.
    type: bool
    default: true
  ca_path:
    description:
      - PEM file, or folder prepared with C(c_rehash), of the authorities to trust, instead of the system's. It is read
        where the module runs.
      - If not set, the environment variable E(CVAD_CA_PATH) of the controller is used.
    type: path
  client_cert:
    description:
      - PEM file of a client certificate, for servers or proxies that ask for one. It may hold the key too.
      - If not set, the environment variable E(CVAD_CLIENT_CERT) of the controller is used.
    type: path
  client_key:
    description:
      - PEM file of the key of O(client_cert), not encrypted.
      - If not set, the environment variable E(CVAD_CLIENT_KEY) of the controller is used.
    type: path
  use_proxy:
    description:
      - Whether the proxy variables of the environment (E(HTTPS_PROXY), E(NO_PROXY) and their kin) are honoured.
      - If not set, the environment variable E(CVAD_USE_PROXY) of the controller is used.
    type: bool
    default: true
  timeout:
    description:
      - Seconds to wait for the next part of an answer. Connecting has a limit of its own, 10 seconds at most.
      - If not set, the environment variable E(CVAD_TIMEOUT) of the controller is used.
    type: int
    default: 30
  retries:
    description:
      - How often a request is repeated after a passing fault, with growing waits. Reads are repeated after a lost
        connection and the statuses 429, 502, 503 and 504; writes only where they surely were not carried out.
      - If not set, the environment variable E(CVAD_RETRIES) of the controller is used.
    type: int
    default: 3
  allow_insecure_http:
    description:
      - Whether O(url) may be plain HTTP to another machine. Everything then travels readable for all on the way.
      - If not set, the environment variable E(CVAD_ALLOW_INSECURE_HTTP) of the controller is used.
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
  - A task with credentials signs in by itself. No documented call gives a token back; it lapses, after about an hour.
"""

    # Options that choose sessions.
    FILTERS = r"""
options:
  user:
    description:
      - Sessions of this user only, as V(DOMAIN\\user), as V(user@domain), or as a bare name in any domain. Letter case
        does not matter.
    type: str
  machine:
    description:
      - Sessions on this machine only, as V(DOMAIN\\machine), as its DNS name, or as a bare name. Letter case does not
        matter.
    type: str
  delivery_group:
    description:
      - Sessions of this delivery group only, by name or id.
    type: str
  catalog:
    description:
      - Sessions on machines of this machine catalog only, by name or id.
    type: str
  application:
    description:
      - Sessions in which this published application is in use only.
    type: str
  started_before:
    description:
      - Sessions that started before this time only; ISO 8601 with a zone, for example V(2026-01-31T08:15:00Z).
    type: str
  started_after:
    description:
      - Sessions that started after this time only; ISO 8601 with a zone.
    type: str
  search:
    description:
      - A search in the API's own words (the body of C(Sessions/$search)), for what has no option. It is sent as it is,
        together with the other filters; for example C(BasicSearchString), or C(SearchFilters) as a list of C(Property),
        C(Operator) and C(Value).
    type: dict
notes:
  - Filters are sent to the server where its API has them, and checked here once more. Where the server refuses one (it
    cannot search sessions by every property, and which ones is not documented), this is done here alone. That it can
    compare C(CurrentUser) with C(Equals) was seen at work; C(UserPrincipalName), C(DnsName), C(DeliveryGroup),
    C(MachineCatalog), C(SessionState) with C(Equals), C(EndsWith) for bare names and C(AppsInUse) with C(Contains) are
    assumed from the documented names.
  - Times are compared by the C(Formatted) fields alone, and always here. Older servers give only text that depends on
    their culture, which is never guessed.
"""

    # Options of the modules that act on sessions.
    SELECTION = r"""
options:
  id:
    description:
      - Ids of the sessions. Excludes the filters.
    type: list
    elements: str
  session_state:
    description:
      - Sessions in this state only. One of V(Unknown), V(Connected), V(Active), V(Disconnected).
    type: str
  max_affected:
    description:
      - The most sessions that the task may affect. If there are more, it fails before anything is done.
      - Required with filters.
    type: int
  wait_timeout:
    description:
      - Seconds to wait for the jobs that the server starts, all together. With V(0) the module does not wait, and does
        not learn whether they end well.
    type: int
    default: 300
notes:
  - A session whose start cannot be read as a time is left out, with a warning, when O(started_before) or
    O(started_after) is set.
"""

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: api_request
short_description: Send one request to a platform's API
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Sends an authenticated request for which there is no module yet, with the same sign-in, retries, errors and masking.
  - A request that writes is a change, and is not sent in check mode. The module cannot know whether it changes
    anything; read first and decide in the playbook where that matters.
extends_documentation_fragment:
  - deskops.vdi.any_platform
  - deskops.vdi.attributes
  - deskops.vdi.attributes.actiongroup_all
attributes:
  check_mode:
    support: full
    details:
      - Requests that write are not sent.
  diff_mode:
    support: none
    details:
      - What a request changes is not known.
  idempotent:
    support: partial
    details:
      - Only requests that read.
options:
  platform:
    description:
      - Platform of the server. It decides on sign-in, headers and environment variables.
    type: str
    choices: [ras, cvad, fastx]
    default: ras
  method:
    description:
      - HTTP method.
    type: str
    choices: [GET, POST, PUT, PATCH, DELETE]
    default: GET
  path:
    description:
      - Path of the request. Use O(query) for the query.
      - For C(ras) below O(url), for example V(/api/Farm); for C(cvad) below the root of the API, for example
        V(/Machines); for C(fastx) below O(url), where C(:token) stands for the token, for example
        V(/api/list/:token).
    type: str
    required: true
  query:
    description:
      - Parameters of the query. A list repeats its parameter.
    type: dict
    default: {}
  body:
    description:
      - Body of the request, sent as JSON.
    type: raw
  read_only:
    description:
      - Whether the request only reads, although its method is not V(GET). Such a request is sent in check mode too,
        may be repeated after a lost connection, and is no change.
    type: bool
    default: false
notes:
  - Values in O(query), O(body) and the answer whose names look like a secret (password, token, key and the like) are
    masked in all output, and in what is registered. What is empty, true or false stays.
seealso:
  - module: deskops.vdi.ras_auth
"""

EXAMPLES = r"""
- name: Read what has no module yet
  deskops.vdi.api_request:
    url: https://ras.example.com:20443
    username: administrator
    password: "{{ vault_ras_password }}"
    path: /api/RDS/Host/status
    query:
      SiteId: 1
  register: answer

- name: Show the states
  ansible.builtin.debug:
    msg: "{{ answer.json | map(attribute='agentState') }}"

- name: Change a gateway by its id
  deskops.vdi.api_request:
    method: PUT
    path: /api/Gateway/1
    body:
      description: Main line

- name: Read the machines of a Citrix site
  deskops.vdi.api_request:
    platform: cvad
    path: /Machines
  when: cvad_site is defined

- name: Apply the changes of the farm
  deskops.vdi.api_request:
    method: POST
    path: /api/Settings/apply
"""

RETURN = r"""
status:
  description: HTTP status of the answer; null if the request was not sent (check mode).
  returned: success
  type: int
  sample: 200
json:
  description: The answer's JSON; null if it has none.
  returned: success
  type: raw
  sample:
    - agentState: 0
      id: "361"
text:
  description: The answer's text if it is not JSON, else empty.
  returned: success
  type: str
  sample: ""
"""

import dataclasses
from typing import Any

from ..module_utils._connection import connection
from ..module_utils._errors import BadInputError, NotJsonError
from ..module_utils._http import ANY_SUCCESS
from ..module_utils._options import PLATFORMS, RAS, any_platform_spec, platform_params
from ..module_utils._secrets import mask_secret_fields, secret_values
from ..module_utils._sessions.platforms import SESSION_PLATFORMS
from ..module_utils._task import ArgumentSpec, Task, run_module

ARGUMENT_SPEC = ArgumentSpec(
    {
        **any_platform_spec(),
        "platform": {"type": "str", "choices": list(PLATFORMS), "default": RAS.name},
        "method": {"type": "str", "choices": ["GET", "POST", "PUT", "PATCH", "DELETE"], "default": "GET"},
        "path": {"type": "str", "required": True},
        "query": {"type": "dict", "default": {}},
        "body": {"type": "raw"},
        "read_only": {"type": "bool", "default": False},
    },
    mutually_exclusive=[["auth_token", "password", "client_secret"]],
)


def run(task: Task) -> dict[str, Any]:
    params = task.params
    task.secrets.update(secret_values([params["query"], params["body"]]))
    path = "/" + params["path"].lstrip("/")
    if "://" in path or "?" in path or "#" in path:
        raise BadInputError("path must be a path below url, without a host and a query; parameters belong into query.")
    reads = params["method"] == "GET" or params["read_only"]
    if task.check_mode and not reads:
        return {"changed": True, "status": None, "json": None, "text": ""}
    kind = SESSION_PLATFORMS[params["platform"]]
    own = dataclasses.replace(task, params=platform_params(kind.platform, params))
    with connection(own, kind.platform, kind.new_client) as client:
        reply = client.request(
            params["method"], path, query=params["query"], body=params["body"], read=reads, success=ANY_SUCCESS
        )
    try:
        json, text = reply.json(), ""
    except NotJsonError:
        json, text = None, reply.text
    task.secrets.update(secret_values(json))
    return {"changed": not reads, "status": reply.status, "json": mask_secret_fields(json), "text": text}


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

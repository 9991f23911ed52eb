# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: session_audit
short_description: Audit the user sessions of many farms, sites and clusters at once
author:
  - deskops.vdi contributors (@deskops)
version_added: 1.0.0
description:
  - Asks any mix of Parallels RAS farms, Citrix CVAD sites and FastX clusters for their sessions at the same time,
    judges them by policies, and writes reports.
  - A source that fails costs only itself. What it did wrong stands in RV(sources) and in the reports.
  - Sessions stream through. The C(csv) and C(ndjson) reports are written page by page, so that very large audits need
    little memory.
extends_documentation_fragment:
  - deskops.vdi.attributes
attributes:
  check_mode:
    support: full
    details:
      - All sources are asked, no report is written.
  diff_mode:
    support: none
    details:
      - A report is a picture of one moment.
  idempotent:
    support: none
    details:
      - Reports carry the time of the audit, so that writing them is a change each time. Without O(reports) nothing
        changes.
  action_group:
    description: No group of C(module_defaults) sets options for this module.
    support: none
    membership: []
    details:
      - Each source has its connection options of its own, and takes none from defaults or from the environment, so
        that no secret meets another's server.
options:
  sources:
    description:
      - Where to look for sessions.
    type: list
    elements: dict
    required: true
    suboptions:
      platform:
        description:
          - Platform of the source.
        type: str
        choices: [ras, cvad, fastx]
        required: true
      name:
        description:
          - Name of the source in reports and results. Names must differ.
        type: str
        required: true
      filters:
        description:
          - Which sessions to look at, all if empty. The names and values are those of the filtering options of
            M(deskops.vdi.ras_session_info) (O(deskops.vdi.ras_session_info#module:site),
            O(deskops.vdi.ras_session_info#module:state) and so on) or M(deskops.vdi.cvad_session_info), and
            O(deskops.vdi.fastx_session_info#module:all_users) and O(deskops.vdi.fastx_session_info#module:filters) of
            M(deskops.vdi.fastx_session_info).
        type: dict
        default: {}
      url:
        description:
          - Address of the server. For C(cvad) a list of controllers, of which the next is asked when one does not
            answer, or answers with a status of 500 or above; for the others one address.
        type: list
        elements: str
        required: true
      username:
        description:
          - User to sign in as.
        type: str
      password:
        description:
          - Password of the user.
        type: str
      auth_token:
        description:
          - Token of a sign-in, instead of a password.
        type: str
      client_id:
        description:
          - Id of an API client of Citrix Cloud. Only for C(cvad).
        type: str
      client_secret:
        description:
          - Secret of the API client. Only for C(cvad).
        type: str
      token_url:
        description:
          - Address for signing in to Citrix Cloud. Only for C(cvad).
        type: str
      customer_id:
        description:
          - Customer of Citrix Cloud. Only for C(cvad).
        type: str
      site:
        description:
          - Name or id of the site. Only for C(cvad); for C(ras) use O(sources[].filters).
        type: str
      url_style:
        description:
          - Form of the addresses of the API, as in M(deskops.vdi.cvad_session_info). Only for C(cvad).
        type: str
      api_family:
        description:
          - Generation of the API, as in M(deskops.vdi.ras_session_info). Only for C(ras).
        type: str
      api_version:
        description:
          - Version of the API, as in M(deskops.vdi.fastx_session_info). Only for C(fastx).
        type: str
      base_path:
        description:
          - First part of the API's paths, as in M(deskops.vdi.fastx_session_info). Only for C(fastx).
        type: str
      list_path:
        description:
          - Path of the session list, as in M(deskops.vdi.fastx_session_info). Only for C(fastx).
        type: str
      validate_certs:
        description:
          - Whether the server's certificate is checked; V(true) if not set.
        type: bool
      ca_path:
        description:
          - PEM file, or folder prepared with C(c_rehash), of the authorities to trust, instead of the system's.
        type: path
      client_cert:
        description:
          - PEM file of a client certificate.
        type: path
      client_key:
        description:
          - PEM file of the key of O(sources[].client_cert), not encrypted.
        type: path
      use_proxy:
        description:
          - Whether the proxy variables of the environment are honoured; V(true) if not set.
        type: bool
      timeout:
        description:
          - Seconds to wait for the next part of an answer; V(30) if not set.
        type: int
      retries:
        description:
          - How often a read is repeated after a passing fault; V(3) if not set.
        type: int
      allow_insecure_http:
        description:
          - Whether plain HTTP to another machine is allowed; V(false) if not set.
        type: bool
  policies:
    description:
      - What sessions are judged by. Each session, or user, that breaks one is a finding.
      - Times are seconds, or a number with V(s), V(m), V(h), V(d) or V(w), for example V(4h).
      - Patterns may hold C(*), C(?) and C([]), match the whole name, and do not mind the letter case.
    type: dict
    default: {}
    suboptions:
      idle_longer_than:
        description:
          - Sessions that have been idle for longer than this time.
        type: str
      disconnected_longer_than:
        description:
          - Sessions that have been disconnected for longer than this time.
          - Sessions of Parallels RAS are not judged by it, since its list does not tell when they were disconnected.
        type: str
      session_older_than:
        description:
          - Sessions whose logon is longer ago than this time.
        type: str
      sessions_per_user_above:
        description:
          - Users who have more sessions than this, over all sources.
        type: int
      forbidden_users:
        description:
          - Patterns of users who must not have a session.
        type: list
        elements: str
      forbidden_hosts:
        description:
          - Patterns of hosts on which nobody must have a session.
        type: list
        elements: str
      forbidden_clients:
        description:
          - Patterns of the names and addresses of devices from which nobody must have a session.
        type: list
        elements: str
      forbidden_applications:
        description:
          - Patterns of published applications that nobody must use.
        type: list
        elements: str
      forbidden_protocols:
        description:
          - Patterns of protocols that nobody must use.
        type: list
        elements: str
  reports:
    description:
      - The reports to write, where the module runs. Each appears in one step when all are complete; until then, and
        after a failure, what stood there before stays. The folders must exist.
      - A path that is taken by something else than a file, or a link to one, is refused before anything is asked.
    type: dict
    default: {}
    suboptions:
      html:
        description:
          - Path of a page for people, in one file that asks no other server for anything. It shows 10,000 sessions at
            most. Needs Jinja2.
        type: path
      csv:
        description:
          - Path of a table of all sessions that is safe to open in a spreadsheet.
        type: path
      json:
        description:
          - Path of everything as one JSON object.
        type: path
      ndjson:
        description:
          - Path of all sessions as JSON, one on each line.
        type: path
  reports_mode:
    description:
      - Permissions of the reports, octal digits in quotes. They hold personal data.
    type: str
    default: '0600'
  title:
    description:
      - Title of the HTML report.
    type: str
    default: Session audit
  pseudonymize_users:
    description:
      - Whether names of users, their devices and their addresses are replaced by stand-ins in the reports and in the
        result.
    type: bool
    default: false
  pseudonym_key:
    description:
      - Secret that makes the stand-ins the same in each audit, 16 characters at least. If not set, they differ from
        audit to audit.
    type: str
  on_source_failure:
    description:
      - What a failed source means for the task, once the reports are written.
    type: str
    choices: [warn, fail]
    default: warn
  parallel:
    description:
      - How many sources are asked at the same time, 1 to 50.
    type: int
    default: 10
  return_sessions:
    description:
      - Whether the sessions themselves are returned. With very many of them Ansible needs longer for the result than
        the audit for reading them.
    type: bool
    default: false
  raw:
    description:
      - Whether each session carries the platform's own record as C(raw), in the result and in the C(json) and C(ndjson)
        reports. Not with O(pseudonymize_users), which it would undo. Reading takes longer.
    type: bool
    default: false
requirements:
  - python >= 3.11
  - httpx >= 0.27.1
  - pydantic >= 2.8
  - Jinja2 (for the HTML report)
notes:
  - With C(-v) the progress of each source shows while the module runs in process.
seealso:
  - module: deskops.vdi.ras_session_info
  - module: deskops.vdi.cvad_session_info
  - module: deskops.vdi.fastx_session_info
"""

EXAMPLES = r"""
- name: Audit one RAS farm and write a page for people
  deskops.vdi.session_audit:
    sources:
      - platform: ras
        name: Head office
        url: https://ras.example.com:20443
        username: monitor
        password: "{{ vault_ras_password }}"
        ca_path: "{{ ras_ca_path | default(omit) }}"
    reports:
      html: /tmp/sessions.html

- name: Audit all farms, and fail if one could not be asked
  deskops.vdi.session_audit:
    sources:
      - platform: ras
        name: Head office
        url: https://ras.example.com:20443
        username: monitor
        password: "{{ vault_ras_password }}"
        ca_path: "{{ ras_ca_path | default(omit) }}"
        filters:
          source: RDS
      - platform: cvad
        name: Sales
        url:
          - https://ddc1.example.com
          - https://ddc2.example.com
        username: EXAMPLE\monitor
        password: "{{ vault_cvad_password }}"
        ca_path: "{{ cvad_ca_path | default(omit) }}"
      - platform: fastx
        name: Engineering
        url: https://fastx.example.com:3443
        username: monitor
        password: "{{ vault_fastx_password }}"
        ca_path: "{{ fastx_ca_path | default(omit) }}"
        filters:
          all_users: true
    policies:
      idle_longer_than: 4h
      disconnected_longer_than: 2d
      sessions_per_user_above: 3
      forbidden_users: ["svc-*", administrator]
    reports:
      csv: /tmp/sessions.csv
      html: /tmp/sessions.html
    on_source_failure: fail
  register: audit

- name: Show what was found
  ansible.builtin.debug:
    msg: "{{ audit.findings }}"

- name: Count the sessions of one farm without names of users
  deskops.vdi.session_audit:
    sources:
      - platform: ras
        name: Head office
        url: https://ras.example.com:20443
        username: monitor
        password: "{{ vault_ras_password }}"
        ca_path: "{{ ras_ca_path | default(omit) }}"
    pseudonymize_users: true
"""

RETURN = r"""
generated:
  description: Time of the audit in UTC.
  returned: success
  type: str
  sample: "2026-01-31T08:15:00Z"
summary:
  description: How many sessions, users and findings there are, and how the sessions are spread.
  returned: success
  type: dict
  sample:
    by_platform:
      ras: 2
    findings: 1
    sessions: 2
findings:
  description: What breaks a policy.
  returned: success
  type: list
  elements: dict
  contains:
    policy:
      description: Name of the policy.
      type: str
    user:
      description: Name of the user.
      type: str
    domain:
      description: Domain of the user.
      type: str
    session:
      description:
        - The session, with C(platform), C(farm), C(id), C(state), C(host) and C(logon_time); null for a policy about
          users.
      type: dict
    farms:
      description: How many sessions the user has in which source.
      returned: for policies about users
      type: dict
    measured:
      description: What was measured, seconds for times.
      type: raw
    limit:
      description: What the policy allows, or the pattern that matched.
      type: raw
  sample:
    - domain: EXAMPLE
      limit: 14400
      measured: 20112
      policy: idle_longer_than
      session:
        farm: Head office
        host: rds-01.example.test
        id: RDS/1/3
        logon_time: "2026-01-31T08:15:00Z"
        platform: ras
        state: idle
      user: anna
sources:
  description: How each source did.
  returned: success
  type: list
  elements: dict
  contains:
    platform:
      description: Platform of the source.
      type: str
    name:
      description: Name of the source.
      type: str
    failed:
      description: Whether it failed. The sessions that it told before are counted.
      type: bool
    error:
      description: What went wrong; null if nothing did.
      type: str
    failure:
      description: What went wrong, for use in conditions, with C(kind), C(status), C(code) and C(detail).
      type: dict
    sessions:
      description: How many sessions it told.
      type: int
  sample:
    - error: null
      failed: false
      failure: null
      name: Head office
      platform: ras
      sessions: 2
reports:
  description: Path of each report, also where check mode did not write it.
  returned: success
  type: dict
  sample:
    html: /tmp/sessions.html
sessions:
  description: The sessions in the record that all platforms share, with the policies that each breaks.
  returned: when O(return_sessions=true)
  type: list
  elements: dict
  sample:
    - farm: Head office
      id: RDS/1/3
      platform: ras
      state: idle
      user: anna
"""

from typing import Any

from ..module_utils._errors import BadInputError
from ..module_utils._fields import check_range
from ..module_utils._sessions.audit import Source, run_audit, source_options
from ..module_utils._sessions.policies import POLICY_OPTIONS
from ..module_utils._sessions.reports import DEFAULT_MODE, WRITERS, AuditOptions
from ..module_utils._task import ArgumentSpec, Task, run_module

ARGUMENT_SPEC = ArgumentSpec(
    {
        "sources": {"type": "list", "elements": "dict", "required": True, "options": source_options()},
        "policies": {"type": "dict", "default": {}, "options": POLICY_OPTIONS},
        "reports": {"type": "dict", "default": {}, "options": {name: {"type": "path"} for name in WRITERS}},
        "reports_mode": {"type": "str", "default": DEFAULT_MODE},
        "title": {"type": "str", "default": AuditOptions.title},
        "pseudonymize_users": {"type": "bool", "default": False},
        "pseudonym_key": {"type": "str", "no_log": True},
        "on_source_failure": {"type": "str", "choices": ["warn", "fail"], "default": "warn"},
        "parallel": {"type": "int", "default": 10},
        "return_sessions": {"type": "bool", "default": False},
        "raw": {"type": "bool", "default": False},
    }
)


def run(task: Task) -> dict[str, Any]:
    params = task.params
    sources = [Source(options, position, task) for position, options in enumerate(params["sources"])]
    if len({source.name for source in sources}) < len(sources):
        raise BadInputError("sources: two have the same name; give each its own.")
    check_range("parallel", params["parallel"], 1, 50)
    options = AuditOptions(
        reports=params["reports"],
        policies=params["policies"],
        mode=params["reports_mode"],
        pseudonymize_users=params["pseudonymize_users"],
        pseudonym_key=params["pseudonym_key"],
        keep_sessions=params["return_sessions"],
        write=not task.check_mode,
        title=params["title"],
    )
    audit = run_audit(task, sources, options, params["parallel"], params["raw"])
    result = {"changed": bool(audit.reports), **audit.as_dict()}
    failures = [f"{source['name']}: {source['error']}" for source in audit.sources if source["failed"]]
    if failures and params["on_source_failure"] == "fail":
        text = f"{len(failures)} of {len(sources)} sources failed. {' '.join(failures)}"
        return {**result, "failed": True, "msg": text}
    for failure in failures:
        task.warn(f"A source of the audit failed. {failure}")
    return result


def main() -> None:
    run_module(ARGUMENT_SPEC, run)


if __name__ == "__main__":
    main()

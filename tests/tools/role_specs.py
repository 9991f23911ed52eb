# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the roles' argument specs, whose nested options are those of the modules that the roles call.

The file that tells of misspelt variables is written too, and of the roles that set something up all others: see
role_tasks.

    PYTHONPATH=tests python -m tools.role_specs [--check]

A role's variable takes the options of a module, so its documentation is the module's, with the module's constraints.
With `--check`, nothing is written, and the exit status tells whether a file is out of date.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import json
import re
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from tools.collection_tree import ROOT, link_tree
from tools.commands import environment, tool
from tools.role_tasks import NAMES_FILE, Step, files, names_file

COLLECTION = "deskops.vdi"
VERSION_ADDED = "1.0.0"
AUTHOR = "deskops.vdi contributors (@deskops)"
# A licence that stands twice in a file is a fault to license-check: the lines at the top of this one serve for both.
LICENCE = Path(__file__).read_text("utf-8").partition("\n\n")[0]
HEADER = f"""---
{LICENCE}

# Made by tests/tools/role_specs.py from the documentation of the modules. Change it there, or in the modules."""
LINE_LENGTH = 120
# Constraints of a module's argument spec that are lists of lists of options; a role's has them under the same names.
CONSTRAINTS = ("mutually_exclusive", "required_together", "required_one_of")
# Keys of a documented option that a role's argument spec knows too.
KEPT = ("description", "type", "elements", "choices", "default", "required", "version_added")
# O(name), RV(name) without a plugin in front, and a link to an option of another plugin.
_MARKUP = re.compile(r"\b(O|RV)\(([^():#=]+)(=[^()]*)?\)")


@dataclass(frozen=True)
class Module:
    """A module as its documentation and its argument spec show it."""

    name: str
    options: Mapping[str, Mapping[str, Any]]
    spec: Mapping[str, Mapping[str, Any]]
    constraints: Mapping[str, Any]


@dataclass(frozen=True)
class Connection:
    """A variable that is a dict of the connection options of a platform, as this module of the platform has them.

    replaced: descriptions of nested options which the role understands otherwise than the module.
    """

    module: str
    description: tuple[str, ...]
    replaced: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Items:
    """A variable that is a list, of which each item takes the options of a module but those of the connection.

    task: the name of the role's task that goes through it; after: a file of tasks that follows; result_after: what is
    registered there of a change, applied: of applying this list's changes before it. replaced: as above.
    """

    module: str
    description: tuple[str, ...]
    task: str
    after: str = ""
    result_after: str = ""
    applied: str = ""
    replaced: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Option:
    """A variable that is an option of a module: its documentation, its nested options, and whether it is required.

    The variable's name is the role's and the option's. What the text says of the module's other options is said of the
    role's variables that stand for these.
    """

    module: str
    option: str


@dataclass(frozen=True)
class Choices:
    """A variable that is a dict of choices, one for each nested option of a module's option, but for those left out.

    each: the description of a choice, where {name} is the nested option.
    """

    module: str
    option: str
    left_out: tuple[str, ...]
    choices: tuple[str, ...]
    description: tuple[str, ...]
    each: str


@dataclass(frozen=True)
class Plain:
    """A variable of its own, as the argument spec has it."""

    spec: Mapping[str, Any]


Variable = Connection | Items | Option | Choices | Plain


@dataclass(frozen=True)
class Role:
    """A role: its texts and its variables, a list after the other in the order of its tasks."""

    short_description: str
    description: tuple[str, ...]
    variables: Mapping[str, Variable]
    seealso: tuple[str, ...] = ()
    # Its tasks, variables and defaults are made as well.
    made: bool = False


def _apply() -> Plain:
    """The variable that says whether staged changes are applied; alike in every RAS role."""
    return Plain(
        {
            "description": [
                "When the staged changes of the farm are applied, in the session that made them.",
                "V(when_changed) applies once if this run has changed something, V(always) in any case.",
                "V(never) leaves the changes staged; the role then says so.",
                f"Applying concerns the whole farm, also what others staged: see M({COLLECTION}.ras_settings_apply).",
            ],
            "type": "str",
            "choices": ["when_changed", "always", "never"],
        }
    )


def _options(role: str, module: str, *names: str) -> dict[str, Variable]:
    """Variables of a role that are options of a module."""
    return {f"{role}_{name}": Option(module, name) for name in names}


def _ras_connection(role: str) -> Connection:
    return Connection(
        "ras_auth",
        (
            "How to reach the RAS web administration service.",
            "What is not set comes from the environment: E(RAS_URL), E(RAS_USERNAME), E(RAS_PASSWORD), and so on.",
            f"With O({role}_connection.auth_token) the role works in that session, and neither logs on nor off.",
            "So it does with E(RAS_AUTH_TOKEN), unless a password or another address is given here.",
        ),
        {
            "password": (
                f"Password of O({role}_connection.username).",
                "The role logs on with it, and logs off at its end, also after a failure.",
                f"Excludes O({role}_connection.auth_token).",
                "If neither is set, E(RAS_AUTH_TOKEN) is used, and E(RAS_PASSWORD) without it.",
            )
        },
    )


def _items(role: str, module: str, plural: str, task: str) -> Items:
    """A list of objects that a role sets up; plural: what they are called."""
    return Items(
        module,
        (f"The {plural}. Each item takes the options of M({COLLECTION}.{module}).",),
        task,
        replaced={
            "site": (
                f"Name or id of the site. If not set, that of O({role}_site).",
                "If neither is set, an existing object is looked for in all sites.",
                "A new one is then added to the site that the RAS server chooses, that of the licensing server.",
            )
        },
    )


def _setup_role(role: str, short_description: str, what: str, lists: Mapping[str, Items], *seealso: str) -> Role:
    """A role that sets up lists of objects in one session. what: they are called this in its description."""
    return Role(
        short_description,
        (
            f"Brings {what} to the state that you describe.",
            "Works in one session of a RAS administrator, and applies the changes once.",
            "A second run changes nothing. Check mode writes nothing.",
        ),
        {
            **lists,
            f"{role}_site": Plain(
                {"description": ["Site, by name or id, of the items that name none."], "type": "str"}
            ),
            f"{role}_apply": _apply(),
            f"{role}_connection": _ras_connection(role),
        },
        (*(items.module for items in lists.values()), *seealso, "ras_settings_apply"),
        made=True,
    )


def _broker_gateway_setup() -> Role:
    """Brokers and gateways, with the promotion of a broker in between."""
    name = "ras_broker_gateway_setup"
    brokers = _items(name, "ras_broker", "connection brokers", "Bring the connection brokers to their state")
    role = _setup_role(
        name,
        "Set up connection brokers and secure gateways of a Parallels RAS farm",
        "connection brokers and secure gateways",
        {
            f"{name}_brokers": replace(
                brokers, after="promote", result_after=f"{name}_promotion", applied=f"{name}_applied"
            ),
            f"{name}_gateways": _items(
                name, "ras_gateway", "secure gateways", "Bring the secure gateways to their state"
            ),
        },
        "ras_broker_promote",
    )
    promote = Plain(
        {
            "description": [
                "Name or address of the connection broker that is to be the primary one. If not set, none is promoted.",
                f"Looked for in the site O({name}_site), if that is set.",
                "The session ends with a promotion; the role then logs on again and goes on.",
                "What was changed before is applied first, and what follows once more at the end.",
            ],
            "type": "str",
        }
    )
    return replace(role, variables={**role.variables, f"{name}_promote": promote})


ROLES: Mapping[str, Role] = {
    "ras_basic_setup": _setup_role(
        "ras_basic_setup",
        "Set up secure gateways and RDS servers of a Parallels RAS farm",
        "secure gateways and RDS servers",
        {
            "ras_basic_setup_gateways": _items(
                "ras_basic_setup", "ras_gateway", "secure gateways", "Bring the secure gateways to their state"
            ),
            "ras_basic_setup_rds_servers": _items(
                "ras_basic_setup", "ras_rds_server", "RDS servers", "Bring the RDS servers to their state"
            ),
        },
    ),
    "ras_publishing": _setup_role(
        "ras_publishing",
        "Publish folders, desktops and applications of a Parallels RAS farm",
        "published folders, desktops and applications",
        {
            "ras_publishing_folders": _items(
                "ras_publishing", "ras_published_folder", "folders", "Bring the folders to their state"
            ),
            "ras_publishing_desktops": _items(
                "ras_publishing", "ras_published_desktop", "desktops", "Bring the desktops to their state"
            ),
            "ras_publishing_apps": _items(
                "ras_publishing", "ras_published_app", "applications", "Bring the applications to their state"
            ),
        },
        "ras_published_info",
    ),
    "ras_rds_setup": _setup_role(
        "ras_rds_setup",
        "Set up RDS servers and host pools of a Parallels RAS farm",
        "RDS servers and the pools that they belong to",
        {
            "ras_rds_setup_servers": _items(
                "ras_rds_setup", "ras_rds_server", "RDS servers", "Bring the RDS servers to their state"
            ),
            "ras_rds_setup_host_pools": _items(
                "ras_rds_setup", "ras_rds_host_pool", "host pools", "Bring the host pools to their state"
            ),
        },
    ),
    "ras_broker_gateway_setup": _broker_gateway_setup(),
    "ras_licensing": Role(
        "Activate or deactivate the licence of a Parallels RAS farm",
        (
            "Brings the licence of the farm to the state that you describe, in one session of a RAS administrator.",
            "A second run changes nothing. Check mode writes nothing. There is nothing to apply.",
            f"The result stands in C(ras_licensing_result) afterwards: what M({COLLECTION}.ras_license) returns.",
        ),
        {
            **_options(
                "ras_licensing", "ras_license", "state", "license_email", "license_password", "license_key", "force"
            ),
            "ras_licensing_connection": _ras_connection("ras_licensing"),
        },
        ("ras_license", "ras_license_info"),
    ),
    "ras_maintenance": Role(
        "Restart RD session hosts of a Parallels RAS farm in batches",
        (
            "Takes hosts out of service batch by batch: refuses logons, tells the users, waits until they left.",
            "Then restarts the hosts, waits for their agents, and opens the logons again, also after a failure.",
            "Works in one session of a RAS administrator. Check mode shows the plan, and whom it would meet.",
            "Hosts that an interrupted run left without logons come first.",
            "C(ras_maintenance_result) tells afterwards which hosts are done, stayed busy, or may still refuse logons.",
        ),
        {
            **{
                f"ras_maintenance_{name}": Plain({"description": list(description), **spec})
                for name, spec, *description in (
                    (
                        "hosts",
                        {"type": "list", "elements": "str"},
                        "RDS servers to restart, by name; letter case does not matter.",
                        "Either this or O(ras_maintenance_pool) must be set.",
                        "Name no host whose logons shall stay closed; one that is closed counts as interrupted.",
                    ),
                    ("pool", {"type": "str"}, "Host pool whose RDS servers are to be restarted, by name."),
                    ("site", {"type": "str"}, "Site of the hosts, by name or id. All sites if not set."),
                    (
                        "batch",
                        {"type": "str"},
                        "How many hosts are taken out at the same time, as a number, or as a share like V(25%).",
                        "Hosts that an interrupted run left form the first batch, however many they are.",
                    ),
                    (
                        "max_share",
                        {"type": "int"},
                        "How much of a pool may be out at once, in percent.",
                        "Hosts of the pool that are out for other reasons count. If it would be more, nothing is done.",
                    ),
                    (
                        "message",
                        {"type": "str"},
                        "What the users of a host are told when it is taken out. Nothing if empty.",
                    ),
                    ("title", {"type": "str"}, "Title of the message."),
                    ("leave_timeout", {"type": "int"}, "Seconds that the users have to leave."),
                    ("leave_interval", {"type": "int"}, "Seconds between two looks at who is still there."),
                    (
                        "when_users_stay",
                        {"type": "str", "choices": ["fail", "skip", "log_off"]},
                        "What happens when users have not left in time; disconnected sessions count.",
                        "V(fail) opens the logons of their hosts, restarts the rest of the batch, and then fails.",
                        "V(skip) opens the logons of their hosts, and goes on with the others.",
                        "V(log_off) logs the users off. Work that was not saved is lost.",
                    ),
                    ("reboot_timeout", {"type": "int"}, "Seconds that a host has to come back."),
                    (
                        "journal",
                        {"type": "path"},
                        "File on the controller that remembers which hosts are done, until all are.",
                        "A run that finds it goes on where the one before was interrupted.",
                        "A relative name counts from the folder in which C(ansible-playbook) was started.",
                        "If empty, a second run restarts hosts again that were done.",
                    ),
                    (
                        "apply",
                        {"type": "str", "choices": ["never", "when_waiting"]},
                        "Whether staged changes of the farm are applied at the end. The role itself stages none.",
                        "V(when_waiting) applies them if the logon told that some wait.",
                        f"Applying concerns the whole farm, see M({COLLECTION}.ras_settings_apply).",
                    ),
                )
            },
            "ras_maintenance_connection": _ras_connection("ras_maintenance"),
        },
        ("ras_rds_server_control", "ras_session", "ras_session_message", "ras_settings_apply"),
    ),
    "session_audit": Role(
        "Audit the user sessions of RAS farms, CVAD sites and FastX clusters",
        (
            "Asks all sources at the same time, judges their sessions by policies, and writes reports.",
            "Ends sessions that break a policy where O(session_audit_enforce) says so; it is off by default.",
            f"The result stands in C(session_audit_result) afterwards: what M({COLLECTION}.session_audit) returns.",
        ),
        {
            **_options(
                "session_audit",
                "session_audit",
                "sources",
                "policies",
                "reports",
                "reports_mode",
                "title",
                "pseudonymize_users",
                "pseudonym_key",
                "on_source_failure",
                "parallel",
                "return_sessions",
                "raw",
            ),
            "session_audit_enforce": Choices(
                "session_audit",
                "policies",
                ("sessions_per_user_above",),
                ("disconnected", "absent"),
                (
                    "What is done to the sessions that break a policy. Nothing if empty.",
                    "Names policies that O(session_audit_policies) sets, each with what is done to the sessions found.",
                    "V(disconnected) disconnects them, V(absent) logs them off.",
                    "Only sessions of C(cvad) sources, and those of RDS hosts of C(ras) sources, can be ended so.",
                    "If an enforced policy finds another one, the role tells its source and ends none.",
                    "All sources concerned are asked in check mode first. If one refuses, no session is ended.",
                    "C(sessions_per_user_above) cannot be enforced: it does not tell which session is one too many.",
                    "In check mode the role lists what would happen to which session, and ends none.",
                ),
                "What is done to a session that O(session_audit_policies.{name}) finds.",
            ),
            "session_audit_max_affected": Plain(
                {
                    "description": [
                        "How many sessions of all sources O(session_audit_enforce) may disconnect and log off at most.",
                        "If more would be hit, nothing is done.",
                        "Must be set when O(session_audit_enforce) is.",
                    ],
                    "type": "int",
                }
            ),
        },
        ("session_audit", "cvad_session", "ras_session"),
    ),
}


def modules_of(role: Role) -> set[str]:
    """The modules whose options a role's variables take."""
    return {variable.module for variable in role.variables.values() if not isinstance(variable, Plain)}


@functools.cache
def load_modules() -> Mapping[str, Module]:
    """All modules whose options roles take: documentation with its fragments as ansible-doc shows it, and the argument
    specs from the modules themselves."""
    full = [f"{COLLECTION}.{name}" for name in sorted({name for role in ROLES.values() for name in modules_of(role)})]
    tree = link_tree()
    with tempfile.TemporaryDirectory(prefix="deskops-specs-") as home:
        done = subprocess.run(
            [tool("ansible-doc"), "--json", "--type", "module", *full],
            env=environment(Path(home), ANSIBLE_COLLECTIONS_PATH=str(tree)),
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
        )
    documented = json.loads(done.stdout) if done.returncode == 0 else {}
    missing = sorted(set(full) - set(documented))
    if missing:
        raise SystemExit(f"ansible-doc does not show {', '.join(missing)}: {done.stderr.strip()}")
    return {name.rpartition(".")[2]: _module(name, documented[name]["doc"], tree) for name in full}


def _module(full: str, doc: Mapping[str, Any], tree: Path) -> Module:
    if str(tree) not in sys.path:
        sys.path.insert(0, str(tree))
    name = full.rpartition(".")[2]
    code = importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.modules.{name}")
    spec = code.ARGUMENT_SPEC
    return Module(
        name, doc["options"], spec.options, {key: value for key, value in spec.constraints().items() if value}
    )


def connection_options(module: Module) -> list[str]:
    """The names of the connection options, which the platform of a module's name has."""
    options = importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.module_utils._options")
    platform = options.PLATFORMS[module.name.partition("_")[0]]
    return [option.name for option in platform.options]


def _nested(module: Module, names: list[str], prefix: str) -> dict[str, Any]:
    """The given options of a module as nested options of a variable, with the constraints among them."""
    options = {name: _option(module.options[name], module.spec[name], module, prefix, names) for name in names}
    constraints = {
        kind: [group for group in groups if set(group) <= set(names)]
        for kind, groups in module.constraints.items()
        if kind in CONSTRAINTS
    }
    left = set(module.constraints) - set(CONSTRAINTS)
    if left:
        raise SystemExit(f"{module.name}: {', '.join(sorted(left))} cannot be carried over to a role's spec yet.")
    return {**{kind: groups for kind, groups in constraints.items() if groups}, "options": options}


def _option(
    documented: Mapping[str, Any], spec: Mapping[str, Any], module: Module, prefix: str, names: list[str]
) -> dict[str, Any]:
    def reference(text: str) -> str:
        return _moved(text, module, prefix, names)

    option = {key: documented[key] for key in KEPT if key in documented}
    option["description"] = [reference(line) for line in _lines(documented["description"])]
    if spec.get("no_log"):
        option["no_log"] = True
    inner = documented.get("suboptions")
    if inner:
        option["options"] = {
            name: _option(one, (spec.get("options") or {}).get(name, {}), module, prefix, names)
            for name, one in inner.items()
        }
    return option


def _lines(text: Any) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def _moved(text: str, module: Module, prefix: str, names: list[str]) -> str:
    """A module's description, with what it says of its own options said of the variable's nested ones."""

    def new(found: re.Match[str]) -> str:
        kind, name, value = found.group(1), found.group(2), found.group(3) or ""
        if kind == "O" and name.partition(".")[0].partition("[")[0] in names:
            return f"O({prefix}{name}{value})"
        return f"{kind}({COLLECTION}.{module.name}#module:{name}{value})"

    return _MARKUP.sub(new, text)


def _variable(name: str, variable: Variable, modules: Mapping[str, Module]) -> dict[str, Any]:
    if isinstance(variable, Plain):
        return dict(variable.spec)
    module = modules[variable.module]
    if isinstance(variable, Option):
        prefix = name.removesuffix(variable.option)
        return _option(module.options[variable.option], module.spec[variable.option], module, prefix, [*module.spec])
    if isinstance(variable, Choices):
        return _choices(variable, module)
    names, prefix, type_ = connection_options(module), f"{name}.", {"type": "dict"}
    if isinstance(variable, Items):
        # The order of the argument spec, which ansible-doc does not keep.
        names = [option for option in module.spec if option not in names]
        prefix, type_ = f"{name}[].", {"type": "list", "elements": "dict"}
    nested = _nested(module, names, prefix)
    for option, description in variable.replaced.items():
        nested["options"][option]["description"] = list(description)
    return {"description": list(variable.description), **type_, **nested}


def _choices(variable: Choices, module: Module) -> dict[str, Any]:
    return {
        "description": list(variable.description),
        "type": "dict",
        "options": {
            name: {
                "description": [variable.each.format(name=name)],
                "type": "str",
                "choices": list(variable.choices),
            }
            for name in module.spec[variable.option]["options"]
            if name not in variable.left_out
        },
    }


def spec(name: str, role: Role, modules: Mapping[str, Module]) -> dict[str, Any]:
    """The argument spec of a role. A variable that has a default in the role has it here too, and no other has one.

    Only an option that a module requires is required here.
    """
    path = role_folder(name) / "defaults" / "main.yml"
    made = _made(name, role, modules).get(path)
    defaults: dict[str, Any] = yaml.safe_load(made or path.read_text("utf-8"))
    options = {}
    for variable_name, variable in role.variables.items():
        options[variable_name] = _variable(variable_name, variable, modules)
        options[variable_name].pop("default", None)
        if variable_name in defaults:
            options[variable_name]["default"] = defaults[variable_name]
    return {
        "argument_specs": {
            "main": {
                "short_description": role.short_description,
                "description": list(role.description),
                "version_added": VERSION_ADDED,
                "author": [AUTHOR],
                "seealso": [{"module": f"{COLLECTION}.{module}"} for module in role.seealso],
                "options": options,
            }
        }
    }


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key, as yamllint asks, and repeats what is the same instead of naming it."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def text(name: str, modules: Mapping[str, Module]) -> str:
    """The file of a role."""
    wanted = spec(name, ROLES[name], modules)
    body = yaml.dump(wanted, Dumper=_Dumper, sort_keys=False, width=sys.maxsize, allow_unicode=True)
    wrapped = "".join(f"{_wrapped(line)}\n" for line in body.splitlines())
    if yaml.safe_load(wrapped) != wanted:
        raise SystemExit(f"{name}: a text changed its meaning when its lines were broken.")
    return f"{HEADER}\n\n{wrapped}"


def _wrapped(line: str) -> str:
    """A long item of a list on several lines; PyYAML's own wrapping lets a word stand out at the end of a line."""
    start = re.match(r" *(- )?", line)
    indent = " " * (start.end() if start else 0)
    return "\n".join(
        textwrap.wrap(line, LINE_LENGTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    )


def role_folder(name: str) -> Path:
    return ROOT / "roles" / name


def spec_file(name: str) -> Path:
    return role_folder(name) / "meta" / "argument_specs.yml"


def _made(name: str, role: Role, modules: Mapping[str, Module]) -> dict[Path, str]:
    """The files of a role that sets something up, which are made beside its argument spec."""
    if not role.made:
        return {}
    steps = tuple(
        _step(variable_name, variable, modules[variable.module])
        for variable_name, variable in role.variables.items()
        if isinstance(variable, Items)
    )
    return {role_folder(name) / file: body for file, body in files(name, steps, HEADER).items()}


def _names(name: str, role: Role, made: Mapping[Path, str]) -> dict[Path, str]:
    """The file of a role that tells of misspelt variables. made: its made files, which may not be there yet."""
    path = role_folder(name) / NAMES_FILE
    folders = [role_folder(name) / folder for folder in ("tasks", "vars", "defaults", "templates")]
    there = {file for folder in (*folders, ROOT / "playbooks") for file in folder.rglob("*.*") if file.is_file()}
    texts = [made[file] if file in made else file.read_text("utf-8") for file in {*there, *made} - {path}]
    return {path: names_file(name, role.variables, texts, HEADER)}


def _step(name: str, variable: Items, module: Module) -> Step:
    # A module of an object takes its id or its key.
    key = next(option for group in module.constraints["required_one_of"] for option in group if option != "id")
    return Step(name, variable.module, variable.task, key, variable.after, variable.result_after, variable.applied)


def stale(names: Iterable[str] = tuple(ROLES)) -> dict[Path, str]:
    """The files that differ from what they should be, with what they should be."""
    modules = load_modules()
    texts: dict[Path, str] = {}
    for name in names:
        made = _made(name, ROLES[name], modules)
        texts |= {spec_file(name): text(name, modules), **made, **_names(name, ROLES[name], made)}
    return {path: new for path, new in texts.items() if not path.exists() or path.read_text("utf-8") != new}


def main() -> int:
    """Check, or write."""
    parser = argparse.ArgumentParser(description="Write the argument specs of the roles.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a file is out of date")
    check = parser.parse_args().check
    behind = stale()
    for path, new in behind.items():
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(new, encoding="utf-8")
        sys.stdout.write(f"{'Out of date' if check else 'Written'}: {path.relative_to(ROOT)}\n")
    if check and behind:
        sys.stdout.write("Run `PYTHONPATH=tests python -m tools.role_specs` and commit the result.\n")
    return 1 if check and behind else 0


if __name__ == "__main__":
    sys.exit(main())

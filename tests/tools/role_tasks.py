# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of roles that are made from the templates in the folder beside this one.

Roles that set something up (one session, one list after the other, one apply) differ in the lists alone, of which each
item has the options of a module: they are made as a whole, so that all of them treat a session alike. The file that
tells of misspelt variables is made for every role.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import jinja2

TEMPLATES = Path(__file__).with_name("templates")
FILES = ("tasks/main.yml", "vars/main.yml", "defaults/main.yml")
NAMES_FILE = "tasks/names.yml"


@dataclass(frozen=True)
class Step:
    """One list of a role. key: the option that names an item; after: a file of tasks to go on with.

    result_after: what the task of that file that may change the farm registers. applied: what the task registers that
    applies this list's changes before it.
    """

    variable: str
    module: str
    task: str
    key: str
    after: str = ""
    result_after: str = ""
    applied: str = ""


def files(role: str, steps: tuple[Step, ...], heading: str) -> Mapping[str, str]:
    """The texts of the files of a role that sets something up, by their names below the role's folder."""
    results = [name for step in steps for name in (f"{step.variable}_result", step.applied, step.result_after) if name]
    changes, unapplied = [], []
    for step in steps:
        change = f"{step.variable}_result is changed"
        changes.append(change)
        unapplied.append(f"({change} and {step.applied} is not changed)" if step.applied else change)
        if step.result_after:
            changes.append(f"{step.result_after} is changed")
            unapplied.append(changes[-1])
    values = {
        "role": role,
        "steps": steps,
        "heading": heading,
        "results": results,
        "changed": " or\n     ".join(changes),
        "unapplied": " or\n     ".join(unapplied),
    }
    return {name: _rendered(name, **values) for name in FILES}


def names_file(role: str, documented: Iterable[str], texts: Iterable[str], heading: str) -> str:
    """The text of the file that tells of misspelt variables.

    documented: the variables that users set; texts: the files in which the others stand that may be there.
    """
    documented = list(documented)
    found = {name for text in texts for name in re.findall(rf"\b{role}_\w+", text)}
    used = {f"{role}_{name}" for name in ("misspelt", "documented", "internal")}
    internal = sorted((found | used) - set(documented))
    return _rendered(NAMES_FILE, role=role, documented=documented, internal=internal, heading=heading)


def _rendered(name: str, **values: object) -> str:
    # The delimiters of Ansible's own templates stay what they are.
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        autoescape=False,
    )
    return templates.get_template(f"role_{name.replace('/', '_')}.j2").render(**values)

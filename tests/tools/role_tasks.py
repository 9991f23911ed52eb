# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of the roles that set something up: one session, one list after the other, one apply.

Such roles differ in the lists alone, of which each item has the options of a module. They are made from the templates
in the folder beside this file, so that all of them treat a session alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import jinja2

TEMPLATES = Path(__file__).with_name("templates")
FILES = ("tasks/main.yml", "handlers/main.yml", "vars/main.yml", "defaults/main.yml")


@dataclass(frozen=True)
class Step:
    """One list of a role. key: the option that names an item; after: a file of tasks to go on with."""

    variable: str
    module: str
    task: str
    key: str
    after: str = ""


def files(role: str, steps: tuple[Step, ...], heading: str) -> Mapping[str, str]:
    """The texts of a role's files, by their names below the role's folder."""
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
    changed = " or\n     ".join(f"{step.variable}_result is changed" for step in steps)
    return {
        name: templates.get_template(f"role_{name.replace('/', '_')}.j2").render(
            role=role, steps=steps, heading=heading, changed=changed
        )
        for name in FILES
    }

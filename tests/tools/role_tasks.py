# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of the roles that set something up: one session, one list after the other, one apply.

Such roles differ in the lists alone, and each item of a list passes on every option of a module. They are made from the
templates in the folder beside this file, so that no option is forgotten and all of them treat a session alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import jinja2

LINE_LENGTH = 120
TEMPLATES = Path(__file__).with_name("templates")
FILES = ("tasks/main.yml", "handlers/main.yml", "vars/main.yml", "defaults/main.yml")
# First what tells which object is meant, as people write it.
FIRST = ("state", "id", "name", "server", "folder", "parent_id", "site")


@dataclass(frozen=True)
class Step:
    """One list of a role. key: the option that names an item; after: a file of tasks to go on with."""

    variable: str
    module: str
    task: str
    key: str
    options: tuple[str, ...]
    after: str = ""

    def arguments(self, role: str) -> Iterator[str]:
        """The lines that pass on an item's options."""
        names = sorted(self.options, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name))
        for name in names:
            fallback = f"{role}_site | default(omit)" if name == "site" else "omit"
            value = f"{{{{ {role}_item.{name} | default({fallback}) }}}}"
            line = f'{name}: "{value}"'
            # Eight columns of indentation.
            yield from [line] if len(line) + 8 <= LINE_LENGTH else [f"{name}: >-", f"  {value}"]


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

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run ansible-lint's strictest profile over the whole checkout.

Over a copy of it, since ansible-lint writes beside what it lints and looks for the collection's own roles and modules
by the collection's name.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tools.collection_tree import copy_tree
from tools.commands import environment, run, tool


def main() -> int:
    """Copy and judge."""
    with tempfile.TemporaryDirectory(prefix="deskops-lint-") as scratch:
        collection = copy_tree(Path(scratch) / "tree")
        env = environment(Path(scratch), ANSIBLE_COLLECTIONS_PATH=str(Path(scratch) / "tree"))
        return run([tool("ansible-lint"), "--nocolor", *sys.argv[1:]], cwd=collection, env=env)


if __name__ == "__main__":
    sys.exit(main())

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A home for the collection in which Python and Ansible find it by its name.

That is `ansible_collections/<namespace>/<name>` below a folder of their search path, while a checkout can lie anywhere.
Two kinds of tree make up for that:

- a tree of links below the checkout, for tests and tools that only read: an edit is seen at once;
- a copy anywhere else, for judges that write beside what they judge or that walk the whole tree.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
COLLECTION = Path("ansible_collections", "deskops", "vdi")

# What Ansible reads of a collection. Everything else of a checkout stays out of the links, above all `.cache`, in which
# they lie: a tool that follows links would go round for ever.
LINKED = ("extensions", "galaxy.yml", "meta", "playbooks", "plugins", "roles")

# For a checkout that git does not know (an unpacked archive): what tools leave behind.
_LEFTOVERS = frozenset({".ansible", ".cache", ".git", ".nox", ".venv", "__pycache__", "output"})


def source_files(root: Path = ROOT) -> list[Path]:
    """The files that belong to the checkout, relative to it: tracked, or new and not ignored."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, check=False) if (root / ".git").exists() else None
    if listed is None or listed.returncode:
        return sorted(_walked_files(root))
    names = {Path(os.fsdecode(name)) for name in listed.stdout.split(b"\0") if name}
    # A file that was removed but not yet in git's index is still listed.
    return sorted(name for name in names if os.path.lexists(root / name))


def _walked_files(root: Path) -> list[Path]:
    found: list[Path] = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in _LEFTOVERS]
        found.extend((Path(folder) / name).relative_to(root) for name in names if not name.endswith(".pyc"))
    return found


def copy_tree(destination: Path, root: Path = ROOT) -> Path:
    """Copy the checkout below `destination` and return the copy's own folder, `…/ansible_collections/deskops/vdi`."""
    target = destination / COLLECTION
    if target.exists():
        shutil.rmtree(target)
    for name in source_files(root):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / name, target / name, follow_symlinks=False)
    return target


def link_tree(destination: Path = CACHE / "collections", root: Path = ROOT) -> Path:
    """Make the tree of links and return the folder for `ANSIBLE_COLLECTIONS_PATH` and `sys.path`.

    Several processes may do this at once: each link is made aside and moved into place.
    """
    target = destination / COLLECTION
    target.mkdir(parents=True, exist_ok=True)
    for name in LINKED:
        if not (root / name).exists():
            (target / name).unlink(missing_ok=True)
        elif not _points_to(target / name, root / name):
            aside = target / f".{name}.{os.getpid()}"
            aside.unlink(missing_ok=True)
            aside.symlink_to(root / name)
            aside.replace(target / name)
    return destination


def _points_to(link: Path, wanted: Path) -> bool:
    return link.is_symlink() and link.readlink() == wanted

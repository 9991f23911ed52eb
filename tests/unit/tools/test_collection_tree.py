# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The trees in which the collection is found by its name."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tools.collection_tree import COLLECTION, copy_tree, link_tree, source_files


def write(path: Path, text: str = "") -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a file of each sort."""
    root = tmp_path / "checkout"
    for name in (
        "galaxy.yml",
        "plugins/modules/one.py",
        "meta/runtime.yml",
        ".cache/huge",
        "plugins/__pycache__/one.pyc",
    ):
        write(root / name)
    write(root / ".gitignore", ".cache/\n__pycache__/\n")
    return root


@pytest.fixture
def repository(checkout: Path) -> Path:
    """The same, known to git."""
    subprocess.run(["git", "-C", str(checkout), "init", "--quiet"], check=True)
    subprocess.run(["git", "-C", str(checkout), "add", "."], check=True)
    return checkout


WANTED = [Path(".gitignore"), Path("galaxy.yml"), Path("meta/runtime.yml"), Path("plugins/modules/one.py")]


def test_git_says_what_belongs_to_the_checkout(repository: Path) -> None:
    """Ignored files do not."""
    assert source_files(repository) == WANTED


def test_a_new_file_belongs_to_the_checkout_before_it_is_added(repository: Path) -> None:
    """So that the judges see it in time."""
    write(repository / "plugins/modules/two.py")
    assert Path("plugins/modules/two.py") in source_files(repository)


def test_a_removed_file_does_not(repository: Path) -> None:
    """Though git's index still has it."""
    (repository / "galaxy.yml").unlink()
    assert Path("galaxy.yml") not in source_files(repository)


def test_without_git_leftovers_are_left_out(checkout: Path) -> None:
    """An unpacked archive is a checkout too."""
    assert source_files(checkout) == WANTED


def test_a_copy_has_exactly_the_files_of_the_checkout(repository: Path, tmp_path: Path) -> None:
    """And none of an earlier copy."""
    write(tmp_path / "copy" / COLLECTION / "old.txt")
    copy = copy_tree(tmp_path / "copy", repository)
    assert copy == tmp_path / "copy" / "ansible_collections" / "deskops" / "vdi"
    assert sorted(path.relative_to(copy) for path in copy.rglob("*") if path.is_file()) == WANTED


def test_links_show_an_edit_at_once(checkout: Path, tmp_path: Path) -> None:
    """They are links, not copies."""
    tree = link_tree(tmp_path / "links", checkout)
    write(checkout / "plugins/modules/one.py", "new")
    assert (tree / COLLECTION / "plugins/modules/one.py").read_text(encoding="utf-8") == "new"


def test_links_do_not_lead_back_into_themselves(checkout: Path) -> None:
    """The tree lies in the checkout; whoever follows links in it must come to an end."""
    tree = link_tree(checkout / ".cache" / "collections", checkout)
    visited = [folder for folder, _folders, _files in os.walk(tree, followlinks=True)]
    assert len(visited) < 20


def test_links_follow_what_comes_and_goes(checkout: Path, tmp_path: Path) -> None:
    """A second run mends the tree and leaves nothing else in it."""
    tree = link_tree(tmp_path / "links", checkout)
    (checkout / "meta/runtime.yml").unlink()
    (checkout / "meta").rmdir()
    write(checkout / "roles/one/tasks/main.yml")
    link_tree(tmp_path / "links", checkout)
    assert sorted(path.name for path in (tree / COLLECTION).iterdir()) == ["galaxy.yml", "plugins", "roles"]

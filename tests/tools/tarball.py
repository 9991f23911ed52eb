# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the collection's tarball, and look whether it holds what users need and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from tools.collection_tree import CACHE, copy_tree
from tools.commands import environment, tool

# What the tarball holds at its top, and the one file of the tests: ansible-test reads it in the built collection too.
FILES = frozenset({"CHANGELOG.rst", "FILES.json", "LICENSE", "MANIFEST.json", "README.md", "requirements.txt"})
FOLDERS = frozenset({"changelogs", "docs", "extensions", "meta", "playbooks", "plugins", "roles"})
SINGLE = frozenset({"tests", "tests/config.yml"})
NEEDED = ("plugins/modules", "meta/runtime.yml", "README.md", "LICENSE", "CHANGELOG.rst", "tests/config.yml")


class BuildError(Exception):
    """ansible-galaxy refused to build."""


def build(destination: Path) -> Path:
    """Build from a copy of the checkout, so that nothing which git ignores can slip in; return the tarball."""
    destination.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="deskops-build-") as scratch:
        source = copy_tree(Path(scratch))
        out = Path(scratch) / "out"
        command = [tool("ansible-galaxy"), "collection", "build", "--output-path", str(out)]
        done = subprocess.run(
            command, cwd=source, env=environment(Path(scratch)), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise BuildError(done.stdout + done.stderr)
        (built,) = out.glob("*.tar.gz")
        return Path(shutil.copy2(built, destination / built.name))


def unexpected(names: list[str]) -> list[str]:
    """The members of a tarball that users do not need."""
    return [name for name in names if not _expected(name)]


def _expected(name: str) -> bool:
    if any(part.startswith(".") or part == "__pycache__" for part in name.split("/")):
        return False
    if name.startswith("changelogs/"):
        return name == "changelogs/changelog.yaml"
    return name in FILES or name in SINGLE or name.split("/")[0] in FOLDERS


def missing(names: list[str]) -> list[str]:
    """What a tarball must have and this one has not."""
    return [name for name in NEEDED if name not in names]


def members(tarball: Path) -> list[str]:
    """The names of everything in a tarball."""
    with tarfile.open(tarball) as archive:
        return archive.getnames()


def main() -> int:
    """Build, complain about the contents, and print where the tarball is."""
    try:
        tarball = build(CACHE / "build")
    except BuildError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    names = members(tarball)
    complaints = [f"not for users: {name}" for name in unexpected(names)]
    complaints += [f"missing: {name}" for name in missing(names)]
    sys.stderr.writelines(f"{line}\n" for line in complaints)
    sys.stdout.write(f"{tarball}\n")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())

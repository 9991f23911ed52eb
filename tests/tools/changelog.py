# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lint the changelog fragments, and see that CHANGELOG.rst says what fragments and plugins say.

With `--write`, bring changelogs/changelog.yaml and CHANGELOG.rst up to date instead.
"""

from __future__ import annotations

import argparse
import datetime
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from tools.collection_tree import ROOT, copy_tree
from tools.commands import environment, run, tool

RECORD = "changelogs/changelog.yaml"
GENERATED = (RECORD, "CHANGELOG.rst")


def release_date(root: Path) -> str:
    """The date on record for the version of galaxy.yml, so that bringing it up to date does not move it; else today."""
    version = _load(root / "galaxy.yml")["version"]
    record = _load(root / RECORD) if (root / RECORD).exists() else {}
    known = record.get("releases", {}).get(version, {}).get("release_date")
    return str(known or datetime.datetime.now(tz=datetime.UTC).date())


def forget_this_version(root: Path) -> None:
    """Take the version of galaxy.yml off the record, to be written anew: an edited fragment counts, a removed one not.

    Its fragments are all still in their folder; those of earlier versions are not, and their record is left alone.
    """
    if not (root / RECORD).exists():
        return
    record = _load(root / RECORD)
    record.get("releases", {}).pop(_load(root / "galaxy.yml")["version"], None)
    if record.get("releases"):
        (root / RECORD).write_text(yaml.safe_dump(record), encoding="utf-8")
    else:
        (root / RECORD).unlink()


def _load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def stale(ours: Path, generated: Path) -> list[str]:
    """The generated files that differ from ours."""
    return [name for name in GENERATED if not _same(ours / name, generated / name)]


def _same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.read_bytes() == other.read_bytes()


def main() -> int:
    """Check, or write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="bring the generated files up to date")
    write = parser.parse_args().write
    with tempfile.TemporaryDirectory(prefix="deskops-changelog-") as scratch:
        copy = copy_tree(Path(scratch))
        env = environment(Path(scratch))
        program = tool("antsibull-changelog")
        if run([program, "lint"], cwd=copy, env=env):
            return 1
        dated = release_date(ROOT)
        forget_this_version(copy)
        if run([program, "release", "--reload-plugins", "--date", dated], cwd=copy, env=env):
            return 1
        if run([program, "lint-changelog-yaml", RECORD], cwd=copy, env=env):
            return 1
        behind = stale(ROOT, copy)
        if write:
            for name in behind:
                shutil.copyfile(copy / name, ROOT / name)
            return 0
    if behind:
        sys.stdout.write(f"Out of date: {', '.join(behind)}. Run `make changelog` and commit the result.\n")
    return 1 if behind else 0


if __name__ == "__main__":
    sys.exit(main())

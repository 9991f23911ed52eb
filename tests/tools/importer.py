# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Judge the built tarball with galaxy-importer, and take its warnings seriously.

The importer ends well even where it warns (a missing changelog, a finding of ansible-lint, a broken documentation);
here each warning is a failure.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from tools.collection_tree import ROOT
from tools.commands import environment, run_captured
from tools.tarball import build

FINISHED = "Importer processing completed successfully"
_COMPLAINT = re.compile(r"^(WARNING|ERROR|CRITICAL)\b")


def complaints(output: str) -> list[str]:
    """The lines in which the importer finds fault."""
    found = [line for line in output.splitlines() if _COMPLAINT.match(line)]
    return found if FINISHED in output else [*found, f"the importer did not say {FINISHED!r}"]


def main() -> int:
    """Build and judge."""
    with tempfile.TemporaryDirectory(prefix="deskops-importer-") as scratch:
        home = Path(scratch)
        tarball = build(home / "artifact")
        settings = str(ROOT / "tests" / "galaxy-importer.cfg")
        env = environment(home, GALAXY_IMPORTER_CONFIG=settings, GALAXY_IMPORTER_TMP_ROOT_DIR=scratch)
        status, output = run_captured(
            [sys.executable, "-m", "galaxy_importer.main", str(tarball)], cwd=tarball.parent, env=env
        )
    found = complaints(output)
    if found:
        sys.stdout.write("\nComplaints, each of which fails this check:\n" + "\n".join(found) + "\n")
    return 1 if status or found else 0


if __name__ == "__main__":
    sys.exit(main())

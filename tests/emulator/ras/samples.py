# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bodies of the documented samples as they are printed: the only objects with values that the documents show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parent / "fixtures"


def sample(name: str, folder: str = "basic_sample") -> Any:
    """One body of a sample, key order kept."""
    return json.loads((FIXTURES / folder / f"{name}.json").read_text(encoding="utf-8"))

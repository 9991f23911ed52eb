# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bodies of the documented Basic Sample as they are printed: the only complete objects that the documents show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "fixtures" / "basic_sample"


def sample(name: str) -> Any:
    """One body of the Basic Sample, key order kept."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be chosen about the emulated FastX server."""

from __future__ import annotations

from dataclasses import dataclass

VERSIONS = (2, 3)
BASE_PATHS = {2: "/api", 3: "/v3/api"}
FARMS = ("demo", "empty")
TIMES = ("milliseconds", "seconds", "text")
ERROR_STATUS = ("real", "200")
DELETIONS = ("null", "missing", "empty")


@dataclass(frozen=True)
class FastxOptions:
    """Everything beyond the account; docs/emulator.md explains each."""

    version: int = 2
    farm: str = "demo"
    sessions: int | None = None
    seed: int = 1
    base_path: str | None = None
    list_path: str | None = None
    admin_list_path: str | None = None
    times: str = TIMES[0]
    error_status: str = ERROR_STATUS[0]
    deletion: str = DELETIONS[0]
    snapshot: bool = False
    shuffle: bool = False
    no_admin: bool = False
    second_factor: str | None = None
    token_seconds: float = 86_400.0

    @property
    def base(self) -> str:
        """Where the API begins."""
        return (BASE_PATHS[self.version] if self.base_path is None else self.base_path).rstrip("/")

    def place(self, path: str) -> str:
        """A chosen path: from the root, or below the base path."""
        return path if path.startswith("/") else f"{self.base}/{path}"

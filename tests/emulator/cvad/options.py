# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be chosen about the emulated CVAD server."""

from __future__ import annotations

from dataclasses import dataclass, field

from emulator.cvad.errors import ERROR_RESPONSE
from emulator.cvad.store import Paging

MANAGE, ORCHESTRATION, TECHPREVIEW = "manage", "orchestration", "techpreview"
URL_STYLES = (MANAGE, ORCHESTRATION, TECHPREVIEW)
FARMS = ("sample", "demo", "empty")
MISSING = (404, 500)
EXPIRES_IN = ("text", "number")
SIGN_IN_ERRORS = ("status", "in-200")
ON_PREMISES_CUSTOMER = "CitrixOnPremises"
CLOUD_CUSTOMER = "examplecloud"


@dataclass(frozen=True)
class CvadOptions:
    """Everything beyond the account; docs/emulator.md explains each."""

    farm: str = "demo"
    sessions: int | None = None
    seed: int = 1
    sites: int = 1
    cloud: bool = False
    customer_id: str | None = None
    client_id: str = "emulated-client"
    client_secret: str = "emulated-secret"
    url_styles: tuple[str, ...] = (MANAGE, ORCHESTRATION)
    paging: Paging = field(default_factory=Paging)
    formatted_times: bool = True
    ignore_fields: bool = False
    error_style: str = ERROR_RESPONSE
    missing: int = 404
    logoff_sync: bool = False
    envelope: bool = False
    job_seconds: float = 0.2
    token_seconds: float = 3600.0
    expires_in: str = "text"
    sign_in_errors: str = "status"

    @property
    def customer(self) -> str:
        """The customer that every call must name."""
        if self.customer_id is not None:
            return self.customer_id
        return CLOUD_CUSTOMER if self.cloud else ON_PREMISES_CUSTOMER

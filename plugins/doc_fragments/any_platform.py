# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the connection options of a module that can speak to each platform."""

from __future__ import annotations

from ..plugin_utils._connection_docs import any_platform_documentation
from . import cvad, fastx, ras


class ModuleDocFragment:
    DOCUMENTATION: str = any_platform_documentation(
        {
            "ras": ras.ModuleDocFragment.DOCUMENTATION,
            "cvad": cvad.ModuleDocFragment.DOCUMENTATION,
            "fastx": fastx.ModuleDocFragment.DOCUMENTATION,
        }
    )

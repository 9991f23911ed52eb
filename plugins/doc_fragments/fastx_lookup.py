# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the connection options of the FASTX lookups, with their sources."""

from __future__ import annotations

from ..module_utils._options import FASTX
from ..plugin_utils._connection_docs import lookup_documentation
from . import fastx


class ModuleDocFragment:
    DOCUMENTATION: str = lookup_documentation(fastx.ModuleDocFragment.DOCUMENTATION, FASTX)

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ..modules import ras_rds_server_control
from ..plugin_utils._door import VdiActionModule


class ActionModule(VdiActionModule):
    module = ras_rds_server_control

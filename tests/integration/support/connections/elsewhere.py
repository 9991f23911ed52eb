# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A connection that is not the local one, and yet needs no second machine: stands for a jump host."""

from __future__ import annotations

from ansible.plugins.connection.local import Connection as LocalConnection

DOCUMENTATION = """
name: elsewhere
short_description: Another host that is this one
description:
  - For the integration tests.
options: {}
"""


class Connection(LocalConnection):
    transport = "elsewhere"

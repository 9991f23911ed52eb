# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-in servers for the platforms of deskops.vdi.

Written from the documentation of each platform alone; nothing here imports from ``plugins/``, so that a mistake in the
collection cannot be repeated by the server that it is tested against. docs/emulator.md tells how to run it and lists
every assumption.
"""

from __future__ import annotations

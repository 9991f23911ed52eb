# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parallels RAS: the REST API of the Web Administration Service, in its legacy (v17/v18) and current (v19+) form."""

from __future__ import annotations

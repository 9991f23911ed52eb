# Copyright: (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of what every module can do."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode and tell what would change, without sending anything that changes the server.
  diff_mode:
    description: Shows with C(--diff) what changes, without secrets.
  idempotent:
    description: Changes nothing when run again with the same options.
  action_group:
    description: Belongs to an action group, for use in C(module_defaults).
"""

    # For modules that only read.
    INFO = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - The module only reads, and returns the same in check mode.
  diff_mode:
    support: N/A
    details:
      - The module changes nothing.
  idempotent:
    support: full
"""

    # For modules that bring an object to a state.
    STATE = r"""
options: {}
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
"""

    RAS = r"""
options: {}
attributes:
  action_group:
    support: full
    details:
      - The group is C(deskops.vdi.ras).
"""

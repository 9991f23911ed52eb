# Copyright (c) 2026, deskops.vdi contributors
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

    ACTIONGROUP_RAS = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/deskops.vdi.ras) in C(module_defaults) to set options for this module and its kin.
    support: full
    membership: [deskops.vdi.ras]
"""

    ACTIONGROUP_CVAD = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/deskops.vdi.cvad) in C(module_defaults) to set options for this module and its kin.
    support: full
    membership: [deskops.vdi.cvad]
"""

    ACTIONGROUP_FASTX = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/deskops.vdi.fastx) in C(module_defaults) to set options for this module and its kin.
    support: full
    membership: [deskops.vdi.fastx]
"""

    # For the module that can speak to each platform.
    ACTIONGROUP_ALL = r"""
options: {}
attributes:
  action_group:
    description: Use one of the groups in C(module_defaults) to set options for this module and its kin.
    support: full
    membership: [deskops.vdi.cvad, deskops.vdi.fastx, deskops.vdi.ras]
    details:
      - Of the defaults of several groups only those of the task's platform reach the module.
"""

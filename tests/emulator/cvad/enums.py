# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documented enums that the server checks or reports."""

from __future__ import annotations

ALLOCATION_TYPE = frozenset({"Unknown", "Static", "Random"})
APP_STATE = frozenset({"Unknown", "PreLogon", "PreLaunched", "Active", "Desktop", "Lingering", "NoApps"})
FILTER_GROUPS_TYPE = frozenset({"Or", "And"})
MESSAGE_STYLE = frozenset({"Unknown", "Critical", "Question", "Exclamation", "Information"})
PROTOCOL_TYPE = frozenset({"Unknown", "Hdx", "Rdp", "Console"})
SESSION_STATE = frozenset({"Unknown", "Connected", "Active", "Disconnected"})
SESSION_SUPPORT = frozenset({"Unknown", "SingleSession", "MultiSession"})
SORT_DIRECTION = frozenset({"Ascending", "Descending"})
SUMMARY_STATE = frozenset({"Unknown", "Off", "Unregistered", "Available", "Disconnected", "InUse", "Preparing"})

FINAL_JOB = frozenset({"Complete", "CompleteWithWarning", "Failed", "Canceled", "NonTerminatingError"})

SEARCH_OPERATOR = frozenset(
    {
        "Equals",
        "NotEquals",
        "LessThan",
        "GreaterThan",
        "LessThanOrEquals",
        "GreaterThanOrEquals",
        "Like",
        "NotLike",
        "EndsWith",
        "NotEndsWith",
        "StartsWith",
        "NotStartsWith",
        "Any",
        "None",
        "Contains",
        "NotContains",
        "ContainsLike",
        "NotContainsLike",
        "ContainsEndsWith",
        "NotContainsEndsWith",
        "ContainsStartsWith",
        "NotContainsStartsWith",
        "In",
        "NotIn",
        "IsWithin",
        "IsNotWithin",
    }
)

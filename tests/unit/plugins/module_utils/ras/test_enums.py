# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The enums are those of the vendor's pages: every number, every name, nothing else."""

from __future__ import annotations

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils._fields import Enumeration
from ansible_collections.deskops.vdi.plugins.module_utils._ras import enums
from unit.support.tasks import facts

DOCUMENTED = facts("ras_enums")


def test_every_documented_enum_is_there_and_no_other():
    assert {name for name, value in vars(enums).items() if isinstance(value, Enumeration)} == set(DOCUMENTED)


@pytest.mark.parametrize("name", DOCUMENTED)
def test_enum(name):
    values = {int(number): title for number, title in DOCUMENTED[name]["values"].items()}
    assert getattr(enums, name).names == values


@pytest.mark.parametrize("name", DOCUMENTED)
def test_names_and_numbers_go_both_ways(name):
    enum = getattr(enums, name)
    for number, title in enum.names.items():
        assert enum.number(title.upper(), "x") == number
        assert enum.name(number) == title
        assert enum.name(str(number)) == title


@pytest.mark.parametrize("name", DOCUMENTED)
def test_an_unknown_number_passes_through(name):
    enum = getattr(enums, name)
    assert (enum.name(4711), enum.number("4711", "x"), enum.number("-4711", "x")) == (4711, 4711, -4711)

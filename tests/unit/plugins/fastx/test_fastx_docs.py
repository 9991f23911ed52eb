# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation of FastX says what the code does."""

from __future__ import annotations

import re
from types import ModuleType
from typing import Any

import pytest
import yaml

from ansible_collections.deskops.vdi.plugins.doc_fragments.fastx import ModuleDocFragment
from ansible_collections.deskops.vdi.plugins.module_utils._fastx.fields import FIELDS
from ansible_collections.deskops.vdi.plugins.module_utils._options import FASTX
from ansible_collections.deskops.vdi.plugins.modules import fastx_auth, fastx_session_info
from unit.plugins.fastx.support import SESSION

FRAGMENT: dict[str, Any] = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
KEYS = ("type", "default", "choices", "required", "elements")


def as_spec(options: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: {key: option[key] for key in KEYS if key in option} for name, option in options.items()}


def test_the_fragment_documents_the_table() -> None:
    assert as_spec(FRAGMENT) == as_spec(FASTX.argument_spec())


@pytest.mark.parametrize("name", sorted(FRAGMENT))
def test_the_fragment_names_each_variable_and_no_other_platforms(name: str) -> None:
    text = " ".join(FRAGMENT[name]["description"])
    assert f"E({FASTX.variable(name)})" in text
    assert not re.search(r"\b(RAS|CVAD)\b", text)


@pytest.mark.parametrize("module", [fastx_auth, fastx_session_info])
def test_the_modules_document_their_own_options(module: ModuleType) -> None:
    spec = module.ARGUMENT_SPEC.options
    own = {name: spec[name] for name in set(spec) - set(FRAGMENT)}
    assert as_spec(yaml.safe_load(module.DOCUMENTATION)["options"]) == as_spec(own)


def test_every_field_is_documented() -> None:
    documented = yaml.safe_load(fastx_session_info.RETURN)["sessions"]["contains"]
    assert set(documented) == set(FIELDS)
    assert len(FIELDS) == len(SESSION) + 1

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one place that imports the run-time libraries, guarded.

An unguarded import would end a whole `ansible-playbook` run from inside an action plugin, so a missing library is
remembered here and reported as a failed task by `require`.
"""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.compat.version import LooseVersion

from ._errors import MissingLibraryError

# As in requirements.txt.
LOWEST = {"httpx": "0.27.1", "pydantic": "2.8.0"}
# Library -> what there should be.
MISSING: dict[str, str] = {}


def note_if_too_old(library: str, version: str) -> None:
    """Remember a library that can be imported, and would fail in ways that nobody could explain."""
    if LooseVersion(version) < LooseVersion(LOWEST[library]):
        MISSING[library] = f"{library} {LOWEST[library]} or later; {version} is installed"


if TYPE_CHECKING:
    import httpcore
    import httpx
    import pydantic
    import pydantic_core
else:
    try:
        # httpx loads httpcore with its first client. That would be in the worker of each task: several times what the
        # task takes otherwise.
        import httpcore
        import httpx

        note_if_too_old("httpx", httpx.__version__)
    except ImportError:
        httpcore = httpx = None
        MISSING["httpx"] = "httpx"
    try:
        import pydantic

        # Version 1 came without pydantic_core.
        note_if_too_old("pydantic", pydantic.VERSION)
        import pydantic_core
    except ImportError:
        pydantic = pydantic_core = None
        MISSING.setdefault("pydantic", "pydantic")

__all__ = ["httpcore", "httpx", "pydantic", "pydantic_core", "require", "require_jinja2"]


def require() -> None:
    """Raise MissingLibraryError, in Ansible's standard words, when httpx or pydantic is missing or too old."""
    for library in sorted(MISSING):
        raise MissingLibraryError(missing_required_lib(MISSING[library]))


def require_jinja2() -> ModuleType:
    """Jinja2, or MissingLibraryError. Imported when it is asked for: only the HTML report of sessions needs it."""
    try:
        import jinja2
    except ImportError as error:
        raise MissingLibraryError(missing_required_lib("Jinja2", reason="for the html report")) from error
    return jinja2

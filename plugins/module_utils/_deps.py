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

from ._errors import MissingLibraryError

if TYPE_CHECKING:
    import httpcore
    import httpx
    import pydantic
    import pydantic_core

    MISSING: dict[str, str] = {}
else:
    MISSING = {}
    try:
        # httpx loads httpcore with its first client. That would be in the worker of each task: several times what the
        # task takes otherwise.
        import httpcore
        import httpx
    except ImportError as error:
        httpcore = httpx = None
        MISSING["httpx"] = str(error)
    try:
        import pydantic
        import pydantic_core
    except ImportError as error:
        pydantic = pydantic_core = None
        MISSING["pydantic"] = str(error)

__all__ = ["httpcore", "httpx", "pydantic", "pydantic_core", "require", "require_jinja2"]


def require() -> None:
    """Raise MissingLibraryError, in Ansible's standard words, when httpx or pydantic cannot be imported."""
    for library in sorted(MISSING):
        raise MissingLibraryError(missing_required_lib(library))


def require_jinja2() -> ModuleType:
    """Jinja2, or MissingLibraryError. Imported when it is asked for: only the HTML report of sessions needs it."""
    try:
        import jinja2
    except ImportError as error:
        raise MissingLibraryError(missing_required_lib("Jinja2", reason="for the html report")) from error
    return jinja2

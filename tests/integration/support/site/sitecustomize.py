# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Python imports this at its start in every process of a run: modules are loaded in less time, as they are for users.

Ansible sends a module as a zip of sources, and Python keeps no compiled code of what it imports from a zip: a good part
of a module's processor time goes into compiling the same files. The code is the same, only kept: by its source's
digest, in the folder that VDI_COMPILED names.
"""

from __future__ import annotations

import _imp
import hashlib
import marshal
import os
import sys
import zipimport
from pathlib import Path
from types import CodeType


def _keep(folder: Path) -> None:
    compile_source = zipimport._compile_source

    def compiled(path: str, source: bytes) -> CodeType:
        digest = hashlib.sha256(source).hexdigest()
        kept = folder / f"{digest}.{sys.implementation.cache_tag}"
        try:
            code: CodeType = marshal.loads(kept.read_bytes())
        except FileNotFoundError:
            code = compile_source(path, source)
            if os.access(folder, os.W_OK):
                # Moved into place, since others may be at the same.
                aside = folder / f"{digest}.{os.getpid()}"
                aside.write_bytes(marshal.dumps(code))
                aside.replace(kept)
        # The file name that tracebacks show, as Python does it for its own files: each task has a zip of its own.
        _imp._fix_co_filename(code, path)
        return code

    zipimport._compile_source = compiled


# httpx loads the libraries of its command line where they are, and here the stand-in servers bring one of them.
sys.modules.setdefault("click", None)

_folder = os.environ.get("VDI_COMPILED")
if _folder and hasattr(zipimport, "_compile_source"):
    _keep(Path(_folder))

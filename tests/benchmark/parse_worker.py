# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A program of its own, so that its memory is its own: parses a session list and prints times or its peak as JSON.

parse_worker.py "time RUNS"|parse|loads BODY COLLECTIONS FIELD,FIELD...
"""

from __future__ import annotations

import gc
import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def peak() -> int:
    """The most memory that this process has held, in bytes. Not ru_maxrss, which remembers the parent's too."""
    status = Path("/proc/self/status").read_text("utf-8")
    (high_water,) = re.findall(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(high_water) * 1024


def seconds(call: Callable[[], Any]) -> float:
    """The time of one call; what it returned goes away before the next."""
    gc.collect()
    began = time.perf_counter()
    result = call()
    ended = time.perf_counter()
    del result
    return ended - began


def main() -> None:
    what, body, collections, names = sys.argv[1:]
    # A plain namespace package: no part of Ansible is loaded, so that the numbers are those of the client.
    sys.path.insert(0, collections)
    from ansible_collections.deskops.vdi.plugins.module_utils._http import Reply
    from ansible_collections.deskops.vdi.plugins.module_utils._ras.sessions import parse

    fields = set(names.split(","))
    before = peak()
    content = Path(body).read_bytes()
    calls: dict[str, Callable[[], Any]] = {
        "loads": lambda: json.loads(content),
        "parse": lambda: parse(Reply(200, {}, content, "GET"), fields),
    }
    mode, _blank, runs = what.partition(" ")
    if mode == "time":
        found: dict[str, Any] = {name: [] for name in calls}
        for _run in range(int(runs)):
            for name, call in calls.items():
                found[name].append(seconds(call))
    else:
        calls[mode]()
        found = {"peak": peak() - before}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One audit, or what it is compared with, in a process of its own: prints seconds and peak memory as JSON.

    audit_worker.py COLLECTIONS JOB

JOB is JSON: {"what": "audit", "sources": [...], "csv": path, "policies": {...}, "body": path or null},
{"what": "pages", "url", "ca_path", "headers"} or {"what": "loads", "body": path}. With a body, a source's session list
is answered from that file instead of by its server, so that only our own work is timed.
"""

from __future__ import annotations

import importlib
import json
import ssl
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmark.parse_worker import peak


def audit(job: Mapping[str, Any]) -> float:
    """Seconds of a whole audit, as the module session_audit runs it."""
    from ansible_collections.deskops.vdi.plugins.module_utils._sessions.audit import Source, run_audit, source_options
    from ansible_collections.deskops.vdi.plugins.module_utils._sessions.reports import AuditOptions
    from ansible_collections.deskops.vdi.plugins.module_utils._task import Task

    transport = canned(Path(job["body"]).read_bytes()) if job["body"] else None
    task = Task(params={}, given={}, transport=transport)
    empty = dict.fromkeys(source_options())
    reports = {"csv": job["csv"]} if job["csv"] else {}
    began = time.perf_counter()
    sources = [Source({**empty, **options}, position, task) for position, options in enumerate(job["sources"])]
    result = run_audit(task, sources, AuditOptions(reports=reports, policies=job["policies"]), len(sources))
    seconds = time.perf_counter() - began
    failed = [source["error"] for source in result.sources if source["failed"]]
    if failed:
        raise SystemExit(f"A source failed: {failed[0]}")
    return seconds


def canned(body: bytes) -> httpx.MockTransport:
    """A RAS server that has its session list at hand."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/logon"):
            return httpx.Response(200, json={"authToken": "benchmark"})
        return httpx.Response(200, content=body if request.url.path.endswith("/RDSession") else b"")

    return httpx.MockTransport(answer)


def pages(job: Mapping[str, Any]) -> float:
    """Seconds in which a bare script reads all pages of a CVAD site and parses each."""
    context = ssl.create_default_context(cafile=job["ca_path"])
    began = time.perf_counter()
    token: str | None = None
    with httpx.Client(verify=context, headers=job["headers"], trust_env=False, timeout=120.0) as client:
        while True:
            query = {"limit": "1000", **({"continuationToken": token} if token else {})}
            page = json.loads(client.get(f"{job['url']}/cvad/manage/Sessions", params=query).raise_for_status().content)
            token = page["ContinuationToken"]
            if not token:
                return time.perf_counter() - began


def loads(job: Mapping[str, Any]) -> float:
    """Seconds of json.loads of a body."""
    body = Path(job["body"]).read_bytes()
    began = time.perf_counter()
    json.loads(body)
    return time.perf_counter() - began


def main() -> None:
    """Do the job and say what it took."""
    sys.path.insert(0, sys.argv[1])
    job = json.loads(sys.argv[2])
    if job["what"] == "audit":
        # Loaded before the clock starts.
        importlib.import_module("ansible_collections.deskops.vdi.plugins.module_utils._sessions.audit")
    before = peak()
    seconds = {"audit": audit, "pages": pages, "loads": loads}[job["what"]](job)
    json.dump({"seconds": seconds, "peak": peak() - before}, sys.stdout)


if __name__ == "__main__":
    main()

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A scripted server: the calls that a test expects, in their order, each with its answer or its failure.

A call that differs, comes too early or is not expected fails the test at once; one that is missing fails it at the end.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import httpx

NO_BODY = object()
URL = "https://ras.example.test:20443"


@dataclasses.dataclass
class Exchange:
    """One expected call and what happens then. body: parsed JSON; query: None stands for none at all."""

    method: str
    path: str
    query: Mapping[str, str] | None
    headers: Mapping[str, str | None]
    body: Any
    answer: httpx.Response | Exception

    def differences(self, request: httpx.Request, url: str) -> list[str]:
        base = httpx.URL(url)
        path = request.url.raw_path.decode().partition("?")[0]
        content = request.content
        sent: dict[str, tuple[Any, Any]] = {
            "origin": (
                (request.url.scheme, request.url.host, request.url.port),
                (base.scheme, base.host, base.port),
            ),
            "method": (request.method, self.method),
            "path": (path, self.path),
            "query": (
                sorted(parse_qsl(request.url.query.decode(), keep_blank_values=True)),
                sorted((self.query or {}).items()),
            ),
            "body": (json.loads(content) if content else NO_BODY, self.body),
        }
        for name, value in self.headers.items():
            sent[f"header {name}"] = (request.headers.get(name), value)
        return [f"{what}: {got!r} instead of {wanted!r}" for what, (got, wanted) in sent.items() if got != wanted]


class Script(httpx.BaseTransport):
    """The transport of a scripted server. headers: what every call must carry besides (None: must not carry)."""

    def __init__(self, url: str = URL, headers: Mapping[str, str | None] | None = None):
        self.url = url
        self.headers = dict(headers or {})
        self.calls: list[httpx.Request] = []
        self._exchanges: list[Exchange] = []
        self._faults: list[str] = []

    def on(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str | None] | None = None,
        body: Any = NO_BODY,
        status: int = 200,
        json: Any = NO_BODY,
        content: bytes | str = b"",
        reply_headers: Mapping[str, str] | None = None,
        error: Exception | None = None,
    ) -> Script:
        """Expect a call; answer it with status and json (or content), or raise error."""
        answer = error or httpx.Response(
            status,
            headers=dict(reply_headers or {}),
            **({"content": content} if json is NO_BODY else {"json": json}),
        )
        exchange = Exchange(method, path, query, {**self.headers, **(headers or {})}, body, answer)
        self._exchanges.append(exchange)
        return self

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        call = f"{request.method} {request.url}"
        done = len(self.calls)
        self.calls.append(request)
        if done >= len(self._exchanges):
            self._fail(f"unexpected call {done + 1}: {call}")
        exchange = self._exchanges[done]
        differences = exchange.differences(request, self.url)
        if differences:
            self._fail(f"call {done + 1}, {call}: " + "; ".join(differences))
        if isinstance(exchange.answer, Exception):
            raise exchange.answer
        return exchange.answer

    def _fail(self, fault: str) -> None:
        self._faults.append(fault)
        raise AssertionError(fault)

    def verify(self) -> None:
        """Fail unless the calls were exactly the expected ones, even where the code swallowed the failure of one."""
        assert not self._faults, self._faults
        missing = [f"{exchange.method} {exchange.path}" for exchange in self._exchanges[len(self.calls) :]]
        assert not missing, f"calls that did not come: {missing}"

    @property
    def sent(self) -> list[str]:
        """The calls so far, as "METHOD /path"."""
        return [f"{call.method} {call.url.path}" for call in self.calls]

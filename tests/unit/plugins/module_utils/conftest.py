# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real server on the loopback interface, for what a scripted transport cannot show."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator

import pytest

from ansible_collections.deskops.vdi.plugins.module_utils._http import PROXY_VARIABLES, HttpClient, HttpSettings


class Loopback:
    """A server that answers every GET with [] and remembers what was asked of it."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        paths = self.paths

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # the name is http.server's
                paths.append(self.path)
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"[]")

            def log_message(self, *unused: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Loopback:
        self._thread.start()
        return self

    def __exit__(self, *unused: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """A server, reached without a proxy unless the test names one."""
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    with Loopback() as server:
        yield server


@pytest.fixture
def proxy() -> Iterator[Loopback]:
    """A server that stands for a proxy."""
    with Loopback() as server:
        yield server


@pytest.fixture
def loopback_client(sleeper: Callable[[float], None]) -> Iterator[Callable[..., HttpClient]]:
    """Makes clients without a scripted transport; keywords go to HttpSettings."""
    made: list[HttpClient] = []

    def make(url: str, **settings: object) -> HttpClient:
        made.append(HttpClient(HttpSettings(**{"url": url, "timeout": 5.0, "retries": 0, **settings}), sleep=sleeper))
        return made[-1]

    yield make
    for http_client in made:
        http_client.close()

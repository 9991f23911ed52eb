# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of operations of each version."""

from __future__ import annotations

from collections.abc import Callable

from emulator.exchange import ApiRequest, Reply
from emulator.fastx.service import LoginOperations, Service, SessionOperations
from emulator.routing import WEBSOCKET, Kind, Operation

READ, EITHER, WRITE_ONLY, SOCKET = ("GET",), ("GET", "POST"), ("POST",), (WEBSOCKET,)


def operations(service: Service) -> tuple[Operation, ...]:
    """The operations of the service's version; one that has two methods is listed for each."""
    login, session, options = LoginOperations(service), SessionOperations(service), service.options
    base = options.base
    if options.version == 2:
        return (
            *_each("login.start", WRITE_ONLY, f"{base}/login", "session", login.start),
            *_each("login.password", WRITE_ONLY, f"{base}/login/password", "session", login.password),
            *_each("login.answer", WRITE_ONLY, f"{base}/login/keyboard-interactive", "session", login.answer),
            *_each("session.list", EITHER, f"{base}/list/{{token}}", "read", session.own),
            *_each("session.list_all", EITHER, f"{base}/admin/session/{{token}}", "read", session.all),
            *_each("session.stream", SOCKET, f"{base}/list", "read", session.own_stream),
            *_each("session.stream_all", SOCKET, f"{base}/admin/session", "read", session.all_stream),
        )
    table = [
        *_each("server.info", EITHER, base, "read", session.info),
        *_each("login.start", EITHER, f"{base}/auth/ssh", "session", login.ssh),
        *_each("session.stream", READ, "/sse/my-sessions", "read", session.own_stream),
        *_each("session.stream_all", READ, "/sse/all-sessions", "read", session.all_stream),
    ]
    # No document shows these paths, so there is none until somebody chooses one.
    if options.list_path is not None:
        table += _each("session.list", EITHER, options.place(options.list_path), "read", session.own)
    if options.admin_list_path is not None:
        table += _each("session.list_all", EITHER, options.place(options.admin_list_path), "read", session.all)
    return tuple(table)


def _each(
    name: str, methods: tuple[str, ...], path: str, kind: Kind, handle: Callable[[ApiRequest], Reply]
) -> list[Operation]:
    return [Operation(name, method, path, kind, handle, kind == "read") for method in methods]

# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WebSocket as uvicorn speaks it, with the connection told to the application.

A file of its own, since it needs a library that platforms without a WebSocket do not.
"""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from emulator.wire import numbered


class WireWebSocket(WebSocketsSansIOProtocol):
    """The protocol after the upgrade."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.app = numbered(self.app, lambda: self.transport)

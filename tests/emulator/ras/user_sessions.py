# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What administrators do with the sessions of users: list them; disconnect, log off and address those of RDS hosts."""

from __future__ import annotations

from emulator.exchange import ApiRequest, Reply
from emulator.ras import values
from emulator.ras.problems import ProblemError, bad_value
from emulator.ras.rd_sessions import RDS, Filters
from emulator.ras.service import NO_CONTENT, Service, json_reply


class UserSessionOperations:
    """Lists, and actions on one session."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._farm = service.farm

    def of_hosts(self, request: ApiRequest) -> Reply:
        """Sessions of RD Session Hosts; filters in the current family only."""
        filters = Filters(source=RDS)
        if self._service.current:
            filters = Filters(
                source=RDS, site_id=values.query_int(request, "SiteId"), server=values.query_text(request, "Server")
            )
        return json_reply(self._farm.sessions.list_json(filters))

    def list_all(self, request: ApiRequest) -> Reply:
        """``GET /api/RDSession`` with its nine filters."""
        filters = Filters(
            site_id=values.query_int(request, "SiteId"),
            source=values.query_enum(request, "Source", values.SESSION_SOURCES),
            server_id=values.query_int(request, "ServerId"),
            server=values.query_text(request, "Server"),
            state=values.query_enum(request, "State", values.SESSION_STATES),
            user=values.query_text(request, "User"),
            ip=values.query_text(request, "IP"),
            theme_id=values.query_int(request, "ThemeId"),
            group_id=values.query_int(request, "GroupId"),
        )
        return json_reply(self._farm.sessions.list_json(filters))

    def disconnect(self, request: ApiRequest) -> Reply:
        """``POST /api/RDS/Host/{rdsId}/sessions/{id}/disconnect``."""
        self._farm.sessions.disconnect(*self._named(request))
        return NO_CONTENT

    def logoff(self, request: ApiRequest) -> Reply:
        """``POST …/logoff``."""
        self._farm.sessions.end(*self._named(request))
        return NO_CONTENT

    def message(self, request: ApiRequest) -> Reply:
        """``POST …/sendmsg``. Assumed: the names of a schedule's message, of which the text is required."""
        self._named(request)
        body = values.known_keys(values.object_body(request), ("message", "messageTitle"))
        title = body.get("messageTitle")
        if not isinstance(body.get("message"), str) or not body["message"].strip():
            raise bad_value("message", "The message field is required.")
        if title is not None and not isinstance(title, str):
            raise bad_value("messageTitle", "A text is required.")
        self._farm.messages += 1
        return NO_CONTENT

    def _named(self, request: ApiRequest) -> tuple[int, int]:
        """Host and session of the path."""
        host_id, session_id = values.path_id(request, "rdsId"), values.path_id(request)
        if self._farm.sessions.find(host_id, session_id) is None:
            raise ProblemError(404, f"There is no session with id {session_id} on the RD Session Host {host_id}.")
        return host_id, session_id

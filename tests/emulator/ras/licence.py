# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The licence of the farm, and the account that it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emulator.exchange import ApiRequest, Reply, dump
from emulator.ras import values
from emulator.ras.problems import bad_value, code_msg_reply
from emulator.ras.samples import sample
from emulator.ras.service import Service, json_reply

# ``sample`` is the state that the Licensing Sample shows: licensed, but not by a key.
STATES = ("none", "trial", "key", "sample")
# The two refusals of the Licensing Sample.
WRONG_ACCOUNT = "invalid login or password"
NO_KEY = "Failed to Deactivate - Product not activated with a license key."
# A name of the v21 page.
TRIAL_TYPE = "NormalTrial"
SHOWN_OF_KEY = 4


@dataclass(frozen=True)
class LicenceAccount:
    """The one account that licences come from."""

    email: str = "licenses@example.test"
    password: str = "license-pass"


class Licence:
    """What the farm is licensed by. Assumed: every value but those of the sample."""

    def __init__(self, account: LicenceAccount, state: str) -> None:
        self.account = account
        self.state = state
        shown: dict[str, Any] = sample("license", "licensing_sample")
        self._blank = {name: type(value)() for name, value in shown.items()}
        self._licensed = {**shown, "paUserEmail": account.email}
        self.record = dict(self._blank)
        if state in ("key", "sample"):
            self.record = dict(self._licensed)
        elif state == "trial":
            self.activate(None)

    def activate(self, key: str | None) -> None:
        """License the farm by a key, or for a trial."""
        if key is None:
            self.state = "trial"
            self.record = {**self._licensed, "licenseKey": "", "licenseType": TRIAL_TYPE}
            return
        self.state = "key"
        self.record = {**self._licensed, "licenseKey": f"{'*' * 8}{key[-SHOWN_OF_KEY:]}"}

    def deactivate(self) -> None:
        """Leave the farm without a licence."""
        self.state, self.record = "none", dict(self._blank)

    def overwrite(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Let the licence tell something else; ``state`` is one of ``STATES``."""
        fields = dict(changes)
        if "state" in fields:
            fresh = Licence(self.account, values.one_of("state", fields.pop("state"), STATES))
            self.state, self.record = fresh.state, fresh.record
        self.record.update(fields)
        return self.record


class LicenceOperations:
    """Read, activate, deactivate."""

    def __init__(self, service: Service) -> None:
        self._licence = service.farm.licence

    def get(self, request: ApiRequest) -> Reply:
        """``GET /api/License``; there is no cache, so ``UseCache`` changes nothing."""
        values.query_flag(request, "UseCache")
        return json_reply(dump(self._licence.record))

    def activate(self, request: ApiRequest) -> Reply:
        """``POST /api/License/activate``. Assumed: without a key it is a trial; any key will do."""
        body = values.known_keys(values.object_body(request), ("email", "password", "key"))
        key = body.get("key")
        if key is not None and (not isinstance(key, str) or not key.strip()):
            raise bad_value("key", "A text is required.")
        if not self._is_account(body):
            return code_msg_reply(400, WRONG_ACCOUNT)
        self._licence.activate(key)
        return Reply(200)

    def deactivate(self, request: ApiRequest) -> Reply:
        """``POST /api/License/deactivate``.

        Assumed: the licence is looked at before the account, since the sample's account is refused a step earlier.
        """
        body = values.known_keys(values.object_body(request), ("email", "password"))
        right = self._is_account(body)
        if self._licence.state != "key":
            return code_msg_reply(400, NO_KEY)
        if not right:
            return code_msg_reply(400, WRONG_ACCOUNT)
        self._licence.deactivate()
        return Reply(200)

    def _is_account(self, body: Mapping[str, Any]) -> bool:
        for name in ("email", "password"):
            if not isinstance(body.get(name), str) or not body[name]:
                raise bad_value(name, "A text is required.")
        account = self._licence.account
        return (body["email"].casefold(), body["password"]) == (account.email.casefold(), account.password)

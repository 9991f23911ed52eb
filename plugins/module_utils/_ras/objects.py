# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects of a farm, named within a site or another parent: one desired state and one set of reads for all kinds.

Source: seed 001; reference/ras/notes.md sections 5, 6, 9 (filters, partial PUT, what lists carry, inherited settings).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from .._converge import Changes, Raw, check_settings, raw_changes
from .._errors import BadInputError, NotFoundError, NotJsonError
from .._fields import Field
from .._http import Reply
from .._options import RAS
from .._secrets import secret_values
from .._task import ArgumentSpec, Task
from .client import RasClient, UnknownSiteError
from .resources import FAMILIES, Resource

_READ_ONLY = {
    "id": "the server gives it",
    "siteid": "an object cannot move to another site",
    "admincreate": "the server keeps it",
    "adminlastmod": "the server keeps it",
    "timecreate": "the server keeps it",
    "timelastmod": "the server keeps it",
}


# The option that tells where an object is, by the field that does.
_OPTION_OF = {"site_id": "site", "parent_id": "folder"}


def state_spec(resource: Resource, extra: Mapping[str, dict[str, Any]]) -> ArgumentSpec:
    """The argument spec of a state module; extra: its options beside the fields."""
    return ArgumentSpec(
        {
            **RAS.argument_spec(),
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "id": {"type": "int"},
            resource.key: {"type": "str"},
            "site": {"type": "str"},
            "settings": {"type": "dict", "default": {}},
            **extra,
            **resource.table.options(),
        },
        mutually_exclusive=[RAS.exclusive],
        required_one_of=[["id", resource.key]],
    )


def info_spec(resource: Resource, extra: Mapping[str, dict[str, Any]] | None = None) -> ArgumentSpec:
    """The argument spec of an info module; extra: options of its own."""
    options: dict[str, dict[str, Any]] = {
        **RAS.argument_spec(),
        "id": {"type": "int"},
        resource.key: {"type": "str"},
        "site": {"type": "str"},
        **(extra or {}),
    }
    if resource.has_status:
        options["gather_status"] = {"type": "bool", "default": False}
    return ArgumentSpec(options, mutually_exclusive=[RAS.exclusive, ["id", resource.key], ["id", "site"]])


class ObjectTarget:
    """A Target of _converge: the object that a task names, and what it asks of it.

    Options that cannot be carried out raise BadInputError here, before the first request, or in changes(), before the
    first write. What a kind has beyond its fields goes into a subclass, at the methods that say so.
    """

    # For subclasses: what the server keeps apart from the other fields, and takes in a request of its own after them.
    apart: ClassVar[str | None] = None

    def __init__(self, task: Task, client: RasClient, resource: Resource):
        params = task.params
        self.noun = resource.noun
        self._task = task
        self._client = client
        self._resource = resource
        self._id: int | None = params["id"]
        self._key: str | None = params[resource.key]
        if self._key is not None and (not self._key or self._key != self._key.strip()):
            raise BadInputError(
                f"{resource.key}: {self._key!r} is empty, or begins or ends with a blank. Correct the name."
            )
        self._state: str = params["state"]
        self._filtered = False
        self.label = f"{resource.title} {self._key or f'with id {self._id}'}"
        self._settings: dict[str, Any] = params["settings"] or {}
        task.secrets.update(secret_values(self._settings))
        self._given = self._checked_options(params)

    def _checked_options(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Our names -> API values of the options that the task gave."""
        wanted = {}
        doubles = {}
        for field in self._resource.table:
            if field.read_only:
                continue
            for api in (field.api, field.legacy):
                if api:
                    doubles[api.casefold()] = field.name
            if field.name not in self._task.given:
                continue
            if params[field.name] is None:
                raise null_refused(field.name, "'' for none" if field.type == "str" and not field.enum else "")
            wanted[field.name] = field.to_api(params[field.name])
        key = {self._resource.key: "it names the object; remove the object and add it anew"}
        check_settings(self._settings, doubles, {**_READ_ONLY, **key})
        return {**self._switched_off(wanted), **wanted}

    def _switched_off(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """The switches of inheritance that must be off for the wanted values to count."""
        switches = {}
        for name in wanted:
            switch = self._resource.table.by_name[name].switch
            if switch and wanted.get(switch):
                raise BadInputError(
                    f"{name}: it counts only while {switch} is false, which the task sets to true. Leave one of them "
                    "out; the switch is set together with the value."
                )
            if switch:
                switches[switch] = False
        return switches

    @functools.cached_property
    def _wanted(self) -> dict[str, Any]:
        """Our names -> API values of all that is asked of the object."""
        return {**self._given, **self._looked_up()}

    def _looked_up(self) -> dict[str, Any]:
        """For subclasses: wanted values that take a look at the farm, such as ids of objects that are named."""
        return {}

    @functools.cached_property
    def _site_id(self) -> int | None:
        """The id of the wanted site; None when none is named, or when it is only planned (check mode)."""
        try:
            return self._client.site_id(self._task.params["site"])
        except UnknownSiteError as error:
            if not self._task.check_mode:
                raise
            self._warn_of_planned(error)
            return None

    def _warn_of_planned(self, error: UnknownSiteError) -> None:
        self._task.warn(f"{error} Going on in check mode, as if the site were created before.")

    @property
    def _parent(self) -> int | None:
        """The id of what holds the object, a site unless a subclass says otherwise; None where none is named."""
        return self._site_id

    @property
    def _parent_is_planned(self) -> bool:
        return self._task.params["site"] is not None and self._site_id is None

    # Reads

    @property
    def filtered(self) -> bool:
        return self._filtered

    def find(self, *, thorough: bool = False) -> Raw | None:
        found = self._by_id() if self._id is not None else self._by_key(thorough)
        return None if found is None else self._whole(found)

    def _by_id(self) -> Raw | None:
        raw = self._client.get(self._resource, self._id or 0)
        if raw is None:
            if self._state == "absent":
                return None
            raise BadInputError(
                f"id: there is no {self._resource.title} with id {self._id}. RAS gives the ids itself; leave id out "
                f"and set {self._resource.key} to add one."
            )
        check_agreement(self._resource, raw, {self._resource.key: self._key, self._resource.parent: self._parent})
        return raw

    def _by_key(self, thorough: bool) -> Raw | None:
        if self._parent_is_planned:
            return None
        self._filtered = self._client.has_place(self._resource) and self._filters_names()
        rows = self._named(thorough)
        if len(rows) > 1:
            raise ambiguous(self._resource, rows, self._parent_shown)
        if not rows:
            return None
        if self._client.place(self._resource).whole:
            return rows[0]
        return self._client.get(self._resource, self._resource.table.value(rows[0], "id"))

    def _filters_names(self) -> bool:
        """Whether the server is asked for objects by name."""
        return self._resource.key in self._client.place(self._resource).filters

    def _parent_shown(self, raw: Raw) -> object:
        """What holds an object, as messages tell it."""
        return self._resource.table.value(raw, self._resource.parent)

    def _named(self, thorough: bool) -> list[Raw]:
        """The objects of the wanted name, in the wanted parent if one is named."""
        wanted: dict[str, Any] = {self._resource.key: self._key, self._resource.parent: self._parent}
        return self._client.select(self._resource, filtered=not thorough, **wanted)

    def _whole(self, raw: Raw) -> Raw:
        """For subclasses: the object as it was read, with what the server keeps elsewhere."""
        return raw

    def read_again(self, current: Raw) -> Raw | None:
        raw = self._client.get(self._resource, self._resource.table.value(current, "id"))
        return None if raw is None else self._whole(raw)

    # Comparison

    def changes(self, current: Raw) -> Changes:
        table = self._resource.table
        changes: Changes = {}
        for name, wanted in self._wanted.items():
            self._check_known(table.by_name[name])
            now = table.value(current, name)
            if not table.by_name[name].same(now, wanted):
                changes[name] = (now, wanted)
        changes.update(raw_changes(current, self._settings))
        return changes

    @property
    def _family(self) -> str:
        return self._client.place(self._resource).family or FAMILIES[-1]

    def _check_known(self, field: Field) -> None:
        """Refuse an option that the server's API generation has no field for."""
        if not self._resource.differs or (field.current if self._family == "current" else field.legacy is not None):
            return
        other = FAMILIES[1 - FAMILIES.index(self._family)]
        raise BadInputError(
            f"{field.name}: this server speaks the {self._family} API, where only the {other} one has this field. "
            "Leave the option out; settings takes raw fields of this server."
        )

    def _api_name(self, current: Raw, name: str) -> str:
        """What the server calls our field: its own spelling, else that of its generation."""
        table = self._resource.table
        if name not in table.by_name:
            return name
        field = table.by_name[name]
        fallback = field.api if self._family == "current" else field.legacy or field.api
        return table.key(current, name) or fallback

    # Writes

    def create(self) -> Raw | None:
        self.check_options_known()
        try:
            reply = self._client.request(
                "POST",
                self._client.place(self._resource).collection,
                query=self._create_query(),
                body=self._create_body(),
                hints={"not_found": "Check url."},
            )
        except NotFoundError:
            if self._site_id is not None:
                self._client.check_site(self._site_id)
            raise
        return self._carried(reply)

    def _create_query(self) -> dict[str, Any]:
        """For subclasses: the query of the request that creates the object."""
        return {}

    def _create_body(self) -> dict[str, Any]:
        """What the documents show for the request that creates the object; the rest follows as a change."""
        table = self._resource.table
        body: dict[str, Any] = {table.by_name[self._resource.key].api: self._key}
        if self._site_id is not None:
            body["siteId"] = self._site_id
        for name in self._resource.created_with:
            if name in self._wanted:
                body[self._api_name({}, name)] = self._wanted[name]
        return body

    def check_options_known(self) -> None:
        """Refuse options that the server's API generation has no field for."""
        for name in self._wanted:
            self._check_known(self._resource.table.by_name[name])

    def parts(self, changes: Changes) -> list[Changes]:
        others = {name: change for name, change in changes.items() if name != self.apart}
        own = {name: change for name, change in changes.items() if name == self.apart}
        return [part for part in (others, own) if part]

    def update(self, current: Raw, changes: Changes) -> Raw | None:
        body = {self._api_name(current, name): wanted for name, (_now, wanted) in changes.items()}
        updated = self._carried(self._client.request("PUT", self._object_path(current), body=body))
        # An answer with a part of the object is none that shows what became of it.
        return updated if updated is not None and current.keys() <= updated.keys() else None

    def delete(self, current: Raw) -> None:
        self._client.request("DELETE", self._object_path(current))

    def _object_path(self, current: Raw) -> str:
        return self._client.place(self._resource).path(self._resource.table.value(current, "id"))

    def _carried(self, reply: Reply) -> Raw | None:
        """The object of an answer, if it carries one. The write is done either way; what is broken is read again."""
        try:
            body = reply.json()
        except NotJsonError:
            return None
        table = self._resource.table
        whole = isinstance(body, dict) and all(table.key(body, name) for name in ("id", self._resource.key))
        return body if whole else None

    # What users see

    def planned(self) -> dict[str, Any]:
        self.check_options_known()
        if self._task.check_mode and self._site_id is not None:
            # An id is taken as it is; the server would refuse it where the object is created.
            try:
                self._client.check_site(self._site_id)
            except UnknownSiteError as error:
                self._warn_of_planned(error)
        planned: dict[str, Any] = {self._resource.key: self._key}
        if self._parent is not None:
            planned[self._resource.parent] = self._parent
        shown = {name: self.shown(name, wanted) for name, wanted in self._wanted.items()}
        return {**planned, **shown, **self._settings}

    def result(self, raw: Raw) -> dict[str, Any]:
        return self._resource.table.result(raw)

    def shown(self, name: str, value: Any) -> Any:
        field = self._resource.table.by_name.get(name)
        return field.to_result(value) if field else value

    def identity(self, raw: Raw) -> dict[str, Any]:
        table = self._resource.table
        return {name: table.value(raw, name) for name in (self._resource.key, self._resource.parent, "id")}


def null_refused(option: str, hint: str = "") -> BadInputError:
    """The error of a task that gives null for an option of a field. hint: what stands for nothing."""
    return BadInputError(
        f"{option}: no source shows that a field can be reset with null. Give the value that is wanted"
        f"{f' ({hint})' if hint else ''}, or leave the option out (omit) to keep what is there."
    )


def check_agreement(resource: Resource, raw: Raw, wanted: Mapping[str, Any]) -> None:
    """Refuse a task that names an object by its id and says of it what is not so. wanted: by our names; None passes."""
    table = resource.table
    for name, value in wanted.items():
        now = table.value(raw, name)
        if value is not None and not table.by_name[name].same(now, value):
            option, object_id = _OPTION_OF.get(name, name), table.value(raw, "id")
            raise BadInputError(
                f"id and {option} disagree: the {resource.title} with id {object_id} has {option} {now}, not {value}. "
                "Correct one of them, or leave one out."
            )


def ambiguous(resource: Resource, rows: list[Raw], shown: Callable[[Raw], object]) -> BadInputError:
    """The error of a task whose name fits several objects. shown: where one is, as messages tell it."""
    table = resource.table
    option = _OPTION_OF[resource.parent]
    places = ", ".join(f"id {table.value(row, 'id')} in {option} {shown(row)}" for row in rows)
    return BadInputError(
        f"{resource.key}: {len(rows)} {resource.title}s are named {table.value(rows[0], resource.key)} ({places}). "
        f"Set {option}, or use id."
    )


class UnknownObjectError(BadInputError):
    """The named object is not there; in check mode it may be one that the play is about to add."""


def named_object(task: Task, client: RasClient, resource: Resource) -> dict[str, Any] | None:
    """The one object of a site that a task names by id or key, in our names with what a list shows of it.

    None, with a warning, where it is only planned (check mode). BadInputError names those that are there.
    """
    params = task.params
    table = resource.table
    try:
        wanted = {resource.key: params[resource.key], resource.parent: client.site_id(params["site"])}
        if params["id"] is None:
            rows = client.select_sure(resource, **wanted)
        else:
            found = client.get(resource, params["id"])
            rows = [] if found is None else [found]
        if not rows:
            known = client.select(resource)
            option = resource.key if params["id"] is None else "id"
            place = f" in site {params['site']}" if params["site"] else ""
            there = (f"{table.value(row, resource.key)} (id {table.value(row, 'id')})" for row in known)
            raise UnknownObjectError(
                f"{option}: there is no {resource.title} {params[option]}{place}. "
                f"There are: {', '.join(there) or 'none'}."
            )
    except (UnknownSiteError, UnknownObjectError) as error:
        if not task.check_mode or params[resource.key] is None:
            raise
        task.warn(f"{error} Going on in check mode, as if it were added before.")
        return None
    if len(rows) > 1:
        raise ambiguous(resource, rows, lambda row: table.value(row, resource.parent))
    check_agreement(resource, rows[0], wanted)
    return table.result(rows[0])


def object_info(task: Task, client: RasClient, resource: Resource) -> list[dict[str, Any]]:
    """The objects that a task asks for, in our names; none is an empty list."""
    params = task.params
    wanted = {resource.key: params[resource.key], "site_id": client.site_id(params["site"])}
    if params["id"] is not None:
        found = client.get(resource, params["id"])
        rows = [found] if found else []
    else:
        rows = client.select_sure(resource, **wanted)
        if params[resource.key] is not None and not client.place(resource).whole:
            whole = (client.get(resource, resource.table.value(row, "id")) for row in rows)
            rows = [row for row in whole if row]
    results = [resource.table.result(row) for row in rows]
    if params.get("gather_status") and rows:
        if params[resource.key] is not None:
            # As the server spells it, in case its filter minds letter case.
            wanted[resource.key] = resource.table.value(rows[0], resource.key)
        statuses = client.statuses(resource, rows, **wanted)
        for result in results:
            result["status"] = statuses.get(str(result["id"]))
    return results

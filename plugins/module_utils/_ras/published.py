# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a farm publishes: folders, applications and desktops, each within a folder or at the top.

Source: reference/ras/endpoints.yaml (PubItems), schemas PubItem, PubRDSApp_sample, NewPubRDSApp, notes.md section 6.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .._converge import Changes, Raw, check_settings
from .._errors import BadInputError, UnexpectedAnswerError
from .._fields import FieldTable
from .._options import RAS
from .._task import ArgumentSpec, Task
from . import enums, fields
from .client import RasClient
from .fields import MESSAGES
from .objects import ObjectTarget, null_refused, state_spec
from .resources import (
    PUBLISHED_APPS,
    PUBLISHED_DESKTOPS,
    PUBLISHED_FOLDERS,
    PUBLISHED_ITEMS,
    RDS_HOST_POOLS,
    RDS_SERVERS,
    Resource,
)

TOP = "/"
# What a folder holds, in an object of ours that is to be removed; the API does not keep it there.
CONTENTS = "contents"
# A message about unknown names lists as many known ones.
_SHOWN = 20
_TOP_ID = "0"

# The kinds that an info module can be asked for, by the word for them.
KINDS = {"folder": PUBLISHED_FOLDERS, "app": PUBLISHED_APPS, "desktop": PUBLISHED_DESKTOPS}
_TABLES = {
    "Folder": fields.PUBLISHED_FOLDER,
    "RDSApp": fields.PUBLISHED_APP,
    "RDSDesktop": fields.PUBLISHED_DESKTOP,
}
# Fields that options set under other names, and fields that cannot be written; API names, folded.
_BY_OPTION = {
    "publishfromserver": "publish_from_servers",
    "publishfromgroup": "publish_from_pools",
    "maintenancemessages": MESSAGES,
    **{f"{fields.MESSAGE_PREFIX}{language}".casefold(): MESSAGES for language in fields.MESSAGE_LANGUAGES},
}
_FIXED = {
    "parentid": "an item is not moved; remove it and publish it in the other folder",
    "type": "an item stays of its kind",
}
# Our name of a language -> the API's.
_LANGUAGES = {language.lower(): language for language in fields.MESSAGE_LANGUAGES}


@dataclasses.dataclass(frozen=True)
class _Source:
    """Where an item may be published from. kind: the value of publish_from; option: takes names; field: their ids."""

    kind: str
    option: str
    field: str
    resource: Resource


_SOURCES = (
    _Source("Server", "publish_from_servers", "publish_from_server", RDS_SERVERS),
    _Source("Group", "publish_from_pools", "publish_from_group", RDS_HOST_POOLS),
)


def folder_spec() -> ArgumentSpec:
    """The argument spec of a folder's state module."""
    return _spec(PUBLISHED_FOLDERS, {"recursive": {"type": "bool", "default": False}})


def published_spec(resource: Resource) -> ArgumentSpec:
    """The argument spec of the state module of what users can start."""
    spec = _spec(resource, {source.option: {"type": "list", "elements": "str"} for source in _SOURCES})
    exclusive = [*(spec.mutually_exclusive or []), [source.option for source in _SOURCES]]
    return dataclasses.replace(spec, mutually_exclusive=exclusive)


def _spec(resource: Resource, extra: Mapping[str, dict[str, Any]]) -> ArgumentSpec:
    messages = {"type": "dict", "options": {language: {"type": "str"} for language in _LANGUAGES}}
    spec = state_spec(resource, {**_place_options(), MESSAGES: messages, **extra})
    exclusive = [*(spec.mutually_exclusive or []), ["folder", "parent_id"], ["enabled", "enabled_mode"]]
    return dataclasses.replace(spec, mutually_exclusive=exclusive)


def _place_options() -> dict[str, dict[str, Any]]:
    return {"folder": {"type": "str"}, "parent_id": {"type": "int"}}


def published_info_spec() -> ArgumentSpec:
    """The argument spec of the info module of all kinds."""
    return ArgumentSpec(
        {
            **RAS.argument_spec(),
            "type": {"type": "str", "choices": ["all", *KINDS], "default": "all"},
            "id": {"type": "int"},
            "name": {"type": "str"},
            **_place_options(),
            "site": {"type": "str"},
        },
        mutually_exclusive=[
            RAS.exclusive,
            ["folder", "parent_id"],
            *(["id", other] for other in ("name", "folder", "parent_id", "site")),
        ],
    )


def split_path(path: str) -> list[str]:
    """The names of the folders of a path, from the top; none for the top itself."""
    return [name.strip() for name in path.split(TOP) if name.strip()]


def _text(row: Raw, name: str) -> str:
    """A field that all kinds have, as text; a number that is not there is that of the top."""
    value = fields.PUBLISHED_ITEM.value(row, name)
    return _TOP_ID if value is None else str(value)


def _some(names: Iterable[str]) -> str:
    """Names for a message, in their order, but not too many."""
    known = sorted(names, key=str.casefold)
    more = [f"and {len(known) - _SHOWN} more"] if len(known) > _SHOWN else []
    return ", ".join([*known[:_SHOWN], *more]) or "none"


class Folders:
    """Folders of a farm, and the paths that their names make."""

    def __init__(self, rows: Iterable[Raw]):
        # One without an id must not be taken for the top, where that is missing.
        self.rows = [row for row in rows if _text(row, "id") != _TOP_ID]
        self._by_id = {_text(row, "id"): row for row in self.rows}

    def ids(self, path: Sequence[str]) -> list[str]:
        """The ids of the folders at the end of a path: none, one, or several where names are not unique."""
        found = [_TOP_ID]
        for name in path:
            found = [
                _text(row, "id")
                for row in self.rows
                if _text(row, "parent_id") in found and _text(row, "name").casefold() == name.casefold()
            ]
        return found

    def path(self, folder_id: str) -> str:
        """The path of a folder. One that is not known, such as one that the account may not see, stands as its id."""
        names: list[str] = []
        while folder_id != _TOP_ID and len(names) <= len(self.rows):
            row = self._by_id.get(folder_id)
            names.insert(0, f"(id {folder_id})" if row is None else _text(row, "name"))
            folder_id = _TOP_ID if row is None else _text(row, "parent_id")
        return TOP.join(names) or TOP

    def known(self) -> str:
        """The paths of all folders, for a message."""
        return _some(self.path(folder_id) for folder_id in self._by_id)


def _read_folders(client: RasClient, site_id: int | None) -> Folders:
    return Folders(client.select(PUBLISHED_FOLDERS, query={"site_id": site_id}))


def _folder_id(folders: Folders, path: Sequence[str]) -> int:
    """The id of the folder at the end of a path; UnknownFolderError names those that are there."""
    ids = folders.ids(path)
    if not ids:
        raise UnknownFolderError(
            f"folder: there is no published folder {TOP.join(path)}. There are: {folders.known()}. If a folder's name "
            "contains a slash, use parent_id."
        )
    if len(ids) > 1:
        raise BadInputError(
            f"folder: {len(ids)} published folders are called {TOP.join(path)} (ids {', '.join(ids)}). Use parent_id."
        )
    if not ids[0].isdecimal():
        raise UnexpectedAnswerError(
            f"The server gives the published folder {TOP.join(path)} the id {ids[0]}, no number."
        )
    return int(ids[0])


class UnknownFolderError(BadInputError):
    """The named folder is not there; in check mode it may be one that the play is about to add."""


def messages_of(raw: Raw) -> dict[str, str]:
    """The maintenance messages of an item by our names of their languages."""
    nested = fields.PUBLISHED_ITEM.value(raw, MESSAGES)
    start = len(fields.MESSAGE_PREFIX)
    pairs = nested.items() if isinstance(nested, Mapping) else ()
    return {key[start:].lower(): text or "" for key, text in pairs}


def _result(table: FieldTable, raw: Raw) -> dict[str, Any]:
    result = table.result(raw)
    return {**result, MESSAGES: messages_of(raw)} if MESSAGES in result else result


class PublishedTarget(ObjectTarget):
    """A published item and what a task asks of it.

    Without a folder it is looked for in all of them, and added at the top if it is in none.
    """

    def __init__(self, task: Task, client: RasClient, resource: Resource):
        super().__init__(task, client, resource)
        params = task.params
        self._refuse_null(MESSAGES)
        self._messages = {language: text for language, text in (params[MESSAGES] or {}).items() if text is not None}
        self._path = None if params["folder"] is None else split_path(params["folder"])
        self._read: Folders | None = None
        check_settings(self._settings, _BY_OPTION, _FIXED)

    def _refuse_null(self, *options: str) -> None:
        for option in options:
            if option in self._task.given and self._task.params[option] is None:
                raise null_refused(option)

    # The folder

    @property
    def _parent(self) -> int | None:
        return self._parent_id

    @functools.cached_property
    def _parent_id(self) -> int | None:
        if self._path is None:
            given: int | None = self._task.params["parent_id"]
            return given
        try:
            return _folder_id(self._folders(), self._path) if self._path else int(_TOP_ID)
        except UnknownFolderError as error:
            # What is not there holds nothing that could be removed.
            if self._state == "absent" and self._id is None:
                return None
            if not self._task.check_mode or self._state == "absent":
                raise
            self._task.warn(f"{error} Going on in check mode, as if the folder were added before.")
            return None

    def _folders(self, *, again: bool = False) -> Folders:
        if self._read is None or again:
            self._read = _read_folders(self._client, self._site_id)
        return self._read

    @property
    def _names_parent(self) -> bool:
        return self._path is not None or self._task.params["parent_id"] is not None

    def _parent_shown(self, raw: Raw) -> object:
        parent = _text(raw, "parent_id")
        if parent == _TOP_ID:
            return TOP
        return parent if self._family == "legacy" else self._folders().path(parent)

    # Reads

    def _named(self, thorough: bool) -> list[Raw]:
        rows = self._of_this_name(thorough)
        if not self._names_parent or not (rows or self._state == "present"):
            return rows
        parent = self._parent
        return [row for row in rows if parent is not None and _text(row, "parent_id") == str(parent)]

    def _of_this_name(self, thorough: bool) -> list[Raw]:
        return self._client.select(
            self._resource, filtered=not thorough, query={"site_id": self._site_id}, name=self._key
        )

    # Comparison

    def changes(self, current: Raw) -> Changes:
        changes = super().changes(current)
        if self._messages:
            self._check_known(self._resource.table.by_name[MESSAGES])
            now = messages_of(current)
            if any(now.get(language, "") != text for language, text in self._messages.items()):
                changes[MESSAGES] = (now, {**now, **self._messages})
        return changes

    # Writes

    def _create_body(self) -> dict[str, Any]:
        body = super()._create_body()
        if self._family == "legacy":
            # The sample shows these, and no more is known; the rest follows as a change.
            return {name: value for name, value in body.items() if name in ("name", "siteId", "target")}
        if self._parent:
            body["parentId"] = self._parent
        return {**body, **_flat(self._messages, fields.NEW_MESSAGE_LANGUAGES)}

    def update(self, current: Raw, changes: Changes) -> Raw | None:
        written = {name: change for name, change in changes.items() if name != MESSAGES}
        if MESSAGES in changes:
            now = messages_of(current)
            texts = {language: text for language, text in self._messages.items() if now.get(language, "") != text}
            written.update({name: (None, text) for name, text in _flat(texts, fields.MESSAGE_LANGUAGES).items()})
        return super().update(current, written)

    # What users see

    def check_options_known(self) -> None:
        super().check_options_known()
        if self._family == "legacy" and self._task.params["parent_id"]:
            raise BadInputError(
                "parent_id: no source shows how a server of the legacy API publishes an item in a folder. Leave it "
                "out; the item is then added at the top."
            )
        if self._messages:
            self._check_known(self._resource.table.by_name[MESSAGES])

    def planned(self) -> dict[str, Any]:
        planned = super().planned()
        return {**planned, MESSAGES: self._messages} if self._messages else planned

    def result(self, raw: Raw) -> dict[str, Any]:
        return _result(self._resource.table, raw)


def _flat(messages: Mapping[str, str], languages: Iterable[str]) -> dict[str, str]:
    """Messages as the API takes them, of these languages only."""
    return {
        f"{fields.MESSAGE_PREFIX}{language}": messages[language.lower()]
        for language in languages
        if language.lower() in messages
    }


class FolderTarget(PublishedTarget):
    """A folder. One that holds something is removed only if the task says so."""

    def __init__(self, task: Task, client: RasClient):
        super().__init__(task, client, PUBLISHED_FOLDERS)

    def _filters_names(self) -> bool:
        return not self._path and super()._filters_names()

    def _of_this_name(self, thorough: bool) -> list[Raw]:
        if not self._path:
            return super()._of_this_name(thorough)
        # The list that tells where the path leads has the folder too.
        name = (self._key or "").casefold()
        return [row for row in self._folders(again=thorough).rows if _text(row, "name").casefold() == name]

    def _whole(self, raw: Raw) -> Raw:
        if self._state == "present":
            return raw
        contents = sorted(self._contents(_text(raw, "id")), key=str.casefold)
        if contents and not self._task.params["recursive"]:
            raise BadInputError(
                f"{self.label} still holds {_some(contents)}. Remove that first, or set recursive: true to remove it "
                "together with the folder."
            )
        return {**raw, CONTENTS: contents}

    def _contents(self, folder_id: str) -> Iterator[str]:
        """What is in a folder and in those below, by paths that begin there."""
        rows = self._client.select(PUBLISHED_ITEMS)
        below = {folder_id: ""}
        # Each round goes one folder deeper; one that would hold itself is not looked into again.
        while rows:
            inside = [row for row in rows if _text(row, "parent_id") in below]
            if not inside:
                return
            rows = [row for row in rows if _text(row, "parent_id") not in below]
            for row in inside:
                yield below[_text(row, "parent_id")] + _text(row, "name")
            below = {_text(row, "id"): f"{below[_text(row, 'parent_id')]}{_text(row, 'name')}{TOP}" for row in inside}


class StartableTarget(PublishedTarget):
    """An application or a desktop: what is published from servers."""

    def __init__(self, task: Task, client: RasClient, resource: Resource):
        super().__init__(task, client, resource)
        self._refuse_null(*(source.option for source in _SOURCES))
        kind = self._given.get("publish_from")
        for source in _SOURCES:
            names = task.params[source.option]
            number = enums.PUBLISH_FROM.number(source.kind, source.option)
            if names is None:
                continue
            if names and kind is None:
                self._given["publish_from"] = number
            elif bool(names) != (kind == number) or kind is None:
                raise BadInputError(_disagreement(source, names, enums.PUBLISH_FROM.name(kind)))

    def _looked_up(self) -> dict[str, Any]:
        return {
            source.field: self._ids(source, self._task.params[source.option])
            for source in _SOURCES
            if self._task.params[source.option] is not None
        }

    def _ids(self, source: _Source, names: list[str]) -> list[Any]:
        """The ids of what is named; in check mode the name itself of what is not there yet."""
        if not names:
            return []
        resource = source.resource
        known: dict[str, list[Raw]] = {}
        for row in self._client.select(resource, site_id=self._site_id):
            known.setdefault(str(resource.table.value(row, resource.key)).casefold(), []).append(row)
        ids = []
        for name in dict.fromkeys(name.casefold() for name in names):
            rows = known.get(name, [])
            if len(rows) > 1:
                text = f"several sites have one called {name} ({resource.title})"
                raise BadInputError(f"{source.option}: {text}. Set site.")
            ids.append(resource.table.value(rows[0], "id") if rows else self._planned(source, name, names, known))
        return ids

    def _planned(self, source: _Source, folded: str, names: list[str], known: Mapping[str, list[Raw]]) -> str:
        """The name of something that is not there: it stands for the id in check mode, and is refused else."""
        name = next(name for name in names if name.casefold() == folded)
        resource = source.resource
        there = _some(str(resource.table.value(row, resource.key)) for rows in known.values() for row in rows)
        text = f"{source.option}: there is no {resource.title} {name}. There are: {there}."
        if not self._task.check_mode:
            raise BadInputError(text)
        self._task.warn(f"{text} Going on in check mode, as if it were added before.")
        return name

    def _check_sources(self, current: Raw) -> None:
        """Refuse to publish from servers or pools of which neither the task nor the item names any."""
        for source in _SOURCES:
            if self._wanted.get("publish_from") != enums.PUBLISH_FROM.number(source.kind, "publish_from"):
                continue
            if source.field not in self._wanted and not self._resource.table.value(current, source.field):
                raise BadInputError(
                    f"publish_from: {source.kind} needs {source.option}, since {self.label} names none so far."
                )

    def changes(self, current: Raw) -> Changes:
        self._check_sources(current)
        return super().changes(current)

    def planned(self) -> dict[str, Any]:
        self._check_sources({})
        return super().planned()


def _disagreement(source: _Source, names: list[str], kind: Any) -> str:
    if names:
        return (
            f"{source.option}: with it publish_from is {source.kind}, but the task says {kind}. Correct one of them, "
            "or leave publish_from out."
        )
    return f"{source.option}: it is empty. Name some, or set publish_from to something else than {source.kind}."


class AppTarget(StartableTarget):
    """An application."""

    def __init__(self, task: Task, client: RasClient):
        super().__init__(task, client, PUBLISHED_APPS)

    def planned(self) -> dict[str, Any]:
        if not self._given.get("target"):
            raise BadInputError(f"target: {self.label} is not published yet, which needs target, the program to start.")
        return super().planned()


class DesktopTarget(StartableTarget):
    """A desktop."""

    def __init__(self, task: Task, client: RasClient):
        super().__init__(task, client, PUBLISHED_DESKTOPS)


def published_info(task: Task, client: RasClient) -> list[dict[str, Any]]:
    """The published items that a task asks for, in our names, each with the path of its folder."""
    params = task.params
    resource = KINDS.get(params["type"], PUBLISHED_ITEMS)
    site_id = client.site_id(params["site"])
    # The list of all kinds has the folders too, and so has that of folders, but not when filtered by name.
    has_folders = resource in (PUBLISHED_ITEMS, PUBLISHED_FOLDERS)
    rows = client.select(resource, query={"site_id": site_id}, name=None if has_folders else params["name"])
    legacy = client.place(resource).family == "legacy"
    path = None if params["folder"] is None else split_path(params["folder"])
    folders = Folders([])
    if has_folders and not legacy:
        folders = Folders(row for row in rows if resource is PUBLISHED_FOLDERS or _kind(row) == "Folder")
    elif path or (not legacy and any(_text(row, "parent_id") != _TOP_ID for row in rows)):
        folders = _read_folders(client, site_id)
    wanted = {"id": params["id"], "name": params["name"], "parent_id": params["parent_id"]}
    if path is not None:
        wanted["parent_id"] = _folder_id(folders, path) if path else _TOP_ID
    return [
        {**_result(_TABLES.get(_kind(row), resource.table), row), "folder": folders.path(_text(row, "parent_id"))}
        for row in rows
        if all(
            value is None or _text(row, field).casefold() == str(value).casefold() for field, value in wanted.items()
        )
    ]


def _kind(row: Raw) -> Any:
    return enums.PUB_ITEM_TYPE.name(fields.PUBLISHED_ITEM.value(row, "type"))

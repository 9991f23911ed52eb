# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of connection options that is made from that of the platforms' modules: the same texts elsewhere."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.common.yaml import yaml_dump, yaml_load

from ..module_utils._options import PLATFORMS, Platform

# The sentences of the modules' documentation that say where a value comes from if it is not set.
_SOURCES = ("If not set, ", "If neither this ", "If no secret is set, ")


def lookup_documentation(documentation: str, platform: Platform) -> str:
    """The documentation fragment of a platform's lookups, from that of its modules.

    Every option can come from its environment variable, and all but secrets from ansible.cfg.
    """
    fragment: dict[str, Any] = yaml_load(documentation)
    fragment.pop("notes", None)
    for name, option in fragment["options"].items():
        option["description"] = [text for text in option["description"] if not text.startswith(_SOURCES)]
        option["env"] = [{"name": platform.variable(name)}]
        if name not in platform.exclusive:
            option["ini"] = [{"section": f"deskops_vdi_{platform.name}", "key": name}]
    token, url = platform.variable(platform.token), platform.variable("url")
    fragment["notes"] = [
        "A lookup runs where Ansible runs. The keyword C(environment) of a task does not reach it.",
        (
            "Of several credentials, one that is set otherwise goes before those of the environment; there "
            f"E({token}) goes first, and only to the server of E({url})."
        ),
    ]
    return str(yaml_dump(fragment, sort_keys=False))


def any_platform_documentation(documentations: dict[str, str]) -> str:
    """The documentation fragment of a module that can speak to each platform. documentations: by platform's name."""
    options: dict[str, Any] = {}
    platforms: dict[str, list[str]] = {}
    requirements: list[str] = []
    for platform, documentation in documentations.items():
        fragment = yaml_load(documentation)
        requirements = fragment["requirements"]
        for name, option in fragment["options"].items():
            platforms.setdefault(name, []).append(platform)
            texts = [text for text in option["description"] if not text.startswith(_SOURCES)]
            known = options.setdefault(name, {**option, "description": []})
            known["type"] = "list" if "list" in (known["type"], option["type"]) else known["type"]
            if known["type"] == "list":
                known["elements"] = "str"
            known["description"] += [text for text in texts if text not in known["description"]]
    for name, option in options.items():
        users = ", ".join(f"V({platform})" for platform in platforms[name])
        variables = ", ".join(f"E({PLATFORMS[platform].variable(name)})" for platform in platforms[name])
        option["description"] += [f"For O(platform) {users}. If not set, one of {variables} is used, by the platform."]
    return str(yaml_dump({"options": options, "requirements": requirements}, sort_keys=False))

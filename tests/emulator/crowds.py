# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every crowd of user sessions is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

Choice = TypeVar("Choice")

# Objects that a test adds are drawn with seeds from here on, so that they are none of the crowd.
LATER_SEEDS = 1_000_000_000


def wheel(weights: Mapping[Choice, int]) -> tuple[Choice, ...]:
    """256 places shared out by weight: one random byte picks one."""
    total = sum(weights.values())
    places: list[Choice] = []
    reached = 0
    for choice, weight in weights.items():
        reached += weight
        places.extend([choice] * (round(reached * 256 / total) - len(places)))
    return tuple(places)


FIRST_NAMES = [
    "anna",
    "ben",
    "carla",
    "david",
    "elif",
    "finn",
    "greta",
    "henry",
    "ines",
    "jonas",
    "karin",
    "liam",
    "maria",
    "noah",
    "olga",
    "paul",
    "quinn",
    "rosa",
    "samir",
    "tara",
    "ugo",
    "vera",
    "wim",
    "xenia",
    "yann",
    "zoe",
    "amira",
    "bjorn",
    "chloe",
    "dario",
    "emma",
    "felix",
]
LAST_NAMES = [
    "adler",
    "berg",
    "costa",
    "dahl",
    "evans",
    "fischer",
    "garcia",
    "hansen",
    "ivanov",
    "jensen",
    "keller",
    "larsen",
    "meyer",
    "novak",
    "olsen",
    "petrov",
    "quist",
    "rossi",
    "schmidt",
    "tanaka",
    "ullman",
    "vogel",
    "weber",
    "xu",
    "young",
    "zimmer",
    "arnaud",
    "blanc",
    "cohen",
    "duarte",
    "eriksen",
    "fontaine",
]

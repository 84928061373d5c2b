"""JSON values: what programs have in their hands -> values that JSON has, in Python's own types.

What JSON has no type for, but databases do, becomes the text or the number that programs write for it: a
`Decimal` a number, a date or a time ISO 8601 text, a UUID its text. Nothing is rounded: a number that no
64-bit floating point holds is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from math import isfinite
from reprlib import repr as shortened
from typing import TYPE_CHECKING, Any, SupportsIndex

from searchkit.text import uuid_text, well_formed

if TYPE_CHECKING:
    from decimal import Decimal

LONGEST_KEY = 1000
"""Characters of a key."""
DEEPEST_EXTRA = 64
"""Lists and objects within one another. Python's own limit depends on who calls."""
_MOST_DIGITS = 1000  # Python refuses to read and write integers of 4,300 digits
_INTEGERS = 10**_MOST_DIGITS

Json = Any
"""A value that ``json.dumps`` takes: the type of what ``extra`` holds."""


class NoRoomError(Exception):
    """There is no room for so many characters."""


class NotJsonError(Exception):
    """A value that JSON has none for, or that is out of bounds; ``keys`` lead to it, the innermost first."""

    def __init__(self, reason: str, *keys: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.keys: list[object] = [*keys]


class JsonCopy:
    """Copies values into ones of JSON, as long as there is room for so many characters.

    Lists that hold one list again and again are small in memory and large on disk; those that hold themselves
    are deeper than any limit.
    """

    def __init__(self, room: int) -> None:
        self._room = room

    def of(self, value: object, depth: int = 0) -> Json:
        """The copy of a value that is in so many others."""
        self._room -= 1
        if value is None or value is True or value is False:
            return value
        if isinstance(value, str):
            self._room -= len(value)
            if self._room >= 0:
                return well_formed(str.__str__(value))
        if self._room < 0:
            raise NoRoomError
        if isinstance(value, int):
            return _integer(int.__int__(value))
        if isinstance(value, float):
            real = float.__float__(value)
            if not isfinite(real):
                raise NotJsonError(f"is {real}, which JSON does not have; give null, or a text")
            return real
        if not isinstance(value, dict | list | tuple):
            return self._of_database(value, depth)
        if depth == DEEPEST_EXTRA:
            raise NotJsonError(
                f"is nested too deep; at most {DEEPEST_EXTRA} lists and objects in one another"
            )
        key: object = None
        try:
            if isinstance(value, dict):
                copied: dict[str, Json] = {}
                for key, inner in value.items():
                    copied[self._key(key, copied)] = self.of(inner, depth + 1)
                return copied
            items: list[Json] = []
            for inner in value:
                key = len(items)
                items.append(self.of(inner, depth + 1))
        except NotJsonError as error:
            error.keys.append(key)
            raise
        return items

    def _of_database(self, value: object, depth: int) -> Json:
        """What a value is in JSON whose type JSON does not have."""
        from decimal import Decimal  # takes long to import, and most programs have none

        if isinstance(value, Decimal):
            return self.of(_number(value), depth)
        if isinstance(value, date | time):  # a datetime is a date
            return self.of(None if value != value else value.isoformat(), depth)  # the NaT of pandas
        if (text := uuid_text(value)) is not None:
            return self.of(text, depth)
        if isinstance(value, SupportsIndex):  # the integers of numpy are none of Python's
            return _integer(value.__index__())
        raise NotJsonError(
            f"is a value of the type {type(value).__name__}: {shortened(value)}; give a text or a number"
        )

    def _key(self, key: object, known: Mapping[str, Json]) -> str:
        if not isinstance(key, str):
            raise NotJsonError("has a key that is no text")
        if len(key) > LONGEST_KEY:
            raise NotJsonError(f"has a key of {len(key):,} characters; at most {LONGEST_KEY:,} are taken")
        self._room -= len(key)
        text = well_formed(str.__str__(key))
        if text in known:
            raise NotJsonError("has a key that stands there twice, once lone surrogates are replaced")
        return text


def _integer(number: int) -> int:
    if not -_INTEGERS < number < _INTEGERS:
        raise NotJsonError(f"is an integer of more than {_MOST_DIGITS:,} digits; give it as text")
    return number


def _number(value: Decimal) -> int | float:
    """The number that JSON has for a decimal: of the same value, or an error."""
    from decimal import Decimal

    if not value.is_finite():
        return float("nan") if value.is_nan() else float(value)
    if value.as_tuple().exponent == 0:
        return int(value)
    real = float(value)
    if Decimal(repr(real)) != value:
        raise NotJsonError(f"is {shortened(value)}, which no number keeps as it is; give it as text")
    return real

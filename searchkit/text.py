"""text: what programs, command lines and addresses give as text -> what the layers above work with.

Every file, term and engine needs text that has UTF-8: `well_formed` makes it of any `str`.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from reprlib import repr as shortened
from typing import TYPE_CHECKING, Any, SupportsIndex

if TYPE_CHECKING:
    from uuid import UUID

    Id = str | SupportsIndex | UUID
    """An id as databases have them. It is kept as text: 5 is the document with the id "5"."""

_SURROGATE = re.compile("[\ud800-\udfff]")


def well_formed(text: str) -> str:
    """``text`` with U+FFFD for each lone surrogate; of the same length."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text)
    return text


def uuid_text(value: object) -> str | None:
    """The text of a UUID; None for anything else."""
    uuid = sys.modules.get("uuid")  # whoever has one has imported it, which takes long
    return str(value) if uuid and isinstance(value, uuid.UUID) else None


def id_text(value: object) -> str | None:
    """The text of an id as databases have them: a text, an integer or a UUID; None for anything else.

    >>> id_text(5), id_text("5"), id_text(True)
    ('5', '5', None)
    """
    if isinstance(value, str):
        return well_formed(str.__str__(value))
    if isinstance(value, SupportsIndex) and not isinstance(
        value, bool | Iterable
    ):  # an array of numpy is both
        return str(value.__index__())
    return uuid_text(value)


def require_id(value: object) -> str:
    """The text of an id; raises TypeError for what is none."""
    text = id_text(value)
    if text is None:
        raise TypeError(
            f"an id is a text, an integer or a UUID, not {type(value).__name__}: {shortened(value)}"
        )
    return text


def as_ids(ids: Id | Iterable[Id]) -> list[str]:
    """One id or many, as a list of texts."""
    if (one := id_text(ids)) is not None:
        return [one]
    if not isinstance(ids, Iterable) or isinstance(ids, bytes | bytearray):
        raise TypeError(f"ids: {shortened(ids)} is {type(ids).__name__}, no id and no list of ids")
    return [require_id(id) for id in ids]


def as_list(name: str, values: str | Iterable[str]) -> list[str]:
    """One text or many, as a list."""
    found = [values] if isinstance(values, str) else list(values)
    for value in found:
        if not isinstance(value, str):
            raise TypeError(f"{name}: {value!r} is {type(value).__name__}, not text")
    return [well_formed(value) for value in found]


def values_by_name(pairs: Iterable[str]) -> dict[str, Any]:
    """``NAME=VALUE`` and ``NAME!=VALUE``, as command lines and addresses have them -> ``where`` of a search.

    Each name has its values; a star is any value. Raises ValueError for what is no such pair.
    """
    wanted: dict[str, list[Any]] = {}
    unwanted: dict[str, list[Any]] = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        names = unwanted if name.endswith("!") else wanted
        name = name.removesuffix("!").strip()
        if not name or not value.strip():
            example = "author=林晚, price=10..20 or price!=5"
            raise ValueError(f"takes NAME=VALUE, like {example}, not {pair[:60]!r}")
        names.setdefault(name, []).append({"not": None} if value.strip() == "*" else value)
    if both := wanted.keys() & unwanted.keys():
        raise ValueError(f"has both {min(both)}= and {min(both)}!=; one of them is enough")
    none = {"not": None}
    return wanted | {name: None if none in values else {"not": values} for name, values in unwanted.items()}


def path_text(path: str | os.PathLike[str]) -> str:
    """A path or a location as text.

    Raises TypeError for bytes and for what is no path, ValueError for one with a character that no path has.
    """
    text: str | bytes = os.fspath(path)
    if isinstance(text, bytes):
        raise TypeError(
            f"a path is text or a Path, not bytes like {text[:60]!r}: os.fsdecode() makes text of it"
        )
    if "\0" in text:
        raise ValueError(f"{text[:60]!r}: no path has a NUL character")
    return text


def escape_html(text: str) -> str:
    """The text within HTML, also within a quoted attribute: `html.escape`, whose import takes long."""
    for character, entity in (("&", "amp"), ("<", "lt"), (">", "gt"), ('"', "quot"), ("'", "#x27")):
        text = text.replace(character, f"&{entity};")
    return text

"""text: any `str` -> one that has UTF-8, which every file, term and engine needs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

_SURROGATE = re.compile("[\ud800-\udfff]")


def well_formed(text: str) -> str:
    """``text`` with U+FFFD for each lone surrogate; of the same length."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text)
    return text


def as_list(name: str, values: str | Iterable[str]) -> list[str]:
    """One text or many, as a list."""
    found = [values] if isinstance(values, str) else list(values)
    for value in found:
        if not isinstance(value, str):
            raise TypeError(f"{name}: {value!r} is {type(value).__name__}, not text")
    return [well_formed(value) for value in found]


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

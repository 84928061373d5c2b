"""Compositions: a base and its marks -> the one letter that they are: か and U+3099 are が."""

from __future__ import annotations

import re
from functools import cache

from searchkit.analysis.characters import (
    FILLER,
    HANGUL_MARKS,
    INVISIBLE,
    character_data,
    class_of,
    composed,
)


def with_compositions(normalized: str) -> str:
    """The text of the same length, the letter in the place of the base, an invisible character in the mark's.

    A mark is composed with the nearest visible character before it, where the two compose.
    """
    common, rare = _marks()
    if common.search(normalized) is None and rare.search(normalized) is None:
        return normalized
    marks = re.compile(f"{common.pattern}|{rare.pattern}")
    text = [*normalized]
    base = last = -1
    for found in marks.finditer(normalized):
        at = found.start()
        before = at - 1
        while before > last and class_of(text[before]) == INVISIBLE:
            before -= 1
        if before > last:  # none of them was looked at for the mark before
            base = before
        last = at
        code = composed(ord(text[base]), ord(text[at])) if base >= 0 else None
        if code is not None:
            text[base], text[at] = chr(code), FILLER
        elif class_of(text[at]) != INVISIBLE:
            base = at
    return "".join(text)


@cache
def _marks() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What finds the marks that compose with a base: the common ones, which is faster, and the others."""
    marks = sorted({chr(mark) for _, mark in character_data().compositions})
    hangul = "".join(f"{chr(first)}-{chr(last)}" for first, last in HANGUL_MARKS)
    common = "".join(mark for mark in marks if mark < "\U00010000") + hangul
    rare = "".join(mark for mark in marks if mark >= "\U00010000")
    return re.compile(f"[{common}]"), re.compile(f"[{rare}]")

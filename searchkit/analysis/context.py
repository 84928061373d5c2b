"""Context: what a character is by its neighbours: the comma of 1,000; 々; an end of a line within a sentence.

Each of these becomes one character too, so offsets stay. Invisible characters are looked through.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from functools import cache
from itertools import compress

from searchkit.analysis.characters import (
    ASCII_LETTER,
    DIGIT,
    FILLER,
    HAN,
    INVISIBLE,
    LATIN,
    LINE_END,
    NONE,
    character_data,
    class_of,
    class_table,
    composing_marks,
)
from searchkit.analysis.normalizer import normalization_columns

JOINED = "\uffff"
"""Is in the place of an end of a line within a sentence. It parts Latin words, but not Han."""
SHORT_LINE = 5
"""A line of fewer characters is a name or an item of a list: the next one does not go on with it."""

_ITERATION = "々"
_NEVER_FIRST = "々〻"
IDEOGRAPHS = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
# A line that begins with one character and one of these is an item of a list, or what somebody says.
_MARKERS = "、.:)"
_JOIN = frozenset((HAN, ASCII_LETTER, LATIN))
_SPACES = " \t\u3000"


def in_context(text: str, normalized: str) -> str:
    """``normalized``, which `text` is character by character, with what depends on neighbours.

    The commas of 1,000,000 become invisible. 々 becomes the Han character before it: 人々 is 人人. The end of
    a line within a sentence, and the spaces before it, become `JOINED`.
    """
    if _ITERATION in normalized:
        normalized = _with_iterations(normalized)
    places: list[tuple[int, str]] = []
    if _maybe_grouped().search(text):
        places += [(place, FILLER) for place in _grouping_commas(text)]
    if "\n" in text:
        at = text.find("\n")
        while at >= 0:
            if joins_lines(text, at):
                places += [(place, JOINED) for place in _gap(text, at)]
            at = text.find("\n", at + 1)
    if places:
        characters = [*normalized]
        for place, character in places:
            characters[place] = character
        normalized = "".join(characters)
    return normalized


def joins_lines(text: str, at: int) -> bool:
    r"""Does the sentence go on behind the end of a line, a ``\n`` at this place?

    Lines of wrapped text have no punctuation at their ends, and the next one is not set off by spaces or the
    sign of a list; 々 never begins one. A short line is none of those.
    """
    if at and class_of(text[at - 1]) == NONE and text[at - 1] not in _SPACES:
        return False  # as nearly always: a sentence ends
    behind = _visible_from(text, at + 1)
    first = next(behind, "")
    if not first or class_of(first) not in _JOIN or first in _NEVER_FIRST or first in composing_marks():
        return False
    if _form(next((one for one in behind if one not in composing_marks()), "")) in _MARKERS:
        return False
    gap = min(_gap(text, at))
    characters = 0
    for place in range(gap - 1, -1, -1):
        name = class_of(text[place])
        if name == LINE_END or text[place] == JOINED:
            return False
        if name == INVISIBLE:
            continue
        if not characters and name not in _JOIN:
            return False
        characters += text[place] not in composing_marks()
        if characters == SHORT_LINE:
            return True
    return False


def _visible_from(text: str, start: int) -> Iterator[str]:
    """The characters from this place on, without those that are invisible."""
    for place in range(start, len(text)):
        if class_of(text[place]) != INVISIBLE:
            yield text[place]


def _gap(text: str, at: int) -> list[int]:
    r"""The places of the ``\n`` at this place, of the ``\r`` before it, and of spaces before these."""
    places = [at]
    while at:
        at -= 1
        if text[at] in _SPACES or (text[at] == "\r" and len(places) == 1):
            places.append(at)
        elif class_of(text[at]) != INVISIBLE:
            break
    return places


def _form(character: str) -> str:
    return character.translate(_marker_forms()) or "-"


def _with_iterations(normalized: str) -> str:
    """Each 々 as the Han character before it, unless there is none."""
    text = [*normalized]
    for found in re.finditer(_ITERATION, normalized):
        at = found.start() - 1
        while at >= 0 and class_of(text[at]) == INVISIBLE:
            at -= 1
        before = character_data().expansions.get(text[at], text[at])[-1] if at >= 0 else ""
        if re.match(f"[{IDEOGRAPHS}]", before):
            text[found.start()] = before
    return "".join(text)


def _grouping_commas(text: str) -> Iterator[int]:
    """The places of the commas that group the digits of a number by three."""
    classes = text.translate(class_table())
    places = array("I", range(len(text)))
    if INVISIBLE in classes:
        shown = [name != INVISIBLE for name in classes]
        places = array("I", compress(places, shown))
        text = "".join(compress(text, shown))
    for found in _grouped().finditer(text):
        for comma in re.finditer("[,，]", found.group()):
            yield places[found.start() + comma.start()]


@cache
def _maybe_grouped() -> re.Pattern[str]:
    """Finds a comma and three digits, or what is invisible there: as hardly any text has."""
    digits, _ = _digits()
    return re.compile(f"[,，](?:[{digits}]{{3}}|[{digits}]{{,2}}[{_ranges(INVISIBLE)}])")


@cache
def _grouped() -> re.Pattern[str]:
    """Finds 1,000 and 1,234,567 in visible text.

    A comma of full width stands between digits of full width only: in 100，200 it parts two numbers.
    """
    digits, nonzero = _digits()
    whole = _ranges(DIGIT)
    return re.compile(
        # What stands before is looked at behind the first digit, as texts have few of these.
        rf"[{nonzero}](?<![{whole}].)(?<![{whole}][,，].)"
        rf"(?:[{digits}]{{0,2}}(?:,[{digits}]{{3}})+|(?<=[１-９])[０-９]{{0,2}}(?:，[０-９]{{3}})+)"
        rf"(?![{whole}]|[,，][{whole}])"
    )


@cache
def _digits() -> tuple[str, str]:
    """All that is 0 to 9 when normalized, and all that is 1 to 9."""
    forms = [(digit, digit) for digit in "0123456789"] + list(zip(*normalization_columns(), strict=True))
    digits = [(character, form) for character, form in forms if form in "0123456789"]
    return "".join(one for one, _ in digits), "".join(one for one, form in digits if form != "0")


@cache
def _ranges(name: str) -> str:
    """The characters of a class, for a class of a regular expression."""
    return "".join(
        f"{chr(first)}-{chr(last)}" for first, last, each in character_data().ranges if each == name
    )


@cache
def _marker_forms() -> dict[int, str]:
    columns = zip(*normalization_columns(), strict=True)
    return {ord(character): form for character, form in columns if form in _MARKERS}

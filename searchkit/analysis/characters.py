"""Characters: what class each is of, and what a base and its marks compose to, as characters.txt has it.

The file is generated (tools/character_classes.py), so that texts have the same tokens whatever version of
Unicode the running Python knows.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from typing import NamedTuple
from zlib import crc32

from searchkit.analysis.normalizer import normalization_columns, read_resource

HAN = "H"
"""A token each: Han, and letters of other scripts whose words no spaces part."""
ASCII_LETTER = "A"
"""a to z, when normalized: Latin."""
LATIN = "L"
"""Other Latin letters, when normalized."""
DIGIT = "D"
SMALL_DIGIT = "S"
"""Sub- and superscript digits."""
WORD = "W"
"""Letters of alphabets whose words spaces part: Cyrillic, Greek, Arabic, Devanagari..."""
SYMBOL = "Y"
"""Emoji, currencies, arrows and other symbols: a token each."""
INVISIBLE = "I"
"""Marks, joiners, soft hyphens: part of the character before them."""
EXPANDS = "E"
"""Ligatures, squared units, circled numbers and the like: as the characters that they stand for."""
LINE_END = "N"
NONE = "-"
"""Spaces, punctuation, controls, and what is unassigned."""
PLUS = "P"
HASH = "X"
"""The last two end c++ and c#; elsewhere they are as NONE."""

LATIN_RANGES = "0-9a-zß-öø-ɏ"
"""Latin letters and digits in normalized text, for a class of a regular expression."""
FILLER = "\u034f"
"""An invisible character, in the place of a mark that its base was composed with."""

# Hangul by arithmetic: The Unicode Standard, section 3.12.
_LEADING, _VOWEL, _TRAILING, _SYLLABLE = 0x1100, 0x1161, 0x11A7, 0xAC00
_LEADINGS, _VOWELS, _TRAILINGS = 19, 21, 28
HANGUL_MARKS = ((_VOWEL, _VOWEL + _VOWELS - 1), (_TRAILING + 1, _TRAILING + _TRAILINGS - 1))
"""The first and the last of the vowels, and of the consonants that end a syllable."""


class CharacterData(NamedTuple):
    """The rows of characters.txt."""

    ranges: list[tuple[int, int, str]]
    """First and last code point and class; those of class NONE are left out."""
    digits: dict[int, int]
    """For each sub- and superscript digit the code point of the digit."""
    compositions: dict[tuple[int, int], int]
    """What a base and a mark compose to, all normalized; in order."""
    expansions: dict[str, str]
    """For each character that expands, in order, the normalized text that it stands for."""


@cache
def character_data() -> CharacterData:
    """All that characters.txt has."""
    ranges, digits, compositions, expansions = [], {}, {}, {}
    for line in read_resource("searchkit.analysis", "characters.txt").split("\n"):
        name, *values = line.split(" ")
        if name == "digits":
            for value in values:
                code, digit = value.split("=")
                digits[int(code, 16)] = ord("0") + int(digit)
        elif name == "compose":
            for value in values:
                pair, composed = value.split("=")
                base, mark = pair.split("+")
                compositions[int(base, 16), int(mark, 16)] = int(composed, 16)
        elif name == "expand":
            for value in values:
                code, _, text = value.partition("=")
                expansions[chr(int(code, 16))] = "".join(chr(int(each, 16)) for each in text.split("+"))
        elif name not in ("", "#"):
            for value in values:
                first, _, last = value.partition("-")
                ranges.append((int(first, 16), int(last or first, 16), name))
    return CharacterData(ranges, digits, compositions, expansions)


def composed(base: int, mark: int) -> int | None:
    """The normalized character that a normalized base and a mark are together; None where they are two.

    >>> chr(composed(ord("か"), 0x3099))
    'が'
    """
    if 0 <= base - _LEADING < _LEADINGS and 0 <= mark - _VOWEL < _VOWELS:
        return _SYLLABLE + ((base - _LEADING) * _VOWELS + mark - _VOWEL) * _TRAILINGS
    syllable = base - _SYLLABLE
    if 0 <= syllable < _LEADINGS * _VOWELS * _TRAILINGS and 0 < mark - _TRAILING < _TRAILINGS:
        return base + mark - _TRAILING if syllable % _TRAILINGS == 0 else None
    return character_data().compositions.get((base, mark))


@cache
def composing_marks() -> frozenset[str]:
    """The characters that may compose with the one before them, normalized or not."""
    marks = {chr(mark) for _, mark in character_data().compositions}
    marks.update(chr(code) for first, last in HANGUL_MARKS for code in range(first, last + 1))
    characters, forms = normalization_columns()
    marks.update(one for one, form in zip(characters, forms, strict=True) if form in marks)
    return frozenset(marks)


@cache
def characters_checksum() -> int:
    """A checksum of characters.txt."""
    return crc32(read_resource("searchkit.analysis", "characters.txt").encode())


class ClassTable(dict[int, int]):
    """The class by code point, as a number, for `str.translate`.

    What was asked for is kept, for speed, but not all of Unicode, which would take a hundred megabytes.
    """

    _MOST = 50_000

    def __init__(self) -> None:
        super().__init__()
        self._ranges = sorted(character_data().ranges)
        self._firsts = [first for first, _, _ in self._ranges]

    def __missing__(self, code: int) -> int:
        place = bisect_right(self._firsts, code) - 1
        _, last, name = self._ranges[place] if place >= 0 else (0, -1, NONE)
        found = ord(name if code <= last else NONE)
        if len(self) >= self._MOST:
            self.clear()
        self[code] = found
        return found


@cache
def class_table() -> ClassTable:
    """The table of classes, shared."""
    return ClassTable()


def class_of(character: str) -> str:
    """The class of a character.

    >>> class_of("中"), class_of("é"), class_of("，")
    ('H', 'A', '-')
    """
    return chr(class_table()[ord(character)])

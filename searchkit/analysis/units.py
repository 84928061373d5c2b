"""Units: folded text -> the pieces in which passages are exact, and their bigrams.

A *unit* is one Han character (or any other letter that is no Latin one), or one whole Latin
word or number; C++ and C# are whole too. A *bigram* is two neighbouring units of one line,
whatever punctuation stands between them. Any passage of two or more units from within
a line is then exactly a chain of bigrams, which is why a passage in quotes is
never missed, whatever the segmenter made of the document.
"""

from __future__ import annotations

import re

__all__ = ["LATIN", "bigram", "bigram_terms", "is_latin", "unit_terms", "units"]

LATIN = "0-9a-zß-öø-ɏ"
"""Characters of Latin words and numbers in folded text, for a regular expression's class."""

# Longer runs of letters are data, not words, and are cut: engines refuse terms of 32 kB.
_UNIT = rf"(?<![{LATIN}])[a-z](?:\+\+(?!\+)|\#)|[{LATIN}]{{1,255}}|[^\W_]"
_UNITS = re.compile(_UNIT)
_UNITS_AND_LINE_ENDS = re.compile(rf"{_UNIT}|\n[\W_]*")

# Stands between the lines in the bigrams: two of its terms lie between the last
# bigram of a line and the first of the next, so no chain crosses them.
_LINE_END = "¶"

# The first character behind the Latin ones. Comparing a whole unit with it compares the
# unit's first character, which is the cheapest way to ask is_latin().
_BEHIND_LATIN = "ɐ"


def units(folded: str) -> list[str]:
    """The units of `folded`, in order.

    >>> units("使用 gpt-4 和 c++。")
    ['使', '用', 'gpt', '4', '和', 'c++']
    """
    return _UNITS.findall(folded)


def is_latin(unit: str) -> bool:
    """Is `unit` a Latin word or number, and so possibly longer than one character?"""
    return unit < _BEHIND_LATIN


def bigram(first: str, second: str) -> str:
    """The term for two neighbouring units; `_` keeps two Latin words apart."""
    return f"{first}_{second}" if first < _BEHIND_LATIN and second < _BEHIND_LATIN else first + second


def unit_terms(folded: str) -> str:
    """The units of `folded`, joined by spaces."""
    return " ".join(_UNITS.findall(folded))


def bigram_terms(folded: str) -> str:
    """The bigrams of every line of `folded`, joined by spaces.

    >>> bigram_terms("中日，关系")
    '中日 日关 关系'
    """
    pieces = [_LINE_END if piece[0] == "\n" else piece for piece in _UNITS_AND_LINE_ENDS.findall(folded)]
    return " ".join([bigram(first, second) for first, second in zip(pieces, pieces[1:])])

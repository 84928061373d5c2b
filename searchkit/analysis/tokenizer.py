"""Units: folded text -> the pieces in which passages are exact, and their bigrams.

A *unit* is one Han character (or any other letter that is no Latin one), or one whole Latin
word or number; C++ and C# are whole too. A *bigram* is two neighbouring units of one line,
whatever punctuation stands between them. Any passage of two or more units from within
a line is then exactly a chain of bigrams, which is why a passage in quotes is
never missed, whatever the segmenter made of the document.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Sequence

__all__ = [
    "LATIN",
    "LINE_END",
    "WORD_END",
    "bigram",
    "has_tokens",
    "is_latin",
    "tokenize",
    "unigram_and_bigram_terms",
]

LATIN = "0-9a-zß-öø-ɏ"
"""Characters of Latin words and numbers in folded text, for a regular expression's class."""

LINE_END = "¶"
"""Stands for the end of a line among the units; the fold leaves none in a text.

Its bigrams with the last unit of a line and with the first of the next lie between the other
bigrams of these lines, so no chain crosses a line.
"""

# Longer runs of letters are data, not words, and are cut: engines refuse terms of 32 kB.
_LATIN_TOKEN = rf"(?<![{LATIN}])[a-z](?:\+\+(?!\+)|\#)|[{LATIN}]{{1,255}}"
_TOKENS = re.compile(rf"{_LATIN_TOKEN}|[^\W_]")
# Runs of the most frequent Han characters come as one piece: a tenth as many matches.
_RUNS = re.compile(rf"[一-鿿]+|{LINE_END}|{_LATIN_TOKEN}|[^\W_]")

_LATIN_TOKENS = re.compile(_LATIN_TOKEN)

# The first character behind the Latin ones. Comparing a whole unit with it compares the
# unit's first character, which is the cheapest way to ask is_latin().
_BEHIND_LATIN = "ɐ"

_PLACE = "\0"  # never a unit
_SPACE = ord(" ")
_UTF_32 = f"utf-32-{sys.byteorder[0]}e"

WORD_END = "_"
"""Ends a Latin unit within a bigram: `ab c` and `a bc` have different bigrams."""


def tokenize(normalized: str) -> list[str]:
    """The units of `normalized`, in order.

    >>> tokenize("使用 gpt-4 和 c++。")
    ['使', '用', 'gpt', '4', '和', 'c++']
    """
    return _TOKENS.findall(normalized)


def has_tokens(normalized: str) -> bool:
    """Is there anything to search for in `normalized`?"""
    return _TOKENS.search(normalized) is not None


def is_latin(token: str) -> bool:
    """Is `token` a Latin word or number, and so possibly longer than one character?"""
    return _LATIN_TOKENS.match(token) is not None


def bigram(first: str, second: str) -> str:
    """The term for two neighbouring units.

    >>> bigram("中", "日"), bigram("gpt", "4")
    ('中日', 'gpt_4_')
    """
    return _ended(first) + _ended(second)


def unigram_and_bigram_terms(normalized: str) -> tuple[str, str]:
    """The units of `normalized`, and the bigrams of its lines, each joined by spaces.

    >>> unigram_and_bigram_terms("中日，关系")
    ('中 日 关 系', '中日 日关 关系 系¶')
    """
    runs = _RUNS.findall(normalized.replace("\n", LINE_END))
    # Whole texts are put together by functions in C, with one character in the place of each Latin unit.
    latin = [run for run in runs if run < _BEHIND_LATIN and run != LINE_END]
    line = "".join([run if run >= _BEHIND_LATIN or run == LINE_END else _PLACE for run in runs])
    if not line:
        return "", ""
    # So that every unit begins a bigram, and one alone can be found by its position as well.
    line += LINE_END
    unigram_terms, bigram_terms = " ".join(line.replace(LINE_END, "")), _pairs(line)
    if latin:
        # Each stands in two bigrams; there is none before the first unit.
        twice = [token + WORD_END for token in latin for _ in (0, 1)][line[0] == _PLACE :]
        unigram_terms, bigram_terms = _filled(unigram_terms, latin), _filled(bigram_terms, twice)
    return unigram_terms, bigram_terms


def _pairs(line: str) -> str:
    """Each character with the next one, joined by spaces."""
    characters = array("I", line.encode(_UTF_32))
    pairs = array("I", [_SPACE]) * (3 * len(characters) - 3)
    pairs[0::3] = characters[:-1]
    pairs[1::3] = characters[1:]
    return pairs.tobytes().decode(_UTF_32)[:-1]


def _filled(text: str, words: Sequence[str]) -> str:
    """The text with the words in their places."""
    pieces = text.split(_PLACE)
    whole = [""] * (2 * len(words) + 1)
    whole[0::2] = pieces
    whole[1::2] = words
    return "".join(whole)


def _ended(token: str) -> str:
    return token + WORD_END if token and token < _BEHIND_LATIN and token != LINE_END else token

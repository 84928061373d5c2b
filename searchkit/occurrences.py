"""occurrences: a needle and folded text -> where the units of the needle stand as neighbours in one line.

The same rules as in `searchkit.analysis.units`, looked at from a place in the text: Latin words are
whole, C is no part of C++, and any punctuation may stand between two units. No regular expression,
because compiling one takes longer than to search ten articles by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache

from searchkit.analysis import LATIN, fold_table, is_latin, units
from searchkit.fragment import Span
from searchkit.query import Needle

__all__ = ["fancy_latin", "occurrences"]

_LATIN_WORD = re.compile(rf"[{LATIN}]+")
# Capitals as well: in a text of which only the letters of the query are folded, some are left.
_LATIN_LETTERS = frozenset(
    character for character in map(chr, range(0x250)) if _LATIN_WORD.match(character.lower())
)


def occurrences(needle: Needle, folded: str, start: int, end: int) -> Iterator[Span]:
    """The places of the needle within folded[start:end], in order."""
    if needle.is_inexact:
        like = _like(needle.units[0], needle.distance)
        return (match.span() for match in _LATIN_WORD.finditer(folded, start, end) if like(match[0]))
    return _neighbours(needle, folded, start, end)


def _neighbours(needle: Needle, folded: str, start: int, end: int) -> Iterator[Span]:
    for unit in needle.units:
        if unit not in folded:
            return
    first, rest, open_end = needle.units[0], needle.units[1:], needle.open
    # Han characters that stand together, as nearly always, need no look at each of them.
    together = needle.together
    at = folded.find(first, start, end)
    while at >= 0:
        if together and folded.startswith(together, at):
            reached = at + len(together)
        elif together and rest and (behind := folded[at + 1 : at + 2]) != rest[0] and behind.isalnum():
            reached = -1  # another character follows, as nearly always where it is not the needle
        else:
            reached = _unit_end(first, folded, at, open_end and not rest)
            for i, unit in enumerate(rest):
                if reached < 0:
                    break
                following = _next_unit(folded, reached)
                reached = _unit_end(unit, folded, following, open_end and i == len(rest) - 1)
        if 0 <= reached <= end:
            yield at, reached
        else:
            reached = at + 1
        at = folded.find(first, reached, end)


def _unit_end(unit: str, folded: str, at: int, open_end: bool) -> int:
    """Where the unit ends that stands at this place; -1 when it does not stand there."""
    if not folded.startswith(unit, at):
        return -1
    end = at + len(unit)
    if not is_latin(unit):
        return end
    if at and folded[at - 1] in _LATIN_LETTERS:
        return -1
    if open_end:
        match = _LATIN_WORD.match(folded, end)
        return match.end() if match else end
    if unit[-1] in "+#":
        return -1 if folded.startswith("+", end) and unit[-1] == "+" else end
    if end < len(folded) and folded[end] in _LATIN_LETTERS:
        return -1
    # Perhaps the C of C++ or C#: the rules for units decide.
    if len(unit) == 1 and folded.startswith(("+", "#"), end) and units(folded[at : end + 3])[0] != unit:
        return -1
    return end


def _next_unit(folded: str, at: int) -> int:
    """The first place from ``at`` that is no punctuation: a unit, or the end of the line or of the text."""
    length = len(folded)
    while at < length:
        character = folded[at]
        if character.isalnum() or character == "\n" or character in _disguised():
            break
        at += 1
    return at


@cache
def _disguised() -> frozenset[str]:
    """Signs that the fold makes a unit: the radical ⼀ becomes 一, and is no punctuation."""
    return frozenset(
        chr(code) for code, folded in fold_table().items() if folded.isalnum() and not chr(code).isalnum()
    )


@cache
def fancy_latin() -> re.Pattern[str]:
    """What folds to Latin letters, digits, + and #, other than A to Z."""
    latin = {*_LATIN_LETTERS, "+", "#"}
    fancy = "".join(
        chr(code) for code, folded in fold_table().items() if folded in latin and 0x7F < code < 0x10000
    )
    # Beyond the 16-bit characters one range: a list of them makes the pattern two hundred times slower.
    return re.compile(f"[{re.escape(fancy)}\U0001d400-\U0001d7ff]")


@lru_cache(maxsize=256)
def _like(word: str, distance: int) -> Callable[[str], bool]:
    """Whether another Latin word is like this one, which has ``*`` and ``?``, or a distance."""
    if distance:
        return lambda other: _distance(word, other, distance) <= distance
    pattern = re.compile("".join({"*": ".*", "?": "."}.get(sign, re.escape(sign)) for sign in word))
    return lambda other: pattern.fullmatch(other) is not None


def _distance(one: str, other: str, most: int) -> int:
    """Letters to change, add, leave out, or swap with their neighbour; more than ``most`` is just that."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before_that, before = before, row
        row = [i]
        for j, other_letter in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != other_letter))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == other_letter:
                cost = min(cost, before_that[j - 2] + 1)
            row.append(cost)
    return row[-1]

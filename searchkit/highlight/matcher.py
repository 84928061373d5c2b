"""occurrences: a needle and folded text -> where the units of the needle stand as neighbours in one line.

The same rules as in `searchkit.analysis.tokenizer`, looked at from a place in the text: Latin words are
whole, C is no part of C++, and any punctuation may stand between two units. No regular expression,
because compiling one takes longer than to search ten articles by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache

from searchkit.analysis import LATIN, is_latin, normalization_table, tokenize
from searchkit.highlight.fragmenter import Span
from searchkit.query import HighlightTerm

__all__ = ["fancy_latin", "find_matches"]

_LATIN_WORD = re.compile(rf"[{LATIN}]+")
# Capitals as well: in a text of which only the letters of the query are folded, some are left.
_LATIN_LETTERS = frozenset(
    character for character in map(chr, range(0x250)) if _LATIN_WORD.match(character.lower())
)


def find_matches(highlight_term: HighlightTerm, normalized: str, start: int, end: int) -> Iterator[Span]:
    """The places of the needle within folded[start:end], in order."""
    if highlight_term.is_inexact:
        like = _like(highlight_term.tokens[0], highlight_term.distance)
        return (match.span() for match in _LATIN_WORD.finditer(normalized, start, end) if like(match[0]))
    return _neighbours(highlight_term, normalized, start, end)


def _neighbours(highlight_term: HighlightTerm, normalized: str, start: int, end: int) -> Iterator[Span]:
    for token in highlight_term.tokens:
        if token not in normalized:
            return
    first, rest, open_end = highlight_term.tokens[0], highlight_term.tokens[1:], highlight_term.open
    # Han characters that stand together, as nearly always, need no look at each of them.
    together = highlight_term.together
    at = normalized.find(first, start, end)
    while at >= 0:
        if together and normalized.startswith(together, at):
            reached = at + len(together)
        elif together and rest and (behind := normalized[at + 1 : at + 2]) != rest[0] and behind.isalnum():
            reached = -1  # another character follows, as nearly always where it is not the needle
        else:
            reached = _token_end(first, normalized, at, open_end and not rest)
            for i, token in enumerate(rest):
                if reached < 0:
                    break
                following = _next_token(normalized, reached)
                reached = _token_end(token, normalized, following, open_end and i == len(rest) - 1)
        if 0 <= reached <= end:
            yield at, reached
        else:
            reached = at + 1
        at = normalized.find(first, reached, end)


def _token_end(token: str, normalized: str, at: int, open_end: bool) -> int:
    """Where the unit ends that stands at this place; -1 when it does not stand there."""
    if not normalized.startswith(token, at):
        return -1
    end = at + len(token)
    if not is_latin(token):
        return end
    if at and normalized[at - 1] in _LATIN_LETTERS:
        return -1
    if open_end:
        match = _LATIN_WORD.match(normalized, end)
        return match.end() if match else end
    if token[-1] in "+#":
        return -1 if normalized.startswith("+", end) and token[-1] == "+" else end
    if end < len(normalized) and normalized[end] in _LATIN_LETTERS:
        return -1
    # Perhaps the C of C++ or C#: the rules for units decide.
    if (
        len(token) == 1
        and normalized.startswith(("+", "#"), end)
        and tokenize(normalized[at : end + 3])[0] != token
    ):
        return -1
    return end


def _next_token(normalized: str, at: int) -> int:
    """The first place from ``at`` that is no punctuation: a unit, or the end of the line or of the text."""
    length = len(normalized)
    while at < length:
        character = normalized[at]
        if character.isalnum() or character == "\n" or character in _disguised():
            break
        at += 1
    return at


@cache
def _disguised() -> frozenset[str]:
    """Signs that the fold makes a unit: the radical ⼀ becomes 一, and is no punctuation."""
    return frozenset(
        chr(code)
        for code, normalized in normalization_table().items()
        if normalized.isalnum() and not chr(code).isalnum()
    )


@cache
def fancy_latin() -> re.Pattern[str]:
    """What folds to Latin letters, digits, + and #, other than A to Z."""
    latin = {*_LATIN_LETTERS, "+", "#"}
    fancy = "".join(
        chr(code)
        for code, normalized in normalization_table().items()
        if normalized in latin and 0x7F < code < 0x10000
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

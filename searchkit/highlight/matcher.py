"""Matcher: the highlight terms of a query against texts -> where their tokens stand.

The tokens of a term are neighbours in one line, by the rules of `searchkit.analysis.tokenizer`, looked at
from a place in the text: Latin words are whole, C is no part of C++, and any punctuation may stand between
tokens. No regular expression: compiling one takes longer than to search ten articles by hand.

Only the characters of the query are normalized in a text, by `str.replace` of each of their variants. That
takes a few microseconds for an article; to normalize all of it takes a hundred.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache

from searchkit.analysis.normalizer import normalization_table, normalize, variants
from searchkit.analysis.tokenizer import LATIN, is_latin, tokenize
from searchkit.query import HighlightTerm
from searchkit.query.ast import Field

_LATIN_WORD = re.compile(rf"[{LATIN}]+")
# Capitals as well: where only the characters of the query are normalized, some are left.
_LATIN_LETTERS = frozenset(letter for letter in map(chr, range(0x250)) if _LATIN_WORD.match(letter.lower()))

Match = tuple[int, int, int]
"""Start, end and the number of the term."""


class Matcher:
    """Finds the highlight terms of one query in texts."""

    def __init__(self, highlight_terms: Iterable[HighlightTerm]) -> None:
        # Longest first, so that 马克思 is one match and never 马克.
        self.terms = sorted(highlight_terms, key=lambda term: -sum(map(len, term.tokens)))
        finders = [_Finder(number, term) for number, term in enumerate(self.terms)]
        fields = ("title", "body")
        self._finders = {name: [one for one in finders if one.field in (None, name)] for name in fields}
        self._replacements, self._has_latin = _replacements(self.terms)

    def normalize(self, text: str) -> str:
        """The text with the characters of the query normalized; of the same length."""
        if self._replacements is None or (self._has_latin and _fancy_latin().search(text)):
            return normalize(text)
        for variant, character in self._replacements:
            text = text.replace(variant, character)
        return text

    def find(
        self, normalized: str, field: Field, start: int = 0, end: int | None = None, most: int | None = None
    ) -> tuple[list[Match], bool]:
        """The matches within normalized[start:end] in order, of two that overlap the longer; are these all?

        With ``most``, only the first so many of each term.
        """
        end = len(normalized) if end is None else end
        found = []
        is_complete = True
        for finder in self._finders[field]:
            if matches := finder.find(normalized, start, end, most):
                found.append(matches)
                is_complete = is_complete and len(matches) != most
        if len(found) < 2:
            return found[0] if found else [], is_complete
        taken = bytearray(end - start)
        all_matches = []
        for matches in found:
            for match in matches:
                left, right, _ = match
                if not (taken[left - start] or taken[right - start - 1]):
                    taken[left - start : right - start] = b"\1" * (right - left)
                    all_matches.append(match)
        all_matches.sort()
        return all_matches, is_complete


class _Finder:
    """Finds one highlight term, which has this number."""

    def __init__(self, number: int, term: HighlightTerm) -> None:
        self.field = term.field
        self._number = number
        self._tokens = term.tokens
        self._latin = [is_latin(token) for token in term.tokens]
        self._prefix = term.prefix
        self._is_like = _like(term.tokens[0], term.distance) if term.is_inexact else None
        # Tokens without punctuation between, as they stand nearly always; of Latin words it says nothing.
        self._together = "" if any(self._latin) else "".join(term.tokens)
        self._second = self._together[1:2]

    def find(self, normalized: str, start: int, end: int, most: int | None) -> list[Match]:
        """The first ``most`` matches within normalized[start:end], in order."""
        if self._is_like:
            words = _LATIN_WORD.finditer(normalized, start, end)
            return [(*word.span(), self._number) for word in words if self._is_like(word[0])][:most]
        for token in self._tokens:
            if token not in normalized:
                return []
        first, together, second = self._tokens[0], self._together, self._second
        found: list[Match] = []
        at = normalized.find(first, start, end)
        while at >= 0:
            if together and normalized.startswith(together, at):
                reached = at + len(together)
            elif second and (behind := normalized[at + 1 : at + 2]) != second and behind.isalnum():
                reached = -1  # another character follows, as nearly always where it is not the term
            else:
                reached = self._end_at(normalized, at)
            if 0 <= reached <= end:
                found.append((at, reached, self._number))
                if len(found) == most:
                    break
            else:
                reached = at + 1
            at = normalized.find(first, reached, end)
        return found

    def _end_at(self, normalized: str, at: int) -> int:
        """Where the term ends that begins at this place; -1 where it does not stand there."""
        last = len(self._tokens) - 1
        for number, token in enumerate(self._tokens):
            if number and not normalized.startswith(token, at) and not normalized[at : at + 1].isalnum():
                start = _token_start().search(normalized, at)
                at = start.start() if start else len(normalized)
            if not normalized.startswith(token, at):
                return -1
            if not self._latin[number]:
                at += len(token)
            elif (at := _latin_end(token, normalized, at, self._prefix and number == last)) < 0:
                return -1
        return at


def _latin_end(token: str, normalized: str, at: int, is_prefix: bool) -> int:
    """Where the Latin token ends whose letters stand at this place; -1 where they are part of another."""
    end = at + len(token)
    if at and normalized[at - 1] in _LATIN_LETTERS:
        return -1
    if is_prefix:
        match = _LATIN_WORD.match(normalized, end)
        return match.end() if match else end
    if token[-1] in "+#":
        return -1 if normalized.startswith("+", end) and token[-1] == "+" else end
    if end < len(normalized) and normalized[end] in _LATIN_LETTERS:
        return -1
    # Perhaps the C of C++ or C#: the tokenizer decides.
    if len(token) == 1 and normalized.startswith(("+", "#"), end):
        return end if tokenize(normalized[at : end + 3])[0] == token else -1
    return end


def _replacements(terms: Sequence[HighlightTerm]) -> tuple[list[tuple[str, str]] | None, bool]:
    """The variants of the characters of the terms, and what to replace them by; None for the whole table.

    Are there Latin letters among the characters? A text with é or Ａ needs the whole table then.
    """
    tokens = dict.fromkeys(token for term in terms for token in term.tokens)
    letters = "".join(dict.fromkeys("".join(token for token in tokens if is_latin(token))))
    if not letters.isascii() or any(term.prefix or term.is_inexact for term in terms):
        return None, True
    replaced = [(letter.upper(), letter) for letter in letters if letter.isalpha()]
    for token in tokens:
        if not is_latin(token):
            replaced += [(variant, token) for variant in variants(token) if variant != token]
    return replaced, bool(letters)


@cache
def _token_start() -> re.Pattern[str]:
    """What is no punctuation: the end of a line, or a token, as the radical ⼀ is, which becomes 一."""
    table = normalization_table()
    disguised = "".join(chr(code) for code in table if table[code].isalnum() and not chr(code).isalnum())
    return re.compile(rf"[^\W_]|[\n{disguised}]")


@cache
def _fancy_latin() -> re.Pattern[str]:
    """What becomes a Latin letter, a digit, + or #, other than A to Z."""
    latin = {*_LATIN_LETTERS, "+", "#"}
    table = normalization_table()
    fancy = "".join(chr(code) for code in table if table[code] in latin and 0x7F < code < 0x10000)
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
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        row, before = [i], rows[-1]
        for j, other_letter in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != other_letter))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == other_letter:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]

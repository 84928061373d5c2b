"""highlight: original text + what was searched -> spans, and the best fragment.

Only the characters that the query has are folded in the text, by `str.replace` of each of
their variants: a few microseconds for an article, where folding all of it would take a
hundred. Replacing is one character for one, so a span in the folded text is a span in the original.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from searchkit.analysis import LATIN, fold, is_latin, variants
from searchkit.query import Needle

__all__ = ["Fragment", "Highlighter", "Span"]

Span = tuple[int, int]

# What may stand between two neighbouring units: all but a unit and the end of the line.
_GAP = r"(?:[^\w\n]|_)*"
_SENTENCE_END = re.compile(r"[。！？；!?;\n]+[」』”’）)]*")
_CLAUSE_END = re.compile(r"[，、：,:\s]")
_INSIDE_LATIN = re.compile(rf"(?i)[{LATIN}]")
# Letters that fold to plain ones, other than A to Z.
_FANCY_LATIN = re.compile("[À-ɏ\u1e00-\u1eff\u212a\u212b\uff10-\uff5a\U0001d400-\U0001d7ff]")
# How often a word is looked for to find the best fragment: where it comes a hundred times, the first
# ones do as well.
_ENOUGH = 30


class Fragment(NamedTuple):
    """A piece of a text: where it starts there, what it says, and its matches."""

    start: int
    text: str
    spans: tuple[Span, ...]


_Match = tuple[int, int, int]
"""Start, end and the number of the needle."""


class Highlighter:
    """Finds the needles of one query in texts."""

    def __init__(self, needles: Iterable[Needle]) -> None:
        # Longest first, so that 马克思 is one match and never 马克.
        self._needles = sorted(needles, key=lambda needle: -sum(map(len, needle.units)))
        characters = dict.fromkeys(unit for needle in self._needles for unit in needle.units)
        self._has_latin = any(is_latin(unit) for unit in characters)
        self._folding = [
            (variant, unit)
            for unit in characters
            if not is_latin(unit)
            for variant in variants(unit)
            if variant != unit
        ]

    def title(self, text: str) -> tuple[Span, ...]:
        """The matches in a title."""
        return _merged(self._matches(text, "title"))

    def body(self, text: str) -> tuple[Span, ...]:
        """All matches in a body."""
        return _merged(self._matches(text, "body"))

    def snippet(self, text: str, length: int) -> Fragment:
        """The best fragment of a body, of at most ``length`` characters.

        Best is the one with most of what was searched, and that close together. It starts and ends at
        sentence ends where these are near enough; without a match it is the beginning of the text.
        """
        matches = self._matches(text, "body", most=_ENOUGH)
        first, last = self._best_window(matches, length) if matches else (0, 0)
        start, end = _cut(text, first, last, length)
        piece = text[start:end]
        # The fragment is searched anew: all of its matches count, also those behind the first ones.
        return Fragment(start, piece, _merged(self._matches(piece, "body")))

    def _matches(self, text: str, part: str, most: int | None = None) -> list[_Match]:
        """The matches in order, none overlapping another; of two that do, the longer.

        With ``most``, only the first so many of each needle.
        """
        if not text:
            return []
        folded = self._fold(text)
        found = []
        for number, needle in enumerate(self._needles):
            if needle.part is None or needle.part == part:
                spans = list(islice(_occurrences(needle, folded), most))
                if spans:
                    found.append((number, spans))
        if len(found) == 1:
            number, spans = found[0]
            return [(start, end, number) for start, end in spans]
        taken = bytearray(len(text))
        matches = []
        for number, spans in found:
            for start, end in spans:
                if not (taken[start] or taken[end - 1]):
                    taken[start:end] = b"\1" * (end - start)
                    matches.append((start, end, number))
        matches.sort()
        return matches

    def _fold(self, text: str) -> str:
        if self._has_latin:
            # For plain letters lower case is all there is to fold.
            folded = text if _FANCY_LATIN.search(text) else text.lower()
            if folded is text or len(folded) != len(text):
                return fold(text)
            text = folded
        for variant, character in self._folding:
            text = text.replace(variant, character)
        return text

    def _best_window(self, matches: Sequence[_Match], length: int) -> Span:
        """From the first to the last match of the best fragment."""
        starts = [start for start, _, _ in matches]
        present = len({needle for _, _, needle in matches})
        if present == 1:
            counts = [bisect(starts, start + length) - i for i, start in enumerate(starts)]
            return matches[counts.index(max(counts))][:2]
        best, best_worth = (0, 0), 0.0
        for i, first in enumerate(starts):
            seen: set[int] = set()
            worth, last = 0.0, first
            for start, end, needle in islice(matches, i, None):
                if end - first > length and start != first:
                    break
                if needle not in seen:
                    seen.add(needle)
                    worth += len(self._needles[needle].units)
                    last = end
                    if len(seen) == present:
                        break
            # A new word counts for far more than words that stand closer or come again.
            worth += 0.5 * (1 - (last - first) / (length + 1))
            worth += 0.02 * min(bisect(starts, first + length) - i, 10)
            if worth > best_worth:
                best, best_worth = (first, last), worth
        return best


def _occurrences(needle: Needle, folded: str) -> Iterator[Span]:
    pieces = needle.units
    if not any(is_latin(unit) for unit in pieces):
        text = "".join(pieces)
        if text in folded:
            yield from _plain_occurrences(text, folded)
            return
        if len(pieces) == 1:
            return
    # Latin words are whole, and punctuation may stand between units: a pattern says so. It is tried
    # where the first unit stands only, and not at all where one is missing.
    if needle.distance:
        yield from _near_occurrences(pieces[0], needle.distance, folded)
    elif _OPEN.search(pieces[0]):
        yield from (match.span() for match in _pattern(pieces, False).finditer(folded))
    elif all(unit in folded for unit in pieces):
        pattern = _pattern(pieces, needle.open)
        for at, _ in _plain_occurrences(pieces[0], folded):
            if match := pattern.match(folded, at):
                yield match.span()


def _plain_occurrences(text: str, folded: str) -> Iterator[Span]:
    at = folded.find(text)
    while at >= 0:
        end = at + len(text)
        yield at, end
        at = folded.find(text, end)


@lru_cache(maxsize=1024)
def _pattern(pieces: tuple[str, ...]) -> re.Pattern[str]:
    """The units as neighbours in one line, Latin words whole."""
    parts = [
        rf"(?<![{LATIN}]){re.escape(unit)}(?![{LATIN}])" if is_latin(unit) else re.escape(unit)
        for unit in pieces
    ]
    # C is no part of C++ and C#, which are units of their own.
    parts = [
        rf"{part}(?!\+\+(?!\+)|\#)" if re.fullmatch("[a-z]", unit) else part
        for unit, part in zip(pieces, parts, strict=True)
    ]
    return re.compile(_GAP.join(parts))


def _merged(matches: Iterable[_Match]) -> tuple[Span, ...]:
    """The spans of the matches, those that touch as one."""
    spans: list[Span] = []
    for start, end, _ in matches:
        if spans and spans[-1][1] >= start:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return tuple(spans)


def _cut(text: str, first: int, last: int, length: int) -> Span:
    """Where a fragment of at most ``length`` begins and ends that holds text[first:last]."""
    last = min(last, first + length)
    room = length - (last - first)
    # To the left as far as the sentence goes, but leave a third of the room to the right.
    earliest = max(0, first - room * 2 // 3)
    start = _last_end(_SENTENCE_END, text, earliest, first)
    if start is None:
        start = 0 if earliest == 0 else _last_end(_CLAUSE_END, text, earliest, first)
    if start is None:
        start = _off_latin(text, earliest, first)
    latest = min(len(text), start + length)
    if latest == len(text):
        end = latest
    else:
        end = _last_end(_SENTENCE_END, text, max(last, start + 1), latest) or _off_latin(text, latest, last)
    while start < first and text[start].isspace():
        start += 1
    while end > max(last, start) and text[end - 1].isspace():
        end -= 1
    return start, end


def _last_end(pattern: re.Pattern[str], text: str, start: int, end: int) -> int | None:
    found = None
    for match in pattern.finditer(text, start, end):
        found = match.end()
    return found


def _off_latin(text: str, at: int, towards: int) -> int:
    """``at``, moved towards the match until it cuts no Latin word in two."""
    step = 1 if towards > at else -1
    while (
        at != towards
        and 0 < at < len(text)
        and _INSIDE_LATIN.match(text[at - 1])
        and _INSIDE_LATIN.match(text[at])
    ):
        at += step
    return at

"""highlight: original text + what was searched -> spans, and the best fragment.

Only the characters that the query has are folded in the text, by `str.replace` of each of
their variants: a few microseconds for an article, where folding all of it would take a
hundred. Replacing is one character for one, so a span in the folded text is a span in the original.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable, Sequence
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
# Spans looked at for the best fragment: an article that repeats one character a
# thousand times has its best fragment among the first ones as well.
_MOST_SPANS = 400


class Fragment(NamedTuple):
    """A piece of a text: where it starts there, what it says, and its matches."""

    start: int
    text: str
    spans: tuple[Span, ...]


class _Match(NamedTuple):
    start: int
    end: int
    needle: int


class Highlighter:
    """Finds the needles of one query in texts."""

    def __init__(self, needles: Iterable[Needle]) -> None:
        # Longest first, so that 马克思 is one match and never 马克.
        self._needles = sorted(needles, key=lambda needle: -sum(map(len, needle.units)))
        self._folding = _folding(self._needles)

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
        matches = self._matches(text, "body")
        first, last = self._best_window(matches, length) if matches else (0, 0)
        start, end = _cut(text, first, last, length)
        spans = (
            (max(left, start) - start, min(right, end) - start)
            for left, right in _merged(matches)
            if left < end and right > start
        )
        return Fragment(start, text[start:end], tuple(spans))

    def _matches(self, text: str, part: str) -> list[_Match]:
        """The matches in order, none overlapping another; of two that do, the longer."""
        needles = [(i, needle) for i, needle in enumerate(self._needles) if needle.part in (None, part)]
        if not needles or not text:
            return []
        folded = self._fold(text)
        found: list[_Match] = []
        taken = bytearray(len(text))
        for number, needle in needles:
            for start, end in _occurrences(needle, folded):
                if not (taken[start] or taken[end - 1]):
                    taken[start:end] = b"\1" * (end - start)
                    found.append(_Match(start, end, number))
        return sorted(found)

    def _fold(self, text: str) -> str:
        if self._folding is None:
            return fold(text)
        for variant, character in self._folding:
            text = text.replace(variant, character)
        return text

    def _best_window(self, matches: Sequence[_Match], length: int) -> Span:
        """From the first to the last match of the best fragment."""
        matches = matches[:_MOST_SPANS]
        starts = [match.start for match in matches]
        present = len({match.needle for match in matches})
        best, best_worth = (0, 0), 0.0
        for i, first in enumerate(matches):
            seen: set[int] = set()
            worth, end = 0.0, first.end
            for match in islice(matches, i, None):
                if match.end - first.start > length and match is not first:
                    break
                if match.needle not in seen:
                    seen.add(match.needle)
                    worth += len(self._needles[match.needle].units)
                    end = match.end
                    if len(seen) == present:
                        break
            # A new word counts for far more than words that stand closer or come again.
            worth += 0.5 * (1 - (end - first.start) / (length + 1))
            worth += 0.02 * min(bisect(starts, first.start + length) - i, 10)
            if worth > best_worth:
                best, best_worth = (first.start, end), worth
        return best


def _folding(needles: Sequence[Needle]) -> list[tuple[str, str]] | None:
    """The variants of all characters of the needles; None when they are too many to replace one by one."""
    characters = dict.fromkeys(unit for needle in needles for unit in needle.units)
    if any(is_latin(unit) for unit in characters):
        return None
    return [(variant, unit) for unit in characters for variant in variants(unit) if variant != unit]


def _occurrences(needle: Needle, folded: str) -> Iterable[Span]:
    if any(is_latin(unit) for unit in needle.units):
        return (match.span() for match in _pattern(needle.units).finditer(folded))
    text = "".join(needle.units)
    at = folded.find(text)
    if at < 0:
        # Only here may punctuation stand between the characters: it is rare, and dear to look for.
        if len(text) == 1 or not all(unit in folded for unit in needle.units):
            return ()
        return (match.span() for match in _pattern(needle.units).finditer(folded))
    found = []
    while at >= 0:
        found.append((at, at + len(text)))
        at = folded.find(text, at + len(text))
    return found


@lru_cache(maxsize=1024)
def _pattern(pieces: tuple[str, ...]) -> re.Pattern[str]:
    """The units as neighbours in one line, Latin words whole."""
    parts = [
        rf"(?<![{LATIN}]){re.escape(unit)}(?![{LATIN}])" if is_latin(unit) else re.escape(unit) for unit in pieces
    ]
    # C is no part of C++ and C#, which are units of their own.
    parts = [rf"{part}(?!\+\+(?!\+)|\#)" if re.fullmatch("[a-z]", unit) else part for unit, part in zip(pieces, parts, strict=True)]
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
    """Where a fragment of at most ``length`` begins and ends that holds text[first:last], or its beginning."""
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
    while at != towards and 0 < at < len(text) and _INSIDE_LATIN.match(text[at - 1]) and _INSIDE_LATIN.match(text[at]):
        at += step
    return at

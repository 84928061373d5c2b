"""highlight: original text + what was searched -> spans, and the best fragment.

Only the characters that the query has are folded in the text, by `str.replace` of each of
their variants: a few microseconds for an article, where folding all of it would take a
hundred. Replacing is one character for one, so a span in the folded text is a span in the original.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from searchkit.analysis import is_latin, normalize, variants
from searchkit.highlight.fragmenter import Span, cut
from searchkit.highlight.highlighted import Highlighted
from searchkit.highlight.matcher import fancy_latin, find_matches
from searchkit.query import HighlightTerm

__all__ = ["Highlighter", "Span"]

# How often a word is looked for to find the best fragment: where it comes a hundred times, the first
# ones do as well.
_ENOUGH = 30


_Match = tuple[int, int, int]
"""Start, end and the number of the needle."""


class Highlighter:
    """Finds the needles of one query in texts."""

    def __init__(self, highlight_terms: Iterable[HighlightTerm]) -> None:
        # Longest first, so that 马克思 is one match and never 马克.
        self._terms = sorted(
            highlight_terms, key=lambda highlight_term: -sum(map(len, highlight_term.tokens))
        )
        self._folding = _folding(self._terms)

    def title(self, text: str) -> tuple[Span, ...]:
        """The matches in a title."""
        return _merged(self._matches(self._fold(text), "title")[0])

    def body(self, text: str) -> tuple[Span, ...]:
        """All matches in a body."""
        return _merged(self._matches(self._fold(text), "body")[0])

    def snippet(self, text: str, length: int) -> Highlighted:
        """The best fragment of a body, of at most ``length`` characters.

        Best is the one with most of what was searched, and that close together. It starts and ends at
        sentence ends where these are near enough; without a match it is the beginning of the text.
        """
        normalized = self._fold(text)
        matches, all_of_them = self._matches(normalized, "body", most=_ENOUGH)
        first, last = self._best_window(matches, length) if matches else (0, 0)
        start, end = cut(text, first, last, length)
        if matches:
            matches = [match for match in matches if match[0] < end and match[1] > start]
            # Those behind the first ones count as well, and those within one that the edge cuts.
            if not all_of_them or any(match[0] < start or match[1] > end for match in matches):
                matches, _ = self._matches(normalized, "body", start, end)
        spans = tuple((left - start, right - start) for left, right in _merged(matches))
        return Highlighted(text[start:end], spans, start)

    def _matches(
        self, normalized: str, part: str, start: int = 0, end: int | None = None, *, most: int | None = None
    ) -> tuple[list[_Match], bool]:
        """The matches within folded[start:end] in order, of two that overlap the longer; and are these all?

        With ``most``, only the first so many of each needle.
        """
        end = len(normalized) if end is None else end
        found = []
        all_of_them = True
        for number, highlight_term in enumerate(self._terms):
            if highlight_term.part is None or highlight_term.part == part:
                spans = list(islice(find_matches(highlight_term, normalized, start, end), most))
                if spans:
                    found.append((number, spans))
                    all_of_them = all_of_them and len(spans) != most
        if len(found) == 1:
            number, spans = found[0]
            return [(left, right, number) for left, right in spans], all_of_them
        taken = bytearray(end - start)
        matches = []
        for number, spans in found:
            for left, right in spans:
                if not (taken[left - start] or taken[right - start - 1]):
                    taken[left - start : right - start] = b"\1" * (right - left)
                    matches.append((left, right, number))
        matches.sort()
        return matches, all_of_them

    def _fold(self, text: str) -> str:
        if self._folding is None or (self._folding.latin and fancy_latin().search(text)):
            return normalize(text)
        for variant, character in self._folding.replacements:
            text = text.replace(variant, character)
        return text

    def _best_window(self, matches: Sequence[_Match], length: int) -> Span:
        """From the first to the last match of the best fragment."""
        starts = [start for start, _, _ in matches]
        present = len({highlight_term for _, _, highlight_term in matches})
        if present == 1:
            counts = [bisect(starts, start + length) - i for i, start in enumerate(starts)]
            return matches[counts.index(max(counts))][:2]
        best, best_worth = (0, 0), 0.0
        for i, first in enumerate(starts):
            seen: set[int] = set()
            worth, last = 0.0, first
            for start, end, highlight_term in islice(matches, i, None):
                if end - first > length and start != first:
                    break
                if highlight_term not in seen:
                    seen.add(highlight_term)
                    # A passage is worth more than its words apart.
                    worth += len(self._terms[highlight_term].tokens) ** 1.5
                    last = end
                    if len(seen) == present:
                        break
            # A new word counts for far more than words that stand closer or come again.
            worth += 0.5 * (1 - (last - first) / (length + 1))
            worth += 0.02 * min(bisect(starts, first + length) - i, 10)
            if worth > best_worth:
                best, best_worth = (first, last), worth
        return best


class _Folding(NamedTuple):
    """What to replace in a text so that the characters of some needles are folded there."""

    replacements: list[tuple[str, str]]
    latin: bool
    """Are there Latin letters among them? A text with é or Ａ needs the whole fold then."""


def _folding(highlight_terms: Sequence[HighlightTerm]) -> _Folding | None:
    """None when all characters have to be folded."""
    if any(highlight_term.is_inexact or highlight_term.open for highlight_term in highlight_terms):
        return None
    tokens = dict.fromkeys(token for highlight_term in highlight_terms for token in highlight_term.tokens)
    letters = dict.fromkeys("".join(token for token in tokens if is_latin(token)))
    if not all(letter.isascii() for letter in letters):
        return None
    capitals = [(letter.upper(), letter) for letter in letters if letter.isalpha()]
    others = [
        (variant, token)
        for token in tokens
        if not is_latin(token)
        for variant in variants(token)
        if variant != token
    ]
    return _Folding(capitals + others, bool(letters))


def _merged(matches: Iterable[_Match]) -> tuple[Span, ...]:
    """The spans of the matches, those that touch as one."""
    spans: list[Span] = []
    for start, end, _ in matches:
        if spans and spans[-1][1] >= start:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return tuple(spans)

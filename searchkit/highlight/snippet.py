"""Highlighter: a title or body and the highlight terms of a query -> its matches, or its best fragment.

A fragment is cut at ends of sentences where these are near enough, else where a clause or a word begins.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable, Sequence
from itertools import islice

from searchkit.analysis.tokenizer import LATIN
from searchkit.highlight.highlighted import Highlighted, Span
from searchkit.highlight.matcher import Match, Matcher
from searchkit.query import HighlightTerm

# How many matches of each term are looked at to find the best fragment.
_ENOUGH = 30

_SENTENCE_END = re.compile(r"[。！？；!?;\n]+[」』”’）)]*")
_CLAUSE_END = re.compile(r"[，、：,:\s]")
_INSIDE_LATIN = re.compile(rf"(?i)[{LATIN}]{{2}}")


class Highlighter:
    """Highlights the terms of one query in texts."""

    def __init__(self, highlight_terms: Iterable[HighlightTerm]) -> None:
        self._matcher = Matcher(highlight_terms)
        # A phrase is worth more than its words apart.
        self._worth = [len(term.tokens) ** 1.5 for term in self._matcher.terms]

    def title(self, text: str) -> Highlighted:
        """A title with its matches."""
        return Highlighted(text, _spans(self._matcher.find(self._matcher.normalize(text), "title")[0]))

    def body(self, text: str) -> Highlighted:
        """A whole body with all its matches."""
        return Highlighted(text, _spans(self._matcher.find(self._matcher.normalize(text), "body")[0]))

    def snippet(self, text: str, length: int) -> Highlighted:
        """The best fragment of a body, of at most ``length`` characters.

        The best has most of the terms, and these close together. It starts and ends at ends of sentences
        where these are near enough. Without a match it is the start of the text.
        """
        normalized = self._matcher.normalize(text)
        matches, is_complete = self._matcher.find(normalized, "body", most=_ENOUGH)
        window = self._best_window(matches, length) if matches else (0, 0)
        start, end = _cut(text, *window, length)
        matches = [match for match in matches if match[0] < end and match[1] > start]
        # Matches behind the first ones count as well, and those inside of one that the edge cuts.
        if not is_complete or (matches and (matches[0][0] < start or matches[-1][1] > end)):
            matches, _ = self._matcher.find(normalized, "body", start, end)
        return Highlighted(text[start:end], _spans(matches, start), start)

    def _best_window(self, matches: Sequence[Match], length: int) -> Span:
        """From the first to the last match of the best fragment."""
        starts, _, numbers = zip(*matches)
        present = len(set(numbers))
        if present == 1:
            counts = [bisect(starts, start + length) - i for i, start in enumerate(starts)]
            return matches[counts.index(max(counts))][:2]
        best, best_worth = (0, 0), 0.0
        for i, first in enumerate(starts):
            seen: set[int] = set()
            worth, last = 0.0, first
            for start, end, number in islice(matches, i, None):
                if end - first > length and start != first:
                    break
                if number not in seen:
                    seen.add(number)
                    worth += self._worth[number]
                    last = end
                    if len(seen) == present:
                        break
            # A new term counts for far more than terms that stand closer or come again.
            worth += 0.5 * (1 - (last - first) / (length + 1))
            worth += 0.02 * min(bisect(starts, first + length) - i, 10)
            if worth > best_worth:
                best, best_worth = (first, last), worth
        return best


def _spans(matches: Iterable[Match], offset: int = 0) -> list[Span]:
    """The spans of the matches, those that touch as one; ``offset`` is where the fragment starts."""
    spans: list[Span] = []
    for start, end, _ in matches:
        if spans and spans[-1][1] >= start - offset:
            spans[-1] = spans[-1][0], max(end - offset, spans[-1][1])
        else:
            spans.append((start - offset, end - offset))
    return spans


def _cut(text: str, first: int, last: int, length: int) -> Span:
    """Start and end of a fragment of at most ``length`` characters that holds text[first:last]."""
    last = min(last, first + length)
    # To the left as far as the sentence goes, but leave a third of the room to the right.
    earliest = max(0, first - (length - (last - first)) * 2 // 3)
    start = _last_sentence_end(text, earliest, first) if first else 0
    if start < 0 < earliest:
        clause = _CLAUSE_END.search(text, earliest, first)
        start = clause.end() if clause else _off_latin(text, earliest, first)
    start = max(start, 0)
    end = min(len(text), start + length)
    if end < len(text):
        latest, last = end, max(last, start)
        end = _last_sentence_end(text, max(last, start + 1), latest)
        if end < 0:
            end = _off_latin(text, latest, last)
            if end <= start:
                end = latest  # a Latin word longer than the fragment
    while start < first and text[start].isspace():
        start += 1
    while end > max(last, start) and text[end - 1].isspace():
        end -= 1
    return start, end


def _last_sentence_end(text: str, start: int, end: int) -> int:
    """Behind the last sentence that ends within text[start:end]; -1 where none does."""
    found = [*_SENTENCE_END.finditer(text, start, end)]
    return found[-1].end() if found else -1


def _off_latin(text: str, at: int, towards: int) -> int:
    """``at``, moved towards the match until it cuts no Latin word in two."""
    step = 1 if towards > at else -1
    while at != towards and 0 < at < len(text) and _INSIDE_LATIN.match(text, at - 1):
        at += step
    return at

"""Highlighter: titles and bodies and the highlight terms of a query -> their matches and best fragments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from searchkit.highlight.fragmenter import fragment, worth
from searchkit.highlight.highlighted import Highlighted, Span
from searchkit.highlight.matcher import Lines, Match, Matcher
from searchkit.query import HighlightTerm

# How many matches of each term are looked at to find the best fragment.
_ENOUGH = 30


class Highlighter:
    """Highlights the terms of one query in texts."""

    def __init__(self, highlight_terms: Iterable[HighlightTerm]) -> None:
        self._matcher = Matcher(highlight_terms)
        self._worths = [worth(len(term.tokens)) for term in self._matcher.terms]

    def title(self, text: str) -> Highlighted:
        """A title with its matches."""
        return Highlighted(text, _spans(self._matcher.find(text, "title")[0]))

    def body(self, text: str) -> Highlighted:
        """A whole body with all its matches."""
        return Highlighted(text, _spans(self._matcher.find(text, "body")[0]))

    def snippet(self, text: str, length: int) -> Highlighted:
        """The best fragment of a body, of at most ``length`` characters."""
        lines = Lines(text)
        matches, is_complete = self._matcher.find(lines, "body", most=_ENOUGH)
        start, end = fragment(text, matches, self._worths, length)
        if is_complete:
            matches = [match for match in matches if start <= match[0] and match[1] <= end]
        else:
            matches, _ = self._matcher.find(lines, "body", start, end)
        return Highlighted(text[start:end], _spans(matches, start), start)


def _spans(matches: Sequence[Match], offset: int = 0) -> list[Span]:
    """What the matches cover; ``offset`` is where the fragment starts."""
    spans: list[Span] = []
    for start, end, _ in matches:
        if spans and spans[-1][1] >= start - offset:
            spans[-1] = spans[-1][0], max(end - offset, spans[-1][1])
        else:
            spans.append((start - offset, end - offset))
    return spans

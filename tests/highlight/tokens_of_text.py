"""What highlight terms match in a text, the plain way: by all of its tokens."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st
from strategies import rewritten

from searchkit.analysis.kernel import Kind, tokenize
from searchkit.highlight.highlighted import Span
from searchkit.highlight.likeness import likeness
from searchkit.query import HighlightTerm


def tokens_of(text: str) -> tuple[str, ...]:
    return tuple(tokenize(text).texts)


def covered(spans: Iterable[Span]) -> set[int]:
    """The places in the spans."""
    return {place for start, end in spans for place in range(start, end)}


def matches_of(terms: Iterable[HighlightTerm], text: str) -> list[Span]:
    """Where the terms match, in order."""
    return sorted(match for term in terms for match in _matches_of(term, text))


def _matches_of(term: HighlightTerm, text: str) -> list[Span]:
    tokens = tokenize(text)
    columns = list(zip(tokens.texts, tokens.starts, tokens.ends, tokens.lines, tokens.kinds, strict=True))
    if term.is_inexact:
        is_like = likeness(term.tokens[0], term.distance)
        return [(start, end) for token, start, end, _, _ in columns if is_like(token)]
    wanted = term.tokens
    if len(wanted) > 1:
        wanted = tuple(token for token in term.tokens if tokenize(token).kinds[0] != Kind.SYMBOL)
        if not wanted:  # symbols only, each for itself
            return [(start, end) for token, start, end, _, _ in columns if token in term.tokens]
        columns = [column for column in columns if column[4] != Kind.SYMBOL]
    is_prefix = term.prefix and wanted[-1] == term.tokens[-1]
    found = []
    for first in range(len(columns) - len(wanted) + 1):
        texts, starts, ends, numbers, _ = zip(*columns[first : first + len(wanted)], strict=True)
        is_last = texts[-1].startswith(wanted[-1]) if is_prefix else texts[-1] == wanted[-1]
        if texts[:-1] == wanted[:-1] and is_last and len(set(numbers)) == 1:
            found.append((starts[0], ends[-1]))
    return found


@st.composite
def passages_of(draw: st.DrawFn, text: str) -> str:
    """Neighbouring tokens of one line of the text, as they stand there or rewritten."""
    tokens = tokenize(text)
    first = draw(st.integers(0, len(tokens.texts) - 1))
    in_line = first + tokens.lines[first:].count(tokens.lines[first])
    last = draw(st.integers(first, min(in_line, first + 12) - 1))
    passage = text[tokens.starts[first] : tokens.ends[last]]
    return draw(st.just(passage) | rewritten(passage))

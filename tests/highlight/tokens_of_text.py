"""What highlight terms match in a text, the plain way: by all of its tokens."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st
from strategies import rewritten

from searchkit.analysis import plain
from searchkit.analysis.kernel import Kind, tokenize
from searchkit.analysis.tokens import word_parts
from searchkit.highlight.highlighted import Span
from searchkit.highlight.likeness import likeness
from searchkit.query import HighlightTerm


def tokens_of(text: str) -> tuple[str, ...]:
    """The tokens with the signs that join them."""
    tokens = tokenize(text)
    return tuple(one + chr(joint) if joint else one for one, joint in zip(tokens.texts, tokens.joints))


def covered(spans: Iterable[Span]) -> set[int]:
    """The places in the spans."""
    return {place for start, end in spans for place in range(start, end)}


def matches_of(terms: Iterable[HighlightTerm], text: str) -> list[Span]:
    """Where the terms match, in order."""
    return sorted(match for term in terms for match in _matches_of(term, text))


def matches_within(terms: Iterable[HighlightTerm], text: str, first: int, last: int) -> list[Span]:
    """The matches within text[first:last], by their places in it; of a longer phrase, what is in it."""
    found = []
    for term in terms:
        is_phrase = sum(tokenize(token).kinds[:1] != bytes([Kind.SYMBOL]) for token in term.tokens) > 1
        for start, end in _matches_of(term, text):
            is_longer = is_phrase and first <= start < last and end - start > last - first
            if is_longer or (first <= start and end <= last):
                found.append((start - first, min(end, last) - first))
    return sorted(found)


def _matches_of(term: HighlightTerm, text: str) -> list[Span]:
    tokens = tokenize(text)
    parts = [(part.text, part.start, part.end) for part in word_parts(text)]
    columns = [*zip(*tokens[:4], tokens.kinds, tokens.joints, strict=True)]
    if term.is_inexact:
        is_like = likeness(term.tokens[0], term.distance)
        words = [column[:3] for column in columns] + parts
        return [(start, end) for token, start, end in words if is_like(token)]
    wanted = term.tokens
    found = []
    if len(wanted) > 1:
        wanted = tuple(token for token in term.tokens if tokenize(token).kinds[0] != Kind.SYMBOL)
        if not wanted:  # symbols only, each for itself
            return [(column[1], column[2]) for column in columns if column[0] in term.tokens]
        columns = [column for column in columns if column[4] != Kind.SYMBOL]
    is_prefix = term.prefix and wanted[-1] == term.tokens[-1]
    texts_wanted = tuple(map(plain, wanted))

    def is_last(token: str) -> bool:
        return token.startswith(texts_wanted[-1]) if is_prefix else token == texts_wanted[-1]

    if len(wanted) == 1:
        found = [(start, end) for token, start, end in parts if is_last(token)]
    for first in range(len(columns) - len(wanted) + 1):
        texts, starts, ends, numbers, _, joints = zip(*columns[first : first + len(wanted)], strict=True)
        signs = tuple(chr(joint) if joint else "" for joint in joints[:-1])
        between = tuple(token.removeprefix(text) for token, text in zip(wanted[:-1], texts_wanted))
        if (
            texts[:-1] == texts_wanted[:-1]
            and signs == between
            and is_last(texts[-1])
            and len(set(numbers)) == 1
        ):
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

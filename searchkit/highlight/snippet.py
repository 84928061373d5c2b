"""Highlighter: titles and bodies and the highlight terms of a query -> their matches and best fragments.

All texts of a page are given at once, so that the compiled kernel is called once. What it does is defined by
`PythonHighlighter`; `highlighter` makes the one or the other.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from searchkit.analysis import is_symbol, kernel
from searchkit.analysis.tokens import word_parts
from searchkit.highlight.forms import spellings
from searchkit.highlight.fragmenter import fragment, worth
from searchkit.highlight.graphemes import whole_graphemes
from searchkit.highlight.highlighted import Highlighted, Span
from searchkit.highlight.likeness import likeness
from searchkit.highlight.lines import Lines
from searchkit.highlight.matcher import Match, Matcher, counts_within, parts_without_symbols
from searchkit.query import HighlightTerm
from searchkit.query.ast import Field

# How many matches of each term are looked at to find the best fragment.
_ENOUGH = 30

Place = tuple[str, ...]
"""The tokens that may stand at one place of a term."""


class Highlighter(ABC):
    """Highlights the terms of one query in texts.

    The terms are prepared with the first text, so that who wants ids only does not wait for it.
    """

    def __init__(self, highlight_terms: Iterable[HighlightTerm]) -> None:
        self._highlight_terms = highlight_terms

    def __reduce__(self) -> tuple[Any, ...]:
        """Built anew from its terms, by the kernel that runs there."""
        return highlighter, (tuple(self._highlight_terms),)

    @cached_property
    def _parts(self) -> list[HighlightTerm]:
        return [part for term in self._highlight_terms for part in parts_without_symbols(term)]

    @cached_property
    def _marks_symbols(self) -> bool:
        """May a span begin or end with a symbol, which is only a part of an emoji?"""
        return any(len(term.tokens) == 1 and is_symbol(term.tokens[0]) for term in self._parts)

    def _highlighted(self, text: str, spans: Sequence[Span], start: int = 0) -> Highlighted:
        return Highlighted(text, whole_graphemes(text, spans) if self._marks_symbols else spans, start)

    @abstractmethod
    def whole(self, texts: Sequence[str], field: Field) -> list[Highlighted]:
        """Titles, bodies or texts of a declared field, with all their matches."""

    @abstractmethod
    def snippets(self, texts: Sequence[str], length: int) -> list[Highlighted]:
        """The best fragment of each body, of at most ``length`` characters.

        It has most of the terms, and these close together; without a match it is the start of the text.
        """

    def title(self, text: str) -> Highlighted:
        """A title with its matches."""
        return self.whole((text,), "title")[0]

    def body(self, text: str) -> Highlighted:
        """A whole body with its matches."""
        return self.whole((text,), "body")[0]

    def snippet(self, text: str, length: int) -> Highlighted:
        """The best fragment of a body."""
        return self.snippets((text,), length)[0]


class PythonHighlighter(Highlighter):
    """The definition."""

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(self._parts)

    @cached_property
    def _worths(self) -> list[int]:
        return [worth(len(term.tokens)) for term in self._matcher.terms]

    def whole(self, texts: Sequence[str], field: Field) -> list[Highlighted]:
        return [self._highlighted(text, _spans(self._matcher.find(Lines(text), field)[0])) for text in texts]

    def snippets(self, texts: Sequence[str], length: int) -> list[Highlighted]:
        return [self._snippet(text, length) for text in texts]

    def _snippet(self, text: str, length: int) -> Highlighted:
        lines = Lines(text)
        matches, is_complete = self._matcher.find(lines, "body", most=_ENOUGH)
        start, end = fragment(text, matches, self._worths, length)
        if is_complete:
            phrases = [len(term.tokens) > 1 for term in self._matcher.terms]
            matches = [match for match in matches if counts_within(match, start, end, phrases[match[2]])]
        else:
            matches, _ = self._matcher.find(lines, "body", start, end)
        within = [(first, min(last, end), number) for first, last, number in matches]
        return self._highlighted(text[start:end], _spans(within, start), start)


class CompiledHighlighter(Highlighter):
    """The same by the compiled kernel, which knows terms whose every place lists the tokens that fit."""

    @cached_property
    def _terms(self) -> list[HighlightTerm]:
        return self._parts

    def whole(self, texts: Sequence[str], field: Field) -> list[Highlighted]:
        return self._highlight(texts, field, 0)

    def snippets(self, texts: Sequence[str], length: int) -> list[Highlighted]:
        return self._highlight(texts, "body", length)

    def _highlight(self, texts: Sequence[str], field: Field, length: int) -> list[Highlighted]:
        terms = [term for term in self._terms if term.field in (None, field)]
        known: set[str] = set()
        if any(term.prefix or term.is_inexact for term in terms):
            known.update(*(kernel.tokenize(text).texts for text in texts))
            known.update(part.text for text in texts for part in word_parts(text))
        places = tuple([(worth(len(term.tokens)), _places(term, known)) for term in terms])
        found = kernel.highlight(tuple(texts), places, _beginnings(places), length, _ENOUGH)
        return [
            self._highlighted(text[start:end] if length else text, spans, start)
            for text, (start, end, spans) in zip(texts, found, strict=True)
        ]


def highlighter(highlight_terms: Iterable[HighlightTerm]) -> Highlighter:
    """The highlighter for these terms, by the kernel that runs."""
    chosen = CompiledHighlighter if kernel.KERNEL == "compiled" else PythonHighlighter
    return chosen(highlight_terms)


def _places(term: HighlightTerm, known: Iterable[str]) -> tuple[Place, ...]:
    """The tokens that fit at each place of the term, of these where it is not the token itself."""
    if term.is_inexact:
        return tuple(tuple(filter(likeness(token, term.distance), known)) for token in term.tokens)
    places: list[Place] = [(token,) for token in term.tokens]
    if term.prefix:
        places[-1] = tuple(token for token in known if token.startswith(term.tokens[-1]))
    return tuple(places)


def _beginnings(terms: Iterable[tuple[int, tuple[Place, ...]]]) -> str:
    """The characters of a text that a term may begin with."""
    return "".join({spellings(token[0]) for _, places in terms for token in places[0]})


def _spans(matches: Sequence[Match], offset: int = 0) -> list[Span]:
    """What the matches cover; ``offset`` is where the fragment starts."""
    spans: list[Span] = []
    for start, end, _ in matches:
        if spans and spans[-1][1] >= start - offset:
            spans[-1] = spans[-1][0], max(end - offset, spans[-1][1])
        else:
            spans.append((start - offset, end - offset))
    return spans

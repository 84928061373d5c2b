"""matching: query tree -> what a document must be to match.

A word matches where its characters stand: where its chain of bigrams is, whatever the
segmenter made of the document. Of the words of a part, ``match`` says how many are needed.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Literal

from searchkit.analysis import WORD_END, bigram, is_latin, normalize, tokenize
from searchkit.dates import day_end, day_start
from searchkit.engine.plan import (
    Boolean,
    Clause,
    Fuzzy,
    MatchAll,
    MatchNone,
    Phrase,
    Prefix,
    Range,
    Term,
    TermSet,
    Wildcard,
)
from searchkit.query.ast import (
    AndNode,
    BoostNode,
    DateRangeNode,
    Field,
    FuzzyNode,
    MatchNoneNode,
    NotNode,
    OrNode,
    PhraseNode,
    PrefixNode,
    QueryNode,
    TermNode,
    TextNode,
    WildcardNode,
)
from searchkit.query.words import Words, WordsOf

__all__ = ["FEW", "Match", "chain", "in_parts", "match_node"]

Match = Literal["most", "all", "any"]

PARTS: tuple[Field, ...] = ("title", "body")
FEW = 5
"""Up to so many content words of a part are a few: ``match="most"`` asks for two of them."""
MOST = 1 / 3
"""Of more, this share of them; docs/decisions/0003-match.md has what either costs."""
QUESTION_NEEDS = 1
"""How many content words of a question: its answer is often in others, docs/decisions/0003-match.md."""

# The names of values in queries, and the fields of an engine that hold them.
_VALUE_FIELDS = {"source": "source", "tag": "tags"}


def match_node(query: QueryNode, words_of: WordsOf, match: Match) -> Clause:
    """What a document must be for ``query`` to mean it."""
    return _Matching(words_of, match).node(query)


class _Matching:
    def __init__(self, words_of: WordsOf, needed: Match) -> None:
        self._words_of = words_of
        self._needed = needed

    def node(self, query: QueryNode) -> Clause:
        match query:
            case TextNode(_, part):
                words = self._words_of.part(query)
                nodes = tuple(_word(word, words, part) for word in words.content)
                return (
                    nodes[0]
                    if len(nodes) == 1
                    else Boolean(should=nodes, minimum_should_match=self._at_least(words))
                )
            case PhraseNode(text, part, slop):
                pieces = [found for piece in text.split() if (found := tokenize(normalize(piece)))]
                if slop and len(pieces) > 1:
                    return _in(part, lambda name: _loose_chain(pieces, name, slop))
                return in_parts(self._words_of(text).tokens, part)
            case PrefixNode(text, part):
                return _in(part, lambda name: _open_chain(self._words_of(text).tokens, name))
            case WildcardNode(pattern, part):
                return _in(part, lambda name: Wildcard(f"{name}_unigrams", normalize(pattern)))
            case FuzzyNode(text, part, distance):
                return _in(part, lambda name: Fuzzy(f"{name}_unigrams", normalize(text), distance))
            case TermNode(name, value):
                return TermSet(_VALUE_FIELDS[name], (value,))
            case DateRangeNode(first, last):
                return Range(
                    "published", day_start(first) if first else None, day_end(last) if last else None
                )
            case BoostNode(child, _):
                return self.node(child)
            case AndNode(children):
                wanted = tuple(self.node(child) for child in children if not isinstance(child, NotNode))
                unwanted = tuple(self.node(child.child) for child in children if isinstance(child, NotNode))
                return Boolean(must=wanted, must_not=unwanted)
            case OrNode(children):
                return Boolean(should=tuple(self.node(child) for child in children))
            case NotNode(child):
                return Boolean(must=(MatchAll(),), must_not=(self.node(child),))
            case MatchNoneNode():
                return MatchNone()

    def _at_least(self, words: Words) -> int:
        """How many of the content words of a part a document must have."""
        there = len(words.content)
        if self._needed == "all":
            return there
        if self._needed == "any":
            return 1
        if words.is_question:
            return min(there, QUESTION_NEEDS)
        return min(there, 2) if there <= FEW else ceil(there * MOST)


def _word(word: str, words: Words, part: Field | None) -> Clause:
    literal = in_parts(tokenize(word), part)
    others = tuple(in_parts(other.tokens, part) for other in words.alternatives(word))
    return Boolean(should=(literal, *others)) if others else literal


def in_parts(pieces: list[str], part: Field | None) -> Clause:
    """The units as neighbours, in the part or in any."""
    return _in(part, lambda name: chain(pieces, name))


def chain(pieces: list[str], part: Field) -> Clause:
    """The units as neighbours in one line of the part."""
    if len(pieces) == 1:
        return Term(f"{part}_unigrams", pieces[0])
    links = _links(pieces)
    return (
        Term(f"{part}_bigrams", links[0][1]) if len(links) == 1 else Phrase(f"{part}_bigrams", tuple(links))
    )


def _in(part: Field | None, make: Callable[[Field], Clause]) -> Clause:
    return make(part) if part else Boolean(should=tuple(make(name) for name in PARTS))


def _links(pieces: list[str]) -> list[tuple[int, str]]:
    """The bigrams of two or more units with their places: every second one, and the last, cover all."""
    last = len(pieces) - 2
    return [(at, bigram(pieces[at], pieces[at + 1])) for at in sorted({*range(0, last, 2), last})]


def _open_chain(pieces: list[str], part: Field) -> Clause:
    """The units as neighbours; the last one, when it is a Latin word, goes on or not."""
    if not is_latin(pieces[-1]):
        return chain(pieces, part)
    if len(pieces) == 1:
        return Prefix(f"{part}_unigrams", pieces[0])
    links = _links(pieces)
    place, text = links[-1]
    links[-1] = place, text.removesuffix(WORD_END)
    if len(links) == 1:
        return Prefix(f"{part}_bigrams", links[0][1])
    return Phrase(f"{part}_bigrams", tuple(links), beginnings=frozenset({len(links) - 1}))


def _loose_chain(pieces: list[list[str]], part: Field, slop: int) -> Clause:
    """Each piece as it is, and all of them with up to ``slop`` units between."""
    links: list[tuple[int, str]] = []
    beginnings = set()
    start = 0
    for piece in pieces:
        if len(piece) == 1:  # its bigram is known by its first unit only
            beginnings.add(len(links))
            links.append((start, bigram(piece[0], "")))
        else:
            links += [(start + place, text) for place, text in _links(piece)]
        start += len(piece)
    together = Phrase(f"{part}_bigrams", tuple(links), slop, frozenset(beginnings))
    whole = tuple(chain(piece, part) for piece in pieces if len(piece) > 2)
    return Boolean(must=(together, *whole)) if whole else together

"""matching: query tree -> what a document must be to match.

A word matches where its characters stand: where its chain of bigrams is, whatever the
segmenter made of the document. Of the words of a part, ``match`` says how many are needed.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Literal

from searchkit.analysis import WORD_END, bigram, fold, is_latin, units
from searchkit.query.filters import day_end, day_start
from searchkit.query.plan import (
    All,
    AnyOf,
    Beginning,
    Between,
    Chain,
    Everything,
    Near,
    Node,
    NothingAtAll,
    OneOf,
    Pattern,
    Term,
)
from searchkit.query.tree import (
    And,
    Boost,
    Dates,
    Field,
    Fuzzy,
    Not,
    Nothing,
    Or,
    Part,
    Passage,
    Prefix,
    Query,
    Value,
    Wildcard,
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


def match_node(query: Query, words_of: WordsOf, match: Match) -> Node:
    """What a document must be for ``query`` to mean it."""
    return _Matching(words_of, match).node(query)


class _Matching:
    def __init__(self, words_of: WordsOf, needed: Match) -> None:
        self._words_of = words_of
        self._needed = needed

    def node(self, query: Query) -> Node:
        match query:
            case Part(_, part):
                words = self._words_of.part(query)
                nodes = tuple(_word(word, words, part) for word in words.content)
                return nodes[0] if len(nodes) == 1 else AnyOf(nodes, self._at_least(words))
            case Passage(text, part, slop):
                pieces = [found for piece in text.split() if (found := units(fold(piece)))]
                if slop and len(pieces) > 1:
                    return _in(part, lambda name: _loose_chain(pieces, name, slop))
                return in_parts(self._words_of(text).units, part)
            case Prefix(text, part):
                return _in(part, lambda name: _open_chain(self._words_of(text).units, name))
            case Wildcard(pattern, part):
                return _in(part, lambda name: Pattern(f"{name}_units", fold(pattern)))
            case Fuzzy(text, part, distance):
                return _in(part, lambda name: Near(f"{name}_units", fold(text), distance))
            case Value(name, value):
                return OneOf(_VALUE_FIELDS[name], (value,))
            case Dates(first, last):
                return Between(
                    "published", day_start(first) if first else None, day_end(last) if last else None
                )
            case Boost(child, _):
                return self.node(child)
            case And(children):
                wanted = tuple(self.node(child) for child in children if not isinstance(child, Not))
                unwanted = tuple(self.node(child.child) for child in children if isinstance(child, Not))
                return All(wanted, unwanted)
            case Or(children):
                return AnyOf(tuple(self.node(child) for child in children))
            case Not(child):
                return All((Everything(),), (self.node(child),))
            case Nothing():
                return NothingAtAll()

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


def _word(word: str, words: Words, part: Field | None) -> Node:
    literal = in_parts(units(word), part)
    others = tuple(in_parts(other.units, part) for other in words.alternatives(word))
    return AnyOf((literal, *others)) if others else literal


def in_parts(pieces: list[str], part: Field | None) -> Node:
    """The units as neighbours, in the part or in any."""
    return _in(part, lambda name: chain(pieces, name))


def chain(pieces: list[str], part: Field) -> Node:
    """The units as neighbours in one line of the part."""
    if len(pieces) == 1:
        return Term(f"{part}_units", pieces[0])
    links = _links(pieces)
    return Term(f"{part}_bigrams", links[0][1]) if len(links) == 1 else Chain(f"{part}_bigrams", tuple(links))


def _in(part: Field | None, make: Callable[[Field], Node]) -> Node:
    return make(part) if part else AnyOf(tuple(make(name) for name in PARTS))


def _links(pieces: list[str]) -> list[tuple[int, str]]:
    """The bigrams of two or more units with their places: every second one, and the last, cover all."""
    last = len(pieces) - 2
    return [(at, bigram(pieces[at], pieces[at + 1])) for at in sorted({*range(0, last, 2), last})]


def _open_chain(pieces: list[str], part: Field) -> Node:
    """The units as neighbours; the last one, when it is a Latin word, goes on or not."""
    if not is_latin(pieces[-1]):
        return chain(pieces, part)
    if len(pieces) == 1:
        return Beginning(f"{part}_units", pieces[0])
    links = _links(pieces)
    place, text = links[-1]
    links[-1] = place, text.removesuffix(WORD_END)
    if len(links) == 1:
        return Beginning(f"{part}_bigrams", links[0][1])
    return Chain(f"{part}_bigrams", tuple(links), beginnings=frozenset({len(links) - 1}))


def _loose_chain(pieces: list[list[str]], part: Field, slop: int) -> Node:
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
    together = Chain(f"{part}_bigrams", tuple(links), slop, frozenset(beginnings))
    whole = tuple(chain(piece, part) for piece in pieces if len(piece) > 2)
    return All((together, *whole)) if whole else together

"""Planner: query tree -> what an engine matches and adds up, and what is highlighted.

A word matches where its characters stand: where its chain of bigrams is, whatever the
segmenter made of the document. Of the words of a part ``match`` says how many are needed. For
the rank, words, bigrams and units of title and body are added up, docs/decisions/0001-channels.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil
from typing import Literal

from searchkit.analysis import Analyzer, bigram, fold, units
from searchkit.query.function_words import FUNCTION_WORDS, QUESTION_WORDS
from searchkit.query.plan import (
    All,
    AnyOf,
    Chain,
    Everything,
    Node,
    NothingAtAll,
    Plan,
    Score,
    Term,
)
from searchkit.query.tree import And, Field, Not, Nothing, Or, Part, Passage, Query

__all__ = ["Match", "Needle", "Planned", "plan_query"]

Match = Literal["most", "all", "any"]

PARTS: tuple[Field, ...] = ("title", "body")
WEIGHTS = {"words": 1.0, "body_bigrams": 0.5, "body_units": 0.5, "title_bigrams": 0.05}
"""What a term's BM25 counts for, by field."""
WEIGHTS_IN_TITLE = {"title_bigrams": 1.0, "title_units": 0.5}
WEIGHTS_IN_BODY = {"body_bigrams": 1.0, "body_units": 0.5}
MOST = 0.6
"""The share of a part's content words that ``match="most"`` asks for, when there are more than two."""
QUESTION_NEEDS = 1
"""How many content words of a question: its answer is often in others, docs/decisions/0003-match.md."""


@dataclass(frozen=True)
class Needle:
    """Neighbouring units to highlight, in one part of the document or in both."""

    units: tuple[str, ...]
    part: Field | None = None


@dataclass(frozen=True)
class Planned:
    """A plan for an engine, and what to highlight in its hits."""

    plan: Plan
    needles: tuple[Needle, ...]


def plan_query(
    query: Query, analyzer: Analyzer, *, match: Match = "most", filters: tuple[Node, ...] = ()
) -> Planned:
    """What an engine has to do for ``query``, within ``filters``."""
    planner = _Planner(analyzer, match)
    matched = planner.node(query)
    planner.rank(query)
    if filters and matched != NothingAtAll():
        matched = All((matched, *filters))
    scores = tuple(Score(term, weight) for term, weight in planner.scores.items())
    return Planned(Plan(matched, scores), tuple(dict.fromkeys(planner.needles)))


@dataclass
class _Planner:
    analyzer: Analyzer
    match: Match
    scores: dict[Term, float] = field(default_factory=dict)
    needles: list[Needle] = field(default_factory=list)

    def node(self, query: Query) -> Node:
        """What a document must be to match."""
        match query:
            case Part(text, part):
                nodes = tuple(_in_parts(units(word), part) for word in self._content_words(text))
                return nodes[0] if len(nodes) == 1 else AnyOf(nodes, self._needed(text, len(nodes)))
            case Passage(text, part):
                return _in_parts(units(fold(text)), part)
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

    def rank(self, query: Query) -> None:
        """Collect what ranks and what is highlighted: all that is asked for, nothing that is ruled out."""
        match query:
            case Part(text, part):
                folded = fold(text)
                self._rank_text(folded, part)
                # The part as a whole first, so that 中国的历史 is one highlight where it stands as it is.
                self.needles.append(Needle(tuple(units(folded)), part))
                self.needles += [Needle(tuple(units(word)), part) for word in self._content_words(text)]
            case Passage(text, part):
                folded = fold(text)
                self._rank_text(folded, part)
                self.needles.append(Needle(tuple(units(folded)), part))
            case And(children) | Or(children):
                for child in children:
                    self.rank(child)
            case _:
                pass

    def _rank_text(self, folded: str, part: Field | None) -> None:
        pieces, words = units(folded), self.analyzer.words(folded)
        terms = {
            "words": words,
            "bigrams": _bigrams(pieces),
            # Of a single word the units say nothing that the word does not, and they are dear: half the time.
            "units": pieces if len(words) > 1 or len(pieces) == 1 else [],
        }
        weights = {None: WEIGHTS, "title": WEIGHTS_IN_TITLE, "body": WEIGHTS_IN_BODY}[part]
        for name, weight in weights.items():
            for text in terms[name.rpartition("_")[2]]:
                term = Term(name, text)
                self.scores[term] = self.scores.get(term, 0.0) + weight

    def _content_words(self, text: str) -> list[str]:
        words = self.analyzer.query_words(fold(text))
        return [word for word in words if word not in FUNCTION_WORDS] or words

    def _needed(self, text: str, words: int) -> int:
        """How many of the content words of a part a document must have."""
        if self.match == "all":
            return words
        if self.match == "any":
            return 1
        if self._is_question(text):
            return min(words, QUESTION_NEEDS)
        return words if words <= 2 else ceil(words * MOST)

    def _is_question(self, text: str) -> bool:
        return text.endswith(("?", "？")) or not QUESTION_WORDS.isdisjoint(
            self.analyzer.query_words(fold(text))
        )


def _in_parts(pieces: list[str], part: Field | None) -> Node:
    """The units as neighbours, in the part or in any."""
    if part:
        return _chain(pieces, part)
    return AnyOf(tuple(_chain(pieces, name) for name in PARTS))


def _chain(pieces: list[str], part: str) -> Node:
    if len(pieces) == 1:
        return Term(f"{part}_units", pieces[0])
    terms = _bigrams(pieces)
    # Every second bigram at its distance covers all units; the last one closes an odd count.
    kept = sorted({*range(0, len(terms), 2), len(terms) - 1})
    bigrams = f"{part}_bigrams"
    if len(kept) == 1:
        return Term(bigrams, terms[0])
    return Chain(bigrams, tuple((offset, terms[offset]) for offset in kept))


def _bigrams(pieces: list[str]) -> list[str]:
    return [bigram(first, second) for first, second in zip(pieces, pieces[1:])]

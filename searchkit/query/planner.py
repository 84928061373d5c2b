"""Planner: query tree -> what an engine matches and adds up, and what is highlighted in its hits."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from searchkit.analysis import Analyzer, is_symbol, normalize, query_tokens, title_key, visible
from searchkit.dates import day_end, day_start
from searchkit.engine import plan as engine
from searchkit.engine.plan import Boolean, Clause
from searchkit.query import ast
from searchkit.query.analyzed_text import AnalyzedText, analyze_text, join_texts
from searchkit.query.ast import AndNode, Field, NotNode, OrNode, QueryNode, TextNode
from searchkit.query.matching import FEW, Match, in_fields, loose_phrase, match_text, phrase, prefix
from searchkit.query.scoring import (
    NO_BOOSTS,
    FieldTerm,
    Statistics,
    WeightedTerm,
    alternative_terms,
    telling_terms,
    text_terms,
    title_score,
)
from searchkit.query.synonyms import SynonymMap, with_alternatives
from searchkit.schema import TAGS, text_field

# The names of values in queries, and the fields of an engine that hold them.
_VALUE_FIELDS = {"source": "source", "tag": "tags"}
_TAGS_UNIGRAMS = f"{text_field(TAGS)}_unigrams"
_FILTERS = ast.NotNode | ast.TermNode | ast.DateRangeNode


class HighlightTerm(NamedTuple):
    """Neighbouring tokens to mark in one field, or in all.

    Of a ``prefix`` the Latin word at the end may go on. In a single Latin word ``*`` and ``?`` stand for
    other letters, and up to ``distance`` letters may differ.
    """

    tokens: tuple[str, ...]
    field: Field | None = None
    prefix: bool = False
    distance: int = 0

    @property
    def is_inexact(self) -> bool:
        """Does it stand for words that are only like it?"""
        return self.distance > 0 or "*" in self.tokens[0] or "?" in self.tokens[0]


@dataclasses.dataclass(frozen=True)
class Planned:
    """A plan for an engine, what to highlight in its hits, and the query as it was understood."""

    plan: engine.Plan
    highlight_terms: tuple[HighlightTerm, ...]
    query: QueryNode = dataclasses.field(compare=False)


def plan_query(
    query: QueryNode,
    analyzer: Analyzer,
    statistics: Statistics,
    *,
    match: Match = "most",
    filters: tuple[Clause, ...] = (),
    synonym_maps: Sequence[SynonymMap] = (),
    boosts: Mapping[str, float] = NO_BOOSTS,
    texts: Sequence[str] = (),
) -> Planned:
    """What an engine has to do for ``query``, within ``filters``.

    ``boosts`` are what fields count for, ``texts`` the declared fields of text.
    """
    planner = _Planner(analyzer, statistics, match, synonym_maps, boosts, texts)
    if match == "most":
        query = planner.with_long_texts(query)
    clause = planner.clause(query, 1.0)
    if filters and not isinstance(clause, engine.MatchNone):
        clause = Boolean(must=(clause, *filters))
    scores = [
        engine.ScoreClause(engine.Term(*term), planner.weights[term])
        for term in telling_terms(planner.unboosted, statistics)
    ]
    if scores and boosts.get("title", 1.0) and (title := title_key(planner.whole_text(query))):
        scores += title_score(title, sum(score.weight for score in scores), statistics)
    return Planned(engine.Plan(clause, tuple(scores)), tuple(planner.highlight_terms), query)


@dataclasses.dataclass
class _Planner:
    """Makes the clauses of a tree, and gathers on the way what ranks and what is highlighted."""

    analyzer: Analyzer
    statistics: Statistics
    match: Match
    synonym_maps: Sequence[SynonymMap]
    boosts: Mapping[str, float]
    texts: Sequence[str]
    weights: dict[FieldTerm, float] = dataclasses.field(default_factory=dict)
    unboosted: dict[FieldTerm, float] = dataclasses.field(default_factory=dict)
    highlight_terms: dict[HighlightTerm, None] = dataclasses.field(default_factory=dict)
    analyzed: dict[str, AnalyzedText] = dataclasses.field(default_factory=dict)

    def with_long_texts(self, query: QueryNode) -> QueryNode:
        """The query with the texts side by side as one text, where they have more than a few content words.

        Who types a few words means all of them. A headline that is pasted has spaces as well, and the article
        behind it may lack any of its words: docs/decisions/0003-match.md has what it costs to need each text.
        """
        match query:
            case AndNode(children):
                children = tuple(self.with_long_texts(child) for child in children)
                for field in dict.fromkeys(child.field for child in children if isinstance(child, TextNode)):
                    children = self._joined(children, field)
                return children[0] if len(children) == 1 else AndNode(children)
            case OrNode(children):
                return OrNode(tuple(self.with_long_texts(child) for child in children))
            case _:
                return query

    def _joined(self, children: tuple[QueryNode, ...], field: Field | None) -> tuple[QueryNode, ...]:
        texts = [child for child in children if isinstance(child, TextNode) and child.field == field]
        analyzed = [self._analyze(child.text) for child in texts]
        if len(texts) < 2 or sum(len(text.content_words) for text in analyzed) <= FEW:
            return children
        joined = join_texts(analyzed)
        self.analyzed[joined.text] = joined
        first = children.index(texts[0])
        others = (child for child in children[first:] if child not in texts)
        return (*children[:first], TextNode(joined.text, field), *others)

    def clause(self, query: QueryNode, weight: float | None) -> Clause:
        """What a document must be to match, and how much it counts for the rank.

        Without a weight the query is ruled out: it neither ranks nor is highlighted.
        """
        match query:
            case TextNode():
                return self._texts([query.text], query.field, weight)[0]
            case ast.PhraseNode(text, field, slop):
                whole = self._analyze(text)
                pieces = [found for words in text.split() if (found := query_tokens(words))]
                phrases = [piece for piece in pieces if not is_symbol(piece[0])] or pieces
                marked = phrases if slop else [whole.tokens]
                highlights = [HighlightTerm(tuple(tokens), field) for tokens in marked]
                texts = self._texts_with(whole.tokens)
                self._rank(text_terms(whole, field, self.boosts, texts), highlights, weight)
                if slop and len(phrases) > 1:
                    return loose_phrase(phrases, self._places(field, texts), slop)
                return phrase(whole.tokens, self._places(field, texts))
            case ast.PrefixNode(text, field):
                whole = self._analyze(text)
                highlight = HighlightTerm(tuple(whole.tokens), field, prefix=True)
                self._rank(text_terms(whole, field, self.boosts, self.texts), [highlight], weight)
                return prefix(whole.tokens, self._places(field))
            case ast.WildcardNode(pattern, field):
                pattern = visible(normalize(pattern))
                self._rank((), [HighlightTerm((pattern,), field)], weight)
                return in_fields(self._places(field), "unigrams", engine.Wildcard, pattern)
            case ast.FuzzyNode(text, field, distance):
                word = visible(normalize(text))
                self._rank((), [HighlightTerm((word,), field, distance=distance)], weight)
                return in_fields(self._places(field), "unigrams", engine.Fuzzy, word, distance)
            case ast.TermNode(name, value):
                return engine.TermSet(_VALUE_FIELDS[name], (value,))
            case ast.DateRangeNode(first, last):
                low, high = day_start(first) if first else None, day_end(last) if last else None
                return engine.Range("published", low, high)
            case ast.BoostNode(child, factor):
                return self.clause(child, None if weight is None else weight * factor)
            case AndNode(children):
                return self._all_of(children, weight)
            case OrNode(children):
                return Boolean(should=tuple(self.clause(child, weight) for child in children))
            case NotNode(child):
                return Boolean(must=(engine.MatchAll(),), must_not=(self.clause(child, None),))
            case ast.MatchNoneNode():
                return engine.MatchNone()
        raise TypeError(f"no node of a query: {query!r}")

    def _all_of(self, children: Sequence[QueryNode], weight: float | None) -> Clause:
        must: list[Clause] = []
        must_not: list[Clause] = []
        # Words of texts that stand side by side may have an alternative together.
        for field, group in groupby(children, lambda child: isinstance(child, TextNode) and child.field):
            if field is not False:
                given = [child.text for child in group if isinstance(child, TextNode)]
                must += self._texts(given, field, weight)
                continue
            for child in group:
                if isinstance(child, NotNode):
                    must_not.append(self.clause(child.child, None))
                else:
                    must.append(self.clause(child, weight))
        return Boolean(must=tuple(must), must_not=tuple(must_not))

    def _texts(self, given: Sequence[str], field: Field | None, weight: float | None) -> list[Clause]:
        """The clauses of texts of one field that stand side by side."""
        texts = list(map(self._analyze, given))
        if self.synonym_maps:
            texts = with_alternatives(texts, self.synonym_maps, self._analyze)
        clauses = []
        for text in texts:
            others = [token for some in text.alternatives.values() for one in some for token in one.tokens]
            fields = self._texts_with([*text.tokens, *others])
            self._rank(text_terms(text, field, self.boosts, fields), _highlights(text, field), weight)
            if text.alternatives:
                alternatives = alternative_terms(text, field, self.statistics, self.boosts, fields)
                self._rank(alternatives, (), weight)
            clauses.append(match_text(text, self._places(field, fields), self.match))
        return clauses

    def _texts_with(self, tokens: Sequence[str]) -> tuple[str, ...]:
        """The declared fields of text, and the tags where any has one of the tokens.

        It is looked up, since few queries are for tags, and a field more makes each of them slower.
        """
        is_there = any(self.statistics.doc_freqs(_TAGS_UNIGRAMS, list(dict.fromkeys(tokens))))
        return (*self.texts, TAGS) if is_there else tuple(self.texts)

    def _places(self, field: Field | None, texts: Sequence[str] | None = None) -> tuple[str, ...]:
        """What the names of the engine's fields begin with: of this field, or of all fields of text."""
        if field:
            return (text_field(field),)
        return ("title", "body", *map(text_field, (*self.texts, TAGS) if texts is None else texts))

    def whole_text(self, query: QueryNode) -> list[str]:
        """The tokens of all that is asked for, where that may be a title: one text, or several side by side.

        What only rules documents out is not part of it; of a query with anything else there are none.
        """
        match query:
            case TextNode(text, field) | ast.PhraseNode(text, field) if field in (None, "title"):
                return list(self._analyze(text).tokens)
            case ast.BoostNode(child):
                return self.whole_text(child)
            case AndNode(children):
                parts = [self.whole_text(child) for child in children if not isinstance(child, _FILTERS)]
                return [token for part in parts for token in part] if all(parts) else []
            case _:
                return []

    def _analyze(self, text: str) -> AnalyzedText:
        if text not in self.analyzed:
            self.analyzed[text] = analyze_text(text, self.analyzer)
        return self.analyzed[text]

    def _rank(
        self, terms: Iterable[WeightedTerm], highlights: Iterable[HighlightTerm], weight: float | None
    ) -> None:
        if weight is None:
            return
        for term, counts in terms:
            self.weights[term] = self.weights.get(term, 0.0) + weight * counts
            self.unboosted[term] = self.unboosted.get(term, 0.0) + counts
        self.highlight_terms.update(dict.fromkeys(highlights))


def _highlights(text: AnalyzedText, field: Field | None) -> list[HighlightTerm]:
    """The text as a whole, so that 中国的历史 is one highlight where it stands like this; and its words."""
    found = [text.tokens]
    for word in text.content_words:
        found.append(text.tokens_of[word])
        if word in text.alternatives:
            found += [other.tokens for other in text.alternatives[word]]
    return [HighlightTerm(tokens, field) for tokens in dict.fromkeys(map(tuple, found)) if tokens]

"""Planner: query tree -> what an engine matches and adds up, and what is highlighted in its hits."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from searchkit.analysis import Analyzer, is_symbol, normalize, plain, query_tokens, title_key, visible
from searchkit.dates import day_end, day_start
from searchkit.engine import plan as engine
from searchkit.engine.plan import Boolean, Clause
from searchkit.query import ast
from searchkit.query.alternatives import (
    Alternative,
    AlternativeTable,
    forms_in_quotes,
    from_tables,
    within_words,
)
from searchkit.query.analyzed_text import AnalyzedText, analyze_text, join_texts, with_alternatives
from searchkit.query.ast import AndNode, Field, NotNode, OrNode, QueryNode, TextNode
from searchkit.query.frequencies import Frequencies, Statistics
from searchkit.query.joints import from_joints
from searchkit.query.matching import (
    Match,
    any_phrase,
    in_fields,
    loose_phrase,
    match_text,
    prefix,
)
from searchkit.query.numbers import from_numbers
from searchkit.query.planned import HighlightTerm, Planned
from searchkit.query.scoring import (
    NO_BOOSTS,
    FieldTerm,
    WeightedTerm,
    alternative_terms,
    telling_terms,
    text_terms,
    title_score,
)
from searchkit.query.spellings import spelling_terms
from searchkit.query.wildcards import ways, wildcard, word_before_open_end
from searchkit.query.words import is_typographic_space
from searchkit.schema import TAGS, Schema, label_forms, text_field

# The names of values in queries, and the fields of an engine that hold them.
_VALUE_FIELDS = {"source": "source", "tag": "tags"}
_TAGS_UNIGRAMS = f"{text_field(TAGS)}_unigrams"
_FILTERS = ast.NotNode | ast.TermNode | ast.DateRangeNode

FEW = 5
"""Up to so many content words of texts with spaces between are few: each of the texts is needed."""


def plan_query(
    query: QueryNode,
    analyzer: Analyzer,
    statistics: Statistics,
    *,
    match: Match = "most",
    filters: tuple[Clause, ...] = (),
    tables: Sequence[AlternativeTable] = (),
    fields: Schema | None = None,
    boosts: Mapping[str, float] = NO_BOOSTS,
    let_go: frozenset[str] = frozenset(),
    analyzed: dict[str, AnalyzedText] | None = None,
) -> Planned:
    """What an engine has to do for ``query``, within ``filters``.

    ``tables`` say what else a word finds, ``boosts`` what fields count for. The words that are ``let_go``
    count for the rank, but no document needs them. ``analyzed`` has the texts that were analysed for a plan
    before, and is added to.
    """
    frequencies = statistics if isinstance(statistics, Frequencies) else Frequencies(statistics)
    known = {} if analyzed is None else analyzed
    planner = _Planner(analyzer, frequencies, match, tables, fields or Schema(), boosts, let_go, known)
    query = planner.with_joined_texts(query)
    if isinstance(query, AndNode):
        must, must_not = planner.all_of(query.children, 1.0)
        clause: Clause = _boolean(must, must_not)
        parts = [*must, *((part, Boolean(must_not=(excluded,))) for part, excluded in must_not)]
    else:
        clause = planner.clause(query, 1.0)
        parts = [(query, clause)]
    if filters and not isinstance(clause, engine.MatchNone):
        clause = Boolean(must=(clause, *filters))
    scores = [
        engine.ScoreClause(engine.Term(*term), planner.weights[term])
        for term in telling_terms(planner.unboosted, statistics)
        if planner.weights[term] > 0
    ]
    if scores and boosts.get("title", 1.0) and (title := title_key(planner.whole_text(query))):
        scores += title_score(title, sum(score.weight for score in scores), statistics)
    return Planned(
        engine.Plan(clause, tuple(scores)),
        tuple(planner.highlight_terms),
        tuple(parts),
        tuple(planner.leaves),
        tuple(planner.needed),
    )


@dataclasses.dataclass
class _Planner:
    """Makes the clauses of a tree, and gathers on the way what ranks and what is highlighted."""

    analyzer: Analyzer
    statistics: Frequencies
    match: Match
    tables: Sequence[AlternativeTable]
    fields: Schema
    boosts: Mapping[str, float]
    let_go: frozenset[str]
    analyzed: dict[str, AnalyzedText]
    leaves: list[tuple[QueryNode, Clause]] = dataclasses.field(default_factory=list)
    needed: list[tuple[AnalyzedText, tuple[str, ...]]] = dataclasses.field(default_factory=list)
    weights: dict[FieldTerm, float] = dataclasses.field(default_factory=dict)
    unboosted: dict[FieldTerm, float] = dataclasses.field(default_factory=dict)
    highlight_terms: dict[HighlightTerm, None] = dataclasses.field(default_factory=dict)

    def with_joined_texts(self, query: QueryNode) -> QueryNode:
        """The query with texts side by side as one text, where the space between is none that is meant.

        Between Han and Latin letters or digits a space is typography. A question is one text, spaces and all,
        and so is what has more than a few words: a headline that is pasted has spaces as well, and the
        article behind it may lack any of its words. Who types a few words means all of them;
        docs/decisions/0003-match.md has what it costs to need each text.
        """
        match query:
            case AndNode(children):
                children = tuple(map(self.with_joined_texts, _without_typographic_spaces(children)))
                for field in dict.fromkeys(child.field for child in children if isinstance(child, TextNode)):
                    children = self._joined(children, field)
                return children[0] if len(children) == 1 else AndNode(children)
            case OrNode(children):
                return OrNode(tuple(map(self.with_joined_texts, children)))
            case ast.BoostNode(child, weight):
                return ast.BoostNode(self.with_joined_texts(child), weight)
            case _:
                return query

    def _joined(self, children: tuple[QueryNode, ...], field: Field | None) -> tuple[QueryNode, ...]:
        nodes = [child for child in children if isinstance(child, TextNode) and child.field == field]
        if len(nodes) < 2:
            return children
        texts = [self._analyze(node.text) for node in nodes]
        words = sum(len(text.content_words) for text in texts if not text.is_function_words)
        is_one = self.match == "any" or any(text.is_question for text in texts)
        if not is_one and (self.match == "all" or words <= FEW):
            return children
        joined = join_texts(texts)
        self.analyzed[joined.text] = joined
        first = children.index(nodes[0])
        others = (child for child in children[first:] if child not in nodes)
        return (*children[:first], TextNode(joined.text, field), *others)

    def clause(self, query: QueryNode, weight: float | None) -> Clause:
        """What a document must be to match, and how much it counts for the rank.

        Without a weight the query is ruled out: it neither ranks nor is highlighted.
        """
        match query:
            case TextNode():
                return next((clause for _, clause in self._texts([query], weight)), engine.MatchNone())
            case ast.BoostNode(child, factor):
                return self.clause(child, None if weight is None else weight * factor)
            case AndNode(children):
                return _boolean(*self.all_of(children, weight))
            case OrNode(children):
                return Boolean(should=tuple(dict.fromkeys(self.clause(child, weight) for child in children)))
            case NotNode(child):
                return Boolean(must=(engine.MatchAll(),), must_not=(self.clause(child, None),))
        clause = self._leaf(query, weight)
        self.leaves.append((query, clause))
        return clause

    def _leaf(self, query: QueryNode, weight: float | None) -> Clause:
        """The same of a node that has no others within, and is no running text."""
        match query:
            case ast.PhraseNode(text, field, slop):
                whole = self._analyze(text)
                pieces = [found for words in text.split() if (found := query_tokens(words))]
                phrases = [piece for piece in pieces if not is_symbol(piece[0])] or pieces
                if not slop:
                    whole = whole._replace(
                        alternatives=[one for one in self._alternatives(whole, weight) if one.in_quotes]
                    )
                forms = phrases if slop else forms_in_quotes(whole.tokens, whole.alternatives)
                highlights = [HighlightTerm(tuple(tokens), field) for tokens in forms]
                fields = self._texts_with([whole], whole.alternatives)
                self._rank_text(whole, [whole], field, fields, highlights, weight)
                if slop and len(phrases) > 1:
                    return loose_phrase(phrases, self._places(field, fields), slop)
                return any_phrase(forms, self._places(field, fields))
            case ast.PrefixNode(text, field):
                whole = self._analyze(text)
                highlight = HighlightTerm(tuple(whole.tokens), field, prefix=True)
                self._rank(text_terms(whole, field, self.boosts, self.fields.texts), [highlight], weight)
                return prefix(whole.tokens, self._places(field))
            case ast.WildcardNode(pattern, field):
                pattern = visible(normalize(pattern))
                typed = word_before_open_end(pattern)
                marks = [HighlightTerm(tokens, field) for tokens in ways(pattern)]
                if typed:
                    whole = self._analyze(typed)
                    marks.append(HighlightTerm(tuple(whole.tokens), field))
                    self._rank(text_terms(whole, field, self.boosts, self.fields.texts), (), weight)
                self._rank((), marks, weight)
                return wildcard(pattern, self._places(field))
            case ast.FuzzyNode(text, field, distance):
                word = visible(normalize(text))
                self._rank((), [HighlightTerm((word,), field, distance=distance)], weight)
                return in_fields(self._places(field), "unigrams", engine.Fuzzy, word, distance)
            case ast.TermNode(name, value):
                return engine.TermSet(_VALUE_FIELDS[name], label_forms([value]))
            case ast.FieldNode(name, value):
                return self.fields.clause(name, value)
            case ast.DateRangeNode(first, last):
                zone = self.fields.zone
                low, high = day_start(first, zone) if first else None, day_end(last, zone) if last else None
                return engine.Range("published", low, high)
            case ast.MatchAllNode():
                return engine.MatchAll()
            case ast.MatchNoneNode():
                return engine.MatchNone()
        raise TypeError(f"no node of a query: {query!r}")

    def all_of(
        self, children: Sequence[QueryNode], weight: float | None
    ) -> tuple[list[tuple[QueryNode, Clause]], list[tuple[QueryNode, Clause]]]:
        """The children that a document needs, each with its clause, and those that it must not have."""
        must: list[tuple[QueryNode, Clause]] = []
        must_not: list[tuple[QueryNode, Clause]] = []
        others = sum(not isinstance(child, TextNode | NotNode) for child in children)
        # Words of texts that stand side by side may have an alternative together.
        for field, group in groupby(children, lambda child: isinstance(child, TextNode) and child.field):
            if field is not False:
                texts = [child for child in group if isinstance(child, TextNode)]
                must += self._texts(texts, weight, others > 0)
                continue
            for child in group:
                if isinstance(child, NotNode):
                    must_not.append((child, self.clause(child.child, None)))
                else:
                    must.append((child, self.clause(child, weight)))
        return must, must_not

    def _texts(
        self, nodes: Sequence[TextNode], weight: float | None, others: bool = False
    ) -> list[tuple[QueryNode, Clause]]:
        """The texts of one field that stand side by side, each with its clause.

        Without those that are not needed: function words, where there is something else, and what is let go.
        """
        field = nodes[0].field
        texts = [self._analyze(node.text) for node in nodes]
        whole = join_texts(texts)
        highlights = [term for text in texts for term in _highlights(text, field)]
        typed = texts
        if alternatives := self._alternatives(whole, weight):
            whole = whole._replace(alternatives=alternatives)
            texts = with_alternatives(texts, whole)
            highlights += [HighlightTerm(one.tokens, field) for one in alternatives]
        fields = self._texts_with(typed, alternatives)
        self._rank_text(whole, typed, field, fields, highlights, weight)
        places = self._places(field, fields)
        others = others or (len(texts) > 1 and not whole.is_function_words)
        let_go: frozenset[str] = frozenset() if field else self.let_go
        found: list[tuple[QueryNode, Clause]] = []
        for node, text in zip(nodes, texts):
            if others and text.is_function_words:
                continue
            clause = match_text(text, places, self.match, self.statistics, let_go)
            if clause is not None:
                found.append((node, clause))
                self.leaves.append((node, clause))
            if weight is not None and field is None:
                self.needed.append((text, places))
        return found

    def _alternatives(self, text: AnalyzedText, weight: float | None) -> list[Alternative]:
        """What else the words of a text find. A word that is ruled out rules out its spellings only."""
        tables = self.tables
        if weight is None:
            tables = [table for table in tables if table.kind == "spelling"]
        analyze = self._analyze_alternative
        found = list(from_tables(text.tokens, text.query_words, tables, analyze, self.statistics))
        found += from_numbers(text.query_words, self.statistics)
        found += from_joints(text.text, text.tokens, self.statistics)
        return found and within_words(found, text.tokens, text.query_words, analyze)

    def _analyze_alternative(self, text: str) -> tuple[Sequence[str], Sequence[str]]:
        analyzed = self._analyze(text)
        return analyzed.tokens, analyzed.words

    def _texts_with(
        self, texts: Sequence[AnalyzedText], alternatives: Sequence[Alternative]
    ) -> tuple[str, ...]:
        """The declared fields of text, and the tags where any has the beginning of a word or an alternative.

        It is looked up, since few queries are for tags, and a field more makes each of them slower.
        """
        tokens = {plain(text.tokens[word.start]) for text in texts for word in text.query_words}
        if alternatives:
            tokens.update(plain(one.tokens[0]) for one in alternatives)
        is_there = self.statistics.has_any(_TAGS_UNIGRAMS, list(tokens))
        return (*self.fields.texts, TAGS) if is_there else self.fields.texts

    def _places(self, field: Field | None, texts: Sequence[str] | None = None) -> tuple[str, ...]:
        """What the names of the engine's fields begin with: of this field, or of all fields of text."""
        if field:
            return (text_field(field),)
        return ("title", "body", *map(text_field, (*self.fields.texts, TAGS) if texts is None else texts))

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

    def _rank_text(
        self,
        whole: AnalyzedText,
        texts: Iterable[AnalyzedText],
        field: Field | None,
        fields: Sequence[str],
        highlights: Iterable[HighlightTerm],
        weight: float | None,
    ) -> None:
        """Have the texts count, each for itself, and the alternatives of the whole that they are together."""
        if weight is None:
            return
        typed = [term for text in texts for term in text_terms(text, field, self.boosts, fields)]
        self._rank(typed, highlights, weight)
        if whole.alternatives:
            others = alternative_terms(whole, field, self.statistics, self.boosts, fields)
            self._rank(others, (), weight)
            self._rank(spelling_terms(whole, dict(typed), self.statistics), (), weight)

    def _rank(
        self, terms: Iterable[WeightedTerm], highlights: Iterable[HighlightTerm], weight: float | None
    ) -> None:
        if weight is None:
            return
        for term, counts in terms:
            self.weights[term] = self.weights.get(term, 0.0) + weight * counts
            self.unboosted[term] = self.unboosted.get(term, 0.0) + counts
        self.highlight_terms.update(dict.fromkeys(highlights))


def _boolean(
    must: Iterable[tuple[QueryNode, Clause]], must_not: Iterable[tuple[QueryNode, Clause]]
) -> Boolean:
    return Boolean(
        must=tuple(dict.fromkeys(clause for _, clause in must)),
        must_not=tuple(dict.fromkeys(clause for _, clause in must_not)),
    )


def _without_typographic_spaces(children: Iterable[QueryNode]) -> list[QueryNode]:
    """The children, texts joined that only a space between Han and Latin letters or digits parts."""
    found: list[QueryNode] = []
    for child in children:
        last = found[-1] if found else None
        if (
            isinstance(last, TextNode)
            and isinstance(child, TextNode)
            and last.field == child.field
            and is_typographic_space(last.text, child.text)
        ):
            found[-1] = TextNode(last.text + child.text, child.field)
        else:
            found.append(child)
    return found


def _highlights(text: AnalyzedText, field: Field | None) -> list[HighlightTerm]:
    """The text as a whole, so that 中国的历史 is one highlight where it stands like this; and its words."""
    found = [text.tokens, *(text.tokens[word.start : word.end] for word in text.content_words)]
    return [HighlightTerm(tokens, field) for tokens in dict.fromkeys(map(tuple, found)) if tokens]

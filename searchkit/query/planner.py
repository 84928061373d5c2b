"""Planner: query tree -> what an engine matches and adds up, and what is highlighted in its hits."""

from __future__ import annotations

from dataclasses import dataclass, field

from searchkit.analysis import Analyzer
from searchkit.engine.plan import Boolean, Clause, MatchNone, Plan
from searchkit.query.alternatives import AlternativesOf, add_alternatives
from searchkit.query.ast import QueryNode
from searchkit.query.highlight_terms import HighlightTerm, highlight_terms
from searchkit.query.long_texts import with_long_texts
from searchkit.query.matching import Match, match_node
from searchkit.query.scoring import Statistics, rank_scores
from searchkit.query.words import WordsOf

__all__ = ["Planned", "plan_query"]


@dataclass(frozen=True)
class Planned:
    """A plan for an engine, what to highlight in its hits, and the query as it was understood."""

    plan: Plan
    highlight_terms: tuple[HighlightTerm, ...]
    query: QueryNode = field(compare=False)


def plan_query(
    query: QueryNode,
    analyzer: Analyzer,
    statistics: Statistics,
    *,
    match: Match = "most",
    filters: tuple[Clause, ...] = (),
    others_of: AlternativesOf | None = None,
) -> Planned:
    """What an engine has to do for ``query``, within ``filters``, where others_of gives alternatives of
    words."""
    words_of = WordsOf(analyzer)
    if match == "most":
        query = with_long_texts(query, words_of)
    if others_of:
        add_alternatives(query, words_of, others_of)
    matched = match_node(query, words_of, match)
    if filters and matched != MatchNone():
        matched = Boolean(must=(matched, *filters))
    found = Plan(matched, rank_scores(query, words_of, statistics))
    return Planned(found, highlight_terms(query, words_of), query)

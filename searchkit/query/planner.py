"""Planner: query tree -> what an engine matches and adds up, and what is highlighted in its hits."""

from __future__ import annotations

from dataclasses import dataclass

from searchkit.analysis import Analyzer
from searchkit.query.alternatives import AlternativesOf, add_alternatives
from searchkit.query.matching import Match, match_node
from searchkit.query.needles import Needle, needles
from searchkit.query.plan import All, Node, NothingAtAll, Plan
from searchkit.query.ranking import Statistics, rank_scores
from searchkit.query.tree import Query
from searchkit.query.words import WordsOf

__all__ = ["Planned", "plan_query"]


@dataclass(frozen=True)
class Planned:
    """A plan for an engine, and what to highlight in its hits."""

    plan: Plan
    needles: tuple[Needle, ...]


def plan_query(
    query: Query,
    analyzer: Analyzer,
    statistics: Statistics,
    *,
    match: Match = "most",
    filters: tuple[Node, ...] = (),
    others_of: AlternativesOf | None = None,
) -> Planned:
    """What an engine has to do for ``query``, within ``filters``, where others_of gives alternatives of
    words."""
    words_of = WordsOf(analyzer)
    if others_of:
        add_alternatives(query, words_of, others_of)
    matched = match_node(query, words_of, match)
    if filters and matched != NothingAtAll():
        matched = All((matched, *filters))
    return Planned(Plan(matched, rank_scores(query, words_of, statistics)), needles(query, words_of))

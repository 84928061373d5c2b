"""query: what a person types -> query tree -> plan for an engine."""

from searchkit.query.ast import QueryNode
from searchkit.query.matching import Match
from searchkit.query.parser import parse
from searchkit.query.planned import HighlightTerm, Planned
from searchkit.query.planner import plan_query

__all__ = ["HighlightTerm", "Match", "Planned", "QueryNode", "parse", "plan_query"]

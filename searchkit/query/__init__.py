"""query: what a person types -> query tree -> plan for an engine."""

from searchkit.query.parser import parse
from searchkit.query.planner import Match, Needle, Planned, plan_query
from searchkit.query.tree import Query

__all__ = ["Match", "Needle", "Planned", "Query", "parse", "plan_query"]

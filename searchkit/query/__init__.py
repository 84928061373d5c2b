"""query: what a person types -> query tree -> plan for an engine."""

from searchkit.query.matching import Match
from searchkit.query.needles import Needle
from searchkit.query.parser import parse
from searchkit.query.planner import Planned, plan_query
from searchkit.query.tree import Query

__all__ = ["Match", "Needle", "Planned", "Query", "parse", "plan_query"]

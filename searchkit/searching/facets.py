"""Facets: how many of the matches have each value of a field."""

from __future__ import annotations

from collections.abc import Iterable

from searchkit.engine.base import FacetCounts, Snapshot
from searchkit.engine.plan import Clause
from searchkit.schema import Schema


def count_facets(
    snapshot: Snapshot, match: Clause, names: Iterable[str], schema: Schema
) -> dict[str, FacetCounts]:
    """For each facet its values, the most frequent first; years, months and dates in their order.

    Raises ValueError for a name that is no facet.
    """
    wanted = {name: schema.facet(name) for name in names}
    if not wanted:
        return {}
    fields = [field for facet in wanted.values() for field in (facet.field, facet.written) if field]
    found = snapshot.facets(match, list(dict.fromkeys(fields)))
    facets: dict[str, FacetCounts] = {}
    for name, facet in wanted.items():
        counts = facet.counts(found)
        in_time = name in ("year", "month") or schema.declared.get(name) == "date"
        in_order = sorted(counts.items(), key=lambda pair: (0 if in_time else -pair[1], pair[0]))
        facets[name] = FacetCounts(in_order)
        facets[name].others = counts.others
    return facets

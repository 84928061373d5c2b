"""Facets: how many of the matching documents have each value of a field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from searchkit.engine.base import Snapshot
from searchkit.engine.plan import Clause
from searchkit.schema import Schema

__all__ = ["count_facets"]


def count_facets(
    snapshot: Snapshot, match: Clause, names: Sequence[str], schema: Schema
) -> dict[str, dict[Any, int]]:
    """For each facet its values, the most frequent first; years, months and dates in their order.

    Raises ValueError for a name that is no facet.
    """
    if not names:
        return {}
    wanted = {name: schema.facet(name) for name in names}
    found = snapshot.facets(match, list(dict.fromkeys(field for field, _ in wanted.values())))
    facets = {}
    for name, (field, shown) in wanted.items():
        counts: Counter[Any] = Counter()
        for value, count in found[field].items():
            counts[shown(value)] += count
        in_time = name in ("year", "month") or schema.declared.get(name) == "date"
        facets[name] = dict(sorted(counts.items(), key=lambda pair: (0 if in_time else -pair[1], pair[0])))
    return facets

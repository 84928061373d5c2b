"""facets: matches -> how many of them have each value of a field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from searchkit.engine.base import Snapshot
from searchkit.engine.plan import Clause
from searchkit.schema import Schema

__all__ = ["count_facets"]


def count_facets(
    snapshot: Snapshot, match: Clause, names: Iterable[str], fields: Schema
) -> dict[str, dict[Any, int]]:
    """For each name the values of matching documents, the most frequent first; those of time in their order.

    Raises ValueError for a name that is no facet.
    """
    wanted = {name: fields.facet(name) for name in names}
    found = {field: snapshot.values(match, field) for field in {field for field, _ in wanted.values()}}
    facets = {}
    for name, (field, shown) in wanted.items():
        counts: Counter[Any] = Counter()
        for value, count in found[field].items():
            counts[shown(value)] += count
        in_time = name in ("year", "month") or fields.declared.get(name) == "date"
        facets[name] = dict(sorted(counts.items(), key=lambda pair: (0 if in_time else -pair[1], pair[0])))
    return facets

"""Facets by terms aggregations: the requests and answers that OpenSearch and tantivy have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from searchkit.engine.base import MOST_VALUES, FacetCounts
from searchkit.engine.plan import Buckets

Aggregate = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Runs aggregations over the documents that match, and returns the result of each by its name."""


def facet_counts(aggregate: Aggregate, paths: Mapping[str, str]) -> dict[str, FacetCounts]:
    """The facets of the fields, whose names in the engine are ``paths``, in one request where that can be.

    `MOST_VALUES` is the limit of one request, so each field gets a share of it. A field with more values than
    its share is asked for again, alone.
    """
    if not paths:
        return {}
    share = MOST_VALUES // len(paths)
    counts: dict[str, FacetCounts] = {}
    for name, found in aggregate({name: _terms(path, share) for name, path in paths.items()}).items():
        if found["sum_other_doc_count"] and share < MOST_VALUES:
            found = aggregate({name: _terms(paths[name], MOST_VALUES)})[name]
        counts[name] = FacetCounts((bucket["key"], bucket["doc_count"]) for bucket in found["buckets"])
        counts[name].others = int(found["sum_other_doc_count"])
    return counts


def bucket_counts(aggregate: Aggregate, path: str, wanted: Buckets) -> dict[int, int]:
    """How many have a value in each of the buckets of the field, whose name in the engine is ``path``."""
    if wanted.width:
        by_width = {"field": path, "interval": wanted.width, "min_doc_count": 1}
        found = aggregate({"counts": {"histogram": by_width}})["counts"]["buckets"]
        return {round(wanted.place(one["key"])): one["doc_count"] for one in found if one["doc_count"]}
    ends = [(None, wanted.edges[0]), *zip(wanted.edges, (*wanted.edges[1:], None))]
    ranges = [
        {"key": str(number)} | {name: end for name, end in zip(("from", "to"), pair) if end is not None}
        for number, pair in enumerate(ends)
    ]
    found = aggregate({"counts": {"range": {"field": path, "ranges": ranges}}})["counts"]["buckets"]
    return {int(one["key"]): one["doc_count"] for one in found if one["doc_count"]}


def _terms(path: str, size: int) -> dict[str, Any]:
    # Each segment or shard gives as many values, so that counts are exact unless some are left out.
    return {"terms": {"field": path, "size": size, "shard_size": size}}

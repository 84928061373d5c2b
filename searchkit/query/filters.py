"""filters: since, until, source and tags, as people give them -> nodes of a plan."""

from __future__ import annotations

from collections.abc import Iterable

from searchkit.dates import When, time_bound
from searchkit.engine.plan import Clause, Range, TermSet
from searchkit.text import as_list

__all__ = ["filter_nodes"]


def filter_nodes(
    since: When | None, until: When | None, source: str | Iterable[str], tags: str | Iterable[str]
) -> tuple[Clause, ...]:
    """What a document must be to pass all of the filters.

    Raises ValueError for a time that is none, or that has no zone.
    """
    found: list[Clause] = []
    low = time_bound("since", since) if since is not None else None
    high = time_bound("until", until, end=True) if until is not None else None
    if low is not None or high is not None:
        found.append(Range("published", low, high))
    for name, values in (("source", source), ("tags", tags)):
        if wanted := as_list(name, values):
            found.append(TermSet(name, tuple(wanted)))
    return tuple(found)

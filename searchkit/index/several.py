"""Searching several indexes at once, as if they were one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from searchkit.errors import CursorExpiredError
from searchkit.index.index import Index
from searchkit.searching.options import SearchOptions, takes_options
from searchkit.searching.results import Results
from searchkit.searching.search import search as search_snapshot
from searchkit.searching.united import Member, UnitedSnapshot, united_settings
from searchkit.settings import Settings

_MOST_KNOWN = 8

_known: dict[tuple[int, ...], tuple[list[Settings], Settings]] = {}
"""United settings by the identities of those of each index: to make tables of synonyms takes long."""


@takes_options(SearchOptions)
def search(indexes: Iterable[Index], query: str, options: SearchOptions) -> Results:
    """The documents of several open indexes that match, ranked together: best first.

    The options are those of `Index.search`. A term counts for as much as it is rare in all of the indexes,
    so scores compare. ``total``, ``facets``, ``suggestion``, pages and cursors are those of one list, and
    `Hit.index` is the number of the index that has a hit. An id that two indexes have is two hits.

    The indexes may be of different engines, and declare different fields: where a field is not declared, no
    document has a value in it. The words, stop words and synonyms of each apply to all. Days are those of the
    time zone of the first; only the facets ``year`` and ``month`` count by the zone of each. Each page reads
    all the pages before it.

    Raises ValueError where two indexes declare one field in different ways, or were created with different
    ``boosts`` and the search has none; and what `Index.search` raises.
    """
    found = _checked(indexes)
    settings = _united(found, boosted=options.boosts is not None)

    names = [*map(_name, found)]
    cursors = found[0]._cursors.of_several(repr(names))

    def ask() -> Results:
        snapshots = [one._open().snapshot() for one in found]
        members = [Member(*each) for each in zip(names, snapshots, (one._settings for one in found))]
        return search_snapshot(query, options, UnitedSnapshot(members), settings, cursors)

    try:
        return ask()
    except CursorExpiredError:  # a cluster may lose a snapshot in between
        return ask()


def _checked(indexes: Iterable[Index]) -> list[Index]:
    given: Any = indexes
    if isinstance(given, Index):  # which iterates over its documents
        raise TypeError("indexes must be a list of open indexes; one alone is searched by its own search()")
    found: list[Any] = list(given)
    for one in found:
        if not isinstance(one, Index):
            raise TypeError(f"indexes must be open indexes, as searchkit.open() gives them, not {one!r}")
    if not found:
        raise ValueError("indexes: there is none to search")
    if len(set(map(id, found))) < len(found):
        raise ValueError("indexes: the same index is there twice")
    return found


def _name(index: Index) -> str:
    """What tells it from others, whose versions may be the same."""
    place = index._open().real_location
    return f"{place} {id(index)}" if place == ":memory:" else place


def _united(indexes: Sequence[Index], *, boosted: bool) -> Settings:
    of_each = [index._settings for index in indexes]
    key = (boosted, *map(id, of_each))
    known = _known.get(key)
    if known is None:
        while len(_known) >= _MOST_KNOWN:
            _known.pop(next(iter(_known)), None)
        places = [index.location for index in indexes]
        united = united_settings(list(zip(places, of_each)), boosted=boosted)
        known = _known[key] = of_each, united  # the first lives on, so that no others have its identities
    return known[1]

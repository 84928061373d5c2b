"""options: the arguments of a search, checked once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any, Literal, get_args

from searchkit.dates import When
from searchkit.engine.plan import Clause
from searchkit.query import Match
from searchkit.query.filters import filter_nodes
from searchkit.query.recency import half_life
from searchkit.schema import Schema
from searchkit.text import as_list

__all__ = ["Collapse", "SearchOptions"]

Collapse = Literal["near-duplicates"]

# What makes no other list of hits, only another piece of it or another look.
_OF_ONE_PAGE = frozenset({"limit", "offset", "cursor", "snippet_length", "facets"})


@dataclass(frozen=True, kw_only=True)
class SearchOptions:
    """What `Index.search` takes beside the query; there it is said what each means.

    Raises ValueError or TypeError with the name of what is wrong.
    """

    limit: int = 10
    offset: int = 0
    cursor: str | None = None
    sort: str = "relevance"
    since: When | None = None
    until: When | None = None
    source: str | Iterable[str] = ()
    tags: str | Iterable[str] = ()
    where: Mapping[str, Any] = field(default_factory=dict)
    facets: str | Iterable[str] = ()
    match: Match = "most"
    regional: bool = True
    synonyms: bool = True
    recency: str | timedelta | None = None
    collapse: Collapse | None = None
    snippet_length: int = 160
    lenient: bool = False

    def __post_init__(self) -> None:
        _check_count("limit", self.limit, least=0)
        _check_count("offset", self.offset, least=0)
        _check_count("snippet_length", self.snippet_length, least=1)
        _check_choice("match", self.match, get_args(Match))
        if self.collapse is not None:
            _check_choice("collapse", self.collapse, get_args(Collapse))
        if not isinstance(self.sort, str):
            raise TypeError(f"sort must be text, not {self.sort!r}")
        if not isinstance(self.where, Mapping):
            raise TypeError(f"where must be a mapping of fields to values, not {self.where!r}")
        if self.recency is not None:
            half_life(self.recency)
            if self.sort != "relevance":
                raise ValueError(f"recency is for sort='relevance'; this search sorts by {self.sort!r}")
        if self.cursor is not None and self.offset:
            raise ValueError("a cursor says where to go on, so there is no offset beside it")
        # Whoever gives an iterator gives it once, and equal sets may come in any order.
        for name in ("source", "tags"):
            object.__setattr__(self, name, tuple(sorted(as_list(name, getattr(self, name)))))
        object.__setattr__(self, "facets", tuple(as_list("facets", self.facets)))
        wanted = sorted(self.where.items(), key=lambda item: str(item[0]))
        object.__setattr__(self, "where", {name: _settled(value) for name, value in wanted})

    def filters(self, known: Schema) -> tuple[Clause, ...]:
        """What a document must be, whatever the query says."""
        return filter_nodes(self.since, self.until, self.source, self.tags) + known.where(self.where)

    def digest(self, query: str) -> str:
        """Equal for searches whose hits are pages of one list."""
        values = [(f.name, getattr(self, f.name)) for f in fields(self) if f.name not in _OF_ONE_PAGE]
        return hashlib.sha256(repr((query, values)).encode("utf-8", "backslashreplace")).hexdigest()[:12]


def _settled(wanted: Any) -> Any:
    """What a field should be, such that it reads the same each time."""
    if isinstance(wanted, Iterator):
        return list(wanted)
    return sorted(wanted, key=repr) if isinstance(wanted, set | frozenset) else wanted


def _check_count(name: str, value: int, *, least: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name} must be a whole number, not {value!r}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, not {value}")


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, not {value!r}")

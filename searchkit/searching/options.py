"""The options of searches: their types, defaults, help texts and checks.

`Index.search` and similar methods take them as keywords (`takes_options`); the command line and the web app
read `SearchOptions`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field, fields
from datetime import timedelta
from functools import cache, wraps
from typing import Any, Concatenate, Generic, Literal, ParamSpec, TypeVar, get_args, overload

from searchkit.dates import When
from searchkit.engine.plan import Clause
from searchkit.query import Match
from searchkit.query.matching import filter_nodes
from searchkit.query.recency import half_life
from searchkit.schema import Schema
from searchkit.searching.facets import Facet, facets_of
from searchkit.text import as_list

Collapse = Literal["near-duplicates"]

# Options that do not change the list of hits, only which part of it is shown, and how.
_OF_ONE_PAGE = frozenset({"limit", "offset", "cursor", "snippet_length", "facets", "max_cost"})

Check = Callable[[str, Any], Any]
"""Returns the value of an option as it is kept, or raises an error with the name of the option."""


def _option(default: Any, help: str, check: Check | None = None, **more: Any) -> Any:
    return field(default=default, metadata={"help": help, "check": check, **more})


def _number(default: int | None, least: int, help: str) -> Any:
    def check(name: str, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise TypeError(f"{name} must be a whole number, not {value!r}")
        if value < least:
            raise ValueError(f"{name} must be at least {least}, not {value}")
        return value

    return _option(default, help, check, least=least)


def _choice(default: str | None, choices: tuple[str, ...], help: str) -> Any:
    def check(name: str, value: Any) -> Any:
        if value not in choices:
            raise ValueError(f"{name} must be one of {', '.join(choices)}, not {value!r}")
        return value

    return _option(default, help, check)


def _sort(name: str, value: Any) -> str:
    """The names with commas between, so that a list and a text are one search."""
    if not isinstance(value, str | Iterable):
        raise TypeError(f"{name} must be a text or a list of texts, not {value!r}")
    names = [part.strip() for text in as_list(name, value) for part in text.split(",")]
    return ",".join(names) if names else "relevance"


def _set_of_texts(name: str, value: Any) -> tuple[str, ...]:
    return tuple(sorted(as_list(name, value)))  # equal sets make equal cursors


def _where(name: str, value: Any) -> dict[str, Any] | None:
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} must be a mapping of fields to values, not {value!r}")
    wanted = sorted(value.items(), key=lambda item: str(item[0]))
    return {field: _settled(values) for field, values in wanted} or None


def _settled(values: Any) -> Any:
    """The values of a field in a form whose ``repr`` is the same each time."""
    if isinstance(values, Mapping):
        return {name: _settled(inner) for name, inner in values.items()}
    if isinstance(values, Set):
        return sorted(values, key=repr)
    is_one = isinstance(values, str | bytes | tuple) or not isinstance(values, Iterable)
    return values if is_one else list(values)


def _boosts(name: str, value: Any) -> dict[str, float] | None:
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} must be a mapping of fields to numbers, not {value!r}")
    return dict(sorted(value.items(), key=lambda item: str(item[0]))) or None


def _recency(name: str, value: Any) -> Any:  # noqa: ARG001
    half_life(value)
    return value


@cache
def _checks(options: type[_Options]) -> list[tuple[str, Any, Check]]:
    """The options that have a check, with their defaults, which need none."""
    return [(f.name, f.default, f.metadata["check"]) for f in fields(options) if f.metadata["check"]]


def _max_cost() -> Any:
    return _number(
        None,
        1,
        "Refuse what takes longer than to read N postings; by default 6 million, and 50 for each document.",
    )


# Only SearchOptions is compared and printed: each method that is generated takes time at every start.
@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class _Options:
    """Checks its fields."""

    def __post_init__(self) -> None:
        # mypy takes the hash of an instance for that of the class.
        for name, default, check in _checks(type(self)):  # type: ignore[arg-type]
            value = getattr(self, name)
            if value is not default:
                object.__setattr__(self, name, check(name, value))


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class QueryOptions(_Options):
    """How a query is understood."""

    match: Match = _choice("most", get_args(Match), "How many words of running text a hit needs.")
    regional: bool = _option(True, "Find the words of other regions as well: 软件 finds 軟體.")
    synonyms: bool = _option(True, "Find the synonyms of the index as well.")
    boosts: Mapping[str, float] | None = _option(
        None,
        "What a field counts for the rank (title=3), instead of what the index was created with.",
        _boosts,
    )
    lenient: bool = _option(False, "Read questions and queries with mistakes as well as they can be.")
    max_cost: int | None = _max_cost()


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class FilterOptions(_Options):
    """Which documents may be found, whatever the query says."""

    since: When | None = _option(
        None,
        "Published on this day or later: 2024-07-31, 2024-07, 2024, today, yesterday; or 30d, 2w, 1y (ago).",
    )
    until: When | None = _option(None, "Published on this day or earlier.")
    source: str | Iterable[str] = _option((), "From this source; several mean any of them.", _set_of_texts)
    tags: str | Iterable[str] = _option((), "With this tag; several mean any of them.", _set_of_texts)
    where: Mapping[str, Any] | None = _option(
        None,
        "With this value of a declared field, or one in a range (price=10..20, price=10..); several of one "
        "name mean any of them. price!=5 is without it, price=* any, price!=* none.",
        _where,
    )

    def filters(self, known: Schema) -> tuple[Clause, ...]:
        """The clauses that a document has to match."""
        filters = filter_nodes(self.since, self.until, self.source, self.tags, known.zone)
        return filters + known.where(self.where or {})


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PageOptions(_Options):
    """Which of the hits are returned."""

    limit: int = _number(10, 0, "Show at most N hits; with 0 they are only counted.")
    offset: int = _number(0, 0, "Leave out the first N hits, for further pages.")


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class SnippetOptions(_Options):
    """How hits are shown."""

    snippet_length: int = _number(160, 1, "At most this many characters of the text.")


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class HitOptions(SnippetOptions, QueryOptions):
    """The options of `Index.hit`."""


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class SimilarOptions(SnippetOptions, FilterOptions, PageOptions):
    """The options of `Index.similar`."""

    max_cost: int | None = _max_cost()


@dataclass(frozen=True, kw_only=True)
class SearchOptions(SnippetOptions, QueryOptions, FilterOptions, PageOptions):
    """The options of `Index.search`, which says more about them.

    Each field has its help text in ``metadata["help"]``: a program with a form or a command line for
    searches makes it from ``dataclasses.fields(SearchOptions)``.

    Raises ValueError or TypeError with the name of the option that is wrong.
    """

    cursor: str | None = _option(
        None, "Continue after the page whose JSON had this cursor, while the index has not changed."
    )
    sort: str | Iterable[str] = _option(
        "relevance",
        "What comes first: relevance, newest, oldest, or by a declared field: price from its least value, "
        "-price from its greatest. Several are separated by commas: what is equal by one comes by the next.",
        _sort,
    )
    facets: str | Facet | Iterable[str | Facet] = _option(
        (),
        "Count the matches by these, separated by commas: source, tags, year, month, declared fields; "
        "in buckets with price:10,50,100 or published:day, the first ones with source:limit=5.",
        lambda _, value: facets_of(value),
    )
    recency: str | timedelta | None = _option(
        None,
        "Let newer articles count for more; half of the freshness is gone after 12h, 30d, 2w or 1y.",
        _recency,
    )
    collapse: Collapse | None = _choice(
        None, get_args(Collapse), "Show a story that several sources tell once, with the others."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.recency is not None and "relevance" not in str(self.sort).split(","):
            raise ValueError(f"recency is for sort='relevance'; this search sorts by {self.sort!r}")
        if self.cursor is not None and self.offset:
            raise ValueError("a cursor says where to go on, so there is no offset beside it")

    def digest(self, query: str) -> str:
        """Equal for searches whose hits are pages of one list."""
        from hashlib import sha256  # takes long to import, and is needed where there are further pages

        values = [(f.name, getattr(self, f.name)) for f in fields(self) if f.name not in _OF_ONE_PAGE]
        return sha256(repr((query, values)).encode("utf-8", "backslashreplace")).hexdigest()[:12]


# -- methods that take them as keywords

_Keywords = ParamSpec("_Keywords")
_Owner = TypeVar("_Owner")
_First = TypeVar("_First")
_Second = TypeVar("_Second")
_Taken = TypeVar("_Taken")
_Answer = TypeVar("_Answer")


class takes_options(Generic[_Keywords, _Taken]):  # noqa: N801
    """Decorates a method whose last parameter is ``options``: callers pass each option as a keyword.

    Type checkers and `inspect.signature` see the keywords with their types and defaults.
    """

    def __init__(self, options: Callable[_Keywords, _Taken]) -> None:
        self._options = options

    @overload
    def __call__(
        self, method: Callable[[_Owner, _First, _Taken], _Answer]
    ) -> Callable[Concatenate[_Owner, _First, _Keywords], _Answer]: ...
    @overload
    def __call__(
        self, method: Callable[[_Owner, _First, _Second, _Taken], _Answer]
    ) -> Callable[Concatenate[_Owner, _First, _Second, _Keywords], _Answer]: ...
    def __call__(self, method: Any) -> Any:
        make: Any = self._options
        signature = inspect.signature(method)
        keywords = inspect.signature(make).parameters
        *texts, _ = signature.parameters.values()
        names = [text.name for text in texts]

        @wraps(method)
        def with_keywords(*given: Any, **keyword: Any) -> Any:
            named = {}
            if len(given) < len(names):  # query=..., id=...
                named = {name: keyword.pop(name) for name in names if name in keyword}
            if not keyword.keys() <= keywords.keys():
                unknown = next(name for name in keyword if name not in keywords)
                raise TypeError(f"{method.__qualname__}() got an unexpected keyword argument {unknown!r}")
            if len(given) > len(names):
                expected = f"{len(names)} positional arguments but {len(given)} were given"
                raise TypeError(f"{method.__qualname__}() takes {expected}")
            return method(*given, options=make(**keyword), **named)

        shown = signature.replace(parameters=[*texts, *keywords.values()])
        with_keywords.__signature__ = shown  # type: ignore[attr-defined]
        return with_keywords

"""The options of a search and its relatives: types, defaults, help texts and checks, each of them once.

`Index.search` and the others take them as keywords (`takes_options`), the command line and the web app read
`SearchOptions`.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from functools import cache, wraps
from typing import Any, Concatenate, Generic, Literal, ParamSpec, Protocol, TypeVar, get_args, overload

from searchkit.engine.plan import Clause
from searchkit.query import Match
from searchkit.query.filters import When, as_list, filter_nodes
from searchkit.query.recency import half_life
from searchkit.schema import Schema

__all__ = [
    "Collapse",
    "FilterOptions",
    "HitOptions",
    "PageOptions",
    "QueryOptions",
    "SearchOptions",
    "SimilarOptions",
    "SnippetOptions",
    "takes_options",
]

Collapse = Literal["near-duplicates"]

# They make no other list of hits, only another part of it or another look.
_OF_ONE_PAGE = frozenset({"limit", "offset", "cursor", "snippet_length", "facets"})


# -- checks: the value of an option as it is kept, or an error that names the option


def _whole_number(name: str, value: Any, least: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name} must be a whole number, not {value!r}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, not {value}")
    return value


def _count(name: str, value: Any) -> int:
    return _whole_number(name, value, 0)


def _length(name: str, value: Any) -> int:
    return _whole_number(name, value, 1)


def _choice(name: str, value: Any, choices: tuple[str, ...]) -> Any:
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, not {value!r}")
    return value


def _match(name: str, value: Any) -> Any:
    return _choice(name, value, get_args(Match))


def _collapse(name: str, value: Any) -> Any:
    return _choice(name, value, get_args(Collapse))


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be text, not {value!r}")
    return value


def _texts(name: str, value: Any) -> tuple[str, ...]:
    return tuple(as_list(name, value))  # an iterator can be read only once


def _set_of_texts(name: str, value: Any) -> tuple[str, ...]:
    return tuple(sorted(as_list(name, value)))  # equal sets make equal cursors


def _fields(name: str, value: Any) -> dict[str, Any] | None:
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} must be a mapping of fields to values, not {value!r}")
    wanted = sorted(value.items(), key=lambda item: str(item[0]))
    return {field: _settled(values) for field, values in wanted} or None


def _settled(wanted: Any) -> Any:
    """The wanted values of a field in a form that reads the same each time."""
    if isinstance(wanted, Iterator):
        return list(wanted)
    return sorted(wanted, key=repr) if isinstance(wanted, set | frozenset) else wanted


def _half_life(name: str, value: Any) -> Any:  # noqa: ARG001
    half_life(value)
    return value


@cache
def _checks(options: type[_Options]) -> list[tuple[str, Any, Callable[[str, Any], Any]]]:
    """The options that have a check, with their defaults, which need none."""
    return [(f.name, f.default, f.metadata["check"]) for f in fields(options) if "check" in f.metadata]


@dataclass(frozen=True, kw_only=True)
class _Options:
    def __post_init__(self) -> None:
        # mypy takes the hash of an instance for that of the class.
        for name, default, check in _checks(type(self)):  # type: ignore[arg-type]
            value = getattr(self, name)
            if value is not default:
                object.__setattr__(self, name, check(name, value))


# -- the options


@dataclass(frozen=True, kw_only=True)
class QueryOptions(_Options):
    """How a query is understood."""

    match: Match = field(
        default="most", metadata={"help": "How many words of running text a hit needs.", "check": _match}
    )
    regional: bool = field(
        default=True,
        metadata={"help": "Find the words of other regions as well: 软件 finds 軟體."},
    )
    synonyms: bool = field(default=True, metadata={"help": "Find the synonyms of the index as well."})
    lenient: bool = field(
        default=False,
        metadata={"help": "Read questions and queries with mistakes as well as they can be."},
    )


@dataclass(frozen=True, kw_only=True)
class FilterOptions(_Options):
    """Which documents may be found, whatever the query says."""

    since: When | None = field(
        default=None, metadata={"help": "Published on this day or later (2024-07-31, in UTC)."}
    )
    until: When | None = field(default=None, metadata={"help": "Published on this day or earlier."})
    source: str | Iterable[str] = field(
        default=(),
        metadata={"help": "From this source; several mean any of them.", "check": _set_of_texts},
    )
    tags: str | Iterable[str] = field(
        default=(), metadata={"help": "With this tag; several mean any of them.", "check": _set_of_texts}
    )
    where: Mapping[str, Any] | None = field(
        default=None,
        metadata={
            "help": "With this value of a declared field, or one in a range (price=10..20, price=10..); "
            "several of one name mean any of them.",
            "check": _fields,
        },
    )

    def filters(self, known: Schema) -> tuple[Clause, ...]:
        """The clauses that a document has to match."""
        return filter_nodes(self.since, self.until, self.source, self.tags) + known.where(self.where or {})


@dataclass(frozen=True, kw_only=True)
class PageOptions(_Options):
    """Which of the hits are returned."""

    limit: int = field(
        default=10,
        metadata={"help": "Show at most N hits; with 0 they are only counted.", "check": _count},
    )
    offset: int = field(
        default=0, metadata={"help": "Leave out the first N hits, for further pages.", "check": _count}
    )


@dataclass(frozen=True, kw_only=True)
class SnippetOptions(_Options):
    """How hits are shown."""

    snippet_length: int = field(
        default=160, metadata={"help": "At most this many characters of the text.", "check": _length}
    )


@dataclass(frozen=True, kw_only=True)
class HitOptions(SnippetOptions, QueryOptions):
    """The options of `Index.hit`."""


@dataclass(frozen=True, kw_only=True)
class SimilarOptions(SnippetOptions, FilterOptions, PageOptions):
    """The options of `Index.similar`."""


@dataclass(frozen=True, kw_only=True)
class SearchOptions(SnippetOptions, QueryOptions, FilterOptions, PageOptions):
    """The options of `Index.search`, which says more about them.

    Each field has its help text in ``metadata["help"]``: a program with a form or a command line for
    searches makes it from ``dataclasses.fields(SearchOptions)``.

    Raises ValueError or TypeError with the name of the option that is wrong.
    """

    cursor: str | None = field(
        default=None,
        metadata={
            "help": "Go on behind the page whose JSON had this cursor, while the index has not changed."
        },
    )
    sort: str = field(
        default="relevance",
        metadata={
            "help": "What comes first: relevance, newest, oldest, or by a declared field: price from its "
            "least value, -price from its greatest.",
            "check": _text,
        },
    )
    facets: str | Iterable[str] = field(
        default=(),
        metadata={
            "help": "Count the matches by these, separated by commas: source, tags, year, month, declared "
            "fields.",
            "check": _texts,
        },
    )
    recency: str | timedelta | None = field(
        default=None,
        metadata={
            "help": "Let newer articles count for more; half of the freshness is gone after 12h, 30d, 2w or "
            "1y.",
            "check": _half_life,
        },
    )
    collapse: Collapse | None = field(
        default=None,
        metadata={
            "help": "Show a story that several sources tell once, with the others.",
            "check": _collapse,
        },
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.recency is not None and self.sort != "relevance":
            raise ValueError(f"recency is for sort='relevance'; this search sorts by {self.sort!r}")
        if self.cursor is not None and self.offset:
            raise ValueError("a cursor says where to go on, so there is no offset beside it")

    def digest(self, query: str) -> str:
        """Equal for searches whose hits are pages of one list."""
        values = [(f.name, getattr(self, f.name)) for f in fields(self) if f.name not in _OF_ONE_PAGE]
        return hashlib.sha256(repr((query, values)).encode("utf-8", "backslashreplace")).hexdigest()[:12]


# -- methods that take them as keywords

_Keywords = ParamSpec("_Keywords")
_Owner = TypeVar("_Owner")
_OwnerOf = TypeVar("_OwnerOf", contravariant=True)
_Taken = TypeVar("_Taken")
_TakenBy = TypeVar("_TakenBy", contravariant=True)
_Answer = TypeVar("_Answer")
_AnswerOf = TypeVar("_AnswerOf", covariant=True)


class _OfText(Protocol[_OwnerOf, _TakenBy, _AnswerOf]):
    """A method with one text, a query or an id."""

    def __call__(self, owner: _OwnerOf, text: str, /, *, options: _TakenBy) -> _AnswerOf: ...


class _OfQueryAndId(Protocol[_OwnerOf, _TakenBy, _AnswerOf]):
    def __call__(self, owner: _OwnerOf, query: str, id: str, /, *, options: _TakenBy) -> _AnswerOf: ...


class takes_options(Generic[_Keywords, _Taken]):  # noqa: N801
    """Decorates a method with the parameter ``options``: callers pass each of the options as a keyword.

    Type checkers and `inspect.signature` see the keywords with their types and defaults.
    """

    def __init__(self, options: Callable[_Keywords, _Taken]) -> None:
        self._options = options

    @overload
    def __call__(
        self, method: _OfText[_Owner, _Taken, _Answer]
    ) -> Callable[Concatenate[_Owner, str, _Keywords], _Answer]: ...
    @overload
    def __call__(
        self, method: _OfQueryAndId[_Owner, _Taken, _Answer]
    ) -> Callable[Concatenate[_Owner, str, str, _Keywords], _Answer]: ...
    def __call__(self, method: Any) -> Any:
        make: Any = self._options
        signature = inspect.signature(method)
        keywords = inspect.signature(make).parameters
        *texts, _ = signature.parameters.values()  # and the options behind them
        names = [text.name for text in texts]

        @wraps(method)
        def with_keywords(*given: Any, **keyword: Any) -> Any:
            named = {}
            if len(given) < len(names):
                named = {name: keyword.pop(name) for name in names if name in keyword}
            if not keyword.keys() <= keywords.keys():
                unknown = next(name for name in keyword if name not in keywords)
                raise TypeError(f"{method.__qualname__}() got an unexpected keyword argument {unknown!r}")
            return method(*given, options=make(**keyword), **named)

        shown = signature.replace(parameters=[*texts, *keywords.values()])
        with_keywords.__signature__ = shown  # type: ignore[attr-defined]
        return with_keywords

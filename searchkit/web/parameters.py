"""parameters: one table from parameters of a URL to keywords of `searchkit.Index`.

The API checks requests with it, FastAPI documents it, and the search page takes its filters from it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, create_model
from pydantic_core import PydanticCustomError

import searchkit
from searchkit.text import values_by_name
from searchkit.web.limits import Limits

MOST_VALUES = 20
"""How often a parameter that is a list may be given."""
LONGEST_VALUE = 1000
"""Characters of a value that has no limit of its own."""

_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,9}")
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def _whole_number(value: Any) -> Any:
    """Only ASCII digits: pydantic takes `+3`, `3.0` and `1_000` as well."""
    if isinstance(value, str) and not _WHOLE_NUMBER.fullmatch(value):
        raise _invalid("is a whole number, not {value}", value)
    return value


def _boolean(value: Any) -> Any:
    """Only these: pydantic takes `yes`, `off` and `T` as well."""
    if isinstance(value, str) and value not in _BOOLEANS:
        raise _invalid("is true or false, not {value}", value)
    return _BOOLEANS.get(value, value)


def _split_at_commas(values: Any) -> Any:
    return [part for value in values for part in value.split(",") if part]


def _where(pairs: list[str]) -> dict[str, Any]:
    try:
        return values_by_name(pairs)
    except ValueError as error:
        raise PydanticCustomError("invalid", "{reason}", {"reason": str(error)}) from None


def _numbers_by_name(pairs: list[str]) -> dict[str, float]:
    """``FIELD=NUMBER`` as the library takes it."""
    boosts: dict[str, float] = {}
    for pair in pairs:
        name, _, number = pair.partition("=")
        if not _NUMBER.fullmatch(number):
            raise _invalid("takes FIELD=NUMBER, like title=3, not {value}", pair)
        boosts[name.strip()] = float(number)
    return boosts


def _invalid(template: Any, value: str) -> PydanticCustomError:
    return PydanticCustomError("invalid", template, {"value": repr(value[:40])})


Text = Annotated[str, Field(max_length=LONGEST_VALUE)]
Name = Annotated[str, Field(max_length=100)]
Time = Annotated[str, Field(max_length=40)]
Duration = Annotated[str, Field(max_length=20)]
Count = Annotated[int, Field(ge=0), BeforeValidator(_whole_number)]
SuggestionCount = Annotated[int, Field(ge=0, le=20), BeforeValidator(_whole_number)]
Length = Annotated[int, Field(ge=1, le=1000), BeforeValidator(_whole_number)]
Flag = Annotated[bool, BeforeValidator(_boolean)]
Collapse = Annotated[Flag, AfterValidator(lambda wanted: "near-duplicates" if wanted else None)]
Match = Literal["most", "all", "any"]
Texts = Annotated[list[Text], Field(max_length=MOST_VALUES)]
Names = Annotated[list[Name], Field(max_length=MOST_VALUES), BeforeValidator(_split_at_commas)]
Boosts = Annotated[Texts, AfterValidator(_numbers_by_name)]
Where = Annotated[Texts, AfterValidator(_where)]


@dataclass(frozen=True)
class Parameter:
    """A parameter of a URL, and the keyword of `Index.search` (or `similar`, `suggest`) that it sets."""

    name: str
    type: Any
    description: str
    bound: str = ""
    """The attribute of `Limits` that a number, or the length of a text, may not exceed."""

    @property
    def keyword(self) -> str:
        """The keyword of the library."""
        return {"q": "query", "tag": "tags", "boost": "boosts"}.get(self.name, self.name)

    @property
    def is_list(self) -> bool:
        """May it be given more than once?"""
        return get_origin(_parts(self.type)[0]) is list

    def type_within(self, limits: Limits) -> Any:
        """The type, bounded by the limits of a server."""
        if not self.bound:
            return self.type
        base, *others = _parts(self.type)
        bound = getattr(limits, self.bound)
        # A constraint behind a validator would be missing from the JSON schema.
        return Annotated[(base, Field(le=bound) if base is int else Field(max_length=bound), *others)]


def _parts(type: Any) -> tuple[Any, ...]:
    """The plain type, and what is annotated to it."""
    return get_args(type) or (type,)


SEARCH = (
    Parameter("q", str, "The query, as the search box takes it.", "query_length"),
    Parameter("limit", Count, "How many hits at most.", "page_size"),
    Parameter("offset", Count, "How many hits are left out; its maximum is for both with `limit`.", "depth"),
    Parameter("snippet_length", Length, "Characters of a snippet at most."),
    Parameter(
        "sort",
        Text,
        "relevance, newest, oldest or a declared field; a minus: from high to low. Several with commas.",
    ),
    Parameter("since", Time, "Published then or later: 2024-07-31."),
    Parameter("until", Time, "Published then or earlier."),
    Parameter("source", Texts, "From one of these sources."),
    Parameter("tag", Texts, "With one of these tags."),
    Parameter("where", Where, "NAME=VALUE, NAME!=VALUE: price=10..20, price=*; any value of one name."),
    Parameter(
        "facets",
        Names,
        "Count matches by source, tags, year, month or declared fields; price:10,50,100, source:limit=5.",
    ),
    Parameter("match", Match, "How many words of running text a hit needs."),
    Parameter("regional", Flag, "Find words of other regions as well: 软件 and 軟體."),
    Parameter("synonyms", Flag, "Find the synonyms of the index as well."),
    Parameter("boost", Boosts, "FIELD=NUMBER: what title or body counts for the rank, like title=3."),
    Parameter("recency", Duration, "The time in which the weight of a document halves: 12h, 30d, 1y."),
    Parameter("collapse", Collapse, "One hit for a story of several sources, the others in it."),
    Parameter("lenient", Flag, "Read a query that is not well-formed as well as it can be."),
)
"""Those of /api/search."""

_FILTERS = ("limit", "offset", "snippet_length", "since", "until", "source", "tag", "where")
SIMILAR = tuple(parameter for parameter in SEARCH if parameter.name in _FILTERS)
"""Those of /api/similar."""
SUGGEST = (
    Parameter("q", str, "What somebody has typed so far.", "query_length"),
    Parameter("limit", SuggestionCount, "How many suggestions at most."),
)
"""Those of /api/suggest."""

KEYWORDS = {parameter.name: parameter.keyword for parameter in SEARCH}

_DEFAULTS = {
    name: parameter.default
    for name, parameter in inspect.signature(searchkit.Index.search).parameters.items()
    if parameter.default is not parameter.empty
}


def model_of(name: str, parameters: Iterable[Parameter], limits: Limits) -> type[BaseModel]:
    """A model that reads the parameters from a query string, to be a parameter of an endpoint of FastAPI."""
    fields: dict[str, Any] = {}
    for one in parameters:
        default = _DEFAULTS.get(one.keyword, ...)
        field = Field(default, alias=one.name, description=one.description)
        fields[one.keyword] = (one.type_within(limits), field)
    return create_model(name, **fields)


def keywords(given: BaseModel) -> dict[str, Any]:
    """The keywords for the library; what is not given is not among them."""
    return {name: getattr(given, name) for name in given.model_fields_set}

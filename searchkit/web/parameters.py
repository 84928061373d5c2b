"""parameters: the query string of a request -> arguments, checked by the schemas that the API documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import QueryParams

from searchkit.web.limits import Limits
from searchkit.web.problems import Problem

__all__ = ["Parameter", "arguments", "search_parameters", "similar_parameters", "suggest_parameters"]

_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,9}")
_TRUTH = {"true": True, "1": True, "false": False, "0": False}
_MOST_VALUES = 20
_LONGEST_VALUE = 1000


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter: its name in a query string, its JSON schema, and what it is for."""

    name: str
    schema: Mapping[str, Any]
    description: str
    argument: str = ""
    """Its name in the library, where that is another."""
    required: bool = False
    by_commas: bool = False
    """A list in one value, instead of a value given several times."""

    def read(self, given: Sequence[str]) -> Any:
        """The value; raises `Problem` for one that the schema does not allow."""
        if self.schema["type"] == "array":
            values = [part for text in given for part in text.split(",") if part] if self.by_commas else given
            if len(values) > self.schema["maxItems"]:
                raise self._problem(f"takes at most {self.schema['maxItems']} values")
            for value in values:
                self._check_text(value, self.schema["items"])
            return list(values)
        if len(given) > 1:
            raise self._problem("is given more than once")
        return self._one(given[0])

    def _one(self, text: str) -> Any:
        if self.schema["type"] == "integer":
            return self._number(text)
        if self.schema["type"] == "boolean":
            if text not in _TRUTH:
                raise self._problem(f"is true or false, not {text[:40]!r}")
            return _TRUTH[text]
        self._check_text(text, self.schema)
        return text

    def _number(self, text: str) -> int:
        if not _WHOLE_NUMBER.fullmatch(text):
            raise self._problem(f"is a whole number, not {text[:40]!r}")
        number = int(text)
        least, most = self.schema["minimum"], self.schema["maximum"]
        if not least <= number <= most:
            raise self._problem(f"is a number from {least} to {most}, not {number}")
        return number

    def _check_text(self, text: str, schema: Mapping[str, Any]) -> None:
        if len(text) > schema.get("maxLength", _LONGEST_VALUE):
            raise self._problem(f"has at most {schema.get('maxLength', _LONGEST_VALUE)} characters")
        if "enum" in schema and text not in schema["enum"]:
            raise self._problem(f"is one of {', '.join(schema['enum'])}, not {text[:40]!r}")

    def _problem(self, what: str) -> Problem:
        return Problem(400, "invalid-parameter", f"{self.name} {what}", parameter=self.name)


def arguments(parameters: Iterable[Parameter], given: QueryParams) -> dict[str, Any]:
    """The arguments for the library; what is not given is not among them."""
    known = {parameter.name: parameter for parameter in parameters}
    for name in given:
        if name not in known:
            detail = f"there is no parameter {name[:40]!r}; there are {', '.join(known)}"
            raise Problem(400, "unknown-parameter", detail, parameter=name[:40])
    found = {}
    for name, parameter in known.items():
        if values := given.getlist(name):
            found[parameter.argument or name] = parameter.read(values)
        elif parameter.required:
            raise Problem(400, "missing-parameter", f"{name} is needed", parameter=name)
    return found


def search_parameters(limits: Limits) -> tuple[Parameter, ...]:
    """Those of /api/search."""
    return (
        _query(limits, "The query, as the search box takes it."),
        *_page(limits),
        Parameter(
            name="sort",
            schema={"type": "string", "maxLength": 100, "default": "relevance"},
            description="relevance, newest, oldest or a declared field, with a minus in falling order.",
        ),
        *_filters(),
        Parameter(
            name="facets",
            schema=_list_of({"type": "string", "maxLength": 100}),
            description="Count all matches by these: source, tags, year, month, declared fields.",
            by_commas=True,
        ),
        Parameter(
            name="match",
            schema={"type": "string", "enum": ["most", "all", "any"], "default": "most"},
            description="How many words of running text a hit needs.",
        ),
        _flag("regional", True, "Find words of other regions as well: 软件 and 軟體."),
        _flag("synonyms", True, "Find the synonyms of the index as well."),
        Parameter(
            name="recency",
            schema={"type": "string", "maxLength": 20},
            description="Newer documents count for more: the time in which that halves, 12h, 30d, 2w or 1y.",
        ),
        _flag("collapse", False, "One hit for a story that several sources tell, the others in it."),
        _flag("lenient", False, "Read a query that is not well-formed as well as it can be."),
    )


def similar_parameters(limits: Limits) -> tuple[Parameter, ...]:
    """Those of /api/similar."""
    return (*_page(limits), *_filters())


def suggest_parameters(limits: Limits) -> tuple[Parameter, ...]:
    """Those of /api/suggest."""
    limit = {"type": "integer", "minimum": 0, "maximum": 20, "default": 10}
    return (
        _query(limits, "What somebody has typed so far."),
        Parameter(name="limit", schema=limit, description="How many suggestions at most."),
    )


def _query(limits: Limits, description: str) -> Parameter:
    schema = {"type": "string", "maxLength": limits.query_length}
    return Parameter(name="q", argument="query", schema=schema, description=description, required=True)


def _page(limits: Limits) -> Iterable[Parameter]:
    limit = {"type": "integer", "minimum": 0, "maximum": limits.page_size, "default": 10}
    yield Parameter(name="limit", schema=limit, description="How many hits at most.")
    offset = {"type": "integer", "minimum": 0, "maximum": limits.depth, "default": 0}
    yield Parameter(
        name="offset",
        schema=offset,
        description=f"How many hits are left out; with limit it is at most {limits.depth}.",
    )
    length = {"type": "integer", "minimum": 1, "maximum": 1000, "default": 160}
    yield Parameter(name="snippet_length", schema=length, description="Characters of a snippet at most.")


def _filters() -> Iterable[Parameter]:
    time = {"type": "string", "maxLength": 40}
    yield Parameter(name="since", schema=time, description="Published then or later: 2024-07-31, in UTC.")
    yield Parameter(name="until", schema=time, description="Published then or earlier.")
    label = _list_of({"type": "string", "maxLength": _LONGEST_VALUE})
    yield Parameter(name="source", schema=label, description="From one of these sources.")
    yield Parameter(name="tag", argument="tags", schema=label, description="With one of these tags.")
    yield Parameter(
        name="where",
        schema=label,
        description="NAME=VALUE of a declared field, like price=10..20; several of one name are any of them.",
    )


def _flag(name: str, default: bool, description: str) -> Parameter:
    return Parameter(name=name, schema={"type": "boolean", "default": default}, description=description)


def _list_of(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": dict(items), "maxItems": _MOST_VALUES}

"""page_state: what a page shows <-> its query string, so that every page can be shared and gone back to."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import QueryParams

from searchkit.text import values_by_name
from searchkit.web.errors import Problem
from searchkit.web.languages import LANGUAGES
from searchkit.web.limits import Limits
from searchkit.web.parameters import KEYWORDS, LONGEST_VALUE, MOST_VALUES
from searchkit.web.sanitize import SCRIPTS, Script

HITS = 10
"""Hits on a page."""
FILTERS = ("source", "tag", "where", "since", "until")
"""The parameters that leave matches out; they mean what they mean for the API."""

_ORDERS = ("relevance", "newest", "oldest")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class PageState:
    """A search, and how it is shown. The fields are the parameters of the URL."""

    q: str = ""
    sort: str = ""
    """Empty is the first order that the page offers."""
    source: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    """``NAME=VALUE`` of declared fields."""
    since: str = ""
    until: str = ""
    unfolded: str = ""
    page: int = 1
    script: Script = ""
    lang: str = ""

    def link(self, **changes: Any) -> str:
        """The query string of the page with these changes: the first of its list, if no ``page`` is given."""
        # A page has sixty of them, so what does not change is encoded once.
        parts = self._parts | {"page": ""} | {name: _part(name, value) for name, value in changes.items()}
        return "&".join(filter(None, parts.values()))

    def unfiltered(self) -> str:
        """The query string of the page without filters."""
        return self.link(**{name: _DEFAULTS[name] for name in FILTERS})

    @cached_property
    def _parts(self) -> dict[str, str]:
        return {name: _part(name, getattr(self, name)) for name in _DEFAULTS}

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What stays when somebody searches for something else, as the fields of a form."""
        return parse_qsl(self.link(q="", since="", until=""))

    @property
    def filters(self) -> dict[str, Any]:
        """The filters that are set, as keywords of `Index.search`."""
        given = {KEYWORDS[name]: value for name in FILTERS if (value := getattr(self, name))}
        return given | ({"where": values_by_name([*self.where])} if self.where else {})


_DEFAULTS = {field.name: field.default for field in fields(PageState)}


def _part(name: str, value: Any) -> str:
    """The part of a query string with this value; empty for the default."""
    return "" if value == _DEFAULTS[name] else urlencode({name: value}, doseq=True)


def read_state(
    given: QueryParams, limits: Limits, sorts: Collection[str], fields: Collection[str]
) -> PageState:
    """The state, checked. Unknown parameters are left out: links get longer on their way through other sites.

    ``sorts`` are the orders that the page offers, ``fields`` the declared fields that have values. Raises
    `Problem` for a value that makes no sense.
    """
    texts = {name: given.get(name, "").strip() for name in _DEFAULTS}
    if len(texts["q"]) > limits.query_length:
        raise Problem(400, "query-too-long", f"q has at most {limits.query_length} characters", parameter="q")
    for name in ("since", "until"):
        if texts[name] and not _is_day(texts[name]):
            raise Problem(400, "invalid-day", f"{name} is a day like 2024-07-31", parameter=name)
    sort, page = texts["sort"], given.get("page", "1")
    lists = {
        name: tuple(dict.fromkeys(filter(None, given.getlist(name)))) for name in ("source", "tag", "where")
    }
    valid = {
        "sort": not sort or sort in sorts or _is_order(sort.split(","), fields),
        **{name: _are_few_and_short(values) for name, values in lists.items()},
        "page": re.fullmatch(r"[1-9][0-9]{0,5}", page) is not None,
    }
    valid["where"] = valid["where"] and all(_is_pair(pair, fields) for pair in lists["where"])
    if wrong := next((name for name, is_valid in valid.items() if not is_valid), ""):
        raise Problem(400, "invalid-parameter", f"{wrong} cannot have this value", parameter=wrong)
    if int(page) * HITS > limits.depth:
        detail = f"only the first {limits.depth} hits can be looked at"
        raise Problem(400, "too-deep", detail, parameter="page")
    return PageState(
        q=texts["q"],
        sort="" if sort == next(iter(sorts)) else sort,
        **lists,
        since=texts["since"],
        until=texts["until"],
        unfolded="1" if texts["unfolded"] else "",
        page=int(page),
        script=next((script for script in SCRIPTS if script == texts["script"]), ""),
        lang=texts["lang"] if texts["lang"] in LANGUAGES else "",
    )


def _is_order(names: list[str], fields: Collection[str]) -> bool:
    of = ["published" if name in ("newest", "oldest") else name.removeprefix("-") for name in names]
    is_known = all(name in _ORDERS or name.removeprefix("-") in fields for name in names)
    return is_known and len({*of}) == len(of)


def _is_pair(text: str, fields: Collection[str]) -> bool:
    name, _, value = text.partition("=")
    return name in fields and bool(value.strip())


def _is_day(text: str) -> bool:
    try:
        return _DAY.fullmatch(text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _are_few_and_short(values: tuple[str, ...]) -> bool:
    return len(values) <= MOST_VALUES and all(len(value) <= LONGEST_VALUE for value in values)

"""facets: facet counts -> links that set a filter, and links that remove it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import searchkit
from searchkit.web.page_state import PageState
from searchkit.web.sanitize import sanitize
from searchkit.web.timeline import Timeline, timeline

__all__ = ["Chip", "Choice", "Facet", "Filters", "filters"]

_SHOWN_AT_ONCE = 8
_MOST = 40

Counts = Callable[[PageState, str], Mapping[Any, int]]
"""Counts the values of a facet among the matches of a state."""


@dataclass(frozen=True)
class Choice:
    """A value of a facet; the link sets it as a filter, or removes it."""

    label: str
    count: int
    link: str
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """The values of a facet: those shown at first, and the others."""

    name: str
    first: tuple[Choice, ...]
    others: tuple[Choice, ...]


@dataclass(frozen=True)
class Chip:
    """A filter that is set, and the link that removes it."""

    label: str
    link: str


@dataclass(frozen=True)
class Filters:
    """All that narrows a search down."""

    chips: tuple[Chip, ...]
    facets: tuple[Facet, ...]
    timeline: Timeline | None


def filters(state: PageState, results: searchkit.Results, counts: Counts) -> Filters:
    """The filters of a page.

    The values of a facet are counted without its own filter, or there would be nothing else to choose from.
    """
    sources = results.facets["source"]
    if state.source:
        sources = dict(counts(replace(state, source=()), "source"))
    tags = results.facets["tags"]
    if state.tag:
        tags = dict(counts(replace(state, tag=()), "tags"))
    months = results.facets["month"]
    if state.since or state.until:
        months = dict(counts(replace(state, since="", until=""), "month"))
    facets = (
        _facet("source", _labels(state, "source", state.source, sources)),
        _facet("year", _years(state, months)),
        _facet("tag", _labels(state, "tag", state.tag, tags)),
    )
    return Filters(
        chips=tuple(_chips(state)),
        facets=tuple(facet for facet in facets if facet.first),
        timeline=timeline(months, state.since, state.until),
    )


def _facet(name: str, choices: list[Choice]) -> Facet:
    at_once = _SHOWN_AT_ONCE if len(choices) > _SHOWN_AT_ONCE + 1 else len(choices)
    return Facet(name, tuple(choices[:at_once]), tuple(choices[at_once:]))


def _labels(state: PageState, name: str, chosen: tuple[str, ...], counts: Mapping[str, int]) -> list[Choice]:
    """The values that are chosen, which are always shown, then the most frequent others."""
    others = [value for value in counts if value and value not in chosen]
    values = [*(value for value in counts if value in chosen), *others][:_MOST]
    return [_label(state, name, chosen, value, counts[value]) for value in values]


def _label(state: PageState, name: str, chosen: tuple[str, ...], value: str, count: int) -> Choice:
    is_chosen = value in chosen
    values = tuple(one for one in chosen if one != value) if is_chosen else (*chosen, value)
    return Choice(sanitize(value), count, state.link(**{name: values}), is_chosen)


def _years(state: PageState, months: Mapping[str, int]) -> list[Choice]:
    counts: dict[str, int] = {}
    for month, count in months.items():
        counts[month[:4]] = counts.get(month[:4], 0) + count
    choices = []
    for year in sorted(counts, reverse=True):
        first, last = f"{year}-01-01", f"{year}-12-31"
        is_chosen = (state.since, state.until) == (first, last)
        link = state.link(since="", until="") if is_chosen else state.link(since=first, until=last)
        choices.append(Choice(year, counts[year], link, is_chosen))
    return choices


def _chips(state: PageState) -> list[Chip]:
    chips = [
        Chip(sanitize(value), state.link(**{name: tuple(one for one in values if one != value)}))
        for name, values in (("source", state.source), ("tag", state.tag))
        for value in values
    ]
    if state.since or state.until:
        chips.append(Chip(_days(state), state.link(since="", until="")))
    return chips


def _days(state: PageState) -> str:
    """The label of the time that is chosen: just the year where it is one."""
    since, until = state.since, state.until
    if since[:4] == until[:4] and (since[4:], until[4:]) == ("-01-01", "-12-31"):
        return since[:4]
    return f"{since} – {until}".strip()

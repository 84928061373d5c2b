"""filters: facets of results -> links that narrow a search down, and those that take that back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import searchkit
from searchkit.web.addresses import Address
from searchkit.web.shown import plain
from searchkit.web.timeline import Timeline, timeline

__all__ = ["Chip", "Choice", "Facet", "Filters", "filters"]

_SHOWN_AT_ONCE = 8
_MOST = 40

Counts = Callable[[Address, str], Mapping[Any, int]]
"""Counts the values of a facet among what an address finds."""


@dataclass(frozen=True)
class Choice:
    """A value of a facet; the link chooses it, or takes it back."""

    label: str
    count: int
    link: str
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """The values of a facet, those at first and the others."""

    name: str
    first: tuple[Choice, ...]
    others: tuple[Choice, ...]


@dataclass(frozen=True)
class Chip:
    """A filter that is set, and the link that takes it back."""

    label: str
    link: str


@dataclass(frozen=True)
class Filters:
    """All there is to narrow a search down with."""

    chips: tuple[Chip, ...]
    facets: tuple[Facet, ...]
    timeline: Timeline | None


def filters(address: Address, results: searchkit.Results, counts: Counts) -> Filters:
    """The filters of a page.

    A facet that is chosen from counts as if it were not, or there would be nothing else to choose from.
    """
    sources = results.facets["source"]
    if address.source:
        sources = dict(counts(replace(address, source=()), "source"))
    tags = results.facets["tags"]
    if address.tag:
        tags = dict(counts(replace(address, tag=()), "tags"))
    months = results.facets["month"]
    if address.since or address.until:
        months = dict(counts(replace(address, since="", until=""), "month"))
    facets = (
        _facet("source", _labels(address, "source", address.source, sources)),
        _facet("year", _years(address, months)),
        _facet("tag", _labels(address, "tag", address.tag, tags)),
    )
    return Filters(
        chips=tuple(_chips(address)),
        facets=tuple(facet for facet in facets if facet.first),
        timeline=timeline(months, address.since, address.until),
    )


def _facet(name: str, choices: list[Choice]) -> Facet:
    at_once = _SHOWN_AT_ONCE if len(choices) > _SHOWN_AT_ONCE + 1 else len(choices)
    return Facet(name, tuple(choices[:at_once]), tuple(choices[at_once:]))


def _labels(address: Address, name: str, chosen: tuple[str, ...], counts: Mapping[str, int]) -> list[Choice]:
    """What is chosen, which is always to be seen, and behind it the most frequent others."""
    others = [value for value in counts if value and value not in chosen]
    values = [*(value for value in counts if value in chosen), *others][:_MOST]
    return [_label(address, name, chosen, value, counts[value]) for value in values]


def _label(address: Address, name: str, chosen: tuple[str, ...], value: str, count: int) -> Choice:
    is_chosen = value in chosen
    values = tuple(one for one in chosen if one != value) if is_chosen else (*chosen, value)
    return Choice(plain(value), count, address.to(**{name: values}), is_chosen)


def _years(address: Address, months: Mapping[str, int]) -> list[Choice]:
    counts: dict[str, int] = {}
    for month, count in months.items():
        counts[month[:4]] = counts.get(month[:4], 0) + count
    choices = []
    for year in sorted(counts, reverse=True):
        first, last = f"{year}-01-01", f"{year}-12-31"
        is_chosen = (address.since, address.until) == (first, last)
        link = address.to(since="", until="") if is_chosen else address.to(since=first, until=last)
        choices.append(Choice(year, counts[year], link, is_chosen))
    return choices


def _chips(address: Address) -> list[Chip]:
    chips = [
        Chip(plain(value), address.to(**{name: tuple(one for one in values if one != value)}))
        for name, values in (("source", address.source), ("tag", address.tag))
        for value in values
    ]
    if address.since or address.until:
        chips.append(Chip(_days(address), address.to(since="", until="")))
    return chips


def _days(address: Address) -> str:
    """The time that is chosen, as short as it can be said."""
    since, until = address.since, address.until
    if since[:4] == until[:4] and (since[4:], until[4:]) == ("-01-01", "-12-31"):
        return since[:4]
    return f"{since} – {until}".strip()

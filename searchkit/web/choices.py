"""choices: what somebody may choose on a page -> its links: switches, filters and the timeline."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from searchkit.web.languages import LANGUAGES, TEXTS
from searchkit.web.page_state import SORTS, PageState
from searchkit.web.sanitize import SCRIPTS, sanitize

_MOST_VALUES = 40
_MOST_MONTHS = 240
_HEIGHT = 48
_LEAST_HEIGHT = 2

Counts = Callable[[PageState, str], Mapping[Any, int]]
"""Counts the values of a facet among the matches of a state."""


@dataclass(frozen=True)
class Option:
    """A choice, and the link that makes it or takes it back; ``lang`` is the language of the label."""

    label: str
    link: str
    chosen: bool = False
    count: int = 0
    lang: str = ""


def page_options(here: str, state: PageState, lang: str) -> dict[str, list[Option]]:
    """The switches of a page whose URL begins with ``here``: script, language, order."""
    text, page = TEXTS[lang], state.page
    return {
        "script": [
            Option(text[f"script_{one}"], here + state.link(script=one, page=page), one == state.script)
            for one in SCRIPTS
        ],
        "lang": language_options(lambda one: here + state.link(lang=one, page=page), lang),
        "sort": [
            Option(text[f"sort_{one}"], here + state.link(sort=one), one == state.sort) for one in SORTS
        ],
    }


def language_options(link: Callable[[str], str], lang: str) -> list[Option]:
    """The languages of the interface, each with the link that chooses it."""
    return [Option(label, link(one), one == lang, lang=one) for one, label in LANGUAGES.items()]


def filters(state: PageState, facets: Mapping[str, Mapping[Any, int]], counts: Counts) -> dict[str, Any]:
    """What narrows a search down: the filters that are set, the values of each facet, and the timeline.

    The values of a facet are counted without its own filter, or there would be nothing else to choose from.
    """

    def counted(facet: str, **unset: Any) -> Mapping[Any, int]:
        others = replace(state, **unset)
        return facets[facet] if others == state else counts(others, facet)

    months = counted("month", since="", until="")
    found = {
        "source": _labels(state, "source", counted("source", source=())),
        "year": _years(state, months),
        "tag": _labels(state, "tag", counted("tags", tag=())),
    }
    return {
        "chips": _chips(state),
        "facets": {name: options for name, options in found.items() if options},
        "bars": timeline(months, state.since, state.until),
    }


def _labels(state: PageState, name: str, counts: Mapping[str, int]) -> list[Option]:
    """The values that are chosen, which are always shown, then the most frequent others."""
    chosen = getattr(state, name)
    values = sorted(filter(None, counts), key=lambda value: value not in chosen)[:_MOST_VALUES]
    return [
        Option(sanitize(value), _toggled(state, name, value), value in chosen, counts[value])
        for value in values
    ]


def _toggled(state: PageState, name: str, value: str) -> str:
    """The query string of the page with the value as one of its filters, or without it where it is one."""
    chosen = getattr(state, name)
    others = tuple(one for one in chosen if one != value)
    return state.link(**{name: others if value in chosen else (*chosen, value)})


def _years(state: PageState, months: Mapping[str, int]) -> list[Option]:
    options = []
    for year, count in sorted(_by_year(months).items(), reverse=True):
        first, last = _days(year)
        is_chosen = (state.since, state.until) == (first, last)
        link = state.link(since="", until="") if is_chosen else state.link(since=first, until=last)
        options.append(Option(year, link, is_chosen, count))
    return options


def _chips(state: PageState) -> list[Option]:
    chips = [
        Option(sanitize(value), _toggled(state, name, value), chosen=True)
        for name in ("source", "tag")
        for value in getattr(state, name)
    ]
    since, until = state.since, state.until
    if since or until:
        is_year = (since[4:], until) == ("-01-01", f"{since[:4]}-12-31")
        label = since[:4] if is_year else f"{since} – {until}".strip()
        chips.append(Option(label, state.link(since="", until=""), chosen=True))
    return chips


@dataclass(frozen=True)
class Bar:
    """A month or a year of the timeline, its days, its matches, and whether it is among what is chosen."""

    label: str
    since: str
    until: str
    count: int
    height: int
    chosen: bool


def timeline(months: Mapping[str, int], since: str = "", until: str = "") -> list[Bar]:
    """The bars for counts of months like ``2024-07``, without gaps; those between two days are chosen.

    By year where there would be too many, and none where there is nothing to choose from.
    """
    if len(months) < 2:
        return []
    first, last = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (min(months), max(months)))
    counts = months
    labels: Iterable[str] = (f"{at // 12:04}-{at % 12 + 1:02}" for at in range(first, last + 1))
    if last - first >= _MOST_MONTHS:
        counts = _by_year(months)
        labels = (f"{year:04}" for year in range(first // 12, last // 12 + 1))
    most = max(counts.values())
    bars = []
    for label in labels:
        start, end = _days(label)
        count = counts.get(label, 0)
        height = max(round(count / most * _HEIGHT), _LEAST_HEIGHT) if count else 0
        chosen = (not since or end >= since) and (not until or start <= until)
        bars.append(Bar(label, start, end, count, height, chosen))
    return bars


def _by_year(months: Mapping[str, int]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for month, count in months.items():
        counts[month[:4]] += count
    return counts


def _days(label: str) -> tuple[str, str]:
    """The first and the last day of a month or a year."""
    if len(label) == 4:
        return f"{label}-01-01", f"{label}-12-31"
    days = calendar.monthrange(int(label[:4]), int(label[5:]))[1]
    return f"{label}-01", f"{label}-{days:02}"

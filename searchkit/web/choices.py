"""choices: what somebody may choose on a page -> its links: switches, filters, times and pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from searchkit.web.languages import LANGUAGES, TEXTS
from searchkit.web.page_state import HITS, PageState
from searchkit.web.sanitize import SCRIPTS, sanitize
from searchkit.web.timeline import days, timeline

_MOST_VALUES = 40
_NUMBERS = 2  # of pages on either side of the one that is shown
_PRESETS = (("today", 0), ("week", 6), ("month", 29), ("year", 364))
_RANGE = re.compile(r"([\d.eE+:T-]*)\.\.(?:<([\d.eE+:T-]+))?", re.ASCII)  # a value of a facet with edges
_LISTS = {"source": "source", "tags": "tag"}
"""Facets whose values are those of a parameter of their own."""

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


@dataclass(frozen=True)
class Section:
    """A facet: what the page calls it, and its values."""

    label: str
    options: list[Option]


def page_options(here: str, state: PageState, lang: str, sorts: Mapping[str, str]) -> dict[str, list[Option]]:
    """The switches of a page whose URL begins with ``here``: script, language, order."""
    text, page = TEXTS[lang], state.page
    first = next(iter(sorts))
    orders = {name: sanitize(label) or _order(name, text) for name, label in sorts.items()}
    if state.sort and state.sort not in orders:  # of a link from elsewhere
        orders[state.sort] = _order(state.sort, text)
    return {
        "script": [
            Option(text[f"script_{one}"], here + state.link(script=one, page=page), one == state.script)
            for one in SCRIPTS
        ],
        "lang": language_options(lambda one: here + state.link(lang=one, page=page), lang),
        "sort": [
            Option(
                label, here + state.link(sort="" if name == first else name), name == (state.sort or first)
            )
            for name, label in orders.items()
        ],
    }


def _order(name: str, text: Mapping[str, str]) -> str:
    """What the page calls an order that was given no name."""
    if "," in name:
        return text["list_separator"].join(_order(one, text) for one in name.split(","))
    field = name.removeprefix("-")
    which = "sort_down" if name.startswith("-") else "sort_up"
    return text.get(f"sort_{name}") or text[which].format(name=sanitize(field))


def language_options(link: Callable[[str], str], lang: str) -> list[Option]:
    """The languages of the interface, each with the link that chooses it."""
    return [Option(label, link(one), one == lang, lang=one) for one, label in LANGUAGES.items()]


def filters(
    state: PageState,
    names: Mapping[str, str],
    facets: Mapping[str, Mapping[Any, int]],
    counts: Counts,
    text: Mapping[str, str],
    today: date,
) -> dict[str, Any]:
    """What narrows a search down: the filters that are set, the values of each facet, and the timeline.

    ``names`` has what the page calls each facet, or nothing. The values of a facet are counted without its
    own filter, or there would be nothing else to choose from.
    """

    def counted(facet: str, **unset: Any) -> Mapping[Any, int]:
        others = replace(state, **unset)
        return facets[facet] if others == state else counts(others, facet)

    months = counted("month", since="", until="")
    sections = []
    for name, given in names.items():
        label = given or text.get(f"facet_{_LISTS.get(name, name)}") or name
        if name == "year":
            options = _years(state, months)
        elif name in _LISTS:
            options = _labels(state, _LISTS[name], counted(name, **{_LISTS[name]: ()}))
        else:
            others = tuple(pair for pair in state.where if pair.partition("=")[0] != name)
            options = _values(state, name, counted(name, where=others), text)
        if options:
            sections.append(Section(sanitize(label), options))
    return {
        "chips": _chips(state, names, text),
        "facets": sections,
        "presets": _presets(state, months, text, today),
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


def _values(state: PageState, name: str, counts: Mapping[Any, int], text: Mapping[str, str]) -> list[Option]:
    """The same of a declared field."""
    pairs = {f"{name}={_typed(value)}": value for value in counts if _typed(value).strip()}
    shown = sorted(pairs, key=lambda pair: pair not in state.where)[:_MOST_VALUES]
    return [
        Option(
            _shown(pair.partition("=")[2], text),
            _toggled(state, "where", pair),
            pair in state.where,
            counts[pairs[pair]],
        )
        for pair in shown
    ]


def _typed(value: Any) -> str:
    """A value of a facet as an address has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _shown(value: str, text: Mapping[str, str]) -> str:
    between = _RANGE.fullmatch(value)
    if between and any(between.groups()):
        start, end = between.groups()
        return f"{start} – {end}" if start and end else f"≥ {start}" if start else f"< {end}"
    return text.get(f"value_{value}") or sanitize(value)


def _toggled(state: PageState, name: str, value: str) -> str:
    """The query string of the page with the value as one of its filters, or without it where it is one."""
    chosen = getattr(state, name)
    others = tuple(one for one in chosen if one != value)
    return state.link(**{name: others if value in chosen else (*chosen, value)})


def _years(state: PageState, months: Mapping[str, int]) -> list[Option]:
    counts: Counter[str] = Counter()
    for month, count in months.items():
        counts[month[:4]] += count
    return [_time(state, year, *days(year), count) for year, count in sorted(counts.items(), reverse=True)]


def _presets(
    state: PageState, months: Mapping[str, int], text: Mapping[str, str], today: date
) -> list[Option]:
    """The latest days, as far as there may be matches in them."""
    newest = max(months, default="")
    starts = {name: (today - timedelta(days=before)).isoformat() for name, before in _PRESETS}
    return [
        _time(state, text[f"time_{name}"], start, "")
        for name, start in starts.items()
        if start[:7] <= newest or state.since == start
    ]


def _time(state: PageState, label: str, since: str, until: str, count: int = 0) -> Option:
    is_chosen = (state.since, state.until) == (since, until)
    link = state.link(since="", until="") if is_chosen else state.link(since=since, until=until)
    return Option(label, link, is_chosen, count)


def _chips(state: PageState, names: Mapping[str, str], text: Mapping[str, str]) -> list[Option]:
    chips = [
        Option(sanitize(value), _toggled(state, name, value), chosen=True)
        for name in _LISTS.values()
        for value in getattr(state, name)
    ]
    for pair in state.where:
        name, _, value = pair.partition("=")
        label = f"{sanitize(names.get(name) or name)}{text['colon']}{_shown(value, text)}"
        chips.append(Option(label, _toggled(state, "where", pair), chosen=True))
    since, until = state.since, state.until
    if since or until:
        is_year = (since[4:], until) == ("-01-01", f"{since[:4]}-12-31")
        label = since[:4] if is_year else f"{since} – {until}".strip()
        chips.append(Option(label, state.link(since="", until=""), chosen=True))
    return chips


def page_numbers(state: PageState, total: int, depth: int, *, has_next: bool) -> list[int]:
    """The pages to go to, with 0 where some are left out; none where there is one only.

    Stories that are folded make fewer pages, which nobody has counted, so the last one is not among them.
    """
    page = state.page
    last = max(min(-(-total // HITS), depth // HITS), page + 1) if has_next else page
    first = max(1, min(page - _NUMBERS, last - 2 * _NUMBERS))
    shown = [*range(first, min(last, first + 2 * _NUMBERS) + 1)]
    if first > 1:
        shown = [1, *([0] if first > 2 else []), *shown]
    return [] if last == 1 else [*shown, 0] if shown[-1] < last else shown

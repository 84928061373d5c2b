"""timeline: how many matches each month has -> bars, with a scale that fits most of them."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

_MOST_MONTHS = 240
_HEIGHT = 48
_LEAST_HEIGHT = 2
# So many matches at one end may be apart from the others: one in fifty, or one of ten.
_STRAY, _FEWEST = 50, 10


@dataclass(frozen=True)
class Bar:
    """A month or a year of the timeline, its days, its matches, and whether it is among what is chosen.

    The first bar may have all that is ``earlier`` than the others, the last all that is ``later``.
    """

    label: str
    since: str
    until: str
    count: int
    height: int
    chosen: bool
    all_that_is: Literal["", "earlier", "later"] = ""


def timeline(months: Mapping[str, int], since: str = "", until: str = "") -> list[Bar]:
    """The bars for counts of months like ``2024-07``, without gaps; those between two days are chosen.

    A few matches that are far from all others are together in one bar, or the others would be squeezed.
    By year where there would be too many, and none where there is nothing to choose from.
    """
    if len(months) < 2:
        return []
    counts = Counter({_number(month): count for month, count in months.items()})
    first, last = _most(counts)
    spans: Iterable[tuple[int, int]] = ((month, month) for month in range(first, last + 1))
    if last - first >= _MOST_MONTHS:
        spans = ((year * 12, year * 12 + 11) for year in range(first // 12, last // 12 + 1))
    parts = [(start, end, sum(counts[month] for month in range(start, end + 1))) for start, end in spans]
    first, last = parts[0][0], parts[-1][1]
    most = max(count for _, _, count in parts)
    begin, end = min(counts), max(counts)
    if begin < first:
        parts.insert(0, (begin, first - 1, sum(n for month, n in counts.items() if month < first)))
    if end > last:
        parts.append((last + 1, end, sum(n for month, n in counts.items() if month > last)))
    bars = []
    for start, end, count in parts:
        first_day, last_day = days(_label(start))[0], days(_label(end))[1]
        height = min(max(round(count / most * _HEIGHT), _LEAST_HEIGHT), _HEIGHT) if count else 0
        chosen = (not since or last_day >= since) and (not until or first_day <= until)
        kind: Literal["", "earlier", "later"] = "earlier" if end < first else "later" if start > last else ""
        is_year = not kind and end - start == 11
        label = f"{_label(start)} – {_label(end)}" if kind and start != end else _label(start)
        bars.append(Bar(label[:4] if is_year else label, first_day, last_day, count, height, chosen, kind))
    return bars


def _most(counts: Mapping[int, int]) -> tuple[int, int]:
    """The first and the last month, without the few at either end that would take a third of the width."""
    first, last = min(counts), max(counts)
    total = sum(counts.values())
    if total < _FEWEST:
        return first, last
    stray = max(1, total // _STRAY)
    start = _behind(stray, sorted(counts.items()))
    if (last - start + 1) * 3 <= (last - first + 1) * 2:
        first = start
    end = _behind(stray, sorted(counts.items(), reverse=True))
    if first < end and (end - first + 1) * 3 <= (last - first + 1) * 2:
        last = end
    return first, last


def _behind(matches: int, counts: Iterable[tuple[int, int]]) -> int:
    """The first of these months that has more than what so many matches are in."""
    months: Iterator[tuple[int, int]] = iter(counts)
    month, count = next(months)
    seen = count
    while seen <= matches:
        month, count = next(months)
        seen += count
    return month


def days(label: str) -> tuple[str, str]:
    """The first and the last day of a month or a year."""
    if len(label) == 4:
        return f"{label}-01-01", f"{label}-12-31"
    last = calendar.monthrange(int(label[:4]), int(label[5:]))[1]
    return f"{label}-01", f"{label}-{last:02}"


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _label(month: int) -> str:
    return f"{month // 12:04}-{month % 12 + 1:02}"

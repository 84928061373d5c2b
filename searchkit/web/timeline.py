"""timeline: matches by month -> bars, without gaps in time; by year where there would be too many."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Bar", "Timeline", "timeline"]

_MOST_MONTHS = 240
HEIGHT = 48
_LEAST_HEIGHT = 2
STEP = 10
"""The width of a bar and the gap behind it, in the units of the drawing."""


@dataclass(frozen=True)
class Bar:
    """A month or a year, how many matches it has, and how it is drawn."""

    label: str
    since: str
    until: str
    count: int
    x: int
    y: int
    height: int
    chosen: bool


@dataclass(frozen=True)
class Timeline:
    """The bars, in the order of time."""

    bars: tuple[Bar, ...]

    @property
    def width(self) -> int:
        """The width of the drawing."""
        return len(self.bars) * STEP


def timeline(months: Mapping[str, int], since: str = "", until: str = "") -> Timeline | None:
    """The bars for counts of months like ``2024-07``; those between two days are chosen.

    None where there is nothing to choose from.
    """
    if len(months) < 2:
        return None
    first, last = (_number(month) for month in (min(months), max(months)))
    if last - first < _MOST_MONTHS:
        counts = {month: months.get(month, 0) for month in map(_name, range(first, last + 1))}
    else:
        counts = {f"{year:04}": 0 for year in range(first // 12, last // 12 + 1)}
        for month, count in months.items():
            counts[month[:4]] += count
    most = max(counts.values())
    return Timeline(
        tuple(_bar(at, label, count, most, since, until) for at, (label, count) in enumerate(counts.items()))
    )


def _bar(at: int, label: str, count: int, most: int, since: str, until: str) -> Bar:
    start, end = _days(label)
    height = max(round(count / most * HEIGHT), _LEAST_HEIGHT) if count else 0
    chosen = (not since or end >= since) and (not until or start <= until)
    return Bar(label, start, end, count, at * STEP, HEIGHT - height, height, chosen)


def _days(label: str) -> tuple[str, str]:
    """The first and the last day of a month or a year."""
    if len(label) == 4:
        return f"{label}-01-01", f"{label}-12-31"
    days = calendar.monthrange(int(label[:4]), int(label[5:]))[1]
    return f"{label}-01", f"{label}-{days:02}"


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _name(number: int) -> str:
    return f"{number // 12:04}-{number % 12 + 1:02}"

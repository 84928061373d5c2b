"""dates: a date or a range of dates as people write it -> `DateRangeNode`.

2024   2024-07   2024-07-31   2024/7/31   2024年7月31日
2024-01..2024-07   2024-01..   ..2023
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from searchkit.query.ast import DateRangeNode

__all__ = ["parse_dates"]

_DAY = re.compile(
    r"(?P<year>\d{4})(?:年|(?:[-/年](?P<month>\d{1,2})(?:月|(?:[-/月](?P<day>\d{1,2})日?)?)))?", re.ASCII
)


def parse_dates(text: str) -> DateRangeNode | None:
    """The days that ``text`` means, in UTC; None when it is no date.

    >>> parse_dates("2024-02")
    Dates(first=datetime.date(2024, 2, 1), last=datetime.date(2024, 2, 29))
    """
    first_text, dots, last_text = text.partition("..")
    if not dots:
        span = _span(text)
        return DateRangeNode(*span) if span else None
    first, last = _span(first_text), _span(last_text)
    if (first_text and not first) or (last_text and not last) or not (first or last):
        return None
    return DateRangeNode(first[0] if first else None, last[1] if last else None)


def _span(text: str) -> tuple[date, date] | None:
    """The first and the last day of a year, a month or a day."""
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    month, day = (int(match[part]) if match[part] else None for part in ("month", "day"))
    try:
        first = date(int(match["year"]), month or 1, day or 1)
        if day:
            return first, first
        return first, date(first.year, month or 12, monthrange(first.year, month or 12)[1])
    except ValueError:  # a 13th month, a 30th of February
        return None

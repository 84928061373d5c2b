"""filters: since, until, source and tags, as people give them -> nodes of a plan."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone

from searchkit.engine.plan import Clause, Range, TermSet
from searchkit.text import well_formed

__all__ = ["When", "as_list", "day_end", "day_start", "filter_nodes", "milliseconds", "moment"]

When = str | date | datetime

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_DAY = 24 * 60 * 60 * 1000


def filter_nodes(
    since: When | None, until: When | None, source: str | Iterable[str], tags: str | Iterable[str]
) -> tuple[Clause, ...]:
    """What a document must be to pass all of the filters.

    Raises ValueError for a time that is none, or that has no zone.
    """
    found: list[Clause] = []
    low = moment("since", since) if since is not None else None
    high = moment("until", until, end=True) if until is not None else None
    if low is not None or high is not None:
        found.append(Range("published", low, high))
    for name, values in (("source", source), ("tags", tags)):
        if wanted := as_list(name, values):
            found.append(TermSet(name, tuple(wanted)))
    return tuple(found)


def moment(name: str, value: When, *, end: bool = False) -> int:
    """Milliseconds since 1970; with ``end`` the first moment behind the value."""
    try:
        if isinstance(value, str):
            text = value.strip()
            value = (
                date.fromisoformat(text)
                if len(text) <= 10
                else datetime.fromisoformat(text.replace("Z", "+00:00"))
            )
    except ValueError:
        raise ValueError(f"{name}={value!r} is neither a date like 2024-07-31 nor an ISO 8601 time") from None
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{name}={value.isoformat()} is naive; give it a time zone")
        return milliseconds(value) + (1 if end else 0)
    if not isinstance(value, date):
        raise TypeError(f"{name} must be a date, an aware datetime or a text, not {type(value).__name__}")
    return day_end(value) if end else day_start(value)


def day_start(day: date) -> int:
    """The first moment of the day in UTC, in milliseconds since 1970."""
    return milliseconds(datetime(day.year, day.month, day.day, tzinfo=timezone.utc))


def day_end(day: date) -> int:
    """The first moment behind the day."""
    return day_start(day) + _DAY


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, UTC."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def as_list(name: str, values: str | Iterable[str]) -> list[str]:
    """One text or many, as a list."""
    found = [values] if isinstance(values, str) else list(values)
    for value in found:
        if not isinstance(value, str):
            raise TypeError(f"{name}: {value!r} is {type(value).__name__}, not text")
    return [well_formed(value) for value in found]

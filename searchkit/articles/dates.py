"""Dates as front matter and web pages write them -> datetime.

A date without a time zone is taken as UTC: that is YAML's rule, and for a page
nothing better is known. JSON Lines, which programs write, are stricter.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

__all__ = ["parse_date", "parse_epoch"]

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_DATE = re.compile(
    r"""(?P<year>\d{4}) [-/.年] (?P<month>\d{1,2}) [-/.月] (?P<day>\d{1,2}) 日?
        (?: [T\s] \s* (?P<hour>\d{1,2}) : (?P<minute>\d{2})
            (?: : (?P<second>\d{2}) (?: [.,] (?P<fraction>\d{1,9}) )? )? )?
        \s* (?: Z | UTC | GMT | (?P<sign>[+-]) (?P<zone_hours>\d{2}) :? (?P<zone_minutes>\d{2})? )?""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)


def parse_epoch(milliseconds: int) -> datetime | None:
    """The time so many milliseconds after 1970, or None outside the years 1 to 9999."""
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None


def parse_date(text: str) -> datetime | None:
    """An ISO 8601 date, one with slashes, in Chinese or as in mail; None when it is none of them."""
    from email.utils import parsedate_to_datetime  # slow to import, and seldom needed

    text = text.strip()
    found = _DATE.fullmatch(text)
    try:
        parsed = _from_match(found) if found else parsedate_to_datetime(text)
        parsed = parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)
        return parsed.astimezone(timezone.utc)
    except (ValueError, TypeError, IndexError, OverflowError):  # the mail parser raises each of them
        return None


def _from_match(found: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (
        int(found[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")
    )
    zone = timedelta(hours=int(found["zone_hours"] or 0), minutes=int(found["zone_minutes"] or 0))
    return datetime(
        year,
        month,
        day,
        hour,
        minute,
        second,
        int((found["fraction"] or "0").ljust(6, "0")[:6]),
        tzinfo=timezone(-zone if found["sign"] == "-" else zone),
    )

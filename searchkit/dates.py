"""Text and numbers <-> dates: every date that is read, asked for or stored goes through here.

Times are kept and compared as milliseconds since 1970 in UTC. A day is a day in UTC.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

When = str | date | datetime
"""A time as programs give it: an ISO 8601 date or time, a date, or an aware datetime."""

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MILLISECOND = timedelta(milliseconds=1)
MILLISECONDS_OF_DAY = 86_400_000
_DATE = re.compile(
    r"""(?P<year>\d{4}) [-/.年] (?P<month>\d{1,2}) [-/.月] (?P<day>\d{1,2}) 日?
        (?: [T\s] \s* (?P<hour>\d{1,2}) : (?P<minute>\d{2})
            (?: : (?P<second>\d{2}) (?: [.,] (?P<fraction>\d{1,9}) )? )? )?
        \s* (?: Z | UTC | GMT | (?P<sign>[+-]) (?P<zone_hours>\d{2}) :? (?P<zone_minutes>\d{2})? )?""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_DAYS = re.compile(
    r"(?P<year>\d{4})(?:年|(?:[-/年](?P<month>\d{1,2})(?:月|(?:[-/月](?P<day>\d{1,2})日?)?)))?", re.ASCII
)


def to_milliseconds(time: datetime) -> int:
    """Milliseconds since 1970, rounded down."""
    return (time - _EPOCH) // _MILLISECOND


def from_milliseconds(milliseconds: int) -> datetime | None:
    """The time so many milliseconds after 1970, or None outside the years 1 to 9999."""
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None


def day_start(day: date) -> int:
    """The first millisecond of the day."""
    return to_milliseconds(datetime(day.year, day.month, day.day, tzinfo=timezone.utc))


def day_end(day: date) -> int:
    """The first millisecond after the day."""
    return day_start(day) + timedelta(days=1) // _MILLISECOND


def day_of(number: int) -> str:
    """The day so many days after the first one of 1970, as text."""
    return date.fromordinal(_EPOCH.toordinal() + number).isoformat()


def day_bounds(value: When | int) -> tuple[int, int]:
    """The first millisecond of a time, a day, a month or a year, and the first one after it.

    Raises ValueError and TypeError as `time_bound` does.
    """
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10_000:
        value = f"{value:04}"  # a year, as the facet has it
    if isinstance(value, str) and (days := parse_days(value.strip())) and days[0] and days[1]:
        return day_start(days[0]), day_end(days[1])
    if isinstance(value, int):
        raise TypeError(f"{value!r} is no date")
    return time_bound("where", value), time_bound("where", value, end=True)


def parse_time(text: str) -> datetime:
    """The time that an ISO 8601 text means, which is naive when the text gives no zone.

    Raises ValueError when it is none.
    """
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))  # Python 3.10 knows no Z
    except ValueError:
        raise ValueError(f"{text[:60]!r} is not an ISO 8601 time like 2024-07-31T08:00:00Z") from None


def parse_date(text: str) -> datetime | None:
    """A date as front matter, web pages and mail write it, in UTC; None when it is none of them.

    ISO 8601, with slashes (2024/7/31), in Chinese (2024年7月31日) or as in mail (RFC 2822). Without a zone it
    is taken as UTC, as in YAML: for a page nothing better is known.
    """
    from email.utils import parsedate_to_datetime  # slow to import, and seldom needed

    text = text.strip()
    found = _DATE.fullmatch(text)
    try:
        parsed = _from_match(found) if found else parsedate_to_datetime(text)
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    except (ValueError, TypeError, IndexError, OverflowError):  # the mail parser raises each of them
        return None


def _from_match(found: re.Match[str]) -> datetime:
    parts = ("year", "month", "day", "hour", "minute", "second")
    year, month, day, hour, minute, second = (int(found[name] or 0) for name in parts)
    microsecond = int((found["fraction"] or "0").ljust(6, "0")[:6])
    zone = timedelta(hours=int(found["zone_hours"] or 0), minutes=int(found["zone_minutes"] or 0))
    tz = timezone(-zone if found["sign"] == "-" else zone)
    return datetime(year, month, day, hour, minute, second, microsecond, tzinfo=tz)


def time_bound(name: str, value: When, *, end: bool = False) -> int:
    """The milliseconds at which a time or a day begins; with ``end`` the first ones after it.

    Raises ValueError for a text that is no time, or a time without a zone, and TypeError for what is neither
    text nor date; ``name`` is what the message calls the value.
    """
    if isinstance(value, str):
        text = value.strip()
        try:
            value = date.fromisoformat(text) if len(text) <= 10 else parse_time(text)
        except ValueError:
            reason = "is neither a date like 2024-07-31 nor an ISO 8601 time"
            raise ValueError(f"{name}={value!r} {reason}") from None
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{name}={value.isoformat()} is naive; give it a time zone")
        return to_milliseconds(value) + (1 if end else 0)
    if not isinstance(value, date):
        raise TypeError(f"{name} must be a date, an aware datetime or a text, not {type(value).__name__}")
    return day_end(value) if end else day_start(value)


def parse_days(text: str) -> tuple[date | None, date | None] | None:
    """The first and the last day that the text means, or None when it is no date and no range.

    A year, a month or a day (``2024``, ``2024-07``, ``2024/7/31``, ``2024年7月31日``), or a range of them
    that may be open at one end (``2024-01..2024-07``, ``2024-01..``, ``..2023``).

    >>> parse_days("2024-02")
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    """
    first_text, dots, last_text = text.partition("..")
    if not dots:
        return _parse_period(text)
    first, last = _parse_period(first_text), _parse_period(last_text)
    if (first_text and not first) or (last_text and not last) or not (first or last):
        return None
    return first[0] if first else None, last[1] if last else None


def _last_of_month(year: int, month: int) -> date:
    return date(year, month, 31) if month == 12 else date(year, month + 1, 1) - timedelta(days=1)


def _parse_period(text: str) -> tuple[date, date] | None:
    """The first and the last day of a year, a month or a day."""
    found = _DAYS.fullmatch(text)
    if not found:
        return None
    year, month, day = (int(found[part] or 0) for part in ("year", "month", "day"))
    try:
        first = date(year, month or 1, day or 1)
        last = first if day else _last_of_month(year, month or 12)
    except ValueError:  # a 13th month, a 30th of February
        return None
    return first, last

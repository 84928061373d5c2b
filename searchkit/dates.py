"""Text and numbers <-> dates: every date that is read, asked for or stored goes through here.

Times are kept and compared as milliseconds since 1970 in UTC. A day is one in the time zone of the index, and
so is a time that is given without its zone.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone, tzinfo

When = str | date | datetime
"""A time as programs give it: an ISO 8601 date or time, a date, or a datetime."""

UTC = timezone.utc

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MILLISECOND = timedelta(milliseconds=1)
MILLISECONDS_OF_DAY = 86_400_000
_DATE = re.compile(
    r"""(?P<year>\d{4}) [-/.年] (?P<month>\d{1,2}) [-/.月] (?P<day>\d{1,2}) 日?
        (?: [T\s] \s* (?P<hour>\d{1,2}) : (?P<minute>\d{2})
            (?: : (?P<second>\d{2}) (?: [.,] (?P<fraction>\d{1,9}) )? )? )?
        \s* (?P<given> Z | UTC | GMT | (?P<sign>[+-]) (?P<zone_hours>\d{2}) :? (?P<zone_minutes>\d{2})? )?""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_DAYS = re.compile(
    r"(?P<year>\d{4})(?:年|(?:[-/年](?P<month>\d{1,2})(?:月|(?:[-/月](?P<day>\d{1,2})日?)?)))?", re.ASCII
)

_DAYS_AGO = {"today": 0, "yesterday": 1}
_SPAN = re.compile(r"(\d{1,5})([hdwy])", re.ASCII)
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1), "y": timedelta(days=365)}


def to_milliseconds(time: datetime) -> int:
    """Milliseconds since 1970, rounded down."""
    return (time - _EPOCH) // _MILLISECOND


def from_milliseconds(milliseconds: int) -> datetime | None:
    """The time so many milliseconds after 1970, or None outside the years 1 to 9999."""
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None


def zone_of(name: str) -> tzinfo:
    """The time zone with this name of the IANA database, such as ``Asia/Shanghai``; raises ValueError."""
    if name == "UTC":
        return UTC
    import zoneinfo  # takes long to import, and most indexes do without

    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, OSError, ValueError):
        how = "a name like Asia/Shanghai is needed; where the system has none: pip install tzdata"
        raise ValueError(f"there is no time zone {name[:60]!r} here; {how}") from None


def local_time(at: datetime, zone: tzinfo) -> datetime:
    """The time in the zone; a naive time is one of the zone.

    At the very beginning and end of the calendar, where the zone has no such time, it is in UTC.
    Raises OverflowError where UTC has none either.
    """
    in_utc = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    try:
        return in_utc.astimezone(zone)
    except OverflowError:
        return in_utc


def in_zone(at: datetime, zone: tzinfo) -> datetime:
    """The `local_time` with an offset that JSON has: of whole minutes, or UTC.

    Before there were time zones, clocks went by the sun.
    """
    local = local_time(at, zone)
    offset = local.utcoffset()
    if not offset or offset % timedelta(minutes=1):
        return local.astimezone(UTC)
    return local.replace(tzinfo=timezone(offset), fold=0)


def day_start(day: date, zone: tzinfo = UTC) -> int:
    """The first millisecond of the day."""
    return to_milliseconds(datetime(day.year, day.month, day.day, tzinfo=zone))


def day_end(day: date, zone: tzinfo = UTC) -> int:
    """The first millisecond after the day."""
    if day == date.max:
        return day_start(day, zone) + timedelta(days=1) // _MILLISECOND
    return day_start(day + timedelta(days=1), zone)


def day_of(milliseconds: int, zone: tzinfo = UTC) -> date:
    """The day that has this millisecond; raises OverflowError outside the years 1 to 9999."""
    return local_time(_EPOCH + timedelta(milliseconds=milliseconds), zone).date()


def day_bounds(value: When | int, zone: tzinfo = UTC) -> tuple[int, int]:
    """The first millisecond of a time, a day, a month or a year, and the first one after it.

    Raises ValueError and TypeError as `time_bound` does.
    """
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10_000:
        value = f"{value:04}"  # a year, as the facet has it
    if isinstance(value, str) and (days := parse_days(value.strip())) and days[0] and days[1]:
        return day_start(days[0], zone), day_end(days[1], zone)
    if isinstance(value, int):
        raise TypeError(f"{value!r} is no date")
    return time_bound("where", value, zone=zone), time_bound("where", value, end=True, zone=zone)


def parse_time(text: str) -> datetime:
    """The time that an ISO 8601 text means, which is naive when the text gives no zone.

    Raises ValueError when it is none.
    """
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))  # Python 3.10 knows no Z
    except ValueError:
        raise ValueError(f"{text[:60]!r} is not an ISO 8601 time like 2024-07-31T08:00:00Z") from None


def iso_text(at: datetime | None) -> str:
    """The time as `parse_time` reads it, and RFC 3339 has it; empty for none."""
    return at.isoformat().replace("+00:00", "Z") if at else ""


def parse_date(text: str) -> datetime | None:
    """A date as front matter, web pages and mail write it; None when it is none of them.

    ISO 8601, with slashes (2024/7/31), in Chinese (2024年7月31日) or as in mail (RFC 2822). With a zone it is
    in UTC. Without one it is naive: the index that takes the document has a zone for it.
    """
    from email.utils import parsedate_to_datetime  # slow to import, and seldom needed

    text = text.strip()
    found = _DATE.fullmatch(text)
    try:
        parsed = _from_match(found) if found else parsedate_to_datetime(text)
        if not found and text.endswith("-0000"):  # of mail: it is UTC, and who wrote it may be anywhere
            parsed = parsed.replace(tzinfo=UTC)
        return parsed.astimezone(UTC) if parsed.tzinfo else parsed
    except (ValueError, TypeError, IndexError, OverflowError):  # the mail parser raises each of them
        return None


def _from_match(found: re.Match[str]) -> datetime:
    parts = ("year", "month", "day", "hour", "minute", "second")
    year, month, day, hour, minute, second = (int(found[name] or 0) for name in parts)
    microsecond = int((found["fraction"] or "0").ljust(6, "0")[:6])
    zone = timedelta(hours=int(found["zone_hours"] or 0), minutes=int(found["zone_minutes"] or 0))
    tz = timezone(-zone if found["sign"] == "-" else zone) if found["given"] else None
    return datetime(year, month, day, hour, minute, second, microsecond, tzinfo=tz)


def time_bound(
    name: str, value: When, *, end: bool = False, zone: tzinfo = UTC, date_like: str = "2024-07-31"
) -> int:
    """The milliseconds at which a time or a day begins; with ``end`` the first ones after it.

    Raises ValueError for a text that is no time, and TypeError for what is neither text nor date; ``name`` is
    what the message calls the value, and ``date_like`` which dates it names.
    """
    if isinstance(value, str):
        text = value.strip()
        try:
            value = date.fromisoformat(text) if len(text) <= 10 else parse_time(text)
        except ValueError:
            reason = f"is neither a date like {date_like} nor an ISO 8601 time"
            raise ValueError(f"{name}={value!r} {reason}") from None
    if isinstance(value, datetime):
        return to_milliseconds(value if value.tzinfo else value.replace(tzinfo=zone)) + (1 if end else 0)
    if not isinstance(value, date):
        raise TypeError(f"{name} must be a date, a datetime or a text, not {type(value).__name__}")
    return day_end(value, zone) if end else day_start(value, zone)


def publication_bound(name: str, value: When, *, end: bool = False, zone: tzinfo = UTC) -> int:
    """What `time_bound` does, for ``since`` and ``until``: a text may be a month, or how long ago.

    A year or a month (``2024-07``) is all of its days. ``today``, ``yesterday`` and ``30d``, ``2w``, ``1y``
    are counted back from the current day in the zone, ``12h`` from the current time.
    """
    if isinstance(value, str):
        text = value.strip().lower()
        span = timedelta(days=_DAYS_AGO[text]) if text in _DAYS_AGO else parse_span(text)
        if span is not None:
            by_hours = text.endswith("h")
            try:
                moment = datetime.now(UTC if by_hours else zone) - span
            except OverflowError:  # before the calendar begins
                moment = datetime.min.replace(tzinfo=UTC)
            value = moment if by_hours else moment.date()
        elif (days := _parse_period(text)) is not None:
            value = days[1] if end else days[0]
    dates = "2024-07-31, 2024-07, today, yesterday, 30d, 2w or 1y"
    return time_bound(name, value, end=end, zone=zone, date_like=dates)


def parse_span(text: str) -> timedelta | None:
    """The time that ``12h``, ``30d``, ``2w`` or ``1y`` (365 days) mean; None for a text of another form."""
    found = _SPAN.fullmatch(text.strip().lower())
    return int(found[1]) * _UNITS[found[2]] if found else None


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

"""since and until: days, months and years as people write them, and how long ago."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

import searchkit
from searchkit.dates import day_end, day_start, publication_bound, to_milliseconds

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-07-31", date(2024, 7, 31), date(2024, 7, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        (" 2024/7 ", date(2024, 7, 1), date(2024, 7, 31)),
        ("2024年7月", date(2024, 7, 1), date(2024, 7, 31)),
    ],
)
def test_since_begins_and_until_ends_a_period(text: str, first: date, last: date) -> None:
    assert publication_bound("since", text) == day_start(first)
    assert publication_bound("until", text, end=True) == day_end(last)


@pytest.mark.parametrize(
    ("text", "days"), [("today", 0), ("Yesterday", 1), ("0d", 0), ("30d", 30), ("2w", 14), ("1y", 365)]
)
def test_days_are_counted_back_from_today(text: str, days: int) -> None:
    def allowed(bound: int) -> bool:  # midnight may pass meanwhile
        return bound in (day_start(before - days * DAY), day_start(_today() - days * DAY))

    before = _today()
    assert allowed(publication_bound("since", text))
    assert allowed(publication_bound("until", text, end=True) - DAY // timedelta(milliseconds=1))


def test_hours_are_counted_back_from_now() -> None:
    ago = timedelta(hours=12)
    before = to_milliseconds(datetime.now(timezone.utc) - ago)
    bound = publication_bound("since", "12h")
    assert before <= bound <= to_milliseconds(datetime.now(timezone.utc) - ago)


def test_what_is_longer_ago_than_any_date_is_the_first_day() -> None:
    assert publication_bound("since", "99999y") == day_start(date.min)
    assert publication_bound("since", "99999h") < publication_bound("since", "1y")


@given(st.dates(max_value=date(9999, 12, 30)))
def test_a_day_means_what_it_means_elsewhere(day: date) -> None:
    for end in (False, True):
        assert publication_bound("since", day.isoformat(), end=end) == publication_bound(
            "since", day, end=end
        )


@pytest.mark.parametrize(
    "text", ["", "30", "30 days", "d", "2024-13", "2024-01..2024-02", "..2024", "tomorrow"]
)
def test_other_texts_are_refused_with_what_is_taken(text: str) -> None:
    with pytest.raises(ValueError, match=r"is neither a date like 2024-07-31, 2024-07, today, .* nor an ISO"):
        publication_bound("since", text)


def test_searches_take_them_and_documents_do_not() -> None:
    now = datetime.now(timezone.utc)
    with searchkit.create(":memory:", fields={"event": "date"}) as index:
        index.add([{"id": str(days), "body": "茶", "published": now - days * DAY} for days in (0, 10, 400)])
        assert {hit.id for hit in index.search("茶", since="30d")} == {"0", "10"}
        assert {hit.id for hit in index.search("茶", until="1y")} == {"400"}
        with pytest.raises(searchkit.DocumentError, match="must be a date like"):
            index.add([{"id": "event", "body": "茶", "extra": {"event": "30d"}}], on_error="raise")


def _today() -> date:
    return datetime.now(timezone.utc).date()

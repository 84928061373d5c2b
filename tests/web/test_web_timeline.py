"""The timeline, the presets beside it, and the numbers of pages."""

from datetime import date, datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from searchkit import Document, web
from searchkit.web.choices import filters, page_numbers
from searchkit.web.languages import TEXTS
from searchkit.web.page_state import PageState
from searchkit.web.timeline import timeline

MONTHS = st.dictionaries(
    st.tuples(st.integers(1900, 2100), st.integers(1, 12)).map(lambda at: f"{at[0]}-{at[1]:02}"),
    st.integers(1, 300),
    max_size=30,
)


def test_a_long_time_is_shown_by_years():
    shown = timeline({"1990-05": 1, "2024-12": 3})
    assert [shown[0].label, shown[-1].label] == ["1990", "2024"]
    assert (shown[-1].since, shown[-1].until) == ("2024-01-01", "2024-12-31")
    assert timeline({"2024-01": 5}) == []


def test_one_stray_article_does_not_squeeze_the_others():
    recent = {f"2024-{month:02}": 20 for month in range(1, 13)}
    bars = timeline({"2014-09": 1, **recent, "2031-01": 1})
    assert len(bars) == 14
    assert [bar.label for bar in bars[:2]] == ["2014-09 – 2023-12", "2024-01"]
    assert (bars[0].since, bars[0].until, bars[0].count) == ("2014-09-01", "2023-12-31", 1)
    assert [bar.all_that_is for bar in bars] == ["earlier", *[""] * 12, "later"]
    assert len(timeline(recent)) == 12


@given(MONTHS)
def test_bars_follow_one_another_and_have_every_match(months):
    bars = timeline(months)
    assert sum(bar.count for bar in bars) == (sum(months.values()) if len(months) > 1 else 0)
    for one, other in zip(bars, bars[1:]):
        assert date.fromisoformat(one.until) + timedelta(days=1) == date.fromisoformat(other.since)
    for bar in bars:
        assert 0 <= bar.height <= 48
        assert bool(bar.height) == bool(bar.count)
    assert not any(bar.all_that_is for bar in bars[1:-1])
    far = sum(bar.count for bar in bars if bar.all_that_is)
    assert far <= 2 * max(1, sum(months.values()) // 50)


def presets(months, today, **state):
    text = TEXTS["en"]
    found = filters(PageState(**state), {}, {"month": months}, lambda *_: months, text, today)
    return {one.label: one for one in found["presets"]}


@pytest.mark.parametrize("name", ["Pacific/Kiritimati", "Etc/GMT+12"])  # where it is never the same day
def test_today_is_the_day_of_the_time_zone_of_the_index(make_index, name):
    days = [datetime.now(ZoneInfo(name)).date()]
    index = make_index(Document(body="茶", published=datetime.now(timezone.utc)), timezone=name)
    tree = lxml.html.fromstring(TestClient(web.app(index)).get("/?q=茶&lang=en").text)
    (link,) = (one for one in tree.cssselect(".presets a") if one.text == "Today")
    days.append(datetime.now(ZoneInfo(name)).date())
    assert parse_qs(urlsplit(link.get("href")).query)["since"][0] in map(str, days)


def test_presets_lead_to_the_latest_days_where_there_may_be_matches():
    today = date(2024, 7, 31)
    found = presets({"2020-01": 3, "2024-07": 1}, today)
    assert [*found] == ["Today", "7 days", "30 days", "1 year"]
    assert [one.link for one in found.values()] == [
        "since=2024-07-31", "since=2024-07-25", "since=2024-07-02", "since=2023-08-02",
    ]  # fmt: skip
    assert [*presets({"2023-12": 1}, today)] == ["1 year"]
    assert [*presets({}, today)] == []


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_today_is_the_day_in_the_time_zone_of_the_index(make_index, zone):
    """These two have never the same day."""
    published = datetime.now(timezone.utc) + timedelta(days=40)
    index = make_index(Document(title="茶", published=published), timezone=zone)
    before = datetime.now(ZoneInfo(zone)).date()
    html = TestClient(web.app(index)).get("/", params={"q": "茶", "lang": "en"}).text
    after = datetime.now(ZoneInfo(zone)).date()
    (link,) = [one.get("href") for one in lxml.html.fromstring(html).cssselect("a") if one.text == "Today"]
    assert f"{before}" in link or f"{after}" in link


def test_a_preset_that_is_chosen_is_taken_back():
    found = presets({}, date(2024, 7, 31), since="2024-07-25", q="茶")
    assert [(one.label, one.chosen, one.link) for one in found.values()] == [("7 days", True, "q=%E8%8C%B6")]


@pytest.mark.parametrize(
    ("page", "total", "has_next", "numbers"),
    [
        (1, 7, False, []),
        (1, 25, True, [1, 2, 3]),
        (1, 5000, True, [1, 2, 3, 4, 5, 0]),
        (4, 5000, True, [1, 2, 3, 4, 5, 6, 0]),
        (50, 5000, True, [1, 0, 48, 49, 50, 51, 52, 0]),
        (100, 5000, False, [1, 0, 96, 97, 98, 99, 100]),
        (3, 25, False, [1, 2, 3]),
        (2, 19, True, [1, 2, 3]),
    ],
)
def test_pages_have_numbers(page, total, has_next, numbers):
    assert page_numbers(PageState(page=page), total, 1000, has_next=has_next) == numbers


@given(st.integers(1, 100), st.integers(0, 3000), st.booleans())
def test_the_page_that_is_shown_is_among_the_numbers(page, total, has_next):
    numbers = page_numbers(PageState(page=page), total, 1000, has_next=has_next)
    known = [number for number in numbers if number]
    assert known == sorted(set(known))
    assert not numbers or page in known
    assert len(numbers) <= 8

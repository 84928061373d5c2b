"""Recency: what newer documents get on top, by the clock of whoever searches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from math import floor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import searchkit
from searchkit import Document, Index

MakeIndex = Callable[..., Index]
UTC = timezone.utc
NOW = datetime(2024, 7, 31, 15, 45, 30, 123_000, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STRENGTH = 0.5
HALF_LIVES: dict[str | timedelta, timedelta] = {
    "1h": HOUR,
    "12h": 12 * HOUR,
    "167H": 167 * HOUR,
    "7d": 7 * DAY,
    "30d": 30 * DAY,
    " 2w ": 14 * DAY,
    "1y": 365 * DAY,
    timedelta(minutes=90): timedelta(minutes=90),
    timedelta(days=100, hours=1): timedelta(days=100, hours=1),
}


@contextmanager
def clock(moment: datetime) -> Iterator[None]:
    """Let it be this moment for searches."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return moment.astimezone(tz)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("searchkit.searching.search.datetime", Clock)
        yield


def ids(results: Any) -> list[str]:
    return [hit.id for hit in results]


def scores(results: Any) -> dict[str, float]:
    return {hit.id: hit.score for hit in results}


def start(now: datetime, life: timedelta) -> datetime:
    """From here on everything is new: the age is counted in whole hours below a week, else in days."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    return hour if life < timedelta(days=7) else hour.replace(hour=0)


def share(published: datetime | None, now: datetime, life: timedelta) -> float:
    """The freshness of a document, in sixteenths: half of it is gone after each half-life."""
    if published is None:
        return 0
    age = max(timedelta(0), start(now, life) - published)
    return floor(16 * 0.5 ** (age / life)) / 16


@st.composite
def aged(draw: st.DrawFn, life: timedelta, now: datetime) -> list[Document]:
    """Documents that match 茶, new and old, some exactly as old as one or more half-lives."""
    ages = (
        st.integers(0, 6).map(lambda times: times * life)
        | st.integers(-48, 24 * 100).map(lambda hours: timedelta(hours=hours))
        | st.sampled_from([timedelta(milliseconds=1), timedelta(milliseconds=-1), life * 5, 2000 * DAY])
    )
    documents = []
    for number in range(draw(st.integers(1, 12))):
        age = draw(st.none() | ages)
        documents.append(
            Document(
                id=str(number),
                body="茶" * draw(st.integers(1, 3)) + "，别的话" * draw(st.integers(0, 4)),
                published=age if age is None else start(now, life) - age,
                source=draw(st.sampled_from(["甲报", "乙報"])),
            )
        )
    return documents


class TestScores:
    @settings(max_examples=40)
    @given(data=st.data(), recency=st.sampled_from(list(HALF_LIVES)), seconds=st.integers(-(10**7), 10**7))
    def test_recency_adds_up_to_half_the_best_score(
        self, data: st.DataObject, recency: str | timedelta, seconds: int
    ) -> None:
        life, now = HALF_LIVES[recency], NOW + timedelta(seconds=seconds)
        documents = data.draw(aged(life, now))
        with searchkit.create(":memory:") as index, clock(now):
            index.add(documents[::2])
            index.add(documents[1::2])
            for options in ({}, {"source": "甲报"}):
                plain = index.search("茶", limit=100, **options)
                results = index.search("茶", limit=100, recency=recency, **options)
                assert results.total == plain.total == index.count("茶", recency=recency, **options)
                assert sorted(ids(results)) == sorted(ids(plain)), "the same match"
                best = max(scores(plain).values(), default=0)
                expected = {
                    hit.id: hit.score + STRENGTH * best * share(hit.published, now, life) for hit in plain
                }
                assert scores(results) == pytest.approx(expected, rel=1e-4)
                assert list(scores(results).values()) == sorted(scores(results).values(), reverse=True)

    @pytest.mark.parametrize(
        ("recency", "age", "sixteenths"),
        [
            ("30d", timedelta(0), 16),
            ("30d", -10 * DAY, 16),
            ("30d", timedelta(milliseconds=1), 15),
            ("30d", DAY, 15),
            ("30d", 30 * DAY, 8),
            ("30d", 30 * DAY + timedelta(milliseconds=1), 7),
            ("30d", 60 * DAY, 4),
            ("30d", 90 * DAY, 2),
            ("30d", 120 * DAY, 1),
            ("30d", 120 * DAY + timedelta(milliseconds=1), 0),
            ("30d", 3000 * DAY, 0),
            ("12h", 12 * HOUR, 8),
            ("2w", 14 * DAY, 8),
            ("1y", 365 * DAY, 8),
            (timedelta(hours=5), 10 * HOUR, 4),
        ],
    )
    def test_the_bonus_of_recency_halves_each_half_life(
        self, recency: Any, age: timedelta, sixteenths: int, make_index: MakeIndex
    ) -> None:
        # The first moment of the day is that of the hour, too, so both ways to count are one.
        now = NOW.replace(hour=0)
        published = now.replace(minute=0, second=0, microsecond=0) - age
        index = make_index(
            Document(id="dated", body="茶", published=published), Document(id="not", body="茶")
        )
        with clock(now):
            plain = scores(index.search("茶"))
            found = scores(index.search("茶", recency=recency))
        assert found["not"] == plain["not"], "one without a date gets none"
        assert found["dated"] == pytest.approx(plain["dated"] * (1 + STRENGTH * sixteenths / 16), rel=1e-5)

    def test_with_recency_the_newer_of_equals_comes_first(self, make_index: MakeIndex) -> None:
        ages = {"a": 40, "b": 3, "c": 100, "d": 15, "e": None, "f": 70}
        index = make_index(
            *(
                Document(id=id, body="茶", published=None if age is None else NOW - age * DAY)
                for id, age in ages.items()
            )
        )
        with clock(NOW):
            assert ids(index.search("茶", recency="30d")) == list("bdafce")

    def test_with_recency_much_better_hits_stay_first(self, make_index: MakeIndex) -> None:
        """Freshness is worth half of the best score, so it lifts none that has less than half of it."""
        index = make_index(
            Document(id="old", title="茶的历史", body="茶" * 5, published=NOW - 5000 * DAY),
            Document(id="new", body="茶，" + "别的话，" * 300, published=NOW),
            *["水"] * 20,
        )
        with clock(NOW):
            plain = scores(index.search("茶的历史 OR 茶"))
            assert plain["new"] < plain["old"] / 2
            assert ids(index.search("茶的历史 OR 茶", recency="1y")) == ["old", "new"]

    def test_recency_uses_the_clock_of_the_machine(self, make_index: MakeIndex) -> None:
        now = datetime.now(UTC)
        index = make_index(
            Document(id="old", body="茶", published=now - 300 * DAY),
            Document(id="soon", body="茶", published=now + 2 * DAY),
        )
        plain, found = scores(index.search("茶")), scores(index.search("茶", recency="30d"))
        assert found["old"] == plain["old"]
        assert found["soon"] == pytest.approx(1.5 * plain["soon"], rel=1e-5)

    def test_pages_with_recency_use_the_clock_of_the_first(self, make_index: MakeIndex) -> None:
        index = make_index(
            *(Document(id=str(n), body="茶" + "水" * (n % 3), published=NOW - n * DAY) for n in range(12))
        )
        with clock(NOW):
            whole = scores(index.search("茶", recency="2d", limit=12))
            page = index.search("茶", recency="2d", limit=5)
        pages = scores(page)
        with clock(NOW + 3 * DAY):
            changed = scores(index.search("茶", recency="2d", limit=12))
            while page.cursor:
                page = index.search("茶", recency="2d", limit=5, cursor=page.cursor)
                pages.update(scores(page))
        assert list(pages.items()) == list(whole.items())
        assert changed != whole

    def test_with_recency_a_query_without_scores_is_newest_first(self, make_index: MakeIndex) -> None:
        index = make_index(
            *(Document(id=str(n), body="茶", published=NOW - n * timedelta(seconds=1)) for n in (2, 0, 1))
        )
        results = index.search("-水", recency="1y")
        assert ids(results) == ids(index.search("-水", sort="newest"))
        assert set(scores(results).values()) == {0}
        assert index.search("水", recency="1y").total == 0
        assert make_index().search("茶", recency="1y").total == 0


class TestRefused:
    @pytest.mark.parametrize(
        ("recency", "error", "message"),
        [
            ("", ValueError, "recency='' is no time like 12h, 30d, 2w or 1y"),
            ("30", ValueError, "recency='30' is no time like"),
            ("d", ValueError, "is no time like"),
            ("30 d", ValueError, "is no time like"),
            ("30m", ValueError, "is no time like"),
            ("-30d", ValueError, "is no time like"),
            ("1.5d", ValueError, "is no time like"),
            ("1d12h", ValueError, "is no time like"),
            ("30d\n30d", ValueError, "is no time like"),
            ("123456d", ValueError, "is no time like"),
            ("newest", ValueError, "is no time like"),
            ("0d", ValueError, "between an hour and a hundred years, not 0:00:00"),
            ("101y", ValueError, "between an hour and a hundred years"),
            ("99999y", ValueError, "between an hour and a hundred years"),
            (timedelta(0), ValueError, "between an hour and a hundred years"),
            (timedelta(days=-30), ValueError, "between an hour and a hundred years"),
            (timedelta(minutes=59), ValueError, "between an hour and a hundred years"),
            (timedelta.max, ValueError, "between an hour and a hundred years"),
            (30, TypeError, "recency must be a text like 30d or a timedelta, not 30"),
            (True, TypeError, "recency must be a text"),
            (["30d"], TypeError, "recency must be a text"),
        ],
    )
    def test_recency_refuses_invalid_half_lives(
        self, recency: Any, error: type[Exception], message: str, sample_index: Index
    ) -> None:
        with pytest.raises(error, match=message):
            sample_index.search("茶", recency=recency)

    @pytest.mark.parametrize("recency", ["1h", "100y", timedelta(hours=1), timedelta(days=36500)])
    def test_an_hour_and_a_hundred_years_are_half_lives(self, recency: Any, sample_index: Index) -> None:
        assert sample_index.search("茶", recency=recency).total == sample_index.count("茶")

    @pytest.mark.parametrize("sort", ["newest", "oldest", "price"])
    def test_recency_needs_the_order_by_relevance(self, sort: str, make_index: MakeIndex) -> None:
        index = make_index("茶", fields={"price": "number"})
        with pytest.raises(
            ValueError, match=f"recency is for sort='relevance'; this search sorts by '{sort}'"
        ):
            index.search("茶", sort=sort, recency="30d")
        assert index.search("茶", sort="relevance", recency="30d").total == 1

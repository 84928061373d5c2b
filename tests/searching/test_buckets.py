"""Facets in buckets, with a limit and an order; and what `where` takes: each value of a facet among it."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import searchkit
from searchkit import Document, Facet, Index
from searchkit.searching.facets import facets_of

MakeIndex = Callable[..., Index]

UTC = timezone.utc
FIELDS: Any = {"price": "number", "event": "date", "author": "text", "paid": "boolean"}
PRICES = [-0.05, 0.0, 0.1, 0.3, 0.7, 5, 9.99, 10, 10.5, 49.999, 50, 100, 1e6, 2.0**53 + 2, -1e308, 1e308]
DAYS = [(999, 1, 1), (1969, 12, 31), (1970, 1, 1), (2024, 2, 29), (2024, 12, 31)]
MOMENTS = [datetime(*day, 23, 59, 59, 999000, tzinfo=UTC) for day in DAYS]

documents = st.lists(
    st.builds(
        lambda price, at, author: {"price": price, "at": at, "author": author},
        st.none() | st.sampled_from(PRICES) | st.floats(-100, 100).map(lambda number: number + 0.0),
        st.none() | st.sampled_from(MOMENTS),
        st.sampled_from([[], ["甲"], ["乙", "甲"], ["丙"]]),
    ),
    min_size=1,
    max_size=12,
)
edges = st.lists(st.sampled_from(PRICES) | st.integers(-50, 50), min_size=1, max_size=5, unique=True)


@pytest.fixture(scope="module")
def make_both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., list[Index]]]:
    with ExitStack() as stack:

        def make(of_all: list[dict[str, Any]]) -> list[Index]:
            places = (":memory:", f"whoosh:{tmp_path_factory.mktemp('index') / 'index'}")
            both = [stack.enter_context(searchkit.create(place, fields=FIELDS)) for place in places]
            for index in both:
                report = index.add(
                    Document(
                        id=str(number),
                        body="茶",
                        published=one["at"],
                        extra={
                            "price": one["price"],
                            "event": one["at"] and one["at"].isoformat(),
                            "author": one["author"],
                        },
                    )
                    for number, one in enumerate(of_all)
                )
                assert not report.failures
            return both

        yield make


@settings(max_examples=20, deadline=None)
@given(of_all=documents, borders=edges, step=st.sampled_from([0.1, 0.3, 1, 10, 2.5, 1e300]))
def test_buckets_have_what_where_finds_on_any_engine(
    make_both: Callable[..., list[Index]], of_all: list[dict[str, Any]], borders: list[float], step: float
) -> None:
    borders = sorted(borders)
    facets = [
        Facet("price", edges=borders),
        Facet("price", step=step),
        Facet("event", by="month"),
        Facet("event", by="year"),
        Facet("published", by="day"),
        Facet("published", edges=["1970", "2024-03-01"]),
    ]
    prices = [one["price"] for one in of_all if one["price"] is not None]
    moments = [one["at"] for one in of_all if one["at"]]
    both = make_both(of_all)
    for facet in facets:
        one, other = (index.search("茶", facets=[facet], limit=0) for index in both)
        assert one.facet_others == other.facet_others == {}
        for index, results in zip(both, (one, other)):
            counts = results.facets[facet.name]
            for value, count in counts.items():
                assert index.count("茶", where={facet.name: value}) == count > 0
            assert sum(counts.values()) == len(prices if facet.name == "price" else moments)
        if not facet.step or max(map(abs, prices), default=0) < 1e9:
            assert [*one.facets[facet.name].items()] == [*other.facets[facet.name].items()]
    found = both[0].search("茶", facets=facets[:1], limit=0).facets["price"]
    places = [sum(border <= price for border in borders) for price in prices]
    assert [*found.values()] == [count for _, count in sorted(Counter(places).items())]
    by_year = both[0].search("茶", facets=facets[3:4], limit=0).facets["event"]
    assert by_year == Counter(at.year for at in moments)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Pacific/Kiritimati"])
def test_days_are_those_of_the_time_zone_of_the_index(zone: str) -> None:
    """Those on which clocks change have another length, and the calendar has a first and a last one."""
    moments = [
        *MOMENTS,
        *(
            datetime(2024, month, day, hour, 30, tzinfo=UTC)
            for month, day in ((3, 10), (11, 3))
            for hour in range(24)
        ),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    ]
    with searchkit.create(":memory:", timezone=zone) as index:
        index.add({"id": str(number), "body": "茶", "published": at} for number, at in enumerate(moments))
        for by in ("day", "month", "year"):
            counts = index.search("茶", facets=Facet("published", by=by), limit=0).facets["published"]
            assert sum(counts.values()) == len(moments)
            for value, count in counts.items():
                if str(value).rjust(4, "0").startswith(("0001", "9999")):
                    continue  # the zone has a part of them only
                assert index.count("茶", where={"published": value}) == count, value
        local = Counter(at.astimezone(ZoneInfo(zone)).date().isoformat() for at in moments[len(MOMENTS) : -2])
        days = index.search("茶", facets="published:day", limit=0).facets["published"]
        assert {day: days[day] for day in local} == local


def test_the_values_of_buckets_are_ranges_and_dates(make_index: MakeIndex) -> None:
    index = make_index(
        *(
            Document(id=str(n), body="茶", extra={"price": price, "event": f"2024-0{1 + n % 3}-05"})
            for n, price in enumerate([5, 10, 49.5, 50, 99, 100, 1000])
        ),
        fields=FIELDS,
    )

    def counted(*facets: Any) -> dict[str, dict[Any, int]]:
        return index.search("茶", facets=facets, limit=0).facets

    by_edges = {"..<10": 1, "10..<50": 2, "50..<100": 2, "100..": 2}
    assert counted(Facet("price", edges=[10, 50, 100]))["price"] == by_edges
    assert counted("price:10,50,100", "event:month") == {
        "price": by_edges,
        "event": {"2024-01": 3, "2024-02": 2, "2024-03": 2},
    }
    assert [*counted(Facet("price", step=50))["price"].items()] == [
        ("0..<50", 3),
        ("50..<100", 2),
        ("100..<150", 1),
        ("1000..<1050", 1),
    ]
    assert counted("event:2024-02-01")["event"] == {"..<2024-02-01": 3, "2024-02-01..": 4}
    assert index.count("price:10..<50") == 2


class TestLimitsAndOrders:
    @pytest.fixture
    def index(self, make_index: MakeIndex) -> Index:
        authors = [["甲"], ["甲", "乙"], ["甲"], ["丙"], ["丙", "乙", "丁"], []]
        return make_index(
            *(
                Document(id=str(n), body="茶", extra={"author": names, "event": f"2024-01-0{n % 3 + 1}"})
                for n, names in enumerate(authors)
            ),
            fields=FIELDS,
        )

    @pytest.mark.parametrize(
        ("facet", "expected", "others"),
        [
            ("author", [("甲", 3), ("丙", 2), ("乙", 2), ("丁", 1)], 0),
            ("author:limit=2", [("甲", 3), ("丙", 2)], 3),
            ("author:order=value", [("丁", 1), ("丙", 2), ("乙", 2), ("甲", 3)], 0),
            ("author:limit=1:order=-value", [("甲", 3)], 5),
            ("author:limit=9", [("甲", 3), ("丙", 2), ("乙", 2), ("丁", 1)], 0),
            ("event:limit=2", [("2024-01-01", 2), ("2024-01-02", 2)], 2),
            ("event:order=-value:limit=1", [("2024-01-03", 2)], 4),
            ("event:month:order=count", [("2024-01", 6)], 0),
        ],
    )
    def test_a_facet_lists_its_first_values_and_counts_the_others(
        self, facet: str, expected: list[tuple[Any, int]], others: int, index: Index
    ) -> None:
        forms: list[Any] = [facet, Facet.parse(facet), [facet]]
        for form in forms:
            results = index.search("茶", facets=form, limit=0)
            assert [*results.facets[facet.partition(":")[0]].items()] == expected
            assert sum(results.facet_others.values()) == others

    def test_texts_are_parted_at_commas_and_edges_go_on(self) -> None:
        both = (Facet("price", edges=("10", "-5", "1e3")), Facet("author", limit=3), Facet("source"))
        assert facets_of("price:10,-5,1e3,author:limit=3,source") == both
        assert facets_of(["price:10", "-5", "1e3", " author:limit=3", "source"]) == both
        assert facets_of(["source", Facet("source"), "source"]) == (Facet("source"),)
        assert facets_of(Facet("event", by="day")) == (Facet.parse("event:day"),)
        assert facets_of(()) == ()

    @pytest.mark.parametrize(
        ("facets", "message"),
        [
            (
                "colour",
                "facets: there is no field 'colour'; there are source, tags, year, month, published, price",
            ),
            ("price,10", "there is no field '10'"),
            ("price:cheap", "an edge of 'price' must be a number, not 'cheap'"),
            ("event:soon", "an edge of 'event' must be a date like 2024-07-31"),
            ("price:50,10", "the edges of 'price' must rise: 50, 10"),
            ("price:10,10", "must rise"),
            ("author:10", "edges are for numbers and dates, and 'author' is neither"),
            ("year:2024", "edges are for numbers and dates, and 'year' is neither"),
            ("price:day", "by='day' is for dates, and 'price' is none"),
            ("event:step=3", "step is for numbers, and 'event' is none"),
            ("price:step=0", "step must be a number above 0, not 0.0"),
            ("price:step=nan", "step must be a number above 0"),
            ("price:step=x", "'price:step=x' has 'x' for step, which is no number"),
            ("price:limit=0", "of 'price', limit must be a whole number of at least 1, not 0"),
            ("price:order=up", "order must be one of count, value, -value, not 'up'"),
            ("price:every=3", "has 'every=3' behind a colon, where stands one of: edges"),
            ("price:10:step=5", "only one of by, edges and step can be given"),
            (["event:day", Facet("event", by="month")], "'event' is asked for in two ways"),
        ],
    )
    def test_what_is_no_facet_is_an_error_that_names_it(
        self, facets: Any, message: str, index: Index
    ) -> None:
        with pytest.raises(ValueError, match=message):
            index.search("茶", facets=facets)

    def test_arguments_of_another_type_are_refused(self) -> None:
        with pytest.raises(TypeError, match="edges must be a list of numbers or dates, not '10,20'"):
            Facet("price", edges="10,20")
        with pytest.raises(TypeError, match="5 is int, not text"):
            Facet(5)  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="more than 1,000 edges"):
            Facet("price", edges=range(1001))

    def test_too_many_steps_are_an_error_with_the_way_out(self, make_index: MakeIndex) -> None:
        index = make_index(
            *(Document(id=str(n), body="茶", extra={"price": 100 * n}) for n in range(3500)), fields=FIELDS
        )
        with pytest.raises(ValueError, match=r"'price' lie in more than 3,333 steps of 1; take a larger"):
            index.search("茶", facets=[Facet("price", step=1)])
        assert len(index.search("茶", facets=[Facet("price", step=200)]).facets["price"]) == 1750


class TestWhere:
    @pytest.fixture
    def index(self, make_index: MakeIndex) -> Index:
        return make_index(
            Document(id="a", body="茶", source="甲报", extra={"price": 5, "author": "甲", "paid": True}),
            Document(id="b", body="茶", tags=("绿",), extra={"price": 10, "author": ["乙", "甲"]}),
            Document(id="c", body="茶", published=MOMENTS[3], extra={"price": 50, "paid": False}),
            Document(id="d", body="茶", extra={"author": [], "event": "2024-02-29"}),
            fields=FIELDS,
        )

    @pytest.mark.parametrize(
        ("where", "expected"),
        [
            ({"price": ["5..7", "50..", 10]}, "abc"),
            ({"price": {"5..7", (50, None)}}, "ac"),
            ({"price": "5..<10"}, "a"),
            ({"price": "..< 50"}, "ab"),
            ({"price": None}, "d"),
            ({"price": [None, 5]}, "ad"),
            ({"price": {"not": None}}, "abc"),
            ({"price": {"not": 10}}, "acd"),
            ({"price": {"not": ["..7", "50..", None]}}, "b"),
            ({"price": [5, {"not": "..20"}]}, "acd"),
            ({"author": None}, "cd"),
            ({"author": {"not": None}}, "ab"),
            ({"author": {"not": "乙"}}, "acd"),
            ({"author": {"not": []}}, "abcd"),
            ({"paid": None}, "bd"),
            ({"paid": [False, None]}, "bcd"),
            ({"event": {"not": 2024}}, "abc"),
            ({"event": 2024}, "d"),
            ({"event": ["2023", "2024-02-29..<2024-03"]}, "d"),
            ({"published": "2024"}, "c"),
            ({"published": None, "source": {"not": "甲报"}}, "bd"),
            ({"source": None}, "bcd"),
            ({"tags": "綠"}, "b"),
        ],
    )
    def test_several_values_none_and_not(self, where: Any, expected: str, index: Index) -> None:
        assert "".join(sorted(hit.id for hit in index.search("茶", where=where))) == expected

    @pytest.mark.parametrize(
        "values", [range(5, 8), {5: "", 6: ""}.keys(), {"a": 5, "b": 6}.values(), deque([5, 6])]
    )
    def test_whatever_gives_values_one_by_one_is_as_good_as_a_list(self, values: Any, index: Index) -> None:
        expected = index.count("茶", where={"price": [*values]})
        assert index.count("茶", where={"price": values}) == expected > 0
        assert index.count("茶", where={"price": {"not": values}}) == index.count("茶") - expected

    @pytest.mark.parametrize(
        ("where", "message"),
        [
            (
                {"price": {"nor": 3}},
                r"where: 'price' takes \{'not': ...\} with values in it, not \{'nor': 3\}",
            ),
            ({"price": {"not": {"not": 3}}}, r"takes \{'not': ...\}"),
            ({"price": {}}, r"takes \{'not': ...\}"),
            ({"price": {"not": "cheap"}}, "'price' is a number, or a range of them in order, not 'cheap'"),
            ({"price": [1, "two"]}, "'price' is a number, .*, not 'two'"),
            ({"price": "10..<"}, "not '10..<'"),
            ({"price": "10..<10"}, "in order, not '10..<10'"),
            ({"event": 20240}, "'event' is a date"),
        ],
    )
    def test_errors_name_the_field_and_the_value(self, where: Any, message: str, index: Index) -> None:
        with pytest.raises(ValueError, match=message):
            index.search("茶", where=where)

    def test_a_cursor_goes_on_with_equal_values(self, index: Index) -> None:
        page = index.search("茶", where={"price": {"not": {5, 10}}}, limit=1)
        for again in ({10, 5}, frozenset({5, 10})):
            assert index.search("茶", where={"price": {"not": again}}, limit=1, cursor=page.cursor)

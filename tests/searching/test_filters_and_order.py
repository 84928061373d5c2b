"""Filters, order and pages: plain Python says which documents match and how they follow one another."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone
from itertools import groupby
from math import isclose
from operator import itemgetter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import AUTHORS, EVENTS, FIELDS, PRICES, SOURCES, TAGS, collections

import searchkit
from searchkit import Document, Hit, Index
from searchkit.schema import label_forms

MakeIndex = Callable[..., Index]
Passes = Callable[[Document], bool]
Span = tuple[Any, datetime, datetime]

UTC = timezone.utc
BEIJING = timezone(timedelta(hours=8))
ORDERS = ("relevance", "newest", "oldest", *FIELDS, *(f"-{name}" for name in FIELDS))
SEVERAL = (
    "paid,-price",
    "newest,author",
    "-author,oldest",
    "relevance,price",
    "paid,relevance,newest",
    "-price,relevance",
)
QUERIES: dict[str, Passes] = {
    "茶": lambda document: "茶" in document.body,
    "茶 OR 水": lambda document: "茶" in document.body or "水" in document.body,
    "-茶": lambda document: "茶" not in document.body,
}


@contextmanager
def filled(batches: Sequence[Sequence[Document]]) -> Iterator[Index]:
    """An index in memory that holds the documents, with one commit for each batch."""
    with searchkit.create(":memory:", fields=FIELDS) as index:
        for batch in batches:
            assert not index.add(batch).failures
        yield index


def ids(results: Any) -> list[str]:
    return [hit.id for hit in results]


# -- what a document has, in plain Python


def authors(document: Document) -> list[str]:
    given = document.extra.get("author") or []
    return [author for author in ([given] if isinstance(given, str) else given) if author]


def have_one_in_common(labels: Iterable[str], others: Iterable[str]) -> bool:
    """In any script, width and case."""
    return bool(set(label_forms(labels)) & set(label_forms(others)))


def event(document: Document) -> datetime | None:
    given = document.extra.get("event")
    if given is None:
        return None
    moment = datetime.fromisoformat(given.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def value(document: Document, name: str) -> Any:
    """What a field sorts the document by; None is nothing."""
    if name == "published":
        return document.published
    if name == "author":
        return next(iter(label_forms(authors(document))), None)
    return event(document) if name == "event" else document.extra.get(name)


# -- what a search asks for, with a predicate that says the same


@st.composite
def wanted_authors(draw: st.DrawFn) -> tuple[Any, Passes]:
    names = draw(st.lists(st.sampled_from([*AUTHORS, "nobody"]), max_size=3))
    form = draw(st.sampled_from([list, tuple, set, frozenset]))
    given = names[0] if len(names) == 1 and draw(st.booleans()) else form(names)
    return given, lambda document: have_one_in_common(names, authors(document))


@st.composite
def price_ranges(draw: st.DrawFn) -> tuple[Any, float, float]:
    """A price or a range of prices in one of its forms, and both of its ends."""
    some = st.sampled_from([*PRICES, -3, 3.0, 15, 0.3]) | st.integers(-25, 25)
    low, high = sorted([draw(some), draw(some)])
    first, last = draw(st.sampled_from([(low, high), (low, None), (None, high), (None, None)]))
    shown = ["" if end is None else str(end) for end in (first, last)]
    infinity = float("inf")
    ends = (-infinity if first is None else first, infinity if last is None else last)
    return draw(
        st.sampled_from(
            [
                (low, low, low),
                (str(low), low, low),
                ("..".join(shown), *ends),
                (f" {shown[0]} .. {shown[1]} ", *ends),
                ((first, last), *ends),
                ((shown[0] or None, last), *ends),
            ]
        )
    )


@st.composite
def wanted_prices(draw: st.DrawFn) -> tuple[Any, Passes]:
    choices = draw(st.lists(price_ranges(), min_size=1, max_size=2))

    def passes(document: Document) -> bool:
        price = document.extra.get("price")
        return price is not None and any(low <= price <= high for _, low, high in choices)

    given = [choice for choice, _, _ in choices]
    return (given[0] if len(given) == 1 and draw(st.booleans()) else given), passes


def day_span(day: date) -> tuple[datetime, datetime]:
    first = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return first, first + timedelta(days=1)


@st.composite
def days(draw: st.DrawFn) -> Span:
    """A year, a month, a day or a moment in one of its forms, with its first moment and the first behind."""
    moment = draw(
        st.sampled_from([event(Document(body="茶", extra={"event": text})) for text in EVENTS[1:-1]])
        | st.integers(-200, 200).map(lambda count: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=count))
    )
    assert moment is not None
    moment = moment.astimezone(UTC)
    day, (first, behind) = moment.date(), day_span(moment.date())
    last_of_month = day.replace(day=monthrange(day.year, day.month)[1])
    month = (day_span(day.replace(day=1))[0], day_span(last_of_month)[1])
    year = (day_span(date(day.year, 1, 1))[0], day_span(date(day.year, 12, 31))[1])
    instant = (moment, moment + timedelta(milliseconds=1))
    return draw(
        st.sampled_from(
            [
                (f"{day:%Y}", *year),
                (f"{day:%Y}年", *year),
                (f"{day:%Y-%m}", *month),
                (f" {day:%Y/%m} ", *month),
                (f"{day.year}年{day.month}月", *month),
                (f"{day:%Y-%m-%d}", first, behind),
                (f"{day.year}/{day.month}/{day.day}", first, behind),
                (day, first, behind),
                (moment, *instant),
                (moment.astimezone(BEIJING), *instant),
                (moment.isoformat().replace("+00:00", "Z"), *instant),
                (moment.astimezone(BEIJING).isoformat(), *instant),
            ]
        )
    )


@st.composite
def day_ranges(draw: st.DrawFn) -> Span:
    one, other = draw(days()), draw(days())
    if one[1] >= other[2]:
        one, other = other, one
    ends = draw(st.sampled_from([(one, other), (one, None), (None, other), (None, None)]))
    given = tuple(None if end is None else end[0] for end in ends)
    if all(end is None or isinstance(end, str) for end in given) and draw(st.booleans()):
        given = "..".join(end or "" for end in given)
    first = ends[0][1] if ends[0] else datetime.min.replace(tzinfo=UTC)
    # No moment of a document is the last that there is.
    behind = ends[1][2] if ends[1] else datetime.max.replace(tzinfo=UTC)
    return given, first, behind


@st.composite
def wanted_events(draw: st.DrawFn) -> tuple[Any, Passes]:
    choices = draw(st.lists(days() | day_ranges(), min_size=1, max_size=2))

    def passes(document: Document) -> bool:
        at = event(document)
        return at is not None and any(first <= at < behind for _, first, behind in choices)

    given = [choice for choice, _, _ in choices]
    return (given[0] if len(given) == 1 and draw(st.booleans()) else given), passes


wanted_truths = st.sampled_from(
    [(True, [True]), (False, [False]), ("true", [True]), ("false", [False]), ([True, "false"], [True, False])]
).map(lambda pair: (pair[0], lambda document: document.extra.get("paid") in pair[1]))


def wanted_labels(known: Sequence[str]) -> st.SearchStrategy[Any]:
    return st.just(()) | st.sampled_from(known) | st.lists(st.sampled_from([*known, "nowhere"]), max_size=3)


@st.composite
def searches(draw: st.DrawFn) -> tuple[dict[str, Any], Passes]:
    """Options that filter, and what a document must be to pass them."""
    where = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "author": wanted_authors(),
                "price": wanted_prices(),
                "event": wanted_events(),
                "paid": wanted_truths,
            },
        )
    )
    since, until = draw(st.none() | moments_as_given()), draw(st.none() | moments_as_given())
    source, tags = draw(wanted_labels(SOURCES)), draw(wanted_labels(TAGS))

    def passes(document: Document) -> bool:
        sources, labels = ([given] if isinstance(given, str) else given for given in (source, tags))
        at = document.published
        return (
            (since is None or (at is not None and at >= since[1]))
            and (until is None or (at is not None and at < until[2]))
            and (not sources or have_one_in_common(sources, [document.source]))
            and (not labels or have_one_in_common(labels, document.tags))
            and all(passes(document) for _, passes in where.values())
        )

    options = {
        "since": since and since[0],
        "until": until and until[0],
        "source": source,
        "tags": tags,
        "where": {name: given for name, (given, _) in where.items()} or None,
    }
    return options, passes


def moments_as_given() -> st.SearchStrategy[Span]:
    """The forms of `days` that since and until take: no years or months."""
    return days().filter(lambda span: span[2] - span[1] <= timedelta(days=1) and "/" not in str(span[0]))


class TestWhatMatches:
    @settings(max_examples=30)
    @given(batches=collections(), data=st.data())
    def test_a_search_finds_what_plain_python_finds_and_in_that_order(
        self, batches: list[list[Document]], data: st.DataObject
    ) -> None:
        with filled(batches) as index:
            for _ in range(5):
                query = data.draw(st.sampled_from(list(QUERIES)))
                options, passes = data.draw(searches())
                sort = data.draw(st.sampled_from((*ORDERS, *SEVERAL)))
                results = index.search(query, limit=100, sort=sort, **options)
                expected = [
                    document
                    for batch in batches
                    for document in batch
                    if QUERIES[query](document) and passes(document)
                ]
                assert sorted(ids(results)) == sorted(document.id for document in expected)
                assert results.total == index.count(query, **options) == len(expected)
                assert {hit.id: hit.document for hit in results} == {one.id: one for one in expected}
                if "relevance" not in sort:
                    assert {hit.score for hit in results} <= {0}
                assert_in_order(list(results), sort, ranked=query != "-茶")

    @settings(max_examples=25)
    @given(batches=collections(smallest=5), data=st.data())
    def test_where_alone_finds_what_plain_python_finds(
        self, batches: list[list[Document]], data: st.DataObject
    ) -> None:
        """One filter at a time: of several at once hardly a document is left over."""
        wanted = {
            "author": wanted_authors(),
            "price": wanted_prices(),
            "event": wanted_events(),
            "paid": wanted_truths,
        }
        with filled(batches) as index:
            for name, strategy in wanted.items():
                for _ in range(3):
                    given, passes = data.draw(strategy)
                    expected = {one.id for batch in batches for one in batch if passes(one)}
                    found = index.search("茶 OR 水 OR 别的", limit=100, where={name: given})
                    assert set(ids(found)) == expected

    @pytest.mark.parametrize(
        ("where", "expected"),
        [
            ({"price": "10..20"}, "bcd"),
            ({"price": "10.."}, "bcde"),
            ({"price": "..20"}, "abcd"),
            ({"price": ".."}, "abcde"),
            ({"price": (None, 10)}, "ab"),
            ({"price": (10.5, None)}, "cde"),
            ({"price": [-1, "20.."]}, "ade"),
            ({"price": 10}, "b"),
            ({"price": 10.0}, "b"),
            ({"price": "1e1"}, "b"),
            ({"event": "2024-01..2024-06"}, "bcd"),
            ({"event": "2024-02"}, "cd"),
            ({"event": "2024-02-29"}, "c"),
            ({"event": ("2024-03", None)}, "e"),
            ({"event": ("2024-02-29", "2024-02-29T11:59:59.999Z")}, ""),
            ({"event": ["2023", "2025"]}, "ae"),
            ({"author": "甲"}, "ab"),
            ({"author": ["甲", "乙"]}, "abc"),
            ({"author": "甲..乙"}, ""),  # of texts there are no ranges
            ({"author": []}, ""),  # none of no choices
            ({"paid": True}, "ac"),
            ({"paid": [True, False]}, "abcd"),
            ({"paid": False, "author": "甲"}, "b"),
            ({}, "abcdef"),
            (None, "abcdef"),
        ],
    )
    def test_where_filters_by_values_and_ranges(
        self, where: Any, expected: str, make_index: MakeIndex
    ) -> None:
        extras: dict[str, dict[str, Any]] = {
            "a": {"author": "甲", "price": -1, "event": "2023-12-31", "paid": True},
            "b": {"author": ["乙", "甲"], "price": 10, "event": "2024-01-01T00:00:00Z", "paid": False},
            "c": {"author": "乙", "price": 10.5, "event": "2024-02-29T12:00:00Z", "paid": True},
            "d": {"price": 20, "event": "2024-02-28T12:00:00-08:00", "paid": False},
            "e": {"price": 20.5, "event": "2025-01-01", "paid": None},
            "f": {"author": None},
        }
        index = make_index(
            *(Document(id=id, body="茶", extra=extra) for id, extra in extras.items()), fields=FIELDS
        )
        assert "".join(sorted(ids(index.search("茶", where=where)))) == expected
        assert index.count("茶", where=where) == len(expected)
        similar = index.similar("f", where=where)
        assert set(ids(similar)) == set(expected) - {"f"}

    @pytest.mark.parametrize(
        ("where", "error", "message"),
        [
            (
                {"nope": 1},
                ValueError,
                r"where: there is no field 'nope'; there are source, tags, published, author, price",
            ),
            ({"title": "茶"}, ValueError, r"where: there is no field 'title'"),
            ({3: 1}, ValueError, r"where: there is no field 3"),
            ({"price": "cheap"}, ValueError, r"where: 'price' is a number, or a range .*, not 'cheap'"),
            ({"price": ""}, ValueError, r"'price' is a number"),
            ({"price": True}, ValueError, r"'price' is a number"),
            ({"price": "20..10"}, ValueError, r"'price' is a number, or a range of them in order"),
            ({"price": (20, 10)}, ValueError, r"or a range of them in order, not \(20, 10\)"),
            ({"price": (1, 2, 3)}, ValueError, r"'price' is a number"),
            ({"price": "1..2..3"}, ValueError, r"'price' is a number"),
            ({"price": float("nan")}, ValueError, r"'price' is a number"),
            ({"price": "-inf.."}, ValueError, r"'price' is a number"),
            ({"price": 10**400}, ValueError, r"'price' is a number"),
            ({"price": [1, "two"]}, ValueError, r"'price' is a number, .*, not 'two'"),
            ({"event": "soon"}, ValueError, r"'event' is a date like 2024-07-31 or an ISO 8601 time"),
            ({"event": "2024-02-30"}, ValueError, r"'event' is a date"),
            ({"event": "2024-06..2024-01"}, ValueError, r"or a range of them in order"),
            ({"event": 20240101}, ValueError, r"'event' is a date"),
            ({"author": 5}, ValueError, r"'author' is a text or a list of texts [^,]*, not 5"),
            ({"author": ["甲", 5]}, ValueError, r"'author' is a text .*, not 5"),
            ({"author": "x" * 1001}, ValueError, r"at most 1000 characters"),
            ({"paid": "yes"}, ValueError, r"'paid' is true or false, not 'yes'"),
            ({"paid": 2}, ValueError, r"'paid' is true or false, not 2"),
            (["price"], TypeError, r"where must be a mapping of fields to values, not \['price'\]"),
            ("price", TypeError, r"where must be a mapping"),
        ],
    )
    def test_where_refuses_values_of_another_kind(
        self, where: Any, error: type[Exception], message: str, make_index: MakeIndex
    ) -> None:
        index = make_index("茶", fields=FIELDS)
        with pytest.raises(error, match=message):
            index.search("茶", where=where)
        with pytest.raises(error, match=message):
            index.count("茶", where=where)

    def test_where_without_declared_fields_says_how_to_declare(self, make_index: MakeIndex) -> None:
        with pytest.raises(
            ValueError, match=r"source, tags, published; an index declares others by fields=\{"
        ):
            make_index("茶").search("茶", where={"author": "甲"})

    def test_a_value_is_matched_whole(self, make_index: MakeIndex) -> None:
        """It is normalized, but not cut into words."""
        names = ["馬克", "马克思", "马 克", "A", "A+", "甲\x00", "line\nbreak", " 甲", "x" * 1000]
        index = make_index(
            *(Document(id=str(n), body="茶", extra={"author": name}) for n, name in enumerate(names)),
            fields=FIELDS,
        )
        for number, name in enumerate(names):
            assert ids(index.search("茶", where={"author": name})) == [str(number)]
        assert index.count("茶", where={"author": "\ud800"}) == 0


def assert_in_order(hits: Sequence[Hit], sorts: str, *, ranked: bool) -> None:
    """By the first of the orders; those that are equal by it by the next one."""
    sort, _, then = sorts.partition(",")
    if sort == "relevance" and not ranked:
        if then:
            assert_in_order(hits, then, ranked=False)
            return
        sort = "newest"
    descending = sort in ("newest", "relevance") or sort.startswith("-")
    name = "published" if sort in ("newest", "oldest") else sort.removeprefix("-")
    values = [hit.score if sort == "relevance" else value(hit.document, name) for hit in hits]
    if sort == "relevance":  # they differ by rounding where the engine added them up in another order
        for at in range(1, len(values)):
            if isclose(values[at], values[at - 1], rel_tol=1e-6):
                values[at] = values[at - 1]
    there = [found for found in values if found is not None]
    assert there == sorted(there, reverse=descending)
    assert values == there + [None] * (len(values) - len(there)), "those without a value come last"
    for _, group in groupby(zip(values, hits), key=itemgetter(0)) if then else ():
        assert_in_order([hit for _, hit in group], then, ranked=ranked)


class TestOrder:
    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            ("price", "cbad"),
            ("-price", "abcd"),
            ("author", "bcad"),
            ("-author", "acbd"),
            ("event", "acbd"),
            ("-event", "bcad"),
            ("paid", "cad"),
            ("-paid", "acd"),
        ],
    )
    def test_sort_by_a_field_puts_missing_values_last(
        self, sort: str, expected: str, make_index: MakeIndex
    ) -> None:
        extras: dict[str, dict[str, Any]] = {
            "a": {"price": 10, "author": "丙", "event": "2024-02-01T07:00:00+08:00", "paid": True},
            "b": {"price": 9.5, "author": ["", "一", "龙"], "event": "2024-02-01", "paid": True},
            "c": {"price": -100, "author": ["丁一", "一"], "event": "2024-01-31T23:30:00Z", "paid": False},
            "d": {"author": [], "price": None},
        }
        # One commit each: the order holds across the pieces of an index.
        index = make_index(fields=FIELDS)
        for id, extra in extras.items():
            index.add([Document(id=id, body="茶", extra=extra)])
        if sort.removeprefix("-") == "paid":
            index.delete("b")  # as much as a
        assert "".join(ids(index.search("茶", sort=sort))) == expected

    @pytest.mark.parametrize(
        ("sort", "error", "message"),
        [
            (
                "best",
                ValueError,
                r"no field 'best'; there are relevance, newest, oldest, author, price, event",
            ),
            ("-best", ValueError, r"no field 'best'"),
            ("--price", ValueError, r"no field '-price'"),
            ("-", ValueError, r"no field ''"),
            ("", ValueError, r"no field ''"),
            ("Price", ValueError, r"no field 'Price'"),
            ("published", ValueError, r"no field 'published'"),
            ("tags", ValueError, r"no field 'tags'"),
            ("-newest", ValueError, r"'-newest' has an order already, so no minus"),
            ("-relevance", ValueError, r"'-relevance' has an order already"),
            ("price,,-event", ValueError, r"no field ''"),
            ("price,-price", ValueError, r"sort: 'price,-price' has 'price' twice"),
            (["newest", "price", "oldest"], ValueError, r"'newest' twice, or newest and oldest"),
            (None, TypeError, r"sort must be a text or a list of texts, not None"),
            (["price", 5], TypeError, r"sort: 5 is int, not text"),
        ],
    )
    def test_sort_refuses_unknown_fields(
        self, sort: Any, error: type[Exception], message: str, make_index: MakeIndex
    ) -> None:
        index = make_index("茶", fields=FIELDS)
        with pytest.raises(error, match=message):
            index.search("茶", sort=sort)

    def test_several_orders_are_a_list_or_a_text_with_commas(self, make_index: MakeIndex) -> None:
        index = make_index(
            *(
                Document(id=str(n), body="茶", extra={"price": n % 2, "author": "甲乙丙丁"[n // 2]})
                for n in range(8)
            ),
            fields=FIELDS,
        )
        expected = ["7", "5", "3", "1", "6", "4", "2", "0"]  # 丁, 丙, 乙, 甲
        forms: list[Any] = [["-price", "author"], ("-price", "author"), "-price,author", " -price , author"]
        page = index.search("茶", sort=forms[0], limit=3)
        for form in forms:
            assert ids(index.search("茶", sort=form)) == expected
            assert ids(index.search("茶", sort=form, limit=3, offset=3)) == expected[3:6]
            assert ids(index.search("茶", sort=form, limit=3, cursor=page.cursor)) == expected[3:6]
        assert ids(index.search("茶", sort=[])) == ids(index.search("茶"))
        with pytest.raises(ValueError, match="belongs to another search"):
            index.search("茶", sort="-price", limit=3, cursor=page.cursor)

    def test_newer_articles_count_for_more_where_relevance_is_one_of_the_orders(
        self, make_index: MakeIndex
    ) -> None:
        index = make_index(
            *(
                Document(id=f"{n}", body="茶", published=datetime(2020 + n, 1, 1, tzinfo=UTC))
                for n in range(3)
            ),
            fields=FIELDS,
        )
        assert ids(index.search("茶", sort="price,relevance", recency="1y")) == ["2", "1", "0"]
        with pytest.raises(ValueError, match="recency is for sort='relevance'; this search sorts by 'price,"):
            index.search("茶", sort=["price", "newest"], recency="1y")


class TestPages:
    @settings(max_examples=30)
    @given(batches=collections(smallest=3, largest=30), data=st.data())
    def test_pages_put_together_are_the_whole_list(
        self, batches: list[list[Document]], data: st.DataObject
    ) -> None:
        with filled(batches) as index:
            for _ in range(3):
                query = data.draw(st.sampled_from(list(QUERIES)))
                sort = data.draw(st.sampled_from((*ORDERS, *SEVERAL)))
                size = data.draw(st.integers(1, 8))
                whole = index.search(query, limit=100, sort=sort)
                by_offset, by_cursor = [], []
                for offset in range(0, whole.total + size, size):
                    page = index.search(query, limit=size, offset=offset, sort=sort)
                    assert page.total == whole.total
                    by_offset += [(hit.id, hit.score) for hit in page]
                page = index.search(query, limit=size, sort=sort)
                while True:
                    assert page.total == whole.total
                    assert len(page) == min(size, whole.total - len(by_cursor))
                    by_cursor += [(hit.id, hit.score) for hit in page]
                    if page.cursor is None:
                        break
                    page = index.search(query, limit=size, sort=sort, cursor=page.cursor)
                assert by_offset == by_cursor == [(hit.id, hit.score) for hit in whole]
                assert len(set(by_offset)) == whole.total, "no hit comes twice"

    def test_equal_hits_in_many_pieces_come_once_each(self, make_index: MakeIndex) -> None:
        """The order of equals must not depend on how many of them are asked for."""
        index = make_index(fields=FIELDS)
        for start in range(0, 60, 10):
            index.add(
                [Document(id=str(n), body="茶", extra={"price": n % 2}) for n in range(start, start + 10)]
            )
        for sort in ("relevance", "newest", "price", "-price", "author"):
            whole = ids(index.search("茶", sort=sort, limit=60))
            assert sorted(whole) == sorted(str(n) for n in range(60))
            for size in (1, 7, 59):
                pages = [
                    ids(index.search("茶", sort=sort, limit=size, offset=at)) for at in range(0, 60, size)
                ]
                assert [id for page in pages for id in page] == whole


class TestIterators:
    """Whoever gives an iterator gives it once, however often a search reads it."""

    @pytest.mark.parametrize(
        "options",
        [
            {"source": ["甲报", "乙報"]},
            {"tags": ["茶", "水"]},
            {"where": {"author": ["甲", "乙"]}},
            {"where": {"price": [1, (3, 4)]}},
            {"facets": ["source", "author"]},
        ],
        ids=str,
    )
    def test_iterators_are_accepted_as_filter_values(
        self, options: dict[str, Any], make_index: MakeIndex
    ) -> None:
        index = make_index(
            *(
                Document(
                    id=str(n),
                    body="茶 python",
                    source=["甲报", "乙報", "丙"][n % 3],
                    tags=[["茶", "水", "別"][n % 3]],
                    extra={"author": ["甲", "乙", "丙"][n % 3], "price": n % 3},
                )
                for n in range(60)
            ),
            fields=FIELDS,
        )

        def once() -> dict[str, Any]:
            return {
                name: {field: iter(value) for field, value in given.items()}
                if isinstance(given, dict)
                else iter(given)
                for name, given in options.items()
            }

        expected = index.search("茶", limit=7, **options)
        page = index.search("茶", limit=7, **once())
        assert ids(page) == ids(expected)
        assert (page.total, page.facets) == (expected.total, expected.facets)
        assert expected.cursor
        following = index.search("茶", limit=7, cursor=page.cursor, **once())
        assert ids(following) == ids(index.search("茶", limit=7, offset=7, **options))
        # A suggestion is worked out later, and counts within the same filters.
        assert index.search("pythn", **once()).suggestion == "python"

    def test_filter_values_that_are_no_text_are_refused(self, make_index: MakeIndex) -> None:
        index = make_index("茶")
        for name in ("source", "tags", "facets"):
            with pytest.raises(TypeError, match=f"{name}: 5 is int, not text"):
                index.search("茶", **{name: iter(["甲", 5])})  # type: ignore[arg-type]


class TestGetMany:
    def test_get_many_gives_existing_documents_in_the_order_asked_for(self, make_index: MakeIndex) -> None:
        index = make_index("甲", "乙", "丙")
        found = index.get_many(["2", "nothing", "0", "2", ""])
        assert list(found) == ["2", "0"]
        assert found["0"] == Document(id="0", body="甲")
        assert found["2"] == Document(id="2", body="丙")

    def test_get_many_takes_an_iterator_a_single_text_or_nothing(self, make_index: MakeIndex) -> None:
        index = make_index("甲", "乙", "丙")
        assert list(index.get_many(str(n) for n in (1, 0))) == ["1", "0"]
        assert list(index.get_many("1")) == ["1"]
        assert index.get_many([]) == {}
        assert make_index().get_many(["0"]) == {}

    def test_get_many_takes_any_number_of_ids(self, make_index: MakeIndex) -> None:
        index = make_index(*["茶"] * 2500)
        wanted = [str(n) for n in range(2600, -1, -1)]
        found = index.get_many(wanted)
        assert list(found) == wanted[101:]
        assert all(document.id == id for id, document in found.items())

    def test_get_many_gives_long_ids_and_the_latest_versions(self, make_index: MakeIndex) -> None:
        long = "https://example.com/" + "x" * 70_000
        index = make_index(*(Document(id=id, body="旧") for id in (long, long + "y", "z")))
        assert list(index.get_many([long + "y", long])) == [long + "y", long]
        document = Document(id="z", body="新", extra={"n": 1})
        index.add([document])
        index.delete(long)
        assert index.get_many([long, "z"]) == {"z": document}

    def test_get_many_refuses_ids_that_no_document_has(self, make_index: MakeIndex) -> None:
        with pytest.raises(TypeError, match=r"an id is a text, an integer or a UUID, not float: 5\.5"):
            make_index("甲").get_many(["0", 5.5])  # type: ignore[list-item]

"""Browsing: what is listed without words to search for, and declared fields in the query."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import FIELDS, collections
from test_filters_and_order import filled, ids

import searchkit
from searchkit import Document, Index

ARTICLES: list[dict[str, Any]] = [
    {
        "id": "old",
        "body": "很早的一篇。" * 50,
        "published": "2020-01-01T00:00:00Z",
        "source": "甲报",
        "tags": ["体育"],
    },
    {"id": "undated", "body": "没有日期", "source": "乙报", "extra": {"author": "林晚", "price": 5}},
    {"id": "new", "title": "题", "body": "最新的", "published": "2024-05-01T00:00:00Z", "source": "甲报"},
    {
        "id": "middle",
        "body": "体育新闻",
        "published": "2022-01-01T00:00:00Z",
        "source": "丙报",
        "extra": {"author": ["林晚", "丁"], "price": 15, "paid": True, "event": "2024-07-31"},
    },
]
NEWEST = ["new", "middle", "old", "undated"]


@pytest.fixture(scope="module", params=["tantivy", "whoosh"])
def index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder: Path = tmp_path_factory.mktemp("browsing") / "index"
    location = f"whoosh:{folder}" if request.param == "whoosh" else ":memory:"
    with searchkit.create(location, fields=FIELDS) as made:
        assert not made.add(ARTICLES).failures
        yield made


@pytest.mark.parametrize("query", ["*", "＊", "(*)", "* OR 体育", "*^3", "-(甲乙丙)"])
def test_a_star_lists_everything_the_newest_first(index: Index, query: str) -> None:
    assert index.count(query) == 4
    if "OR" not in query:
        assert ids(index.search(query)) == NEWEST


def test_everything_can_be_counted_sorted_and_paged(index: Index) -> None:
    results = index.search("*", facets=["source", "year"], limit=3)
    assert results.total == 4
    assert results.query == "*"
    assert results.facets == {
        "source": {"甲报": 2, "丙报": 1, "乙报": 1},
        "year": {2020: 1, 2022: 1, 2024: 1},
    }
    assert ids(results) + ids(index.search("*", limit=3, cursor=results.cursor, facets=["source"])) == NEWEST
    assert ids(index.search("*", limit=2, offset=2)) == NEWEST[2:]
    assert ids(index.search("*", sort="oldest")) == ["old", "middle", "new", "undated"]
    assert ids(index.search("*", sort="-price"))[:2] == ["middle", "undated"]
    assert ids(index.search("*", recency="30d")) == NEWEST
    assert len(index.search("*", collapse="near-duplicates")) == 4


def test_the_snippet_of_a_document_that_is_listed_is_the_beginning_of_its_body(index: Index) -> None:
    for hit in index.search("*", snippet_length=20):
        assert hit.document.body.startswith(hit.snippet.text)
        assert hit.snippet.spans == hit.title.spans == ()
        assert hit.score == 0


FILTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({"source": "甲报"}, ["new", "old"]),
    ({"source": ["甲报", "丙报"]}, ["new", "middle", "old"]),
    ({"tags": "体育"}, ["old"]),
    ({"since": "2022-01-01"}, ["new", "middle"]),
    ({"until": "2023-01-01"}, ["middle", "old"]),
    ({"where": {"author": "林晚"}}, ["middle", "undated"]),
    ({"where": {"price": "10..20"}, "source": "丙报"}, ["middle"]),
    ({"source": "没有"}, []),
]


@pytest.mark.parametrize(("filters", "expected"), FILTERS)
@pytest.mark.parametrize("query", ["", " \u3000\n", "*"])
def test_an_empty_query_lists_what_passes_the_filters(
    index: Index, query: str, filters: dict[str, Any], expected: list[str]
) -> None:
    results = index.search(query, **filters, facets=["source"])
    assert ids(results) == expected
    assert results.query == "*"
    assert results.total == index.count(query, **filters) == len(expected)
    assert sum(results.facets["source"].values()) == len(expected)


@pytest.mark.parametrize("query", ["", " ", "，", "()", '"*"', "**"])
def test_without_a_filter_an_empty_query_finds_nothing(index: Index, query: str) -> None:
    assert index.search(query, source=()).total == index.count(query) == 0


@pytest.mark.parametrize("query", ["，。", "()", '""', "！"])
def test_punctuation_finds_nothing_with_filters_either(index: Index, query: str) -> None:
    assert index.search(query, source="甲报").total == index.count(query, source="甲报") == 0


def test_what_is_excluded_from_everything(index: Index) -> None:
    assert ids(index.search("-体育")) == ["new", "undated"], "the old one has it as a tag"
    assert ids(index.search("* -体育")) == ["new", "undated"]
    assert ids(index.search("* -body:体育")) == ["new", "old", "undated"]
    assert index.count("-*") == 0


def test_one_document_of_everything(index: Index) -> None:
    found = index.hit("*", "old")
    assert found is not None
    assert found.id == "old"
    why = index.explain("*", "old")
    assert why.matches
    assert (why.score, why.contributions) == (0, ())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("author:林晚", ["middle", "undated"]),
        ("作者:林晚", []),
        ("-author:林晚", ["new", "old"]),
        ("author:林晚 price:10..", ["middle"]),
        ("author:林晚 OR source:甲报", ["new", "middle", "old", "undated"]),
        ("price:10..20", ["middle"]),
        ("price:5", ["undated"]),
        ("price:..10", ["undated"]),
        ("-price:..100", ["new", "old"]),
        ("paid:true", ["middle"]),
        ("paid:false", []),
        ("event:2024-07", ["middle"]),
        ("event:..2024-06", []),
        ("体育 price:10..20", ["middle"]),
    ],
)
def test_declared_fields_in_a_query_filter(index: Index, query: str, expected: list[str]) -> None:
    assert ids(index.search(query)) == ids(index.search(query, lenient=True)) == expected
    assert index.count(query) == len(expected)


def test_explain_names_the_field_that_a_document_lacks(index: Index) -> None:
    why = index.explain("体育 price:20..", "middle")
    assert not why.matches
    assert why.missing == ("price:20..",)


@settings(max_examples=50)
@given(batches=collections(smallest=1), name=st.sampled_from([*FIELDS]), data=st.data())
def test_a_field_in_the_query_is_the_filter_with_its_value(
    batches: list[list[Document]], name: str, data: st.DataObject
) -> None:
    values = {
        "author": ["甲", "丙 丁", "nobody"],
        "price": ["-20", "0.1..10", "10..", "..3"],
        "event": ["2024", "2024-02..2024-06", "..2023-12-31"],
        "paid": ["true", "false"],
    }
    value = data.draw(st.sampled_from(values[name]))
    with filled(batches) as made:
        expected = ids(made.search("", where={name: value}, limit=100))
        assert ids(made.search(f'{name}:"{value}"', limit=100)) == expected
        others = ids(made.search(f'-{name}:"{value}"', limit=100))
        assert sorted(expected + others) == sorted(ids(made.search("*", limit=100)))

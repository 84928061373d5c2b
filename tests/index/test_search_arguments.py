"""The arguments of `Index.search`: any query, any page; wrong values are refused by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timezone
from typing import Any

import pytest
from hypothesis import example, given
from strategies import anything, queries

import searchkit
from searchkit import Document, Index

MakeIndex = Callable[..., Index]


@given(query=anything | queries)
@example(query="甲\ud800")
def test_lenient_search_accepts_any_text(sample_index: Index, query: str) -> None:
    results = sample_index.search(query, lenient=True, limit=3)
    assert len(results) == min(results.total, 3)
    results.to_dict()


@given(query=anything | queries)
@example(query="甲\ud800")
@example(query="0*\ud800")
def test_strict_search_raises_only_syntax_errors(sample_index: Index, query: str) -> None:
    try:
        sample_index.search(query, limit=3).to_dict()
    except searchkit.QuerySyntaxError as error:
        assert error.query == query
        assert str(error).encode(), "a lone surrogate cannot be printed"


@pytest.mark.parametrize("query", ["中\ud800日", "\ud800中国", "“中\udfff国”"])
def test_a_query_with_a_lone_surrogate_is_searched(query: str, make_index: MakeIndex) -> None:
    assert make_index("中日").search(query).total <= 1


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"limit": -1}, ValueError, "limit must be at least 0, not -1"),
        ({"offset": -1}, ValueError, "offset must be at least 0, not -1"),
        ({"snippet_length": 0}, ValueError, "snippet_length must be at least 1, not 0"),
        ({"limit": 1.5}, TypeError, "limit must be a whole number, not 1.5"),
        ({"limit": "5"}, TypeError, "limit must be a whole number, not '5'"),
        ({"limit": None}, TypeError, "limit"),
        ({"limit": True}, TypeError, "limit"),
        ({"offset": None}, TypeError, "offset"),
        (
            {"sort": "best"},
            ValueError,
            "sort: there is no field 'best'; there are relevance, newest, oldest",
        ),
        ({"sort": None}, TypeError, "sort"),
        ({"match": "some"}, ValueError, "match must be one of most, all, any, not 'some'"),
        ({"since": "soon"}, ValueError, "since='soon' is neither"),
        ({"until": "2024-13-01"}, ValueError, "until='2024-13-01' is neither"),
        ({"until": "2024-01-01T25:00:00Z"}, ValueError, "until=.*neither"),
        ({"since": ""}, ValueError, "since='' is neither"),
        ({"since": 1704067200}, TypeError, "since must be a date.*not int"),
        ({"source": 5}, TypeError, "int"),
        ({"source": ["a", 5]}, TypeError, "source: 5 is int, not text"),
        ({"tags": [None]}, TypeError, "tags: None is NoneType, not text"),
    ],
)
def test_an_invalid_argument_is_refused_by_name(
    options: dict[str, Any], error: type[Exception], said: str, sample_index: Index
) -> None:
    with pytest.raises(error, match=said):
        sample_index.search("茶", **options)
    with pytest.raises(error, match=said):
        sample_index.search("", **options)


@pytest.mark.parametrize("query", [None, 5, b"x", ["甲"]])
def test_a_query_that_is_not_text_is_refused(query: Any, sample_index: Index) -> None:
    with pytest.raises(TypeError):
        sample_index.search(query)


def test_a_syntax_error_has_the_position(sample_index: Index) -> None:
    with pytest.raises(searchkit.QuerySyntaxError, match="not closed") as caught:
        sample_index.search("茶 “乾隆")
    assert caught.value.position == 2
    assert sample_index.search("茶 “乾隆", lenient=True).total > 0


def test_match_sets_how_many_words_are_required(make_index: MakeIndex) -> None:
    index = make_index("苹果", "苹果香蕉", "苹果香蕉葡萄", "苹果香蕉葡萄西瓜桃子")
    query = "苹果香蕉葡萄西瓜桃子"
    assert [index.count(query, match=match) for match in ("any", "most", "all")] == [4, 4, 1]
    assert index.search(query).relaxed


def test_huge_limits_and_offsets_are_accepted(make_index: MakeIndex) -> None:
    index = make_index("苹果", "苹果")
    assert len(index.search("苹果", limit=10**30)) == 2
    assert len(index.search("苹果", offset=10**30)) == 0
    assert index.search("苹果", offset=10**30).total == 2
    assert len(index.search("苹果", limit=0)) == 0
    assert index.search("苹果", limit=0).total == 2


def test_snippet_length_limits_the_snippet(sample_index: Index) -> None:
    for length in (1, 10, 50, 10_000):
        for hit in sample_index.search("茶 OR 水", limit=50, snippet_length=length):
            assert len(hit.snippet.text) <= length
            assert hit.snippet.text in hit.document.body


def test_a_filter_with_a_lone_surrogate_finds_nothing(sample_index: Index) -> None:
    assert sample_index.search("茶", source="\udcff", tags="\ud800").total == 0


def test_since_and_until_include_both_days(make_index: MakeIndex) -> None:
    index = make_index(
        *[
            Document(id=text, body="甲", published=datetime.fromisoformat(f"2024-{text}+00:00"))
            for text in ("01-01T23:59:59.999", "01-02T00:00:00", "01-03T23:59:59.999", "01-04T00:00:00")
        ]
    )
    for since, until in (
        ("2024-01-02", "2024-01-03"),
        (" 2024-01-02 ", "2024-01-03 "),
        (date(2024, 1, 2), date(2024, 1, 3)),
    ):
        assert len(index.search("甲", since=since, until=until)) == 2
    assert len(index.search("甲", since="2024-01-02T08:00:00+08:00", until="2024-01-04T00:00:00Z")) == 3
    assert len(index.search("甲", since="2024-01-03", until="2024-01-02")) == 0
    assert len(index.search("甲", since=date.min, until=date.max)) == 4


def test_filters_do_not_change_scores(make_index: MakeIndex) -> None:
    index = make_index()
    for batch in range(4):  # in several segments
        index.add(
            [
                Document(
                    id=f"{batch}-{number}",
                    body="档案" + "，别的" * number,
                    published=datetime(2022 + number % 3, 1, 1, tzinfo=timezone.utc),
                    source=["甲报", "乙報"][number % 2],
                )
                for number in range(7)
            ]
        )
    scores = {hit.id: hit.score for hit in index.search("档案", limit=100)}
    filtered = index.search("档案", limit=100, source="甲报", since="2023-01-01")
    assert 0 < len(filtered) < len(scores)
    for hit in filtered:
        assert hit.score == scores[hit.id]


def test_scores_are_positive_and_descending(sample_index: Index) -> None:
    scores = [hit.score for hit in sample_index.search("茶 OR 水", limit=50)]
    assert len(scores) > 5
    assert scores == sorted(scores, reverse=True)
    assert min(scores) > 0

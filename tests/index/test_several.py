"""searchkit.search: several indexes in one search answer as one index with all of their documents does."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime, timezone
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import AUTHORS, FIELDS, collections

import searchkit
from searchkit import CursorExpiredError, Document, Hit, Index, Results, SearchkitError

MakeIndex = Callable[..., Index]

UTC = timezone.utc
QUERIES = ["茶", "茶 OR 水", "-茶", "茶水 别的", "别的*", "“别的话”", "*", "author:甲", "没有 茶"]
BY_VALUE = ["newest", "oldest", "price", "-author", "paid,-event", "-price,newest"]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"where": {"price": "0..10"}},
    {"where": {"author": AUTHORS[0], "paid": True}},
    {"source": "甲报"},
    {"since": "2023-06-01"},
    {"collapse": "near-duplicates"},
]


def ids(hits: Iterable[Hit]) -> list[str]:
    return [hit.id for hit in hits]


def found_duplicates(results: Results) -> Iterator[tuple[Hit, ...]]:
    return (hit.duplicates for hit in results)


@settings(max_examples=12)
@given(batches=collections(smallest=2, largest=20), data=st.data())
def test_the_answers_are_those_of_one_index_with_all_documents(
    batches: list[list[Document]], data: st.DataObject
) -> None:
    documents = [document for batch in batches for document in batch]
    numbers = st.lists(st.integers(0, 2), min_size=len(documents), max_size=len(documents))
    places = dict(zip([document.id for document in documents], data.draw(numbers)))
    with ExitStack() as stack:
        one, *several = [stack.enter_context(searchkit.create(":memory:", fields=FIELDS)) for _ in range(4)]
        one.add(documents)
        for number, index in enumerate(several):
            index.add([document for document in documents if places[document.id] == number])
        for _ in range(4):
            query = data.draw(st.sampled_from(QUERIES))
            asked: dict[str, Any] = {
                **data.draw(st.sampled_from(OPTIONS)),
                "sort": data.draw(st.sampled_from(["relevance", "paid,relevance", *BY_VALUE])),
                "facets": ["source", "tags", "year", "author", "price", "event"],
            }
            expected = one.search(query, limit=50, **asked)
            found = searchkit.search(several, query, limit=50, **asked)
            assert found.total == expected.total
            assert found.facets == expected.facets
            assert (found.relaxed, found.query) == (expected.relaxed, expected.query)
            assert found.suggestion == expected.suggestion
            assert [places[hit.id] for hit in found] == [hit.index for hit in found]
            if "relevance" not in asked["sort"]:
                assert ids(found) == ids(expected)
                assert [*map(ids, found_duplicates(found))] == [*map(ids, found_duplicates(expected))]
            elif "collapse" not in asked:
                assert {hit.id: hit.document for hit in found} == {hit.id: hit.document for hit in expected}
            size = data.draw(st.integers(1, 5))
            at, pages = range(0, len(found) + 1, size), []
            for offset in at:
                pages += searchkit.search(several, query, limit=size, offset=offset, **asked)
            assert [(hit.id, hit.index) for hit in pages] == [(hit.id, hit.index) for hit in found]


def of_one_length(count: int) -> list[Document]:
    """Documents of nine tokens, so that the average length is the same wherever they are."""
    words = ["茶水", "雪水", "红茶", "别的", "图书", "开放", "公园", "地铁"]
    return [
        Document(id=str(n), body="，".join(words[n * k % 7 + (n + k) % 2] for k in range(1, 5)) + "。")
        for n in range(count)
    ]


def test_scores_are_those_of_one_index_where_documents_are_as_long(make_index: MakeIndex) -> None:
    documents = of_one_length(90)
    one = make_index(*documents)
    several = [make_index(*documents[:7]), make_index(*documents[7:40]), make_index(*documents[40:])]
    for query in ("茶水", "红茶 地铁", "雪水 OR 公园", "图书*"):
        expected, found = one.search(query, limit=90), searchkit.search(several, query, limit=90)
        assert {hit.id: hit.score for hit in found} == pytest.approx(
            {hit.id: hit.score for hit in expected}, rel=1e-4
        )
        rounded = [(round(hit.score, 3), hit.id) for hit in expected]
        assert [(round(hit.score, 3), hit.id) for hit in found] == rounded


def test_a_word_that_is_rare_in_all_counts_where_it_is_frequent(make_index: MakeIndex) -> None:
    """By their own figures, the one about tea alone would say that tea means nothing."""
    about_tea = make_index(*(["茶的故事"] * 30), "茶和咖啡")
    about_cities = make_index(*(["城市的故事"] * 300), "城市的咖啡", Document(id="both", body="城市的茶"))
    found = searchkit.search([about_tea, about_cities], "茶", limit=40)
    assert found.total == 32
    scores = {hit.index: hit.score for hit in found}
    assert scores[0] == pytest.approx(scores[1], rel=0.3)


class TestEngines:
    def test_indexes_may_be_of_different_engines_and_declare_different_fields(
        self, tmp_path: Path, make_index: MakeIndex
    ) -> None:
        shop = make_index(
            Document(id="1", body="红茶", extra={"price": 12}),
            Document(id="2", body="绿茶", extra={"price": 7}),
            fields={"price": "number"},
        )
        papers = make_index(
            Document(id="1", body="茶的历史", extra={"author": "甲", "price": 10, "summary": "红茶"}),
            location=f"whoosh:{tmp_path / 'papers'}",
            fields={"author": "text", "summary": "fulltext"},
        )
        both = [shop, papers]

        def found(query: str = "茶", **options: Any) -> list[tuple[int, str]]:
            return [(hit.index, hit.id) for hit in searchkit.search(both, query, **options)]

        assert sorted(found()) == [(0, "1"), (0, "2"), (1, "1")]
        assert found(sort="price") == [(0, "2"), (0, "1"), (1, "1")]
        assert found(sort="-price") == [(0, "1"), (0, "2"), (1, "1")]
        assert found(sort="author,price") == [(1, "1"), (0, "2"), (0, "1")]
        assert found(where={"price": "..10"}) == [(0, "2")]
        assert found(where={"author": "甲"}) == [(1, "1")]
        assert found("author:甲") == [(1, "1")]
        assert sorted(found("茶 -author:甲")) == [(0, "1"), (0, "2")]
        assert sorted(found("红茶")) == [(0, "1"), (1, "1")]
        assert found("summary:红茶") == [(1, "1")]
        results = searchkit.search(both, "茶", facets=["price", "author"])
        assert results.facets == {"price": {7.0: 1, 12.0: 1}, "author": {"甲": 1}}
        with pytest.raises(
            ValueError, match="there is no field 'colour'; there are source, tags, published, price, author"
        ):
            found(where={"colour": "red"})
        with pytest.raises(ValueError, match="sort: there is no field 'colour'"):
            found(sort="colour")

    def test_a_field_of_two_kinds_is_an_error_that_names_it(self, make_index: MakeIndex) -> None:
        both = [make_index("茶", fields={"price": kind}) for kind in ("number", "text")]
        with pytest.raises(ValueError, match="the field 'price' is 'number' in :memory: and 'text' in"):
            searchkit.search(both, "茶")

    def test_words_and_synonyms_of_each_apply_to_all(self, make_index: MakeIndex) -> None:
        several = [
            make_index("洋芋汤", user_words=["洋芋汤"]),
            make_index("土豆很多", synonyms={"洋芋": "土豆"}),
            make_index("洋芋", synonyms=[["茶", "茗"]], stop_words=["很"]),
        ]
        assert sorted(hit.index for hit in searchkit.search(several, "洋芋")) == [0, 1, 2]
        assert searchkit.search(several, "洋芋", synonyms=False, regional=False).total == 2

    def test_days_are_those_of_the_time_zone_of_the_first(self, make_index: MakeIndex) -> None:
        published = datetime(2024, 7, 31, 20, tzinfo=UTC)  # the next day in Shanghai
        zones: list[dict[str, Any]] = [
            {"timezone": "Asia/Shanghai", "synonyms": [["茶", "茗"]]},
            {"timezone": "Asia/Shanghai"},
            {},
        ]
        several = [make_index(Document(title="茶", published=published), **zone) for zone in zones]
        there, here = several[:2], several[1:]
        for indexes in (there, here, several):
            found = searchkit.search(indexes, "茶", since="2024-08-01", facets="published,month,year")
            assert found.total == len(indexes)
            assert found.facets["published"] == {"2024-08-01": len(indexes)}
            assert searchkit.search(indexes, "茶 date:2024-08-01").total == len(indexes)
            assert searchkit.search(indexes, "茶", until="2024-07").total == 0
        assert searchkit.search(several[::-1], "茶", until="2024-07-31").total == 3

    def test_boosts_that_differ_have_to_be_said(self, make_index: MakeIndex) -> None:
        both = [make_index(Document(title="茶", body="水"), boosts={"title": n}) for n in (2, 3)]
        with pytest.raises(ValueError, match=r"different boosts, \{'title': 2.0\} and \{'title': 3.0\}; say"):
            searchkit.search(both, "茶")
        one, other = searchkit.search(both, "茶", boosts={"title": 4})
        assert one.score == pytest.approx(other.score)


class TestOneList:
    def test_an_id_in_two_indexes_is_two_hits(self, make_index: MakeIndex) -> None:
        both = [make_index(Document(id="x", body=body)) for body in ("茶", "茶")]
        results = searchkit.search(both, "茶")
        assert [(hit.id, hit.index) for hit in results] == [("x", 0), ("x", 1)]
        assert [hit.to_dict()["index"] for hit in results] == [0, 1]
        again = pickle.loads(pickle.dumps(results))
        assert [(hit.id, hit.index, hit.snippet.html()) for hit in again] == [
            ("x", number, "<mark>茶</mark>") for number in (0, 1)
        ]
        alone = both[0].search("茶")[0]
        assert (alone.index, "index" in alone.to_dict()) == (0, False)

    def test_a_story_that_several_indexes_tell_is_one_hit(self, make_index: MakeIndex) -> None:
        story = (
            "昨天上午市政府召开会议，讨论了新地铁线路的建设计划。会议决定明年春天开始动工，预计五年之内完成。"
        )
        several = [
            make_index(Document(id="a", body=story, published=datetime(2024, 1, 3, tzinfo=UTC))),
            make_index(
                Document(id="a", body=story, published=datetime(2024, 1, 3, tzinfo=UTC)),
                Document(id="b", body=story + "居民表示欢迎。", published=datetime(2024, 1, 2, tzinfo=UTC)),
                Document(id="c", body="地铁", published=datetime(2024, 1, 1, tzinfo=UTC)),
            ),
        ]
        results = searchkit.search(several, "地铁", collapse="near-duplicates", sort="newest")
        assert [(hit.index, hit.id) for hit in results] == [(0, "a"), (1, "c")]
        assert [(hit.index, hit.id) for hit in results[0].duplicates] == [(1, "a"), (1, "b")]
        assert results.total == 4

    def test_a_few_matches_in_all_are_followed_by_what_has_less_of_the_query(
        self, make_index: MakeIndex
    ) -> None:
        several = [make_index("苹果 香蕉"), make_index("苹果", "香蕉", "别的")]
        results = searchkit.search(several, "苹果 香蕉")
        assert (results.total, len(results.relaxed)) == (3, 2) or results.relaxed
        assert (results[0].index, results[0].id) == (0, "0")
        assert several[0].search("苹果 香蕉").relaxed == ()

    def test_suggestions_are_words_of_any(self, make_index: MakeIndex) -> None:
        several = [make_index("茶"), make_index(*["python 茶"] * 3)]
        assert searchkit.search(several, "pythn").suggestion == "python"

    def test_newer_documents_of_any_index_count_for_more(self, make_index: MakeIndex) -> None:
        now = datetime.now(UTC)
        several = [
            make_index(Document(id="old", body="茶茶茶", published=now.replace(year=now.year - 9))),
            make_index(Document(id="new", body="茶，别的话", published=now)),
        ]
        assert ids(searchkit.search(several, "茶")) == ["old", "new"]
        assert ids(searchkit.search(several, "茶", recency="30d")) == ["new", "old"]

    def test_a_cursor_goes_on_in_the_state_of_all_indexes(self, make_index: MakeIndex) -> None:
        several = [make_index(*["茶"] * 5), make_index(*["茶水"] * 5)]
        whole = [(hit.index, hit.id) for hit in searchkit.search(several, "茶")]
        page = searchkit.search(several, "茶", limit=4)
        several[1].add([Document(id="new", body="茶")])
        rest = searchkit.search(several, "茶", limit=50, cursor=page.cursor)
        assert [(hit.index, hit.id) for hit in chain(page, rest)] == whole
        assert searchkit.search(several, "茶").total == 11
        for others in ([several[0]], [make_index(*["茶"] * 5), several[1]]):
            with pytest.raises((CursorExpiredError, ValueError)):
                searchkit.search(others, "茶", cursor=page.cursor)
        with pytest.raises(ValueError, match="belongs to another search"):
            searchkit.search(several, "水", cursor=page.cursor)


class TestErrors:
    @pytest.mark.parametrize(
        ("indexes", "error", "message"),
        [
            (lambda one: [], ValueError, "there is none to search"),
            (lambda one: one, TypeError, "must be a list of open indexes; one alone is searched by its own"),
            (lambda one: [one, "indexes/news"], TypeError, "as searchkit.open.. gives them, not 'indexes"),
            (lambda one: [one, one], ValueError, "the same index is there twice"),
        ],
    )
    def test_what_is_no_list_of_indexes_is_refused(
        self, indexes: Callable[[Index], Any], error: type[Exception], message: str, make_index: MakeIndex
    ) -> None:
        with pytest.raises(error, match=message):
            searchkit.search(indexes(make_index("茶")), "茶")

    def test_options_are_checked_as_those_of_one_index(self, make_index: MakeIndex) -> None:
        both: Sequence[Index] = [make_index("茶"), make_index("水")]
        with pytest.raises(TypeError, match=r"search\(\) got an unexpected keyword argument 'limits'"):
            searchkit.search(both, "茶", limits=3)  # type: ignore[call-arg]
        with pytest.raises(searchkit.QuerySyntaxError):
            searchkit.search(both, "(茶")
        with pytest.raises(searchkit.QueryTooExpensiveError):
            searchkit.search(both, "茶 OR 水", max_cost=1)
        assert searchkit.search(both, "(茶", lenient=True).total == 1
        assert searchkit.search(iter(both), "茶 OR 水", limit=0).total == 2

    def test_a_closed_index_says_so(self, make_index: MakeIndex) -> None:
        both = [make_index("茶"), make_index("水")]
        both[1].close()
        with pytest.raises(SearchkitError, match="this index is closed"):
            searchkit.search(both, "茶")

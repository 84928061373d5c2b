"""A page that is not empty: when few documents match, words of the query are let go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import searchkit
from searchkit import Document, Index
from searchkit.searching.relax import PAGE

MakeIndex = Callable[..., Index]

WORDS = "苹果 香蕉 葡萄 西瓜 桃子 iPhone 草莓".split()
bodies = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map("，".join), min_size=1)
questions = st.lists(st.sampled_from([*WORDS, "土豆"]), min_size=2, max_size=6, unique=True)


def ids(index: Index, query: str, **options: Any) -> list[str]:
    return [hit.id for hit in index.search(query, limit=100, **options)]


class TestWhatIsListed:
    def test_what_has_most_of_the_query_follows_what_has_all(self, make_index: MakeIndex) -> None:
        index = make_index("苹果，香蕉，葡萄", "苹果，香蕉", "苹果", "香蕉", "西瓜")
        results = index.search("苹果 香蕉 葡萄")
        assert [hit.id for hit in results][:2] == ["0", "1"]
        assert {hit.id for hit in results} == {"0", "1", "2", "3"}
        assert results.total == index.count("苹果 香蕉 葡萄") == 4

    def test_the_words_that_are_let_go_are_named_as_they_were_typed(self, make_index: MakeIndex) -> None:
        index = make_index("蘋果和茶", "蘋果")
        results = index.search("蘋果 圖書館")
        assert ids(index, "蘋果 圖書館") == ["1", "0"]
        assert results.relaxed == ("圖書館",)
        assert results.to_dict()["relaxed"] == ["圖書館"]

    def test_a_word_that_no_document_has_is_let_go_first(self, make_index: MakeIndex) -> None:
        index = make_index(*["苹果"] * 30, "香蕉")
        assert index.search("苹果 土豆").relaxed == ("土豆",)
        assert index.search("土豆 香蕉").relaxed == ("土豆",)

    def test_the_most_frequent_word_is_let_go_before_a_rare_one(self, make_index: MakeIndex) -> None:
        index = make_index(*["苹果"] * 30, *["香蕉"] * 12)
        assert index.search("香蕉 苹果").relaxed == ("苹果",)
        assert index.search("苹果 香蕉").total == 12

    def test_where_any_of_the_words_is_enough_all_are_let_go(self, make_index: MakeIndex) -> None:
        assert make_index("苹果", "香蕉", "香蕉").search("苹果 香蕉").relaxed == ("苹果", "香蕉")

    def test_a_full_page_is_not_relaxed(self, make_index: MakeIndex) -> None:
        index = make_index(*["苹果和香蕉"] * PAGE, *["苹果"] * 5)
        results = index.search("苹果 香蕉")
        assert (results.total, results.relaxed) == (PAGE, ())

    @pytest.mark.parametrize(
        ("query", "options"),
        [
            ("苹果 香蕉", {"match": "all"}),
            ('"苹果" "香蕉"', {}),
            ('"苹果，香蕉"', {}),
            ("title:苹果 title:香蕉", {}),
            ("苹果", {}),
            ("土豆 西红柿", {}),
            ("苹果 香蕉", {"source": "nowhere"}),
        ],
    )
    def test_what_is_never_relaxed(self, query: str, options: dict[str, Any], make_index: MakeIndex) -> None:
        results = make_index("苹果", "香蕉，葡萄").search(query, **options)
        assert results.relaxed == ()

    def test_filters_and_exclusions_hold(self, make_index: MakeIndex) -> None:
        index = make_index(
            Document(id="a", body="苹果", source="甲报"),
            Document(id="b", body="苹果", source="乙报"),
            Document(id="c", body="苹果，茶", source="甲报"),
        )
        assert ids(index, "苹果 香蕉 -茶", source="甲报") == ["a"]
        assert ids(index, '苹果 香蕉 "茶"') == ["c"]

    def test_a_list_in_another_order_is_relaxed_only_where_nothing_matches(
        self, make_index: MakeIndex
    ) -> None:
        index = make_index("苹果，香蕉", "苹果", "香蕉")
        assert ids(index, "苹果 香蕉", sort="newest") == ["0"]
        assert len(ids(index, "苹果 土豆", sort="newest")) == 2

    def test_facets_count_all_that_is_listed(self, make_index: MakeIndex) -> None:
        index = make_index(
            Document(id="a", body="苹果，香蕉", source="甲报"), Document(id="b", body="苹果", source="乙报")
        )
        assert index.search("苹果 香蕉", facets=["source"]).facets == {"source": {"甲报": 1, "乙报": 1}}

    def test_a_hit_is_shown_by_itself_and_explained(self, make_index: MakeIndex) -> None:
        index = make_index("苹果，香蕉", "苹果")
        hit = index.hit("苹果 香蕉", "1")
        assert hit is not None
        assert hit.snippet.html() == "<mark>苹果</mark>"
        why = index.explain("苹果 香蕉", "1")
        assert (why.matches, why.relaxed, why.missing) == (False, True, ("香蕉",))
        assert "is listed behind the few that match" in str(why)

    def test_near_duplicates_are_collapsed_there_too(self, make_index: MakeIndex) -> None:
        story = "记者昨天从会议上得到的消息说，今年的苹果丰收，价格比去年低，农民高兴，果园里人来人往。" * 5
        index = make_index(story, story + "完。", "苹果，香蕉")
        results = index.search("苹果 香蕉", collapse="near-duplicates")
        assert results[0].id == "2"
        assert len(results) == 2
        assert sum(1 + len(hit.duplicates) for hit in results) == 3


class TestProperties:
    @settings(max_examples=60)
    @given(bodies, questions)
    def test_what_matches_keeps_its_order_and_comes_first(self, bodies: list[str], words: list[str]) -> None:
        query = " ".join(words)
        with searchkit.create(":memory:") as index:
            index.add(Document(id=str(n), body=body) for n, body in enumerate(bodies))
            listed = list(index.search(query, limit=1000))
            strict = [hit.id for hit in listed if index.explain(query, hit.id).matches]
            assert [hit.id for hit in listed][: len(strict)] == strict
            assert all(index.explain(query, hit.id).relaxed for hit in listed[len(strict) :])
            assert len({hit.id for hit in listed}) == len(listed) == index.count(query)
            # A query that has an answer never gives an empty page.
            having = {document.id for document in index if any(word in document.body for word in words)}
            assert bool(listed) == bool(having)
            assert {hit.id for hit in listed} <= having

    @settings(max_examples=30)
    @given(bodies, questions, st.integers(1, 7))
    def test_pages_are_parts_of_one_list(self, bodies: list[str], words: list[str], size: int) -> None:
        query = " ".join(words)
        with searchkit.create(":memory:") as index:
            index.add(Document(id=str(n), body=body) for n, body in enumerate(bodies))
            whole = ids(index, query)
            paged = [
                hit.id
                for start in range(0, len(whole) + size, size)
                for hit in index.search(query, limit=size, offset=start)
            ]
            assert paged == whole

    @settings(max_examples=40)
    @given(
        bodies,
        st.lists(st.sampled_from(["苹果", "iPhone", "15", "香蕉", "GPT", "数据库"]), min_size=2, max_size=5),
        st.data(),
    )
    def test_spaces_between_han_and_latin_change_nothing(
        self, bodies: list[str], words: list[str], data: st.DataObject
    ) -> None:
        """Neither what is listed nor its order."""
        one = two = words[0]
        for before, word in zip(words, words[1:]):
            is_border = before.isascii() != word.isascii()
            gap = data.draw(st.sampled_from(["", " "])) if is_border else " "
            one, two = f"{one}{'' if is_border else ' '}{word}", f"{two}{gap}{word}"
        with searchkit.create(":memory:") as index:
            index.add(Document(id=str(n), body=f"{body}，{words[0]}") for n, body in enumerate(bodies))
            assert ids(index, one) == ids(index, two)

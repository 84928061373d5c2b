"""Titles: one that is the query comes first, and one that has it before a body that mentions it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import WORDS

import searchkit
from searchkit import Document, Index

NOW = datetime(2024, 1, 1, tzinfo=timezone.utc)
OTHERS = [
    Document(
        id=f"weather {n}", title=f"天气{n}", body="今天天气不错，大家去公园散步，晒太阳，聊天，吃东西。" * 8
    )
    for n in range(30)
]
LONG_BODY = "这里是很长的正文，介绍来历。" * 60
MENTIONED = "今天有人说起{}，大家听了很高兴。" + "公园里有花有草。" * 5


@pytest.fixture(params=[":memory:", "whoosh:index"])
def index(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    monkeypatch.chdir(tmp_path)
    with searchkit.create(request.param) as index:
        yield index


@pytest.mark.parametrize(
    ("title", "query"),
    [
        ("数学", "数学"),
        ("北京", "北京"),
        ("红楼梦", "红楼梦"),
        ("《红楼梦》", "红楼梦"),
        ("紅樓夢", "红楼梦"),
        ("红楼梦", "紅樓夢"),
        ("红楼 梦", "红楼梦"),
        ("红楼梦", "红楼 梦"),
        ("红楼梦", '"红楼梦"'),
        ("红楼梦", "《红楼梦》"),
        ("红楼梦", "红楼梦 -电影"),
        ("红楼梦", "红楼梦 date:..2100 source:甲报"),
        ("红楼梦", "title:红楼梦"),
        ("茶", "茶"),
        ("iPhone 15", "iphone15"),
        ("ＧＰＴ－４", "gpt-4"),
        ("什么是茶？", "什么是茶"),
        ("云南的茶和茶山", "云南的茶和茶山"),
        ("五星★", "五星"),
    ],
)
def test_a_title_that_is_the_query_comes_first(title: str, query: str, index: Index) -> None:
    often = f"{title}真好，我爱{title}。" * 10
    index.add(
        [
            *OTHERS,
            Document(id="exact", title=title, body=LONG_BODY, source="甲报", published=NOW),
            Document(id="longer", title=f"{title}入门", body=often, source="甲报", published=NOW),
            Document(id="often", title="随笔", body=often, source="甲报", published=NOW),
        ]
    )
    found = [hit.id for hit in index.search(query)]
    assert found[0] == "exact"
    why = index.explain(query, "exact")
    assert "title_key" in {one.field for one in why.contributions}
    assert why.score == pytest.approx(sum(one.points for one in why.contributions), rel=1e-5)
    assert "the title is the query" in str(why)


@pytest.mark.parametrize("query", ["数学 OR 茶", "数学*", "body:数学", "数学 茶", "数学课本"])
def test_a_title_that_is_a_part_of_the_query_is_as_any_other(query: str, index: Index) -> None:
    index.add(
        [
            *OTHERS,
            Document(id="1", title="数学", body="数学课本，茶。"),
            Document(id="2", title="茶", body="水"),
        ]
    )
    for id in ("1", "2"):
        assert "title_key" not in {one.field for one in index.explain(query, id).contributions}


@pytest.mark.parametrize("word", ["数学", "贸易战", "红楼梦", "茶", "iphone", "人工智能", "囧途"])
def test_a_title_that_has_a_word_is_before_a_body_that_mentions_it(word: str, index: Index) -> None:
    index.add(OTHERS)
    index.add(Document(id=f"body {n}", title="随笔", body=MENTIONED.format(word)) for n in range(20))
    index.add(Document(id=f"title {n}", title=f"谈谈{word}与别的", body=LONG_BODY) for n in range(5))
    found = [hit.id for hit in index.search(word, limit=25)]
    assert sorted(found[:5]) == [f"title {n}" for n in range(5)]


def test_a_title_that_is_the_query_leaves_recency_its_share(index: Index) -> None:
    index.add(
        Document(id=str(n), body=f"茶叶{n}", published=NOW.replace(year=2000 + n)) for n in range(10, 25)
    )
    before = [hit.id for hit in index.search("茶叶", recency="1y", limit=20)]
    index.add([Document(id="exact", title="茶叶", body="", published=NOW.replace(year=1990))])
    found = [hit.id for hit in index.search("茶叶", recency="1y", limit=20)]
    assert found[0] == "exact"
    assert found[1:] == before


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), st.data())
def test_no_other_document_is_before_the_one_of_that_title(words: list[str], data: st.DataObject) -> None:
    title = "".join(words)
    bodies = st.lists(st.sampled_from([title, *words, "，", "文"]), max_size=30).map("".join)
    with searchkit.create(":memory:") as index:
        index.add(
            Document(id=str(n), title=data.draw(bodies) + "文", body=data.draw(bodies)) for n in range(4)
        )
        index.add([Document(id="exact", title=title, body=data.draw(bodies))])
        found = index.search(f'"{title}"', lenient=True)
        assert not found or found[0].id == "exact"


BOOSTED = [
    Document(id="title", title="谈谈茶叶", body="水很好喝。" * 3),
    Document(id="body", title="水", body="茶叶很好喝，说的是茶叶。"),
    *OTHERS,
]


class TestBoosts:
    @pytest.mark.parametrize(
        ("boosts", "first"),
        [
            ({}, "title"),
            ({"title": 9}, "title"),
            ({"title": 0}, "body"),
            ({"body": 0}, "title"),
            ({"body": 50}, "body"),
            ({"title": 2, "body": 100}, "body"),
        ],
    )
    def test_a_field_counts_as_it_is_boosted(self, boosts: dict[str, float], first: str) -> None:
        with searchkit.create(":memory:") as index, searchkit.create(":memory:", boosts=boosts) as stored:
            for one in (index, stored):
                one.add(BOOSTED)
            found = [(hit.id, hit.score) for hit in index.search("茶叶", boosts=boosts)]
            assert found[0][0] == first
            assert found == [(hit.id, hit.score) for hit in stored.search("茶叶")]
            assert len(found) == index.count("茶叶") == 2
            for id, score in found:
                why = index.explain("茶叶", id, boosts=boosts)
                assert why.score == pytest.approx(score, rel=1e-5)
                assert why.score == pytest.approx(sum(one.points for one in why.contributions), rel=1e-5)

    def test_those_of_a_search_are_in_the_place_of_those_of_the_index(self, tmp_path: Path) -> None:
        with searchkit.create(tmp_path / "index", boosts={"title": 0}) as index:
            index.add(BOOSTED)
        with searchkit.open(tmp_path / "index") as index:
            assert [hit.id for hit in index.search("茶叶")] == ["body", "title"]
            assert [hit.id for hit in index.search("茶叶", boosts={"title": 9})] == ["title", "body"]
            assert index.hit("茶叶", "title", boosts={"title": 9}) is not None

    def test_one_for_each_field_changes_no_score(self) -> None:
        with searchkit.create(":memory:") as index:
            index.add(BOOSTED)
            for query in ("茶叶", "茶叶 水", "title:茶叶", "什么是茶叶？", '"很好喝"'):
                plain = [(hit.id, hit.score) for hit in index.search(query)]
                boosted = index.search(query, boosts={"title": 1, "body": 1.0})
                assert plain == [(hit.id, hit.score) for hit in boosted]

    @pytest.mark.parametrize(
        ("boosts", "reason"),
        [
            ({"titel": 3}, "there is no field 'titel'; there are title, body"),
            ({"source": 3}, "there is no field 'source'"),
            ({"title": -1}, "'title' must be from 0 to 1,000, not -1"),
            ({"title": float("nan")}, "'title' must be a number"),
            ({"title": "much"}, "'title' must be a number, not 'much'"),
            ({"body": True}, "'body' must be a number, not True"),
        ],
    )
    def test_what_is_no_boost_is_named(self, boosts: dict[str, float], reason: str) -> None:
        with pytest.raises(ValueError, match=reason):
            searchkit.create(":memory:", boosts=boosts)
        with searchkit.create(":memory:") as index, pytest.raises(ValueError, match=reason):
            index.search("茶", boosts=boosts)

    def test_a_text_is_no_mapping(self) -> None:
        with searchkit.create(":memory:") as index, pytest.raises(TypeError, match="boosts"):
            index.search("茶", boosts="title=3")  # type: ignore[arg-type]

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

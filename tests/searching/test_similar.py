"""Documents about the same as another one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import documents

import searchkit
from searchkit import Document, Index, Results
from searchkit.analysis import variants

MakeIndex = Callable[..., Index]


def ids(results: Results) -> list[str]:
    return [hit.id for hit in results]


def at(year: int) -> datetime:
    return datetime(year, 6, 1, tzinfo=timezone.utc)


COLLECTION = [
    Document(
        id="chips",
        title="半导体工厂扩产",
        body="半导体公司宣布扩建晶圆工厂，光刻机已经到货。芯片产能明年翻倍。",
        source="甲报",
        tags=["科技"],
        published=at(2024),
    ),
    Document(
        id="chips again",
        title="晶圆工厂开工",
        body="半导体公司的晶圆工厂开工，光刻机安装完毕，芯片产能将翻倍。",
        source="乙报",
        tags=["科技"],
        published=at(2023),
    ),
    Document(
        id="chips, too",
        title="芯片价格上涨",
        body="芯片价格上涨，半导体公司说产能不足。汽车厂商只能等待。",
        source="甲报",
        tags=["科技", "汽车"],
        published=at(2022),
    ),
    Document(
        id="cars", title="汽车销量", body="汽车销量上涨，厂商等待新车型。", source="乙报", published=at(2021)
    ),
    Document(id="tea", title="泡茶", body="泡茶用雪水最好，茶叶要新。", source="丙报", published=at(2020)),
    Document(id="tea again", title="雪水泡茶", body="茶叶和雪水，泡茶的两样东西。", source="丙报"),
]


@pytest.fixture
def index(make_index: MakeIndex) -> Index:
    return make_index(*COLLECTION)


@pytest.mark.parametrize(
    ("id", "first"),
    [
        ("chips", ["chips again", "chips, too"]),
        ("chips again", ["chips", "chips, too"]),
        ("tea", ["tea again"]),
        ("tea again", ["tea"]),
        ("cars", ["chips, too"]),
    ],
)
def test_the_most_alike_is_first(id: str, first: list[str], index: Index) -> None:
    results = index.similar(id)
    assert ids(results)[: len(first)] == first
    assert id not in ids(results)
    scores = [hit.score for hit in results]
    assert scores == sorted(scores, reverse=True)
    assert all(score > 0 for score in scores)
    assert results.total == len(results)


def test_documents_without_common_words_are_not_similar(index: Index) -> None:
    assert not set(ids(index.similar("tea"))) & {"chips", "chips again", "chips, too", "cars"}


def test_similar_works_across_scripts(make_index: MakeIndex) -> None:
    def traditional(text: str) -> str:
        return "".join(variants(character)[-1] for character in text)

    others = [Document(id=d.id, title=traditional(d.title), body=traditional(d.body)) for d in COLLECTION[1:]]
    assert others[0].body != COLLECTION[1].body
    index = make_index(COLLECTION[0], *others)
    assert ids(index.similar("chips"))[:2] == ["chips again", "chips, too"]


def test_function_words_and_words_of_its_own_make_nothing_similar(make_index: MakeIndex) -> None:
    index = make_index("我们的茶和水", "我们的山和海", "我们的花和草")
    assert index.similar("0").total == 0
    assert ids(index.similar("0")) == []


def test_words_that_no_other_document_has_do_not_count_against_likeness(make_index: MakeIndex) -> None:
    """Of its words a document must share a part, but only of those that can be shared."""
    own = " ".join(f"unique{n}" for n in range(40))
    index = make_index(f"半导体晶圆。{own}", "半导体晶圆", "泡茶")
    assert ids(index.similar("0")) == ["1"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, {"chips again", "chips, too"}),
        ({"source": "甲报"}, {"chips, too"}),
        ({"source": ["甲报", "乙报"]}, {"chips again", "chips, too"}),
        ({"source": "丁报"}, set()),
        ({"tags": "汽车"}, {"chips, too"}),
        ({"since": "2023-01-01"}, {"chips again"}),
        ({"until": "2022-12-31"}, {"chips, too"}),
        ({"where": {"pages": "5.."}}, {"chips, too"}),
    ],
)
def test_similar_takes_the_filters_of_a_search(
    filters: dict[str, Any], expected: set[str], make_index: MakeIndex
) -> None:
    pages = {"chips": 9, "chips again": 2, "chips, too": 7}
    index = make_index(
        *(
            Document.from_dict({**document.to_dict(), "extra": {"pages": pages.get(document.id, 0)}})
            for document in COLLECTION
        ),
        fields={"pages": "number"},
    )
    found = index.similar("chips", **filters)
    assert set(ids(found)) & {"chips", "chips again", "chips, too"} == expected
    assert found.total == len(found)


def test_pages(index: Index) -> None:
    everything = ids(index.similar("chips"))
    assert len(everything) >= 2
    for size in (1, 2):
        pages = [
            ids(index.similar("chips", limit=size, offset=offset))
            for offset in range(0, len(everything), size)
        ]
        assert [id for page in pages for id in page] == everything
    assert index.similar("chips", limit=0).total == len(everything)
    assert ids(index.similar("chips", offset=len(everything))) == []


def test_similar_highlights_nothing(index: Index) -> None:
    for hit in index.similar("chips", snippet_length=10):
        assert hit.title.spans == hit.snippet.spans == ()
        assert len(hit.snippet.text) <= 10


def test_similar_refuses_an_unknown_id(index: Index) -> None:
    for unknown in ("nothing", "", "CHIPS", "\ud800"):
        with pytest.raises(KeyError, match="there is no document"):
            index.similar(unknown)
    index.delete("chips")
    with pytest.raises(KeyError):
        index.similar("chips")
    assert "chips" not in ids(index.similar("chips again"))


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"limit": -1}, ValueError),
        ({"offset": "1"}, TypeError),
        ({"snippet_length": 0}, ValueError),
        ({"where": {"pages": 1}}, ValueError),
        ({"since": "soon"}, ValueError),
    ],
)
def test_similar_refuses_invalid_options(
    options: dict[str, Any], error: type[Exception], index: Index
) -> None:
    with pytest.raises(error):
        index.similar("chips", **options)


@settings(max_examples=40)
@given(st.lists(documents(), min_size=1, max_size=8))
def test_similar_lists_others_once_and_never_itself(made: list[Document]) -> None:
    with searchkit.create(":memory:") as index:
        index.add({**document.to_dict(), "id": str(n)} for n, document in enumerate(made))
        for document in index:
            results = index.similar(document.id, limit=100)
            assert document.id not in ids(results)
            assert len(set(ids(results))) == len(results) == results.total < len(index)
            assert [hit.score for hit in results] == sorted((hit.score for hit in results), reverse=True)


@pytest.mark.parametrize("copies", [1, 2, 30])
def test_a_copy_is_the_most_similar(copies: int, make_index: MakeIndex) -> None:
    first = COLLECTION[0]
    index = make_index(
        *COLLECTION,
        *(Document(id=f"copy {n}", title=first.title, body=first.body) for n in range(copies)),
    )
    found = ids(index.similar("chips", limit=100))
    assert set(found[:copies]) == {f"copy {n}" for n in range(copies)}

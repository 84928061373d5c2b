"""Pinyin as a query: Latin words that nothing has are read as the words that sound like them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import searchkit
from searchkit import Index

MakeIndex = Callable[..., Index]

DOCUMENTS = [
    *(f"习近平讲话，习近平{n}" for n in range(12)),
    *(f"王毅访问，王毅{n}" for n in range(6)),
    *(f"網易，網易{n}" for n in range(5)),
    "习近平到北京大学讲话",
    "王亿在家，王亿",
    *(f"旅游和绿色，旅游，绿色{n}" for n in range(4)),
    *(f"北京大学，北京大学{n}" for n in range(4)),
    *(f"python is fun, part {n}" for n in range(5)),
    "the word wangyi in a text",
]


@pytest.fixture(scope="module")
def index() -> Any:
    with searchkit.create(":memory:", pinyin=True, user_words=["王亿"]) as made:
        made.add({"id": str(n), "body": text} for n, text in enumerate(DOCUMENTS))
        yield made


@pytest.mark.parametrize(
    ("query", "interpretation"),
    [
        ("xijinping", "习近平"),
        ("XiJinPing", "习近平"),
        ("xi jinping", "习近平"),
        ("xi jin ping", "习近平"),
        ("lvyou", "旅游"),
        ("lyuyou", "旅游"),
        ("luse", "绿色"),
        ("beijing daxue", "北京大学"),
        ("xijinping beijingdaxue", "习近平 北京大学"),
        ("xijinpingbeijingdaxue", "习近平 北京大学"),
        ("wangyi", "王毅 OR 網易 OR 王亿"),
        ("python", None),
        ("fun", None),
        ("xjp", None),  # initials may be anything
        ("xijinpin", None),
        ("zzzz", None),
        ("a", None),
        ("习近平", None),
        ('"xijinping"', None),
        ("xijinping*", None),
        ("xijinping~", None),
        ("title:python", None),
        ("", None),
    ],
)
def test_a_query_is_read_as_pinyin_where_nothing_has_it(
    query: str, interpretation: str | None, index: Index
) -> None:
    results = index.search(query, lenient=True)
    assert results.interpretation == interpretation
    assert results.to_dict().get("interpretation") == interpretation
    assert results.total == index.count(query, lenient=True)
    if interpretation:
        assert results.total >= index.count(interpretation) > 0
        assert results[0].snippet.spans
        for hit in results:
            assert index.hit(query, hit.id) is not None
            why = index.explain(query, hit.id)
            assert why.matches or why.relaxed


def test_what_is_found_as_typed_comes_first(index: Index) -> None:
    results = index.search("wangyi", limit=100)
    assert results[0].id == str(len(DOCUMENTS) - 1)
    assert results.total == 13
    assert results.interpretation == "王毅 OR 網易 OR 王亿"


def test_the_rest_of_the_query_holds(index: Index) -> None:
    results = index.search("xijinping 北京大学", match="all")
    assert (results.total, results.interpretation) == (1, "习近平")
    assert index.search("xijinping 讲话").total == 13
    assert index.search("xijinping -讲话").total == 0
    assert index.search("xijinping", source="nowhere").total == 0


def test_pages_continue_one_another(index: Index) -> None:
    first = index.search("xijinping", limit=5)
    second = index.search("xijinping", limit=5, cursor=first.cursor)
    assert second.interpretation == "习近平"
    assert len({hit.id for hit in [*first, *second]}) == 10


def test_an_index_without_pinyin_reads_none(make_index: MakeIndex) -> None:
    assert make_index(*DOCUMENTS).search("xijinping").interpretation is None


def test_without_pypinyin_nothing_is_read(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypinyin", None)
    results = index.search("xijinping")
    assert (results.total, results.interpretation) == (0, None)


@settings(max_examples=60)
@given(st.lists(st.sampled_from("xi jin ping wang yi lv you bei da xue fun python'".split()), max_size=8))
def test_any_syllables_may_be_typed(index: Index, syllables: list[str]) -> None:
    for query in ("".join(syllables), " ".join(syllables)):
        results = index.search(query, lenient=True, limit=100)
        assert results.total == index.count(query, lenient=True) == len(results)
        if results.interpretation:
            assert index.count(results.interpretation, lenient=True) > 0

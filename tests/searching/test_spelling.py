"""What was perhaps meant: a query that finds little gets a better one suggested, when it is asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import anything, queries

import searchkit
from searchkit import Document, Index
from searchkit.searching import search as search_module

MakeIndex = Callable[..., Index]

TRUMP = [f"关于特朗普的新闻，特朗普又说话了，第{n}条" for n in range(12)]
PYTHON = [f"learning python is fun, part {n}" for n in range(25)]
OTHERS = ["pyton 是错的", "王毅访问", "茶和水", "Python 和 C++", "关于北京的新闻"]


@pytest.fixture(scope="module")
def index() -> Any:
    with searchkit.create(":memory:", pinyin=True) as made:
        made.add(Document(id=str(n), body=text) for n, text in enumerate([*TRUMP, *PYTHON, *OTHERS]))
        yield made


@pytest.mark.parametrize(
    ("query", "suggestion"),
    [
        ("特郎普", "特朗普"),
        ("特郎譜", "特朗普"),
        ("特郎普新闻", "特朗普新闻"),
        ("新闻 特郎普", "新闻 特朗普"),
        ("新闻特郎普", "新闻特朗普"),
        ("特郎普 -茶", "特朗普 -茶"),
        ("特郎普 OR 王毅", "特朗普 OR 王毅"),
        ("特郎普^2", "特朗普^2"),
        ("body:特郎普", "body:特朗普"),
        ("pyton", "python"),
        ("pythn", "python"),
        ("pythoon", "python"),
        ("pyhton", "python"),
        ("qython", "python"),
        ("PYTHN", "python"),
        ("learnin pythn", "learning python"),
        ("pythn,learnin", "python,learning"),
        ("xpyton,pyton", "python,python"),
        ("(pythn OR 茶) fun", "(python OR 茶) fun"),
    ],
)
def test_misspelled_queries_get_a_suggestion(query: str, suggestion: str, index: Index) -> None:
    results = index.search(query)
    assert results.suggestion == suggestion
    assert index.count(suggestion, match="all") > index.count(query, match="all")
    assert results.to_dict()["suggestion"] == suggestion


@pytest.mark.parametrize(
    "query",
    [
        "特朗普",
        "python",
        "新闻",
        "苹果",  # nothing sounds like it
        "zzzzzz",
        '"特郎普"',  # a passage is meant as it is written
        '"pythn"',
        "pythn~",
        "pyth?m",
        "pythn*",
        "-特郎普",
        "-pythn",
        "source:pythn",
        "title:pythn",  # no title has it
        "特郎普 苹果",  # would find nothing either
        "date:2024",
        "",
        "。",
    ],
)
def test_good_queries_get_no_suggestion(query: str, index: Index) -> None:
    results = index.search(query)
    assert results.suggestion is None
    assert "suggestion" not in results.to_dict()


def test_one_character_that_sounds_alike_needs_no_pinyin_in_the_index(make_index: MakeIndex) -> None:
    plain = make_index(*TRUMP, *PYTHON)
    assert plain.search("特郎普").suggestion == "特朗普"
    assert plain.search("忒郎普").suggestion is None
    assert plain.search("pythn").suggestion == "python"


TSAI = [f"蔡英文在第{n}次会上讲话，蔡英文说" for n in range(40)]


@pytest.mark.parametrize("pinyin", [False, True])
@pytest.mark.parametrize(
    ("query", "suggestion"),
    [
        ("菜英文", "蔡英文"),  # found, and the right one far more often
        ("蔡应文", "蔡英文"),
        ("祭英文", "蔡英文"),  # by its shape
        ("蔡英文", None),
        ("英文", None),
        ("吃菜", None),
        ("讲话", None),
    ],
)
def test_a_wrong_word_that_is_found_is_corrected_where_the_right_one_is_far_more_frequent(
    query: str, suggestion: str | None, pinyin: bool, make_index: MakeIndex
) -> None:
    others = ["今天吃菜英文不好", "他说菜英文", "学习英文，吃菜", "英文和菜，吃菜"]
    index = make_index(*TSAI, *others, pinyin=pinyin)
    assert index.search(query).suggestion == suggestion


def test_a_wrong_word_that_is_nearly_as_frequent_is_right(make_index: MakeIndex) -> None:
    index = make_index(*TSAI, *(f"菜英文{n}" for n in range(10)))
    assert index.search("菜英文").suggestion is None


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("前龙", "乾隆"),
        ("钱龙", "乾隆"),
        ("辨护", "辩护"),
        ("末来", "未来"),
        ("国务缘", "国务院"),
        ("经季", "经济"),
        ("人公智能", "人工智能"),
        ("環竟", "環境"),
        ("环竞", "環境"),
        ("戌守", "戍守"),
        ("崇高的祟高", "崇高的崇高"),
    ],
)
def test_the_same_sound_or_shape_is_corrected(wrong: str, right: str, make_index: MakeIndex) -> None:
    words = ["乾隆", "辩护", "未来", "国务院", "经济", "人工智能", "環境", "戍守", "崇高"]
    index = make_index(*(f"{word}。{word}，{n}" for word in words for n in range(6)), pinyin=True)
    assert index.search(wrong).suggestion == right


@pytest.mark.parametrize("query", ["公式", "权力", "形势", "期中", "其中", "在建", "再见"])
def test_a_word_of_the_dictionary_that_is_found_is_right(query: str, make_index: MakeIndex) -> None:
    frequent = ["公示", "权利", "形式", "其中", "期中", "再见", "在建"]
    index = make_index(
        *(f"{word}。{word}，{n}" for word in frequent for n in range(50) if word != query),
        *(f"{query}。{query}{n}" for n in range(4)),
        pinyin=True,
    )
    assert index.search(query).suggestion is None


def test_the_suggestion_is_spelled_as_documents_spell_it(make_index: MakeIndex) -> None:
    index = make_index(
        *(f"川普與國會，川普{n}" for n in range(5)), *(f"國會，國會{n}" for n in range(5)), pinyin=True
    )
    assert index.search("国惠").suggestion == "國會"


def test_a_word_that_is_as_frequent_is_no_mistake(make_index: MakeIndex) -> None:
    index = make_index(*(f"form {n}" for n in range(2)), *(f"from {n}" for n in range(15)))
    assert index.search("form").suggestion is None
    assert index.search("forn").suggestion == "form"


def test_many_matches_need_no_better_query(make_index: MakeIndex) -> None:
    index = make_index(*["teh"] * 3, *["the"] * 100)
    assert index.search("teh").total == 3
    assert index.search("teh").suggestion is None
    index.delete("0")
    assert index.search("teh").suggestion == "the"


def test_the_filters_hold_for_the_suggestion(make_index: MakeIndex) -> None:
    index = make_index(
        *(Document(id=str(n), body="python", source="甲报" if n < 20 else "乙报") for n in range(21))
    )
    assert index.search("pythn", source="甲报").suggestion == "python"
    assert index.search("pythn", source="丙报").suggestion is None


def test_the_suggestion_is_worked_out_when_it_is_asked_for(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def better_query(*arguments: Any) -> str:
        asked.append(arguments)
        return "茶"

    monkeypatch.setattr(search_module, "better_query", better_query)
    results = index.search("特郎普")
    list(results)
    assert asked == []
    assert results.suggestion == results.suggestion == "茶"
    assert len(asked) == 1


def test_the_suggestion_is_about_the_index_as_it_was_searched(make_index: MakeIndex) -> None:
    index = make_index(*PYTHON)
    results, later = index.search("pythn"), index.search("pythn")
    index.delete(str(n) for n in range(len(PYTHON)))
    assert results.suggestion == later.suggestion == "python"
    assert index.search("pythn").suggestion is None


@settings(max_examples=150)
@given(
    anything | queries,
    st.sampled_from(["most", "all", "any"]),
    st.sampled_from([{}, {"source": "kitchen.example.org"}, {"until": "2023-12-31"}]),
)
def test_any_query_may_ask_for_a_suggestion(
    sample_index: Index, query: str, match: Any, filters: dict[str, Any]
) -> None:
    results = sample_index.search(query, lenient=True, match=match, **filters)
    if results.suggestion is not None:
        # In another order than by rank a search counts those that match, without those behind them.
        strict = {"match": match, "lenient": True, "sort": "newest", **filters}
        matching = sample_index.search(query, **strict)
        least = matching.total if matching.total <= 2 and not matching.relaxed else 0
        assert sample_index.count(results.suggestion, **strict) > least


WORDS = [
    "特朗普",
    "特郎普",
    "python",
    "pythn",
    "pyton",
    "fun",
    "fon",
    "新闻",
    "心闻",
    "王毅",
    "网易",
    "茶",
    "learnin",
]
SIGNS = [" ", " ", "", "，", " OR ", " -", "-", " (", ") ", "^2 ", "title:", "body:", '"']


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(SIGNS)), min_size=1, max_size=5),
    st.sampled_from(["most", "all", "any"]),
)
def test_a_suggestion_is_a_query_that_finds_more(
    index: Index, pieces: list[tuple[str, str]], match: Any
) -> None:
    query = "".join(word + sign for word, sign in pieces)
    results = index.search(query, match=match, lenient=True)
    if results.suggestion is not None:
        assert results.suggestion != results.query
        least = results.total if results.total <= 2 else 0
        assert index.count(results.suggestion, match=match) > least, "and it is well-formed"


def test_without_pypinyin_there_is_no_suggestion_and_no_error(
    make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = make_index(*(Document(id=str(n), title="图书馆", body=f"{n}") for n in range(5)), pinyin=True)
    assert index.search("图叔馆").suggestion == "图书馆"
    monkeypatch.setitem(sys.modules, "pypinyin", None)
    assert index.search("图叔馆").suggestion is None
    assert index.search("tushuguan").interpretation is None

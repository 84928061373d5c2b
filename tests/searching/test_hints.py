"""Hints: what can be asked instead, where a query was perhaps not read as it was meant."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from strategies import anything, queries

import searchkit
from searchkit import Index, QuerySyntaxError

DOCUMENTS: list[dict[str, Any]] = [
    {
        "id": "1",
        "body": "台湾和香港",
        "source": "bbc.com",
        "tags": ["经济新闻", "Tech"],
        "extra": {"author": "林晚"},
    },
    {
        "id": "2",
        "body": "台湾",
        "source": "bbc.co.uk",
        "tags": ["经济新闻"],
        "extra": {"author": ["王明", "林晚"]},
    },
    {"id": "3", "body": "香港", "source": "bbc.co.uk", "tags": ["體育"], "extra": {"price": 3}},
    {"id": "4", "body": "澳门", "source": "nytimes.com"},
]


@cache
def _filled() -> Index:
    made = searchkit.create(":memory:", fields={"author": "text", "price": "number", "desk": "text"})
    assert not made.add(DOCUMENTS).failures
    return made


@pytest.fixture(scope="module")
def index() -> Index:
    return _filled()


@pytest.mark.parametrize(
    ("query", "typed", "meant"),
    [
        ("台湾 or 香港", "or", "台湾 OR 香港"),
        ("台湾 Or 香港", "Or", "台湾 OR 香港"),
        ("台湾 and 香港", "and", "台湾 AND 香港"),
        ("台湾 not 香港", "not", "台湾 NOT 香港"),
        ("台湾 or 香港 or 澳门", "or", "台湾 OR 香港 OR 澳门"),
        ("台湾 or 香港 not 澳门", "or, not", "台湾 OR 香港 NOT 澳门"),
        ("台湾 or iPhone", "or", "台湾 OR iPhone"),
        ("iPhone or 手机", "or", "iPhone OR 手机"),
        ("(台湾 or 香港) 新闻", "or", "(台湾 OR 香港) 新闻"),
        ('"台湾" or "香港"', "or", '"台湾" OR "香港"'),
        ("title:台湾 or title:香港", "or", "title:台湾 OR title:香港"),
        ("台湾\u3000or\u3000香港", "or", "台湾\u3000OR\u3000香港"),
    ],
)
def test_a_word_like_an_operator_beside_chinese_gives_a_hint(
    index: Index, query: str, typed: str, meant: str
) -> None:
    (hint,) = (hint for hint in index.search(query).hints if hint.kind == "operator")
    assert (hint.typed, hint.queries) == (typed, (meant,))
    assert index.search(meant).hints == () or index.count(meant) == 0
    assert meant in str(hint)


@pytest.mark.parametrize(
    "query",
    [
        "rock or roll",
        "cats and dogs",
        "台湾 OR 香港",
        "台湾 或 香港",
        "台湾 和 香港",
        "台湾 more 香港",
        "or 香港",
        "台湾 or",
        '"台湾 or 香港"',
        "台湾or香港",
        "台湾 rock and roll 香港",
        "台湾 title:or 香港",
    ],
)
def test_other_words_give_none(index: Index, query: str) -> None:
    assert [hint for hint in index.search(query, lenient=True).hints if hint.kind == "operator"] == []


@pytest.mark.parametrize(
    ("query", "typed", "instead", "first"),
    [
        ("source:bbc", 'source:"bbc"', ['source:"bbc.co.uk"', 'source:"bbc.com"'], 'source:"bbc.co.uk"'),
        ("source:www.bbc.com", 'source:"www.bbc.com"', ['source:"bbc.com"'], 'source:"bbc.com"'),
        ("source:nytime.com", 'source:"nytime.com"', ['source:"nytimes.com"'], 'source:"nytimes.com"'),
        ("source:ynytimes.org", 'source:"ynytimes.org"', None, None),
        ("tag:经济", 'tag:"经济"', ['tag:"经济新闻"'], 'tag:"经济新闻"'),
        ("tag:經濟", 'tag:"經濟"', ['tag:"经济新闻"'], 'tag:"经济新闻"'),
        ("(tag:体育新闻 OR 茶)^2", 'tag:"体育新闻"', ['tag:"體育"'], '(tag:"體育" OR 茶)^2'),
        ("author:林", 'author:"林"', ['author:"林晚"'], 'author:"林晚"'),
        ("author:林晩晚", 'author:"林晩晚"', None, None),
        ("desk:一", 'desk:"一"', [], None),
    ],
)
def test_a_value_that_no_document_has_is_answered_with_those_that_there_are(
    index: Index, query: str, typed: str, instead: list[str] | None, first: str | None
) -> None:
    (hint,) = index.search(query).hints
    assert (hint.kind, hint.typed) == ("value", typed)
    assert f"no document has {typed}" in str(hint)
    assert len(hint.instead) == len(hint.queries)
    if instead is not None:
        assert [*hint.instead] == instead
    if first is not None:
        assert hint.queries[0] == first
        assert index.count(first)


def test_where_nothing_is_like_a_value_the_most_frequent_ones_are_shown(index: Index) -> None:
    (hint,) = index.search("source:没有这个").hints
    assert hint.instead == ('source:"bbc.co.uk"', 'source:"bbc.com"', 'source:"nytimes.com"')


def test_values_of_filters_get_hints_as_well(index: Index) -> None:
    (hint,) = index.search("台湾", source="bbc").hints
    assert (hint.instead, hint.queries) == (('source:"bbc.co.uk"', 'source:"bbc.com"'), ())
    assert [hint.typed for hint in index.search("", tags=["没有", "Tech"], source="bbc.co.uk").hints] == [
        'tag:"没有"'
    ]


@pytest.mark.parametrize(
    "query",
    [
        "source:bbc.com 没有这样的词",
        "-source:bbc 没有这样的词",
        "price:100",
        "台湾 OR source:bbc",
        "localhost:80",
    ],
)
def test_a_value_that_there_is_and_one_that_was_not_asked_for_gives_no_hint(index: Index, query: str) -> None:
    assert index.search(query).hints == ()


@pytest.mark.parametrize(
    ("query", "typed", "instead", "meant"),
    [
        ("titel:香港", "titel:", ("title:",), "title:香港"),
        ("sourc:bbc.com", "sourc:", ("source:",), 'source:"bbc.com"'),
        ("tags:Tech", "tags:", ("tag:",), 'tag:"Tech"'),
        ("autor:林晚 香港", "autor:", ("author:",), 'author:"林晚" 香港'),
        ("Prise:3", "Prise:", ("price:",), "price:3"),
        ("没有这样的词 Boddy：香港", "Boddy:", ("body:",), "没有这样的词 body:香港"),
    ],
)
def test_a_word_that_nearly_names_a_field_is_text_with_a_hint(
    index: Index, query: str, typed: str, instead: tuple[str, ...], meant: str
) -> None:
    results = index.search(query)
    assert index.count(query, match="all") == 0
    assert (results.hints[0].kind, results.hints[0].typed, results.hints[0].instead) == (
        "field",
        typed,
        instead,
    )
    assert results.hints[0].queries == (meant,)


def test_text_with_a_colon_that_finds_something_gives_no_hint() -> None:
    with searchkit.create(":memory:") as made:
        made.add([{"id": "1", "body": "data:image 格式，titel:茶"}])
        for query in ("data:image", "titel:茶"):
            results = made.search(query)
            assert (results.total, results.hints) == (1, ())


def test_an_empty_query_says_how_everything_is_found(index: Index) -> None:
    (hint,) = index.search("").hints
    assert (hint.kind, hint.queries) == ("everything", ("*",))
    assert index.search("", source="bbc.com").hints == ()
    assert index.search("，").hints == ()


def test_hints_are_part_of_the_json(index: Index) -> None:
    values = index.search("source:nyt").to_dict()
    assert json.loads(json.dumps(values))["hints"] == [
        {
            "kind": "value",
            "typed": 'source:"nyt"',
            "text": 'no document has source:"nyt"; there is source:"nytimes.com"',
            "instead": ['source:"nytimes.com"'],
            "queries": ['source:"nytimes.com"'],
        }
    ]
    assert "hints" not in index.search("台湾").to_dict()


@settings(max_examples=50)
@given(queries | anything)
def test_any_query_has_hints_whose_queries_can_be_asked(text: str) -> None:
    made = _filled()
    found = list(made.search(text, lenient=True, source="bbc").hints)
    with suppress(QuerySyntaxError):
        found += made.search(text).hints
    for hint in found:
        assert str(hint)
        for query in hint.queries:
            made.count(query, lenient=True)

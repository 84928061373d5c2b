"""Index.hit: of every engine, the hit that a search of all has."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from strategies import HAN
from suite import MakeEngine

from searchkit import Hit, Index, QuerySyntaxError
from searchkit.analysis import Analyzer
from searchkit.query.synonyms import Synonyms
from searchkit.settings import Settings

WORDS = ["土豆", "馬鈴薯", "软件", "軟體", "图书馆", "圖書館開放", "Python", "，", "\n", *HAN[:4]]
QUERIES = [
    "土豆",
    "马铃薯 图书馆",
    "土豆 OR 軟體",
    '"圖書館"',
    "图书馆 -软件",
    "-土豆",
    "title:土豆 body:图书馆",
    "pythn~",
    "图*",
    "date:2024-02..",
    "tag:菜",
    "土豆^3 软件",
    "！？",
    "",
]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"match": "any"},
    {"regional": False, "synonyms": False},
    {"snippet_length": 12},
]


@pytest.fixture
def index(make_engine: MakeEngine) -> Iterator[Index]:
    """Some documents that have much in common; one of them was put twice, one deleted."""
    settings = Settings(Analyzer(), synonyms=Synonyms({"土豆": ["马铃薯"]}))
    engine = make_engine(settings.fields.for_engine)
    engine.write_metadata(settings.metadata())
    choice = random.Random(5)
    documents: list[dict[str, Any]] = [
        {
            "id": f"{number}/文?a=b",
            "title": "".join(choice.choices(WORDS, k=2)).replace("\n", ""),
            "body": "".join(choice.choices(WORDS, k=6)),
            "published": f"2024-0{number % 4 + 1}-05T00:00:00Z" if number % 5 else None,
            "tags": ["菜"] if number % 3 else [],
        }
        for number in range(24)
    ]
    with Index(engine, settings) as index:
        assert not index.add(documents).failures
        index.add(documents[:1])
        index.delete(documents[1]["id"])
        yield index


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_hit_equals_the_one_of_a_search(index: Index, options: dict[str, Any]) -> None:
    for query in QUERIES:
        found = {hit.id: hit for hit in index.search(query, limit=100, **options)}
        for document in index:
            hit = index.hit(query, document.id, **options)
            assert (hit is not None) == (document.id in found), query
            if hit is not None:
                assert shown(hit) == shown(found[document.id])
                assert hit.score == pytest.approx(found[document.id].score, rel=1e-5, abs=1e-6)


def test_the_queries_of_one_hit_match_and_miss(index: Index) -> None:
    for query in QUERIES[:-2]:
        assert 0 < index.search(query).total < len(index), query


def test_hit_of_an_unknown_document_is_none(index: Index) -> None:
    for id in ("1/文?a=b", "1", "nothing", "", "土豆", "\ud800"):
        assert index.hit("土豆 OR 图书馆", id, match="any") is None


def test_hit_reads_the_query_as_a_search_does(index: Index) -> None:
    id = index.search("图书馆")[0].id
    with pytest.raises(QuerySyntaxError) as caught:
        index.hit("图书馆 (", id)
    assert caught.value.position == 4
    assert index.hit("图书馆 (", id, lenient=True) is not None
    with pytest.raises(ValueError, match="match must be one of"):
        index.hit("图书馆", id, match="some")  # type: ignore[arg-type]


def shown(hit: Hit) -> tuple[object, ...]:
    return hit.document, hit.title, hit.snippet, hit.body

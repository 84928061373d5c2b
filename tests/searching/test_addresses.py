"""A pasted web address finds the document that has it as its url or id, before all others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from strategies import anything

import searchkit
from searchkit import Index
from searchkit.document import address_key
from searchkit.searching.planning import ADDRESS_COUNTS

ARTICLE = "https://www.bbc.com/zhongwen/articles/c4abc"
ENCODED = "https://zh.example.org/wiki/%E4%B8%AD%E5%9B%BD_(%E6%B6%88%E6%AD%A7%E4%B9%89)"
QUERY = "http://example.com/read?id=7&lang=zh"
DOCUMENTS: list[dict[str, Any]] = [
    {"id": ARTICLE, "body": "台湾的新闻", "source": "bbc.com", "published": "2020-01-01T00:00:00Z"},
    {"id": "wiki", "url": ENCODED, "body": "一个词"},
    {"id": "query", "url": QUERY, "body": "茶"},
    # These mention the first.
    *({"id": str(n), "body": f"见 {ARTICLE} 和 zhongwen articles c4abc bbc.com www" * 3} for n in range(5)),
]


@pytest.fixture(scope="module", params=["tantivy", "whoosh"])
def index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("addresses") / "index"
    with searchkit.create(f"whoosh:{folder}" if request.param == "whoosh" else ":memory:") as made:
        assert not made.add(DOCUMENTS).failures
        yield made


@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize(
    ("typed", "id"),
    [
        (ARTICLE, ARTICLE),
        (f" {ARTICLE}\n", ARTICLE),
        (ARTICLE.replace("https", "http"), ARTICLE),
        (ARTICLE.removeprefix("https://"), ARTICLE),
        (ARTICLE.removeprefix("https://www."), ARTICLE),
        (ARTICLE.replace("www.bbc.com", "WWW.BBC.com"), ARTICLE),
        (ARTICLE.replace("bbc.com", "bbc.com:443"), ARTICLE),
        (f"{ARTICLE}/", ARTICLE),
        (f"{ARTICLE}#comments", ARTICLE),
        (f"{ARTICLE}?utm_source=share&utm_medium=x", ARTICLE),
        (f"{ARTICLE}/?utm_source=share#top", ARTICLE),
        (ENCODED, "wiki"),
        ("https://zh.example.org/wiki/中国_(消歧义)", "wiki"),
        (QUERY, "query"),
        (f"{QUERY}&utm_campaign=x", "query"),
    ],
)
def test_an_address_finds_its_document_first(index: Index, typed: str, id: str, lenient: bool) -> None:
    results = index.search(typed, lenient=lenient)
    assert results[0].id == id
    assert results[0].score >= ADDRESS_COUNTS
    assert all(hit.score < ADDRESS_COUNTS for hit in results[1:])
    assert index.count(typed, lenient=lenient) == results.total
    assert index.hit(typed, id, lenient=lenient) is not None


def test_other_matches_follow(index: Index) -> None:
    assert {hit.id for hit in index.search(ARTICLE)} == {ARTICLE, *"01234"}
    assert index.search(ARTICLE, recency="30d")[0].id == ARTICLE


@pytest.mark.parametrize(
    "typed",
    [
        "https://www.bbc.com/zhongwen/articles/c4abd",
        "https://www.bbc.com/zhongwen/ARTICLES/c4abc",
        "https://www.bbc.com:8080/zhongwen/articles/c4abc",
        "http://example.com/read?id=8&lang=zh",
        "http://example.com/read",
        f"{ARTICLE} 台湾",
        f'"{ARTICLE}"',
        f"title:{ARTICLE}",
    ],
)
def test_another_address_or_a_part_of_a_query_is_text(index: Index, typed: str) -> None:
    assert all(hit.score < ADDRESS_COUNTS for hit in index.search(typed))


def test_filters_hold_for_an_address(index: Index) -> None:
    assert index.search(ARTICLE, source="bbc.com").total == 1
    assert index.search(ARTICLE, source="else").total == 0
    assert index.search(ARTICLE, until="2019-12-31").total == 0


def test_an_explanation_has_the_address(index: Index) -> None:
    typed = ARTICLE.replace("https", "http")
    why = index.explain(typed, ARTICLE)
    assert why.matches
    assert why.score == pytest.approx(index.search(typed)[0].score)
    assert why.score == pytest.approx(sum(one.points for one in why.contributions), abs=0.01)
    assert "its address" in str(why)
    assert "its address" not in str(index.explain(typed, "0"))


def test_a_document_that_is_replaced_or_deleted_is_not_found_by_its_old_address() -> None:
    with searchkit.create(":memory:") as made:
        made.add([{"id": "a", "url": ARTICLE, "body": "茶"}, {"id": "b", "url": QUERY, "body": "水"}])
        made.add([{"id": "a", "url": "https://example.net/new", "body": "茶"}])
        made.delete(["b"])
        assert made.count(ARTICLE) == made.count(QUERY) == 0
        assert [hit.id for hit in made.search("example.net/new")] == ["a"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("https://example.com", "example.com"),
        ("http://EXAMPLE.com/", "example.com"),
        ("www.example.com", "example.com"),
        ("example.com/A/b/", "example.com/A/b"),
        ("https://example.com:8080/a", "example.com:8080/a"),
        ("https://example.com/a?utm_id=1&b=2&utm_x#c", "example.com/a?b=2"),
        ("https://例子.中国/文章?页=1", "例子.中国/文章?页=1"),
        ("https://example.com/%E4%B8%AD", "example.com/中"),
        ("https://example.com/%ff%zz", "example.com/\ufffd%zz"),
        ("https://[::1]:80/a.html", "[::1]/a.html"),
        ("example.com", ""),  # as well a file
        ("articles/2024/a.md", ""),
        ("3.6.3", ""),
        ("me@example.com/a", ""),
        ("https://", ""),
        ("ftp://example.com/a", ""),
        ("https://example.com/a b", ""),
        ("见 https://example.com/a", ""),
        ("茶", ""),
        ("", ""),
    ],
)
def test_the_key_of_an_address(text: str, key: str) -> None:
    assert address_key(text) == key


@given(anything)
def test_what_does_not_change_where_an_address_leads_does_not_change_its_key(text: str) -> None:
    path = "".join(text.split()).replace("?", "").replace("#", "")
    keys = {
        address_key(f"{before}a.b/{path}{behind}")
        for before in ("http://", "HTTPS://www.", "")
        for behind in ("", "/", "#a")
    }
    assert len(keys) == 1
    assert keys.pop().startswith("a.b")

"""Declared fields of text, and tags, are searched as the body is, on engines that embed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import WORDS

import searchkit
from searchkit import Document, Index

MakeIndex = Callable[..., Index]
DOCUMENTS = [
    Document(id="summary", title="第一篇", body="正文", extra={"summary": "这是关于紅茶的摘要", "price": 3}),
    Document(id="body", title="第二篇", body="红茶"),
    Document(id="tag", title="第三篇", body="正文", tags=("乌龙", "红茶", "iPhone")),
    Document(id="none", title="第四篇", body="正文", extra={"other": "红茶"}),
]


@pytest.fixture(params=[":memory:", "whoosh:index"])
def index(
    request: pytest.FixtureRequest, make_index: MakeIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Index:
    monkeypatch.chdir(tmp_path)
    declared = {"summary": "fulltext", "price": "number"}
    return make_index(*DOCUMENTS, location=request.param, fields=declared)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("红茶", {"summary", "body", "tag"}),
        ("紅茶", {"summary", "body", "tag"}),
        ('"关于红茶"', {"summary"}),
        ('"关于 摘要"~5', {"summary"}),
        ("关于*", {"summary"}),
        ("红茶 -摘要", {"body", "tag"}),
        ("红茶 正文", {"summary", "tag", "body", "none"}),
        ("红茶 AND “正文”", {"summary", "tag"}),
        ("body:红茶", {"body"}),
        ("title:红茶", set()),
        ("茶", {"summary", "body", "tag"}),
        ("iphone", {"tag"}),
        ("iph*", {"tag"}),
        ("iphnoe~", {"tag"}),
        ("龙红", set()),
        ('"乌龙红茶"', set()),
    ],
)
def test_they_match_as_the_body_does(query: str, expected: set[str], index: Index) -> None:
    found = index.search(query)
    assert {hit.id for hit in found} == expected
    assert found.total == len(expected)
    for hit in found:
        why = index.explain(query, hit.id)
        assert why.matches or why.relaxed
        assert why.score == pytest.approx(hit.score, rel=1e-5)
        assert why.score == pytest.approx(sum(one.points for one in why.contributions), rel=1e-5)
        str(why).encode()


@pytest.mark.parametrize(("boosted", "first"), [("summary", "summary"), ("tags", "tag"), ("body", "body")])
def test_they_are_boosted(boosted: str, first: str, index: Index) -> None:
    assert index.search("红茶", boosts={boosted: 30})[0].id == first
    assert index.search("红茶", boosts={boosted: 0})[-1].id == first
    assert len(index.search("红茶", boosts={boosted: 0})) == 3


def test_they_are_highlighted(index: Index) -> None:
    hits = {hit.id: hit for hit in index.search("红茶")}
    assert hits["summary"].highlighted("summary").html() == "这是关于<mark>紅茶</mark>的摘要"
    assert hits["body"].highlighted("summary").text == ""
    assert hits["body"].highlighted("body") == hits["body"].body
    assert hits["body"].highlighted("title") == hits["body"].title


def test_what_is_no_text_is_a_failure(index: Index) -> None:
    with pytest.warns(searchkit.SearchkitWarning, match="nothing was indexed"):
        report = index.add([Document(id="bad", body="文", extra={"summary": ["红茶"]})])
    assert [failure.reason for failure in report.failures] == [
        "extra['summary'] must be a text, not \"['红茶']\""
    ]


def test_they_have_no_values(index: Index) -> None:
    for options in ({"sort": "summary"}, {"facets": ["summary"]}, {"where": {"summary": "红茶"}}):
        with pytest.raises(ValueError, match="summary"):
            index.search("红茶", **options)  # type: ignore[arg-type]
    assert index.search("红茶", where={"price": 3}, sort="price").total == 1


def test_they_are_kept_and_checked(index: Index) -> None:
    assert not index.check().problems
    assert index.get("summary") == DOCUMENTS[0]
    index.rebuild()
    assert {hit.id for hit in index.search("红茶")} == {"summary", "body", "tag"}


@settings(max_examples=30)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map("".join), st.sampled_from(WORDS))
def test_a_text_is_found_there_where_it_is_found_in_a_body(text: str, query: str) -> None:
    with searchkit.create(":memory:", fields={"summary": "fulltext"}) as index:
        index.add(
            [
                Document(id="body", body=text + "文"),
                Document(id="summary", body="文", extra={"summary": text + "文"}),
            ]
        )
        for asked in (query, f'"{query}"', f"{query}*"):
            found = {hit.id for hit in index.search(asked, lenient=True)}
            assert found in (set(), {"body", "summary"})

"""What a notebook shows of results, hits and highlighted texts: HTML in which every text stays text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

import lxml.html
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import MARKUP, lines

import searchkit
from searchkit import Document, Highlighted, Index, Results
from searchkit.engine.base import FacetCounts

ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror="alert(1)">',
    "</bdi></div></li></ol><svg onload=alert(1)>",
    "'onmouseover='alert(1)",
    "&lt;b&gt; &#60;script>",
    "<!-- ",
    "\u202e倒",
    "javascript:alert(1)",
    "https://example.com/\"onclick='alert(1)'>",
]
ALL = "".join(ATTACKS)
hostile = st.lists(st.sampled_from([*ATTACKS, "茶", *MARKUP]) | lines, max_size=4).map("".join)
urls = hostile | hostile.map("https://example.com/?".__add__) | hostile.map("javascript:".__add__)

# All that is ever shown, with the attributes it may have.
SHOWN = {
    "div": {"style"},
    "ol": {"style"},
    "li": set(),
    "strong": set(),
    "span": {"style"},
    "bdi": set(),
    "mark": set(),
    "a": {"href", "target", "rel"},
}


def tree_of(shown: str) -> lxml.html.HtmlElement:
    """The HTML as a browser reads it, with nothing in it that does anything."""
    tree = lxml.html.fragment_fromstring(shown)
    for element in tree.iter():
        assert element.tag in SHOWN, shown
        assert set(element.keys()) <= SHOWN[element.tag], shown
        assert "(" not in element.get("style", "")
    for link in tree.iter("a"):
        assert link.get("href").lower().startswith(("http://", "https://")), shown
        assert link.get("rel") == "noopener noreferrer"
    return tree


def words(text: str) -> str:
    """The text without what HTML does not keep: white space and control characters."""
    return "".join(character for character in text if character.isprintable() and not character.isspace())


@given(title=hostile, body=hostile, url=urls, source=hostile, id=hostile, query=hostile)
@example(ALL, ALL, f"https://example.com/?{ALL}", ALL, ALL, ALL)
@example(ALL, ALL, f"javascript:{ALL}", ALL, ALL, ALL)
def test_notebook_html_escapes_every_text(
    title: str, body: str, url: str, source: str, id: str, query: str
) -> None:
    document = Document(title=title, body=f"茶{body}", url=url, source=source, id=id)
    with searchkit.create(":memory:") as index:
        index.add([document])
        (hit,) = index.search("茶", snippet_length=10_000)
        facets = {"source": FacetCounts({document.source: 1})}
        tree = tree_of(Results(query, [hit], 1, 0.001, facets=facets)._repr_html_())
    id_shown = document.id if document.id != document.url else ""
    for text in (query[:99], title, f"茶{body}", document.source, id_shown):
        assert words(text) in words(tree.text_content())
    assert [link.get("href") for link in tree.iter("a")] == ([document.link] if document.link else [])
    assert len(list(tree.iter("mark"))) == len(hit.title.spans) + len(hit.snippet.spans)
    tree_of(hit._repr_html_())
    assert words(tree_of(hit.body._repr_html_()).text_content()) == words(f"茶{body}")


@pytest.fixture
def results(make_index: Callable[..., Index]) -> Results:
    return make_index(
        Document(
            title="苹果的价格",
            body="今天苹果贵了。",
            url="https://www.example.com/1?a&b",
            published=datetime(2024, 5, 6, tzinfo=timezone.utc),
        ),
        Document(body="香蕉和苹果", id="2"),
    ).search("苹果", facets=["source", "year"])


def test_notebook_results_are_a_list_of_hits(results: Results) -> None:
    tree = tree_of(results._repr_html_())
    first, second = tree.iter("li")
    (link,) = first.iter("a")
    assert (link.get("href"), link.text_content()) == ("https://www.example.com/1?a&b", "苹果的价格")
    assert first.text_content() == "苹果的价格 2024-05-06 · example.com今天苹果贵了。"
    assert [mark.text for mark in first.iter("mark")] == ["苹果", "苹果"]
    assert second.text_content() == "(no title) id 2香蕉和苹果"
    text = tree.text_content()
    assert text.startswith(f"苹果 2 of 2 in {results.took * 1000:.1f} ms")
    assert text.endswith("source: example.com (1)year: 2024 (1)")


def test_notebook_text_keeps_its_lines() -> None:
    tree = tree_of(Highlighted("甲 < 乙\n丙", [(4, 5)])._repr_html_())
    assert tree.text_content() == "甲 < 乙\n丙"
    assert "pre-line" in tree.get("style")


def test_notebook_shows_that_nothing_was_found(make_index: Callable[..., Index]) -> None:
    tree = tree_of(make_index("茶").search("苹果", facets="tags")._repr_html_())
    assert tree.text_content().startswith("苹果 0 of 0 in ")
    assert tree.text_content().endswith("tags: none")


def test_notebook_lists_duplicates_below_their_hit(make_index: Callable[..., Index]) -> None:
    story = "昨天上午市政府召开会议，讨论了新地铁线路的建设计划。会议决定明年春天开始动工，预计五年之内完成。"
    results = make_index(story, story + "居民欢迎。").search("地铁", collapse="near-duplicates")
    assert "1 more of the same story" in tree_of(results._repr_html_()).text_content()


def test_notebook_cuts_a_long_query() -> None:
    shown = Results("茶" * 100, [], 0, 0.0)._repr_html_(), Results("茶" * 101, [], 0, 0.0)._repr_html_()
    assert [tree_of(one).text_content().split()[0] for one in shown] == ["茶" * 100, "茶" * 99 + "…"]


def test_notebook_shows_the_first_of_very_many_hits(make_index: Callable[..., Index]) -> None:
    results = make_index(*("茶" * number for number in range(1, 1302))).search("茶", limit=1299)
    tree = tree_of(results._repr_html_())
    assert len(list(tree.iter("li"))) == 100
    assert "1,299 of 1,301" in tree.text_content()
    assert "… and 1,199 more" in tree.text_content()


def test_notebook_shows_the_first_of_many_facet_values(make_index: Callable[..., Index]) -> None:
    documents = [Document(body="茶", id=str(number), source=f"s{number}") for number in range(12)]
    results = make_index(*documents).search("茶", facets="source")
    assert tree_of(results._repr_html_()).text_content().endswith(" (1) · and 2 more")

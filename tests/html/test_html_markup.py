"""What parts of a body are headings, links and pictures, and where they lead."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from searchkit import Document, Markup, html_to_text
from searchkit.html.markup import MarkupKind, resolved
from searchkit.html.text import read_html
from searchkit.html.tree import parse_tree

PAGE = "https://www.example.com/news/1.html"


def marked(html: str, url: str = PAGE) -> list[tuple[str, str, str]]:
    """The kind, the text and the value of each mark, links and pictures with their addresses."""
    document = Document(html=html, url=url)
    return [(one.kind, document.body[one.start : one.end], one.value) for one in document.markup]


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>一<a href='2.html'>二</a></p>", [("link", "二", "https://www.example.com/news/2.html")]),
        ("<p>一<a href=' /a\nb '> 二 </a>三", [("link", "二", "https://www.example.com/ab")]),
        ("<p>一<a href='//b.org/?c=d&amp;e=f#g'>二", [("link", "二", "https://b.org/?c=d&e=f#g")]),
        ("<h1>一</h1><h6>二\n三</h6>", [("heading", "一", "1"), ("heading", "二三", "6")]),
        (
            "<h2><a href=/>一</a>二</h2>",
            [("heading", "一二", "2"), ("link", "一", "https://www.example.com/")],
        ),
        ("<p>一<img src=a.png alt='图 说'>二", [("image", "图 说", "https://www.example.com/news/a.png")]),
        ("<p>一</p><img src=/a.png><p>二", [("image", "", "https://www.example.com/a.png")]),
        ("<p>一<img src=data:x data-src=/a.png>", [("image", "", "https://www.example.com/a.png")]),
        ("<table><tr><td>一<td> <a href=/b>二</a></table>", [("link", "二", "https://www.example.com/b")]),
        # Nothing to see, or nowhere to go.
        ("<p>一<a href=/b> \u200b</a><h2></h2>", []),
        ("<p><a href='#top'>一</a><a>二</a><a href='javascript:x()'>三</a><a href='mailto:a@b.org'>四", []),
        (f"<p><a href='{PAGE}#2'>一</a><a href='1.html'>二</a><a href='?'>三</a>", []),
        ("<p>一<a href='http://[b'>二</a><a href='http:///c'>三</a><a href='//'>四</a>", []),
        ("<p>一<img src='data:image/png;base64,AA=='><img><img src=/dot.gif width=1 height=1>", []),
        ("<p>一<a href='https://b.org/" + "x" * 2000 + "'>二", []),
        # What is left out of the text takes its marks along.
        ("<nav><a href=/b>一</a></nav><p hidden><img src=/c></p><p>二", []),
        ("<div class=share><h5>分享</h5><a href='https://t.me/share'>二</a><img src=/c></div>三", []),
        (
            "<img src=/a><span class=share><img src=/c><a href='https://t.me/share'>二</a></span>三",
            [("image", "", "https://www.example.com/a")],
        ),
        (
            "<p>正文很长很长</p><form><a href=/b>一</a><img src=/c></form><p><a href=/d>二</a>",
            [("link", "二", "https://www.example.com/d")],
        ),
    ],
)
def test_headings_links_and_pictures(html: str, found: list[tuple[str, str, str]]) -> None:
    assert marked(html) == found


VISIBLE = "一二三ab,。"
SPACES = " \n\t\u3000\xa0\u200b\xad\ufdd0\ufdd1\ufdd2\x1c\u1680"
texts = st.text(st.sampled_from(VISIBLE + SPACES), max_size=6)


@st.composite
def pieces_of_html(draw: st.DrawFn) -> str:
    html = draw(texts)
    for _ in range(draw(st.integers(0, 4))):
        tag = draw(st.sampled_from(["a", "h2", "p", "div", "b", "td", "pre", "img", "br"]))
        text = draw(texts)
        if tag in ("img", "br"):
            html += f"<{tag} src=/i alt='{text}'>"
        elif draw(st.booleans()):
            html = f"<{tag} href=/a>{html}</{tag}>{text}"
        else:
            html += f"<{tag} href=/a>{text}</{tag}>"
    return html


def visible(text: str) -> str:
    return "".join(one for one in text if one in VISIBLE)


def content(element: Any) -> str:
    """The text of an element with the descriptions of its pictures."""
    found = [element.get("alt", "") if element.tag == "img" else element.text or ""]
    for child in element:
        found += [content(child), child.tail or ""]
    return "".join(found)


@given(pieces_of_html())
@example("<a href=/a>一 \n二</a><h2>\u3000三</h2>")
def test_marks_have_the_visible_text_of_their_elements(html: str) -> None:
    body, _, markup = read_html(html)
    assert body == html_to_text(html)
    tree = parse_tree(html) if "<" in html else None
    elements = () if tree is None else tree.iter("a", "h2", "img")
    expected = [(one.tag, visible(content(one))) for one in elements]
    kinds = {"link": "a", "heading": "h2", "image": "img"}
    parts = [(kinds[one.kind], body[one.start : one.end]) for one in markup]
    assert [(tag, visible(part)) for tag, part in parts] == [
        (tag, text) for tag, text in expected if text or tag == "img"
    ]
    assert all(part == part.strip() for _, part in parts)


def test_addresses_are_bounded_together_and_marks_in_number() -> None:
    long = Markup("link", 0, 1, "https://b.org/" + "x" * 1900)
    assert len(resolved([long] * 1000, "", cut=0, room=10**6)) == 200_000 // len(long.value)
    assert len(resolved([long] * 1000, "", cut=0, room=4000)) == 2
    assert len(resolved([Markup("heading", 0, 1, "1")] * 20_000, "", cut=0, room=0)) == 10_000


def test_a_mark_of_what_is_cut_off_is_left_out() -> None:
    marks = [Markup("heading", 0, 2, "1"), Markup("heading", 1, 5, "2"), Markup("image", 3, 3, "//b.org/c")]
    assert resolved(marks, PAGE, cut=3, room=100) == (
        Markup("heading", 0, 2, "2"),
        Markup("image", 0, 0, "https://b.org/c"),
    )


@pytest.mark.parametrize(
    ("kind", "value", "link"),
    [
        ("link", "https://b.org/c", "https://b.org/c"),
        ("image", "http://b.org/c", "http://b.org/c"),
        ("link", "javascript:alert(1)", ""),
        ("image", "data:text/html,x", ""),
        ("place", "https://b.org/c", ""),
    ],
)
def test_a_page_may_link_to_http_and_https_only(kind: MarkupKind, value: str, link: str) -> None:
    assert Markup(kind, 0, 0, value).link == link

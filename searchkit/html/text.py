"""Some HTML -> its text and its markup."""

from __future__ import annotations

from html import unescape
from typing import NamedTuple

from searchkit.html.markup import Markup
from searchkit.html.tree import parse_tree
from searchkit.html.tree_text import TreeText
from searchkit.html.whitespace import text_lines


class HtmlText(NamedTuple):
    """The text of some HTML, its first heading, and its markup, with addresses as they were written."""

    body: str
    heading: str = ""
    markup: tuple[Markup, ...] = ()


def read_html(html: str) -> HtmlText:
    """A piece of HTML, as a page or a feed has it.

    Raises `DocumentError` for far more tags than a page has.
    """
    if "<" not in html:  # text that only passed through a feed keeps its own lines
        return HtmlText(text_lines(unescape(html) if "&" in html else html))
    text = TreeText(parse_tree(html))
    return HtmlText(text.body, text.heading, text.markup())


def html_to_text(html: str) -> str:
    """The text of some HTML, line by line, as a reader of the page sees it.

    Blocks, rows of tables and ``<br>`` are lines. Scripts, styles, forms, navigation, hidden elements and
    links to share the page are left out, and pictures give their ``alt``. Any text is HTML: it never fails
    for mistakes in it, and raises `DocumentError` only for more than a million tags.

    >>> html_to_text("<h1>Tea</h1><p>Black &amp; <b>green</b></p><script>track()</script>")
    'Tea\\nBlack & green'

    `Document` takes HTML as well, and keeps what its headings, links and pictures are.
    """
    if not isinstance(html, str):
        raise TypeError(f"html must be text, not {type(html).__name__}")
    if "<" not in html:
        return read_html(html).body
    return TreeText(parse_tree(html)).body

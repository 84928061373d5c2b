"""HTML -> Article: a whole page with what its head says, or a piece of HTML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from searchkit.articles.article import Article
from searchkit.dates import parse_date
from searchkit.html.text import read_html
from searchkit.html.tree import parse_tree
from searchkit.html.tree_text import DROPPED, TreeText
from searchkit.html.whitespace import clean_line

if TYPE_CHECKING:
    from lxml.etree import _Element

_DATE_NAMES = "article:published_time og:published_time datepublished pubdate publishdate date".split()
_HTML = re.compile(
    r"\s*<(?:!doctype|html|body|div|article|section|main|header|figure|table|p|h[1-6])\b", re.IGNORECASE
)


def looks_like_html(text: str) -> bool:
    """Whether it is HTML from end to end, not Markdown with a tag in front."""
    return text.rstrip().endswith(">") and _HTML.match(text) is not None


def parse_html(html: str) -> Article:
    """A piece of HTML: its text and its first heading."""
    text = read_html(html)
    return Article(heading=text.heading, body=text.body, markup=text.markup)


def parse_html_page(html: str) -> Article:
    """A page: title, address and date from its head, where it has them."""
    tree = parse_tree(html)
    text = TreeText(tree)
    if tree is None:
        return Article()
    meta: dict[str, str] = {}
    for element in tree.iter("meta"):
        for kind in ("property", "name", "itemprop"):
            if name := element.get(kind):
                meta.setdefault(name.lower(), element.get("content", ""))
    links = (link for link in tree.iter("link") if "canonical" in link.get("rel", "").lower().split())
    canonical = next(filter(None, (link.get("href", "") for link in links)), "")
    dates = [meta[name] for name in _DATE_NAMES if name in meta]
    dates += [when for element in tree.iter("time") if (when := element.get("datetime")) is not None]
    return Article(
        title=next(filter(None, map(clean_line, (meta.get("og:title", ""), _title(tree), text.heading))), ""),
        body=text.body,
        markup=text.markup(),
        url=next(filter(_is_address, (canonical.strip(), meta.get("og:url", "").strip())), ""),
        published=next(filter(None, map(parse_date, dates)), None),
    )


def _title(tree: _Element) -> str:
    """The first title with text in it, but none of a picture inside the page."""
    for element in tree.iter("title"):
        text = str(element.xpath("string()"))
        if text and not any(parent.tag in DROPPED for parent in element.iterancestors()):
            return text
    return ""


def _is_address(text: str) -> bool:
    try:
        return re.match(r"https?://", text, re.IGNORECASE) is not None and bool(urlsplit(text).hostname)
    except ValueError:  # e.g. an unclosed [ of an IPv6 address
        return False

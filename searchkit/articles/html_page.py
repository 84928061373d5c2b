"""A web page -> Draft: what its head says of it, and the text of its body."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from searchkit.articles.dates import parse_date
from searchkit.articles.draft import Draft
from searchkit.articles.html_text import TextTarget, feed_html
from searchkit.articles.tidy import tidy_line

__all__ = ["page_draft"]

_DATE_NAMES = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "pubdate",
    "publishdate",
    "date",
)


def page_draft(html: str) -> Draft:
    """A page: title, address and date from its head, where it has them."""
    page = feed_html(html, _PageTarget())
    titles = (page.meta.get("og:title", ""), "".join(page.title), page.heading)
    dates = [page.meta[name] for name in _DATE_NAMES if name in page.meta] + page.times
    return Draft(
        title=next(filter(None, map(tidy_line, titles)), ""),
        body=page.text(),
        url=next(filter(_is_address, (page.canonical.strip(), page.meta.get("og:url", "").strip())), ""),
        published=next(filter(None, map(parse_date, dates)), None),
    )


class _PageTarget(TextTarget):
    """Notes what a page says of itself beside its text."""

    def __init__(self) -> None:
        super().__init__()
        self.meta: dict[str, str] = {}
        self.title: list[str] = []
        self.times: list[str] = []
        self.canonical = ""
        self._in_title = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "meta":
            for name in _names(attributes):
                self.meta.setdefault(name, attributes.get("content", ""))
        elif (
            tag == "link" and not self.canonical and "canonical" in attributes.get("rel", "").lower().split()
        ):
            self.canonical = attributes.get("href", "")
        elif tag == "time" and "datetime" in attributes:
            self.times.append(attributes["datetime"])
        elif tag == "title":  # the first one, and none inside of a picture
            self._in_title = not self.title and not self._dropped_at
        super().start(tag, attributes)

    def data(self, text: str) -> None:
        if self._in_title:
            self.title.append(text)
        super().data(text)

    def end(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        super().end(tag)


def _names(attributes: Mapping[str, str]) -> Iterator[str]:
    for kind in ("property", "name", "itemprop"):
        if name := attributes.get(kind):
            yield name.lower()


def _is_address(text: str) -> bool:
    try:
        return re.match(r"https?://", text, re.IGNORECASE) is not None and bool(urlsplit(text).hostname)
    except ValueError:  # e.g. an unclosed [ of an IPv6 address
        return False

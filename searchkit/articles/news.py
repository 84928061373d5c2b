"""The format of news archives -> Article.

    <!--1596153600000-->          milliseconds since 1970
    [The title](https://example.org/article)
    ------

    <p>HTML</p>

Archives hold it with parts missing, inside a ``<div>``, and below front matter.
"""

from __future__ import annotations

import re

from searchkit.articles.article import Article
from searchkit.articles.html import parse_html
from searchkit.dates import from_milliseconds
from searchkit.html.whitespace import clean_line, clean_title

_LONGEST_HEAD = 8192  # characters for title and url
_COMMENT = re.compile(r"\s*(?:<div\b[^<>]*>\s*)?(?:<!--\s*(?P<time>-?\d{1,20})\s*-->\s*)?", re.ASCII)
_RULE = re.compile(r"^[ \t]*-{3,}[ \t]*$", re.MULTILINE)
_LINK = re.compile(r"\[(.*)\]\(([^\n]*)\)", re.DOTALL)  # a title may contain brackets: the last ]( counts
_URL = re.compile(r"[a-z][a-z0-9+.-]*://\S", re.IGNORECASE)


def parse_news(text: str) -> Article | None:
    """The article, or None when the text has neither the comment nor the link with a rule."""
    head = _COMMENT.match(text)
    assert head is not None  # all of it is optional
    time, position = head["time"], head.end()
    rule = _RULE.search(text, position, position + _LONGEST_HEAD)
    link = _LINK.fullmatch(text[position : rule.start()].strip()) if rule else None
    if link and rule:
        position = rule.end()
    elif time:  # no rule below: the link is the first line, if it is there at all
        line = text[position : position + _LONGEST_HEAD].partition("\n")[0]
        if link := _LINK.fullmatch(line.rstrip()):
            position += len(line)
    url = clean_line(link[2]).replace("&amp;", "&") if link else ""
    if not _URL.match(url):
        url = ""
    if not time and not url:
        return None
    article = parse_html(text[position:])
    article.title = clean_title(link[1]) if link else ""
    article.url = url
    article.published = from_milliseconds(int(time)) if time else None
    return article

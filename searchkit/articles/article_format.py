"""The article format -> Draft.

    <!--1596153600000-->          milliseconds since 1970
    [The title](https://example.org/article)
    ------

    <p>HTML</p>

Archives hold it with parts missing, inside a ``<div>``, and below front matter.
"""

from __future__ import annotations

import re
from html import unescape

from searchkit.articles.dates import parse_epoch
from searchkit.articles.draft import Draft
from searchkit.articles.html_text import TextTarget, feed_html
from searchkit.articles.plain_text import text_lines
from searchkit.articles.tidy import tidy_line, tidy_title

__all__ = ["article_draft", "html_draft"]

_LONGEST_HEAD = 8192  # characters for title and url
_COMMENT = re.compile(r"\s*(?:<div\b[^<>]*>\s*)?(?:<!--\s*(?P<time>-?\d{1,20})\s*-->\s*)?", re.ASCII)
_RULE = re.compile(r"^[ \t]*-{3,}[ \t]*$", re.MULTILINE)
_LINK = re.compile(r"\[(.*)\]\(([^\n]*)\)", re.DOTALL)  # a title may have brackets in it: the last ]( counts
_URL = re.compile(r"[a-z][a-z0-9+.-]*://\S", re.IGNORECASE)


def article_draft(text: str) -> Draft | None:
    """What an article says, or None when the text is not in the article format."""
    head = _COMMENT.match(text)
    assert head is not None  # all of it is optional
    position = head.end()
    title = url = ""
    rule = _RULE.search(text, position, position + _LONGEST_HEAD)
    link = _LINK.fullmatch(text[position : rule.start()].strip()) if rule else None
    if link and rule:
        position = rule.end()
    elif head["time"]:  # no ruler below: the link is the first line, if it is there at all
        line = text[position : position + _LONGEST_HEAD].partition("\n")[0]
        if link := _LINK.fullmatch(line.rstrip()):
            position += len(line)
    if link:
        title, url = tidy_title(link[1]), _address(link[2])
    if not head["time"] and not url:  # a comment or a link with a ruler makes an article
        return None
    draft = html_draft(text[position:])
    draft.title = title
    draft.url = url
    draft.published = parse_epoch(int(head["time"])) if head["time"] else None
    return draft


def html_draft(html: str) -> Draft:
    """A piece of HTML: its text, and its first heading."""
    if "<" not in html:  # text that only passed through a feed keeps its own lines
        return Draft(body=text_lines(unescape(html)))
    target = feed_html(html, TextTarget())
    return Draft(heading=target.heading, body=target.text())


def _address(text: str) -> str:
    address = tidy_line(text).replace("&amp;", "&")
    return address if _URL.match(address) else ""

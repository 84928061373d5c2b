"""HTML -> the tree that libxml2 makes of it, whatever it is."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from searchkit.errors import DocumentError

if TYPE_CHECKING:
    from lxml.etree import HTMLParser, _Element

_END_OF_PAGE = re.compile(rb"</html\s*>", re.IGNORECASE)
_DEEPEST = 1000  # elements in one another
_MOST_TAGS = 1_000_000  # of a page: each takes some 350 bytes of memory

_parsers = threading.local()
"""A parser for each thread. To make one takes as long as to read half an article."""


def parse_tree(html: str) -> _Element | None:
    """The tree of some HTML, which any text is; None when there is nothing in it.

    Raises `DocumentError` for far more tags than a page has.
    """
    from lxml import etree  # slow to import, and who only searches needs none of it

    if not html or html.isspace():
        return None
    if (tags := html.count("<")) > _MOST_TAGS:
        raise DocumentError(f"has {tags:,} tags; at most {_MOST_TAGS:,} are read: split it")
    data = html.encode("utf-8", "replace").replace(b"\0", b"")  # what a zero means depends on the version
    data = _END_OF_PAGE.sub(b"</body><br>", data)  # what follows would be a second tree, and be lost
    parser: HTMLParser | None = getattr(_parsers, "parser", None)
    if parser is None:
        # An encoding declared in the text is not that of the bytes made here: the parser is told.
        parser = etree.HTMLParser(
            encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False
        )
        _parsers.parser = parser
    tree = etree.fromstring(data, parser)
    error = parser.error_log.last_error
    if error is not None and error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
        # libxml2 stops where a tree is nested 2048 deep, and the text after that would be lost.
        target: Any = _ShallowTree()
        tree = etree.fromstring(data, etree.HTMLParser(encoding="utf-8", huge_tree=True, target=target))
    return tree


class _ShallowTree:
    """Builds a tree of limited depth: an element that is nested deeper follows the one that it is in."""

    def __init__(self) -> None:
        from lxml.etree import TreeBuilder

        self._builder = TreeBuilder()
        self._open: list[str] = []
        self._deeper = 0
        self.data = self._builder.data

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if len(self._open) == _DEEPEST:
            self._deeper += 1
            self._builder.end(self._open.pop())
        tag = tag if tag.isalnum() else "span"  # lxml refuses to build a <x:y> or an attribute @z
        self._open.append(tag)
        self._builder.start(tag, {name: value for name, value in attributes.items() if name.isalpha()})

    def end(self, _tag: str) -> None:
        self._builder.end(self._open.pop())
        if self._deeper:  # what follows is as deep, on a line of its own
            self._deeper -= 1
            self.start("div", {})

    def close(self) -> _Element:
        while self._open:
            self._builder.end(self._open.pop())
        return self._builder.close()

"""HTML -> the lines of text that a reader sees.

libxml2 parses and calls back for each tag; no tree is built. A tree would be cut
off where it is nested some thousand deep (libxml2 does that since 2.14), which
is text lost without a word, and walking it costs more than the calls.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TypeVar

from searchkit.articles.tidy import CELL, LINE, ROW, tidy

__all__ = ["TextTarget", "feed_html", "html_text"]

_DROPPED = frozenset(
    """applet audio button canvas datalist embed frame frameset iframe input meter nav
    noembed noframes noscript object optgroup option progress rp rt rtc script select style svg template
    textarea title video""".split()
)  # rt: the reading above a character, which would split the word
_BLOCKS = frozenset(
    """address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset
    figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu ol p
    plaintext pre search section summary ul xmp""".split()
)
_ROWS = frozenset(("table", "tbody", "tfoot", "thead", "tr"))
_CELLS = frozenset(("td", "th"))
_FIELDS = frozenset(("input", "select", "textarea"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_PREFORMATTED = frozenset(("pre", "listing", "xmp", "plaintext"))
_INLINE = frozenset(("span", "small", "cite", "em", "i", "b"))

_HIDDEN_STYLE = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_HIDDEN_CLASS = re.compile(
    r"visually-?hidden|\bsr-only\b|\bscreen-reader-text\b|\boff-?screen\b", re.IGNORECASE
)
# A caption and its credit are often two spans side by side, which style sheets lay out apart.
_APART_CLASS = re.compile(r"(?:^|[-_\s])(?:caption|credits?|copyright)", re.IGNORECASE)
_WIDGET_CLASS = re.compile(r"share|sharing|social|subscri|newsletter", re.IGNORECASE)
_SHARE_LINK = re.compile(
    r"""\s* (?: (?:https?:)?// (?:[\w-]+\.)*? (?:
        facebook\.com/ (?: sharer | share\.php | dialog/(?:share|feed|send) )
        | (?:twitter|x)\.com/ (?: intent | share | home\?status ) \b
        | weibo\.(?:com|cn)/ (?:share|service/share) | share\.v\.t\.sina | v\.t\.(?:sina|qq)\.com
        | line\.me/ (?: r/msg | r/share | msg/ | share | lineit/ )
        | whatsapp\.com/send | wa\.me/\?
        | (?:t|telegram)\.me/share
        | pinterest\.[a-z.]+/pin/create
        | linkedin\.com/ (?: share | cws | sharing ) | reddit\.com/submit | tumblr\.com/ (?:widgets/)?share
        | plurk\.com/\?qualifier=share | vk\.com/share
        | connect\.qq\.com/widget/share | qzone\.qq\.com/cgi-bin/qzshare | douban\.com/ (?:share|recommend)
        | del\.icio\.us/post | delicious\.com/(?:post|save) | digg\.com/submit
        | getpocket\.com/ (?:save|edit) | addthis\.com/bookmark | addtoany\.com/share | jiathis\.com/
        ) | whatsapp://send | tg://msg | mailto:\? )""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_NO_TARGET = re.compile(r"\s*(?:#|javascript:|$)", re.IGNORECASE)
_LONGEST_CLASS = 200  # characters that are looked at
_LEAST_HEADLINE = 8  # characters of a link that is the headline of another page, not a word of a sentence
_LONGEST_LABEL = 16  # characters beside the links to share, such as "分享到："
_LONGEST_FORM = 100  # characters around the fields of a form to subscribe


@dataclass
class _Widget:
    """A container for links to share or for a subscription, and what had been read before it."""

    depth: int
    pieces: int
    characters: int
    links: int
    share_links: int
    fields: int


@dataclass
class _Link:
    depth: int
    piece: int
    characters: int
    follows: bool  # directly on the headline of another one


@dataclass
class _Form:
    start: int
    characters: int
    end: int = -1


class TextTarget:
    """Takes the calls of the parser and keeps the text that is shown."""

    def __init__(self) -> None:
        self.heading = ""
        self._pieces: list[str] = []
        self._characters = 0
        self._depth = 0
        self._dropped_at = 0  # the depth of the element that is being left out, or 0
        self._preformatted_at = 0
        self._heading: tuple[int, int] | None = None  # its depth, and the piece it begins at
        self._links = 0
        self._share_links = 0
        self._fields = 0
        self._widgets: list[_Widget] = []
        self._forms: list[_Form] = []
        self._form_at = 0
        self._apart_at: list[int] = []
        self._link: _Link | None = None
        self._headline_end = -1  # the number of pieces when a link that is a headline had ended

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._dropped_at:
            return
        if tag in _DROPPED or (attributes and self._drops(tag, attributes)):
            self._dropped_at = self._depth
            self._fields += tag in _FIELDS
        elif tag in _BLOCKS:
            self._pieces.append(LINE)
            if tag in _HEADINGS:
                if not self.heading and not self._heading:
                    self._heading = self._depth, len(self._pieces)
            elif tag in _PREFORMATTED:
                self._preformatted_at = self._preformatted_at or self._depth
            elif tag == "form" and not self._form_at:
                self._form_at = self._depth
                self._forms.append(_Form(len(self._pieces), self._characters))
        elif tag in _ROWS:
            self._pieces.append(ROW)
        elif tag == "a":
            follows = self._headline_end == len(self._pieces)
            self._link = _Link(self._depth, len(self._pieces), self._characters, follows)
            self._pieces.append("")

    def data(self, text: str) -> None:
        if self._dropped_at:
            return
        if self._preformatted_at:
            text = text.replace("\n", LINE)
        self._pieces.append(text)
        self._characters += len(text.strip())

    def end(self, tag: str) -> None:
        depth = self._depth
        self._depth -= 1
        if self._dropped_at:
            if self._dropped_at == depth:
                self._dropped_at = 0
                if tag in _BLOCKS:
                    self._pieces.append(LINE)
            return
        if self._widgets and self._widgets[-1].depth == depth:
            self._end_widget(self._widgets.pop())
        if tag in _BLOCKS:
            self._pieces.append(LINE)
            if self._heading and self._heading[0] == depth:
                self.heading = tidy("".join(self._pieces[self._heading[1] :])).replace("\n", " ")
                self._heading = None
            elif self._preformatted_at == depth:
                self._preformatted_at = 0
            elif self._form_at == depth:
                self._end_form()
        elif tag in _CELLS:
            self._pieces.append(CELL)
        elif tag in _ROWS:
            self._pieces.append(ROW)
        elif self._link and self._link.depth == depth:
            self._end_link(self._link)
        elif self._apart_at and self._apart_at[-1] == depth:
            self._apart_at.pop()
            self._pieces.append(" ")

    def text(self) -> str:
        """All that was read, as lines."""
        return tidy("".join(self._without_forms()))

    def _drops(self, tag: str, attributes: Mapping[str, str]) -> bool:
        """Whether an element is left out for what its attributes say; what they say is noted."""
        if "hidden" in attributes or ("style" in attributes and _HIDDEN_STYLE.search(attributes["style"])):
            return True
        if attributes.get("role") == "navigation":
            return True
        if tag == "a":
            return self._is_share_link(attributes.get("href", ""))
        if "class" in attributes:
            is_hidden, is_apart, is_widget = _told_by_class(attributes["class"][:_LONGEST_CLASS])
            if is_hidden:
                return True
            if is_apart and tag in _INLINE:
                self._pieces.append(" ")
                self._apart_at.append(self._depth)
            if is_widget:
                before = len(self._pieces), self._characters, self._links, self._share_links, self._fields
                self._widgets.append(_Widget(self._depth, *before))
        return False

    def _is_share_link(self, target: str) -> bool:
        if _SHARE_LINK.match(target):
            self._share_links += 1
            return True
        if not _NO_TARGET.match(target):
            self._links += 1
        return False

    def _end_widget(self, widget: _Widget) -> None:
        """Leave out what held only links to share the page, or only a form to subscribe, with a label."""
        characters = self._characters - widget.characters
        is_share = self._share_links > widget.share_links and characters <= _LONGEST_LABEL
        is_form = self._fields > widget.fields and characters <= _LONGEST_FORM
        if (is_share or is_form) and self._links == widget.links:
            del self._pieces[widget.pieces :]
            self._characters = widget.characters
            while self._forms and self._forms[-1].start > widget.pieces:
                self._forms.pop()

    def _end_link(self, link: _Link) -> None:
        """Break the line between headlines side by side, which style sheets lay out as a list."""
        self._link = None
        if self._characters - link.characters >= _LEAST_HEADLINE:
            if link.follows:
                self._pieces[link.piece] = LINE
            self._headline_end = len(self._pieces)

    def _end_form(self) -> None:
        form = self._forms[-1]
        form.end = len(self._pieces)
        form.characters = self._characters - form.characters
        self._form_at = 0

    def _without_forms(self) -> list[str]:
        """The pieces outside of forms; but older sites put the whole page into one, and that stays."""
        kept: list[str] = []
        position = 0
        for form in self._forms:
            if form.characters * 2 <= self._characters:
                kept += self._pieces[position : form.start]
                position = form.end
        return kept + self._pieces[position:]


@lru_cache(maxsize=4096)  # pages use few classes, and use them often
def _told_by_class(names: str) -> tuple[bool, bool, bool]:
    """Whether the class of an element says that it is hidden, set apart, or a widget."""
    return (
        _HIDDEN_CLASS.search(names) is not None,
        _APART_CLASS.search(names) is not None,
        _WIDGET_CLASS.search(names) is not None,
    )


class _Parser(threading.local):
    """A parser for each thread. To make one takes as long as to read half an article."""

    def __init__(self) -> None:
        from lxml import etree  # slow to import, and who searches only needs none of it

        self.target = TextTarget()
        self._from_text = etree.fromstring
        # An encoding declared in the text is not that of the bytes we make: the parser is told.
        self._parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, target=self)  # type: ignore[arg-type]

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.target.start(tag, attributes)

    def data(self, text: str) -> None:
        self.target.data(text)

    def end(self, tag: str) -> None:
        self.target.end(tag)

    def close(self) -> None:
        """The parser asks for it."""

    def read(self, html: str, target: TextTarget) -> None:
        self.target = target
        data = html.encode("utf-8", "replace").replace(b"\0", b"")  # what a zero means depends on the version
        self._from_text(data, self._parser)


_parser = cache(_Parser)
_Target = TypeVar("_Target", bound=TextTarget)


def feed_html(html: str, target: _Target) -> _Target:
    """Let the target read the HTML; any text is HTML."""
    if html.strip():
        _parser().read(html, target)
    return target


def html_text(html: str) -> str:
    """The text of some HTML, a line for each block."""
    return feed_html(html, TextTarget()).text()

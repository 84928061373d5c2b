"""HTML -> the lines of text that a reader sees.

libxml2 parses, and one loop walks its tree. The loop makes hardly any call of Python: it runs for every tag
of every article.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from searchkit.html.markup import Mark, Markup, MarkupKind, placed
from searchkit.html.whitespace import CELL, LINE, ROW, clean_line, clean_lines

if TYPE_CHECKING:
    from lxml.etree import _Element

DROPPED = frozenset(
    """applet audio button canvas datalist embed frame frameset iframe input meter nav
    noembed noframes noscript object optgroup option progress rp rt rtc script select style svg template
    textarea title video""".split()
)  # rt: the reading above a character, which would split the word
_BLOCKS = """address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset
    figcaption figure footer header hgroup hr html legend li listing main menu ol p plaintext pre search
    section summary ul xmp""".split()
_FIELDS = frozenset(("input", "select", "textarea"))
_HIDEABLE = frozenset(("hidden", "style", "role"))
_INLINE = frozenset(("span", "small", "cite", "em", "i", "b"))

PLAIN_LINK, PLAIN_IMAGE = "plain-link", "plain-image"
"""Elements that do nothing to the text in them but to mark it, for text that was no HTML: with ``href`` or
``src``. A picture has its description in it."""

# The kinds of elements that are more than text in a line. Those from _BLOCK on begin and end a line.
_DROP, _CELL, _ROW, _LINK, _IMAGE, _PLAIN, _BLOCK, _HEADING, _PREFORMATTED, _FORM = range(1, 11)
_KINDS = {
    **dict.fromkeys(DROPPED, _DROP),
    **dict.fromkeys(("td", "th"), _CELL),
    **dict.fromkeys(("table", "tbody", "tfoot", "thead", "tr"), _ROW),
    "a": _LINK,
    "img": _IMAGE,
    **dict.fromkeys((PLAIN_LINK, PLAIN_IMAGE), _PLAIN),
    **dict.fromkeys(_BLOCKS, _BLOCK),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _HEADING),
    **dict.fromkeys(("pre", "listing", "xmp", "plaintext"), _PREFORMATTED),
    "form": _FORM,
}

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
_PIXEL = frozenset(("0", "1", "0px", "1px"))
_NO_TARGET = re.compile(r"\s*(?:#|javascript:|$)", re.IGNORECASE)
_LONGEST_CLASS = 200  # characters that are looked at
_LEAST_HEADLINE = 8  # characters of a link that is the headline of another page, not a word in a sentence
_LONGEST_LABEL = 16  # characters beside the links to share, such as "分享到："
_LONGEST_FORM = 100  # characters around the fields of a form to subscribe


# A container of links to share or of a form to subscribe, and how many pieces, marks, characters, links,
# links to share and fields there were before it.
_Widget = tuple["_Element", int, int, int, int, int, int]


class TreeText:
    """The text of a tree: ``heading``, the first one as a line, and ``body``, all of it as lines."""

    def __init__(self, tree: _Element | None) -> None:
        self.heading = ""
        self._pieces: list[str] = []
        self._characters = 0
        self._links = self._share_links = self._fields = 0  # so many have been met
        self._widgets: list[_Widget] = []  # open ones, the innermost last
        self._forms: list[tuple[int, int, int]] = []  # first piece, the one behind the last, characters
        self._marks: list[Mark] = []
        self._open_marks: list[tuple[_Element, Mark]] = []  # the innermost last
        if tree is not None:
            self._walk(tree)
        for start, end, characters in self._forms:
            if characters * 2 <= self._characters:  # older sites put the whole page into one
                self._pieces[start:end] = [""] * (end - start)
                self._marks = [mark for mark in self._marks if not start <= mark.start < end]
        self.body = clean_lines("".join(self._pieces))

    def markup(self) -> tuple[Markup, ...]:
        """What parts of the body are headings, links and pictures; their addresses as they were written."""
        return placed(self._marks, self._pieces, self.body)

    def _walk(self, tree: _Element) -> None:
        from lxml.etree import iterwalk

        pieces, widgets, kind_of = self._pieces, self._widgets, _KINDS.get
        add = pieces.append
        heading: _Element | None = None
        heading_start = 0
        preformatted: _Element | None = None  # the outermost
        form: _Element | None = None  # the outermost
        form_start = form_characters = 0
        link: _Element | None = None
        link_start = link_characters = 0
        headline_end = -1  # the number of pieces when a link that is a headline had ended
        follows_headline = False
        apart: list[_Element] = []
        dropped: _Element | None = None
        walk = iterwalk(tree, events=("start", "end"))
        for event, element in walk:
            assert element is not None  # it is for other events
            kind = kind_of(element.tag, 0)
            if event == "start":
                is_dropped = kind == _DROP
                if not is_dropped and (attributes := element.keys()):
                    if not _HIDEABLE.isdisjoint(attributes) and _is_hidden(element):
                        is_dropped = True
                    elif kind == _LINK:
                        is_dropped = self._is_share_link(element.get("href", ""))
                    elif "class" in attributes:
                        names = element.get("class", "")
                        is_dropped, is_apart, is_widget = _told_by_class(names[:_LONGEST_CLASS])
                        if not is_dropped:
                            if is_apart and element.tag in _INLINE:
                                add(" ")
                                apart.append(element)
                            if is_widget:
                                counts = self._characters, self._links, self._share_links, self._fields
                                widgets.append((element, len(pieces), len(self._marks), *counts))
                if is_dropped:
                    self._fields += element.tag in _FIELDS
                    dropped = element
                    walk.skip_subtree()
                    continue
                if kind >= _BLOCK:
                    add(LINE)
                    if kind == _HEADING:
                        self._open_mark("heading", element, element.tag[1])
                        if not self.heading and heading is None:
                            heading, heading_start = element, len(pieces)
                    elif kind == _PREFORMATTED:
                        if preformatted is None:
                            preformatted = element
                    elif kind == _FORM and form is None:
                        form, form_start, form_characters = element, len(pieces), self._characters
                elif kind == _ROW:
                    add(ROW)
                elif kind == _LINK:
                    link, link_start, link_characters = element, len(pieces), self._characters
                    follows_headline = headline_end == link_start
                    self._open_mark("link", element, element.get("href", ""))
                    add("")
                elif kind == _IMAGE:
                    start = len(pieces)
                    if description := element.get("alt"):
                        # Not among the characters by which links to share and headlines are told.
                        add(f" {description} ")
                    if not _is_pixel(element):
                        reference = element.get("data-src") or element.get("src", "")
                        self._marks.append(Mark("image", start, len(pieces), reference))
                elif kind == _PLAIN:
                    is_link = element.tag == PLAIN_LINK
                    reference = element.get("href" if is_link else "src", "")
                    self._open_mark("link" if is_link else "image", element, reference)
                text = element.text
            elif dropped is not None and element is dropped:
                if kind >= _BLOCK:
                    add(LINE)
                text = element.tail
            else:
                if widgets and widgets[-1][0] is element:
                    self._end_widget(*widgets.pop())
                if kind >= _BLOCK:
                    add(LINE)
                    if kind == _HEADING:
                        self._close_mark(element)
                    if element is heading:
                        self.heading = clean_line("".join(pieces[heading_start:]))
                        heading = None
                    elif element is preformatted:
                        preformatted = None
                    elif element is form:
                        self._forms.append((form_start, len(pieces), self._characters - form_characters))
                        form = None
                elif kind == _CELL:
                    add(CELL)
                elif kind == _ROW:
                    add(ROW)
                elif kind == _LINK:
                    self._close_mark(element)
                    if element is link and self._characters - link_characters >= _LEAST_HEADLINE:
                        if follows_headline:  # style sheets lay out headlines side by side as a list
                            pieces[link_start] = LINE
                        headline_end = len(pieces)
                elif kind == _PLAIN:
                    self._close_mark(element)
                elif apart and apart[-1] is element:
                    apart.pop()
                    add(" ")
                text = element.tail
            if text:
                if preformatted is not None:
                    text = text.replace("\n", LINE)
                add(text)
                self._characters += len(text.strip())

    def _open_mark(self, kind: MarkupKind, element: _Element, value: str) -> None:
        mark = Mark(kind, len(self._pieces), 0, value)
        self._marks.append(mark)
        self._open_marks.append((element, mark))

    def _close_mark(self, element: _Element) -> None:
        if self._open_marks and self._open_marks[-1][0] is element:
            self._open_marks.pop()[1].end = len(self._pieces)

    def _is_share_link(self, target: str) -> bool:
        """Whether a link is to share the page, and counts it."""
        if _SHARE_LINK.match(target):
            self._share_links += 1
            return True
        self._links += not _NO_TARGET.match(target)
        return False

    def _end_widget(
        self,
        _element: _Element,
        pieces: int,
        marks: int,
        before: int,
        links: int,
        share_links: int,
        fields: int,
    ) -> None:
        """Leave out what held only links to share the page, or only a form to subscribe, with a label."""
        characters = self._characters - before
        is_share = self._share_links > share_links and characters <= _LONGEST_LABEL
        is_form = self._fields > fields and characters <= _LONGEST_FORM
        if (is_share or is_form) and self._links == links:
            del self._pieces[pieces:]
            del self._marks[marks:]
            self._characters = before
            while self._forms and self._forms[-1][0] > pieces:
                self._forms.pop()


def _is_hidden(element: _Element) -> bool:
    """Whether the page does not show the element, or it is navigation."""
    return (
        element.get("hidden") is not None
        or _HIDDEN_STYLE.search(element.get("style", "")) is not None
        or element.get("role") == "navigation"
    )


def _is_pixel(element: _Element) -> bool:
    """Whether a picture is there to count readers."""
    return element.get("width") in _PIXEL or element.get("height") in _PIXEL


@lru_cache(maxsize=4096)  # pages use few classes, and use them often
def _told_by_class(names: str) -> tuple[bool, bool, bool]:
    """Whether the class of an element says that it is hidden, set apart, or a widget."""
    return (
        _HIDDEN_CLASS.search(names) is not None,
        _APART_CLASS.search(names) is not None,
        _WIDGET_CLASS.search(names) is not None,
    )

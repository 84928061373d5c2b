"""Wikitext, as MediaWiki has it -> the lines that a reader sees, with their headings.

There is no grammar of it, and what parsers build for some pages fills the memory. This goes over the text a
few times, each time once: what a template or a table would show is left out, and so are notes, formulas and
pictures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from html import unescape

from searchkit.analysis.tokens import normalize
from searchkit.articles.body import Body
from searchkit.html.whitespace import LINE, clean_lines

_TAG = re.compile(
    r"<(/?)(ref|references|gallery|math|chem|ce|timeline|score|hiero|imagemap|graph|mapframe|maplink|templatedata|"
    r"indicator|templatestyles|style|nowiki|pre|syntaxhighlight|source)\b([^<>]*)>",
    re.IGNORECASE,
)
_LITERAL = frozenset(("nowiki", "pre", "syntaxhighlight", "source"))
_MARKS_OF_WIKITEXT = str.maketrans({mark: f"&#{ord(mark)};" for mark in "[]{}|'=*#:;<>_-"})
_BRACKETS = re.compile(r"(?P<open>\{\{|^[ \t:*]*\{\|)|\}\}|^[ \t]*\|\}(?!\})", re.MULTILINE)
_VARIANTS = re.compile(r"-\{((?:(?!-\{|\}-).)*)\}-", re.DOTALL)
_FLAGS = re.compile(r"[A-Za-z;\s-]{0,40}\|")
_VARIANT = re.compile(r"(?:^|;)(?:[^;=]*=>)?\s*zh(?:-\w+)*\s*:([^;]*)")
_HIDDEN_FLAGS = frozenset("HT-")
_LINK = re.compile(r"\[\[((?:(?!\[\[|\]\]).)*)\]\]", re.DOTALL)
_DEEPEST = 4  # links in the caption of a picture, or conversions in one another
_OTHER_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z-]+)?:")
_EXTERNAL_LINK = re.compile(
    r"\[(?:(?:https?|ftp):)?//[^\[\]\s]*[ \t]*([^\[\]\n]*)\]|\[mailto:[^\[\]\s]*[ \t]*([^\[\]\n]*)\]"
)
_SWITCH = re.compile(r"__[^\W_]{2,20}__")
_QUOTES = re.compile(r"'{2,}")
_LINE_TAG = re.compile(
    r"</?(?:br|p|div|li|tr|td|th|dd|dt|hr|blockquote|center|h[1-6]|poem)\b[^<>]*>", re.IGNORECASE
)
_ANY_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_EMPTY_BRACKETS = re.compile(r"[（(][\s，,、；;：:]*[）)]")
_RULE = re.compile(r"-{4,}")
_LIST = "*#:; \t"


class Namespaces:
    """Which links put a page into a category, and which show a file, by the names of a wiki."""

    def __init__(self, categories: Iterable[str] = (), files: Iterable[str] = ()) -> None:
        self._categories = {_name(each) for each in ("Category", "分类", *categories)}
        self._files = {_name(each) for each in ("File", "Image", "Media", "文件", "档案", "图像", *files)}

    def of(self, target: str) -> str:
        """``category``, ``file``, or nothing for a link to a page."""
        namespace, colon, _ = target.partition(":")
        name = _name(namespace) if colon else ""
        return "category" if name in self._categories else "file" if name in self._files else ""


def _name(text: str) -> str:
    return normalize(text.replace("_", " ")).strip().lower()


def read_wikitext(text: str, body: Body, namespaces: Namespaces) -> list[str]:
    """Add the lines of a page to the body, and return the categories that the page is in."""
    categories: list[str] = []

    def link(found: re.Match[str]) -> str:
        target, *labels = found[1].split("|")
        if target.startswith(":"):  # a link to the page of a category or a file
            return labels[-1] if labels else target[1:]
        kind = namespaces.of(target)
        if kind == "category":
            categories.append(target.partition(":")[2].replace("_", " "))
        if kind or (not labels and _OTHER_LANGUAGE.match(target)):
            return ""
        return labels[-1] if labels and labels[-1] else target

    text = _without_brackets(_without_tags(_without_comments(text)))
    text = _repeated(_VARIANTS, _shown_variant, text)
    text = _repeated(_LINK, link, text)
    text = _EXTERNAL_LINK.sub(lambda found: found[1] or found[2] or "", text)
    text = _QUOTES.sub("", _SWITCH.sub("", text))
    text = _ANY_TAG.sub("", _LINE_TAG.sub("\n", text))
    text = _EMPTY_BRACKETS.sub("", text)
    _add_lines(text, body)
    return categories


def _add_lines(text: str, body: Body) -> None:
    headings: list[tuple[int, str]] = []  # that have no text yet
    for line in text.split("\n"):
        line = line.strip()
        level = min(len(line) - len(line.lstrip("=")), len(line) - len(line.rstrip("=")), 6)
        if level and line.strip("="):
            heading = _clean(line[level:-level]).replace("\n", " ")
            headings = [each for each in headings if each[0] < level]
            if heading:
                headings.append((level, heading))
        elif not _RULE.match(line) and (shown := _clean(line.lstrip(_LIST))):
            for level, heading in headings:
                body.begin_place(heading, level)
                body.add_heading(heading, level)
            headings = []
            body.add(shown)


def _clean(line: str) -> str:
    return clean_lines(unescape(line).replace("\n", LINE) if "&" in line else line)


def _repeated(pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str], text: str) -> str:
    """The text with what matches replaced from within to without, for as many levels as pages have."""
    for _ in range(_DEEPEST):
        text, count = pattern.subn(replace, text)
        if not count:
            break
    return text


def _shown_variant(found: re.Match[str]) -> str:
    """What a page shows of a conversion: the first of its variants. A search finds the others by itself."""
    content = found[1]
    if flags := _FLAGS.match(content):
        content = content[flags.end() :]
        if not _HIDDEN_FLAGS.isdisjoint(flags[0][:-1].strip().split(";")):
            return ""
    variants = [each.strip() for each in _VARIANT.findall(content)]
    return next(filter(None, variants), "") if variants else content


def _without_comments(text: str) -> str:
    pieces = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        pieces.append(text[at:start])
        at = end + len("-->")
    return "".join((*pieces, text[at:])) if pieces else text


def _without_tags(text: str) -> str:
    """Leave out notes, formulas and the like, and have what is no wikitext stand for itself."""
    tags = list(_TAG.finditer(text))
    ends = Counter(tag[2].lower() for tag in tags if tag[1])
    pieces = []
    at = 0
    name = ""
    for tag in tags:
        this = tag[2].lower()
        ends[this] -= len(tag[1])
        if not name:
            pieces.append(text[at : tag.start()])
            at = tag.end()
            if not tag[1] and not tag[3].endswith("/") and ends[this] > 0:
                name = this
        elif tag[1] and this == name:
            if name in _LITERAL:
                pieces.append(text[at : tag.start()].translate(_MARKS_OF_WIKITEXT))
            at = tag.end()
            name = ""
    return "".join((*pieces, text[at:])) if pieces else text


def _without_brackets(text: str) -> str:
    """Leave out templates and tables. A bracket without its other one is text."""
    open_: dict[str, list[int]] = {"{{": [], "{|": []}
    dropped: list[tuple[int, int]] = []
    for found in _BRACKETS.finditer(text):
        if opening := found["open"]:
            open_[opening[-2:]].append(found.start())
            continue
        kind, other = ("{{", "{|") if found[0] == "}}" else ("{|", "{{")
        if open_[kind]:
            start = open_[kind].pop()
            while open_[other] and open_[other][-1] > start:  # opened within, and never closed
                open_[other].pop()
            while dropped and dropped[-1][0] > start:  # lies within
                dropped.pop()
            dropped.append((start, found.end()))
    pieces = []
    at = 0
    for start, end in dropped:
        pieces.append(text[at:start])
        at = end
    return "".join((*pieces, text[at:])) if pieces else text

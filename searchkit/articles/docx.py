"""DOCX, the files of Word -> one Document, whose headings are places.

The file is read as XML, not by a library that models it: those leave out what stands in content controls,
text boxes, notes and tracked insertions.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from searchkit.articles.archive import LARGEST_ARCHIVE, Archive, local
from searchkit.articles.body import Body, book
from searchkit.articles.readers import Reader, ReadOptions
from searchkit.dates import parse_date
from searchkit.document import Document
from searchkit.errors import DocumentError
from searchkit.html.whitespace import LINE, clean_line, clean_lines

if TYPE_CHECKING:
    from lxml.etree import _Element

_OLE = b"\xd0\xcf\x11\xe0"  # how files begin that Word wrote before 2007, and those that it encrypts
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OLE_DIRECTORY = 1_000_000  # bytes, in which the names of its streams are
_DOCUMENT = "word/document.xml"
_NOTES = ("word/footnotes.xml", "word/endnotes.xml")
# What was moved away, how a character is read, and what older programs show in the place of something.
_DROPPED = ("{*}moveFrom", "{*}del", "{*}rt", "{*}Fallback")
_TEXTS = ("{*}t", "{*}tab", "{*}br", "{*}cr", "{*}noBreakHyphen")
_SHOWN = {"tab": "\t", "br": LINE, "cr": LINE, "noBreakHyphen": "-"}
_MOST_BASES = 20  # of a style, each the base of the one before
_LONGEST_PLACE = 200  # characters of a heading that is the name of a place


def read_docx(path: str, _options: ReadOptions) -> Iterator[tuple[str, Document | str]]:
    """The document of a file of Word."""
    from lxml import etree

    with open(path, "rb") as file:  # noqa: PTH123
        if file.read(len(_OLE)) == _OLE:
            raise DocumentError(_why_ole(file.read(_OLE_DIRECTORY)))
        archive = Archive(file)
        data = archive.read(_DOCUMENT)
        if data is None:
            raise DocumentError(f"not a file of Word: there is no {_DOCUMENT} in it")
        try:
            styles = _Styles(archive.tree("word/styles.xml"))
            text = _Text(styles, _links(archive.tree("word/_rels/document.xml.rels")))
            text.read(data)
            for name in _NOTES:
                text.read(archive.read(name) or b"")
            core = archive.tree("docProps/core.xml")
        except etree.XMLSyntaxError as error:
            raise DocumentError(f"a damaged file of Word: {error}") from None
    values = {} if core is None else {local(each.tag): clean_line(each.text or "") for each in core}
    yield (
        "",
        book(
            path,
            text.body,
            title=values.get("title") or text.title,
            published=parse_date(values.get("created") or values.get("modified") or ""),
            tags=values.get("keywords", "").replace("；", ",").replace(";", ",").split(","),
            extra={"author": values.get("creator", "")},
        ),
    )


DOCX = Reader(suffixes=(".docx", ".docm"), read=read_docx, largest=LARGEST_ARCHIVE)


def _why_ole(directory: bytes) -> str:
    if _ENCRYPTED in directory:
        return "it is encrypted and needs a password; save a copy without one"
    return "a file of the Word before 2007 (.doc); save it as .docx"


def _attribute(element: _Element, name: str) -> str:
    """The value of an attribute, whatever its namespace."""
    return next((str(value) for key, value in element.items() if local(key) == name), "")


def _value(parent: _Element | None, path: str) -> str:
    found = None if parent is None else parent.find(path)
    return "" if found is None else _attribute(found, "val")


def _links(relationships: _Element | None) -> dict[str, str]:
    """Where links lead to, by the names that they have in the document."""
    return {
        each.get("Id", ""): each.get("Target", "")
        for each in (() if relationships is None else relationships)
        if each.get("TargetMode") == "External"
    }


class _Styles:
    """Which styles are headings: those with a level in the outline, their own or that of their base."""

    def __init__(self, tree: _Element | None) -> None:
        self._base: dict[str, str] = {}
        self._level: dict[str, str] = {}
        self.titles: set[str] = set()
        for style in () if tree is None else tree.iter("{*}style"):
            id = _attribute(style, "styleId")
            self._base[id] = _value(style, "{*}basedOn")
            self._level[id] = _value(style, "{*}pPr/{*}outlineLvl")
            if _value(style, "{*}name").lower() == "title":
                self.titles.add(id)

    def level(self, style: str) -> str:
        for _ in range(_MOST_BASES):
            if level := self._level.get(style):
                return level
            style = self._base.get(style, "")
        return ""


class _Text:
    """Puts the paragraphs and rows of a document into its body, one after the other."""

    def __init__(self, styles: _Styles, links: dict[str, str]) -> None:
        self.body = Body()
        self.title = ""
        self._styles = styles
        self._links = links

    def read(self, data: bytes) -> None:
        """Add a part. No more of its tree than a paragraph is in memory."""
        from lxml import etree

        if not data:
            return
        rows: list[list[list[str]]] = []  # tables in one another: cells of the open row, their texts
        tags = ("{*}p", "{*}tr", "{*}tc")
        walk = etree.iterparse(
            io.BytesIO(data), events=("start", "end"), tag=tags, resolve_entities=False, no_network=True
        )
        for event, element in walk:
            name = local(element.tag)
            if event == "start":
                if name == "tr":
                    rows.append([])
                elif name == "tc" and rows:
                    rows[-1].append([])
            elif name == "p":
                if next(element.iterancestors(*_DROPPED), None) is None:
                    self._add_paragraph(element, rows[-1] if rows else [])
                element.clear()
            elif name == "tr" and rows:
                row = [" ".join(filter(None, cell)) for cell in rows.pop()]
                if rows and rows[-1]:
                    rows[-1][-1].append(" ".join(row))
                else:
                    self.body.add("\t".join(row).strip())
                element.clear()

    def _add_paragraph(self, paragraph: _Element, row: list[list[str]]) -> None:
        for gone in list(paragraph.iter(*_DROPPED)):
            gone.clear()
        text = clean_lines(_text_of(paragraph))
        if row:
            row[-1].append(text.replace("\n", " "))
            return
        style = _value(paragraph, "{*}pPr/{*}pStyle")
        level = _value(paragraph, "{*}pPr/{*}outlineLvl") or self._styles.level(style)
        if text and level.isdigit() and int(level) < 9:  # 9 is the text of the body
            line = text.replace("\n", " ")
            if len(line) <= _LONGEST_PLACE:
                self.body.begin_place(line, int(level) + 1)
            self.body.add_heading(line, int(level) + 1)
            return
        if style in self._styles.titles:
            self.title = self.title or clean_line(text)
        start = self.body.add(text)
        at = 0
        for link in paragraph.iter("{*}hyperlink"):
            shown = clean_lines(_text_of(link))
            found = text.find(shown, at)
            if found < 0:
                break  # looking for many in vain would take long
            at = found + len(shown)
            if target := self._links.get(_attribute(link, "id")):
                self.body.mark("link", start + found, start + at, target)


def _text_of(element: _Element) -> str:
    return "".join(_SHOWN.get(local(each.tag)) or each.text or "" for each in element.iter(*_TEXTS))

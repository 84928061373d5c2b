"""EPUB -> one Document, whose chapters are places."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote

from searchkit.articles.archive import LARGEST_ARCHIVE, Archive, local
from searchkit.articles.article import Article
from searchkit.articles.body import Body, book
from searchkit.articles.decoding import decode
from searchkit.articles.html import parse_html
from searchkit.articles.readers import Reader, ReadOptions
from searchkit.dates import parse_date, parse_days
from searchkit.document import LARGEST_DOCUMENT, Document
from searchkit.errors import DocumentError
from searchkit.html.markup import resolved
from searchkit.html.whitespace import clean_line
from searchkit.json_values import Json

if TYPE_CHECKING:
    from lxml.etree import _Element

_CONTAINER = "META-INF/container.xml"
_TYPE = "{http://www.idpf.org/2007/ops}type"
_ENCRYPTION = "META-INF/encryption.xml"
_TEXT_KINDS = ("application/xhtml+xml", "text/html")
# In XHTML any element may end where it begins; in HTML an <a/> or <title/> would hold all that follows.
_ENDS_ITSELF = re.compile(
    r"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)\b)([A-Za-z][\w:.-]*)((?:\s[^<>]*)?)/>"
)

_Entry = tuple[str, "_Element | None", str]
"""Of a table of contents: the folder that it is in, its label, and its reference to a chapter."""


def read_epub(path: str, _options: ReadOptions) -> Iterator[tuple[str, Document | str]]:
    """The document of a book, and each chapter that cannot be read."""
    from lxml import etree

    with open(path, "rb") as file:  # noqa: PTH123
        try:
            yield from _Book(Archive(file)).read(path)
        except etree.XMLSyntaxError as error:
            raise DocumentError(f"a damaged EPUB file: {error}") from None


EPUB = Reader(suffixes=(".epub",), read=read_epub, largest=LARGEST_ARCHIVE)


class _Book:
    """What the package of a book says of it: its values, its chapters in order, and their titles."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        name = self._package_name()
        package = archive.tree(name)
        if package is None:
            raise DocumentError(f"a damaged EPUB file: there is nothing in {name}")
        self._folder = posixpath.dirname(name)
        self._values: dict[str, list[str]] = {}
        for each in package.iterfind("{*}metadata//*"):
            if text := clean_line(each.text or ""):
                self._values.setdefault(local(each.tag), []).append(text)
        self._items = {each.get("id", ""): each for each in package.iterfind("{*}manifest/{*}item")}
        spine = package.find("{*}spine")
        order = [each.get("idref", "") for each in (() if spine is None else spine)]
        items = [self._items[id] for id in order if id in self._items] or list(self._items.values())
        texts = [each.get("href", "") for each in items if each.get("media-type") in _TEXT_KINDS]
        self._chapters = list(dict.fromkeys(_part(self._folder, text) for text in texts))
        self._titles = self._titles_of(spine)

    def _package_name(self) -> str:
        container = self._archive.tree(_CONTAINER)
        roots = () if container is None else container.iter("{*}rootfile")
        names = [each.get("full-path", "") for each in roots]
        names += [name for name in self._archive.names if name.endswith(".opf")]
        found = next((name for name in names if name in self._archive.names), None)
        if found is None:
            raise DocumentError("not an EPUB file: there is no package (.opf) in it")
        return found

    def _titles_of(self, spine: _Element | None) -> dict[str, str]:
        """The titles of chapters in the table of contents, by their parts."""
        titles: dict[str, tuple[str, str]] = {}
        for folder, label, reference in (
            *self._nav(),
            *self._ncx("" if spine is None else spine.get("toc", "")),
        ):
            chapter = _part(folder, reference)
            title = "" if label is None else clean_line(str(label.xpath("string()")))
            # A part of the book begins where its first chapter does; sections follow their chapter.
            if title and titles.get(chapter, (reference,))[0] == reference:
                titles[chapter] = reference, title
        return {chapter: title for chapter, (_, title) in titles.items()}

    def _nav(self) -> Iterator[_Entry]:
        """The table of contents of EPUB 3, a page of links."""
        for item in self._items.values():
            if "nav" in (item.get("properties") or "").split():
                where = _part(self._folder, item.get("href", ""))
                tree = self._archive.tree(where)
                navs = [] if tree is None else list(tree.iter("{*}nav"))
                navs.sort(key=lambda nav: "toc" not in (nav.get(_TYPE) or "").split())
                for link in navs[0].iter("{*}a") if navs else ():
                    yield posixpath.dirname(where), link, link.get("href", "")

    def _ncx(self, id: str) -> Iterator[_Entry]:
        """The table of contents of EPUB 2, which newer books have as well."""
        if id in self._items:
            where = _part(self._folder, self._items[id].get("href", ""))
            tree = self._archive.tree(where)
            for point in () if tree is None else tree.iter("{*}navPoint"):
                target = point.find("{*}content")
                reference = "" if target is None else target.get("src", "")
                yield posixpath.dirname(where), point.find("{*}navLabel"), reference

    def read(self, path: str) -> Iterator[tuple[str, Document | str]]:
        """The document, and each chapter that cannot be read."""
        if not self._encrypted().isdisjoint(self._chapters):
            raise DocumentError("it is protected against copying (DRM): its chapters are encrypted")
        body = Body()
        failures: list[tuple[str, str]] = []
        for chapter in self._chapters:
            try:
                article = self._parse(chapter)
            except DocumentError as error:
                failures.append((chapter, error.reason))
                continue
            if title := self._titles.get(chapter) or ("" if self._titles else article.heading):
                body.begin_place(title)
            start = body.add(article.body)
            for kind, first, last, value in resolved(article.markup, "", cut=0, room=LARGEST_DOCUMENT // 2):
                body.mark(kind, start + first, start + last, value)
        if failures and not body.end:
            raise DocumentError(f"no chapter of it can be read; {failures[0][0]}: {failures[0][1]}")
        yield "", self._document(path, body)
        yield from failures

    def _parse(self, chapter: str) -> Article:
        data = self._archive.read(chapter)
        if data is None:
            raise DocumentError("the chapter is not in the file")
        return parse_html(_ENDS_ITSELF.sub(r"<\1\2></\1>", decode(data)))

    def _encrypted(self) -> set[str]:
        """The parts that are encrypted. Those of many books are fonts, and nothing else."""
        tree = self._archive.tree(_ENCRYPTION) if _ENCRYPTION in self._archive.names else None
        found = () if tree is None else tree.iter("{*}CipherReference")
        return {posixpath.normpath(unquote(each.get("URI", ""))) for each in found}

    def _document(self, path: str, body: Body) -> Document:
        values = self._values
        extra: dict[str, Json] = {
            "author": values.get("creator", []),
            "publisher": values.get("publisher", []),
            "language": values.get("language", []),
            "identifier": values.get("identifier", []),
        }
        return book(
            path,
            body,
            title=next(iter(values.get("title", ())), ""),
            published=next(filter(None, map(_date, values.get("date", ()))), None),
            tags=values.get("subject", ()),
            extra={name: found[0] if len(found) == 1 else found for name, found in extra.items()},
        )


def _part(folder: str, reference: str) -> str:
    """The part of the archive that a reference in one of the folder leads to."""
    return posixpath.normpath(posixpath.join(folder, unquote(reference.partition("#")[0])))


def _date(text: str) -> datetime | None:
    """A date of a book, which may be a year only: then its first day."""
    if found := parse_date(text):
        return found
    first, _ = parse_days(text) or (None, None)
    return datetime(first.year, first.month, first.day) if first else None  # noqa: DTZ001  (the index has a zone)

"""Dumps of MediaWiki, the software of Wikipedia -> a Document for each article, read one after the other."""

from __future__ import annotations

import bz2
import gzip
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import IO, cast
from urllib.parse import quote
from xml.parsers import expat

from searchkit.articles.body import Body, file_url, labels
from searchkit.articles.readers import NoArticleError, Reader, ReadOptions
from searchkit.articles.wikitext import Namespaces, read_wikitext
from searchkit.dates import parse_date
from searchkit.document import Document
from searchkit.errors import DocumentError

_READ_AT_ONCE = 65_536  # bytes
_LARGEST_PAGE = 16_000_000  # characters of its text; MediaWiki takes 2 MB
_LARGEST_TAG = 16_000_000  # bytes of a tag or a comment, which the parser holds
_DEEPEST = 50  # elements in one another: exports have seven
_MAY_EXPAND = 256_000_000  # bytes of a packed file, before its ratio counts
_MOST_EXPANDED = 200
_DAMAGED = "the file is damaged from here on"
_WANTED = frozenset(
    (
        "siteinfo/base",
        "siteinfo/namespaces/namespace",
        "page/title",
        "page/ns",
        "page/id",
        "page/revision/timestamp",
        "page/revision/model",
        "page/revision/text",
    )
)
_CATEGORIES, _FILES = "14", "6"  # namespaces
_SAFE = "/:@!$*(),;~"  # what addresses of wikis have as it is


def read_dump(path: str, _options: ReadOptions) -> Iterator[tuple[str, Document | str]]:
    """The number of each page with its document, or with what is wrong with it.

    Redirects and pages that are no articles are passed over.
    """
    dump = _Dump(file_url(path))
    read = documents = 0
    with open(path, "rb") as file:  # noqa: PTH123
        try:
            with _unpacked(file, path) as stream:
                while data := stream.read(_READ_AT_ONCE):
                    read += len(data)
                    _check_ratio(read, file.tell())
                    dump.feed(data)
                    for found in dump.take():
                        documents += 1
                        yield found
                dump.feed(b"")
        except DocumentError as error:
            if not dump.is_export:
                raise NoArticleError(error.reason) from None
            yield str(dump.pages + 1) if dump.pages else "", error.reason
        except (expat.ExpatError, ValueError) as error:  # ValueError: it is in GBK or another such encoding
            if not dump.is_export:
                raise NoArticleError(f"not XML: {error}") from None
            yield str(dump.pages + 1), f"{_DAMAGED}: {error}"
        except (EOFError, OSError, zlib.error) as error:
            yield str(dump.pages + 1) if dump.is_export else "", f"{_DAMAGED}: {error}"
        else:
            if not documents:
                passed = ", ".join(f"{what}: {count:,}" for what, count in dump.passed_over.items())
                yield "", f"there is no article in it{f' ({passed})' if passed else ''}"


DUMP = Reader(suffixes=(".xml", ".xml.bz2", ".xml.gz"), read=read_dump, whole=False)


def _unpacked(file: IO[bytes], path: str) -> IO[bytes]:
    if path.lower().endswith(".bz2"):
        return cast(IO[bytes], bz2.BZ2File(file))
    return cast(IO[bytes], gzip.GzipFile(fileobj=file)) if path.lower().endswith(".gz") else file


def _check_ratio(unpacked: int, packed: int) -> None:
    if unpacked > _MAY_EXPAND and unpacked > _MOST_EXPANDED * packed:
        raise DocumentError(
            f"the file expands to more than {_MOST_EXPANDED} times its size; unpack it first, "
            "if it is no trap"
        )


class _Dump:
    """Takes an export in pieces of any size. No more of it than a page is in memory."""

    def __init__(self, url: str) -> None:
        self.pages = 0
        self.is_export = False
        self.passed_over: Counter[str] = Counter()
        self._url = url
        self._prefix = ""  # of the addresses of pages
        self._names: dict[str, list[str]] = {_CATEGORIES: [], _FILES: []}
        self._namespaces = Namespaces()
        self._found: list[tuple[str, Document | str]] = []
        self._path: list[str] = []  # of the open element, without the root
        self._text: list[str] | None = None  # of the open element, where it is wanted
        self._length = 0
        self._key = ""  # of the open namespace
        self._page: dict[str, str] = {}
        self._revision: dict[str, str] = {}
        self._fed = 0
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_dtd
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._add

    def feed(self, data: bytes) -> None:
        """Read a piece; nothing at the end.

        Raises `DocumentError` for what is no export, and ExpatError for what is not XML.
        """
        self._parser.Parse(data, not data)
        self._fed += len(data)
        if self._fed - max(self._parser.CurrentByteIndex, 0) > _LARGEST_TAG:
            raise DocumentError(f"a tag has more than {_LARGEST_TAG:,} bytes")

    def take(self) -> list[tuple[str, Document | str]]:
        """The pages that were read since the last call."""
        found, self._found = self._found, []
        return found

    def _refuse_dtd(self, *_declared: object) -> None:
        raise DocumentError("it declares a document type, which exports of MediaWiki do not")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self.is_export:
            if name != "mediawiki":
                raise DocumentError(f"XML, but no export of MediaWiki: it begins with <{name[:60]}>")
            self.is_export = True
            return
        self._path.append(name)
        if len(self._path) > _DEEPEST:
            raise DocumentError(f"no export of MediaWiki: more than {_DEEPEST} elements in one another")
        if name == "page":
            self._page, self._revision = {}, {}
        elif name == "redirect":
            self._page["redirect"] = "yes"
        elif name == "namespace":
            self._key = attributes.get("key", "")
        if "/".join(self._path) in _WANTED:
            self._text, self._length = [], 0

    def _add(self, text: str) -> None:
        if self._text is not None:
            self._length += len(text)
            if self._length <= _LARGEST_PAGE:
                self._text.append(text)
            else:
                self._page["too large"] = "yes"

    def _end(self, name: str) -> None:
        if not self._path:
            return
        where = "/".join(self._path)
        self._path.pop()
        if self._text is not None:
            text, self._text = "".join(self._text), None
            if where == "siteinfo/base":
                before, query, _ = text.partition("title=")
                self._prefix = before + query if query else text[: text.rfind("/") + 1]
            elif name == "namespace":
                self._names.setdefault(self._key, []).append(text)
            elif where.startswith("page/revision/"):
                self._revision[name] = text
            else:
                self._page[name] = text
        elif where == "page/revision":
            if self._revision.get("timestamp", "") >= self._page.get("timestamp", ""):
                self._page |= self._revision
            self._revision = {}
        elif where == "siteinfo":
            self._namespaces = Namespaces(self._names[_CATEGORIES], self._names[_FILES])
        elif where == "page":
            self.pages += 1
            self._end_page()

    def _end_page(self) -> None:
        page = self._page
        self._page = {}
        if "redirect" in page:
            self.passed_over["redirects"] += 1
        elif page.get("ns", "0") != "0" or page.get("model", "wikitext") != "wikitext":
            self.passed_over["pages that are no articles"] += 1
        else:
            found: Document | str
            try:
                found = self._document(page)
            except DocumentError as error:
                found = error.reason
            self._found.append((str(self.pages), found))

    def _document(self, page: dict[str, str]) -> Document:
        title = page.get("title", "")
        if "too large" in page:
            raise DocumentError(f"the page {title[:60]!r} has more than {_LARGEST_PAGE:,} characters")
        body = Body()
        categories = read_wikitext(page.get("text", ""), body, self._namespaces)
        text, markup = body.finish()
        name = quote(title.replace(" ", "_"), _SAFE)
        return Document(
            title=title,
            body=text,
            url=f"{self._prefix}{name}" if self._prefix else f"{self._url}#{page.get('id') or self.pages}",
            published=parse_date(page.get("timestamp", "")),
            tags=tuple(labels(categories)),
            markup=markup,
        )

"""PDF -> one Document, whose pages are places.

pypdf gives the text of a page as the lines that stand on it. A sentence that goes on in the next line is
joined again, as no passage is found across lines.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any
from unicodedata import normalize as unicode_form

from wcwidth import wcswidth

from searchkit.analysis.tokens import normalize
from searchkit.articles.body import Body, book
from searchkit.articles.readers import Reader, ReadOptions
from searchkit.document import Document
from searchkit.errors import DocumentError
from searchkit.html.whitespace import CJK, LINE, clean_line, clean_lines

if TYPE_CHECKING:
    from pypdf import PdfReader

_LARGEST = 512_000_000  # bytes of a file, most of them pictures, of which no more is read than is needed
_MOST_PAGES = 20_000
_MOST_OPERATIONS = 20_000_000  # that draw: a page of text has some hundred, a map a million
_LONGEST_LABEL = 100  # characters of the label of a page
_LONGEST_REASON = 200

# Fonts name 一 and 門 by the radicals that look the same, and so does the text that pypdf gets from them.
_RADICAL = re.compile("[\u2e80-\u2fdf]")
_FIRST_KANGXI = "\u2f00"
_SPACED = re.compile(f"(?<=[{CJK}]) +(?=[{CJK}])")
_BESIDE_PUNCTUATION = re.compile("(?<=[，。、；：？！）」』》]) +| +(?=[，。、；：？！（「『《])")
_FIRST_WORD = re.compile(f"[^{CJK}\\s]+|.")
_CLOSE = re.compile(f"(?<=[{CJK}])(?=[{CJK}])")
_ITEM = re.compile(
    r"\s*(?:[•·●○■□◆▪▶★※*–—-]\s|\(?\d{1,3}[.)、．）]|（?[一二三四五六七八九十]{1,3}[、）]|第.{1,6}[章节節篇回条條卷])"
)
_ENDS_SENTENCE = re.compile(r"[。！？!?.；;：:…」』”）]\s*\Z")
_HYPHEN = re.compile(r"(?<=[a-z])[-\u2010\xad]\Z")
_FILE_NAME = re.compile(r"\.[A-Za-z]{2,5}\Z")
_SEPARATOR = re.compile(r"[,;，；、]")
# The widest lines of running text have at least so many columns; those of a poem or a table are no paragraph.
_LEAST_WIDTH = 28
_FULL = 0.85  # of the width, with the first word of the next line: fonts have letters of many widths
_VERY_FULL = 0.95  # at the end of a sentence, which may be that of a paragraph


def read_pdf(path: str, _options: ReadOptions) -> Iterator[tuple[str, Document | str]]:
    """The document of a PDF file, and each page that cannot be read."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    with _quiet(), open(path, "rb") as file:  # noqa: PTH123
        try:
            reader = PdfReader(file)
            found = list(_read(path, reader))
        except DocumentError:
            raise
        except DependencyError:
            raise DocumentError(
                "it is encrypted: pip install 'searchkit-zh[pdf]' installs what decrypts it"
            ) from None
        except Exception as error:  # pypdf trusts what a file says of itself, and trips over what is not so
            raise DocumentError(f"a damaged PDF file: {_first_line(error)}") from None
    yield from found


PDF = Reader(suffixes=(".pdf",), read=read_pdf, needs="pdf", libraries=("pypdf",), largest=_LARGEST)


def _read(path: str, reader: PdfReader) -> Iterator[tuple[str, Document | str]]:
    if reader.is_encrypted and not reader.decrypt(""):
        raise DocumentError("it is encrypted and needs a password; save a copy without one")
    count = len(reader.pages)
    if count > _MOST_PAGES:
        raise DocumentError(f"it has {count:,} pages; at most {_MOST_PAGES:,} are read: split it")
    names = _page_names(reader, count)
    outline = _outline(reader)
    operations = _Operations()
    body = Body()
    failures: list[tuple[str, str]] = []
    has_pictures = False
    for number, name in enumerate(names):
        try:
            page = reader.pages[number]
            text = page.extract_text(visitor_operand_before=operations.count)
            has_pictures = has_pictures or "/XObject" in (page.get("/Resources") or ())
        except DocumentError:
            raise
        except Exception as error:
            failures.append((name, f"the page cannot be read: {_first_line(error)}"))
            continue
        headings = outline.get(number, {})
        body.begin_place(name)
        for line in page_lines(text, headings).split("\n"):
            if level := headings.pop(_key(line), 0):
                body.add_heading(line, level)
            else:
                body.add(line)
    if not body.end:
        if failures:
            raise DocumentError(f"no page of it can be read; {failures[0][0]}: {failures[0][1]}")
        scanned = ": it may be scanned; OCR it first, for instance with ocrmypdf" if has_pictures else ""
        raise DocumentError(f"there is no text in it{scanned}")
    yield "", _document(path, reader, body)
    yield from failures


class _Operations:
    """Counts what the pages draw, so that a small file cannot take hours."""

    def __init__(self) -> None:
        self._left = _MOST_OPERATIONS

    def count(self, *_operation: object) -> None:
        self._left -= 1
        if self._left < 0:
            raise DocumentError(
                f"to draw its pages takes more than {_MOST_OPERATIONS:,} operations: split it"
            )


def page_lines(text: str, headings: Container[str] = ()) -> str:
    """The text of a page, whose paragraphs are one line each, as far as can be told.

    A line that is as long as the others goes on in the next one. ``headings`` have no blanks in them.
    """
    text = _RADICAL.sub(_ideograph, text)
    lines = [_close_up(line.rstrip()) for line in text.split("\n") if line.strip()]
    widths = [max(wcswidth(line.strip()), 0) for line in lines]
    width = sorted([0, 0, *widths])[-2 - len(widths) // 10]  # titles may be wider, and one line shows nothing
    pieces: list[str] = []
    for line, columns, following in zip(lines, widths, [*lines[1:], ""]):
        begins = not following or _ITEM.match(following) or _key(following) in headings
        word = _FIRST_WORD.match(following)
        columns += wcswidth(word[0]) if word else 0
        is_full = columns >= width * (_VERY_FULL if _ENDS_SENTENCE.search(line) else _FULL)
        if width < _LEAST_WIDTH or not is_full or begins or _key(line) in headings:
            pieces.append(line + LINE)
        elif _HYPHEN.search(line) and following[0].islower():
            pieces.append(line[:-1])
        else:
            pieces.append(line + "\n")  # nothing between Chinese characters, and else a blank
    return clean_lines("".join(pieces))


def _ideograph(found: re.Match[str]) -> str:
    """The character that a radical looks like."""
    radical = found[0]
    return unicode_form("NFKC", radical) if radical >= _FIRST_KANGXI else normalize(radical)


def _close_up(line: str) -> str:
    """A line without the blanks between its characters, where they are set apart to fill it."""
    line = _BESIDE_PUNCTUATION.sub("", line)
    return _SPACED.sub("", line) if len(_SPACED.findall(line)) > len(_CLOSE.findall(line)) else line


def _key(line: str) -> str:
    """By which a heading in the outline is the line on the page."""
    return "".join(line.split())


def _page_names(reader: PdfReader, count: int) -> list[str]:
    """``page iv``: by the labels of the pages where the file has some, and else by their numbers."""
    labels: list[str] = []
    with suppress(Exception):
        labels = reader.page_labels
    labels += [""] * (count - len(labels))
    return [f"page {clean_line(label)[:_LONGEST_LABEL] or n}" for n, label in enumerate(labels[:count], 1)]


def _outline(reader: PdfReader) -> dict[int, dict[str, int]]:
    """The headings on each page, with their levels, as far as the file says."""
    found: dict[int, dict[str, int]] = {}
    waiting: list[tuple[Any, int]] = []
    with suppress(Exception):
        waiting = [(entry, 1) for entry in reader.outline]
    for entry, level in waiting:  # which grows
        if isinstance(entry, list):
            waiting += [(each, level + 1) for each in entry]
            continue
        with suppress(Exception):
            number = reader.get_destination_page_number(entry)
            if number is not None and (key := _key(_RADICAL.sub(_ideograph, str(entry.title)))):
                found.setdefault(number, {}).setdefault(key, level)
    return found


def _document(path: str, reader: PdfReader, body: Body) -> Document:
    texts: dict[str, str] = {}
    published: datetime | None = None
    if metadata := reader.metadata:
        for name in ("/Title", "/Author", "/Keywords"):
            with suppress(Exception):
                texts[name] = clean_line(str(metadata.get(name) or ""))
        with suppress(Exception):
            published = metadata.creation_date
    title = texts.get("/Title", "")
    return book(
        path,
        body,
        title="" if _FILE_NAME.search(title) else title,  # programs put the name of the source there
        published=published,
        tags=_SEPARATOR.split(texts.get("/Keywords", "")),
        extra={"author": texts.get("/Author", "")},
    )


def _first_line(error: Exception) -> str:
    text = clean_line(str(error)) or type(error).__name__
    return text if len(text) <= _LONGEST_REASON else text[:_LONGEST_REASON] + "…"


_quieted = _level = 0
_quieting = threading.Lock()


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what pypdf logs of each thing that it mends: a file is read, or it is a failure."""
    global _quieted, _level
    logger = logging.getLogger("pypdf")
    with _quieting:
        if not _quieted:
            _level = logger.level
            logger.setLevel(logging.CRITICAL + 1)
        _quieted += 1
    try:
        yield
    finally:
        with _quieting:
            _quieted -= 1
            if not _quieted:
                logger.setLevel(_level)

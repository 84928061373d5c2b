"""One file -> its Documents, or what is wrong with it. There is no state: worker processes call this."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from typing import NamedTuple

from searchkit.articles.article import Article
from searchkit.articles.decoding import check_encoding, decode
from searchkit.articles.front_matter import parse_front_matter, split_front_matter
from searchkit.articles.html import looks_like_html, parse_html, parse_html_page
from searchkit.articles.json_lines import read_json_lines
from searchkit.articles.markdown import parse_markdown
from searchkit.articles.news import parse_news
from searchkit.document import Document
from searchkit.errors import ArticleError, DocumentError
from searchkit.html.whitespace import clean_line, text_lines

LARGEST_FILE = 32_000_000
"""Bytes of a file that is one article. Several copies of it are in memory while it is read."""
_LONGEST_TITLE = 100  # characters of a line of plain text
_SUFFIX = re.compile(r"\.[^.]*\.gz\Z|\.[^.]+\Z")


class FileDocument(NamedTuple):
    """A document and where it was read: ``FILE``, or ``FILE:LINE`` in JSON Lines."""

    place: str
    document: Document


def read_file(
    path: str | os.PathLike[str], encoding: str | None = None
) -> Iterator[FileDocument | ArticleError]:
    """The documents of a file, and what is wrong with it or with some of its lines.

    Raises ValueError when there is no such encoding, and nothing else.
    """
    check_encoding(encoding)
    path = os.fspath(path)
    name = path if path.isascii() else printable(path)
    try:
        status = os.stat(path)  # noqa: PTH116  (pathlib makes ten calls for each file)
        if reason := why_not_read(path, status):
            return iter((ArticleError(name, reason),))
        if is_read_line_by_line(path):
            return _read_lines(path, name, encoding)
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123
            text = decode(file.readall(), encoding)
        article = _PARSERS[_suffix(path)](text)
        return iter((FileDocument(name, article.document(path)),))
    except OSError as error:
        return iter((ArticleError(name, f"cannot be read: {error.strerror or error}"),))
    except DocumentError as error:
        return iter((ArticleError(name, error.reason),))


def _read_lines(path: str, name: str, encoding: str | None) -> Iterator[FileDocument | ArticleError]:
    for number, found in read_json_lines(path, encoding):
        place = f"{name}:{number}" if number else name
        yield FileDocument(place, found) if isinstance(found, Document) else ArticleError(place, found)


def printable(path: str | os.PathLike[str]) -> str:
    """The path as text. Bytes of a name that are not UTF-8 are escaped, so that printing it cannot fail."""
    return os.fspath(path).encode("utf-8", "backslashreplace").decode("utf-8")


def is_read_line_by_line(path: str | os.PathLike[str]) -> bool:
    """Whether the file has a document on each line, and may be too long to be read at once."""
    return _suffix(path) in JSON_LINES


def why_not_read(path: str | os.PathLike[str], status: os.stat_result) -> str:
    """Why there is nothing to read in the file, told without opening it; an empty text when there is."""
    if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait without end
        return "not a regular file"
    if not status.st_size:
        return "an empty file"
    suffix = _suffix(path)
    if suffix not in _PARSERS and suffix not in JSON_LINES:
        return f"unknown kind of file {suffix!r}; known are {', '.join(sorted([*_PARSERS, *JSON_LINES]))}"
    if status.st_size > LARGEST_FILE and suffix in _PARSERS:
        return (
            f"too large for one article: {status.st_size:,} bytes, where {LARGEST_FILE:,} are read; "
            "split it, or write its articles as JSON Lines"
        )
    return ""


def _suffix(path: str | os.PathLike[str]) -> str:
    """The suffix of the file's name, in lower case, with the one before ``.gz``."""
    name = os.fspath(path)
    found = _SUFFIX.search(name[name.rfind(os.sep) + 1 :].lstrip(".").lower())
    return found[0] if found else ""


def _parse_plain_text(text: str) -> Article:
    """A text. A short first line with an empty one below is its title."""
    first, _, rest = text.lstrip().partition("\n")
    is_title = len(first) <= _LONGEST_TITLE and rest.strip() and not rest.partition("\n")[0].strip()
    return Article(heading=clean_line(first) if is_title else "", body=text_lines(text))


def _parser_with_head(parse_body: Callable[[str], Article]) -> Callable[[str], Article]:
    """A parser of text that may have front matter, or be in the format of news archives, or both."""

    def parse(text: str) -> Article:
        values, rest = split_front_matter(text)
        article = parse_news(rest)
        if not values:
            return article or parse_body(rest)
        head = parse_front_matter(values)
        if article:  # its link and comment are more exact than what the front matter repeats
            article.fill_from(head)
            return article
        head.fill_from(parse_html(rest) if looks_like_html(rest) else parse_body(rest))
        return head

    return parse


_PARSERS: dict[str, Callable[[str], Article]] = {
    ".txt": _parser_with_head(_parse_plain_text),
    ".md": _parser_with_head(parse_markdown),
    ".markdown": _parser_with_head(parse_markdown),
    ".html": parse_html_page,
    ".htm": parse_html_page,
}
JSON_LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")

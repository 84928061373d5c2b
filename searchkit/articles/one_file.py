"""One file -> its Documents, or what is wrong with it. It holds no state: worker processes call it."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from searchkit.articles.article_format import article_draft, html_draft
from searchkit.articles.decoding import BinaryFileError, check_encoding, decode
from searchkit.articles.draft import Draft
from searchkit.articles.front_matter import front_matter_draft, split_front_matter
from searchkit.articles.html_page import page_draft
from searchkit.articles.json_lines import read_json_lines
from searchkit.articles.markdown import looks_like_html, markdown_draft
from searchkit.articles.plain_text import text_draft
from searchkit.document import Document
from searchkit.errors import ArticleError, DocumentError

__all__ = ["JSON_LINES", "is_read_line_by_line", "printable", "read_entries", "read_file", "why_not_opened"]


def read_file(path: str | os.PathLike[str], encoding: str | None = None) -> Iterator[Document | ArticleError]:
    """The documents of a file, and what is wrong with it or with some lines of it.

    Raises ValueError when there is no such encoding, and nothing else.
    """
    check_encoding(encoding)
    return (entry for _, entry in read_entries(Path(path), encoding))


def read_entries(path: Path, encoding: str | None = None) -> Iterator[tuple[str, Document | ArticleError]]:
    """The same, each with its place: the file, or ``file:LINE`` in JSON Lines."""
    name = printable(path)
    try:
        if reason := why_not_opened(path, path.stat()):
            yield name, ArticleError(name, reason)
        elif is_read_line_by_line(path):
            yield from read_json_lines(path, name, encoding)
        else:
            draft = _READERS[_suffix(path)](decode(path.read_bytes(), encoding))
            yield name, draft.document(path)
    except OSError as error:
        yield name, ArticleError(name, f"cannot be read: {error.strerror or error}")
    except (BinaryFileError, DocumentError) as error:
        yield name, ArticleError(name, error.reason if isinstance(error, DocumentError) else str(error))


def is_read_line_by_line(path: Path) -> bool:
    """May the file be longer than is good to read at once?"""
    return _suffix(path) in JSON_LINES


def why_not_opened(path: Path, status: os.stat_result) -> str:
    """Why there is nothing to read in the file, or an empty text; nothing is opened to tell."""
    if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for without end
        return "not a regular file"
    if not status.st_size:
        return "an empty file"
    if _suffix(path) not in JSON_LINES and _suffix(path) not in _READERS:
        known = ", ".join(sorted([*_READERS, *JSON_LINES]))
        return f"unknown kind of file {_suffix(path)!r}; known are {known}"
    return ""


def printable(path: str | os.PathLike[str]) -> str:
    """The path as text; bytes of a name that are not UTF-8 are shown escaped, not left to break a print."""
    return os.fspath(path).encode("utf-8", "backslashreplace").decode("utf-8")


def _suffix(path: Path) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    return "".join(suffixes if suffixes[-1:] == [".gz"] else suffixes[-1:])


def _with_head(body_draft: Callable[[str], Draft]) -> Callable[[str], Draft]:
    """Reads front matter and the article format, and what is neither by ``body_draft``."""

    def draft(text: str) -> Draft:
        values, rest = split_front_matter(text)
        drafts = [front_matter_draft(values)] if values else []
        if article := article_draft(rest):
            # Its link and comment say more exactly what the front matter repeats.
            return _merged([article, *drafts])
        is_html = bool(values) and looks_like_html(rest)
        return _merged([*drafts, html_draft(rest) if is_html else body_draft(rest)])

    return draft


def _merged(drafts: list[Draft]) -> Draft:
    """Of each field the first value that there is."""
    first, *others = drafts
    for other in others:
        for name, value in vars(other).items():
            if not getattr(first, name):
                setattr(first, name, value)
    return first


_READERS: dict[str, Callable[[str], Draft]] = {
    ".txt": _with_head(text_draft),
    ".md": _with_head(markdown_draft),
    ".markdown": _with_head(markdown_draft),
    ".html": page_draft,
    ".htm": page_draft,
}
JSON_LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")

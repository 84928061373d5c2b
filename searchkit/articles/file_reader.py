"""One file -> its Documents, or what is wrong with it. There is no state: worker processes call this."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from searchkit.articles.decoding import check_encoding
from searchkit.articles.readers import (
    NoArticleError,
    Reader,
    ReadOptions,
    known_suffixes,
    reader_of,
    suffix_of,
)
from searchkit.document import Document
from searchkit.errors import ArticleError, DocumentError

_PLAIN = ReadOptions()


class NoArticleFileError(ArticleError):
    """The file is of a kind that is read, but holds no articles; in a folder that is no failure."""


class FileDocument(NamedTuple):
    """A document and where it was read: ``FILE``, or ``FILE:PLACE`` where a file has several."""

    place: str
    document: Document


def read_file(
    path: str | os.PathLike[str], options: ReadOptions = _PLAIN
) -> Iterator[FileDocument | ArticleError]:
    """The documents of a file, and what is wrong with it or with some of its parts.

    Raises ValueError when there is no such encoding, and nothing else.
    """
    check_encoding(options.encoding)
    return _read(os.fspath(path), options)


def _read(path: str, options: ReadOptions) -> Iterator[FileDocument | ArticleError]:
    name = path if path.isascii() else printable(path)
    try:
        status = os.stat(path)  # noqa: PTH116  (pathlib makes ten calls for each file)
        reader = reader_of(suffix_of(path))
        if reason := _why_not_read(path, status, reader):
            yield ArticleError(name, reason)
            return
        assert isinstance(reader, Reader)
        for place, found in reader.read(path, options):
            where = f"{name}:{place}" if place else name
            yield FileDocument(where, found) if isinstance(found, Document) else ArticleError(where, found)
    except OSError as error:
        yield ArticleError(name, f"cannot be read: {error.strerror or error}")
    except NoArticleError as error:
        yield NoArticleFileError(name, error.reason)
    except DocumentError as error:
        yield ArticleError(name, error.reason)
    except Exception as error:  # of a library, or of a reader that others wrote: one file stops no other
        yield ArticleError(name, f"cannot be read: {type(error).__name__}: {error}")


def printable(path: str | os.PathLike[str]) -> str:
    """The path as text. Bytes of a name that are not UTF-8 are escaped, so that printing it cannot fail."""
    return os.fspath(path).encode("utf-8", "backslashreplace").decode("utf-8")


def has_many_documents(path: str | os.PathLike[str]) -> bool:
    """Whether the file is read document by document, and may be too long to be read at once."""
    reader = reader_of(suffix_of(os.fspath(path)))
    return isinstance(reader, Reader) and not reader.whole


def size_and_time(path: str | os.PathLike[str]) -> tuple[int, int]:
    """The bytes and the latest time of a file and what belongs to it, which tell whether it has changed."""
    status = os.stat(path)  # noqa: PTH116
    size, time = status.st_size, status.st_mtime_ns
    for other in files_beside(path):
        with suppress(OSError):  # there is none
            status = os.stat(other)  # noqa: PTH116
            size, time = size + status.st_size, max(time, status.st_mtime_ns)
    return size, time


def files_beside(path: str | os.PathLike[str]) -> list[str]:
    """The files that belong to a file, which may not be there."""
    name = os.fspath(path)
    reader = reader_of(suffix_of(name))
    return [name + each for each in reader.beside] if isinstance(reader, Reader) else []


def why_not_read(path: str | os.PathLike[str], status: os.stat_result) -> str:
    """Why there is nothing to read in the file, told without opening it; an empty text when there is."""
    return _why_not_read(os.fspath(path), status, reader_of(suffix_of(os.fspath(path))))


def _why_not_read(path: str, status: os.stat_result, reader: Reader | str | None) -> str:
    if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait without end
        return "not a regular file"
    if not status.st_size:
        return "an empty file"
    if reader is None:
        return f"unknown kind of file {suffix_of(path)!r}; known are {', '.join(known_suffixes())}"
    if isinstance(reader, str):
        return reader
    if reader.whole and status.st_size > reader.largest:
        return (
            f"too large for one article: {status.st_size:,} bytes, where {reader.largest:,} are read; "
            "split it, or write its articles as JSON Lines"
        )
    return ""

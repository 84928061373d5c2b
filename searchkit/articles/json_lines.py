"""JSON Lines, one object a line -> Documents.

Programs write these files, so nothing is guessed: a line that is not right is an error with its number, and
the lines after it are read. The file is streamed, and no more of it is in memory than a line, which has a
largest length. A damaged archive gives what comes before the damage, and so does one that expands to far more
than text does.
"""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from typing import cast

from searchkit.articles.decoding import superset
from searchkit.articles.readers import Reader, ReadOptions
from searchkit.articles.records import LARGEST_RECORD, articles_among, document_of_object, parse_record
from searchkit.document import Document
from searchkit.errors import DocumentError

_SKIPPED_AT_ONCE = 1024 * 1024  # of a line that is longer
_MOST_EXPANDED = (
    200  # times: text is compressed to a third or a tenth, one line again and again to a thousandth
)
_MAY_EXPAND = 256 * 1024 * 1024  # bytes of a file, before that counts


def read_json_lines(path: str, options: ReadOptions) -> Iterator[tuple[str, Document | str]]:
    """The number of each line with its Document, or with what is wrong with it."""
    yield from articles_among(_read(path, options))


def _read(path: str, options: ReadOptions) -> Iterator[tuple[str, Document | DocumentError]]:
    number = read = 0
    with open(path, "rb") as file:  # noqa: PTH123
        try:
            with _opened(file, path, options.encoding) as stream:
                for number, line in enumerate(_lines(stream, file), 1):
                    if found := _document(line, options.fields):
                        read += 1
                        yield str(number), found
        except _ExpandsError as error:
            yield str(number + 1), DocumentError(str(error))
        except (EOFError, OSError, UnicodeError, zlib.error) as error:
            yield str(number + 1), DocumentError(f"the file is damaged from here on: {error}")
        else:
            if not read:
                yield "", DocumentError("there is no line with text in it")


def _opened(file: io.BufferedReader, path: str, encoding: str | None) -> io.BufferedReader | io.TextIOWrapper:
    """The bytes of the lines where they are UTF-8, and else their text."""
    # GzipFile has all of a BufferedReader that is used here, but is none by its type.
    is_packed = path.lower().endswith(".gz")
    stream = cast(io.BufferedReader, gzip.GzipFile(fileobj=file)) if is_packed else file
    start = stream.peek(4)[:4]
    if start.startswith(codecs.BOM_UTF8):
        stream.read(len(codecs.BOM_UTF8))
    elif start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        encoding = encoding or "utf-32"
    elif start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = encoding or "utf-16"
    if not encoding:
        return stream
    return io.TextIOWrapper(stream, encoding=superset(encoding), errors="replace", newline="\n")


class _ExpandsError(Exception):
    """A compressed file is small, and what is in it without end."""


def _lines(
    stream: io.BufferedReader | io.TextIOWrapper, file: io.BufferedReader
) -> Iterator[str | bytes | None]:
    """The lines, None for one that is too long.

    Raises `_ExpandsError` where what was read is many times what the file had for it.
    """
    read, is_rest = 0, False
    while piece := stream.readline(longest := _SKIPPED_AT_ONCE if is_rest else LARGEST_RECORD):
        read += len(piece)
        if read > _MAY_EXPAND and read > _MOST_EXPANDED * file.tell():
            raise _ExpandsError(
                f"the file expands to more than {_MOST_EXPANDED} times its size from here on; "
                "unpack it first (gunzip), if it is no trap"
            )
        is_end = len(piece) < longest or piece[-1] in (ord("\n"), "\n")
        if not is_rest:
            yield piece if is_end else None
        is_rest = not is_end


def _document(line: str | bytes | None, names: Mapping[str, str]) -> Document | DocumentError | None:
    """The document of a line, or what is wrong with it; None for a line without text."""
    if line is None:
        return DocumentError(f"the line is longer than {LARGEST_RECORD} bytes")
    try:
        text = line if isinstance(line, str) else line.decode("utf-8")
        return document_of_object(parse_record(text), names) if text.strip() else None
    except DocumentError as error:
        return error
    except UnicodeDecodeError as error:
        return DocumentError(f"not UTF-8: {error.reason} at byte {error.start + 1} of the line")


JSON_LINES = Reader((".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz"), read_json_lines, whole=False)

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
import json
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from typing import Any, cast

from searchkit.articles.decoding import superset
from searchkit.dates import from_milliseconds
from searchkit.document import Document
from searchkit.errors import DocumentError

_FIELDS = frozenset(field.name for field in fields(Document))
_BEIR = {"_id": "id", "text": "body"}  # the names of the BEIR benchmarks
_LONGEST_LINE = 64 * 1024 * 1024  # bytes
_SKIPPED_AT_ONCE = 1024 * 1024  # of a line that is longer
_MOST_PARTS = 5_000_000  # commas, objects and lists of a line: each may take a hundred bytes of memory
_MOST_EXPANDED = (
    200  # times: text is compressed to a third or a tenth, one line again and again to a thousandth
)
_MAY_EXPAND = 256 * 1024 * 1024  # bytes of a file, before that counts


def read_json_lines(path: str, encoding: str | None) -> Iterator[tuple[int, Document | str]]:
    """The number of each line with its Document, or with what is wrong with it.

    The number 0 stands for the file.
    """
    number = read = 0
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            try:
                with _opened(file, path, encoding) as stream:
                    for number, line in enumerate(_lines(stream, file), 1):
                        if found := _document(line):
                            read += 1
                            yield number, found
            except _ExpandsError as error:
                yield number + 1, str(error)
            except (EOFError, OSError, UnicodeError, zlib.error) as error:
                yield number + 1, f"the file is damaged from here on: {error}"
            else:
                if not read:
                    yield 0, "there is no line with text in it"
    except OSError as error:
        yield 0, f"cannot be read: {error.strerror or error}"


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
    while piece := stream.readline(longest := _SKIPPED_AT_ONCE if is_rest else _LONGEST_LINE):
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


def _document(line: str | bytes | None) -> Document | str | None:
    """The document of a line, or what is wrong with it; None for a line without text."""
    if line is None:
        return f"the line is longer than {_LONGEST_LINE} bytes"
    try:
        text = line if isinstance(line, str) else line.decode("utf-8")
        if len(text) > _MOST_PARTS and sum(map(text.count, ",[{")) > _MOST_PARTS:
            return f"the line has more than {_MOST_PARTS:,} commas, lists and objects"
        return _from_json(json.loads(text, object_pairs_hook=_object)) if text.strip() else None
    except DocumentError as error:
        return error.reason
    except UnicodeDecodeError as error:
        return f"not UTF-8: {error.reason} at byte {error.start + 1} of the line"
    except RecursionError:
        return "the JSON is nested too deep"
    except ValueError as error:
        return f"not JSON: {error}"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises ValueError for a name that stands there twice, as one of its values would be lost."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise ValueError(f"an object has the name {twice[:60]!r} twice")
    return found


def _from_json(given: Any) -> Document:
    if not isinstance(given, dict):
        raise DocumentError(f"a line must hold a JSON object, not {type(given).__name__}")
    values: dict[str, Any] = {}
    unknown: dict[str, Any] = {}
    has_body = any(given.get(name) for name in ("body", "text", "markup"))
    known = _FIELDS if has_body else _FIELDS | {"html"}
    for name, value in given.items():
        field = _BEIR.get(name, name)
        if field in known and (field == name or field not in given):
            values[field] = value
        else:
            unknown[name] = value
    extra = values.get("extra")
    if unknown and (extra is None or isinstance(extra, dict)):
        values["extra"] = {**unknown, **(extra or {})}
    if isinstance(values.get("id"), int):
        values["id"] = str(values["id"])
    if not isinstance(values.get("tags") or [], list):
        raise DocumentError(f"tags must be a list of texts, not {type(values['tags']).__name__}")
    if isinstance(published := values.get("published"), int) and not isinstance(published, bool):
        values["published"] = from_milliseconds(published)
        if values["published"] is None:
            raise DocumentError(f"published {published} is outside the years 1 to 9999")
    return Document.from_dict(values)

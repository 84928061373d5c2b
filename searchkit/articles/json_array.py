"""A JSON file -> Documents: a list of objects, an object with one such list in it, or an object that is one.

A list may be of any length: its objects are read one by one, and no more of the file is in memory than twice
the largest of them. An object around a list is read as a whole.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from searchkit.articles.decoding import encoding_by_mark, superset
from searchkit.articles.readers import NoArticleError, Reader, ReadOptions
from searchkit.articles.records import (
    LARGEST_RECORD,
    articles_among,
    check_parts,
    document_of_object,
    has_text,
    object_of,
)
from searchkit.document import Document
from searchkit.errors import DocumentError

_CHUNK = 1 << 16  # characters
_NUMBER_MAY_GO_ON = 2  # characters behind it, as in 1e-
_SPACE = re.compile(r"[ \t\r\n]*")


def _read(path: str, options: ReadOptions) -> Iterator[tuple[str, Document | str]]:
    with open(path, "rb") as file:  # noqa: PTH123
        encoding = encoding_by_mark(file.peek(4)[:4]) or superset(options.encoding or "utf-8")
        errors = "replace" if options.encoding else "strict"
        with io.TextIOWrapper(file, encoding=encoding, errors=errors) as stream:
            yield from _documents(_Source(stream), options.fields)


def _documents(source: _Source, names: Mapping[str, str]) -> Iterator[tuple[str, Document | str]]:
    items: Iterable[Any]
    if source.next() == "[":
        items = source.items()
    else:
        given = source.value()
        if source.next():
            raise DocumentError(
                "more follows behind its object; a file with an object a line is named .jsonl"
            )
        if isinstance(given, DocumentError):
            raise given
        if not isinstance(given, dict):
            raise NoArticleError(f"it must hold a list of objects, or an object, not {type(given).__name__}")
        lists = [key for key, value in given.items() if isinstance(value, list) and _has_objects(value)]
        if not lists or _has_body(given, names):
            yield "", document_of_object(given, names)
            return
        if len(lists) > 1:
            objects = (item for key in lists for item in given[key] if isinstance(item, dict))
            if not any(has_text(each, names) for each in objects):
                raise NoArticleError("there is no article in its lists: no object has a title or body")
            several = ", ".join(repr(key[:60]) for key in lists[:10])
            raise DocumentError(f"it has several lists of objects: {several}; write one to a file of its own")
        items = given[lists[0]]
    yield from articles_among(_objects(items, names))


def _objects(
    items: Iterable[Any], names: Mapping[str, str]
) -> Iterator[tuple[str, Document | DocumentError]]:
    number = 0
    try:
        for number, item in enumerate(items, 1):
            yield str(number), _document(item, names)
    except DocumentError as error:
        yield str(number + 1), DocumentError(f"the file is damaged from here on: {error.reason}")
    else:
        if not number:
            raise NoArticleError("there is nothing in its list")


def _document(item: Any, names: Mapping[str, str]) -> Document | DocumentError:
    try:
        return item if isinstance(item, DocumentError) else document_of_object(item, names)
    except DocumentError as error:
        return error


def _has_objects(items: list[Any]) -> bool:
    return any(isinstance(item, dict) for item in items)


def _has_body(given: dict[str, Any], names: Mapping[str, str]) -> bool:
    """Whether it is an article itself, such as one with its comments; feeds have titles too."""
    called = ["body", "text", *(name for name, field in names.items() if field == "body")]
    return any(isinstance(given.get(name), str) for name in called)


class _Source:
    """The text of a file, of which a part is in memory. Raises `DocumentError` where it is no JSON."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self._stream = stream
        self._text = ""
        self._at = 0
        self._is_complete = False
        self._refused: ValueError | None = None
        self._decoder = json.JSONDecoder(object_pairs_hook=self._object)

    def next(self) -> str:
        """The next character that is no white space, or nothing at the end of the file."""
        while True:
            found = _SPACE.match(self._text, self._at)
            assert found is not None
            self._at = found.end()
            if self._at < len(self._text) or not self._read_on():
                return self._text[self._at : self._at + 1]

    def items(self) -> Iterator[Any]:
        """The values of the list that begins here."""
        self._at += 1
        if self.next() == "]":
            self._at += 1
        else:
            while True:
                yield self.value()
                behind = self.next()
                self._at += 1
                if behind == "]":
                    break
                if behind != ",":
                    raise DocumentError(f"{behind!r} is no comma" if behind else "its list has no end")
        if more := self.next():
            raise DocumentError(f"behind the list stands {more!r}")

    def value(self) -> Any:
        """The next value; a `DocumentError` for one that cannot be used."""
        self.next()
        while True:
            self._refused = None
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError:
                raise DocumentError("the JSON is nested too deep") from None
            except ValueError as error:
                if len(self._text) - self._at > LARGEST_RECORD:
                    raise DocumentError(
                        f"an object of more than {LARGEST_RECORD:,} characters, or no JSON"
                    ) from None
                if self._read_on():
                    check_parts(self._text)
                else:  # places would be those in what is in memory
                    raise DocumentError(f"not JSON: {getattr(error, 'msg', error)}") from None
            else:
                if len(self._text) > end + _NUMBER_MAY_GO_ON or not self._read_on():
                    self._at = end
                    return DocumentError(f"not JSON: {self._refused}") if self._refused else value

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        try:
            return object_of(pairs)
        except ValueError as error:
            self._refused = error
            return {}

    def _read_on(self) -> bool:
        """Read more, as much as waits; False at the end of the file."""
        waiting = self._text[self._at :]
        try:
            more = "" if self._is_complete else self._stream.read(max(_CHUNK, len(waiting)))
        except UnicodeError as error:
            raise DocumentError(f"not UTF-8: {error}") from None
        self._is_complete = not more
        if more:
            self._text, self._at = waiting + more, 0
        return bool(more)


JSON = Reader((".json",), _read, whole=False)

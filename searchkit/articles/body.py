"""The body of a long document while it is read: lines, and what they are."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from searchkit.document import (
    LARGEST_DOCUMENT,
    LONGEST_LABEL,
    MOST_MARKUP,
    Document,
    Markup,
    MarkupKind,
)
from searchkit.errors import DocumentError
from searchkit.html.whitespace import clean_line
from searchkit.json_values import Json

_HAS_TEXT = re.compile(r"[^\W_]").search
_HIGHEST_LEVEL = 6  # of a heading


class Body:
    """Takes the lines of a document in order, with its headings, links and places."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._markup: list[Markup] = []
        self._open: list[tuple[int, str, int]] = []  # places: level, name, start

    @property
    def end(self) -> int:
        """Where the next line begins."""
        return self._length

    def add(self, lines: str) -> int:
        """Add cleaned lines, and return where they begin.

        Raises `DocumentError` when there is more text than a document has.
        """
        start = self._length
        if lines:
            self._pieces.append(lines)
            self._length += len(lines) + 1
            if self._length > LARGEST_DOCUMENT:
                raise DocumentError(
                    f"has more text than a document may: {LARGEST_DOCUMENT:,} characters; split the file"
                )
        return start

    def add_heading(self, text: str, level: int) -> None:
        """Add a line that is a heading."""
        start = self.add(text)
        self.mark("heading", start, start + len(text), str(min(level, _HIGHEST_LEVEL)))

    def mark(self, kind: MarkupKind, start: int, end: int, value: str) -> None:
        """Say what a part of the body is. What is beyond the most that a document has is left out."""
        most = MOST_MARKUP if kind == "place" else MOST_MARKUP // 2
        if len(self._markup) < most and end > start:
            self._markup.append(Markup(kind, start, end, value))

    def begin_place(self, name: str, level: int = 1) -> None:
        """Begin a page or a chapter, which ends where the next of its level, or of one above, begins."""
        self._end_places(level)
        self._open.append((level, name, self._length))

    def _end_places(self, level: int) -> None:
        while self._open and self._open[-1][0] >= level:
            _, name, start = self._open.pop()
            self.mark("place", start, self._length - 1, name)  # without the last line end

    def finish(self) -> tuple[str, tuple[Markup, ...]]:
        """The body and its markup."""
        self._end_places(0)
        return "\n".join(self._pieces), tuple(self._markup)


def book(
    path: str,
    body: Body,
    *,
    title: str,
    published: datetime | None,
    tags: Iterable[str],
    extra: Mapping[str, Json],
) -> Document:
    """The Document that a file is. A title that is missing is the name of the file.

    Raises `DocumentError` when there is no text.
    """
    text, markup = body.finish()
    if not _HAS_TEXT(text):
        raise DocumentError("there is no text in it")
    return Document(
        title=clean_line(title) or Path(path).stem,
        body=text,
        url=file_url(path),
        published=published,
        tags=tuple(labels(tags)),
        extra={name: value for name, value in extra.items() if value},
        markup=markup,
    )


def labels(texts: Iterable[str]) -> Iterator[str]:
    """What of the texts can be a tag."""
    return (label for label in map(clean_line, texts) if 0 < len(label) <= LONGEST_LABEL)


def file_url(path: str) -> str:
    """The address of a file."""
    # Not Path.resolve: files that are moved behind a link keep their addresses.
    return Path(os.path.abspath(path)).as_uri()  # noqa: PTH100

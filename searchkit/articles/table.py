"""Tables in text, CSV and TSV -> Documents: a row each, by the names of the columns.

Excel and others write them with a byte order mark, in GB18030 or Big5, with semicolons. The encoding is
detected, and the delimiter is the one with which the first row has the most names that are known. A row that
is not right is an error with its number, as spreadsheets count: the row of the names is the first.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from searchkit.articles.decoding import encoding_of, superset
from searchkit.articles.readers import Reader, ReadOptions
from searchkit.articles.records import LARGEST_RECORD, Columns
from searchkit.document import Document
from searchkit.errors import DocumentError

_DELIMITERS = {".csv": ",;\t|", ".tsv": "\t"}
_MOST_HEAD = 100  # lines that the names of the columns may take


def _read(path: str, options: ReadOptions) -> Iterator[tuple[str, Document | str]]:
    # The limit is one for all of the program: it is raised, and never lowered.
    csv.field_size_limit(max(csv.field_size_limit(), LARGEST_RECORD))
    with open(path, "rb") as file:  # noqa: PTH123
        encoding = superset(options.encoding) if options.encoding else encoding_of(file)
        file.seek(0)
        with io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="") as stream:
            yield from _documents(_Rows(stream, _DELIMITERS[path[-4:].lower()]), options.fields)


def _documents(rows: _Rows, names: Mapping[str, str]) -> Iterator[tuple[str, Document | str]]:
    columns = rows.columns(names)
    read = 0
    for number, row in rows:
        if isinstance(row, str):
            yield str(number), row
        elif any(row):
            yield str(number), columns.document(row)
        else:
            continue
        read += 1
    if not read:
        yield "", "there is no row below the names of its columns"


class _Rows:
    """The rows of a table with their numbers, or what is wrong with one."""

    def __init__(self, stream: io.TextIOWrapper, delimiters: str) -> None:
        self._stream = stream
        self._delimiters = delimiters
        self._number = 0
        self._width = 0
        self._read = 0  # characters of the row so far

    def columns(self, names: Mapping[str, str]) -> Columns:
        """The columns by the first row; raises `DocumentError` when none of them can be used."""
        head: list[str] = []
        for line in self._lines():
            if not head:
                self._number += 1
                text = line.strip().removeprefix("\ufeff")
                if (
                    text.lower().startswith("sep=") and len(text) == 5
                ):  # Excel reads that, and does not show it
                    self._delimiters = text[4]
                    continue
                if not text.strip(self._delimiters):
                    continue
            head.append(line if head else line.removeprefix("\ufeff"))
            if "".join(head).count('"') % 2 == 0 or len(head) == _MOST_HEAD:
                break
        if not head:
            raise DocumentError("there is no text in it")
        found: list[tuple[int, int, str, Columns]] = []
        reasons: list[tuple[int, DocumentError]] = []
        for delimiter in self._delimiters:
            try:
                row = next(csv.reader(head, delimiter=delimiter, strict=True))
            except csv.Error as error:
                cells = "".join(head).count(delimiter)
                reasons.append((cells + 1, DocumentError(f"the names of its columns: {error}")))
                continue
            try:
                columns = Columns(row, names)
                found.append((columns.known, len(row), delimiter, columns))
            except DocumentError as error:
                reasons.append((len(row), error))
        if not found:
            raise max(reasons, key=lambda reason: reason[0])[1]
        _, self._width, self._delimiters, columns = max(found, key=lambda one: one[:2])
        return columns

    def __iter__(self) -> Iterator[tuple[int, list[str] | str]]:
        rows = csv.reader(self._lines(), delimiter=self._delimiters, strict=True)
        while True:
            self._read = 0
            self._number += 1
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                if "unexpected end" in str(error):
                    yield self._number, "a quote of this row is never closed: nothing below it is read"
                    return
                yield self._number, f"not CSV: {error}"
                continue
            except DocumentError as error:
                yield self._number, f"the file is damaged from here on: {error.reason}"
                return
            while len(row) > self._width and not row[-1]:
                row.pop()
            if row and len(row) != self._width:
                yield self._number, f"{len(row)} cells, where there are {self._width} columns"
            else:
                yield self._number, row

    def _lines(self) -> Iterator[str]:
        while line := self._stream.readline(LARGEST_RECORD):
            self._read += len(line)
            if self._read >= LARGEST_RECORD:
                raise DocumentError(f"the row is longer than {LARGEST_RECORD:,} characters")
            yield line


TABLE = Reader((".csv", ".tsv"), _read, whole=False)

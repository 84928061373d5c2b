"""One segment of an index of Whoosh: files that are written once, open for reading.

    NAME.terms        the terms of all fields, in order; rare ones with their postings
    NAME.postings     the postings of the others
    NAME.stored.col   the documents as they are given back
    NAME.norms.col    of each document the lengths of its text fields, a byte each
    NAME.values.col   of each document what it has in the value fields but keys, as JSON

The tables of terms and the columns are those of Whoosh's codec, the lists of postings our own.
"""

from __future__ import annotations

import json
import mmap
import struct
import threading
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from whoosh.columns import CompressedBytesColumn, VarBytesColumn
from whoosh.filedb.filetables import OrderedHashReader
from whoosh.filedb.structfile import BufferFile

from searchkit.engine.plan import TEXT_FIELDS
from searchkit.engine.whoosh.commit import StoredSegment, check_sizes
from searchkit.engine.whoosh.postings import PostingList, Postings

__all__ = ["COLUMNS", "ELSEWHERE", "FIELDS", "HERE", "POSTINGS", "TERMS", "Segment", "key_of_term"]

TERMS, POSTINGS = ".terms", ".postings"
COLUMNS = {
    ".stored.col": CompressedBytesColumn(),
    ".norms.col": VarBytesColumn(),
    ".values.col": VarBytesColumn(),
}
FIELDS = "fields"
"""What the table of terms calls the numbers of its fields."""
HERE, ELSEWHERE = struct.Struct("<I?"), struct.Struct("<I?QI")
"""How many documents have a term, and whether its postings are elsewhere: then their place and length."""
_FIELD = struct.Struct(">H")
_LISTS_KEPT = 200


class _MappedFile(BufferFile):  # type: ignore[misc]
    """A memory-mapped file, which needs no file that stays open."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        super().__init__(b"", name=path.name)
        self._buf = self.file = content


def key_of_term(field: int, term: bytes) -> bytes:
    """What finds a term in the table."""
    return _FIELD.pack(field) + term


class Segment:
    """Terms, postings, documents and values. Documents are numbers here, deleted ones among them."""

    def __init__(self, data: Path, stored: StoredSegment) -> None:
        check_sizes(data, stored)
        self.name = stored.name
        self.size = stored.documents
        self.tokens = stored.tokens
        # All is opened now: a snapshot may be asked when the files have no names any more.
        sizes = {name: sealed.size for name, sealed in stored.files.items()}
        self._terms = OrderedHashReader(_MappedFile(data / (stored.name + TERMS)), sizes[stored.name + TERMS])
        self._postings = _MappedFile(data / (stored.name + POSTINGS))
        self._stored, self._norms, self._values = (
            column.reader(
                _MappedFile(data / (stored.name + suffix)), 0, sizes[stored.name + suffix], self.size
            )
            for suffix, column in COLUMNS.items()
        )
        self._fields: dict[str, int] = self._terms.extras[FIELDS]
        self._lock = threading.Lock()
        self._lists: dict[tuple[str, str], Postings] = {}
        self._vocabularies: dict[str, list[str]] = {}
        self._orders: dict[str, tuple[list[float], list[int]]] = {}

    # -- terms

    def count(self, field: str, term: str) -> int:
        """How many documents have the term in the field."""
        row = self._row(field, term)
        return 0 if row is None else _count(row)

    def terms(self, field: str, beginning: str = "") -> Iterator[str]:
        """The terms of the field that begin with the text, in order."""
        wanted = self._key(field, beginning)
        for key in self._terms.keys_from(wanted) if wanted else ():
            if not key.startswith(wanted):
                return
            yield key[_FIELD.size :].decode("utf-8", "surrogatepass")

    def vocabulary(self, field: str) -> list[str]:
        """All terms of the field, kept: for fields with no more than a language has words."""
        if field not in self._vocabularies:
            self._vocabularies[field] = list(self.terms(field))
        return self._vocabularies[field]

    def counted_terms(self, field: str, beginning: str) -> Iterator[tuple[str, int]]:
        """The terms that begin with the text, and how many documents have each."""
        wanted = self._key(field, beginning)
        for key, row in self._terms.items_from(wanted) if wanted else ():
            if not key.startswith(wanted):
                return
            yield key[_FIELD.size :].decode("utf-8", "surrogatepass"), _count(row)

    def _key(self, field: str, term: str) -> bytes:
        number = self._fields.get(field)
        return b"" if number is None else key_of_term(number, term.encode("utf-8", "surrogatepass"))

    def _row(self, field: str, term: str) -> bytes | None:
        key = self._key(field, term)
        return self._terms.get(key) if key else None

    # -- postings

    def postings(self, field: str, term: str) -> Postings:
        """The documents that have the term in the field; the lists that were last asked for are kept."""
        with self._lock:
            found = self._lists.pop((field, term), None)
            if found is None:
                documents, counts, _ = self.posting_list(field, term)
                found = Postings(documents, counts)
            self._lists[field, term] = found
            if len(self._lists) > _LISTS_KEPT:
                del self._lists[next(iter(self._lists))]
            return found

    def posting_list(self, field: str, term: str) -> PostingList:
        """All that is known of the term in the field."""
        row = self._row(field, term)
        if row is None:
            return PostingList((), (), ())
        size, is_elsewhere = HERE.unpack_from(row)
        if is_elsewhere:
            _, _, start, length = ELSEWHERE.unpack(row)
            return PostingList.from_bytes(self._postings.get(start, length), size)
        return PostingList.from_bytes(row[HERE.size :], size)

    def places(self, field: str, term: str, wanted: Collection[int]) -> dict[int, Sequence[int]]:
        """Where those of the documents that have the term have it."""
        found = self.posting_list(field, term).places_by_document()
        return {document: places for document, places in found if document in wanted}

    # -- documents

    def stored(self, document: int) -> bytes:
        """The document as it was put."""
        return bytes(self._stored[document])

    def norms(self, field: str) -> bytes:
        """The length of the text field in every document, as a byte."""
        return self._all_norms[TEXT_FIELDS.index(field) :: len(TEXT_FIELDS)]

    @cached_property
    def _all_norms(self) -> bytes:
        return b"".join(self._norms)

    def row(self, document: int) -> tuple[bytes, bytes, bytes]:
        """The document as it was put, its lengths and its values, as they are stored."""
        return self._stored[document], self._norms[document], self._values[document]

    def column(self, field: str) -> list[Any]:
        """What every document has in a value field that is no key: a number, a tuple of labels, or None."""
        return self._columns.get(field) or [None] * self.size

    @cached_property
    def _columns(self) -> dict[str, list[Any]]:
        columns: dict[str, list[Any]] = {}
        same: dict[Any, Any] = {}  # equal labels are one object
        for document, row in enumerate(self._values):
            for field, value in json.loads(row).items() if row else ():
                if isinstance(value, list):
                    labels = tuple(value)
                    value = same.setdefault(labels, labels)
                columns.setdefault(field, [None] * self.size)[document] = value
        return columns

    def between(self, field: str, low: float | None, high: float | None) -> list[int]:
        """The documents that have a number in the field, at least ``low`` and below ``high``."""
        if field not in self._orders:
            pairs = sorted((value, at) for at, value in enumerate(self.column(field)) if value is not None)
            self._orders[field] = [value for value, _ in pairs], [at for _, at in pairs]
        values, documents = self._orders[field]
        start = 0 if low is None else bisect_left(values, low)
        end = len(values) if high is None else bisect_left(values, high)
        return documents[start:end]


def _count(row: bytes) -> int:
    found: int = HERE.unpack_from(row)[0]
    return found

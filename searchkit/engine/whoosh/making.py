"""Segments of an index of Whoosh are made: of entries, or of other segments."""

from __future__ import annotations

import heapq
import json
import secrets
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import groupby, repeat
from operator import itemgetter
from pathlib import Path
from typing import Any

from whoosh.filedb.filetables import OrderedHashWriter
from whoosh.filedb.structfile import StructFile

from searchkit.engine.base import IndexDocument, id_term
from searchkit.engine.plan import TEXT_FIELDS, ValueField
from searchkit.engine.whoosh.commit import StoredSegment, sealed
from searchkit.engine.whoosh.postings import PostingList
from searchkit.engine.whoosh.ranking import LENGTHS, Part, length_byte
from searchkit.engine.whoosh.segment import COLUMNS, ELSEWHERE, FIELDS, HERE, POSTINGS, TERMS, key_of_term

__all__ = ["Batch", "merged"]

_LONGEST_HERE = 64


class Batch:
    """Entries that are going to be a segment: their terms in memory, the rest in files."""

    def __init__(self, data: Path, fields: Sequence[ValueField]) -> None:
        self._files = _Files(data, fields)
        self._tokens = [0] * len(TEXT_FIELDS)
        self._kinds = {field.name: field.kind for field in fields}
        self._terms: dict[str, dict[str, list[Any]]] = {name: {} for name in self._files.names}
        self._places = {name for name in TEXT_FIELDS if name.endswith("_bigrams")}
        self._numbers: dict[str, int] = {}
        self.deleted: set[int] = set()
        self.postings = 0
        """How many there are: nearly all the memory that it takes."""

    def __len__(self) -> int:
        return self._files.documents

    def add(self, entry: IndexDocument) -> None:
        """Add the entry in place of one with its id in this batch."""
        self.delete(entry.id)
        key = id_term(entry.id)
        texts = [entry.terms.get(name, "").split() for name in TEXT_FIELDS]
        columns = {name: value for name, value in entry.values.items() if self._kinds[name] != "key"}
        values = json.dumps(columns, ensure_ascii=False).encode() if columns else b""
        number = self._files.add(entry.stored, bytes(length_byte(len(terms)) for terms in texts), values)
        self._tokens = [before + len(terms) for before, terms in zip(self._tokens, texts)]
        self._numbers[key] = number
        self._add_labels("id", (key,), number)
        for name, value in entry.values.items():
            if isinstance(value, tuple):
                self._add_labels(name, value, number)
        for name, terms in zip(TEXT_FIELDS, texts):
            if name in self._places:
                self._add_placed(name, terms, number)
            else:
                self._add_counted(name, terms, number)

    def delete(self, id: str) -> None:
        """Delete the entry with this id, if there is one."""
        number = self._numbers.pop(id_term(id), None)
        if number is not None:
            self.deleted.add(number)

    def segment(self) -> StoredSegment:
        """All of it as a segment, in files that are on the disk; the batch is over."""
        for name, terms in self._terms.items():
            made = _placed if name in self._places else _counted
            self._files.write_terms(name, ((term, made(terms[term])) for term in sorted(terms)))
        return self._files.finished(self._tokens)

    def abandon(self) -> None:
        """Forget it."""
        self._files.abandon()

    # A term's list has numbers and counts in turn, or numbers and places: a tuple for each posting would take
    # three times the memory.

    def _add_labels(self, name: str, labels: Iterable[str], number: int) -> None:
        lists = self._terms[name]
        for label in dict.fromkeys(labels):
            lists.setdefault(label, []).extend((number, 1))
            self.postings += 1

    def _add_counted(self, name: str, terms: list[str], number: int) -> None:
        lists = self._terms[name]
        counted = Counter(terms)
        for term, count in counted.items():
            found = lists.get(term)
            if found is None:
                lists[term] = [number, count]
            else:
                found += (number, count)
        self.postings += len(counted)

    def _add_placed(self, name: str, terms: list[str], number: int) -> None:
        lists = self._terms[name]
        places: dict[str, list[int]] = {}
        for place, term in enumerate(terms):
            if term in places:
                places[term].append(place)
            else:
                places[term] = [place]
        for term, of_term in places.items():
            found = lists.get(term)
            if found is None:
                lists[term] = [number, array("I", of_term).tobytes()]
            else:
                found += (number, array("I", of_term).tobytes())
        self.postings += len(places)


def _counted(flat: list[Any]) -> PostingList:
    return PostingList(flat[0::2], flat[1::2], ())


def _placed(flat: list[Any]) -> PostingList:
    places = array("I", b"".join(flat[1::2]))
    return PostingList(flat[0::2], [len(packed) // places.itemsize for packed in flat[1::2]], places)


def merged(data: Path, fields: Sequence[ValueField], parts: Sequence[Part]) -> StoredSegment:
    """One segment of what is not deleted in these."""
    files = _Files(data, fields)
    try:
        numbers = [_copy_documents(part, files) for part in parts]
        for name in files.names:
            named = [
                zip(part.segment.terms(name), repeat((part, of_part)))
                for part, of_part in zip(parts, numbers)
            ]
            # Merging keeps the order of the parts among equal terms, so the numbers ascend.
            together = heapq.merge(*named, key=itemgetter(0))
            files.write_terms(name, _copied_terms(name, together))
        return files.finished([sum(tokens) for tokens in zip(*map(_tokens, parts))])
    except BaseException:
        files.abandon()
        raise


def _copy_documents(part: Part, files: _Files) -> dict[int, int]:
    """Copy what is not deleted; returns the new number of each document."""
    return {document: files.add(*part.segment.row(document)) for document in sorted(part.live)}


def _tokens(part: Part) -> Sequence[int]:
    """How many terms there are in each text field; by their lengths in bytes where some are deleted."""
    segment = part.segment
    if len(part.live) == segment.size:
        return segment.tokens
    norms = [segment.norms(name) for name in TEXT_FIELDS]
    return [sum(LENGTHS[of_field[document]] for document in part.live) for of_field in norms]


def _copied_terms(
    name: str, together: Iterable[tuple[str, tuple[Part, dict[int, int]]]]
) -> Iterator[tuple[str, PostingList]]:
    for term, sources in groupby(together, key=itemgetter(0)):
        yield term, _copied(name, term, (source for _, source in sources))


def _copied(name: str, term: str, sources: Iterable[tuple[Part, dict[int, int]]]) -> PostingList:
    """The postings of a term, by the new numbers of the documents that there are."""
    documents: list[int] = []
    counts: list[int] = []
    places: list[int] = []
    for part, numbers in sources:
        found = part.segment.posting_list(name, term)
        if len(numbers) < part.segment.size:
            found = found.only(numbers)
        documents += [numbers[document] for document in found.documents]
        counts += found.counts
        places += found.places
    return PostingList(documents, counts, places)


class _Files:
    """The files of a segment that is being written: first its documents, then the terms, field by field."""

    def __init__(self, data: Path, fields: Sequence[ValueField]) -> None:
        self._data = data
        self._name = f"s_{secrets.token_hex(8)}"
        self.names = ["id", *TEXT_FIELDS, *(f.name for f in fields if f.kind in ("label", "key"))]
        """The fields with terms. All segments have them in one order."""
        self.documents = 0
        self._open: list[StructFile] = []
        self._columns = [column.writer(self._new(suffix)) for suffix, column in COLUMNS.items()]
        self._terms = OrderedHashWriter(self._new(TERMS))
        self._terms.extras[FIELDS] = {name: number for number, name in enumerate(self.names)}
        self._postings = self._new(POSTINGS)
        self._postings.write(b"skp1")  # an empty file cannot be mapped
        self._behind = 4

    def _new(self, suffix: str) -> StructFile:
        self._open.append(StructFile((self._data / (self._name + suffix)).open("wb")))
        return self._open[-1]

    def add(self, stored: bytes, norms: bytes, values: bytes) -> int:
        """Add a document; returns its number."""
        for column, row in zip(self._columns, (stored, norms, values)):
            column.add(self.documents, row)
        self.documents += 1
        return self.documents - 1

    def write_terms(self, name: str, rows: Iterable[tuple[str, PostingList]]) -> None:
        """Write the terms of a field, which are in order, each with its postings."""
        field = self.names.index(name)
        for term, postings in rows:
            size = len(postings.documents)
            if not size:  # a term of deleted documents alone is none
                continue
            content = postings.to_bytes()
            if len(content) > _LONGEST_HERE:
                self._postings.write(content)
                row = ELSEWHERE.pack(size, True, self._behind, len(content))
                self._behind += len(content)
            else:
                row = HERE.pack(size, False) + content
            self._terms.add(key_of_term(field, term.encode("utf-8", "surrogatepass")), row)

    def finished(self, tokens: Sequence[int]) -> StoredSegment:
        """The segment with so many terms in its text fields; its files are on the disk."""
        for column in self._columns:
            column.finish(self.documents)
        self._terms.close()
        self._close()
        names = [self._name + suffix for suffix in (*COLUMNS, TERMS, POSTINGS)]
        files = {name: sealed(self._data / name) for name in names}
        return StoredSegment(self._name, self.documents, tuple(tokens), files)

    def abandon(self) -> None:
        """Forget them."""
        self._close()
        for path in self._data.glob(f"{self._name}.*"):
            path.unlink(missing_ok=True)

    def _close(self) -> None:
        for file in self._open:
            if not file.is_closed:
                with suppress(OSError):  # of a full disk; whoever needs the file has checked it
                    file.close()

"""Lists of postings as bytes: which documents have a term, how often, and where.

Whoosh's own blocks of postings are pickles, a hundred bytes for a term that one document has, as most bigrams
are; writing them took four times as long as this, and reading twice.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Container, Iterator, Sequence
from itertools import accumulate, islice
from typing import NamedTuple

__all__ = ["PostingList", "Postings"]

_LEAST_TO_COMPRESS = 100
_ONE, _PLAIN, _COMPRESSED = b"1", b"-", b"z"
_TYPES = (("B", 1 << 8), ("H", 1 << 16), ("I", 1 << 32))


class Postings(NamedTuple):
    """The documents that have a term, in order, and how often each has it."""

    documents: Sequence[int]
    counts: Sequence[int]


class PostingList(NamedTuple):
    """The same with the places in each document, one behind the other; there are none in some fields."""

    documents: Sequence[int]
    counts: Sequence[int]
    places: Sequence[int]

    def to_bytes(self) -> bytes:
        """The list for a file."""
        if len(self.documents) == 1:  # as most have
            return _ONE + _in_order(array("I", (self.documents[0], self.counts[0], *self.places))).tobytes()
        steps = [self.documents[0]]
        steps += [later - earlier for earlier, later in zip(self.documents, islice(self.documents, 1, None))]
        content = b"".join(map(_to_bytes, (steps, self.counts, self.places)))
        if len(content) > _LEAST_TO_COMPRESS:
            return _COMPRESSED + zlib.compress(content, 1)
        return _PLAIN + content

    @classmethod
    def from_bytes(cls, content: bytes, size: int) -> PostingList:
        """The list of so many documents that `to_bytes` made this of."""
        if content[:1] == _ONE:
            numbers = array("I")
            numbers.frombytes(content[1:])
            document, count, *found = _in_order(numbers)
            return cls((document,), (count,), found)
        body = zlib.decompress(content[1:]) if content[:1] == _COMPRESSED else content[1:]
        steps, start = _from_bytes(body, 0, size)
        counts, start = _from_bytes(body, start, size)
        places, _ = _from_bytes(body, start, None)
        return cls(array("I", accumulate(steps)), counts, places)

    def only(self, wanted: Container[int]) -> PostingList:
        """The part of the list that is about these documents."""
        kept = [
            (document, count, places)
            for (document, places), count in zip(self.places_by_document(), self.counts)
            if document in wanted
        ]
        return PostingList(
            [document for document, _, _ in kept],
            [count for _, count, _ in kept],
            [place for _, _, places in kept for place in places],
        )

    def places_by_document(self) -> Iterator[tuple[int, Sequence[int]]]:
        """Each document with the places in it."""
        start = 0
        for document, count in zip(self.documents, self.counts):
            yield document, self.places[start : start + count]
            start += count


def _to_bytes(numbers: Sequence[int]) -> bytes:
    """The numbers, each in as few bytes as the greatest needs, behind a letter that says how many."""
    greatest = max(numbers, default=0)
    kind = next(kind for kind, limit in _TYPES if greatest < limit)
    return kind.encode() + _in_order(array(kind, numbers)).tobytes()


def _from_bytes(content: bytes, start: int, size: int | None) -> tuple[array[int], int]:
    """So many numbers, or all that are left, and where they end."""
    numbers = array(chr(content[start]))
    end = len(content) if size is None else start + 1 + size * numbers.itemsize
    numbers.frombytes(content[start + 1 : end])
    return _in_order(numbers), end


def _in_order(numbers: array[int]) -> array[int]:
    """The numbers with their bytes as in the file, the least one first; or back."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers

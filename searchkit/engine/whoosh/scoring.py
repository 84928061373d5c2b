"""BM25 as every engine has it, and the order by the values of a field."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from math import log
from typing import Any

from whoosh.reading import IndexReader
from whoosh.scoring import BM25F, BaseScorer, BM25FScorer
from whoosh.searching import Searcher
from whoosh.sorting import Categorizer, FacetType

from searchkit.engine.plan import Sort
from searchkit.engine.whoosh.schema import LENGTH, VALUES

__all__ = ["BM25", "ValueOrder"]

_LENGTHS = [*range(24), *(24 + (n if n < 8 else (8 + n % 8) << (n // 8 - 1)) for n in range(232))]
"""The lengths that Lucene and tantivy tell apart (SmallFloat): exact up to 40, then an eighth off at most."""


class BM25(BM25F):  # type: ignore[misc]
    """Whoosh's BM25F, with the inverse document frequency and the lengths of Lucene and tantivy.

    One object is for one snapshot, whose lengths it keeps.
    """

    def __init__(self) -> None:
        super().__init__(B=0.75, K1=1.2)
        self._known: dict[str, tuple[float, dict[IndexReader, array[int]]]] = {}

    def idf(self, searcher: Searcher, fieldname: str, text: str) -> float:
        documents, having = searcher.doc_count_all(), searcher.doc_frequency(fieldname, text)
        return log(1 + (documents - having + 0.5) / (having + 0.5))

    def scorer(self, searcher: Searcher, fieldname: str, text: str, qf: int = 1) -> BaseScorer:
        scorer = super().scorer(searcher, fieldname, text, qf)
        if isinstance(scorer, BM25FScorer):  # labels have no lengths
            scorer.avgfl, lengths = self._known.get(fieldname) or self._read(searcher.get_parent(), fieldname)
            scorer.dfl = lengths[searcher.reader()].__getitem__
        return scorer

    def _read(self, searcher: Searcher, field: str) -> tuple[float, dict[IndexReader, array[int]]]:
        """The average number of terms in the field, and for each segment those of its documents."""
        readers = [reader for reader, _ in searcher.reader().leaf_readers()]
        exact = {reader: list(reader.column_reader(field + LENGTH, translate=False)) for reader in readers}
        average = sum(map(sum, exact.values())) / searcher.doc_count_all()
        kept = {
            reader: array("I", (_LENGTHS[bisect_right(_LENGTHS, length) - 1] for length in lengths))
            for reader, lengths in exact.items()
        }
        return self._known.setdefault(field, (average, kept))


class ValueOrder(FacetType, Categorizer):  # type: ignore[misc]
    """What to sort by: the first value of a field; documents without one come last."""

    def __init__(self, sort: Sort) -> None:
        self._sort = sort

    def categorizer(self, global_searcher: Searcher) -> ValueOrder:  # noqa: ARG002
        return self

    def set_searcher(self, segment_searcher: Searcher, docoffset: int) -> None:  # noqa: ARG002
        self._values = segment_searcher.reader().column_reader(self._sort.field + VALUES, translate=False)

    def key_for(self, matcher: object, segment_docnum: int) -> tuple[bool, Any]:  # noqa: ARG002
        values = self._values[segment_docnum]
        if not values:
            return True, ()
        # The bytes are turned around, and not the whole order, so equal documents keep theirs.
        return False, (*(-byte for byte in values[0]), 1) if self._sort.descending else values[0]

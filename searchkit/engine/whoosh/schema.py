"""The fields of an index, and BM25 over them.

Two columns keep what Whoosh rounds or leaves out: FIELD.length the number of terms of a text field, of which
it keeps a byte, and FIELD.values all values of a value field, of which it keeps the first.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable
from math import log
from typing import Any

from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.columns import NumericColumn, VarBytesListColumn
from whoosh.fields import COLUMN, ID, NUMERIC, STORED, TEXT, FieldType, Schema
from whoosh.reading import IndexReader
from whoosh.scoring import BM25F, BaseScorer, BM25FScorer
from whoosh.searching import Searcher

from searchkit.engine.base import IndexDocument, id_term
from searchkit.engine.plan import TEXT_FIELDS, ValueField, has_positions

LENGTH, VALUES = ".length", ".values"
"""What the name of a column has behind the name of its field."""
_TYPES = {"integer": (int, 64), "number": (float,)}
_LENGTHS = [*range(24), *(24 + (n if n < 8 else (8 + n % 8) << (n // 8 - 1)) for n in range(232))]
"""The lengths that Lucene and tantivy tell apart (SmallFloat): exact up to 40, then an eighth off at most."""


def make_schema(values: Iterable[ValueField]) -> Schema:
    """The schema of an index with these value fields."""
    fields: dict[str, FieldType] = {"id": ID(unique=True, stored=True), "stored": STORED()}
    values = list(values)
    for name in (*TEXT_FIELDS, *(value.name for value in values if value.kind == "terms")):
        # Only bigrams are asked for in chains, so only they need positions.
        fields[name] = TEXT(SpaceSeparatedTokenizer(), phrase=has_positions(name))
        fields[name + LENGTH] = COLUMN(NumericColumn("I"))
    for value in values:
        if value.kind == "terms":
            continue
        is_text = value.kind in ("label", "key")
        fields[value.name] = ID() if is_text else NUMERIC(*_TYPES[value.kind], shift_step=8)
        if value.kind != "key":
            fields[value.name + VALUES] = COLUMN(VarBytesListColumn())
    return Schema(**fields)


def field_types(schema: Schema) -> dict[str, tuple[type, type | None]]:
    """What tells two schemas apart; fields with columns are never equal in Whoosh."""
    return {name: (type(field), getattr(field, "numtype", None)) for name, field in schema.items()}


def document_of(indexed: IndexDocument, schema: Schema) -> dict[str, Any]:
    """The fields of the document, for `whoosh.writing.IndexWriter.add_document`."""
    document: dict[str, Any] = {"id": id_term(indexed.id), "stored": indexed.stored}
    for name, joined in indexed.terms.items():
        if terms := joined.split():
            document |= {name: terms, name + LENGTH: len(terms)}  # a list needs no analyzer
    for name, value in indexed.values.items():
        document[name] = list(dict.fromkeys(value)) if isinstance(value, tuple) else [value]
    for column in schema.names():
        if column.endswith(VALUES):  # a document without a value has a row too: Whoosh needs a column to read
            name = column.removesuffix(VALUES)
            document[column] = [schema[name].to_bytes(one) for one in document.get(name, ())]
    return document


class BM25(BM25F):  # type: ignore[misc]
    """Whoosh's BM25F for one snapshot, with the idf and the lengths of Lucene and tantivy."""

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

    def average_length(self, searcher: Searcher, field: str) -> float:
        """The average number of terms in the field."""
        return (self._known.get(field) or self._read(searcher.get_parent(), field))[0]

    def _read(self, searcher: Searcher, field: str) -> tuple[float, dict[IndexReader, array[int]]]:
        """The average number of terms in the field, and for each segment those of its documents."""
        total, kept = 0, {}
        for reader, _ in searcher.reader().leaf_readers():
            lengths = list(reader.column_reader(field + LENGTH, translate=False))
            total += sum(lengths)
            kept[reader] = array("I", (_LENGTHS[bisect_right(_LENGTHS, one) - 1] for one in lengths))
        return self._known.setdefault(field, (total / searcher.doc_count_all(), kept))

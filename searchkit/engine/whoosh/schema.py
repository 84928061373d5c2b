"""The schema of an index, and an entry as a document of Whoosh.

Two columns keep what Whoosh rounds or leaves out: FIELD.length the number of terms of a text field, of which
it keeps a byte, and FIELD.values all values of a value field, of which it keeps the first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.columns import NumericColumn, VarBytesListColumn
from whoosh.fields import COLUMN, ID, NUMERIC, STORED, TEXT, FieldType, Schema

from searchkit.engine.base import IndexDocument, id_term
from searchkit.engine.plan import TEXT_FIELDS, ValueField

__all__ = ["LENGTH", "VALUES", "document_of", "is_schema_of", "make_schema"]

LENGTH, VALUES = ".length", ".values"
"""What the name of a column has behind the name of its field."""
_TYPES = {"integer": (int, 64), "number": (float,)}


def make_schema(values: Iterable[ValueField]) -> Schema:
    """The schema of an index with these value fields."""
    fields: dict[str, FieldType] = {"id": ID(unique=True, stored=True), "stored": STORED()}
    for name in TEXT_FIELDS:
        # Only bigrams are asked for in chains, so only they need positions.
        fields[name] = TEXT(SpaceSeparatedTokenizer(), phrase=name.endswith("_bigrams"))
        fields[name + LENGTH] = COLUMN(NumericColumn("I"))
    for value in values:
        is_text = value.kind in ("label", "key")
        fields[value.name] = ID() if is_text else NUMERIC(*_TYPES[value.kind], shift_step=8)
        if value.kind != "key":
            fields[value.name + VALUES] = COLUMN(VarBytesListColumn())
    return Schema(**fields)


def is_schema_of(schema: Schema, values: Iterable[ValueField]) -> bool:
    """Does the schema have these value fields, and no others?"""
    one, other = (  # columns are never equal in Whoosh, so nor are fields that have one
        {name: (type(field), getattr(field, "numtype", None)) for name, field in each.items()}
        for each in (schema, make_schema(values))
    )
    return one == other


def document_of(entry: IndexDocument, schema: Schema) -> dict[str, Any]:
    """The fields of the entry, for `whoosh.writing.IndexWriter.add_document`."""
    document: dict[str, Any] = {"id": id_term(entry.id), "stored": entry.stored}
    for name, joined in entry.terms.items():
        if terms := joined.split():
            document[name] = terms  # a list needs no analyzer
            document[name + LENGTH] = len(terms)
    for name, value in entry.values.items():
        document[name] = list(dict.fromkeys(value)) if isinstance(value, tuple) else [value]
    for column in schema.names():
        if column.endswith(VALUES):  # a document without a value has a row too: Whoosh needs a column to read
            name = column.removesuffix(VALUES)
            document[column] = [schema[name].to_bytes(one) for one in document.get(name, ())]
    return document

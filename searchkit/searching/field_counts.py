"""How many documents have each of the declared fields."""

from __future__ import annotations

from searchkit.engine.base import Snapshot
from searchkit.engine.plan import Clause, Prefix, Range
from searchkit.schema import Schema, text_field


def field_counts(snapshot: Snapshot, schema: Schema) -> dict[str, int]:
    """For each declared field, in their order, the number of documents with a value, or with text, in it."""
    return {name: snapshot.count(_has(name, schema)) for name in schema.declared}


def _has(name: str, schema: Schema) -> Clause:
    kind = schema.declared[name]
    if kind == "fulltext":
        return Prefix(f"{text_field(name)}_unigrams", "")
    field = schema.facet(name).field
    return Range(field, None, None) if kind in ("number", "date") else Prefix(field, "")

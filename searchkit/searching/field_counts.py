"""How many documents have each of the declared fields."""

from __future__ import annotations

from searchkit.engine.base import Snapshot
from searchkit.engine.plan import Clause, Prefix, Range
from searchkit.schema import Schema, engine_name, text_field


def field_counts(snapshot: Snapshot, schema: Schema) -> dict[str, int]:
    """For each declared field, in their order, the number of documents with a value, or with text, in it."""
    return {name: snapshot.count(_has(name, schema)) for name in schema.declared}


def _has(name: str, schema: Schema) -> Clause:
    if schema.declared[name] == "fulltext":
        return Prefix(f"{text_field(name)}_unigrams", "")
    return Range(engine_name(name), None, None)

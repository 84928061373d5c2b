"""What an index of OpenSearch is made of, and what an index document becomes in it.

A document has its terms under ``terms``, its values under ``values``, and under ``first`` a key
by which each value sorts; by ``tie_key`` equal hits do. ``commit`` is the number of the commit that it came
with.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Container, Iterable
from typing import Any

from searchkit.engine.base import IndexDocument, id_term
from searchkit.engine.opensearch.location import Place
from searchkit.engine.plan import TEXT_FIELDS, Value, ValueField, has_positions, is_text_field
from searchkit.engine.ties import tie_key

FORMAT = 2
COMMIT, KEY, TIES = "commit", "key", "tie_key"
_LONGEST_LABEL = 8000  # a term of Lucene has 32,766 bytes, and a character up to four
LONGEST_TERM = 255  # what its whitespace tokenizer takes in one piece
_PRIVATE_USE = 0xF0000
# A character is one or two of the code units that are counted.
_MAYBE_LONG = re.compile(rf"[^ ]{{{LONGEST_TERM // 2 + 1},}}")
_LABEL = {"type": "keyword", "ignore_above": _LONGEST_LABEL}
_TYPES = {"integer": {"type": "long"}, "number": {"type": "double"}, "label": _LABEL, "key": _LABEL}
_UNINDEXED = {"type": "keyword", "index": False, "doc_values": False}


def index_body(place: Place, values: Iterable[ValueField]) -> dict[str, Any]:
    """The settings and the mapping of a new index."""
    settings = {
        "number_of_shards": place.shards,
        "number_of_replicas": place.replicas,
        "refresh_interval": "-1",  # a commit refreshes
        "max_regex_length": 100_000,
        # Deleted documents are of use only to replicas that were away for a moment.
        "soft_deletes.retention_lease.period": "1m",
        "similarity": {"default": {"type": "BM25", "k1": 1.2, "b": 0.75}},
    }
    mappings = {
        "dynamic": "strict",
        "_meta": {"searchkit": FORMAT},
        # What is indexed is not kept twice: the stored fields have all of it.
        "_source": {"excludes": ["terms", "values", "first", TIES]},
        "properties": properties(values),
    }
    return {"settings": {"index": settings}, "mappings": mappings}


def properties(values: Iterable[ValueField]) -> dict[str, Any]:
    """The fields of a document."""
    text = {"type": "text", "analyzer": "whitespace"}
    # Only bigrams are asked for in chains, so only they need positions.
    values = list(values)
    texts = (*TEXT_FIELDS, *(value.name for value in values if value.kind == "terms"))
    options = {name: "positions" if has_positions(name) else "freqs" for name in texts}
    kinds = {value.name: value.kind for value in values if value.kind != "terms"}
    firsts = {name: {"type": "keyword", "index": False} for name, kind in kinds.items() if kind != "key"}
    return {
        KEY: {"type": "keyword"},
        COMMIT: {"type": "long"},
        TIES: {"type": "long", "index": False},
        "stored": _UNINDEXED,
        "terms": {
            "properties": {name: {**text, "index_options": option} for name, option in options.items()}
        },
        "values": {"properties": {name: _TYPES[kind] for name, kind in kinds.items()}},
        "first": {"properties": firsts},
        # Of the documents that are not indexed ones: the state, the settings, notes.
        "text": _UNINDEXED,
        "ids": _UNINDEXED,
    }


def path_of(field: str) -> str:
    """Where a field of a plan is."""
    if field == "id":
        return KEY
    return f"terms.{field}" if is_text_field(field) else f"values.{field}"


def term_of(text: str) -> str:
    """The term as an index holds it: a digest in place of one that the tokenizer would cut."""
    if len(text) <= LONGEST_TERM // 2 or len(text.encode("utf-16-le")) // 2 <= LONGEST_TERM:
        return text
    # Of characters for private use, so that no open end and no open letter finds it.
    return "".join(chr(_PRIVATE_USE + byte) for byte in hashlib.sha256(text.encode()).digest())


def document_id(key: str, commit: int) -> str:
    """The id of a document: one for each index document and commit, so that sending it twice adds nothing."""
    return f"{hashlib.sha256(key.encode()).hexdigest()[:40]}-{commit}"


def document_of(indexed: IndexDocument, commit: int, sorting: Container[str]) -> dict[str, Any]:
    """What an index document becomes; ``sorting`` are the fields of values by which hits can be sorted."""
    values = indexed.values.items()
    return {
        KEY: id_term(indexed.id),
        TIES: tie_key(id_term(indexed.id)),
        COMMIT: commit,
        "stored": indexed.stored.decode(),
        "terms": {
            name: _MAYBE_LONG.sub(lambda found: term_of(found[0]), terms)
            for name, terms in indexed.terms.items()
            if terms
        },
        "values": dict(values),
        "first": {name: sort_key(value) for name, value in values if value != () and name in sorting},
    }


def sort_key(value: Value) -> str:
    """A text that sorts as the value does.

    OpenSearch sorts a number that is missing as the largest one there can be, and labels by the least of them
    instead of the first; a missing text comes behind every other one.
    """
    if isinstance(value, tuple):
        return value[0][:_LONGEST_LABEL]
    if isinstance(value, int):
        return f"{value + 2**63:016x}"
    (bits,) = struct.unpack(">Q", struct.pack(">d", value))
    return f"{bits ^ (2**64 - 1 if bits >> 63 else 2**63):016x}"

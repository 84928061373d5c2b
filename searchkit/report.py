"""report: what became of the documents given to an index, and what an index is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Failure", "Report", "Stats"]


@dataclass(frozen=True)
class Failure:
    """A document that was not indexed: which, by id or file, and why."""

    what: str
    reason: str


@dataclass
class Report:
    """What became of the documents given to `Index.add`.

    ``added`` are new, ``updated`` took the place of one with the same id, ``replaced`` were given
    too, but another with their id took their place in the same call; ``failures`` are
    what was not indexed. The four sum up to all that was given.
    """

    added: int = 0
    updated: int = 0
    replaced: int = 0
    failures: list[Failure] = field(default_factory=list)
    took: float = 0.0
    """Seconds."""


@dataclass(frozen=True)
class Stats:
    """The size and the kind of an index."""

    location: str
    documents: int
    bytes: int
    format: int
    version: str
    """Of the searchkit that made the index."""
    analyzer: str
    """The fingerprint of its analyzer."""
    needs_rebuild: bool
    user_words: int
    stop_words: int
    synonyms: int
    """How many words have synonyms."""
    fields: Mapping[str, str]
    """What is declared of ``extra``, and its kinds."""
    pinyin: bool
    details: Mapping[str, int]

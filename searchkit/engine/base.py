"""The contract of an engine: it stores entries, matches a plan and ranks what matched.

An engine knows nothing of HTML, of Chinese or of highlights: terms come ready made, joined
by spaces, and documents are text that it gives back. So an engine is thin, and one suite of
contract tests (tests/engine) runs over all of them.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from searchkit.engine.plan import Clause, Plan, Sort, Value, ValueField
from searchkit.errors import SearchkitError
from searchkit.text import well_formed

__all__ = [
    "LEAST_MEMORY",
    "MOST_VALUES",
    "Damage",
    "Engine",
    "EngineStats",
    "EngineWriter",
    "IndexDocument",
    "ScoredDoc",
    "Snapshot",
    "id_term",
]

# OpenSearch takes ids of 512 bytes, and a character has up to four.
_LONGEST_KEY = 128

LEAST_MEMORY = 16_000_000
"""Bytes that a writer may be told to do with."""

MOST_VALUES = 65_000
"""How many values of a field are counted in one search."""


@dataclass(frozen=True)
class IndexDocument:
    """A document as an engine takes it."""

    id: str
    stored: bytes
    """The stored fields in UTF-8, given back as they are."""
    terms: Mapping[str, str]
    """Terms joined by single spaces, for each of `searchkit.engine.plan.TEXT_FIELDS`."""
    values: Mapping[str, Value] = field(default_factory=dict)
    """What it has in the value fields of the index; a field may be missing."""


class ScoredDoc(NamedTuple):
    """One hit: its score (0 when sorted by a field) and the stored document."""

    score: float
    stored: bytes


def id_term(id: str) -> str:
    """The id as an engine can hold it in a term: a digest in place of a very long one."""
    id = well_formed(id)
    return id if len(id) <= _LONGEST_KEY else "sha256:" + hashlib.sha256(id.encode()).hexdigest()


@dataclass(frozen=True)
class EngineStats:
    """What an engine knows of its size."""

    documents: int
    bytes: int
    """On disk; 0 where there is none."""
    details: Mapping[str, int] = field(default_factory=dict)
    """Numbers of this engine's own, for instance its segments."""


class Damage(NamedTuple):
    """What of the stored index is not as it was written."""

    file: str
    what: str
    why: str


class Snapshot(ABC):
    """The index as it was when the snapshot was taken; later commits do not change it."""

    @property
    @abstractmethod
    def version(self) -> str:
        """Equal versions of one index hold the same documents, and rank them in the same order."""

    @abstractmethod
    def search(
        self, plan: Plan, *, limit: int, offset: int, sort: Sort | None = None
    ) -> tuple[int, list[ScoredDoc]]:
        """How many match, and the hits from ``offset``, at most ``limit``: the best first, or sorted.

        Equal ones come in a fixed order.
        """

    @abstractmethod
    def count(self, match: Clause) -> int:
        """How many documents match."""

    @abstractmethod
    def values(self, match: Clause, field: str) -> dict[Any, int]:
        """The values that matching documents have in the field, and how many have each; in no order.

        Of more than `MOST_VALUES` values those that most documents have.
        """

    @abstractmethod
    def doc_freqs(self, field: str, terms: Sequence[str]) -> list[int]:
        """How many documents have each of the terms in a text field, or of the values in a field of keys.

        Deleted ones may still count.
        """

    @abstractmethod
    def terms_with_prefix(self, field: str, text: str, *, limit: int) -> list[tuple[str, int]]:
        """The values of a field of keys that begin with the text, and how many documents have each.

        Those that most documents have, at most ``limit``, come first; deleted ones may still count.
        """

    @abstractmethod
    def get(self, ids: Iterable[str]) -> dict[str, bytes]:
        """The stored fields of those of the documents that there are."""

    def present(self, ids: Iterable[str]) -> set[str]:
        """Those of the ids that there are."""
        return set(self.get(ids))

    @abstractmethod
    def __len__(self) -> int:
        """How many documents there are."""

    @abstractmethod
    def __iter__(self) -> Iterator[bytes]:
        """The stored fields of every document."""


class EngineWriter(ABC):
    """The one writer of an index. Nothing is seen by others before `commit`."""

    @abstractmethod
    def upsert(self, entry: IndexDocument) -> None:
        """Add the entry in place of one with its id."""

    @abstractmethod
    def delete(self, id: str) -> None:
        """Remove the entry with this id, if there is one."""

    @abstractmethod
    def delete_all(self) -> None:
        """Remove every entry."""

    @abstractmethod
    def commit(self) -> None:
        """Make all since the last commit durable and visible, at once."""

    @abstractmethod
    def close(self) -> None:
        """Forget what is not committed and let the next writer in."""


class Engine(ABC):
    """An index at a location."""

    @property
    @abstractmethod
    def location(self) -> str:
        """The text that opens this index again."""

    @abstractmethod
    def read_metadata(self) -> dict[str, Any]:
        """The JSON object that was last written with the index."""

    @abstractmethod
    def write_metadata(self, metadata: Mapping[str, Any]) -> None:
        """Store a JSON object with the index, in place of the one before."""

    @abstractmethod
    def read_note(self, name: str) -> str | None:
        """The text that was last written beside the index under this name, or None.

        A name is of small letters, digits and hyphens.
        """

    @abstractmethod
    def write_note(self, name: str, text: str) -> None:
        """Keep a text beside the index, in place of the one before; it is there whole or not at all."""

    @abstractmethod
    def snapshot(self) -> Snapshot:
        """The latest commit."""

    @abstractmethod
    def writer(self, *, timeout: float, force_merge: bool = False, memory: int | None = None) -> EngineWriter:
        """The writer; waits up to ``timeout`` seconds for another one, then `IndexLockedError`.

        A ``force_merge`` writer keeps what it is given in as few segments as can be, which takes longer. What
        it has not written yet takes some ``memory`` bytes, at least `LEAST_MEMORY`; None: the engine chooses.
        """

    @abstractmethod
    def stats(self) -> EngineStats:
        """The size of the latest commit."""

    def damage(self, values: Iterable[ValueField]) -> list[Damage]:  # noqa: ARG002
        """What of the latest commit is not as it was written; ``values`` are the fields that it should have.

        An engine without files of its own has nothing to say here.
        """
        return []

    def copy_to(self, path: Path) -> None:  # noqa: ARG002
        """The latest commit as an index of its own, at a path where nothing is."""
        raise SearchkitError(
            f"{self.location}: an index that is not in a folder has no files to copy; "
            "export() writes its documents into a file"
        )

    @abstractmethod
    def close(self) -> None:
        """Let go of files and connections."""

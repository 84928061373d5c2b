"""What an engine has to do: store documents, index ready-made terms, match a plan and rank what matched.

An engine knows nothing of HTML, of Chinese or of highlights. Terms come ready-made, joined by single spaces,
and a document is a text that it gives back as it is.

An engine of another package implements

* `searchkit.engine.EngineKind`: create an index, open one, look at the files of one that does not open;
* `Engine`: the metadata, the notes, the latest snapshot, the one writer, the size;
* `EngineWriter`: upsert, delete, and a commit that is visible at once or not at all;
* `Snapshot`: search, count, facets, document frequencies, stored documents; later commits do not change it.

It has to implement what is abstract here. The other methods have a default, which it may replace by something
quicker or better. `tests/engine` is the contract as tests: add a factory to ``ENGINES`` in its ``suite.py``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from searchkit.engine.plan import Clause, Plan, Sort, Value, ValueField
from searchkit.errors import IndexIncompatibleError, SearchkitError
from searchkit.text import well_formed

__all__ = [
    "LEAST_MEMORY",
    "MOST_VALUES",
    "Damage",
    "Engine",
    "EngineStats",
    "EngineWriter",
    "FacetCounts",
    "Hits",
    "IndexDocument",
    "PlanTooExpensiveError",
    "ScoredDoc",
    "Snapshot",
    "UnfinishedError",
    "id_term",
]

# OpenSearch takes ids of 512 bytes, and a character has up to four.
_LONGEST_KEY = 128

_PAGE = 10_000  # documents that are read at once

LEAST_MEMORY = 16_000_000
"""The least memory, in bytes, that a writer can be given."""

MOST_VALUES = 65_000
"""How many values of a field are listed with their counts at most."""


class FacetCounts(dict[Any, int]):
    """Values of a field, and how many of the documents have each."""

    others: int = 0
    """The sum of the counts of all values that are not listed: 0 where all are. Else counts that are listed
    may be too low, as a segment or a shard may have left a value out."""


class PlanTooExpensiveError(SearchkitError):
    """A plan was not run, or not to its end: it would cost more than it may, or than the engine can do.

    ``clause`` is what costs most, as far as that is known, ``cost`` and ``limit`` are in postings to read;
    ``reason`` is the limit of an engine.
    """

    def __init__(
        self, clause: Clause | None = None, cost: int = 0, limit: int = 0, *, reason: str = ""
    ) -> None:
        super().__init__(reason or f"the plan would read {cost:,} postings of at most {limit:,}")
        self.clause = clause
        self.cost = cost
        self.limit = limit
        self.reason = reason


class UnfinishedError(IndexIncompatibleError):
    """There is the beginning of an index: another process makes it just now, or did not come to the end."""


@dataclass(frozen=True)
class IndexDocument:
    """A document as an engine takes it."""

    id: str
    stored: bytes
    """The stored fields in UTF-8, given back as they are."""
    terms: Mapping[str, str]
    """Terms joined by single spaces, for each of `searchkit.engine.plan.TEXT_FIELDS`."""
    values: Mapping[str, Value] = field(default_factory=dict)
    """Its values in the value fields of the index; a field may be missing."""


class ScoredDoc(NamedTuple):
    """One hit: its score (0 when sorted by a field) and its stored fields."""

    score: float
    stored: bytes


Hits = tuple[int, list[ScoredDoc]]
"""How many documents match, and one page of them."""


def id_term(id: str) -> str:
    """The id as an engine can hold it in a term: a digest in place of a very long one."""
    id = well_formed(id)
    if len(id) <= _LONGEST_KEY:
        return id
    from hashlib import sha256  # takes long to import, and is seldom needed

    return "sha256:" + sha256(id.encode()).hexdigest()


@dataclass(frozen=True)
class EngineStats:
    """The size of an index."""

    documents: int
    bytes: int
    """On disk; 0 where there is none."""
    details: Mapping[str, int] = field(default_factory=dict)
    """Numbers that only this engine has, for instance of its segments."""


class Damage(NamedTuple):
    """A part of the stored index that is not as it was written."""

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
    def search(self, plan: Plan, *, limit: int, offset: int, sort: Sort | None = None) -> Hits:
        """How many documents match, and at most ``limit`` of them from ``offset`` on: best first, or sorted.

        Hits that are equal in that order come in a fixed order.
        """

    def multi_search(self, plans: Sequence[Plan], *, limit: int, sort: Sort | None = None) -> list[Hits]:
        """The first hits of several plans, as `search` gives them; for an engine far away in one request."""
        return [self.search(plan, limit=limit, offset=0, sort=sort) for plan in plans]

    @abstractmethod
    def count(self, match: Clause) -> int:
        """How many documents match."""

    @abstractmethod
    def facets(self, match: Clause, fields: Sequence[str]) -> dict[str, FacetCounts]:
        """For each field, the values that matching documents have and how many have each, in no order.

        Of more than `MOST_VALUES` values of a field those that most documents have, and in
        `FacetCounts.others` how many have the rest.
        """

    @abstractmethod
    def doc_freqs(self, field: str, terms: Sequence[str]) -> list[int]:
        """How many documents have each of the terms in a text field, or each of the values in a label or key
        field.

        Deleted documents may still count.
        """

    @abstractmethod
    def terms_with_prefix(self, field: str, text: str, *, limit: int) -> list[tuple[str, int]]:
        """The values of a key field that begin with the text, and how many documents have each.

        At most ``limit``, those of most documents first. Deleted documents may still count.
        """

    def beginning_with(self, field: str, text: str) -> tuple[int, int]:
        """About how many terms of a text field begin with the text, and how many documents they have in all.

        An estimate may be too high; it has to take much less time than to search for them.
        """
        found = self.terms_with_prefix(field, text, limit=MOST_VALUES)
        return len(found), sum([having for _, having in found])

    @abstractmethod
    def stored(self, ids: Iterable[str]) -> dict[str, bytes]:
        """The stored fields of the documents with these ids, as far as there are any."""

    def existing(self, ids: Iterable[str]) -> set[str]:
        """Those of the ids that have a document."""
        return set(self.stored(ids))

    def matching(self, match: Clause) -> Iterator[bytes]:
        """The stored fields of every document that matches, in no order; they are read as they are asked for.

        There may be millions, so no engine has them all in memory.
        """
        offset = 0
        while hits := self.search(Plan(match), limit=_PAGE, offset=offset)[1]:
            yield from (hit.stored for hit in hits)
            offset += len(hits)

    @abstractmethod
    def __len__(self) -> int:
        """How many documents there are."""

    @abstractmethod
    def __iter__(self) -> Iterator[bytes]:
        """The stored fields of every document; they are read as they are asked for."""


class EngineWriter(ABC):
    """The one writer of an index. Nothing is seen by others before `commit`."""

    repeats = 0
    """How many documents have to be put again, unchanged, for a commit with ``force_merge`` to merge all."""

    @abstractmethod
    def upsert(self, document: IndexDocument) -> None:
        """Add the document, in place of one with its id."""

    @abstractmethod
    def delete(self, id: str) -> None:
        """Remove the document with this id, if there is one."""

    @abstractmethod
    def delete_all(self) -> None:
        """Remove every document."""

    @abstractmethod
    def commit(self) -> None:
        """Make everything since the last commit durable and visible, all of it at once."""

    @abstractmethod
    def close(self) -> None:
        """Drop what is not committed, and let the next writer in."""


class Engine(ABC):
    """An index at a location."""

    @property
    @abstractmethod
    def location(self) -> str:
        """The text that opened this index, without credentials."""

    @property
    def real_location(self) -> str:
        """The text that opens this index again, whatever the current folder is and links lead to."""
        return self.location

    @property
    def identity(self) -> str:
        """What tells this index from another at its location; empty where it cannot be told.

        It is made with the index and never changes. Where the index has another one than when it was opened,
        or is gone, the engine raises `IndexReplacedError`: for whoever writes, and for whoever reads what
        was committed since.
        """
        return ""

    @abstractmethod
    def read_metadata(self) -> dict[str, Any]:
        """The JSON object that was last written with the index."""

    @abstractmethod
    def write_metadata(self, metadata: Mapping[str, Any]) -> None:
        """Store a JSON object with the index, in place of the one before."""

    @abstractmethod
    def read_note(self, name: str) -> str | None:
        """The text that was last written beside the index under this name, or None.

        A name has lower-case letters, digits and hyphens.
        """

    @abstractmethod
    def write_note(self, name: str, text: str) -> None:
        """Keep a text beside the index, in place of the one before, atomically."""

    @abstractmethod
    def snapshot(self) -> Snapshot:
        """The latest commit."""

    @abstractmethod
    def writer(self, *, timeout: float, force_merge: bool = False, memory: int | None = None) -> EngineWriter:
        """The one writer; raises `IndexLockedError` when another one is there for ``timeout`` more seconds.

        With ``force_merge`` it leaves as few segments as possible, which takes longer. ``memory`` is how many
        bytes it may buffer, at least `LEAST_MEMORY`; with None the engine chooses.
        """

    @abstractmethod
    def stats(self) -> EngineStats:
        """The size of the latest commit."""

    def damage(self, values: Iterable[ValueField], *, quick: bool = False) -> list[Damage]:  # noqa: ARG002
        """The damage to the latest commit; ``values`` are the fields that it should have.

        ``quick`` leaves out what takes longer than some milliseconds. An engine without files of its own has
        none.
        """
        return []

    def settings_damage(self, values: Iterable[ValueField]) -> list[Damage]:  # noqa: ARG002
        """What of the metadata is not as it was written, and whether the fields are others than ``values``.

        It is asked whenever an index is opened.
        """
        return []

    def copy_to(self, path: Path) -> None:  # noqa: ARG002
        """Copy the latest commit into an index of its own, at a path where nothing is."""
        raise SearchkitError(
            f"{self.location}: an index that is not in a folder has no files to copy; "
            "export() writes its documents into a file"
        )

    def room(self, *, rewritten: bool) -> tuple[int, int] | None:  # noqa: ARG002
        """The bytes of disk that a force merge needs, or to put all documents again, and those that are free.

        None where that is not known.
        """
        return None

    @abstractmethod
    def close(self) -> None:
        """Let go of files and connections."""

"""An index of Whoosh, and its snapshots.

Terms, postings and documents are in tables and columns of Whoosh. What matches and how it is ranked is found
out here, as tantivy does it, so that both give the same answers. docs/engines.md has what each is for.
"""

from __future__ import annotations

import heapq
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from operator import itemgetter
from pathlib import Path
from typing import Any

from searchkit.engine.base import (
    MOST_VALUES,
    Damage,
    Engine,
    EngineStats,
    ScoredDoc,
    Snapshot,
    id_term,
)
from searchkit.engine.plan import Clause, Plan, Sort, ValueField
from searchkit.engine.storage import IndexFolder, WriterLock
from searchkit.engine.whoosh.commit import (
    COMMIT_FILE,
    Commit,
    copy_commit,
    damage_of,
    of_one_commit,
    read_commit,
    read_deleted,
    remove_others,
    write_commit,
)
from searchkit.engine.whoosh.errors import reading
from searchkit.engine.whoosh.matching import matching
from searchkit.engine.whoosh.ranking import Part, scored
from searchkit.engine.whoosh.segment import Segment
from searchkit.engine.whoosh.writing import WhooshWriter
from searchkit.errors import IndexIncompatibleError

__all__ = ["WhooshEngine"]

SCHEME = "whoosh:"


class WhooshEngine(Engine):
    """An index in a folder."""

    def __init__(self, folder: IndexFolder) -> None:
        self._folder = folder
        self._opening = threading.Lock()
        self._seen: object = None
        self._latest: WhooshSnapshot | None = None

    @classmethod
    def create(cls, path: Path, metadata: Mapping[str, Any], values: Iterable[ValueField]) -> WhooshEngine:
        """A new index in the folder ``path``."""
        with IndexFolder.created(path, metadata) as folder:
            write_commit(folder.data, Commit(tuple(values)))
            remove_others(folder)
        return cls(folder)

    @classmethod
    def open(cls, path: Path) -> WhooshEngine:
        """The index in the folder ``path``."""
        folder = IndexFolder.opened(path)
        if (folder.data / "meta.json").exists() and not (folder.data / COMMIT_FILE).exists():
            raise IndexIncompatibleError(
                f"{path}: another engine made this index; it opens without {SCHEME!r}"
            )
        engine = cls(folder)
        engine.snapshot()
        return engine

    @classmethod
    def damage_at(cls, path: Path) -> list[Damage]:
        """What is wrong with the files in the folder ``path``, which need not open."""
        folder = IndexFolder.opened(path)
        return folder.damage() + damage_of(folder.data)

    @property
    def location(self) -> str:
        return f"{SCHEME}{self._folder.path}"

    def read_metadata(self) -> dict[str, Any]:
        return self._folder.read_metadata()

    def write_metadata(self, metadata: Mapping[str, Any]) -> None:
        self._folder.write_metadata(metadata)

    def read_note(self, name: str) -> str | None:
        return self._folder.read_note(name)

    def write_note(self, name: str, text: str) -> None:
        self._folder.write_note(name, text)

    def snapshot(self) -> WhooshSnapshot:
        with self._opening:
            # What changes with every commit: a look at the file that it replaces is all that it costs.
            mark = self._folder.commit_mark(COMMIT_FILE)
            if self._latest is None or mark != self._seen:
                with reading(self.location):
                    self._latest = of_one_commit(self._folder.data, self._opened)
                self._seen = mark
            return self._latest

    def _opened(self, commit: Commit) -> WhooshSnapshot:
        """The commit, with the segments that are open already."""
        if self._latest is not None and self._latest.version == commit.version:
            return self._latest
        open_now = {part.segment.name: part.segment for part in self._latest.parts} if self._latest else {}
        parts = []
        for stored in commit.segments:
            segment = open_now.get(stored.name) or Segment(self._folder.data, stored)
            live = frozenset(range(stored.documents)) - read_deleted(self._folder.data, stored)
            parts.append(Part(segment, live))
        return WhooshSnapshot(self.location, commit.version, tuple(parts))

    def _forget(self) -> None:
        """Look at the next commit even where the clock of the files is too coarse to tell it."""
        with self._opening:
            self._seen = None

    def damage(self, values: Iterable[ValueField]) -> list[Damage]:
        found = self.damage_at(self._folder.path)
        if not found and read_commit(self._folder.data).fields != tuple(values):
            why = "are not those that the settings of the index ask for"
            found.append(Damage(COMMIT_FILE, "the fields", why))
        return found

    def copy_to(self, path: Path) -> None:
        self._folder.copy_to(path, lambda to: copy_commit(self._folder.data, to))

    def writer(self, *, timeout: float, force_merge: bool = False, memory: int | None = None) -> WhooshWriter:
        lock = WriterLock(self._folder, timeout=timeout)
        return WhooshWriter(
            self._folder, self.location, lock, self._forget, force_merge=force_merge, memory=memory
        )

    def stats(self) -> EngineStats:
        snapshot = self.snapshot()
        return EngineStats(len(snapshot), self._folder.size(), {"segments": len(snapshot.parts)})

    def close(self) -> None:
        self._latest = None  # memory maps go with the last snapshot


class WhooshSnapshot(Snapshot):
    """Its segments, one behind the other: the number of a hit is that of its document, counted through."""

    def __init__(self, location: str, version: str, parts: tuple[Part, ...]) -> None:
        self.parts = parts
        self._location = location
        self._version = version
        self._starts = [sum(part.segment.size for part in parts[:number]) for number in range(len(parts))]

    @property
    def version(self) -> str:
        return self._version

    def search(
        self, plan: Plan, *, limit: int, offset: int, sort: Sort | None = None
    ) -> tuple[int, list[ScoredDoc]]:
        with reading(self._location):
            matched = self._matched(plan.match)
            total = sum(map(len, matched))
            behind = min(offset + limit, total)
            if offset >= behind:
                return total, []
            hits = self._sorted(matched, sort)[:behind] if sort else self._ranked(matched, plan, behind)
            return total, [ScoredDoc(score, self._stored(number)) for number, score in hits[offset:]]

    def _matched(self, node: Clause) -> list[Set[int]]:
        return [matching(node, part.segment, part.live) for part in self.parts]

    def _ranked(self, matched: Sequence[Set[int]], plan: Plan, size: int) -> list[tuple[int, float]]:
        hits = [
            (start + document, score)
            for start, documents in zip(self._starts, scored(self.parts, matched, plan.scores))
            for document, score in documents.items()
        ]
        return heapq.nlargest(size, hits, key=itemgetter(1))  # equal ones stay in their order

    def _sorted(self, matched: Sequence[Set[int]], sort: Sort) -> list[tuple[int, float]]:
        having: list[tuple[Any, int]] = []
        others = []
        for start, part, documents in zip(self._starts, self.parts, matched):
            column = part.segment.column(sort.field)
            for document in sorted(documents):
                value = column[document]
                if value is None or value == ():
                    others.append(start + document)
                else:
                    having.append((value[0] if isinstance(value, tuple) else value, start + document))
        having.sort(key=itemgetter(0), reverse=sort.descending)
        return [(number, 0.0) for number in [*map(itemgetter(1), having), *others]]

    def count(self, match: Clause) -> int:
        with reading(self._location):
            return sum(map(len, self._matched(match)))

    def facets(self, match: Clause, fields: Sequence[str]) -> dict[str, dict[Any, int]]:
        with reading(self._location):
            matched = self._matched(match)
            return {field: self._counts(matched, field) for field in fields}

    def _counts(self, matched: Sequence[Set[int]], field: str) -> dict[Any, int]:
        counted: Counter[Any] = Counter()
        for part, documents in zip(self.parts, matched):
            column = part.segment.column(field)
            # Most documents have the same few values or labels, so those are counted first.
            for value, count in Counter(column[document] for document in documents).items():
                for label in set(value) if isinstance(value, tuple) else (value,):
                    counted[label] += count
        del counted[None]
        return dict(counted.most_common(MOST_VALUES))

    def doc_freqs(self, field: str, terms: Sequence[str]) -> list[int]:
        with reading(self._location):
            return [sum(part.segment.count(field, term) for part in self.parts) for term in terms]

    def terms_with_prefix(self, field: str, text: str, *, limit: int) -> list[tuple[str, int]]:
        counted: Counter[str] = Counter()
        with reading(self._location):
            for part in self.parts:
                for term, count in part.segment.counted_terms(field, text):
                    counted[term] += count
        return heapq.nlargest(min(limit, len(counted)), counted.items(), key=itemgetter(1))

    def stored(self, ids: Iterable[str]) -> dict[str, str]:
        found = {}
        with reading(self._location):
            for id in ids:
                for part in self.parts:
                    for document in part.segment.posting_list("id", id_term(id)).documents:
                        if document in part.live:
                            found[id] = part.segment.stored(document)
        return found

    def __len__(self) -> int:
        return sum(len(part.live) for part in self.parts)

    def __iter__(self) -> Iterator[str]:
        for part in self.parts:
            for document in sorted(part.live):
                with reading(self._location):
                    stored = part.segment.stored(document)
                yield stored

    def _stored(self, number: int) -> str:
        for start, part in zip(self._starts, self.parts):
            if number < start + part.segment.size:
                return part.segment.stored(number - start)
        raise IndexError(number)

"""The index and its snapshots: what can be asked of an engine, as calls of Whoosh."""

from __future__ import annotations

import heapq
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from whoosh.collectors import FacetCollector, SortingCollector, TopCollector, UnsortedCollector
from whoosh.index import FileIndex
from whoosh.searching import Searcher
from whoosh.sorting import Count, FieldFacet

from searchkit.engine.base import MOST_VALUES, Damage, EngineStats, ScoredDoc, Snapshot, id_term
from searchkit.engine.commit_files import CHECKSUMS, copy_files, damaged_files, of_one_commit
from searchkit.engine.plan import Clause, Plan, Sort, ValueField
from searchkit.engine.storage import FolderEngine, IndexFolder
from searchkit.engine.whoosh.query import match_query, ranked_query
from searchkit.engine.whoosh.schema import VALUES, is_schema_of, make_schema
from searchkit.engine.whoosh.scoring import BM25, ValueOrder
from searchkit.engine.whoosh.storage import (
    INDEX,
    Commit,
    DurableStorage,
    files_of,
    latest,
    read_toc,
    reading,
    tidy,
)
from searchkit.engine.whoosh.writer import WhooshWriter
from searchkit.errors import IndexCorruptError, IndexIncompatibleError

__all__ = ["WhooshEngine"]

SCHEME = "whoosh:"
Result = TypeVar("Result")


class WhooshEngine(FolderEngine):
    """An index in a folder."""

    def __init__(self, folder: IndexFolder) -> None:
        super().__init__(folder)
        self._data = folder.data
        self._opening = threading.Lock()
        self._snapshot: WhooshSnapshot | None = None

    @classmethod
    def create(cls, path: Path, metadata: Mapping[str, Any], values: Iterable[ValueField]) -> WhooshEngine:
        """A new index in the folder ``path``."""
        with IndexFolder.created(path, metadata) as folder:
            FileIndex.create(DurableStorage(folder.data), make_schema(values), INDEX)
            tidy(folder.data)
        return cls(folder)

    @classmethod
    def open(cls, path: Path) -> WhooshEngine:
        """The index in the folder ``path``."""
        engine = cls(IndexFolder.opened(path))
        if not any(engine._data.glob("*.toc")):
            if (engine._data / "commit.json").exists():
                why = "its files are not those of Whoosh, as an earlier searchkit made it"
                raise IndexIncompatibleError(f"{path}: {why}; create it anew from its documents")
            if (engine._data / "meta.json").exists():
                raise IndexIncompatibleError(f"{path}: another engine made it; it opens without {SCHEME!r}")
        engine.snapshot()
        return engine

    @classmethod
    def damage_at(cls, path: Path) -> list[Damage]:
        """What is wrong with the files in the folder ``path``, which need not open."""
        engine = cls(IndexFolder.opened(path))
        damaged = partial(damaged_files, engine._data)
        try:
            found = engine._of_latest(
                lambda commit: damaged([commit.file]) or damaged(files_of(engine._data, commit))
            )
        except IndexCorruptError as error:
            found = [Damage("data", "the commit", str(error))]
        return engine._folder.damage() + found

    @property
    def location(self) -> str:
        return f"{SCHEME}{self._folder.path}"

    def _of_latest(self, act: Callable[[Commit], Result]) -> Result:
        with reading(self.location):
            return of_one_commit(partial(latest, self._data), act)

    def snapshot(self) -> WhooshSnapshot:
        with self._opening:
            self._snapshot = self._of_latest(self._opened)
            return self._snapshot

    def _opened(self, commit: Commit) -> WhooshSnapshot:
        if self._snapshot is not None and self._snapshot.version == str(commit):
            return self._snapshot
        toc = read_toc(self._data, commit)
        # `FileIndex.reader` is the same, but tries ten times when a file is damaged.
        reader = FileIndex._reader(DurableStorage(self._data), toc.schema, toc.segments, toc.generation)
        return WhooshSnapshot(self.location, str(commit), Searcher(reader, weighting=BM25()))

    def damage(self, values: Iterable[ValueField]) -> list[Damage]:
        if found := self.damage_at(self._folder.path):
            return found
        commit = latest(self._data)
        if is_schema_of(read_toc(self._data, commit).schema, values):
            return []
        why = "is not the one that the settings of the index ask for"
        return [Damage(commit.file, "the schema", why)]

    def copy_to(self, path: Path) -> None:
        def copy(to: Path) -> None:
            self._of_latest(
                lambda commit: copy_files(self._data, to, [*files_of(self._data, commit), CHECKSUMS])
            )

        self._folder.copy_to(path, copy)

    def writer(self, *, timeout: float, force_merge: bool = False, memory: int | None = None) -> WhooshWriter:
        return WhooshWriter(self._folder, self.location, timeout, force_merge, memory)

    def stats(self) -> EngineStats:
        snapshot = self.snapshot()
        return EngineStats(len(snapshot), self._folder.size(), {"segments": snapshot.segments})

    def close(self) -> None:
        self._snapshot = None  # memory maps go with the last snapshot


class WhooshSnapshot(Snapshot):
    """A searcher of Whoosh, which one thread uses at a time: it moves about in its files."""

    def __init__(self, location: str, version: str, searcher: Searcher) -> None:
        self._location = location
        self._version = version
        self._searcher = searcher
        self._reader = searcher.reader()
        self._one_thread = threading.RLock()

    @property
    def version(self) -> str:
        return self._version

    @property
    def segments(self) -> int:
        """How many pieces the index consists of."""
        return len(self._reader.leaf_readers()) if self._reader.doc_count_all() else 0

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._one_thread, reading(self._location):
            yield

    def search(
        self, plan: Plan, *, limit: int, offset: int, sort: Sort | None = None
    ) -> tuple[int, list[ScoredDoc]]:
        behind = min(offset + limit, len(self))
        if behind <= offset:
            return self.count(plan.match), []
        collector = (
            SortingCollector(ValueOrder(sort), limit=behind)
            if sort
            else TopCollector(behind, usequality=False, replace=0)  # all that match are counted
        )
        with self._reading():
            query = match_query(plan.match) if sort else ranked_query(plan)
            self._searcher.search_with_collector(query, collector)
            hits = collector.results().top_n[offset:behind]
            found = [ScoredDoc(0.0 if sort else score, self._stored(number)) for score, number in hits]
            return collector.count(), found

    def count(self, match: Clause) -> int:
        with self._reading():
            return sum(1 for _ in self._searcher.docs_for_query(match_query(match)))

    def values(self, match: Clause, field: str) -> dict[Any, int]:
        facet = FieldFacet(field + VALUES, allow_overlap=True, maptype=Count)
        with self._reading():
            collector = FacetCollector(UnsortedCollector(), {field: facet})
            self._searcher.search_with_collector(match_query(match), collector)
            found: Counter[bytes] = Counter(collector.facetmaps[field].as_dict())
            read = self._searcher.schema[field].from_bytes
            return {read(value): count for value, count in found.most_common(MOST_VALUES)}

    def doc_freqs(self, field: str, terms: Sequence[str]) -> list[int]:
        with self._reading():
            return [self._reader.doc_frequency(field, term) for term in terms]

    def terms_with_prefix(self, field: str, text: str, *, limit: int) -> list[tuple[str, int]]:
        counted: Counter[bytes] = Counter()
        with self._reading():
            for reader, _ in self._reader.leaf_readers():
                for term, info in reader.iter_prefix(field, text):
                    counted[term] += info.doc_frequency()
        most = heapq.nlargest(min(limit, len(counted)), counted.items(), key=lambda item: item[1])
        return [(term.decode(), count) for term, count in most]

    def get(self, ids: Iterable[str]) -> dict[str, str]:
        with self._reading():
            return {id: self._stored(number) for id, number in self._numbers(ids)}

    def present(self, ids: Iterable[str]) -> set[str]:
        with self._reading():
            return {id for id, _ in self._numbers(ids)}

    def _numbers(self, ids: Iterable[str]) -> Iterator[tuple[str, int]]:
        for id in ids:
            if (number := self._searcher.document_number(id=id_term(id))) is not None:
                yield id, number

    def __len__(self) -> int:
        return int(self._reader.doc_count())

    def __iter__(self) -> Iterator[str]:
        for number in self._reader.all_doc_ids():
            with self._reading():
                stored = self._stored(number)
            yield stored

    def _stored(self, number: int) -> str:
        return str(self._reader.stored_fields(number)["stored"])

"""The index and its snapshots: what can be asked of an engine, as calls of Whoosh."""

from __future__ import annotations

import heapq
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from whoosh.collectors import FacetCollector, SortingCollector, TopCollector, UnsortedCollector
from whoosh.index import TOC, FileIndex
from whoosh.searching import Searcher
from whoosh.sorting import Count, FieldFacet

from searchkit.engine.base import MOST_VALUES, Damage, EngineStats, ScoredDoc, Snapshot, id_term
from searchkit.engine.commit_files import of_one_commit
from searchkit.engine.plan import Clause, Plan, Sort, ValueField
from searchkit.engine.storage import FolderEngine, IndexFolder
from searchkit.engine.whoosh import storage
from searchkit.engine.whoosh.errors import reading
from searchkit.engine.whoosh.query import match_query, ranked_query
from searchkit.engine.whoosh.schema import VALUES, is_schema_of, make_schema
from searchkit.engine.whoosh.scoring import BM25, ValueOrder
from searchkit.engine.whoosh.writer import WhooshWriter
from searchkit.errors import IndexCorruptError, IndexIncompatibleError

__all__ = ["WhooshEngine"]

SCHEME = "whoosh:"


class WhooshEngine(FolderEngine):
    """An index in a folder."""

    def __init__(self, folder: IndexFolder) -> None:
        super().__init__(folder)
        self._data = folder.data
        self._opening = threading.Lock()
        self._latest: WhooshSnapshot | None = None

    @classmethod
    def create(cls, path: Path, metadata: Mapping[str, Any], values: Iterable[ValueField]) -> WhooshEngine:
        """A new index in the folder ``path``."""
        with IndexFolder.created(path, metadata) as folder:
            FileIndex.create(storage.DurableStorage(folder.data), make_schema(values), storage.INDEX)
            storage.tidy(folder.data)
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
        try:
            with reading(engine.location):
                found = storage.damage_of(engine._data)
        except IndexCorruptError as error:
            found = [Damage("data", "the commit", str(error))]
        return engine._folder.damage() + found

    @property
    def location(self) -> str:
        return f"{SCHEME}{self._folder.path}"

    def snapshot(self) -> WhooshSnapshot:
        with self._opening, reading(self.location):
            if self._latest is None or self._latest.version != self._version():
                self._latest = of_one_commit(self._data, self._version, self._read)
            return self._latest

    def _read(self) -> WhooshSnapshot:
        version = self._version()
        with storage.opened(self._data) as files:
            toc = TOC.read(files, storage.INDEX)
            # `FileIndex.reader` is the same, but tries ten times when a file is damaged.
            reader = FileIndex._reader(files, toc.schema, toc.segments, toc.generation)
            snapshot = WhooshSnapshot(self.location, version, Searcher(reader, weighting=BM25()))
        if self._version() != version:
            raise FileNotFoundError  # somebody committed meanwhile
        return snapshot

    def _version(self) -> str:
        return storage.latest(self._data)[1]

    def damage(self, values: Iterable[ValueField]) -> list[Damage]:
        found = self.damage_at(self._folder.path)
        if not found and not is_schema_of(storage.read_toc(self._data).schema, values):
            why = "is not the one that the settings of the index ask for"
            found.append(Damage(storage.latest(self._data)[0], "the schema", why))
        return found

    def copy_to(self, path: Path) -> None:
        def copy(to: Path) -> None:
            with reading(self.location):
                storage.copy_commit(self._data, to)

        self._folder.copy_to(path, copy)

    def writer(self, *, timeout: float, force_merge: bool = False, memory: int | None = None) -> WhooshWriter:
        return WhooshWriter(self._folder, self.location, timeout, force_merge, memory)

    def stats(self) -> EngineStats:
        snapshot = self.snapshot()
        return EngineStats(len(snapshot), self._folder.size(), {"segments": snapshot.segments})

    def close(self) -> None:
        self._latest = None  # memory maps go with the last snapshot


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
        with self._reading():
            if sort:
                collector = SortingCollector(ValueOrder(sort), limit=behind)
                self._searcher.search_with_collector(match_query(plan.match), collector)
            else:
                collector = TopCollector(behind, usequality=False, replace=0)  # all that match are counted
                self._searcher.search_with_collector(ranked_query(plan), collector)
            hits = collector.results().top_n[offset:behind]
            found = [ScoredDoc(0.0 if sort else score, self._stored(number)) for score, number in hits]
            return collector.count(), found

    def count(self, match: Clause) -> int:
        with self._reading():
            return sum(1 for _ in self._searcher.docs_for_query(match_query(match)))

    def facets(self, match: Clause, fields: Sequence[str]) -> dict[str, dict[Any, int]]:
        facets = {field: FieldFacet(field + VALUES, allow_overlap=True, maptype=Count) for field in fields}
        with self._reading():
            collector = FacetCollector(UnsortedCollector(), facets)
            self._searcher.search_with_collector(match_query(match), collector)
            counts = {field: Counter(collector.facetmaps[field].as_dict()) for field in fields}
        schema = self._searcher.schema
        return {
            field: {schema[field].from_bytes(value): count for value, count in found.most_common(MOST_VALUES)}
            for field, found in counts.items()
        }

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

    def stored(self, ids: Iterable[str]) -> dict[str, bytes]:
        with self._reading():
            return {id: self._stored(number) for id, number in self._numbers(ids)}

    def existing(self, ids: Iterable[str]) -> set[str]:
        with self._reading():
            return {id for id, _ in self._numbers(ids)}

    def _numbers(self, ids: Iterable[str]) -> Iterator[tuple[str, int]]:
        for id in ids:
            if (number := self._searcher.document_number(id=id_term(id))) is not None:
                yield id, number

    def __len__(self) -> int:
        return int(self._reader.doc_count())

    def __iter__(self) -> Iterator[bytes]:
        for number in self._reader.all_doc_ids():
            with self._reading():
                stored = self._stored(number)
            yield stored

    def _stored(self, number: int) -> bytes:
        return bytes(self._reader.stored_fields(number)["stored"])

"""The index and its snapshots: what can be asked of an engine, as calls of Whoosh."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeVar

from whoosh.collectors import FacetCollector, TopCollector, UnsortedCollector
from whoosh.index import FileIndex
from whoosh.searching import Searcher
from whoosh.sorting import Count, FieldFacet

from searchkit.engine import forks
from searchkit.engine.base import MOST_VALUES, Damage, EngineStats, FacetCounts, ScoredDoc, Snapshot, id_term
from searchkit.engine.commit_files import QUICK_BYTES, of_one_commit, require_whole
from searchkit.engine.pinned import Pinned
from searchkit.engine.plan import Clause, Plan, Sort, ValueField
from searchkit.engine.storage import FolderEngine, IndexFolder
from searchkit.engine.ties import page_of, tie_key
from searchkit.engine.whoosh import files
from searchkit.engine.whoosh.files import Commit, DurableStorage, reading
from searchkit.engine.whoosh.query import match_query, ranked_query
from searchkit.engine.whoosh.schema import BM25, VALUES, field_types, make_schema
from searchkit.engine.whoosh.writer import WhooshWriter
from searchkit.errors import IndexCorruptError, IndexIncompatibleError

SCHEME = "whoosh:"
Result = TypeVar("Result")


class WhooshEngine(FolderEngine):
    """An index in a folder."""

    def __init__(self, folder: IndexFolder) -> None:
        super().__init__(folder)
        self._data = folder.data
        self._snapshot: WhooshSnapshot | None = None
        self._seen: Commit | None = None
        self._seen_files: set[str] = set()
        self._pinned: Pinned | None = None  # so that what was seen cannot be taken for another commit
        forks.watch(self)

    @classmethod
    def create(cls, path: Path, metadata: Mapping[str, Any], values: Iterable[ValueField]) -> WhooshEngine:
        """A new index in the folder ``path``."""
        with IndexFolder.created(path, metadata) as folder:
            FileIndex.create(DurableStorage(folder.data), make_schema(values), files.INDEX)
            files.tidy(folder.data)
        return cls(folder)

    @classmethod
    def open(cls, path: Path) -> WhooshEngine:
        """The index in the folder ``path``."""
        engine = cls(IndexFolder.opened(path))
        if any((engine._data / name).exists() for name in ("meta.json", "commit.json")):
            why = f"another engine made it, which opens it without {SCHEME!r}, or an earlier searchkit"
            raise IndexIncompatibleError(f"{path}: {why}; or create it anew from its documents")
        engine.snapshot()
        return engine

    @classmethod
    def damage_at(cls, path: Path, *, quick: bool = False) -> list[Damage]:
        """What is wrong with the files in the folder ``path``, which need not open."""
        engine, most = cls(IndexFolder.opened(path)), QUICK_BYTES if quick else None
        try:
            return engine._folder.damage() + engine._of_latest(
                partial(files.damage_of, engine._data, most=most)
            )
        except IndexCorruptError as error:
            return [*engine._folder.damage(), Damage("data", "the commit", str(error))]

    @property
    def location(self) -> str:
        return f"{SCHEME}{self._folder.given}"

    @property
    def real_location(self) -> str:
        return f"{SCHEME}{self._folder.path}"

    def _of_latest(self, act: Callable[[Commit], Result]) -> Result:
        try:
            with reading(self.location):
                return of_one_commit(partial(files.latest, self._data), act)
        except IndexCorruptError:
            self._folder.check_same()  # damage, or is it not there any more?
            raise

    def snapshot(self) -> WhooshSnapshot:
        return self._of_latest(self._opened)

    def _opened(self, commit: Commit) -> WhooshSnapshot:
        known = self._snapshot
        if known is not None and commit == self._seen:
            return known
        pinned = files.pinned(self._data, commit)
        self._folder.check_same()
        found = files.damage_of(self._data, commit, QUICK_BYTES, self._seen_files)
        if found and files.latest(self._data) != commit:  # a writer has removed the files of this one
            raise FileNotFoundError(found[0].file)
        require_whole(self.location, found)
        toc = files.read_toc(self._data, commit)
        # `FileIndex.reader` is the same, but tries ten times when a file is damaged.
        reader = FileIndex._reader(DurableStorage(self._data), toc.schema, toc.segments, toc.generation)
        snapshot = WhooshSnapshot(self.location, commit.version, Searcher(reader, weighting=BM25()))
        self._seen, self._pinned, self._snapshot = commit, pinned, snapshot
        return snapshot

    def damage(self, values: Iterable[ValueField], *, quick: bool = False) -> list[Damage]:
        self._folder.check_same()
        found = self.damage_at(self._folder.path, quick=quick)
        return found or self._of_latest(partial(self._wrong_fields, values))

    def settings_damage(self, values: Iterable[ValueField]) -> list[Damage]:
        return self._folder.damage() or self._of_latest(partial(self._wrong_fields, values))

    def _wrong_fields(self, values: Iterable[ValueField], commit: Commit) -> list[Damage]:
        if field_types(files.read_toc(self._data, commit).schema) == field_types(make_schema(values)):
            return []
        why = "is not the one that the settings of the index ask for"
        return [Damage(commit.file, "the schema", why)]

    def copy_to(self, path: Path) -> None:
        def copy(to: Path) -> None:
            self._of_latest(partial(files.copy_commit, self._data, to))

        self._folder.copy_to(path, copy)

    def writer(self, *, timeout: float, force_merge: bool = False, memory: int | None = None) -> WhooshWriter:
        return WhooshWriter(self._folder, self.location, timeout, force_merge, memory)

    def stats(self) -> EngineStats:
        snapshot = self.snapshot()
        return EngineStats(len(snapshot), self._folder.size(), {"segments": snapshot.segments()})

    def close(self) -> None:
        self._snapshot = self._pinned = None  # memory maps go with the last snapshot

    def after_fork(self) -> None:
        """Begin anew with what no thread of the parent has its hands on."""
        forks.keep(self._snapshot)
        self._snapshot = None


class WhooshSnapshot(Snapshot):
    """A searcher of Whoosh, which one thread uses at a time: it moves about in its files."""

    version = ""

    def __init__(self, location: str, version: str, searcher: Searcher) -> None:
        self.version = version
        self._location = location
        self._searcher = searcher
        self._reader = searcher.reader()
        self._one_thread = threading.RLock()
        self._forks = forks.count

    def segments(self) -> int:
        """How many pieces the index consists of."""
        return len(self._reader.leaf_readers()) if self._reader.doc_count_all() else 0

    @contextmanager
    def _reading(self) -> Iterator[None]:
        if self._forks != forks.count:
            raise forks.refused(f"{self._location}: this search or iteration")
        with self._one_thread, reading(self._location):
            yield

    def search(
        self, plan: Plan, *, limit: int, offset: int, sort: Sort | None = None
    ) -> tuple[int, list[ScoredDoc]]:
        behind = min(offset + limit, len(self))
        if behind <= offset:
            return self.count(plan.match), []
        with self._reading():
            by_field = self._sorted(plan.match, sort) if sort else []
            total = len(by_field)

            def fetch(start: int, count: int) -> list[tuple[Any, int]]:
                nonlocal total
                if sort:
                    return by_field[start : start + count]
                most = min(start + count, len(self))
                collector = TopCollector(most, usequality=False, replace=0)  # all that match are counted
                self._searcher.search_with_collector(ranked_query(plan), collector)
                total = collector.count()
                return collector.results().top_n[start:]  # type: ignore[no-any-return]

            hits = page_of(fetch, self._tie_keys, offset=offset, limit=behind - offset, by_score=not sort)
            return total, [ScoredDoc(0.0 if sort else score, self._stored(number)) for score, number in hits]

    def _tie_keys(self, numbers: Iterable[int]) -> list[int]:
        return [tie_key(self._reader.stored_fields(number)["id"]) for number in numbers]

    def _sorted(self, match: Clause, sort: Sort) -> list[tuple[list[bytes], int]]:
        """What matches, by the first value of the field; documents without one come last."""
        values = self._reader.column_reader(sort.field + VALUES, translate=False)
        firsts = {number: values[number][:1] for number in self._searcher.docs_for_query(match_query(match))}
        having = sorted(filter(firsts.get, firsts), key=firsts.__getitem__, reverse=sort.descending)
        without = (number for number, first in firsts.items() if not first)
        return [(firsts[number], number) for number in (*having, *without)]

    def count(self, match: Clause) -> int:
        with self._reading():
            return sum(1 for _ in self._searcher.docs_for_query(match_query(match)))

    def facets(self, match: Clause, fields: Sequence[str]) -> dict[str, FacetCounts]:
        facets = {field: FieldFacet(field + VALUES, allow_overlap=True, maptype=Count) for field in fields}
        with self._reading():
            collector = FacetCollector(UnsortedCollector(), facets)
            self._searcher.search_with_collector(match_query(match), collector)
            maps = collector.facetmaps
            return {field: self._most_frequent(field, maps[field].as_dict()) for field in fields}

    def _most_frequent(self, field: str, counts: Mapping[bytes, int]) -> FacetCounts:
        most = heapq.nlargest(MOST_VALUES, counts.items(), key=itemgetter(1))
        read = self._searcher.schema[field].from_bytes
        found = FacetCounts((read(value), count) for value, count in most)
        found.others = sum(counts.values()) - sum(found.values())
        return found

    def doc_freqs(self, field: str, terms: Sequence[str]) -> list[int]:
        with self._reading():
            return [self._reader.doc_frequency(field, term) for term in terms]

    def terms_with_prefix(self, field: str, text: str, *, limit: int) -> list[tuple[str, int]]:
        with self._reading():
            found = [
                (term.decode(), info.doc_frequency()) for term, info in self._reader.iter_prefix(field, text)
            ]
        return heapq.nlargest(min(limit, len(found)), found, key=itemgetter(1))

    def stored(self, ids: Iterable[str]) -> dict[str, bytes]:
        with self._reading():
            return {id: self._stored(number) for id in ids if (number := self._number(id)) is not None}

    def existing(self, ids: Iterable[str]) -> set[str]:
        with self._reading():
            return {id for id in ids if self._number(id) is not None}

    def _number(self, id: str) -> int | None:
        number: int | None = self._searcher.document_number(id=id_term(id))
        return number

    def __len__(self) -> int:
        with self._reading():
            return int(self._reader.doc_count())

    def __iter__(self) -> Iterator[bytes]:
        with self._reading():
            numbers = list(self._reader.all_doc_ids())
        return self._each(numbers)

    def matching(self, match: Clause) -> Iterator[bytes]:
        with self._reading():
            numbers = list(self._searcher.docs_for_query(match_query(match)))
        return self._each(numbers)

    def _each(self, numbers: Iterable[int]) -> Iterator[bytes]:
        for number in numbers:
            with self._reading():
                stored = self._stored(number)
            yield stored

    def _stored(self, number: int) -> bytes:
        return bytes(self._reader.stored_fields(number)["stored"])

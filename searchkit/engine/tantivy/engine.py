"""The index and its snapshots: what can be asked of an engine, as calls of tantivy."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from math import inf, nextafter
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Query

from searchkit.engine.aggregations import facet_counts
from searchkit.engine.base import MOST_VALUES, Damage, Engine, EngineStats, Hits, ScoredDoc, Snapshot, id_term
from searchkit.engine.lock import MemoryLock, WriterLock
from searchkit.engine.plan import (
    TEXT_FIELDS,
    Boolean,
    Clause,
    MatchNone,
    Plan,
    Range,
    Sort,
    TermSet,
    ValueField,
    has_positions,
)
from searchkit.engine.storage import IndexFolder
from searchkit.engine.tantivy.errors import reading, writing
from searchkit.engine.tantivy.files import COMMIT_FILE, copy_commit, damage_of, segment_sizes
from searchkit.engine.tantivy.query import match_query, ranked_query
from searchkit.engine.tantivy.writer import TIES, TantivyWriter
from searchkit.engine.ties import Run, page_of
from searchkit.errors import IndexCorruptError

_PAGE = 1000
_BATCH = 20_000  # documents that iteration looks up at once


def _schema(values: Iterable[ValueField]) -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("stored", stored=True)
    builder.add_integer_field(TIES, fast=True)
    values = list(values)
    for field in (*TEXT_FIELDS, *(value.name for value in values if value.kind == "terms")):
        # Only bigrams are asked for in chains, so only they need positions.
        option = "position" if has_positions(field) else "freq"
        builder.add_text_field(field, tokenizer_name="whitespace", index_option=option)
    for value in values:
        match value.kind:
            case "integer":
                builder.add_integer_field(value.name, indexed=True, fast=True)
            case "number":
                builder.add_float_field(value.name, indexed=True, fast=True)
            case "terms":
                pass
            case kind:
                fast = kind == "label"
                builder.add_text_field(value.name, tokenizer_name="raw", index_option="basic", fast=fast)
    return builder.build()


class TantivyEngine(Engine):
    """An index in a folder, or in memory when there is none."""

    def __init__(self, index: tantivy.Index, folder: IndexFolder | None) -> None:
        self.index = index
        self._folder = folder
        self._metadata: dict[str, Any] = {}
        self._notes: dict[str, str] = {}
        self._reloading = threading.Lock()
        self._reloads = 0
        self._token = os.urandom(8).hex()  # tells an index in memory from any other
        self._seen = self._mark()
        self._memory_lock = threading.Lock()  # of an index in memory; a folder has its own
        index.config_reader("manual")

    @classmethod
    def create(
        cls, path: Path | None, metadata: Mapping[str, Any], values: Iterable[ValueField]
    ) -> TantivyEngine:
        """A new index in the folder ``path``, or in memory."""
        if path is None:
            engine = cls(tantivy.Index(_schema(values)), None)
            engine.write_metadata(metadata)
            return engine
        with IndexFolder.created(path, metadata) as folder, writing(str(path)):
            index = tantivy.Index(_schema(values), path=str(folder.data), reuse=False)
        return cls(index, folder)

    @classmethod
    def open(cls, path: Path) -> TantivyEngine:
        """The index in the folder ``path``."""
        folder = IndexFolder.opened(path)
        with reading(str(path)):
            return cls(tantivy.Index.open(str(folder.data)), folder)

    @classmethod
    def damage_at(cls, path: Path) -> list[Damage]:
        """What is wrong with the files in the folder ``path``, which need not open."""
        folder = IndexFolder.opened(path)
        try:
            return folder.damage() + damage_of(folder.data)
        except IndexCorruptError as error:
            return [Damage(COMMIT_FILE, "the commit", str(error))]

    @property
    def location(self) -> str:
        return str(self._folder.path) if self._folder else ":memory:"

    def read_metadata(self) -> dict[str, Any]:
        return self._folder.read_metadata() if self._folder else dict(self._metadata)

    def write_metadata(self, metadata: Mapping[str, Any]) -> None:
        if self._folder:
            self._folder.write_metadata(metadata)
        else:
            self._metadata = dict(metadata)

    def read_note(self, name: str) -> str | None:
        return self._folder.read_note(name) if self._folder else self._notes.get(name)

    def write_note(self, name: str, text: str) -> None:
        if self._folder:
            self._folder.write_note(name, text)
        else:
            self._notes[name] = text

    def snapshot(self) -> TantivySnapshot:
        while True:
            with self._reloading:
                mark = self._mark()
                is_new = self._folder is not None and mark != self._seen
                if is_new:
                    with reading(self.location):
                        self.index.reload()
                self._seen = mark
                snapshot = TantivySnapshot(self.index, self.location, version=str(mark))
            if not is_new or self._mark() == mark:  # nobody committed between the look and the reload
                return snapshot

    def _mark(self) -> object:
        """What changes with every commit: a look at the file that it replaces is all that it costs."""
        return self._folder.commit_mark(COMMIT_FILE) if self._folder else (self._token, self._reloads)

    def reload(self) -> None:
        """See what was committed."""
        with self._reloading, reading(self.location):
            self.index.reload()
            self._reloads += 1

    def damage(self, values: Iterable[ValueField]) -> list[Damage]:
        if not self._folder:
            return []
        found = self.damage_at(self._folder.path)
        # Opened anew, as another process may have replaced the commit; what is damaged is better not opened.
        if not found:
            with reading(self.location):
                if tantivy.Index.open(str(self._folder.data)).schema != _schema(values):
                    why = "is not the one that the settings of the index ask for"
                    found.append(Damage(COMMIT_FILE, "the schema", why))
        return found

    def copy_to(self, path: Path) -> None:
        folder = self._folder
        if not folder:
            return super().copy_to(path)
        return folder.copy_to(path, lambda to: copy_commit(folder.data, to))

    def writer(
        self, *, timeout: float, force_merge: bool = False, memory: int | None = None
    ) -> TantivyWriter:
        in_memory = MemoryLock(self._memory_lock, timeout)
        lock = WriterLock(self._folder.path, timeout=timeout) if self._folder else in_memory
        return TantivyWriter(self, lock, force_merge, memory)

    def fresh_index(self) -> tantivy.Index:
        """The index as it is on disk now; that of the engine where there is none."""
        return tantivy.Index.open(str(self._folder.data)) if self._folder else self.index

    def segment_sizes(self) -> list[int]:
        """How many documents each segment has on disk now; none of an index in memory."""
        return segment_sizes(self._folder.data) if self._folder else []

    def stats(self) -> EngineStats:
        snapshot = self.snapshot()
        size = self._folder.size() if self._folder else 0
        return EngineStats(len(snapshot), size, {"segments": snapshot.segments})

    def close(self) -> None:
        pass  # memory maps go with the object


class TantivySnapshot(Snapshot):
    def __init__(self, index: tantivy.Index, location: str, version: str) -> None:
        self._location = location
        self._version = version
        self._schema = index.schema
        self._searcher = index.searcher()

    @property
    def version(self) -> str:
        return self._version

    @property
    def segments(self) -> int:
        """How many pieces the index consists of."""
        return int(self._searcher.num_segments)

    def search(self, plan: Plan, *, limit: int, offset: int, sort: Sort | None = None) -> Hits:
        total, found = self._found(plan, limit, offset, sort)
        doc, new = self._searcher.doc, tuple.__new__  # ScoredDoc() would be a call in Python for each hit
        with reading(self._location):
            return total, [new(ScoredDoc, (score, doc(address)["stored"][0])) for score, address in found]

    def multi_search(self, plans: Sequence[Plan], *, limit: int, sort: Sort | None = None) -> list[Hits]:
        answers = [self._found(plan, limit, 0, sort) for plan in plans]
        # They may have documents in common, and of `explain`, which asks for each term, it is one large one.
        stored: dict[tuple[int, int], bytes] = {}
        with reading(self._location):
            for address in (address for _, found in answers for _, address in found):
                key = address.segment_ord, address.doc
                if key not in stored:
                    stored[key] = self._searcher.doc(address)["stored"][0]
        return [
            (total, [ScoredDoc(score, stored[at.segment_ord, at.doc]) for score, at in found])
            for total, found in answers
        ]

    def _found(
        self, plan: Plan, limit: int, offset: int, sort: Sort | None
    ) -> tuple[int, list[tuple[float, tantivy.DocAddress]]]:
        """How many documents match, and where those of one page are."""
        searcher, size, total = self._searcher, self._searcher.num_docs, 0
        limit = min(limit, size - offset)
        if limit <= 0:
            return self.count(plan.match), []
        order: dict[str, Any] = {}
        with reading(self._location):
            query = match_query(plan.match, self._schema) if sort else ranked_query(plan, self._schema)
        if sort:
            direction = tantivy.Order.Desc if sort.descending else tantivy.Order.Asc
            order = {"order_by_field": sort.field, "order": direction}

        def fetch(start: int, count: int) -> list[tuple[Any, tantivy.DocAddress]]:
            nonlocal total
            result = searcher.search(query, min(count, size - start), offset=start, **order)
            total = result.count  # type: ignore[attr-defined]  # missing in its type stub
            return list(result.hits)

        keys: Any = partial(searcher.fast_field_values, TIES)

        def run_of(value: object) -> Run[tantivy.DocAddress] | None:
            return self._run_of(value, plan.match, sort) if sort else None

        with reading(self._location):
            hits = page_of(fetch, keys, offset=offset, limit=limit, by_score=not sort, run_of=run_of)
        return total, [(0.0, address) for _, address in hits] if sort else hits

    def _run_of(self, value: object, match: Clause, sort: Sort) -> Run[tantivy.DocAddress] | None:
        """The documents that are equal by a field of numbers, which may be all there are; None for others."""
        field = sort.field
        before: Clause = Range(field, None, None)
        equal: Clause = Boolean(must_not=(before,))  # those without a value come last
        if isinstance(value, int | float):
            behind: float | None = nextafter(value, inf) if isinstance(value, float) else value + 1
            if behind == 2**63:  # no integer is as large
                behind = None
            above = MatchNone() if behind is None else Range(field, behind, None)
            before = above if sort.descending else Range(field, None, value)
            equal = Range(field, value, behind)
        elif value is not None:
            return None
        query = match_query(Boolean(must=(match, equal)), self._schema)

        def places(start: int, count: int) -> list[tantivy.DocAddress]:
            order = tantivy.Order.Asc
            found = self._searcher.search(query, count, offset=start, order_by_field=TIES, order=order)
            return [address for _, address in found.hits]

        return Run(self.count(Boolean(must=(match, before))), places)

    def count(self, match: Clause) -> int:
        # Without scores, as `search` matches: with them tantivy counts the moves of a loose phrase otherwise.
        with reading(self._location):
            query = Query.const_score_query(match_query(match, self._schema), 0.0)
            return int(self._searcher.search(query, 1).count)  # type: ignore[attr-defined]

    def facets(self, match: Clause, fields: Sequence[str]) -> dict[str, dict[Any, int]]:
        with reading(self._location):
            query = match_query(match, self._schema)
            return facet_counts(
                lambda wanted: self._searcher.aggregate(query, dict(wanted)), {name: name for name in fields}
            )

    def doc_freqs(self, field: str, terms: Sequence[str]) -> list[int]:
        with reading(self._location):
            return [self._searcher.doc_freq(field, term) for term in terms]

    def terms_with_prefix(self, field: str, text: str, *, limit: int) -> list[tuple[str, int]]:
        # It makes room for as many as the limit says, so a very large one would take all the memory there is.
        most = limit if limit <= MOST_VALUES else None
        with reading(self._location):
            return list(self._searcher.terms_with_prefix(field, text, limit=most))[:limit]

    def stored(self, ids: Iterable[str]) -> dict[str, bytes]:
        wanted = {id_term(id): id for id in ids}
        keys = list(wanted)
        found = []
        with reading(self._location):
            for start in range(0, len(keys), _PAGE):
                query = match_query(TermSet("id", tuple(keys[start : start + _PAGE])), self._schema)
                found += [self._searcher.doc(at) for _, at in self._searcher.search(query, _PAGE).hits]
            return {wanted[document["id"][0]]: document["stored"][0] for document in found}

    def existing(self, ids: Iterable[str]) -> set[str]:
        # Stored fields are only read when some of the ids may be those of deleted documents.
        wanted = {id_term(id): id for id in ids}
        keys = [key for key, count in zip(wanted, self.doc_freqs("id", list(wanted))) if count]
        known = {wanted[key] for key in keys}
        if not keys or self.count(TermSet("id", tuple(keys))) == len(keys):
            return known
        return set(self.stored(known))

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, self._searcher.num_docs, _BATCH):
            with reading(self._location):
                hits = self._searcher.search(Query.all_query(), _BATCH, count=False, offset=start).hits
            for _, address in hits:
                with reading(self._location):
                    stored = self._searcher.doc(address)["stored"][0]
                yield stored

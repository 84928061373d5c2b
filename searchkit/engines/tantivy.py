"""The embedded engine: tantivy (https://github.com/quickwit-oss/tantivy), the default.

Its files are memory-mapped and written once, a commit is atomic, and its searches release the
interpreter lock. Terms come joined by spaces, so its whitespace tokenizer is all it needs.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import tantivy
from tantivy import FieldType, Occur, Query

from searchkit.engines.base import (
    MOST_VALUES,
    Damage,
    Engine,
    EngineStats,
    EngineWriter,
    Entry,
    Found,
    Snapshot,
    key_of,
)
from searchkit.engines.folder import WAY_OUT, IndexFolder, MemoryLock, WriterLock
from searchkit.engines.segment_files import COMMIT_FILE, copy_commit, damage_of
from searchkit.errors import IndexCorruptError, SearchkitError
from searchkit.query.plan import (
    TEXT_FIELDS,
    All,
    AnyOf,
    Beginning,
    Between,
    Chain,
    Everything,
    Near,
    Node,
    NothingAtAll,
    OneOf,
    Pattern,
    Plan,
    Sort,
    Term,
    ValueField,
)

__all__ = ["WRITER_MEMORY", "TantivyEngine", "match_query", "ranked_query"]

WRITER_MEMORY = 200_000_000
"""Less makes more and smaller segments, and to merge them takes as long as to make them."""
_COMPACT_MEMORY = 1_000_000_000
_PAGE = 1000
_OS_ERROR = re.compile(r"\bOs \{ code: (\d+)")
_NO_DAMAGE = frozenset((errno.EACCES, errno.EPERM, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOSPC))
_WILDCARDS = {"*": ".*", "?": "."}


def _schema(values: Iterable[ValueField]) -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("stored", stored=True)
    for field in TEXT_FIELDS:
        # Only bigrams are asked for in chains, so only they need positions.
        option = "position" if field.endswith("_bigrams") else "freq"
        builder.add_text_field(field, tokenizer_name="whitespace", index_option=option)
    for value in values:
        match value.kind:
            case "integer":
                builder.add_integer_field(value.name, indexed=True, fast=True)
            case "number":
                builder.add_float_field(value.name, indexed=True, fast=True)
            case "label" | "key":
                fast = value.kind == "label"
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
        self._token = secrets.token_hex(8)  # tells an index in memory from any other
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
        with IndexFolder.created(path, metadata) as folder, _writing(str(path)):
            index = tantivy.Index(_schema(values), path=str(folder.data), reuse=False)
        return cls(index, folder)

    @classmethod
    def open(cls, path: Path) -> TantivyEngine:
        """The index in the folder ``path``."""
        folder = IndexFolder.opened(path)
        with _reading(str(path)):
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
                    with _reading(self.location):
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
        with self._reloading, _reading(self.location):
            self.index.reload()
            self._reloads += 1

    def damage(self, values: Iterable[ValueField]) -> list[Damage]:
        if not self._folder:
            return []
        found = self.damage_at(self._folder.path)
        # Opened anew, as another process may have replaced the commit; what is damaged is better not opened.
        if not found:
            with _reading(self.location):
                if tantivy.Index.open(str(self._folder.data)).schema != _schema(values):
                    why = "is not the one that the settings of the index ask for"
                    found.append(Damage(COMMIT_FILE, "the schema", why))
        return found

    def copy_to(self, path: Path) -> None:
        folder = self._folder
        if not folder:
            return super().copy_to(path)
        return folder.copy_to(path, lambda to: copy_commit(folder.data, to))

    def writer(self, *, timeout: float, compact: bool = False, memory: int | None = None) -> TantivyWriter:
        lock = (
            WriterLock(self._folder, timeout=timeout)
            if self._folder
            else MemoryLock(self._memory_lock, timeout)
        )
        return TantivyWriter(self, lock, compact, memory)

    def fresh_index(self) -> tantivy.Index:
        """The index as it is on disk now; that of the engine where there is none."""
        return tantivy.Index.open(str(self._folder.data)) if self._folder else self.index

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

    def search(
        self, plan: Plan, *, limit: int, offset: int, sort: Sort | None = None
    ) -> tuple[int, list[Found]]:
        limit = min(limit, len(self) - offset)
        if limit <= 0:
            return self.count(plan.match), []
        with _reading(self._location):
            result = (
                self._sorted(plan.match, sort, limit, offset) if sort else self._ranked(plan, limit, offset)
            )
            return _count(result), [
                Found(0.0 if sort else score, _stored(self._searcher.doc(at))) for score, at in result.hits
            ]

    def _ranked(self, plan: Plan, limit: int, offset: int) -> tantivy.SearchResult:
        return self._searcher.search(ranked_query(plan, self._schema), limit, offset=offset)

    def _sorted(self, match: Node, sort: Sort, limit: int, offset: int) -> tantivy.SearchResult:
        return self._searcher.search(
            match_query(match, self._schema),
            limit,
            offset=offset,
            order_by_field=sort.field,
            order=tantivy.Order.Desc if sort.descending else tantivy.Order.Asc,
        )

    def count(self, match: Node) -> int:
        # Without scores, as `search` looks for them: with scores tantivy counts the moves of a loose chain
        # otherwise.
        query = Query.const_score_query(match_query(match, self._schema), 0.0)
        with _reading(self._location):
            return _count(self._searcher.search(query, 1))

    def values(self, match: Node, field: str) -> dict[Any, int]:
        wanted = {"values": {"terms": {"field": field, "size": MOST_VALUES}}}
        with _reading(self._location):
            found = self._searcher.aggregate(match_query(match, self._schema), wanted)
        return {bucket["key"]: bucket["doc_count"] for bucket in found["values"]["buckets"]}

    def frequencies(self, field: str, terms: Sequence[str]) -> list[int]:
        with _reading(self._location):
            return [self._searcher.doc_freq(field, term) for term in terms]

    def beginning_with(self, field: str, text: str, *, limit: int) -> list[tuple[str, int]]:
        # It makes room for as many as the limit says, so a very large one would take all the memory there is.
        most = limit if limit <= MOST_VALUES else None
        with _reading(self._location):
            return list(self._searcher.terms_with_prefix(field, text, limit=most))[:limit]

    def get(self, ids: Iterable[str]) -> dict[str, str]:
        wanted = {key_of(id): id for id in ids}
        found = {}
        for keys in _pages(list(wanted)):
            query = match_query(OneOf("id", tuple(keys)), self._schema)
            with _reading(self._location):
                documents = [self._searcher.doc(at) for _, at in self._searcher.search(query, _PAGE).hits]
            for document in documents:
                found[wanted[str(document.get_first("id"))]] = _stored(document)
        return found

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def __iter__(self) -> Iterator[str]:
        if len(self):
            with _reading(self._location):
                hits = self._searcher.search(Query.all_query(), len(self), count=False).hits
            for _, address in hits:
                with _reading(self._location):
                    stored = _stored(self._searcher.doc(address))
                yield stored


class TantivyWriter(EngineWriter):
    def __init__(
        self, engine: TantivyEngine, lock: WriterLock | MemoryLock, compact: bool, memory: int | None
    ) -> None:
        self._engine = engine
        self._lock = lock
        self._lock.acquire()
        try:
            # Each thread makes a segment of its own whenever its share of the memory is full.
            usual, threads = (_COMPACT_MEMORY, 1) if compact else (WRITER_MEMORY, 0)
            with _writing(engine.location):
                # Of an index opened anew: tantivy keeps its list of files (.managed.json) in memory, and with
                # one from before another writer's commit it would forget that one's files.
                self._writer: tantivy.IndexWriter | None = engine.fresh_index().writer(
                    memory or usual, threads
                )
        except BaseException:
            self.close()
            raise

    def put(self, entry: Entry) -> None:
        document = tantivy.Document()
        document.add_text("id", key_of(entry.id))
        document.add_bytes("stored", entry.stored.encode())
        for field, terms in entry.terms.items():
            if terms:
                document.add_text(field, terms)
        for field, value in entry.values.items():
            if isinstance(value, int):
                document.add_integer(field, value)
            elif isinstance(value, float):
                document.add_float(field, value)
            else:
                for label in value:
                    document.add_text(field, label)
        self.delete(entry.id)
        with _writing(self._engine.location):
            self._open().add_document(document)

    def delete(self, id: str) -> None:
        with _writing(self._engine.location):
            self._open().delete_documents_by_term("id", key_of(id))

    def delete_all(self) -> None:
        # Unlike delete_all_documents, this takes what was put before the last commit and after it alike.
        with _writing(self._engine.location):
            self._open().delete_documents_by_query(Query.all_query())

    def commit(self) -> None:
        with _writing(self._engine.location):
            self._open().commit()
        self._engine.reload()

    def close(self) -> None:
        writer, self._writer = getattr(self, "_writer", None), None
        try:
            if writer is not None:
                # Lets running merges end, and drops what is not committed; a rollback would stop the merges.
                # One that fails, on a full disk, leaves what was to be merged as it is.
                with suppress(SearchkitError), _writing(self._engine.location):
                    writer.wait_merging_threads()
                with suppress(IndexCorruptError):  # whoever reads next is told
                    self._engine.reload()
        finally:
            self._lock.release()

    def _open(self) -> tantivy.IndexWriter:
        if self._writer is None:
            raise SearchkitError("this writer is closed")
        return self._writer


def match_query(node: Node, schema: tantivy.Schema) -> Query:
    """The node as a query of tantivy."""
    match node:
        case Term(field, text):
            return Query.term_query(schema, field, text, index_option="basic")
        case Chain(field, terms, slop, beginnings) if beginnings:
            patterns: list[str | tuple[int, str]] = [
                (offset, _escaped(text) + (".*" if i in beginnings else ""))
                for i, (offset, text) in enumerate(terms)
            ]
            return Query.regex_phrase_query(schema, field, patterns, slop)
        case Chain(field, terms, slop):
            return Query.phrase_query(schema, field, list(terms), slop)
        case Beginning(field, text):
            return Query.regex_query(schema, field, _escaped(text) + ".*")
        case Pattern(field, pattern):
            pieces = re.split(r"([*?])", pattern)
            return Query.regex_query(schema, field, "".join(_WILDCARDS.get(p, _escaped(p)) for p in pieces))
        case Near(field, text, distance):
            return Query.fuzzy_term_query(schema, field, text, distance)
        case OneOf(field, (value,)):  # of one value a look at it, not a walk through all there are
            return Query.term_query(schema, field, value, index_option="basic")
        case OneOf(field, values):
            return Query.term_set_query(schema, field, list(values))
        case Between(field, None, None):
            return Query.exists_query(field)
        case Between(field, low, high):
            kind = FieldType.Float if isinstance(low, float) or isinstance(high, float) else FieldType.Integer
            return Query.range_query(schema, field, kind, low, high, include_upper=high is None)
        case All(nodes, but_not):
            must = [(Occur.Must, match_query(child, schema)) for child in nodes or (Everything(),)]
            return Query.boolean_query(
                must + [(Occur.MustNot, match_query(child, schema)) for child in but_not]
            )
        case AnyOf(nodes, at_least) if at_least > len(nodes):
            return Query.empty_query()  # tantivy 0.26 would take all of them for enough
        case AnyOf(nodes, at_least):
            children = [(Occur.Should, match_query(child, schema)) for child in nodes]
            return Query.boolean_query(children, minimum_number_should_match=at_least)
        case Everything():
            return Query.all_query()
        case NothingAtAll():
            return Query.empty_query()


def ranked_query(plan: Plan, schema: tantivy.Schema) -> Query:
    """What matches, with the sum of its scores."""
    match = Query.const_score_query(match_query(plan.match, schema), 0.0)
    scores = [(Occur.Should, _scored(score.node, score.weight, schema)) for score in plan.scores]
    return Query.boolean_query([(Occur.Must, match), *scores])


def _scored(node: Node, weight: float, schema: tantivy.Schema) -> Query:
    match node:
        case Term(field, text):
            return Query.boost_query(Query.term_query(schema, field, text, index_option="freq"), weight)
        case _:
            return Query.const_score_query(match_query(node, schema), weight)


def _escaped(text: str) -> str:
    """The text for a regular expression of tantivy, which knows fewer escapes than Python's."""
    return re.sub(r"[\\.+*?()|\[\]{}^$#&~-]", r"\\\g<0>", text)


@contextmanager
def _reading(location: str) -> Iterator[None]:
    """Whatever goes wrong while files are read is damage to them: a plan is never wrong."""
    try:
        yield
    except BaseException as error:
        if not _is_from_engine(error):
            raise
        if (code := _OS_ERROR.search(str(error))) and int(code[1]) in _NO_DAMAGE:
            raise SearchkitError(
                f"{location}: the index cannot be read: {os.strerror(int(code[1]))}; "
                "even a reader has to open data/.tantivy-meta.lock for writing"
            ) from error
        raise IndexCorruptError(
            f"{location}: the index is damaged: {_first_line(error)}; {WAY_OUT}"
        ) from error


@contextmanager
def _writing(location: str) -> Iterator[None]:
    """Whatever goes wrong while files are written leaves the last commit as it is."""
    try:
        yield
    except BaseException as error:
        if not _is_from_engine(error):
            raise
        raise SearchkitError(
            f"{location}: the index cannot be written: {_first_line(error)}; "
            "it is as the last commit left it: is the disk full, or the folder gone?"
        ) from error


def _is_from_engine(error: BaseException) -> bool:
    return isinstance(error, ValueError | OSError) or type(error).__name__ == "PanicException"


def _pages(values: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(values), _PAGE):
        yield values[start : start + _PAGE]


def _count(result: tantivy.SearchResult) -> int:
    # Its type stub lacks the attribute.
    return int(result.count)  # type: ignore[attr-defined]


def _stored(document: tantivy.Document) -> str:
    stored: bytes = document["stored"][0]
    return stored.decode()


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0]

"""The embedded engine: tantivy (https://github.com/quickwit-oss/tantivy), the default.

Its files are memory-mapped and written once, a commit is atomic, and its searches release the
interpreter lock. Terms come joined by spaces, so its whitespace tokenizer is all it needs.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tantivy
from tantivy import FieldType, Occur, Query

from searchkit.engines.base import Engine, EngineStats, EngineWriter, Entry, Found, Order, Snapshot, key_of
from searchkit.engines.folder import IndexFolder, MemoryLock, WriterLock
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
    Term,
)

__all__ = ["TantivyEngine"]

_COMMIT_FILE = "meta.json"
_WRITER_MEMORY = 128_000_000
_PAGE = 1000
_WILDCARDS = {"*": ".*", "?": "."}


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("stored", stored=True)
    for field in TEXT_FIELDS:
        # Only bigrams are asked for in chains, so only they need positions.
        option = "position" if field.endswith("_bigrams") else "freq"
        builder.add_text_field(field, tokenizer_name="whitespace", index_option=option)
    builder.add_integer_field("published", indexed=True, fast=True)
    builder.add_text_field("source", tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_text_field("tags", tokenizer_name="raw", index_option="basic", fast=True)
    return builder.build()


class TantivyEngine(Engine):
    """An index in a folder, or in memory when there is none."""

    def __init__(self, index: tantivy.Index, folder: IndexFolder | None) -> None:
        self._index = index
        self._folder = folder
        self._metadata: dict[str, Any] = {}
        self._seen_commit = folder.commit_mark(_COMMIT_FILE) if folder else None
        self._memory_lock = threading.Lock()  # of an index in memory; a folder has its own
        index.config_reader("manual")

    @classmethod
    def create(cls, path: Path | None, metadata: Mapping[str, Any]) -> TantivyEngine:
        """A new index in the folder ``path``, or in memory."""
        if path is None:
            engine = cls(tantivy.Index(_schema()), None)
            engine.write_metadata(metadata)
            return engine
        with IndexFolder.created(path, metadata) as folder:
            index = tantivy.Index(_schema(), path=str(folder.data), reuse=False)
        return cls(index, folder)

    @classmethod
    def open(cls, path: Path) -> TantivyEngine:
        """The index in the folder ``path``."""
        folder = IndexFolder.opened(path)
        try:
            index = tantivy.Index.open(str(folder.data))
        except (ValueError, OSError) as error:
            raise IndexCorruptError(f"{path}: the index cannot be read: {_first_line(error)}") from error
        return cls(index, folder)

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

    def snapshot(self) -> TantivySnapshot:
        self._see_commits()
        return TantivySnapshot(self._index, self.location)

    def _see_commits(self) -> None:
        if self._folder:
            # One look at the file that a commit replaces is all it costs to see what others committed.
            mark = self._folder.commit_mark(_COMMIT_FILE)
            if mark != self._seen_commit:
                with _reading(self.location):
                    self._index.reload()
                self._seen_commit = mark

    def writer(self, *, timeout: float) -> TantivyWriter:
        lock = (
            WriterLock(self._folder, timeout=timeout)
            if self._folder
            else MemoryLock(self._memory_lock, timeout)
        )
        return TantivyWriter(self._index, lock)

    def stats(self) -> EngineStats:
        self._see_commits()
        searcher = self._index.searcher()
        size = self._folder.size() if self._folder else 0
        return EngineStats(searcher.num_docs, size, {"segments": searcher.num_segments})

    def close(self) -> None:
        pass  # memory maps go with the object


class TantivySnapshot(Snapshot):
    def __init__(self, index: tantivy.Index, location: str) -> None:
        self._location = location
        self._schema = index.schema
        self._searcher = index.searcher()

    def search(self, plan: Plan, *, limit: int, offset: int, order: Order) -> tuple[int, list[Found]]:
        limit = min(limit, len(self) - offset)
        if limit <= 0:
            return self.count(plan.match), []
        with _reading(self._location):
            return self._search(plan, limit, offset, order)

    def _search(self, plan: Plan, limit: int, offset: int, order: Order) -> tuple[int, list[Found]]:
        match = _translate(plan.match, self._schema)
        if order == "relevance":
            scores = [
                (Occur.Should, _scored(score.node, score.weight, self._schema)) for score in plan.scores
            ]
            query = Query.boolean_query([(Occur.Must, Query.const_score_query(match, 0.0)), *scores])
            result = self._searcher.search(query, limit, offset=offset)
            return _count(result), [
                Found(score, _stored(self._searcher.doc(address))) for score, address in result.hits
            ]
        direction = tantivy.Order.Desc if order == "newest" else tantivy.Order.Asc
        result = self._searcher.search(
            match, limit, order_by_field="published", offset=offset, order=direction
        )
        return _count(result), [
            Found(0.0, _stored(self._searcher.doc(address))) for _, address in result.hits
        ]

    def count(self, match: Node) -> int:
        with _reading(self._location):
            return _count(self._searcher.search(_translate(match, self._schema), 1))

    def get(self, ids: Iterable[str]) -> dict[str, str]:
        wanted = {key_of(id): id for id in ids}
        found = {}
        for keys in _pages(list(wanted)):
            query = Query.term_set_query(self._schema, "id", keys)
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
    def __init__(self, index: tantivy.Index, lock: WriterLock | MemoryLock) -> None:
        self._index = index
        self._lock = lock
        self._lock.acquire()
        try:
            self._writer: tantivy.IndexWriter | None = index.writer(_WRITER_MEMORY)
        except Exception as error:
            self.close()
            raise SearchkitError(f"the index cannot be written: {_first_line(error)}") from error

    def put(self, entry: Entry) -> None:
        document = tantivy.Document()
        document.add_text("id", key_of(entry.id))
        document.add_bytes("stored", entry.stored.encode())
        for field, terms in entry.terms.items():
            if terms:
                document.add_text(field, terms)
        if entry.published is not None:
            document.add_integer("published", entry.published)
        if entry.source:
            document.add_text("source", entry.source)
        for tag in entry.tags:
            document.add_text("tags", tag)
        self.delete(entry.id)
        self._open().add_document(document)

    def delete(self, id: str) -> None:
        self._open().delete_documents_by_term("id", key_of(id))

    def delete_all(self) -> None:
        # Unlike delete_all_documents, this takes what was put before the last commit and after it alike.
        self._open().delete_documents_by_query(Query.all_query())

    def commit(self) -> None:
        self._open().commit()
        self._index.reload()

    def close(self) -> None:
        writer, self._writer = getattr(self, "_writer", None), None
        if writer is not None:
            # Lets running merges end, and drops what is not committed; a rollback would stop the merges.
            writer.wait_merging_threads()
            self._index.reload()
        self._lock.release()

    def _open(self) -> tantivy.IndexWriter:
        if self._writer is None:
            raise SearchkitError("this writer is closed")
        return self._writer


def _translate(node: Node, schema: tantivy.Schema) -> Query:
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
        case OneOf(field, values):
            return Query.term_set_query(schema, field, list(values))
        case Between(field, None, None):
            return Query.exists_query(field)
        case Between(field, low, high):
            return Query.range_query(schema, field, FieldType.Integer, low, high, include_upper=high is None)
        case All(nodes, but_not):
            must = [(Occur.Must, _translate(child, schema)) for child in nodes or (Everything(),)]
            return Query.boolean_query(
                must + [(Occur.MustNot, _translate(child, schema)) for child in but_not]
            )
        case AnyOf(nodes, at_least) if at_least > len(nodes):
            return Query.empty_query()  # tantivy 0.26 would take all of them for enough
        case AnyOf(nodes, at_least):
            children = [(Occur.Should, _translate(child, schema)) for child in nodes]
            return Query.boolean_query(children, minimum_number_should_match=at_least)
        case Everything():
            return Query.all_query()
        case NothingAtAll():
            return Query.empty_query()


def _scored(node: Node, weight: float, schema: tantivy.Schema) -> Query:
    match node:
        case Term(field, text):
            return Query.boost_query(Query.term_query(schema, field, text, index_option="freq"), weight)
        case _:
            return Query.const_score_query(_translate(node, schema), weight)


def _escaped(text: str) -> str:
    """The text for a regular expression of tantivy, which knows fewer escapes than Python's."""
    return re.sub(r"[\\.+*?()|\[\]{}^$#&~-]", r"\\\g<0>", text)


@contextmanager
def _reading(location: str) -> Iterator[None]:
    """Whatever goes wrong while files are read is damage to them: a plan is never wrong."""
    try:
        yield
    except (ValueError, OSError) as error:
        raise IndexCorruptError(f"{location}: the index is damaged: {_first_line(error)}") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # pyo3 does not export it
            raise
        raise IndexCorruptError(f"{location}: the index is damaged: {_first_line(error)}") from error


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

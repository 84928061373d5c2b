"""Index: ties the layers together.

Document -> Analyzer -> engine              add
text -> parser -> planner -> engine -> Results      search
"""

from __future__ import annotations

import json
import os
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, get_args

from searchkit._version import __version__
from searchkit.analysis import Analyzer
from searchkit.articles import Articles
from searchkit.document import Document
from searchkit.engines import create_engine, open_engine
from searchkit.engines.base import Engine, EngineWriter, Entry, Order
from searchkit.errors import (
    AnalyzerChangedWarning,
    DocumentError,
    IndexCorruptError,
    IndexIncompatibleError,
    SearchkitError,
)
from searchkit.highlight import Highlighter
from searchkit.query import Match, parse, plan_query
from searchkit.query.filters import When, as_list, filter_nodes, milliseconds
from searchkit.report import Failure, Report, Stats
from searchkit.results import Hit, Results

__all__ = ["Index", "Writer", "create", "open"]

FORMAT = 1
"""The format of the index: raised when older versions could not read it."""

Location = str | os.PathLike[str]


def create(location: Location, *, user_words: Iterable[str] = (), stop_words: Iterable[str] = ()) -> Index:
    """A new, empty index at the location: a path, or ``":memory:"``.

    ``user_words`` (names, products, jargon) are kept whole by the segmenter, ``stop_words`` do
    not count for the rank; both are stored with the index.

    Raises `IndexExistsError` where there is an index already.
    """
    analyzer = Analyzer(user_words, stop_words)
    engine = create_engine(os.fspath(location), _metadata(analyzer))
    return Index(engine, analyzer)


def open(location: Location) -> Index:
    """The index at the location.

    Raises `IndexNotFoundError` where there is none, `IndexIncompatibleError` when a newer
    searchkit made it, `IndexCorruptError` when it is damaged. Warns with `AnalyzerChangedWarning`
    when it was analysed by other rules than today's; `Index.rebuild` mends that.
    """
    engine = open_engine(os.fspath(location))
    metadata = engine.read_metadata()
    found = metadata.get("format")
    if not isinstance(found, int) or found < 1:
        raise IndexCorruptError(f"{engine.location}: the index has no format number, but {found!r}")
    if found > FORMAT:
        raise IndexIncompatibleError(
            f"{engine.location}: the index has format {found!r}, "
            f"this searchkit {__version__} reads up to {FORMAT}; update searchkit"
        )
    try:
        analyzer = Analyzer(**metadata["analyzer"])
        _ = str(metadata["fingerprint"]), str(metadata["version"])
    except (KeyError, TypeError) as error:
        raise IndexCorruptError(
            f"{engine.location}: what is stored of the analyzer is damaged: {error}"
        ) from error
    index = Index(engine, analyzer)
    if index.needs_rebuild:
        warnings.warn(
            f"{engine.location}: the index was analysed by other rules than today's, so some searches "
            "may miss; index.rebuild() analyses the stored documents anew",
            AnalyzerChangedWarning,
            stacklevel=2,
        )
    return index


class Index:
    """An index that is open. Made by `create` and `open`; close it, or use it in a ``with`` block.

    It may be shared between threads. Every search sees the latest commit.
    """

    def __init__(self, engine: Engine, analyzer: Analyzer) -> None:
        self._engine = engine
        self._analyzer = analyzer
        self._closed = False

    # -- writing

    def add(self, documents: Iterable[Document | Mapping[str, Any]], *, timeout: float = 10.0) -> Report:
        """Index the documents, all in one commit; one with the id of another takes its place.

        What cannot be indexed is in the report, with its reason, as are the failures of
        `read_articles`. When the iteration itself raises, nothing is committed.
        """
        with self.writer(timeout=timeout) as writer:
            for document in documents:
                writer.add(document)
            if isinstance(documents, Articles):
                writer.report.failures += [Failure(error.path, error.reason) for error in documents.failures]
                writer.report.replaced = len(documents.replaced)
        return writer.report

    def delete(self, ids: str | Iterable[str], *, timeout: float = 10.0) -> int:
        """Remove the documents with these ids; returns how many there were."""
        with self.writer(timeout=timeout) as writer:
            return sum(writer.delete(id) for id in as_list("ids", ids))

    @contextmanager
    def writer(self, *, timeout: float = 10.0) -> Iterator[Writer]:
        """A batch: all of it is committed at the end of the ``with`` block, or, on an error, none.

        Another writer is waited for up to ``timeout`` seconds, then `IndexLockedError` says who it is.
        """
        if self.needs_rebuild:
            raise IndexIncompatibleError(
                f"{self._engine.location}: the index was analysed by other rules than today's; "
                "call rebuild() before adding"
            )
        started = time.perf_counter()
        engine_writer = self._open().writer(timeout=timeout)
        try:
            writer = Writer(self, engine_writer)
            yield writer
            engine_writer.commit()
            writer.report.took = time.perf_counter() - started
        finally:
            engine_writer.close()

    def rebuild(self, *, timeout: float = 10.0) -> int:
        """Analyse all stored documents anew, in place and in one commit; returns how many.

        Searches go on meanwhile and see the index as it was.
        """
        engine = self._open()
        engine_writer = engine.writer(timeout=timeout)
        try:
            count = 0
            engine_writer.delete_all()
            for stored in engine.snapshot():
                engine_writer.put(self._entry(Document.from_dict(json.loads(stored))))
                count += 1
            engine_writer.commit()
            engine.write_metadata(_metadata(self._analyzer))
            return count
        finally:
            engine_writer.close()

    # -- reading

    def search(
        self,
        query: str,
        *,
        limit: int = 10,
        offset: int = 0,
        sort: Order = "relevance",
        since: When | None = None,
        until: When | None = None,
        source: str | Iterable[str] = (),
        tags: str | Iterable[str] = (),
        match: Match = "most",
        snippet_length: int = 160,
        lenient: bool = False,
    ) -> Results:
        """The documents that match, best first.

        ``since`` and ``until`` bound the time of publication: an aware datetime, a date or a text like
        ``2024-07-31``; dates are days in UTC, both included. ``source`` and ``tags`` keep documents
        that have one of the values. ``match`` says how many words of running text are needed.

        Raises `QuerySyntaxError` for a query that is not well-formed, unless ``lenient``.
        """
        started = time.perf_counter()
        _check_count("limit", limit, least=0)
        _check_count("offset", offset, least=0)
        _check_count("snippet_length", snippet_length, least=1)
        _check_choice("sort", sort, get_args(Order))
        _check_choice("match", match, get_args(Match))
        filters = filter_nodes(since, until, source, tags)
        planned = plan_query(parse(query, lenient=lenient), self._analyzer, match=match, filters=filters)
        snapshot = self._open().snapshot()
        # With nothing to rank by, the newest is the best.
        order: Order = "newest" if sort == "relevance" and not planned.plan.scores else sort
        total, found = snapshot.search(planned.plan, limit=limit, offset=offset, order=order)
        highlighter = Highlighter(planned.needles)
        hits = [Hit(one.stored, one.score, highlighter, snippet_length) for one in found]
        return Results(query, hits, total, time.perf_counter() - started)

    def count(self, query: str, *, lenient: bool = False, **filters: Any) -> int:
        """How many documents match; takes the filters and ``match`` of `search`."""
        return self.search(query, limit=0, lenient=lenient, **filters).total

    def get(self, id: str) -> Document | None:
        """The document with this id, or None."""
        stored = self._open().snapshot().get([id]).get(id)
        return None if stored is None else Document.from_dict(json.loads(stored))

    def stats(self) -> Stats:
        """The size and the kind of the index."""
        engine = self._open()
        size, metadata = engine.stats(), engine.read_metadata()
        return Stats(
            location=engine.location,
            documents=size.documents,
            bytes=size.bytes,
            format=metadata["format"],
            version=metadata["version"],
            analyzer=metadata["fingerprint"],
            needs_rebuild=self.needs_rebuild,
            user_words=len(self._analyzer.user_words),
            stop_words=len(self._analyzer.stop_words),
            details=size.details,
        )

    @property
    def needs_rebuild(self) -> bool:
        """Was the index analysed by other rules than today's?"""
        return bool(self._open().read_metadata()["fingerprint"] != self._analyzer.fingerprint)

    def __len__(self) -> int:
        return len(self._open().snapshot())

    def __contains__(self, id: object) -> bool:
        return isinstance(id, str) and bool(self._open().snapshot().get([id]))

    def __iter__(self) -> Iterator[Document]:
        for stored in self._open().snapshot():
            yield Document.from_dict(json.loads(stored))

    # -- life

    def close(self) -> None:
        """Let go of the index; any later call raises `SearchkitError`."""
        if not self._closed:
            self._engine.close()
            self._closed = True

    def __enter__(self) -> Index:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Index {self._engine.location!r}{' (closed)' if self._closed else ''}>"

    def _open(self) -> Engine:
        if self._closed:
            raise SearchkitError(f"{self._engine.location}: this index is closed")
        return self._engine

    def _entry(self, document: Document) -> Entry:
        title, body = self._analyzer.terms(document.title), self._analyzer.terms(document.body)
        return Entry(
            id=document.id,
            stored=json.dumps(document.to_dict(), ensure_ascii=False, separators=(",", ":")),
            terms={
                "words": f"{title.words} {title.words} {body.words}",
                "title_bigrams": title.bigrams,
                "title_units": title.units,
                "body_bigrams": body.bigrams,
                "body_units": body.units,
            },
            published=milliseconds(document.published) if document.published else None,
            source=document.source,
            tags=document.tags,
        )


class Writer:
    """A batch under way; made by `Index.writer`."""

    def __init__(self, index: Index, engine_writer: EngineWriter) -> None:
        self.report = Report()
        self._index = index
        self._writer = engine_writer
        self._before = index._open().snapshot()
        self._was_empty = len(self._before) == 0
        self._present: dict[str, bool] = {}

    def add(self, document: Document | Mapping[str, Any]) -> None:
        """Index the document; one that cannot be is an entry of ``report.failures``."""
        try:
            if not isinstance(document, Document):
                document = Document.from_dict(document)
        except DocumentError as error:
            self.report.failures.append(Failure(error.id or "", error.reason))
            return
        self._writer.put(self._index._entry(document))
        if self._present.get(document.id):
            self.report.replaced += 1
        elif self._was_there(document.id):
            self.report.updated += 1
        else:
            self.report.added += 1
        self._present[document.id] = True

    def delete(self, id: str) -> bool:
        """Remove the document with this id; says whether there was one."""
        there = self._present[id] if id in self._present else self._was_there(id)
        self._writer.delete(id)
        self._present[id] = False
        return there

    def _was_there(self, id: str) -> bool:
        return not self._was_empty and id in self._before.get([id])


def _metadata(analyzer: Analyzer) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": __version__,
        "analyzer": analyzer.settings,
        "fingerprint": analyzer.fingerprint,
    }


def _check_count(name: str, value: int, *, least: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name} must be a whole number, not {value!r}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, not {value}")


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, not {value!r}")

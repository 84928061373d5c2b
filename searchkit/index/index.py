"""Index: the class that a program works with. It ties the layers together.

Documents -> indexing pipeline -> engine            add, sync
text -> query -> plan -> engine -> Results          search
"""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from searchkit.analysis.kernel import kernel
from searchkit.analysis.pinyin import require_pinyin
from searchkit.dates import When
from searchkit.document import Document
from searchkit.engine import (
    folder_of_same_engine,
    forks,
    location_text,
)
from searchkit.engine.base import LEAST_MEMORY, Engine, EngineWriter, Snapshot
from searchkit.errors import (
    CursorExpiredError,
    IndexIncompatibleError,
    SearchkitError,
    SearchkitWarning,
)
from searchkit.indexing.stored_fields import StoredFields
from searchkit.query.synonyms import SynonymRules, Synonyms
from searchkit.searching.cursor import Cursors
from searchkit.searching.options import (
    FilterOptions,
    HitOptions,
    PageOptions,
    QueryOptions,
    SearchOptions,
    SimilarOptions,
    takes_options,
)
from searchkit.searching.results import Hit, Results
from searchkit.searching.search import count, search, search_one
from searchkit.searching.suggest import PrefixCache, Suggestion, suggest
from searchkit.settings import Settings
from searchkit.text import as_ids, id_text, path_text, require_id

if TYPE_CHECKING:
    from searchkit.index.writer import Writer
    from searchkit.indexing.writer import OnError
    from searchkit.maintenance.check import CheckProgress
    from searchkit.maintenance.copy import CopyProgress
    from searchkit.reports import CheckReport, CopyReport, Report, Stats, SyncProgress, SyncReport
    from searchkit.searching.explain import Explanation
    from searchkit.text import Id

# What a plain search does not need is imported where it is called: so a program that searches starts in two
# thirds of the time.

Location = str | os.PathLike[str]
_Answer = TypeVar("_Answer")


class Index:
    """An open index, from `create` or `open`; close it, or use it in a ``with`` block.

    It may be shared between threads. Every search sees the latest commit.
    """

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._cursors = Cursors()
        self._prefix_cache = PrefixCache()
        self._closed = False
        forks.watch(self)

    def after_fork(self) -> None:
        """What a child process does without: what its parent remembers of searches."""
        forks.keep((self._cursors, self._prefix_cache))
        self._cursors, self._prefix_cache = Cursors(), PrefixCache()

    # -- writing

    def add(
        self,
        documents: Iterable[Document | Mapping[str, Any]],
        *,
        on_error: OnError = "report",
        timeout: float = 10.0,
        workers: int | None = None,
        memory: int | None = None,
    ) -> Report:
        """Index the documents, all in one commit; one with the id of another takes its place.

        They are Documents, mappings with the names of their fields, or what `read_articles` returns.

        ``workers`` processes analyse them, and read the files of `read_articles`: None is as many as keep the
        engine busy once there are many documents, 1 is none but this one. ``memory`` is that of `writer`.

        What cannot be indexed is in the report, with its reason, as are the failures of `read_articles`. With
        ``on_error="raise"`` the first of them is raised, as `DocumentError` or `ArticleError`, and nothing is
        committed; nor is it when the iteration itself raises.

        Warns with `SearchkitWarning` where everything failed: who looks at no report would find an empty
        index, and no reason. Where only some fail, the report is enough.
        """
        with self.writer(timeout=timeout, memory=memory) as writer:
            writer.add_all(documents, workers=workers, on_error=on_error)
        report = writer.report
        if report.all_failed:
            warnings.warn(f"nothing was indexed: {report}", SearchkitWarning, stacklevel=2)
        return report

    def update(self, id: Id, *, timeout: float = 10.0, **fields: Any) -> Document:
        """Change some fields of a document, keep the others, and return it: ``update(5, tags=["茶"])``.

        The fields are those of `Document`; None clears one. The keys of ``extra`` are changed in the same
        way: ``extra={"views": 7, "draft": None}`` sets one, removes another and keeps the rest. The id stays
        as it is. A source that is the host of the url follows a new url, and with a new body the old markup
        is gone.

        Raises KeyError when there is no such document, `DocumentError` for a name that is no field or a value
        that no document has; then nothing is changed.
        """
        with self.writer(timeout=timeout) as writer:
            return writer.update(id, **fields)

    def sync(
        self,
        path: Location,
        *others: Location,
        encoding: str | None = None,
        query: str = "",
        fields: Mapping[str, str] | None = None,
        include: str | Iterable[str] = (),
        exclude: str | Iterable[str] = (),
        delete: bool | Callable[[Path], bool] = True,
        timeout: float = 10.0,
        workers: int | None = None,
        memory: int | None = None,
        progress: Callable[[SyncProgress], None] | None = None,
    ) -> SyncReport:
        """Index what is new or has changed in folders or files, and delete what is gone, all in one commit.

        Only new and changed files are read, as `read_articles` reads them with ``encoding``, ``query``,
        ``fields``, ``include`` and ``exclude``. A file has changed when its size has, or its time and its
        bytes. Documents that are in no file any longer, or in none that is wanted, are deleted, unless
        ``delete`` is False or a function that returns False for their path. Documents from elsewhere stay.
        What `Index.delete` removed comes back when its file changes.

        A file that cannot be read completely is in the report each time, and its documents stay in the index
        until it is gone or can be read. Of two documents with one id the later counts; when it is removed,
        the other comes back. ``workers`` are those of `add`, ``memory`` is that of `writer`. ``progress`` is
        called for every file that is read and every document.

        Raises `ArticleError` when there is nothing at a path: a disk that is not mounted empties no index.
        """
        from searchkit.articles.folder import Selection
        from searchkit.articles.readers import ReadOptions
        from searchkit.indexing.sync import sync

        self._check_analyzer()
        started = time.perf_counter()
        with closing(self._engine_writer(timeout=timeout, memory=memory)) as engine_writer:
            report = sync(
                (path, *others),
                self._engine,
                engine_writer,
                self._settings,
                options=ReadOptions(encoding, query, fields or {}),
                selection=Selection(include, exclude),
                delete=delete,
                workers=workers,
                progress=progress or (lambda _: None),
            )
        report.took = time.perf_counter() - started
        return report

    def delete(
        self,
        ids: Id | Iterable[Id] | None = None,
        *,
        query: str | None = None,
        where: Mapping[str, Any] | None = None,
        since: When | None = None,
        until: When | None = None,
        source: str | Iterable[str] = (),
        tags: str | Iterable[str] = (),
        timeout: float = 10.0,
    ) -> int:
        """Remove documents, all in one commit; returns how many there were.

        Either those with these ``ids``, or those that match the ``query`` and pass all filters, which are
        those of `search`: ``delete(where={"author": "甲"}, until="2020-12-31")``. A document must have every
        word of the query, as for ``count(query, match="all", ...)``, and no Latin is read as pinyin. There
        may be millions, which take no memory.

        Raises ValueError when there is neither: `clear` removes everything. What was removed of a folder
        comes back by `sync` only when its file changes.
        """
        options = FilterOptions(where=where, since=since, until=until, source=source, tags=tags)
        with self.writer(timeout=timeout) as writer:
            return writer._delete_what(ids, query, options, is_last=True)

    def clear(self, *, timeout: float = 10.0) -> int:
        """Remove all documents, in one commit; returns how many there were. The settings stay.

        A later `sync` reads all files again.
        """
        with self.writer(timeout=timeout) as writer:
            return writer.clear()

    @contextmanager
    def writer(self, *, timeout: float = 10.0, memory: int | None = None) -> Iterator[Writer]:
        """A batch: committed as a whole at the end of the ``with`` block, or not at all when it raises.

        Another writer is waited for up to ``timeout`` seconds, then `IndexLockedError` says who it is.
        ``memory`` is about how many bytes the batch takes at most, however large it is (16 million at least;
        None is the engine's choice, 300 million). Not counted are 100 million for the program with the
        analyzer, each process of `add` (20 million, 80 without the compiled kernel), and files that are
        mapped, which the system drops when it needs the room.

        Warns with `SearchkitWarning` where everything was cleared, and everything that was added failed.
        """
        from searchkit.index.writer import Writer
        from searchkit.indexing.manifest import forget_files

        self._check_analyzer()
        started = time.perf_counter()
        with closing(self._engine_writer(timeout=timeout, memory=memory)) as engine_writer:
            writer = Writer(self._settings, engine_writer, self._open().snapshot())
            yield writer
            report = writer.report  # asks what the index had, so before the commit
            if writer._is_cleared:
                forget_files(self._engine)
            engine_writer.commit()
            report.took = time.perf_counter() - started
        if writer._is_cleared and report.all_failed:
            warnings.warn(f"the index is empty now: {report}", SearchkitWarning, stacklevel=3)

    def rebuild(self, *, timeout: float = 10.0, memory: int | None = None) -> int:
        """Analyse all stored documents anew, in one commit; returns how many.

        Until then searches see the index as it was. Raises `SearchkitError` before anything is written when
        there is no room on the disk for a second copy of the index. ``memory`` is that of `writer`.
        """
        return self._rewrite("rebuild", timeout=timeout, memory=memory)

    def optimize(self, *, timeout: float = 10.0, memory: int | None = None) -> int:
        """Merge the index into as few segments as possible, for faster searches; returns how many documents.

        Worth it once a large index is complete, or has lost many documents. It needs room on the disk for
        what is left of the index, and raises `SearchkitError` before anything is written when there is less.
        An index that another version of the analyzer analysed is analysed anew. ``memory`` is that of
        `writer`.
        """
        return self._rewrite("optimize", timeout=timeout, memory=memory)

    def set_synonyms(self, synonyms: SynonymRules, *, timeout: float = 10.0) -> None:
        """Replace the synonyms of the index; no document changes.

        Searches with this object use them at once, others when they open the index again.
        """
        settings = replace(self._settings, synonyms=Synonyms(synonyms))
        with closing(self._open().writer(timeout=timeout)):
            self._engine.write_metadata(
                {**self._engine.read_metadata(), "synonyms": settings.synonyms.stored}
            )
            self._settings = settings

    @property
    def synonyms(self) -> list[str]:
        """The rules of the synonyms, as lines of a file that `set_synonyms` reads: ``a, b``, ``a => b``."""
        self._open()
        return self._settings.synonyms.lines

    # -- reading

    @takes_options(SearchOptions)
    def search(self, query: str, options: SearchOptions) -> Results:
        """The documents that match, best first.

        **Which**: ``since`` and ``until`` bound the time of publication: a datetime, a date or a text like
        ``2024-07-31``, ``2024-07``, ``today``, ``yesterday`` or ``30d`` (days ago; also ``h``, ``w``, ``y``);
        dates are days in the time zone of the index, both included. ``source`` and ``tags``
        keep documents that have one of the values, ``where`` those with values of declared fields:
        ``{"author": ["甲", "乙"], "price": ["10..20", "50.."], "paid": {"not": True}}``; None is no value.
        ``match`` says how many words of running text are needed. ``regional`` lets 软件 find 軟體 as well,
        ``synonyms`` those of the index.

        **In what order**: ``sort`` is ``relevance``, ``newest``, ``oldest`` or a declared field, from its
        least value, with a minus from its greatest; or several, in a list or with commas between:
        ``["-views", "newest"]``. ``boosts`` is what title and body count for, instead of what the index was
        created with: ``{"title": 3}``. ``recency`` lets newer documents count for more: the time in which
        freshness halves, ``12h``, ``30d``, ``2w`` or ``1y``.

        **How much**: ``limit`` hits from ``offset``, or after a ``cursor`` from `Results.cursor`, which
        continues in the index as it was then. ``facets`` counts all matches by ``source``, ``tags``,
        ``year``, ``month`` or a declared field, or as a `Facet` says. ``collapse="near-duplicates"`` makes
        one hit of a story that several sources tell, with the others in `Hit.duplicates`; ``total`` counts
        all of them.

        Raises `QuerySyntaxError` for a query that is not well-formed, unless ``lenient``,
        `QueryTooExpensiveError` for one that would cost more than ``max_cost``, ValueError for a value that
        an option cannot have, `CursorExpiredError` when that state of the index is gone.
        """
        return self._ask(lambda latest: search(query, options, latest, self._settings, self._cursors))

    @takes_options(SearchOptions)
    def count(self, query: str, options: SearchOptions) -> int:
        """How many documents match: ``search(query, ...).total`` without the hits, for the same options."""
        return self._ask(lambda latest: count(query, options, latest, self._settings))

    @takes_options(HitOptions)
    def hit(self, query: str, id: Id, options: HitOptions) -> Hit | None:
        """The document with this id as a hit of the query, for a page that shows one article of a list.

        None when the query does not find it, or there is no such document. Raises `QuerySyntaxError` for a
        query that is not well-formed, unless ``lenient``.
        """
        return self._ask(lambda latest: search_one(query, require_id(id), options, latest, self._settings))

    def get(self, id: Id) -> Document | None:
        """The document with this id, or None. Here and elsewhere, 5 is the id ``"5"``, a UUID its text."""
        return next(iter(self.get_many([require_id(id)]).values()), None)

    def get_many(self, ids: Id | Iterable[Id]) -> dict[str, Document]:
        """The documents with these ids, as far as there are any: by id as text, in the order of the ids."""
        texts = as_ids(ids)
        found = self._ask(lambda latest: latest.stored(texts))
        return {id: StoredFields.decode(found[id]).document for id in texts if id in found}

    def suggest(self, prefix: str, *, limit: int = 10) -> list[Suggestion]:
        """Completions of what somebody has typed: frequent words and titles, as documents write them.

        In any script; in pinyin (``wangyi``, ``wy``; two letters at least) where the index was created
        with ``pinyin=True``.
        """
        PageOptions(limit=limit)  # checks it
        cache, settings = self._prefix_cache, self._settings
        return self._ask(lambda latest: suggest(prefix, latest, settings, cache.of(latest), limit=limit))

    @takes_options(SimilarOptions)
    def similar(self, id: Id, options: SimilarOptions) -> Results:
        """Documents like the one with this id, most alike first. The filters are those of `search`.

        Raises KeyError when there is no such document.
        """
        from searchkit.searching.similar import similar

        document = self._existing(id)
        return self._ask(lambda latest: similar(document, options, latest, self._settings))

    @takes_options(QueryOptions)
    def explain(self, query: str, id: Id, options: QueryOptions) -> Explanation:
        """Why the query finds the document with this id or not, and what its score is made of; print it.

        Raises KeyError when there is no such document.
        """
        from searchkit.searching.explain import explain

        document = self._existing(id)
        return self._ask(lambda latest: explain(query, document, options, latest, self._settings))

    def field_counts(self) -> dict[str, int]:
        """How many documents have each of the declared fields; `Stats.fields` has their kinds."""
        from searchkit.searching.field_counts import field_counts

        return self._ask(lambda latest: field_counts(latest, self._settings.fields))

    @property
    def location(self) -> str:
        """Where the index is, as `open` or `create` was given it. Credentials are left out."""
        return self._engine.location

    @property
    def timezone(self) -> str:
        """The name of the time zone of its days, and of times that are given without theirs."""
        return self._settings.timezone

    def stats(self) -> Stats:
        """The size and the kind of the index."""
        from searchkit.reports import Stats

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
            user_words=len(self._settings.analyzer.user_words),
            stop_words=len(self._settings.analyzer.stop_words),
            synonyms=len(self._settings.synonyms),
            fields=dict(self._settings.fields.declared),
            pinyin=self._settings.pinyin,
            timezone=self.timezone,
            kernel=kernel(),
            details=size.details,
        )

    def check(
        self,
        *,
        quick: bool = False,
        workers: int | None = None,
        progress: CheckProgress | None = None,
    ) -> CheckReport:
        """Compare every file with its checksum, and every document with what searches find of it.

        Takes a millisecond or two for each document. With ``quick`` every document is read and compared with
        its checksum, but only 500 are searched for, and of large files only the ends are looked at: that
        takes seconds. ``workers`` are those of `add`. ``progress`` is called with the number of documents
        checked and the number of all. A damaged index may not open: `searchkit.check` checks its files
        first.
        """
        from searchkit.maintenance.check import check

        if self._settings.pinyin:
            require_pinyin()
        current = not self.needs_rebuild
        return check(
            self._open(), self._settings, current=current, quick=quick, workers=workers, progress=progress
        )

    def backup(self, to: Location) -> None:
        """Copy the latest commit into a new folder, which is an index of its own; a writer may go on.

        On the same disk the files are hard links, which take no time and no space.

        Raises `IndexExistsError` where there is something already, `SearchkitError` for an index that is in
        no folder, `ValueError` for a location of another engine: use `copy_to` for that.
        """
        engine = self._open()
        engine.copy_to(folder_of_same_engine(engine, location_text(to)))

    def copy_to(
        self,
        to: Location,
        *,
        timeout: float = 10.0,
        workers: int | None = None,
        progress: CopyProgress | None = None,
    ) -> CopyReport:
        """Copy the latest commit into a new index at any location, also of another engine.

        Documents are copied some thousand at a time, so either index may be larger than memory.
        ``progress`` is called with the number copied and the number of all. An interrupted copy continues
        when it is called again. ``workers`` are those of `add`.

        Raises `IndexExistsError` where there is an index already, `SearchkitError` when searches of the copy
        give other counts.
        """
        from searchkit.maintenance.copy import copy

        tell = progress or (lambda *_: None)
        return copy(self._open(), self._settings, location_text(to), timeout, workers, tell)

    def export(self, path: Location) -> int:
        """Write all documents into a file of JSON Lines, which `read_articles` reads back; returns how many.

        The name ends in ``.jsonl``, or in ``.jsonl.gz`` for a compressed file. An existing file is replaced
        once the new one is complete.
        """
        from searchkit.maintenance.export import export

        return export(self, Path(path_text(path)))

    @property
    def needs_rebuild(self) -> bool:
        """Whether another version of the analyzer analysed the index."""
        return bool(self._open().read_metadata()["fingerprint"] != self._settings.analyzer.fingerprint)

    def __len__(self) -> int:
        return self._ask(len)

    def __contains__(self, id: object) -> bool:
        text = id_text(id)
        return text is not None and bool(self._ask(lambda latest: latest.existing([text])))

    def __iter__(self) -> Iterator[Document]:
        for stored in self._open().snapshot():
            yield StoredFields.decode(stored).document

    # -- life

    def close(self) -> None:
        """Close the index; any later call raises `SearchkitError`."""
        if not self._closed:
            self._engine.close()
            self._closed = True

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Index {self._engine.location!r}{' (closed)' if self._closed else ''}>"

    def _open(self) -> Engine:
        if self._closed:
            raise SearchkitError(f"{self._engine.location}: this index is closed")
        return self._engine

    def _ask(self, question: Callable[[Snapshot], _Answer]) -> _Answer:
        """Ask the latest snapshot, and again when it was lost in between, which a cluster may do."""
        try:
            return question(self._open().snapshot())
        except CursorExpiredError:
            return question(self._open().snapshot())

    def _check_analyzer(self) -> None:
        if self.needs_rebuild:
            raise IndexIncompatibleError(
                f"{self._engine.location}: the index was analysed by another version of the analyzer; "
                "call rebuild() before adding"
            )

    def _engine_writer(
        self, *, timeout: float, force_merge: bool = False, memory: int | None = None
    ) -> EngineWriter:
        if memory is not None and memory < LEAST_MEMORY:
            raise ValueError(f"memory must be at least {LEAST_MEMORY:,} bytes, not {memory!r}")
        if self._settings.pinyin:
            require_pinyin()
        return self._open().writer(timeout=timeout, force_merge=force_merge, memory=memory)

    def _existing(self, id: Id) -> Document:
        document = self.get(id)
        if document is None:
            raise KeyError(f"{self._engine.location}: there is no document {require_id(id)!r}")
        return document

    def _rewrite(self, what: str, *, timeout: float, memory: int | None) -> int:
        from searchkit.maintenance.rewrite import merge, require_room, rewrite

        engine, only_merge = self._open(), what == "optimize" and not self.needs_rebuild
        require_room(engine, what, rewritten=not only_merge)
        engine_writer = self._engine_writer(timeout=timeout, force_merge=what == "optimize", memory=memory)
        with closing(engine_writer):
            return (merge if only_merge else rewrite)(engine, self._settings, engine_writer)

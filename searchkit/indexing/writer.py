"""BatchWriter: documents -> an engine, in one batch, with a report."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from reprlib import repr as shortened
from typing import Any, Literal, get_args

from searchkit.articles import Articles
from searchkit.document import Document
from searchkit.engine.base import EngineWriter, IndexDocument, Snapshot
from searchkit.engine.plan import Clause
from searchkit.errors import ArticleError, DocumentError
from searchkit.indexing.pipeline import build_all, index_files
from searchkit.indexing.process_pool import AT_ONCE, batches
from searchkit.indexing.stored_fields import StoredFields
from searchkit.reports import Failure, Report
from searchkit.settings import Settings

OnError = Literal["report", "raise"]
"""A document that cannot be indexed is in the report, or its error is raised and ends the batch."""


class BatchWriter:
    """Documents that are put into an index and taken out of it; committed by whoever made it."""

    def __init__(self, settings: Settings, engine_writer: EngineWriter, before: Snapshot) -> None:
        self._report = Report()
        self._settings = settings
        self._writer = engine_writer
        self._before = before
        self._was_empty = len(before) == 0
        self._present: dict[str, bool] = {}
        self._uncounted: list[str] = []

    @property
    def report(self) -> Report:
        """The report on all documents so far."""
        self._count()
        return self._report

    def add(self, document: Document | Mapping[str, Any], *, on_error: OnError = "report") -> None:
        """Index the document; one that cannot be indexed is in ``report.failures``, or raises its error."""
        self.add_all([document], workers=1, on_error=on_error)

    def add_all(
        self,
        documents: Iterable[Document | Mapping[str, Any]],
        *,
        workers: int | None = None,
        on_error: OnError = "report",
    ) -> None:
        """Index the documents, analysed by ``workers`` processes; None is as many as keep the engine busy.

        The files of `read_articles` are read by these processes as well, and those that cannot be read are
        in ``report.failures``. With ``on_error="raise"`` the first failure is raised, as `DocumentError` or
        `ArticleError`.
        """
        if on_error not in get_args(OnError):
            raise ValueError(f"on_error must be one of {', '.join(get_args(OnError))}, not {on_error!r}")
        raises = on_error == "raise"
        if not isinstance(documents, Articles):
            with closing(build_all(_as_many(documents), self._settings, workers)) as built:
                for result in built:
                    if raises and isinstance(result, Failure):
                        raise DocumentError(result.reason, id=result.what or None)
                    self._add(result)
            return
        latest = documents.start()
        with closing(index_files(documents.paths(), documents.options, self._settings, workers)) as outcomes:
            for outcome in outcomes:
                if outcome.has_no_article and documents.skip(outcome.place):
                    continue
                if raises and isinstance(outcome.result, Failure):
                    raise ArticleError(outcome.place, outcome.result.reason)
                if not outcome.id and isinstance(outcome.result, Failure):
                    documents.failures.append(ArticleError(outcome.place, outcome.result.reason))
                    self._add(outcome.result)
                elif latest.accept(outcome.place, outcome.id, outcome.published):
                    self._add(outcome.result)
                else:
                    self._report.replaced += 1

    def _add(self, document: IndexDocument | Failure) -> None:
        if isinstance(document, Failure):
            self._report.failures.append(document)
            return
        self._writer.upsert(document)
        if self._present.get(document.id):
            self._report.replaced += 1
        else:
            self._uncounted.append(document.id)
            if len(self._uncounted) >= AT_ONCE:
                self._count()
        self._present[document.id] = True

    def _delete_ids(self, ids: Iterable[str]) -> int:
        """Remove the documents with these ids; returns how many there were."""
        removed = 0
        for batch in batches(ids):
            indexed = self._indexed([id for id in batch if id not in self._present])
            for id in batch:
                removed += self._present.get(id, id in indexed)
                self._writer.delete(id)
                self._present[id] = False
        return removed

    def _delete_matching(self, match: Clause, *, is_last: bool = False) -> int:
        """Remove what matched before this batch, and was not changed by it; returns how many there were.

        Nothing follows what ``is_last``: so the ids need not be remembered, of which there may be millions.
        """
        removed = 0
        for stored in () if self._was_empty else self._before.matching(match):
            id = StoredFields.decode(stored).id
            if id not in self._present:
                removed += 1
                self._writer.delete(id)
                if not is_last:
                    self._present[id] = False
        return removed

    def _delete_all(self) -> int:
        """Remove all documents; returns how many there were."""
        self._count()
        removed = 0 if self._was_empty else len(self._before)
        for batch in batches(self._present):
            indexed = self._indexed(batch)
            removed += sum(self._present[id] - (id in indexed) for id in batch)
        self._writer.delete_all()
        self._present.clear()
        self._was_empty = True
        return removed

    def _stored(self, id: str) -> Document | None:
        """The document with this id as it was before this batch, unless that changed it."""
        if self._was_empty or id in self._present:
            return None
        found = self._before.stored([id]).get(id)
        return StoredFields.decode(found).document if found is not None else None

    def _count(self) -> None:
        """Count which of the documents are new, and which replaced another."""
        ids, self._uncounted = self._uncounted, []
        indexed = self._indexed(ids)
        updated = sum(id in indexed for id in ids)
        self._report.updated += updated
        self._report.added += len(ids) - updated

    def _indexed(self, ids: list[str]) -> set[str]:
        """Those of the ids that the index had before this batch."""
        return set() if self._was_empty or not ids else self._before.existing(ids)


def _as_many(documents: object) -> Iterator[Document | Mapping[str, Any]]:
    """Raises TypeError for one document, and for what is often taken for documents."""
    if isinstance(documents, Document | Mapping):
        raise TypeError("add() takes many documents, and this is one: put it in a list, add([document])")
    if isinstance(documents, str | bytes | os.PathLike):
        raise TypeError(
            f"add() takes documents, not {shortened(documents)}: searchkit.read_articles() reads files"
        )
    if not isinstance(documents, Iterable):
        raise TypeError(f"add() takes a list of documents, not {type(documents).__name__}")
    return iter(documents)

"""Writer: documents -> an engine, in one batch, with a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from searchkit.articles import Articles
from searchkit.document import Document
from searchkit.engine.base import EngineWriter, IndexDocument, Snapshot
from searchkit.errors import ArticleError
from searchkit.indexing.pipeline import build_all, index_files
from searchkit.indexing.process_pool import AT_ONCE, batches
from searchkit.reports import Failure, Report
from searchkit.settings import Settings


class Writer:
    """A batch of changes; made by `Index.writer`."""

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

    def add(self, document: Document | Mapping[str, Any]) -> None:
        """Index the document; one that cannot be indexed is in ``report.failures``."""
        self.add_all([document], workers=1)

    def add_all(
        self, documents: Iterable[Document | Mapping[str, Any]], *, workers: int | None = None
    ) -> None:
        """Index the documents, analysed by ``workers`` processes; None is as many as keep the engine busy.

        The files of `read_articles` are read by these processes as well, and those that cannot be read are
        in ``report.failures``.
        """
        if not isinstance(documents, Articles):
            for result in build_all(documents, self._settings, workers):
                self._add(result)
            return
        latest = documents.start()
        for outcome in index_files(documents.paths(), documents.options, self._settings, workers):
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

    def delete(self, id: str) -> bool:
        """Remove the document with this id; returns whether there was one."""
        return self.delete_ids([id]) == 1

    def delete_ids(self, ids: Iterable[str]) -> int:
        """Remove the documents with these ids; returns how many there were."""
        removed = 0
        for batch in batches(ids):
            indexed = self._indexed([id for id in batch if id not in self._present])
            for id in batch:
                removed += self._present.get(id, id in indexed)
                self._writer.delete(id)
                self._present[id] = False
        return removed

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

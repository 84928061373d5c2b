"""writer: documents -> entries of an engine, in one batch, with a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from searchkit.document import Document
from searchkit.engines.base import EngineWriter, Snapshot
from searchkit.making import Made, made, made_entries
from searchkit.report import Failure, Report
from searchkit.settings import Settings

__all__ = ["Writer"]


class Writer:
    """A batch under way; made by `Index.writer`."""

    def __init__(self, settings: Settings, engine_writer: EngineWriter, before: Snapshot) -> None:
        self.report = Report()
        self._settings = settings
        self._writer = engine_writer
        self._before = before
        self._was_empty = len(before) == 0
        self._present: dict[str, bool] = {}

    def add(self, document: Document | Mapping[str, Any]) -> None:
        """Index the document; one that cannot be is an entry of ``report.failures``."""
        self._put(made(document, self._settings))

    def add_all(
        self, documents: Iterable[Document | Mapping[str, Any]], *, workers: int | None = None
    ) -> None:
        """Index the documents, analysed by so many processes; None is one for each processor."""
        for one in made_entries(documents, self._settings, workers):
            self._put(one)

    def _put(self, entry: Made) -> None:
        if isinstance(entry, Failure):
            self.report.failures.append(entry)
            return
        self._writer.put(entry)
        if self._present.get(entry.id):
            self.report.replaced += 1
        elif self._was_there(entry.id):
            self.report.updated += 1
        else:
            self.report.added += 1
        self._present[entry.id] = True

    def delete(self, id: str) -> bool:
        """Remove the document with this id; says whether there was one."""
        there = self._present[id] if id in self._present else self._was_there(id)
        self._writer.delete(id)
        self._present[id] = False
        return there

    def _was_there(self, id: str) -> bool:
        return not self._was_empty and id in self._before.get([id])

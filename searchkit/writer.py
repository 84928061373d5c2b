"""writer: documents -> entries of an engine, in one batch, with a report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from searchkit.document import Document
from searchkit.engines.base import EngineWriter, Snapshot
from searchkit.entry import make_entry
from searchkit.errors import DocumentError
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
        try:
            if not isinstance(document, Document):
                document = Document.from_dict(document)
            entry = make_entry(document, self._settings)
        except DocumentError as error:
            self.report.failures.append(Failure(error.id or "", error.reason))
            return
        self._writer.put(entry)
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

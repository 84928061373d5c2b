"""writer: documents -> entries of an engine, in one batch, with a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from searchkit.document import Document
from searchkit.engine.base import EngineWriter, Snapshot
from searchkit.indexing.pipeline import Made, made, made_entries
from searchkit.reports import Failure, Report
from searchkit.settings import Settings

__all__ = ["Writer"]

_ASKED_AT_ONCE = 500
"""Of so many documents the index is asked in one request whether it has them: it may be far away."""


class Writer:
    """A batch under way; made by `Index.writer`."""

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
        """What became of all that was given so far."""
        self._count()
        return self._report

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
            self._report.failures.append(entry)
            return
        self._writer.upsert(entry)
        if self._present.get(entry.id):
            self._report.replaced += 1
        else:
            self._uncounted.append(entry.id)
            if len(self._uncounted) >= _ASKED_AT_ONCE:
                self._count()
        self._present[entry.id] = True

    def delete(self, id: str) -> bool:
        """Remove the document with this id; says whether there was one."""
        return self.delete_ids([id]) == 1

    def delete_ids(self, ids: Iterable[str]) -> int:
        """Remove the documents with these ids; returns how many there were."""
        removed, remaining = 0, iter(ids)
        while some := list(islice(remaining, _ASKED_AT_ONCE)):
            there = self._were_there([id for id in some if id not in self._present])
            for id in some:
                removed += self._present.get(id, id in there)
                self._writer.delete(id)
                self._present[id] = False
        return removed

    def _count(self) -> None:
        """Tell those that are new from those that took the place of another."""
        uncounted, self._uncounted = self._uncounted, []
        there = self._were_there(uncounted)
        updated = sum(id in there for id in uncounted)
        self._report.updated += updated
        self._report.added += len(uncounted) - updated

    def _were_there(self, ids: list[str]) -> set[str]:
        return set() if self._was_empty or not ids else self._before.existing(ids)

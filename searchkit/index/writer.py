"""Writer: a batch of changes of an index, which ask what it has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from searchkit.dates import When
from searchkit.document import Document, changed
from searchkit.engine.base import Snapshot
from searchkit.engine.plan import Clause
from searchkit.errors import SearchkitError
from searchkit.indexing.document_builder import DocumentBuilder
from searchkit.indexing.writer import BatchWriter
from searchkit.searching.options import FilterOptions, QueryOptions
from searchkit.searching.planning import Planning, bounded, read
from searchkit.settings import Settings
from searchkit.text import as_ids, require_id

if TYPE_CHECKING:
    from searchkit.text import Id


class Writer(BatchWriter):
    """A batch of changes; made by `Index.writer`.

    What is read for it, by `update` and by a `delete` that asks, is the index as it was before the batch.
    """

    _is_cleared = False
    """Whether everything was removed that was there before the batch."""

    def update(self, id: Id, **fields: Any) -> Document:
        """Change some fields of a document, as `Index.update` does.

        Raises `SearchkitError` for a document that this batch has added or updated already.
        """
        key = require_id(id)
        document = self._stored(key)
        if document is None:
            if self._present.get(key):
                raise SearchkitError(
                    f"document {key!r} was added or updated in this batch, at whose end it is stored: update "
                    "it once, or in the next batch"
                )
            raise KeyError(f"there is no document {key!r}")
        new = changed(document, fields).in_zone(self._settings.fields.zone)
        self._add(self._builder.build(new))
        return new

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
    ) -> int:
        """Remove the documents with these ids, or those that match, as `Index.delete` does.

        What matches is looked for in the index as it was before this batch; documents that the batch has
        added or updated stay.
        """
        options = FilterOptions(where=where, since=since, until=until, source=source, tags=tags)
        return self._delete_what(ids, query, options)

    def _delete_what(
        self,
        ids: Id | Iterable[Id] | None,
        query: str | None,
        options: FilterOptions,
        *,
        is_last: bool = False,
    ) -> int:
        """What `delete` does; nothing else follows in a batch where it ``is_last``."""
        filters = options.filters(self._settings.fields)
        text = (query or "").strip()
        if ids is not None:
            if text or filters:
                raise ValueError("delete takes ids, or a query and filters, not both")
            return self._delete_ids(as_ids(ids))
        if not text and not filters:
            raise ValueError(
                "delete needs ids, a query or a filter, and has none of them here; clear() removes everything"
            )
        match = _match_of(text, filters, self._before, self._settings)
        return self._delete_matching(match, is_last=is_last)

    def clear(self) -> int:
        """Remove all documents, those of this batch as well; returns how many there were."""
        self._is_cleared = True
        return self._delete_all()

    @cached_property
    def _builder(self) -> DocumentBuilder:
        return DocumentBuilder(self._settings)


def _match_of(text: str, filters: tuple[Clause, ...], snapshot: Snapshot, settings: Settings) -> Clause:
    """What a document has to match that is to be removed: every word, as it was typed.

    Raises `QuerySyntaxError` and `QueryTooExpensiveError` as a search does.
    """
    options = QueryOptions(match="all")
    with bounded(text, options, snapshot, settings) as asked:
        query = read(text, options, settings, filters)
        match = Planning(query, options, asked, settings, filters).plan().plan.match
        asked.count(match)  # raises for what costs too much
    return match

"""Results: what a search returns. Results hold Hits, a Hit holds Highlighted texts.

A hit works out its document, its title and its snippet when they are asked for, so a program that wants only
ids does not pay for highlights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, overload

from searchkit.document import Document, link_of
from searchkit.engine.base import ScoredDoc
from searchkit.highlight.highlighted import Highlighted
from searchkit.highlight.snippet import Highlighter
from searchkit.indexing.stored_fields import StoredFields

__all__ = ["Highlighted", "Hit", "Results"]


class Hit:
    """One document that was found.

    ``score`` is its BM25 sum for this query, comparable within one result; 0 when sorted by a field.
    ``duplicates`` are the hits with the same story, when the search collapses near-duplicates.
    """

    def __init__(
        self,
        found: ScoredDoc,
        highlighter: Highlighter,
        snippet_length: int,
        duplicates: tuple[Hit, ...] = (),
    ) -> None:
        self.score = found.score
        self.duplicates = duplicates
        self._stored = found.stored
        self._highlighter = highlighter
        self._snippet_length = snippet_length

    @cached_property
    def _fields(self) -> StoredFields:
        return StoredFields.decode(self._stored)

    @cached_property
    def document(self) -> Document:
        """The whole document, as it was added."""
        return self._fields.document

    @property
    def id(self) -> str:
        return self._fields.id

    @property
    def url(self) -> str:
        return self._fields.url

    @property
    def link(self) -> str:
        """The url if a page may link to it, else the empty text: `Document.link`."""
        return link_of(self.url)

    @property
    def source(self) -> str:
        return self._fields.source

    @property
    def published(self) -> datetime | None:
        return self._fields.published

    @cached_property
    def title(self) -> Highlighted:
        """The whole title with its matches."""
        return self._highlighter.title(self._fields.title)

    @cached_property
    def snippet(self) -> Highlighted:
        """The best fragment of the body."""
        return self._highlighter.snippet(self._fields.body, self._snippet_length)

    @cached_property
    def body(self) -> Highlighted:
        """The whole body with all its matches."""
        return self._highlighter.body(self._fields.body)

    def to_dict(self) -> dict[str, Any]:
        """The hit as JSON values, as the command line prints it."""
        values = {
            "id": self.id,
            "score": self.score,
            "title": self.title.text,
            "url": self.url,
            "published": self.published.isoformat().replace("+00:00", "Z") if self.published else None,
            "source": self.source,
            "snippet": {"text": self.snippet.text, "spans": [list(span) for span in self.snippet.spans]},
            "title_spans": [list(span) for span in self.title.spans],
        }
        if self.duplicates:
            values["duplicates"] = [
                {"id": hit.id, "title": hit.title.text, "url": hit.url, "source": hit.source}
                for hit in self.duplicates
            ]
        return values

    def _repr_html_(self) -> str:
        from searchkit.search.notebook import hit_html

        return hit_html(self)

    def __repr__(self) -> str:
        return f"<Hit {self.id!r} score={self.score:.3f} title={self.title.text!r}>"


class Results(Sequence[Hit]):
    """The hits of one page, and figures about all of them.

    ``query`` is the query as it was understood, in its plain form, which parses to the same; ``total`` counts
    the matches on all pages, ``took`` is the time in seconds. ``facets`` has, for each one asked for, its
    values and how many matches have them: the most frequent first, years, months and dates in their order.
    """

    def __init__(
        self,
        query: str,
        hits: Sequence[Hit],
        total: int,
        took: float,
        *,
        facets: Mapping[str, Mapping[Any, int]] | None = None,
        cursor: Callable[[], str] | None = None,
        suggestion: Callable[[], str | None] | None = None,
    ) -> None:
        self.query = query
        self.total = total
        self.took = took
        self.facets = {name: dict(counts) for name, counts in (facets or {}).items()}
        self._hits = tuple(hits)
        self._make_cursor = cursor
        self._make_suggestion = suggestion

    @cached_property
    def cursor(self) -> str | None:
        """What ``search(query, cursor=...)`` takes for the next page; None on the last one."""
        return self._make_cursor() if self._make_cursor else None

    @property
    def has_more(self) -> bool:
        """Is there a next page? Unlike `cursor`, this keeps no snapshot of the index for it."""
        return self._make_cursor is not None

    @cached_property
    def suggestion(self) -> str | None:
        """A query that was perhaps meant, when this one finds next to nothing; worked out on first access."""
        return self._make_suggestion() if self._make_suggestion else None

    def to_dict(self, *, with_cursor: bool = True) -> dict[str, Any]:
        """The result as JSON values, as the command line prints it."""
        values: dict[str, Any] = {"query": self.query, "total": self.total, "took": self.took}
        if self.suggestion:
            values["suggestion"] = self.suggestion
        if self.facets:
            values["facets"] = {
                name: [{"value": value, "count": count} for value, count in counts.items()]
                for name, counts in self.facets.items()
            }
        if with_cursor and self.cursor is not None:
            values["cursor"] = self.cursor
        values["hits"] = [hit.to_dict() for hit in self]
        return values

    @overload
    def __getitem__(self, index: int) -> Hit: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Hit]: ...
    def __getitem__(self, index: int | slice) -> Hit | Sequence[Hit]:
        return self._hits[index]

    def __len__(self) -> int:
        return len(self._hits)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self._hits)

    def _repr_html_(self) -> str:
        from searchkit.search.notebook import results_html

        return results_html(self)

    def __repr__(self) -> str:
        count = f"{len(self):,} of {self.total:,} in {self.took * 1000:.1f} ms"
        return f"<Results {self.query!r}: {count}>"

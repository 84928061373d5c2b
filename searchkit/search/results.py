"""results: what a search gives back. Results hold Hits, a Hit holds Highlighted texts.

A hit works out its document, its title and its snippet when they are asked for, so a program
that wants only ids pays for no highlights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

from searchkit.document import Document, link_of
from searchkit.highlight.highlighted import Highlighted
from searchkit.highlight.snippet import Highlighter
from searchkit.indexing.stored_fields import StoredFields

if TYPE_CHECKING:
    from searchkit.search.notebook import NotebookHit

__all__ = ["Highlighted", "Hit", "Results"]

_MOST_IN_A_CELL = 100


class Hit:
    """One document that was found.

    ``score`` is its BM25 sum for this query, comparable within one result; 0 when sorted by a field.
    ``duplicates`` are the hits with the same story, where the search was told to fold them into one.
    """

    def __init__(self, stored: bytes, score: float, highlighter: Highlighter, snippet_length: int) -> None:
        self.score = score
        self.duplicates: tuple[Hit, ...] = ()
        self._stored = stored
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
        """The url where a page may link to it; otherwise nothing: `Document.link`."""
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

    def _notebook_hit(self) -> NotebookHit:
        """The hit as a notebook shows it."""
        from searchkit.search.notebook import NotebookHit

        about = (
            self.published.date().isoformat() if self.published else "",
            self.source,
            f"id {self.id}" if self.id != self.url else "",
            f"{len(self.duplicates)} more of the same story" if self.duplicates else "",
        )
        return NotebookHit(self.title.html(), self.link, about, self.snippet.html())

    def _repr_html_(self) -> str:
        from searchkit.search.notebook import hit_html

        return hit_html(self._notebook_hit())

    def __repr__(self) -> str:
        return f"<Hit {self.id!r} score={self.score:.3f} title={self.title.text!r}>"


class Results(Sequence[Hit]):
    """The hits of one page, and what is known of all.

    ``query`` is the query as it was understood, in the form that `parse` reads the same; ``total`` counts
    the matches on all pages, ``took`` is the time in seconds. ``facets`` has, for each one asked for, its
    values and how many matches have them: most first, years and months in their order.
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
        """What ``search(query, cursor=...)`` takes to go on behind these hits; None behind the last one."""
        return self._make_cursor() if self._make_cursor else None

    @property
    def has_more(self) -> bool:
        """Are there hits behind these? Unlike `cursor` it keeps no state of the index for whoever goes on."""
        return self._make_cursor is not None

    @cached_property
    def suggestion(self) -> str | None:
        """A query that was perhaps meant, when this one found little or nothing: worked out when asked
        for."""
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

    @property
    def _count(self) -> str:
        return f"{len(self):,} of {self.total:,} in {self.took * 1000:.1f} ms"

    def _repr_html_(self) -> str:
        # Without the suggestion, which would be a search of its own.
        from searchkit.search.notebook import listing_html

        entries = [hit._notebook_hit() for hit in self[:_MOST_IN_A_CELL]]
        return listing_html(self.query, self._count, entries, len(self) - len(entries), self.facets)

    def __repr__(self) -> str:
        return f"<Results {self.query!r}: {self._count}>"

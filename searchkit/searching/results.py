"""Results: what a search returns. Results hold Hits, a Hit holds Highlighted texts.

A hit computes its document, its title and its snippet on first access, the latter two for all hits of the
page at once. So a program that needs only ids does not pay for highlights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any, overload

from searchkit.dates import iso_text
from searchkit.document import Document, Markup, link_of
from searchkit.engine.base import FacetCounts, ScoredDoc
from searchkit.highlight.highlighted import Highlighted
from searchkit.highlight.snippet import Highlighter
from searchkit.indexing.stored_fields import StoredFields
from searchkit.searching.hints import Hint
from searchkit.searching.page import Page, pages
from searchkit.text import escape_html

# What a notebook shows.
_MOST_HITS = 100
_LONGEST_QUERY = 100  # that of `similar` has all words of an article
_MOST_VALUES = 10
_PALE = "opacity:.7;font-size:.9em"


class Hit:
    """One document that was found.

    ``score`` is its BM25 sum for this query, comparable within one result; 0 when ``relevance`` is
    not among what sorts.
    ``duplicates`` are the hits with the same story, when the search collapses near-duplicates.
    """

    def __init__(
        self,
        score: float,
        page: Page,
        number: int,
        index: int | None = None,
        duplicates: tuple[Hit, ...] = (),
    ) -> None:
        self.score = score
        self.duplicates = duplicates
        self._index = index
        self._page = page
        self._number = number  # on the page

    def __getstate__(self) -> dict[str, Any]:
        """Without the other hits of its page."""
        computed = {"document", "body"}  # anew where they are asked for
        state = {name: value for name, value in vars(self).items() if name not in computed}
        return {**state, "_page": self._page.of_one(self._number), "_number": 0}

    @cached_property
    def document(self) -> Document:
        """The whole document, as it was added."""
        return self._fields.document

    @property
    def index(self) -> int:
        """Which of the indexes of `searchkit.search` has it: its number in their list; else 0."""
        return self._index or 0

    @property
    def id(self) -> str:
        return self._fields.id

    @property
    def url(self) -> str:
        return self._fields.url

    @property
    def link(self) -> str:
        """The url if a page may link to it, else an empty text: `Document.link`."""
        return link_of(self.url)

    @property
    def source(self) -> str:
        return self._fields.source

    @property
    def published(self) -> datetime | None:
        return self._fields.published

    @property
    def tags(self) -> tuple[str, ...]:
        """The labels of the document."""
        return self._fields.tags

    @property
    def extra(self) -> Mapping[str, Any]:
        """What the document has in ``extra``; ``hit["author"]`` is one value of it."""
        return self._fields.extra

    @property
    def title(self) -> Highlighted:
        """The whole title with its matches."""
        return self._page.titles[self._number]

    @property
    def snippet(self) -> Highlighted:
        """The best fragment of the body."""
        return self._page.snippets[self._number]

    @property
    def markup(self) -> tuple[Markup, ...]:
        """What parts of the body are: `Document.markup`."""
        return self._fields.markup

    @property
    def place(self) -> str:
        """Where in the body the snippet has its first match: ``page 12``, a chapter; else an empty text.

        Documents have places by their `Document.markup`, as those of PDF files do.
        """
        snippet = self.snippet
        return self._fields.place_at(snippet.start + snippet.spans[0][0]) if snippet.spans else ""

    @cached_property
    def body(self) -> Highlighted:
        """The whole body with all its matches."""
        return self._page.highlighted_body(self._number)

    def __getitem__(self, name: str) -> Any:
        """What the hit has under this name, ``hit["title"]`` is ``hit.title``; else the key of ``extra``.

        In this order, as templates of Django look here first: no key of a document takes the place of
        ``hit.link``. Raises KeyError, which names what there is.
        """
        if self._has(name):
            return getattr(self, name)
        try:
            return self.extra[name]
        except KeyError:
            own = ", ".join(filter(self._has, dir(self)))
            keys = f"in extra {', '.join(self.extra)}" if self.extra else "nothing in extra"
            raise KeyError(f"document {self.id!r} has no {name!r}: it has {own}, and {keys}") from None

    def __contains__(self, name: object) -> bool:
        return (isinstance(name, str) and self._has(name)) or name in self.extra

    def get(self, name: str, default: Any = None) -> Any:
        """What ``hit[name]`` is, or the default where there is nothing of this name."""
        return self[name] if name in self else default  # noqa: SIM401

    __iter__ = None  # Python would ask for hit[0], hit[1] …

    def _has(self, name: str) -> bool:
        """Whether it is a value of the hit: no method, and nothing of its own."""
        of_class = getattr(type(self), name, None)
        return name[:1] != "_" and (name in vars(self) or isinstance(of_class, property | cached_property))

    def highlighted(self, field: str) -> Highlighted:
        """The whole text of a declared field (``fields={"summary": "fulltext"}``) with all its matches.

        Of ``title`` and ``body`` as well; empty where the document has no text of this name.
        """
        if field in ("title", "body"):
            return self.title if field == "title" else self.body
        return self._page.highlighted_text(self._number, field)

    @property
    def _fields(self) -> StoredFields:
        return self._page.fields(self._number)

    def to_dict(self) -> dict[str, Any]:
        """The hit as JSON values, as the command line prints it."""
        values = {
            "id": self.id,
            "score": self.score,
            "title": self._fields.title,
            "url": self.url,
            "published": iso_text(self.published) or None,
            "source": self.source,
            "snippet": {"text": self.snippet.text, "spans": [list(span) for span in self.snippet.spans]},
            "title_spans": [list(span) for span in self.title.spans],
        }
        if self._index is not None:
            values["index"] = self._index
        if place := self.place:
            values["place"] = place
        if self.duplicates:
            values["duplicates"] = [
                {"id": hit.id, "title": hit._fields.title, "url": hit.url, "source": hit.source}
                for hit in self.duplicates
            ]
        return values

    def _repr_html_(self) -> str:
        return _hit_html(self)

    def __repr__(self) -> str:
        return f"<Hit {self.id!r} score={self.score:.3f} title={self._fields.title!r}>"


def hits_of(
    found: Sequence[ScoredDoc],
    highlighter: Highlighter,
    snippet_length: int,
    duplicates: Sequence[tuple[Hit, ...]] = (),
) -> list[Hit]:
    """The hits of what was found together, with the duplicates of each, where there are any."""
    placed = zip(found, pages(found, highlighter, snippet_length), strict=True)
    if not duplicates:
        return [Hit(one.score, page, number, one.of_index) for one, (page, number) in placed]
    return [
        Hit(one.score, page, number, one.of_index, others)
        for (one, (page, number)), others in zip(placed, duplicates, strict=True)
    ]


class Results(Sequence[Hit]):
    """The hits of one page, and figures about all of them.

    ``query`` is the query as it was understood, in a plain form that parses to the same; ``total`` counts the
    matches on all pages, ``took`` is the time in seconds. ``facets`` has the values of each requested facet
    and how many matches have them: the most frequent first, years, months and dates in their order. A facet
    has 65,000 values at most. For each that has more, ``facet_others`` has the sum of the counts of those
    that are left out; the counts of the others may then be too low.

    Where few documents match, ``relaxed`` has the words of the query that were let go: behind the documents
    that match stand others, which may lack these words. They are counted in ``total``.
    ``interpretation`` says how the query was read where that is not what was typed: ``xijinping`` as 习近平;
    else it is None.
    """

    def __init__(
        self,
        query: str,
        hits: Sequence[Hit],
        total: int,
        took: float,
        *,
        facets: Mapping[str, FacetCounts] | None = None,
        cursor: Callable[[], str] | None = None,
        suggestion: Callable[[], str | None] | None = None,
        relaxed: Sequence[str] = (),
        hints: Callable[[], tuple[Hint, ...]] | None = None,
        interpretation: str | None = None,
    ) -> None:
        self.query = query
        self.relaxed = tuple(relaxed)
        self.total = total
        self.took = took
        self.interpretation = interpretation
        self.facets: dict[str, dict[Any, int]] = {}
        self.facet_others: dict[str, int] = {}
        for name, counts in (facets or {}).items():
            self.facets[name] = dict(counts)
            if counts.others:
                self.facet_others[name] = counts.others
        self._hits = tuple(hits)
        self._has_more = cursor is not None
        self._make_cursor = cursor
        self._make_suggestion = suggestion
        self._make_hints = hints

    def __getstate__(self) -> dict[str, Any]:
        """All of it as values: what would be computed on first access is computed."""
        computed = {"cursor": self.cursor, "suggestion": self.suggestion, "hints": self.hints}
        nothing = dict.fromkeys(("_make_cursor", "_make_suggestion", "_make_hints"))
        return {**vars(self), **computed, **nothing}

    @cached_property
    def cursor(self) -> str | None:
        """What ``search(query, cursor=...)`` takes for the next page; None on the last one."""
        return self._make_cursor() if self._make_cursor else None

    @property
    def has_more(self) -> bool:
        """Whether there is a next page. Unlike `cursor`, this keeps no snapshot of the index."""
        return self._has_more

    @cached_property
    def suggestion(self) -> str | None:
        """A query that was perhaps meant, when this one finds next to nothing; computed on first access."""
        return self._make_suggestion() if self._make_suggestion else None

    @cached_property
    def hints(self) -> tuple[Hint, ...]:
        """What was perhaps meant otherwise, and what can be asked instead; computed on first access."""
        return self._make_hints() if self._make_hints else ()

    def to_dict(self, *, with_cursor: bool = True) -> dict[str, Any]:
        """The result as JSON values, as the command line prints it."""
        values: dict[str, Any] = {"query": self.query, "total": self.total, "took": self.took}
        if self.interpretation:
            values["interpretation"] = self.interpretation
        if self.suggestion:
            values["suggestion"] = self.suggestion
        if self.relaxed:
            values["relaxed"] = list(self.relaxed)
        if self.hints:
            values["hints"] = [hint.to_dict() for hint in self.hints]
        if self.facets:
            values["facets"] = {
                name: [{"value": value, "count": count} for value, count in counts.items()]
                for name, counts in self.facets.items()
            }
        if self.facet_others:
            values["facet_others"] = dict(self.facet_others)
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
        return _results_html(self)

    def __repr__(self) -> str:
        return f"<Results {self.query!r}: {_figures(self)}>"


# -- HTML for the cells of a notebook
#
# A cell stands in a page of others, so everything is escaped, and there are neither scripts nor style sheets.
# Colours are inherited, so that it can be read in light and dark notebooks. Each text of a document is in a
# <bdi> of its own, so that right-to-left text does not turn around what follows it.


def _hit_html(hit: Hit) -> str:
    """Its title, with a link if there is one, its date, source and id, and its snippet."""
    title = f"<bdi>{hit.title.html() or '(no title)'}</bdi>"
    if hit.link:
        title = f'<a href="{escape_html(hit.link)}" target="_blank" rel="noopener noreferrer">{title}</a>'
    details = (
        hit.published.date().isoformat() if hit.published else "",
        hit.source,
        f"id {hit.id}" if hit.id != hit.url else "",
        f"{len(hit.duplicates)} more of the same story" if hit.duplicates else "",
    )
    shown = " · ".join(f"<bdi>{escape_html(detail)}</bdi>" for detail in details if detail)
    return (
        f'<div style="margin:.4em 0"><div><strong>{title}</strong>'
        f' <span style="{_PALE}">{shown}</span></div><div><bdi>{hit.snippet.html()}</bdi></div></div>'
    )


def _results_html(results: Results) -> str:
    """The query, how many hits there are, each of them, and a line for each facet.

    Without the suggestion, which would be a search of its own.
    """
    query = results.query
    if len(query) > _LONGEST_QUERY:
        query = query[: _LONGEST_QUERY - 1] + "…"
    items = "".join(f"<li>{_hit_html(hit)}</li>" for hit in results[:_MOST_HITS])
    left_out = len(results) - _MOST_HITS
    more = f'<div style="{_PALE}">… and {left_out:,} more</div>' if left_out > 0 else ""
    others = results.facet_others
    lines = "".join(_facet_html(name, counts, others.get(name, 0)) for name, counts in results.facets.items())
    return (
        f'<div style="max-width:60em"><div><bdi><strong>{escape_html(query)}</strong></bdi>'
        f' <span style="{_PALE}">{_figures(results)}</span></div>'
        f'<ol style="margin:.4em 0;padding-left:2em">{items}</ol>{more}{lines}</div>'
    )


def _facet_html(name: str, counts: Mapping[Any, int], others: int) -> str:
    shown = [
        f"<bdi>{escape_html(str(value))}</bdi> ({count:,})"
        for value, count in islice(counts.items(), _MOST_VALUES)
    ]
    more = [f"and {len(counts) - _MOST_VALUES:,} more"] if len(counts) > _MOST_VALUES else []
    more += [f"values that are not counted here ({others:,})"] if others else []
    return f'<div style="{_PALE}">{escape_html(name)}: {" · ".join(shown + more) or "none"}</div>'


def _figures(results: Results) -> str:
    return f"{len(results):,} of {results.total:,} in {results.took * 1000:.1f} ms"

"""Page: what hits that were found together share: their stored fields, each decoded once, and highlights.

Titles are highlighted for all of them when the first is asked for, and so are snippets: the compiled kernel
takes them in one call. Bodies are decoded for these, not for ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from searchkit.engine.base import ScoredDoc
from searchkit.highlight.highlighted import Highlighted
from searchkit.highlight.snippet import Highlighter
from searchkit.indexing.stored_fields import StoredFields

LARGEST = 50
"""Hits that share a page. Who shows one of thousands does not wait for all of them."""


class Page:
    """The stored fields and the highlights of hits, by their numbers."""

    def __init__(self, found: Sequence[ScoredDoc], highlighter: Highlighter, snippet_length: int) -> None:
        self._stored = [one.stored for one in found]
        self._highlighter = highlighter
        self._snippet_length = snippet_length
        self._fields: list[StoredFields | None] = [None] * len(found)

    def of_one(self, number: int) -> Page:
        """A page with this hit alone, its title and its snippet highlighted, which can be pickled."""
        page = Page((), self._highlighter, self._snippet_length)
        page._stored, page._fields = [self._stored[number]], [None]
        page.titles, page.snippets = [self.titles[number]], [self.snippets[number]]
        return page

    def fields(self, number: int) -> StoredFields:
        """The stored fields of a hit."""
        fields = self._fields[number]
        if fields is None:
            fields = self._fields[number] = StoredFields.decode(self._stored[number])
        return fields

    def highlighted_body(self, number: int) -> Highlighted:
        """The body of a hit with all its matches."""
        return self._highlighter.body(self.fields(number).body)

    def highlighted_text(self, number: int, name: str) -> Highlighted:
        """The text in ``extra`` of a hit with its matches; empty where there is none."""
        text = self.fields(number).extra.get(name)
        return self._highlighter.whole((text if isinstance(text, str) else "",), name)[0]

    @cached_property
    def titles(self) -> list[Highlighted]:
        """The titles with their matches."""
        return self._highlighter.whole(
            [self.fields(number).title for number in range(len(self._stored))], "title"
        )

    @cached_property
    def snippets(self) -> list[Highlighted]:
        """The best fragments of the bodies."""
        bodies = [self.fields(number).body for number in range(len(self._stored))]
        return self._highlighter.snippets(bodies, self._snippet_length)


def pages(
    found: Sequence[ScoredDoc], highlighter: Highlighter, snippet_length: int
) -> list[tuple[Page, int]]:
    """For each that was found the page that it is on, and its number there."""
    placed = []
    for first in range(0, len(found), LARGEST):
        page = Page(found[first : first + LARGEST], highlighter, snippet_length)
        placed += [(page, number) for number in range(len(found[first : first + LARGEST]))]
    return placed

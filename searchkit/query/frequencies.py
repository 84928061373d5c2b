"""Frequencies: how many documents have a term, each asked for once in a query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from searchkit.analysis import bigrams, plain

FIELDS = ("title", "body")
_NOTHING: Mapping[str, int] = {}


class Statistics(Protocol):
    """What ranking has to know of an index."""

    @property
    def version(self) -> str:
        """Equal versions of one index hold the same documents."""

    def __len__(self) -> int:
        """How many documents there are."""

    def doc_freqs(self, field: str, terms: Sequence[str]) -> list[int]:
        """How many documents have each of the terms in the field."""


class Frequencies:
    """Statistics that remember what they were asked: to ask a cluster takes long."""

    def __init__(self, statistics: Statistics) -> None:
        self._statistics = statistics
        self._known: dict[str, dict[str, int]] = {}

    def __len__(self) -> int:
        return len(self._statistics)

    @property
    def version(self) -> str:
        """Equal ones are of the same documents."""
        return self._statistics.version

    def doc_freqs(self, field: str, terms: Sequence[str]) -> list[int]:
        """How many documents have each of the terms in the field."""
        known = self._known.setdefault(field, {})
        if asked := [term for term in dict.fromkeys(terms) if term not in known]:
            known.update(zip(asked, self._statistics.doc_freqs(field, asked)))
        return [known[term] for term in terms]

    def doc_freq(self, field: str, term: str) -> int:
        """How many documents have the term in the field."""
        having = self._known.get(field, _NOTHING).get(term)
        return self.doc_freqs(field, [term])[0] if having is None else having

    def has_any(self, field: str, terms: Sequence[str]) -> bool:
        """Has any document one of the terms in the field? It is not remembered, which would take as long."""
        return any(self._statistics.doc_freqs(field, terms))

    def in_text(self, channel: str, terms: Sequence[str]) -> list[int]:
        """How many documents have each of the terms in title or body, at least."""
        if not terms:
            return []
        return [*map(max, *[self.doc_freqs(f"{field}_{channel}", terms) for field in FIELDS])]

    def of_forms(self, forms: Sequence[Sequence[str]]) -> list[int]:
        """In how many documents each of the forms may stand as neighbouring tokens of title or body.

        The rarest of its bigrams says it: there are never more.
        """
        single = [plain(form[0]) for form in forms if len(form) == 1]
        pairs = [bigrams(form) for form in forms if len(form) > 1]
        of_single = iter(self.in_text("unigrams", single))
        of_pairs = iter(self.in_text("bigrams", [pair for each in pairs for pair in each]))
        return [
            next(of_single) if len(form) == 1 else min(next(of_pairs) for _ in form[1:]) for form in forms
        ]

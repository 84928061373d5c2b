"""A snapshot: what can be asked of one commit, as calls of tantivy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import inf, nextafter
from typing import Any

import tantivy
from tantivy import Query

from searchkit.engine import forks
from searchkit.engine.aggregations import facet_counts
from searchkit.engine.atomic_files import corrupt
from searchkit.engine.base import (
    MOST_VALUES,
    FacetCounts,
    Hits,
    ScoredDoc,
    Snapshot,
    id_term,
)
from searchkit.engine.plan import (
    Boolean,
    Clause,
    MatchNone,
    Plan,
    Range,
    Sort,
    TermSet,
)
from searchkit.engine.tantivy.errors import reading
from searchkit.engine.tantivy.query import match_query, ranked_query
from searchkit.engine.tantivy.writer import TIES
from searchkit.engine.ties import Run, page_of

_PAGE = 1000
_BATCH = 20_000  # documents that iteration looks up at once


class TantivySnapshot(Snapshot):
    def __init__(self, index: tantivy.Index, location: str, version: str) -> None:
        self._location = location
        self._version = version
        self._forks = forks.count
        self._schema = index.schema
        self._searcher = index.searcher()

    @property
    def version(self) -> str:
        return self._version

    def _reading(self) -> reading:
        if self._forks != forks.count:
            raise forks.refused(f"{self._location}: this search or iteration")
        return reading(self._location)

    @property
    def segments(self) -> int:
        """How many pieces the index consists of."""
        return int(self._searcher.num_segments)

    def search(self, plan: Plan, *, limit: int, offset: int, sort: Sort | None = None) -> Hits:
        total, found = self._found(plan, limit, offset, sort)
        doc, new = self._searcher.doc, tuple.__new__  # ScoredDoc() would be a call in Python for each hit
        with self._reading():
            return total, [new(ScoredDoc, (score, doc(address)["stored"][0])) for score, address in found]

    def multi_search(self, plans: Sequence[Plan], *, limit: int, sort: Sort | None = None) -> list[Hits]:
        answers = [self._found(plan, limit, 0, sort) for plan in plans]
        # They may have documents in common, and of `explain`, which asks for each term, it is one large one.
        stored: dict[tuple[int, int], bytes] = {}
        with self._reading():
            for address in (address for _, found in answers for _, address in found):
                key = address.segment_ord, address.doc
                if key not in stored:
                    stored[key] = self._searcher.doc(address)["stored"][0]
        return [
            (total, [ScoredDoc(score, stored[at.segment_ord, at.doc]) for score, at in found])
            for total, found in answers
        ]

    def _found(
        self, plan: Plan, limit: int, offset: int, sort: Sort | None
    ) -> tuple[int, list[tuple[float, tantivy.DocAddress]]]:
        """How many documents match, and where those of one page are."""
        searcher, size, total = self._searcher, self._searcher.num_docs, 0
        limit = min(limit, size - offset)
        if limit <= 0:
            return self.count(plan.match), []
        order: dict[str, Any] = {}
        if sort:
            direction = tantivy.Order.Desc if sort.descending else tantivy.Order.Asc
            order = {"order_by_field": sort.field, "order": direction}

        def fetch(start: int, count: int) -> list[tuple[Any, tantivy.DocAddress]]:
            nonlocal total
            result = searcher.search(query, min(count, size - start), offset=start, **order)
            total = result.count  # type: ignore[attr-defined]  # missing in its type stub
            return list(result.hits)

        def keys(places: list[tantivy.DocAddress]) -> list[int]:
            found: list[Any] = searcher.fast_field_values(TIES, places)
            if None in found:
                raise corrupt(self._location, "the index is damaged: a document has no key to sort by")
            return found

        def run_of(value: object) -> Run[tantivy.DocAddress] | None:
            return self._run_of(value, plan.match, sort) if sort else None

        with self._reading():
            query = match_query(plan.match, self._schema) if sort else ranked_query(plan, self._schema)
            hits = page_of(fetch, keys, offset=offset, limit=limit, by_score=not sort, run_of=run_of)
        return total, [(0.0, address) for _, address in hits] if sort else hits

    def _run_of(self, value: object, match: Clause, sort: Sort) -> Run[tantivy.DocAddress] | None:
        """The documents that are equal by a field of numbers, which may be all there are; None for others."""
        field = sort.field
        before: Clause = Range(field, None, None)
        equal: Clause = Boolean(must_not=(before,))  # those without a value come last
        if isinstance(value, int | float):
            behind: float | None = nextafter(value, inf) if isinstance(value, float) else value + 1
            if behind == 2**63:  # no integer is as large
                behind = None
            above = MatchNone() if behind is None else Range(field, behind, None)
            before = above if sort.descending else Range(field, None, value)
            equal = Range(field, value, behind)
        elif value is not None:
            return None
        query = match_query(Boolean(must=(match, equal)), self._schema)

        def places(start: int, count: int) -> list[tantivy.DocAddress]:
            order = tantivy.Order.Asc
            found = self._searcher.search(query, count, offset=start, order_by_field=TIES, order=order)
            return [address for _, address in found.hits]

        return Run(self.count(Boolean(must=(match, before))), places)

    def count(self, match: Clause) -> int:
        # Without scores, as `search` matches: with them tantivy counts the moves of a loose phrase otherwise.
        with self._reading():
            query = Query.const_score_query(match_query(match, self._schema), 0.0)
            return int(self._searcher.search(query, 1).count)  # type: ignore[attr-defined]

    def facets(self, match: Clause, fields: Sequence[str]) -> dict[str, FacetCounts]:
        with self._reading():
            query = match_query(match, self._schema)
            return facet_counts(
                lambda wanted: self._searcher.aggregate(query, dict(wanted)), {name: name for name in fields}
            )

    def doc_freqs(self, field: str, terms: Sequence[str]) -> list[int]:
        with self._reading():
            return [self._searcher.doc_freq(field, term) for term in terms]

    def terms_with_prefix(self, field: str, text: str, *, limit: int) -> list[tuple[str, int]]:
        # It makes room for as many as the limit says, so a very large one would take all the memory there is.
        most = limit if limit <= MOST_VALUES else None
        with self._reading():
            return list(self._searcher.terms_with_prefix(field, text, limit=most))[:limit]

    def stored(self, ids: Iterable[str]) -> dict[str, bytes]:
        wanted = {id_term(id): id for id in ids}
        keys = list(wanted)
        found = []
        with self._reading():
            for start in range(0, len(keys), _PAGE):
                query = match_query(TermSet("id", tuple(keys[start : start + _PAGE])), self._schema)
                found += [self._searcher.doc(at) for _, at in self._searcher.search(query, _PAGE).hits]
            by_id = {wanted[document["id"][0]]: document["stored"][0] for document in found}
            if len(by_id) < len(found):  # none is there twice, so one of them has not the id that it had
                raise LookupError("two documents have the same id")
            return by_id

    def existing(self, ids: Iterable[str]) -> set[str]:
        # Stored fields are only read when some of the ids may be those of deleted documents.
        wanted = {id_term(id): id for id in ids}
        keys = [key for key, count in zip(wanted, self.doc_freqs("id", list(wanted))) if count]
        known = {wanted[key] for key in keys}
        if not keys or self.count(TermSet("id", tuple(keys))) == len(keys):
            return known
        return set(self.stored(known))

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def __iter__(self) -> Iterator[bytes]:
        return self._each(Query.all_query())

    def matching(self, match: Clause) -> Iterator[bytes]:
        with self._reading():
            query = Query.const_score_query(match_query(match, self._schema), 0.0)
        return self._each(query)

    def _each(self, query: Query) -> Iterator[bytes]:
        for start in range(0, self._searcher.num_docs, _BATCH):
            with self._reading():
                hits = self._searcher.search(query, _BATCH, count=False, offset=start).hits
            for _, address in hits:
                with self._reading():
                    stored = self._searcher.doc(address)["stored"][0]
                yield stored
            if len(hits) < _BATCH:
                return

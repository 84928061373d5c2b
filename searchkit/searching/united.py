"""Several indexes as one: a snapshot that puts their answers together, and settings that fit all of them.

An index scores by how rare a term is among its own documents, and by how long they are on average. Here each
term counts for as much more or less as it is rarer in all of them together, and as the documents are shorter
than those of the others, so that the hits of one compare with those of another:
docs/decisions/0020-several-indexes.md.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, reduce
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from searchkit.analysis import Analyzer
from searchkit.engine.base import FacetCounts, Hits, ScoredDoc, Snapshot, id_term
from searchkit.engine.plan import (
    SCORE,
    TEXT_FIELDS,
    Boolean,
    Buckets,
    Clause,
    MatchAll,
    MatchNone,
    Plan,
    ScoreClause,
    Sort,
    Term,
    is_text_field,
)
from searchkit.engine.ties import places_of, tie_key
from searchkit.indexing.stored_fields import StoredFields
from searchkit.query.frequencies import Frequencies
from searchkit.query.scoring import idf
from searchkit.query.synonyms import Synonyms
from searchkit.schema import FieldKind, Schema
from searchkit.settings import Settings

_K1, _B = 1.2, 0.75  # those of BM25, in every engine


class Member:
    """One of the indexes: its latest commit, and which fields it has."""

    def __init__(self, name: str, snapshot: Snapshot, settings: Settings) -> None:
        self.name = name
        self.snapshot = snapshot
        self.schema = settings.fields
        self.fields = {"id", *TEXT_FIELDS, *(field.name for field in settings.fields.for_engine)}
        self._frequencies = Frequencies(snapshot)

    @cached_property
    def size(self) -> int:
        return len(self.snapshot)

    def doc_freqs(self, field: str, terms: Sequence[str]) -> list[int]:
        """How many of its documents have each of the terms, each asked for once."""
        return self._frequencies.doc_freqs(field, terms) if field in self.fields else [0] * len(terms)

    def clause(self, node: Clause) -> Clause:
        """The clause for this index: nothing has a value in a field that is not there."""
        match node:
            case Boolean(must, should, must_not, minimum):
                must, should, must_not = (
                    tuple(map(self.clause, children)) for children in (must, should, must_not)
                )
                return Boolean(must, should, must_not, minimum)
            case MatchAll() | MatchNone():
                return node
            case _:
                return node if node.field in self.fields else MatchNone()

    def sort(self, sort: Sort | None) -> Sort | None:
        """The order without what sorts by fields that are not there."""
        if sort is None:
            return None
        then = self.sort(sort.then)
        return Sort(sort.field, sort.descending, then) if sort.field in (SCORE, *self.fields) else then


class UnitedSnapshot(Snapshot):
    """Several snapshots as one; a document is known by its id and the number of its index."""

    version = ""

    def __init__(self, members: Sequence[Member]) -> None:
        from hashlib import sha256  # takes long to import

        self._members = members
        self._size = sum(member.size for member in members)
        self._lengths: dict[str, list[float]] = {}
        """Of each text field the average length in each of the indexes, as far as it is known."""
        versions = [(member.name, member.snapshot.version) for member in members]
        self.version = sha256(repr(versions).encode("utf-8", "backslashreplace")).hexdigest()[:24]

    def search(self, plan: Plan, *, limit: int, offset: int, sort: Sort | None = None) -> Hits:
        end = min(offset + limit, self._size)
        if end <= offset:
            return self.count(plan.match), []
        total, found = self.multi_search([plan], limit=end, sort=sort)[0]
        return total, found[offset:]

    def multi_search(self, plans: Sequence[Plan], *, limit: int, sort: Sort | None = None) -> list[Hits]:
        self._look_up(plans)
        answers = [
            member.snapshot.multi_search(
                [self._plan(plan, number, sort) for plan in plans], limit=limit, sort=member.sort(sort)
            )
            for number, member in enumerate(self._members)
        ]
        return [
            (sum(total for total, _ in of_plan), self._merged([found for _, found in of_plan], sort)[:limit])
            for of_plan in zip(*answers)
        ]

    def _look_up(self, plans: Iterable[Plan]) -> None:
        """Ask each index for the frequencies of all terms of a field at once."""
        terms: dict[str, dict[str, None]] = {}
        for plan in plans:
            for score in plan.scores:
                if isinstance(score.node, Term):
                    terms.setdefault(score.node.field, {})[score.node.text] = None
        for field, asked in terms.items():
            known = self._lengths.setdefault(field, [0.0] * len(self._members))
            for number, member in enumerate(self._members):
                having = zip(asked, member.doc_freqs(field, list(asked)))
                there = next((term for term, count in having if count), None)
                if there is not None and not known[number] and is_text_field(field):
                    known[number] = member.snapshot.average_length(field, there)

    def _plan(self, plan: Plan, number: int, sort: Sort | None) -> Plan:
        member = self._members[number]
        if sort and not sort.ranks:
            return Plan(member.clause(plan.match))
        scores = (self._score(score, number) for score in plan.scores)
        return Plan(member.clause(plan.match), tuple(filter(None, scores)))

    def _score(self, score: ScoreClause, number: int) -> ScoreClause | None:
        """The same for one of the indexes; None where it adds nothing."""
        member = self._members[number]
        node = member.clause(score.node)
        if isinstance(node, MatchNone):
            return None
        if not isinstance(node, Term):
            return ScoreClause(node, score.weight)
        having = member.doc_freqs(node.field, [node.text])[0]
        if not having:
            return None
        of_all = idf(self._size, sum(self._counts(node.field, [node.text])))
        shorter = self._shorter(node.field, number)
        return ScoreClause(node, score.weight * shorter * of_all / idf(member.size, having))

    def _shorter(self, field: str, number: int) -> float:
        """What a term that a document of average length has once counts for in all of the indexes, where it
        counts for 1 in its own."""
        lengths = self._lengths[field]
        known = [(length, member.size) for length, member in zip(lengths, self._members) if length]
        if not lengths[number] or len(known) < 2:
            return 1.0
        of_all = sum(length * size for length, size in known) / sum(size for _, size in known)
        return (1 + _K1) / (1 + _K1 * (1 - _B + _B * lengths[number] / of_all))

    def _counts(self, field: str, terms: Sequence[str]) -> Iterator[int]:
        return map(sum, zip(*(member.doc_freqs(field, terms) for member in self._members)))

    def _merged(self, found: Sequence[Sequence[ScoredDoc]], sort: Sort | None) -> list[ScoredDoc]:
        """The hits of each of the indexes, best first or sorted, in one list."""
        hits = [one._replace(of_index=number) for number, of_one in enumerate(found) for one in of_one]
        columns = [self._places(hits, key) for key in (sort or Sort(SCORE)).keys]
        in_order: list[ScoredDoc] = []
        for _, equal in groupby(sorted(zip(zip(*columns), range(len(hits)))), key=itemgetter(0)):
            ones = [hits[at] for _, at in equal]
            in_order += sorted(ones, key=_tie) if len(ones) > 1 else ones
        return in_order

    def _places(self, hits: Sequence[ScoredDoc], key: Sort) -> list[int]:
        """The place of each hit by one of the keys of an order."""
        if key.field == SCORE:
            return places_of([hit.score for hit in hits], descending=True, by_score=True)
        values: list[Any] = []
        for hit in hits:
            schema = self._members[hit.of_index or 0].schema
            value = schema.values(StoredFields.decode(hit.stored).document).get(key.field)
            values.append(next(iter(value), None) if isinstance(value, tuple) else value)
        return places_of(values, descending=key.descending)

    def count(self, match: Clause) -> int:
        return sum(member.snapshot.count(member.clause(match)) for member in self._members)

    def facets(self, match: Clause, fields: Sequence[str]) -> dict[str, FacetCounts]:
        summed = {field: FacetCounts() for field in fields}
        for member in self._members:
            there = [field for field in fields if field in member.fields]
            for field, found in member.snapshot.facets(member.clause(match), there).items():
                counts = summed[field]
                counts.others += found.others
                for value, count in found.items():
                    counts[value] = counts.get(value, 0) + count
        return summed

    def buckets(self, match: Clause, wanted: Buckets) -> dict[int, int]:
        there = [member for member in self._members if wanted.field in member.fields]
        found = [Counter(member.snapshot.buckets(member.clause(match), wanted)) for member in there]
        return dict(sum(found, Counter()))

    def doc_freqs(self, field: str, terms: Sequence[str]) -> list[int]:
        return list(self._counts(field, terms))

    def terms_with_prefix(self, field: str, text: str, *, limit: int) -> list[tuple[str, int]]:
        found: Counter[str] = Counter()
        for member in self._members:
            if field in member.fields:
                found.update(dict(member.snapshot.terms_with_prefix(field, text, limit=limit)))
        return heapq.nlargest(min(limit, len(found)), found.items(), key=itemgetter(1))

    def beginning_with(self, field: str, text: str) -> tuple[int, int]:
        found = [one.snapshot.beginning_with(field, text) for one in self._members if field in one.fields]
        return sum(terms for terms, _ in found), sum(having for _, having in found)

    def stored(self, ids: Iterable[str]) -> dict[str, bytes]:
        """Of an id that several have, the document of the first."""
        ids, found = list(ids), {}
        for member in reversed(self._members):
            found.update(member.snapshot.stored(ids))
        return found

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        return chain.from_iterable(member.snapshot for member in self._members)


def _tie(hit: ScoredDoc) -> tuple[int, int | None]:
    """By what equal hits are ordered; of two with one id that of the first index comes first."""
    return tie_key(id_term(StoredFields.decode(hit.stored).id)), hit.of_index


def united_settings(of_all: Sequence[tuple[str, Settings]], *, boosted: bool) -> Settings:
    """The settings by which all of the indexes can be asked, whose locations are given with theirs.

    All declared fields, words of one's own, stop words and synonyms there are; days are those of the first.
    Raises ValueError where two declare a field in different ways, or weigh fields differently and the search
    does not say how (``boosted``).
    """
    (_, first), *others = of_all
    if all(_is_same(first, other) for _, other in others):
        return first
    declared: dict[str, tuple[FieldKind, str]] = {}
    for location, settings in of_all:
        for name, kind in settings.fields.declared.items():
            known, where = declared.setdefault(name, (kind, location))
            if known != kind:
                raise ValueError(
                    f"the field {name!r} is {known!r} in {where} and {kind!r} in {location}, so these "
                    "cannot be searched together; copy the documents of one into an index with the other kind"
                )
        if settings.boosts != first.boosts and not boosted:
            raise ValueError(
                f"{of_all[0][0]} and {location} were created with different boosts, {dict(first.boosts)} and "
                f"{dict(settings.boosts)}; say boosts={{...}} for this search"
            )
    analyzers = [settings.analyzer for _, settings in of_all]
    words = {word for analyzer in analyzers for word in analyzer.user_words}
    stop_words = {word for analyzer in analyzers for word in analyzer.stop_words}
    rules = reduce(
        lambda found, more: [*found, *(rule for rule in more if rule not in found)],
        (settings.synonyms.stored for _, settings in of_all),
    )
    return Settings(
        Analyzer(words, stop_words),
        Schema({name: kind for name, (kind, _) in declared.items()}, first.fields.zone),
        Synonyms.of_stored(rules),
        any(settings.pinyin for _, settings in of_all),
        first.boosts,
    )


def _is_same(one: Settings, other: Settings) -> bool:
    mine, its = ({**each.metadata(), "fingerprint": ""} for each in (one, other))
    return mine == its

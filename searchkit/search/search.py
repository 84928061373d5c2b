"""Search: a query with its options -> Results, on one snapshot of an index."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from itertools import islice
from typing import Any

from searchkit.engine.base import Snapshot, id_term
from searchkit.engine.plan import Boolean, Clause, Plan, Sort, Term, TermSet
from searchkit.highlight.snippet import highlighter
from searchkit.query import parse, plan_query
from searchkit.query.ast import QueryNode
from searchkit.query.planner import Planned
from searchkit.query.recency import half_life, recency_scores
from searchkit.query.regional import regional_words
from searchkit.schema import Schema
from searchkit.search.collapse import collapse
from searchkit.search.cursor import Cursors, Position
from searchkit.search.options import HitOptions, QueryOptions, SearchOptions
from searchkit.search.results import Hit, Results, hits_of
from searchkit.search.spelling import better_query
from searchkit.settings import Settings


def search(
    text: str, options: SearchOptions, snapshot: Snapshot, settings: Settings, cursors: Cursors
) -> Results:
    """The hits of one page.

    Raises `QuerySyntaxError` for a query that is not well-formed, ValueError for an option whose value this
    index does not have.
    """
    started = time.perf_counter()
    query = parse(text, lenient=options.lenient)
    position = (
        cursors.decode(options.cursor, options.digest(text), snapshot)
        if options.cursor is not None
        else Position(snapshot, options.offset, datetime.now(timezone.utc))
    )
    snapshot = position.snapshot
    filters = options.filters(settings.fields)
    planned = plan(query, options, snapshot, settings, filters)
    ranking = _with_recency(planned.plan, options.recency, position)
    # Without scores to rank by, the newest is the best.
    order = "newest" if options.sort == "relevance" and not ranking.scores else options.sort
    total, hits, has_more = _page(ranking, settings.fields.sort(order), planned, options, position)
    facets = count_facets(snapshot, planned.plan.match, options.facets, settings.fields)

    def cursor() -> str:
        behind = Position(snapshot, position.offset + len(hits), position.now)
        return cursors.encode(behind, options.digest(text))

    def count_of(other: QueryNode) -> int:
        return snapshot.count(plan(other, options, snapshot, settings, filters).plan.match)

    return Results(
        str(query),
        hits,
        total,
        time.perf_counter() - started,
        facets=facets,
        cursor=cursor if hits and has_more else None,
        suggestion=lambda: better_query(query, total, count_of, snapshot, settings),
    )


def search_one(text: str, id: str, options: HitOptions, snapshot: Snapshot, settings: Settings) -> Hit | None:
    """The document with this id as a hit of the query, None if it does not match."""
    planned = plan(parse(text, lenient=options.lenient), options, snapshot, settings)
    match = Boolean(must=(TermSet("id", (id_term(id),)), planned.plan.match))
    _, found = snapshot.search(Plan(match, planned.plan.scores), limit=1, offset=0)
    return next(iter(hits_of(found, highlighter(planned.highlight_terms), options.snippet_length)), None)


def count(text: str, options: SearchOptions, snapshot: Snapshot, settings: Settings) -> int:
    """How many documents match."""
    query = parse(text, lenient=options.lenient)
    filters = options.filters(settings.fields)
    return snapshot.count(plan(query, options, snapshot, settings, filters).plan.match)


def plan(
    query: QueryNode,
    options: QueryOptions,
    snapshot: Snapshot,
    settings: Settings,
    filters: tuple[Clause, ...] = (),
) -> Planned:
    """The plan of a query for this index."""
    synonym_maps = [settings.synonyms.by_key] if options.synonyms else []
    if options.regional:
        synonym_maps.append(regional_words())
    boosts = settings.boosts
    if options.boosts:
        boosts = {**boosts, **settings.fields.boosts(options.boosts)}
    return plan_query(
        query,
        settings.analyzer,
        snapshot,
        match=options.match,
        filters=filters,
        synonym_maps=synonym_maps,
        boosts=boosts,
        texts=settings.fields.texts,
    )


def count_facets(
    snapshot: Snapshot, match: Clause, names: Iterable[str], schema: Schema
) -> dict[str, dict[Any, int]]:
    """For each facet its values, the most frequent first; years, months and dates in their order.

    Raises ValueError for a name that is no facet.
    """
    wanted = {name: schema.facet(name) for name in names}
    if not wanted:
        return {}
    found = snapshot.facets(match, list(dict.fromkeys(field for field, _ in wanted.values())))
    facets = {}
    for name, (field, shown) in wanted.items():
        counts: Counter[Any] = Counter()
        for value, count in found[field].items():
            counts[shown(value)] += count
        in_time = name in ("year", "month") or schema.declared.get(name) == "date"
        facets[name] = dict(sorted(counts.items(), key=lambda pair: (0 if in_time else -pair[1], pair[0])))
    return facets


def _page(
    ranking: Plan, sort: Sort | None, planned: Planned, options: SearchOptions, position: Position
) -> tuple[int, list[Hit], bool]:
    """How many documents match, the hits of the page, and whether there are more after them."""
    snapshot, offset, limit = position.snapshot, position.offset, options.limit
    marks, length = highlighter(planned.highlight_terms), options.snippet_length

    if options.collapse is not None:
        total, collapsed, has_more = collapse(snapshot, ranking, sort, offset=offset, limit=limit)
        others = iter(hits_of([one for _, group in collapsed for one in group], marks, length))
        duplicates = [tuple(islice(others, len(group))) for _, group in collapsed]
        return total, hits_of([first for first, _ in collapsed], marks, length, duplicates), has_more
    total, found = snapshot.search(ranking, limit=limit, offset=offset, sort=sort)
    return total, hits_of(found, marks, length), offset + len(found) < total


def _with_recency(planned: Plan, recency: str | timedelta | None, position: Position) -> Plan:
    """The plan with a share of the best score added for newer documents."""
    if recency is None or not planned.scores:
        return planned
    # Half of what terms give: half of what a title gets that is the query would be more than all else.
    terms = tuple(score for score in planned.scores if isinstance(score.node, Term))
    _, best = position.snapshot.search(Plan(planned.match, terms), limit=1, offset=0)
    if not best:
        return planned
    newer = recency_scores(half_life(recency), position.now, best[0].score)
    return Plan(planned.match, (*planned.scores, *newer))

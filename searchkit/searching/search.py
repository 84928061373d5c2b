"""Search: a query with its options -> Results, on one snapshot of an index."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import partial
from itertools import islice

from searchkit.analysis import normalize
from searchkit.engine.base import PlanTooExpensiveError, Snapshot, id_term
from searchkit.engine.plan import Boolean, Clause, Plan, Sort, Term, TermSet
from searchkit.highlight.snippet import highlighter
from searchkit.query.ast import QueryNode
from searchkit.query.planned import Planned
from searchkit.query.recency import half_life, recency_scores
from searchkit.searching.collapse import collapse
from searchkit.searching.cursor import Cursors, Position
from searchkit.searching.facets import count_facets, facets_of
from searchkit.searching.hints import Hint, hints
from searchkit.searching.options import HitOptions, SearchOptions
from searchkit.searching.planning import Planning, bounded, plan, planning_of, read, understand
from searchkit.searching.relax import PAGE, relax
from searchkit.searching.results import Hit, Results, hits_of
from searchkit.searching.spelling import better_query
from searchkit.settings import Settings


def search(
    text: str, options: SearchOptions, snapshot: Snapshot, settings: Settings, cursors: Cursors
) -> Results:
    """The hits of one page.

    Raises `QuerySyntaxError` for a query that is not well-formed, `QueryTooExpensiveError` for one that
    would take too long, ValueError for an option whose value this index does not have.
    """
    started = time.perf_counter()
    filters = options.filters(settings.fields)
    query = read(text, options, settings, filters)
    position = (
        cursors.decode(options.cursor, options.digest(text), snapshot)
        if options.cursor is not None
        else Position(snapshot, options.offset, datetime.now(timezone.utc))
    )

    def cursor_behind(hits: int) -> str:
        return cursors.encode(replace(position, offset=position.offset + hits), options.digest(text))

    with bounded(text, options, position.snapshot, settings) as snapshot:
        here = replace(position, snapshot=snapshot)
        return _results(text, query, options, filters, here, settings, cursor_behind, started)


def _results(
    text: str,
    query: QueryNode,
    options: SearchOptions,
    filters: tuple[Clause, ...],
    position: Position,
    settings: Settings,
    cursor_behind: Callable[[int], str],
    started: float,
) -> Results:
    snapshot = position.snapshot
    understood, interpretation = understand(query, options, snapshot, settings)
    planning = Planning(understood, options, snapshot, settings, filters)
    planned = planning.plan()
    ranking = _with_recency(planned.plan, options.recency, position)
    sort = settings.fields.sort(str(options.sort), ranked=bool(ranking.scores))
    total, hits, has_more = _page(ranking, sort, planned, options, position, position.offset, options.limit)
    strict, found = total, planned.plan.match
    relaxed = relax(planning, planned, total) if _may_relax(options, total) else None
    if relaxed:
        whole = hits
        if position.offset or has_more:  # the page has not all of the matches, which are few
            _, whole, _ = _page(ranking, sort, planned, options, position, 0, PAGE)
        ranking = Plan(relaxed.match, ranking.scores)
        if not total:
            ranking = _with_recency(Plan(relaxed.match, planned.plan.scores), options.recency, position)
        offset = position.offset
        hits = whole[offset : offset + options.limit]
        offset, limit = max(0, offset - len(whole)), options.limit - len(hits)
        more, others, has_more = _page(ranking, sort, planned, options, position, offset, limit)
        total, hits = total + more, [*hits, *others]
        found = Boolean(should=(found, relaxed.match))
    facets = (
        count_facets(snapshot, found, facets_of(options.facets), settings.fields) if options.facets else {}
    )

    def count_of(other: QueryNode) -> int:
        return snapshot.count(plan(other, options, snapshot, settings, filters).plan.match)

    def suggestion() -> str | None:
        with suppress(PlanTooExpensiveError):
            return better_query(understood, strict, count_of, snapshot, settings)
        return None

    def given_hints() -> tuple[Hint, ...]:
        with suppress(PlanTooExpensiveError):
            return hints(text, query, strict, options, snapshot, settings.fields)
        return ()

    return Results(
        str(query),
        hits,
        total,
        time.perf_counter() - started,
        facets=facets,
        cursor=partial(cursor_behind, len(hits)) if hits and has_more else None,
        suggestion=suggestion,
        relaxed=_as_typed(text, relaxed.let_go) if relaxed else (),
        hints=given_hints,
        interpretation=interpretation,
    )


def search_one(text: str, id: str, options: HitOptions, snapshot: Snapshot, settings: Settings) -> Hit | None:
    """The document with this id as a hit of the query, None if no search lists it."""
    with bounded(text, options, snapshot, settings) as asked:
        return _search_one(text, id, options, asked, settings)


def _search_one(
    text: str, id: str, options: HitOptions, snapshot: Snapshot, settings: Settings
) -> Hit | None:
    planning = planning_of(text, options, snapshot, settings)
    planned = planning.plan()
    match = planned.plan.match
    this = TermSet("id", (id_term(id),))
    _, found = snapshot.search(Plan(Boolean(must=(this, match)), planned.plan.scores), limit=1, offset=0)
    may_relax = not found and options.match == "most"
    if may_relax and (relaxed := relax(planning, planned, snapshot.count(match))):
        ranking = Plan(Boolean(must=(this, relaxed.match)), planned.plan.scores)
        _, found = snapshot.search(ranking, limit=1, offset=0)
    return next(iter(hits_of(found, highlighter(planned.highlight_terms), options.snippet_length)), None)


def count(text: str, options: SearchOptions, snapshot: Snapshot, settings: Settings) -> int:
    """How many documents match, with those that are listed behind them where they are few."""
    with bounded(text, options, snapshot, settings) as asked:
        return _count(text, options, asked, settings)


def _count(text: str, options: SearchOptions, snapshot: Snapshot, settings: Settings) -> int:
    filters = options.filters(settings.fields)
    planning = planning_of(text, options, snapshot, settings, filters)
    planned = planning.plan()
    total = snapshot.count(planned.plan.match)
    relaxed = relax(planning, planned, total) if _may_relax(options, total) else None
    return total + snapshot.count(relaxed.match) if relaxed else total


def _may_relax(options: SearchOptions, total: int) -> bool:
    """May documents be listed that lack some of the query, behind those that have it?

    In another order than by rank they would stand among them, so there only where nothing has all of it.
    """
    return options.match == "most" and (str(options.sort).startswith("relevance") or not total)


def _as_typed(text: str, words: Iterable[str]) -> list[str]:
    """Normalized words of a query in the spelling that was typed."""
    normalized = normalize(text)
    places = {word: normalized.find(word) for word in words}
    return [text[at : at + len(word)] if at >= 0 else word for word, at in places.items()]


def _page(
    ranking: Plan,
    sort: Sort | None,
    planned: Planned,
    options: SearchOptions,
    position: Position,
    offset: int,
    limit: int,
) -> tuple[int, list[Hit], bool]:
    """How many documents match, the hits of the page, and whether there are more after them."""
    snapshot = position.snapshot
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

"""search: a query with its options -> Results, on one snapshot of an index."""

from __future__ import annotations

import time
from datetime import datetime, timezone

from searchkit.engine.base import ScoredDoc, Snapshot, id_term
from searchkit.engine.plan import Boolean, Plan, Sort, TermSet
from searchkit.highlight.snippet import Highlighter
from searchkit.query import parse, plan_query
from searchkit.query.ast import QueryNode
from searchkit.query.planner import Planned
from searchkit.query.recency import half_life, recency_scores
from searchkit.query.regional import regional_words
from searchkit.search.collapse import stories
from searchkit.search.cursor import CursorStore, Place
from searchkit.search.facets import count_facets
from searchkit.search.options import SearchOptions
from searchkit.search.results import Hit, Results
from searchkit.search.spelling import better_query
from searchkit.settings import Settings

__all__ = ["plan", "search", "search_one"]


def search(
    text: str, options: SearchOptions, snapshot: Snapshot, settings: Settings, cursors: CursorStore
) -> Results:
    """The hits of one page.

    Raises `QuerySyntaxError` for a query that is not well-formed, ValueError for options that the index has
    not.
    """
    started = time.perf_counter()
    query = parse(text, lenient=options.lenient)
    place = (
        cursors.place(options.cursor, options.digest(text), snapshot)
        if options.cursor is not None
        else Place(snapshot, options.offset, datetime.now(timezone.utc))
    )
    planned = plan(query, options, place.snapshot, settings)
    ranking = _with_recency(planned.plan, options, place)
    # With nothing to rank by, the newest is the best.
    by = "newest" if options.sort == "relevance" and not ranking.scores else options.sort
    total, hits, more = _hits(ranking, settings.fields.sort(by), planned, options, place)
    facets = count_facets(place.snapshot, planned.plan.match, options.facets, settings.fields)
    behind = place.offset + len(hits)

    def cursor() -> str:
        return cursors.text(Place(place.snapshot, behind, place.now), options.digest(text))

    def suggestion() -> str | None:
        return better_query(
            query, total, lambda q: _count(q, options, place, settings), place.snapshot, settings
        )

    return Results(
        str(query),
        hits,
        total,
        time.perf_counter() - started,
        facets=facets,
        cursor=cursor if hits and more else None,
        suggestion=suggestion,
    )


def search_one(
    text: str, id: str, options: SearchOptions, snapshot: Snapshot, settings: Settings
) -> Hit | None:
    """The hit that the document with this id is among all that `search` finds, or None."""
    planned = plan(parse(text, lenient=options.lenient), options, snapshot, settings)
    this = Boolean(must=(TermSet("id", (id_term(id),)), planned.plan.match))
    _, found = snapshot.search(Plan(this, planned.plan.scores), limit=1, offset=0)
    highlighter = Highlighter(planned.highlight_terms)
    return next((_hit(one, highlighter, options) for one in found), None)


def plan(query: QueryNode, options: SearchOptions, snapshot: Snapshot, settings: Settings) -> Planned:
    """What the query means on this index."""

    synonym_maps = [settings.synonyms.by_key] if options.synonyms else []
    if options.regional:
        synonym_maps.append(regional_words())
    return plan_query(
        query,
        settings.analyzer,
        snapshot,
        match=options.match,
        filters=options.filters(settings.fields),
        synonym_maps=synonym_maps,
    )


def _hits(
    ranking: Plan, sort: Sort | None, planned: Planned, options: SearchOptions, place: Place
) -> tuple[int, list[Hit], bool]:
    """How many match, those of the page, and whether there are more behind them."""
    highlighter = Highlighter(planned.highlight_terms)

    if options.collapse is None:
        total, found = place.snapshot.search(ranking, limit=options.limit, offset=place.offset, sort=sort)
        hits = [_hit(one, highlighter, options) for one in found]
        return total, hits, place.offset + len(hits) < total
    total, told, more = stories(place.snapshot, ranking, sort, offset=place.offset, limit=options.limit)
    hits = []
    for story in told:
        hits.append(_hit(story.first, highlighter, options))
        hits[-1].duplicates = tuple(_hit(other, highlighter, options) for other in story.others)
    return total, hits, more


def _hit(found: ScoredDoc, highlighter: Highlighter, options: SearchOptions) -> Hit:
    return Hit(found.stored, found.score, highlighter, options.snippet_length)


def _with_recency(planned: Plan, options: SearchOptions, place: Place) -> Plan:
    if options.recency is None or not planned.scores:
        return planned
    _, best = place.snapshot.search(planned, limit=1, offset=0)
    if not best:
        return planned
    newer = recency_scores(half_life(options.recency), place.now, best[0].score)
    return Plan(planned.match, (*planned.scores, *newer))


def _count(query: QueryNode, options: SearchOptions, place: Place, settings: Settings) -> int:
    return place.snapshot.count(plan(query, options, place.snapshot, settings).plan.match)

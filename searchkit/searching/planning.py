"""Planning: what a person typed, with its options -> the plan for one index."""

from __future__ import annotations

from dataclasses import replace

from searchkit.engine.base import PlanTooExpensiveError, Snapshot
from searchkit.engine.plan import Boolean, Clause, Plan, ScoreClause, TermSet
from searchkit.query import parse, plan_query
from searchkit.query.analyzed_text import AnalyzedText
from searchkit.query.ast import MatchAllNode, PhraseNode, QueryNode, TextNode
from searchkit.query.frequencies import Frequencies
from searchkit.query.matching import Match
from searchkit.query.planned import Planned
from searchkit.query.regional import regional_tables, spelling_table
from searchkit.schema import ADDRESS, address_term
from searchkit.searching.budget import BoundedSnapshot, too_expensive
from searchkit.searching.options import QueryOptions
from searchkit.searching.pinyin_reading import as_pinyin
from searchkit.settings import Settings

ADDRESS_COUNTS = 1000.0
"""What a document scores whose address is the query: more than any text."""
_LONGEST_PLANNED_AGAIN = 1000
"""Characters of a refused query whose dearest part is named."""


def read(text: str, options: QueryOptions, settings: Settings, filters: tuple[Clause, ...] = ()) -> QueryNode:
    """The tree of a query; one without a text, but with filters, means all that passes them."""
    query = parse(text, lenient=options.lenient, fields=settings.fields)
    return MatchAllNode() if filters and not text.strip() else query


class bounded:  # noqa: N801
    """The snapshot, of which no more is asked for a query than it may cost.

    A class, as every search comes through here: `contextmanager` would call six functions.
    """

    def __init__(self, text: str, options: QueryOptions, snapshot: Snapshot, settings: Settings) -> None:
        self._asked = text, options, snapshot, settings

    def __enter__(self) -> BoundedSnapshot:
        text, options, snapshot, _ = self._asked
        return BoundedSnapshot(snapshot, options.max_cost, text)

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, PlanTooExpensiveError):
            return
        text, options, snapshot, settings = self._asked
        query = read(text, options, settings)
        # To plan a very long one again would take as long as to refuse it.
        is_whole = isinstance(query, TextNode | PhraseNode) or len(text) > _LONGEST_PLANNED_AGAIN
        parts = () if is_whole else plan(query, options, snapshot, settings).leaves
        raise too_expensive(text, error, query, parts) from None


def understand(
    query: QueryNode, options: QueryOptions, snapshot: Snapshot, settings: Settings
) -> tuple[QueryNode, str | None]:
    """The query, its Latin words read as pinyin where they find next to nothing, and how they are read."""
    if not settings.pinyin:
        return query, None

    def count_of(other: QueryNode) -> int:
        return snapshot.count(plan(other, options, snapshot, settings).plan.match)

    return as_pinyin(query, count_of, snapshot, settings) or (query, None)


def plan(
    query: QueryNode,
    options: QueryOptions,
    snapshot: Snapshot,
    settings: Settings,
    filters: tuple[Clause, ...] = (),
) -> Planned:
    """The plan of a query for this index."""
    return Planning(query, options, snapshot, settings, filters).plan()


def planning_of(
    text: str,
    options: QueryOptions,
    snapshot: Snapshot,
    settings: Settings,
    filters: tuple[Clause, ...] = (),
) -> Planning:
    """The planning of what was typed, as it is understood."""
    query, _ = understand(read(text, options, settings, filters), options, snapshot, settings)
    return Planning(query, options, snapshot, settings, filters)


class Planning:
    """Makes plans of one query, which differ in what a document needs. Each text is analysed once for all of
    them, and each frequency asked for once."""

    def __init__(
        self,
        query: QueryNode,
        options: QueryOptions,
        snapshot: Snapshot,
        settings: Settings,
        filters: tuple[Clause, ...] = (),
    ) -> None:
        self.query = query
        self.snapshot = snapshot
        self._match, self._settings, self._filters = options.match, settings, filters
        self._tables = [spelling_table()]
        if options.synonyms:
            self._tables.append(settings.synonyms.table)
        if options.regional:
            self._tables += regional_tables()
        self._boosts = settings.boosts
        if options.boosts:
            self._boosts = {**settings.boosts, **settings.fields.boosts(options.boosts)}
        self._frequencies = Frequencies(snapshot)
        self._analyzed: dict[str, AnalyzedText] = {}

    def plan(self, match: Match | None = None, let_go: frozenset[str] = frozenset()) -> Planned:
        """A plan with another ``match``, or with words that no document needs."""
        query = self.query
        planned = plan_query(
            query,
            self._settings.analyzer,
            self._frequencies,
            match=match or self._match,
            filters=self._filters,
            tables=self._tables,
            boosts=self._boosts,
            let_go=let_go,
            analyzed=self._analyzed,
            fields=self._settings.fields,
        )
        # Most queries are no web address, which has to take no time.
        if isinstance(query, TextNode) and query.field is None and "." in query.text:
            return _with_address(planned, query.text, self.snapshot, self._filters)
        return planned


def _with_address(planned: Planned, text: str, snapshot: Snapshot, filters: tuple[Clause, ...]) -> Planned:
    """The plan with the document first whose url or id the query is, where that is a web address."""
    term = address_term(text)
    if not term or not any(snapshot.doc_freqs(ADDRESS, [term])):
        return planned
    this = TermSet(ADDRESS, (term,))
    match = Boolean(should=(planned.plan.match, Boolean(must=(this, *filters))))
    return replace(planned, plan=Plan(match, (*planned.plan.scores, ScoreClause(this, ADDRESS_COUNTS))))

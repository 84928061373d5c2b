"""Explain: why a document matches a query or not, and what its score is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from searchkit.analysis import WORD_END, normalize
from searchkit.document import Document
from searchkit.engine.base import IndexDocument, Snapshot, id_term
from searchkit.engine.plan import TEXT_PREFIX, Boolean, MatchNone, Plan, ScoreClause, Term, TermSet
from searchkit.indexing.document_builder import DocumentBuilder
from searchkit.schema import ADDRESS, TITLE_KEY
from searchkit.searching.options import QueryOptions
from searchkit.searching.planning import bounded, planning_of
from searchkit.searching.relax import relax
from searchkit.settings import Settings

_WHERE = {
    "words": "word in title (twice) and body",
    "title_bigrams": "pair in the title",
    "title_unigrams": "character in the title",
    "body_bigrams": "pair in the body",
    "body_unigrams": "character in the body",
    ADDRESS: "its address",
    TITLE_KEY: "the title is the query",
}
_NONE: Counter[str] = Counter()
_OF_CHANNEL = {"words": "word", "bigrams": "pair", "unigrams": "character"}


@dataclass(frozen=True)
class Contribution:
    """What one term adds to a score."""

    term: str
    """As the query has it; a synonym or regional word in its normalized form."""
    field: str
    points: float
    weight: float
    times: int
    """How often the document has it in this field."""
    documents: int
    """How many documents have it in this field."""

    def __str__(self) -> str:
        if self.field == TITLE_KEY:
            return (
                f"{self.points:8.3f}  {self.term}  ({_WHERE[self.field]}, as of {self.documents:,} documents)"
            )
        times = "once" if self.times == 1 else f"{self.times} times"
        return (
            f"{self.points:8.3f}  {self.term}  ({_where(self.field)}: {times} here, "
            f"in {self.documents:,} documents, weight {self.weight:.3g})"
        )


@dataclass(frozen=True)
class Explanation:
    """Why a query finds a document, or why not. Print it."""

    query: str
    id: str
    matches: bool
    score: float
    """The sum of the contributions: what `Hit.score` is, or would be."""
    contributions: tuple[Contribution, ...]
    """The terms that add to the score, the most important first."""
    missing: tuple[str, ...]
    """The parts of the query that the document does not satisfy."""
    documents: int
    """How many documents the index has."""
    relaxed: bool = False
    """Whether a search lists it behind the documents that match, as these are few."""

    def __str__(self) -> str:
        among = f"a score of {self.score:.3f} among {self.documents:,} documents"
        if self.matches:
            verdict = f"matches, with {among}:"
        else:
            what = ", ".join(self.missing) or "the filters"
            verdict = f"does not match: it does not satisfy {what}. What it has would score {self.score:.3f}:"
            if self.relaxed:
                verdict = f"is listed behind the few that match: it does not satisfy {what}. It has {among}:"
        return "\n".join([f"{self.query}  →  {self.id}", verdict, *map(str, self.contributions)])


def explain(
    text: str, document: Document, options: QueryOptions, snapshot: Snapshot, settings: Settings
) -> Explanation:
    """Raises `QuerySyntaxError` for a query that is not well-formed, unless ``lenient``, and
    `QueryTooExpensiveError` for one that would take too long."""
    with bounded(text, options, snapshot, settings) as asked:
        return _explain(text, document, options, asked, settings)


def _explain(
    text: str, document: Document, options: QueryOptions, snapshot: Snapshot, settings: Settings
) -> Explanation:
    planning = planning_of(text, options, snapshot, settings)
    query = planning.query
    planned = planning.plan()
    match, scores = planned.plan.match, planned.plan.scores
    more = relax(planning, planned, snapshot.count(match)) if options.match == "most" else None
    relaxed = more.match if more else MatchNone()
    parts = planned.parts
    indexed = DocumentBuilder(settings).build(document)
    terms = _terms_of(scores, indexed)
    # One request: for its score, whether it matches, which parts it matches, and the score of each term.
    this = TermSet("id", (id_term(document.id),))
    matches = [
        Plan(Boolean(must=(this, clause))) for clause in (match, relaxed, *(clause for _, clause in parts))
    ]
    own = [Plan(this, (ScoreClause(_node(term), weight),)) for term, weight, _ in terms]
    answers = snapshot.multi_search([Plan(this, scores), *matches, *own], limit=1)
    scored, matched, listed, *others = [found[0].score if found else None for _, found in answers]
    matched_parts, points = others[: len(parts)], others[len(parts) :]
    return Explanation(
        query=str(query),
        id=document.id,
        matches=matched is not None,
        score=scored or 0.0,
        contributions=(
            *_of_address(str(query), scores, indexed, snapshot),
            *_contributions(str(query), terms, points, snapshot),
        ),
        missing=tuple(str(part) for (part, _), score in zip(parts, matched_parts) if score is None),
        documents=len(snapshot),
        relaxed=listed is not None,
    )


def _terms_of(scores: Sequence[ScoreClause], indexed: IndexDocument) -> list[tuple[Term, float, int]]:
    """The terms that the document has, with their weights, and how often it has them."""
    title = indexed.values.get(TITLE_KEY)
    wanted = {score.node.text for score in scores if isinstance(score.node, Term)}
    # Of a long document only what is asked for is counted: to count all of its terms takes most of the time.
    counts = {
        field: Counter(filter(wanted.__contains__, joined.split(" ")))
        for field, joined in indexed.terms.items()
    }
    found = [
        (term, score.weight, times)
        for score in scores
        if isinstance(term := score.node, Term) and (times := counts.get(term.field, _NONE)[term.text])
    ]
    return found + [
        (Term(TITLE_KEY, key), score.weight, 1)
        for score in scores
        if isinstance(node := score.node, TermSet) and (key := node.values[0]) and node.values == title
    ]


def _where(field: str) -> str:
    """Which terms a field of the engine has, in words."""
    if field in _WHERE:
        return _WHERE[field]
    name, _, channel = field.removeprefix(TEXT_PREFIX).rpartition("_")
    return f"{_OF_CHANNEL[channel]} in the {name}"


def _node(term: Term) -> Term | TermSet:
    """What scores: a title that is the query counts as it is, without BM25."""
    return TermSet(TITLE_KEY, (term.text,)) if term.field == TITLE_KEY else term


def _of_address(
    typed: str, scores: Sequence[ScoreClause], indexed: IndexDocument, snapshot: Snapshot
) -> Iterator[Contribution]:
    """What the document gets for its address, where that is the query."""
    own = indexed.values.get(ADDRESS, ())
    for score in scores:
        match score.node:
            case TermSet(field, (term,)) if field == ADDRESS and isinstance(own, tuple) and term in own:
                (having,) = snapshot.doc_freqs(ADDRESS, [term])
                yield Contribution(typed, ADDRESS, score.weight, score.weight, 1, having)


def _contributions(
    typed: str, terms: Sequence[tuple[Term, float, int]], points: Sequence[float | None], snapshot: Snapshot
) -> list[Contribution]:
    normalized = normalize(typed)
    freqs: dict[Term, int] = {}
    for field in dict.fromkeys(term.field for term, *_ in terms):  # one question for each field
        of_field = [term for term, *_ in terms if term.field == field]
        freqs.update(zip(of_field, snapshot.doc_freqs(field, [term.text for term in of_field])))
    found = []
    for (term, weight, times), own in zip(terms, points):
        text = term.text.replace(WORD_END, " ").strip()
        at = normalized.find(text)
        shown = typed[at : at + len(text)] if at >= 0 else typed if term.field == TITLE_KEY else text
        found.append(Contribution(shown, term.field, own or 0.0, weight, times, freqs[term]))
    return sorted(found, key=lambda one: -one.points)

"""explain: a query and a document -> why it is found or not, and what its score is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from searchkit.analysis import WORD_END, normalize
from searchkit.document import Document
from searchkit.engine.base import Snapshot, id_term
from searchkit.engine.plan import Boolean, Clause, Plan, ScoreClause, Term, TermSet
from searchkit.indexing.document_builder import DocumentBuilder
from searchkit.query import parse
from searchkit.query.ast import AndNode, NotNode, QueryNode
from searchkit.search.options import SearchOptions
from searchkit.search.search import plan
from searchkit.settings import Settings

__all__ = ["Contribution", "Explanation", "explain"]

_WHERE = {
    "words": "word in title (twice) and body",
    "title_bigrams": "pair in the title",
    "title_unigrams": "character in the title",
    "body_bigrams": "pair in the body",
    "body_unigrams": "character in the body",
}


@dataclass(frozen=True)
class Contribution:
    """What one term adds to a score."""

    term: str
    """As the query has it; one that it finds as well is in folded spelling."""
    field: str
    points: float
    weight: float
    times: int
    """How often it stands in this field of the document."""
    documents: int
    """How many documents have it there."""

    def __str__(self) -> str:
        times = "once" if self.times == 1 else f"{self.times} times"
        return (
            f"{self.points:8.3f}  {self.term}  ({_WHERE[self.field]}: {times} here, "
            f"in {self.documents:,} documents, weight {self.weight:.3g})"
        )


@dataclass(frozen=True)
class Explanation:
    """Why a document is found with a query, or why not. ``str()`` of it is for people."""

    query: str
    id: str
    matches: bool
    score: float
    """The sum of the contributions; that of `Hit.score`, were it found."""
    contributions: tuple[Contribution, ...]
    """What adds to the score, most first."""
    missing: tuple[str, ...]
    """The parts of the query that the document does not satisfy."""
    documents: int
    """How many documents the index has."""

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{self.query}  →  {self.id}"
        if self.matches:
            yield f"matches, with a score of {self.score:.3f} among {self.documents:,} documents:"
        else:
            what = ", ".join(self.missing) or "the filters"
            yield f"does not match: it does not satisfy {what}. What it has would score {self.score:.3f}:"
        yield from map(str, self.contributions)


def explain(
    text: str, document: Document, options: SearchOptions, snapshot: Snapshot, settings: Settings
) -> Explanation:
    """Raises `QuerySyntaxError` for a query that is not well-formed, unless ``lenient``."""
    query = parse(text, lenient=options.lenient)
    understood = plan(query, options, snapshot, settings)
    planned, needs = understood.plan, _needs(understood.query, understood.plan.match)
    this = TermSet("id", (id_term(document.id),))

    def matches(node: Clause) -> bool:
        return snapshot.count(Boolean(must=(this, node))) > 0

    found = snapshot.search(Plan(this, planned.scores), limit=1, offset=0)[1]
    return Explanation(
        query=str(query),
        id=document.id,
        matches=matches(planned.match),
        score=found[0].score if found and planned.scores else 0.0,
        contributions=tuple(_contributions(query, planned.scores, this, document, snapshot, settings)),
        missing=tuple(str(part) for part, node in needs if not matches(node)),
        documents=len(snapshot),
    )


def _needs(query: QueryNode, match: Clause) -> Iterator[tuple[QueryNode, Clause]]:
    """The parts of a query and what each asks for: within the query, since words side by side may have
    alternatives together."""
    if not (isinstance(query, AndNode) and isinstance(match, Boolean)):
        yield query, match
        return
    wanted, unwanted = iter(match.must), iter(match.must_not)
    for child in query.children:
        yield child, Boolean(must_not=(next(unwanted),)) if isinstance(child, NotNode) else next(wanted)


def _contributions(
    query: QueryNode,
    scores: tuple[ScoreClause, ...],
    this: Clause,
    document: Document,
    snapshot: Snapshot,
    settings: Settings,
) -> list[Contribution]:
    typed = str(query)
    normalized = normalize(typed)
    terms = DocumentBuilder(settings).build(document).terms
    counts = {field: Counter(joined.split(" ")) for field, joined in terms.items()}
    found = []
    for score in scores:
        node = score.node
        if isinstance(node, Term) and (times := counts[node.field][node.text]):
            hits = snapshot.search(Plan(this, (score,)), limit=1, offset=0)[1]
            having = snapshot.doc_freqs(node.field, [node.text])[0]
            points = hits[0].score if hits else 0.0
            text = node.text.replace(WORD_END, " ").strip()
            at = normalized.find(text)
            shown = typed[at : at + len(text)] if at >= 0 else text
            found.append(Contribution(shown, node.field, points, score.weight, times, having))
    return sorted(found, key=lambda one: -one.points)

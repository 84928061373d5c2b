"""Similar (more like this): a document -> similar ones, by the words that are typical of it."""

from __future__ import annotations

import time
from collections import Counter
from math import log

from searchkit.analysis.function_words import FUNCTION_WORDS
from searchkit.document import Document
from searchkit.engine.base import PlanTooExpensiveError, Snapshot, id_term
from searchkit.engine.plan import Boolean, Plan, ScoreClause, Term, TermSet
from searchkit.highlight.snippet import highlighter
from searchkit.query.scoring import idf
from searchkit.searching.budget import BoundedSnapshot, too_expensive
from searchkit.searching.options import SimilarOptions
from searchkit.searching.results import Results, hits_of
from searchkit.settings import Settings

_MOST_WORDS = 30
_SHARE = 0.2


def similar(document: Document, options: SimilarOptions, snapshot: Snapshot, settings: Settings) -> Results:
    """The documents that share enough of the most telling words of this one, without itself."""
    started = time.perf_counter()
    weights = _telling_words(document, snapshot, settings)
    terms = tuple(Term("words", word) for word in weights)
    enough = Boolean(should=terms, minimum_should_match=max(1, round(len(terms) * _SHARE)))
    match = Boolean(
        must=(enough, *options.filters(settings.fields)), must_not=(TermSet("id", (id_term(document.id),)),)
    )
    scores = tuple(ScoreClause(term, weight) for term, weight in zip(terms, weights.values()))
    asked = BoundedSnapshot(snapshot, options.max_cost)
    try:
        total, found = asked.search(Plan(match, scores), limit=options.limit, offset=options.offset)
    except PlanTooExpensiveError as error:
        raise too_expensive(" OR ".join(weights), error) from None
    # Nothing is highlighted: thirty words of another document are no query of a person.
    hits = hits_of(found, highlighter(()), options.snippet_length)
    return Results(" OR ".join(weights), hits, total, time.perf_counter() - started)


def _telling_words(document: Document, snapshot: Snapshot, settings: Settings) -> dict[str, float]:
    """The words of the document with the highest tf·idf, and their weights; the title counts twice."""
    analyzer = settings.analyzer
    title, body = analyzer.terms(document.title).words.split(), analyzer.terms(document.body).words.split()
    counts = Counter(word for word in (*title, *title, *body) if word not in FUNCTION_WORDS)
    words = list(counts)
    size = len(snapshot)
    having = dict(zip(words, snapshot.doc_freqs("words", words)))
    # A word that no other document has leads nowhere.
    worth = {word: (1 + log(counts[word])) * idf(size, having[word]) for word in words if having[word] > 1}
    best = sorted(worth, key=lambda word: (-worth[word], word))[:_MOST_WORDS]
    return {word: 1 + log(counts[word]) for word in best}

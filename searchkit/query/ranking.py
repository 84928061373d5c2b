"""ranking: query tree -> the terms whose BM25 is added up for the rank.

Words, bigrams and units rank together; docs/decisions/0001-channels.md has what each of them adds.
"""

from __future__ import annotations

from searchkit.analysis import bigram
from searchkit.query.plan import Node, Score, Term
from searchkit.query.tree import And, Boost, Field, Or, Part, Passage, Prefix, Query
from searchkit.query.words import Words, WordsOf

__all__ = ["rank_scores"]

WEIGHTS = {"words": 1.0, "body_bigrams": 0.5, "body_units": 0.5, "title_bigrams": 0.05}
"""What a term's BM25 counts for, by field."""
WEIGHTS_IN_TITLE = {"title_bigrams": 1.0, "title_units": 0.5}
WEIGHTS_IN_BODY = {"body_bigrams": 1.0, "body_units": 0.5}


def rank_scores(query: Query, words_of: WordsOf) -> tuple[Score, ...]:
    """What adds to the score: all that is asked for, nothing that is ruled out."""
    weights: dict[Node, float] = {}

    def collect(query: Query, factor: float) -> None:
        match query:
            case Part(text, part) | Passage(text, part) | Prefix(text, part):
                for term, weight in _terms(words_of(text), part):
                    weights[term] = weights.get(term, 0.0) + factor * weight
            case Boost(child, weight):
                collect(child, factor * weight)
            case And(children) | Or(children):
                for child in children:
                    collect(child, factor)
            case _:
                pass  # filters and open words match or do not

    collect(query, 1.0)
    return tuple(Score(node, weight) for node, weight in weights.items())


def _terms(words: Words, part: Field | None) -> list[tuple[Term, float]]:
    pieces = words.units
    channels = {
        "words": words.all,
        "bigrams": [bigram(first, second) for first, second in zip(pieces, pieces[1:])],
        # Of a single word the units say nothing that the word does not, and they are dear: half the time.
        "units": pieces if len(words.all) > 1 or len(pieces) == 1 else [],
    }
    weights = {None: WEIGHTS, "title": WEIGHTS_IN_TITLE, "body": WEIGHTS_IN_BODY}[part]
    return [
        (Term(field, text), weight)
        for field, weight in weights.items()
        for text in channels[field.rpartition("_")[2]]
    ]

"""ranking: query tree -> the terms whose BM25 is added up for the rank.

Words, bigrams and units rank together; docs/decisions/0001-channels.md has what each of them adds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import log
from typing import Protocol

from searchkit.analysis import bigram, tokenize
from searchkit.analysis.function_words import FUNCTION_WORDS, QUESTION_WORDS
from searchkit.engine.plan import Clause, ScoreClause, Term
from searchkit.query.ast import AndNode, BoostNode, Field, OrNode, PhraseNode, PrefixNode, QueryNode, TextNode
from searchkit.query.words import Words, WordsOf

__all__ = ["Statistics", "idf", "rank_scores"]

WEIGHTS = {"words": 1.0, "body_bigrams": 0.75, "body_unigrams": 0.75, "title_bigrams": 0.05}
"""What a term's BM25 counts for, by field."""
WEIGHTS_IN_TITLE = {"title_bigrams": 1.0, "title_unigrams": 0.5}
WEIGHTS_IN_BODY = {"body_bigrams": 1.0, "body_unigrams": 0.5}
_FUNCTION_BIGRAMS = FUNCTION_WORDS | QUESTION_WORDS
ALTERNATIVE = 0.5
"""What a regional word or a synonym counts for, at most, against the word that was typed."""


class Statistics(Protocol):
    """What ranking has to know of an index."""

    def __len__(self) -> int:
        """How many documents there are."""

    def doc_freqs(self, field: str, terms: Sequence[str]) -> list[int]:
        """How many documents have each of the terms in the field."""


def rank_scores(query: QueryNode, words_of: WordsOf, statistics: Statistics) -> tuple[ScoreClause, ...]:
    """What adds to the score: all that is asked for, nothing that is ruled out."""
    weights: dict[Clause, float] = {}

    def add(terms: Iterable[tuple[Term, float]], factor: float) -> None:
        for term, weight in terms:
            weights[term] = weights.get(term, 0.0) + factor * weight

    def collect(query: QueryNode, factor: float) -> None:
        match query:
            case TextNode(_, part):
                words = words_of.part(query)
                add(_terms(words, part), factor)
                add(_alternative_terms(words, part, statistics), factor)
            case PhraseNode(text, part) | PrefixNode(text, part):
                add(_terms(words_of(text), part), factor)
            case BoostNode(child, weight):
                collect(child, factor * weight)
            case AndNode(children) | OrNode(children):
                for child in children:
                    collect(child, factor)
            case _:
                pass  # filters and open words match or do not

    collect(query, 1.0)
    return tuple(ScoreClause(node, weight) for node, weight in weights.items())


def idf(documents: int, having: int) -> float:
    """How much a term says that so many of the documents have: that of BM25."""
    having = min(having, documents)  # deleted documents may still be counted
    return log(1 + (documents - having + 0.5) / (having + 0.5))


def _weights(part: Field | None) -> dict[str, float]:
    return {None: WEIGHTS, "title": WEIGHTS_IN_TITLE, "body": WEIGHTS_IN_BODY}[part]


def _bigrams(pieces: Sequence[str]) -> list[str]:
    return [bigram(first, second) for first, second in zip(pieces, pieces[1:])]


def _terms(words: Words, part: Field | None) -> list[tuple[Term, float]]:
    """The terms of a text, each once: a word that a long question repeats is no more what it is about."""
    pieces = words.tokens
    channels = {
        "words": words.ranking,
        "bigrams": _telling(_bigrams(pieces)),
        # Of a single word the units say nothing that the word does not, and they are dear: half the time.
        "unigrams": pieces if len(words.all) > 1 or len(pieces) == 1 else [],
    }
    return [
        (Term(field, text), weight)
        for field, weight in _weights(part).items()
        for text in dict.fromkeys(channels[field.rpartition("_")[2]])
    ]


def _telling(bigrams: list[str]) -> list[str]:
    """Those that are no function words, unless there are no others."""
    return [term for term in bigrams if term not in _FUNCTION_BIGRAMS] or bigrams


def _alternative_terms(words: Words, part: Field | None, statistics: Statistics) -> list[tuple[Term, float]]:
    """The terms of regional words and synonyms, weighted so that they rank below what was typed.

    A rare word says more than a common one, so its weight is cut down to what the typed word would say: of
    two documents alike, the one with the typed word comes first. And where there are documents with the
    typed word, only bigrams count, which do not depend on what the segmenter made of its neighbours.
    """
    found = []
    size = len(statistics)
    for word in dict.fromkeys(words.all):
        pieces = tokenize(word)
        others_of_word = words.alternatives(word)
        is_there = bool(others_of_word) and _is_there(pieces, statistics)
        for other in others_of_word:
            for field, weight in _weights(part).items():
                channel = _CHANNELS[field.rpartition("_")[2]]
                typed, others = channel([word], pieces), channel(other.all, other.tokens)
                if not typed or not others or (field == "words" and is_there):
                    continue
                most = min(idf(size, having) for having in statistics.doc_freqs(field, typed))
                for text, having in zip(others, statistics.doc_freqs(field, others)):
                    share = min(1.0, most / idf(size, having)) / len(others)
                    found.append((Term(field, text), weight * ALTERNATIVE * share))
    return found


def _is_there(pieces: list[str], statistics: Statistics) -> bool:
    """May some document have these units as neighbours?"""
    channel, terms = ("bigrams", _bigrams(pieces)) if len(pieces) > 1 else ("unigrams", pieces)
    return any(min(statistics.doc_freqs(f"{part}_{channel}", terms)) for part in ("title", "body"))


_CHANNELS: dict[str, Callable[[list[str], list[str]], list[str]]] = {
    "words": lambda words, _: words,
    "bigrams": lambda _, pieces: _bigrams(pieces),
    "unigrams": lambda _, pieces: pieces if len(pieces) == 1 else [],
}

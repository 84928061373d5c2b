"""scoring: texts of a query -> the terms whose BM25 is added up for the rank.

Words, bigrams and unigrams rank together; docs/decisions/0001-channels.md has what each of them adds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log
from typing import Protocol

from searchkit.analysis import bigrams, plain
from searchkit.analysis.function_words import FUNCTION_WORDS, QUESTION_WORDS
from searchkit.query.analyzed_text import AnalyzedText, without
from searchkit.query.ast import Field

WEIGHTS = {"words": 1.0, "body_bigrams": 0.75, "body_unigrams": 0.75, "title_bigrams": 0.05}
"""What a term's BM25 counts for, by field."""
WEIGHTS_IN_TITLE = {"title_bigrams": 1.0, "title_unigrams": 0.5}
WEIGHTS_IN_BODY = {"body_bigrams": 1.0, "body_unigrams": 0.5}
_FUNCTION_BIGRAMS = FUNCTION_WORDS | QUESTION_WORDS
ALTERNATIVE = 0.5
"""What a regional word or a synonym counts for, at most, against the word that was typed."""

LONG = 50
"""A query of more terms is long, as a headline is; docs/decisions/0012-scored-terms.md has the figures."""
LITTLE = 0.1
"""A term of a long query does not count when it adds less than this share of what a unique word adds."""

FieldTerm = tuple[str, str]
"""A field of the engine and a term in it."""
WeightedTerm = tuple[FieldTerm, float]
"""The same, and what the term's BM25 counts for."""


class Statistics(Protocol):
    """What ranking has to know of an index."""

    def __len__(self) -> int:
        """How many documents there are."""

    def doc_freqs(self, field: str, terms: Sequence[str]) -> list[int]:
        """How many documents have each of the terms in the field."""


def text_terms(text: AnalyzedText, field: Field | None) -> Iterable[WeightedTerm]:
    """The terms of a text, each once: a word that a long question repeats is no more what it is about."""
    channels = {
        "words": without(text.words, QUESTION_WORDS),  # an answer does not repeat them
        "bigrams": without(bigrams(text.tokens), _FUNCTION_BIGRAMS),
        # Of a single word the unigrams say nothing that the word does not, and cost half the time.
        "unigrams": [*map(plain, text.tokens)] if len(text.words) > 1 or len(text.tokens) == 1 else (),
    }
    found = {}
    for name, weight in _weights(field).items():
        for term in channels[name.rpartition("_")[2]]:
            found[name, term] = weight
    return found.items()


def alternative_terms(
    text: AnalyzedText, field: Field | None, statistics: Statistics
) -> Iterator[WeightedTerm]:
    """The terms of the alternatives of a text.

    Spellings of one word count as if all of them were one term. Regional words and synonyms rank below what
    was typed: a rare word says more than a common one, so its weight is cut down to what the typed word would
    say, and of two documents alike the one with the typed word comes first. Where there are documents with
    the typed word, only their bigrams count, which do not depend on the neighbours that the segmenter saw.
    """
    size = len(statistics)
    spellings: dict[FieldTerm, list[FieldTerm]] = {}
    for one in text.alternatives:
        tokens = text.tokens[one.start : one.end]
        words = [word.text for word in text.query_words if one.start <= word.start and word.end <= one.end]
        is_there = one.kind != "spelling" and _is_there(tokens, statistics)
        for name, weight in _weights(field).items():
            channel = name.rpartition("_")[2]
            typed, others = _terms(channel, words, tokens), _terms(channel, one.words, one.tokens)
            if not typed or not others:
                continue
            if one.kind == "spelling":
                for term in typed:
                    spellings.setdefault((name, term), []).extend((name, other) for other in others)
            elif name != "words" or not is_there:
                most = idf(size, max(statistics.doc_freqs(name, typed)))
                for term, having in zip(others, statistics.doc_freqs(name, others)):
                    share = min(1.0, most / idf(size, having)) / len(others)
                    yield (name, term), weight * ALTERNATIVE * share
    yield from _as_one_term(spellings, _weights(field), statistics)


def telling_terms(weights: Mapping[FieldTerm, float], statistics: Statistics) -> Iterable[FieldTerm]:
    """The terms without those of a long query that say next to nothing, whose postings are the longest.

    The weights are those of this module, without boosts. Only unigrams are looked up: few other terms are so
    frequent, and to find them would take as long as to score them.
    """
    if len(weights) <= LONG:
        return weights
    documents = len(statistics)
    rarest = idf(documents, 1)
    least = LITTLE * rarest
    kept = {term: weight for term, weight in weights.items() if weight * rarest > least}
    for field in dict.fromkeys(field for field, _ in kept if field.endswith("_unigrams")):
        terms = [term for name, term in kept if name == field]
        for term, having in zip(terms, statistics.doc_freqs(field, terms)):
            if kept[field, term] * idf(documents, having) < least:
                del kept[field, term]
    return kept or weights


def idf(documents: int, having: int) -> float:
    """How much a term says that so many of the documents have: that of BM25."""
    having = min(having, documents)  # deleted documents may still be counted
    return log(1 + (documents - having + 0.5) / (having + 0.5))


def _as_one_term(
    spellings: Mapping[FieldTerm, Sequence[FieldTerm]], weights: Mapping[str, float], statistics: Statistics
) -> Iterator[WeightedTerm]:
    """What to add to the weights of typed terms, and the weights of their other spellings.

    All of them say as much as one term would that is in the documents of each.
    """
    size = len(statistics)
    shared: dict[FieldTerm, float] = {}
    for (name, term), others in spellings.items():
        terms = list(dict.fromkeys([term, *(other for _, other in others)]))
        freqs = statistics.doc_freqs(name, terms)
        together = idf(size, sum(freqs))
        for number, (each, having) in enumerate(zip(terms, freqs)):
            share = weights[name] * together / idf(size, having)
            if not number:
                yield (name, each), share - weights[name]
            elif (name, each) not in spellings:
                shared[name, each] = max(share, shared.get((name, each), 0.0))
    yield from shared.items()


def _is_there(tokens: Sequence[str], statistics: Statistics) -> bool:
    """May a document have these tokens as neighbours?"""
    channel, terms = ("bigrams", bigrams(tokens)) if len(tokens) > 1 else ("unigrams", tokens)
    return any(min(statistics.doc_freqs(f"{name}_{channel}", terms)) for name in ("title", "body"))


def _weights(field: Field | None) -> dict[str, float]:
    return {None: WEIGHTS, "title": WEIGHTS_IN_TITLE, "body": WEIGHTS_IN_BODY}[field]


def _terms(channel: str, words: Sequence[str], tokens: Sequence[str]) -> Sequence[str]:
    """The terms of one word in a channel."""
    unigrams = tokens if len(tokens) == 1 else ()
    return {"words": words, "bigrams": bigrams(tokens), "unigrams": unigrams}[channel]

"""scoring: texts of a query -> the terms whose BM25 is added up for the rank.

Words, bigrams and unigrams rank together; docs/decisions/0001-channels.md has what each of them adds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log

from searchkit.analysis import bigrams, plain
from searchkit.analysis.function_words import FUNCTION_WORDS, QUESTION_WORDS
from searchkit.query.analyzed_text import AnalyzedText, without
from searchkit.query.ast import Field
from searchkit.query.frequencies import Frequencies, Statistics

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
    text: AnalyzedText, field: Field | None, statistics: Frequencies
) -> Iterator[WeightedTerm]:
    """The terms of the regional words and synonyms of a text; `searchkit.query.spellings` has the others.

    They rank below what was typed: a rare word says more than a common one, so its weight is cut down to what
    the typed word would say, and of two documents alike the one with the typed word comes first. Where there
    are documents with the typed word, only their bigrams count, which do not depend on the neighbours that
    the segmenter saw.
    """
    size = len(statistics)
    for one in text.alternatives:
        if one.kind == "spelling":
            continue
        tokens = text.tokens[one.start : one.end]
        words = [word.text for word in text.query_words if one.start <= word.start and word.end <= one.end]
        is_there = statistics.of_forms([tokens])[0] > 0
        for name, weight in _weights(field).items():
            channel = name.rpartition("_")[2]
            own, others = _terms(channel, words, tokens), _terms(channel, one.words, one.tokens)
            if own and others and (name != "words" or not is_there):
                most = idf(size, max(statistics.doc_freqs(name, own)))
                for term, having in zip(others, statistics.doc_freqs(name, others)):
                    share = min(1.0, most / idf(size, having)) / len(others)
                    yield (name, term), weight * ALTERNATIVE * share


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


def _weights(field: Field | None) -> dict[str, float]:
    return {None: WEIGHTS, "title": WEIGHTS_IN_TITLE, "body": WEIGHTS_IN_BODY}[field]


def _terms(channel: str, words: Sequence[str], tokens: Sequence[str]) -> Sequence[str]:
    """The terms of one word in a channel."""
    unigrams = tokens if len(tokens) == 1 else ()
    return {"words": words, "bigrams": bigrams(tokens), "unigrams": unigrams}[channel]

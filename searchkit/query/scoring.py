"""scoring: texts of a query -> the terms whose BM25 is added up for the rank.

Words, bigrams and unigrams rank together; docs/decisions/0001-channels.md has what each of them adds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log

from searchkit.analysis import bigrams, plain
from searchkit.analysis.function_words import FUNCTION_WORDS, QUESTION_WORDS
from searchkit.engine.plan import TEXT_PREFIX, ScoreClause, TermSet
from searchkit.query.analyzed_text import AnalyzedText, without
from searchkit.query.ast import Field
from searchkit.query.frequencies import Frequencies, Statistics
from searchkit.schema import TAGS, TITLE_KEY, text_field

WEIGHTS = {"words": 1.0, "body_bigrams": 0.75, "body_unigrams": 0.75}
"""What a term's BM25 counts for, by field; titles beside it, as `title_weight` says."""
TITLE, TITLE_ALONE = 1.0, 2.0
"""What titles count for: of every text, and on top of that a word that is asked for alone."""
TITLE_OF_QUESTION = 0.05
"""The answer stands in the body; docs/decisions/0016-titles.md has what more costs."""
LONG_TITLE = 16
"""A text of more tokens is found by its words, and the pairs in titles would cost a tenth of its time."""
WEIGHTS_OF_TEXT = {"words": 1.0, "bigrams": 0.75, "unigrams": 0.75}
"""By channel, of a declared field of text."""
WEIGHT_OF_TAGS = 1.0
"""Of a term in a tag: a bigram, or a word of one token."""
WEIGHTS_IN_FIELD = {"bigrams": 1.0, "unigrams": 0.5}
"""Of a field that is asked alone."""
_FUNCTION_BIGRAMS = FUNCTION_WORDS | QUESTION_WORDS
_OTHER_CHANNEL = {"bigrams": "unigrams", "unigrams": "bigrams"}
_K1 = 1.2
# Of more content words, those of one token stand in bigrams of the query.
_FEW = 5
ALTERNATIVE = 0.5
"""What a regional word or a synonym counts for, at most, against the word that was typed."""

LONG = 50
"""A query of more terms is long, as a headline is; docs/decisions/0012-scored-terms.md has the figures."""
LITTLE = 0.1
"""A term of a long query does not count when it adds less than this share of what a unique word adds."""

NO_BOOSTS: Mapping[str, float] = {}
"""What each field counts for; 1 where nothing else is said."""

FieldTerm = tuple[str, str]
"""A field of the engine and a term in it."""
WeightedTerm = tuple[FieldTerm, float]
"""The same, and what the term's BM25 counts for."""


def text_terms(
    text: AnalyzedText,
    field: Field | None,
    boosts: Mapping[str, float] = NO_BOOSTS,
    texts: Sequence[str] = (),
) -> Iterable[WeightedTerm]:
    """The terms of a text, each once: a word that a long question repeats is no more what it is about."""
    channels = {
        "words": without(text.words, QUESTION_WORDS),  # an answer does not repeat them
        "bigrams": without(bigrams(text.tokens), _FUNCTION_BIGRAMS),
        # Of a single word the unigrams say nothing that the word does not, and cost half the time.
        "unigrams": [*map(plain, text.tokens)] if len(text.words) > 1 or len(text.tokens) == 1 else (),
    }
    found = {}
    for name, weight in _weights(text, field, boosts, texts).items():
        for term in channels[name.rpartition("_")[2]]:
            found[name, term] = weight
    if not field and (single := _single_tokens(text)):
        if weight := title_weight(text) * boosts.get("title", 1.0):
            found |= {("title_unigrams", term): weight for term in single}
        if TAGS in texts and (weight := WEIGHT_OF_TAGS * boosts.get(TAGS, 1.0)):
            found |= {(f"{text_field(TAGS)}_unigrams", term): weight for term in single}
    return found.items()


def title_weight(text: AnalyzedText) -> float:
    """What a term in a title counts for. The fewer words, the more: who types one or two means a subject."""
    if text.is_question or len(text.tokens) > LONG_TITLE:
        return TITLE_OF_QUESTION
    return TITLE + TITLE_ALONE / max(1, len(text.content_words))


def title_score(title: str, weights: float, statistics: Statistics) -> Iterator[ScoreClause]:
    """What documents with this `title_key`, that of the query, get on top, so that they come first.

    It is as much as terms whose weights add up to ``weights`` can give at most. It is looked up whether there
    are any: what adds a number instead of a BM25 makes searches of frequent words half again as slow.
    """
    if any(statistics.doc_freqs(TITLE_KEY, [title])):
        yield ScoreClause(TermSet(TITLE_KEY, (title,)), weights * (_K1 + 1) * idf(len(statistics), 1))


def alternative_terms(
    text: AnalyzedText,
    field: Field | None,
    statistics: Frequencies,
    boosts: Mapping[str, float] = NO_BOOSTS,
    texts: Sequence[str] = (),
) -> Iterator[WeightedTerm]:
    """The terms of the regional words and synonyms of a text; `searchkit.query.spellings` has the others.

    They rank below what was typed: a rare word says more than a common one, so its weight is cut down to what
    the typed word would say, and of two documents alike the one with the typed word comes first. Where there
    are documents with the typed word, only their bigrams count, which do not depend on the neighbours that
    the segmenter saw.
    """
    size = len(statistics)
    weights = _weights(text, field, boosts, texts)
    if "title_bigrams" in weights:
        weights.setdefault("title_unigrams", weights["title_bigrams"])
    for one in text.alternatives:
        if one.kind == "spelling":
            continue
        tokens = text.tokens[one.start : one.end]
        words = [word.text for word in text.query_words if one.start <= word.start and word.end <= one.end]
        is_there = statistics.of_forms([tokens])[0] > 0
        for name, weight in weights.items():
            base, _, channel = name.rpartition("_")
            others = _terms(channel, one.words, one.tokens)
            if not others or (channel == "words" and is_there):
                continue
            own, own_name = _terms(channel, words, tokens), name
            if not own:  # one of the two is a single token: google and 谷歌
                other_channel = _OTHER_CHANNEL.get(channel, "")
                own, own_name = _terms(other_channel, words, tokens), f"{base}_{other_channel}"
            if own:
                most = idf(size, max(statistics.doc_freqs(own_name, own)))
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


def _weights(
    text: AnalyzedText, field: Field | None, boosts: Mapping[str, float], texts: Sequence[str]
) -> dict[str, float]:
    """What terms count for by field of the engine; ``texts`` are the declared fields of text."""
    if field:
        name = text_field(field)
        weights = {f"{name}_{channel}": weight for channel, weight in WEIGHTS_IN_FIELD.items()}
    else:
        weights = {**WEIGHTS, "title_bigrams": title_weight(text)}
        for name in texts:
            if name == TAGS:
                weights[f"{text_field(TAGS)}_bigrams"] = WEIGHT_OF_TAGS
                continue
            weights |= {
                f"{text_field(name)}_{channel}": weight for channel, weight in WEIGHTS_OF_TEXT.items()
            }
    return _boosted(weights, boosts) if boosts else weights


def _boosted(weights: Mapping[str, float], boosts: Mapping[str, float]) -> dict[str, float]:
    """The weights times the boosts of their fields.

    Words are those of title and body in one, so they count as the lesser of both; what the body counts for
    beyond that, its bigrams do.
    """
    of_field = {"title": 1.0, "body": 1.0, **boosts}
    both = of_field["words"] = min(of_field["title"], of_field["body"])
    boosted = {name: weight * of_field.get(_field_of(name), 1.0) for name, weight in weights.items()}
    if "words" in weights:
        boosted["body_bigrams"] += weights["words"] * (of_field["body"] - both)
    return {name: weight for name, weight in boosted.items() if weight}


def _field_of(name: str) -> str:
    """The field of documents whose channel it is; ``words`` are of two."""
    return name.rpartition("_")[0].removeprefix(TEXT_PREFIX) or name


def _single_tokens(text: AnalyzedText) -> list[str]:
    """The content words that are one token, which have no bigram of their own: 茶, iPhone.

    Among many words they stand in bigrams of the query.
    """
    if len(text.content_words) > _FEW:
        return []
    found = [plain(text.tokens[word.start]) for word in text.content_words if word.end == word.start + 1]
    return list(without(found, QUESTION_WORDS))


def _terms(channel: str, words: Sequence[str], tokens: Sequence[str]) -> Sequence[str]:
    """The terms of one word in a channel."""
    if channel == "words":
        return words
    if channel == "bigrams":
        return bigrams(tokens) if len(tokens) > 1 else ()
    return [plain(tokens[0])] if channel == "unigrams" and len(tokens) == 1 else ()

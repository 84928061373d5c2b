"""AnalyzedText: a text of a query with its tokens and words, analysed once for all of the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from searchkit.analysis import Analyzer, is_word, normalize, query_tokens, without_symbols
from searchkit.analysis.function_words import FUNCTION_WORDS, QUESTION_WORDS


class AnalyzedText(NamedTuple):
    """A text and what the analysis makes of it."""

    text: str
    tokens: Sequence[str]
    all_words: Sequence[str]
    """In order, with stop words; a word that comes twice is here twice."""
    words: Sequence[str]
    """The same without stop words."""
    query_words: Sequence[str]
    """The words that a document should have, each once."""
    content_words: Sequence[str]
    """The query words that decide about a match: no function words, unless there are no others."""
    is_question: bool
    """Does the text ask for an answer, which may be in other words?"""
    tokens_of: Mapping[str, Sequence[str]]
    """The tokens of each word."""
    alternatives: Mapping[str, Sequence[AnalyzedText]] = {}
    """What else a word finds: regional words and synonyms."""


def analyze_text(text: str, analyzer: Analyzer) -> AnalyzedText:
    """Normalize, tokenize and segment a text."""
    normalized = normalize(text)
    tokens = query_tokens(text)
    all_words, words = analyzer.segment(normalized)
    return _analyzed(text, tokens, all_words, words, {normalized: tokens})


def join_texts(texts: Sequence[AnalyzedText]) -> AnalyzedText:
    """The texts with spaces between as one text. It is not segmented again: no word crosses a space."""
    return _analyzed(
        " ".join(text.text for text in texts),
        without_symbols([token for text in texts for token in text.tokens]),
        [word for text in texts for word in text.all_words],
        [word for text in texts for word in text.words],
        {word: tokens for text in texts for word, tokens in text.tokens_of.items()},
    )


def without(words: Sequence[str], excluded: frozenset[str]) -> Sequence[str]:
    """The words that are not excluded; all of them where there are no others."""
    if excluded.isdisjoint(words):
        return words
    return [word for word in words if word not in excluded] or words


def _analyzed(
    text: str,
    tokens: Sequence[str],
    all_words: Sequence[str],
    words: Sequence[str],
    known: Mapping[str, Sequence[str]],
) -> AnalyzedText:
    tokens_of = {word: known.get(word) or query_tokens(word) for word in all_words}
    query_words = _query_words(tokens, words or all_words, tokens_of)
    for token in query_words:
        tokens_of.setdefault(token, [token])
    content_words = without(query_words, FUNCTION_WORDS)
    is_question = text.endswith(("?", "？")) or not QUESTION_WORDS.isdisjoint(query_words)
    return AnalyzedText(text, tokens, all_words, words, query_words, content_words, is_question, tokens_of)


def _query_words(
    tokens: Sequence[str], words: Sequence[str], tokens_of: Mapping[str, Sequence[str]]
) -> list[str]:
    """The words, each once, that consist of tokens which are neighbours in the text.

    Otherwise a query could not find the very text that it is. Where the segmenter cut a token in two,
    the token itself is the word, and so is every token where there is no word.
    """
    in_order = "\n" + "\n".join(tokens) + "\n"
    found = []
    start = 0
    for word in dict.fromkeys(words):
        neighbours = "\n" + "\n".join(tokens_of[word]) + "\n"
        # Words come in the order of the text, so nearly all are found at once.
        place = in_order.find(neighbours, start)
        if tokens_of[word] and (place >= 0 or neighbours in in_order):
            found.append(word)
            start = max(start, place)
    covered = {token for word in found for token in tokens_of[word]}
    cut = (token for token in tokens if token not in covered and is_word(token))
    return [*found, *dict.fromkeys(cut)] or list(dict.fromkeys(tokens))

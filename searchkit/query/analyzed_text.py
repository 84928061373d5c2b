"""AnalyzedText: a text of a query with its tokens and words, analysed once for all of the plan."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from searchkit.analysis import Analyzer, is_symbol, is_word, normalize, query_tokens, without_symbols
from searchkit.analysis.function_words import FUNCTION_WORDS, QUESTION_WORDS
from searchkit.query.alternatives import Alternative
from searchkit.query.words import Word, joined_words


class AnalyzedText(NamedTuple):
    """A text and what the analysis makes of it."""

    text: str
    tokens: Sequence[str]
    words: Sequence[str]
    """Those of the segmenter in order, without stop words; one that comes twice is here twice."""
    query_words: Sequence[Word]
    """The words that a document should have, each once."""
    content_words: Sequence[Word]
    """The query words that decide about a match: no function words, unless there are no others."""
    is_question: bool
    """Does the text ask for an answer, which may be in other words?"""
    alternatives: Sequence[Alternative] = ()
    """What else its words find: other spellings, regional words, synonyms."""

    @property
    def is_symbols(self) -> bool:
        """Are all of its tokens symbols?"""
        return bool(self.tokens) and is_symbol(self.tokens[0])

    @property
    def is_function_words(self) -> bool:
        """Does the text say nothing by itself?"""
        return all(word.text in FUNCTION_WORDS for word in self.query_words)


# As many tokens the segmenter leaves out side by side, or cuts otherwise.
_NEAR = 2


def analyze_text(text: str, analyzer: Analyzer) -> AnalyzedText:
    """Normalize, tokenize and segment a text."""
    normalized = normalize(text)
    all_words, words = analyzer.segment(normalized)
    tokens = query_tokens(text)
    if len(words) == 1 and words[0] == normalized and tokens:
        placed = [Word(normalized, 0, len(tokens))]  # as most texts are
    else:
        placed = _placed(tokens, all_words, words or all_words)
    return _analyzed(text, tokens, words, joined_words(text, placed))


def join_texts(texts: Sequence[AnalyzedText]) -> AnalyzedText:
    """The texts with spaces between as one text. It is not segmented again: no word crosses a space."""
    if len(texts) == 1:
        return texts[0]
    joined = " ".join(text.text for text in texts)
    tokens = without_symbols([token for text in texts for token in text.tokens])
    if tokens and not is_symbol(tokens[0]):  # and so nor are the others
        texts = [text for text in texts if not text.is_symbols]
    starts = [0, *accumulate(len(text.tokens) for text in texts)]
    only_stop_words = not any(text.words for text in texts)
    words = [
        word._replace(start=start + word.start, end=start + word.end)
        for text, start in zip(texts, starts)
        if text.words or only_stop_words
        for word in text.query_words
    ]
    return _analyzed(joined, tokens, [word for text in texts for word in text.words], words)


def with_alternatives(texts: Sequence[AnalyzedText], whole: AnalyzedText) -> list[AnalyzedText]:
    """The texts, each with its share of the alternatives of the whole that they are together."""
    if not whole.alternatives:
        return [*texts]
    found, start = [], 0
    for text in texts:
        if text.is_symbols and not whole.is_symbols:
            found.append(text)
            continue
        end = start + len(text.tokens)
        share = [
            one._replace(start=max(one.start, start) - start, end=min(one.end, end) - start)
            for one in whole.alternatives
            if one.start < end and start < one.end and one.tokens != tuple(whole.tokens[one.start : one.end])
        ]
        found.append(text._replace(alternatives=share))
        start = end
    return found


def without(words: Sequence[str], excluded: frozenset[str]) -> Sequence[str]:
    """The words that are not excluded; all of them where there are no others."""
    if excluded.isdisjoint(words):
        return words
    return [word for word in words if word not in excluded] or words


def _analyzed(text: str, tokens: Sequence[str], words: Sequence[str], placed: Sequence[Word]) -> AnalyzedText:
    query_words = content_words = placed
    if len(placed) > 1:
        query_words = [*{word.text: word for word in reversed(placed)}.values()][::-1]
        content_words = [word for word in query_words if word.text not in FUNCTION_WORDS] or query_words
    is_question = text.endswith(("?", "？")) or not QUESTION_WORDS.isdisjoint(
        [word.text for word in query_words]
    )
    return AnalyzedText(text, tokens, words, query_words, content_words, is_question)


def _placed(tokens: Sequence[str], all_words: Sequence[str], words: Sequence[str]) -> list[Word]:
    """The words that consist of tokens which are neighbours in the text, with their places, in order.

    Otherwise a query could not find the very text that it is. Where the segmenter cut a token in two,
    the token itself is the word, and so is every token where there is no word.
    """
    found: list[Word] = []
    at = 0
    tokens, kept = [*tokens], frozenset(words)
    for word in all_words:
        own = query_tokens(word)
        size = len(own)
        # Words come in the order of the text, so nearly all are found at once.
        start = at
        while start + size <= len(tokens) and tokens[start : start + size] != own:
            start += 1
        if not own or start + size > len(tokens):
            continue
        if word in kept:
            found.append(Word(word, start, start + size))
        # What stands further behind is another word like it; those between are still to come.
        if start - at <= _NEAR:
            at = start + size
    covered = {token for word in found for token in tokens[word.start : word.end]}
    cut = [Word(t, i, i + 1) for i, t in enumerate(tokens) if t not in covered and is_word(t)]
    if not found and not cut:
        return [Word(token, i, i + 1) for i, token in enumerate(tokens)]
    return sorted([*found, *cut], key=lambda word: word.start) if cut else found

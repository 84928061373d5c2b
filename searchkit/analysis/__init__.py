"""analysis: text -> terms. Normalizer, tokenizer, bigram filter, segmenter; knows no engine and no files."""

from searchkit.analysis.analyzer import Analyzer, Terms
from searchkit.analysis.bigram_filter import (
    bigram,
    bigrams,
    is_letters_and_digits,
    is_one_word,
    is_symbol,
    is_word,
    plain,
    query_tokens,
    title_key,
    without_symbols,
)
from searchkit.analysis.kernel import Kind, Tokens, has_tokens, normalize, tokenize, visible
from searchkit.analysis.normalizer import variants
from searchkit.analysis.tokens import LINE_BREAK, WORD_END

__all__ = [
    "LINE_BREAK",
    "WORD_END",
    "Analyzer",
    "Kind",
    "Terms",
    "Tokens",
    "bigram",
    "bigrams",
    "has_tokens",
    "is_letters_and_digits",
    "is_one_word",
    "is_symbol",
    "is_word",
    "normalize",
    "plain",
    "query_tokens",
    "title_key",
    "tokenize",
    "variants",
    "visible",
    "without_symbols",
]

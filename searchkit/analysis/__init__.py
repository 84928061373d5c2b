"""analysis: text -> terms. Normalizer, tokenizer, bigram filter, segmenter; knows no engine and no files."""

from searchkit.analysis.analyzer import Analyzer, Terms
from searchkit.analysis.bigram_filter import LINE_END, WORD_END, bigram, bigrams
from searchkit.analysis.normalizer import normalization_table, normalize, variants
from searchkit.analysis.tokenizer import LATIN, has_tokens, is_latin, tokenize

__all__ = [
    "LATIN",
    "LINE_END",
    "WORD_END",
    "Analyzer",
    "Terms",
    "bigram",
    "bigrams",
    "has_tokens",
    "is_latin",
    "normalization_table",
    "normalize",
    "tokenize",
    "variants",
]

"""analysis: text -> terms. Fold, segment, channels; knows no engine and no files."""

from searchkit.analysis.analyzer import Analyzer, Terms
from searchkit.analysis.normalizer import normalization_table, normalize, variants
from searchkit.analysis.tokenizer import LATIN, LINE_END, WORD_END, bigram, has_tokens, is_latin, tokenize

__all__ = [
    "LATIN",
    "LINE_END",
    "WORD_END",
    "Analyzer",
    "Terms",
    "bigram",
    "has_tokens",
    "is_latin",
    "normalization_table",
    "normalize",
    "tokenize",
    "variants",
]

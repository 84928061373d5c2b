"""analysis: text -> terms. Fold, segment, channels; knows no engine and no files."""

from searchkit.analysis.analyzer import Analyzer, Terms
from searchkit.analysis.fold import fold, fold_table, variants
from searchkit.analysis.units import LATIN, LINE_END, WORD_END, bigram, has_units, is_latin, units

__all__ = [
    "LATIN",
    "LINE_END",
    "WORD_END",
    "Analyzer",
    "Terms",
    "bigram",
    "fold",
    "fold_table",
    "has_units",
    "is_latin",
    "units",
    "variants",
]

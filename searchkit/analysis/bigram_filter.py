"""CJK bigram filter for queries: tokens -> the bigrams that `tokens.terms` makes of the same tokens.

Two or more tokens that are neighbours in a line of a text are exactly a phrase of bigrams, so a phrase is
never missed, whatever words the segmenter found. Symbols stand in no bigram.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import add

from searchkit.analysis.characters import ASCII_LETTER, DIGIT, LATIN, SYMBOL, WORD, class_of, class_table
from searchkit.analysis.kernel import Kind, tokenize, visible
from searchkit.analysis.tokens import WORD_END

_LONGEST_TITLE = 200  # characters
_WORD_CODES = frozenset(map(ord, (ASCII_LETTER, LATIN, DIGIT, WORD)))
_ONE_WORD = re.compile(rf"[{ASCII_LETTER}{LATIN}]+|{DIGIT}+|{WORD}+")


def query_tokens(text: str) -> list[str]:
    """The tokens of a text that has to be found: without symbols, unless it has nothing else.

    >>> query_tokens("中国🚀iPhone15"), query_tokens("🚀")
    (['中', '国', 'iphone', '15'], ['🚀'])
    """
    tokens = tokenize(text)
    return without_symbols(tokens.texts) if Kind.SYMBOL in tokens.kinds else tokens.texts


def without_symbols(tokens: list[str]) -> list[str]:
    """The tokens that are no symbols; all of them where there are no others."""
    return [token for token in tokens if not is_symbol(token)] or tokens


def title_key(tokens: Sequence[str]) -> str:
    """What all titles have in common that are the same to a search: their tokens, but no symbols.

    Empty for a title that is too long for anybody to type it.
    """
    key = " ".join(tokens)
    return key if len(key) <= _LONGEST_TITLE else ""


def is_symbol(token: str) -> bool:
    """Is the token a symbol, which matches alone only?"""
    return class_of(token[0]) == SYMBOL


def is_word(token: str) -> bool:
    """Is the token a run of letters or digits, and so possibly longer than one character?"""
    return class_table()[ord(token[0])] in _WORD_CODES


def is_one_word(normalized: str) -> bool:
    """Is the text one run of letters or of digits?"""
    return _ONE_WORD.fullmatch(visible(normalized).translate(class_table())) is not None


def bigram(first: str, second: str) -> str:
    """The term for two neighbouring tokens; with an empty second one the beginning of all with the first.

    >>> bigram("中", "日"), bigram("gpt", "4")
    ('中日', 'gpt_4_')
    """
    return bigrams([first, second])[0]


def bigrams(tokens: Sequence[str]) -> list[str]:
    """The bigrams of tokens that are neighbours, one fewer than there are tokens."""
    classes = class_table()
    ended = [
        token + WORD_END if token and classes[ord(token[0])] in _WORD_CODES else token for token in tokens
    ]
    return [*map(add, ended, ended[1:])]

"""CJK bigram filter for queries: tokens -> the bigrams that `tokens.terms` makes of the same tokens.

A token of a query that is a number has the sign behind it which joins it with the next one: 3.14 is "3." and
"14". The sign is part of the bigram, and of nothing else (`plain`).

Two or more tokens that are neighbours in a line of a text are exactly a phrase of bigrams, so a phrase is
never missed, whatever words the segmenter found. Symbols stand in no bigram.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import add

from searchkit.analysis.characters import ASCII_LETTER, DIGIT, LATIN, SYMBOL, WORD, class_of, class_table
from searchkit.analysis.kernel import Kind, tokenize, visible
from searchkit.analysis.tokens import JOINTS, WORD_END

_LONGEST_TITLE = 200  # characters
_WORD_CODES = frozenset(map(ord, (ASCII_LETTER, LATIN, DIGIT, WORD)))
_LETTERS_AND_DIGITS = re.compile(f"[{ASCII_LETTER}{LATIN}{DIGIT}{WORD}]+")
_ENDS = JOINTS + WORD_END
_ONE_WORD = re.compile(rf"[{ASCII_LETTER}{LATIN}]+|{DIGIT}+|{WORD}+")


def query_tokens(text: str) -> list[str]:
    """The tokens of a text that has to be found: without symbols, unless it has nothing else.

    >>> query_tokens("中国🚀iPhone15"), query_tokens("🚀")
    (['中', '国', 'iphone', '15'], ['🚀'])
    >>> query_tokens("v3.14")
    ['v', '3.', '14']
    """
    tokens = tokenize(text)
    texts = tokens.texts
    if any(tokens.joints):
        texts = [one + chr(sign) if sign else one for one, sign in zip(texts, tokens.joints)]
    return without_symbols(texts) if Kind.SYMBOL in tokens.kinds else texts


def plain(token: str) -> str:
    """The token without the sign that joins it with the next number: as it is in the unigram channel.

    >>> plain("3."), plain("c++")
    ('3', 'c++')
    """
    return token.rstrip(JOINTS)


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


def is_letters_and_digits(normalized: str) -> bool:
    """Is the text made of runs of letters and of digits, with nothing between?"""
    return _LETTERS_AND_DIGITS.fullmatch(visible(normalized).translate(class_table())) is not None


def bigram(first: str, second: str) -> str:
    """The term for two neighbouring tokens; with an empty second one the beginning of all with the first.

    >>> bigram("中", "日"), bigram("gpt", "4"), bigram("3.", "14")
    ('中日', 'gpt_4_', '3._14_')
    """
    if is_word(first):
        first += WORD_END
    if second and is_word(second):
        second = second.rstrip(_ENDS) + WORD_END
    return first + second


def bigrams(tokens: Sequence[str]) -> list[str]:
    """The bigrams of tokens that are neighbours, one fewer than there are tokens."""
    classes = class_table()
    ended = [
        token + WORD_END if token and classes[ord(token[0])] in _WORD_CODES else token for token in tokens
    ]
    behind = [token.rstrip(_ENDS) + WORD_END if token[-1:] == WORD_END else token for token in ended[1:]]
    return [*map(add, ended, behind)]

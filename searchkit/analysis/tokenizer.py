"""Tokenizer: normalized text -> tokens, in which a phrase is exact.

A token is one Han character (or any other letter that is not Latin), or one whole Latin word or number; C++
and C# are whole too.
"""

from __future__ import annotations

import re

LATIN = "0-9a-zß-öø-ɏ"
"""Characters of Latin words and numbers in normalized text, for a regular expression's class."""

# A longer run of letters is data, not a word, and is cut: engines refuse terms of 32 kB.
LATIN_TOKEN = rf"(?<![{LATIN}])[a-z](?:\+\+(?!\+)|\#)|[{LATIN}]{{1,255}}"
"""A Latin token, as a regular expression."""

BEHIND_LATIN = "ɐ"
"""The first character behind the Latin ones: ``token < BEHIND_LATIN`` is the cheapest `is_latin`."""

_TOKENS = re.compile(rf"{LATIN_TOKEN}|[^\W_]")
_LATIN_TOKENS = re.compile(LATIN_TOKEN)


def tokenize(normalized: str) -> list[str]:
    """The tokens of `normalized`, in order.

    >>> tokenize("使用 gpt-4 和 c++。")
    ['使', '用', 'gpt', '4', '和', 'c++']
    """
    return _TOKENS.findall(normalized)


def has_tokens(normalized: str) -> bool:
    """Is there anything to search for in `normalized`?"""
    return _TOKENS.search(normalized) is not None


def is_latin(token: str) -> bool:
    """Is `token` a Latin word or number, and so possibly longer than one character?"""
    return _LATIN_TOKENS.match(token) is not None

"""wildcards: a word with ``*`` and ``?`` -> the tokens that it stands for, and the clause that finds them.

Letters and digits part, so a word of both is several tokens that are neighbours: ``iph*15`` is ``iph*`` and
``*15``. A sign where they meet may stand for the one or for the other, which makes several ways.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from searchkit.analysis import WORD_END, is_letters_and_digits, is_one_word, query_tokens, tokenize
from searchkit.engine.plan import Boolean, Clause, Term, Wildcard
from searchkit.query.matching import in_fields, phrase

MOST_LETTERS = 50
"""Characters of a word with ``*`` or ``?``; an engine's automaton has no room for much more."""
MOST_LETTERS_WIDE = 8
"""Characters of a word with ``?`` behind ``*``."""
LEAST_LETTERS = 2
"""Letters and digits of a word that begins with ``*``: words that end in one letter are everywhere."""
MOST_WAYS = 10
"""In how many ways a word may part into letters and digits."""

# * or ? within a word, or * in front; at its end ? ends a question, and * makes a prefix.
_PATTERN = re.compile(r"[^*?]+[*?]+[^*?]+.*|\*+[^*?].*")
# Except behind letters and digits: iphone1? may be that, or a question about iphone1.
_OPEN_END = re.compile(r"([^*?]+)\?")
_SIGNS = str.maketrans("", "", "*?")
_PIECE = re.compile(r"[*?]+|[^*?]+")


def is_pattern(normalized: str) -> bool:
    """Is it one word of letters and digits with ``*`` or ``?`` that stand for others?"""
    word = normalized.translate(_SIGNS)
    if _PATTERN.fullmatch(normalized):
        return is_letters_and_digits(word)
    return bool(_OPEN_END.fullmatch(normalized)) and is_letters_and_digits(word) and not is_one_word(word)


def too_much(pattern: str) -> str:
    """Why an engine should not look for words like this; empty where it can."""
    if pattern.startswith("*") and len(pattern.translate(_SIGNS)) < LEAST_LETTERS:
        return f"a word that begins with * has at least {LEAST_LETTERS} letters or digits"
    if pattern.startswith("*") and not is_one_word(pattern.translate(_SIGNS)):
        # There are a hundred times as many bigrams as words, and all of them would be looked at.
        return "a word that begins with * has letters or digits, not both"
    # What may be any character behind any others doubles the automaton.
    is_wide = "?" in pattern.partition("*")[2]
    signs, most = ("? behind *", MOST_LETTERS_WIDE) if is_wide else ("* or ?", MOST_LETTERS)
    if len(pattern) > most:
        return f"a word with {signs} has at most {most} characters, not {len(pattern)}"
    signs_in_it = len(pattern) - len(pattern.translate(_SIGNS))
    if 2**signs_in_it > MOST_WAYS and len(ways(pattern)) > MOST_WAYS:
        return "this word may part into letters and digits in too many ways; put fewer * or ? between them"
    return ""


def wildcard(pattern: str, fields: Sequence[str]) -> Clause:
    """Documents that have a word like the pattern, which is normalized and visible."""
    found = [_neighbours(way, fields) for way in ways(pattern)]
    if typed := word_before_open_end(pattern):
        found.append(phrase(query_tokens(typed), fields))
    return found[0] if len(found) == 1 else Boolean(should=tuple(found))


def word_before_open_end(pattern: str) -> str:
    """What somebody means who asks a question with ``iphone1?``; empty for any other pattern."""
    match = _OPEN_END.fullmatch(pattern)
    return match[1] if match else ""


def ways(pattern: str) -> list[tuple[str, ...]]:
    """The tokens of the pattern, in each way in which it may part; more than `MOST_WAYS` are just that.

    >>> ways("iph*15"), ways("a?1")
    ([('iph*', '*15')], [('a', '?1'), ('a?', '1')])
    """
    found: list[tuple[str, ...]] = []
    gap, before = "", 0
    for piece in _PIECE.findall(pattern):
        if piece[0] in "*?":
            gap = piece
            continue
        tokens = tokenize(piece)
        for token, kind in zip(tokens.texts, tokens.kinds):
            if not found:
                found = [(gap + token,)]
            elif gap and kind == before:
                found = [(*way[:-1], way[-1] + gap + token) for way in found]
            else:
                parts = _partings(gap)
                found = [(*way[:-1], way[-1] + left, right + token) for way in found for left, right in parts]
            if len(found) > MOST_WAYS:
                return found
            gap, before = "", kind
    return [(*way[:-1], way[-1] + gap) for way in found]


def _partings(gap: str) -> list[tuple[str, str]]:
    """What of the signs belongs to the token before, and what to the token behind; a ``*`` to both."""
    between = [(gap[:at], gap[at:]) for at in range(len(gap) + 1) if "*" not in gap[max(0, at - 1) : at + 1]]
    return between + [(gap[: at + 1], gap[at:]) for at, sign in enumerate(gap) if sign == "*"]


def _neighbours(tokens: Sequence[str], fields: Sequence[str]) -> Clause:
    """Documents that have such tokens; of several, each with the next one beside it in the same field."""
    if len(tokens) == 1:
        return in_fields(fields, "unigrams", _term_like, tokens[0])
    if len(fields) > 1:
        return Boolean(should=tuple(_neighbours(tokens, [field]) for field in fields))
    pairs = (f"{first}{WORD_END}{second}{WORD_END}" for first, second in zip(tokens, tokens[1:]))
    found = tuple(in_fields(fields, "bigrams", _term_like, pair) for pair in pairs)
    return found[0] if len(found) == 1 else Boolean(must=found)


def _term_like(field: str, pattern: str) -> Clause:
    return Wildcard(field, pattern) if "*" in pattern or "?" in pattern else Term(field, pattern)

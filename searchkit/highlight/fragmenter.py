"""Fragmenter: the matches in a body -> the place of its best fragment, cut where a sentence ends.

All figures are integers, so that the compiled kernel comes to the same fragment on every machine.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from searchkit.analysis.characters import (
    ASCII_LETTER,
    DIGIT,
    EXPANDS,
    INVISIBLE,
    LATIN,
    SMALL_DIGIT,
    WORD,
    class_of,
)
from searchkit.highlight.graphemes import JOINER, is_flag_letter
from searchkit.highlight.highlighted import Span
from searchkit.highlight.matcher import Match

# How many matches are looked at from the first one of a fragment: a bound for texts that consist of matches.
_MOST_IN_FRAGMENT = 200

# What counts for a fragment, beside the worth of each of its terms, which is a thousand and more: that its
# terms stand close together (up to 500), and each match of the first ten.
_CLOSE = 500
_MATCH = 20
_MOST_COUNTED = 10

_SENTENCE_ENDS = "。！？；!?;\n"
_CLOSING = "」』”’）)"
_CLAUSE_ENDS = "，、：,:"
_IN_WORDS = frozenset({ASCII_LETTER, LATIN, DIGIT, SMALL_DIGIT, WORD, EXPANDS, INVISIBLE})


def worth(token_count: int) -> int:
    """What a term of so many tokens counts for a fragment: a phrase is worth more than its words apart."""
    return int(1000 * min(token_count, 10_000) ** 1.5)


def fragment(text: str, matches: Sequence[Match], worths: Sequence[int], length: int) -> Span:
    """Start and end of the best fragment of at most ``length`` characters.

    ``matches`` are sorted; ``worths`` has the `worth` of each term. The best fragment has most of the terms,
    and these close together. Without a match it is the start of the text.
    """
    first, last = _best_window(matches, worths, length) if matches else (0, 0)
    return _cut(text, first, last, length)


def _best_window(matches: Sequence[Match], worths: Sequence[int], length: int) -> Span:
    """From the first to the last match of the best fragment."""
    starts, _, numbers = zip(*matches)
    present = len(set(numbers))
    if present == 1:
        counts = [bisect_left(starts, start + length) - i for i, start in enumerate(starts)]
        return matches[counts.index(max(counts))][:2]
    best, best_value = (0, 0), -1
    for i, first in enumerate(starts):
        stop = bisect_left(starts, first + length)
        seen: set[int] = set()
        value, last = 0, first
        for start, end, number in matches[i : min(stop, i + _MOST_IN_FRAGMENT)]:
            if number not in seen and (end - first <= length or start == first):
                seen.add(number)
                value += worths[number]
                if end > last:
                    last = end
                if len(seen) == present:
                    break
        value += _CLOSE * max(0, length + 1 - (last - first)) // (length + 1)
        value += _MATCH * min(stop - i, _MOST_COUNTED)
        if value > best_value:
            best, best_value = (first, last), value
    return best


def _cut(text: str, first: int, last: int, length: int) -> Span:
    """Start and end of a fragment of at most ``length`` characters that holds text[first:last].

    Of a passage that is longer it holds the beginning, in whole words. It is cut at ends of sentences where
    these are near enough, else where a clause or a word begins.
    """
    is_whole = last <= first + length
    last = min(last, first + length)
    # To the left as far as the sentence goes, but leave a third of the room to the right.
    earliest = max(0, first - (length - (last - first)) * 2 // 3)
    start = _last_sentence_end(text, earliest, first)
    if start < 0 and earliest > 0:
        start = _first_clause_end(text, earliest, first)
        if start < 0:
            start = _off_token(text, earliest, first)
    start = max(start, 0)
    end = min(len(text), start + length)
    if end < len(text):
        latest, last = end, max(last, start)
        end = _last_sentence_end(text, max(last, start + 1), latest)
        if end < 0:
            end = _off_token(text, latest, last if is_whole else start)
            if end <= start:
                end = latest  # a word longer than the fragment
    while start < first and text[start].isspace():
        start += 1
    while end > max(last, start) and text[end - 1].isspace():
        end -= 1
    return start, end


def _last_sentence_end(text: str, start: int, end: int) -> int:
    """Behind the last sentence that ends within text[start:end]; -1 where none does."""
    at = max([text.rfind(mark, start, end) for mark in _SENTENCE_ENDS])
    if at >= 0:
        at += 1
        while at < end and text[at] in _CLOSING:
            at += 1
    return at


def _first_clause_end(text: str, start: int, end: int) -> int:
    """Behind the first clause or word that ends within text[start:end]; -1 where none does."""
    for at in range(start, end):
        if text[at] in _CLAUSE_ENDS or text[at].isspace():
            return at + 1
    return -1


def _off_token(text: str, at: int, towards: int) -> int:
    """``at``, moved towards the match until it cuts no word in two, and no character off its marks."""
    step = 1 if towards > at else -1
    while at != towards and 0 < at < len(text) and _is_inside(text[at - 1], text[at]):
        at += step
    return at


def _is_inside(before: str, behind: str) -> bool:
    """Do neighbours belong together? Letters and digits do, as in iPhone15, and the parts of an emoji."""
    if before == JOINER or (is_flag_letter(before) and is_flag_letter(behind)):
        return True
    behind = class_of(behind)
    return behind == INVISIBLE or (behind in _IN_WORDS and class_of(before) in _IN_WORDS)

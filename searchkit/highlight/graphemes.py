"""Graphemes: spans that cut an emoji of several symbols in two -> spans with all of it.

Other characters are whole already: a token has its marks with it.
"""

from __future__ import annotations

from collections.abc import Iterable

from searchkit.analysis.characters import INVISIBLE, SYMBOL, class_of
from searchkit.highlight.highlighted import Span

JOINER = "\u200d"
"""Zero width joiner: makes one emoji of the two around it."""


def is_flag_letter(character: str) -> bool:
    """Is it a regional indicator, two of which are a flag?"""
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def whole_graphemes(text: str, spans: Iterable[Span]) -> list[Span]:
    """The spans, in order and disjoint, grown to whole emoji."""
    grown: list[Span] = []
    for start, end in spans:
        start, end = _start_of_emoji(text, start), _end_of_emoji(text, end)
        if grown and grown[-1][1] >= start:
            grown[-1] = grown[-1][0], max(end, grown[-1][1])
        else:
            grown.append((start, end))
    return grown


def _start_of_emoji(text: str, start: int) -> int:
    while start > 1 and text[start - 1] == JOINER and class_of(text[start]) == SYMBOL:
        base = start - 1
        while base and class_of(text[base]) == INVISIBLE:
            base -= 1
        if class_of(text[base]) != SYMBOL:
            break
        start = base
    return start - 1 if is_flag_letter(text[start]) and _flag_letters_before(text, start) % 2 else start


def _end_of_emoji(text: str, end: int) -> int:
    while end < len(text) and text[end - 1] == JOINER and class_of(text[end]) == SYMBOL:
        end = _behind_marks(text, end + 1)
    if end < len(text) and is_flag_letter(text[end]) and _flag_letters_before(text, end) % 2:
        end = _behind_marks(text, end + 1)
    return end


def _behind_marks(text: str, at: int) -> int:
    while at < len(text) and class_of(text[at]) == INVISIBLE:
        at += 1
    return at


def _flag_letters_before(text: str, at: int) -> int:
    first = at
    while first and is_flag_letter(text[first - 1]):
        first -= 1
    return at - first

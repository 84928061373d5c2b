"""Fragmenter: a text and a match in it -> where to cut a fragment, preferably at ends of sentences."""

from __future__ import annotations

import re

from searchkit.analysis import LATIN
from searchkit.highlight.highlighted import Span

__all__ = ["cut"]

_SENTENCE_END = re.compile(r"[。！？；!?;\n]+[」』”’）)]*")
_CLAUSE_END = re.compile(r"[，、：,:\s]")
_INSIDE_LATIN = re.compile(rf"(?i)[{LATIN}]")


def cut(text: str, first: int, last: int, length: int) -> Span:
    """Start and end of a fragment of at most ``length`` characters that holds text[first:last]."""
    last = min(last, first + length)
    # To the left as far as the sentence goes, but leave a third of the room to the right.
    earliest = max(0, first - (length - (last - first)) * 2 // 3)
    start = _last_sentence_end(text, earliest, first) if first else 0
    if start < 0:
        start = _word_start(text, earliest, first) if earliest else 0
    end = min(len(text), start + length)
    if end < len(text):
        latest, last = end, max(last, start)
        end = _last_sentence_end(text, max(last, start + 1), latest)
        if end < 0:
            end = _off_latin(text, latest, last)
            if end <= start:
                end = latest  # a Latin word longer than the fragment
    while start < first and text[start].isspace():
        start += 1
    while end > max(last, start) and text[end - 1].isspace():
        end -= 1
    return start, end


def _last_sentence_end(text: str, start: int, end: int) -> int:
    """Behind the last sentence that ends within text[start:end]; -1 where none does."""
    found = -1
    for match in _SENTENCE_END.finditer(text, start, end):
        found = match.end()
    return found


def _word_start(text: str, earliest: int, first: int) -> int:
    """The first place from ``earliest`` where a clause or a word begins."""
    clause = _CLAUSE_END.search(text, earliest, first)
    return clause.end() if clause else _off_latin(text, earliest, first)


def _off_latin(text: str, at: int, towards: int) -> int:
    """``at``, moved towards the match until it cuts no Latin word in two."""
    step = 1 if towards > at else -1
    while (
        at != towards
        and 0 < at < len(text)
        and _INSIDE_LATIN.match(text[at - 1])
        and _INSIDE_LATIN.match(text[at])
    ):
        at += step
    return at

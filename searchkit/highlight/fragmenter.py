"""fragment: where to cut a piece out of a text, around a match and at ends of sentences."""

from __future__ import annotations

import re

from searchkit.analysis import LATIN

__all__ = ["Span", "cut"]

Span = tuple[int, int]

_SENTENCE_END = re.compile(r"[。！？；!?;\n]+[」』”’）)]*")
_CLAUSE_END = re.compile(r"[，、：,:\s]")
_INSIDE_LATIN = re.compile(rf"(?i)[{LATIN}]")


def cut(text: str, first: int, last: int, length: int) -> Span:
    """Where a fragment of at most ``length`` begins and ends that holds text[first:last]."""
    last = min(last, first + length)
    room = length - (last - first)
    # To the left as far as the sentence goes, but leave a third of the room to the right.
    earliest = max(0, first - room * 2 // 3)
    start = _beginning(text, earliest, first)
    latest = min(len(text), start + length)
    end = _end(text, start, max(last, start), latest)
    while start < first and text[start].isspace():
        start += 1
    while end > max(last, start) and text[end - 1].isspace():
        end -= 1
    return start, end


def _beginning(text: str, earliest: int, first: int) -> int:
    """Behind the last sentence before the match; else where the text, a clause or a word begins."""
    sentence = _last_end(_SENTENCE_END, text, earliest, first)
    if sentence is not None or not earliest:
        return sentence or 0
    clause = _CLAUSE_END.search(text, earliest, first)
    return clause.end() if clause else _off_latin(text, earliest, first)


def _end(text: str, start: int, last: int, latest: int) -> int:
    """Behind the last sentence that fits; else where the text or a word ends."""
    if latest == len(text):
        return latest
    sentence = _last_end(_SENTENCE_END, text, max(last, start + 1), latest)
    if sentence is not None:
        return sentence
    whole_words = _off_latin(text, latest, last)
    return whole_words if whole_words > start else latest  # a longer word is cut all the same


def _last_end(pattern: re.Pattern[str], text: str, start: int, end: int) -> int | None:
    found = None
    for match in pattern.finditer(text, start, end):
        found = match.end()
    return found


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

"""Helpers of several peers: words, times, and snippets as HTML."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timezone
from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from searchkit import Document

__all__ = [
    "END",
    "NO_DATE",
    "START",
    "PerThread",
    "batches",
    "cut_around",
    "day_millis",
    "escaped_and_marked",
    "joined_words",
    "marked",
    "published_millis",
    "spaced_words",
    "typed_words",
]

START, END = "\x02", "\x03"
"""Stand around a match until the text is HTML."""
NO_DATE = -(2**53)
"""The time of publication of a document without one: before any date, and exact as a double."""

# A space that stands beside something that is not ASCII was put there to part words, not by the author.
_SPACE_BETWEEN_WORDS = re.compile(
    rf"(?<=[^\x00-\x7f]) |(?<=[^\x00-\x7f][{START}{END}]) | (?=[{START}{END}]?[^\x00-\x7f])"
)

Thing = TypeVar("Thing")
_BATCH = 1000


def batches(things: Iterable[Thing], size: int = _BATCH) -> Iterator[list[Thing]]:
    """Lists of so many each, for peers that take documents by the batch."""
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch


def typed_words(query: str) -> list[str]:
    """The parts between spaces that have a letter, digit or Han character."""
    return [word for word in query.replace("\x00", " ").split() if any(map(str.isalnum, word))]


def spaced_words(text: str) -> str:
    """The words and punctuation of a text with spaces between, as word indexes without Chinese want it."""
    import rjieba  # only the peers of words need it

    return " ".join(word for word in rjieba.cut(text) if not word.isspace())


def joined_words(text: str) -> str:
    """Spaced words, perhaps with marks in them, as they are shown: no spaces inside Chinese."""
    return _SPACE_BETWEEN_WORDS.sub("", text)


def marked(escaped: str) -> str:
    """HTML of escaped text with START and END in it; marks that touch are one."""
    return escaped.replace(END + START, "").replace(START, "<mark>").replace(END, "</mark>")


def escaped_and_marked(text: str) -> str:
    """HTML of plain text with START and END in it."""
    return marked(html.escape(text))


def cut_around(text: str, words: Iterable[str], length: int | None = 160) -> str:
    """A piece of the text around the first of the words, with all of them between START and END."""
    found = re.compile(
        "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE
    )
    if length is not None:
        first = found.search(text)
        start = max(0, first.start() - length // 4) if first else 0
        text = text[start : start + length]
    return found.sub(lambda match: f"{START}{match[0]}{END}", text)


def published_millis(document: Document) -> int:
    """The time of publication in milliseconds since 1970."""
    return NO_DATE if document.published is None else int(document.published.timestamp() * 1000)


def day_millis(day: str) -> int:
    """The beginning of a day like 2024-01-31 in UTC, in milliseconds since 1970."""
    return int(datetime.fromisoformat(day).replace(tzinfo=timezone.utc).timestamp() * 1000)


class PerThread(Generic[Thing]):
    """One connection or reader for each thread, as many engines require."""

    def __init__(self, make: Callable[[], Thing], close: Callable[[Thing], object]) -> None:
        self._make = make
        self._close = close
        self._local = threading.local()
        self._made: list[Thing] = []

    def get(self) -> Thing:
        """The value of this thread."""
        if not hasattr(self._local, "thing"):
            self._local.thing = self._make()
            self._made.append(self._local.thing)
        thing: Thing = self._local.thing
        return thing

    def close(self) -> None:
        """Close the values of all threads."""
        while self._made:
            self._close(self._made.pop())
        self._local = threading.local()

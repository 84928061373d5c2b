"""Classes of queries made from the documents, the same for the same documents.

A query that was cut out of a document must find it, so a peer without hits has missed something.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from random import Random

from benchmarks.peers.base import Question, Task
from benchmarks.script_conversion import to_other_script
from searchkit import Document
from searchkit.analysis import normalize
from searchkit.analysis.segmenter import segmenter

__all__ = ["NEEDS", "PER_CLASS", "questions"]

PER_CLASS = 25

NEEDS: dict[str, Task] = {
    "two words": "all words",
    "headline": "all words",
    "headline, any word": "any word",
    "passage": "passage",
    "other script": "other script",
    "one character": "one character",
    "since": "since",
    "newest": "newest",
}
"""What a peer must be able to do for the questions of a class."""

_HAN = "一-鿿"
# The most frequent family names, of which few begin ordinary words, in both scripts.
_FAMILY_NAMES = (
    "李王张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱林郭罗羅郑鄭梁谢謝宋唐许許邓鄧冯馮韩韓曹曾彭萧蕭蔡潘袁"
)
_NO_NAME = re.compile(r"[的了在是不和有与與及为為将將上下中]")
# Characters that never stand side by side in a text.
_RARE = "饕魑龘靐齉爩麤鱻灪麣鸾爨癵驫纞虋讟钃鼺囍彧翀龗鬻爞"
_TRIES = 20_000
_NEWER_QUARTER = 3 / 4


def questions(
    documents: Sequence[Document], seed: int, per_class: int = PER_CLASS
) -> dict[str, list[Question]]:
    """The questions of every class that can be made from the documents."""
    maker = _Maker(documents, Random(seed))
    dates = sorted(document.published for document in documents if document.published)
    since = f"{dates[int(len(dates) * _NEWER_QUARTER)]:%Y-%m-%d}" if dates else None

    def some(make: Callable[[], str]) -> list[Question]:
        """Different questions: as many as a class has, or as can be made."""
        texts = dict.fromkeys(islice(filter(None, (make() for _ in range(_TRIES))), per_class * 8))
        return [Question(text) for text in islice(texts, per_class)]

    classes = {
        "one word": some(maker.word),
        "two words": some(maker.two_words),
        "name": some(maker.name),
        "passage": [replace(question, kind="passage") for question in some(lambda: maker.cut(6))],
        "headline": (headlines := some(maker.headline)),
        "headline, any word": [replace(question, match="any") for question in headlines],
        "other script": some(maker.two_words_in_the_other_script),
        "one character": some(lambda: maker.cut(1)),
        "no match": some(maker.nowhere),
    }
    if since:
        classes["since"] = [replace(question, since=since) for question in some(maker.word)]
        classes["newest"] = [replace(question, newest=True) for question in some(maker.word)]
    return {name: made for name, made in classes.items() if made}


class _Maker:
    """Makes one query at a time; an empty text when an attempt failed."""

    def __init__(self, documents: Sequence[Document], choose: Random) -> None:
        self._choose = choose
        self._texts = "\n".join(f"{document.title}\n{document.body}" for document in documents)
        self._titles = [document.title for document in documents if len(document.title) >= 8]
        self._lines = [line for document in documents for line in document.body.split("\n") if len(line) > 20]
        self._words = [word for title in self._titles for word in _words(title)]
        self._names = list(_names(documents))

    def word(self) -> str:
        """A word of a title, of two characters or more."""
        return self._one_of(self._words)

    def two_words(self) -> str:
        """Two words of one title in any order, as a reader remembers them."""
        words = list(dict.fromkeys(_words(self._one_of(self._titles))))
        return " ".join(self._choose.sample(words, 2)) if len(words) > 1 else ""

    def two_words_in_the_other_script(self) -> str:
        text = self.two_words()
        other = to_other_script(text)
        return other if other != text else ""

    def name(self) -> str:
        return self._one_of(self._names)

    def headline(self) -> str:
        return self._one_of(self._titles)

    def cut(self, length: int) -> str:
        """A run of that many Han characters."""
        line = self._one_of(self._lines)
        start = self._choose.randrange(max(len(line) - length, 1))
        passage = line[start : start + length]
        return passage if re.fullmatch(rf"[{_HAN}]{{{length}}}", passage) else ""

    def nowhere(self) -> str:
        text = "".join(self._choose.sample(_RARE, 2))
        return "" if any(character in self._texts for character in text) else text

    def _one_of(self, texts: Sequence[str]) -> str:
        return self._choose.choice(texts) if texts else ""


def _words(title: str) -> list[str]:
    """The words of two Han characters or more, as they are written in the title."""
    normalized = normalize(title)
    found = []
    end = 0
    for word in segmenter().words(normalized):
        start = normalized.index(word, end)
        end = start + len(word)
        if re.fullmatch(rf"[{_HAN}]{{2,}}", title[start:end]):
            found.append(title[start:end])
    return found


def _names(documents: Sequence[Document]) -> Iterator[str]:
    """Three characters that begin like a name and occur at least three times in a document: texts repeat the
    persons and things that they are about."""
    pattern = re.compile(rf"(?=([{_FAMILY_NAMES}][{_HAN}]{{2}}))")
    for document in documents:
        counts = Counter(pattern.findall(document.body))
        yield from (run for run, count in counts.items() if count > 2 and not _NO_NAME.search(run))

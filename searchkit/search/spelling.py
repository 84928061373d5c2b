"""spelling: a query that finds little -> one that was perhaps meant.

Of Chinese, characters that sound the same (特郎普, 特朗普), where the index has pinyin; of Latin words, one
letter wrong, missing, too many, or swapped with the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain

from searchkit.analysis import LATIN, is_latin, normalize, tokenize
from searchkit.analysis.pinyin import has_pinyin, pinyin_keys
from searchkit.engine.base import Snapshot
from searchkit.indexing.suggestions import SEPARATOR, sound_key, split_key
from searchkit.query.ast import AndNode, BoostNode, OrNode, QueryNode, TextNode
from searchkit.schema import WORDS
from searchkit.settings import Settings

__all__ = ["LITTLE", "better_query"]

LITTLE = 2
"""Up to so many matches are few enough to ask whether something else was meant."""
_TIMES_MORE = 10
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_MOST_WORDS = 4
_MOST_SPELLINGS = 20
# Of a query longer than any that is typed, the beginning will do.
_MOST_MENDED = 10
_LONGEST_PART = 40


def better_query(
    query: QueryNode, total: int, count: Callable[[QueryNode], int], snapshot: Snapshot, settings: Settings
) -> str | None:
    """A query that finds more than ``total``, which was found; None when there is none."""
    if total > LITTLE:
        return None
    spelling = _Spelling(count, snapshot, settings)
    better = spelling.mended(query)
    return str(better) if better != query and count(better) > total else None


class _Spelling:
    def __init__(self, count: Callable[[QueryNode], int], snapshot: Snapshot, settings: Settings) -> None:
        self._count = count
        self._snapshot = snapshot
        self._settings = settings
        self._mendable = _MOST_MENDED

    def mended(self, query: QueryNode) -> QueryNode:
        match query:
            case TextNode():
                self._mendable -= 1
                return (
                    query if self._mendable < 0 or self._count(query) > LITTLE else self._mended_part(query)
                )
            case AndNode(children):
                return AndNode(tuple(self.mended(child) for child in children))
            case OrNode(children):
                return OrNode(tuple(self.mended(child) for child in children))
            case BoostNode(child, _):
                return replace(query, child=self.mended(child))
            case _:
                return query

    def _mended_part(self, part: TextNode) -> TextNode:
        text = part.text
        latin = [token for token in dict.fromkeys(tokenize(normalize(text))) if is_latin(token)]
        for token in latin[:_MOST_MENDED]:
            if better := self._one_letter_off(token):
                text = _replaced(text, token, better)
        if text == part.text and self._settings.pinyin and has_pinyin():
            text = self._same_sound(text)
        return replace(part, text=text)

    def _one_letter_off(self, word: str) -> str | None:
        others = sorted(_edits(word))
        having, *counts = self._snapshot.doc_freqs("words", [word, *others])
        best = max(range(len(others)), key=counts.__getitem__)
        return others[best] if counts[best] > having * _TIMES_MORE else None

    def _same_sound(self, text: str) -> str:
        normalized = normalize(text)
        words = self._settings.analyzer.words(normalized)
        if len(words) > _LONGEST_PART:
            return text
        spans = (
            "".join(words[start:end])
            for size in range(min(len(words), _MOST_WORDS), 0, -1)
            for start in range(len(words) - size + 1)
            for end in [start + size]
        )
        for span in chain([normalized], spans):
            at = normalized.find(span)
            if at >= 0 and len(span) > 1 and (better := self._sounding_like(span)):
                return text[:at] + better + text[at + len(span) :]
        return text

    def _sounding_like(self, word: str) -> str | None:
        keys = pinyin_keys(word)
        entries = (
            self._snapshot.terms_with_prefix(WORDS, sound_key(keys[0]) + SEPARATOR, limit=_MOST_SPELLINGS)
            if keys
            else []
        )
        others = [
            (count, shown) for entry, count in entries if normalize(shown := split_key(entry)[1]) != word
        ]
        own = sum(count for _, count in entries) - sum(count for count, _ in others)
        return max(others)[1] if others and max(others)[0] > own else None


def _replaced(text: str, word: str, better: str) -> str:
    """The text with a whole Latin word replaced, wherever it stands."""
    places = re.finditer(rf"(?<![{LATIN}]){re.escape(word)}(?![{LATIN}])", normalize(text))
    for place in reversed(list(places)):
        text = text[: place.start()] + better + text[place.end() :]
    return text


def _edits(word: str) -> Iterator[str]:
    """All words that are one letter off."""
    found = set()
    for at in range(len(word) + 1):
        before, behind = word[:at], word[at:]
        found.add(before + behind[1:])
        found.add(before + behind[1:2] + behind[:1] + behind[2:])
        for letter in _LETTERS:
            found.add(before + letter + behind)
            found.add(before + letter + behind[1:])
    return (other for other in found if other and other != word)

"""Suggest (autocomplete): the beginning of what a person types -> completions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import NamedTuple

from searchkit.analysis import normalize, query_tokens
from searchkit.analysis.characters import HAN, class_of
from searchkit.analysis.function_words import FUNCTION_WORDS
from searchkit.engine.base import PlanTooExpensiveError, ScoredDoc, Snapshot
from searchkit.engine.plan import Boolean, Plan, TermSet
from searchkit.indexing.stored_fields import StoredFields
from searchkit.indexing.suggestions import LONGEST_KEY, sound_keys, split_key, typed_key
from searchkit.query import parse
from searchkit.query.matching import phrase
from searchkit.schema import TITLES, WORDS
from searchkit.searching.budget import BoundedSnapshot
from searchkit.searching.options import QueryOptions
from searchkit.searching.planning import plan
from searchkit.settings import Settings
from searchkit.text import well_formed

# How many keys are looked up: one suggestion has several spellings.
_LOOKED_AT = 100
# How many completions of a last word are tried with the words before it.
_TRIED = 20
_MOST_REMEMBERED = 10_000
_LONGEST_TYPED = 200
# Of a word that the dictionary lacks, so many documents show whether it is one.
_DOCUMENTS, _PLACES = 10, 20
# How many such words are looked at for one answer.
_MOST_UNKNOWN = 12
_ALWAYS_BESIDE = 0.7
# Characters that are function words begin or end what the segmenter made of two words, but few names.
_LOOSE = frozenset(word for word in FUNCTION_WORDS if len(word) == 1) - frozenset("何于时会地应向")

LookUp = Callable[[str, str], Sequence[tuple[str, int]]]
"""Returns the values of a field that begin with a key, and how many documents have each."""


@dataclass(frozen=True)
class Suggestion:
    """A completion, as it is written in documents, and how many documents a search for it finds."""

    text: str
    documents: int

    def __str__(self) -> str:
        return self.text


class Remembered:
    """What was asked of a snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.version = snapshot.version
        self.look_up: LookUp = lru_cache(maxsize=1000)(partial(snapshot.terms_with_prefix, limit=_LOOKED_AT))
        self.counts: dict[str, int] = {}
        """How many documents a search for a text finds."""
        self.words: dict[str, bool] = {}
        """Whether normalized texts that the dictionary lacks are words."""


class PrefixCache:
    """Remembers answers about the latest snapshot: many people type the same first letters, and these are
    the slowest to look up."""

    def __init__(self) -> None:
        self._latest: Remembered | None = None

    def of(self, snapshot: Snapshot) -> Remembered:
        """The answers of this snapshot."""
        known = self._latest
        if known is None or known.version != snapshot.version:
            known = self._latest = Remembered(snapshot)
        return known


class _Candidate(NamedTuple):
    """A text that may be suggested: how many documents are about it, and the keys that they have for it."""

    text: str
    normalized: str
    documents: int
    keys: tuple[str, ...]


def suggest(
    typed: str, snapshot: Snapshot, settings: Settings, known: Remembered, *, limit: int
) -> list[Suggestion]:
    """Words and whole titles, most frequent first; then completions of the last word of a longer text.

    None for a text that is longer than anybody types; and no more once they have cost what a query may.
    """
    typed = well_formed(typed).lstrip()
    shown: list[Suggestion] = []
    if len(typed) <= _LONGEST_TYPED:
        with suppress(PlanTooExpensiveError):
            _complete(shown, typed, BoundedSnapshot(snapshot), settings, known, limit)
    return shown[:limit]


def _complete(
    shown: list[Suggestion], typed: str, snapshot: Snapshot, settings: Settings, known: Remembered, limit: int
) -> None:
    found = _found(known.look_up, WORDS, typed)
    words = _words(found, snapshot, settings, known, limit)
    titles = [] if _is_vague(typed, found) else _found(known.look_up, TITLES, typed)
    taken = {one.normalized for one in words}
    titles = [one for one in titles if one.normalized not in taken]
    # Titles are rarer than words, and would otherwise never be seen.
    words = words[: max(limit - len(titles), limit - limit // 3)]
    shown += sorted(_counted([one.text for one in words], snapshot, settings, known), key=_most_first)
    shown += _counted([one.text for one in titles[: limit - len(words)]], snapshot, settings, known)
    for head, tail in _last_words(typed, settings):
        if len(shown) >= limit:
            break
        taken = {normalize(one.text) for one in shown}
        tails = _words(_found(known.look_up, WORDS, tail), snapshot, settings, known, _TRIED)
        texts = [head + one.text for one in tails if normalize(head + one.text) not in taken]
        beside = _with_all_words(texts, snapshot)
        shown += sorted(_counted(beside, snapshot, settings, known), key=_most_first)


def _most_first(one: Suggestion) -> int:
    return -one.documents


def _counted(
    texts: Sequence[str], snapshot: Snapshot, settings: Settings, known: Remembered
) -> list[Suggestion]:
    """Those of the texts that a search finds something for."""
    new = [text for text in texts if text not in known.counts]
    if len(known.counts) > _MOST_REMEMBERED:
        known.counts.clear()
        new = [*texts]
    if new:
        options = QueryOptions(lenient=True)
        plans = [
            Plan(plan(parse(text, lenient=True), options, snapshot, settings).plan.match) for text in new
        ]
        known.counts.update(zip(new, (total for total, _ in snapshot.multi_search(plans, limit=0))))
    return [Suggestion(text, known.counts[text]) for text in texts if known.counts[text]]


def _with_all_words(texts: Sequence[str], snapshot: Snapshot) -> list[str]:
    """Those of the texts all of whose words a document has, as they stand beside each other."""
    plans = []
    for text in texts:
        pieces = [found for piece in text.split() if (found := query_tokens(piece))]
        plans.append(Plan(Boolean(must=tuple(phrase(tokens, ("title", "body")) for tokens in pieces))))
    counts = snapshot.multi_search(plans, limit=0)
    return [text for text, (count, _) in zip(texts, counts) if count]


def _is_vague(typed: str, words: Sequence[_Candidate]) -> bool:
    """Whether so many words begin like this that looking at all titles takes long and tells nothing."""
    key = typed_key(typed)
    return len(words) > _LOOKED_AT // 4 and len(key) <= (2 if key.isascii() else 1)


def _found(look_up: LookUp, field: str, typed: str) -> list[_Candidate]:
    key = typed_key(typed)
    if not key:
        return []
    entries = [
        (entry, count)
        for entry, count in look_up(field, key[:LONGEST_KEY])
        if len(key) <= LONGEST_KEY or typed_key(split_key(entry)[1]).startswith(key)
    ]
    # A tenth of all words begin with any single letter; c# and c++ are no pinyin.
    if key.isascii() and len(key) > 1 and not {"+", "#"} & set(key):
        for sound in sound_keys(key):
            entries += look_up(field, sound)
    spellings: dict[str, dict[str, int]] = {}
    keys: dict[str, list[str]] = {}
    for entry, count in entries:
        shown = split_key(entry)[1]
        normalized = normalize(shown)
        counts = spellings.setdefault(normalized, {})
        counts[shown] = max(counts.get(shown, 0), count)
        keys.setdefault(normalized, []).append(entry)
    found = [
        _Candidate(
            max(counts, key=lambda shown: (shown.startswith(typed), counts[shown], shown)),
            normalized,
            sum(counts.values()),
            tuple(keys[normalized]),
        )
        for normalized, counts in spellings.items()
        if normalized != normalize(typed.strip())
    ]
    return sorted(found, key=lambda one: (-one.documents, len(one.text), one.text))


def _last_words(typed: str, settings: Settings) -> Iterator[tuple[str, str]]:
    """The text before its last word, and that word: after the last space, then as the segmenter cuts it."""
    at = max(typed.rfind(" "), typed.rfind("\u3000")) + 1
    if at and typed[at:]:
        yield typed[:at], typed[at:]
    words = settings.analyzer.words(normalize(typed[at:]))
    if len(words) > 1 and normalize(typed).endswith(words[-1]):
        start = len(typed) - len(words[-1])
        yield typed[:start], typed[start:]


# -- what is a word
#
# The segmenter makes words of what its dictionary lacks. Many are names, but some are pieces: of 染疫者 it
# makes 染 and 疫者. A name stands beside all kinds of characters, a piece always beside the same one.


def _words(
    found: Sequence[_Candidate], snapshot: Snapshot, settings: Settings, known: Remembered, most: int
) -> list[_Candidate]:
    """The first of the candidates that are words."""
    is_known = settings.analyzer.has_word
    unknown = [one for one in found if _is_han(one.normalized) and not is_known(one.normalized)]
    new = [one for one in unknown[:_MOST_UNKNOWN] if one.normalized not in known.words]
    if len(known.words) > _MOST_REMEMBERED:
        known.words.clear()
        new = unknown[:_MOST_UNKNOWN]
    known.words.update({one.normalized: False for one in new})
    asked = [one for one in new if not {one.normalized[0], one.normalized[-1]} & _LOOSE]
    plans = [Plan(TermSet(WORDS, one.keys)) for one in asked]
    for one, (_, having) in zip(asked, snapshot.multi_search(plans, limit=_DOCUMENTS) if plans else ()):
        known.words[one.normalized] = _stands_alone(one, having)
    no_words = {one.normalized for one in unknown if not known.words.get(one.normalized)}
    return [one for one in found if one.normalized not in no_words][:most]


def _is_han(word: str) -> bool:
    return all(class_of(character) == HAN for character in word)


def _stands_alone(word: _Candidate, documents: Iterable[ScoredDoc]) -> bool:
    """Whether it stands in the documents beside different characters, or beside none."""
    spellings = {split_key(key)[1].encode() for key in word.keys}
    before: Counter[str] = Counter()
    behind: Counter[str] = Counter()
    for document in documents:
        fields = StoredFields.decode(document.stored)
        for text in (fields.title.encode(), fields.encoded_body):
            for spelling in spellings:
                at = text.find(spelling)
                places = 0
                while at >= 0 and places < _PLACES:
                    end = at + len(spelling)
                    # A character has four bytes at most, and of another one a part may be left.
                    before[text[max(at - 4, 0) : at].decode(errors="ignore")[-1:]] += 1
                    behind[text[end : end + 4].decode(errors="ignore")[:1]] += 1
                    at = text.find(spelling, end)
                    places += 1
    return not (_is_always_beside(before) or _is_always_beside(behind))


def _is_always_beside(neighbours: Counter[str]) -> bool:
    """Whether one character of Han is nearly always there."""
    most = max((count for one, count in neighbours.items() if one and class_of(one) == HAN), default=0)
    return most >= _ALWAYS_BESIDE * max(neighbours.total(), 1)

"""Suggest (autocomplete): the beginning of what a person types -> completions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from searchkit.analysis import Analyzer, normalize, query_tokens
from searchkit.engine.base import Snapshot
from searchkit.engine.plan import Boolean, Plan
from searchkit.indexing.suggestions import LONGEST_KEY, sound_key, split_key, typed_key
from searchkit.query.matching import phrase
from searchkit.schema import TITLES, WORDS
from searchkit.text import well_formed

# How many keys are looked up: one suggestion has several spellings.
_LOOKED_AT = 100
# How many completions of a last word are tried with the words before it.
_TRIED = 20

LookUp = Callable[[str, str], Sequence[tuple[str, int]]]
"""Returns the values of a field that begin with a key, and how many documents have each."""


@dataclass(frozen=True)
class Suggestion:
    """A completion, as it is written in documents, and how many documents are about it.

    If it has several words, ``documents`` is how many have all of them.
    """

    text: str
    documents: int

    def __str__(self) -> str:
        return self.text


class PrefixCache:
    """Remembers lookups in the latest snapshot: many people type the same first letters, and these are the
    slowest to look up."""

    def __init__(self) -> None:
        self._latest: tuple[str, LookUp] | None = None

    def of(self, snapshot: Snapshot) -> LookUp:
        """`Snapshot.terms_with_prefix`, remembered."""
        known = self._latest
        if known is None or known[0] != snapshot.version:
            look_up = lru_cache(maxsize=1000)(partial(snapshot.terms_with_prefix, limit=_LOOKED_AT))
            known = self._latest = snapshot.version, look_up
        return known[1]


def suggest(
    typed: str, snapshot: Snapshot, analyzer: Analyzer, look_up: LookUp, *, limit: int
) -> list[Suggestion]:
    """Words and whole titles, most frequent first; then completions of the last word of a longer text."""
    typed = well_formed(typed).lstrip()
    words = _found(look_up, WORDS, typed)
    known = {normalize(one.text) for one in words}
    titles = [] if _is_vague(typed, words) else _found(look_up, TITLES, typed)
    titles = [one for one in titles if normalize(one.text) not in known]
    # Titles are rarer than words, and would otherwise never be seen.
    shown = [*words[: max(limit - len(titles), limit - limit // 3)], *titles]
    for head, tail in _last_words(typed, analyzer):
        if len(shown) >= limit:
            break
        known = {normalize(one.text) for one in shown}
        more = _counted(snapshot, [head + one.text for one in _found(look_up, WORDS, tail)[:_TRIED]])
        new = [one for one in more if one.documents and normalize(one.text) not in known]
        shown += sorted(new, key=lambda one: -one.documents)
    return shown[:limit]


def _counted(snapshot: Snapshot, texts: Sequence[str]) -> list[Suggestion]:
    """Each text with the number of documents that have all of its words."""
    plans = []
    for text in texts:
        pieces = [found for piece in text.split() if (found := query_tokens(piece))]
        plans.append(Plan(Boolean(must=tuple(phrase(tokens, ("title", "body")) for tokens in pieces))))
    counts = snapshot.multi_search(plans, limit=0)
    return [Suggestion(text, count) for text, (count, _) in zip(texts, counts)]


def _is_vague(typed: str, words: list[Suggestion]) -> bool:
    """Whether so many words begin like this that looking at all titles takes long and tells nothing."""
    key = typed_key(normalize(typed))
    return len(words) > _LOOKED_AT // 4 and len(key) <= (2 if key.isascii() else 1)


def _found(look_up: LookUp, field: str, typed: str) -> list[Suggestion]:
    key = typed_key(normalize(typed))
    if not key:
        return []
    entries = [
        (entry, count)
        for entry, count in look_up(field, key[:LONGEST_KEY])
        if len(key) <= LONGEST_KEY or typed_key(normalize(split_key(entry)[1])).startswith(key)
    ]
    # A tenth of all words begin with any single letter; c# and c++ are no pinyin.
    if key.isascii() and len(key) > 1 and not {"+", "#"} & set(key):
        entries += look_up(field, sound_key(key))
    spellings: dict[str, dict[str, int]] = {}
    for entry, count in entries:
        shown = split_key(entry)[1]
        counts = spellings.setdefault(normalize(shown), {})
        counts[shown] = max(counts.get(shown, 0), count)
    found = [
        Suggestion(
            max(counts, key=lambda shown: (shown.startswith(typed), counts[shown], shown)),
            sum(counts.values()),
        )
        for normalized, counts in spellings.items()
        if normalized != normalize(typed.strip())
    ]
    return sorted(found, key=lambda one: (-one.documents, len(one.text), one.text))


def _last_words(typed: str, analyzer: Analyzer) -> Iterator[tuple[str, str]]:
    """The text before its last word, and that word: after the last space, then as the segmenter cuts it."""
    at = max(typed.rfind(" "), typed.rfind("\u3000")) + 1
    if at and typed[at:]:
        yield typed[:at], typed[at:]
    words = analyzer.words(normalize(typed[at:]))
    if len(words) > 1 and normalize(typed).endswith(words[-1]):
        start = len(typed) - len(words[-1])
        yield typed[:start], typed[start:]

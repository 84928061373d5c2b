"""Han spelling: characters that the index hardly has side by side -> a word that it has, typed wrong.

A wrong character sounds like the right one or looks like it. It makes rare neighbours, and it leaves single
characters where the segmenter finds no word: 菜英文 is 菜 and 英文, and 蔡英文 is in a thousand documents.
What the dictionary knows as a word is right, if documents have it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

from searchkit.analysis import Kind, bigram, normalize, tokenize
from searchkit.analysis.confusable import near_sound, same_shape, same_sound
from searchkit.analysis.pinyin import has_pinyin, readings
from searchkit.engine.base import Snapshot
from searchkit.engine.plan import Plan
from searchkit.indexing.stored_fields import StoredFields
from searchkit.indexing.suggestions import SEPARATOR, SOUND, split_key, typed_key
from searchkit.query.frequencies import FIELDS
from searchkit.query.matching import phrase
from searchkit.schema import WORDS
from searchkit.settings import Settings

_SAME, _WHOLE, _NEAR = 1.0, 0.3, 0.1
"""How likely it is that one character sounds or looks the same, that all sound the same, that one sounds
nearly the same."""
_TIMES_MORE = {_SAME: 5, _WHOLE: 10, _NEAR: 30}
"""How many times as frequent as what was typed the right word is."""
_TIMES_MORE_OF_TWO = 100
"""Of words of two characters, of which many are alike."""
_LEAST = 5
"""In how many documents the right word is at least, where the wrong one is found as well."""
_WORD = 10
"""Where so many documents have it as a word, it is one, though the dictionary lacks it."""
_SMALL = 1000
"""Documents of an index in which fewer are enough for that."""
_CLEARLY = 1.5
"""How many times as likely as the next one the right word is."""
_RARE = 100
"""Neighbours that one of so many documents has may be wrong."""
_LONGEST_WORD = 4
_NO_CHANCE = 3
_LONGEST_RUN = 40
"""Of a query that is longer than people type, the beginning is enough."""
LONGEST_TEXT = 120
"""Characters of a text in which runs begin that are looked at."""
_MOST_COUNTED = 8
_MOST_SPELLINGS = 20


class _Window(NamedTuple):
    """Some characters of a run, from start to before end, which may be a word."""

    start: int
    end: int


class _Candidate(NamedTuple):
    """A normalized word in place of a window, and how likely it is that it is typed so."""

    window: _Window
    word: str
    likely: float


def mended_han(text: str, snapshot: Snapshot, settings: Settings, *, little: bool, short: bool) -> str:
    """The text with the word that is most likely typed wrong replaced, as documents write it.

    ``little`` is whether the query finds next to nothing, so that a rare word may be the right one; ``short``
    is whether it has a word or two, which may be a name that is no word of the dictionary.
    """
    tokens = tokenize(text)
    rare = max(len(snapshot) // _RARE, _LEAST * 2)
    for first, last in _runs(tokens.kinds, tokens.starts, tokens.ends):
        if tokens.starts[first] > LONGEST_TEXT:
            break
        characters = tokens.texts[first:last]
        found = _best(characters, snapshot, settings, rare, little, short)
        if found:
            window, word = found
            start, end = tokens.starts[first + window.start], tokens.ends[first + window.end - 1]
            return text[:start] + word + text[end:]
    return text


def _runs(kinds: bytes, starts: Sequence[int], ends: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and the behind the last token of two or more characters of Han without anything between."""
    at = 0
    while at < len(kinds):
        end = at + 1
        if kinds[at] == Kind.HAN:
            while end < len(kinds) and kinds[end] == Kind.HAN and starts[end] == ends[end - 1]:
                end += 1
            if end - at > 1:
                yield at, min(end, at + _LONGEST_RUN)
        at = end


def _best(
    characters: list[str], snapshot: Snapshot, settings: Settings, rare: int, little: bool, short: bool
) -> tuple[_Window, str] | None:
    """The window of the run that is most likely typed wrong, and the right word."""
    pairs = [*pairwise(characters)]
    freqs = _pair_freqs(pairs, snapshot)
    windows = [
        window
        for window in _windows("".join(characters), settings, little)
        if min(freqs[pair] for pair in pairs[window.start : window.end - 1]) <= rare
    ]
    if not windows:
        return None
    candidates = [
        *_with_other_character(characters, windows, snapshot),
        *_with_same_sound(characters, windows, snapshot, settings),
    ]
    having = _about(candidates, snapshot)
    least = 1 if little else _LEAST
    candidates = [one for one in candidates if having[one.word] >= least]
    candidates.sort(key=lambda one: (one.window.start - one.window.end, -having[one.word] * one.likely))
    return _confirmed(characters, candidates[:_MOST_COUNTED], snapshot, settings, little, short)


def _about(candidates: Sequence[_Candidate], snapshot: Snapshot) -> dict[str, int]:
    """How many documents have each of the words, at most.

    Two characters are a word where the segmenter says so; more hardly stand side by side by chance, and a
    name is no word of the segmenter everywhere.
    """
    words = [*dict.fromkeys(one.word for one in candidates)]
    short = [word for word in words if len(word) < _NO_CHANCE]
    having = dict(zip(short, snapshot.doc_freqs("words", short))) if short else {}
    long = [word for word in words if len(word) >= _NO_CHANCE]
    freqs = _pair_freqs([pair for word in long for pair in pairwise(word)], snapshot)
    return having | {word: min(freqs[pair] for pair in pairwise(word)) for word in long}


def _windows(run: str, settings: Settings, little: bool) -> Iterator[_Window]:
    """The parts of the run that may be a word typed wrong: none that cuts a word of the dictionary."""
    has_word = settings.analyzer.has_word
    words, _ = settings.analyzer.segment(run)
    if "".join(words) != run:
        words = [*run]
    within: set[int] = set()
    single: set[int] = set()  # where a character is no part of a word of the dictionary
    at = 0
    for word in words:
        places = range(at, at + len(word))
        if len(word) > 1 and has_word(word):
            within.update(places[1:])
        else:
            single.update(places)
        at += len(word)
    for size in range(2, _LONGEST_WORD + 1):
        for start in range(len(run) - size + 1):
            end = start + size
            may_be = little or (single & {*range(start, end)} and not has_word(run[start:end]))
            if may_be and not {start, end} & within:
                yield _Window(start, end)


def _pair_freqs(pairs: Sequence[tuple[str, str]], snapshot: Snapshot) -> dict[tuple[str, str], int]:
    """How many documents have the characters side by side: about, and never too few."""
    asked = [*dict.fromkeys(pairs)]
    terms = [bigram(*pair) for pair in asked]
    if not terms:
        return {}
    fields = (snapshot.doc_freqs(f"{field}_bigrams", terms) for field in ("title", "body"))
    return dict(zip(asked, map(sum, zip(*fields))))


def _with_other_character(
    characters: Sequence[str], windows: Sequence[_Window], snapshot: Snapshot
) -> list[_Candidate]:
    """The windows with one character replaced by one that sounds or looks like it, where neighbours exist."""
    places = sorted({at for window in windows for at in range(*window)})
    alike = {at: _alike(characters[at]) for at in places}
    asked = [
        pair
        for at in places
        for other in alike[at]
        for pair in (
            *([(characters[at - 1], other)] if at else []),
            *([(other, characters[at + 1])] if at + 1 < len(characters) else []),
        )
    ]
    freqs = _pair_freqs(asked, snapshot)
    found = []
    for window in windows:
        for at in range(*window):
            for other, likely in alike[at].items():
                word = [*characters[window.start : at], other, *characters[at + 1 : window.end]]
                before = at == window.start or freqs[characters[at - 1], other]
                behind = at == window.end - 1 or freqs[other, characters[at + 1]]
                if before and behind:
                    found.append(_Candidate(window, "".join(word), likely))
    return found


def _alike(character: str) -> dict[str, float]:
    """The characters that it may stand for, and how likely that is."""
    found = dict.fromkeys(near_sound(character), _NEAR)
    found.update(dict.fromkeys(chain(same_sound(character), same_shape(character)), _SAME))
    return found


def _with_same_sound(
    characters: Sequence[str], windows: Sequence[_Window], snapshot: Snapshot, settings: Settings
) -> list[_Candidate]:
    """Words that sound like a window as a whole, where the index has pinyin."""
    if not settings.pinyin or not has_pinyin():
        return []
    found = []
    for window in windows:
        for sound in readings("".join(characters[window.start : window.end])):
            key = f"{SOUND}{sound}{SEPARATOR}"
            for entry, _ in snapshot.terms_with_prefix(WORDS, key, limit=_MOST_SPELLINGS):
                found.append(_Candidate(window, typed_key(split_key(entry)[1]), _WHOLE))
    return found


def _confirmed(
    characters: Sequence[str],
    candidates: Sequence[_Candidate],
    snapshot: Snapshot,
    settings: Settings,
    little: bool,
    short: bool,
) -> tuple[_Window, str] | None:
    """The likeliest of the candidates that are frequent enough, as documents write it, if it is clear."""
    if not candidates:
        return None
    typed_texts = {one.window: "".join(characters[slice(*one.window)]) for one in candidates}
    words = [*dict.fromkeys(chain(typed_texts.values(), (one.word for one in candidates)))]
    found = snapshot.multi_search([Plan(phrase([*word], FIELDS)) for word in words], limit=0)
    counts = dict(zip(words, (total for total, _ in found)))
    as_words = dict(zip(words, snapshot.doc_freqs("words", words)))
    has_word = settings.analyzer.has_word
    least_as_word = min(1 + len(snapshot) // _SMALL, _WORD) if little and short else _WORD

    def is_better(one: _Candidate) -> bool:
        typed, right = typed_texts[one.window], counts[one.word]
        if one.word == typed or right < (1 if little and one.likely > _NEAR else _LEAST):
            return False
        # A long query has many neighbours that no document has, and most of it is right.
        is_word = has_word(one.word) or as_words[one.word] >= least_as_word
        if not is_word and not (short and len(typed) >= _NO_CHANCE):
            return False
        if len(typed) >= _NO_CHANCE:
            return right > counts[typed] * _TIMES_MORE[one.likely]
        is_apart = as_words[typed] == 0 and right > counts[typed] * _TIMES_MORE_OF_TWO
        return counts[typed] == 0 or (short and is_apart and one.likely == _SAME)

    better = [one for one in candidates if is_better(one)]
    if not better:
        return None
    size = max(end - start for (start, end), _, _ in better)
    scores: dict[tuple[_Window, str], float] = {}
    for window, word, likely in better:
        if window.end - window.start == size:
            score = counts[word] * likely
            scores[window, word] = max(scores.get((window, word), 0), score)
    (best, most), *others = sorted(scores.items(), key=lambda item: -item[1])
    if others and others[0][1] * _CLEARLY > most:
        return None
    return best[0], _as_written(best[1], snapshot)


def _as_written(word: str, snapshot: Snapshot) -> str:
    """The normalized word as most documents write it, or as one of them does."""
    entries = snapshot.terms_with_prefix(WORDS, word + SEPARATOR, limit=_MOST_SPELLINGS)
    if entries:
        return split_key(max(entries, key=lambda entry: entry[1])[0])[1]
    for one in snapshot.search(Plan(phrase([*word], FIELDS)), limit=1, offset=0)[1]:
        fields = StoredFields.decode(one.stored)
        for text in (fields.title, fields.body):
            at = normalize(text).find(word)
            if at >= 0:
                return text[at : at + len(word)]
    return word  # it stands there with something between its characters

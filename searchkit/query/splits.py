"""Splits: one token -> its parts, where the index has them as neighbours: wifi is wi|fi.

Two words that stand side by side by chance are no such parts: `often` is not `of ten`. What tells is a hyphen
that the index has between them. Where there is none, they have to stand together often enough, and none of
them may be a function word or the ending behind an apostrophe.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from searchkit.analysis import bigram
from searchkit.analysis.function_words import FUNCTION_WORDS
from searchkit.query.frequencies import FIELDS, Frequencies

Parts = tuple[str, ...]

LEAST_DIGITS = 7
"""A number of fewer digits is not written in groups: 1012 is not 10-12."""
_LONGEST = 24
_MOST_OF_THREE = 12
"""Splits of a word into three parts of two letters or more that are looked up: those with the longest."""
_LONGEST_GROUP = 6
_MOST_GROUPS = 5
_MOST_CHAINS = 12

_SHARE = 0.02
"""So many of the documents with the rarer part have both as neighbours; more of them where one is a single
letter, which is a part of any abbreviation."""
_SHARE_OF_LETTERS = 0.1
# What stands behind an apostrophe is the end of another word: don't ask is no task. And were is not we're.
_NOT_FIRST = FUNCTION_WORDS | frozenset("s t d m ll re ve".split())
_NOT_LAST = FUNCTION_WORDS | frozenset("s d ll re".split())


def find_splits(tokens: Sequence[str], frequencies: Frequencies) -> dict[str, list[Parts]]:
    """The parts of each of the tokens that has any."""
    found: dict[str, list[Parts]] = {}
    words = [
        token for token in dict.fromkeys(tokens) if token not in FUNCTION_WORDS and len(token) <= _LONGEST
    ]
    for parts in _splits_of_words([word for word in words if word.isalpha() and len(word) > 1], frequencies):
        found.setdefault("".join(parts), []).append(parts)
    for word in words:
        if word.isdigit() and len(word) >= LEAST_DIGITS:
            found[word] = [*_groups(word, frequencies)]
    return found


def _splits_of_words(words: Sequence[str], frequencies: Frequencies) -> Iterator[Parts]:
    pairs: list[Parts] = [(word[:at], word[at:]) for word in words for at in range(1, len(word))]
    pairs = _neighbours(pairs, 1, frequencies)
    # Of three parts the last two are looked up where the first two are there.
    threes = _neighbours(_threes(words, frequencies), 1, frequencies)
    found = [*pairs, *_neighbours(threes, 2, frequencies)]
    if found:
        frequencies.doc_freqs("words", [word for parts in found for word in _writings(parts)])  # all at once
    for parts in found:
        if _is_one_word(parts, frequencies):
            yield parts


def _threes(words: Sequence[str], frequencies: Frequencies) -> list[Parts]:
    """Three parts of each word, of which the first and the last are there."""
    ends = [word[:at] for word in words for at in range(2, len(word) - 3)]
    starts = [word[at:] for word in words for at in range(4, len(word) - 1)]
    known = {part for part, having in zip(ends, frequencies.in_text("unigrams", ends)) if having}
    known |= {part for part, having in zip(starts, frequencies.in_text("unigrams", starts)) if having}
    found: list[Parts] = []
    for word in words:
        of_word: list[Parts] = [
            (word[:end], word[end:start], word[start:])
            for end in range(2, len(word) - 3)
            for start in range(end + 2, len(word) - 1)
            if word[:end] in known and word[start:] in known
        ]
        found += sorted(of_word, key=lambda parts: -min(map(len, parts)))[:_MOST_OF_THREE]
    return found


def _neighbours(found: Sequence[Parts], at: int, frequencies: Frequencies) -> list[Parts]:
    """Those whose part at this place stands behind the one before."""
    terms = [bigram(parts[at - 1], parts[at]) for parts in found]
    return [parts for parts, documents in zip(found, frequencies.in_text("bigrams", terms)) if documents]


def _is_one_word(parts: Parts, frequencies: Frequencies) -> bool:
    whole, *with_joints = frequencies.doc_freqs("words", _writings(parts))
    if any(with_joints):
        return True
    if whole > sum(frequencies.doc_freqs(f"{field}_unigrams", ["".join(parts)])[0] for field in FIELDS):
        return True  # the segmenter has it in one piece where the tokenizer has its parts: camel case
    if not _NOT_FIRST.isdisjoint(parts[:-1]) or parts[-1] in _NOT_LAST:
        return False
    rarest = min(frequencies.in_text("unigrams", parts))
    share = _SHARE_OF_LETTERS if 1 in map(len, parts) else _SHARE
    return frequencies.of_forms([parts])[0] >= share * rarest


def _writings(parts: Parts) -> list[str]:
    return [joint.join(parts) for joint in ("", *"-_")]


def _groups(number: str, frequencies: Frequencies) -> Iterator[Parts]:
    """The groups of a number that stand side by side."""
    chains: list[Parts] = [(number[:size],) for size in range(1, _LONGEST_GROUP + 1)]
    for at in range(1, _MOST_GROUPS):
        longer = []
        for chain in chains:
            rest = number[sum(map(len, chain)) :]
            sizes = {*range(1, min(_LONGEST_GROUP, len(rest)) + 1), len(rest)}
            longer += [(*chain, rest[:size]) for size in sorted(sizes)]
        chains = []
        for chain in _neighbours(longer, at, frequencies):
            if sum(map(len, chain)) == len(number):
                yield chain
            else:
                chains.append(chain)
        chains = chains[:_MOST_CHAINS]

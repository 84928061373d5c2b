"""Joints: what is written in one piece or in several, as Wi-Fi, wifi and wi fi -> what of it the index has.

* Neighbours joined: wi|fi to wifi, 138|0013|8000 to 13800138000.
* One token split (`searchkit.query.splits`): wifi to wi|fi, 13800138000 to 138|0013|8000.
* The same tokens as other words of the segmenter: covid19, COVID-19 and COVID 19.

All are the same word, and count as equals. So what is typed with a space is joined only where no part is a
function word: `a part` is not apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from searchkit.analysis import is_one_word, is_word
from searchkit.analysis.function_words import FUNCTION_WORDS
from searchkit.query.alternatives import Alternative, choices, put_in
from searchkit.query.frequencies import Frequencies
from searchkit.query.splits import LEAST_DIGITS, find_splits
from searchkit.query.words import gaps

_HAN = re.compile("[一-鿿]*")
_JOINTS = frozenset(("", *"-_./&·‐‑–−"))
"""What stands between the parts of one word; nothing where letters meet digits."""
_JOINTS_OF_NUMBERS = frozenset(("", "-", " "))
_IN_WORDS = ("", *"-_.")
"""What the segmenter takes for a part of a word."""

# Tokens of a query that are looked up: the beginning of a headline or an address.
_MOST_TOKENS = 24
_MOST_PARTS = 6
_MOST_TOGETHER = 6
_MOST_FORMS = 12


def from_joints(text: str, tokens: Sequence[str], frequencies: Frequencies) -> list[Alternative]:
    """The other writings of the Latin words and numbers of a text that the index has."""
    if _HAN.fullmatch("".join(tokens)):  # as nearly always
        return []
    places = [at for at, token in enumerate(tokens) if is_word(token)][:_MOST_TOKENS]
    if not places:
        return []
    before = gaps(text) if any(b == a + 1 for a, b in pairwise(places)) else [" "] * len(tokens)
    if len(before) != len(tokens):  # a text of symbols
        return []
    splits = find_splits([tokens[at] for at in places], frequencies)
    local = [
        Alternative(at, at + 1, parts, "spelling", parts, True)
        for at in places
        for parts in splits.get(tokens[at], ())
    ]
    local += _joined(tokens, places, before, frequencies)
    found: list[Alternative] = []
    for start, end in _compounds(places, before):
        inside = [one for one in local if start <= one.start and one.end <= end]
        local = [one for one in local if one not in inside]
        found += (
            _of_compound(tokens, start, end, inside, frequencies) if end - start <= _MOST_TOGETHER else inside
        )
    return [*found, *local, *_written_together(tokens, places, before, frequencies)]


def _joined(
    tokens: Sequence[str], places: Sequence[int], before: Sequence[str], frequencies: Frequencies
) -> Iterator[Alternative]:
    """Neighbours in one piece."""
    found = []
    for start in places:
        is_typed_so = True
        for end in range(start + 2, min(start + _MOST_PARTS, len(tokens)) + 1):
            gap, parts = before[end - 1], tokens[start:end]
            whole = "".join(parts)
            if end - 1 not in places or not is_one_word(whole):
                break
            if whole.isdigit():
                if gap not in _JOINTS_OF_NUMBERS:
                    break
                if len(whole) < LEAST_DIGITS:
                    continue
            elif gap not in _JOINTS:
                is_typed_so = False
                if not gap.isspace() or not FUNCTION_WORDS.isdisjoint(parts):
                    break
            in_quotes = is_typed_so or whole.isdigit()
            found.append(Alternative(start, end, (whole,), "spelling", (whole,), in_quotes))
    there = frequencies.in_text("unigrams", [one.tokens[0] for one in found])
    for one, documents in zip(found, there):
        if documents:
            yield one
            if any(map(str.isspace, before[one.start + 1 : one.end])):
                typed = tuple(tokens[one.start : one.end])  # one word all the same
                yield one._replace(tokens=typed, words=typed)


def _compounds(places: Sequence[int], before: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where tokens stand that are typed as one word, from and to."""
    start = places[0]
    for last, at in pairwise(places):
        if at != last + 1 or before[at] not in _JOINTS:
            yield start, last + 1
            start = at
    yield start, places[-1] + 1


def _of_compound(
    tokens: Sequence[str], start: int, end: int, inside: Sequence[Alternative], frequencies: Frequencies
) -> Iterator[Alternative]:
    """All forms of what is typed as one word.

    The typed one is among them where it has several tokens, which are other words elsewhere.
    """
    typed = tuple(tokens[start:end])
    is_number = "".join(typed).isdigit()
    if not inside and (len(typed) == 1 or is_number):
        return
    chosen = islice(choices(inside), _MOST_FORMS)
    forms = list(dict.fromkeys(put_in(tokens, start, end, each) for each in chosen))
    for form, documents in zip(forms, frequencies.of_forms(forms)):
        if documents and (form != typed or (len(form) > 1 and not is_number)):
            yield Alternative(start, end, form, "spelling", form, True)


def _written_together(
    tokens: Sequence[str], places: Sequence[int], before: Sequence[str], frequencies: Frequencies
) -> Iterator[Alternative]:
    """Neighbours that are typed with a space, and are one word of the segmenter elsewhere: covid 19."""
    pairs = {}
    for one, other in pairwise(places):
        pair = (tokens[one], tokens[other])
        is_typed_apart = other == one + 1 and before[other].isspace()
        if is_typed_apart and FUNCTION_WORDS.isdisjoint(pair) and not "".join(pair).isdigit():
            pairs[one] = pair
    words = [joint.join(pair) for pair in pairs.values() for joint in _IN_WORDS]
    there = iter(frequencies.doc_freqs("words", words))
    for at, pair in pairs.items():
        if sum(next(there) for _ in _IN_WORDS):
            yield Alternative(at, at + 2, pair, "spelling", pair)

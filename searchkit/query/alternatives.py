"""alternatives: what else may stand in a text in place of tokens of a query.

Some modules know of such: tables of spellings and regional words, the synonyms of an index. Here they are put
into the words of a query, also within a longer word: with 网络 and 網路, 网络安全 finds 網路安全.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Literal, NamedTuple

from searchkit.analysis import is_word, query_tokens
from searchkit.query.frequencies import Frequencies
from searchkit.query.words import Word

Kind = Literal["spelling", "word", "name", "synonym"]
"""How it is related: the same word written otherwise, which counts as an equal; what the same thing, person
or place is called elsewhere; a synonym of the index. These rank below what was typed."""

MOST_ALTERNATIVES = 100
"""Of a word, from one table: each is a clause of the plan, in every field of text."""
_MOST_COMPARED = 5000  # by how many documents have them
_MOST_CHOSEN = 1000  # words whose alternatives are remembered
# Of one word or phrase.
_MOST_FORMS = 16


class Alternative(NamedTuple):
    """In place of the tokens from ``start`` to ``end`` of a query these ``tokens`` may stand."""

    start: int
    end: int
    tokens: tuple[str, ...]
    kind: Kind
    words: tuple[str, ...] = ()
    """What the segmenter makes of it."""
    in_quotes: bool = False
    """Does it hold in quotes too, as it is written with the same characters?"""


class AlternativeTable:
    """Words and what else finds them, all of one kind.

    ``by_key`` has for the tokens of a word, joined by spaces, the other words.
    """

    def __init__(self, kind: Kind, by_key: Mapping[str, Sequence[str]]) -> None:
        self.kind = kind
        self._by_key = by_key
        self._lengths: dict[str, tuple[int, ...]] = {}
        """How many tokens the words have that begin with a token."""
        for key in by_key:
            first, length = key.partition(" ")[0], key.count(" ") + 1
            lengths = self._lengths.get(first, ())
            if length not in lengths:
                self._lengths[first] = tuple(sorted((*lengths, length)))
        self._chosen: dict[str, tuple[str, Sequence[str]]] = {}  # for keys with many others, of which version

    def find(self, tokens: Sequence[str]) -> list[tuple[int, int, str]]:
        """Where words of the table stand among the tokens, from and to, and their keys."""
        found = []
        for start, first in enumerate(tokens):
            for length in self._lengths.get(first, ()):
                key = first if length == 1 else " ".join(tokens[start : start + length])
                if start + length <= len(tokens) and key in self._by_key:
                    found.append((start, start + length, key))
        return found

    def others(self, key: str, statistics: Frequencies) -> Sequence[str]:
        """What else the word with this key finds; of very many, those that most documents have.

        They are chosen once for each state of the index.
        """
        others = self._by_key[key]
        if len(others) <= MOST_ALTERNATIVES:
            return others
        known = self._chosen.get(key)
        if known is None or known[0] != statistics.version:
            others = others[:_MOST_COMPARED]
            having = statistics.of_forms([query_tokens(other) for other in others])
            best = sorted(range(len(others)), key=lambda at: -having[at])[:MOST_ALTERNATIVES]
            if len(self._chosen) >= _MOST_CHOSEN:
                self._chosen.clear()
            known = self._chosen[key] = statistics.version, [others[at] for at in sorted(best)]
        return known[1]


def from_tables(
    tokens: Sequence[str],
    words: Sequence[Word],
    tables: Iterable[AlternativeTable],
    analyze: Callable[[str], tuple[Sequence[str], Sequence[str]]],
    statistics: Frequencies,
) -> Iterator[Alternative]:
    """What the tables have for neighbouring tokens that are whole words, or a part of one.

    ``analyze`` gives the tokens and the words of a text.
    """
    inside: dict[int, Word] = {}
    for table in tables:
        found_here = table.find(tokens)
        if found_here and not inside:
            inside = {at: word for word in words for at in range(word.start + 1, word.end)}
        for start, end, key in found_here:
            first, last = inside.get(start), inside.get(end)
            if (
                (first and end > first.end)
                or (last and start < last.start)
                or ((first or last) and end == start + 1)
            ):
                continue  # it has the end of one word and the beginning of the next, or is a mere character
            for other in table.others(key, statistics):
                found, of_words = analyze(other)
                if found:
                    yield Alternative(start, end, tuple(found), table.kind, tuple(of_words))


def within_words(
    alternatives: Sequence[Alternative],
    tokens: Sequence[str],
    words: Sequence[Word],
    analyze: Callable[[str], tuple[Sequence[str], Sequence[str]]],
) -> list[Alternative]:
    """The alternatives of whole words: in place of one within a longer word, that word with it put in."""
    found = [one for one in alternatives if not any(_is_within(one, word) for word in words)]
    for word in words:
        inside = [one for one in alternatives if _is_within(one, word)]
        for chosen in islice(choices(inside), 1, _MOST_FORMS):
            form = put_in(tokens, word.start, word.end, chosen)
            kind: Kind = next((one.kind for one in chosen if one.kind != "spelling"), "spelling")
            found.append(Alternative(word.start, word.end, form, kind, tuple(analyze(_written(form))[1])))
    return found


def forms_in_quotes(tokens: Sequence[str], alternatives: Sequence[Alternative]) -> list[tuple[str, ...]]:
    """The tokens of a phrase, as typed and with the alternatives that hold in quotes put in."""
    there = [one for one in alternatives if one.in_quotes]
    chosen = islice(choices(there), _MOST_FORMS)
    return list(dict.fromkeys(put_in(tokens, 0, len(tokens), each) for each in chosen))


def choices(alternatives: Sequence[Alternative]) -> Iterator[tuple[Alternative, ...]]:
    """Alternatives that do not overlap: none of them, each, each two, and so on."""
    in_order = sorted(alternatives, key=lambda one: one.start)  # stable
    found: deque[tuple[tuple[Alternative, ...], int]] = deque([((), 0)])
    while found:
        chosen, after = found.popleft()
        yield chosen
        for number in range(after, len(in_order)):
            if not chosen or in_order[number].start >= chosen[-1].end:
                found.append(((*chosen, in_order[number]), number + 1))


def put_in(tokens: Sequence[str], start: int, end: int, chosen: Sequence[Alternative]) -> tuple[str, ...]:
    form: list[str] = []
    for one in chosen:
        form += [*tokens[start : one.start], *one.tokens]
        start = one.end
    return (*form, *tokens[start:end])


def _written(tokens: Sequence[str]) -> str:
    """A text with these tokens."""
    return "".join(
        f" {token}" if number and is_word(token) and is_word(tokens[number - 1]) else token
        for number, token in enumerate(tokens)
    )


def _is_within(one: Alternative, word: Word) -> bool:
    return word.start <= one.start and one.end <= word.end and one.end - one.start < word.end - word.start

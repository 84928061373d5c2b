"""Matcher: the highlight terms of a query against a text -> where they stand in it.

What matches is defined by the tokens of the text (`searchkit.analysis.tokens`), as it is in the index. But to
take all of a text apart takes a hundred microseconds, so it is done for those lines only in which a term may
begin and its neighbourhood does not say at once. Han characters and words in ASCII nearly always do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from operator import add

from searchkit.analysis import is_symbol, plain, variants, without_symbols
from searchkit.analysis.characters import ASCII_LETTER, DIGIT, HAN, class_of
from searchkit.analysis.tokens import LONGEST
from searchkit.highlight.forms import bases_of, expanded_forms, one_spellings
from searchkit.highlight.likeness import likeness
from searchkit.highlight.lines import Line, Lines
from searchkit.query import HighlightTerm
from searchkit.query.ast import Field

Match = tuple[int, int, int]
"""Start, end and the number of the term."""

# Plain characters: what they are does not depend on their neighbours. Beside these, the main block of Han.
_GAP = " \t!\"%&'()*,-./:;<=>?@[]|，。、；：！？“”‘’（）《》〈〉「」『』【】…—·\u3000"
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PLAIN = {
    **dict.fromkeys(_GAP, " "),
    **dict.fromkeys(_LETTERS, ASCII_LETTER),
    **dict.fromkeys("0123456789", DIGIT),
    "\n": "\n",
    "": "\n",  # the end of the text
}
# Behind a digit they may be part of the number, or join it with the next one.
_IN_NUMBERS = ",，.:：．"
_gap = re.compile(f"[{re.escape(_GAP)}]*").match

# How many characters are searched at once, so that the first matches of a long text are found soon.
_BLOCK = 4096
_UNCERTAIN = -1
# How far back the beginning of a word is looked for. It is less than a word is long that is cut.
_NEAR = 32


def counts_within(match: Match, start: int, end: int, is_phrase: bool) -> bool:
    """Is the match within text[start:end]? Of a phrase that is longer only the beginning has to be there."""
    if match[1] <= end:
        return start <= match[0]
    return is_phrase and start <= match[0] < end and match[1] - match[0] > end - start


class Matcher:
    """Finds the highlight terms of one query in texts."""

    def __init__(self, terms: Iterable[HighlightTerm]) -> None:
        self.terms = [part for term in terms for part in parts_without_symbols(term)]
        self._finders = [
            _LikeFinder(number, term) if term.is_inexact else _Finder(number, term)
            for number, term in enumerate(self.terms)
        ]

    def find(
        self, lines: Lines, field: Field, start: int = 0, end: int | None = None, most: int | None = None
    ) -> tuple[list[Match], bool]:
        """The matches within text[start:end] (`counts_within`) in order, and whether these are all.

        With ``most``, only the first so many of each term.
        """
        end = len(lines.text) if end is None else end
        found: list[Match] = []
        is_complete = True
        for finder in self._finders:
            if finder.term.field not in (None, field):
                continue
            if matches := finder.find(lines, start, end, most):
                found += matches
                is_complete = is_complete and len(matches) != most
        found.sort()
        return found, is_complete


class _LikeFinder:
    """Finds neighbouring tokens that are each like a word."""

    def __init__(self, number: int, term: HighlightTerm) -> None:
        self.term = term
        self._number = number
        self._likenesses = [likeness(token, term.distance) for token in term.tokens]

    def find(self, lines: Lines, start: int, end: int, most: int | None) -> list[Match]:
        """The first ``most`` matches within text[start:end], in order."""
        line = lines.all()
        if len(self._likenesses) > 1:
            spans = line.like(self._likenesses)
        else:
            spans = ((left, right) for text, left, right in line.words() if self._likenesses[0](text))
        found = sorted((left, right, self._number) for left, right in spans)
        return [match for match in found if counts_within(match, start, end, False)][:most]


class _Finder:
    """Finds neighbouring tokens."""

    def __init__(self, number: int, term: HighlightTerm) -> None:
        self.term = term
        self._number = number
        self._tokens = [*map(plain, term.tokens)]
        self._joints = [
            ord(token[-1]) if token != text else 0 for token, text in zip(term.tokens, self._tokens)
        ]
        # For each character what it may be in a text, and what stands for it with others.
        self._spellings = [one_spellings(character) for token in self._tokens for character in token]
        self._expansions = [
            expanded_forms().get(character, "") for token in self._tokens for character in token
        ]
        self._plain = [] if term.prefix else _plain_tokens(self._tokens)
        self._is_word = bool(self._plain) and self._plain[0][1] != HAN
        self._is_han = {kind for _, kind in self._plain} == {HAN}
        # The plain forms of the second character; nothing may stand before it within a word.
        self._second = "".join([one for forms, _ in self._plain[:2] for one in forms][1:2])
        # A comma may stand within a number.
        self._is_tight = self._is_word and self._plain[0][1] != DIGIT and len(self._tokens[0]) > 1
        self._is_one_word = len(self._plain) == 1 and self._plain[0][1] == ASCII_LETTER

    def find(self, lines: Lines, start: int, end: int, most: int | None) -> list[Match]:
        """The first ``most`` matches within text[start:end], in order."""
        text, second, is_tight, number = lines.text, self._second, self._is_tight, self._number
        spelled, is_phrase = self._spellings, len(self._tokens) > 1
        if lines.expands:
            spelled, second = [*map(add, spelled, self._expansions)], ""
        present = []
        for forms in spelled:
            if not (found_forms := lines.present.get(forms) or lines.find_present(forms)):
                return []
            present.append(found_forms)
        # Han characters side by side, as they stand nearly always.
        together = "".join(present) if self._is_han else ""
        width = len(present)
        if len(together) != width or not all(map(_plain, together)):  # 々 is another character in each place
            together = ""
        line: Line | None = None  # the last that was asked for
        found: list[Match] = []
        for at in _places(text, present[0], start, end):
            if (
                second
                and (behind := text[at + 1 : at + 2]) not in second
                and ("一" <= behind <= "\u9fff" or (is_tight and behind in _PLAIN))
            ):
                continue  # another character follows, as nearly always where it is not the term
            reached = at + width
            behind = text[reached : reached + 1]
            if (
                together
                and ("一" <= behind <= "\u9fff" or behind in _PLAIN)
                and text.startswith(together, at)
            ):
                ends = [reached]  # it is the term, and nothing belongs to its last character
            elif line and at <= line.end:
                ends = line.ends_at(at, self._tokens, self._joints, self.term.prefix)
            else:
                reached = self._plain_end(text, at) if self._plain else _UNCERTAIN
                ends = [reached] if reached > 0 else []
                if reached == _UNCERTAIN:
                    line = lines.at(at)
                    ends = line.ends_at(at, self._tokens, self._joints, self.term.prefix)
            for reached in ends:
                if reached <= end or (is_phrase and reached - at > end - start):
                    found.append((at, reached, number))
                    if len(found) == most:
                        return found
        return found

    def _plain_end(self, text: str, at: int) -> int:
        """Where the term ends that begins at this place; 0 where it does not stand there.

        Uncertain where a character is not plain.
        """
        if not _plain(text[at]):
            return _UNCERTAIN
        if self._is_word and at:
            kind, start = self._plain[0][1], at - 1
            while (before := _plain(text[start]) if start >= 0 else "\n") == kind and at - start < _NEAR:
                start -= 1
            if not before or before == kind or (kind == DIGIT and _may_group(text, start)):
                return _UNCERTAIN
            if start < at - 1:  # inside of a word
                return _UNCERTAIN if self._is_one_word and "A" <= text[at] <= "Z" else 0
        first = at
        for characters, kind in self._plain:
            if at > first and (found := _gap(text, at)):
                at = found.end()
            for forms in characters:
                if (character := text[at : at + 1]) not in forms or not character:
                    is_certain = (
                        _plain(character)
                        and character != "\n"
                        and not (kind == DIGIT and character in _IN_NUMBERS)
                    )
                    return 0 if is_certain else _UNCERTAIN
                at += 1
            behind = text[at : at + 1]
            if not (behind_kind := _plain(behind)) or (kind == DIGIT and behind in _IN_NUMBERS and behind):
                return _UNCERTAIN
            if behind_kind == kind != HAN:
                return _UNCERTAIN if self._is_one_word and "A" <= behind <= "Z" else 0
        return at


def _may_group(text: str, at: int) -> bool:
    """May there be a comma at this place that is part of the number behind it?"""
    return at > 0 and text[at] in ",，" and _plain(text[at - 1]) in ("", DIGIT)


def _places(text: str, characters: str, start: int, end: int) -> Iterable[int]:
    """Where in text[start:end] one of the characters stands, in order."""
    if len(characters) > 1:
        return _places_of_many(text, characters, start, end)
    places = []
    at = text.find(characters, start, end)
    while at >= 0:
        places.append(at)
        at = text.find(characters, at + 1, end)
    return places


def _places_of_many(text: str, characters: str, start: int, end: int) -> Iterator[int]:
    for block in range(start, end, _BLOCK):
        places: list[int] = []
        for character in characters:
            places += _places(text, character, block, min(block + _BLOCK, end))
        yield from sorted(places)


def _plain(character: str) -> str:
    """What a plain character is; empty for another."""
    return HAN if "一" <= character <= "\u9fff" else _PLAIN.get(character, "")


def _plain_tokens(tokens: Sequence[str]) -> list[tuple[list[str], str]]:
    """For each token the plain forms of each of its characters, and what they are.

    Empty where a token of the term can be known by its neighbourhood only.
    """
    found = []
    for token in tokens:
        kind = class_of(token[0])
        forms = [_plain_forms(character, kind) for character in token]
        if not all(forms) or len(token) >= LONGEST:
            return []
        found.append((forms, kind))
    return found


@lru_cache(maxsize=10_000)
def _plain_forms(character: str, kind: str) -> str:
    """The plain forms of a character of this kind; none where it is composed of others as well."""
    forms = "".join(filter(_plain, variants(character)))
    return forms if set(map(_plain, forms)) == {kind} and character not in bases_of() else ""


def parts_without_symbols(term: HighlightTerm) -> list[HighlightTerm]:
    """The term as its tokens are neighbours: without symbols, or each symbol for itself."""
    if len(term.tokens) == 1:
        return [term]
    tokens = tuple(without_symbols([*term.tokens]))
    if is_symbol(tokens[0]):
        return [term._replace(tokens=(token,), prefix=False) for token in dict.fromkeys(tokens)]
    return [term._replace(tokens=tokens, prefix=term.prefix and tokens[-1] == term.tokens[-1])]

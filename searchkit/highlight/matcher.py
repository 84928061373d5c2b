"""Matcher: the highlight terms of a query against a text -> where they stand in it.

What matches is defined by the tokens of the text (`searchkit.analysis.tokens`), as it is in the index. But to
take all of a text apart takes a hundred microseconds, so it is done for those lines only in which a term may
begin and its neighbourhood does not say at once. Han characters and words in ASCII nearly always do.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, cached_property, lru_cache
from operator import add

from searchkit.analysis import is_symbol, plain, variants, without_symbols
from searchkit.analysis.characters import ASCII_LETTER, DIGIT, HAN, character_data, class_of
from searchkit.analysis.context import IDEOGRAPHS, joins_lines
from searchkit.analysis.kernel import tokenize
from searchkit.analysis.tokens import LONGEST, word_parts
from searchkit.highlight.likeness import likeness
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


class Line:
    """The tokens of one line, or of several."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.start, self.end = start, end
        tokens = tokenize(text[start:end])
        self._texts: list[str] = tokens.texts
        self._starts = [start + one for one in tokens.starts]
        self._ends = [start + one for one in tokens.ends]
        self._lines: Sequence[int] = tokens.lines
        self._joints = tokens.joints
        # Of the tokens in the place of one character the first.
        self._numbers = dict(zip(reversed(self._starts), range(len(self._starts) - 1, -1, -1), strict=True))
        self._parts: dict[int, list[tuple[str, int]]] = {}
        for part in word_parts(text[start:end]):
            self._parts.setdefault(start + part.start, []).append((part.text, start + part.end))

    def words(self) -> Iterator[tuple[str, int, int]]:
        """The tokens and the parts of words: their texts, and where they start and end."""
        yield from zip(self._texts, self._starts, self._ends, strict=True)
        for start, parts in self._parts.items():
            for text, end in parts:
                yield text, start, end

    def ends_at(self, at: int, tokens: Sequence[str], joints: Sequence[int], is_prefix: bool) -> list[int]:
        """Where tokens end that begin at this place of the text, with these signs between them; in order."""
        found = []
        number = self._numbers.get(at, len(self._starts))
        if len(tokens) == 1:
            found = [end for text, end in self._parts.get(at, ()) if _fits(text, tokens[0], is_prefix)]
        while number < len(self._starts) and self._starts[number] == at:
            if len(tokens) > 1:
                end = self._end_of_neighbours(number, tokens, joints, is_prefix)
            else:
                end = self._ends[number] if _fits(self._texts[number], tokens[0], is_prefix) else 0
            found += [end] if end else []
            number += 1
        return found

    def like(self, fits: Sequence[Callable[[str], bool]]) -> Iterator[tuple[int, int]]:
        """Where neighbouring tokens start and end each of which fits."""
        for number, text in enumerate(self._texts):
            places = range(number, number + len(fits))
            if (
                fits[0](text)
                and places[-1] < len(self._texts)
                and self._lines[number] == self._lines[places[-1]]
                and all(fit(self._texts[place]) for fit, place in zip(fits, places))
            ):
                yield self._starts[number], self._ends[places[-1]]

    def _end_of_neighbours(
        self, number: int, tokens: Sequence[str], joints: Sequence[int], is_prefix: bool
    ) -> int:
        line, last, joint = self._lines[number], len(tokens) - 1, 0
        for place, wanted in enumerate(tokens):
            # A symbol is no neighbour.
            while place and number < len(self._texts) and is_symbol(self._texts[number]):
                number += 1
            if number == len(self._texts) or self._lines[number] != line:
                return 0
            if place and joint != joints[place - 1]:
                return 0
            if not _fits(self._texts[number], wanted, is_prefix and place == last):
                return 0
            joint = self._joints[number]
            number += 1
        return self._ends[number - 1]


def _fits(token: str, wanted: str, is_prefix: bool) -> bool:
    return token == wanted or (is_prefix and token.startswith(wanted))


class Lines:
    """A text whose lines are tokenized when they are asked for, each once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._known: list[Line] = []
        self._starts: list[int] = []
        self.present: dict[str, str] = {}
        """What `find_present` found."""

    def at(self, at: int) -> Line:
        """The line with this place in it."""
        place = bisect_right(self._starts, at)
        if place and at <= self._known[place - 1].end:
            return self._known[place - 1]
        start, end = self.text.rfind("\n", 0, at), self.text.find("\n", at)
        while start >= 0 and joins_lines(self.text, start):
            start = self.text.rfind("\n", 0, start)
        while end >= 0 and joins_lines(self.text, end):
            end = self.text.find("\n", end + 1)
        line = Line(self.text, start + 1, len(self.text) if end < 0 else end)
        self._starts.insert(place, line.start)
        self._known.insert(place, line)
        return line

    def all(self) -> Line:
        """All lines as one."""
        if not self._known or (self._known[0].start, self._known[0].end) != (0, len(self.text)):
            self._known = [Line(self.text, 0, len(self.text))]
            self._starts = [0]
        return self._known[0]

    @cached_property
    def expands(self) -> bool:
        """Are there ligatures and the like, in whose place a token may be?"""
        return _expanding().search(self.text) is not None

    def find_present(self, characters: str) -> str:
        """Those of the characters that are in the text."""
        text = self.text
        found = self.present[characters] = "".join([one for one in characters if one in text])
        return found


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
        self._spellings = [_one_spellings(character) for token in self._tokens for character in token]
        self._expansions = [
            _expanded_forms().get(character, "") for token in self._tokens for character in token
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


@lru_cache(maxsize=10_000)
def spellings(character: str) -> str:
    """What a token can begin with in a text, where its own text begins with this character."""
    return _one_spellings(character) + _expanded_forms().get(character, "")


@lru_cache(maxsize=10_000)
def _one_spellings(character: str) -> str:
    """The same without what stands for several characters."""
    iteration = "々〻" if re.match(f"[{IDEOGRAPHS}]", character) else ""
    found = [*variants(character), *_small_digits().get(character, ""), *iteration]
    for form in found:  # and on with what is found
        bases = _bases().get(form, "")
        if "\uac00" <= form <= "\ud7a3":  # the syllables of Hangul are in order of their letters
            number = ord(form) - 0xAC00
            bases = chr(0x1100 + number // 588) + chr(ord(form) - number % 28)
        found += [one for base in bases for one in variants(base) if one not in found]
    return "".join(dict.fromkeys(found))


@cache
def _bases() -> dict[str, str]:
    """For each character that bases and marks compose to, these bases."""
    bases: dict[str, str] = {}
    for (base, _), composed in character_data().compositions.items():
        bases[chr(composed)] = bases.get(chr(composed), "") + chr(base)
    return bases


@cache
def _expanded_forms() -> dict[str, str]:
    """For each character those that stand for a text which has it."""
    forms: dict[str, str] = {}
    for form, text in character_data().expansions.items():
        for character in dict.fromkeys(text):
            forms[character] = forms.get(character, "") + form
    return forms


@cache
def _expanding() -> re.Pattern[str]:
    """Finds a character that stands for others."""
    return re.compile(f"[{''.join(character_data().expansions)}]")


@cache
def _small_digits() -> dict[str, str]:
    """For each digit its sub- and superscripts."""
    small: dict[str, str] = {}
    for code, digit in character_data().digits.items():
        small[chr(digit)] = small.get(chr(digit), "") + chr(code)
    return small


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
    return forms if set(map(_plain, forms)) == {kind} and character not in _bases() else ""


def parts_without_symbols(term: HighlightTerm) -> list[HighlightTerm]:
    """The term as its tokens are neighbours: without symbols, or each symbol for itself."""
    if len(term.tokens) == 1:
        return [term]
    tokens = tuple(without_symbols([*term.tokens]))
    if is_symbol(tokens[0]):
        return [term._replace(tokens=(token,), prefix=False) for token in dict.fromkeys(tokens)]
    return [term._replace(tokens=tokens, prefix=term.prefix and tokens[-1] == term.tokens[-1])]

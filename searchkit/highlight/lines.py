"""Lines: a text -> the tokens of those of its lines that are asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from searchkit.analysis import is_symbol
from searchkit.analysis.context import joins_lines
from searchkit.analysis.kernel import tokenize
from searchkit.analysis.tokens import word_parts
from searchkit.highlight.forms import expanding


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
        return expanding().search(self.text) is not None

    def find_present(self, characters: str) -> str:
        """Those of the characters that are in the text."""
        text = self.text
        found = self.present[characters] = "".join([one for one in characters if one in text])
        return found

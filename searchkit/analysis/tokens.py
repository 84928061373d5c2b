"""Tokens: text -> tokens with their places in it, and their terms. All that finds text rests on these.

This is the definition, in Python; the same functions compiled are in searchkit/analysis/kernel, and
`searchkit.analysis.kernel` chooses. Characters are told apart by their class (`characters`):

* A Han character is a token, a symbol too. A run of letters, of digits or of small digits is one: iphone|15.
* A ligature, ㎏ or ③ has the tokens of what it stands for, which all stand in its place. The digits of ③ and
  ½ are numbers of their own.
* The comma of 1,000 is part of the number, 々 is the Han character before it, and lines of wrapped text are
  one line (`context`).
* Two numbers that are parted by exactly one `.` or `:` have that sign in their bigram: 3.14 is not 3、14.
* Invisible characters belong to the character before them: no border, and not part of a token's text.
* A base and a mark that compose to another letter are that letter: か and U+3099 are が.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Iterator, Sequence
from enum import IntEnum
from functools import cache
from itertools import compress, repeat
from operator import add
from typing import NamedTuple

from searchkit.analysis.characters import (
    ASCII_LETTER,
    DIGIT,
    EXPANDS,
    FILLER,
    HAN,
    HASH,
    INVISIBLE,
    LATIN,
    LINE_END,
    PLUS,
    SMALL_DIGIT,
    SYMBOL,
    WORD,
    character_data,
    class_of,
    class_table,
)
from searchkit.analysis.compositions import with_compositions
from searchkit.analysis.context import JOINED, in_context
from searchkit.analysis.normalizer import form_table

LINE_BREAK = "¶"
"""Stands for the end of a line among the tokens in bigrams; no normalized text has it."""
WORD_END = "_"
"""Ends a token that may be longer than a character within a bigram: `ab c` and `a bc` differ."""
JOINTS = ".:"
"""Between two numbers they are in the bigram, behind the first one."""
LONGEST = 255
"""Characters of a token. A longer run is data, not a word, and is cut: engines refuse terms of 32 kB."""


class Kind(IntEnum):
    """The kinds of tokens, by the letter of their class."""

    HAN = ord(HAN)
    LATIN = ord(LATIN)
    DIGITS = ord(DIGIT)
    SMALL_DIGITS = ord(SMALL_DIGIT)
    WORD = ord(WORD)
    SYMBOL = ord(SYMBOL)


class Tokens(NamedTuple):
    """The tokens of a text, in order: a column for each of their properties."""

    texts: list[str]
    """Normalized, without invisible characters."""
    starts: array[int]
    """Where each begins in the text, in characters."""
    ends: array[int]
    """Where each ends, with the invisible characters behind its last one."""
    lines: array[int]
    """How many line ends stand before."""
    kinds: bytes
    """A `Kind` each."""
    joints: bytes
    """The sign of `JOINTS` between a number and the next one; 0 elsewhere."""


class Part(NamedTuple):
    """A part of a Latin word that its capitals show: UserName in getUserName."""

    text: str
    start: int
    end: int


_LETTERS_AND_DIGITS = ASCII_LETTER + LATIN + DIGIT + SMALL_DIGIT + WORD
# Patterns on classes, which `re` compiles when they are used: with the compiled kernel they are not.
# C++ and C# are whole.
_RUN = (
    rf"(?<![{ASCII_LETTER}{LATIN}]){ASCII_LETTER}(?:{PLUS}{PLUS}(?!{PLUS})|{HASH})"
    rf"|[{ASCII_LETTER}{LATIN}]{{1,{LONGEST}}}"
    rf"|{DIGIT}{{1,{LONGEST}}}|{SMALL_DIGIT}{{1,{LONGEST}}}|{WORD}{{1,{LONGEST}}}"
)
_RUNS = rf"{HAN}+|{_RUN}|{SYMBOL}+|{LINE_END}"
_SINGLE = frozenset((HAN, SYMBOL))
_ANY = f"[{HAN}{SYMBOL}{EXPANDS}{_LETTERS_AND_DIGITS}]"

# Most texts have the most frequent characters only, whose classes are quickly told by a regular expression
# on the text itself: a shortcut to the same runs, in half the time.
_LATIN = "a-zß-öø-ɏ"
_RARE = r"[^\n -~\xa0·ß-öø-ɏ\u2010-\u2027\u3000-\u3003\u3008-\u3011\u3014-\u301b一-鿿\uff01-\uff5e\uffff]|\$"
_FREQUENT_RUNS = (
    rf"[一-鿿]+|{LINE_BREAK}|(?<![{_LATIN}])[a-z](?:\+\+(?!\+)|#)"
    rf"|[{_LATIN}]{{1,{LONGEST}}}|[0-9]{{1,{LONGEST}}}(?:[{JOINTS}](?=[0-9]))?"
)
_BEHIND_LATIN = "ɐ"

# Where a part begins that capitals show. Of words with more parts, which are data, none can be found alone.
_CAPITAL = "[A-Z](?:(?<=[a-z].)|(?<=[A-Z].)(?=[a-z]))"
MOST_PARTS = 6
_IN_LATIN = frozenset((ASCII_LETTER, LATIN, INVISIBLE, EXPANDS))

_PLACE = "\0"  # never a token
_SPACE = ord(" ")
_UTF_32 = f"utf-32-{sys.byteorder[0]}e"


def normalize(text: str) -> str:
    """`text` with one form of every character; of the same length.

    Where a base and a mark compose to another letter, that is in the place of the base, and an invisible
    character in that of the mark. What depends on neighbours is as `in_context` has it.
    """
    return in_context(text, with_compositions(text.translate(form_table())))


def visible(normalized: str) -> str:
    """Normalized text without its invisible characters, and with what ligatures and the like stand for.

    Of wrapped lines nothing is left between Han characters, and a space elsewhere.
    """
    text = _visible(normalized)[0]
    return re.sub(f"{JOINED}+", _between_lines, text) if JOINED in text else text


def _between_lines(found: re.Match[str]) -> str:
    before, behind = (
        found.string[max(0, found.start() - 1) : found.start()],
        found.string[found.end() : found.end() + 1],
    )
    is_han = before and behind and class_of(before) == class_of(behind) == HAN
    return "" if is_han else " " * len(found.group())


def has_tokens(text: str) -> bool:
    """Is there anything to search for in `text`?"""
    return _pattern(_ANY).search(normalize(text).translate(class_table())) is not None


def tokenize(text: str) -> Tokens:
    """The tokens of `text`, in order.

    >>> tokenize("使用 gpt-4 和 c++。").texts
    ['使', '用', 'gpt', '4', '和', 'c++']
    """
    normalized, classes, first, behind = _visible(normalize(text))
    texts: list[str] = []
    starts, ends, lines, kinds, joints = array("I"), array("I"), array("I"), [], bytearray()
    line = 0
    for found in _pattern(_RUNS).finditer(classes):
        start, end = found.span()
        kind = classes[start]
        if kind == LINE_END:
            line += 1
        elif kind in _SINGLE:
            texts.extend(normalized[start:end])
            starts.extend(range(start, end))
            ends.extend(range(start + 1, end + 1))
            lines.extend(repeat(line, end - start))
            kinds.append(classes[start:end])
            joints.extend(bytes(end - start))
        else:
            texts.append(
                _full_digits(normalized[start:end]) if kind == SMALL_DIGIT else normalized[start:end]
            )
            starts.append(start)
            ends.append(end)
            lines.append(line)
            kinds.append(kind)
            joints.append(ord(_joint(normalized, classes, end) or "\0") if kind == DIGIT else 0)
    if first:
        starts = array("I", map(first.__getitem__, starts))
        ends = array("I", [behind[end - 1] for end in ends])
    kinds_of = "".join(kinds).replace(ASCII_LETTER, LATIN).encode()
    return Tokens(texts, starts, ends, lines, kinds_of, bytes(joints))


def word_parts(text: str) -> list[Part]:
    """The parts of Latin words that capitals show, and what neighbouring parts are together; in order.

    They are terms as well, but no neighbours: only whole words are.

    >>> [part.text for part in word_parts("getUserName")]
    ['get', 'getuser', 'user', 'username', 'name']
    """
    found: list[Part] = []
    end = 0
    for capital in _pattern(_CAPITAL).finditer(text):
        if capital.start() >= end:
            start, end = _run_around(text, capital.start())
            found += _parts_of_words(text, start, end)
    return found


def _run_around(text: str, at: int) -> tuple[int, int]:
    """From where to where letters stand around this place, with what may belong to them."""
    start = end = at
    while start and class_of(text[start - 1]) in _IN_LATIN:
        start -= 1
    while end < len(text) and class_of(text[end]) in _IN_LATIN:
        end += 1
    return start, end


def _parts_of_words(text: str, first: int, last: int) -> Iterator[Part]:
    """The parts of the words in text[first:last], whose characters are known one by one."""
    tokens = tokenize(text[first:last])
    for word, start, end, kind in zip(tokens.texts, tokens.starts, tokens.ends, tokens.kinds):
        start, end = start + first, end + first
        if kind != Kind.LATIN or len(word) != end - start:
            continue
        capitals = _pattern(_CAPITAL).finditer(text, start, end)
        borders = [start, *(each.start() for each in capitals if each.start() > start), end]
        if len(borders) > MOST_PARTS + 1:
            continue
        for number, left in enumerate(borders):
            for right in borders[number + 1 :]:
                if 1 < right - left < end - start:
                    yield Part(word[left - start : right - start], left, right)


def terms(text: str) -> tuple[str, str]:
    """The tokens of `text`, and the bigrams of its lines, each joined by spaces.

    A bigram is two neighbouring tokens of a line, symbols left out. One begins at every token: the last of a
    line has one with the end of the line. Behind the tokens are the parts of words (`word_parts`).

    >>> terms("中日，关系")
    ('中 日 关 系', '中日 日关 关系 系¶')
    >>> terms("3.14")[1]
    '3._14_ 14_¶'
    """
    line, symbols, words = _frequent_runs(text) or _runs(text)
    if LINE_BREAK in line:
        line = LINE_BREAK.join(filter(None, line.split(LINE_BREAK)))
    tokens = symbols or line.replace(LINE_BREAK, "")
    unigram_terms, bigram_terms = " ".join(tokens), _pairs(line + LINE_BREAK) if line else ""
    if words:
        # Each stands in two bigrams; there is none before the first token.
        plain = [word.rstrip(JOINTS) for word in words]
        twice = [each + WORD_END for pair in zip(plain, words) for each in pair][line[0] == _PLACE :]
        unigram_terms = "".join(map(add, unigram_terms.split(_PLACE), [*plain, ""]))
        bigram_terms = "".join(map(add, bigram_terms.split(_PLACE), [*twice, ""]))
    if parts := word_parts(text):
        unigram_terms = " ".join([unigram_terms, *(part.text for part in parts)])
    return unigram_terms, bigram_terms


def _frequent_runs(text: str) -> tuple[str, str, list[str]] | None:
    """What `_runs` returns for a text of frequent characters only; None for any other."""
    normalized = in_context(text, text.translate(form_table())).replace(FILLER, "")
    if _pattern(_RARE).search(normalized):
        return None
    runs = _pattern(_FREQUENT_RUNS).findall(normalized.replace("\n", LINE_BREAK))
    words = [run for run in runs if run < _BEHIND_LATIN and run != LINE_BREAK]
    return "".join([run if run >= _BEHIND_LATIN or run == LINE_BREAK else _PLACE for run in runs]), "", words


def _runs(text: str) -> tuple[str, str, list[str]]:
    """Tokens, a character in the place of each word and number, and the words and numbers.

    The tokens are there twice: with the ends of lines but no symbols, and with symbols but no ends of lines.
    A number has the sign behind it that joins it with the next.
    """
    normalized, classes, _, _ = _visible(normalize(text))
    tokens, line, words = [], [], []
    for found in _pattern(_RUNS).finditer(classes):
        start, end = found.span()
        kind = classes[start]
        if kind == LINE_END:
            line.append(LINE_BREAK)
        elif kind == SYMBOL:
            tokens.append(normalized[start:end])
        elif kind == HAN:
            tokens.append(normalized[start:end])
            line.append(normalized[start:end])
        else:
            tokens.append(_PLACE)
            line.append(_PLACE)
            words.append(normalized[start:end] + (_joint(normalized, classes, end) if kind == DIGIT else ""))
    if SMALL_DIGIT in classes:
        words = list(map(_full_digits, words))
    return "".join(line), "".join(tokens), words


def _visible(normalized: str) -> tuple[str, str, Sequence[int], Sequence[int]]:
    """The visible characters, their classes, and where each starts and ends, unless all are as they stand.

    A character ends where the next visible one begins. What expands is as what it stands for.
    """
    classes = normalized.translate(class_table())
    starts = ends = array("I")
    if INVISIBLE in classes:
        shown = [name != INVISIBLE for name in classes]
        starts = array("I", compress(range(len(normalized)), shown))
        ends = array("I", [*starts[1:], len(normalized)]) if starts else starts
        normalized, classes = "".join(compress(normalized, shown)), classes.replace(INVISIBLE, "")
    if EXPANDS in classes:
        starts = starts or array("I", range(len(normalized)))
        ends = ends or array("I", range(1, len(normalized) + 1))
        return _expanded(normalized, classes, starts, ends)
    return normalized, classes, starts, ends


def _expanded(
    normalized: str, classes: str, starts: Sequence[int], ends: Sequence[int]
) -> tuple[str, str, Sequence[int], Sequence[int]]:
    """Visible characters with what each stands for.

    A space parts the digits of two characters where one expands, and such digits from a comma: what ① stands
    for is a number for itself.
    """
    texts: list[str] = []
    places = array("I")
    expansions, before = character_data().expansions, ""
    for number, (character, name) in enumerate(zip(normalized, classes)):
        text = expansions[character] if name == EXPANDS else character
        if EXPANDS in (name, before) and number and class_of(texts[-1][-1]) == DIGIT:
            behind_number = before == EXPANDS and text in (",", "，")
            text = " " + text if behind_number or class_of(text[0]) == DIGIT else text
        texts.append(text)
        places.extend(repeat(number, len(text)))
        before = name
    expanded = "".join(texts)
    return (
        expanded,
        expanded.translate(class_table()),
        array("I", map(starts.__getitem__, places)),
        array("I", map(ends.__getitem__, places)),
    )


def _joint(normalized: str, classes: str, end: int) -> str:
    """The sign that joins the number that ends here with the next one, if there is one."""
    sign = normalized[end : end + 1]
    return sign if sign and sign in JOINTS and classes[end + 1 : end + 2] == DIGIT else ""


def _full_digits(text: str) -> str:
    """The digits that sub- or superscript digits stand for."""
    return text.translate(character_data().digits)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """Compiled at its first use: the kernel that is compiled needs none."""
    return re.compile(text)


def _pairs(line: str) -> str:
    """Each character with the next one, joined by spaces."""
    codes = array("I", line.encode(_UTF_32))
    pairs = array("I", [_SPACE]) * (3 * len(codes) - 3)
    pairs[0::3] = codes[:-1]
    pairs[1::3] = codes[1:]
    return pairs.tobytes().decode(_UTF_32)[:-1]

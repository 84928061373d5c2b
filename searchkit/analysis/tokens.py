"""Tokens: text -> tokens with their places in it, and their terms. All that finds text rests on these.

This is the definition, in Python; the same functions compiled are in searchkit/analysis/kernel, and
`searchkit.analysis.kernel` chooses. Characters are told apart by their class (`characters`):

* A Han character is a token, a symbol too. A run of letters, of digits or of small digits is one: iphone|15.
* Invisible characters belong to the character before them: no border, and not part of a token's text.
* A base and a mark that compose to another letter are that letter: か and U+3099 are が.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Sequence
from enum import IntEnum
from functools import cache
from itertools import compress, repeat
from operator import add
from typing import NamedTuple

from searchkit.analysis import characters
from searchkit.analysis.characters import (
    ASCII_LETTER,
    DIGIT,
    FILLER,
    HAN,
    HANGUL_MARKS,
    HASH,
    INVISIBLE,
    LATIN,
    LINE_END,
    PLUS,
    SMALL_DIGIT,
    SYMBOL,
    WORD,
    character_data,
    class_table,
    composed,
)
from searchkit.analysis.normalizer import form_table

LINE_BREAK = "¶"
"""Stands for the end of a line among the tokens in bigrams; no normalized text has it."""
WORD_END = "_"
"""Ends a token that may be longer than a character within a bigram: `ab c` and `a bc` differ."""
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
_ANY = f"[{HAN}{SYMBOL}{_LETTERS_AND_DIGITS}]"

# Most texts have the most frequent characters only, whose classes are quickly told by a regular expression
# on the text itself: a shortcut to the same runs, in half the time.
_LATIN = "a-zß-öø-ɏ"
_RARE = r"[^\n -~\xa0·ß-öø-ɏ\u2010-\u2027\u3000-\u3003\u3008-\u3011\u3014-\u301b一-鿿\uff01-\uff5e]|\$"
_FREQUENT_RUNS = (
    rf"[一-鿿]+|{LINE_BREAK}|(?<![{_LATIN}])[a-z](?:\+\+(?!\+)|#)"
    rf"|[{_LATIN}]{{1,{LONGEST}}}|[0-9]{{1,{LONGEST}}}"
)
_BEHIND_LATIN = "ɐ"

_PLACE = "\0"  # never a token
_SPACE = ord(" ")
_UTF_32 = f"utf-32-{sys.byteorder[0]}e"


def normalize(text: str) -> str:
    """`text` with one form of every character; of the same length.

    Where a base and a mark compose to another letter, that is in the place of the base, and an invisible
    character in that of the mark.
    """
    normalized = text.translate(form_table())
    common, rare = _marks()
    if common.search(normalized) or rare.search(normalized):
        return _with_compositions(normalized)
    return normalized


def visible(normalized: str) -> str:
    """Normalized text without its invisible characters."""
    # Most texts have none.
    return _visible(normalized)[0] if INVISIBLE in normalized.translate(class_table()) else normalized


def has_tokens(text: str) -> bool:
    """Is there anything to search for in `text`?"""
    return _pattern(_ANY).search(normalize(text).translate(class_table())) is not None


def tokenize(text: str) -> Tokens:
    """The tokens of `text`, in order.

    >>> tokenize("使用 gpt-4 和 c++。").texts
    ['使', '用', 'gpt', '4', '和', 'c++']
    """
    normalized, classes, places = _visible(normalize(text))
    texts: list[str] = []
    starts, ends, lines, kinds = array("I"), array("I"), array("I"), []
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
        else:
            texts.append(
                _full_digits(normalized[start:end]) if kind == SMALL_DIGIT else normalized[start:end]
            )
            starts.append(start)
            ends.append(end)
            lines.append(line)
            kinds.append(kind)
    if places:
        starts, ends = array("I", map(places.__getitem__, starts)), array("I", map(places.__getitem__, ends))
    return Tokens(texts, starts, ends, lines, "".join(kinds).replace(ASCII_LETTER, LATIN).encode())


def terms(text: str) -> tuple[str, str]:
    """The tokens of `text`, and the bigrams of its lines, each joined by spaces.

    A bigram is two neighbouring tokens of a line, symbols left out. One begins at every token: the last of a
    line has one with the end of the line.

    >>> terms("中日，关系")
    ('中 日 关 系', '中日 日关 关系 系¶')
    """
    line, symbols, words = _frequent_runs(text) or _runs(text)
    if LINE_BREAK in line:
        line = LINE_BREAK.join(filter(None, line.split(LINE_BREAK)))
    tokens = symbols or line.replace(LINE_BREAK, "")
    unigram_terms, bigram_terms = " ".join(tokens), _pairs(line + LINE_BREAK) if line else ""
    if words:
        # Each stands in two bigrams; there is none before the first token.
        twice = [word + WORD_END for word in words for _ in (0, 1)][line[0] == _PLACE :]
        unigram_terms = "".join(map(add, unigram_terms.split(_PLACE), [*words, ""]))
        bigram_terms = "".join(map(add, bigram_terms.split(_PLACE), [*twice, ""]))
    return unigram_terms, bigram_terms


def _frequent_runs(text: str) -> tuple[str, str, list[str]] | None:
    """What `_runs` returns for a text of frequent characters only; None for any other."""
    normalized = text.translate(form_table())
    if _pattern(_RARE).search(normalized):
        return None
    runs = _pattern(_FREQUENT_RUNS).findall(normalized.replace("\n", LINE_BREAK))
    words = [run for run in runs if run < _BEHIND_LATIN and run != LINE_BREAK]
    return "".join([run if run >= _BEHIND_LATIN or run == LINE_BREAK else _PLACE for run in runs]), "", words


def _runs(text: str) -> tuple[str, str, list[str]]:
    """Tokens, a character in the place of each word and number, and the words and numbers.

    The tokens are there twice: with the ends of lines but no symbols, and with symbols but no ends of lines.
    """
    normalized, classes, _ = _visible(normalize(text))
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
            words.append(normalized[start:end])
    if SMALL_DIGIT in classes:
        words = list(map(_full_digits, words))
    return "".join(line), "".join(tokens), words


def _visible(normalized: str) -> tuple[str, str, Sequence[int]]:
    """The visible characters, their classes, and where each is and where they end, unless all are visible."""
    classes = normalized.translate(class_table())
    if INVISIBLE not in classes:
        return normalized, classes, ()
    shown = [name != INVISIBLE for name in classes]
    places = array("I", compress(range(len(normalized)), shown))
    # A token ends where the next visible character begins, so the last one's end is that of the text.
    places.append(len(normalized))
    return "".join(compress(normalized, shown)), classes.replace(INVISIBLE, ""), places


def _full_digits(text: str) -> str:
    """The digits that sub- or superscript digits stand for."""
    return text.translate(character_data().digits)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """Compiled at its first use: the kernel that is compiled needs none."""
    return re.compile(text)


@cache
def _marks() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What finds the marks that compose with a base: the common ones, which is faster, and the others."""
    marks = sorted({chr(mark) for _, mark in character_data().compositions})
    hangul = "".join(f"{chr(first)}-{chr(last)}" for first, last in HANGUL_MARKS)
    common = "".join(mark for mark in marks if mark < "\U00010000") + hangul
    rare = "".join(mark for mark in marks if mark >= "\U00010000")
    return re.compile(f"[{common}]"), re.compile(f"[{rare}]")


def _with_compositions(normalized: str) -> str:
    """Each mark composed with the nearest visible character before it, where the two compose."""
    common, rare = _marks()
    marks = re.compile(f"{common.pattern}|{rare.pattern}")
    text = [*normalized]
    base = last = -1
    for found in marks.finditer(normalized):
        at = found.start()
        before = at - 1
        while before > last and characters.class_of(text[before]) == INVISIBLE:
            before -= 1
        if before > last:  # none of them was looked at for the mark before
            base = before
        last = at
        code = composed(ord(text[base]), ord(text[at])) if base >= 0 else None
        if code is not None:
            text[base], text[at] = chr(code), FILLER
        elif characters.class_of(text[at]) != INVISIBLE:
            base = at
    return "".join(text)


def _pairs(line: str) -> str:
    """Each character with the next one, joined by spaces."""
    codes = array("I", line.encode(_UTF_32))
    pairs = array("I", [_SPACE]) * (3 * len(codes) - 3)
    pairs[0::3] = codes[:-1]
    pairs[1::3] = codes[1:]
    return pairs.tobytes().decode(_UTF_32)[:-1]

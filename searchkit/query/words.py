"""words: the words of a query as the segmenter cut it -> words that a document has to have as they are.

The segmenter knows the words of its dictionary. Of others it leaves pieces, which stand by chance in any
text. So neighbouring pieces are one word here:

* single characters that are no function words: 囧途, 怼人; and a single letter before one: C位, B站;
* the kana or the Hangul of a run: リング, 한국어;
* a number with its measure word or unit: 2024年, 二十一世纪, 第50届, 5kg; and a number in parts: 10:30;
* a date: 2024年7月15日, 2024/7/15.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from searchkit.analysis import is_symbol, is_word, normalize, tokenize, visible
from searchkit.analysis.function_words import FUNCTION_WORDS, QUESTION_WORDS
from searchkit.query.number_words import MAY_BE_NUMBER, read_number_word
from searchkit.query.written_dates import read_date

_MOST_SINGLE = 4
"""Single characters that are one word. Of a longer run, which no dictionary knows, each pair is one."""
_UNITS = frozenset("kg mg km cm mm nm ml gb mb tb kb hz khz mhz ghz kw mw mah kwh m2 m3 kbps mbps".split())
_JOINTS = frozenset(".:,/-")
_LONGEST_NUMBER = 24
"""Characters of a date or number: 二〇二四年十二月二十五日."""

# The kind of each word is a letter: o 第, n number, u unit, l a single letter, s a single Han character,
# k katakana, h hiragana, g Hangul, - another. A comma stands for what joins the parts of a number, a space
# for anything else between two words.
_ONE_WORD = re.compile("o?n(?:,n)*[uls]?|ls|k+|h+|g+|ss+")
_SCRIPTS = re.compile("(?P<h>[\u3041-\u309f]+)|(?P<k>[\u30a0-\u30ff]+)|(?P<g>[\uac00-\ud7a3]+)")


class Word(NamedTuple):
    """A word of a query, and which of the tokens of its text it is: those from ``start`` to ``end``."""

    text: str
    start: int
    end: int
    parts: tuple[str, ...] = ()
    """What the segmenter made of it, where that are several words."""


def joined_words(text: str, words: Sequence[Word]) -> list[Word]:
    """The words in order, pieces of one word joined.

    ``words`` are those of the segmenter, in order, with their places among the tokens of the text without
    symbols.
    """
    if len(words) < 2:
        return [*words]
    is_number = any(map(MAY_BE_NUMBER.match, [word.text for word in words]))
    if not is_number and _ONE_WORD.search("".join(map(_kind, words))) is None:
        return [*words]
    before = gaps(text)
    if is_number:
        words = list(_with_numbers(words, before))
    found: list[Word] = []
    at = 0
    shown, places = _kinds(words, before)
    for match in _ONE_WORD.finditer(shown):
        first, behind = places[match.start()], places[match.end() - 1] + 1
        found += words[at:first]
        found += _joined(words[first:behind], match.group(), before)
        at = behind
    return [*found, *words[at:]]


def is_typographic_space(before: str, behind: str) -> bool:
    """Is a space between the two texts one that is only set to part Han from Latin letters or digits?"""
    last, first = visible(normalize(before))[-1:], visible(normalize(behind))[:1]
    return last.isalnum() and first.isalnum() and is_word(last) != is_word(first)


def _kind(one: Word) -> str:
    word = one.text
    if word.isascii():
        return "n" if word.isdigit() else "u" if word in _UNITS else "l" if len(word) == 1 else "-"
    if match := _SCRIPTS.fullmatch(word):
        return str(match.lastgroup)
    if len(word) > 1 or word in FUNCTION_WORDS or word in QUESTION_WORDS or is_symbol(word):
        return "-"
    return "o" if word == "第" else "s"


def gaps(text: str) -> list[str]:
    """What stands before each of the tokens of a text that are no symbols, normalized."""
    tokens = tokenize(text)
    found, at = [], 0
    for token, start, end in zip(tokens.texts, tokens.starts, tokens.ends):
        if not is_symbol(token):
            found.append(normalize(text[at:start]))
            at = end
    return found


def _with_numbers(words: Sequence[Word], before: Sequence[str]) -> Iterator[Word]:
    """The words in order, those joined that are a number with its measure word, or a date, together."""
    at = 0
    while at < len(words):
        size = 1
        if MAY_BE_NUMBER.match(words[at].text):
            size = max(_numbers(words[at:], before), default=1)
        yield _one_word(words[at : at + size], before) if size > 1 else words[at]
        at += size


def _numbers(words: Sequence[Word], before: Sequence[str]) -> Iterator[int]:
    """How many of the words from the first on are a number or a date together, where it is more than one."""
    text = words[0].text
    for size, (last, word) in enumerate(zip(words, words[1:]), 2):
        gap = before[word.start]
        if gap.isspace() and text[-1].isascii() != word.text[0].isascii():
            gap = ""  # typography
        if word.start != last.end or len(gap) > 1:
            return
        text += gap + word.text
        if len(text) > _LONGEST_NUMBER or not MAY_BE_NUMBER.fullmatch(text):
            return
        if read_date(text) or read_number_word(text):
            yield size


def _kinds(words: Sequence[Word], before: Sequence[str]) -> tuple[str, list[int]]:
    """The kinds with what stands between the words, and for each of them the number of its word."""
    shown, places = [], []
    for number, word in enumerate(words):
        if number:
            gap = before[word.start] if words[number - 1].end == word.start else " "
            if gap:
                shown.append("," if gap in _JOINTS else " ")
                places.append(number)
        shown.append(_kind(word))
        places.append(number)
    return "".join(shown), places


def _joined(pieces: Sequence[Word], kinds: str, before: Sequence[str]) -> Iterator[Word]:
    size = len(pieces)
    if kinds[0] == "s" and size > _MOST_SINGLE:
        size = 2
    *starts, last = range(0, len(pieces) - size + 1, size)
    for at in starts:
        yield _one_word(pieces[at : at + size], before)
    yield _one_word(pieces[last:], before)  # of three, where one would be left over


def _one_word(words: Sequence[Word], before: Sequence[str]) -> Word:
    if len(words) == 1:
        return words[0]
    text = words[0].text + "".join(before[word.start].strip() + word.text for word in words[1:])
    return Word(text, words[0].start, words[-1].end, tuple(word.text for word in words))

"""words: the words of a query as the segmenter cut it -> words that a document has to have as they are.

The segmenter knows the words of its dictionary. Of others it leaves pieces, which stand by chance in any
text. So neighbouring pieces are one word here:

* single characters that are no function words: 囧途, 怼人; and a single letter before one: C位, B站;
* the kana or the Hangul of a run: リング, 한국어;
* a number with its measure word or unit: 2024年, 第50届, 5kg; and a number in parts: 10:30.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from searchkit.analysis import is_symbol, is_word, normalize, tokenize, visible
from searchkit.analysis.function_words import FUNCTION_WORDS, QUESTION_WORDS

_MOST_SINGLE = 4
"""Single characters that are one word. Of a longer run, which no dictionary knows, each pair is one."""
_UNITS = frozenset("kg mg km cm mm nm ml gb mb tb kb hz khz mhz ghz kw mw mah kwh m2 m3 kbps mbps".split())
_JOINTS = frozenset(".:,/-")

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


def joined_words(text: str, words: Sequence[Word]) -> list[Word]:
    """The words in order, pieces of one word joined.

    ``words`` are those of the segmenter, in order, with their places among the tokens of the text without
    symbols.
    """
    kinds = "".join(_kind(word.text) for word in words)
    if _ONE_WORD.search(kinds) is None:
        return [*words]
    spans = _token_spans(text)
    shown, places = _with_gaps(text, words, kinds, spans)
    found: list[Word] = []
    at = 0
    for match in _ONE_WORD.finditer(shown):
        first, behind = places[match.start()], places[match.end() - 1] + 1
        found += words[at:first]
        size = behind - first
        if match.group()[0] == "s" and size > _MOST_SINGLE:
            size = 2
        for piece in range(first, behind, size):
            start, end = words[piece].start, words[min(piece + size, behind) - 1].end
            whole = text[spans[start][0] : spans[end - 1][1]]
            found.append(Word(visible(normalize(whole)), start, end))
        at = behind
    return [*found, *words[at:]]


def is_typographic_space(before: str, behind: str) -> bool:
    """Is a space between the two texts one that is only set to part Han from Latin letters or digits?"""
    last, first = visible(normalize(before))[-1:], visible(normalize(behind))[:1]
    return last.isalnum() and first.isalnum() and is_word(last) != is_word(first)


def _kind(word: str) -> str:
    if word.isascii():
        return "n" if word.isdigit() else "u" if word in _UNITS else "l" if len(word) == 1 else "-"
    if match := _SCRIPTS.fullmatch(word):
        return str(match.lastgroup)
    if len(word) > 1 or word in FUNCTION_WORDS or word in QUESTION_WORDS:
        return "-"
    return "o" if word == "第" else "s"


def _token_spans(text: str) -> list[tuple[int, int]]:
    """Where each token that has to be found stands in the text."""
    tokens = tokenize(text)
    every = [*zip(tokens.starts, tokens.ends)]
    return [span for span, token in zip(every, tokens.texts) if not is_symbol(token)] or every


def _with_gaps(
    text: str, words: Sequence[Word], kinds: str, spans: Sequence[tuple[int, int]]
) -> tuple[str, list[int]]:
    """The kinds with what stands between the words, and for each of them the number of its word."""
    shown, places = [], []
    for number, (word, kind) in enumerate(zip(words, kinds)):
        if number:
            before = words[number - 1]
            gap = text[spans[before.end - 1][1] : spans[word.start][0]] if before.end == word.start else " "
            if gap:
                shown.append("," if gap in _JOINTS else " ")
                places.append(number)
        shown.append(kind)
        places.append(number)
    return "".join(shown), places

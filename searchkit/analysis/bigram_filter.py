"""CJK bigram filter: tokens -> bigrams, each of two neighbouring tokens of one line.

Punctuation between two tokens does not count. So two or more tokens that stand side by side in a line are
exactly a phrase of bigrams, and a phrase is never missed, whatever words the segmenter found.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Sequence
from operator import add

from searchkit.analysis.tokenizer import BEHIND_LATIN, LATIN_TOKEN

LINE_END = "¶"
"""Stands for the end of a line among the tokens; no normalized text has it.

Its bigrams with the last token of a line and the first of the next lie between the other bigrams of these
lines, so no phrase crosses a line.
"""

WORD_END = "_"
"""Ends a Latin token within a bigram: `ab c` and `a bc` have different bigrams."""

# Runs of the most frequent Han characters are one match: a tenth as many matches.
_RUNS = re.compile(rf"[一-鿿]+|{LINE_END}|{LATIN_TOKEN}|[^\W_]")
_PLACE = "\0"  # never a token
_SPACE = ord(" ")
_UTF_32 = f"utf-32-{sys.byteorder[0]}e"


def bigram(first: str, second: str) -> str:
    """The term for two neighbouring tokens.

    >>> bigram("中", "日"), bigram("gpt", "4")
    ('中日', 'gpt_4_')
    """
    return bigrams([first, second])[0]


def bigrams(tokens: Sequence[str]) -> list[str]:
    """The bigrams of tokens that are neighbours, one fewer than there are tokens."""
    ended = tokens
    if min(tokens, default="") < BEHIND_LATIN:
        ended = [
            token + WORD_END if "" < token < BEHIND_LATIN and token != LINE_END else token for token in tokens
        ]
    return list(map(add, ended, ended[1:]))


def unigram_and_bigram_terms(normalized: str) -> tuple[str, str]:
    """The tokens of `normalized`, and the bigrams of its lines, each joined by spaces.

    >>> unigram_and_bigram_terms("中日，关系")
    ('中 日 关 系', '中日 日关 关系 系¶')
    """
    runs = _RUNS.findall(normalized.replace("\n", LINE_END))
    # Whole texts are put together by functions in C, with one character in the place of each Latin token.
    latin = [run for run in runs if run < BEHIND_LATIN and run != LINE_END]
    line = "".join([run if run >= BEHIND_LATIN or run == LINE_END else _PLACE for run in runs])
    if not line:
        return "", ""
    # So that every token begins a bigram, and one alone can be found by its position as well.
    line += LINE_END
    unigram_terms, bigram_terms = " ".join(line.replace(LINE_END, "")), _pairs(line)
    if latin:
        # Each stands in two bigrams; there is none before the first token.
        twice = [token + WORD_END for token in latin for _ in (0, 1)][line[0] == _PLACE :]
        unigram_terms, bigram_terms = _filled(unigram_terms, latin), _filled(bigram_terms, twice)
    return unigram_terms, bigram_terms


def _pairs(line: str) -> str:
    """Each character with the next one, joined by spaces."""
    characters = array("I", line.encode(_UTF_32))
    pairs = array("I", [_SPACE]) * (3 * len(characters) - 3)
    pairs[0::3] = characters[:-1]
    pairs[1::3] = characters[1:]
    return pairs.tobytes().decode(_UTF_32)[:-1]


def _filled(text: str, words: Sequence[str]) -> str:
    """The text with the words in their places."""
    return "".join(map(add, text.split(_PLACE), [*words, ""]))

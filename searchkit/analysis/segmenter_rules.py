"""Segmenter: normalized text -> words. Han by jieba's dictionary and model, the rest by our rules.

This is the definition; `kernel/words.c` does the same, compiled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import groupby

from searchkit.analysis.characters import LATIN_RANGES, WORD, character_data
from searchkit.analysis.jieba_tokenizer import JiebaTokenizer
from searchkit.analysis.kernel import normalize, visible

# Both jiebas know words of these Han characters. A run of rarer ones is a word.
_HAN = "\u4e00-\u9fd5"
_RARE_HAN = (
    "\u3400-\u4dbf\u9fd6-\u9fff\uf900-\ufaff\U00020000-\U0002a6df\U0002a700-\U0002ebef\U0002f800-\U0002fa1f"
)
_LATIN_LETTERS = LATIN_RANGES.removeprefix("0-9")
# Belong to a word between its letters and digits (3.6.3, gpt-4) or where the table has them (c++).
_SYMBOLS = "+#&._%-"
_LOOSE_ENDS = "-._&%"
# Engines refuse terms of 32 kB; a "word" longer than this is data, not text.
_LONGEST = 255

# Of the 16-bit characters: a pattern with the others looks through all of their ranges at every character.
_OTHER_LETTERS = "".join(
    f"{chr(first)}-{chr(last)}"
    for first, last, name in character_data().ranges
    if name == WORD and ord(LATIN_RANGES[-1]) < first <= 0xFFFF
)
_LATIN_WORD = (
    rf"(?<=[{LATIN_RANGES}])[{LATIN_RANGES}]*(?:(?:[._-]|(?<=[0-9]):(?=[0-9]))[{LATIN_RANGES}]+)*"  # 10:30
)
# All begin with one class of characters, which makes the search twice as fast.
_WORDS = re.compile(
    rf"([{LATIN_RANGES}{_RARE_HAN}{_OTHER_LETTERS}]"
    rf"(?:{_LATIN_WORD}|(?<=[{_OTHER_LETTERS}])[{_OTHER_LETTERS}]*|[{_RARE_HAN}]*))[{_SYMBOLS}]*"
)
_HAN_NEIGHBOURS = re.compile(rf"[{_HAN}]{{2}}")
_HAN_WORD = re.compile(rf"[{_HAN}]+")
_MIXED_WORD = re.compile(rf"(?=.*[^{_SYMBOLS}])[{_HAN}{_RARE_HAN}{LATIN_RANGES}{_SYMBOLS}]{{2,}}")

# Stands for each word that jieba does not get. No other Latin letter is left there, and no word of the
# dictionary has this one.
_PLACEHOLDER = "w"


class Segmenter:
    """Words of a tokenizer's dictionary and mixed words, of which the first given counts.

    The tokenizer is made when it is first needed: a text without two Han characters in a row needs none.
    """

    def __init__(self, make_jieba: Callable[[], JiebaTokenizer], mixed_words: Sequence[str]) -> None:
        self._make_jieba = make_jieba
        self._mixed_words = _table(mixed_words)

    @cached_property
    def _jieba(self) -> JiebaTokenizer:
        return self._make_jieba()

    def words(self, normalized: str) -> list[str]:
        """The words of `normalized` in order, those without letter or digit left out."""
        texts: list[str] = []  # what jieba cuts and a whole word, in turn
        for number, text in enumerate(self._mixed_words.split(normalized)):
            texts += (text,) if number % 2 else _WORDS.split(text)
        whole = iter(texts[1::2])
        # Placeholders side by side would be one word.
        rest = _PLACEHOLDER.join([text or " " for text in texts[::2]])
        cut = self._jieba.cut(rest) if _HAN_NEIGHBOURS.search(rest) else rest
        words = [next(whole) if word == _PLACEHOLDER else word for word in cut if word.isalnum()]
        if max(map(len, words), default=0) > _LONGEST:
            words = [word[:_LONGEST] for word in words]
        return words

    def joined_words(self, normalized: str) -> str:
        """The same words, joined by spaces."""
        return " ".join(self.words(normalized))

    def has_word(self, word: str) -> bool:
        """Whether the dictionary has the word of Han; what the model made of a text is not in it."""
        return self._jieba.has_word(word)


def sorted_user_words(user_words: Iterable[str]) -> tuple[list[str], list[str]]:
    """Words of one's own as the segmenter takes them: those of Han, and mixed ones, long ones first."""
    normalized = [visible(normalize(word)).strip(_LOOSE_ENDS) for word in user_words]
    han = [word for word in normalized if _HAN_WORD.fullmatch(word)]
    mixed = [word for word in normalized if not _HAN_WORD.fullmatch(word) and _MIXED_WORD.fullmatch(word)]
    return han, sorted(mixed, key=len, reverse=True)


def _table(words: Sequence[str]) -> re.Pattern[str]:
    """A pattern that finds the words and the symbols behind them; of two at one place the first given."""
    by_first = sorted(words, key=lambda word: word[0])  # stable
    groups = [
        f"{re.escape(first)}(?:{'|'.join(map(_rest_of_word, group))})"
        for first, group in groupby(by_first, key=lambda word: word[0])
    ]
    return re.compile(f"({'|'.join(groups)})[{_SYMBOLS}]*")


def _rest_of_word(word: str) -> str:
    """A pattern for the word behind its first character: no end of it within a Latin word or a number."""
    before, after = _same_class(word[0]), _same_class(word[-1])
    return (
        re.escape(word[1:])
        + (f"(?<!{before}{re.escape(word)})" if before else "")
        + (f"(?!{after})" if after else "")
    )


def _same_class(character: str) -> str:
    """The class of letters or of digits that has this character."""
    classes = (f"[{_LATIN_LETTERS}]", "[0-9]")
    return next((each for each in classes if re.match(each, character)), "")

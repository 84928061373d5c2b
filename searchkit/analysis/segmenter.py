"""Segmenter: normalized text -> words. Han by jieba's dictionary and model, the rest by our rules.

The dictionary has the spelling of the mainland, so the text is normalized first, and the few words that
are normalized to another spelling (着名 for 著名) are added to it. Words that mix Han and Latin (t恤, a股)
are found by a table, because rjieba and jieba disagree where Latin meets Han.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import groupby

from searchkit.analysis.jieba_tokenizer import JiebaTokenizer, jieba_tokenizer
from searchkit.analysis.normalizer import normalize, read_resource
from searchkit.analysis.tokenizer import LATIN

# Both jiebas know words of these Han characters. A run of rarer ones is a word.
_HAN = "\u4e00-\u9fd5"
_RARE_HAN = (
    "\u3400-\u4dbf\u9fd6-\u9fff\uf900-\ufaff\U00020000-\U0002a6df\U0002a700-\U0002ebef\U0002f800-\U0002fa1f"
)
_LATIN_LETTERS = LATIN.removeprefix("0-9")
# Belong to a word between its letters and digits (3.6.3, gpt-4) or where the table has them (c++).
_SYMBOLS = "+#&._%-"
_LOOSE_ENDS = "-._&%"
# Engines refuse terms of 32 kB; a "word" longer than this is data, not text.
_LONGEST = 255

_LATIN_WORD = rf"(?<=[{LATIN}])[{LATIN}]*(?:[._-][{LATIN}]+)*"
# All begin with one class of characters, which makes the search twice as fast.
_WORDS = re.compile(rf"([{LATIN}{_RARE_HAN}](?:{_LATIN_WORD}|[{_RARE_HAN}]*))[{_SYMBOLS}]*")
_HAN_WORD = re.compile(rf"[{_HAN}]+")
_MIXED_WORD = re.compile(rf"(?=.*[^{_SYMBOLS}])[{_HAN}{_RARE_HAN}{LATIN}{_SYMBOLS}]{{2,}}")

# Stands for each word that jieba does not get. No other Latin letter is left there, and no word of the
# dictionary has this one.
_PLACEHOLDER = "w"


class Segmenter:
    """Words of jieba's dictionary and of one's own, which take precedence."""

    def __init__(self, user_words: Iterable[str] = (), tokenizer: JiebaTokenizer | None = None) -> None:
        self._jieba = tokenizer or jieba_tokenizer()
        for word, frequency in _respelled_words():
            self._jieba.add_word(word, frequency, None)
        mixed = []
        for word in [normalize(word).strip(_LOOSE_ENDS) for word in user_words]:
            if _HAN_WORD.fullmatch(word):
                self._jieba.add_word(word, None, None)
            elif _MIXED_WORD.fullmatch(word):
                mixed.append(word)
        self._mixed_words = _table([*sorted(mixed, key=len, reverse=True), *_mixed_words()])

    def words(self, normalized: str) -> list[str]:
        """The words of `normalized` in order, those without letter or digit left out.

        >>> Segmenter().words("着名作家用 gpt-4 写作。")
        ['着名作家', '用', 'gpt-4', '写作']
        """
        texts: list[str] = []  # what jieba cuts and a whole word, in turn
        for number, text in enumerate(self._mixed_words.split(normalized)):
            texts += (text,) if number % 2 else _WORDS.split(text)
        whole = iter(texts[1::2])
        # Placeholders side by side would be one word.
        cut = self._jieba.cut(_PLACEHOLDER.join([text or " " for text in texts[::2]]))
        words = [next(whole) if word == _PLACEHOLDER else word for word in cut if word.isalnum()]
        if max(map(len, words), default=0) > _LONGEST:
            words = [word[:_LONGEST] for word in words]
        return words


@lru_cache(maxsize=4)  # one is some 25 MB and takes 0.1 s to make: indexes share them
def segmenter(user_words: tuple[str, ...] = ()) -> Segmenter:
    """The Segmenter for these words of one's own."""
    return Segmenter(user_words)


def _table(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds the words and the symbols behind them; of two at one place the first given."""
    by_first = sorted(filter(None, words), key=lambda word: word[0])  # stable
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


@cache
def _respelled_words() -> list[tuple[str, int]]:
    rows = (line.rsplit(" ", 1) for line in _lines_of("respelled_words.txt"))
    return [(word, int(frequency)) for word, frequency in rows]


@cache
def _mixed_words() -> list[str]:
    return sorted(_lines_of("mixed.txt"), key=len, reverse=True)


def _lines_of(name: str) -> list[str]:
    text = read_resource("searchkit.analysis", name)
    return [line for line in text.splitlines() if not line.startswith("# ")]

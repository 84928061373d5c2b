"""Segmenter: normalized text -> words. Here is chosen who cuts them: the compiled kernel where it is built.

The dictionary has the spelling of the mainland, so the text is normalized first, and the few words that
are normalized to another spelling (着名 for 著名) are added to it. Words that mix Han and Latin (t恤, a股)
are found by a table, because rjieba and jieba disagree where Latin meets Han.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Protocol, cast

from searchkit.analysis.jieba_tokenizer import JiebaTokenizer, jieba_tokenizer
from searchkit.analysis.kernel import compiled
from searchkit.analysis.word_lists import mixed_words


class Segmenter(Protocol):
    """Words of jieba's dictionary and of one's own, which take precedence: see `segmenter_rules`."""

    def words(self, normalized: str, /) -> list[str]:
        """The words of normalized text in order, those without letter or digit left out."""

    def joined_words(self, normalized: str, /) -> str:
        """The same words, joined by spaces."""

    def has_word(self, word: str, /) -> bool:
        """Whether the dictionary has the word of Han; what the model made of a text is not in it."""


@lru_cache(maxsize=4)  # without the kernel one is some 25 MB and takes 0.1 s to make: indexes share them
def segmenter(user_words: tuple[str, ...] = ()) -> Segmenter:
    """The Segmenter for these words of one's own.

    >>> segmenter().words("着名作家用 gpt-4 写作。")
    ['着名作家', '用', 'gpt-4', '写作']
    """
    return make_segmenter(user_words)


def make_segmenter(
    user_words: Iterable[str] = (), make_jieba: Callable[[], JiebaTokenizer] = jieba_tokenizer
) -> Segmenter:
    """A new Segmenter: the compiled one where `make_jieba` makes a compiled tokenizer."""
    words = tuple(user_words)
    han: list[str] = []
    mixed: list[str] = []
    if words:
        from searchkit.analysis.segmenter_rules import sorted_user_words

        han, mixed = sorted_user_words(words)
    mixed += mixed_words()

    def with_user_words() -> JiebaTokenizer:
        jieba = make_jieba()
        for word in han:
            jieba.add_word(word, None, None)
        return jieba

    if compiled:
        jieba = with_user_words()
        if isinstance(jieba, compiled.Jieba):
            return cast("Segmenter", compiled.Segmenter(jieba, mixed))
    from searchkit.analysis import segmenter_rules

    return segmenter_rules.Segmenter(with_user_words, mixed)

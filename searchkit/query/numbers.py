"""Numbers and dates of a query -> how else they are written: 第三章 is 第3章, 2024-07-15 is 2024年7月15日."""

from __future__ import annotations

from collections.abc import Sequence

from searchkit.analysis import query_tokens
from searchkit.query.alternatives import Alternative
from searchkit.query.frequencies import Frequencies
from searchkit.query.number_words import MAY_BE_NUMBER, read_number_word
from searchkit.query.words import Word
from searchkit.query.written_dates import read_date


def from_numbers(words: Sequence[Word], frequencies: Frequencies) -> list[Alternative]:
    """The other writings of the words that are numbers or dates, those that the index has.

    Only the zero is in quotes as good as another: 二〇二四 and 二零二四.
    """
    found: dict[Alternative, None] = {}
    for word in words:
        if not MAY_BE_NUMBER.match(word.text):
            continue
        number = read_date(word.text) or read_number_word(word.text, is_word=True)
        if not number:
            continue
        for writing in dict.fromkeys(number.writings()):
            if writing != word.text:
                tokens = tuple(query_tokens(writing))
                in_quotes = _with_one_zero(writing) == _with_one_zero(word.text)
                found[Alternative(word.start, word.end, tokens, "spelling", tokens, in_quotes)] = None
    there = frequencies.of_forms([one.tokens for one in found]) if found else ()
    return [one for one, documents in zip(found, there) if documents]


def _with_one_zero(text: str) -> str:
    return text.replace("〇", "零")

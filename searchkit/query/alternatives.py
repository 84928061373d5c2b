"""alternatives: words of a query -> what else finds them, regional words and synonyms of one's own.

A word has an alternative where the text of the query has it as a whole word, or as several: 人工 智慧 finds
人工智能 as well, and machine learning what a synonym of both says. Each word of the several then matches
where the alternative stands, so it counts for as many words as it stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from searchkit.analysis import tokenize
from searchkit.query.ast import AndNode, BoostNode, NotNode, OrNode, QueryNode, TextNode
from searchkit.query.words import Words, WordsOf

__all__ = ["AlternativesOf", "add_alternatives"]

AlternativesOf = Callable[[str], Iterable[str]]
"""Gives what else finds a text, by its `searchkit.query.synonyms.key_of_text`."""

# Of Cyrillic, Greek or Hangul each letter is a word of its own, so a single word there has many.
_MOST_WORDS = 32


def add_alternatives(query: QueryNode, words_of: WordsOf, others_of: AlternativesOf) -> None:
    """Give the words of all parts of the query their alternatives."""
    for parts in _runs(query):
        words = [words_of.part(part) for part in parts]
        _add(words, words_of, others_of)


def _runs(query: QueryNode) -> Iterator[Sequence[TextNode]]:
    """Parts that stand side by side."""
    match query:
        case TextNode():
            yield [query]
        case AndNode(children):
            for is_part, group in groupby(
                children, lambda child: isinstance(child, TextNode) and child.field
            ):
                run = list(group)
                if is_part is False:
                    for child in run:
                        yield from _runs(child)
                else:
                    yield [part for part in run if isinstance(part, TextNode)]
        case OrNode(children):
            for child in children:
                yield from _runs(child)
        case BoostNode(child, _) | NotNode(child):
            yield from _runs(child)
        case _:
            pass


def _add(texts: Sequence[Words], words_of: WordsOf, others_of: AlternativesOf) -> None:
    sequence = [(text, word, " ".join(tokenize(word))) for text in texts for word in text.all]
    for start in range(len(sequence)):
        key = ""
        for end in range(start, min(start + _MOST_WORDS, len(sequence))):
            key = f"{key} {sequence[end][2]}".lstrip()
            for other in others_of(key):
                for text, word, _ in sequence[start : end + 1]:
                    text.add_alternative(word, words_of(other))

"""Spelling (did you mean): a query that finds little -> one that was perhaps meant.

Of Chinese, characters that sound or look alike (特郎普, 特朗普), also where the wrong word is found and the
right one in many more documents; of Latin words, one letter wrong, missing, too many, or swapped with the
next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import accumulate, chain, islice

from msgspec import structs

from searchkit.analysis import is_word, tokenize
from searchkit.engine.base import Snapshot
from searchkit.query.ast import QueryNode, TextNode, wanted_nodes, with_leaves
from searchkit.searching.han_spelling import LONGEST_TEXT, mended_han
from searchkit.settings import Settings

LITTLE = 2
"""With at most so many matches, something else may have been meant."""
_TIMES_MORE = 10
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# Of a query that is longer than people type, the beginning is enough.
_MOST_MENDED = 10
# Characters of a query of one word or two.
_SHORT = 8


def better_query(
    query: QueryNode, total: int, count: Callable[[QueryNode], int], snapshot: Snapshot, settings: Settings
) -> str | None:
    """A similar query that finds more than the ``total`` of this one; None when there is none."""
    little = total <= LITTLE
    parts = _beginning(query)
    if little:
        parts = [part for part in parts if count(part) <= LITTLE]
    mend_han = partial(
        mended_han,
        snapshot=snapshot,
        settings=settings,
        little=little,
        short=sum(len(part.text) for part in _parts(query)) <= _SHORT,
    )
    latin = _better_words({word for part in parts for word in _latin_words(part)}, snapshot) if little else {}
    better = _with_parts(query, {part: _mended(part, latin, mend_han) for part in parts})
    # A right word in place of two that are found may find fewer, and is in the documents that are meant.
    return str(better) if better != query and count(better) > (total if little else 0) else None


def _beginning(query: QueryNode) -> list[TextNode]:
    """The first of its parts, which are not much longer together than a text that is looked at."""
    parts = [*islice(_parts(query), _MOST_MENDED)]
    lengths = accumulate((len(part.text) for part in parts), initial=0)
    return [part for part, before in zip(parts, lengths) if before < LONGEST_TEXT]


def _parts(query: QueryNode) -> Iterator[TextNode]:
    """The parts of running text that are not excluded."""
    return (node for node in wanted_nodes(query) if isinstance(node, TextNode))


def _with_parts(query: QueryNode, better: Mapping[TextNode, TextNode]) -> QueryNode:
    return with_leaves(query, lambda node: better.get(node, node) if isinstance(node, TextNode) else node)


def _mended(part: TextNode, latin: Mapping[str, str], mend_han: Callable[[str], str]) -> TextNode:
    text = part.text
    for word in _latin_words(part):
        if better := latin.get(word):
            text = _replaced(text, word, better)
    if text == part.text:
        text = mend_han(text)
    return structs.replace(part, text=text)


def _better_words(words: Iterable[str], snapshot: Snapshot) -> dict[str, str]:
    """For each word the most frequent one that is one letter off, where it is far more frequent."""
    others = {word: sorted(_edits(word)) for word in words}
    asked = [*dict.fromkeys(chain(others, *others.values()))]
    freqs = dict(zip(asked, snapshot.doc_freqs("words", asked))) if asked else {}
    best = {word: max(edits, key=freqs.__getitem__) for word, edits in others.items()}
    return {word: other for word, other in best.items() if freqs[other] > freqs[word] * _TIMES_MORE}


def _latin_words(part: TextNode) -> list[str]:
    """The first Latin words of the part, each once."""
    words = [token for token in dict.fromkeys(tokenize(part.text).texts) if is_word(token)]
    return words[:_MOST_MENDED]


def _replaced(text: str, word: str, better: str) -> str:
    """The text with a whole Latin word replaced, wherever it stands."""
    tokens = tokenize(text)
    for token, start, end in reversed([*zip(tokens.texts, tokens.starts, tokens.ends)]):
        if token == word:
            text = text[:start] + better + text[end:]
    return text


def _edits(word: str) -> Iterator[str]:
    """All words that are one letter off."""
    found = set()
    for at in range(len(word) + 1):
        before, behind = word[:at], word[at:]
        found.add(before + behind[1:])
        found.add(before + behind[1:2] + behind[:1] + behind[2:])
        for letter in _LETTERS:
            found.add(before + letter + behind)
            found.add(before + letter + behind[1:])
    return (other for other in found if other and other != word)

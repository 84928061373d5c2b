"""home: an index -> what its home page offers: words that several articles have, and queries to try."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log

import searchkit
from searchkit.web.sanitize import sanitize

_TITLES = 40
"""Of so many of the newest articles the titles are looked at."""
_WORDS = 8
_OF_ONE_TITLE = 3
_SHARE, _RARE = 0.4, 200
"""A word that a larger share of the articles has says nothing about them; one of 200 should have it."""
_PASSAGE = re.compile(r"[\u4e00-\u9fff]{4,12}")
# A number with its measure word says nothing of what an article is about.
_WORD = re.compile(r"(?![一二三四五六七八九十百千万两兩几幾每第])[\u3400-\u9fff]{2,6}|[a-zA-Z]{3,20}")


_PLAIN = re.compile(r"[\w.-]{1,30}")  # needs no quotation marks in a query


def _best(titles: Mapping[str, Sequence[str]], documents: Mapping[str, int], of: int) -> list[str]:
    """The words that more of the titles have than their share of all articles; each in one script.

    ``titles`` has the ids of the articles whose titles have a word.
    """
    news = {word: len(ids) * log(of / documents[word]) for word, ids in titles.items()}
    best: dict[str, str] = {}
    taken: Counter[str] = Counter()
    for word in sorted(news, key=lambda word: (-news[word], word)):
        form = sanitize(word, "hans").lower()
        if form not in best and any(taken[id] < _OF_ONE_TITLE for id in titles[word]):
            best[form] = word
            taken.update(titles[word])
    return [*best.values()][:_WORDS]


@dataclass(frozen=True)
class Home:
    """``words`` with how many articles have them; ``examples`` of queries that find something, by what each
    shows: any, passage, without, or, title, source."""

    words: tuple[tuple[str, int], ...] = ()
    examples: tuple[tuple[str, str], ...] = ()


class HomeWords:
    """Makes them once for each state of the index, which the newest articles and the facets tell."""

    def __init__(self, index: searchkit.Index) -> None:
        self._index = index
        self._known: tuple[object, Home] | None = None

    def of(self, newest: searchkit.Results, cost: int | None) -> Home:
        """What the home page offers, where it lists these articles."""
        state = (
            newest.total,
            [(hit.id, hit.title.text) for hit in newest],
            {name: [*counts.items()] for name, counts in newest.facets.items()},
        )
        known = self._known
        if known is None or known[0] != state:
            known = self._known = state, self._made(cost)
        return known[1]

    def _made(self, cost: int | None) -> Home:
        newest = self._index.search("*", sort="newest", limit=_TITLES, max_cost=cost)
        titles = [(hit.id, hit.title.text) for hit in newest if hit.title.text]
        documents: dict[str, int] = {}
        having: dict[str, list[str]] = {}
        for id, title in titles:
            words = self._words_of(id, title, cost)
            documents.update(words)
            for word in words:
                having.setdefault(word, []).append(id)
        best = _best(having, documents, len(self._index))
        sources = [hit.source for hit in newest if hit.source]
        examples = self._examples(best, [title for _, title in titles], sources, cost)
        counts = [self._index.count(word, lenient=True, max_cost=cost) for word in best]
        return Home(tuple(zip(best, counts, strict=True)), examples)

    def _words_of(self, id: str, title: str, cost: int | None) -> dict[str, int]:
        """The words of a title that other articles have as well, as it writes them."""
        try:
            explained = self._index.explain(title[:100], id, lenient=True, max_cost=cost)
        except (KeyError, searchkit.QueryTooExpensiveError):  # deleted meanwhile; beyond its cost
            return {}
        words: dict[str, int] = {}
        for one in explained.contributions:
            is_word = one.field == "words" and _WORD.fullmatch(one.term) and one.term in title
            least = max(2, explained.documents // _RARE)
            if is_word and least <= one.documents <= max(2, explained.documents * _SHARE):
                words.setdefault(one.term, one.documents)
        return words

    def _examples(
        self, words: Sequence[str], titles: Sequence[str], sources: Sequence[str], cost: int | None
    ) -> tuple[tuple[str, str], ...]:
        """A query of each kind, of those that find something."""
        passages = filter(None, map(_PASSAGE.search, titles))
        pairs = [*combinations(words, 2)]
        tried = {
            "any": words,
            "passage": [f"“{passage[0]}”" for passage in passages],
            "without": [f"{one} -{other}" for one, other in pairs],
            "or": [f"{one} OR {other}" for one, other in reversed(pairs)],
            "title": [f"title:{word}" for word in reversed(words)],
            "source": [f"source:{source}" for source in sources if _PLAIN.fullmatch(source)],
        }
        found = []
        for kind, queries in tried.items():
            for query in queries[:3]:
                if self._index.count(query, lenient=True, max_cost=cost):
                    found.append((query, kind))
                    break
        return tuple(found)

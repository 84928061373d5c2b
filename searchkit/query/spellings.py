"""Spellings: the writings of one word, wifi, Wi-Fi and wi fi, rank as if all of them were one term.

They have different terms: one is a unigram and a word, another a bigram and two words. So all forms of a word
add up to the same: to what the typed form says, were it in the documents of each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from searchkit.analysis import bigrams
from searchkit.query.alternatives import Alternative
from searchkit.query.analyzed_text import AnalyzedText
from searchkit.query.frequencies import FIELDS, Frequencies
from searchkit.query.scoring import FieldTerm, WeightedTerm, idf

_OF_TITLE = 0.6
"""What the bigrams of a title count for where they stand for words, which are of title and body together."""


def spelling_terms(
    text: AnalyzedText, typed: Mapping[FieldTerm, float], statistics: Frequencies
) -> Iterator[WeightedTerm]:
    """What to add to the weights of the typed terms, and the weights of the terms of the other spellings.

    ``typed`` are the terms of the text with their weights.
    """
    spellings = sorted((one for one in text.alternatives if one.kind == "spelling"), key=_place)
    if not spellings:
        return
    less: dict[FieldTerm, float] = {}
    found: dict[FieldTerm, float] = {}
    for (start, end), group in groupby(spellings, _place):
        word = _Word(text, start, end, [*group], typed, statistics)
        for term in word.typed_terms:
            less[term] = min(less.get(term, 0.0), typed[term] * (word.scale - 1))
        for term, weight in word.other_terms():
            found[term] = max(found.get(term, 0.0), weight)
    yield from less.items()
    yield from found.items()


class _Word:
    """A word, or several together, with their spellings."""

    def __init__(
        self,
        text: AnalyzedText,
        start: int,
        end: int,
        spellings: Sequence[Alternative],
        typed: Mapping[FieldTerm, float],
        statistics: Frequencies,
    ) -> None:
        self._typed, self._statistics = typed, statistics
        inside = [word for word in text.query_words if start <= word.start and word.end <= end]
        words = [part for word in inside for part in word.parts or (word.text,)]
        self._form = tuple(text.tokens[start:end])
        self._spellings = spellings
        self._in_one_word = {one.tokens for one in spellings if len(one.words) == 1}
        if len(words) == 1:
            self._in_one_word.add(self._form)
        forms = list(dict.fromkeys([self._form, *(one.tokens for one in spellings)]))
        documents = statistics.of_forms(forms)
        self._says_most = idf(len(statistics), documents[0])
        self.scale = idf(len(statistics), sum(documents)) / self._says_most
        """How much less the typed terms say, as there are documents with other forms."""
        self._words = self._there([("words", word) for word in words])
        self._tokens = {
            field: self._there([*_bigrams(field, self._form), *_unigrams(field, self._form)])
            for field in FIELDS
        }

    @property
    def typed_terms(self) -> Iterable[FieldTerm]:
        """Those of the typed form."""
        return [*self._words, *(term for terms in self._tokens.values() for term in terms)]

    def other_terms(self) -> Iterator[WeightedTerm]:
        """Those of the other forms."""
        of_words = self._said(self._words)
        for one in self._spellings:
            words = [("words", word) for word in one.words]
            are_apart = len(words) > 1
            if not are_apart or one.tokens in self._in_one_word:
                # Words apart may be frequent ones: they never count for more than a word that is typed.
                yield from self._shared(words, of_words, 1.0 if are_apart else None)
            if one.tokens == self._form:
                continue
            for field, typed in self._tokens.items():
                terms = _bigrams(field, one.tokens)
                if len(one.tokens) == 1 or (len(self._form) > 1 and any("unigrams" in name for name, _ in typed)):
                    terms += _unigrams(field, one.tokens)
                amount = self._said(typed)
                if are_apart and one.tokens not in self._in_one_word:
                    # Nor do such words say that they stand together, as the bigrams do.
                    amount += of_words * (_OF_TITLE if field == "title" else 1.0)
                yield from self._shared(terms, amount, None)

    def _there(self, terms: Iterable[FieldTerm]) -> list[FieldTerm]:
        return [term for term in dict.fromkeys(terms) if term in self._typed]

    def _said(self, terms: Iterable[FieldTerm]) -> float:
        """What those of the terms that are typed add up to in a document that has them once."""
        return sum(self._typed[term] * self.scale * self._idf(term) for term in terms if term in self._typed)

    def _shared(
        self, terms: Sequence[FieldTerm], amount: float, most: float | None
    ) -> Iterator[WeightedTerm]:
        """The weights of terms that together say so much."""
        amount -= self._said(terms)
        others = [term for term in dict.fromkeys(terms) if term not in self._typed and self._documents(term)]
        if others and amount > 0:
            weight = amount / sum(map(self._idf, others))
            for term in others:
                yield term, weight if most is None else min(weight, most)

    def _documents(self, term: FieldTerm) -> int:
        return self._statistics.doc_freqs(term[0], [term[1]])[0]

    def _idf(self, term: FieldTerm) -> float:
        documents = self._documents(term)
        return idf(len(self._statistics), documents) if documents else self._says_most


def _place(one: Alternative) -> tuple[int, int]:
    return one.start, one.end


def _bigrams(field: str, tokens: Sequence[str]) -> list[FieldTerm]:
    return [(f"{field}_bigrams", term) for term in bigrams(tokens)]


def _unigrams(field: str, tokens: Sequence[str]) -> list[FieldTerm]:
    return [(f"{field}_unigrams", term) for term in tokens]

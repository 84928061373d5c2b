"""Spellings: the writings of one word, wifi, Wi-Fi and wi fi, rank as if all of them were one term.

The segmenter makes a word of one of them and two words of another, but the tokens are what they are. So all
that the words say is said by the tokens instead: by a token, or by the bigrams of several. Each form adds up
to the same: to what the typed one says, were it in the documents of all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby

from searchkit.analysis import bigrams, plain
from searchkit.query.alternatives import Alternative
from searchkit.query.analyzed_text import AnalyzedText
from searchkit.query.frequencies import FIELDS, Frequencies
from searchkit.query.scoring import FieldTerm, WeightedTerm, idf

_OF_BODY, _OF_TITLE = 0.7, 0.6
"""What is said in a field instead of the words, which are of title and body together. More would have a
frequent word with other spellings outweigh the rest of a query."""
_OTHER = 0.97
"""What another form says: of two documents alike the one with the typed form is first."""
_MOST_TERMS = 2
"""Of a long form, a date, the rarest bigrams say enough."""


def spelling_terms(
    text: AnalyzedText, typed: Mapping[FieldTerm, float], statistics: Frequencies
) -> Iterator[WeightedTerm]:
    """What to add to the weights of the terms of a text, ``typed``, and the terms of other spellings."""
    spellings = sorted((one for one in text.alternatives if one.kind == "spelling"), key=_place)
    if not spellings:
        return
    _ask_at_once(text, spellings, statistics)
    weights = {**typed}
    known: dict[FieldTerm, float] = {}
    seen = set()
    for (start, end), group in groupby(spellings, _place):
        word = _Word(text, start, end, typed, statistics, known)
        if word.form not in seen:
            word.weigh([one.tokens for one in group], weights)
            seen.add(word.form)
    for term, weight in weights.items():
        if weight != typed.get(term):
            yield term, weight - typed.get(term, 0.0)


class _Word:
    """A word of a text, or neighbouring ones."""

    def __init__(
        self,
        text: AnalyzedText,
        start: int,
        end: int,
        typed: Mapping[FieldTerm, float],
        statistics: Frequencies,
        known: dict[FieldTerm, float],
    ) -> None:
        self._typed, self._statistics, self._known = typed, statistics, known
        self.form = tuple(text.tokens[start:end])
        self._documents = statistics.of_forms([self.form])[0]
        inside = [word for word in text.query_words if start <= word.start and word.end <= end]
        words = [("words", part) for word in inside for part in word.parts or (word.text,)]
        self._words = [term for term in dict.fromkeys(words) if term in typed]

    def weigh(self, forms: Iterable[tuple[str, ...]], weights: dict[FieldTerm, float]) -> None:
        """Change the weights to those that make all forms equal."""
        others = [form for form in dict.fromkeys(forms) if form != self.form]
        size = len(self._statistics)
        documents = sum(self._statistics.of_forms([self.form, *others]))
        less = idf(size, documents) / idf(size, self._documents)
        of_words = less * self._said(self._words, weights)
        for term in self._words:
            weights[term] = 0.0
        for field in FIELDS:
            own = [term for term in _all_terms(field, self.form) if term in self._typed]
            for term in own:
                weights[term] = min(weights[term], self._typed[term] * less)
            amount = of_words * (_OF_TITLE if field == "title" else _OF_BODY)
            self._add(amount, _terms(field, self.form), weights)
            amount = _OTHER * self._said((*_terms(field, self.form), *own), weights)
            for form in others:
                terms = _terms(field, form)
                new = [term for term in terms if term not in weights and self._documents_of(term)]
                new.sort(key=self._idf, reverse=True)
                said = self._said(_all_terms(field, form), weights)
                self._add(amount - said, new[:_MOST_TERMS], weights)

    def _said(self, terms: Iterable[FieldTerm], weights: Mapping[FieldTerm, float]) -> float:
        """What the terms add up to in a document that has each of them once."""
        return sum(weights[term] * self._idf(term) for term in dict.fromkeys(terms) if weights.get(term))

    def _add(self, amount: float, terms: Sequence[FieldTerm], weights: dict[FieldTerm, float]) -> None:
        """Have the terms say so much more together."""
        if terms and amount > 0:
            more = amount / sum(map(self._idf, terms))
            for term in terms:
                weights[term] = weights.get(term, 0.0) + more

    def _documents_of(self, term: FieldTerm) -> int:
        return self._statistics.doc_freq(*term)

    def _idf(self, term: FieldTerm) -> float:
        if term not in self._known:
            documents = self._documents_of(term) or self._documents
            self._known[term] = idf(len(self._statistics), documents)
        return self._known[term]


def _ask_at_once(text: AnalyzedText, spellings: Sequence[Alternative], statistics: Frequencies) -> None:
    """Have the statistics know all terms: a cluster is better asked few times."""
    forms = [tokens for one in spellings for tokens in (one.tokens, text.tokens[one.start : one.end])]
    statistics.doc_freqs("words", text.words)
    for field in FIELDS:
        statistics.doc_freqs(f"{field}_bigrams", [term for form in forms for term in bigrams(form)])
        statistics.doc_freqs(f"{field}_unigrams", [plain(token) for form in forms for token in form])


def _place(one: Alternative) -> tuple[int, int]:
    return one.start, one.end


@lru_cache(1024)  # asked again for each other form, and in each step of relaxing
def _terms(field: str, form: tuple[str, ...]) -> tuple[FieldTerm, ...]:
    """What tells a form: its bigrams; of a single token the token."""
    if len(form) == 1:
        return ((f"{field}_unigrams", plain(form[0])),)
    return tuple([(f"{field}_bigrams", term) for term in dict.fromkeys(bigrams(form))])


@lru_cache(1024)
def _all_terms(field: str, form: tuple[str, ...]) -> tuple[FieldTerm, ...]:
    """The same, and the unigrams of several tokens."""
    unigrams = [(f"{field}_unigrams", plain(token)) for token in form]
    return tuple(dict.fromkeys([*_terms(field, form), *unigrams]))

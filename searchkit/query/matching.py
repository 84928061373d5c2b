"""matching: texts and filters of a query -> clauses, what a document must have to match.

A word matches where its characters stand: where its bigrams are a phrase, whatever words the segmenter found
in the document. ``match`` says how many of the words of a text are needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import ceil
from typing import Literal

from searchkit.analysis import WORD_END, bigram, bigrams, is_symbol, is_word
from searchkit.dates import When, time_bound
from searchkit.engine.plan import Boolean, Clause, Phrase, Prefix, Range, Term, TermSet
from searchkit.query.analyzed_text import AnalyzedText
from searchkit.text import as_list

Match = Literal["most", "all", "any"]

FEW = 5
"""Up to so many content words of a text are few: ``match="most"`` needs two of them."""
MOST = 1 / 3
"""Of more, this share is needed; docs/decisions/0003-match.md has what either costs."""
QUESTION_NEEDS = 1
"""How many content words of a question: its answer is often in others, docs/decisions/0003-match.md."""


def match_text(text: AnalyzedText, fields: Sequence[str], match: Match) -> Clause:
    """Documents that have enough of the content words, or their alternatives."""
    if len(text.content_words) == 1:
        return _word(text.content_words[0], text, fields)
    words = tuple(_word(word, text, fields) for word in text.content_words)
    return Boolean(should=words, minimum_should_match=_needed(len(words), text.is_question, match))


def _needed(words: int, is_question: bool, match: Match) -> int:
    few = min(words, 2) if words <= FEW else ceil(words * MOST)
    most = min(words, QUESTION_NEEDS) if is_question else few
    return {"all": words, "any": 1, "most": most}[match]


def _word(word: str, text: AnalyzedText, fields: Sequence[str]) -> Clause:
    typed = phrase(text.tokens_of[word], fields)
    others = text.alternatives.get(word)
    return Boolean(should=(typed, *(phrase(other.tokens, fields) for other in others))) if others else typed


def phrase(tokens: Sequence[str], fields: Sequence[str]) -> Clause:
    """Documents that have the tokens as neighbours in one line of the fields, or of either field."""
    if len(tokens) == 1:
        return in_fields(fields, "unigrams", Term, tokens[0])
    if is_symbol(tokens[0]):  # and so are the others: each matches alone
        return Boolean(must=tuple(in_fields(fields, "unigrams", Term, token) for token in tokens))
    terms = _positions(tokens)
    if len(terms) == 1:
        return in_fields(fields, "bigrams", Term, terms[0][1])
    return in_fields(fields, "bigrams", Phrase, terms)


def prefix(tokens: Sequence[str], fields: Sequence[str]) -> Clause:
    """The same phrase, whose last token may go on where it has letters or digits."""
    if not is_word(tokens[-1]):
        return phrase(tokens, fields)
    if len(tokens) == 1:
        return in_fields(fields, "unigrams", Prefix, tokens[0])
    *whole, (position, last) = _positions(tokens)
    last = last.removesuffix(WORD_END)
    if not whole:
        return in_fields(fields, "bigrams", Prefix, last)
    return in_fields(fields, "bigrams", Phrase, (*whole, (position, last)), 0, frozenset({len(whole)}))


def loose_phrase(phrases: Sequence[Sequence[str]], fields: Sequence[str], slop: int) -> Clause:
    """Each phrase as it is, and all of them in order with up to ``slop`` tokens between."""
    if len(fields) > 1:
        return Boolean(should=tuple(loose_phrase(phrases, [field], slop) for field in fields))
    terms: list[tuple[int, str]] = []
    prefixes: set[int] = set()
    start = 0
    for tokens in phrases:
        if len(tokens) == 1:  # its bigram is known by its first token only
            prefixes.add(len(terms))
            terms.append((start, bigram(tokens[0], "")))
        else:
            terms += [(start + position, text) for position, text in _positions(tokens)]
        start += len(tokens)
    together = in_fields(fields, "bigrams", Phrase, tuple(terms), slop, frozenset(prefixes))
    whole = tuple(phrase(tokens, fields) for tokens in phrases if len(tokens) > 2)
    return Boolean(must=(together, *whole)) if whole else together


def in_fields(fields: Sequence[str], channel: str, clause: Callable[..., Clause], *values: object) -> Clause:
    """The clause with these values in a channel of the field, or of any of several."""
    clauses = tuple([clause(f"{field}_{channel}", *values) for field in fields])
    return clauses[0] if len(clauses) == 1 else Boolean(should=clauses)


def _positions(tokens: Sequence[str]) -> tuple[tuple[int, str], ...]:
    """The bigrams of two or more tokens with their positions: every second one, and the last, cover all."""
    terms = tuple(enumerate(bigrams(tokens)))
    return terms[::2] if len(terms) % 2 else (*terms[:-1:2], terms[-1])


def filter_nodes(
    since: When | None, until: When | None, source: str | Iterable[str], tags: str | Iterable[str]
) -> tuple[Clause, ...]:
    """What a document must be to pass all of the filters.

    Raises ValueError for a time that is none, or that has no zone.
    """
    found: list[Clause] = []
    low = time_bound("since", since) if since is not None else None
    high = time_bound("until", until, end=True) if until is not None else None
    if low is not None or high is not None:
        found.append(Range("published", low, high))
    for name, values in (("source", source), ("tags", tags)):
        if wanted := as_list(name, values):
            found.append(TermSet(name, tuple(wanted)))
    return tuple(found)

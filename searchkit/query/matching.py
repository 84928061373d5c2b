"""matching: texts and filters of a query -> clauses, what a document must have to match.

A word matches where its characters stand: where its bigrams are a phrase, whatever words the segmenter found
in the document. ``match`` says how many of the words of a text are needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import tzinfo
from itertools import islice
from math import ceil
from typing import Literal

from searchkit.analysis import WORD_END, bigram, bigrams, is_symbol, is_word, plain
from searchkit.dates import UTC, When, time_bound
from searchkit.engine.plan import Boolean, Clause, Phrase, Prefix, Range, Term, TermSet
from searchkit.query.analyzed_text import AnalyzedText
from searchkit.query.frequencies import Frequencies
from searchkit.query.words import Word
from searchkit.schema import label_forms
from searchkit.text import as_list

Match = Literal["most", "all", "any"]

FEW = 3
"""Up to so many content words of a text are few: ``match="most"`` needs two of them."""
TELLING = 0.6
"""Of more, one of the more telling ones is needed: of those that the fewest documents have, this share."""
QUESTION_NEEDS = 1
"""How many content words of a question: its answer is often in others. docs/decisions/0003-match.md has what
these three cost."""


def match_text(
    text: AnalyzedText,
    fields: Sequence[str],
    match: Match,
    statistics: Frequencies,
    let_go: frozenset[str] = frozenset(),
) -> Clause | None:
    """Documents that have enough of the content words, or their alternatives.

    Words that are let go are not needed; None where no other is there.
    """
    words = text.content_words
    if len(words) == 1 and not let_go:  # as nearly always
        return word_clause(words[0], text, fields)
    words = [word for word in words if word.text not in let_go]
    needed = {"all": len(words), "any": 1, "most": min(len(words), 2)}[match]
    if match == "most" and text.is_question:
        needed = min(len(words), QUESTION_NEEDS)
    elif match == "most" and len(words) > FEW:
        words, needed = _telling(words, text, statistics), 1
    clauses = tuple(word_clause(word, text, fields) for word in words)
    if len(clauses) < 2:
        return clauses[0] if clauses else None
    return Boolean(should=clauses, minimum_should_match=needed)


def _telling(words: Sequence[Word], text: AnalyzedText, statistics: Frequencies) -> list[Word]:
    """The words that say most, in order: of those that documents have, the less frequent ones."""
    forms = [_forms(word, text) for word in words]
    having = iter(statistics.of_forms([form for each in forms for form in each]))
    frequent = {word: sum(islice(having, len(each))) for word, each in zip(words, forms)}
    known = sorted(filter(frequent.__getitem__, words), key=frequent.__getitem__) or words
    kept = known[: ceil(len(words) * TELLING)]
    return [word for word in words if word in kept]


def word_clause(word: Word, text: AnalyzedText, fields: Sequence[str]) -> Clause:
    """Documents that have a word of the text, or an alternative of it."""
    if not text.alternatives:
        return phrase(text.tokens[word.start : word.end], fields)
    return any_phrase(_forms(word, text), fields)


def _forms(word: Word, text: AnalyzedText) -> list[tuple[str, ...]]:
    """The tokens of a word, and of each of its alternatives."""
    found = [tuple(text.tokens[word.start : word.end])]
    found += [one.tokens for one in text.alternatives if one.start <= word.start and word.end <= one.end]
    return list(dict.fromkeys(found))


def any_phrase(forms: Iterable[Sequence[str]], fields: Sequence[str]) -> Clause:
    """Documents that have one of the forms of a word, or of a phrase."""
    clauses = tuple(phrase(tokens, fields) for tokens in forms)
    return clauses[0] if len(clauses) == 1 else Boolean(should=clauses)


def phrase(tokens: Sequence[str], fields: Sequence[str]) -> Clause:
    """Documents that have the tokens as neighbours in one line of the fields, or of either field."""
    if len(tokens) == 1:
        return in_fields(fields, "unigrams", Term, plain(tokens[0]))
    if is_symbol(tokens[0]):  # and so are the others: each matches alone
        return Boolean(must=tuple(in_fields(fields, "unigrams", Term, token) for token in tokens))
    if len(tokens) == 2:
        return in_fields(fields, "bigrams", Term, bigram(*tokens))
    return in_fields(fields, "bigrams", Phrase, _positions(tokens))


def prefix(tokens: Sequence[str], fields: Sequence[str]) -> Clause:
    """The same phrase, whose last token may go on where it has letters or digits."""
    if not is_word(tokens[-1]):
        return phrase(tokens, fields)
    if len(tokens) == 1:
        return in_fields(fields, "unigrams", Prefix, plain(tokens[0]))
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
    since: When | None,
    until: When | None,
    source: str | Iterable[str],
    tags: str | Iterable[str],
    zone: tzinfo = UTC,
) -> tuple[Clause, ...]:
    """What a document must be to pass all of the filters; days are those of the zone.

    Raises ValueError for a time that is none.
    """
    found: list[Clause] = []
    low = time_bound("since", since, zone=zone) if since is not None else None
    high = time_bound("until", until, end=True, zone=zone) if until is not None else None
    if low is not None or high is not None:
        found.append(Range("published", low, high))
    for name, values in (("source", source), ("tags", tags)):
        if wanted := as_list(name, values):
            found.append(TermSet(name, label_forms(wanted)))
    return tuple(found)

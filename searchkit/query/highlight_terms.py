"""needles: query tree -> what is to be highlighted in the documents that match."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from searchkit.analysis import is_latin, normalize, tokenize
from searchkit.query.ast import (
    AndNode,
    BoostNode,
    Field,
    FuzzyNode,
    OrNode,
    PhraseNode,
    PrefixNode,
    QueryNode,
    TextNode,
    WildcardNode,
)
from searchkit.query.words import WordsOf

__all__ = ["HighlightTerm", "highlight_terms"]


@dataclass(frozen=True)
class HighlightTerm:
    """Neighbouring units to highlight, in one part of the document or in both.

    With ``open``, a Latin word at the end may go on; in a single Latin word ``*`` and ``?`` are letters left
    open, and up to ``distance`` letters may differ.
    """

    tokens: tuple[str, ...]
    part: Field | None = None
    open: bool = False
    distance: int = 0

    @cached_property
    def together(self) -> str:
        """All units as they stand when nothing is between them; of Latin words that says nothing."""
        return "" if any(is_latin(token) for token in self.tokens) else "".join(self.tokens)

    @cached_property
    def is_inexact(self) -> bool:
        """Does it stand for words that are only like it?"""
        return bool(self.distance) or any(sign in self.tokens[0] for sign in "*?")


def highlight_terms(query: QueryNode, words_of: WordsOf) -> tuple[HighlightTerm, ...]:
    """What is asked for; nothing that is ruled out."""
    found: list[HighlightTerm] = []

    def collect(query: QueryNode) -> None:
        match query:
            case TextNode(_, part):
                words = words_of.part(query)
                # The part as a whole as well, so that 中国的历史 is one highlight where it stands as it is.
                found.append(HighlightTerm(tuple(words.tokens), part))
                for word in words.content:
                    found.append(HighlightTerm(tuple(tokenize(word)), part))
                    found.extend(
                        HighlightTerm(tuple(other.tokens), part) for other in words.alternatives(word)
                    )
            case PhraseNode(text, part, slop):
                pieces = text.split() if slop else [text]
                found.extend(HighlightTerm(tuple(words_of(piece).tokens), part) for piece in pieces)
            case PrefixNode(text, part):
                found.append(HighlightTerm(tuple(words_of(text).tokens), part, open=True))
            case WildcardNode(pattern, part):
                found.append(HighlightTerm((normalize(pattern),), part))
            case FuzzyNode(text, part, distance):
                found.append(HighlightTerm((normalize(text),), part, distance=distance))
            case BoostNode(child, _):
                collect(child)
            case AndNode(children) | OrNode(children):
                for child in children:
                    collect(child)
            case _:
                pass

    collect(query)
    return tuple(dict.fromkeys(highlight_term for highlight_term in found if highlight_term.tokens))

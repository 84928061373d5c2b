"""needles: query tree -> what is to be highlighted in the documents that match."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from searchkit.analysis import fold, is_latin, units
from searchkit.query.tree import And, Boost, Field, Fuzzy, Or, Part, Passage, Prefix, Query, Wildcard
from searchkit.query.words import WordsOf

__all__ = ["Needle", "needles"]


@dataclass(frozen=True)
class Needle:
    """Neighbouring units to highlight, in one part of the document or in both.

    With ``open``, a Latin word at the end may go on; in a single Latin word ``*`` and ``?`` are letters left
    open, and up to ``distance`` letters may differ.
    """

    units: tuple[str, ...]
    part: Field | None = None
    open: bool = False
    distance: int = 0

    @cached_property
    def together(self) -> str:
        """All units as they stand when nothing is between them; of Latin words that says nothing."""
        return "" if any(is_latin(unit) for unit in self.units) else "".join(self.units)

    @cached_property
    def is_inexact(self) -> bool:
        """Does it stand for words that are only like it?"""
        return bool(self.distance) or any(sign in self.units[0] for sign in "*?")


def needles(query: Query, words_of: WordsOf) -> tuple[Needle, ...]:
    """What is asked for; nothing that is ruled out."""
    found: list[Needle] = []

    def collect(query: Query) -> None:
        match query:
            case Part(_, part):
                words = words_of.part(query)
                # The part as a whole as well, so that 中国的历史 is one highlight where it stands as it is.
                found.append(Needle(tuple(words.units), part))
                for word in words.content:
                    found.append(Needle(tuple(units(word)), part))
                    found.extend(Needle(tuple(other.units), part) for other in words.alternatives(word))
            case Passage(text, part, slop):
                pieces = text.split() if slop else [text]
                found.extend(Needle(tuple(words_of(piece).units), part) for piece in pieces)
            case Prefix(text, part):
                found.append(Needle(tuple(words_of(text).units), part, open=True))
            case Wildcard(pattern, part):
                found.append(Needle((fold(pattern),), part))
            case Fuzzy(text, part, distance):
                found.append(Needle((fold(text),), part, distance=distance))
            case Boost(child, _):
                collect(child)
            case And(children) | Or(children):
                for child in children:
                    collect(child)
            case _:
                pass

    collect(query)
    return tuple(dict.fromkeys(needle for needle in found if needle.units))

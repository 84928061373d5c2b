"""switches: the choices of which one always holds: script, language, order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from searchkit.web.addresses import SORTS, Address
from searchkit.web.scripts import SCRIPTS
from searchkit.web.texts import LANGUAGES, TEXTS

__all__ = ["Position", "languages", "switches"]


@dataclass(frozen=True)
class Position:
    """One of the choices; ``lang`` is the language that its label is in, where it chooses one."""

    label: str
    link: str
    chosen: bool
    lang: str = ""


def switches(here: str, address: Address, lang: str) -> dict[str, tuple[Position, ...]]:
    """The switches of a page, whose address begins with ``here``."""
    text = TEXTS[lang]
    page = address.page
    return {
        "script": tuple(
            Position(text[f"script_{one}"], here + address.to(script=one, page=page), one == address.script)
            for one in SCRIPTS
        ),
        "lang": languages(lambda one: here + address.to(lang=one, page=page), lang),
        "sort": tuple(
            Position(text[f"sort_{one}"], here + address.to(sort=one), one == address.sort) for one in SORTS
        ),
    }


def languages(link: Callable[[str], str], lang: str) -> tuple[Position, ...]:
    """The languages of the interface, each with the link that chooses it."""
    return tuple(Position(label, link(one), one == lang, one) for one, label in LANGUAGES.items())

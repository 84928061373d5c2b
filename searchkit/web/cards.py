"""cards: hits -> what a list shows of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from markupsafe import Markup

import searchkit
from searchkit.web.addresses import Address
from searchkit.web.scripts import Script
from searchkit.web.shown import marked, plain
from searchkit.web.texts import day

__all__ = ["Card", "cards"]


@dataclass(frozen=True)
class Card:
    """One hit of a list."""

    link: str
    title: Markup
    snippet: Markup
    source: str
    day: str
    iso_day: str
    original: str
    same_story: tuple[Card, ...]


def cards(hits: Iterable[searchkit.Hit], address: Address, lang: str) -> list[Card]:
    """The hits as they are listed, with links that lead back to the same list."""
    back = address.to(page=address.page)
    return [_card(hit, back, address.script, lang) for hit in hits]


def _card(hit: searchkit.Hit, back: str, script: Script, lang: str) -> Card:
    published = hit.published
    id = urlencode({"id": hit.id})
    return Card(
        link=f"{id}&{back}" if back else id,
        title=marked(hit.title, script),
        snippet=marked(hit.snippet, script),
        source=plain(hit.source),
        day=day(published, lang) if published else "",
        iso_day=published.date().isoformat() if published else "",
        original=hit.link,
        same_story=tuple(_card(other, back, script, lang) for other in hit.duplicates),
    )

"""view_models: hits and choices -> what the templates show of them, with their links."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from markupsafe import Markup

import searchkit
from searchkit.web.languages import LANGUAGES, TEXTS, day
from searchkit.web.page_state import SORTS, PageState
from searchkit.web.sanitize import marked, sanitize
from searchkit.web.script_conversion import SCRIPTS, Script

__all__ = ["HitView", "Option", "hit_views", "language_options", "page_options"]


@dataclass(frozen=True)
class HitView:
    """One hit of a list."""

    link: str
    title: Markup
    snippet: Markup
    source: str
    day: str
    iso_day: str
    original: str
    duplicates: tuple[HitView, ...]


def hit_views(hits: Iterable[searchkit.Hit], state: PageState, lang: str) -> list[HitView]:
    """The hits as they are listed, with links to articles that lead back to the same list."""
    back = state.link(page=state.page)
    return [_hit_view(hit, back, state.script, lang) for hit in hits]


def _hit_view(hit: searchkit.Hit, back: str, script: Script, lang: str) -> HitView:
    published = hit.published
    id = urlencode({"id": hit.id})
    return HitView(
        link=f"{id}&{back}" if back else id,
        title=marked(hit.title, script),
        snippet=marked(hit.snippet, script),
        source=sanitize(hit.source),
        day=day(published, lang) if published else "",
        iso_day=published.date().isoformat() if published else "",
        original=hit.link,
        duplicates=tuple(_hit_view(other, back, script, lang) for other in hit.duplicates),
    )


@dataclass(frozen=True)
class Option:
    """One of the options of a switch; ``lang`` is the language of its label, where it chooses one."""

    label: str
    link: str
    chosen: bool
    lang: str = ""


def page_options(here: str, state: PageState, lang: str) -> dict[str, tuple[Option, ...]]:
    """The switches of a page whose URL begins with ``here``: script, language, order."""
    text = TEXTS[lang]
    page = state.page
    return {
        "script": tuple(
            Option(text[f"script_{one}"], here + state.link(script=one, page=page), one == state.script)
            for one in SCRIPTS
        ),
        "lang": language_options(lambda one: here + state.link(lang=one, page=page), lang),
        "sort": tuple(
            Option(text[f"sort_{one}"], here + state.link(sort=one), one == state.sort) for one in SORTS
        ),
    }


def language_options(link: Callable[[str], str], lang: str) -> tuple[Option, ...]:
    """The languages of the interface, each with the link that chooses it."""
    return tuple(Option(label, link(one), one == lang, one) for one, label in LANGUAGES.items())

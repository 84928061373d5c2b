"""hits: a hit -> where it leads, and whether its snippet is cut."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import searchkit
from searchkit.web.customization import safe_link

_NEAR = 100
"""Characters beside a snippet that are looked at: white space is nothing that is left out."""


class Links:
    """Where hits lead: where the site says, else to the page of the article here."""

    def __init__(self, link: Callable[[searchkit.Hit], str | None] | None) -> None:
        self._link = link

    def own(self, hit: searchkit.Hit) -> str:
        """Where the site says that the hit leads; empty where it is the article here."""
        return safe_link(self._link(hit)) if self._link else ""

    def of(self, hit: searchkit.Hit, base: str, back: str = "") -> str:
        """The address. ``base`` is that of this app, ``back`` the query string that leads back to a list."""
        if own := self.own(hit):
            return own
        return f"{base}/article?{urlencode({'id': hit.id})}{'&' + back if back else ''}"


def cut_ends(hit: searchkit.Hit) -> str:
    """At which ends of its snippet the text goes on, as classes: ``cut-start cut-end``."""
    snippet, body = hit.snippet, hit.document.body
    end = snippet.start + len(snippet.text)
    is_cut = {
        "cut-start": body[max(0, snippet.start - _NEAR) : snippet.start].strip() or snippet.start > _NEAR,
        "cut-end": body[end : end + _NEAR].strip() or len(body) > end + _NEAR,
    }
    return " ".join(name for name, is_one in is_cut.items() if snippet.text and is_one)

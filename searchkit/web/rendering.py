"""rendering: values -> HTML, by the templates."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse

from searchkit.web.limits import Limits
from searchkit.web.shown import plain
from searchkit.web.texts import LANGUAGES, TEXTS, counted, language

__all__ = ["Renderer", "base_of"]

_HERE = Path(__file__).parent


class Renderer:
    """The templates, and what all of them need."""

    def __init__(self, title: str, limits: Limits) -> None:
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["plain"] = plain
        self._templates.globals["counted"] = counted
        self._title = title
        self._query_length = limits.query_length
        self._version = _digest_of_files()

    def page(self, request: Request, name: str, values: dict[str, Any], status: int = 200) -> HTMLResponse:
        """The answer that a template makes of the values; ``address`` is among them."""
        lang = language(values["address"].lang, request.headers.get("accept-language", ""))
        html = self._templates.get_template(name).render(
            base=base_of(request),
            site=self._title,
            query_length=self._query_length,
            version=self._version,
            lang=lang,
            languages=LANGUAGES,
            text=TEXTS[lang],
            **values,
        )
        # What a page says depends on this header, where no language was chosen.
        return HTMLResponse(html, status, headers={"Vary": "Accept-Language"})


def base_of(request: Request) -> str:
    """The path that the app is mounted under, without a slash behind it."""
    return str(request.scope.get("root_path", "")).rstrip("/")


def _digest_of_files() -> str:
    """Changes with the files of the page, so that a browser never mixes two versions of them."""
    digest = hashlib.sha256()
    for path in sorted((_HERE / "static").iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]

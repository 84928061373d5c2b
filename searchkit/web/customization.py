"""customization: what a site makes its own of the page: name, logo, colours, links, filters, templates."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import searchkit
from searchkit import Facet
from searchkit.web.colors import LIGHT, style_sheet

BUILT_IN_FACETS = ("source", "year", "tags")
BUILT_IN_SORTS = ("relevance", "newest", "oldest")

_LARGEST_LOGO = 1_000_000
_SVG = re.compile(r"\s*(<\?xml|<!--|<!doctype svg|<svg)", re.IGNORECASE)
_IMAGES = {".svg", ".png", ".jpg", ".jpeg", ".webp", ".gif", ".ico"}
_UNSAFE_IN_LINK = re.compile(r"[\x00-\x20\x7f\\]")
_WEB_ADDRESS = re.compile(r"https?://[A-Za-z0-9._~\[\]:-]+(/[^\s?#]*)?")


@dataclass(frozen=True, kw_only=True)
class Page:
    """What is a site's own of the search page.

    Raises ValueError or TypeError for what cannot be, with the way out.
    """

    title: str = "searchkit"
    """The name that the page shows."""
    logo: str | os.PathLike[str] | None = None
    """What stands beside the name, and in the tab: the path of a picture (SVG, PNG, JPEG, WebP, GIF, ICO),
    its address (``https://…``, or ``/…`` on the same host), or the text of an SVG. None is ours."""
    colors: Mapping[str, str] = field(default_factory=dict)
    """Colours like ``{"accent": "#0b6e4f"}``: paper, card, ink, soft, line, link, seen, accent, mark,
    mark-ink, bar, bar-off, shade. Text must stand out from what it is on."""
    dark_colors: Mapping[str, str] = field(default_factory=dict)
    """Those of browsers that ask for dark pages. Without it, accent, link and seen of ``colors`` are made
    lighter there."""
    link: Callable[[searchkit.Hit], str | None] | None = None
    """Where a hit leads: ``http`` or ``https``, or an address on the same host. Where it returns None or
    another address, and by default, that is the page of the article here."""
    facets: Iterable[str | Facet] | Mapping[str, str] | Mapping[Facet, str] = BUILT_IN_FACETS
    """What results are narrowed down by: source, year, tags and declared fields that have values, with the
    options of `searchkit.Facet`: ``price:10,50``. A mapping has the name that the page shows for each; an
    empty one is its own name, or a translated one."""
    sorts: Iterable[str] | Mapping[str, str] = BUILT_IN_SORTS
    """The orders to choose from: relevance, newest, oldest, and declared fields, with a minus from high to
    low; several with commas: ``-views,newest``. The first is the order of a search that chooses none. A
    mapping is as that of ``facets``."""
    images: bool = True
    """Whether pictures of articles are loaded from where they are, which tells those hosts that somebody
    looks at one, though not which page it is on. Else their descriptions are shown instead."""
    templates: str | os.PathLike[str] | None = None
    """A folder of Jinja templates, which take the place of those of the same name (docs/web.md)."""
    url: str = ""
    """The address of the page as the public knows it, like ``https://example.org/search``: that of the links
    in feeds. Empty is what each request says, which behind a proxy may be another one."""

    def __post_init__(self) -> None:
        if not isinstance(self.title, str) or not self.title.strip():
            raise ValueError(f"title must be a text, not {self.title!r}")
        object.__setattr__(self, "facets", facets_named(self.facets))
        object.__setattr__(self, "sorts", sorts_named(self.sorts))
        if self.url and not _WEB_ADDRESS.fullmatch(self.url):
            raise ValueError(f"url must be an address like 'https://example.org/search', not {self.url!r}")
        if self.templates is not None and not Path(self.templates).is_dir():
            raise ValueError(f"templates: there is no folder {os.fspath(self.templates)!r}")
        style_sheet(self.colors, self.dark_colors)
        read_logo(self.logo)


def check_fields(page: Page, index: searchkit.Index) -> None:
    """Raises ValueError for facets and orders that an index does not have."""
    values = [name for name, kind in index.stats().fields.items() if kind != "fulltext"]
    facets, sorts = facets_named(page.facets), sorts_named(page.sorts)
    for argument, names, built_in in (
        ("facets", [facet.name for facet in facets], BUILT_IN_FACETS),
        (
            "sorts",
            [name.removeprefix("-") for sort in sorts for name in sort.split(",")],
            BUILT_IN_SORTS,
        ),
    ):
        if unknown := [name for name in names if name not in (*built_in, *values)]:
            raise ValueError(
                f"{argument}: there is no {unknown[0]!r} in this index; there are "
                f"{', '.join((*built_in, *values))}. Fields are declared where an index is made: "
                "searchkit.create(..., fields={...})"
            )
    # The index knows which options fit the kind of a field.
    if with_options := [facet for facet in facets if facet != Facet(facet.name)]:
        index.search("*", limit=0, facets=with_options)
    for sort in sorts.keys() - {*BUILT_IN_SORTS}:
        index.search("*", limit=0, sort=sort)


@dataclass(frozen=True)
class Logo:
    """A picture that is served, or one elsewhere."""

    name: str = ""
    """Of the file, where it is served."""
    data: bytes = b""
    address: str = ""

    @property
    def origin(self) -> str:
        """Where the browser has to be allowed to load it from; empty for this host."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def read_logo(logo: str | os.PathLike[str] | None) -> Logo | None:
    """The logo that was given as a path, an address or SVG. Raises ValueError for none of these."""
    if logo is None:
        return None
    text = os.fspath(logo)
    if isinstance(logo, str):
        if _SVG.match(logo):
            return _served("logo.svg", logo.encode())
        is_path = text.startswith("/") and Path(text).is_file()
        if text.startswith(("http://", "https://", "/")) and not is_path:
            if not _is_safe(text) or re.search(r"[;,'\"<>]", urlsplit(text).netloc):
                raise ValueError(f"logo: {text!r} is no address of a picture")
            return Logo(address=text)
    path = Path(text)
    if path.suffix.lower() not in _IMAGES:
        raise ValueError(
            f"logo: {text[:200]!r} is no picture: take a file that ends with {', '.join(sorted(_IMAGES))}, "
            "an https:// address, or the text of an SVG"
        )
    try:
        return _served(f"logo{path.suffix.lower()}", path.read_bytes())
    except OSError as error:
        raise ValueError(f"logo: {text!r} cannot be read: {error.strerror}") from None


def _served(name: str, data: bytes) -> Logo:
    if len(data) > _LARGEST_LOGO:
        raise ValueError(f"logo: it has {len(data):,} bytes, at most {_LARGEST_LOGO:,} are taken")
    return Logo(name, data)


def icon(colors: Mapping[str, str]) -> bytes:
    """The logo of a page without one, in its accent."""
    drawn = (files("searchkit.web") / "static" / "icon.svg").read_text(encoding="utf-8")
    return drawn.replace(LIGHT["accent"], colors.get("accent", LIGHT["accent"])).encode()


def safe_link(address: object) -> str:
    """The address if it is ``http``, ``https`` or on the same host; else an empty text."""
    return address if isinstance(address, str) and _is_safe(address) else ""


def _is_safe(address: str) -> bool:
    if not address or _UNSAFE_IN_LINK.search(address):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.scheme:
        return parts.scheme in ("http", "https") and bool(parts.netloc)
    return not parts.netloc and ":" not in address.split("/")[0].split("?")[0].split("#")[0]


def facets_named(
    given: Iterable[str | Facet] | Mapping[str, str] | Mapping[Facet, str],
) -> dict[Facet, str]:
    """The facets, each with the name that it was given, or none. Raises ValueError or TypeError."""
    if isinstance(given, str):
        raise TypeError(f"facets must be a list like ['{given}'], not {given!r}")
    pairs = [*given.items()] if isinstance(given, Mapping) else [(one, "") for one in given]
    facets: dict[Facet, str] = {}
    for one, label in pairs:
        if not isinstance(one, str | Facet) or not isinstance(label, str):
            raise TypeError(
                "facets must be names, or a mapping of names to what the page calls them; values are put "
                "together by 'price:10,50' or searchkit.Facet('price', edges=[10, 50])"
            )
        facet = one if isinstance(one, Facet) else Facet.parse(one)
        if facet.name == "year" and facet != Facet("year"):
            raise ValueError("facets: 'year' has no options on a page: all years are shown, the latest first")
        if any(other.name == facet.name for other in facets):
            raise ValueError(f"facets: {facet.name!r} is there twice")
        facets[facet] = label
    return facets


def sorts_named(given: Iterable[str] | Mapping[str, str]) -> dict[str, str]:
    """The orders, each with the name that it was given, or none. Raises ValueError or TypeError."""
    if isinstance(given, str):
        raise TypeError(f"sorts must be a list like ['{given}'], not {given!r}")
    pairs = [*given.items()] if isinstance(given, Mapping) else [(one, "") for one in given]
    if not all(isinstance(one, str) for pair in pairs for one in pair):
        raise ValueError(
            "sorts must be names, or a mapping of names to what the page calls them; an order by several "
            "is one text: '-views,newest'"
        )
    if not pairs:
        raise ValueError("sorts must have one order at least, such as 'relevance'")
    return {",".join(part.strip() for part in name.split(",")): label for name, label in pairs}

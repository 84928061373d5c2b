"""languages: what the page says, in English, Simplified and Traditional Chinese: translations/*.json."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable  # of Python 3.11

_FOLDER = files("searchkit.web") / "translations"
_ACCEPTED = {
    **dict.fromkeys(("zh-hant", "zh-tw", "zh-hk", "zh-mo"), "zh-Hant"),
    "zh": "zh-Hans",
    "en": "en",
}
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def read_translations(folder: Traversable, languages: Iterable[str]) -> dict[str, dict[str, str]]:
    """The texts of each language by name. Raises ValueError where two files differ in their names."""
    texts = {lang: json.loads((folder / f"{lang}.json").read_text(encoding="utf-8")) for lang in languages}
    first, *others = texts
    for lang in others:
        if odd := texts[first].keys() ^ texts[lang].keys():
            raise ValueError(
                f"{folder}: {first}.json and {lang}.json must have the same names; "
                f"only one of them has {', '.join(sorted(odd))}"
            )
    return texts


TEXTS: Mapping[str, Mapping[str, str]] = read_translations(_FOLDER, ("en", "zh-Hans", "zh-Hant"))
LANGUAGES = {lang: texts["language"] for lang, texts in TEXTS.items()}
"""The languages, each with its own name for itself."""


def language(asked: str, accepted: str) -> str:
    """The language of the page: the one that was chosen, or the first that the browser accepts."""
    if asked in LANGUAGES:
        return asked
    names = (part.strip() for part in accepted.lower().split(",")[:20])
    found = (lang for name in names for start, lang in _ACCEPTED.items() if name.startswith(start))
    return next(found, "en")


def counted(text: Mapping[str, str], name: str, n: int) -> str:
    """A number of something, as the texts of a language say it."""
    return text[f"{name}_1" if n == 1 else name].format(n=f"{n:,}")


def place_name(text: Mapping[str, str], name: str) -> str:
    """The name of a place; the pages of a PDF file, ``page 12``, as this language calls them."""
    return text["page"].format(n=name.removeprefix("page ")) if name.startswith("page ") else name


def day(moment: datetime, lang: str) -> str:
    """The day as people write it in this language."""
    if lang == "en":
        return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
    return f"{moment.year}年{moment.month}月{moment.day}日"

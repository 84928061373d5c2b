"""entry: Document -> what an engine stores and indexes of it."""

from __future__ import annotations

from searchkit.completions import title_keys, word_keys
from searchkit.document import Document
from searchkit.engines.base import Entry
from searchkit.fields import SKETCH, TITLES, WORDS
from searchkit.near_duplicates import sketch
from searchkit.settings import Settings
from searchkit.stored import to_stored

__all__ = ["make_entry"]


def make_entry(document: Document, settings: Settings) -> Entry:
    """The document as an engine takes it.

    Raises `DocumentError` when a declared field of it has a value of another kind.
    """
    title, body = settings.analyzer.terms(document.title), settings.analyzer.terms(document.body)
    story = sketch(body.folded if body.units else title.folded)
    values = settings.fields.values(document)
    values[SKETCH] = story
    values[TITLES] = title_keys(document.title, title, pinyin=settings.pinyin)
    values[WORDS] = word_keys(document.title, title, document.body, body, pinyin=settings.pinyin)
    return Entry(
        id=document.id,
        stored=to_stored(document, story),
        terms={
            "words": f"{title.words} {title.words} {body.words}",
            "title_bigrams": title.bigrams,
            "title_units": title.units,
            "body_bigrams": body.bigrams,
            "body_units": body.units,
        },
        values=values,
    )

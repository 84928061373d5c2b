"""entry: Document -> what an engine stores and indexes of it."""

from __future__ import annotations

from searchkit.document import Document
from searchkit.engine.base import IndexDocument
from searchkit.indexing.sketch import sketch
from searchkit.indexing.stored_fields import encode_stored
from searchkit.indexing.suggestions import title_keys, word_keys
from searchkit.schema import SKETCH, TITLES, WORDS
from searchkit.settings import Settings

__all__ = ["build_index_document"]


def build_index_document(document: Document, settings: Settings) -> IndexDocument:
    """The document as an engine takes it.

    Raises `DocumentError` when a declared field of it has a value of another kind.
    """
    title, body = settings.analyzer.terms(document.title), settings.analyzer.terms(document.body)
    story = sketch(body.normalized if body.unigrams else title.normalized)
    values = settings.fields.values(document)
    values[SKETCH] = story
    values[TITLES] = title_keys(document.title, title, pinyin=settings.pinyin)
    values[WORDS] = word_keys(document.title, title, document.body, body, pinyin=settings.pinyin)
    return IndexDocument(
        id=document.id,
        stored=encode_stored(document, story),
        terms={
            "words": f"{title.words} {title.words} {body.words}",
            "title_bigrams": title.bigrams,
            "title_unigrams": title.unigrams,
            "body_bigrams": body.bigrams,
            "body_unigrams": body.unigrams,
        },
        values=values,
    )

"""DocumentBuilder: a Document -> the IndexDocument that an engine stores and indexes."""

from __future__ import annotations

from searchkit.analysis import query_tokens, title_key
from searchkit.document import Document
from searchkit.engine.base import IndexDocument
from searchkit.indexing.sketch import sketch
from searchkit.indexing.stored_fields import StoredFields
from searchkit.indexing.suggestions import title_keys, word_keys
from searchkit.schema import CHANNELS, CHANNELS_OF_TAGS, SKETCH, TAGS, TITLE_KEY, TITLES, WORDS, text_field
from searchkit.settings import Settings


class DocumentBuilder:
    """Builds what an engine takes, by the settings of one index."""

    def __init__(self, settings: Settings) -> None:
        self._terms = settings.analyzer.terms
        self._values = settings.fields.values
        self._texts = settings.fields.texts_of
        self._pinyin = settings.pinyin
        self.zone = settings.fields.zone

    def build(self, document: Document) -> IndexDocument:
        """The document as an engine takes it.

        Raises `DocumentError` when a declared field has a value of another kind, or a time is out of range.
        """
        if (at := document.published) and at.tzinfo is not self.zone:
            document = document.in_zone(self.zone)
        title, body = self._terms(document.title), self._terms(document.body)
        hashes = sketch(body.normalized if body.unigrams else title.normalized)
        values = self._values(document)
        values[SKETCH] = hashes
        values[TITLES] = title_keys(document.title, self._pinyin)
        if key := title_key(query_tokens(document.title)):
            values[TITLE_KEY] = (key,)
        values[WORDS] = word_keys(document.title, title, document.body, body, self._pinyin)
        own = {
            f"{text_field(name)}_{channel}": getattr(terms, channel)
            for name, text in self._texts(document).items()
            for terms in [self._terms(text)]
            for channel in CHANNELS
        }
        if document.tags:
            tags = self._terms("\n".join(document.tags))
            own |= {f"{text_field(TAGS)}_{channel}": getattr(tags, channel) for channel in CHANNELS_OF_TAGS}
        return IndexDocument(
            id=document.id,
            stored=StoredFields.encode(document, hashes),
            terms={
                "words": f"{title.words} {title.words} {body.words}",
                "title_bigrams": title.bigrams,
                "title_unigrams": title.unigrams,
                "body_bigrams": body.bigrams,
                "body_unigrams": body.unigrams,
                **own,
            },
            values=values,
        )

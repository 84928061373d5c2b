"""Stored fields: a Document -> the bytes that an engine keeps of it, and back.

They are one line of JSON, and behind it the body as it is: to decode a body as JSON takes longer than all
other fields together.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from searchkit.document import Document
from searchkit.engine.storage import corrupt


class StoredFields(msgspec.Struct, omit_defaults=True):
    """The fields of a `Document`, with the sketch of its text."""

    id: str
    title: str = ""
    url: str = ""
    published: datetime | None = None
    source: str = ""
    tags: tuple[str, ...] = ()
    extra: Mapping[str, Any] = {}
    sketch: tuple[str, ...] = ()
    """That of `searchkit.indexing.sketch`."""
    body: str = ""

    @staticmethod
    def encode(document: Document, sketch: tuple[str, ...]) -> bytes:
        """The bytes to store of the document."""
        values = {name: getattr(document, name) for name in _BEFORE_BODY}
        return _encode(StoredFields(**values, sketch=sketch)) + b"\n" + document.body.encode()

    @staticmethod
    def decode(stored: bytes) -> StoredFields:
        """What was stored; raises `IndexCorruptError` for bytes that `encode` did not make."""
        head, _, body = stored.partition(b"\n")
        try:
            fields = _decode(head)
            fields.body = body.decode()
        except ValueError as error:
            raise corrupt("the stored fields of a document", f"are damaged: {error}") from error
        return fields

    @property
    def document(self) -> Document:
        """The document as it was added."""
        return Document(body=self.body, **{name: getattr(self, name) for name in _BEFORE_BODY})


_BEFORE_BODY = ("id", "title", "url", "published", "source", "tags", "extra")
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(StoredFields).decode

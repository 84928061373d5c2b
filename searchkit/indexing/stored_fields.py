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
        fields = StoredFields.decode_without_body(stored)
        fields.body = StoredFields.decode_body(stored)
        return fields

    @staticmethod
    def decode_without_body(stored: bytes) -> StoredFields:
        """All but the body, which is most of what there is to decode."""
        try:
            return _decode(stored.partition(b"\n")[0])
        except ValueError as error:
            raise _damaged(error) from error

    @staticmethod
    def decode_body(stored: bytes) -> str:
        """The body alone."""
        try:
            return stored[stored.find(b"\n") + 1 :].decode()
        except ValueError as error:
            raise _damaged(error) from error

    @property
    def document(self) -> Document:
        """The document as it was added."""
        return self.document_with(self.body)

    def document_with(self, body: str) -> Document:
        """The document with this body, where that was decoded for itself."""
        return Document(body=body, **{name: getattr(self, name) for name in _BEFORE_BODY})


def _damaged(error: ValueError) -> Exception:
    return corrupt("the stored fields of a document", f"are damaged: {error}")


_BEFORE_BODY = ("id", "title", "url", "published", "source", "tags", "extra")
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(StoredFields).decode

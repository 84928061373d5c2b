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
from searchkit.engine.atomic_files import corrupt
from searchkit.errors import IndexCorruptError


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
    encoded_body: bytes = b""
    """The body in UTF-8: it is decoded when it is asked for, and whoever shows ids or titles does not."""

    @property
    def body(self) -> str:
        """Raises `IndexCorruptError` for bytes that are no text."""
        try:
            return self.encoded_body.decode()
        except ValueError as error:
            raise _damaged(error) from error

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
        except ValueError as error:
            raise _damaged(error) from error
        fields.encoded_body = body
        return fields

    @property
    def document(self) -> Document:
        """The document as it was added."""
        return Document(body=self.body, **{name: getattr(self, name) for name in _BEFORE_BODY})


def _damaged(error: ValueError) -> IndexCorruptError:
    return corrupt("the stored fields of a document", f"are damaged: {error}")


_BEFORE_BODY = ("id", "title", "url", "published", "source", "tags", "extra")
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(StoredFields).decode

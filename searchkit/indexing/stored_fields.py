"""Stored fields: a Document -> the bytes that an engine keeps of it, and back.

They are one line of JSON, and behind it the body as it is: to decode a body as JSON takes longer than all
other fields together. The line begins with its CRC-32 and has that of the body, so that each is checked when
it is read: engines compress what they store, and give back a block with a flipped bit as if nothing was.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from searchkit.document import Document, Markup
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
    markup: tuple[Markup, ...] = ()
    sketch: tuple[str, ...] = ()
    """That of `searchkit.indexing.sketch`."""
    body_crc: int = 0
    """The CRC-32 of the encoded body."""
    encoded_body: bytes = b""
    """The body in UTF-8: it is decoded when it is asked for, and whoever shows ids or titles does not."""

    @property
    def body(self) -> str:
        """Raises `IndexCorruptError` for bytes that are not those that were stored."""
        if zlib.crc32(self.encoded_body) != self.body_crc:
            raise _damaged("the checksum of its body is another", self.id)
        try:
            return self.encoded_body.decode()
        except ValueError as error:
            raise _damaged(error, self.id) from error

    def place_at(self, start: int) -> str:
        """The name of the innermost place that has the character of the body; empty where there is none."""
        places = (one for one in self.markup if one.kind == "place" and one.start <= start < one.end)
        return max(places, key=lambda one: one.start, default=_NOWHERE).value

    @staticmethod
    def encode(document: Document, sketch: tuple[str, ...]) -> bytes:
        """The bytes to store of the document."""
        values = {name: getattr(document, name) for name in _BEFORE_BODY}
        body = document.body.encode()
        head = _encode(StoredFields(**values, sketch=sketch, body_crc=zlib.crc32(body)))
        return b"%08x%b\n%b" % (zlib.crc32(head), head, body)

    @staticmethod
    def decode(stored: bytes) -> StoredFields:
        """What was stored; raises `IndexCorruptError` for bytes that `encode` did not make."""
        line, _, body = stored.partition(b"\n")
        head = memoryview(line)[_CRC_DIGITS:]
        if line[:_CRC_DIGITS] != b"%08x" % zlib.crc32(head):
            raise _damaged("their checksum is another")
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


def _damaged(why: object, id: str = "") -> IndexCorruptError:
    whose = f"document {id!r}" if id else "a document"
    return corrupt(f"the stored fields of {whose}", f"are damaged: {why}")


_NOWHERE = Markup("place", 0, 0, "")
_CRC_DIGITS = 8
_BEFORE_BODY = ("id", "title", "url", "published", "source", "tags", "extra", "markup")
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(StoredFields).decode

"""stored: Document <-> the text that an engine keeps of it, with what is known of its text beside.

A line of JSON, and behind it the body as it is: of ten hits nobody has to look through ten articles for
their closing quotation marks, and the body is most of them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from searchkit.dates import parse_time
from searchkit.document import Document

__all__ = ["StoredFields", "encode_stored"]

_SKETCH = "_sketch"


def encode_stored(document: Document, sketch: Sequence[str]) -> str:
    """The document with the sketch of `searchkit.indexing.sketch`."""
    fields = document.to_dict()
    body: str = fields.pop("body", "")
    fields[_SKETCH] = " ".join(sketch)
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")) + "\n" + body


class StoredFields:
    """What an engine gives back of a document, taken apart when it is asked for."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _values(self) -> dict[str, Any]:
        head, _, body = self._text.partition("\n")
        values: dict[str, Any] = json.loads(head)
        if body:
            values["body"] = body
        return values

    @cached_property
    def fields(self) -> dict[str, Any]:
        """The fields of the document as JSON values."""
        return {name: value for name, value in self._values.items() if name != _SKETCH}

    @property
    def sketch(self) -> tuple[str, ...]:
        """What tells whether another document is the same story."""
        return tuple(self._values[_SKETCH].split(" "))

    @property
    def published(self) -> datetime | None:
        """That of the document, for lists that need none of the rest."""
        text = self.fields.get("published")
        return parse_time(text) if text else None

    @cached_property
    def document(self) -> Document:
        """The document as it was added."""
        return Document.from_dict(self.fields)

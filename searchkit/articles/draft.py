"""Draft: what one file says of its document, before the file's own name fills the gaps."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from searchkit.document import Document, Json
from searchkit.errors import DocumentError

__all__ = ["Draft"]


@dataclass
class Draft:
    """The fields of a Document, as far as the text of a file gives them."""

    title: str = ""
    heading: str = ""  # what stands over the text: its title, where nothing gives another
    body: str = ""
    url: str = ""
    published: datetime | None = None
    source: str = ""
    tags: tuple[str, ...] = ()
    extra: dict[str, Json] = field(default_factory=dict)

    def document(self, path: Path) -> Document:
        """The Document; the file gives it the url and the title that it lacks.

        Raises `DocumentError` when there is no text. The name of a file is none:
        an empty file does not become a document by having a name.
        """
        title = self.title or self.heading
        body = _without_repeated_title(self.body, title)
        if not any(character.isalnum() for text in (title, body) for character in text):
            raise DocumentError("there is no text in it")
        return Document(
            title=title or path.stem,
            body=body,
            url=self.url or _file_uri(path),
            published=self.published,
            source=self.source,
            tags=self.tags,
            extra=self.extra,
        )


def _file_uri(path: Path) -> str:
    # Not resolve(): a collection that is moved behind a link keeps its addresses.
    return Path(os.path.abspath(path)).as_uri()  # noqa: PTH100


def _without_repeated_title(body: str, title: str) -> str:
    """Pages show their title above the text once more, some twice; it would count double in a search."""
    while title and body.startswith(title):
        line, _, rest = body.partition("\n")
        if line != title:
            break
        body = rest
    return body

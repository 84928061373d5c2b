"""Article: what a parser found in a file -> Document."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from searchkit.document import Document
from searchkit.errors import DocumentError
from searchkit.json_values import Json

_HAS_TEXT = re.compile(r"[^\W_]").search


@dataclass
class Article:
    """The fields of a Document, as far as the text of the file has them."""

    title: str = ""
    heading: str = ""
    """The first heading of the text: the title, when nothing gives another."""
    body: str = ""
    url: str = ""
    published: datetime | None = None
    source: str = ""
    tags: tuple[str, ...] = ()
    extra: dict[str, Json] = field(default_factory=dict)

    def fill_from(self, other: Article) -> None:
        """Take each field that is missing here from the other."""
        for name, value in vars(other).items():
            if not getattr(self, name):
                setattr(self, name, value)

    def document(self, path: str) -> Document:
        """The Document. A missing url or title comes from the path of the file.

        Raises `DocumentError` when there is no text. The file name does not count as text.
        """
        title = self.title or self.heading
        body = self.body
        # Pages show their title above the text once more, some twice. It would count double in a search.
        while title and body.startswith(title) and body[len(title) : len(title) + 1] in ("", "\n"):
            body = body[len(title) + 1 :]
        if not _HAS_TEXT(title) and not _HAS_TEXT(body):
            raise DocumentError("there is no text in it")
        return Document(
            title=title or Path(path).stem,
            body=body,
            # Not Path.resolve: files that are moved behind a link keep their addresses.
            url=self.url or Path(os.path.abspath(path)).as_uri(),  # noqa: PTH100
            published=self.published,
            source=self.source,
            tags=self.tags,
            extra=self.extra,
        )

"""Export: documents -> a file of JSON Lines, which `searchkit.read_articles` reads back."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import IO, cast

from searchkit.articles.json_lines import JSON_LINES
from searchkit.document import Document
from searchkit.engine.atomic_files import replacing
from searchkit.errors import SearchkitError


def export(documents: Iterable[Document], path: Path) -> int:
    """Write the documents, one a line, compressed where the name ends in ``.gz``; returns how many.

    A file at the path is replaced when all are written; until then, or on an error, it stays as it was.
    """
    if not path.name.lower().endswith(JSON_LINES.suffixes):
        raise ValueError(f"{path}: the name of an export must end in one of {', '.join(JSON_LINES.suffixes)}")
    try:
        with replacing(path) as file:
            if not path.name.lower().endswith(".gz"):
                return _write(documents, file)
            # Without a time and a name, so that equal documents make equal files.
            with gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as packed:
                return _write(documents, cast(IO[bytes], packed))
    except OSError as error:
        raise SearchkitError(f"{path}: cannot be written: {error.strerror or error}") from error


def _write(documents: Iterable[Document], file: IO[bytes]) -> int:
    count = 0
    for count, document in enumerate(documents, 1):  # noqa: B007
        text = json.dumps(document.to_dict(), ensure_ascii=False, separators=(",", ":"))
        file.write(text.encode() + b"\n")
    return count

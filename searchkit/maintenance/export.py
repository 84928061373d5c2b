"""exporting: documents -> a file of JSON Lines, which `searchkit.read_articles` reads back."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

from searchkit.articles.file_reader import JSON_LINES
from searchkit.document import Document
from searchkit.errors import SearchkitError

__all__ = ["export"]


def export(documents: Iterable[Document], path: Path) -> int:
    """Write the documents, one a line, packed where the name ends in ``.gz``; returns how many.

    The file is there whole, or as it was before.
    """
    if not path.name.lower().endswith(JSON_LINES):
        raise ValueError(f"{path}: the name of an export must end in one of {', '.join(JSON_LINES)}")
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.new")
    count = 0
    try:
        with unfinished.open("wb") as file:
            if path.name.lower().endswith(".gz"):
                # Without a time and a name, so that equal documents make equal files.
                with gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as packed:
                    count = _write(documents, cast(IO[bytes], packed))
            else:
                count = _write(documents, file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        raise SearchkitError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return count


def _write(documents: Iterable[Document], file: IO[bytes]) -> int:
    count = 0
    for count, document in enumerate(documents, 1):  # noqa: B007
        text = json.dumps(document.to_dict(), ensure_ascii=False, separators=(",", ":"))
        file.write(text.encode() + b"\n")
    return count

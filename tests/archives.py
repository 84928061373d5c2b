"""ZIP files for the tests: of the formats that are made of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable


def with_part(data: bytes, name: str, change: Callable[[bytes], bytes | None]) -> bytes:
    """The file with another part in the place of one, with one more, or without it where that is None."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        parts: dict[str, bytes | None] = {each: old.read(each) for each in old.namelist()}
        parts[name] = change(parts.get(name) or b"")
        for each, content in parts.items():
            if content is not None:
                new.writestr(each, content)
    return file.getvalue()

"""manifest: what an index holds from a folder, as a note beside the index.

Of every file its size, its time and a digest of its bytes, and of each document in it, its claim: the date
and a digest, in place of the document.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from searchkit.dates import to_milliseconds
from searchkit.document import Document
from searchkit.engine.base import Engine
from searchkit.errors import IndexCorruptError, IndexIncompatibleError

__all__ = [
    "TO_BE_READ",
    "Claim",
    "File",
    "Manifest",
    "digest_of",
    "digest_of_file",
    "read_manifests",
    "write_manifests",
]

_NOTE = "sync"
_FORMAT = 1
TO_BE_READ = -1
"""A size that no file has: whatever is there will be read."""
_BLOCK = 1 << 20


class Claim(NamedTuple):
    """That a file holds a document with an id: what decides between two of them, and which one it is."""

    milliseconds: int | None
    digest: str

    @classmethod
    def of(cls, document: Document) -> Claim:
        published = document.published
        return cls(to_milliseconds(published) if published else None, digest_of(document.to_dict()))

    def yields_to(self, other: Claim) -> bool:
        """Does the other, which is later in reading order, take its place? See `Articles`."""
        mine, its = self.milliseconds, other.milliseconds
        return mine is None or its is None or its >= mine


@dataclass
class File:
    """What the manifest knows of a file."""

    size: int = TO_BE_READ
    mtime_ns: int = 0
    digest: str = ""
    claims: dict[str, list[Claim]] = field(default_factory=dict)
    failures: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Manifest:
    """What an index holds from one folder or file."""

    encoding: str | None = None
    files: dict[str, File] = field(default_factory=dict)
    """By their paths below the folder."""
    kept: dict[str, str] = field(default_factory=dict)
    """Documents that no file holds any longer, and that were not to be deleted: id -> digest."""

    def in_order(self) -> list[tuple[str, File]]:
        """The files in reading order, whether they are there or not."""
        return sorted(self.files.items(), key=lambda item: Path(item[0]).parts)


def digest_of(fields: dict[str, Any]) -> str:
    text = json.dumps(fields, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def digest_of_file(path: Path) -> str:
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def read_manifests(engine: Engine) -> dict[str, Manifest]:
    """The manifests by the absolute paths that they are of."""
    note = engine.read_note(_NOTE)
    if note is None:
        return {}
    try:
        values = json.loads(note)
        if values["format"] != _FORMAT:
            raise IndexIncompatibleError(f"{engine.location}: another version of searchkit synced it")
        return {name: _manifest(given) for name, given in values["paths"].items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise IndexCorruptError(
            f"{engine.location}: the note {_NOTE!r} of what was synced is damaged ({error}); without it, "
            "all files are read again"
        ) from error


def _manifest(given: dict[str, Any]) -> Manifest:
    files = {
        key: File(
            size,
            mtime_ns,
            digest,
            {id: [Claim(*claim) for claim in claims] for id, claims in found.items()},
            [(what, reason) for what, reason in failures],
        )
        for key, (size, mtime_ns, digest, found, failures) in given["files"].items()
    }
    return Manifest(given["encoding"], files, given["kept"])


def write_manifests(engine: Engine, manifests: dict[str, Manifest]) -> None:
    # All in ASCII: names of files may hold what UTF-8 cannot.
    paths = {
        name: {
            "encoding": manifest.encoding,
            "files": {
                key: [file.size, file.mtime_ns, file.digest, file.claims, file.failures]
                for key, file in manifest.files.items()
            },
            "kept": manifest.kept,
        }
        for name, manifest in manifests.items()
    }
    engine.write_note(_NOTE, json.dumps({"format": _FORMAT, "paths": paths}, separators=(",", ":")))

"""The corpus: the files that all peers index, and a sample of their documents to make queries from.

The files are written into a new folder, each document once, because engines without upserts would index
duplicates twice. A smaller corpus is part of a larger one, so the same queries suit both.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

from benchmarks.generated import generated, write_articles, write_json_lines
from searchkit import Document
from searchkit.articles import FileDocument, read_articles, read_file
from searchkit.articles.json_lines import JSON_LINES

__all__ = ["Corpus", "prepare_articles", "prepare_generated"]

_SAMPLE = 400


@dataclass(frozen=True)
class Corpus:
    """A folder of articles and their statistics."""

    folder: Path
    documents: int
    text_bytes: int
    """Of titles and bodies, in UTF-8."""
    sample: list[Document]


def prepare_generated(count: int, seed: int, to: Path) -> Corpus:
    """Write generated articles into a new folder."""
    tally = _Tally(seed)
    write_articles(tally.counted(generated(count, seed)), to)
    return tally.corpus(to)


def prepare_articles(source: Path, count: int | None, seed: int, to: Path) -> Corpus:
    """Copy articles of a user's folder or file into a new folder: a number chosen by the seed, or all.

    Files are copied unchanged; JSON Lines are written again.
    """
    to.mkdir(parents=True)
    tally = _Tally(seed)
    seen: set[str] = set()
    for number, path in enumerate(_in_random_order(source, seed)):
        wanted = None if count is None else count - tally.documents
        if wanted == 0:
            break
        fresh = list(islice(_not_seen(path, seen), wanted))
        if not fresh:
            continue
        parent = to / f"{number // 1000:04}"
        parent.mkdir(exist_ok=True)
        if path.name.lower().endswith(JSON_LINES.suffixes):
            write_json_lines(tally.counted(fresh), parent / f"{number:07}.jsonl")
        else:
            _link_or_copy(path, parent / f"{number:07}{path.suffix}")
            tally.count(fresh[0])
    return tally.corpus(to)


class _Tally:
    """Counts documents and keeps a uniform sample of them (reservoir sampling)."""

    def __init__(self, seed: int) -> None:
        self.documents = 0
        self._text_bytes = 0
        self._sample: list[Document] = []
        self._choose = Random(seed)

    def count(self, document: Document) -> None:
        self.documents += 1
        self._text_bytes += len(document.title.encode()) + len(document.body.encode())
        if len(self._sample) < _SAMPLE:
            self._sample.append(document)
        elif (place := self._choose.randrange(self.documents)) < _SAMPLE:
            self._sample[place] = document

    def counted(self, documents: Iterable[Document]) -> Iterator[Document]:
        for document in documents:
            self.count(document)
            yield document

    def corpus(self, folder: Path) -> Corpus:
        return Corpus(folder, self.documents, self._text_bytes, self._sample)


def _not_seen(path: Path, seen: set[str]) -> Iterator[Document]:
    for found in read_file(path):
        if isinstance(found, FileDocument) and found.document.id not in seen:
            seen.add(found.document.id)
            yield found.document


def _in_random_order(source: Path, seed: int) -> list[Path]:
    paths = [Path(path) for path in read_articles(source).paths() if isinstance(path, str)]
    Random(seed).shuffle(paths)
    return paths


def _link_or_copy(path: Path, target: Path) -> None:
    with suppress(OSError):  # another disk, or a system without hard links
        os.link(path, target)
        return
    shutil.copyfile(path, target)

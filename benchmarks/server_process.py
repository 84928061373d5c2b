"""`searchkit serve` as a process on loopback, and queries for it."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

import searchkit
from benchmarks.arguments import existing
from benchmarks.generated import SEED
from benchmarks.questions import questions

__all__ = ["Served", "copied", "searches", "serving"]

_SECONDS_TO_END = 30
_SAMPLE = 2000
_CLASSES = ("one word", "two words", "other script", "name", "headline")


@dataclass(frozen=True)
class Served:
    """A running server: its address and its process."""

    url: str
    pid: int


def add_source(parser: argparse.ArgumentParser) -> None:
    """Add the options for the served index, those of `copied`."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--index", type=existing, help="an index in a folder")
    source.add_argument("--articles", type=existing, help="a folder of articles to make one of")


@contextmanager
def copied(index: Path | None, articles: Path | None) -> Iterator[Path]:
    """A temporary copy of the index, or a temporary index of the articles."""
    # On the same disk, where a backup consists of hard links.
    with tempfile.TemporaryDirectory(prefix=".served-", dir=index.parent if index else None) as folder:
        copy = Path(folder) / "index"
        if index:
            with searchkit.open(index) as original:
                original.backup(copy)
        else:
            assert articles is not None
            with searchkit.create(copy) as made:
                made.add(searchkit.read_articles(articles))
        yield copy


@contextmanager
def serving(location: Path) -> Iterator[Served]:
    """Serve the index without a rate limit; errors of the server are printed."""
    command = [sys.executable, "-m", "searchkit", "serve", str(location), "--port", "0", "--rate", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        url = line.split(" ")[0]
        if not url.startswith("http://"):
            raise RuntimeError(f"the server does not start: {line}{process.stderr.read()}")
        complaints = threading.Thread(
            target=shutil.copyfileobj, args=(process.stderr, sys.stderr), daemon=True
        )
        complaints.start()
        try:
            yield Served(url, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(_SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                process.kill()
            complaints.join()


def searches(location: Path, count: int) -> Sequence[str]:
    """Queries for the index, at most that many: words and titles of its documents, mixed."""
    with searchkit.open(location) as index:
        documents = Random(SEED).sample(list(islice(index, 20_000)), min(len(index), _SAMPLE))
    asked = questions(documents, SEED, -(-count // len(_CLASSES)))
    found = [question.text for kind in _CLASSES for question in asked.get(kind, ())]
    Random(SEED).shuffle(found)
    return found[:count]

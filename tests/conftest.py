"""Fixtures that all tests share: the shipped sample, real articles, indexes, other processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

import searchkit
from searchkit import Document, Index

REPOSITORY = Path(__file__).resolve().parents[1]
CORPUS = REPOSITORY.parent / "shared" / "corpora" / "news.tar.xz"
SAMPLE = Path(str(files("searchkit"))) / "sample" / "articles"

# Real articles: every 7th file of the first 2,100 of the archive, so that reading stops early.
_CORPUS_STEP = 7
_CORPUS_FILES = 300

_UNHURRIED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("default", **_UNHURRIED)
settings.register_profile("ci", derandomize=True, database=None, print_blob=True, **_UNHURRIED)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default"))

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # As in what a shell runs in the background. What the tests start and interrupt would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def sample_documents() -> list[Document]:
    """The articles that are shipped with the package."""
    articles = searchkit.read_articles(SAMPLE)
    documents = list(articles)
    assert not articles.failures
    assert len(documents) >= 30
    return documents


@pytest.fixture(scope="session")
def sample_index(sample_documents: list[Document]) -> Iterator[Index]:
    """The shipped sample, indexed in memory. Not to be written to."""
    with _filled(sample_documents) as index:
        yield index


@pytest.fixture(scope="session")
def corpus_articles(tmp_path_factory: pytest.TempPathFactory) -> list[Document]:
    """About 300 real articles, read the way a user reads a folder of them."""
    if not CORPUS.exists():
        pytest.skip(f"the real articles are not here: {CORPUS}")
    folder = tmp_path_factory.mktemp("corpus")
    for number, (suffix, content) in enumerate(_real_files()):
        (folder / f"{number:03}{suffix}").write_bytes(content)
    documents = {document.id: document for document in searchkit.read_articles(folder)}
    assert len(documents) > _CORPUS_FILES * 0.8
    return list(documents.values())


@pytest.fixture(scope="session")
def corpus_index(corpus_articles: list[Document]) -> Iterator[Index]:
    """The real articles, indexed in memory. Not to be written to."""
    with _filled(corpus_articles) as index:
        yield index


@pytest.fixture
def make_index() -> Iterator[Callable[..., Index]]:
    """Makes an index, in memory unless told otherwise, that holds the documents given.

    A document may be a text, which becomes the body of one whose id is its number: "0", "1"...
    """
    with ExitStack() as stack:

        def make(*documents: Document | str, location: str | Path = ":memory:", **options: Any) -> Index:
            index = stack.enter_context(searchkit.create(location, **options))
            if documents:
                report = index.add(as_documents(documents))
                assert not report.failures
            return index

        yield make


@pytest.fixture
def other_process() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts Python code in a process of its own, which has said ``ready`` when this returns.

    The code finds the arguments in ``arguments``; ``input()`` waits until its standard input closes or
    gets a line. The process is ended with the test.
    """
    with ExitStack() as stack:

        def start(code: str, *arguments: str | Path) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-W",
                    "error",
                    "-c",
                    f"import sys\narguments = sys.argv[1:]\n{code}",
                    *map(str, arguments),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONIOENCODING": "utf-8"},
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            return process

        yield start


def as_documents(values: Any) -> list[Document]:
    return [
        value if isinstance(value, Document) else Document(body=value, id=str(number))
        for number, value in enumerate(values)
    ]


def _filled(documents: list[Document]) -> Index:
    index = searchkit.create(":memory:")
    report = index.add(documents)
    assert not report.failures
    assert report.added == len(documents)
    return index


def _real_files() -> Iterator[tuple[str, bytes]]:
    taken = 0
    with tarfile.open(CORPUS, "r|xz") as archive:
        for number, member in enumerate(member for member in archive if member.isfile()):
            if number % _CORPUS_STEP:
                continue
            file = archive.extractfile(member)
            assert file is not None
            yield Path(member.name).suffix, file.read()
            taken += 1
            if taken == _CORPUS_FILES:
                return

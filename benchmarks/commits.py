"""Many small commits into a large index: how long each takes, and what `optimize` takes then.

    python -m benchmarks.commits --documents 100000 --commits 200 --size 10
    python -m benchmarks.commits --documents 100000 --commits 200 --size 10 --replace
    python -m benchmarks.commits --documents 100000 --optimize
    python -m benchmarks.commits --documents 20000 --memory 100

Articles are generated, or those of a folder, again and again with other ids. With ``--replace`` every commit
replaces documents that are there; otherwise it adds new ones. With ``--optimize`` half of the documents are
deleted and the index is merged. With ``--memory`` the index is made with so many megabytes, and the peak says
how well that is kept. Memory is what the process and its children have for themselves, without mapped files,
which the system caches as far as there is room.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count, islice
from os import getpid
from pathlib import Path
from tempfile import mkdtemp

import searchkit
from benchmarks.arguments import existing
from benchmarks.generated import generated
from benchmarks.memory import private_bytes
from searchkit import Document

_EVERY = 0.1


@contextmanager
def measured(what: str) -> Iterator[None]:
    """Print the time of the block, and the most private memory above that before it."""
    before = most = private_bytes(getpid())
    done = threading.Event()

    def watch() -> None:
        nonlocal most
        while not done.wait(_EVERY):
            most = max(most, private_bytes(getpid()))

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    started, used = time.perf_counter(), time.process_time()
    try:
        yield
    finally:
        took, used = time.perf_counter() - started, time.process_time() - used
        done.set()
        watching.join()
        print(
            f"{what}: {took:.1f} s, {used:.1f} s of processor; memory {most / 1e6:.0f} MB, "
            f"{(most - before) / 1e6:.0f} more than before",
            flush=True,
        )


def documents(articles: Path | None) -> Iterator[Document]:
    """As many as one likes, each with an id of its own."""
    if articles is None:
        yield from generated(1 << 40)
        return
    found = list(searchkit.read_articles(articles))
    for number in count():
        one = found[number % len(found)]
        yield Document(id=str(number), title=one.title, body=one.body, published=one.published)


def commit_times(
    index: searchkit.Index, new: Iterator[Document], commits: int, size: int, *, replace: bool
) -> list[float]:
    """Seconds of each commit."""
    present = [document.id for document in islice(index, commits * size)] if replace else []
    taken = []
    for number in range(commits):
        batch = list(islice(new, size))
        if replace:
            ids = present[number * size : (number + 1) * size]
            batch = [Document(id=id, title=one.title, body=one.body) for id, one in zip(ids, batch)]
        started = time.perf_counter()
        index.add(batch)
        taken.append(time.perf_counter() - started)
    return taken


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.commits", description="Commits and merges.")
    parser.add_argument("--documents", type=int, default=20_000, help="in the index before")
    parser.add_argument("--commits", type=int, default=0)
    parser.add_argument("--size", type=int, default=10, help="documents of a commit")
    parser.add_argument("--replace", action="store_true", help="commits replace documents")
    parser.add_argument("--optimize", action="store_true", help="delete half of the documents, and optimize")
    parser.add_argument("--memory", type=int, metavar="MB", help="of every writer")
    parser.add_argument("--articles", type=existing, metavar="FOLDER", help="instead of generated ones")
    parser.add_argument("--index", type=Path, metavar="FOLDER", help="keep it there, or take the one that is")
    arguments = parser.parse_args(given)
    memory = arguments.memory and arguments.memory * 1_000_000
    folder = arguments.index or Path(mkdtemp(prefix="searchkit-commits-"), "index")
    new = documents(arguments.articles)
    try:
        if folder.exists():
            index = searchkit.open(folder)
            new = islice(new, len(index), None)
        else:
            index = searchkit.create(folder)
            with measured(f"add {arguments.documents:,} documents"):
                index.add(islice(new, arguments.documents), memory=memory)
                index.close()
            index = searchkit.open(folder)
        print(f"{index.stats().details['segments']} segments, {index.stats().bytes / 1e6:.0f} MB")
        if arguments.commits:
            with measured(f"{arguments.commits} commits of {arguments.size}"):
                taken = commit_times(index, new, arguments.commits, arguments.size, replace=arguments.replace)
                index.close()
            p95 = statistics.quantiles(taken, n=20)[-1]
            print(
                f"a commit: p50 {statistics.median(taken):.3f} s, p95 {p95:.3f} s, worst {max(taken):.3f} s"
            )
            index = searchkit.open(folder)
        if arguments.optimize:
            ids = [document.id for document in index]
            with measured("delete half"):
                index.delete(ids[::2])
            with measured("optimize"):
                index.optimize(memory=memory)
            print(f"{index.stats().details['segments']} segments, {index.stats().bytes / 1e6:.0f} MB")
        index.close()
    finally:
        if not arguments.index:
            shutil.rmtree(folder.parent)


if __name__ == "__main__":
    main()

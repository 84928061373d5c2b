"""The dearest requests that a server gets: queries as long as they may be, of what costs most."""

from __future__ import annotations

import multiprocessing
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from itertools import cycle, islice
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

__all__ = ["DEAR", "asking_for_dear"]

_LONGEST = 500  # characters of a query, the limit of the server
_PATIENCE = 30


def _repeated(*parts: str) -> str:
    """The parts as alternatives, over and over, as long as a query may be."""
    text = ""
    for part in cycle(parts):
        longer = f"{text} OR {part}" if text else part
        if len(longer) > _LONGEST:
            return text
        text = longer
    raise ValueError("no parts")


_QUERIES = (
    _repeated('"的 国 的"~90', '"的 是 的"~90', '"一 的 一"~90'),
    _repeated('"的 一 是 不 了 在 人"~50'),
    _repeated('"的 国 的"~3'),
    '"的 的 的 的 的 的"~90',
    _repeated("*a*", "*e*", "*1*"),
    _repeated("的*", "一*", "国*"),
    _repeated("abcdef~2", "的国人~1"),
    _repeated("的", "一", "是", "在", "不", "了"),
    "的一是不在了人有我他这中大来上个国" * 29,
)
_FACETS = {"facets": "source,tags,year,month", "collapse": "true", "limit": 100, "offset": 900}

DEAR = (
    *(f"/api/search?q={quote(query)}&lenient=true" for query in _QUERIES),
    *(f"/?q={quote(query)}" for query in _QUERIES),
    *(f"/api/search?{urlencode({'q': query, **_FACETS})}" for query in ("的", "一 OR 的", _QUERIES[0])),
)
"""Addresses without a host."""


@contextmanager
def asking_for_dear(url: str, connections: int) -> Iterator[None]:
    """Let another process send these over so many connections meanwhile; prints how they were answered."""
    spawn = multiprocessing.get_context("spawn")  # it has nothing of this process
    begun, done, answers = spawn.Event(), spawn.Event(), spawn.SimpleQueue()
    process = spawn.Process(target=_ask, args=(url, connections, begun, done, answers), daemon=True)
    process.start()
    try:
        begun.wait(_PATIENCE)
        yield
    finally:
        done.set()
        counts = ", ".join(f"{status}: {count}" for status, count in sorted(answers.get().items()))
        process.join(_PATIENCE)
        print(f"{connections} connections with the dearest queries meanwhile were answered {counts}")


def _ask(url: str, connections: int, begun: Any, done: Any, answers: Any) -> None:
    """Send until it is done."""
    counted: Counter[str] = Counter()

    def connection(start: int) -> None:
        address = urlsplit(url)
        http = HTTPConnection(str(address.hostname), address.port, timeout=_PATIENCE)
        for path in islice(cycle(DEAR), start, None):
            if done.is_set():
                http.close()
                return
            try:
                http.request("GET", path)
                answer = http.getresponse()
                answer.read()
                counted[str(answer.status)] += 1
            except (OSError, HTTPException) as error:
                counted[type(error).__name__] += 1
                http.close()
            begun.set()

    threads = [threading.Thread(target=connection, args=(at * 3,)) for at in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.put(dict(counted))

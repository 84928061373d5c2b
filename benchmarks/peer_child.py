"""The child process of `benchmarks.peer_host`: one peer that reads commands and writes replies.

    python -m benchmarks.peer_child REGISTRY PEER LOCATION

Each command and each reply is a line of JSON. Besides the standard library only the peer is imported, so
memory and start-up time are those of the peer.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.peers.base import Answer, Peer, Question

__all__ = ["main"]

Reply = dict[str, Any]


def main() -> None:
    registry, name, location = sys.argv[1:]
    # Output of a library must not get between the replies.
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    commands: _Commands | None = None
    for line in sys.stdin.buffer:
        command = json.loads(line)
        try:
            if commands is None:
                peer = import_module(registry).PEERS[name]
                os.environ.update(peer.environment)
                commands = _Commands(peer(Path(location)))
            reply = getattr(commands, command.pop("do"))(**command)
        except Exception as error:
            reply = {
                "error": f"{type(error).__name__}: {error}",
                "traceback": "".join(traceback.format_exception(error)[-3:]),
            }
        replies.write(json.dumps(reply) + "\n")
        replies.flush()


class _Commands:
    """The commands of the parent."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    def start(self) -> Reply:
        """Do nothing: the process is running."""
        return {}

    def index(self, folder: str) -> Reply:
        self._peer.prepare(Path(folder))
        started = time.perf_counter()
        documents = self._peer.index_articles(Path(folder))
        return {"seconds": time.perf_counter() - started, "documents": documents}

    def index_from_memory(self, folder: str) -> Reply:
        """Index documents that have been read before the time runs."""
        from benchmarks.peers.base import articles

        documents = list(articles(Path(folder)))
        started = time.perf_counter()
        count = self._peer.index(documents)
        return {"seconds": time.perf_counter() - started, "documents": count}

    def size(self) -> Reply:
        return {"bytes": self._peer.size()}

    def open(self) -> Reply:
        started = time.perf_counter()
        self._peer.open()
        return {"seconds": time.perf_counter() - started}

    def ask(self, questions: list[dict[str, Any]]) -> Reply:
        """Each question once, one after the other."""
        asked = _questions(questions)
        self._peer.prepare_questions(asked)
        timed = [_timed(self._peer.answer, question) for question in asked]
        return {
            "seconds": [seconds for seconds, _ in timed],
            "totals": [answer.total for _, answer in timed],
            "hits": [len(answer.hits) for _, answer in timed],
        }

    def throughput(self, questions: list[dict[str, Any]], threads: int) -> Reply:
        """Answer all questions with several threads; the reply has the total time."""
        asked = _questions(questions)
        self._peer.prepare_questions(asked)
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(self._peer.answer, asked[:threads]))  # the threads are there before the time runs
            started = time.perf_counter()
            list(pool.map(self._peer.answer, asked))
            seconds = time.perf_counter() - started
        return {"seconds": seconds}

    def close(self) -> Reply:
        self._peer.close()
        return {}


def _timed(answer: Callable[[Question], Answer], question: Question) -> tuple[float, Answer]:
    started = time.perf_counter()
    answered = answer(question)
    return time.perf_counter() - started, answered


def _questions(values: Sequence[dict[str, Any]]) -> list[Question]:
    from benchmarks.peers.base import Question

    return [Question(**one) for one in values]


if __name__ == "__main__":
    main()

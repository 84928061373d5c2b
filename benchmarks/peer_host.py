"""The host of a peer: runs it in a process of its own, to measure its memory and imports alone.

The process is a fresh interpreter that runs `benchmarks.peer_child`. A peer that fails or ends raises a
`PeerError` with the reason, and the others continue.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from benchmarks.memory import PeakMemory, private_bytes
from benchmarks.peers.base import Question

__all__ = ["Asked", "Host", "Indexed", "PeerError", "cold_start", "imports"]

_LAST_LINES = 3
_USUAL_IMPORTS = "json, sqlite3, dataclasses, re, datetime, pathlib, urllib.parse"


class PeerError(Exception):
    """A peer could not do what it was asked for."""


@dataclass(frozen=True)
class Indexed:
    """The result of indexing a folder."""

    documents: int
    seconds: float
    bytes: int
    peak_memory: int


@dataclass(frozen=True)
class Asked:
    """The answers to questions, in their order."""

    seconds: list[float]
    totals: list[int | None]
    hits: list[int]


class Host:
    """A process that holds one peer; a context manager.

    ``registry`` is the module whose ``PEERS`` has the peer.
    """

    def __init__(self, name: str, location: Path, *, registry: str) -> None:
        self.name = name
        self._log = location.with_name(f"{location.name}.log")
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.peer_child", registry, name, str(location)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=_environment(),
                encoding="utf-8",
            )

    def start(self) -> None:
        """Wait until the process runs and has imported its peer."""
        self._do("start")

    def index(self, folder: Path) -> Indexed:
        """Index files on disk and commit."""
        with PeakMemory(self._process.pid) as peak:
            reply = self._do("index", folder=str(folder))
        size = self._do("size")["bytes"]
        return Indexed(reply["documents"], reply["seconds"], size, peak.bytes)

    def index_from_memory(self, folder: Path) -> float:
        """Index the documents of the folder, which are read before the time runs; the seconds it took."""
        return float(self._do("index_from_memory", folder=str(folder))["seconds"])

    def open(self) -> float:
        """Open the index; returns the time it took."""
        return float(self._do("open")["seconds"])

    def ask(self, questions: Sequence[Question]) -> Asked:
        return Asked(**self._do("ask", questions=[asdict(question) for question in questions]))

    def throughput(self, questions: Sequence[Question], threads: int) -> float:
        """Questions a second."""
        values = [asdict(question) for question in questions]
        return len(values) / float(self._do("throughput", questions=values, threads=threads)["seconds"])

    def peak_memory(self) -> PeakMemory:
        """For a ``with`` block."""
        return PeakMemory(self._process.pid)

    def private_memory(self) -> int:
        return private_bytes(self._process.pid)

    def __enter__(self) -> Host:
        return self

    def __exit__(self, *exc_info: object) -> None:
        with suppress(PeerError, OSError):
            self._do("close")
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(OSError):
            self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def _do(self, command: str, **values: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps({"do": command, **values}) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except OSError:
            line = ""
        if not line:
            status = self._process.wait()
            raise PeerError(f"its process ended with status {status}: {self._last_words()}")
        reply = cast("dict[str, Any]", json.loads(line))
        if "error" in reply:
            with self._log.open("a", encoding="utf-8") as log:
                log.write(reply["traceback"])
            raise PeerError(reply["error"])
        return reply

    def _last_words(self) -> str:
        text = self._log.read_text(encoding="utf-8", errors="replace").strip()
        return " / ".join(text.splitlines()[-_LAST_LINES:]) or "it said nothing"


def imports() -> float:
    """Seconds that a new interpreter takes for modules of the standard library that most programs import."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {_USUAL_IMPORTS}"], check=True)
    return time.perf_counter() - started


def _environment() -> dict[str, str]:
    """Of the child, which must find the same modules, and their bytecode after the first start: a module that
    is compiled at each start is not what users have, and would count against what is not installed by pip."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def cold_start(name: str, location: Path, question: Question, *, registry: str) -> float:
    """Seconds from starting an interpreter to the first answer, with imports, dictionaries and opening."""
    started = time.perf_counter()
    with Host(name, location, registry=registry) as host:
        host.open()
        host.ask([question])
        return time.perf_counter() - started

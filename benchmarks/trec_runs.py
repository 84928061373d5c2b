"""TREC run files: the ranking of a peer for every query, for evaluation by other programs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote, unquote

__all__ = ["Run", "read_run", "write_run"]

Run = Mapping[str, Sequence[str]]
"""The ids of documents by query, best first."""

_UNSAFE = re.compile(r"[%\s]")


def write_run(path: Path, run: Run, name: str) -> None:
    """Write ``query Q0 document rank score name`` lines.

    The score counts down from the number of documents: evaluation programs sort by score and break ties in
    different ways, but the order of the peer is what counts. Spaces in ids, which the format does not allow,
    are percent-encoded.
    """
    with path.open("w", encoding="utf-8") as file:
        for query, documents in run.items():
            if len(set(documents)) != len(documents):
                raise ValueError(f"{name} ranked a document twice for query {query}")
            for rank, document in enumerate(documents, 1):
                score = len(documents) - rank + 1
                file.write(f"{_safe(query)} Q0 {_safe(document)} {rank} {score} {name}\n")


def read_run(path: Path) -> dict[str, list[str]]:
    """The run in a file of `write_run`, without queries that had no hits."""
    run: dict[str, list[str]] = {}
    with path.open(encoding="utf-8") as file:
        for line in file:
            query, _, document, _, _, _ = line.split()
            run.setdefault(unquote(query), []).append(unquote(document))
    return run


def _safe(id: str) -> str:
    return _UNSAFE.sub(lambda match: quote(match[0]), id)

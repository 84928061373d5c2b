"""A search does little in Python: counted in function calls, which a busy machine does not change."""

from __future__ import annotations

import cProfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import searchkit
from searchkit import Index

PACKAGE = Path(searchkit.__file__).parent
WORD, HITS = "今年", 10
# Without what is done to the query itself.
OF_A_SEARCH = ("index/index.py", "searching", "engine", "schema.py")


def python_calls(work: Callable[[], Any]) -> Counter[str]:
    """How many Python functions the work calls, by the part of the package that they are in."""
    work()  # what is done once for a process or an index
    profile = cProfile.Profile(builtins=False)
    profile.runcall(work)
    calls: Counter[str] = Counter()
    for entry in profile.getstats():
        if not isinstance(entry.code, str):
            path = Path(entry.code.co_filename)
            part = path.relative_to(PACKAGE).parts[0] if path.is_relative_to(PACKAGE) else "elsewhere"
            calls[part] += entry.callcount
    return calls


@pytest.fixture(scope="module")
def calls(sample_index: Index) -> Counter[str]:
    assert len(sample_index.search(WORD)) == HITS
    return python_calls(lambda: list(sample_index.search(WORD)))


def test_a_search_of_one_word_calls_few_functions_beside_those_of_the_query(calls: Counter[str]) -> None:
    assert sum(calls[part] for part in OF_A_SEARCH) < 90  # eight of them bound what it may cost


def test_a_hit_is_made_in_one_call(sample_index: Index) -> None:
    few, many = (python_calls(lambda n=n: sample_index.search(WORD, limit=n)) for n in (1, 9))
    assert many.total() - few.total() == 8 + 1  # and the one that puts equal hits in order


def test_a_search_of_one_word_calls_few_functions(calls: Counter[str]) -> None:
    assert calls.total() < (188 if searchkit.kernel() == "compiled" else 208)

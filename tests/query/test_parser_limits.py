"""Nothing takes long to read: the work of the parser is bounded, whatever it is given.

Counted, not timed: calls of functions, Python's and those in C, where all time is spent but for searches in
the text, which are linear. benchmarks/parsing.py takes the time.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import islice

import pytest
from adversaries import adversaries
from hypothesis import given
from strategies import queries

import searchkit
from searchkit import QuerySyntaxError
from searchkit.query import parse
from searchkit.query.lexer import MAX_TOKENS
from searchkit.query.parser import MAX_LENGTH

MOST_CALLS = (60 if searchkit.kernel() == "compiled" else 110) * MAX_TOKENS


def calls(work: Callable[[], object]) -> int:
    """How many functions are called."""
    count = 0

    def profiler(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    parse("e\u0301*x🎉 中", lenient=True)  # loads the tables and compiles the patterns
    sys.setprofile(profiler)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def read(text: str, *, lenient: bool) -> None:
    try:
        parse(text, lenient=lenient)
    except QuerySyntaxError:
        assert not lenient


@pytest.mark.parametrize("lenient", [True, False])
def test_the_longest_and_densest_queries_take_a_bounded_number_of_calls(lenient: bool) -> None:
    for text in islice(adversaries(), 0, None, 31):  # a prime: each kind comes first, and second
        assert len(text) == MAX_LENGTH
        assert calls(lambda text=text: read(text, lenient=lenient)) < MOST_CALLS, text[:20]  # type: ignore[misc]


@given(queries)
def test_twice_the_text_is_no_more_than_about_twice_the_work(text: str) -> None:
    once, twice = (calls(lambda many=many: read(text * many, lenient=True)) for many in (10, 20))  # type: ignore[misc]
    assert twice < 2.5 * once + 100

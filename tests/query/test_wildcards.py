"""Wildcards: which words a pattern finds, on every embedded engine, and what is highlighted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import searchkit
from searchkit import Index
from searchkit.engine.plan import Wildcard
from searchkit.query.wildcards import MOST_LETTERS_WIDE, MOST_WAYS, is_pattern, too_much, ways, wildcard

TEXTS = {
    "iphone15": "买iPhone15手机",
    "iphone 16": "买 iPhone 16 手机",
    "iphone": "买iPhone手机",
    "smartphones": "smartphones",
    "phone number": "电话13808000",
    "8000": "8000元",
    "gpt4o": "GPT-4o 模型",
    "经济": "经济新闻",
    "apart": "iPhone很贵，共15个",
}


@pytest.fixture(scope="module", params=["tantivy", "whoosh"])
def index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("wildcards") / "index"
    with searchkit.create(f"whoosh:{folder}" if request.param == "whoosh" else ":memory:") as made:
        made.add(
            [{"id": id, "title": body if id == "8000" else "", "body": body} for id, body in TEXTS.items()]
        )
        yield made


PHONES = {"iphone15", "iphone 16", "iphone", "apart"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("*8000", {"phone number", "8000"}),
        ("*800", set()),
        ("*800*", {"phone number", "8000"}),
        ("138*8000", {"phone number"}),
        ("*8?00", {"phone number", "8000"}),
        ("*phone", PHONES),
        ("*PHONE", PHONES),
        ("*phone*", PHONES | {"smartphones"}),
        ("*p?on*", PHONES | {"smartphones"}),
        ("body:*8000", {"phone number", "8000"}),
        ("title:*8000", {"8000"}),
        ("* -*phone*", set(TEXTS) - PHONES - {"smartphones"}),
        ("*经济", {"经济"}),
        ("*经济*", {"经济"}),
        ("*新闻 经济", {"经济"}),
        ("iphone1?", {"iphone15", "iphone 16"}),
        ("iphone16?", {"iphone 16"}),  # a question, perhaps
        ("iphone?5", {"iphone15"}),
        ("iphon?16", {"iphone 16"}),
        ("i*e1*6", {"iphone 16"}),
        ("iph*15", {"iphone15"}),
        ("iph*5", {"iphone15"}),
        ("gp?4o", {"gpt4o"}),
        ("gpt4?", {"gpt4o"}),  # gpt4
        ("gpt?o", set()),  # of letters on either side, it stands for letters
        ("g*o", set()),
    ],
)
def test_a_pattern_finds_words_like_it(index: Index, query: str, expected: set[str]) -> None:
    assert {hit.id for hit in index.search(query, limit=100)} == expected
    assert index.count(query) == len(expected)


@pytest.mark.parametrize(
    ("query", "id", "marked"),
    [
        ("*8000", "phone number", ["13808000"]),
        ("*8000", "8000", ["8000"]),
        ("*phone*", "smartphones", ["smartphones"]),
        ("*phone", "iphone15", ["iPhone"]),
        ("iphone1?", "iphone15", ["iPhone15"]),
        ("iphone1?", "iphone 16", ["iPhone 16"]),
        ("gp?4o", "gpt4o", ["GPT-4o"]),
        ("*经济", "经济", ["经济"]),
    ],
)
def test_the_word_that_a_pattern_finds_is_highlighted(
    index: Index, query: str, id: str, marked: list[str]
) -> None:
    hit = index.hit(query, id)
    assert hit is not None
    snippet = hit.snippet
    assert [snippet.text[start:end] for start, end in snippet.spans] == marked


def test_what_is_typed_as_a_question_comes_first_as_a_word() -> None:
    with searchkit.create(":memory:") as made:
        made.add([{"id": str(n), "body": f"买iPhone1{n}，还有iPhone"} for n in range(8)])
        made.add([{"id": "typed", "body": "买iPhone1"}])
        assert made.search("iphone1?")[0].id == "typed"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*ab*", [("*ab*",)]),
        ("a*b?", [("a*b?",)]),
        ("a1?", [("a", "1?")]),
        ("ab?1", [("ab", "?1"), ("ab?", "1")]),
        ("ab*1", [("ab*", "*1")]),
        ("ab*?1", [("ab*?", "1"), ("ab*", "*?1")]),
        ("a1b*", [("a", "1", "b*")]),
        ("a?1?b", [("a", "?1", "?b"), ("a", "?1?", "b"), ("a?", "1", "?b"), ("a?", "1?", "b")]),
    ],
)
def test_a_pattern_parts_where_letters_meet_digits(pattern: str, expected: list[tuple[str, ...]]) -> None:
    assert sorted(ways(pattern)) == sorted(expected)


patterns = st.lists(st.sampled_from(["a", "b", "1", "2", "?", "*", "é"]), min_size=2, max_size=9).map("".join)
words = st.lists(st.sampled_from(["a", "b", "é", "1", "2"]), min_size=1, max_size=6).map("".join)


@settings(max_examples=50, suppress_health_check=[HealthCheck.filter_too_much])
@given(patterns, st.lists(words, min_size=1, max_size=6))
def test_a_pattern_finds_a_word_as_a_regular_expression_does(pattern: str, written: list[str]) -> None:
    """At least: as its tokens are neighbours with a space between as well, it may find more."""
    assume(is_pattern(pattern) and not too_much(pattern))
    expression = re.compile("".join({"*": "[^ ]*", "?": "[^ ]"}.get(sign, sign) for sign in pattern))
    tokens_of = re.compile(r"[0-9]+|[^0-9]+")
    with searchkit.create(":memory:") as made:
        made.add([{"id": str(number), "body": word} for number, word in enumerate(written)])
        found = {hit.id for hit in made.search(pattern, limit=100)}
        sizes = {len(way) for way in ways(pattern)}
        expected = {
            str(number)
            for number, word in enumerate(written)
            if expression.fullmatch(word) and len(tokens_of.findall(word)) in sizes
        }
        assert expected <= found
        if len(pattern) > 1 and pattern[-1] != "?" and sizes == {1}:  # one token among others
            assert found == {
                str(number)
                for number, word in enumerate(written)
                if any(map(expression.fullmatch, tokens_of.findall(word)))
            }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("letters", "longest"), [("a?*", MOST_LETTERS_WIDE), ("é?*", MOST_LETTERS_WIDE), ("a1?*", 5)]
)
def test_no_pattern_that_is_allowed_is_too_much_for_the_engine(letters: str, longest: int) -> None:
    with searchkit.create(":memory:") as made:
        made.add([{"id": "1", "body": "aaaa1 ab1 a1b1 éa"}])
        for size in range(2, longest + 1):
            for pattern in map("".join, product(letters, repeat=size)):
                if is_pattern(pattern) and not too_much(pattern):
                    made.count(pattern)


def test_what_begins_with_a_star_is_looked_for_among_words_only() -> None:
    """There are a hundred times as many bigrams as words."""
    assert too_much("*phone15")
    assert isinstance(wildcard("*phone", ["body"]), Wildcard)
    assert wildcard("*phone", ["body"]) == Wildcard("body_unigrams", "*phone")


@given(patterns)
def test_a_pattern_has_a_bounded_number_of_ways(pattern: str) -> None:
    if is_pattern(pattern) and not too_much(pattern):
        assert 0 < len(ways(pattern)) <= MOST_WAYS

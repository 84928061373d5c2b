"""What is marked is what the index matches; and both kernels mark the same, in any text."""

from __future__ import annotations

import random
import sys
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import anything, texts
from tokens_of_text import covered, matches_of, matches_within, passages_of, tokens_of

from searchkit.analysis import kernel, plain
from searchkit.analysis.characters import HAN, LINE_END, NONE, SYMBOL, character_data, class_of
from searchkit.analysis.kernel import Kind, has_tokens, normalize, tokenize
from searchkit.highlight import matcher
from searchkit.highlight.graphemes import whole_graphemes
from searchkit.highlight.highlighted import Span
from searchkit.highlight.snippet import CompiledHighlighter, Highlighter, PythonHighlighter
from searchkit.query import HighlightTerm

KERNELS = [
    PythonHighlighter,
    pytest.param(
        CompiledHighlighter,
        marks=pytest.mark.skipif(kernel.KERNEL != "compiled", reason="the compiled kernel does not run"),
    ),
]

# What tokens depend on: each class, what composes, what is invisible, ends of lines.
_SPECIAL = (
    "中国か\u3099ｶﾞ\u1112\u1161\u11ab한ｈиЙй\u0306c+#aÀ1２²₂年😀👍\u200d\u200b\u00ad\u0301\n\u2028 ，,_-が①"
    "々〻.:：ﬁ㎡½ＡBfim"
)
special_texts = st.lists(
    st.sampled_from(_SPECIAL)
    | st.sampled_from(("1,000", "中国人民的", "中国人民的\n中国", "getUserName", "3.14", "m2")),
    max_size=60,
).map("".join)
any_text = special_texts | texts | anything | st.text(max_size=40)
tokens = st.sampled_from(sorted(set(tokens_of(_SPECIAL)))) | any_text.filter(has_tokens).map(
    lambda text: tokens_of(text)[0]
)


@st.composite
def terms_for(draw: st.DrawFn, text: str) -> HighlightTerm:
    """A term of any kind, mostly one that may match in the text."""
    kind = draw(st.sampled_from(["words", "words", "prefix", "wildcard", "fuzzy"]))
    if has_tokens(text) and draw(st.integers(0, 3)):
        found = tokens_of(draw(passages_of(text)))
    else:
        found = tuple(draw(st.lists(tokens, min_size=1, max_size=3)))
    field = draw(st.sampled_from([None, None, "title", "body"]))
    if kind == "wildcard":
        at = draw(st.integers(0, len(found[0])))
        return HighlightTerm((found[0][:at] + draw(st.sampled_from("*?")) + found[0][at + 1 :],), field)
    if kind == "fuzzy":
        return HighlightTerm(found[:1], field, distance=draw(st.integers(1, 2)))
    if kind == "prefix":
        found = (*found[:-1], found[-1][: draw(st.integers(1, len(found[-1])))])
    return HighlightTerm(found, field, prefix=kind == "prefix")


@st.composite
def searches(draw: st.DrawFn) -> tuple[str, list[HighlightTerm]]:
    text = draw(any_text)
    return text, draw(st.lists(terms_for(text), max_size=4))


def matched_by_the_index(text: str, wanted: tuple[str, ...]) -> set[int]:
    """The numbers of the tokens of the text that the term's postings match; symbols are none of them."""
    unigrams, joined = (terms.split(" ") if terms else [] for terms in kernel.terms(text))
    kinds = tokenize(text).kinds
    if len(wanted) == 1:  # those behind the tokens are parts of words
        return {
            number for number, unigram in enumerate(unigrams[: len(kinds)]) if unigram == plain(wanted[0])
        }
    numbers = [number for number, kind in enumerate(kinds) if kind != Kind.SYMBOL]
    ended = [one if tokenize(one).kinds[0] == Kind.HAN else f"{one}_" for one in wanted]
    second = [one.replace("._", "_").replace(":_", "_") for one in ended]
    chain = [one + other for one, (_, other) in zip(ended, pairwise(second))]
    found: set[int] = set()
    place = 0  # among the tokens
    for start, bigram in enumerate(joined):
        if bigram.startswith("¶"):
            continue
        if joined[start : start + len(chain)] == chain:
            found |= {numbers[one] for one in range(place, place + len(wanted))}
        place += 1
    return found


@pytest.mark.parametrize("make", KERNELS)
@given(data=st.data())
def test_a_token_is_marked_if_and_only_if_the_index_matches_it(
    make: type[Highlighter], data: st.DataObject
) -> None:
    text = data.draw(any_text.filter(has_tokens))
    wanted = tokens_of(data.draw(passages_of(text) | any_text.filter(has_tokens)))
    if len(wanted) > 1:
        wanted = tuple(token for token in wanted if tokenize(token).kinds[0] != Kind.SYMBOL) or wanted[:1]
    marked = covered(make([HighlightTerm(wanted)]).body(text).spans)
    matched = matched_by_the_index(text, wanted)
    found = tokenize(text)
    for number, (start, end, kind) in enumerate(zip(found.starts, found.ends, found.kinds, strict=True)):
        if kind != Kind.SYMBOL or len(wanted) == 1:  # a symbol within a phrase is marked with it
            if number in matched:
                assert marked.issuperset(range(start, end))
            elif kind != Kind.SYMBOL:  # which may be part of an emoji
                places = {
                    place for other in matched for place in range(found.starts[other], found.ends[other])
                }
                assert marked.isdisjoint(
                    {*range(start, end)} - places
                )  # of one character that is several tokens


def whole(terms: list[HighlightTerm], text: str, spans: list[Span]) -> list[Span]:
    """The spans with all of the emoji that they cut, where a symbol is a term of its own."""
    symbols = {token for term in terms for token in term.tokens if class_of(token[0]) == SYMBOL}
    return whole_graphemes(text, spans) if symbols else spans


@pytest.mark.parametrize("make", KERNELS)
@given(searched=searches(), length=st.integers(1, 70))
@example(("d\u0331", [HighlightTerm(("d",))]), 5)
@example(("1\u2082", [HighlightTerm(("2",))]), 5)
@example(("a" * 300 + " b", [HighlightTerm(("a" * 45,))]), 5)
def test_spans_are_what_all_tokens_of_the_text_say(
    make: type[Highlighter], searched: tuple[str, list[HighlightTerm]], length: int
) -> None:
    text, terms = searched
    found = make(terms)
    for field, shown in (("title", found.title(text)), ("body", found.body(text))):
        expected = matches_of([term for term in terms if term.field in (None, field)], text)
        assert covered(shown.spans) == covered(whole(terms, text, expected))
    fragment = found.snippet(text, length)
    assert fragment.text == text[fragment.start : fragment.start + len(fragment.text)]
    assert len(fragment.text) <= length
    first, last = fragment.start, fragment.start + len(fragment.text)
    expected = matches_within([term for term in terms if term.field in (None, "body")], text, first, last)
    assert covered(fragment.spans) == covered(whole(terms, fragment.text, expected))


@pytest.mark.skipif(kernel.KERNEL != "compiled", reason="the compiled kernel does not run")
@given(st.lists(searches(), min_size=1, max_size=3), st.integers(1, 70))
def test_both_kernels_mark_and_cut_the_same(
    searched: list[tuple[str, list[HighlightTerm]]], length: int
) -> None:
    page = [text for text, _ in searched]
    terms = [term for _, terms in searched for term in terms]
    python, compiled = PythonHighlighter(terms), CompiledHighlighter(terms)
    assert compiled.whole(page, "title") == python.whole(page, "title")
    assert compiled.whole(page, "body") == python.whole(page, "body")
    assert compiled.snippets(page, length) == python.snippets(page, length)


@pytest.mark.skipif(kernel.KERNEL != "compiled", reason="the compiled kernel does not run")
@given(st.integers(0, 2**32), st.sampled_from([20, 160, 3000]), st.integers(1, 12))
def test_both_kernels_choose_the_same_fragment_of_long_texts(seed: int, length: int, count: int) -> None:
    generator = random.Random(seed)
    text = "".join(generator.choices("中国关系历史的，。\n a1", k=4000))
    terms = [
        HighlightTerm(tuple(generator.choices("中国关系历史的a1", k=generator.choice([1, 2, 3]))))
        for _ in range(count)
    ]
    python, compiled = PythonHighlighter(terms), CompiledHighlighter(terms)
    assert compiled.snippet(text, length) == python.snippet(text, length)
    assert compiled.body(text) == python.body(text)


@pytest.mark.parametrize("make", KERNELS)
@pytest.mark.parametrize("length", [2**50, 2**63 // 500 + 3, sys.maxsize])
def test_a_fragment_may_be_longer_than_any_text(make: type[Highlighter], length: int) -> None:
    """Of equal fragments the first counts: how far its terms stand apart is nothing to such a length."""
    text = "国。中。" + "，国，，中" * 20
    terms = [HighlightTerm(("国",)), HighlightTerm(("中",))]
    assert make(terms).snippet(text, min(length, sys.maxsize)).text == text


@pytest.mark.parametrize("make", KERNELS)
@pytest.mark.parametrize(
    ("unit", "count", "tokens"),
    [
        ("国", 300_000, ("国", "际")),  # a candidate each, and a line that is never ended
        ("国，", 150_000, ("国",)),
        ("国，", 150_000, ("国", "国", "国")),
        ("a", 300_000, ("a",)),
        ("a\u0301", 150_000, ("a" * 255,)),
        ("ab", 150_000, ("ab",)),
        ("国\u200b", 150_000, ("国",)),
        ("国\n\u0301", 100_000, ("国",)),
        ("😀", 150_000, ("😀",)),
        ("国😀", 100_000, ("国", "国")),
        ("c+", 150_000, ("c",)),
    ],
)
def test_long_texts_that_consist_of_candidates_take_linear_time(
    make: type[Highlighter], unit: str, count: int, tokens: tuple[str, ...]
) -> None:
    """What is quadratic takes many minutes here."""
    text = unit * count
    terms = [HighlightTerm(tokens), HighlightTerm(("别", "的"))]
    found = make(terms)
    spans = found.body(text).spans
    if len(tokens) == 1:
        assert covered(spans) == covered(matches_of(terms[:1], text))
    assert len(found.snippet(text, 160).text) <= 160


def test_plain_characters_are_what_the_matcher_takes_them_for() -> None:
    """Their class is certain: none is a mark, and what punctuation composes to is no neighbour."""
    plain = {**matcher._PLAIN, **{chr(code): HAN for code in range(0x4E00, 0xA000)}}
    for character, kind in plain.items():
        if character:
            assert class_of(character) == {" ": NONE, "\n": LINE_END}.get(kind, kind)
            assert len(normalize(character)) == 1
    for (base, mark), composed in character_data().compositions.items():
        assert chr(mark) not in plain
        if plain.get(chr(base)) in (" ", "\n"):
            assert class_of(chr(composed)) in (NONE, SYMBOL)

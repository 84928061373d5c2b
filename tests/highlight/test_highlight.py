"""Highlights: where what was searched stands in the original text, and the best fragment of it."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from strategies import lines, rewritten, texts
from tokens_of_text import covered, matches_of, matches_within, passages_of, tokens_of

import searchkit
from searchkit.analysis import Analyzer, variants
from searchkit.analysis.kernel import has_tokens
from searchkit.analysis.normalizer import normalization_table
from searchkit.highlight.highlighted import Highlighted, Span
from searchkit.highlight.snippet import Highlighter, PythonHighlighter, highlighter
from searchkit.query import HighlightTerm, parse, plan_query

EMPTY = searchkit.create(":memory:")._engine.snapshot()
ANALYZER = Analyzer()

meaningful_texts = texts.filter(has_tokens)


def searched_for(query: str) -> Highlighter:
    return highlighter(plan_query(parse(query), ANALYZER, EMPTY).highlight_terms)


def phrase_highlighter(passage: str) -> Highlighter:
    return highlighter([HighlightTerm(tokens_of(passage))])


def marked(query: str, text: str) -> str:
    """The body with its matches in square brackets."""
    return with_marks(text, searched_for(query).body(text).spans)


def with_marks(text: str, spans: tuple[Span, ...]) -> str:
    for start, end in reversed(spans):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text


class Searched(NamedTuple):
    text: str
    highlight_terms: tuple[HighlightTerm, ...]


@st.composite
def searches(draw: st.DrawFn) -> Searched:
    """A text, and highlight terms for some passages of it, and perhaps for others."""
    text = draw(meaningful_texts)
    passages = passages_of(text) | lines.filter(has_tokens)
    found = draw(st.lists(passages.map(tokens_of), min_size=1, max_size=4, unique=True))
    return Searched(text, tuple(map(HighlightTerm, found)))


def assert_well_formed(text: str, spans: tuple[Span, ...]) -> None:
    end_of_last = -1
    for start, end in spans:
        assert end_of_last < start, "spans are sorted, disjoint, and those that touch are one"
        assert start < end
        end_of_last = end
    assert end_of_last <= len(text)


@given(searches())
def test_the_spans_of_a_body_are_sorted_disjoint_and_what_the_terms_match(searched: Searched) -> None:
    spans = highlighter(searched.highlight_terms).body(searched.text).spans
    assert_well_formed(searched.text, spans)
    assert covered(spans) == covered(matches_of(searched.highlight_terms, searched.text))


@given(searches())
def test_a_title_is_highlighted_like_a_body(searched: Searched) -> None:
    found = highlighter(searched.highlight_terms)
    assert found.title(searched.text) == found.body(searched.text)


@given(searches(), st.integers(1, 60))
def test_a_snippet_is_verbatim_and_no_longer_than_its_limit(searched: Searched, length: int) -> None:
    fragment = highlighter(searched.highlight_terms).snippet(searched.text, length)
    assert fragment.text == searched.text[fragment.start : fragment.start + len(fragment.text)]
    assert len(fragment.text) <= length
    assert_well_formed(fragment.text, fragment.spans)


@given(searches(), st.integers(1, 60))
def test_the_spans_of_a_snippet_are_the_matches_within(searched: Searched, length: int) -> None:
    """A match that is cut in two, or a word cut to one that was searched, is none.

    But a phrase that is longer than the snippet is marked as far as it goes.
    """
    fragment = highlighter(searched.highlight_terms).snippet(searched.text, length)
    first, last = fragment.start, fragment.start + len(fragment.text)
    assert covered(fragment.spans) == covered(
        matches_within(searched.highlight_terms, searched.text, first, last)
    )


@given(st.data())
def test_a_passage_of_the_text_is_highlighted_in_it(data: st.DataObject) -> None:
    text = data.draw(meaningful_texts)
    passage = data.draw(passages_of(text))
    assume(passage[0] not in "々〻")  # it repeats a character that is not in the passage
    found = phrase_highlighter(passage)
    assert found.body(text).spans
    assert found.title(text) == found.body(text)


@given(st.data())
def test_a_snippet_shows_a_passage_that_fits_into_it(data: st.DataObject) -> None:
    text = data.draw(meaningful_texts)
    term = HighlightTerm(tokens_of(data.draw(passages_of(text))))
    matches = matches_of([term], text)
    assume(matches)  # 々 alone is no passage of 人々
    longest = max(end - start for start, end in matches)
    fragment = highlighter([term]).snippet(text, data.draw(st.integers(longest, longest + 20)))
    assert fragment.spans, fragment.text


@given(st.data())
def test_variants_in_the_text_do_not_shift_the_highlights(data: st.DataObject) -> None:
    searched = data.draw(searches())
    other = data.draw(rewritten(searched.text))
    found = highlighter(searched.highlight_terms)
    assert found.body(other).spans == found.body(searched.text).spans


@given(st.data())
def test_a_query_in_variants_highlights_the_same(data: st.DataObject) -> None:
    text = data.draw(meaningful_texts)
    passage = data.draw(passages_of(text))
    other = data.draw(rewritten(passage))
    assert phrase_highlighter(other).body(text) == phrase_highlighter(passage).body(text)


@given(st.text(max_size=60), st.text(max_size=10), st.integers(1, 70))
@example("İİ C++ ", "c++", 5)
def test_any_text_can_be_highlighted(text: str, query: str, length: int) -> None:
    found = highlighter(plan_query(parse(query, lenient=True), ANALYZER, EMPTY).highlight_terms)
    assert_well_formed(text, found.body(text).spans)
    fragment = found.snippet(text, length)
    assert fragment.text == text[fragment.start : fragment.start + len(fragment.text)]
    assert len(fragment.text) <= length


def test_every_character_is_highlighted_when_its_normalized_form_is_searched() -> None:
    characters = [chr(code) for code in normalization_table()]
    one_token = [character for character in characters if has_tokens(character)]
    assert len(one_token) > 6000
    missed = [
        c for c in one_token if highlighter([HighlightTerm(tokens_of(c))]).body(f"。{c}。").spans != ((1, 2),)
    ]
    assert missed == []


@pytest.mark.parametrize(("before", "characters"), [("x", "abcdefghijklmnopqrstuvwxyz"), ("7", "0123456789")])
def test_words_and_numbers_are_highlighted_in_any_width_and_style(before: str, characters: str) -> None:
    missed = []
    for character in characters:
        found = highlighter([HighlightTerm((before + character,))])
        missed += [
            form for form in variants(character) if found.body(f"用{before}{form}。").spans != ((1, 3),)
        ]
    assert missed == []


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        # the longest match first
        ("马克思", "马克思与马克", "[马克思]与马克"),
        ("马克 马克思", "马克思与马克", "[马克思]与[马克]"),
        ("中国历史", "中国历史，中国的历史", "[中国历史]，[中国]的[历史]"),
        ("中国的历史", "中国的历史，的，历史", "[中国的历史]，的，[历史]"),
        # touching and overlapping ones are one
        ("中国 历史", "中国历史", "[中国历史]"),
        ('"中国历" "国历史"', "中国历。国历史", "[中国历]。[国历史]"),
        # passages only as such
        ('"中国历史"', "中国的历史，中国，历史", "中国的历史，[中国，历史]"),
        ('"中国历史"', "历史中国", "历史中国"),
        ('"中国"', "中\n国，中国", "中\n国，[中国]"),
        # punctuation inside
        ('"中日關係"', "中日，关系", "[中日，关系]"),
        ('"中日，關係"', "中日关系", "[中日关系]"),
        ('"中日关系"', "「中日」（关系）", "「[中日」（关系]）"),
        ('"中日关系"', "中日关系与中日，关系", "[中日关系]与[中日，关系]"),
        ('"gpt 4"', "GPT-4、GPT4、gpt 4", "[GPT-4]、[GPT4]、[gpt 4]"),
        # whole Latin words and numbers
        ("C", "C、C++、C#、ABC、c", "[C]、C++、C#、ABC、[c]"),
        ("C++", "C、C++、C#、c++", "C、[C++]、C#、[c++]"),
        ("C#", "C、C++、C#", "C、C++、[C#]"),
        ("C++", "用C++11写", "用[C++]11写"),
        ('"C++11"', "用C++11写", "用[C++11]写"),
        ('"C#8"', "用C#8写", "用[C#8]写"),
        ("5G", "5G、15G、5GHz", "[5G]、15G、5GHz"),
        ("3.6.3", "3.6.3版，3.6版，36.3，3", "[3.6.3]版，3.6版，36.3，3"),
        ("iPhone15Pro", "IPHONE15PRO与iPhone15", "[IPHONE15PRO]与iPhone15"),
        ('"10km²"', "约10km²左右", "约[10km²]左右"),
        ("²", "m²", "m[²]"),
        ("straße", "Straße与Stra", "[Straße]与Stra"),
        ("café", "CAFÉ、cafe、ｃａｆé", "[CAFÉ]、[cafe]、[ｃａｆé]"),
        # variants and astral characters shift nothing
        ("国际论坛", "𠮷𠮷國際論壇𠮷", "𠮷𠮷[國際論壇]𠮷"),
        ('"𠮷野家"', "去𠮷野家，不去吉野家", "去[𠮷野家]，不去吉野家"),
        ("台湾", "臺灣、台灣、台湾", "[臺灣]、[台灣]、[台湾]"),
        ("乾隆", "干隆与乾隆", "[干隆]与[乾隆]"),
        ("权", "權力與政权", "[權]力與政[权]"),
        ("歌", "一首歌，唱歌", "一首[歌]，唱[歌]"),
        ("日本", "⽇本与日本", "[⽇本]与[日本]"),
        ("关系", "😀關係😀😀关系", "😀[關係]😀😀[关系]"),
        ('"中国"', "中⼀国", "中⼀国"),
        # overlapping ones are marked both
        ('"马克思" "思想"', "马克思想", "[马克思想]"),
        ('"天天"', "天天天", "[天天天]"),
        # letters and digits part
        (
            '"iphone 15"',
            "iPhone15、iPhone 15、iPhone-15、iphone151",
            "[iPhone15]、[iPhone 15]、[iPhone-15]、iphone151",
        ),
        ('"H2O"', "H₂O与H2O", "[H₂O]与[H2O]"),
        ("15", "iPhone15、15、150", "iPhone[15]、[15]、150"),
        # marks and invisible characters belong to the character before them
        ('"中国"', "中\u200b国、中国\ufe00、国", "[中\u200b国]、[中国\ufe00]、国"),
        ("cafe", "cafe\u0301、ca\u00adfe", "[cafe\u0301]、[ca\u00adfe]"),
        ("が", "か\u3099、ｶﾞ、か", "[か\u3099]、ｶﾞ、か"),
        ("ガ", "ｶﾞ、カ", "[ｶﾞ]、カ"),
        ("한", "\u1112\u1161\u11ab、한、하", "[\u1112\u1161\u11ab]、[한]、하"),
        ("й", "и\u0306、и", "[и\u0306]、и"),
        ('"关系"', "关😀系😀", "[关😀系]😀"),
        # nothing
        ("中国", "", ""),
        ("中国", "日本", "日本"),
        ("-中国", "中国", "中国"),
        ("日本 -中国", "中国与日本", "中国与[日本]"),
        ("，", "，", "，"),
    ],
)
def test_spans_of_queries_in_texts(query: str, text: str, expected: str) -> None:
    assert marked(query, text) == expected


@pytest.mark.parametrize(
    ("tokens", "text", "expected"),
    [
        (("😀",), "关😀系😀", "关[😀]系[😀]"),
        (("关", "😀", "系"), "关系、关👍系", "[关系]、[关👍系]"),
        (("😀", "👍"), "关👍系😀", "关[👍]系[😀]"),
        # an emoji of several symbols is marked whole
        (("👩",), "👩\u200d💻", "[👩\u200d💻]"),
        (("💻",), "看👩\u200d💻。", "看[👩\u200d💻]。"),
        (("👧",), "👨🏽\u200d👩\u200d👧\ufe0f好👧", "[👨🏽\u200d👩\u200d👧\ufe0f]好[👧]"),
        (("🇨",), "🇨🇳🇨🇦🇦🇨", "[🇨🇳🇨🇦🇦🇨]"),
        (("🇳",), "🇨🇳🇨🇦", "[🇨🇳]🇨🇦"),
        (("2",), "10㎡", "10[㎡]"),
        (("3.", "14"), "3.14、3,14", "[3.14]、3,14"),
        (("3", "14"), "3.14、3,14", "3.14、[3,14]"),
        (("1000",), "1,000元、1,0001", "[1,000]元、1,0001"),
        (("000",), "1,000、0,000", "1,000、0,[000]"),
        (("username",), "getUserName, username", "get[UserName], [username]"),
        (("http",), "XMLHttpRequest", "XML[Http]Request"),
        (("人", "人"), "人々", "[人々]"),
        (("finance",), "ﬁnance", "[ﬁnance]"),
        (("мир",), "Мир и мира", "[Мир] и мира"),
    ],
)
def test_symbols_are_marked_for_themselves_and_other_alphabets_by_word(
    tokens: tuple[str, ...], text: str, expected: str
) -> None:
    assert with_marks(text, highlighter([HighlightTerm(tokens)]).body(text).spans) == expected


@pytest.mark.parametrize(
    ("query", "in_title", "in_body"),
    [
        ("中国", True, True),
        ("title:中国", True, False),
        ("body:中国", False, True),
        ("title:中国 body:中国", True, True),
    ],
)
def test_a_search_in_one_field_is_highlighted_there(query: str, in_title: bool, in_body: bool) -> None:
    found = searched_for(query)
    assert bool(found.title("去中国").spans) == in_title
    assert bool(found.body("去中国").spans) == in_body
    assert bool(found.snippet("去中国", 20).spans) == in_body


FILLER = "这里是一些别的话，说的是别的事。" * 8


def snippet(query: str, text: str, length: int = 40) -> str:
    fragment = searched_for(query).snippet(text, length)
    assert text[fragment.start : fragment.start + len(fragment.text)] == fragment.text
    return with_marks(fragment.text, fragment.spans)


def test_the_best_fragment_has_most_of_what_was_searched() -> None:
    text = f"苹果熟了。{FILLER}苹果和香蕉都熟了。{FILLER}香蕉熟了。"
    assert "[苹果]和[香蕉]" in snippet("苹果 香蕉", text)


def test_the_best_fragment_has_the_matches_close_together() -> None:
    text = f"苹果，这里是一些别的话，香蕉。{FILLER}苹果和香蕉。{FILLER}"
    assert "[苹果]和[香蕉]" in snippet("苹果 香蕉", text)


def test_the_best_fragment_prefers_the_whole_passage_to_its_words() -> None:
    text = f"苹果和香蕉。{FILLER}苹果香蕉。{FILLER}苹果和香蕉。"
    assert "[苹果香蕉]" in snippet("苹果香蕉", text)


@pytest.mark.parametrize("end", ["。", "！", "？", "；", "\n", "。」"])
def test_a_fragment_starts_and_ends_at_sentence_ends(end: str) -> None:
    text = f"{FILLER}前面一句{end}这里有苹果{end}后面一句很长很长很长很长很长很长{FILLER}"
    assert snippet("苹果", text, 20).strip("\n") in (
        f"这里有[苹果]{end}".strip("\n"),
        f"前面一句{end}这里有[苹果]{end}".strip("\n"),
    )


def test_without_a_match_the_fragment_is_the_start_of_the_text() -> None:
    assert snippet("香蕉", "苹果熟了。" + FILLER, 8) == "苹果熟了。"
    assert snippet("香蕉", "  苹果", 8).strip() == "苹果"


def test_a_short_body_without_a_match_is_shown_whole() -> None:
    assert snippet("香蕉", "第一句。第二句。", 160) == "第一句。第二句。"


def test_the_fragment_of_nothing_is_empty() -> None:
    assert searched_for("苹果").snippet("", 10) == Highlighted("")


def test_a_match_longer_than_the_fragment_is_cut_and_not_an_error() -> None:
    text = "苹果香蕉葡萄西瓜桃子"
    fragment = searched_for(f'"{text}"').snippet(f"{FILLER}{text}{FILLER}", 4)
    assert fragment.text == "苹果香蕉"


def test_a_word_longer_than_the_fragment_is_cut_rather_than_left_out() -> None:
    assert snippet("香蕉", "internationalization", 10) == "internatio"


def test_a_fragment_cuts_no_latin_word_in_two() -> None:
    text = "internationalization " * 20 + "苹果" + " internationalization" * 20
    fragment = searched_for("苹果").snippet(text, 60)
    assert set(fragment.text.split()) == {"internationalization", "苹果"}


def test_a_word_that_comes_a_thousand_times_is_highlighted_everywhere() -> None:
    text = "苹果，" * 1000
    assert len(searched_for("苹果").body(text).spans) == 1000
    assert len(searched_for("苹果").snippet(text, 160).spans) >= 53


@pytest.mark.parametrize(("count", "length"), [(161, 160), (41, 40), (100, 20)])
def test_a_passage_that_is_longer_than_the_snippet_is_marked_as_far_as_it_goes(
    count: int, length: int
) -> None:
    passage = ("天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏" * 7)[:count]
    shown = phrase_highlighter(passage).snippet(f"某年某日，{passage}。完。", length)
    assert shown.text == passage[:length]
    assert shown.spans == ((0, length),)


@pytest.mark.parametrize("kernel", ["Python", "the one that runs"])
@pytest.mark.parametrize(
    ("text", "term", "spans"),
    [("人々", "一", ()), ("。々", "人", ()), ("人々", "人", ((0, 2),)), ("時々刻々", "刻", ((2, 4),))],
)
def test_the_sign_of_iteration_is_the_character_before_it(
    text: str, term: str, spans: tuple[tuple[int, int], ...], kernel: str
) -> None:
    terms = [HighlightTerm((term,))]
    made = PythonHighlighter(terms) if kernel == "Python" else highlighter(terms)
    assert made.body(text).spans == spans

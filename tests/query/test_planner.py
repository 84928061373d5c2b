"""The planner: what an engine has to match and to add up, and what is highlighted."""

from __future__ import annotations

from math import ceil

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import anything, lines, queries, rewritten

import searchkit
from searchkit.analysis import Analyzer, bigram, is_symbol, normalize, query_tokens
from searchkit.analysis.function_words import FUNCTION_WORDS, QUESTION_WORDS
from searchkit.engine.plan import (
    TEXT_FIELDS,
    Boolean,
    Clause,
    MatchAll,
    MatchNone,
    Phrase,
    Term,
    TermSet,
)
from searchkit.query import HighlightTerm, Planned, parse, plan_query
from searchkit.query.ast import PhraseNode
from searchkit.query.matching import FEW, TELLING, Match
from searchkit.query.planner import FEW as FEW_WITH_SPACES

ANALYZER = Analyzer()
EMPTY = searchkit.create(":memory:")._engine.snapshot()
FILTER = TermSet("source", ("甲报",))


def plan(query: str, match: Match = "most", filters: tuple[Clause, ...] = ()) -> Planned:
    return plan_query(parse(query), ANALYZER, EMPTY, match=match, filters=filters)


def matched(query: str, match: Match = "most") -> Clause:
    return plan(query, match).plan.match


def words_needed(query: str, match: Match = "most") -> tuple[int, int]:
    """How many words of a query of one text are needed, and of how many."""
    node = matched(query, match)
    assert isinstance(node, Boolean)
    if all(isinstance(child, Term | Phrase) for child in node.should):
        return 1, 1  # one word, in the title or in the body
    return node.minimum, len(node.should)


def highlight_terms(query: str) -> set[str]:
    return {"".join(highlight_term.tokens) for highlight_term in plan(query).highlight_terms}


def phrase_of(node: Clause) -> tuple[str, list[tuple[int, str]]]:
    """The field of a phrase and its terms with their positions, also where it has one term."""
    match node:
        case Term(field, text):
            return field, [(0, text)]
        case Phrase(field, terms):
            return field, list(terms)
    raise AssertionError(node)


@given(lines, st.sampled_from([None, "title", "body"]))
def test_the_phrase_of_a_passage_is_its_sequence_of_tokens(text: str, field: str | None) -> None:
    tokens = query_tokens(text)
    assume(tokens and not is_symbol(tokens[0]))  # symbols alone are no phrase: see below
    node = plan_query(PhraseNode(text, field), ANALYZER, EMPTY).plan.match  # type: ignore[arg-type]
    in_fields = [node] if field else getattr(node, "should", ())
    assert [phrase_of(one)[0].partition("_")[0] for one in in_fields] == (
        [field] if field else ["title", "body"]
    )
    for one in in_fields:
        channel, terms = phrase_of(one)
        if len(tokens) == 1:
            assert (channel.partition("_")[2], terms) == ("unigrams", [(0, tokens[0])])
            continue
        assert channel.partition("_")[2] == "bigrams"
        covered = set()
        for offset, term in terms:
            assert term == bigram(tokens[offset], tokens[offset + 1])
            covered |= {offset, offset + 1}
        assert covered == set(range(len(tokens))), "a token is not needed"
        offsets = [offset for offset, _ in terms]
        assert offsets == sorted(set(offsets))
        assert offsets[0] == 0


def test_symbols_alone_are_needed_each_for_itself() -> None:
    two = plan_query(PhraseNode("😀，🚀", "body"), ANALYZER, EMPTY).plan.match
    assert two == Boolean(must=(Term("body_unigrams", "😀"), Term("body_unigrams", "🚀")))


@given(st.data())
def test_the_plan_of_a_query_is_that_of_its_rewriting(data: st.DataObject) -> None:
    text = data.draw(lines.filter(lambda line: "OR" not in line))
    other = data.draw(rewritten(text))
    one, two = (plan_query(parse(query, lenient=True), ANALYZER, EMPTY) for query in (text, other))
    assert one == two


@given(anything | queries, st.sampled_from(["most", "all", "any"]))
def test_every_tree_has_a_plan_of_known_fields(text: str, match: Match) -> None:
    planned = plan_query(parse(text, lenient=True), ANALYZER, EMPTY, match=match)
    assert {score.node.field for score in planned.plan.scores} <= set(TEXT_FIELDS)
    assert all(score.weight > 0 for score in planned.plan.scores)
    assert all(highlight_term.tokens for highlight_term in planned.highlight_terms)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("苹果", 1),
        ("苹果香蕉", 2),
        ("苹果香蕉葡萄", 3),
        ("苹果香蕉葡萄西瓜", 4),
        ("苹果香蕉葡萄西瓜桃子", 5),
        ("苹果香蕉葡萄西瓜桃子草莓土豆番茄", 8),
    ],
)
def test_match_says_how_many_words_of_a_text_are_needed(query: str, words: int) -> None:
    assert words_needed(query, "all") == (words, words)
    assert words_needed(query, "any") == (1, words)
    few = (min(words, 2), words)
    assert words_needed(query, "most") == (few if words <= FEW else (1, ceil(words * TELLING)))


def test_of_many_words_one_of_the_more_telling_is_needed() -> None:
    with searchkit.create(":memory:") as index:
        index.add({"id": str(n), "body": "，".join(FRUIT[: n + 1])} for n in range(8))
        snapshot = index._engine.snapshot()
        node = plan_query(parse("".join(FRUIT[:6])), ANALYZER, snapshot).plan.match
        assert [hit.id for hit in index.search("苹果香蕉葡萄橘子", limit=100)] != []
    assert isinstance(node, Boolean)
    assert node.minimum == 1
    # The first are in more of the documents.
    assert node.should == tuple(matched(word) for word in FRUIT[2:6])


@pytest.mark.parametrize("match", ["most", "all"])
def test_each_of_a_few_texts_is_needed(match: Match) -> None:
    node = matched("苹果 香蕉", match)
    assert isinstance(node, Boolean)
    assert len(node.must) == 2


def test_any_is_any_of_all_words_whatever_the_spaces() -> None:
    assert matched("苹果 香蕉葡萄", "any") == matched("苹果，香蕉，葡萄", "any")
    assert words_needed("苹果 香蕉葡萄", "any") == (1, 3)


@pytest.mark.parametrize(
    ("spaced", "same"),
    [
        ("第 50 届超级碗", "第50届超级碗"),
        ("MySQL 数据库 安装", "MySQL数据库 安装"),
        ("使用 GPT 写作", "使用GPT写作"),
        ("title:第 title:50 title:届", "title:第50届"),
    ],
)
def test_a_space_between_han_and_latin_is_typography(spaced: str, same: str) -> None:
    assert plan(spaced) == plan(same)


@pytest.mark.parametrize("query", ["iPhone 15", "machine learning", "苹果 香蕉", "使用 『GPT』"])
def test_other_spaces_are_meant(query: str) -> None:
    assert plan(query) != plan(query.replace(" ", ""))


@pytest.mark.parametrize(
    ("query", "content"),
    [
        ("苹果 的 香蕉", "苹果 香蕉"),
        ("the apple", "apple"),
        ("cats and dogs", "cats dogs"),
        ("去 北京 旅游", "北京 旅游"),
        ('"苹果" 的', '"苹果"'),
    ],
)
def test_function_words_between_spaces_are_not_needed(query: str, content: str) -> None:
    for match in ("most", "all"):
        one, two = matched(query, match), matched(content, match)  # type: ignore[arg-type]
        assert one == two or one == Boolean(must=(two,))


def test_function_words_alone_are_needed() -> None:
    assert matched("的 和") == Boolean(must=(matched("的"), matched("和")))


@pytest.mark.parametrize("query", ["谁 吃 苹果 香蕉", "苹果 香蕉 葡萄？", "how to eat apples"])
def test_a_question_is_one_text_spaces_and_all(query: str) -> None:
    assert words_needed(query)[0] == 1


FRUIT = ["苹果", "香蕉", "葡萄", "西瓜", "桃子", "草莓", "土豆", "番茄"]


@pytest.mark.parametrize("words", range(2, 9))
def test_most_of_the_words_of_a_long_text_are_needed_wherever_it_has_spaces(words: int) -> None:
    spaced = matched(" ".join(FRUIT[:words]))
    if words <= FEW_WITH_SPACES:
        assert isinstance(spaced, Boolean)
        assert len(spaced.must) == words
    else:
        assert spaced == matched("，".join(FRUIT[:words]))
        assert words_needed(" ".join(FRUIT[:words])) == (1, ceil(words * TELLING))


def test_all_needs_each_of_many_texts() -> None:
    node = matched(" ".join(FRUIT), "all")
    assert isinstance(node, Boolean)
    assert len(node.must) == len(FRUIT)


@pytest.mark.parametrize(
    ("query", "same"),
    [
        ("苹果香蕉 葡萄西瓜 桃子草莓 “水果店”", "苹果香蕉，葡萄西瓜，桃子草莓 “水果店”"),
        ("苹果香蕉 -土豆 葡萄西瓜 桃子草莓", "苹果香蕉，葡萄西瓜，桃子草莓 -土豆"),
        ("苹果香蕉 葡萄西瓜 source:a 桃子草莓", "苹果香蕉，葡萄西瓜，桃子草莓 source:a"),
        ("title:苹果香蕉 title:葡萄西瓜 title:桃子草莓", "title:苹果香蕉，葡萄西瓜，桃子草莓"),
        ("(苹果香蕉 葡萄西瓜 桃子草莓) OR 土豆", "苹果香蕉，葡萄西瓜，桃子草莓 OR 土豆"),
    ],
)
def test_other_nodes_are_needed_beside_a_long_text(query: str, same: str) -> None:
    assert matched(query) == matched(same)


@pytest.mark.parametrize(
    "query",
    [
        "苹果香蕉 葡萄西瓜 title:桃子草莓",  # no more than a few in the same field
        "苹果香蕉 葡萄西瓜 桃子草莓^2",
        "苹果香蕉葡萄西瓜桃子草莓 OR 土豆番茄",
    ],
)
def test_nodes_of_another_kind_do_not_join_the_long_text(query: str) -> None:
    parts = [part for part, _ in plan(query).parts]
    assert parts == [*getattr(parse(query), "children", ())] or parts == [parse(query)]


def test_a_word_that_comes_twice_is_needed_once() -> None:
    assert matched("苹果苹果", "all") == matched("苹果", "all")


@pytest.mark.parametrize(
    "query",
    [
        "苹果香蕉葡萄？",
        "苹果香蕉葡萄?",
        "什么苹果香蕉葡萄",
        "為什麼苹果香蕉葡萄",
        "谁有苹果香蕉葡萄",
        "苹果香蕉葡萄是否有",
    ],
)
def test_a_question_needs_one_of_its_words(query: str) -> None:
    assert words_needed(query)[0] == 1
    needed, words = words_needed(query, "all")
    assert needed == words >= 3


@pytest.mark.parametrize(
    "query", ["為什麼蘋果香蕉葡萄", "为什么苹果香蕉葡萄", "甚麼蘋果香蕉葡萄", "什麽蘋果香蕉葡萄"]
)
def test_a_question_is_one_in_any_script(query: str) -> None:
    assert words_needed(query)[0] == 1


@pytest.mark.parametrize(
    ("query", "content"),
    [
        ("中国的历史", {"中国", "历史"}),
        ("在北京的大学", {"北京", "大学"}),
        ("中國的歷史", {"中国", "历史"}),
        ("的", {"的"}),
        ("什么的", {"什么", "的"}),
        ("the apple", {"the", "apple"}),
    ],
)
def test_function_words_are_not_needed_beside_others(query: str, content: set[str]) -> None:
    needed = set()
    for text in query.split():
        node = matched(text, "all")
        assert isinstance(node, Boolean)
        words = node.should if not isinstance(node.should[0], Term | Phrase) else (node,)
        for word in words:
            assert isinstance(word, Boolean)
            needed.add(phrase_of(word.should[0])[1][0][1])
    assert needed == content


def test_function_words_rank_all_the_same() -> None:
    assert Term("words", "的") in {score.node for score in plan("中国的历史").plan.scores}


@pytest.mark.parametrize("words", [FUNCTION_WORDS, QUESTION_WORDS], ids=["function", "question"])
def test_the_word_lists_are_normalized(words: frozenset[str]) -> None:
    """A word that is not can never be equal to one of a query."""
    assert {word for word in words if normalize(word) != word} == set()


@pytest.mark.parametrize(
    ("query", "highlighted"),
    [
        ("马克思", {"马克思"}),
        ("苹果香蕉", {"苹果香蕉", "苹果", "香蕉"}),
        ("中国的历史", {"中国的历史", "中国", "历史"}),
        ('"苹果香蕉"', {"苹果香蕉"}),
        ("“蘋果，香蕉”", {"苹果香蕉"}),
        ("苹果 香蕉", {"苹果", "香蕉"}),
        ("苹果 OR 香蕉", {"苹果", "香蕉"}),
        ("苹果 -香蕉", {"苹果"}),
        ('苹果 NOT "香蕉"', {"苹果"}),
        ("苹果 -(香蕉 OR 葡萄)", {"苹果"}),
        ("-香蕉", set()),
        ("", set()),
    ],
)
def test_what_is_searched_is_highlighted_and_what_is_excluded_is_not(
    query: str, highlighted: set[str]
) -> None:
    assert highlight_terms(query) == highlighted


@pytest.mark.parametrize("query", ["-香蕉", "苹果 -香蕉", "苹果 NOT (香蕉 葡萄)"])
def test_what_is_excluded_does_not_rank(query: str) -> None:
    terms = {score.node.text for score in plan(query).plan.scores}
    assert not any("香" in term or "葡" in term for term in terms)
    assert bool(terms) == query.startswith("苹果")


def test_no_highlight_term_comes_twice() -> None:
    for query in ("苹果 苹果", "苹果", '"苹果" 苹果'):
        found = plan(query).highlight_terms
        assert len(found) == len(set(found))


def test_what_is_searched_in_the_title_is_highlighted_there_only() -> None:
    assert plan("title:苹果").highlight_terms == (HighlightTerm(("苹", "果"), "title"),)
    assert plan("body:苹果").highlight_terms == (HighlightTerm(("苹", "果"), "body"),)
    assert plan("苹果").highlight_terms == (HighlightTerm(("苹", "果"), None),)


@pytest.mark.parametrize("field", ["title", "body"])
def test_a_search_in_one_field_neither_matches_nor_ranks_in_the_other(field: str) -> None:
    planned = plan(f"{field}:苹果香蕉葡萄")
    assert {score.node.field.partition("_")[0] for score in planned.plan.scores} == {field}
    other = {"title": "body", "body": "title"}[field]
    assert f"{other}_" not in repr(planned.plan.match)


def test_a_term_of_two_texts_counts_twice() -> None:
    once = {score.node: score.weight for score in plan("苹果").plan.scores}
    twice = {score.node: score.weight for score in plan("苹果 苹果").plan.scores}
    assert twice == {term: 2 * weight for term, weight in once.items()}


def test_a_term_that_one_text_repeats_counts_once() -> None:
    once = {score.node: score.weight for score in plan("公司欠债，股东还钱").plan.scores}
    again = {score.node: score.weight for score in plan("公司欠债，股东还钱，公司欠债").plan.scores}
    assert {term: again[term] for term in once} == once


def test_question_words_do_not_rank_as_words_or_bigrams() -> None:
    terms = {score.node for score in plan("什么公司欠债？").plan.scores}
    assert {Term("words", "公司"), Term("body_bigrams", "欠债"), Term("body_unigrams", "什")} <= terms
    assert not terms & {Term("words", "什么"), Term("body_bigrams", "什么")}


def test_a_text_of_question_words_alone_ranks_by_these() -> None:
    terms = {score.node for score in plan("什么").plan.scores}
    assert {Term("words", "什么"), Term("body_bigrams", "什么")} <= terms


def test_the_words_rank_in_all_channels() -> None:
    fields = {score.node.field for score in plan("苹果香蕉").plan.scores}
    assert {"words", "body_bigrams", "body_unigrams", "title_bigrams"} <= fields


@pytest.mark.parametrize("query", ["", "，。", '"，"', "-，"])
def test_an_empty_query_matches_nothing_whatever_the_filters(query: str) -> None:
    for filters in ((), (FILTER,)):
        planned = plan(query, filters=filters)
        assert planned.plan.match == MatchNone()
        assert planned.plan.scores == ()


def test_filters_are_needed_besides_the_query() -> None:
    assert plan("苹果", filters=(FILTER,)).plan.match == Boolean(must=(matched("苹果"), FILTER))
    assert plan("苹果", filters=(FILTER,)).plan.scores == plan("苹果").plan.scores


def test_or_needs_one_and_not_needs_none() -> None:
    assert matched("苹果 OR 香蕉") == Boolean(should=(matched("苹果"), matched("香蕉")))
    assert matched("苹果 -香蕉") == Boolean(must=(matched("苹果"),), must_not=(matched("香蕉"),))
    node = matched("-香蕉")
    assert isinstance(node, Boolean)
    assert set(node.must) <= {MatchAll()}
    assert node.must_not == (matched("香蕉"),)


def test_words_of_ones_own_are_one_word_of_a_query() -> None:
    own = Analyzer(user_words=["上川陽子"])
    assert plan_query(parse("上川陽子"), own, EMPTY, match="all").plan.match == matched('"上川阳子"')
    assert matched("上川陽子", "all") != matched('"上川阳子"')


def test_stop_words_do_not_rank_as_words() -> None:
    analyzer = Analyzer(stop_words=["歷史"])
    scores = plan_query(parse("中国历史"), analyzer, EMPTY).plan.scores
    assert {score.node.text for score in scores if score.node.field == "words"} == {"中国"}

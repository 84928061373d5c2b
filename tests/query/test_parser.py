"""The parser: what a person typed becomes the tree that it means, or an error that says where it does not."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import anything, queries

from searchkit import QuerySyntaxError
from searchkit.analysis import has_tokens
from searchkit.query import QueryNode, parse
from searchkit.query.ast import (
    AndNode,
    BoostNode,
    DateRangeNode,
    FieldNode,
    FuzzyNode,
    MatchAllNode,
    MatchNoneNode,
    NotNode,
    OrNode,
    PhraseNode,
    PrefixNode,
    TermNode,
    TextNode,
    WildcardNode,
)
from searchkit.query.lexer import MAX_DEPTH, MAX_TOKENS
from searchkit.query.parser import MAX_LENGTH, _Parser
from searchkit.schema import Schema

甲, 乙, 丙, 丁, 戊 = map(TextNode, "甲乙丙丁戊")
NOTHING = MatchNoneNode()


def title(text: str) -> TextNode:
    return TextNode(text, "title")


def body(text: str) -> TextNode:
    return TextNode(text, "body")


def every(*children: QueryNode) -> AndNode:
    return AndNode(children)


def either(*children: QueryNode) -> OrNode:
    return OrNode(children)


# What both readings, the strict and the lenient one, make of a query.
READ_ALIKE: list[tuple[str, QueryNode]] = [
    # nothing
    ("", NOTHING),
    (" \u3000\t\n", NOTHING),
    ("，。！？", NOTHING),
    ("()", NOTHING),
    ('""', NOTHING),
    ("「，」", NOTHING),
    ("-", NOTHING),
    ("-，", NOTHING),
    ("title:，", NOTHING),
    # texts
    ("甲", 甲),
    ("中日關係", TextNode("中日關係")),
    ("中日關係 上川陽子", every(TextNode("中日關係"), TextNode("上川陽子"))),
    ("甲\u3000乙", every(甲, 乙)),
    ("甲\n乙\t丙", every(甲, 乙, 丙)),
    ("  甲  ", 甲),
    ("甲 ，。 乙", every(甲, 乙)),
    ("甲，乙", TextNode("甲，乙")),
    ("《書名》", TextNode("《書名》")),
    ("'甲'", TextNode("'甲'")),
    # phrases
    ('"甲，乙"', PhraseNode("甲，乙")),
    ("＂甲 乙＂", PhraseNode("甲 乙")),
    ('"甲＂', PhraseNode("甲")),
    ('＂甲"', PhraseNode("甲")),
    ("“甲 乙”", PhraseNode("甲 乙")),
    ("「甲」", PhraseNode("甲")),
    ("『甲』", PhraseNode("甲")),
    ("“甲「乙」丙”", PhraseNode("甲「乙」丙")),
    ('"甲 OR 乙"', PhraseNode("甲 OR 乙")),
    ('"title:甲"', PhraseNode("title:甲")),
    ('"(甲"', PhraseNode("(甲")),
    ('甲 "乙 丙" 丁', every(甲, PhraseNode("乙 丙"), 丁)),
    ('甲 "" 乙', every(甲, 乙)),
    ('"C++"', PhraseNode("C++")),
    # not
    ("-甲", NotNode(甲)),
    ("－甲", NotNode(甲)),
    ("NOT 甲", NotNode(甲)),
    ("甲 -乙", every(甲, NotNode(乙))),
    ("甲 －乙", every(甲, NotNode(乙))),
    ("甲\u3000－乙", every(甲, NotNode(乙))),
    ("甲 NOT 乙", every(甲, NotNode(乙))),
    ("-甲 -乙", every(NotNode(甲), NotNode(乙))),
    ('-"甲"', NotNode(PhraseNode("甲"))),
    ("－「甲」", NotNode(PhraseNode("甲"))),
    ("-(甲 乙)", NotNode(every(甲, 乙))),
    ("－（甲 OR 乙）", NotNode(either(甲, 乙))),
    ("(-甲)", NotNode(甲)),
    ("（－甲）", NotNode(甲)),
    ("NOT NOT 甲", 甲),
    ("NOT (甲) 乙", every(NotNode(甲), 乙)),
    # a minus that is none
    ("甲-乙", TextNode("甲-乙")),
    ("甲－乙", TextNode("甲－乙")),
    ("GPT-4", TextNode("GPT-4")),
    ("甲 - 乙", every(甲, 乙)),
    ("甲 -", 甲),
    # or, and
    ("甲 OR 乙", either(甲, 乙)),
    ("甲 AND 乙", every(甲, 乙)),
    ("甲 OR 乙 OR 丙", either(甲, 乙, 丙)),
    ("甲 OR 乙 丙", either(甲, every(乙, 丙))),
    ("甲 乙 OR 丙 丁", either(every(甲, 乙), every(丙, 丁))),
    ("甲 AND 乙 OR 丙", either(every(甲, 乙), 丙)),
    ("甲 OR -乙", either(甲, NotNode(乙))),
    ("甲 OR ，", 甲),
    # operators that are none
    ("or", TextNode("or")),
    ("甲 or 乙", every(甲, TextNode("or"), 乙)),
    ("ORACLE", TextNode("ORACLE")),
    ("甲OR乙", TextNode("甲OR乙")),
    ("NOTE ANDROID", every(TextNode("NOTE"), TextNode("ANDROID"))),
    # groups
    ("((甲))", 甲),
    ("(甲 OR 乙) 丙", every(either(甲, 乙), 丙)),
    ("（甲 OR 乙） 丙", every(either(甲, 乙), 丙)),
    ("（甲 OR 乙) 丙", every(either(甲, 乙), 丙)),
    ("(甲 (乙 丙))", every(甲, 乙, 丙)),
    ("(甲 OR (乙 OR 丙))", either(甲, 乙, 丙)),
    ("甲 (乙 (丙 OR 丁) -戊)", every(甲, 乙, either(丙, 丁), NotNode(戊))),
    # fields
    ("title:甲", title("甲")),
    ("title：甲", title("甲")),
    ("TITLE:甲", title("甲")),
    ("Body：甲", body("甲")),
    ("title: 甲", title("甲")),
    ("title:甲 乙", every(title("甲"), 乙)),
    ('title:"甲 乙"', PhraseNode("甲 乙", "title")),
    ("body：「甲 乙」", PhraseNode("甲 乙", "body")),
    ("title:(甲 乙)", every(title("甲"), title("乙"))),
    ("title：（甲 OR body：乙）", either(title("甲"), body("乙"))),
    ("-title:甲", NotNode(title("甲"))),
    ("－title：甲", NotNode(title("甲"))),
    ("NOT body:甲", NotNode(body("甲"))),
    # colons that are text
    ("title", TextNode("title")),
    ("標題：甲", TextNode("標題：甲")),
    ("12:30", TextNode("12:30")),
    ("甲:乙", TextNode("甲:乙")),
    ("https://example.com/a?b=c", TextNode("https://example.com/a?b=c")),
    ("localhost:8080", TextNode("localhost:8080")),
    ("localhost：8080 甲", every(TextNode("localhost：8080"), 甲)),
    ("std::vector", TextNode("std::vector")),
    ("title::甲", TextNode("title::甲")),
    ("body://甲", TextNode("body://甲")),
    ("re:会议", TextNode("re:会议")),
    ("c:\\users", TextNode("c:\\users")),
    ("author:甲", TextNode("author:甲")),
    ("甲 day:2024-07", every(甲, TextNode("day:2024-07"))),
    ("-subtitle:甲", NotNode(TextNode("subtitle:甲"))),
    ("titel:甲", TextNode("titel:甲")),
    ("ſource:甲", TextNode("ſource:甲")),
    ("a:title:甲", TextNode("a:title:甲")),
    # a web address is one text, whatever is in it
    ("https://example.com/甲_(乙)", TextNode("https://example.com/甲_(乙)")),
    (' HTTP://example.com/"甲"*~2 ', TextNode('HTTP://example.com/"甲"*~2')),
    # everything
    ("*", MatchAllNode()),
    ("＊", MatchAllNode()),
    ("(*)", MatchAllNode()),
    ("* *", MatchAllNode()),
    ("*^2", MatchAllNode()),
    ("* 甲", 甲),
    ("2 * 3", every(TextNode("2"), TextNode("3"))),
    ("* -甲", NotNode(甲)),
    ("-*", NotNode(MatchAllNode())),
    ("甲 OR *", either(甲, MatchAllNode())),
    ("**", NOTHING),
    ("*，", NOTHING),
    # signs that are text
    ("C++", TextNode("C++")),
    ("C#", TextNode("C#")),
    ("3.6.3", TextNode("3.6.3")),
    ("100%", TextNode("100%")),
    ("AT&T", TextNode("AT&T")),
    ("𠮷野家", TextNode("𠮷野家")),
]

# What the strict reading takes for an operator, and the lenient one for running text.
READ_DIFFERENTLY: list[tuple[str, QueryNode, QueryNode]] = [
    ("他说“好”吗", every(TextNode("他说"), PhraseNode("好"), TextNode("吗")), TextNode("他说·好”吗")),
    ("湖南（长沙）", every(TextNode("湖南"), TextNode("长沙")), TextNode("湖南·长沙·")),
    ("C（语言）", every(TextNode("C"), TextNode("语言")), TextNode("C·语言·")),
    ('甲"乙"丙', every(甲, PhraseNode("乙"), 丙), TextNode("甲·乙·丙")),
    ("「甲」「乙」", every(PhraseNode("甲"), PhraseNode("乙")), TextNode("·甲」·乙」")),
]

# Query, what the error says, at which character, and how the lenient reading takes it.
MALFORMED: list[tuple[str, str, int, QueryNode]] = [
    ('"甲', "quote is not closed", 0, TextNode("·甲")),
    ("“甲 乙", "quote is not closed", 0, every(TextNode("·甲"), 乙)),
    ("「甲』", "quote is not closed", 0, TextNode("·甲』")),
    ('甲 "', "quote is not closed", 2, 甲),
    ('"甲" "乙', "quote is not closed", 4, every(PhraseNode("甲"), TextNode("·乙"))),
    ("(甲", "bracket is not closed", 0, 甲),
    ("甲 （乙", "bracket is not closed", 2, every(甲, 乙)),
    ("((甲)", "bracket is not closed", 0, 甲),
    ("甲)", "bracket closes nothing", 1, TextNode("甲·")),
    ("甲）", "bracket closes nothing", 1, TextNode("甲·")),
    ("(甲)) 乙", "bracket closes nothing", 3, every(甲, 乙)),
    ("甲 ()", "nothing in this group", 2, 甲),
    ("甲 (", "nothing in this group", 2, 甲),
    ("title:() 甲", "nothing in this group", 6, 甲),
    ("OR 甲", "OR has nothing on its left", 0, 甲),
    ("甲 OR", "OR has nothing on its right", 2, 甲),
    ("甲 OR OR 乙", "OR has nothing on its right", 2, either(甲, 乙)),
    ("甲 (乙 OR)", "OR has nothing on its right", 5, every(甲, 乙)),
    ("AND 甲", "AND has nothing on its left", 0, 甲),
    ("甲 AND", "AND has nothing on its right", 2, 甲),
    ("(甲 AND) 乙", "AND has nothing on its right", 3, every(甲, 乙)),
    ("NOT", "NOT has nothing behind it", 0, NOTHING),
    ("甲 NOT", "NOT has nothing behind it", 2, 甲),
    ("(甲 NOT)", "NOT has nothing behind it", 3, 甲),
    ("title:", "title: has nothing behind it", 0, NOTHING),
    ("甲 body：", "body： has nothing behind it", 2, 甲),
    ("(甲 title:)", "title: has nothing behind it", 3, 甲),
    ("title:* 甲", "* alone is every document", 6, 甲),
    ("date:abc", "'abc' is no date", 5, TextNode("date·abc")),
    ('date:"a b"', "'a b' is no date", 5, PhraseNode("a b")),
]


def test_the_tables_of_queries_are_complete() -> None:
    assert len(READ_ALIKE) >= 60
    assert len(MALFORMED) >= 20


@pytest.mark.parametrize(("query", "tree"), READ_ALIKE)
def test_a_query_means_this_tree(query: str, tree: QueryNode) -> None:
    assert parse(query) == tree


@pytest.mark.parametrize(("query", "tree"), READ_ALIKE)
def test_a_well_formed_query_means_the_same_when_read_leniently(query: str, tree: QueryNode) -> None:
    assert parse(query, lenient=True) == tree


@pytest.mark.parametrize(("query", "strict", "lenient"), READ_DIFFERENTLY)
def test_quotes_and_brackets_in_running_text_are_no_operators_when_read_leniently(
    query: str, strict: QueryNode, lenient: QueryNode
) -> None:
    assert parse(query) == strict
    assert parse(query, lenient=True) == lenient


@pytest.mark.parametrize(("query", "said", "position", "_lenient"), MALFORMED)
def test_a_malformed_query_is_refused_with_the_position(
    query: str, said: str, position: int, _lenient: QueryNode
) -> None:
    with pytest.raises(QuerySyntaxError, match=re.escape(said)) as caught:
        parse(query)
    assert (caught.value.query, caught.value.position) == (query, position)


@pytest.mark.parametrize(("query", "_said", "_position", "tree"), MALFORMED)
def test_a_malformed_query_is_read_leniently(query: str, _said: str, _position: int, tree: QueryNode) -> None:
    assert parse(query, lenient=True) == tree


def test_a_syntax_error_shows_the_query_and_the_position() -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse("ab (cd")
    assert str(caught.value).splitlines() == [
        "this bracket is not closed (at character 4)",
        "  ab (cd",
        "     ^",
    ]
    assert caught.value.reason == "this bracket is not closed"


SHOP = Schema(
    {"author": "text", "price": "number", "event": "date", "paid": "boolean", "作者": "text", "Size": "text"}
)


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("author:林晚", FieldNode("author", "林晚")),
        ("AUTHOR：林晚", FieldNode("author", "林晚")),
        ("作者：林晚", FieldNode("作者", "林晚")),
        ("size:大", FieldNode("Size", "大")),
        ("Size:大", FieldNode("Size", "大")),
        ("-author:甲", NotNode(FieldNode("author", "甲"))),
        ("NOT author:甲", NotNode(FieldNode("author", "甲"))),
        ('author:"丙 丁"', FieldNode("author", "丙 丁")),
        ("author:「丙 丁」 茶", every(FieldNode("author", "丙 丁"), TextNode("茶"))),
        ("author:OR茶", FieldNode("author", "OR茶")),
        ("author:甲 OR author:乙", either(FieldNode("author", "甲"), FieldNode("author", "乙"))),
        ("author:true", FieldNode("author", "true")),
        ("(author:甲 茶)^2", BoostNode(every(FieldNode("author", "甲"), TextNode("茶")), 2)),
        ("price:10", FieldNode("price", "10")),
        ("price: 10", FieldNode("price", "10")),
        ("price:-2.5", FieldNode("price", "-2.5")),
        ("price:10..20", FieldNode("price", "10..20")),
        ("price:10..", FieldNode("price", "10..")),
        ("price:..20", FieldNode("price", "..20")),
        ('price:"10 .. 20"', FieldNode("price", "10 .. 20")),
        ("price：１０..２０", FieldNode("price", "10..20")),
        ("price:1e3", FieldNode("price", "1e3")),
        ("event:2024-07", FieldNode("event", "2024-07")),
        ("event:2024年7月", FieldNode("event", "2024年7月")),
        ("event:2024-01..2024-07", FieldNode("event", "2024-01..2024-07")),
        ("event:2024-07-31T20:00:00Z..", FieldNode("event", "2024-07-31T20:00:00Z..")),
        ("paid:true", FieldNode("paid", "true")),
        ("paid:FALSE", FieldNode("paid", "false")),
        ("source:甲 price:10", every(TermNode("source", "甲"), FieldNode("price", "10"))),
        ("prices:10", TextNode("prices:10")),
        ("price://10", TextNode("price://10")),
        ("甲author:乙", TextNode("甲author:乙")),
    ],
)
def test_declared_fields_are_part_of_the_language(query: str, tree: QueryNode) -> None:
    assert parse(query, fields=SHOP) == parse(query, lenient=True, fields=SHOP) == tree
    assert parse(str(tree), fields=SHOP) == tree


@pytest.mark.parametrize(
    ("query", "said", "position", "tree"),
    [
        ("price:cheap", "price: takes a number, or a range of them in order, not 'cheap'", 6, "price·cheap"),
        ("甲 price:20..10", "price: takes a number, or a range", 8, "甲 price·20..10"),
        ("price:nan", "price: takes a number", 6, "price·nan"),
        ('price:"a b"', "put all of it in quotes", 6, '"a b"'),
        ("event:soon", "event: takes a date like 2024-07-31", 6, "event·soon"),
        ("event:2024-13", "event: takes a date", 6, "event·2024-13"),
        ("paid:maybe", "paid: takes true or false, not 'maybe'", 5, "paid·maybe"),
        ("-paid:1", "paid: takes true or false", 6, "-paid·1"),
        (f"author:{'甲' * 1001}", "author: takes a text", 7, f"author·{'甲' * 1001}"),
        ("author:(甲)", "author: needs a value right behind it", 0, "甲"),
        ("author:", "author: has nothing behind it", 0, ""),
    ],
)
def test_what_is_no_value_of_a_declared_field_is_refused_or_text(
    query: str, said: str, position: int, tree: str
) -> None:
    with pytest.raises(QuerySyntaxError, match=re.escape(said)) as caught:
        parse(query, fields=SHOP)
    assert caught.value.position == position
    assert str(parse(query, lenient=True, fields=SHOP)) == tree


def test_a_query_of_nothing_but_a_value_has_tokens() -> None:
    assert parse("author:，", fields=SHOP) == FieldNode("author", "，")


@given(queries | anything)
@example("author:a^2~")
@example('-author:"a"~2^3')
@example("price:1*")
@example("author:OR^2")
@example("paid:(true)")
@example("*author:甲")
@example("body: :V")
@example("title: //V*")
@example('(https://a.b/1"*')
@example("(https://a.b/1)^2")
@example("(https://a.b/1)^0.25")
@example("*作者:甲")
@example("price:title:甲")
def test_with_declared_fields_the_text_of_any_tree_parses_to_the_tree(text: str) -> None:
    tree = parse(text, lenient=True, fields=SHOP)
    assert parse(str(tree), fields=SHOP) == tree
    with suppress(QuerySyntaxError):
        strict = parse(text, fields=SHOP)
        assert parse(str(strict), fields=SHOP) == strict


@pytest.mark.parametrize(
    ("half_width", "full_width"),
    [
        ("title:甲", "title：甲"),
        ('"甲 乙"', "＂甲 乙＂"),
        ("(甲 OR 乙) 丙", "（甲 OR 乙） 丙"),
        ("甲 -乙", "甲 －乙"),
        ("甲 乙", "甲\u3000乙"),
        ('-title:("甲")', "－title：（＂甲＂）"),
        ("「甲」", "｢甲｣"),
    ],
)
def test_operators_mean_the_same_in_either_width(half_width: str, full_width: str) -> None:
    assert parse(full_width) == parse(half_width)


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("甲 OR（乙 丙）", either(甲, every(乙, 丙))),
        ('"甲"OR"乙"', either(PhraseNode("甲"), PhraseNode("乙"))),
        ("NOT「甲」", NotNode(PhraseNode("甲"))),
    ],
)
def test_an_operator_may_touch_a_bracket_or_quote(query: str, tree: QueryNode) -> None:
    assert parse(query) == tree


@given(anything | queries)
@example('"' * 3)
@example("(" * 60)
@example("title:" * 3)
@example("OR OR")
def test_any_text_is_a_tree_or_an_error_with_a_place_in_it(text: str) -> None:
    try:
        tree = parse(text)
    except QuerySyntaxError as error:
        assert 0 <= error.position < len(text)
        assert error.query == text
        assert error.reason
    else:
        assert_well_made(tree)


@given(anything | queries)
@example('"' * 3)
@example("(" * 60 + "甲")
@example("甲 " + ")" * 3)
@example("NOT OR AND title:")
def test_the_lenient_reading_takes_any_text(text: str) -> None:
    assert_well_made(parse(text, lenient=True))


@given(st.lists(st.sampled_from(["甲", "C++", "3.6.3", "國際論壇", "，"]), max_size=6))
def test_text_without_operators_is_read_as_its_parts(words: list[str]) -> None:
    texts = tuple(TextNode(word) for word in words if word != "，")
    expected = AndNode(texts) if len(texts) > 1 else texts[0] if texts else NOTHING
    assert parse(" ".join(words)) == parse(" ".join(words), lenient=True) == expected


def assert_well_made(tree: QueryNode) -> None:
    """No node is empty, needless or nested in one of its own kind."""
    match tree:
        case AndNode(children) | OrNode(children):
            assert len(children) > 1
            for child in children:
                assert type(child) is not type(tree)
                assert child != NOTHING
                assert_well_made(child)
        case NotNode(child):
            assert child != NOTHING
            assert_well_made(child)
        case TextNode(text) | PhraseNode(text):
            assert has_tokens(text)


@pytest.mark.parametrize("depth", [1, MAX_DEPTH])
def test_groups_may_be_nested_to_the_limit(depth: int) -> None:
    assert parse("(" * depth + "甲" + ")" * depth) == 甲


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 9 * MAX_DEPTH])
def test_groups_nested_deeper_are_refused(depth: int) -> None:
    query = "(" * depth + "甲" + ")" * depth
    with pytest.raises(QuerySyntaxError, match=f"more than {MAX_DEPTH} deep") as caught:
        parse(query)
    assert caught.value.position == MAX_DEPTH
    assert "甲" in repr(parse(query, lenient=True))


def test_a_query_may_have_the_maximum_of_parts() -> None:
    tree = parse(" ".join("甲乙"[n % 2] for n in range(MAX_TOKENS)))
    assert isinstance(tree, AndNode)
    assert len(tree.children) == MAX_TOKENS


def test_a_query_with_more_parts_is_refused() -> None:
    query = " ".join(["甲"] * (MAX_TOKENS + 1))
    with pytest.raises(QuerySyntaxError, match=f"more than {MAX_TOKENS}") as caught:
        parse(query)
    assert caught.value.position == 2 * MAX_TOKENS
    tree = parse(query, lenient=True)
    assert isinstance(tree, AndNode)
    assert len(tree.children) == MAX_TOKENS


def test_a_phrase_of_any_length_is_one_token() -> None:
    text = "甲 " * MAX_TOKENS * 2
    assert parse(f'"{text}"') == PhraseNode(text)


def test_a_query_longer_than_the_limit_is_refused() -> None:
    assert parse("甲" * MAX_LENGTH) == TextNode("甲" * MAX_LENGTH)
    with pytest.raises(QuerySyntaxError, match=f"{MAX_LENGTH + 1} characters"):
        parse("甲" * (MAX_LENGTH + 1))
    assert parse("甲" * (MAX_LENGTH + 1), lenient=True) == TextNode("甲" * MAX_LENGTH)


# The rest of the language: open words, slop, values, dates, weights.
LANGUAGE: list[tuple[str, QueryNode]] = [
    ('"中日 关系"~5', PhraseNode("中日 关系", None, 5)),
    ("“中日”～5", PhraseNode("中日", None, 5)),
    ('title:"中日 关系"~5', PhraseNode("中日 关系", "title", 5)),
    ("半导*", PrefixNode("半导")),
    ("半导＊", PrefixNode("半导")),
    ("micro*", PrefixNode("micro")),
    ("GPT-4*", PrefixNode("GPT-4")),
    ("title:micro*", PrefixNode("micro", "title")),
    ("micro*ft", WildcardNode("micro*ft")),
    ("w?rd", WildcardNode("w?rd")),
    ("w??d*s", WildcardNode("w??d*s")),
    ("body:w?rd", WildcardNode("w?rd", "body")),
    ("*8000", WildcardNode("*8000")),
    ("*phone", WildcardNode("*phone")),
    ("*phone*", WildcardNode("*phone*")),
    ("＊phone＊", WildcardNode("*phone*")),
    ("**phone", WildcardNode("**phone")),
    ("*a?e*", WildcardNode("*a?e*")),
    ("title:*soft", WildcardNode("*soft", "title")),
    ("-*soft", NotNode(WildcardNode("*soft"))),
    ("*soft^2", BoostNode(WildcardNode("*soft"), 2)),
    ("*经济", TextNode("经济")),
    ("*经济*", PrefixNode("经济")),
    ("**甲", TextNode("甲")),
    ("iphone1?", WildcardNode("iphone1?")),
    ("iphone?5", WildcardNode("iphone?5")),
    ("iph*15", WildcardNode("iph*15")),
    ("GPT4?o", WildcardNode("GPT4?o")),
    ("iphone1*", PrefixNode("iphone1")),
    ("2024?", TextNode("2024?")),
    ("GPT-4?", TextNode("GPT-4?")),
    ("helo~", FuzzyNode("helo", None, 1)),
    ("helo~2", FuzzyNode("helo", None, 2)),
    ("ｈｅｌｏ～", FuzzyNode("ｈｅｌｏ", None, 1)),
    ("title:helo~", FuzzyNode("helo", "title", 1)),
    ("what?", TextNode("what?")),
    ("是什么?", TextNode("是什么?")),
    ("是什么？", TextNode("是什么？")),
    ("https://example.com/a?b=c", TextNode("https://example.com/a?b=c")),
    ("甲^2", BoostNode(甲, 2)),
    ("甲＾2", BoostNode(甲, 2)),
    ("甲^0.5 乙", AndNode((BoostNode(甲, 0.5), 乙))),
    ('"甲 乙"^3', BoostNode(PhraseNode("甲 乙"), 3)),
    ('"甲 乙"~2^3', BoostNode(PhraseNode("甲 乙", None, 2), 3)),
    ("(甲 乙)^2", BoostNode(AndNode((甲, 乙)), 2)),
    ("(甲^2)^3", BoostNode(BoostNode(甲, 2), 3)),
    ("helo~^2", BoostNode(FuzzyNode("helo"), 2)),
    ("甲*^2", BoostNode(PrefixNode("甲"), 2)),
    ("-甲^2", NotNode(甲)),
    ("a^b", TextNode("a^b")),
    ("^_^ 甲", 甲),
    ("source:example.com", TermNode("source", "example.com")),
    ("source：「某 报」", TermNode("source", "某 报")),
    ("SOURCE:X", TermNode("source", "X")),
    ("tag:茶", TermNode("tag", "茶")),
    ("-tag:茶", NotNode(TermNode("tag", "茶"))),
    ("tag:a OR tag:b", OrNode((TermNode("tag", "a"), TermNode("tag", "b")))),
    ("date:2024", DateRangeNode(date(2024, 1, 1), date(2024, 12, 31))),
    ("date:2024-02", DateRangeNode(date(2024, 2, 1), date(2024, 2, 29))),
    ("date:2024-7-1", DateRangeNode(date(2024, 7, 1), date(2024, 7, 1))),
    ("date:2024/07/31", DateRangeNode(date(2024, 7, 31), date(2024, 7, 31))),
    ("date:2024年7月", DateRangeNode(date(2024, 7, 1), date(2024, 7, 31))),
    ("date:2024年7月31日", DateRangeNode(date(2024, 7, 31), date(2024, 7, 31))),
    ("date：２０２４－０７", DateRangeNode(date(2024, 7, 1), date(2024, 7, 31))),
    ("date:2024-01..2024-07", DateRangeNode(date(2024, 1, 1), date(2024, 7, 31))),
    ("date:2024..", DateRangeNode(date(2024, 1, 1), None)),
    ("date:..2023", DateRangeNode(None, date(2023, 12, 31))),
    ("date:9999-12..", DateRangeNode(date(9999, 12, 1), None)),
    ("date:2024 茶", AndNode((DateRangeNode(date(2024, 1, 1), date(2024, 12, 31)), TextNode("茶")))),
]

MALFORMED_LANGUAGE: list[tuple[str, str, int]] = [
    ("中~", "~ behind a word is for a run of letters or of digits", 0),
    ("甲 GPT-4~", "~ behind a word is for a run of letters or of digits", 2),
    (f"甲 w{'?' * 49}d", "a word with * or ? has at most 50 characters, not 51", 2),
    ("w*d?????d", "a word with ? behind * has at most 8 characters, not 9", 0),
    (f"w{'d*' * 25}d", "a word with * or ? has at most 50 characters, not 52", 0),
    ("helo~3", "the distance behind ~ is a number from 1 to 2, not 3", 0),
    ("helo~0", "the distance behind ~ is a number from 1 to 2, not 0", 0),
    ('"甲 乙"~0', "the slop behind ~ is a number from 1 to 100, not 0", 0),
    ('"甲 乙"~', "the slop behind ~ is a number from 1 to 100", 0),
    ('"甲 乙"~101', "the slop behind ~ is a number from 1 to 100, not 101", 0),
    ("甲^0", "the weight behind ^", 0),
    ("甲^101", "the weight behind ^", 0),
    ("半*体", "* stands at the end of a word", 0),
    ("*s", "a word that begins with * has at least 2 letters or digits", 0),
    ("甲 *1*", "a word that begins with * has at least 2 letters or digits", 2),
    ("*phone15", "a word that begins with * has letters or digits, not both", 0),
    ("*a?????b*", "a word with ? behind * has at most 8 characters, not 9", 0),
    (f"*{'a' * 50}", "a word with * or ? has at most 50 characters, not 51", 0),
    ("a?1?b?2?c", "may part into letters and digits in too many ways", 0),
    (f"{'a?1?' * 12}b", "may part into letters and digits in too many ways", 0),
    ("**甲**", "* stands at the end of a word", 0),
    ("*iPhone手机", "* stands at the end of a word", 0),
    ("*GPT-4", "* stands at the end of a word", 0),
    ("C++*x", "* stands at the end of a word", 0),
    ("source:(甲)", "source: needs a value", 0),
    ("甲 tag:", "tag: has nothing behind it", 2),
    ('tag:" " 甲', "tag: needs a value", 0),
    ("date:(2024)", "date: needs a value", 0),
    ("date:abc", "'abc' is no date", 5),
    ("date:2024-13", "'2024-13' is no date", 5),
    ("date:2024-02-30", "'2024-02-30' is no date", 5),
    ("date:.. 甲", "'..' is no date", 5),
    ("date:0000", "'0000' is no date", 5),
    ("甲 " * 1001, "more than 1000 words", 2000),
]


def test_all_tables_of_queries_together_are_complete() -> None:
    assert len(READ_ALIKE) + len(LANGUAGE) >= 120
    assert len(MALFORMED) + len(MALFORMED_LANGUAGE) >= 40


@pytest.mark.parametrize(("query", "tree"), LANGUAGE)
def test_the_rest_of_the_language_means_this_tree(query: str, tree: QueryNode) -> None:
    assert parse(query) == parse(query, lenient=True) == tree


@pytest.mark.parametrize(("query", "said", "position"), MALFORMED_LANGUAGE)
def test_the_rest_of_the_language_is_refused_with_the_position(query: str, said: str, position: int) -> None:
    with pytest.raises(QuerySyntaxError, match=re.escape(said)) as caught:
        parse(query)
    assert caught.value.position == position
    parse(query, lenient=True)


@pytest.mark.parametrize("query", [query for query, _ in READ_ALIKE + LANGUAGE])
def test_the_text_of_a_tree_parses_to_the_tree(query: str) -> None:
    assert parse(str(parse(query))) == parse(query)


@given(queries | anything)
@example("--OR")
@example("--title:甲")
@example("~2~")
@example("甲~2^3~")
@example("tga:)(?@")
@example('甲"乙"-a*')
@example("甲 -((乙^3)^2)")
@example("NOT^0")
@example(f"a{'?' * 50}NOT*")
@example("-AND^2")
@example("title:OR^2")
@example("，" * 10 + "中~*")
def test_the_text_of_any_tree_parses_to_the_tree(text: str) -> None:
    tree = parse(text, lenient=True)
    assert parse(str(tree)) == tree


def test_a_letter_or_digit_alone_is_a_text() -> None:
    """Also without the lexer, which a query of letters and digits does not need."""
    characters = [character for character in map(chr, range(sys.maxunicode + 1)) if character.isalnum()]
    for character in characters:  # some are no tokens: ª, ʰ
        assert parse(character) == (TextNode(character) if has_tokens(character) else NOTHING)
    assert parse("".join(characters[:1000])) == _Parser("".join(characters[:1000]), lenient=False).query()


@pytest.mark.parametrize("word", ["AND", "OR", "NOT"])
def test_an_operator_alone_is_no_text(word: str) -> None:
    with pytest.raises(QuerySyntaxError):
        parse(word)
    assert parse(word, lenient=True) == NOTHING


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("半导*", PrefixNode("半导")),
        ("陶瓷材料的显微结构设计*", TextNode("陶瓷材料的显微结构设计·")),
        ("陶瓷材料的显微结构设计abc*", PrefixNode("陶瓷材料的显微结构设计abc")),
    ],
)
def test_a_star_behind_a_chinese_sentence_changes_nothing(query: str, expected: QueryNode) -> None:
    assert parse(query) == parse(query, lenient=True) == expected

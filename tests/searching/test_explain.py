"""Why a query finds a document or not, and what its score is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import HAN, LATIN_WORDS, WORDS, queries

import searchkit
from searchkit import Document, Index, QuerySyntaxError
from searchkit.query.scoring import ALTERNATIVE, TITLE, TITLE_ALONE, WEIGHTS

MakeIndex = Callable[..., Index]

ASKED = [*WORDS[:14], "软件", "軟體", "出租车", "計程車", "土豆", "马铃薯", "machine", "learning", "机器学习"]
SYNONYMS: dict[str, list[str]] = {
    "土豆": ["马铃薯", "洋芋头"],
    "machine learning": ["机器学习"],
    "中国": ["中华人民共和国"],
}

bodies = st.lists(st.sampled_from([*ASKED, *HAN[:6], *LATIN_WORDS[:6], "，", "\n"]), min_size=1, max_size=15)
collections = st.lists(
    st.tuples(bodies, bodies).map(
        lambda both: Document(title=" ".join(both[0]).replace("\n", ""), body="".join(both[1]) + "文")
    ),
    min_size=1,
    max_size=6,
)
asked = st.sampled_from(ASKED)
pieces = (
    asked
    | st.tuples(asked, asked).map("".join)
    | asked.map('"{}"'.format)
    | asked.map("-{}".format)
    | asked.map("title:{}".format)
    | asked.map("body:{}".format)
    | asked.map("{}*".format)
    | st.tuples(asked, st.sampled_from(["^2", "^0.5", "^30"])).map("".join)
    | st.tuples(asked, asked).map("({0[0]} OR {0[1]})".format)
    | st.tuples(asked, asked).map("({0[0]} {0[1]})^3".format)
    | st.sampled_from(["machine learning", "source:甲报", "date:2024", "learnig~", "mach*ne"])
)
well_formed = st.lists(pieces, min_size=1, max_size=4).map(" ".join)


@settings(max_examples=80)
@given(
    collections,
    st.lists(well_formed, min_size=1, max_size=4),
    st.fixed_dictionaries(
        {
            "match": st.sampled_from(["most", "all", "any"]),
            "regional": st.booleans(),
            "synonyms": st.booleans(),
        }
    ),
)
def test_an_explanation_agrees_with_the_search(
    documents: list[Document], asked_for: list[str], options: dict[str, Any]
) -> None:
    with searchkit.create(":memory:", synonyms=SYNONYMS) as index:
        index.add(
            Document(id=str(n), title=one.title, body=one.body, source="甲报" if n % 2 else "")
            for n, one in enumerate(documents)
        )
        for query in asked_for:
            results = index.search(query, limit=100, **options)
            scores = {hit.id: hit.score for hit in results}
            for document in index:
                why = index.explain(query, document.id, **options)
                assert (why.matches or why.relaxed) == (document.id in scores)
                assert why.matches == (not why.missing)
                if why.matches:
                    assert why.score == pytest.approx(scores[document.id], rel=1e-5, abs=1e-6)
                points = [one.points for one in why.contributions]
                assert why.score == pytest.approx(sum(points), rel=1e-5, abs=1e-6)
                assert points == sorted(points, reverse=True)
                assert all(point > 0 for point in points)
                assert len({(one.field, one.term) for one in why.contributions}) == len(points)
                assert (why.id, why.query, why.documents) == (document.id, results.query, len(index))
                assert str(why).count("\n") == 1 + len(points)


@settings(max_examples=100)
@given(queries, st.integers(0, 10))
def test_any_query_is_explained(sample_index: Index, query: str, number: int) -> None:
    document = list(sample_index)[number]
    why = sample_index.explain(query, document.id, lenient=True)
    assert why.matches == (not why.missing)
    assert why.score == pytest.approx(sum(one.points for one in why.contributions), rel=1e-5, abs=1e-6)
    str(why).encode()


@pytest.fixture
def index(make_index: MakeIndex) -> Index:
    return make_index(
        Document(id="1", title="土豆湯", body="土豆和水。土豆好吃。", source="甲报"),
        Document(id="2", title="软件", body="新的軟體，新的机器学习"),
        Document(id="3", title="茶", body="水"),
        synonyms=SYNONYMS,
    )


@pytest.mark.parametrize(
    ("query", "id", "missing"),
    [
        ("土豆", "1", ()),
        ("土豆", "3", ("土豆",)),
        ("土豆 茶", "1", ("茶",)),
        ("土豆 茶 水", "3", ("土豆",)),
        ("茶 软件 土豆", "3", ("软件", "土豆")),
        ("土豆 -水", "1", ("-水",)),
        ("-土豆", "1", ("-土豆",)),
        ("-土豆", "3", ()),
        ('"土豆水"', "1", ('"土豆水"',)),
        ("title:水 土豆", "1", ("title:水",)),
        ("(茶 OR 软件) 土豆", "1", ("茶 OR 软件",)),
        ("茶 OR 软件", "1", ("茶 OR 软件",)),
        ("茶^2 土豆", "1", ("茶^2",)),
        ("source:甲报 土豆", "1", ()),
        ("source:乙报 土豆", "1", ('source:"乙报"',)),
        ("date:2024 土豆", "1", ("date:2024-01-01..2024-12-31",)),
        ("软体 新", "2", ()),
        ("machine learning", "2", ()),
        ("machine learning 茶", "2", ("learning茶",)),
        ("machine learning 茶", "1", ("machine", "learning茶")),
        ("machine -learning 新", "2", ("machine",)),
    ],
)
def test_missing_conditions_of_a_query_are_named(
    query: str, id: str, missing: tuple[str, ...], index: Index
) -> None:
    why = index.explain(query, id)
    assert why.missing == missing
    assert why.matches == (not missing)
    for part in missing:
        assert part in str(why)


def test_without_alternatives_what_has_only_these_is_missing(index: Index) -> None:
    assert index.explain("軟體", "2").missing == ()
    assert index.explain("出租车", "2", regional=False).missing == ("出租车",)
    assert index.explain("machine learning", "2", synonyms=False).missing == ("machine", "learning")


def test_a_contribution_says_where_the_term_stands_and_how_often(index: Index) -> None:
    found = {(one.field, one.term): one for one in index.explain("土豆", "1").contributions}
    word = found["words", "土豆"]
    assert (word.times, word.documents, word.weight) == (4, 1, 1.0), "that of the title counts twice"
    assert found["body_bigrams", "土豆"].times == 2
    assert found["title_bigrams", "土豆"].times == 1
    thrice = {(one.field, one.term): one for one in index.explain("土豆^3", "1").contributions}
    assert {place: one.weight for place, one in thrice.items()} == {
        place: 3 * one.weight for place, one in found.items()
    }
    assert index.explain("土豆^3", "1").score == pytest.approx(3 * index.explain("土豆", "1").score, rel=1e-5)


def test_an_alternative_counts_less_and_is_named(index: Index) -> None:
    index.delete("1")
    why = index.explain("土豆 OR 软件", "2")
    weights = {**WEIGHTS, "title_bigrams": TITLE + TITLE_ALONE}
    share = {one.term: one.weight / weights[one.field] for one in why.contributions}
    assert 0 < share["软体"] <= ALTERNATIVE < share["软件"] == 1


def test_a_missing_condition_may_still_score(index: Index) -> None:
    why = index.explain("土豆 茶", "1")
    assert not why.matches
    assert why.score == pytest.approx(index.explain("土豆", "1").score, rel=1e-5) != 0


@pytest.mark.parametrize(
    ("query", "id", "lines"),
    [
        (
            "土豆 茶",
            "1",
            [
                "土豆 茶  →  1",
                "is listed behind the few that match: it does not satisfy 茶. It has a score of ",
            ],
        ),
        ("茶", "1", ["茶  →  1", "does not match: it does not satisfy 茶. What it has would score "]),
        ("茶", "3", ["茶  →  3", "matches, with a score of ", "among 3 documents:"]),
        ("水", "3", ["水  (character in the body: once here, in 2 documents, weight 0.75)"]),
        ("土豆", "1", ["土豆  (word in title (twice) and body: 4 times here, in 1 documents, weight 1)"]),
        ("土豆", "1", ["土豆  (pair in the body: 2 times here, in 1 documents, weight 0.75)"]),
        ("title:土豆", "1", ["土豆  (pair in the title: once here, in 1 documents, weight 1)"]),
        ("title:茶", "3", ["茶  (character in the title: once here, in 1 documents, weight 0.5)"]),
        ("source:甲报", "1", ['source:"甲报"  →  1', "matches, with a score of 0.000 among 3 documents:"]),
        ("", "1", ["  →  1", "does not match"]),
    ],
)
def test_str_of_an_explanation_is_readable(query: str, id: str, lines: list[str], index: Index) -> None:
    text = str(index.explain(query, id))
    for line in lines:
        assert line in text


def test_explain_refuses_an_unknown_document(index: Index) -> None:
    for unknown in ("nothing", ""):
        with pytest.raises(KeyError, match="there is no document"):
            index.explain("土豆", unknown)


def test_explain_refuses_a_malformed_query(index: Index) -> None:
    with pytest.raises(QuerySyntaxError):
        index.explain('"土豆', "1")
    assert index.explain('"土豆', "1", lenient=True).matches


@pytest.mark.parametrize("options", [{"match": "some"}, {"match": None}])
def test_explain_refuses_invalid_options(options: dict[str, Any], index: Index) -> None:
    with pytest.raises(ValueError, match="match"):
        index.explain("土豆", "1", **options)


def test_deleted_documents_do_not_count_in_explanations(index: Index) -> None:
    index.delete("3")
    index.rebuild()
    why = index.explain("水", "1")
    assert why.documents == 2
    assert {one.documents for one in why.contributions} == {1}

"""Which terms of a long query are scored: those that say something in this index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import HAN, queries

from searchkit.analysis import Analyzer, normalize
from searchkit.engine import create_engine
from searchkit.engine.base import IndexDocument
from searchkit.engine.plan import TEXT_FIELDS, TEXT_PREFIX, Plan, Term
from searchkit.query import parse, plan_query
from searchkit.query.scoring import LITTLE, LONG, WEIGHTS, FieldTerm, idf, telling_terms
from searchkit.schema import TAGS, TITLE_KEY, Schema, text_field

ANALYZER = Analyzer()
_CHARACTERS = [chr(code) for code in range(0x4E00, 0x5E00) if normalize(chr(code)) == chr(code)]
HEADLINE = "".join(Random(1).sample(_CHARACTERS, 20))
SIZE = 20_000


class Frequencies:
    """The statistics of an index of which only this is known; all other terms are in one document."""

    def __init__(self, of: Mapping[FieldTerm, int], size: int = SIZE) -> None:
        self.of = of
        self.size = size
        self.asked: list[str] = []

    def __len__(self) -> int:
        return self.size

    def doc_freqs(self, field: str, terms: Sequence[str]) -> list[int]:
        self.asked.append(field)
        return [self.of.get((field, term), 0 if field.startswith(TEXT_PREFIX) else 1) for term in terms]


def everywhere(text: str) -> Frequencies:
    """Characters that every document has."""
    return Frequencies({(f"{part}_unigrams", token): SIZE for part in ("title", "body") for token in text})


def plan(query: str, statistics: Frequencies) -> Plan:
    return plan_query(parse(query), ANALYZER, statistics).plan


def scored(query: str, statistics: Frequencies) -> dict[FieldTerm, float]:
    found = plan(query, statistics).scores
    return {
        (score.node.field, score.node.text): score.weight for score in found if isinstance(score.node, Term)
    }


def test_a_long_query_has_no_frequent_characters_and_no_title_bigrams() -> None:
    frequent, rare = HEADLINE[:10], HEADLINE[10:]
    found = scored(HEADLINE, everywhere(frequent))
    assert {field for field, _ in found} == {"words", "body_bigrams", "body_unigrams"}
    assert {term for field, term in found if field == "body_unigrams"} == set(rare)


def test_what_matches_does_not_depend_on_it() -> None:
    """On how frequent characters are; what is needed depends on the words."""
    assert plan(HEADLINE, everywhere(HEADLINE)).match == plan(HEADLINE, Frequencies({})).match


@given(queries)
def test_without_a_question_to_the_engine_nothing_depends_on_it(query: str) -> None:
    common, rare = everywhere(HAN), Frequencies({})
    found = parse(query, lenient=True)
    plans = [plan_query(found, ANALYZER, statistics).plan for statistics in (common, rare)]
    assert plans[0] == plans[1] or common.asked


def test_few_questions_are_asked_of_an_engine() -> None:
    """Which words are needed, and which terms are scored."""
    statistics = everywhere(HEADLINE)
    plan(HEADLINE, statistics)
    of_texts = {f"{field}_{part}" for field in ("title", "body") for part in ("bigrams", "unigrams")}
    assert set(statistics.asked) <= {*of_texts, f"{text_field(TAGS)}_unigrams", TITLE_KEY}
    assert len(statistics.asked) <= 7


def test_the_limit_is_a_number_of_terms() -> None:
    few = {("body_unigrams", str(number)): 0.75 for number in range(LONG)}
    statistics = Frequencies(dict.fromkeys(few, SIZE))
    assert list(telling_terms(few, statistics)) == list(few)
    assert statistics.asked == []
    assert list(telling_terms({**few, ("words", "a"): 1.0}, statistics)) == [("words", "a")]


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(TEXT_FIELDS), st.text("甲乙丙丁", min_size=1, max_size=4)),
        st.sampled_from([*WEIGHTS.values(), 0.5, 0.01]),
        min_size=LONG + 1,
        max_size=LONG + 20,
    ),
    st.integers(0, 10**7),
    st.integers(0, 10**7),
)
def test_nothing_that_says_more_is_left_out(weights: dict[FieldTerm, float], size: int, having: int) -> None:
    statistics = Frequencies(dict.fromkeys(weights, having), size)
    kept = list(telling_terms(weights, statistics))
    assert kept, "a query that ranks still ranks"
    assert kept == [term for term in weights if term in set(kept)], "in order"
    for term in weights.keys() - set(kept):
        is_looked_up = term[0].endswith("_unigrams")
        most = idf(size, min(having, 1) if not is_looked_up else having)
        assert weights[term] * min(most, idf(size, 1)) <= LITTLE * idf(size, 1) * (1 + 1e-9)


@pytest.mark.parametrize("boost", ["0.01", "3", "100"])
def test_a_boost_changes_no_choice(boost: str) -> None:
    statistics = everywhere(HEADLINE[:10])
    plain = scored(HEADLINE, statistics)
    assert scored(f"({HEADLINE})^{boost}", statistics).keys() == plain.keys()
    beside = scored(f"{HEADLINE} OR 茶^{boost}", statistics)
    assert plain.keys() <= beside.keys()


def test_a_headline_of_the_title_field_keeps_its_bigrams() -> None:
    longer = "".join(Random(2).sample(_CHARACTERS, LONG))
    found = scored(f"title:{longer}", everywhere(longer))
    assert {field for field, _ in found} == {"title_bigrams"}


@pytest.mark.parametrize("location", [":memory:", "whoosh:index"])
def test_engines_choose_alike(location: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(str(tmp_path))
    engine = create_engine(location, {}, Schema().for_engine)
    writer = engine.writer(timeout=1)
    for number in range(30):
        terms = dict.fromkeys(TEXT_FIELDS, "")
        terms["body_unigrams"] = " ".join(HEADLINE[: 20 - number // 2])
        writer.upsert(IndexDocument(str(number), b"", terms))
    writer.commit()
    writer.close()
    found = plan_query(parse(HEADLINE), ANALYZER, engine.snapshot()).plan.scores
    unigrams = [
        score.node.text
        for score in found
        if isinstance(score.node, Term) and score.node.field == "body_unigrams"
    ]
    assert unigrams == list(HEADLINE[-len(unigrams) :]), "the rarest"
    assert len(unigrams) == 10

"""Written in one piece or in several: each writing finds the others, marked whole and ranked alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import searchkit
from searchkit import Document, Index
from searchkit.query.frequencies import Frequencies
from searchkit.query.joints import from_joints
from searchkit.query.splits import find_splits

MakeIndex = Callable[..., Index]

WRITINGS = [
    group.split("|")
    for group in """
    wifi|Wi-Fi|wi fi|WI_FI|wi.fi
    email|e-mail|E_mail
    AK47|AK-47|AK 47|ak_47
    covid19|COVID-19|Covid 19
    github|git hub|Git-Hub
    nodejs|Node.js|node js|node-js
    GBT7714|GB/T 7714|GB/T7714|GB-T 7714
    typec|Type-C|type c
    SARSCoV2|SARS-CoV-2|SARS-CoV2|sarscov2
    foobar|foo_bar|foo-bar|foo.bar|foo bar
    ebook|e-book|E-Book
    GPT4|gpt-4|GPT 4
    dropdownmenu|drop_down_menu|drop-down-menu
    Вайфай|вай-фай
    T恤|t恤
    13800138000|138-0013-8000|138 0013 8000
    4008008888|400-800-8888|400 800 8888
    02112345678|021-12345678
    9787111123456|978-7-111-12345-6
    """.strip().splitlines()
    for group in [group.strip()]
]
FILLER = [f"今天天气不错，the end of a day，第{number}个公园 {number * 7}" for number in range(60)]


def index_of(make_index: MakeIndex, texts: Sequence[str]) -> Index:
    return make_index(
        *[f"这里写着“{text}”，没有别的，大家看了都说好，就这样定了。" for text in texts], *FILLER
    )


def ids(index: Index, query: str) -> set[int]:
    return {int(hit.id) for hit in index.search(query, limit=1000, match="all")}


@pytest.mark.parametrize("group", WRITINGS, ids=lambda group: group[0])
class TestWritings:
    def test_each_finds_all_and_nothing_else(self, group: list[str], make_index: MakeIndex) -> None:
        index = index_of(make_index, group)
        for query in group:
            assert ids(index, query) == set(range(len(group))), query

    def test_each_finds_each_alone(self, group: list[str], make_index: MakeIndex) -> None:
        for text in group:
            index = index_of(make_index, [text])
            for query in group:
                assert ids(index, query) == {0}, (query, text)

    def test_they_are_marked_whole(self, group: list[str], make_index: MakeIndex) -> None:
        index = index_of(make_index, group)
        for query in group:
            if " " in query:
                continue  # typed apart, it may be marked apart
            for hit in index.search(query, limit=100, match="all"):
                assert f"“<mark>{group[int(hit.id)]}</mark>”" in hit.snippet.html().replace("&#39;", "'")

    def test_they_stand_within_other_words_and_in_quotes(
        self, group: list[str], make_index: MakeIndex
    ) -> None:
        index = make_index(*[f"他问{text}密码在哪" for text in group], *FILLER)
        for query in group:
            assert ids(index, f"{query}密码") == set(range(len(group))), query
            if " " not in query:
                assert ids(index, f'"{query}密码"') == set(range(len(group))), query


@pytest.mark.parametrize("group", [group for group in WRITINGS if "GB" not in group[0]], ids=lambda g: g[0])
def test_texts_alike_but_for_the_writing_rank_alike(group: list[str], make_index: MakeIndex) -> None:
    index = index_of(make_index, group)
    for query in group:
        scores = [hit.score for hit in index.search(query, limit=100, match="all")]
        if " " not in query:
            assert min(scores) > 0.87 * max(scores), query


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("a part of it", "apart"),
        ("stand apart", "a part"),
        ("the rapist", "therapist"),
        ("my therapist", "the rapist"),
        ("it may be so", "maybe"),
        ("maybe so", "may be"),
        ("one of ten", "often"),
        ("they often do", "of ten"),
        ("the government's plan", "governments"),
        ("we're here", "were"),
        ("we'll see", "well"),
        ("come in to me", "into"),
        ("10-12月", "1012"),
        ("比分73-92", "7392"),
        ("版本3.6.3", "363"),
        ("v3.6.3", "v363"),
        ("1012", "10 12 月"),
    ],
)
def test_words_side_by_side_are_no_writing_of_another(text: str, query: str, make_index: MakeIndex) -> None:
    assert ids(make_index(text, *FILLER), query) == set()


@pytest.mark.parametrize(
    "query", ["wifi", '"wifi"', "title:wifi", "wifi OR 茶", "(wifi 密码)", "wifi^2 密码"]
)
def test_all_parts_of_a_query_know_them(query: str, make_index: MakeIndex) -> None:
    document = Document(id="0", title="Wi-Fi密码", body="Wi-Fi密码")
    assert ids(make_index(document, Document(id="1", body="牛奶")), query) == {0}


def test_what_is_excluded_is_excluded_in_all_writings(make_index: MakeIndex) -> None:
    index = make_index("茶 wifi", "茶 Wi-Fi", "茶 wi fi", "茶 fi")
    assert ids(index, "茶 -wifi") == ids(index, "茶 -Wi-Fi") == {3}


def test_a_passage_with_a_space_is_no_word(make_index: MakeIndex) -> None:
    assert ids(make_index("github", *FILLER), '"git hub"') == set()


def test_what_the_index_does_not_hold_changes_nothing(make_index: MakeIndex) -> None:
    index = make_index("wifi密码", "wifi")
    snapshot = Frequencies(index._engine.snapshot())
    assert from_joints("wifi", ["wifi"], snapshot) == []
    assert find_splits(["wifi", "notable", "13800138000"], snapshot) == {"13800138000": []}


def test_an_index_is_asked_few_times(make_index: MakeIndex) -> None:
    index = make_index("Wi-Fi and internationalization 138-0013-8000")
    engine = index._engine.snapshot()
    asked: list[int] = []

    class Counted:
        def __len__(self) -> int:
            return len(engine)

        def doc_freqs(self, field: str, terms: Sequence[str]) -> list[int]:
            asked.append(len(terms))
            return engine.doc_freqs(field, terms)

    tokens = ["internationalization", "x" * 300, "a" * 24]
    from_joints(" ".join(tokens), tokens, Frequencies(Counted()))
    assert len(asked) <= 10
    assert sum(asked) <= 400
    asked.clear()
    from_joints("8613800138000", ["8613800138000"], Frequencies(Counted()))
    assert len(asked) <= 16
    assert max(asked) <= 60
    asked.clear()
    from_joints("中国的历史", [*"中国的历史"], Frequencies(Counted()))
    assert asked == []


parts = st.lists(st.text("bcdfghjkm", min_size=2, max_size=4), min_size=2, max_size=3)


@given(parts, st.permutations(["", "-", "_", "."]))
def test_any_parts_find_one_another(words: list[str], joints: list[str]) -> None:
    """Whatever joint stands between them; each alone in an index."""
    writings = [joint.join(words) for joint in joints[:2]]
    for text, query in permutations(writings, 2):
        with searchkit.create(":memory:") as index:
            index.add([{"id": "0", "body": f"写着{text}。"}, {"id": "1", "body": "茶"}])
            found = list(index.search(query))
            assert [hit.id for hit in found] == ["0"], (text, query)
            (hit,) = found
            assert [hit.snippet.text[start:end] for start, end in hit.snippet.spans] == [text]


@given(st.lists(st.text("0123456789", min_size=3, max_size=5), min_size=2, max_size=4), st.sampled_from("- "))
def test_any_groups_of_a_number_find_one_another(groups: list[str], joint: str) -> None:
    whole, grouped = "".join(groups), joint.join(groups)
    if len(whole) < 7:
        return
    for text, query in ((whole, grouped), (grouped, whole)):
        with searchkit.create(":memory:") as index:
            index.add([{"id": "0", "body": f"电话{text}。"}])
            assert [hit.id for hit in index.search(query)] == ["0"], (text, query)

"""Sketches: which texts are the same story, and which are not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import anything, rewritten, texts

from searchkit.analysis import normalize, variants
from searchkit.analysis.kernel import compiled
from searchkit.indexing.sketch import Stories, needed, python_sketch, same_story, sketch

STORY = (
    "昨天上午市政府召开会议，讨论了新地铁线路的建设计划。会议决定明年春天开始动工，预计五年之内完成。"
    "市长表示这条线路将方便数十万居民出行。沿线的商家对此表示欢迎，也担心施工期间的影响。"
    "有关部门将在下个月公布详细方案，并且听取市民的意见。"
)
OTHER = (
    "昨天的天气非常适合郊游，公园里到处都是赏花的人。管理处说今年的樱花开得比往年早一周，"
    "周末的游客可能超过三万人。附近的餐馆也因此忙碌起来。"
)
CLAUSES = [clause for clause in STORY.replace("。", "，").split("，") if clause]

hashes = st.lists(st.sampled_from("abcdefghij"), unique=True, max_size=10).map(tuple)


def same(one: str, other: str) -> bool:
    return same_story(sketch(normalize(one)), sketch(normalize(other)))


def traditional(text: str) -> str:
    return "".join(variants(character)[-1] for character in text)


@pytest.mark.parametrize(
    "other",
    [
        STORY,
        traditional(STORY),
        STORY + "本报将继续关注此事的进展。",
        "本报记者昨天从市政府获悉。" + STORY,
        STORY.replace("，", "\n").replace("。", "\n\n"),
        STORY.replace("，", "；").replace("。", "！"),
        STORY.replace("，", ", ").replace("。", "! "),
        STORY.replace("五年", "六年"),
        STORY[: len(STORY) * 2 // 3],
        STORY + STORY,
        "。".join(reversed(STORY.split("。"))),
        "「" + STORY + "」",
    ],
)
def test_a_story_is_the_same_when_little_is_changed(other: str) -> None:
    assert same(STORY, other)
    assert same(other, STORY)


@pytest.mark.parametrize(
    "other",
    [
        OTHER,
        "",
        CLAUSES[0],
        OTHER + CLAUSES[0] + "。",
        "，".join(CLAUSES[:2]) + "。" + OTHER,
        "地铁。市政府。明年。",
        STORY.replace("的", "之").replace("，", "").replace("。", ""),
    ],
)
def test_stories_that_share_little_are_different(other: str) -> None:
    assert not same(STORY, other)
    assert not same(other, STORY)


@given(texts, texts)
def test_likeness_of_sketches_is_symmetric(one: str, other: str) -> None:
    assert same(one, other) == same(other, one)
    assert same(one, one)


@given(hashes, hashes)
def test_sketches_are_of_one_story_when_half_of_the_larger_is_shared(
    one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    shared = len({*one} & {*other})
    larger = max(len(one), len(other))
    assert same_story(one, other) == same_story(other, one) == (shared >= 1 and 2 * shared >= larger)


@given(st.lists(hashes), hashes)
def test_the_first_of_many_that_is_of_one_story_is_found(
    others: list[tuple[str, ...]], one: tuple[str, ...]
) -> None:
    stories = Stories()
    for other in others:
        stories.add(other)
    alike = [at for at, other in enumerate(others) if same_story(one, other)]
    assert stories.first(one) == (alike[0] if alike else None)


@given(st.data())
def test_a_rewriting_has_the_same_sketch(data: st.DataObject) -> None:
    text = data.draw(texts)
    assert sketch(normalize(data.draw(rewritten(text)))) == sketch(normalize(text))


@given(st.permutations(CLAUSES))
def test_the_order_of_the_clauses_does_not_matter(clauses: list[str]) -> None:
    assert sketch("。".join(clauses)) == sketch("，".join(CLAUSES))


@given(anything | texts)
def test_every_text_has_a_sketch(text: str) -> None:
    found = sketch(normalize(text.encode("utf-8", "replace").decode()))
    assert 1 <= len(found) <= 10
    assert len(set(found)) == len(found)
    assert all(re.fullmatch(r"[\w-]{4}", part, re.ASCII) for part in found)


@given(st.lists(st.sampled_from(CLAUSES), min_size=1, unique=True), st.integers(0, 9))
def test_a_clause_that_is_added_to_a_story_of_several_changes_nothing(
    clauses: list[str], number: int
) -> None:
    """Half of the smallest hashes of a text are there still, from two clauses on."""
    added = [*clauses, f"这是新加的第{number}句话"]
    assert same("。".join(clauses), "。".join(added))


def test_short_texts_are_the_same_when_they_are_equal() -> None:
    assert same("茶", "茶")
    assert not same("茶", "水")
    assert not same("茶，水", "水，茶"), "no clause of it is long enough, so all of it counts"


def test_punctuation_and_spaces_around_clauses_do_not_matter() -> None:
    assert sketch("「市政府召开会议」。 讨论了新线路！") == sketch("市政府召开会议」，讨论了新线路？")


@pytest.mark.parametrize(
    ("size", "expected"),
    [(0, 1), (1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (6, 3), (7, 4), (8, 4), (9, 5), (10, 5)],
)
def test_half_of_the_hashes_must_be_shared(size: int, expected: int) -> None:
    assert needed(size) == expected


@pytest.mark.skipif(compiled is None, reason="the kernel is not built")
@given(texts | anything | st.text(st.sampled_from("甲乙ab1é한𠮷\ud800 \t\u3000_，。,!?\n"), max_size=300))
def test_the_compiled_sketch_is_that_of_python(text: str) -> None:
    assert compiled.sketch(text) == python_sketch(text)


@pytest.mark.skipif(compiled is None, reason="the kernel is not built")
def test_a_long_text_has_the_same_sketch_from_both() -> None:
    text = "".join(f"第{n}句话说的是{n * n}，" for n in range(30_000))
    assert compiled.sketch(text) == python_sketch(text)
    assert len(python_sketch(text)) == 16


def test_a_sketch_is_the_smallest_hashes_of_the_clauses_in_any_order() -> None:
    clauses = [f"这是第{n}个分句" for n in range(40)]
    assert sketch("，".join(clauses)) == sketch("。".join(reversed(clauses)))
    assert len(sketch("，".join(clauses))) == 16
    assert len(sketch("，".join(clauses[:5] * 2))) == 5

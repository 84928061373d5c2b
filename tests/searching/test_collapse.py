"""One hit for a story that several sources tell: collapse="near-duplicates"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import searchkit
from searchkit import Document, Hit, Index
from searchkit.analysis import normalize
from searchkit.indexing.sketch import same_story, sketch

MakeIndex = Callable[..., Index]

NEWS = (
    "昨天上午市政府召开会议，讨论了新地铁线路的建设计划。会议决定明年春天开始动工，预计五年之内完成。"
    "市长表示这条线路将方便数十万居民出行。沿线的商家对此表示欢迎，也担心施工期间的影响。"
)
CLAUSES = [
    "地铁的新线路明年动工",
    "市长说居民出行更方便",
    "商家担心地铁施工影响",
    "预计五年之内可以完成",
    "公园里到处是赏花的人",
    "坐地铁去公园的人很多",
    "茶叶的价格比去年上涨",
    "雪水泡茶的味道最清香",
    "软件公司发布新的产品",
]
DAY = datetime(2024, 1, 1, tzinfo=timezone.utc)
COLLAPSED: dict[str, Any] = {"collapse": "near-duplicates"}

bodies = st.lists(st.sampled_from(CLAUSES), min_size=1, max_size=6, unique=True).map("。".join)


def shape(hits: Sequence[Hit]) -> list[tuple[str, list[str]]]:
    return [(hit.id, [other.id for other in hit.duplicates]) for hit in hits]


def folded_by_hand(hits: Sequence[Hit]) -> list[tuple[str, list[str]]]:
    """Each hit in the first better one of its story that is shown, or shown itself."""
    shown: list[tuple[Hit, list[str]]] = []
    for hit in hits:
        for leader, others in shown:
            if same_story(sketch(normalize(hit.document.body)), sketch(normalize(leader.document.body))):
                others.append(hit.id)
                break
        else:
            shown.append((hit, []))
    return [(leader.id, others) for leader, others in shown]


@pytest.fixture
def index(make_index: MakeIndex) -> Index:
    return make_index(
        Document(id="a", title="地铁新线明年动工", body=NEWS, source="甲报", published=DAY),
        Document(
            id="b",
            title="市政府：修地铁",
            body=NEWS + "本报将继续关注此事的进展。",
            source="乙报",
            published=DAY + timedelta(days=1),
        ),
        Document(
            id="c",
            title="捷運",
            body=NEWS.replace("线", "線").replace("会", "會").replace("铁", "鐵"),
            source="丙報",
            published=DAY + timedelta(days=2),
        ),
        Document(
            id="d",
            title="地铁里的花",
            body="地铁里人很多，大家都去公园看花。管理处说今年花开得早。",
            source="甲报",
            published=DAY + timedelta(days=3),
        ),
    )


class TestByHand:
    def test_a_story_is_one_hit_whatever_its_headline_and_script(self, index: Index) -> None:
        assert index.search("地铁").total == 4
        results = index.search("地铁", **COLLAPSED)
        stories = {frozenset((id, *others)) for id, others in shape(results)}
        assert stories == {frozenset("abc"), frozenset("d")}
        assert results.total == 4, "all of them match"
        best = {hit.id: hit.score for hit in index.search("地铁")}
        for hit in results:
            assert hit.score == best[hit.id]
            assert [other.score for other in hit.duplicates] == [best[other.id] for other in hit.duplicates]
            assert hit.score >= max((other.score for other in hit.duplicates), default=0)

    def test_without_collapse_duplicates_are_separate_hits(self, index: Index) -> None:
        assert [hit.duplicates for hit in index.search("地铁")] == [()] * 4

    @pytest.mark.parametrize(
        ("sort", "expected"),
        [("newest", [("d", []), ("c", ["b", "a"])]), ("oldest", [("a", ["b", "c"]), ("d", [])])],
    )
    def test_collapse_works_in_any_sort_order(self, sort: str, expected: Any, index: Index) -> None:
        assert shape(index.search("地铁", sort=sort, **COLLAPSED)) == expected

    def test_filters_apply_to_duplicates(self, index: Index) -> None:
        results = index.search("地铁", sort="oldest", source=["甲报", "乙报"], **COLLAPSED)
        assert shape(results) == [("a", ["b"]), ("d", [])]
        assert results.total == 3
        assert shape(index.search("地铁 -进展", sort="oldest", **COLLAPSED)) == [("a", ["c"]), ("d", [])]

    def test_duplicates_are_hits_with_highlights(self, index: Index) -> None:
        [story] = index.search("线路", sort="oldest", **COLLAPSED)
        assert [other.source for other in story.duplicates] == ["乙报", "丙報"]
        assert "<mark>線路</mark>" in story.duplicates[1].snippet.html()
        assert story.duplicates[0].duplicates == ()

    def test_facets_count_collapsed_documents(self, index: Index) -> None:
        facets = index.search("地铁", facets="source", **COLLAPSED).facets
        assert facets == {"source": {"甲报": 2, "乙报": 1, "丙報": 1}}

    def test_documents_without_a_body_are_alike_by_their_title(self, make_index: MakeIndex) -> None:
        index = make_index(
            Document(id="1", title="地铁的新线路明年动工"),
            Document(id="2", title="地鐵的新線路明年動工"),
            Document(id="3", title="地铁的旧线路明年停运"),
        )
        stories = {frozenset((id, *others)) for id, others in shape(index.search("地铁", **COLLAPSED))}
        assert stories == {frozenset("12"), frozenset("3")}

    def test_collapse_fills_the_page_despite_many_duplicates(self, make_index: MakeIndex) -> None:
        index = make_index(
            *(Document(id=f"same {n}", body=NEWS) for n in range(60)),
            *(
                Document(id=f"other {n}", body=f"地铁的第{n}号线路今天开通。大家都去坐第{n}号线。")
                for n in range(12)
            ),
        )
        results = index.search("地铁", limit=5, **COLLAPSED)
        assert len(results) == 5
        assert results.total == 72
        assert sorted(len(hit.duplicates) for hit in index.search("地铁", limit=20, **COLLAPSED)) == [
            *[0] * 12,
            59,
        ]

    def test_the_last_page_of_stories_has_no_cursor(self, index: Index) -> None:
        page = index.search("地铁", limit=1, **COLLAPSED)
        assert page.cursor is not None
        page = index.search("地铁", limit=1, cursor=page.cursor, **COLLAPSED)
        assert (len(page), page.cursor) == (1, None)
        assert index.search("地铁", limit=2, **COLLAPSED).cursor is None

    def test_collapse_without_matches(self, index: Index) -> None:
        results = index.search("苹果", **COLLAPSED)
        assert (results.total, shape(results), results.cursor) == (0, [], None)
        assert index.count("地铁", **COLLAPSED) == 4


class TestBounds:
    @pytest.mark.parametrize(
        ("limit", "offset"), [(1001, 0), (1000, 1), (0, 1001), (10, 991), (10**9, 0), (1, 10**9)]
    )
    def test_collapse_beyond_the_first_thousand_is_refused(
        self, limit: int, offset: int, index: Index
    ) -> None:
        with pytest.raises(ValueError, match="first 1000 hits"):
            index.search("地铁", limit=limit, offset=offset, **COLLAPSED)
        index.search("地铁", limit=limit, offset=offset)

    def test_collapse_handles_a_thousand_hits(self, index: Index) -> None:
        assert len(index.search("地铁", limit=1000, **COLLAPSED)) == 2
        assert len(index.search("地铁", limit=999, offset=1, **COLLAPSED)) == 1
        assert len(index.search("地铁", limit=0, offset=1000, **COLLAPSED)) == 0

    @pytest.mark.parametrize("collapse", ["duplicates", "", True, 1])
    def test_collapse_refuses_unknown_values(self, collapse: Any, index: Index) -> None:
        with pytest.raises(ValueError, match="collapse must be one of near-duplicates"):
            index.search("地铁", collapse=collapse)


@settings(max_examples=60)
@given(
    st.lists(bodies, min_size=1, max_size=25),
    st.sampled_from(["地铁", "地铁 OR 茶", "公园", "-软件", "出行 OR 动工", "的"]),
    st.sampled_from(["relevance", "newest", "oldest", "recency"]),
    st.integers(1, 7),
    st.integers(1, 3),
)
def test_collapse_agrees_with_grouping_by_hand_on_every_page(
    texts: list[str], query: str, order: str, size: int, commits: int
) -> None:
    options: dict[str, Any] = {"recency": "30d"} if order == "recency" else {"sort": order}
    documents = [
        Document(id=str(n), title=f"第{n}", body=text, published=DAY + timedelta(days=n * 7 % 11))
        for n, text in enumerate(texts)
    ]
    with searchkit.create(":memory:") as index:
        for number in range(commits):
            index.add(documents[number::commits])
        every = index.search(query, limit=1000, **options)
        expected = folded_by_hand(list(every))

        results = index.search(query, limit=1000, **COLLAPSED, **options)
        assert shape(results) == expected
        assert results.total == every.total == index.count(query)
        told = [id for id, others in shape(results) for id in (id, *others)]
        assert sorted(told) == sorted(hit.id for hit in every), "each hit is told once"

        pages = []
        for offset in range(0, len(expected) + size, size):
            page = index.search(query, limit=size, offset=offset, **COLLAPSED, **options)
            assert page.total == every.total
            pages += shape(page)
        assert pages == expected

        by_cursor, cursor = [], None
        while True:
            page = index.search(query, limit=size, cursor=cursor, **COLLAPSED, **options)
            by_cursor += shape(page)
            cursor = page.cursor
            if cursor is None:
                break
        assert by_cursor == expected

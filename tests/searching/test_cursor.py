"""Cursors: a list goes on where a page ended, in the state that the index had then, or says why not."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import FIELDS, anything, collections

import searchkit
from searchkit import CursorExpiredError, Document, Index, Results

MakeIndex = Callable[..., Index]
ORDERS = ("relevance", "newest", "oldest", "price", "-author")


def ids(results: Any) -> list[str]:
    return [hit.id for hit in results]


def encoded(values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


def decoded(cursor: str | None) -> list[Any]:
    assert cursor is not None
    values = json.loads(base64.urlsafe_b64decode(cursor))
    assert isinstance(values, list)
    return values


def rest(index: Index, page: Results, query: str = "茶", **options: Any) -> list[Document]:
    """The documents of the page and of all that follow it."""
    found = [hit.document for hit in page]
    while page.cursor:
        page = index.search(query, cursor=page.cursor, **options)
        assert len(page)
        found += [hit.document for hit in page]
    return found


def teas(count: int = 10) -> list[Document]:
    return [Document(id=str(n), body="茶" + "，水" * n, source=["甲报", "乙報"][n % 2]) for n in range(count)]


class TestGoingOn:
    @settings(max_examples=40)
    @given(batches=collections(smallest=4), data=st.data())
    def test_pages_by_cursor_ignore_later_changes(
        self, batches: list[list[Document]], data: st.DataObject
    ) -> None:
        sort, query = (
            data.draw(st.sampled_from(ORDERS)),
            data.draw(st.sampled_from(["茶", "茶 OR 水", "-茶"])),
        )
        with searchkit.create(":memory:", fields=FIELDS) as index:
            for batch in batches:
                index.add(batch)
            whole = [hit.document for hit in index.search(query, sort=sort, limit=100)]
            facets = index.search(query, facets="source").facets
            page = index.search(query, sort=sort, limit=data.draw(st.integers(1, 3)))
            found = [hit.document for hit in page]
            while page.cursor:
                cursor = page.cursor
                change(index, data)
                page = index.search(
                    query, sort=sort, cursor=cursor, limit=data.draw(st.integers(1, 4)), facets="source"
                )
                assert page.total == len(whole)
                assert page.facets == facets, "they are of that state, too"
                found += [hit.document for hit in page]
            assert found == whole
            # Whoever begins anew sees the index as it is.
            now = {hit.id: hit.document for hit in index.search(query, limit=100)}
            assert now == {id: index.get(id) for id in now}

    def test_a_cursor_may_be_used_again_and_makes_the_same_page(self, make_index: MakeIndex) -> None:
        index = make_index(*teas())
        first = index.search("茶", limit=4)
        pages = []
        for _ in range(3):
            pages.append(ids(index.search("茶", limit=4, cursor=first.cursor)))
            index.add([Document(body=f"茶{len(pages)}")])
        assert pages[0] == pages[1] == pages[2]
        assert len(pages[0]) == 4

    def test_a_cursor_that_is_asked_for_late_is_of_the_page_it_came_from(self, make_index: MakeIndex) -> None:
        index = make_index(*teas())
        whole = [hit.document for hit in index.search("茶", limit=10)]
        page = index.search("茶", limit=3)
        index.delete([document.id for document in whole[2:]])
        assert rest(index, page) == whole
        assert index.count("茶") == 2

    def test_the_last_page_has_no_cursor(self, make_index: MakeIndex) -> None:
        index = make_index(*teas(4))
        assert index.search("茶", limit=4).cursor is None
        assert not index.search("茶", limit=4).has_more
        assert index.search("茶", limit=3).has_more
        assert index.search("茶", limit=5).cursor is None
        first = index.search("茶", limit=2)
        assert first.cursor
        assert index.search("茶", limit=2, cursor=first.cursor).cursor is None
        assert index.search("茶", limit=2, offset=1).cursor
        assert index.search("茶", limit=2, offset=2).cursor is None
        assert index.search("茶", limit=2, offset=20).cursor is None

    def test_a_page_without_hits_has_no_cursor(self, make_index: MakeIndex) -> None:
        index = make_index(*teas(4))
        assert index.search("没有").cursor is None
        assert index.search("").cursor is None
        assert index.search("茶", limit=0).cursor is None
        cursor = index.search("茶", limit=1).cursor
        empty = index.search("茶", limit=0, cursor=cursor)
        assert (ids(empty), empty.total, empty.cursor) == ([], 4, None)

    def test_a_cursor_goes_on_behind_an_offset(self, make_index: MakeIndex) -> None:
        index = make_index(*teas())
        whole = ids(index.search("茶"))
        page = index.search("茶", offset=3, limit=2)
        assert [document.id for document in rest(index, page, limit=2)] == whole[3:]

    def test_beside_a_cursor_there_is_no_offset(self, make_index: MakeIndex) -> None:
        index = make_index(*teas())
        cursor = index.search("茶", limit=3).cursor
        with pytest.raises(ValueError, match="a cursor says where to go on, so there is no offset"):
            index.search("茶", limit=3, offset=3, cursor=cursor)
        assert len(index.search("茶", limit=3, offset=0, cursor=cursor)) == 3

    def test_the_last_few_states_are_kept_and_older_ones_are_gone(self, make_index: MakeIndex) -> None:
        index = make_index(*teas())
        cursors = []
        for n in range(30):
            cursors.append(index.search("茶", limit=9).cursor)
            index.add([Document(body=f"茶，第{n}")])
        for n in (27, 28, 29):
            assert index.search("茶", limit=9, cursor=cursors[n]).total == 10 + n
        with pytest.raises(
            CursorExpiredError, match=r"the index has changed .* search again without a cursor"
        ):
            index.search("茶", limit=9, cursor=cursors[0])

    def test_a_state_that_somebody_goes_on_in_is_not_gone(self, make_index: MakeIndex) -> None:
        index = make_index(*teas(40))
        page = index.search("茶", limit=1)
        for n in range(30):
            assert index.search("茶", limit=1).cursor
            index.add([Document(body=f"茶，第{n}")])
            page = index.search("茶", limit=1, cursor=page.cursor)
            assert page.cursor
        assert page.total == 40


def change(index: Index, data: st.DataObject) -> None:
    """Add, replace and delete documents, of those that were there and others."""
    some = st.integers(0, 25).map(str)
    kind = data.draw(st.sampled_from(["add", "delete", "rebuild", "nothing"]))
    if kind == "add":
        index.add(
            Document(id=id, body="新茶和水", source="新报", extra={"price": 1})
            for id in data.draw(st.lists(some, max_size=4))
        )
    elif kind == "delete":
        index.delete(data.draw(st.lists(some, max_size=6)))
    elif kind == "rebuild":
        index.rebuild()


class TestOnDisk:
    """The same commit gives the same list, whoever opens the folder."""

    @pytest.mark.parametrize("sort", ORDERS)
    def test_a_cursor_works_in_an_index_opened_again(
        self, sort: str, make_index: MakeIndex, tmp_path: Path
    ) -> None:
        index = make_index(location=tmp_path / "i", fields=FIELDS)
        for start in (0, 4):
            index.add(Document(id=str(n), body="茶", extra={"price": n % 3}) for n in range(start, start + 6))
        whole = [hit.document for hit in index.search("茶", sort=sort)]
        page = index.search("茶", sort=sort, limit=3)
        index.close()
        with searchkit.open(tmp_path / "i") as again:
            assert rest(again, page, sort=sort, limit=3) == whole

    def test_a_cursor_works_in_another_process(
        self, make_index: MakeIndex, other_process: Any, tmp_path: Path
    ) -> None:
        """Sets come in another order there."""
        index = make_index(*teas(), location=tmp_path / "i", fields={"author": "text"})
        sources = {"甲报", "乙報", "丙报", "丁報"}
        page = index.search("茶", limit=4, source=sources)
        process = other_process(
            "import json, searchkit\nprint('ready', flush=True)\n"
            "index = searchkit.open(arguments[0])\n"
            "sources = {'甲报', '乙報', '丙报', '丁報'}\n"
            "hits = index.search('茶', source=sources, cursor=arguments[1])\n"
            "print(json.dumps([hit.id for hit in hits]))",
            tmp_path / "i",
            page.cursor,
        )
        output, _ = process.communicate(timeout=60)
        assert json.loads(output) == ids(index.search("茶"))[4:]

    @pytest.mark.parametrize(
        "write",
        [
            lambda index: index.add([Document(body="茶，新的")]),
            lambda index: index.delete("0"),
            lambda index: index.rebuild(),
            lambda index: index.optimize(),
        ],
        ids=["add", "delete", "rebuild", "optimize"],
    )
    def test_after_a_commit_it_goes_on_where_the_state_is_kept_alone(
        self, write: Callable[[Index], object], make_index: MakeIndex, tmp_path: Path
    ) -> None:
        index = make_index(*teas(), location=tmp_path / "i")
        whole = [hit.document for hit in index.search("茶")]
        page = index.search("茶", limit=4)
        assert page.cursor
        with searchkit.open(tmp_path / "i") as other:
            write(other)
            with pytest.raises(CursorExpiredError):
                other.search("茶", limit=4, cursor=page.cursor)
            assert rest(index, page, limit=4) == whole
            with searchkit.open(tmp_path / "i") as third, pytest.raises(CursorExpiredError):
                third.search("茶", limit=4, cursor=page.cursor)
            # The error says to begin anew, and that works.
            assert len(rest(other, other.search("茶", limit=4), limit=4)) == other.count("茶")

    def test_a_state_that_both_have_seen_is_kept_by_both(self, make_index: MakeIndex, tmp_path: Path) -> None:
        index = make_index(*teas(), location=tmp_path / "i")
        with searchkit.open(tmp_path / "i") as other:
            page = index.search("茶", limit=4)
            whole = [hit.document for hit in other.search("茶")]
            following = other.search("茶", limit=4, cursor=page.cursor)
            assert following.cursor
            index.delete([str(n) for n in range(10)])
            assert [hit.document for hit in page] + rest(other, following, limit=4) == whole
            assert rest(index, page, limit=4) == whole


OPTIONS: dict[str, Any] = {
    "sort": "relevance",
    "since": "2020-01-01",
    "until": None,
    "source": ["甲报", "乙報"],
    "tags": (),
    "where": {"price": "0..", "author": {"甲", "乙"}},
}


class TestBelonging:
    @pytest.fixture
    def index(self, make_index: MakeIndex) -> Index:
        return make_index(
            *(
                Document(
                    id=str(n),
                    body="茶水",
                    source="甲报",
                    published=datetime(2024, 1, 1, tzinfo=timezone.utc),
                    extra={"price": n, "author": "甲"},
                )
                for n in range(10)
            ),
            fields=FIELDS,
        )

    @pytest.mark.parametrize(
        "change",
        [
            {"query": "水"},
            {"query": "茶 "},
            {"sort": "newest"},
            {"sort": "price"},
            {"since": "2020-01-02"},
            {"since": None},
            {"until": "2030-01-01"},
            {"source": "甲报"},
            {"source": []},
            {"tags": ["茶"]},
            {"where": None},
            {"where": {"price": "0..", "author": {"甲"}}},
            {"where": {"price": "1..", "author": {"甲", "乙"}}},
            {"where": {"price": "0..", "author": {"甲", "乙"}, "paid": True}},
            {"match": "any"},
            {"regional": False},
            {"synonyms": False},
            {"recency": "30d"},
            {"collapse": "near-duplicates"},
            {"lenient": True},
        ],
    )
    def test_a_cursor_of_another_search_is_refused(self, change: dict[str, Any], index: Index) -> None:
        cursor = index.search("茶", limit=3, **OPTIONS).cursor
        assert cursor
        options = {"query": "茶", **OPTIONS, **change}
        with pytest.raises(
            ValueError, match="belongs to another search: the query or its options are differ"
        ):
            index.search(limit=3, cursor=cursor, **options)

    @pytest.mark.parametrize(
        "change",
        [
            {"limit": 100},
            {"limit": 1},
            {"snippet_length": 20},
            {"facets": ["source"]},
            {"source": ["乙報", "甲报"]},
            {"source": {"甲报", "乙報"}},
            {"where": {"author": frozenset(["乙", "甲"]), "price": "0.."}},
        ],
    )
    def test_the_next_page_may_be_of_another_size_and_look(
        self, change: dict[str, Any], index: Index
    ) -> None:
        options = {"limit": 3, **OPTIONS}
        whole = ids(index.search("茶", **{**options, "limit": 100}))
        assert len(whole) == 10
        following = index.search("茶", cursor=index.search("茶", **options).cursor, **{**options, **change})
        assert ids(following) == whole[3 : 3 + change.get("limit", 3)]

    def test_a_cursor_of_another_index_in_memory_has_expired(self, make_index: MakeIndex) -> None:
        one, other = make_index(*teas()), make_index(*teas())
        cursor = one.search("茶", limit=3).cursor
        with pytest.raises(CursorExpiredError):
            other.search("茶", cursor=cursor)

    def test_equal_sets_are_equal_however_they_were_made(self, index: Index) -> None:
        """Of names that collide in a hash table, the one that was put first comes first."""
        names = [f"n{n}" for n in range(200)]
        for one, other in ((names, names[::-1]), (names[::-1], names)):
            cursor = index.search("茶 OR 水", limit=1, where={"author": {*one, "甲"}}).cursor
            assert len(index.search("茶 OR 水", where={"author": {"甲", *other}}, cursor=cursor)) == 9


@pytest.fixture(scope="module")
def ten() -> Any:
    with searchkit.create(":memory:") as index:
        index.add(teas())
        yield index


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda values: st.lists(values, max_size=5) | st.dictionaries(st.text(max_size=3), values, max_size=5),
    max_leaves=10,
)


class TestHostile:
    """A cursor comes back from wherever it was sent, so it may be anything."""

    @given(cursor=anything | st.text("ABCDEFabcdef0123456789+/-_=", max_size=40))
    @example(cursor="")
    @example(cursor="=")
    @example(cursor="W10=")  # []
    @example(cursor="bnVsbA==")  # null
    def test_any_text_is_refused_as_a_cursor(self, cursor: str, ten: Index) -> None:
        with pytest.raises(ValueError, match="is no cursor of a search"):
            ten.search("茶", cursor=cursor)

    @given(values=json_values)
    def test_any_other_json_is_refused_as_a_cursor(self, values: Any, ten: Index) -> None:
        with pytest.raises(ValueError, match="is no cursor of a search"):
            ten.search("茶", cursor=encoded(values))

    @given(place=st.integers(0, 3), value=json_values)
    @example(place=1, value=-1)
    @example(place=1, value=0)
    @example(place=1, value=10)
    @example(place=1, value=2**62)
    @example(place=1, value=10**400)
    @example(place=1, value=2.0)
    @example(place=1, value=True)
    @example(place=1, value=[[[2]]])
    @example(place=2, value=10**400)
    @example(place=2, value=-(10**18))
    @example(place=2, value=float("nan"))
    @example(place=2, value=float("inf"))
    @example(place=2, value=None)
    @example(place=0, value=[])
    @example(place=0, value=None)
    @example(place=3, value=[])
    def test_a_cursor_with_a_changed_value_is_refused_or_makes_a_page(
        self, place: int, value: Any, ten: Index
    ) -> None:
        whole = ids(ten.search("茶"))
        values = decoded(ten.search("茶", limit=2, recency="1y").cursor)
        values[place] = value
        try:
            page = ten.search("茶", recency="1y", cursor=encoded(values))
        except CursorExpiredError:
            assert place == 0
            assert isinstance(value, str), "a state that may have been"
        except ValueError:
            assert not (place == 1 and type(value) is int and 0 < value < 10)
        else:
            # What is a place in the list, or a time, cannot be told from one that was given.
            assert place in (1, 2)
            assert type(value) is int
            assert ids(page) == whole[values[1] :] != []

    @pytest.mark.parametrize("values", [[2], ["a", 2, 3, "b", 5], {"a": 1, "b": 2, "c": 3, "d": 4}, "abcd"])
    def test_a_cursor_has_four_values(self, values: Any, ten: Index) -> None:
        with pytest.raises(ValueError, match="is no cursor of a search"):
            ten.search("茶", cursor=encoded(values))

    @pytest.mark.parametrize(
        "cursor",
        [
            base64.urlsafe_b64encode(b"[" * 100_000).decode(),
            base64.urlsafe_b64encode(b"[" + b"9" * 10_000 + b"]").decode(),
            base64.urlsafe_b64encode(b'{"a":' * 50_000).decode(),
            base64.urlsafe_b64encode(b"\xff\xfe\x00").decode(),
            "A" * 1_000_000,
            "é" * 8,
            "\x00",
        ],
        ids=lambda cursor: cursor[:8],
    )
    def test_deep_or_long_cursors_are_refused_and_shown_shortened(self, cursor: str, ten: Index) -> None:
        with pytest.raises(ValueError, match="is no cursor of a search") as caught:
            ten.search("茶", cursor=cursor)
        assert len(str(caught.value)) < 200

    @pytest.mark.parametrize("cursor", [5, 0, True, ["a"], {}, 2.5])
    def test_a_cursor_that_is_no_text_is_refused(self, cursor: Any, ten: Index) -> None:
        with pytest.raises(ValueError, match="is no cursor of a search"):
            ten.search("茶", cursor=cursor)

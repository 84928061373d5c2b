"""Declared fields: what they may be called, what a document may have in them, and that they last."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import FIELDS

import searchkit
from searchkit import Document, Index

MakeIndex = Callable[..., Index]

EXTRAS: dict[str, dict[str, Any]] = {
    "a": {"author": ["甲", "乙"], "price": 3, "event": "2024-02-03", "paid": True},
    "b": {"author": "乙", "price": -2.5, "event": "2024-02-03T23:30:00+08:00", "paid": False},
    "c": {"author": None, "undeclared": {"n": [1]}},
}


def ids(results: Any) -> list[str]:
    return [hit.id for hit in results]


def documents() -> list[Document]:
    return [Document(id=id, body="茶", extra=extra) for id, extra in EXTRAS.items()]


class TestDeclaring:
    @pytest.mark.parametrize(
        ("fields", "error", "message"),
        [
            (
                {"author": "string"},
                ValueError,
                r"'author' must be one of text, number, date, boolean, fulltext, not 'str",
            ),
            ({"author": "Text"}, ValueError, r"must be one of text, number, date, boolean"),
            ({"author": None}, ValueError, r"must be one of text, number, date, boolean, fulltext, not None"),
            ({"author": str}, ValueError, r"must be one of text, number, date, boolean"),
            ({"author": ["text"]}, ValueError, r"must be one of text, number, date, boolean"),
            ({"price": "number", "x": ""}, ValueError, r"'x' must be one of"),
            ({"": "text"}, ValueError, r"fields: '' is no name of letters, digits and underscores"),
            ({"first name": "text"}, ValueError, r"fields: 'first name' is no name"),
            ({"-price": "number"}, ValueError, r"fields: '-price' is no name"),
            ({"a.b": "text"}, ValueError, r"fields: 'a\.b' is no name"),
            ({"2024": "text"}, ValueError, r"fields: '2024' is no name"),
            ({"a\ud800": "text"}, ValueError, r"is no name"),
            ({"x" * 101: "text"}, ValueError, r"is no name"),
            ({5: "text"}, ValueError, r"fields: 5 is no name"),
            ({None: "text"}, ValueError, r"fields: None is no name"),
            (["author"], TypeError, r"fields must be a mapping of names to kinds, not \['author'\]"),
            ("author", TypeError, r"fields must be a mapping of names to kinds, not 'author'"),
            (5, TypeError, r"fields must be a mapping of names to kinds, not 5"),
        ],
    )
    def test_invalid_field_declarations_are_refused_before_files_are_created(
        self, fields: Any, error: type[Exception], message: str, tmp_path: Path
    ) -> None:
        with pytest.raises(error, match=message):
            searchkit.create(tmp_path / "i", fields=fields)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        "name",
        "id title body url source tag tags published date year month extra relevance newest oldest".split(),
    )
    def test_reserved_field_names_are_refused(self, name: str) -> None:
        with pytest.raises(ValueError, match=f"fields: '{name}' is taken"):
            searchkit.create(":memory:", fields={name: "text"})

    @pytest.mark.parametrize(
        "name", ["x" * 100, "作者", "class", "None", "_", "extra_author", "words", "sketch", "Title", "é9"]
    )
    def test_any_unreserved_identifier_is_a_field_name(self, name: str, make_index: MakeIndex) -> None:
        index = make_index(
            Document(id="1", body="茶", extra={name: 1}), Document(id="2", body="茶"), fields={name: "number"}
        )
        assert ids(index.search("茶", where={name: 1})) == ["1"]
        assert ids(index.search("茶", sort=f"-{name}")) == ["1", "2"]
        assert index.search("茶", facets=name).facets == {name: {1.0: 1}}

    def test_no_fields_are_declared_by_default(self, make_index: MakeIndex) -> None:
        for fields in (None, {}, MappingProxyType({})):
            assert make_index(*documents(), fields=fields).stats().fields == {}

    def test_declared_fields_are_copied_from_the_caller(self, make_index: MakeIndex) -> None:
        fields = dict(FIELDS)
        index = make_index(*documents(), fields=fields)
        fields["more"] = "text"
        index.stats().fields.clear()  # type: ignore[attr-defined]
        assert index.stats().fields == FIELDS


class TestValues:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("author", 5),
            ("author", True),
            ("author", {"name": "甲"}),
            ("author", ["甲", 5]),
            ("author", ["甲", None]),
            ("author", [["甲"]]),
            ("author", "x" * 1001),
            ("author", ["甲", "x" * 1001]),
            ("price", ""),
            ("price", True),
            ("price", [3]),
            ("price", {}),
            ("price", 10**400),
            ("event", ""),
            ("event", "soon"),
            ("event", "2024"),
            ("event", "2024-02"),
            ("event", "2024-02-30"),
            ("event", "2024-02-03T25:00:00Z"),
            ("event", 1706918400000),
            ("event", ["2024-02-03"]),
            ("event", "0001-01-01T00:00:00+08:00"),  # in UTC before all years
            ("event", "9999-12-31T23:00:00-08:00"),
            ("paid", "yes"),
            ("paid", 2),
            ("paid", -1),
            ("paid", [True]),
        ],
        ids=lambda value: str(value)[:30],
    )
    def test_a_value_of_another_kind_is_a_failure_with_the_reason(
        self, name: str, value: Any, make_index: MakeIndex
    ) -> None:
        kinds = {
            "author": "a text or a list of texts of at most 1000 characters",
            "price": "a number",
            "event": "a date like 2024-07-31 or an ISO 8601 time",
            "paid": "true or false",
        }
        index = make_index(Document(id="wrong", body="茶，旧的"), fields=FIELDS)
        report = index.add(
            [
                documents()[0],
                {"id": "wrong", "body": "茶", "extra": {**EXTRAS["a"], name: value}},
                *documents()[1:],
            ]
        )
        assert (report.added, report.updated, len(report.failures)) == (3, 0, 1)
        [failure] = report.failures
        assert failure.what == "wrong"
        assert failure.reason.startswith(f"extra['{name}'] must be {kinds[name]}, not ")
        assert len(failure.reason) < 200
        assert sorted(ids(index.search("茶"))) == ["a", "b", "c", "wrong"]
        assert index.get("wrong") == Document(id="wrong", body="茶，旧的"), "the one that was there stays"
        # No value breaks what is counted, sorted and filtered afterwards.
        facets = index.search("茶", facets=FIELDS).facets
        assert facets["author"] == {"乙": 2, "甲": 1}
        assert facets["event"] == {"2024-02-03": 2}

    @pytest.mark.parametrize(
        "extra",
        [
            {},
            dict.fromkeys(FIELDS),
            {"author": ""},
            {"author": []},
            {"author": ["", ""]},
            {"other": object.__doc__, "authors": ["甲"]},
        ],
    )
    def test_missing_and_empty_values_are_accepted_as_no_value(
        self, extra: Any, make_index: MakeIndex
    ) -> None:
        index = make_index(Document(id="1", body="茶", extra=extra), fields=FIELDS)
        assert index.search("茶", facets=FIELDS).facets == {name: {} for name in FIELDS}
        assert index.count("茶", where={"price": ".."}) == index.count("茶", where={"event": ".."}) == 0
        document = index.get("1")
        assert document is not None
        assert document.extra == extra

    @settings(max_examples=40)
    @given(
        values=st.dictionaries(
            st.sampled_from(list(FIELDS)),
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats(allow_nan=False, allow_infinity=False)
            | st.text(max_size=5)
            | st.lists(st.text(max_size=5), max_size=3)
            | st.dates().map(str)
            | st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat()),
        )
    )
    def test_any_value_is_indexed_or_reported_as_a_failure(self, values: dict[str, Any]) -> None:
        with searchkit.create(":memory:", fields=FIELDS) as index:
            report = index.add([Document(id="1", body="茶", extra=values), Document(id="2", body="茶")])
            assert report.added + len(report.failures) == 2
            assert [failure.what for failure in report.failures] in ([], ["1"])
            facets = index.search("茶", facets=FIELDS).facets
            for name in FIELDS:
                assert index.search("茶", sort=name).total == report.added
                for value in facets[name]:
                    assert ids(index.search("茶", where={name: value})) == ["1"]

    def test_number_fields_hold_doubles(self, make_index: MakeIndex) -> None:
        numbers = [5e-324, -0.0, 2**53 + 1, 1.7976931348623157e308, -1.7976931348623157e308, 0.1 + 0.2]
        index = make_index(
            *(Document(id=str(n), body="茶", extra={"price": number}) for n, number in enumerate(numbers)),
            fields=FIELDS,
        )
        for n, number in enumerate(numbers):
            assert ids(index.search("茶", where={"price": number})) == [str(n)]
        assert ids(index.search("茶", where={"price": 0})) == ["1"]
        assert ids(index.search("茶", where={"price": 2**53})) == ["2"]
        assert index.count("茶", where={"price": 0.3}) == 0
        assert ids(index.search("茶", sort="price")) == ["4", "1", "0", "5", "2", "3"]


class TestLasting:
    def assert_fields_work(self, index: Index) -> None:
        assert index.stats().fields == FIELDS
        assert ids(index.search("茶", where={"author": "甲"})) == ["a"]
        assert ids(index.search("茶", where={"price": "..0"})) == ["b"]
        assert ids(index.search("茶", where={"event": "2024-02-03T15:30:00Z"})) == ["b"]
        assert ids(index.search("茶", where={"paid": True})) == ["a"]
        for sort, expected in {"price": "bac", "-price": "abc", "-event": "bac", "author": "bac"}.items():
            assert "".join(ids(index.search("茶", sort=sort))) == expected
        assert index.search("茶", facets=FIELDS).facets == {
            "author": {"乙": 2, "甲": 1},
            "price": {-2.5: 1, 3.0: 1},
            "event": {"2024-02-03": 2},
            "paid": {False: 1, True: 1},
        }
        with pytest.warns(searchkit.SearchkitWarning, match="extra\\['paid'\\] must be true or false"):
            report = index.add([Document(id="x", body="茶", extra={"paid": "yes"})])
        assert [failure.what for failure in report.failures] == ["x"]
        assert list(index.get_many("abc")) == []
        assert {id: document.extra for id, document in index.get_many(EXTRAS).items()} == EXTRAS

    def test_fields_last_until_the_index_is_opened_again(self, make_index: MakeIndex, tmp_path: Path) -> None:
        self.assert_fields_work(index := make_index(*documents(), location=tmp_path / "i", fields=FIELDS))
        index.close()
        with searchkit.open(tmp_path / "i") as again:
            self.assert_fields_work(again)

    @pytest.mark.parametrize("rewrite", [Index.rebuild, Index.optimize])
    @pytest.mark.parametrize("place", ["memory", "disk"])
    def test_fields_survive_rebuild_and_optimize(
        self, rewrite: Callable[[Index], int], place: str, make_index: MakeIndex, tmp_path: Path
    ) -> None:
        location = ":memory:" if place == "memory" else tmp_path / "i"
        index = make_index(location=location, fields=FIELDS)
        for document in documents():
            index.add([document])
        assert rewrite(index) == 3
        self.assert_fields_work(index)
        if place == "disk":
            with searchkit.open(location) as again:
                self.assert_fields_work(again)

    def test_fields_survive_new_synonyms(self, make_index: MakeIndex, tmp_path: Path) -> None:
        index = make_index(*documents(), location=tmp_path / "i", fields=FIELDS)
        index.set_synonyms({"茗": ["茶"]})
        assert index.count("茗", where={"paid": True}) == 1
        with searchkit.open(tmp_path / "i") as again:
            self.assert_fields_work(again)

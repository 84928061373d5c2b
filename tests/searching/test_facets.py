"""Facets: how many matches have each value, counted over all of them, in an order that can be shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from strategies import FIELDS, SOURCES, TAGS, collections

import searchkit
from searchkit import Document, Index, web
from searchkit.analysis import normalize
from searchkit.cli import main
from searchkit.engine import aggregations
from searchkit.engine.whoosh import engine as whoosh_engine

MakeIndex = Callable[..., Index]
UTC = timezone.utc
IN_TIME = {"year", "month", "event"}
LABELS = {"source", "tags", "author"}


@contextmanager
def filled(batches: Sequence[Sequence[Document]]) -> Iterator[Index]:
    """An index in memory that holds the documents, with one commit for each batch."""
    with searchkit.create(":memory:", fields=FIELDS) as index:
        for batch in batches:
            assert not index.add(batch).failures
        yield index


def event_day(text: str) -> str:
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date().isoformat()


def one_of_each(labels: Sequence[str]) -> set[str]:
    """The first of the labels that are one value."""
    return set({normalize(label): label for label in reversed(labels) if label}.values())


def values(document: Document, name: str) -> set[Any]:
    """The values that a facet counts the document under, in plain Python."""
    at, extra = document.published, document.extra.get(name)
    match name:
        case "source":
            return {document.source} - {""}
        case "tags":
            return one_of_each(document.tags)
        case "year":
            return {at.year} if at else set()
        case "month":
            return {f"{at:%Y-%m}"} if at else set()
        case "author":
            return one_of_each([extra] if isinstance(extra, str) else extra or [])
        case "event":
            return {event_day(extra)} if extra else set()
        case _:
            return set() if extra is None else {extra}


FACETS = ("source", "tags", "year", "month", *FIELDS)


def expected(documents: Sequence[Document], name: str) -> list[tuple[Any, int]]:
    counts = Counter(value for document in documents for value in values(document, name))
    if name in LABELS:
        forms: dict[str, Counter[str]] = {}
        for label, count in counts.items():
            forms.setdefault(normalize(label), Counter())[label] = count
        counts = Counter(
            {max(one, key=lambda label: (one[label], label)): one.total() for one in forms.values()}
        )
    return sorted(counts.items(), key=lambda pair: (0 if name in IN_TIME else -pair[1], pair[0]))


class TestSpellings:
    """A value in several scripts, widths or cases is one."""

    def documents(self, name: str, labels: Sequence[str]) -> list[Document]:
        values = [
            {"extra": {"author": one}} if name == "author" else {name: [one] if name == "tags" else one}
            for one in labels
        ]
        return [Document.from_dict({"id": str(n), "body": "茶", **value}) for n, value in enumerate(values)]

    @pytest.mark.parametrize("name", ["source", "tags", "author"])
    @pytest.mark.parametrize(
        ("labels", "shown"),
        [
            (["台灣", "台湾", "臺灣", "台湾"], "台湾"),
            (["新華社", "新华社", "新華社"], "新華社"),
            (["BBC", "bbc", "ＢＢＣ", "BBC"], "BBC"),
            (["著名", "着名", "著名"], "著名"),
            (["New  York", "new york", "NEW　YORK", "New  York"], "New  York"),
        ],
    )
    def test_they_are_counted_found_and_shown_as_one(
        self, name: str, labels: list[str], shown: str, make_index: MakeIndex
    ) -> None:
        index = make_index(*self.documents(name, labels), fields={"author": "text"})
        for label in labels:
            given: dict[str, Any] = {"where": {name: label}} if name == "author" else {name: label}
            results = index.search("茶", facets=[name], **given)
            assert results.total == len(labels)
            assert results.facets[name] == {shown: len(labels)}
            if name != "author":
                typed = f'{name.rstrip("s") if name == "tags" else name}:"{label}"'
                assert index.count(typed) == len(labels)

    def test_the_name_of_a_value_is_that_of_the_matches(self, make_index: MakeIndex) -> None:
        index = make_index(
            *(Document(id=f"a{n}", body="茶", tags=("台灣",)) for n in range(2)),
            *(Document(id=f"b{n}", body="水", tags=("台湾",)) for n in range(3)),
        )
        assert index.search("茶", facets=["tags"]).facets["tags"] == {"台灣": 2}
        assert index.search("茶 OR 水", facets=["tags"]).facets["tags"] == {"台湾": 5}

    def test_a_document_with_several_spellings_counts_once(self, make_index: MakeIndex) -> None:
        index = make_index(
            Document(id="1", body="茶", tags=("臺灣", "台灣", "台湾", "香港")),
            Document(id="2", body="茶", tags=("台湾",)),
        )
        assert index.search("茶", facets=["tags"]).facets["tags"] == {"臺灣": 2, "香港": 1}
        assert index.get("1").tags == ("臺灣", "台灣", "台湾", "香港"), "documents stay as they are"

    def test_other_values_stay_apart(self, make_index: MakeIndex) -> None:
        index = make_index(*self.documents("tags", ["台湾", "台湾省", "AI", "A I", "A.I."]))
        assert index.search("茶", facets=["tags"]).facets["tags"] == dict.fromkeys(
            ["A I", "A.I.", "AI", "台湾", "台湾省"], 1
        )


class TestCounts:
    @settings(max_examples=30)
    @given(batches=collections(), data=st.data())
    def test_facets_equal_the_counts_of_plain_python(
        self, batches: list[list[Document]], data: st.DataObject
    ) -> None:
        with filled(batches) as index:
            for _ in range(3):
                query = data.draw(st.sampled_from(["茶", "茶 OR 水", "-茶", "没有"]))
                options = data.draw(
                    st.fixed_dictionaries(
                        {},
                        optional={
                            "source": st.sampled_from(SOURCES),
                            "tags": st.sampled_from(TAGS),
                            "since": st.just("2024-01-01"),
                            "where": st.just({"paid": True}),
                            "sort": st.sampled_from(["newest", "-price"]),
                        },
                    )
                )
                matches = [hit.document for hit in index.search(query, limit=100, **options)]
                names = data.draw(st.permutations(FACETS))
                page = data.draw(
                    st.fixed_dictionaries({"limit": st.integers(0, 3), "offset": st.integers(0, 3)})
                )
                results = index.search(query, facets=names, **page, **options)
                assert list(results.facets) == list(names)
                for name in names:
                    assert list(results.facets[name].items()) == expected(matches, name)
                assert ids(results) == ids(index.search(query, **page, **options)), "they change no hit"

    @settings(max_examples=30)
    @given(batches=collections())
    def test_facets_of_single_values_add_up_to_the_total(self, batches: list[list[Document]]) -> None:
        whole = [
            [
                Document(
                    id=one.id,
                    body=one.body,
                    published=one.published or datetime(2024, 1, 1, tzinfo=UTC),
                    source=one.source or "甲报",
                    extra={"author": one.body, "price": len(one.body), "event": "2024-01-01", "paid": False},
                )
                for one in batch
            ]
            for batch in batches
        ]
        with filled(whole) as index:
            results = index.search("茶", limit=1, facets=[name for name in FACETS if name != "tags"])
            assert len(results.facets) == len(FACETS) - 1
            for counts in results.facets.values():
                assert sum(counts.values()) == results.total

    def test_facet_values_have_the_type_of_the_field(self, make_index: MakeIndex) -> None:
        """What a facet gives, `where` takes, and finds as many as were counted."""
        index = make_index(
            Document(
                body="茶一",
                source="甲报",
                tags=("茶", "水"),
                published=datetime(1999, 12, 31, 23, 59, tzinfo=UTC),
                extra={
                    "author": ["甲", "乙"],
                    "price": -3,
                    "event": "1931-05-06T01:00:00+08:00",
                    "paid": True,
                },
            ),
            Document(body="茶二", tags=("茶",), extra={"author": "甲", "price": 2.5, "event": "2024-02-29"}),
            fields=FIELDS,
        )
        facets = index.search("茶", facets=FACETS).facets
        assert facets == {
            "source": {"甲报": 1},
            "tags": {"茶": 2, "水": 1},
            "year": {1999: 1},
            "month": {"1999-12": 1},
            "author": {"甲": 2, "乙": 1},
            "price": {-3.0: 1, 2.5: 1},
            "event": {"1931-05-05": 1, "2024-02-29": 1},
            "paid": {True: 1},
        }
        kinds = {name: {type(value) for value in counts} for name, counts in facets.items()}
        assert kinds["year"] == {int}
        assert kinds["price"] == {float}
        assert kinds["paid"] == {bool}
        for name in FIELDS:
            for value, count in facets[name].items():
                assert index.count("茶", where={name: value}) == count

    def test_facet_values_are_ordered_by_count_then_value(self, make_index: MakeIndex) -> None:
        index = make_index(
            *(
                Document(id=str(n), body="茶", tags=tags.split(), extra={"price": price})
                for n, (tags, price) in enumerate(
                    [("丙 甲", 10), ("乙 甲", 9), ("丁 甲", 9), ("丁", 100), ("A", 10), ("a", -1)]
                )
            ),
            fields=FIELDS,
        )
        facets = index.search("茶", facets=["tags", "price"]).facets
        assert list(facets["tags"].items()) == [
            ("甲", 3),
            ("a", 2),
            ("丁", 2),
            ("丙", 1),
            ("乙", 1),
        ]
        assert list(facets["price"].items()) == [(9.0, 2), (10.0, 2), (-1.0, 1), (100.0, 1)]

    def test_facets_of_dates_are_in_order_of_time(self, make_index: MakeIndex) -> None:
        days = ["2024-10-01", "1969-12-31", "2024-02-29", "2024-02-01", "2024-02-01", "0999-01-01"]
        index = make_index(
            *(
                Document(
                    id=str(n),
                    body="茶",
                    published=datetime.fromisoformat(day).replace(tzinfo=UTC),
                    extra={"event": day},
                )
                for n, day in enumerate(days)
            ),
            fields=FIELDS,
        )
        facets = index.search("茶", facets=["year", "month", "event"]).facets
        assert list(facets["year"].items()) == [(999, 1), (1969, 1), (2024, 4)]
        assert list(facets["month"].items()) == [
            ("0999-01", 1),
            ("1969-12", 1),
            ("2024-02", 3),
            ("2024-10", 1),
        ]
        assert list(facets["event"].items()) == [
            ("0999-01-01", 1),
            ("1969-12-31", 1),
            ("2024-02-01", 2),
            ("2024-02-29", 1),
            ("2024-10-01", 1),
        ]

    def test_facets_follow_deletions_and_replacements(self, make_index: MakeIndex) -> None:
        index = make_index(*(Document(id=str(n), body="茶", source="甲报") for n in range(5)))
        index.delete(["0", "1"])
        index.add([Document(id="2", body="茶", source="乙報")])
        assert index.search("茶", facets="source").facets == {"source": {"甲报": 2, "乙報": 1}}


@pytest.mark.parametrize("location", ["{}", "whoosh:{}"])
def test_values_that_are_left_out_are_said(
    location: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of more values than are listed those of most matches are, and the result says how many are not."""
    monkeypatch.setattr(aggregations, "MOST_VALUES", 50)
    monkeypatch.setattr(whoosh_engine, "MOST_VALUES", 50)
    with searchkit.create(location.format(tmp_path / "index")) as index:
        many = [{"id": str(at), "tags": ["茶", *map(str, range(at, at + 40))]} for at in range(0, 200, 40)]
        many.append({"id": "again", "tags": ["199", "茶"]})
        index.add(({"body": "茶", "source": "甲报", **one} for one in many), workers=1)
        index.optimize()  # each segment leaves out values of its own
        results = index.search("茶", limit=0, facets=["tags", "source"])
        counts = results.facets["tags"]
        assert list(counts.items())[:2] == [("茶", 6), ("199", 2)]
        assert len(counts) == 50
        assert results.facet_others == {"tags": 151}
        assert sum(counts.values()) + 151 == 6 + 200 + 1
        values = results.to_dict()
        assert values["facet_others"] == results.facet_others
        few = index.search("茶", limit=0, facets=["source"])
        assert few.facet_others == {}
        assert "facet_others" not in few.to_dict()
        assert "values that are not counted here (151)" in results._repr_html_()
        printed = CliRunner().invoke(main, ["search", "茶", "--facets", "tags", "--in", index.location])
        assert "values that are not counted here: 151" in printed.output
        client = TestClient(web.app(index, limits=web.Limits(rate=0)))
        answer = client.get("/api/search", params={"q": "茶", "limit": 0, "facets": "tags"}).json()
        assert answer["facet_others"] == results.facet_others


class TestNames:
    def test_without_names_there_are_no_facets(self, sample_index: Index) -> None:
        for names in ((), [], iter(())):
            assert sample_index.search("茶", facets=names).facets == {}

    def test_a_facet_may_be_a_text_and_is_counted_once(self, sample_index: Index) -> None:
        alone = sample_index.search("茶", facets="source").facets
        assert list(alone) == ["source"]
        assert alone == sample_index.search("茶", facets=["source", "source"]).facets
        assert sum(alone["source"].values()) > 1

    def test_facets_of_no_matches_are_empty(self, make_index: MakeIndex) -> None:
        for index in (make_index(fields=FIELDS), make_index("水", fields=FIELDS)):
            for query in ("茶", "", "！"):
                results = index.search(query, facets=FACETS)
                assert results.facets == {name: {} for name in FACETS}

    @pytest.mark.parametrize("name", ["nope", "title", "id", "extra_author", "Author", "", "-price"])
    def test_an_unknown_facet_is_refused_with_the_known_ones(self, name: str, make_index: MakeIndex) -> None:
        index = make_index("茶", fields=FIELDS)
        known = "source, tags, year, month, published, author, price, event, paid$"
        for names in (name, ["source", name]):
            with pytest.raises(ValueError, match=f"facets: there is no field '{name}'; there are {known}"):
                index.search("茶", facets=names)
        with pytest.raises(ValueError, match=r"there are source, tags, year, month, published;"):
            make_index("茶").search("茶", facets=name)

    @pytest.mark.parametrize("names", [5, [5], [None], {"source": 1}, {"source": 1}.values()])
    def test_facet_names_that_are_no_text_are_refused(self, names: Any, make_index: MakeIndex) -> None:
        with pytest.raises(TypeError):
            make_index("茶").search("茶", facets=names)

    def test_facets_are_in_the_json_in_their_order(self, make_index: MakeIndex) -> None:
        index = make_index(*(Document(id=str(n), body="茶", source="乙甲乙"[n]) for n in range(3)))
        found: Mapping[str, Any] = index.search("茶", facets="source").to_dict()["facets"]
        assert found == {"source": [{"value": "乙", "count": 2}, {"value": "甲", "count": 1}]}
        assert "facets" not in index.search("茶").to_dict()


def ids(results: Any) -> list[str]:
    return [hit.id for hit in results]

"""Rows as databases have them: ids, dates, numbers and what is missing; the time zone of an index."""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import searchkit
from searchkit import Document, Index

MakeIndex = Callable[..., Index]
BEIJING = timezone(timedelta(hours=8))
FIELDS = {"price": "number", "event": "date", "author": "text"}
ONE = UUID("12345678-1234-5678-1234-567812345678")


class _Number(int):
    """As an enum of integers, or a primary key of a type of its own."""


class _Index:
    """As the integers of numpy, which are none of Python's."""

    def __index__(self) -> int:
        return 7


@pytest.mark.parametrize(
    ("given_as", "kept"),
    [(5, "5"), (0, "0"), (-1, "-1"), (_Number(6), "6"), (_Index(), "7"), (ONE, str(ONE)), ("05", "05")],
    ids=lambda value: str(value)[:20],
)
def test_an_id_of_a_database_is_kept_as_its_text(given_as: Any, kept: str, make_index: MakeIndex) -> None:
    index = make_index()
    assert index.add([{"id": given_as, "title": "茶", "body": "茶"}]).ok
    assert index.add([Document(id=given_as, title="茶", body="茶水")]).updated == 1
    document = index.get(given_as)
    assert document is not None
    assert document.id == kept
    assert given_as in index
    assert kept in index
    assert list(index.get_many([given_as, "nothing"])) == [kept]
    hit = index.hit("茶", given_as)
    assert hit is not None
    assert hit.id == kept
    assert index.explain("茶", given_as).matches
    assert index.similar(given_as).total == 0
    assert index.update(given_as, title="水").id == kept
    assert index.delete(given_as) == 1


@pytest.mark.parametrize("wrong", [True, 1.5, b"5", object(), (1,), date(2024, 1, 1)])
def test_what_is_no_id_is_refused(wrong: Any, make_index: MakeIndex) -> None:
    index = make_index("茶")
    report = index.add([{"id": wrong, "body": "茶"}, {"body": "水"}])
    assert "id must be text, an integer or a UUID" in report.failures[0].reason
    assert wrong not in index
    with pytest.raises(TypeError, match="an id is a text, an integer or a UUID"):
        index.get(wrong)


MISSING: dict[str, Any] = dict.fromkeys(
    ("title", "id", "url", "published", "source", "tags", "extra", "markup")
)


def test_none_is_what_is_missing(make_index: MakeIndex) -> None:
    index = make_index()
    assert index.add([{"body": "茶", **MISSING}]).added == 1
    assert [*index] == [Document(body="茶", **MISSING)] == [Document(body="茶")]
    report = index.add([{"body": None, "title": None}, {"body": "水"}])
    assert [failure.reason[:14] for failure in report.failures] == ["it has no text"]


def test_a_row_of_a_database_just_works_for_declared_fields(make_index: MakeIndex) -> None:
    index = make_index(fields=FIELDS)
    row = {
        "id": 1,
        "body": "茶",
        "published": date(2024, 7, 15),
        "extra": {
            "price": Decimal("19.90"),
            "event": date(2024, 7, 16),
            "author": None,
            "changed": datetime(2024, 7, 15, 8, 30, tzinfo=BEIJING),
            "opens": time(8, 30),
            "key": ONE,
            "stock": Decimal(3),
            "rank": _Index(),
        },
    }
    assert index.add([row]).ok
    assert index.get(1).extra == {  # type: ignore[union-attr]
        "price": 19.9,
        "event": "2024-07-16",
        "author": None,
        "changed": "2024-07-15T08:30:00+08:00",
        "opens": "08:30:00",
        "key": str(ONE),
        "stock": 3,
        "rank": 7,
    }
    for where in ({"price": "19.90"}, {"price": Decimal("19.9")}, {"event": date(2024, 7, 16)}):
        assert index.search("茶", where=where).total == 1
    assert index.search("茶", where={"price": "..19.89"}).total == 0


def test_booleans_are_0_and_1_in_sqlite_and_of_any_case_in_tables(
    make_index: MakeIndex, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "blog.db")) as database, database:
        database.execute("CREATE TABLE post (id INTEGER PRIMARY KEY, body TEXT, paid BOOLEAN)")
        database.executemany("INSERT INTO post VALUES (?, '茶', ?)", [(1, True), (2, False), (3, None)])
    (tmp_path / "blog.csv").write_text("id,body,paid\n4,茶,TRUE\n5,茶,False\n", encoding="utf-8")
    index = make_index(fields={"paid": "boolean"})
    assert index.sync(tmp_path / "blog.db", query="SELECT * FROM post").failures == []
    assert index.sync(tmp_path / "blog.csv").failures == []
    for yes, no in ((True, False), (1, 0), ("true", "FALSE")):
        assert {hit.id for hit in index.search("茶", where={"paid": yes})} == {"1", "4"}
        assert {hit.id for hit in index.search("茶", where={"paid": no})} == {"2", "5"}
    assert index.search("茶", facets="paid").facets == {"paid": {False: 2, True: 2}}
    report = index.add([{"body": "茶", "extra": {"paid": 2}}, {"body": "水", "extra": {"paid": 1}}])
    assert report.failures[0].reason == "extra['paid'] must be true or false, not 2"


def test_a_key_that_is_a_uuid_is_found_by_it(make_index: MakeIndex) -> None:
    index = make_index(fields={"author": "text"})
    assert index.add([{"id": 1, "body": "茶", "extra": {"author": ONE}}, {"id": 2, "body": "茶"}]).ok
    for where in (ONE, [ONE, "甲"], (ONE, "甲"), {"not": [None]}):
        assert index.count("茶", where={"author": where}) == 1


def test_a_value_of_another_kind_is_shown_as_it_was_given(make_index: MakeIndex) -> None:
    index = make_index(fields=FIELDS)
    wrong = {"id": "x", "body": "茶", "extra": {"author": 7}}
    with pytest.raises(searchkit.DocumentError, match=r"of at most 1000 characters, not 7$"):
        index.add([wrong], on_error="raise")
    long = {"id": "x", "body": "茶", "extra": {"price": "9" * 100_000 + "x"}}
    with pytest.raises(searchkit.DocumentError) as raised:
        index.add([long], on_error="raise")
    assert len(str(raised.value)) < 200


def test_what_is_nearly_a_mapping_says_how_to_make_it_one(make_index: MakeIndex) -> None:
    index = make_index()
    with closing(sqlite3.connect(":memory:")) as database:
        database.row_factory = sqlite3.Row
        rows = database.execute("SELECT 1 AS id, '茶' AS body").fetchall()
    with pytest.raises(searchkit.DocumentError, match=r"is needed, not Row: dict\(\) makes a mapping of it$"):
        index.add(rows, on_error="raise")
    assert index.add(map(dict, rows)).added == 1


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (Decimal("0.12345678901234567890123"), "which no number keeps as it is; give it as text"),
        (Decimal("1E+400"), "which no number keeps"),
        (Decimal("NaN"), "is nan, which JSON does not have"),
        (Decimal("sNaN"), "is nan, which JSON does not have"),
        (Decimal("-Infinity"), "is -inf, which JSON does not have"),
        (timedelta(1), r"is a value of the type timedelta: .*; give a text or a number"),
        ({1, 2}, "is a value of the type set"),
    ],
    ids=str,
)
def test_what_json_cannot_keep_says_how_to_give_it(value: Any, reason: str) -> None:
    with pytest.raises(searchkit.DocumentError, match=rf"extra\['a'\]\[0\] .*{reason}"):
        Document(body="茶", extra={"a": [value]})


@given(st.decimals(allow_nan=False, allow_infinity=False) | st.decimals(-1000, 1000, places=2))
def test_a_decimal_is_the_same_number_or_an_error(value: Decimal) -> None:
    try:
        document = Document(body="茶", extra={"a": value})
    except searchkit.DocumentError as error:
        assert "no number keeps" in error.reason
        return
    kept = document.extra["a"]
    assert (Decimal(kept) if isinstance(kept, int) else Decimal(repr(kept))) == value


TIMES: list[tuple[Any, str]] = [
    (date(2024, 7, 15), "2024-07-14T16:00:00Z"),
    ("2024-07-15", "2024-07-14T16:00:00Z"),
    (" 2024-07-15 ", "2024-07-14T16:00:00Z"),
    (datetime(2024, 7, 15, 8), "2024-07-15T00:00:00Z"),  # noqa: DTZ001
    ("2024-07-15T08:00:00", "2024-07-15T00:00:00Z"),
    ("2024-07-15 08:00:00.123456", "2024-07-15T00:00:00.123Z"),
    ("2024-07-15T08:00:00Z", "2024-07-15T08:00:00Z"),
    (datetime(2024, 7, 15, 8, tzinfo=timezone.utc), "2024-07-15T08:00:00Z"),
    ("2024-07-15T08:00:00-04:00", "2024-07-15T12:00:00Z"),
    ("1900-01-01T00:00:00", "1899-12-31T15:54:17Z"),  # by the sun of Shanghai
    ("1989-07-01T08:00:00", "1989-06-30T23:00:00Z"),  # summer time
    ("0001-01-02", "0001-01-01T15:54:17Z"),
    ("9999-12-31", "9999-12-30T16:00:00Z"),
]


@pytest.mark.parametrize("location", [":memory:", "whoosh:{}/index"])
@pytest.mark.parametrize(("given_as", "meant"), TIMES, ids=str)
def test_a_time_without_a_zone_is_one_of_the_index(
    given_as: Any, meant: str, location: str, make_index: MakeIndex, tmp_path: Path
) -> None:
    at = datetime.fromisoformat(meant.replace("Z", "+00:00"))
    index = make_index(location=location.format(tmp_path), timezone="Asia/Shanghai", fields={"event": "date"})
    document = {"id": "1", "body": "茶", "published": given_as, "extra": {"event": given_as}}
    assert index.add([document, Document(**{**document, "id": "2"})]).ok
    day = at.astimezone(ZoneInfo("Asia/Shanghai")).date()
    for hit in index.search("茶", facets="month"):
        assert hit.published == hit.document.published == at
        assert hit.published is not None
        if at.year > 1901:
            assert hit.published.date() == day, "it is given back in the zone of the index"
    for query in (f"date:{day}", f"date:{day:%Y-%m}" if day.year > 999 else "*"):
        assert index.search(query).total == 2
    assert index.search("茶", since=day, until=day).total == 2
    assert index.search("茶", until=day - timedelta(1)).total == 0
    assert index.search("茶", where={"event": str(day)}).total == 2
    facets = index.search("*", facets=["year", "month", "event"]).facets
    assert facets["year"] == {day.year: 2}
    assert list(facets["month"]) == [f"{day.year:04}-{day.month:02}"]
    if at.year > 1901:
        assert facets["event"] == {str(day): 2}


def test_the_time_zone_is_utc_unless_given(make_index: MakeIndex) -> None:
    index = make_index()
    index.add([{"id": 1, "body": "茶", "published": "2024-07-15"}])
    assert index.timezone == index.stats().timezone == "UTC"
    assert index.get(1).published == datetime(2024, 7, 15, tzinfo=timezone.utc)  # type: ignore[union-attr]


def test_the_time_zone_is_stored(make_index: MakeIndex, tmp_path: Path) -> None:
    with make_index(location=tmp_path / "index", timezone=ZoneInfo("Asia/Taipei")) as index:
        index.add([{"id": 1, "body": "茶", "published": "2024-07-15"}])
    with searchkit.open(tmp_path / "index") as index:
        assert index.timezone == "Asia/Taipei"
        assert index.search("date:2024-07-15").total == 1
        assert index.rebuild() == 1
        assert index.search("date:2024-07-15").total == 1
        assert index.check().ok
        with searchkit.create(tmp_path / "utc") as other:
            other.add(index)
            assert other.get(1) == index.get(1), "it is the same moment"
            assert other.search("date:2024-07-15").total == 0


@pytest.mark.parametrize("name", ["Asia/Beijing", "+08:00", "../etc/passwd", "", "asia", "a" * 10_000, "\0"])
def test_a_time_zone_that_is_none_is_refused(name: str, tmp_path: Path) -> None:
    if not name:
        assert searchkit.create(":memory:", timezone=name).timezone == "UTC"
        return
    with pytest.raises(ValueError, match=r"there is no time zone .* here; .*pip install tzdata"):
        searchkit.create(tmp_path / "index", timezone=name)
    assert not (tmp_path / "index").exists()


def test_a_machine_without_the_time_zone_of_an_index_says_so(
    make_index: MakeIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import zoneinfo

    make_index(location=tmp_path / "index", timezone="Asia/Shanghai").close()
    monkeypatch.setattr(
        zoneinfo, "ZoneInfo", lambda name: (_ for _ in ()).throw(zoneinfo.ZoneInfoNotFoundError(name))
    )
    with pytest.raises(searchkit.IndexIncompatibleError, match=r"'Asia/Shanghai' here.*tzdata"):
        searchkit.open(tmp_path / "index")


def test_files_without_a_zone_are_read_in_that_of_the_index(make_index: MakeIndex, tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.md").write_text("---\ndate: 2024-07-15\n---\n茶", encoding="utf-8")
    (folder / "b.html").write_text("<meta name=date content='2024-07-15T08:00'><p>茶", encoding="utf-8")
    (folder / "c.jsonl").write_text('{"id": 1, "body": "茶", "published": "2024-07-15"}', encoding="utf-8")
    expected = {datetime(2024, 7, 15, tzinfo=BEIJING), datetime(2024, 7, 15, 8, tzinfo=BEIJING)}
    added, synced = (make_index(timezone="Asia/Shanghai") for _ in range(2))
    assert added.add(searchkit.read_articles(folder), workers=2).added == 3
    assert synced.sync(folder).added == 3
    for index in (added, synced):
        assert {document.published for document in index} == expected
        assert index.search("date:2024-07-15").total == 3
    assert synced.sync(folder).unchanged == 3


def test_one_document_is_no_list(make_index: MakeIndex) -> None:
    index = make_index()
    document = {"title": "茶", "body": "水"}
    for one in (document, Document(body="茶")):
        with pytest.raises(TypeError, match=r"this is one: put it in a list, add\(\[document\]\)"):
            index.add(one)  # type: ignore[arg-type]
    for path in ("articles/", b"articles", Path("articles")):
        with pytest.raises(TypeError, match=r"read_articles\(\) reads files"):
            index.add(path)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a list of documents, not int"):
        index.add(5)  # type: ignore[arg-type]
    with index.writer() as writer, pytest.raises(TypeError, match="put it in a list"):
        writer.add_all(document)  # type: ignore[arg-type]
    assert len(index) == 0


def test_unknown_fields_are_named_and_extra_is_proposed(make_index: MakeIndex) -> None:
    index = make_index()
    report = index.add([{"body": "茶", "author": "甲", "price": 3}, {"body": "水"}])
    [failure] = report.failures
    assert failure.reason.startswith("unknown fields 'author', 'price'; the fields are title, body, id")
    assert failure.reason.endswith("goes into extra: {'extra': {'author': …, 'price': …}}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        many = index.add([{"body": "茶", **{f"f{number}": 1 for number in range(1000)}}])
    assert len(many.failures[0].reason) < 500

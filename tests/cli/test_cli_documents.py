"""searchkit show, update and delete."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import searchkit
from searchkit.cli.addresses import id_of, readable

ENVOYS = "https://daily.example.com/2024/09/12/envoys"
FIELDS = {"price": "number", "author": "text", "paid": "boolean", "event": "date", "summary": "fulltext"}
TEAS = [
    {
        "id": "t1",
        "title": "龍井",
        "body": "綠茶。\n\n第二段。",
        "tags": ["茶", "綠茶"],
        "published": "2020-05-05T08:00:00Z",
        "source": "茶報",
        "extra": {"price": 12, "author": "林晚", "sizes": [50, 100]},
    },
    {"id": "t2", "title": "普洱", "body": "黑茶。", "extra": {"price": 20.5, "author": "林晚"}},
    {"url": "https://www.xn--fiq228c.example/%E8%8C%B6/?utm_source=x", "title": "水", "body": "泡茶的水。"},
]


@pytest.fixture
def teas(tmp_path: Path) -> str:
    location = str(tmp_path / "teas")
    with searchkit.create(location, fields=FIELDS) as index:
        index.add(TEAS)
    return location


def ids(location: str) -> set[str]:
    with searchkit.open(location) as index:
        return {document.id for document in index}


def document(location: str, id: str) -> searchkit.Document:
    with searchkit.open(location) as index:
        found = index.get(id)
    assert found is not None
    return found


# -- show


def test_show_prints_title_origin_fields_and_text(run, teas):
    result = run("show", "t1", "--in", teas)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "龍井",
        "2020-05-05 · 茶報 · id t1",
        "tags 茶, 綠茶",
        "price 12",
        "author 林晚",
        "sizes [50, 100]",
        "",
        "綠茶。",
        "",
        "第二段。",
    ]


def test_show_prints_lists_of_texts_as_tags(run, teas):
    with searchkit.open(teas) as index:
        index.add([{"id": "m", "title": "信", "extra": {"to": ["甲", "乙"], "cc": [], "mixed": ["丙", 1]}}])
    shown = run("show", "m", "--in", teas).stdout.splitlines()
    assert shown == ["信", "id m", "to 甲, 乙", "cc []", 'mixed ["丙", 1]']


def test_show_json_is_the_document(run, teas):
    found = json.loads(run("show", "t1", "--json", "--in", teas).stdout)
    assert found == document(teas, "t1").to_dict()


@pytest.mark.parametrize(
    "typed",
    [TEAS[2]["url"], "www.xn--fiq228c.example/茶", "中文.example/茶", "https://中文.example/%E8%8C%B6/"],
)
def test_an_article_is_found_by_its_address_in_any_form(run, teas, typed):
    assert run("show", typed, "--in", teas).stdout.startswith("水\n")


def test_an_article_is_found_by_the_path_of_its_file(run, articles):
    run("index", str(articles), "--to", "news")
    assert run("show", str(articles / "1.txt"), "--in", "news").stdout.startswith("第1篇\n")
    assert run("similar", str(articles / "1.txt"), "--in", "news").exit_code == 0


def test_show_marks_headings_and_places(run, tmp_path, monkeypatch):
    location = str(tmp_path / "books")
    body = "一\n山。\n二\n水。"
    marks = [
        ("place", 0, 4, "page 1"),
        ("heading", 0, 1, "1"),
        ("place", 5, 9, "page\x1b 2"),
        ("heading", 5, 6, "1"),
    ]
    with searchkit.create(location) as index:
        index.add([{"id": "b", "title": "書", "body": body, "markup": marks}])
    lines = run("show", "b", "--color", "always", "--in", location).stdout.splitlines()
    assert lines[3:] == [
        "\x1b[2m── page 1 ──\x1b[0m",
        "\x1b[1m一\x1b[0m",
        "山。",
        "\x1b[2m── page 2 ──\x1b[0m",
        "\x1b[1m二\x1b[0m",
        "水。",
    ]


@pytest.mark.parametrize("command", [("show", "t9"), ("update", "t9", "--set", "title=茶"), ("delete", "t9")])
def test_an_unknown_id_is_an_error(run, teas, command):
    result = run(*command, "--in", teas)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"error: {teas}: there is no document 't9'\n")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://www.example.com/", "example.com"),
        ("http://example.com/a%2Fb%20c?x=1&utm_source=y#z", "example.com/a%2Fb%20c?x=1#z"),
        ("https://example.com/%E8%8C%B6/%E4", "example.com/茶/%E4"),
        ("https://example.com/%B2%E8", "example.com/%B2%E8"),  # GBK
        ("https://example.com/%E2%80%AE", "example.com/%E2%80%AE"),  # would turn the line around
        ("https://xn--a.example/", "xn--a.example"),  # no Punycode
        ("https:///x", "https:///x"),
        ("file:///nowhere/%E8%8C%B6.txt", "/nowhere/茶.txt"),
        ("file://[", "file://["),
        ("urn:isbn:1", "urn:isbn:1"),
        ("", ""),
    ],
)
def test_addresses_are_readable(url, shown):
    assert readable(url) == shown


@given(st.text(st.characters(codec="utf-8"), max_size=20))
def test_an_id_that_is_not_there_is_a_failure_whatever_it_is(text):
    with searchkit.create(":memory:") as index:
        with pytest.raises(Exception, match="there is no document"):
            id_of(index, text)


# -- update


def test_update_changes_some_fields_and_keeps_the_others(run, teas):
    sets = ("title=明前 龍井", "tags=新茶, 茶,", "price=13", "paid=true", "extra.note=a=b", "sizes:=[1]")
    options = [word for one in sets[:-1] for word in ("--set", one)]
    result = run("update", "t1", *options, "--set", "extra.sizes:=[1]", "--unset", "author", "--in", teas)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "t1: title, tags, price, paid, note, sizes, author changed\n"
    found = document(teas, "t1")
    assert (found.title, found.tags, found.source) == ("明前 龍井", ("新茶", "茶"), "茶報")
    assert found.extra == {"price": 13, "paid": True, "note": "a=b", "sizes": [1]}
    assert run("search", "*", "--where", "price=13", "--limit", "0", "--in", teas).stdout.startswith(
        "1 match"
    )


def test_update_json_is_the_new_document(run, teas):
    options = ("--set", "published=2021-01-02T00:00:00Z", "--set", "tags=", "--json", "--in", teas)
    found = json.loads(run("update", "t1", *options).stdout)
    assert found == document(teas, "t1").to_dict()
    assert found["published"] == "2021-01-02T00:00:00Z"
    assert "tags" not in found


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        ([], 2, "there is nothing to change"),
        (["--set", "title"], 2, "--set takes NAME=VALUE"),
        (["--set", "=x"], 2, "--set takes NAME=VALUE"),
        (["--set", ":=1"], 2, "--set takes NAME=VALUE"),
        (["--set", "titel=x"], 2, "there is no field 'titel'; there are title, body,"),
        (["--unset", "titel"], 2, "extra.titel for what is only stored"),
        (["--set", "id=x"], 2, "the id of a document stays"),
        (["--set", "price=dear"], 2, "'price' is a number"),
        (["--set", "price=true"], 2, "'price' is a number"),
        (["--set", "paid=1"], 2, "'paid' is true or false"),
        (["--set", "price:=[1"], 2, "this is no JSON"),
        (["--set", "event=soon"], 1, "must be a date"),
        (["--set", "published=soon"], 1, "is not an ISO 8601 time"),
        (["--set", "title=", "--set", "body="], 1, "it has no text"),
        (["--set", "title=\udcff"], 2, "is not text in the encoding"),
    ],
)
def test_update_refuses_what_cannot_be_and_changes_nothing(run, teas, options, status, message):
    before = document(teas, "t1")
    result = run("update", "t1", *options, "--in", teas)
    assert (result.exit_code, result.stdout) == (status, "")
    assert message in result.stderr
    assert document(teas, "t1") == before


# -- delete


def test_delete_removes_ids_and_says_how_many(run, teas):
    result = run("delete", "t1", "中文.example/茶", "--in", teas)
    assert (result.exit_code, result.stdout, result.stderr) == (
        0,
        f"{teas}: 2 documents deleted, 1 left\n",
        "",
    )
    assert ids(teas) == {"t2"}


def test_delete_names_an_id_that_is_not_there_and_deletes_the_others(run, teas):
    result = run("delete", "t1", "t8", "t9", "--in", teas)
    assert (result.exit_code, result.stdout) == (1, f"{teas}: 1 document deleted, 2 left\n")
    assert result.stderr == f"error: {teas}: there is no document 't8', and 1 other\n"
    again = run("delete", "t1", "t2", "--json", "--in", teas)
    assert (again.exit_code, json.loads(again.stdout)) == (
        1,
        {"deleted": 1, "documents": 1, "missing": ["t1"]},
    )


@pytest.mark.parametrize(
    ("options", "left"),
    [
        (["--query", "黑茶"], 2),
        (["--query", "黑茶 綠茶"], 3),  # no word is let go
        (["--where", "author=林晚"], 1),
        (["--where", "author=林晚", "--where", "price=..15"], 2),
        (["--where", "author=林晚", "--query", "黑茶"], 2),
        (["--tag", "茶"], 2),
        (["--source", "茶報"], 2),
        (["--until", "2020"], 2),
        (["--since", "30d"], 3),
        (["--all"], 0),
        (["--query", "*"], 0),
    ],
)
def test_delete_by_a_query_and_filters(run, teas, options, left):
    result = run("delete", *options, "--yes", "--in", teas)
    assert (result.exit_code, result.stderr) == (0, "")
    noun = "document" if left == 2 else "documents"
    assert result.stdout == f"{teas}: {3 - left} {noun} deleted, {left} left\n"
    assert len(ids(teas)) == left


def test_delete_by_a_query_needs_yes_where_nobody_can_be_asked(run, teas):
    for options in (["--query", "茶"], ["--all"], ["--where", "author=林晚"]):
        result = run("delete", *options, "--in", teas)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith("error: Delete ")
        assert result.stderr.endswith("hint: --yes deletes without a question\n")
    assert len(ids(teas)) == 3
    assert run("delete", "--query", "咖啡", "--json", "--in", teas).stdout == '{"deleted":0,"documents":3}\n'


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "there is nothing to delete"),
        (["t1", "--all"], "IDs, a query and --all go one by one"),
        (["t1", "--query", "茶"], "IDs, a query and --all go one by one"),
        (["--all", "--since", "2020"], "IDs, a query and --all go one by one"),
        (["--where", "size=1", "--yes"], "declares no field 'size'"),
        (["--query", "茶 (", "--yes"], "there is nothing in this group"),
        (["--query", " ", "--yes"], "the query is empty; --all"),
        (["--since", "soon", "--yes"], "is neither a date"),
    ],
)
def test_delete_refuses_what_is_not_clear(run, teas, options, message):
    result = run("delete", *options, "--in", teas)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert len(ids(teas)) == 3


def test_new_commands_use_the_index_of_the_environment(run, teas, monkeypatch):
    monkeypatch.setenv("SEARCHKIT_INDEX", teas)
    assert run("show", "t1").exit_code == 0
    assert run("fields").stdout.startswith("price")
    assert run("delete", "t1").stdout == f"{teas}: 1 document deleted, 2 left\n"

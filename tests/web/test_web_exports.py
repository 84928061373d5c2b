"""The hits of a search as CSV and as JSON."""

import csv
import io
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from searchkit import Document, web
from searchkit.web.exports import COLUMNS, _plain


def rows(response):
    assert response.status_code == 200, response.text
    assert response.text.startswith("\ufeff"), "or Excel shows nonsense"
    return [*csv.DictReader(io.StringIO(response.text[1:], newline=""))]


def test_the_hits_are_a_table_for_a_spreadsheet(client, index):
    response = client.get("/export.csv", params={"q": "茶"})
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    name = response.headers["content-disposition"].partition("filename*=UTF-8''")[2]
    assert unquote(name) == "茶.csv"
    found, results = rows(response), index.search("茶", limit=100)
    assert [*found[0]] == [*COLUMNS, *index.stats().fields]
    assert [row["id"] for row in found] == [hit.id for hit in results]
    assert [row["title"] for row in found] == [hit.title.text for hit in results]
    assert found[0]["published"].endswith("Z")


def test_declared_fields_are_columns_of_the_table(make_index):
    fields = {"views": "number", "author": "text", "id_no": "text", "summary": "fulltext"}
    extra = {"views": -7, "author": "=林晚", "draft": True, "summary": "新茶"}
    index = make_index(
        Document(id="1", title="龙井", body="茶", extra=extra), Document(id="2", body="茶"), fields=fields
    )
    found = rows(TestClient(web.app(index)).get("/export.csv", params={"q": "茶", "sort": "-views"}))
    assert [*found[0]] == [*COLUMNS, "views", "author", "id_no", "summary"]
    assert [found[0][name] for name in fields] == ["-7", "'=林晚", "", "新茶"]
    assert [found[1][name] for name in fields] == ["", "", "", ""]


def test_the_hits_are_json_as_those_of_the_api_are(client):
    exported = client.get("/export.json", params={"q": "茶", "source": "kitchen.example.org"}).json()
    answered = client.get(
        "/api/search", params={"q": "茶", "source": "kitchen.example.org", "limit": 100}
    ).json()
    assert exported["hits"] == answered["hits"]
    assert exported["total"] == answered["total"] == len(exported["hits"])


def test_the_page_links_to_an_export_of_what_it_lists(page, client):
    tree = page(q="的", source="kitchen.example.org", sort="newest")
    for link in tree.cssselect(".links a[download]"):
        assert link.get("href").split("?")[0] == f"/export.{link.text.lower()}"
    (address,) = [one.get("href") for one in tree.cssselect(".links a") if one.text == "CSV"]
    found = rows(client.get(address))
    assert str(len(found)) in tree.cssselect(".links")[0].text_content()
    days = [row["published"] for row in found]
    assert days == sorted(days, reverse=True)


@pytest.mark.parametrize("collected", ["csv", "json"])
def test_an_export_has_as_many_hits_as_can_be_reached(make_index, collected):
    index = make_index(*(f"第{n}篇茶" for n in range(250)))
    client = TestClient(web.app(index, limits=web.Limits(depth=220)))
    response = client.get(f"/export.{collected}", params={"q": "茶"})
    hits = rows(response) if collected == "csv" else response.json()["hits"]
    assert len({hit["id"] for hit in hits}) == len(hits) == 220


def test_an_export_of_nothing_is_empty(client):
    assert rows(client.get("/export.csv", params={"q": "qwxyz"})) == []
    assert client.get("/export.json", params={"q": "qwxyz"}).json()["hits"] == []


def test_an_export_counts_as_ten_requests(make_index):
    client = TestClient(web.app(make_index("茶"), limits=web.Limits(rate=0.001, burst=11)))
    statuses = [client.get("/export.csv", params={"q": "茶"}).status_code for _ in range(3)]
    assert statuses == [200, 429, 429]


@pytest.mark.parametrize("path", ["/export.csv", "/export.json", "/feed"])
def test_a_wrong_address_is_an_error_page_as_elsewhere(client, path):
    response = client.get(path, params={"since": "tomorrow"})
    assert (response.status_code, response.headers["content-type"][:9]) == (400, "text/html")


@given(st.text())
@example("=HYPERLINK(1)")
@example("＝1+1")
@example("\t=1")
def test_no_cell_is_a_formula_and_none_is_changed_otherwise(text):
    cell = _plain(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    assert cell.removeprefix("'") == text.replace("\0", "\ufffd").removeprefix("'")


def test_hostile_articles_stay_cells(make_index):
    title = '=cmd|"/c calc"!A0, 茶\n"'
    index = make_index(Document(title=title, id="+1", tags=["-2", "甲,乙"], source="@x"))
    (row,) = rows(TestClient(web.app(index)).get("/export.csv", params={"q": "茶"}))
    assert set(row) == set(COLUMNS)
    assert [row[name] for name in ("title", "id", "tags", "source")] == [
        f"'{title}", "'+1", "'-2, 甲,乙", "'@x",
    ]  # fmt: skip

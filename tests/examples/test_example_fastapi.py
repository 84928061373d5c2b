"""The FastAPI example: the search page under a path, and endpoints beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import lxml.html
import pytest
from web.conftest import HOSTILE

from searchkit import Document, Index

pytest.importorskip("fastapi", reason="needs FastAPI: pip install 'searchkit-zh[examples]'")

from fastapi.testclient import TestClient

Load = Callable[[str], Any]


@pytest.fixture
def client(in_demo: None, load: Load) -> TestClient:
    return TestClient(load("fastapi_site").site)


def test_the_articles_endpoint_answers_with_results(client: TestClient, index: Index) -> None:
    answer = client.get("/articles", params={"q": "图书馆", "limit": 2}).json()
    expected = index.search("图书馆", limit=2).to_dict()
    for either in (answer, expected):
        del either["took"], either["cursor"]
    assert answer["total"] == 4
    assert len(answer["hits"]) == 2
    assert answer["hits"][0]["snippet"]["spans"]
    assert answer == expected


def test_an_article_has_the_spans_of_its_matches(client: TestClient, index: Index) -> None:
    hit = index.search("图书馆")[0]
    path = f"/articles/{quote(hit.id, safe='')}"
    answer = client.get(path, params={"q": "图书馆"}).json()
    spans = answer.pop("spans")
    assert answer == hit.document.to_dict()
    assert [answer["body"][start:end] for start, end in spans] == ["图书馆", "図書館", "図書館", "图书馆"]
    assert client.get(path).json()["spans"] == client.get(path, params={"q": "地铁"}).json()["spans"] == []


@pytest.mark.parametrize("path", ["/articles", f"/articles/{quote(HOSTILE['id'], safe='')}"])
def test_a_malformed_query_is_a_400_with_the_position(client: TestClient, path: str) -> None:
    response = client.get(path, params={"q": '图书馆 "茶'})
    assert response.status_code == 400
    assert response.json()["position"] == 4
    assert "closed" in response.json()["detail"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/articles/nothing", 404),
        ("/articles", 422),
        ("/articles?q=a&limit=0", 422),
        ("/articles?q=" + "a" * 501, 422),
    ],
)
def test_unknown_articles_and_invalid_parameters_are_refused(
    client: TestClient, path: str, status: int
) -> None:
    assert client.get(path).status_code == status


def test_the_search_page_is_mounted_beside_the_api(client: TestClient) -> None:
    response = client.get("/search", params={"q": "图书馆"})
    assert response.status_code == 200
    tree = lxml.html.fromstring(response.text)
    links = [link.get("href") for link in tree.xpath("//h2/a")]
    assert len(links) == 4
    assert client.get(links[0]).status_code == 200
    assert all(link.startswith("/search/article?") for link in links)
    assert client.get("/search/api/search", params={"q": "图书馆"}).json()["total"] == 4


def test_openapi_lists_the_endpoints(client: TestClient) -> None:
    assert set(client.get("/openapi.json").json()["paths"]) == {"/articles", "/articles/{id}"}


def test_searchkit_index_names_another_index(
    load: Load, make_index: Callable[..., Index], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_index(Document(body="只有这里才有的茶"), location=tmp_path / "other")
    monkeypatch.setenv("SEARCHKIT_INDEX", str(tmp_path / "other"))
    client = TestClient(load("fastapi_site").site)
    assert client.get("/articles", params={"q": "茶"}).json()["total"] == 1

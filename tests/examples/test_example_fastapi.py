"""The FastAPI example: the search page under a path, and endpoints that search and index posts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from examples.conftest import empty_blog, loader

import searchkit

pytest.importorskip("fastapi", reason="needs FastAPI: pip install 'searchkit-zh[examples]'")

from fastapi.testclient import TestClient

Load = Callable[[str], Any]


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The site. What a test writes it deletes."""
    with empty_blog(tmp_path_factory.mktemp("fastapi")), loader() as load:
        yield load("fastapi_site")


@pytest.fixture
def client(module: Any) -> TestClient:
    return TestClient(module.site)


def test_the_posts_are_indexed_at_the_start_and_opened_at_the_next(blog: Path, load: Load) -> None:
    client = TestClient(load("fastapi_site").site)
    assert client.get("/posts", params={"q": "图书馆"}).json()["total"] == 4
    with searchkit.open(blog / "indexes" / "blog") as index:
        before = index.stats().details
        assert len(index) == 44
        again = TestClient(load("fastapi_site").site)
        assert again.get("/posts", params={"q": "图书馆"}).json()["total"] == 4
        assert index.stats().details == before  # nothing was written


def test_the_search_endpoint_answers_with_results(client: TestClient, module: Any) -> None:
    answer = client.get("/posts", params={"q": "图书馆", "limit": 2}).json()
    expected = module.index.search("图书馆", limit=2).to_dict()
    for either in (answer, expected):
        del either["took"], either["cursor"]
    assert len(answer["hits"]) == 2
    assert answer["hits"][0]["snippet"]["spans"]
    assert answer == expected


def test_a_post_has_the_spans_of_its_matches(client: TestClient, module: Any) -> None:
    hit = module.index.search("图书馆")[0]
    answer = client.get(f"/posts/{hit.id}", params={"q": "图书馆"}).json()
    spans = answer.pop("spans")
    assert answer == hit.document.to_dict()
    assert [answer["body"][start:end] for start, end in spans] == ["图书馆", "図書館", "図書館", "图书馆"]
    assert client.get(f"/posts/{hit.id}").json()["spans"] == []


def test_a_post_is_found_once_it_is_saved_and_until_it_is_deleted(client: TestClient) -> None:
    def found(query: str) -> list[str]:
        return [hit["id"] for hit in client.get("/posts", params={"q": query}).json()["hits"]]

    id = client.post("/posts", json={"title": "獨一無二", "html": "<p>嶄新的<b>葫蘆</b></p>"}).json()["id"]
    assert found("独一无二 葫芦") == [str(id)]
    assert client.put(f"/posts/{id}", json={"title": "改过", "html": "<p>旧的瓢</p>"}).json() == {"id": id}
    assert found("葫蘆") == []
    assert found("瓢")[0] == str(id)
    assert client.delete(f"/posts/{id}").status_code == 204
    assert client.get(f"/posts/{id}").status_code == 404


def test_a_new_post_has_the_time_that_it_is_whatever_the_zone_of_the_server(client: TestClient) -> None:
    id = client.post("/posts", json={"title": "今天", "html": "<p>现在</p>"}).json()["id"]
    published = datetime.fromisoformat(client.get(f"/posts/{id}").json()["published"].replace("Z", "+00:00"))
    assert published.utcoffset() == timedelta(hours=8)
    assert abs(published - datetime.now(timezone.utc)) < timedelta(minutes=5)
    client.delete(f"/posts/{id}")


@pytest.mark.parametrize("path", ["/posts", "/posts/1"])
def test_a_malformed_query_is_a_400_with_the_position(client: TestClient, path: str) -> None:
    response = client.get(path, params={"q": '图书馆 "茶'})
    assert response.status_code == 400
    assert response.json()["position"] == 4
    assert "closed" in response.json()["detail"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/posts/4711", 404),
        ("/posts/nothing", 422),
        ("/posts", 422),
        ("/posts?q=a&limit=0", 422),
        ("/posts?q=" + "a" * 501, 422),
    ],
)
def test_unknown_posts_and_invalid_parameters_are_refused(client: TestClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_the_search_page_is_mounted_beside_the_api(client: TestClient) -> None:
    response = client.get("/search", params={"q": "图书馆"})
    assert response.status_code == 200
    links = [link.get("href") for link in lxml.html.fromstring(response.text).xpath("//h2/a")]
    assert len(links) == 4
    assert client.get(links[0]).status_code == 200
    assert all(link.startswith("/search/article?") for link in links)
    assert client.get("/search/api/search", params={"q": "图书馆"}).json()["total"] == 4


def test_openapi_lists_the_endpoints(client: TestClient) -> None:
    assert set(client.get("/openapi.json").json()["paths"]) == {"/posts", "/posts/{id}"}


def test_the_environment_names_another_index_and_database(
    blog: Path, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEARCHKIT_INDEX", str(blog / "other"))
    monkeypatch.setenv("BLOG", str(blog / "other.sqlite3"))
    client = TestClient(load("fastapi_site").site)
    assert client.get("/posts", params={"q": "茶"}).json()["total"] > 0
    assert sorted(path.name for path in blog.iterdir()) == ["indexes", "other", "other.sqlite3"]

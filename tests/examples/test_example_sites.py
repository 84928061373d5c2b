"""The Flask and the Django example: the same pages, from templates that escape by themselves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import lxml.html
import pytest
from examples.conftest import HOSTILE_POST, UNTITLED_POST, empty_blog, loader
from web.conftest import texts

import searchkit
from searchkit import Index

Page = tuple[int, str]
Get = Callable[..., Page]
"""Asks for a path with parameters, and returns the status and the page."""


class Site(NamedTuple):
    get: Get
    index: Index


EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

# Django is configured once for a process, so it has one of its own.
_DJANGO = """
import json, sys
import django_site
from datetime import datetime
from django.test import Client
django_site.start()
for title, html in json.loads(sys.argv[1]):
    django_site.Post.objects.create(title=title, html=html, published=datetime(2024, 2, 3))
client = Client(SERVER_NAME="localhost")
for line in sys.stdin:
    response = client.get(*json.loads(line))
    print(json.dumps([response.status_code, response.content.decode()]), flush=True)
"""


@contextmanager
def flask_site(load: Callable[[str], Any]) -> Iterator[Get]:
    pytest.importorskip("flask", reason="needs Flask: pip install 'searchkit-zh[examples]'")
    module = load("flask_site")
    client = module.site.test_client()
    for title, html in (HOSTILE_POST, UNTITLED_POST):
        assert client.post("/posts", data={"title": title, "html": html}).status_code == 302

    def get(path: str, **parameters: str) -> Page:
        response = client.get(path, query_string=parameters)
        return response.status_code, response.get_data(as_text=True)

    yield get


@contextmanager
def django_site(folder: Path) -> Iterator[Get]:
    pytest.importorskip("django", reason="needs Django: pip install 'searchkit-zh[examples]'")
    environment = {
        **os.environ,
        "PYTHONPATH": f"{EXAMPLES.parent}{os.pathsep}{EXAMPLES}",
        "PYTHONIOENCODING": "utf-8",
        "SEARCHKIT_INDEX": "indexes/blog",
    }
    command = [sys.executable, "-W", "error", "-c", _DJANGO, json.dumps([HOSTILE_POST, UNTITLED_POST])]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", env=environment, cwd=folder
    ) as process:

        def get(path: str, **parameters: str) -> Page:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps([path, parameters]) + "\n")
            process.stdin.flush()
            status, page = json.loads(process.stdout.readline())
            return status, page

        yield get  # behind it the standard input closes, and so the process ends
    assert process.returncode == 0


@pytest.fixture(scope="module", params=["flask", "django"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site of one of the examples, with two difficult posts. Not to be written to."""
    with empty_blog(tmp_path_factory.mktemp(request.param)) as folder, loader() as load:
        with flask_site(load) if request.param == "flask" else django_site(folder) as get:
            get("/")
            with searchkit.open(folder / "indexes" / "blog") as index:
                yield Site(get, index)


@pytest.fixture
def get(site: Site) -> Get:
    return site.get


@pytest.fixture
def index(site: Site) -> Index:
    return site.index


def tree_of(page: Page) -> lxml.html.HtmlElement:
    """A page that is there, with nothing in it that the template has not."""
    status, text = page
    assert status == 200
    tree = lxml.html.fromstring(text)
    for element in tree.iter():
        assert element.tag not in ("script", "img", "svg", "i", "b"), text
        assert not [name for name in element.attrib if name.startswith("on")], text
        assert (element.get("href") or "/").startswith(("/", "http")), text
    return tree


def test_the_start_page_has_a_search_box_and_no_hits(get: Get) -> None:
    tree = tree_of(get("/"))
    (box,) = tree.xpath("//input")
    assert (box.get("name"), box.get("value")) == ("q", "")
    assert texts(tree, "[role=status]") == [""]
    assert not tree.xpath("//h2")


def test_a_search_lists_hits_with_their_matches_marked(get: Get, index: Index) -> None:
    tree = tree_of(get("/", q="图书馆"))
    expected = index.search("图书馆")
    assert texts(tree, "[role=status]") == ["4 found"]
    assert texts(tree, "h2") == [hit.title.text for hit in expected]
    marks = sum(len(hit.title.spans) + len(hit.snippet.spans) for hit in expected)
    assert len(tree.xpath("//mark")) == marks > 4
    assert set(texts(tree, "mark")) == {"图书馆", "圖書館", "図書館"}
    assert tree.xpath("//input")[0].get("value") == "图书馆"


def test_a_hit_leads_to_its_article_with_all_matches_marked(get: Get, index: Index) -> None:
    href = tree_of(get("/", q="图书馆")).xpath("//h2/a/@href")[0]
    parts = urlsplit(href)
    tree = tree_of(get(parts.path, **dict(parse_qsl(parts.query))))
    hit = index.search("图书馆")[0]
    assert texts(tree, "h1") == [hit.title.text]
    assert texts(tree, "div") == [" ".join(hit.body.text.split())]
    assert len(tree.xpath("//div/mark")) == len(hit.body.spans) > 1
    assert hit.document.published is not None
    unmarked = tree_of(get(f"/posts/{hit.id}", q="地铁"))
    assert texts(unmarked, "div") == texts(tree, "div")
    assert not unmarked.xpath("//mark")


def test_a_hostile_post_stays_text(get: Get, index: Index) -> None:
    listed = tree_of(get("/", q="攻擊"))
    assert 'alert("標題")' in texts(listed, "h2")[0]
    href = urlsplit(listed.xpath("//h2/a/@href")[0])
    assert dict(parse_qsl(href.query)) == {"q": "攻擊"}
    id = href.path.removeprefix("/posts/")
    for query in ("攻擊", "地铁", '"><script>alert(1)</script>'):
        tree = tree_of(get(f"/posts/{id}", q=query))
        assert '<img src=x onerror="alert(1)">' in texts(tree, "div")[0]
        assert "alert(6)" not in texts(tree, "div")[0]
        hit = index.hit(query, id, lenient=True)
        assert len(tree.xpath("//div/mark")) == (len(hit.body.spans) if hit else 0)


def test_a_malformed_query_is_a_400_with_the_reason(get: Get) -> None:
    status, text = get("/", q="<b> 图书馆 (")
    assert status == 400
    assert "there is nothing in this group" in text
    assert lxml.html.fromstring(text).xpath("//input")[0].get("value") == "<b> 图书馆 ("
    assert "<b>" not in text


def test_a_post_without_a_title_has_a_link(get: Get) -> None:
    tree = tree_of(get("/", q="孤文"))
    assert texts(tree, "h2") == ["(no title)"]
    parts = urlsplit(tree.xpath("//h2/a/@href")[0])
    article = tree_of(get(parts.path, **dict(parse_qsl(parts.query))))
    assert texts(article, "div") == ["只有正文的文章：孤文。"]


def test_an_unknown_post_is_a_404(get: Get) -> None:
    assert get("/posts/4711")[0] == get("/posts/nothing")[0] == 404


def test_flask_indexes_what_is_saved_and_forgets_what_is_deleted(
    blog: Path, load: Callable[[str], Any]
) -> None:
    pytest.importorskip("flask", reason="needs Flask: pip install 'searchkit-zh[examples]'")
    module = load("flask_site")
    client = module.site.test_client()
    answer = client.post("/posts", data={"title": "葫蘆", "html": "<p>一</p>"})
    id = answer.headers["Location"].rpartition("/")[2]
    client.post(f"/posts/{id}", data={"title": "葫蘆與瓢", "html": "<p>二</p>"})
    (hit,) = module.index.search("葫芦")
    assert (hit.id, hit.title.text) == (id, "葫蘆與瓢")
    client.post(f"/posts/{id}/delete")
    assert module.index.search("葫芦").total == 0
    assert client.get(f"/posts/{id}").status_code == 404

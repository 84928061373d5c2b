"""A hostile article stays text, and a hostile address as well."""

import re

import pytest
from starlette.testclient import TestClient
from web.conftest import HOSTILE, texts

from searchkit import web

SCRIPTS = re.compile(
    r"<(?!script src=)\s*script|<svg onload|<img src=x|<i onmouse|javascript:alert\(document", re.I
)

HOSTILE_VALUE = '"><script>alert(1)</script>\u202e'


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("/", {"q": "攻擊"}),
        ("/article", {"q": "攻擊", "id": HOSTILE["id"]}),
        ("/", {"tag": HOSTILE["tags"][1]}),
    ],
)
@pytest.mark.parametrize("script", ["", "hans"])
def test_a_hostile_article_stays_text(client, page, path, parameters, script):
    html = client.get(path, params={**parameters, "script": script}).text
    assert not SCRIPTS.search(html)
    tree = page(path, **parameters, script=script)
    for element in tree.iter("*"):
        assert not [name for name in element.attrib if name.startswith("on") or name == "style"]
        for name in ("href", "src", "action"):
            assert (element.get(name) or "/").startswith(("/", "http", "#"))
    scripts = [(one.get("type"), one.get("src").split("?")[0], one.text) for one in tree.cssselect("script")]
    own = [("module", f"/static/{name}.js", None) for name in ("search", "article")]
    assert scripts == own[: 2 if path == "/article" else 1]
    assert not re.search("[\x00\u202e\u2066]", html)


def test_matches_in_a_hostile_article_are_marked_where_they_are(page):
    tree = page("/article", q="攻擊", id=HOSTILE["id"])
    assert texts(tree, ".whole mark") == ["攻擊"] * 3
    assert texts(tree, "h1") == ['攻擊<script>alert("標題")</script>\ufffd倒過來']
    assert not tree.cssselect(".whole .out")


@pytest.mark.parametrize(
    "parameter",
    ["q", "source", "tag", "where", "since", "until", "lang", "script", "sort", "page", "unfolded", "id"],
)
@pytest.mark.parametrize("path", ["/", "/feed", "/opensearch.xml", "/export.csv", "/export.json"])
def test_parameters_of_an_address_stay_text(client, path, parameter):
    for value in (HOSTILE_VALUE, f"price={HOSTILE_VALUE}"):
        response = client.get(path, params={"q": "茶", parameter: value})
        assert response.status_code in (200, 400)
        if "csv" in response.headers["content-type"] or "json" in response.headers["content-type"]:
            continue
        check_is_text(response.text)


def check_is_text(html):
    assert "<script>" not in html
    assert "\u202e" not in re.sub(r' value="[^"]*"', "", html)


@pytest.mark.parametrize(
    "path", ["/?lang=en", "/?q=茶", "/?since=x", "/article?id=wire", "/feed", "/opensearch.xml"]
)
def test_what_a_site_calls_things_stays_text(index, path):
    page = web.Page(
        title=f"站{HOSTILE_VALUE}",
        facets={"source": HOSTILE_VALUE},
        sorts={"newest": HOSTILE_VALUE, "-price": ""},
    )
    check_is_text(TestClient(web.app(index, page=page)).get(path).text)

"""A hostile article stays text, and a hostile address as well."""

import re

import pytest
from web.conftest import HOSTILE, texts

SCRIPTS = re.compile(
    r"<(?!script src=)\s*script|<svg onload|<img src=x|<i onmouse|javascript:alert\(document", re.I
)


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


@pytest.mark.parametrize("parameter", ["q", "source", "tag", "since", "lang", "script", "sort", "id"])
def test_parameters_of_an_address_stay_text(client, parameter):
    html = client.get("/", params={"q": "茶", parameter: '"><script>alert(1)</script>\u202e'}).text
    assert "<script>" not in html
    assert "\u202e" not in re.sub(r' value="[^"]*"', "", html)

"""The feed of a search, and the description by which a browser searches here."""

from datetime import datetime, timezone
from urllib.parse import parse_qs, urlsplit

import lxml.etree
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from searchkit import Document, web

ATOM = {"a": "http://www.w3.org/2005/Atom"}
OPENSEARCH = {"o": "http://a9.com/-/spec/opensearch/1.1/"}


def feed_of(client, path="/feed", **parameters):
    response = client.get(path, params=parameters or None)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/atom+xml")
    return lxml.etree.fromstring(response.content)


def every(tree, path, names=ATOM):
    return [str(one) for one in tree.xpath(path, namespaces=names)]


def test_a_feed_has_the_newest_matches(client, index):
    tree = feed_of(client, q="茶")
    newest = [hit for hit in index.search("茶", sort="newest", limit=20) if hit.published]
    assert every(tree, "a:entry/a:title/text()") == [hit.title.text for hit in newest]
    assert every(tree, "a:title/text()") == ["測試站: 茶"]
    assert every(tree, "a:updated/text()") == [newest[0].published.strftime("%Y-%m-%dT%H:%M:%SZ")]


def test_a_feed_has_the_moment_of_publication_whatever_the_time_zone_of_the_index(make_index):
    index = make_index(Document(title="茶", published="2024-07-31T08:00"), timezone="Asia/Shanghai")
    tree = feed_of(TestClient(web.app(index)), q="茶")
    texts = every(tree, "//a:published/text()") + every(tree, "//a:updated/text()")
    assert {datetime.fromisoformat(text) for text in texts} == {datetime(2024, 7, 31, tzinfo=timezone.utc)}


@pytest.mark.parametrize("q", ["", "茶", "攻擊", "qwxyz"])
def test_a_feed_has_what_the_standard_asks_for(client, q):
    """RFC 4287, section 4.1: the elements that a feed and an entry must have, each once."""
    tree = feed_of(client, q=q)
    for element in [tree, *tree.xpath("a:entry", namespaces=ATOM)]:
        for name in ("id", "title", "updated"):
            (text,) = every(element, f"a:{name}/text()")
            assert text.strip()
        datetime.fromisoformat(every(element, "a:updated/text()")[0].replace("Z", "+00:00"))
        (address,) = every(element, "a:link[@rel='alternate']/@href")
        for absolute in (address, every(element, "a:id/text()")[0]):
            assert urlsplit(absolute)[:2] == ("http", "testserver")
    assert len(every(tree, "a:link[@rel='self']")) == len(every(tree, "a:author/a:name")) == 1
    ids = every(tree, "a:entry/a:id/text()")
    assert len(set(ids)) == len(ids)
    for link in every(tree, "a:entry/a:link/@href"):
        assert client.get(link).status_code == 200


def test_a_feed_names_its_own_search_and_the_page_links_to_it(client, page):
    parameters = {"q": ["茶"], "source": ["kitchen.example.org"]}
    tree = page(q="茶", source="kitchen.example.org", sort="newest")
    links = [one.get("href") for one in tree.cssselect('a[type="application/atom+xml"], link[rel=alternate]')]
    assert len(links) == 2
    for link in links:
        found = feed_of(client, link)
        for address in every(found, "a:link/@href | a:id/text()"):
            assert parse_qs(urlsplit(address).query) == parameters
        assert set(every(found, "a:entry/a:author/a:name/text()")) == {"kitchen.example.org"}


def test_a_feed_has_times_in_the_time_zone_of_the_index(make_index):
    index = make_index(Document(body="茶", id="7", published="2024-02-03T00:30"), timezone="Asia/Shanghai")
    tree = feed_of(TestClient(web.app(index)), q="茶")
    assert every(tree, "//a:published/text() | //a:updated/text()") == ["2024-02-03T00:30:00+08:00"] * 3


def test_hostile_articles_stay_text_in_a_feed(make_index):
    index = make_index(
        Document(
            title="茶 <b>&amp;]]> \x01\ufffe\u202e", body="茶</summary><entry/>", id='"><x', tags=['"/><y/>'],
            source="<name>", published=datetime.fromisoformat("2024-02-03T00:00:00+08:00"),
        )
    )  # fmt: skip
    tree = feed_of(TestClient(web.app(index, title="<t> & \x02")), q="茶")
    assert every(tree, "a:entry/a:title/text()") == ["茶 <b>&amp;]]> \ufffd\ufffd\ufffd"]
    assert every(tree, "a:entry/a:summary/text()") == ["茶</summary><entry/>"]
    assert every(tree, "a:entry/a:category/@term") == ['"/><y/>']
    assert every(tree, "a:entry/a:published/text()") == ["2024-02-02T16:00:00Z"]


def test_links_of_the_site_are_absolute_in_a_feed(make_index):
    index = make_index(Document(body="茶", id="7", published=datetime.fromisoformat("2024-02-03T00:00:00Z")))
    page = web.Page(link=lambda hit: f"/posts/{hit.id}", url="https://tea.example/search/")
    tree = feed_of(TestClient(web.app(index, page=page)), q="茶")
    assert every(tree, "a:entry/a:link/@href") == ["https://tea.example/posts/7"]
    assert every(tree, "a:link[@rel='self']/@href")[0].startswith("https://tea.example/search/feed?q=")


@pytest.mark.parametrize("host", ["evil.example/<x>", 'a"onload="', "a b", "[::1", "x" * 10 + "@evil"])
def test_a_host_that_is_none_is_in_no_link(client, host):
    for path in ("/feed", "/opensearch.xml"):
        text = client.get(path, headers={"Host": host}).text
        lxml.etree.fromstring(text.encode())
        assert "http://localhost" in text
        assert "evil" not in text


def test_a_browser_learns_how_to_search_here(client, page):
    (link,) = page().cssselect("link[rel=search]")
    assert (link.get("type"), link.get("title")) == ("application/opensearchdescription+xml", "測試站")
    response = client.get(link.get("href"))
    assert response.headers["content-type"] == "application/opensearchdescription+xml"
    tree = lxml.etree.fromstring(response.content)
    assert every(tree, "o:ShortName/text()", OPENSEARCH) == ["測試站"]
    templates = {one.get("type"): one.get("template") for one in tree.findall("o:Url", OPENSEARCH)}
    assert templates["text/html"] == "http://testserver/?q={searchTerms}"
    assert client.get(every(tree, "o:Image/text()", OPENSEARCH)[0]).status_code == 200
    asked = templates["application/x-suggestions+json"].replace("{searchTerms}", "图书")
    typed, suggested = client.get(asked).json()
    assert typed == "图书"
    assert "图书馆" in suggested


def test_a_description_keeps_to_the_lengths_of_the_standard(make_index):
    client = TestClient(web.app(make_index("茶"), title="很长的名字" * 10))
    tree = lxml.etree.fromstring(client.get("/opensearch.xml").content)
    assert len(every(tree, "o:ShortName/text()", OPENSEARCH)[0]) == 16


def test_links_know_where_the_app_is_mounted(index):
    client = TestClient(Starlette(routes=[Mount("/a/b", web.app(index))]))
    for path in ("feed", "opensearch.xml"):
        text = client.get(f"/a/b/{path}", params={"q": "茶"} if path == "feed" else None).text
        assert text.count("http://testserver/") == text.count("http://testserver/a/b/") > 2

"""The page of one article: headings, links, pictures and places, and the way from match to match."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

import lxml.html
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from web.conftest import texts

from searchkit import Document, Highlighted, Markup, web
from searchkit.web.article_html import ArticleHtml
from searchkit.web.sanitize import sanitize

IMAGE = '<img src="https://b.org/c.png" alt="" loading="lazy" decoding="async" referrerpolicy="no-referrer">'
LINK = '<a href="https://b.org/?c=1&amp;d" rel="nofollow noopener noreferrer">'


def rendered(text: str, *markup: tuple[Any, ...], spans: Any = (), **options: Any) -> str:
    html = ArticleHtml(Highlighted(text, spans), [Markup(*one) for one in markup], **options).blocks()
    return str(html).replace("<bdi>", "").replace("</bdi>", "")


@pytest.mark.parametrize(
    ("text", "spans", "markup", "html"),
    [
        ("甲\n\n 乙\n", (), (), ["<p>甲</p>", "<p> 乙</p>"]),
        ("甲乙丙", [(0, 1), (2, 3)], (), ['<p><mark id="m1">甲</mark>乙<mark id="m2">丙</mark></p>']),
        # A match that goes on behind a line, or the border of a link, has one id.
        ("甲乙\n丙", [(1, 4)], (), ['<p>甲<mark id="m1">乙</mark></p>', "<p><mark>丙</mark></p>"]),
        (
            "甲乙",
            [(0, 2)],
            [("link", 1, 2, "https://b.org/?c=1&d")],
            [f'<p><mark id="m1">甲</mark>{LINK}<mark>乙</mark></a></p>'],
        ),
        # Links are not in one another, and lead to http and https only.
        (
            "甲乙",
            (),
            [("link", 0, 2, "https://b.org/?c=1&d"), ("link", 1, 2, "https://e.org")],
            [f"<p>{LINK}甲乙</a></p>"],
        ),
        (
            "甲乙",
            (),
            [("link", 0, 2, "javascript:alert(1)"), ("link", 1, 2, "https://b.org/?c=1&d")],
            [f"<p>甲{LINK}乙</a></p>"],
        ),
        # The headings of an article begin below the title of the page, and leave no level out.
        (
            "甲\n乙\n丙",
            (),
            [("heading", 0, 1, "3"), ("heading", 2, 3, "5")],
            ["<h2>甲</h2>", "<h3>乙</h3>", "<p>丙</p>"],
        ),
        ("甲乙", (), [("heading", 0, 1, "2")], ["<p>甲乙</p>"]),
        # A picture stands above its description, or in its line.
        (
            "图说",
            (),
            [("image", 0, 2, "https://b.org/c.png")],
            [f'<p class="picture">{IMAGE}</p>', '<p class="caption"><span class="caption">图说</span></p>'],
        ),
        ("甲乙", (), [("image", 1, 1, "https://b.org/c.png")], [f"<p>甲{IMAGE}乙</p>"]),
        (
            "甲",
            (),
            [("image", 1, 1, "https://b.org/c.png")],
            ["<p>甲</p>", f'<p class="picture">{IMAGE}</p>'],
        ),
        ("甲", (), [("image", 0, 0, "data:text/html,x")], ["<p>甲</p>"]),
        (
            "甲\n乙",
            (),
            [("place", 0, 1, "<page> 1"), ("place", 2, 3, "page\u202e 2")],
            [
                '<p class="place">&lt;page&gt; 1</p>',
                "<p>甲</p>",
                '<p class="place">page\ufffd 2</p>',
                "<p>乙</p>",
            ],
        ),
    ],
)
def test_what_an_article_becomes(text: str, spans: Any, markup: Any, html: list[str]) -> None:
    assert rendered(text, *markup, spans=spans).split("\n") == html


def test_without_images_their_descriptions_stay() -> None:
    html = rendered("图说\n甲", ("image", 0, 2, "https://b.org/c.png"), images=False)
    assert "<img" not in html
    assert "图说" in html


values = st.sampled_from(
    ["https://b.org/c", "http://b.org/'\"><script>", "javascript:alert(1)", "2", "<b>", "", "\u202e"]
)
marks = st.builds(
    lambda kind, one, other, value: Markup(kind, min(one, other), max(one, other), value),
    st.sampled_from(["heading", "link", "image", "place"]),
    st.integers(0, 30),
    st.integers(0, 30),
    values,
)
ELEMENTS = {"p", "h2", "h3", "h4", "h5", "h6", "bdi", "mark", "a", "span", "img"}
ATTRIBUTES = {"id", "class", "href", "rel", "src", "alt", "loading", "decoding", "referrerpolicy"}


class Checker(HTMLParser):
    """Checks each element, and that it ends where it has to; collects the texts of lines and of matches."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.ids: list[int] = []
        self.lines: list[str] = []
        self.marked = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        assert tag in ELEMENTS
        assert given.keys() <= ATTRIBUTES
        assert (given.get("href") or given.get("src") or "https://").startswith(("https://", "http://"))
        assert tag != "a" or "a" not in self.opened
        if tag == "mark" and (id := given.get("id")):
            self.ids.append(int(id[1:]))
        if not self.opened and given.get("class") not in ("place", "picture"):
            self.lines.append("")
        if tag != "img":
            self.opened.append("aside" if given.get("class") == "place" else tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() in (tag, "aside")

    def handle_data(self, data: str) -> None:
        if self.opened and self.opened[0] != "aside":
            self.lines[-1] += data
        if "mark" in self.opened:
            self.marked += data


@given(
    st.text("甲乙<>&\"' \n\n\t\u3000\u202e", max_size=30),
    st.lists(st.integers(0, 30), max_size=8, unique=True).map(sorted),
    st.lists(marks, max_size=8),
)
@example("甲 乙", [0, 3], [Markup("image", 0, 1, "https://b.org/c"), Markup("link", 0, 2, "https://b.org/c")])
def test_the_text_of_the_elements_is_the_text_of_the_article(
    text: str, cuts: list[int], markup: list[Markup]
) -> None:
    spans = [(start, end) for start, end in zip(cuts[::2], cuts[1::2]) if end <= len(text)]
    checker = Checker()
    checker.feed(str(ArticleHtml(Highlighted(text, spans), markup).blocks()))
    checker.close()
    assert checker.opened == []
    shown = sanitize(text)
    assert checker.lines == [line for line in shown.split("\n") if line.strip()]
    places = [at for start, end in spans for at in range(start, end) if shown[at] != "\n"]
    assert checker.marked == "".join(shown[at] for at in places if line_at(shown, at).strip())
    assert checker.ids == sorted(set(checker.ids))


def line_at(text: str, at: int) -> str:
    return text[text.rfind("\n", 0, at) + 1 :].split("\n")[0]


STORY = Document(
    id="story",
    title="采茶",
    html="<h2>春</h2><p>采茶的人<a href='https://b.org/a'>上山</a>。</p>"
    + "<img src='https://b.org/c.png' alt='茶山'>"
    + "<p>别的话。</p>" * 300
    + "<h4>夏</h4><p>茶</p>",
)
BOOK = Document(
    id="book",
    title="书",
    body="第一页的话。\n" + "别的。" * 200 + "\n第二页有茶。",
    markup=(Markup("place", 0, 600, "第 1 页"), Markup("place", 600, 613, "第 2 页")),
)


@pytest.fixture
def client(make_index: Any) -> TestClient:
    return TestClient(web.app(make_index(STORY, BOOK)), headers={"Accept-Language": "en"})


def tree_of(client: TestClient, address: str, **parameters: Any) -> lxml.html.HtmlElement:
    response = client.get(address, params=parameters or None)
    assert response.status_code == 200, response.text
    return lxml.html.fromstring(response.text, base_url=str(response.url))


def test_an_article_keeps_its_headings_links_and_pictures(client: TestClient) -> None:
    tree = tree_of(client, "/article", id="story", q="茶")
    assert texts(tree, ".text h2, .text h3") == ["春", "夏"]
    assert [one.get("href") for one in tree.cssselect(".text a")] == ["https://b.org/a"]
    assert [one.get("src") for one in tree.cssselect(".text img")] == ["https://b.org/c.png"]
    assert texts(tree, ".text .caption mark") == ["茶"]


@pytest.mark.parametrize("images", [True, False])
def test_pictures_are_allowed_only_where_an_article_has_them(make_index: Any, images: bool) -> None:
    client = TestClient(web.app(make_index(STORY, BOOK), page=web.Page(images=images)))
    addresses = ["/article?id=story", "/article?id=book", "/?q=茶", "/api/documents/story"]
    policies = [client.get(one).headers["content-security-policy"] for one in addresses]
    assert ["img-src 'self' http: https:;" in one for one in policies] == [images, False, False, False]
    assert all("script-src 'self'; style-src 'self'" in one for one in policies)
    assert ('<img src="https:' in client.get("/article?id=story").text) == images


def test_links_lead_from_match_to_match_and_round_again(client: TestClient) -> None:
    tree = tree_of(client, "/article", id="story", q="茶", sort="newest")
    assert texts(tree, ".matches") == ["4 matches in this article"]
    assert tree.cssselect(".matches")[0].get("href") == "#m2"  # the first is in the title above
    for number in (1, 2, 3, 4, 1):
        (link,) = tree.cssselect("#steps [rel=next]")
        address = urlsplit(link.get("href"))
        assert address.fragment == f"m{number}"
        assert parse_qs(address.query) == {
            "id": ["story"], "q": ["茶"], "sort": ["newest"], "match": [str(number)],
        }  # fmt: skip
        tree = tree_of(client, link.get("href"))
        assert texts(tree, "#step") == [str(number)]
        assert texts(tree, f"#m{number}") == ["茶"]
    assert tree.cssselect("#steps [rel=prev]")[0].get("href").endswith("#m4")


@pytest.mark.parametrize("match", ["0", "99", "-1", "x", "１", "9" * 400])
def test_a_match_that_is_none_is_left_out(client: TestClient, match: str) -> None:
    assert texts(tree_of(client, "/article", id="story", q="茶", match=match), "#step") == ["–"]


def test_an_article_with_one_match_or_none_has_no_steps(client: TestClient) -> None:
    assert not tree_of(client, "/article", id="book", q="茶").cssselect("#steps")
    assert not tree_of(client, "/article", id="book").cssselect("#steps, .matches")


def test_a_hit_leads_to_its_matches_and_to_the_place_of_its_snippet(client: TestClient) -> None:
    tree = tree_of(client, "/", q="茶")
    found = {texts(hit, "h2")[0]: hit.cssselect(".inside a") for hit in tree.cssselect(".hit")}
    assert [one.text_content().split(":")[0] for one in found["采茶"]] == ["4 matches in this article"]
    assert found["采茶"][0].get("href").endswith("#m2")
    place, matches = found["书"]
    assert (place.text_content(), matches.text_content()) == ("第 2 页", "1 match in this article: 书")
    article = tree_of(client, place.get("href"))
    assert texts(article, ".place") == ["第 1 页", "第 2 页"]
    assert texts(article, "#" + urlsplit(place.get("href")).fragment) == ["茶"]


@pytest.mark.parametrize(
    ("lang", "names"), [("en", ["page iv", "page 2"]), ("zh-Hant", ["第 iv 頁", "第 2 頁"])]
)
def test_pages_of_a_pdf_are_named_in_the_language_of_the_page(
    make_index: Any, lang: str, names: list[str]
) -> None:
    marks = (Markup("place", 0, 2, "page iv"), Markup("place", 3, 5, "page 2"))
    client = TestClient(web.app(make_index(Document(id="1", body="水。\n茶。", markup=marks))))
    (place, _) = tree_of(client, "/", q="茶", lang=lang).cssselect(".inside a")
    assert place.text_content() == names[1]
    assert texts(tree_of(client, place.get("href")), ".place") == names


def test_the_place_of_a_hit_is_that_of_the_match_that_is_shown(make_index: Any) -> None:
    body = "水在前面。" * 3 + "\n" + "别的。" * 300 + "\n水与茶在后面。"
    book = Document(id="1", body=body, markup=(Markup("place", 0, len(body), "书"),))
    client = TestClient(web.app(make_index(book)))
    (place, first) = tree_of(client, "/", q="水 茶").cssselect(".inside a")
    assert urlsplit(place.get("href")).fragment == "m4"
    assert urlsplit(first.get("href")).fragment == "m1"

"""What a site makes its own of the page: name, logo, colours, links, filters, orders, templates, words."""

import re

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from web.conftest import texts

import searchkit
from searchkit import Document, web
from searchkit.web.colors import DARK, contrast, style_sheet
from searchkit.web.customization import safe_link
from searchkit.web.languages import TEXTS

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8H0z"/></svg>'
ARTICLES = [
    {
        "id": "1",
        "title": "龙井茶",
        "body": "明前龙井，清明以前采摘。",
        "extra": {"views": 30, "author": "林晚"},
    },
    {
        "id": "2",
        "title": "普洱茶",
        "body": "普洱茶越陈越香。",
        "extra": {"views": 7, "author": "周九", "paid": True},
    },
    {"id": "3", "title": "茶与水", "body": "水为茶之母。", "extra": {"views": 120, "author": "林晚"}},
]
FIELDS = {"views": "number", "author": "text", "paid": "boolean", "summary": "fulltext"}


@pytest.fixture
def teas(make_index):
    return make_index(*(Document(**one) for one in ARTICLES), fields=FIELDS)


def visiting(index, **options):
    """Gets pages of an app with these options of `Page`, in English, as trees."""
    limits = web.Limits(rate=0, seconds=60)
    client = TestClient(web.app(index, page=web.Page(**options), limits=limits))

    def visit(path="/", **parameters):
        response = client.get(path, params=parameters or None, headers={"Accept-Language": "en"})
        assert response.status_code == 200, response.text
        return lxml.html.fromstring(response.text)

    return visit


def test_a_page_has_the_title_of_the_site_also_in_short(teas):
    for app in (web.app(teas, title="茶站"), web.app(teas, page=web.Page(title="茶站"))):
        tree = lxml.html.fromstring(TestClient(app).get("/").text)
        assert texts(tree, ".brand span") == texts(tree, "h1") == texts(tree, "title") == ["茶站"]


@pytest.mark.parametrize("name", ["logo.png", "logo.svg"])
def test_a_logo_is_a_file_that_is_served(teas, tmp_path, name):
    (tmp_path / name).write_bytes(b"picture")
    client = TestClient(web.app(teas, page=web.Page(logo=tmp_path / name)))
    tree = lxml.html.fromstring(client.get("/").text)
    (source,) = {tree.cssselect(".brand img")[0].get("src"), tree.cssselect("link[rel=icon]")[0].get("href")}
    served = client.get(source)
    assert served.content == b"picture"
    assert served.headers["content-type"] == {"logo.png": "image/png", "logo.svg": "image/svg+xml"}[name]


def test_a_logo_is_the_text_of_an_svg_or_an_address_that_the_policy_then_allows(teas):
    client = TestClient(web.app(teas, page=web.Page(logo=SVG)))
    assert client.get("/static/logo.svg").text == SVG
    away = TestClient(web.app(teas, page=web.Page(logo="https://cdn.example.org/a.png"))).get("/")
    assert 'src="https://cdn.example.org/a.png"' in away.text
    assert "img-src 'self' https://cdn.example.org;" in away.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("logo", "reason"),
    [
        ("nothing.png", "cannot be read"),
        ("logo.exe", "is no picture"),
        ("javascript:alert(1)", "is no picture"),
        ("https://a.example/x; script-src *", "no address"),
        ("https://a;script-src/x.png", "no address"),
    ],
)
def test_a_logo_that_is_none_is_refused(logo, reason):
    with pytest.raises(ValueError, match=reason):
        web.Page(logo=logo)


def test_colors_are_a_style_sheet_of_its_own(teas):
    client = TestClient(web.app(teas, page=web.Page(colors={"accent": "#0B6E4F"})))
    page = lxml.html.fromstring(client.get("/").text)
    sheets = [link.get("href") for link in page.cssselect("link[rel=stylesheet]")]
    (css,) = [client.get(sheet).text for sheet in sheets if "colors" in sheet]
    light, dark = css.split("@media")
    assert "--accent: #0b6e4f;" in light
    assert "--bar: #0b6e4f;" in light
    assert 'fill="#0B6E4F"' in client.get(page.cssselect(".brand img")[0].get("src")).text
    (lighter,) = re.findall(r"--accent: (#\w+);", dark)
    assert contrast(lighter, DARK["card"]) >= 4.5


@given(st.integers(0, 0xFFFFFF), st.sampled_from(["accent", "link", "seen"]))
def test_any_color_that_can_be_read_on_light_can_be_read_on_dark(number, name):
    color = f"#{number:06x}"
    try:
        css = style_sheet({name: color}, {})
    except ValueError as error:
        assert "contrast" in str(error)
        assert min(contrast(color, ground) for ground in ("#fbfaf7", "#ffffff")) < 4.5
        return
    (dark,) = re.findall(rf"--{name}: (#\w+);", css.split("@media")[1])
    assert min(contrast(dark, DARK["paper"]), contrast(dark, DARK["card"])) >= 4.5


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"colors": {"akzent": "#000"}}, "there is no colour 'akzent'; there are paper, card"),
        ({"colors": {"accent": "red"}}, "must be a colour like '#0b6e4f', not 'red'"),
        ({"colors": {"accent": "#000;}*{"}}, "must be a colour"),
        ({"colors": {"accent": "#ffee00"}}, "accent #ffee00 on paper .* take a darker accent"),
        ({"dark_colors": {"paper": "#ffffff"}}, "dark_colors: ink .* cannot be read"),
        ({"facets": "author"}, r"must be a list like \['author'\]"),
        ({"sorts": []}, "one order at least"),
        ({"sorts": [["-views", "newest"]]}, "one text: '-views,newest'"),
        ({"facets": {"views": [10, 50]}}, "'price:10,50' or searchkit.Facet"),
        ({"facets": ["views:ten=10"]}, "has 'ten=10' behind a colon"),
        ({"facets": ["views", "views:10"]}, "'views' is there twice"),
        ({"facets": ["year:limit=3"]}, "'year' has no options on a page"),
        ({"templates": "no/such/folder"}, "there is no folder 'no/such/folder'"),
        ({"url": "example.org/search"}, "must be an address like"),
        ({"title": " "}, "title must be a text"),
    ],
)
def test_what_a_page_cannot_have_is_refused(options, reason):
    with pytest.raises((ValueError, TypeError), match=reason):
        web.Page(**options)


@pytest.mark.parametrize(
    "options",
    [{"facets": ["autor"]}, {"sorts": ["-autor"]}, {"facets": ["summary"]}]
    + [{"sorts": ["-views,autor"]}, {"facets": ["autor:10,50"]}],
)
def test_a_filter_or_an_order_that_the_index_does_not_have_is_refused(teas, options):
    with pytest.raises(
        ValueError, match=r"in this index; there are .*views, author, paid\. Fields are declared"
    ):
        web.app(teas, page=web.Page(**options))


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"facets": ["author:10,50"]}, "edges are for numbers and dates, and 'author' is neither"),
        ({"facets": ["views:50,10"]}, "the edges of 'views' must rise"),
        ({"sorts": ["-newest"]}, "'-newest' has an order already"),
        ({"sorts": ["-views,views"]}, "has 'views' twice"),
    ],
)
def test_options_that_do_not_fit_a_field_are_refused_when_the_app_is_made(teas, options, reason):
    with pytest.raises(ValueError, match=reason):
        web.app(teas, page=web.Page(**options))


def test_a_hit_leads_where_the_site_says(teas):
    links = {"1": "https://tea.example/1?a=b&c", "2": "/posts/2", "3": None}
    tree = visiting(teas, link=lambda hit: links[hit.id])(q="茶")
    found = {one.text_content(): one.get("href") for one in tree.cssselect(".hit h2 a")}
    assert (found["龙井茶"], found["普洱茶"]) == (links["1"], links["2"])
    assert found["茶与水"].startswith("/article?id=3")


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "//evil.example",
        "/\\evil.example",
    ]
    + ["\\\\evil.example", "data:text/html,x", "https:evil", "http://[", "", None, 3, "x:y", "https:///x"],
)
def test_a_hit_leads_nowhere_else(teas, address):
    tree = visiting(teas, link=lambda hit: address)(q="茶")
    assert all(one.get("href").startswith("/article?id=") for one in tree.cssselect(".hit h2 a"))
    assert safe_link(address) == ""


@pytest.mark.parametrize(
    ("name", "label", "values"),
    [
        ("author", "作者", {"林晚": 2, "周九": 1}),
        ("views", "", {"7": 1, "30": 1, "120": 1}),
        ("paid", "Paid", {"yes": 1}),
        ("views:10,100", "Reads", {"< 10": 1, "10 – 100": 1, "≥ 100": 1}),
        (searchkit.Facet("views", step=100), "Reads", {"0 – 100": 2, "100 – 200": 1}),
        ("author:limit=1", "", {"林晚": 2}),
    ],
)
def test_a_declared_field_narrows_the_results_down(teas, name, label, values):
    visit = visiting(teas, facets={"source": "", name: label})
    tree = visit(q="茶")
    name = searchkit.Facet.parse(name).name if isinstance(name, str) else name.name
    assert texts(tree, ".facet h2") == [label or name]
    found = dict(zip(texts(tree, ".facet bdi"), map(int, texts(tree, ".facet .count")), strict=True))
    assert found == values
    for link, count in zip(tree.cssselect(".facet a"), values.values(), strict=True):
        narrowed = visit(link.get("href"))
        assert len(narrowed.cssselect(".hits > li")) == int(texts(link, ".count")[0])
        assert texts(narrowed, ".chips bdi") == [f"{label or name}: {texts(link, 'bdi')[0]}"]
        assert len(narrowed.cssselect(".facet a")) == len(values), "the others can still be chosen"
        back = visit(narrowed.cssselect(".chips a")[0].get("href"))
        assert len(back.cssselect(".hits > li")) == 3
        assert count


def test_a_declared_field_orders_the_results(teas):
    visit = visiting(teas, sorts={"-views": "Most read", "relevance": "", "views": ""})
    tree = visit(q="茶")
    assert texts(tree, ".hit h2") == ["茶与水", "龙井茶", "普洱茶"], "the first order is that of a search"
    orders = tree.cssselect('.switch[aria-label="Order"] a')
    assert [one.text for one in orders] == ["Most read", "Best first", "views, low to high"]
    assert texts(visit(orders[2].get("href")), ".hit h2") == ["普洱茶", "龙井茶", "茶与水"]
    assert texts(visit(q="茶", sort="author"), ".hit h2")[0] == "普洱茶", "a link may ask for others"


def test_an_order_may_be_by_several(make_index):
    documents = [
        Document(**one | {"extra": {"author": author, "views": views}})
        for one, author, views in zip(ARTICLES, ("林晚", "周九", "林晚"), (7, 7, 9), strict=True)
    ]
    visit = visiting(make_index(*documents, fields=FIELDS), sorts=["author, -views", "-views,author"])
    tree = visit(q="茶")
    first, second = tree.cssselect('.switch[aria-label="Order"] a')
    assert (first.text, second.text) == (
        "author, low to high, views, high to low",
        "views, high to low, author, low to high",
    )
    assert texts(tree, ".hit h2") == ["普洱茶", "茶与水", "龙井茶"]
    assert texts(visit(second.get("href")), ".hit h2") == ["茶与水", "普洱茶", "龙井茶"]
    assert texts(visit(q="茶", sort="views,newest"), ".hit h2")[-1] == "茶与水"


@pytest.mark.parametrize("lang", TEXTS)
@pytest.mark.parametrize(
    ("parameter", "value", "code"),
    [
        ("sort", "-cost", "invalid-parameter"),
        ("sort", "-views,cost", "invalid-parameter"),
        ("sort", "-views,views", "invalid-parameter"),
        ("sort", "newest,oldest", "invalid-parameter"),
        ("sort", "-newest", "invalid-parameter"),
        ("where", "cost=3", "invalid-parameter"),
        ("where", "views=many", "invalid-parameter"),
        ("since", "yesterday", "invalid-day"),
        ("page", "101", "too-deep"),
        ("q", "茶" * 501, "query-too-long"),
    ],
)
def test_what_is_wrong_with_an_address_is_said_in_the_language_of_the_page(
    teas, lang, parameter, value, code
):
    response = TestClient(web.app(teas)).get("/", params={parameter: value, "lang": lang})
    tree = lxml.html.fromstring(response.text)
    assert response.status_code == 400
    assert TEXTS[lang][f"problem_{code}"] in texts(tree, ".empty p")
    assert texts(tree, "code") == [f"{parameter}={value[:100]}"]


def test_templates_of_a_folder_take_the_place_of_ours_or_extend_them(teas, tmp_path):
    (tmp_path / "page.html").write_text(
        '{% extends "searchkit:page.html" %}{% block footer %}<footer>{{ site }}社</footer>{% endblock %}',
        encoding="utf-8",
    )
    (tmp_path / "hit.html").write_text("<p class=mine>{{ hit.title }} {{ level }}</p>", encoding="utf-8")
    visit = visiting(teas, title="茶", templates=tmp_path)
    tree = visit(q="普洱")
    assert texts(tree, ".mine") == ["普洱茶 2"]
    assert texts(tree, ".mine mark") == ["普洱"]
    assert texts(tree, "footer") == texts(visit("/article", id="1"), "footer") == ["茶社"]


def test_the_home_page_has_words_and_queries_of_the_index_which_find_something(page):
    home = page()
    words = home.cssselect(".words a")
    examples = home.cssselect(".hints dl a")
    assert len(words) >= 5
    assert len(examples) >= 5
    for link in words:
        found = page(link.get("href"))
        assert texts(found, "#summary strong")[0].split()[0] == texts(link, ".count")[0]
    for link in examples:
        assert page(link.get("href")).cssselect(".hit")


def test_words_of_the_home_page_are_those_of_the_newest_titles_more_than_of_all_articles(make_index):
    """What many articles have anyway is no news; neither are both spellings of a word."""
    news = ["奥运开幕 The Games", "确诊病例", "確診病例", "奥运闭幕"]
    newest = [
        Document(id=f"new{day}", title=title, body="一", published=f"2024-02-{day:02}")
        for day, title in enumerate(news, 1)
    ]
    old = [Document(id=str(n), body=f"the games 第{n}", published="2023-01-01") for n in range(30)]
    words = [word.split()[0] for word in texts(visiting(make_index(*newest, *old))(), ".words a")]
    assert words[0] == "奥运"
    assert len({"确诊", "確診"} & {*words}) == 1
    assert not {"The", "the", "Games", "games"} & {*words}


def test_the_home_page_looks_for_words_once_for_each_state_of_the_index(teas, monkeypatch):
    explained = []
    explain = teas.explain
    monkeypatch.setattr(
        teas, "explain", lambda *args, **options: explained.append(1) or explain(*args, **options)
    )
    visit = visiting(teas)
    assert visit().cssselect(".home")
    visit()
    assert len(explained) == 3
    teas.add([{"id": "4", "title": "咖啡与茶", "body": "咖啡与茶都提神。"}])
    visit()
    assert len(explained) == 7


def test_snippets_say_at_which_ends_the_text_goes_on(make_index):
    long = "前面的话。" * 60
    bodies = [f"{long}中间的茶叶。{long}", f"茶叶在开头。{long}", f"{long}结尾有茶叶。", "  只有茶叶。\n\n"]
    index = make_index(*bodies)
    tree = visiting(index)(q="茶叶", unfolded="1")
    ends = {}
    for hit in tree.cssselect(".hit"):
        id = re.search(r"id=(\d)", hit.cssselect("a")[0].get("href"))[1]
        ends[id] = {*hit.cssselect(".snippet")[0].get("class").split()} - {"snippet"}
    both = {"cut-start", "cut-end"}
    assert ends == {"0": both, "1": {"cut-end"}, "2": {"cut-start"}, "3": set()}

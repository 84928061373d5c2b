"""The search page, as it is without JavaScript."""

from urllib.parse import parse_qs, urljoin, urlsplit

import lxml.html
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient
from web.conftest import texts

import searchkit
from searchkit import Document, web
from searchkit.web.languages import TEXTS


def test_the_start_page_has_the_box_the_latest_articles_and_all_filters(page, index):
    tree = page()
    (box,) = tree.cssselect("form[role=search] input[name=q]")
    assert box.get("value") == ""
    assert f"{len(index)} articles" in texts(tree, ".summary")
    assert len(tree.cssselect(".hits > li")) == 10
    assert texts(tree, ".facet h2") == ["Source", "Year", "Tag"]


def test_a_hit_has_its_title_snippet_source_and_date_with_the_matches_marked(page):
    tree = page(q="乾隆 茶")
    first = tree.cssselect(".hit")[0]
    assert texts(first, "h2") == ["乾隆的一杯雪水茶"]
    assert texts(first, "h2 mark") == ["乾隆", "茶"]
    assert "茶" in texts(first, ".snippet mark")
    assert texts(first, ".source") == ["daily.example.com"]
    (time,) = first.cssselect("time")
    assert (time.get("datetime"), time.text) == ("2023-01-26", "26 Jan 2023")


def test_the_page_shows_the_total_and_the_time(page, index):
    (summary,) = texts(page(q="图书馆"), "#summary")
    assert summary.startswith(f"{index.count('图书馆')} matches in ")
    assert summary.endswith(" ms")


@pytest.mark.parametrize("facet", ["Source", "Year"])
def test_a_facet_leads_to_as_many_hits_as_it_says(page, client, facet):
    tree = page(q="的")
    (section,) = [one for one in tree.cssselect(".facet") if texts(one, "h2") == [facet]]
    for link in section.cssselect("a"):
        count = int(texts(link, ".count")[0])
        narrowed = page(link.get("href"))
        assert texts(narrowed, "#summary strong")[0].split()[0] == str(count)
        assert texts(narrowed, ".chips bdi") == texts(link, "bdi")


def test_several_sources_can_be_chosen_and_taken_back(page):
    one = page(q="的", source="kitchen.example.org")
    other = next(link for link in one.cssselect(".facet a") if "taipei" in link.text_content())
    both = page(other.get("href"))
    assert texts(both, ".chips bdi") == ["kitchen.example.org", "taipei.example.org"]
    back = page(both.cssselect(".chips a")[0].get("href"))
    assert texts(back, ".chips bdi") == ["taipei.example.org"]


def test_chosen_facet_values_are_listed_first_however_rare_they_are(make_index):
    others = [f"別的{n}" for n in range(60)]
    index = make_index(Document(body="茶", id="1", tags=["少見", *others]), Document(body="茶", tags=others))
    page = TestClient(web.app(index)).get("/", params={"q": "茶", "tag": "少見"}).text
    (tags,) = [one for one in lxml.html.fromstring(page).cssselect(".facet") if texts(one, "h2") == ["Tag"]]
    assert texts(tags, '[aria-current="true"] bdi') == texts(tags, "bdi")[:1] == ["少見"]
    assert len(texts(tags, "bdi")) == 40


def test_a_tag_filters_the_results(page):
    assert texts(page(q="地鐵", tag="交通"), ".hit h2") == ["新地鐵明年動工"]


def test_the_sort_order_can_be_chosen(page):
    newest = page(q="的", sort="newest")
    days = [time.get("datetime") for time in newest.cssselect(".hit > .about time")]
    assert days == sorted(days, reverse=True)
    assert texts(newest, '.switch [aria-current="true"]')[0:2] == ["English", "Newest first"]


def test_pages_follow_one_another_without_overlap(page):
    def links(tree):
        return [link.get("href").split("&")[0] for link in tree.cssselect(".hits h2 a")]

    tree = page(q="的", unfolded=1)
    seen = links(tree)
    for _ in range(10):
        if link := tree.cssselect('a[rel="next"]'):
            tree = page(link[0].get("href"))
            seen += links(tree)
    assert len(seen) == len(set(seen)) == int(texts(tree, "#summary strong")[0].split()[0])
    assert tree.cssselect('a[rel="prev"]')
    assert int(tree.cssselect(".hits")[0].get("start")) == len(seen) // 10 * 10 + 1


def test_near_duplicates_are_one_hit_until_they_are_expanded(page):
    normalized = page(q="“新地鐵線路的建設計劃”")
    assert len(normalized.cssselect(".hits > li")) == 1
    assert texts(normalized, ".same summary") == ["One more article tells this story"]
    (unfold,) = normalized.cssselect(".note a")
    unfolded = page(unfold.get("href"))
    assert len(unfolded.cssselect(".hits > li")) == 2
    assert not unfolded.cssselect(".same")


def test_did_you_mean_is_a_link(page, index):
    meant = index.search("pyhton", lenient=True).suggestion
    (link,) = page(q="pyhton").cssselect(".meant a")
    assert link.text_content() == meant
    assert page(link.get("href")).cssselect(".hit")


def test_pinyin_is_marked_as_an_interpretation(page, index):
    meant = index.search("qianlong").interpretation
    read = page(q="qianlong")
    assert texts(read, ".meant") == [f"Results for {meant}"]
    assert read.cssselect(".hit")
    assert not page(q="乾隆").cssselect(".meant")


def test_the_timeline_has_a_bar_for_every_month_and_shows_the_chosen_ones(page, index):
    months = index.search("的", limit=0, facets="month").facets["month"]
    bars = page(q="的").cssselect(".timeline a")
    assert bars[0].get("data-since") == f"{min(months)}-01"
    assert len(bars) > len(months)
    assert len({bar.get("data-since") for bar in bars}) == len(bars)
    narrowed = page(bars[0].get("href"))
    assert len(narrowed.cssselect(".timeline a")) == len(bars)
    assert len(narrowed.cssselect(".timeline a.chosen")) == 1
    assert texts(narrowed, "#summary strong")[0].split()[0] == str(months[min(months)])


def test_filters_and_switches_stay_for_the_next_search(page):
    tree = page(q="茶", source="kitchen.example.org", sort="newest", lang="en", script="hant", page=1)
    fields = {(i.get("name"), i.get("value")) for i in tree.cssselect('input[type=hidden][form="search"]')}
    chosen = {"source": "kitchen.example.org", "sort": "newest", "lang": "en", "script": "hant"}
    assert fields == set(chosen.items())


def test_an_article_has_all_matches_marked_and_leads_back(page, index):
    tree = page(page(q="遣唐使").cssselect(".hit h2 a")[0].get("href"))
    hit = index.search("遣唐使")[0]
    marked = texts(tree, ".whole h1 mark") + texts(tree, ".text mark")
    assert marked == ["遣唐使"] * (len(hit.title.spans) + len(hit.body.spans))
    assert "".join(texts(tree, ".text p")) == "".join(hit.body.text.split("\n"))
    assert texts(tree, ".matches") == [f"{len(marked)} matches in this article"]
    assert texts(tree, "#similar h3")[0] == index.similar(hit.id)[0].title.text
    back = parse_qs(urlsplit(tree.cssselect(".back a")[0].get("href")).query)
    assert back == {"q": ["遣唐使"]}


def test_an_article_has_its_matches_marked_on_whatever_page_of_the_list_it_is():
    with searchkit.create(":memory:") as index:
        index.add({"id": str(number), "body": "茶" + "水" * number} for number in range(30))
        client = TestClient(web.app(index, limits=web.Limits(depth=10)))
        pages = [client.get("/article", params={"id": str(n), "q": "茶"}).text for n in range(30)]
    assert [page.count(">茶</mark>") for page in pages] == [1] * 30


@pytest.mark.parametrize(("id", "title"), [("bare", "Untitled"), ("a/b?c#d", "奇怪的編號")])
def test_an_article_with_little_to_show_is_shown(page, id, title):
    assert texts(page("/article", id=id, q="文"), "h1") == [title]


@pytest.mark.parametrize("script", ["hans", "hant"])
def test_texts_are_shown_in_either_script_with_the_same_marks(page, script):
    as_written, shown = page(q="图书馆"), page(q="图书馆", script=script)
    assert len(shown.cssselect("mark")) == len(as_written.cssselect("mark"))
    expected = {"hans": "图书馆", "hant": "圖書館"}[script]
    assert set(texts(shown, ".hit h2 mark")) == {expected}


def test_an_empty_result_offers_other_articles_and_no_filters(page):
    tree = page(q="qwxyz", tag="交通")
    assert texts(tree, ".empty h2")[0] == "Nothing found"
    assert tree.cssselect(".empty a")[0].text == "Remove all filters"
    assert tree.cssselect(".empty .hit"), "there is something else to read"


def test_an_index_without_articles_says_so():
    with searchkit.create(":memory:") as empty:
        assert "There are no articles here yet" in TestClient(web.app(empty)).get("/").text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/?since=2024-13-01", 400),
        ("/?until=tomorrow", 400),
        ("/?sort=cost", 400),
        ("/?page=0", 400),
        ("/?page=101", 400),
        ("/?q=" + "茶" * 501, 400),
        ("/article?id=nothing", 404),
        ("/article", 404),
        ("/nothing", 404),
    ],
)
def test_a_wrong_address_is_an_error_page_with_a_search_box(client, path, status):
    response = client.get(path)
    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/html")
    assert 'action="/"' in response.text


@pytest.mark.parametrize(
    "path", ["/?since=x&q=茶&tag=a&tag=b", "/article?id=a%26b&lang=xx", "/no//such%3Fpage"]
)
def test_an_error_page_stays_the_same_in_another_language(client, page, path):
    first = client.get(path, headers={"Accept-Language": "en"})
    tree = lxml.html.fromstring(first.text)
    assert texts(tree, '#switches [aria-current="true"]') == ["English"]
    for link, (lang, text) in zip(tree.cssselect("#switches a"), TEXTS.items(), strict=True):
        response = client.get(urljoin(path, link.get("href")))
        other = lxml.html.fromstring(response.text)
        assert (response.status_code, other.get("lang")) == (first.status_code, lang)
        assert texts(other, "h1") == [text[f"error_{first.status_code}"]]
        assert texts(other, "code") == texts(tree, "code")


def test_an_error_page_repeats_no_very_long_address(client):
    path = "/?q=茶&x=" + "y" * 20_000
    assert client.get(path).status_code == 414
    assert len(client.get(path).content) < 5000


def test_a_query_that_is_not_well_formed_is_read_leniently(page):
    assert page(q='茶 "乾隆 (').cssselect(".hit")


def test_unknown_parameters_are_ignored(page):
    assert page(q="茶", utm_source="x", lang="xx", script="yy").cssselect(".hit")


def test_the_app_can_be_mounted_under_any_path(index):
    site = Starlette(routes=[Mount("/a/b", web.app(index))])
    client = TestClient(site)
    text = client.get("/a/b/", params={"q": "图书馆"}).text
    assert 'href="/a/b/article?id=' in text
    assert 'href="/"' not in text
    assert 'href="/?' not in text
    assert client.get("/a/b/article", params={"id": "wire"}).status_code == 200
    assert client.get("/a/b/nothing").text.count("/a/b/static/") == client.get("/a/b/").text.count(
        "/a/b/static/"
    )
    assert client.get("/a/b/static/search.css").status_code == 200
    assert client.get("/a/b/api/nothing").headers["content-type"] == "application/problem+json"
    assert client.get("/a/b/api/openapi.json").json()["servers"] == [{"url": "/a/b"}]


def test_without_a_query_every_article_is_listed_the_newest_first_with_or_without_a_date():
    with searchkit.create(":memory:") as made:
        made.add(
            [
                {
                    "id": str(n),
                    "title": f"题{n}",
                    "body": "话" * n + "。",
                    "published": f"20{n}-01-01T00:00:00Z",
                }
                for n in range(10, 22)
            ]
        )
        made.add([{"id": "undated", "title": "无日期", "body": "一个词", "source": "甲报"}])
        site = TestClient(web.app(made))
        first, second = (lxml.html.fromstring(site.get(f"/?page={n}").text) for n in (1, 2))
        assert texts(first, ".hit h3")[:2] == ["题21", "题20"]
        assert texts(second, ".hit h2")[-1] == "无日期"
        assert texts(second, "#summary strong") == ["13 matches"]
        for query in ("", "*"):
            chosen = lxml.html.fromstring(site.get("/", params={"q": query, "source": "甲报"}).text)
            assert texts(chosen, ".hit h2") == ["无日期"]
            assert texts(chosen, ".snippet") == ["一个词"]


@pytest.mark.parametrize(
    ("query", "said", "meant"),
    [
        ("土豆 or 馬鈴薯", "“or” was searched for as a word", "土豆 OR 馬鈴薯"),
        ("source:daily 茶", 'No article has source:"daily"', 'source:"daily.example.com" 茶'),
        ("titel:土豆", "There is no field “titel:”", "title:土豆"),
    ],
)
def test_a_hint_leads_to_what_was_perhaps_meant(page, query, said, meant):
    tree = page(q=query)
    (hint,) = [one for one in tree.cssselect(".meant") if said in one.text_content()]
    link = hint.cssselect("a")[0].get("href")
    assert parse_qs(urlsplit(link).query)["q"] == [meant]
    assert page(link).cssselect(".hit")


def test_a_hint_without_a_way_out_says_what_there_is_not():
    with searchkit.create(":memory:") as made:
        made.add([{"id": "1", "body": "没有标签"}])
        tree = lxml.html.fromstring(TestClient(web.app(made)).get("/", params={"q": "tag:茶"}).text)
        assert texts(tree, ".meant") == ['No article has tag:"茶".']
        assert not tree.cssselect(".meant a")


@pytest.mark.parametrize("lang", TEXTS)
def test_hints_are_in_the_language_of_the_page(page, lang):
    (hint,) = page(q="source:daily 茶<b>", lang=lang).cssselect(".meant")
    assert hint.text_content().strip().startswith(TEXTS[lang]["meant_value"].format(typed='source:"daily"'))

"""The search page in a real browser: Chromium, driven by Playwright."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from web.conftest import HOSTILE, running
from web.hostile_html import HOSTILE_HTML
from web.test_web_article import BOOK, STORY

import searchkit
from benchmarks.browser import browsing, chromium
from searchkit import web

pytest.importorskip("playwright", reason="needs Playwright: pip install 'searchkit-zh[browser]'")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not chromium(), reason="needs Chromium: make system-packages, or apt-get install chromium"
    ),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browsing() as browser:
        yield browser


@pytest.fixture
def visit(browser, app) -> Iterator[Any]:
    """Opens a page, which must not complain of anything."""
    with visiting(browser, app) as visit:
        yield visit


@contextmanager
def visiting(browser: Any, app: Any) -> Iterator[Callable[..., Any]]:
    complaints: list[str] = []
    with ExitStack() as servers:
        contexts = []
        urls: dict[int, str] = {}

        def visit(path: str = "?lang=en", app: Any = app, status: int = 200, **options: Any) -> Any:
            if id(app) not in urls:
                urls[id(app)] = servers.enter_context(running(app)).url
            contexts.append(browser.new_context(**options))
            page = contexts[-1].new_page()
            page.on("console", lambda message: complaints.append(message.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("dialog", lambda dialog: complaints.append(dialog.message))
            answer = page.goto(urls[id(app)] + path)
            assert answer.status == status
            if status != 200:  # which Chromium reports
                assert f"status of {status}" in complaints.pop()
            return page

        yield visit
        for context in contexts:
            context.close()
    assert complaints == []


def test_results_and_suggestions_come_as_one_types_and_the_back_button_leads_back(visit):
    page = visit()
    page.locator("#q").press_sequentially("图书")
    page.wait_for_selector(".hit mark")
    page.wait_for_selector('#suggestions li:has-text("图书馆")')
    assert "q=" in page.url
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#q", "aria-activedescendant") == "suggestion-0"
    page.keyboard.press("Enter")
    page.wait_for_url("**" + quote("图书馆") + "**")
    page.wait_for_selector('.hit mark:has-text("图书馆")')
    assert page.input_value("#q") == "图书馆"
    page.go_back()
    page.wait_for_url("**q=" + quote("图书") + "*")
    page.go_back()
    page.wait_for_selector(".home")
    assert page.input_value("#q") == ""


def test_a_facet_and_a_brushed_time_filter_and_are_taken_back(visit):
    page = visit("?lang=en&q=" + quote("的"))
    page.click('.facet a:has-text("daily.example.com")')
    page.wait_for_selector('.chips :text("daily.example.com")')
    timeline = page.locator("svg[data-brush]").bounding_box()
    page.mouse.move(timeline["x"] + 30, timeline["y"] + 20)
    page.mouse.down()
    page.mouse.move(timeline["x"] + 120, timeline["y"] + 20, steps=4)
    page.mouse.up()
    page.wait_for_selector(".chips :text('–')")
    assert "since=" in page.url
    assert "source=daily" in page.url
    page.go_back()
    page.wait_for_selector(".chips :text('–')", state="detached")
    assert page.locator('.chips :text("daily.example.com")').count() == 1


def test_the_page_works_without_javascript_and_by_keyboard(visit):
    page = visit(java_script_enabled=False)
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("图书馆")
    page.keyboard.press("Enter")
    page.wait_for_selector(".hit mark")
    page.click(".hit h2 a")
    page.wait_for_selector(".whole mark")
    page.click('.script a[href*="script=hant"]')
    page.wait_for_selector('.whole mark:has-text("圖書館")')


def test_on_a_phone_the_filters_stand_above_the_results_and_open_without_a_script(visit):
    page = visit("?q=" + quote("的"), viewport={"width": 390, "height": 844}, java_script_enabled=False)
    toggle, facets = page.locator(".toggle summary"), page.locator(".facet").first
    assert toggle.bounding_box()["y"] < page.locator(".hit").first.bounding_box()["y"]
    assert not facets.is_visible()
    toggle.click()
    assert facets.is_visible()
    facets.locator("a").first.click()
    page.wait_for_selector(".chips")
    assert not page.locator(".facet").first.is_visible()
    assert page.locator(".toggle .count").inner_text() == "1"


def test_on_a_desktop_the_filters_are_open(visit):
    page = visit("?q=" + quote("的"))
    assert page.locator(".facet").first.is_visible()
    assert not page.locator(".toggle").is_visible()


def test_an_ellipsis_is_seen_but_neither_copied_nor_said(visit):
    page = visit("?q=" + quote("的"))
    snippet = page.locator(".snippet.cut-end").first
    style = "one => getComputedStyle(one, '::after').content"
    assert snippet.evaluate(style) == '"…" / ""'
    copied = snippet.evaluate(
        "one => { getSelection().selectAllChildren(one); return String(getSelection()); }"
    )
    assert "…" not in copied
    assert "…" not in snippet.aria_snapshot()


def test_a_number_leads_to_its_page_without_a_new_document(visit):
    page = visit("?lang=en&unfolded=1&q=" + quote("的"))
    page.evaluate("window.same = true")
    page.click('.pages a[aria-label="page 3"]')
    page.wait_for_url("**page=3**")
    page.wait_for_selector('.pages [aria-current="page"]:has-text("3")')
    assert page.evaluate("window.same")
    assert page.locator(".hits").get_attribute("start") == "21"


def test_a_hostile_article_runs_no_script(visit):
    page = visit("article?lang=en&q=" + quote("攻擊") + "&id=" + quote(HOSTILE["id"], safe=""))
    assert page.locator(".whole mark").count() == 3
    assert page.locator(".whole img, .whole svg, .whole script").count() == 0


@pytest.mark.parametrize("path", ["?lang=en", "?lang=zh-Hant&q=" + quote("的"), "?lang=en&q=qwxyz"])
def test_a_phone_needs_no_scrolling_to_the_side(visit, path):
    page = visit(path, viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    ["?lang=en", "?lang=zh-Hans&q=" + quote("的"), "?lang=en&q=qwxyz", "article?q=x&id=wire"]
    + ["?lang=zh-Hant&page=2&where=price%3D3&sort=-price&unfolded=1&q=*"],
)
def test_axe_finds_no_accessibility_problem(visit, path, scheme):
    check_accessibility(visit(path, color_scheme=scheme))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_none_where_an_address_is_wrong(visit, scheme):
    check_accessibility(visit("?since=x", status=400, color_scheme=scheme))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [{"width": 390, "height": 844}, {"width": 1280, "height": 900}])
def test_axe_finds_none_where_a_site_has_colors_of_its_own(visit, index, scheme, viewport):
    own = web.Page(
        colors={"accent": "#0b6e4f", "link": "#0b5394", "mark": "#c8f0d8"}, facets={"price": "价格"},
        sorts=["newest", "-price"], logo='<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>',
    )  # fmt: skip
    page = visit("?q=" + quote("的"), app=web.app(index, page=own), color_scheme=scheme, viewport=viewport)
    if viewport["width"] < 400:
        page.click(".toggle summary")
    check_accessibility(page)


def check_accessibility(page):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="needs axe: pip install 'searchkit-zh[browser]'"
    )
    found = axe.Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


def test_n_and_p_lead_from_match_to_match_of_an_article(visit, index):
    page = visit(
        "article?lang=en&q=" + quote("遣唐使 的") + "&id=" + quote(index.search("遣唐使")[0].id, safe="")
    )
    last = int(page.get_attribute("#steps", "data-matches"))
    assert last > 3
    for key, at in (("n", 1), ("n", 2), ("p", 1), ("p", last), ("n", 1)):
        page.keyboard.press(key)
        page.wait_for_function(f"document.getElementById('step').textContent === '{at}'")
        assert page.evaluate("document.querySelector('mark:target').id") == f"m{at}"
    page.click("#steps [rel=next]")
    page.wait_for_url("**#m2")
    shown = page.locator("#m2").bounding_box()
    assert 0 < shown["y"] < page.viewport_size["height"]
    page.locator("#q").press_sequentially("np")
    assert page.url.endswith("#m2")
    page.go_back()  # steps are no entries of the history
    assert page.url == "about:blank"


def test_steps_work_without_javascript(visit, index):
    address = (
        "article?lang=en&q=" + quote("遣唐使 的") + "&id=" + quote(index.search("遣唐使")[0].id, safe="")
    )
    page = visit(address, java_script_enabled=False)
    for at in (1, 2, 3):
        page.click("#steps [rel=next]")
        page.wait_for_url(f"**#m{at}")
        assert page.inner_text("#step") == str(at)


@pytest.mark.parametrize("suffix", [".html", ".md", ".txt", ".jsonl"])
def test_hostile_html_runs_no_script_and_asks_for_nothing_but_pictures(browser, tmp_path, suffix):
    for number, html in enumerate(HOSTILE_HTML):
        write_article(tmp_path / f"{number}{suffix}", f"https://www.example.com/{number}", html)
    asked = set()
    with searchkit.create(":memory:") as index:
        report = index.add(searchkit.read_articles(tmp_path))
        assert (report.added, report.failures) == (len(HOSTILE_HTML), [])
        with visiting(browser, web.app(index, limits=web.Limits(rate=0))) as visit:
            page = visit("?q=" + quote("题 ran"))
            page.expose_function("ran", lambda: pytest.fail("a script ran"))
            page.route("**/*", lambda route: answer(route, asked))
            base = page.url.partition("?")[0]
            for number in range(len(HOSTILE_HTML)):
                address = quote(f"https://www.example.com/{number}", safe="")
                page.goto(f"{base}article?q={quote('题 ran 按')}&id={address}")
                for link in page.locator(".text a").all():
                    assert link.evaluate("link => link.protocol") in ("https:", "http:")
                    link.hover()
                page.wait_for_timeout(50)  # what is loaded lazily
                assert (
                    page.evaluate("document.querySelectorAll('.text :is(script, style, svg, form)').length")
                    == 0
                )
    assert asked == {"pictures.example", "www.example.com", "127.0.0.1"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_article_with_markup_is_accessible_and_fits_a_phone(browser, scheme):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="needs axe: pip install 'searchkit-zh[browser]'"
    )
    with searchkit.create(":memory:") as index:
        index.add([STORY, BOOK])
        with visiting(browser, web.app(index)) as visit:
            page = visit("?lang=en", color_scheme=scheme, viewport={"width": 360, "height": 740})
            page.route("https://b.org/*", lambda route: answer(route, set()))
            for path in ("article?q=茶&id=story&match=2#m2", "article?q=茶&id=book", "?q=茶"):
                page.goto(page.url.partition("?")[0].removesuffix("article") + path)
                assert axe.Axe().run(page).response["violations"] == []
                assert page.evaluate("document.documentElement.scrollWidth") <= 360


def write_article(path: Path, url: str, html: str) -> None:
    """An article with the HTML in it, between two paragraphs."""
    if path.suffix == ".jsonl":
        path.write_text(json.dumps({"url": url, "title": "题", "html": f"<p>前</p>{html}<p>后"}))
    else:
        head = {".txt": f"<!--1-->\n[题]({url})\n------\n", ".md": f"---\nurl: {url}\n---\n# 题\n\n"}
        canonical = f"<!doctype html><title>题</title><link rel=canonical href='{url}'>"
        path.write_text(head.get(path.suffix, canonical) + f"<p>前</p>\n\n{html}\n\n<p>后</p>", "utf-8")


def answer(route: Any, asked: set[str]) -> None:
    """Answer for every host but the server's."""
    host = urlsplit(route.request.url).hostname
    asked.add(host)
    assert "referer" not in route.request.headers or host == "127.0.0.1"
    if host == "127.0.0.1":
        route.continue_()
    else:
        route.fulfill(body=PIXEL, content_type="image/svg+xml")


PIXEL = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"

"""The search page in a real browser: Chromium, driven by Playwright."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from web.conftest import HOSTILE, running

from benchmarks.browser import browsing, chromium

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
    complaints: list[str] = []
    with running(app) as server:
        contexts = []

        def visit(path: str = "?lang=en", **options: Any) -> Any:
            contexts.append(browser.new_context(**options))
            page = contexts[-1].new_page()
            page.on("console", lambda message: complaints.append(message.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("dialog", lambda dialog: complaints.append(dialog.message))
            page.goto(server.url + path)
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
    "path", ["?lang=en", "?lang=zh-Hans&q=" + quote("的"), "?lang=en&q=qwxyz", "article?q=x&id=wire"]
)
def test_axe_finds_no_accessibility_problem(visit, path, scheme):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="needs axe: pip install 'searchkit-zh[browser]'"
    )
    page = visit(path, color_scheme=scheme)
    found = axe.Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []

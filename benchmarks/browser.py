"""The time from the last key to the first result on the search page, in Chromium.

    python -m benchmarks.browser --index LOCATION [--queries 30]
    python -m benchmarks.browser --articles FOLDER

Needs searchkit-zh[browser] and Chromium. The browser itself takes the time: from the event of the last key,
including the debounce, the request and the response, to the frame that shows the hits.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.server_process import add_source, copied, searches, serving

__all__ = ["chromium", "main", "times"]

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_PATIENCE = 30_000
# The element with the results is replaced; after the next frame they are on the screen.
_WATCH = """patience => {
  const before = document.getElementById("live");
  window.shown = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("no results came")), patience);
    let pressed;
    const box = document.getElementById("q");
    box.addEventListener("input", event => { pressed = event.timeStamp; }, { once: true });
    new MutationObserver((_, observer) => {
      if (document.getElementById("live") === before) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - pressed)));
    }).observe(document.body, { childList: true, subtree: true });
  });
}"""
_SETTLED = "query => new URL(location.href).searchParams.get('q') === query"


def chromium() -> str | None:
    """The path of Chromium on this machine, or None."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


def main(given: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.browser", description="Time the search page while somebody types."
    )
    add_source(parser)
    parser.add_argument("--queries", type=int, default=30, help="how many are typed (30)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the milliseconds there as well")
    arguments = parser.parse_args(given)
    if not chromium():
        parser.exit(1, "there is no Chromium here: apt-get install chromium\n")
    with copied(arguments.index, arguments.articles) as location:
        queries = searches(location, arguments.queries)
        with serving(location) as server, browsing() as browser:
            measured = times(browser, server.url, queries)
    ordered = sorted(measured.values())
    highest = ordered[-(-len(ordered) * 95 // 100) - 1]
    print(
        f"{len(ordered)} queries, from the last key to the first result: "
        f"median {statistics.median(ordered):.0f} ms, 95 % {highest:.0f} ms, most {ordered[-1]:.0f} ms"
    )
    if arguments.json:
        arguments.json.write_text(json.dumps(measured, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@contextmanager
def browsing() -> Iterator[Any]:
    """Chromium, without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def times(browser: Any, url: str, queries: Sequence[str]) -> dict[str, float]:
    """The milliseconds for each query, typed on a page that is open; the first is typed twice to warm up."""
    page = browser.new_page()
    page.set_default_timeout(_PATIENCE)
    measured = {}
    for query in (queries[0], *queries):
        page.goto(url)
        typed, last = query[:-1], query[-1]
        if typed:
            page.locator("#q").press_sequentially(typed)
            page.wait_for_function(_SETTLED, arg=typed.strip())
        page.evaluate(_WATCH, _PATIENCE)
        page.keyboard.insert_text(last)
        measured[query] = float(page.evaluate("window.shown"))
    page.close()
    return measured


if __name__ == "__main__":
    main()

"""Pictures of the search page for the documentation, from the sample articles.

    python tools/screenshots.py [--to docs/images] [--index LOCATION] [NAME…]

Makes page-NAME-THEME-WIDTH.png: each page in light and dark, for a phone and a desktop. Needs
searchkit-zh[browser] and Chromium. `make screenshots` calls it.
"""

from __future__ import annotations

import argparse
import io
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

import searchkit  # noqa: E402
from benchmarks.browser import browsing  # noqa: E402
from searchkit import web  # noqa: E402

QUERY = "图书馆"
WIDTHS = {390: 844, 1280: 720}
THEMES = ("light", "dark")
_COLORS = 48  # enough for text in a few colours, and a third of the size


def addresses(index: searchkit.Index) -> dict[str, str]:
    """What is photographed, by name."""
    article = index.search(QUERY)[0].id
    return {
        "home": "?lang=zh-Hans",
        "results": f"?lang=zh-Hans&q={quote(QUERY)}",
        "article": f"article?lang=zh-Hans&q={quote(QUERY)}&id={quote(article, safe='')}",
        "empty": f"?lang=zh-Hans&q={quote('永动机')}",
        "error": f"?lang=zh-Hans&q={quote(QUERY)}&since=2024-13-01",
    }


@contextmanager
def serving(index: searchkit.Index) -> Iterator[str]:
    """The page of the index on loopback."""
    app = web.app(index, title="新闻档案", limits=web.Limits(rate=0))
    server = web.Server(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server.url
    finally:
        server.stop()
        thread.join()


def photograph(browser: Any, address: str, theme: str, width: int) -> bytes:
    """The page as a PNG with few colours."""
    context = browser.new_context(
        color_scheme=theme,
        viewport={"width": width, "height": WIDTHS[width]},
        device_scale_factor=1.5 if width < 1000 else 1,
    )
    page = context.new_page()
    for _ in range(2):  # the first one fills caches, and would tell how long that takes
        page.goto(address)
    page.evaluate("document.activeElement.blur()")  # a cursor blinks
    taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    context.close()
    file = io.BytesIO()
    taken.quantize(_COLORS, kmeans=2, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Take pictures of the search page.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these: home, results, article …")
    parser.add_argument("--to", type=Path, default=PROJECT / "docs" / "images", metavar="FOLDER")
    parser.add_argument("--index", metavar="LOCATION", help="of this index instead of the sample")
    given = parser.parse_args()
    index = searchkit.open(given.index) if given.index else searchkit.create(":memory:", pinyin=True)
    with index:
        if not given.index:
            index.add(searchkit.read_articles(str(files("searchkit") / "sample" / "articles")), workers=1)
        with serving(index) as url, browsing() as browser:
            for name, address in addresses(index).items():
                for theme in THEMES if not given.names or name in given.names else ():
                    for width in WIDTHS:
                        path = given.to / f"page-{name}-{theme}-{width}.png"
                        path.write_bytes(photograph(browser, url + address, theme, width))
                        print(f"{path}  {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()

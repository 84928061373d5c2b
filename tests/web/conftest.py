"""What the tests of the search page and the API share: an index with difficult articles, and a client."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import lxml.html
import pytest
from starlette.testclient import TestClient

import searchkit
from searchkit import Document, web

TOLD = "昨天上午市政府召開會議，討論了新地鐵線路的建設計劃。會議決定明年春天開始動工，預計五年之內完成。"
HOSTILE = {
    "id": "javascript:alert(1)//?q=<b>",
    "title": '攻擊<script>alert("標題")</script>\u202e倒過來',
    "body": '攻擊的正文 <img src=x onerror="alert(1)"> </mark></p><svg onload=alert(2)>\n'
    "第二段\"'&amp;攻擊\x00\u2066結束",
    "url": "javascript:alert(document.domain)",
    "source": '<i onmouseover="alert(3)">來源</i>',
    "tags": ["<script>tag</script>", '" autofocus onfocus="alert(4)'],
    "published": "2024-02-03T00:00:00Z",
}


@pytest.fixture(scope="session")
def index(sample_documents: list[Document]) -> Iterator[searchkit.Index]:
    """The sample, a story that two sources tell, and articles that are difficult. Not to be written to."""
    with searchkit.create(":memory:", pinyin=True, fields={"price": "number"}) as index:
        report = index.add(
            [
                *sample_documents,
                {"id": "wire", "title": "新地鐵明年動工", "body": TOLD, "source": "甲報", "tags": ["交通"]},
                {"id": "copy", "title": "市府：修地鐵", "body": TOLD + "居民表示歡迎。", "source": "乙報"},
                HOSTILE,
                {"id": "bare", "body": "只有正文的文章：孤文。"},
                {"id": "a/b?c#d", "title": "奇怪的編號", "extra": {"price": 3}},
            ]
        )
        assert not report.failures
        yield index


@pytest.fixture(scope="session")
def app(index: searchkit.Index) -> Any:
    return web.app(index, title="測試站", limits=web.Limits(rate=0))


@pytest.fixture
def client(app: Any) -> TestClient:
    return TestClient(app)


Page = Callable[..., lxml.html.HtmlElement]


@pytest.fixture
def page(client: TestClient) -> Page:
    """Gets a page in English, which has to be there, as a tree."""

    def page(path: str = "/", **parameters: Any) -> lxml.html.HtmlElement:
        response = client.get(path, params=parameters or None, headers={"Accept-Language": "en"})
        assert response.status_code == 200, response.text
        return lxml.html.fromstring(response.text, base_url=str(response.url))

    return page


def texts(tree: lxml.html.HtmlElement, selector: str) -> list[str]:
    """The texts of the elements, with their white space as it is shown."""
    return [" ".join(element.text_content().split()) for element in tree.cssselect(selector)]


@pytest.fixture
def serving() -> Iterator[Callable[..., web.Server]]:
    """Serves an app on loopback until the test ends."""
    with ExitStack() as stack:
        yield lambda app, **options: stack.enter_context(running(app, **options))


@contextmanager
def running(app: Any, **options: Any) -> Iterator[web.Server]:
    server = web.Server(app, "127.0.0.1", 0, **options)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()

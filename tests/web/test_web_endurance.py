"""The server goes on answering: while others write, whatever its clients do, and without growing."""

import asyncio
import gc
import logging
import socket
import struct
import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx2
import pytest

import searchkit
from searchkit import web

TOKEN = "a-token-that-is-long-enough"
SIZE = 10  # documents of a commit
COMMITS = 8
PATIENCE = 60  # seconds after which something hangs
UNHURRIED = web.Limits(rate=0, seconds=PATIENCE)


# -- while others write


def documents(commit: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{commit}-{part}",
            "title": "博物館開門",
            "body": f"第{commit}批第{part}篇。",
            "tags": [str(commit)],
        }
        for part in range(SIZE)
    ]


def commits_of_api(client: httpx2.Client) -> int:
    """How many commits the answer is of; fails where it is of half of one."""
    found = client.get("/api/search", params={"q": "博物馆", "facets": "tags", "limit": 100}).json()
    counts = {one["value"]: one["count"] for one in found["facets"]["tags"]}
    commits = len(counts)
    assert counts == {str(commit): SIZE for commit in range(1, commits + 1)}
    assert found["total"] == SIZE * commits
    assert {hit["id"] for hit in found["hits"]} == {
        one["id"] for commit in range(1, commits + 1) for one in documents(commit)
    }
    return commits


def commits_of_page(client: httpx2.Client) -> int:
    page = client.get("/", params={"q": "博物馆", "lang": "en"}).text
    count = int(page.partition("<strong>")[2].partition(" ")[0])
    assert count % SIZE == 0
    assert page.count('class="hit"') == 10
    return count // SIZE


class TestWhileOthersWrite:
    @pytest.fixture
    def location(self, tmp_path, make_index) -> str:
        make_index(*map(searchkit.Document.from_dict, documents(1)), location=tmp_path / "index").close()
        return str(tmp_path / "index")

    @pytest.mark.parametrize("ask", [commits_of_api, commits_of_page])
    def test_each_answer_is_of_one_commit_and_never_older(self, location, serving, ask):
        with searchkit.open(location) as index, searchkit.open(location) as of_writer:
            url = serving(web.app(index, limits=UNHURRIED)).url
            written, answered = [1], threading.Semaphore(0)

            def read() -> list[int]:
                seen = []
                with httpx2.Client(base_url=url, timeout=PATIENCE) as client:
                    while not seen or seen[-1] < COMMITS:
                        least = written[0]
                        seen.append(ask(client))
                        assert seen[-1] >= least, "what was committed before is there"
                        answered.release()
                return seen

            with ThreadPoolExecutor(2) as threads:
                readers = [threads.submit(read) for _ in range(2)]
                for commit in range(2, COMMITS + 1):
                    with of_writer.writer() as writer:
                        for one in documents(commit):
                            writer.add(one)
                        # Two answers came while there was something to commit.
                        for _ in range(2):
                            assert answered.acquire(timeout=PATIENCE)
                    written[0] = commit
                for reader in readers:
                    seen = reader.result(PATIENCE)
                    assert seen == sorted(seen)

    def test_snapshots_of_older_commits_are_released(self, location):
        with searchkit.open(location) as index:
            snapshots = type(index._engine.snapshot())
            app = web.app(index, token=TOKEN, limits=UNHURRIED)
            of_others = alive(snapshots)  # a test that failed before keeps all that it had
            for commit in range(2, 12):
                index.add(documents(commit), workers=1)
                assert asked(app, "/api/search", q="博物馆", limit=1) == 200
                assert asked(app, "/", q="博物馆") == 200
            assert alive(snapshots) <= of_others + 1


# -- whatever clients do

Misbehave = Callable[[str, int], socket.socket]


def sending(data: bytes) -> Misbehave:
    """A client that sends this, and then waits."""

    def client(host: str, port: int) -> socket.socket:
        connection = socket.create_connection((host, port), timeout=PATIENCE)
        connection.sendall(data)
        return connection

    return client


def reads_nothing(host: str, port: int) -> socket.socket:
    """Asks for much more than fits between the two, and never looks at it."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect((host, port))
    connection.setblocking(False)
    with suppress(BlockingIOError):
        connection.sendall(page_request("/?q=" + quote("的")) * 200)
    return connection


def goes_away(host: str, port: int) -> socket.socket:
    """Closes as soon as it has asked, without a farewell."""
    connection = sending(page_request("/?q=" + quote("的")))(host, port)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    return connection


def page_request(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


_POST = f"POST /api/documents HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n".encode()
MISBEHAVING: dict[str, Misbehave] = {
    "says nothing": sending(b""),
    "half a request": sending(b"GET /api/search?q=x HTTP/1.1\r\nHost: loc"),
    "half a body": sending(_POST + b"Content-Length: 1000\r\n\r\n[{"),
    "half a chunk": sending(_POST + b"Transfer-Encoding: chunked\r\n\r\n3e8\r\n[{"),
    "reads nothing": reads_nothing,
    "goes away": goes_away,
    "no HTTP": sending(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256))),
    "a header without end": sending(page_request("/")[:-2] + b"X: " + b"x" * 70_000),
    "asks for another protocol": sending(
        page_request("/")[:-2] + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", MISBEHAVING)
def test_a_misbehaving_client_does_not_delay_others(make_index, serving, kind, caplog):
    index = make_index(*documents_of_sizes())
    app = web.app(index, token=TOKEN, limits=web.Limits(rate=0, threads=2, seconds=PATIENCE))
    server = serving(app)
    address = urlsplit(server.url)
    with ExitStack() as stack:
        for _ in range(20):  # ten times as many as there are threads
            with suppress(ConnectionError):  # refused at once, which is as good
                stack.enter_context(MISBEHAVING[kind](address.hostname, address.port))
        with httpx2.Client(base_url=server.url, timeout=PATIENCE) as client:
            for _ in range(5):
                assert client.get("/api/search", params={"q": "茶"}).json()["total"] == 40
                assert client.get("/", params={"q": "茶"}).status_code == 200
                added = client.post(
                    "/api/documents",
                    json=[{"id": "new", "title": "新"}],
                    headers={"Authorization": f"Bearer {TOKEN}"},
                )
                assert added.status_code == 200
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR] == []


def documents_of_sizes() -> list[str]:
    return [f"茶的故事，第{n}篇。" + "茶" * n for n in range(40)]


# -- without growing

KINDS = "Address Document Future Hit Request Response Results Stored Task coroutine frame traceback".split()


@pytest.fixture
def ask_all(sample_index) -> Callable[[range], None]:
    """Asks the app for each kind of answer, with another word each time.

    Characters and suggestions are remembered, up to a certain number, so there are few of these.
    """
    app = web.app(sample_index, limits=UNHURRIED)
    id = next(iter(sample_index)).id

    def ask(numbers: range) -> None:
        for n in numbers:
            word = "".join("天地人山水火木金"[int(digit)] for digit in f"{n:03o}")  # of few characters
            assert asked(app, "/api/search", q=f"的 {word}", facets="source,year", lenient="true") == 200
            assert asked(app, "/", q=f"茶 OR 圖書館 OR {word}", sort="newest") == 200
            assert asked(app, "/api/suggest", q="茶") == 200
            assert asked(app, "/article", id=id, q=f"茶 {word}") == 200
            assert asked(app, "/api/search", q=f'"{word}') == 400
            assert asked(app, f"/nothing/{n}") == 404

    return ask


@pytest.mark.slow
def test_memory_does_not_grow_with_requests(ask_all):
    ask_all(range(0o700, 0o740))
    kinds, blocks = living(), sys.getallocatedblocks()
    ask_all(range(200))
    grown = living() - kinds
    assert {name: count for name, count in grown.items() if count > 20} == {}
    assert (sys.getallocatedblocks() - blocks) / 200 < 10, "pieces of memory for each round"


def living() -> Counter[str]:
    gc.collect()
    names = Counter(type(one).__name__ for one in gc.get_objects())
    return Counter({name: names[name] for name in KINDS})


def alive(kind: type) -> int:
    gc.collect()
    return sum(issubclass(type(one), kind) for one in gc.get_objects())


def asked(app: Any, path: str, **parameters: Any) -> int:
    """The status of the answer to a GET, without a network between."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": urlencode(parameters).encode(),
        "headers": [],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"]

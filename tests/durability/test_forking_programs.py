"""Programs that fork: while threads search, in a batch, by multiprocessing, and as servers do."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import searchkit
from searchkit import Document, Index

MakeIndex = Callable[..., Index]
REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE = 120

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")

HEAD = """
import multiprocessing, os, signal, sys, threading, time, warnings
import searchkit

# Python 3.12 warns of a fork where there are threads, which is what this is about.
warnings.filterwarnings("ignore", message=".*multi-threaded.*", category=DeprecationWarning)
"""

SEARCHES = """
location, children = sys.argv[1], int(sys.argv[2])
index = searchkit.create(location, fields={"author": "text"})
tea = {"title": "茶水", "body": "茶水好喝" * 20}
index.add([{"id": str(k), **tea, "extra": {"author": str(k)}} for k in range(30)])

def uses():
    found = index.search("茶", facets=("author",), limit=5)
    assert found.total == 30 and [hit.snippet.text for hit in found] and found.cursor
    assert [hit.title.html() for hit in found] and found[0].body.spans
    assert index.search("茶", limit=5, cursor=found.cursor).total == 30
    assert index.suggest("茶") and index.get("3") and len(index) == 30
    assert len(list(index)) == 30 and index.count("水", match="any") == 30
    assert index.similar("1") and index.explain("茶", "1").score

def search():
    while not stop.is_set():
        uses()

uses()
stop = threading.Event()
threads = [threading.Thread(target=search) for _ in range(4)]
for thread in threads:
    thread.start()
hung = 0
for _ in range(children):
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        stop.set()
        uses()
        if location != ":memory:":
            assert index.add([{"id": "3", "title": "茶水", "body": "茶水"}], timeout=60).updated == 1
        os._exit(0)
    hung += os.waitpid(child, 0)[1] != 0
stop.set()
for thread in threads:
    thread.join()
print("hung:", hung)
"""

BATCH = """
location, way = sys.argv[1:]
index = searchkit.create(location)
index.add([{"id": "0", "body": "茶"}])
with index.writer() as writer:
    for number in range(50):
        writer.add({"id": str(number), "body": "茶" * 1000})
    child = os.fork()
    if child == 0:
        signal.alarm(60)  # whoever waits for threads that are not there is ended
    if child == 0 and way == "exit":
        sys.exit(7)
    if child == 0 and way == "wait":
        time.sleep(100)
if child == 0:
    sys.exit("the batch of the parent was committed")
if way != "wait":
    assert os.waitpid(child, 0)[1] != signal.SIGALRM, "the child hangs at its end"
assert index.add([{"id": "x", "body": "茶"}], timeout=5).added == 1
if way == "wait":
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
assert index.count("茶") == 51 and index.check().ok
print("done")
"""

POOLS = """
def ask(index, query):
    results = index.search(query)
    return results, [hit.snippet.html() for hit in results]

def put(index, id):
    return index.add([{"id": id, "body": "茶"}], timeout=60)

if __name__ == "__main__":
    method, location = sys.argv[1:]
    index = searchkit.open(location)
    index.search("茶")
    with multiprocessing.get_context(method).Pool(2) as pool:
        for results, snippets in pool.starmap(ask, [(index, "茶"), (index, "水")] * 4):
            assert results.total == 1 and [hit.snippet.html() for hit in results] == snippets
        reports = pool.starmap(put, [(index, str(k)) for k in range(10, 16)])
        assert sum(report.added for report in reports) == 6
    assert index.count("茶") == 7
    print("done")
"""


def run(program: str, *arguments: object) -> str:
    """What the program prints, which ends with no warning and no error."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", HEAD + program, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("location", [":memory:", "{}/index", "whoosh:{}/index"])
@pytest.mark.parametrize("children", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_children_forked_while_threads_search_answer(location: str, children: int, tmp_path: Path) -> None:
    assert run(SEARCHES, location.format(tmp_path), children) == "hung: 0\n"


@pytest.mark.parametrize("location", [":memory:", "{}/index", "whoosh:{}/index"])
@pytest.mark.parametrize("way", ["exit", "go on", "wait"])
def test_a_child_forked_in_a_batch_ends_and_lets_its_parent_write(
    location: str, way: str, tmp_path: Path
) -> None:
    assert run(BATCH, location.format(tmp_path), way) == "done\n"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["", "whoosh:"])
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_processes_of_multiprocessing_search_and_write(
    method: str, kind: str, make_index: MakeIndex, tmp_path: Path
) -> None:
    make_index("茶", "水", location=f"{kind}{tmp_path / 'index'}").close()
    program = tmp_path / "program.py"
    program.write_text(HEAD + POOLS, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(program), method, f"{kind}{tmp_path / 'index'}"],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr


# -- servers

APP = """
import json, os, threading
from urllib.parse import parse_qs
import searchkit

index = searchkit.open(os.environ["INDEX"])
index.search("茶")  # before the workers are forked

def app(environ, start_response):
    query = parse_qs(environ["QUERY_STRING"])["q"][0]
    if query == "write":
        index.add([{"id": os.urandom(8).hex(), "body": "茶"}], timeout=60)
    answer = {"total": index.count("茶"), "process": os.getpid()}
    start_response("200 OK", [("content-type", "application/json")])
    return [json.dumps(answer).encode()]

async def asgi(scope, receive, send):
    if scope["type"] == "http":
        answer = []
        environ = {"QUERY_STRING": scope["query_string"].decode()}
        [body] = app(environ, lambda *_: None)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})
"""


@contextmanager
def server(folder: Path, *command: str) -> Iterator[Callable[[str], Any]]:
    """A server of the app on a free port; ended, with its workers, by its own process number."""
    (folder / "serves.py").write_text(APP, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    path = os.pathsep.join([str(REPOSITORY), str(folder), os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        [sys.executable, "-m", *[part.format(port=port) for part in command]],
        env={**os.environ, "PYTHONPATH": path, "INDEX": str(folder / "index")},
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
    )

    def ask(query: str) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/?q={query}", timeout=PATIENCE) as answer:
            return json.loads(answer.read())

    try:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                ask("read")
                break
            except (urllib.error.URLError, ConnectionError):
                assert process.poll() is None, "it does not start"
                assert time.monotonic() < until, "it does not answer"
                time.sleep(0.1)
        yield ask
    finally:
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=PATIENCE)
        assert not re.search(r"Traceback|Error", log), log


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        pytest.param(
            ("gunicorn", "--preload", "--workers=2", "--bind=127.0.0.1:{port}", "serves:app"),
            marks=pytest.mark.skipif(not find_spec("gunicorn"), reason="needs gunicorn"),
            id="gunicorn",
        ),
        pytest.param(
            (
                "uvicorn",
                "--workers=2",
                "--host=127.0.0.1",
                "--port={port}",
                "--log-level=warning",
                "serves:asgi",
            ),
            marks=pytest.mark.skipif(not find_spec("uvicorn"), reason="needs uvicorn"),
            id="uvicorn",
        ),
    ],
)
def test_workers_of_a_server_see_what_each_other_writes(
    command: tuple[str, ...], make_index: MakeIndex, tmp_path: Path
) -> None:
    make_index("茶", location=tmp_path / "index").close()
    with server(tmp_path, *command) as ask:
        processes = set()
        for written in range(1, 6):
            assert ask("write")["total"] == written + 1
            for _ in range(10):
                answer = ask("read")
                assert answer["total"] == written + 1
                processes.add(answer["process"])
        assert os.getpid() not in processes
    with searchkit.open(tmp_path / "index") as index:
        assert index.add([Document(body="茶")], timeout=0).added == 1, "no worker holds the lock"
        assert index.check().ok

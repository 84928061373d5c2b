"""What clients do with their connections: too many, too slow, or no HTTP; and how the server ends."""

from __future__ import annotations

import logging
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from urllib.parse import urlsplit

import httpx2
import pytest
from web.test_web_endurance import TOKEN, page_request, reads_nothing

from searchkit import web

PATIENCE = 60  # seconds after which something hangs
SHORT = web.Limits(rate=0, patience=1, connections=20, connections_per_client=20, seconds=PATIENCE)
SEARCH = "/api/search?q=茶"
POST = (
    f"POST /api/documents HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"
    "Content-Type: application/json\r\n"
).encode()

Connect = Callable[[], socket.socket]


@pytest.fixture
def server(make_index, serving) -> web.Server:
    return serving(web.app(make_index("茶"), token=TOKEN, limits=SHORT), limits=SHORT)


@pytest.fixture
def connect(server) -> Iterator[Connect]:
    address = urlsplit(server.url)
    with ExitStack() as stack:
        yield lambda: stack.enter_context(
            socket.create_connection((address.hostname, address.port), timeout=PATIENCE)
        )


def is_open(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1) != b""
    except BlockingIOError:
        return True
    except ConnectionError:
        return False


def is_answered(server: web.Server) -> bool:
    return httpx2.get(server.url + SEARCH[1:], timeout=PATIENCE).json()["total"] == 1


def rest_of(connection: socket.socket) -> bytes:
    """What comes until the connection ends."""
    connection.settimeout(PATIENCE)
    found = b""
    with suppress(ConnectionError):
        while part := connection.recv(65_536):
            found += part
    return found


def trickle(connection: socket.socket) -> float:
    """After how many seconds a client is cut off that sends a byte at a time."""
    started = time.monotonic()
    while time.monotonic() < started + PATIENCE:
        try:
            connection.sendall(b"x")
        except ConnectionError:
            break
        time.sleep(0.1)
    return time.monotonic() - started


class TestTooMany:
    def test_silent_connections_make_room_for_others(self, server, connect):
        silent = [connect() for _ in range(60)]
        assert is_answered(server)
        time.sleep(0.1)
        assert sum(map(is_open, silent)) < 20

    def test_connections_that_wait_for_an_answer_are_kept_and_new_ones_refused(self, make_index, serving):
        begin, go_on = threading.Semaphore(0), threading.Event()
        index = make_index("茶")
        index.suggest = lambda *_, **__: begin.release() or (go_on.wait(PATIENCE) and [])
        limits = web.Limits(rate=0, seconds=PATIENCE, threads=20)
        server = serving(web.app(index, limits=limits), limits=SHORT)
        address = urlsplit(server.url)
        with ExitStack() as stack:
            waiting = []
            for _ in range(20):
                waiting.append(socket.create_connection((address.hostname, address.port), timeout=PATIENCE))
                stack.enter_context(waiting[-1]).sendall(page_request("/api/suggest?q=x"))
            for _ in range(20):
                assert begin.acquire(timeout=PATIENCE)
            refused = stack.enter_context(socket.create_connection((address.hostname, address.port)))
            assert b" 503 " in rest_of(refused)
            go_on.set()
            for one in waiting:
                assert b" 200 OK" in one.recv(1000)

    def test_one_client_leaves_connections_to_others(self, make_index, serving):
        limits = web.Limits(rate=0, connections=20, connections_per_client=5)
        app = web.app(make_index("茶"), limits=limits)
        for proxies, least, most in (((), 5, 5), (["127.0.0.2/32"], 12, 12)):
            server = serving(app, limits=limits, proxies=proxies)
            address = (urlsplit(server.url).hostname, urlsplit(server.url).port)
            with ExitStack() as stack:
                of_one = [
                    stack.enter_context(socket.create_connection(address, source_address=("127.0.0.2", 0)))
                    for _ in range(12)
                ]
                assert is_answered(server)
                time.sleep(0.1)
                assert least <= sum(map(is_open, of_one)) <= most


@pytest.mark.slow
class TestTooSlow:
    @pytest.mark.parametrize(
        "begun",
        [
            b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
            POST + b"Content-Length: 1000\r\n\r\n[",
            POST + b"Transfer-Encoding: chunked\r\n\r\n3e8\r\n[",
            POST.replace(TOKEN.encode(), b"wrong") + b"Content-Length: 1000\r\n\r\n[",
            page_request("/")[:-2] + b"Content-Length: 1000\r\n\r\n",
        ],
    )
    def test_a_request_that_trickles_in_is_cut_off(self, server, connect, begun):
        connection = connect()
        connection.sendall(begun)
        assert trickle(connection) < 30
        assert is_answered(server)

    def test_silence_is_cut_off_before_the_first_request_and_between_two(self, connect):
        connection = connect()
        assert rest_of(connection) == b""
        connection = connect()
        connection.sendall(page_request("/api/suggest?q=x") + b"GET / HT")
        assert rest_of(connection).startswith(b"HTTP/1.1 200")

    def test_a_body_is_received_as_slowly_as_10_kB_a_second(self, connect):
        body = b"[" + b" " * 60_000 + b"]"
        connection = connect()
        connection.sendall(POST + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body))
        for start in range(0, len(body), 6000):
            connection.sendall(body[start : start + 6000])
            time.sleep(0.4)
        assert rest_of(connection).startswith(b"HTTP/1.1 200")

    def test_who_does_not_read_is_cut_off(self, server):
        address = urlsplit(server.url)
        with closing(reads_nothing(address.hostname, address.port)) as connection:
            ended = time.monotonic() + 30
            connection.setblocking(False)
            while time.monotonic() < ended:
                time.sleep(0.2)
                try:
                    connection.sendall(b"x" * 1000)
                except BlockingIOError:
                    pass
                except ConnectionError:
                    break
            else:
                pytest.fail("still connected")
        assert is_answered(server)


OUT_OF_DESCRIPTORS = """
import os, resource, sys, threading
import searchkit
from searchkit import web
resource.setrlimit(resource.RLIMIT_NOFILE, (200, 200))
index = searchkit.create(":memory:")
index.add([{"id": "1", "title": "茶"}], workers=1)
index.search("茶")
server = web.Server(web.app(index, limits=web.Limits(rate=0)), "127.0.0.1", 0)
threading.Thread(target=lambda: (sys.stdin.readline(), server.stop()), daemon=True).start()
taken = []
try:
    while True:
        taken.append(os.dup(0))
except OSError:
    for one in taken[:8]:
        os.close(one)
print(server.url, flush=True)
server.run()
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="sockets are no file descriptors there")
def test_out_of_descriptors_the_server_refuses_goes_on_and_says_so_once():
    command = [sys.executable, "-c", OUT_OF_DESCRIPTORS]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as process:
        try:
            url = process.stdout.readline().strip()
            address = (urlsplit(url).hostname, urlsplit(url).port)
            with ExitStack() as stack:
                connections = []
                for _ in range(50):
                    with suppress(ConnectionError):
                        connections.append(stack.enter_context(socket.create_connection(address)))
                time.sleep(3)
                assert 0 < sum(map(is_open, connections)) <= 8
            for _ in range(20):
                assert httpx2.get(f"{url}api/search?q=茶", timeout=PATIENCE).json()["total"] == 1
        finally:
            _, log = process.communicate("end\n", timeout=PATIENCE)
    assert re.fullmatch("out of file descriptors: [^\n]*\n", log)


HEAD = b"Host: localhost\r\n\r\n"
MALFORMED = {
    "nothing but noise": bytes(range(256)),
    "no version": b"GET /\r\n\r\n",
    "an unknown version": b"GET / HTTP/3.7\r\n" + HEAD,
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\n" + HEAD,
    "no host in HTTP/1.0": b"GET /api/search?q=x HTTP/1.0\r\n\r\n",
    "a large header": b"GET / HTTP/1.1\r\nX: " + b"x" * 200_000 + b"\r\n" + HEAD,
    "many headers": b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000 + HEAD,
    "a folded header": b"GET / HTTP/1.1\r\nX: y\r\n z\r\n" + HEAD,
    "bytes in a header": b"GET / HTTP/1.1\r\nAccept-Language: \xff\xfe\r\nIf-None-Match: \xff\r\n" + HEAD,
    "bytes in the target": b"GET /\xff\xfe HTTP/1.1\r\n" + HEAD,
    "a target that is no UTF-8": b"GET /%ff%fe?q=%ff&%ff HTTP/1.1\r\n" + HEAD,
    "an absolute target": b"GET http://evil.example/article/ HTTP/1.1\r\n" + HEAD,
    "a target without a path": b"GET ?q=x HTTP/1.1\r\n" + HEAD,
    "an asterisk": b"OPTIONS * HTTP/1.1\r\n" + HEAD,
    "an unknown method": b"BREW / HTTP/1.1\r\n" + HEAD,
    "a method of noise": b"\xffGET / HTTP/1.1\r\n" + HEAD,
    "a tunnel": b"CONNECT localhost:22 HTTP/1.1\r\n" + HEAD,
    "a trace": b"TRACE / HTTP/1.1\r\n" + HEAD,
    "another protocol": b"GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n" + HEAD,
    "another version": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "head": b"HEAD /?q=x HTTP/1.1\r\n" + HEAD,
    "a head with a body": b"HEAD / HTTP/1.1\r\nContent-Length: 3\r\nHost: localhost\r\n\r\nabc",
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n[]",
    "length and chunks": POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a negative length": POST + b"Content-Length: -1\r\n\r\n[]",
    "a length without end": POST + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n[]",
    "an unknown encoding": POST + b"Transfer-Encoding: gzip\r\n\r\n[]",
    "a chunk without a length": POST + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n[]\r\n0\r\n\r\n",
    "a chunk of another length": POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\n[]\r\n0\r\n\r\n",
    "a bad chunk after a refusal": POST.replace(TOKEN.encode(), b"wrong")
    + b"Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\nxyz\r\n",
    "a bad chunk where no body is read": b"GET /?q=x HTTP/1.1\r\nHost: localhost\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\nxyz\r\n",
    "an expectation": POST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n",
    "an unknown expectation": POST + b"Expect: tea\r\nContent-Length: 2\r\n\r\n[]",
    "pipelined": page_request("/?q=x") * 20,
    "pipelined with noise": page_request("/?q=x") * 3 + b"noise\r\n\r\n" + page_request("/"),
    "closed at once": b"GET / HTTP/1.1\r\nConnection: close\r\n" + HEAD + page_request("/"),
}


@pytest.fixture
def nothing_logged(caplog) -> Iterator[None]:
    yield
    logged = caplog.get_records("call")  # caplog.records is of the teardown here
    assert [one.getMessage() for one in logged if one.levelno >= logging.ERROR] == []


@pytest.mark.usefixtures("nothing_logged")
class TestMalformed:
    @pytest.mark.parametrize("kind", MALFORMED)
    @pytest.mark.parametrize("pause", [0, 0.3])
    def test_a_malformed_request_is_answered_or_ended(self, server, connect, kind, pause):
        connection = connect()
        data = MALFORMED[kind]
        cut = max(data.find(b"\r\n\r\n") + 6, 1) if pause else len(data)
        with suppress(OSError):  # as good as an answer
            connection.sendall(data[:cut])
            time.sleep(pause)
            connection.sendall(data[cut:])
            connection.shutdown(socket.SHUT_WR)
        answers = rest_of(connection)
        assert answers == b"" or answers.startswith(b"HTTP/1.1 ")
        assert not re.findall(rb"HTTP/1.1 5(?!01|05)..", answers)
        assert b"evil.example" not in answers
        assert is_answered(server)

    @pytest.mark.slow
    def test_mutated_requests_are_answered_or_ended(self, server, connect):
        random.seed(1)
        kinds = [kind for kind, data in MALFORMED.items() if len(data) < 5000]
        for _ in range(150):
            data = bytearray(MALFORMED[random.choice(kinds)])
            for _ in range(random.randrange(1, 4)):
                at = random.randrange(len(data))
                data[at : at + random.randrange(3)] = random.randbytes(random.randrange(3))
            with closing(connect()) as connection:
                with suppress(OSError):
                    connection.sendall(data)
                    connection.shutdown(socket.SHUT_WR)
                answers = rest_of(connection)
                assert answers == b"" or answers.startswith(b"HTTP/1.1 "), data
                assert not re.findall(rb"HTTP/1.1 5(?!01|05)..", answers), data
        assert is_answered(server)


@pytest.mark.usefixtures("nothing_logged")
@pytest.mark.parametrize(
    ("head", "status"),
    [
        (POST, b"413"),
        (POST.replace(b"1.1", b"1.0"), b"413"),
        (POST + b"Connection: close\r\n", b"413"),
        (POST.replace(TOKEN.encode(), b"wrong") + b"Connection: close\r\n", b"401"),
        (POST.replace(b"documents", b"nothing") + b"Connection: close\r\n", b"404"),
        (POST.replace(b"POST", b"PUT") + b"Connection: close\r\n", b"405"),
    ],
)
def test_whoever_sends_all_before_reading_gets_the_answer(connect, head, status):
    size = 20_000_000
    connection = connect()
    connection.sendall(head + b"Content-Length: %d\r\n\r\n" % size)
    for _ in range(size // 100_000):
        connection.sendall(b" " * 100_000)
    connection.shutdown(socket.SHUT_WR)
    assert rest_of(connection).split()[1] == status


def test_whoever_asks_before_sending_is_refused_at_once(connect):
    connection = connect()
    wrong = POST.replace(TOKEN.encode(), b"wrong")
    connection.sendall(wrong + b"Expect: 100-continue\r\nContent-Length: 1000\r\n\r\n")
    assert connection.recv(1000).split()[1] == b"401"


SHUTTING_DOWN = """
import sys, threading, time
import searchkit
from searchkit import web
index = searchkit.create(":memory:")
writer = index.writer
index.writer = lambda: time.sleep(float(sys.argv[1])) or writer()
server = web.Server(web.app(index, token=sys.argv[2]), "127.0.0.1", 0)
print(server.url, flush=True)
server.run()
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent in another way there")
@pytest.mark.parametrize(
    ("seconds", "body", "status"), [(1, b"[]", b"200"), (8, b"[]", b"503"), (0, b"[", b"503")]
)
def test_a_post_is_answered_while_the_server_ends(seconds, body, status):
    command = [sys.executable, "-c", SHUTTING_DOWN, str(seconds), TOKEN]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        url = process.stdout.readline().strip()
        address = (urlsplit(url).hostname, urlsplit(url).port)
        with closing(socket.create_connection(address, timeout=PATIENCE)) as connection:
            connection.sendall(POST + b"Content-Length: 2\r\n\r\n" + body)
            time.sleep(0.5)
            ended = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert rest_of(connection).split()[1] == status
            assert time.monotonic() - ended < 7
        _, log = process.communicate(timeout=PATIENCE)
    assert "Traceback" not in log

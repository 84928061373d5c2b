"""nginx and Caddy in front of the server, as docs/web.md configures them."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme

from searchkit import web

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="the proxies are run as on Unix"),
]
PAGE = Path(__file__).parents[2] / "docs" / "web.md"
NAME = "search.example.org"
TOKEN = "a-token-that-is-long-enough"
PATIENCE = 60

NGINX = """
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
{user}
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{configuration}
}}
"""


def documented(language: str) -> str:
    if not PAGE.exists():
        pytest.skip("needs docs/")
    found = re.search(rf"^```{language}\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert found
    return found[1]


def put(configuration: str, **values: str) -> str:
    """The configuration with other values, each of which has to be there."""
    for value, other in values.items():
        assert value in configuration
        configuration = configuration.replace(value, other)
    return configuration


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        return listening.getsockname()[1]


class Proxy:
    """A proxy that runs, and requests through it."""

    def __init__(self, authority: trustme.CA) -> None:
        self.http, self.https = free_port(), free_port()
        self._trust = ssl.create_default_context()
        authority.configure_trust(self._trust)

    def connect(self, source: str = "127.0.0.1") -> ssl.SSLSocket:
        connection = socket.create_connection(
            ("127.0.0.1", self.https), timeout=PATIENCE, source_address=(source, 0)
        )
        return self._trust.wrap_socket(connection, server_hostname=NAME)

    def ask(
        self, request: str, body: bytes = b"", source: str = "127.0.0.1", **headers: str
    ) -> tuple[int, str]:
        """The status and the text of an answer; 0 where there is none."""
        given = {"Host": NAME, "Connection": "close", "Content-Length": str(len(body)), **headers}
        lines = [f"{request} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
        with closing(self.connect(source)) as connection:
            connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
            answer = HTTPResponse(connection)
            try:
                answer.begin()
            except ConnectionError:
                return 0, ""
            return answer.status, answer.read().decode()


@contextmanager
def running(*command: object, folder: Path, port: int) -> Iterator[None]:
    """The program, once it listens; it ends with the test."""
    environment = {**os.environ, "HOME": str(folder)}
    with (folder / "log").open("w") as log:
        with subprocess.Popen(list(map(str, command)), stdout=log, stderr=log, env=environment) as process:
            try:
                ended = time.monotonic() + PATIENCE
                while time.monotonic() < ended and process.poll() is None:
                    try:
                        socket.create_connection(("127.0.0.1", port)).close()
                        break
                    except ConnectionError:
                        time.sleep(0.05)
                else:
                    pytest.fail((folder / "log").read_text())
                yield
            finally:
                process.terminate()
                process.wait(PATIENCE)


@pytest.fixture(params=["nginx", "caddy"])
def start(request, tmp_path, serving) -> Iterator[Callable[..., Proxy]]:
    """Starts the proxy in front of an app."""
    program = shutil.which(request.param, path=os.environ.get("PATH", "") + ":/usr/sbin")
    if program is None:
        pytest.skip(f"needs {request.param}: make system-packages")
    authority = trustme.CA()
    certificate = authority.issue_cert(NAME)
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    certificate.private_key_pem.write_to_path(key)
    for part in certificate.cert_chain_pems:
        part.write_to_path(chain, append=True)
    proxy = Proxy(authority)
    contexts = []

    def start(app: object) -> Proxy:
        address = urlsplit(serving(app, hosts=[NAME], proxies=["127.0.0.1"]).url).netloc
        if request.param == "nginx":
            configuration = put(
                documented("nginx"),
                **{
                    "listen 80": f"listen 127.0.0.1:{proxy.http}",
                    "listen 443": f"listen 127.0.0.1:{proxy.https}",
                    f"/etc/letsencrypt/live/{NAME}/fullchain.pem": str(chain),
                    f"/etc/letsencrypt/live/{NAME}/privkey.pem": str(key),
                    "127.0.0.1:8000": address,
                    "15s": "1s",
                },
            )
            user = "user root;" if os.getuid() == 0 else ""
            text = NGINX.format(folder=tmp_path, configuration=configuration, user=user)
            command = [
                program,
                "-p",
                tmp_path,
                "-e",
                tmp_path / "error.log",
                "-c",
                tmp_path / "configuration",
            ]
        else:
            ours = f"admin off\n http_port {proxy.http}\n https_port {proxy.https}\n"
            text = put(
                documented("caddyfile"),
                **{
                    f"{NAME} {{": f"{NAME} {{\n tls {chain} {key}\n",
                    "127.0.0.1:8000": address,
                    "15s": "1s",
                },
            ).replace("{\n", f"{{\n {ours}", 1)
            command = [program, "run", "--adapter", "caddyfile", "--config", tmp_path / "configuration"]
        (tmp_path / "configuration").write_text(text)
        contexts.append(running(*command, folder=tmp_path, port=proxy.https))
        contexts[-1].__enter__()
        return proxy

    yield start
    for context in contexts:
        context.__exit__(None, None, None)


def test_a_proxy_as_documented_passes_on_what_it_should(start, make_index):
    proxy = start(web.app(make_index("茶"), token=TOKEN, limits=web.Limits(rate=0, seconds=PATIENCE)))
    status, page = proxy.ask("GET /?q=%E8%8C%B6")
    assert status == 200
    assert "<mark>茶</mark>" in page
    assert proxy.ask("GET /static/search.css")[0] == 200
    key = {"Authorization": f"Bearer {TOKEN}"}
    assert proxy.ask("POST /api/documents", b'[{"id": "2", "title": "\xe8\x8c\xb6"}]', **key)[0] == 200
    assert '"total":2' in proxy.ask("GET /api/search?q=%E8%8C%B6")[1]
    # Caddy 2.6 says 502 where it has passed on the beginning.
    assert proxy.ask("POST /api/documents", b" " * 9_000_000, **key)[0] in (413, 502)
    status, page = proxy.ask("GET /?q=%E8%8C%B6", Host="evil.example")
    assert "茶" not in page


def test_a_proxy_as_documented_leads_to_https(start, make_index):
    proxy = start(web.app(make_index("茶")))
    with closing(socket.create_connection(("127.0.0.1", proxy.http), timeout=PATIENCE)) as connection:
        connection.sendall(f"GET /?q=x HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
        answer = HTTPResponse(connection)
        answer.begin()
        assert answer.status in (301, 308)
        assert re.fullmatch(rf"https://{NAME}(:{proxy.https})?/\?q=x", answer.headers["Location"])


def test_clients_behind_a_proxy_as_documented_have_a_rate_each(start, make_index):
    proxy = start(web.app(make_index("茶"), limits=web.Limits(rate=0.001, burst=3, seconds=PATIENCE)))

    def statuses(source: str, times: int) -> list[int]:
        forged = {"X-Forwarded-For": "10.0.0.{}"}
        return [
            proxy.ask(
                "GET /api/suggest?q=x",
                source=source,
                **{name: value.format(at) for name, value in forged.items()},
            )[0]
            for at in range(times)
        ]

    assert statuses("127.0.0.2", 4) == [200, 200, 200, 429]
    assert statuses("127.0.0.3", 1) == [200]


def test_a_head_that_does_not_go_on_is_ended_by_a_proxy_as_documented(start, make_index):
    proxy = start(web.app(make_index("茶")))
    with closing(proxy.connect()) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: ")
        assert connection.recv(1000) in (b"", b"HTTP/1.1 408 Request Timeout\r\n")

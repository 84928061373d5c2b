"""An index over TLS: whose certificates are trusted, and that credentials arrive.

The distribution of the tests has no TLS, so a server with a certificate stands before one of its nodes.
"""

from __future__ import annotations

import base64
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from suite import FIELDS, cluster_location, fill, forget_at, ids_of, index_document

from searchkit.engine import create_engine, open_engine
from searchkit.errors import EngineUnavailableError

pytest.importorskip("opensearchpy", reason="needs a client: pip install 'searchkit-zh[opensearch]'")
trustme = pytest.importorskip("trustme", reason="makes certificates: pip install 'searchkit-zh[test]'")

_OF_ONE_CONNECTION = {"connection", "host", "transfer-encoding", "content-length"}
SECRET = "s3cr3t"


class Front:
    """A server with TLS that hands every request on to a node, and keeps what it was told of who asks."""

    def __init__(self, node: str, certificate: Any) -> None:
        self.credentials: set[str | None] = set()
        front = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def hand_on(self) -> None:
                front.credentials.add(self.headers.get("authorization"))
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                kept = {
                    name: of for name, of in self.headers.items() if name.lower() not in _OF_ONE_CONNECTION
                }
                with closing(HTTPConnection(node)) as behind:
                    behind.request(self.command, self.path, body, kept)
                    answer = behind.getresponse()
                    content = answer.read()
                self.send_response(answer.status)
                for name, of in answer.getheaders():
                    if name.lower() not in _OF_ONE_CONNECTION:
                        self.send_header(name, of)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_DELETE = hand_on  # noqa: N815 - their names are those of http.server

            def log_message(self, format: str, *args: Any) -> None: ...

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client that does not trust us hangs up, which is what some tests are about."""

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        self.http = Quiet(("127.0.0.1", 0), Handler)
        # The handshake is the business of the thread of a connection, not of the one that accepts them.
        self.http.socket = context.wrap_socket(
            self.http.socket, server_side=True, do_handshake_on_connect=False
        )
        self.host = f"127.0.0.1:{self.http.server_port}"


@contextmanager
def front_of(node: str, certificate: Any) -> Iterator[Front]:
    made = Front(node, certificate)
    thread = threading.Thread(target=made.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield made
    finally:
        made.http.shutdown()
        thread.join()
        made.http.server_close()


@pytest.fixture(scope="module")
def authority() -> Any:
    """Who signs certificates."""
    return trustme.CA()


@pytest.fixture
def trusted(authority: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The file with the certificate of who signs, which the environment names."""
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SEARCHKIT_OPENSEARCH_CA", str(file))
    return str(file)


@pytest.fixture
def place(cluster: str) -> Iterator[Callable[[Front], str]]:
    """The location of an index behind a server with TLS."""
    plain = cluster_location()
    yield lambda front: f"opensearchs://{front.host}/{plain.rpartition('/')[2]}"
    forget_at(plain)


@pytest.fixture
def front(cluster: str, authority: Any) -> Iterator[Front]:
    with front_of(_node(cluster), authority.issue_cert("127.0.0.1")) as made:
        yield made


def _node(cluster: str) -> str:
    return cluster.rpartition("//")[2].partition(",")[0].rstrip("/")


def test_a_certificate_that_nobody_vouches_for_is_refused(
    front: Front, place: Callable[[Front], str]
) -> None:
    with pytest.raises(EngineUnavailableError, match=r"no secure connection.*SEARCHKIT_OPENSEARCH_CA"):
        create_engine(place(front), {}, FIELDS)
    assert front.credentials == set(), "nothing was sent"


def test_a_certificate_of_another_host_is_refused(
    cluster: str, authority: Any, trusted: str, place: Callable[[Front], str]
) -> None:
    with front_of(_node(cluster), authority.issue_cert("elsewhere.example")) as front:
        with pytest.raises(EngineUnavailableError, match="no secure connection"):
            create_engine(place(front), {}, FIELDS)
        assert front.credentials == set(), "nothing was sent"


def test_a_file_of_certificates_that_is_not_there_says_so(
    front: Front, place: Callable[[Front], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEARCHKIT_OPENSEARCH_CA", "nowhere.pem")
    with pytest.raises(EngineUnavailableError, match=r"nowhere\.pem"):
        create_engine(place(front), {}, FIELDS)


@pytest.mark.parametrize("kind", ["Basic", "ApiKey", "none"])
def test_an_index_works_over_tls(
    kind: str, front: Front, trusted: str, place: Callable[[Front], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected: dict[str, str | None] = {
        "Basic": f"Basic {base64.b64encode(f'me:{SECRET}'.encode()).decode()}",
        "ApiKey": f"ApiKey {SECRET}",
        "none": None,
    }
    location = place(front)
    if kind == "Basic":
        location = location.replace("://", f"://me:{SECRET}@")
    if kind == "ApiKey":
        monkeypatch.setenv("SEARCHKIT_OPENSEARCH_API_KEY", SECRET)
    with closing(create_engine(location, {"made": "here"}, FIELDS)) as engine:
        fill(engine, [index_document(str(number)) for number in range(30)])
    with closing(open_engine(location)) as again:
        assert again.location.startswith("opensearchs://127.0.0.1")
        assert ids_of(again.snapshot()) == {str(number) for number in range(30)}
    assert front.credentials == {expected[kind]}, "with every request"

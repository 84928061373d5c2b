"""What only an engine of a cluster has: hosts, credentials, busy and broken servers, writers that vanish."""

from __future__ import annotations

import json
import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace
from suite import FIELDS, cluster_location, fill, forget, found_ids, ids_of, index_document, writing

from searchkit.engine import create_engine, open_engine
from searchkit.engine.base import Engine
from searchkit.engine.plan import MatchAll, Phrase, Plan, Prefix, ScoreClause, Sort, Term, Wildcard
from searchkit.errors import (
    CursorExpiredError,
    EngineUnavailableError,
    IndexExistsError,
    IndexIncompatibleError,
    IndexLockedError,
    IndexNotFoundError,
    SearchkitError,
)

pytest.importorskip("opensearchpy", reason="needs a client: pip install 'searchkit-zh[opensearch]'")

from searchkit.engine.opensearch import client as calls
from searchkit.engine.opensearch.client import Calls
from searchkit.engine.opensearch.location import parsed
from searchkit.engine.opensearch.mapping import sort_key, term_of

SECRET = "s3cr3t"


class TestLocations:
    def test_a_location_has_hosts_name_and_settings(self) -> None:
        place = parsed("opensearchs://one,two:9201,[::1]:9202/news-2024?shards=5&replicas=2&timeout=7")
        assert place.hosts == (("one", 9200), ("two", 9201), ("::1", 9202))
        assert (place.name, place.secure) == ("news-2024", True)
        assert (place.shards, place.replicas, place.timeout) == (5, 2, 7)
        assert place.location == "opensearchs://one,two:9201,[::1]:9202/news-2024"

    @pytest.mark.parametrize(
        "location",
        [
            "opensearch://host",
            "opensearch:///news",
            "opensearch://host/",
            "opensearch://host/News",
            "opensearch://host/a/b",
            "opensearch://host/_all",
            "opensearch://host:0/news",
            "opensearch://host:port/news",
            "opensearch://host/news?shards=0",
            "opensearch://host/news?shards=x",
            "opensearch://host/news?other=1",
            f"opensearch://me:{SECRET}/x@host/news",
            f"opensearch://me:{SECRET}@host/News",
            f"opensearch://me:{SECRET}@host,me:{SECRET}@other/news",
            f"opensearch://me:{SECRET}?@host/news",
        ],
    )
    def test_an_invalid_location_is_refused_without_showing_the_password(self, location: str) -> None:
        with pytest.raises(ValueError, match=r"opensearch://|setting|host") as raised:
            parsed(location)
        assert SECRET not in str(raised.value)

    def test_credentials_come_from_the_location_or_the_environment(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SEARCHKIT_OPENSEARCH_USER", "me")
        monkeypatch.setenv("SEARCHKIT_OPENSEARCH_PASSWORD", SECRET)
        assert parsed("opensearch://host/news").user == ("me", SECRET)
        assert parsed("opensearch://you:p%40%2F@host/news").user == ("you", "p@/")
        monkeypatch.setenv("SEARCHKIT_OPENSEARCH_API_KEY", SECRET)
        assert parsed("opensearch://host/news").api_key == SECRET
        assert parsed("opensearch://you:p@host/news").api_key is None
        for place in (parsed("opensearch://host/news"), parsed(f"opensearch://you:{SECRET}@host/news")):
            assert SECRET not in repr(place) + place.location


class Server:
    """A server that answers what a test says; it stands in for what a healthy cluster does not do."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, Any]] = []
        self.headers: list[str | None] = []
        self.bodies: list[str] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                server.headers.append(self.headers.get("authorization"))
                server.bodies.append(
                    self.rfile.read(int(self.headers.get("content-length") or 0)).decode("latin-1")
                )
                status, body = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
                content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header(
                    "content-type", "text/plain" if isinstance(body, str) else "application/json"
                )
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = answer  # noqa: N815 - their names are those of http.server

            def log_message(self, format: str, *args: Any) -> None: ...

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.http.server_port}"


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.http.shutdown()
    thread.join()
    made.http.server_close()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "_FIRST_PAUSE", 0.001)
    monkeypatch.setattr(calls, "_PATIENCE_AWAY", 0.01)


BUSY = (
    429,
    {"error": {"type": "opensearch_rejected_execution_exception", "reason": "too many"}, "status": 429},
)
FULL = (
    429,
    {
        "error": {
            "type": "cluster_block_exception",
            "reason": "index [x] blocked by: read-only-allow-delete block",
        }
    },
)


class TestServers:
    @pytest.mark.parametrize(
        ("answer", "says"),
        [
            ((401, "Unauthorized"), "does not accept these credentials"),
            ((403, {"error": {"type": "security_exception", "reason": "no permissions"}}), "do not allow it"),
            (FULL, "make room on its disks"),
            ((200, {"version": {"number": "8.1.0"}}), "this is Elasticsearch 8.1.0"),
            (
                (200, {"version": {"number": "3.0.0", "distribution": "opensearch"}}),
                "this is opensearch 3.0.0",
            ),
            (
                (200, {"version": {"number": "1.3.0", "distribution": "opensearch"}}),
                "this is opensearch 1.3.0",
            ),
        ],
    )
    def test_error_messages_of_the_server_are_passed_on(
        self, answer: tuple[int, Any], says: str, server: Server
    ) -> None:
        server.answers = [answer]
        for call in (lambda at: open_engine(at), lambda at: create_engine(at, {}, ())):
            with pytest.raises(EngineUnavailableError, match=says):
                call(f"opensearch://{server.host}/news")

    def test_a_server_that_does_not_answer_is_an_error(self) -> None:
        with pytest.raises(EngineUnavailableError, match="no cluster answers there"):
            open_engine("opensearch://127.0.0.1:1/news")

    def test_a_server_without_tls_is_an_error(self, server: Server) -> None:
        server.answers = [(200, {})]
        with pytest.raises(EngineUnavailableError, match=r"no secure connection|no cluster answers"):
            open_engine(f"opensearchs://{server.host}/news")

    def test_busy_servers_are_asked_again(self, server: Server) -> None:
        server.answers = [
            BUSY,
            (503, {}),
            (200, {"version": {"number": "2.19.1", "distribution": "opensearch"}}),
        ]
        with closing(Calls(parsed(f"opensearch://{server.host}/news"))) as made:
            made.check_version()
        assert len(server.headers) == 3

    def test_a_server_that_stays_busy_is_an_error(
        self, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(calls, "_PATIENCE", 0.05)
        server.answers = [BUSY]
        with pytest.raises(EngineUnavailableError, match="too much to do"):
            open_engine(f"opensearch://{server.host}/news")

    def test_only_the_refused_part_of_a_bulk_is_sent_again(self, server: Server) -> None:
        done, busy = {"index": {"status": 201}}, {"index": {"status": 429, "error": {"reason": "later"}}}
        server.answers = [(200, {"items": [done, busy]}), (200, {"items": [busy]}), (200, {"items": [done]})]
        with closing(Calls(parsed(f"opensearch://{server.host}/news"))) as made:
            made._client.transport.connection_pool.connections[0].http_compress = False
            made.bulk([({"index": {"_id": "a"}}, {"n": 1}), ({"index": {"_id": "b"}}, {"n": 2})])
        assert [('"a"' in body, '"b"' in body) for body in server.bodies] == [
            (True, True),
            (False, True),
            (False, True),
        ]

    def test_documents_that_the_server_refuses_raise(self, server: Server) -> None:
        wrong = {
            "index": {"status": 400, "error": {"type": "mapper_parsing_exception", "reason": "no number"}}
        }
        server.answers = [(200, {"items": [wrong]})]
        with closing(Calls(parsed(f"opensearch://{server.host}/news"))) as made:
            with pytest.raises(SearchkitError, match="no number"):
                made.bulk([({"index": {"_id": "a"}}, {"n": "x"})])

    def test_credentials_are_sent_and_never_shown(
        self, server: Server, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        caplog.set_level(logging.DEBUG)
        server.answers = [(401, "Unauthorized")]
        with pytest.raises(EngineUnavailableError) as raised:
            open_engine(f"opensearch://me:{SECRET}@{server.host}/news")
        assert SECRET not in "".join(traceback.format_exception(raised.value))
        monkeypatch.setenv("SEARCHKIT_OPENSEARCH_API_KEY", SECRET)
        with pytest.raises(EngineUnavailableError) as raised:
            open_engine(f"opensearch://{server.host}/news")
        assert SECRET not in "".join(traceback.format_exception(raised.value)) + caplog.text
        assert [str(header).split()[0] for header in server.headers] == ["Basic", "ApiKey"]


@pytest.fixture
def make(cluster: str) -> Iterator[Callable[..., Engine]]:
    """Makes indexes in the cluster."""
    made: list[Engine] = []

    def make(settings: str = "replicas=0") -> Engine:
        made.append(create_engine(cluster_location(settings), {"made": "here"}, FIELDS))
        return made[-1]

    yield make
    for engine in made:
        forget(engine)
        engine.close()


def vanish(writer: Any) -> None:
    """Let the process of a writer be gone, and its time over."""
    writer._flush()
    read = writer._states.read()
    gone = replace(read.state, writer=replace(read.state.writer, until=time.time() - 1))
    assert writer._states.replace(read, gone)


class TestIndexes:
    def test_an_index_name_is_taken_once(self, make: Callable[..., Engine]) -> None:
        engine = make()
        with pytest.raises(IndexExistsError):
            create_engine(engine.location, {}, ())
        with pytest.raises(IndexNotFoundError):
            open_engine(engine.location + "-other")

    def test_an_index_of_somebody_else_is_left_alone(self, make: Callable[..., Engine]) -> None:
        engine: Any = make()
        engine._calls.of_index("PUT", "_mapping", {"_meta": {}})
        with pytest.raises(IndexIncompatibleError, match="did not make"):
            open_engine(engine.location)

    def test_an_index_that_cannot_be_written_says_why(self, make: Callable[..., Engine]) -> None:
        engine: Any = make()
        fill(engine, [index_document("1")])
        block = {"index.blocks.read_only_allow_delete": True}
        engine._calls.of_index("PUT", "_settings", block)
        with pytest.raises(EngineUnavailableError, match="make room"):
            fill(engine, [index_document("2")])
        assert ids_of(engine.snapshot()) == {"1"}

    def test_the_latest_commit_is_looked_for_without_a_search(
        self, make: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        filled = make()
        fill(filled, [index_document("1")])
        with closing(open_engine(filled.location)) as engine:
            first = engine.snapshot()
            monkeypatch.setattr(type(first), "_ask", lambda *_: pytest.fail("the cluster may have lost it"))
            assert engine.snapshot() is first

    def test_long_notes_come_back_whole(
        self, make: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from searchkit.engine.opensearch import engine as module

        monkeypatch.setattr(module, "_LONGEST_PIECE", 10)
        engine: Any = make()
        for text in ("甲乙" * 30, "丙" * 11, "短"):
            engine.write_note("a", text)
            assert engine.read_note("a") == text

    @pytest.mark.parametrize("shards", [1, 3])
    def test_pages_beyond_the_window_of_opensearch(
        self, shards: int, make: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from searchkit.engine.opensearch import snapshot

        monkeypatch.setattr(snapshot, "_WINDOW", 20)
        monkeypatch.setattr(snapshot, "_PAGE", 7)
        engine = make(f"replicas=0&shards={shards}")
        fill(
            engine,
            [
                index_document(str(n), {"published": n % 5} if n % 3 else {}, words="甲 " * (n % 4))
                for n in range(90)
            ],
        )
        plan = Plan(MatchAll(), (ScoreClause(Term("words", "甲"), 1.0),))
        for sort in (None, Sort("published"), Sort("published", descending=True)):
            total, whole = engine.snapshot().search(plan, limit=100, offset=0, sort=sort)
            assert total == len(set(found_ids(whole))) == 90
            for size in (5, 11, 40):
                pages = [
                    engine.snapshot().search(plan, limit=size, offset=at, sort=sort)[1]
                    for at in range(0, 95, size)
                ]
                assert [one for page in pages for one in page] == whole

    def test_an_expired_snapshot_is_an_error(self, make: Callable[..., Engine]) -> None:
        engine: Any = make()
        fill(engine, [index_document("1")])
        kept = engine.snapshot()
        engine._calls.call("DELETE", "/_search/point_in_time", {"pit_id": [kept._point.id]})
        assert ids_of(kept) == {"1"}, "as nobody has committed, another point in time shows the same"
        fill(engine, [index_document("2")])
        engine._calls.call("DELETE", "/_search/point_in_time", {"pit_id": [kept._point.id]})
        with pytest.raises(CursorExpiredError):
            list(kept)

    def test_several_shards_rank_as_one(self, make: Callable[..., Engine]) -> None:
        choose = Random(3)
        documents = [
            index_document(str(n), words=" ".join(choose.choices("甲乙丙丁", [1, 3, 9, 27], k=30)))
            for n in range(60)
        ]
        plan = Plan(
            MatchAll(), (ScoreClause(Term("words", "甲"), 1.0), ScoreClause(Term("words", "乙"), 0.5))
        )
        found = []
        for engine in (make(), make("replicas=0&shards=4"), create_engine(":memory:", {}, FIELDS)):
            fill(engine, documents)
            found.append(
                {one.stored: one.score for one in engine.snapshot().search(plan, limit=99, offset=0)[1]}
            )
        assert found[0] == pytest.approx(found[1], rel=1e-4)
        assert found[0] == pytest.approx(found[2], rel=1e-4)


class TestWriters:
    def test_a_vanished_writer_leaves_nothing(self, make: Callable[..., Engine]) -> None:
        engine = make()
        fill(engine, [index_document("1", body_unigrams="旧")])
        writer = engine.writer(timeout=0)
        writer.upsert(index_document("1", body_unigrams="新"))
        writer.upsert(index_document("2"))
        with pytest.raises(IndexLockedError, match=r"process \d+ on .*others can write \d+ s from now"):
            engine.writer(timeout=0)
        vanish(writer)
        fill(engine, [index_document("3")])
        assert ids_of(engine.snapshot()) == {"1", "3"}
        assert engine.snapshot().count(Term("body_unigrams", "旧")) == 1

    def test_a_writer_that_comes_back_cannot_commit(self, make: Callable[..., Engine]) -> None:
        engine = make()
        late = engine.writer(timeout=0)
        late.upsert(index_document("1"))
        vanish(late)
        with writing(engine) as writer:
            late.upsert(index_document("2"))
            with pytest.raises(IndexLockedError, match="nothing of this batch"):
                late.commit()
            writer.upsert(index_document("3"))
            writer.commit()
        assert ids_of(engine.snapshot()) == {"3"}
        fill(engine, [index_document("4")])
        assert ids_of(engine.snapshot()) == {"3", "4"}

    @pytest.mark.parametrize("delete_all", [False, True])
    def test_what_a_commit_replaced_is_not_seen_though_nobody_deleted_it(
        self, delete_all: bool, make: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        engine: Any = make()
        fill(engine, [index_document(str(n), body_unigrams="旧") for n in range(5)])
        writer = engine.writer(timeout=0)
        monkeypatch.setattr(writer, "_tidy", lambda: None)
        if delete_all:
            writer.delete_all()
        writer.upsert(index_document("1", body_unigrams="新"))
        writer.delete("2")
        writer.commit()
        writer.close()
        expected = {"1"} if delete_all else {"0", "1", "3", "4"}
        stored = engine._calls.of_index("GET", "_count", {"query": {"exists": {"field": "commit"}}})["count"]
        assert stored == 6
        seen = engine.snapshot()
        assert ids_of(seen) == expected
        fill(engine, [index_document("9")])
        assert ids_of(engine.snapshot()) == {*expected, "9"}
        assert ids_of(seen) == expected
        stored = engine._calls.of_index("GET", "_count", {"query": {"exists": {"field": "commit"}}})["count"]
        assert stored == len(expected) + 1, "the next writer has swept"


class TestTerms:
    def test_sort_keys_sort_as_the_values_do(self) -> None:
        numbers = [-(2**63), -5, -1, 0, 1, 2**53 + 1, 2**63 - 1]
        assert sorted(numbers, key=sort_key) == numbers
        floats = [-1e308, -1.5, -5e-324, 0.0, 5e-324, 0.1, 1.0, 1e308]
        assert sorted(floats, key=sort_key) == floats

    def test_long_words_are_found(self, make: Callable[..., Engine]) -> None:
        engine = make()
        long, other = "w" * 300, "w" * 299 + "v"
        fill(
            engine,
            [
                index_document("1", body_bigrams=f"a_ {long} b_"),
                index_document("2", body_bigrams=f"a_ {other} b_"),
            ],
        )
        snapshot = engine.snapshot()
        assert snapshot.doc_freqs("body_bigrams", [long, other, "w" * 255, "b_"]) == [1, 1, 0, 2]
        assert snapshot.count(Phrase("body_bigrams", ((0, "a_"), (1, long), (2, "b_")))) == 1
        for node in (
            Prefix("body_bigrams", "s"),
            Prefix("body_bigrams", "w" * 299),
            Wildcard("body_bigrams", "*a"),
            Phrase("body_bigrams", ((0, "a_"), (1, "w" * 299)), beginnings=frozenset({1})),
        ):
            assert snapshot.count(node) == 0, "a long word is found by itself only"
        assert len(term_of("𠮷" * 128)) < 128

    def test_phrases_with_slop_match_as_in_whoosh(
        self, make: Callable[..., Engine], tmp_path_factory: Any
    ) -> None:
        choose = Random(5)
        mine = make()
        its = create_engine(f"whoosh:{tmp_path_factory.mktemp('its') / 'index'}", {}, FIELDS)
        documents = [
            index_document(str(n), body_bigrams=" ".join(choose.choices(["a_", "b_", "甲乙", "x"], k=7)))
            for n in range(60)
        ]
        for engine in (mine, its):
            fill(engine, documents)
        for number in range(40):
            offsets = sorted(choose.sample(range(5), 2 + number % 2))
            links = tuple((at, choose.choice(["a_", "b_", "甲乙"])) for at in offsets)
            opened = frozenset({1} if number % 5 == 0 else ())
            chain = Phrase("body_bigrams", links, choose.randint(1, 3), opened)
            of_both = [engine.snapshot().search(Plan(chain), limit=99, offset=0)[1] for engine in (mine, its)]
            assert set(found_ids(of_both[0])) == set(found_ids(of_both[1])), chain
        its.close()

    def test_patterns_with_too_many_terms_are_refused(self, make: Callable[..., Engine]) -> None:
        engine = make()
        fill(engine, [index_document("1", body_bigrams=" ".join(f"w{n}_" for n in range(2000)))])
        loose = Phrase("body_bigrams", tuple((at, f"w{at}_") for at in range(12)), 9)
        with pytest.raises(SearchkitError, match="too many ways"):
            engine.snapshot().count(loose)
        opened = Phrase("body_bigrams", ((0, "w0_"), (1, "w")), beginnings=frozenset({1}))
        with pytest.raises(SearchkitError, match="too many terms"):
            engine.snapshot().count(opened)
        assert engine.snapshot().count(Prefix("body_bigrams", "w")) == 1

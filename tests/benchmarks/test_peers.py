"""Every peer does what it says it does, on a few texts, and cannot do what it says it cannot.

A peer whose package or server is missing is skipped with its reason.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Literal, get_args

import pytest

import searchkit
from benchmarks import peers
from benchmarks.peers import PEERS
from benchmarks.peers.base import Answer, Hit, Peer, Question, Task
from benchmarks.peers.texts import PerThread, escaped_and_marked, joined_words, spaced_words
from searchkit import Document

# jieba leaves a file of its own open.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file.*idf.txt:ResourceWarning")

DOCUMENTS = [
    Document(
        id="library",
        title="图书馆周末开放到十点",
        body="市图书馆从下个月起周末开放到晚上十点。<读者>可以在阅览室看书，也可以借电脑&耳机。",
        published=datetime(2024, 1, 31, 8, tzinfo=timezone.utc),
    ),
    Document(
        id="museum",
        title="博物馆展出古代地图",
        body="博物馆今天展出三百张古代地图。馆长说，地图旁边有说明，周末免费参观。",
        published=datetime(2024, 3, 5, tzinfo=timezone.utc),
    ),
    Document(
        id="weather",
        title="预报：周末天气",
        body="气象台说周末天气晴朗，气温比上周高五度，适合去公园散步。",
        published=datetime(2023, 12, 24, tzinfo=timezone.utc),
    ),
    Document(
        id="river",
        title="河邊的新步道完工",
        body="河邊的新步道昨天完工，散步的人很多。工程師用 Python 3 寫程式計算水位。",
        published=datetime(2024, 2, 1, tzinfo=timezone.utc),
    ),
    Document(id="undated", title="公园里的老人", body="公园里的老人每天早上打太极拳，然后一起喝茶聊天。"),
]
HOSTILE = [
    '"', "*", "AND", "OR NOT", "(", ")", "", " ", ":", '甲"乙', "NEAR(", "title:", "^", "图*", "-图书馆", "+",
    "~", "{", "[1 TO", "\\", "'", "%", "_", "图书馆~2", "?:!", "\x00", "a/b", "茶" * 2000,
]  # fmt: skip


@pytest.fixture(scope="module", params=list(PEERS))
def peer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    kind = PEERS[request.param]
    if reason := kind.why_not():
        pytest.skip(f"{kind.name}: {reason}")
    opened = kind(tmp_path_factory.mktemp("peers") / kind.name)
    assert opened.index(DOCUMENTS) == len(DOCUMENTS)
    opened.open()
    yield opened
    opened.close()


def holds(peer: Peer, task: Task, done: Callable[[], bool]) -> None:
    """The task is done, unless the peer says that it cannot: then it must not be, or it would be left out of
    what it can do."""
    assert done() == (task not in peer.cannot)


def found(peer: Peer, question: Question) -> list[str]:
    return [hit.id for hit in peer.answer(question).hits]


def test_a_peer_has_a_label_and_reasons_for_what_it_cannot_do(peer: Peer) -> None:
    assert PEERS[peer.name] is type(peer)
    assert peer.label
    assert set(peer.cannot) <= set(get_args(Task))
    assert all(peer.cannot.values())
    assert peer.size() > 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("图书馆 开放", "library"),
        ("地图", "museum"),
        ("python", "river"),
        ("PYTHON", "river"),
        ("太极拳", "undated"),
    ],
)
def test_words_find_their_document(peer: Peer, text: str, expected: str) -> None:
    assert found(peer, Question(text))[:1] == [expected]


def test_all_words_of_a_query_are_required(peer: Peer) -> None:
    """In title and body together."""
    assert found(peer, Question("预报 散步"))[:1] == ["weather"]
    holds(peer, "all words", lambda: found(peer, Question("预报 散步")) == ["weather"])
    holds(peer, "all words", lambda: found(peer, Question("周末 潜水艇")) == [])


def test_any_word_is_enough_where_that_is_asked_for(peer: Peer) -> None:
    def done() -> bool:
        return (
            found(peer, Question("预报 散步", match="any"))[:1] == ["weather"]
            and set(found(peer, Question("地图 潜水艇 太极拳", match="any"))) == {"museum", "undated"}
            and found(peer, Question("潜水艇", match="any")) == []
        )

    holds(peer, "any word", done)


@pytest.mark.parametrize("match", ["all", "any"])
def test_ids_only_are_those_of_the_hits_with_snippets(peer: Peer, match: Literal["all", "any"]) -> None:
    question = Question("图书馆 阅览室", match=match)
    ids, shown = peer.answer(replace(question, ids_only=True)), peer.answer(question)
    assert [(hit.id, hit.score) for hit in ids.hits] == [(hit.id, hit.score) for hit in shown.hits]
    assert ids.hits
    assert ids.total == shown.total
    assert {(hit.title, hit.snippet) for hit in ids.hits} == {("", "")}


def test_matches_are_counted(peer: Peer) -> None:
    texts = {"周末": 3, "预报 散步": 1, "潜水艇": 0}
    holds(peer, "total", lambda: {text: peer.answer(Question(text)).total for text in texts} == texts)


def test_matches_are_marked_and_the_rest_is_escaped(peer: Peer) -> None:
    hit = peer.answer(Question("图书馆 阅览室")).hits[0]
    holds(peer, "snippets", lambda: bool(hit.title and hit.snippet))
    if "snippets" in peer.cannot:
        return
    assert "图书馆" in re.findall("<mark>(.*?)</mark>", hit.title)
    assert "阅览室" in re.findall("<mark>(.*?)</mark>", hit.snippet)
    unmarked = re.sub("</?mark>", "", hit.snippet)
    assert "&lt;读者&gt;" in unmarked
    assert "<" not in unmarked
    assert html.unescape(unmarked).strip("…") in DOCUMENTS[0].body


def test_a_title_without_a_match_is_unmarked(peer: Peer) -> None:
    (hit,) = peer.answer(Question("耳机")).hits
    assert hit.id == "library"
    if "snippets" not in peer.cannot:
        assert hit.title == DOCUMENTS[0].title
        assert "<mark>耳机</mark>" in hit.snippet


def test_since_is_an_inclusive_day_in_utc(peer: Peer) -> None:
    def done() -> bool:
        return (
            set(found(peer, Question("周末", since="2024-01-31"))) == {"library", "museum"}
            and found(peer, Question("周末", since="2024-03-05")) == ["museum"]
            and found(peer, Question("周末", since="2024-03-06")) == []
            and found(peer, Question("公园", since="1970-01-01")) == ["weather"]
        )

    holds(peer, "since", done)


def test_newest_orders_by_date(peer: Peer) -> None:
    def done() -> bool:
        return found(peer, Question("周末", newest=True)) == ["museum", "library", "weather"] and (
            found(peer, Question("公园", newest=True)) == ["weather", "undated"]
        )

    holds(peer, "newest", done)


def test_a_passage_is_found_in_its_order(peer: Peer) -> None:
    passages = {"周末天气晴朗": ["weather"], "天气晴朗，气温": ["weather"], "周末天气温": [], "散步公园": []}

    def done() -> bool:
        return all(found(peer, Question(text, kind="passage")) == ids for text, ids in passages.items())

    holds(peer, "passage", done)


def test_one_character_is_found_inside_a_word(peer: Peer) -> None:
    def done() -> bool:
        # 图书馆, 博物馆 and 地图: a segmenter may leave a character of one alone, but not of all.
        return all(set(found(peer, Question(text))) == {"library", "museum"} for text in "馆图")

    holds(peer, "one character", done)


def test_the_other_script_is_found(peer: Peer) -> None:
    def done() -> bool:
        return found(peer, Question("圖書館")) == ["library"] and found(peer, Question("河边")) == ["river"]

    holds(peer, "other script", done)


def test_threads_get_the_same_answers(peer: Peer) -> None:
    questions = [Question(text) for text in ("周末", "地图", "公园", "图书馆 开放")] * 10
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(peer.answer, questions)) == [peer.answer(question) for question in questions]


@pytest.mark.parametrize("kind", ["words", "passage"])
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:20])
def test_no_query_raises(peer: Peer, text: str, kind: str) -> None:
    peer.answer(Question(text, kind=kind))  # type: ignore[arg-type]
    peer.rank(text, 5)


def test_rank_takes_any_word_and_gives_the_best_first(peer: Peer) -> None:
    ranked = peer.rank("周末图书馆开放到几点？", 3)
    assert ranked[0][0] == "library"
    scores = [score for _, score in ranked]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] > 0
    assert len(peer.rank("周末图书馆开放到几点？", 1)) == 1


def test_an_index_of_a_peer_opens_again(peer: Peer) -> None:
    peer.close()  # some let nobody in beside them
    other = type(peer)(peer.location)
    other.open()
    assert found(other, Question("图书馆 开放"))[:1] == ["library"]
    other.close()
    peer.open()


def test_a_peer_indexes_articles_from_files(peer: Peer, tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for document in DOCUMENTS[:2]:
        (folder / f"{document.id}.md").write_text(
            f"# {document.title}\n\n{document.body}\n", encoding="utf-8"
        )
    (folder / "again.md").write_bytes((folder / "library.md").read_bytes())
    other = type(peer)(tmp_path / "index")
    other.prepare(folder)
    assert other.index_articles(folder) == len({one.id for one in searchkit.read_articles(folder)})
    other.open()
    assert len(found(other, Question("古代 地图"))) == 1
    other.close()


def test_the_ceiling_gives_the_answers_of_searchkit(tmp_path: Path) -> None:
    """It puts searchkit's plan together by itself, so the two could part."""
    ours, ceiling = PEERS["searchkit"](tmp_path / "ours"), PEERS["ceiling"](tmp_path / "ceiling")
    questions = [
        replace(question, since=since, newest=newest)
        for question in (
            Question("周末"),
            Question("周末 公园"),
            Question("周末天气", kind="passage"),
            Question("公园 地图，潜水艇", match="any"),
            Question(""),
        )
        for since in (None, "2024-01-01")
        for newest in (False, True)
    ]
    for one in (ours, ceiling):
        one.index(DOCUMENTS)
        one.open()
    ceiling.prepare_questions(questions[::2])
    for question in questions:
        expected, answer = ours.answer(question), ceiling.answer(question)
        assert answer.total == expected.total
        assert [(hit.id, hit.score) for hit in answer.hits] == [(hit.id, hit.score) for hit in expected.hits]
    assert ceiling.rank("周末图书馆开放到几点？", 3) == ours.rank("周末图书馆开放到几点？", 3)
    ours.close()
    ceiling.close()


def test_a_missing_package_is_the_reason_why_a_peer_is_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(peers, "import_module", lambda _: __import__("package_that_is_not_there"))
    peers._peer.cache_clear()
    try:
        kind = PEERS["xapian-cjk"]
        assert kind.why_not() == "the package package_that_is_not_there is not installed"
        assert kind.name == "xapian-cjk"
        with pytest.raises(NotImplementedError, match="not installed"):
            kind(tmp_path).open()
    finally:
        peers._peer.cache_clear()


def test_an_import_error_of_our_own_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "import_module", lambda _: __import__("benchmarks.not_there"))
    peers._peer.cache_clear()
    try:
        with pytest.raises(ModuleNotFoundError):
            PEERS["xapian-cjk"]
    finally:
        peers._peer.cache_clear()


@pytest.mark.parametrize("text", ["中日关系，2024 年的 GPT-4 is good.", "It is “good”.", "中 文"])
def test_spaced_words_are_joined_again(text: str) -> None:
    pytest.importorskip("rjieba")
    without = re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", text)
    assert re.sub(r"(?<=[a-z0-9]) (?=[.-])|(?<=-) ", "", joined_words(spaced_words(text))) == without


def test_marks_between_joined_words_become_one() -> None:
    assert escaped_and_marked(joined_words("a \x02b\x03 c \x02中\x03 \x02日\x03 关系 <")) == (
        "a <mark>b</mark> c<mark>中日</mark>关系&lt;"
    )


def test_per_thread_values_are_closed_together() -> None:
    closed: list[object] = []
    things = PerThread(object, closed.append)
    with ThreadPoolExecutor(1) as thread:
        of_thread = thread.submit(things.get).result()
        assert thread.submit(things.get).result() is of_thread
    assert things.get() is things.get()
    assert things.get() is not of_thread
    mine = things.get()
    things.close()
    assert closed == [mine, of_thread]


# -- OpenSearch, as far as it can be looked at without a server


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, Any]]:
    """What OpenSearch was asked for; it answers as its documentation says."""
    opensearch = pytest.importorskip("opensearchpy", reason="opensearch-py is not installed")
    from benchmarks.peers import opensearch_cjk

    asked: list[tuple[str, str, Any]] = []
    hit = {"_source": {"id": "茶"}, "_score": None, "highlight": {"title": ["<mark>茶</mark>"]}}
    answers = {
        "_search": {"hits": {"total": {"value": 7, "relation": "eq"}, "hits": [hit]}},
        "_count": {"count": 5},
        "_bulk": {"errors": False, "items": [{"index": {"status": 201}}] * len(DOCUMENTS)},
        "store": {"_all": {"primaries": {"store": {"size_in_bytes": 12}}}},
    }

    class Recorder(opensearch.Connection):  # type: ignore[misc]
        def perform_request(
            self, method: str, url: str, *rest: Any, **more: Any
        ) -> tuple[int, dict[str, str], str]:
            body = rest[1] if len(rest) > 1 else more.get("body")
            lines = body.decode() if isinstance(body, bytes) else body
            asked.append((method, url, [json.loads(line) for line in (lines or "").splitlines()]))
            answer: Any = answers.get(url.rpartition("/")[2], {})
            if lines and '"smartcn"' in lines:
                self._raise_error(400, '{"error": {"type": "illegal_argument_exception"}}')
            return 200, {"content-type": "application/json"}, json.dumps(answer)

        def close(self) -> None:
            """There is no connection."""

    def client(**options: Any) -> Any:
        return opensearch.OpenSearch(["http://127.0.0.1:1"], connection_class=Recorder, **options)

    monkeypatch.setattr(opensearch_cjk, "client", client)
    return asked


def test_opensearch_documents_are_sent_in_bulk(server: list[tuple[str, str, Any]], tmp_path: Path) -> None:
    peer = PEERS["opensearch-cjk"](tmp_path / "index")
    assert peer.index(DOCUMENTS) == 5
    requests = {(method, url.rpartition("/")[2]): body for method, url, body in server}
    assert [url.split("/")[-1] for _, url, _ in server][-4:] == ["_bulk", "_refresh", "_flush", "_count"]
    (created,) = next(body for method, _, body in server if method == "PUT")
    assert created["mappings"]["properties"]["body"]["analyzer"] == "cjk"
    assert created["settings"]["index"]["refresh_interval"] == "-1"
    bulk = requests["POST", "_bulk"]
    assert len(bulk) == 2 * len(DOCUMENTS)
    assert bulk[1]["published"] == 1706688000000
    assert "published" not in bulk[-1]
    assert peer.size() == 12


def test_opensearch_queries_are_as_documented(server: list[tuple[str, str, Any]], tmp_path: Path) -> None:
    peer = PEERS["opensearch-cjk"](tmp_path / "index")
    peer.open()
    answer = peer.answer(Question('茶 "AND', since="2024-01-31", newest=True))
    assert answer == Answer([Hit("茶", 0.0, "<mark>茶</mark>", "")], 7)
    (body,) = server[-1][2]
    (match,) = body["query"]["bool"]["must"]
    assert match["multi_match"] == {
        "query": '茶 "AND',
        "fields": ["title", "body"],
        "type": "cross_fields",
        "operator": "and",
    }
    assert body["query"]["bool"]["filter"] == [{"range": {"published": {"gte": 1706659200000}}}]
    assert body["sort"] == [{"published": {"order": "desc", "missing": "_last"}}]
    peer.answer(Question("茶與水", kind="passage"))
    (body,) = server[-1][2]
    assert body["query"]["bool"]["must"][0]["multi_match"]["type"] == "phrase"
    assert "sort" not in body
    peer.rank("茶與水", 20)
    (body,) = server[-1][2]
    assert (body["size"], "operator" in body["query"]["multi_match"]) == (20, False)
    peer.close()


def test_opensearch_without_the_plugin_names_it(server: list[tuple[str, str, Any]]) -> None:
    assert PEERS["opensearch-cjk"].why_not() is None
    assert PEERS["opensearch-smartcn"].why_not() == (
        "this OpenSearch has no analyzer smartcn: it is without the plugin analysis-smartcn"
    )

"""The API: the JSON of the library, checked parameters, problem details, limits, and writing with a token."""

import inspect
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient
from web.conftest import HOSTILE

import searchkit
from searchkit import web
from searchkit.web.limits import TokenBucket
from searchkit.web.parameters import SEARCH

TOKEN = "a-token-that-is-long-enough"


def test_api_search_equals_to_dict_of_the_results(client, index):
    options = {
        "q": "的",
        "limit": 3,
        "offset": 2,
        "sort": "newest",
        "facets": "source,year",
        "since": "2023-01-01",
    }
    found = client.get("/api/search", params=options).json()
    expected = index.search(
        "的", limit=3, offset=2, sort="newest", facets=["source", "year"], since="2023-01-01"
    ).to_dict()
    del expected["cursor"]  # it would lead deeper than the limits
    assert {**found, "took": 0} == {**expected, "took": 0}


def test_api_filters_equal_those_of_the_library(client):
    def ids(**parameters):
        return [hit["id"] for hit in client.get("/api/search", params=parameters).json()["hits"]]

    assert ids(q="地鐵", source=["甲報", "x"]) == ["wire"]
    assert ids(q="地鐵", tag="交通") == ["wire"]
    assert ids(q="編號", where="price=2..4") == ["a/b?c#d"]
    assert len(ids(q="“新地鐵線路的建設計劃”", collapse="true")) == 1


def test_suggestions_by_characters_and_by_pinyin(client, index):
    for prefix in ("图", "tu"):
        found = client.get("/api/suggest", params={"q": prefix, "limit": 3}).json()
        expected = index.suggest(prefix, limit=3)
        assert found["prefix"] == prefix
        assert [(one["text"], one["documents"]) for one in found["suggestions"]] == [
            (one.text, one.documents) for one in expected
        ]


@pytest.mark.parametrize("id", ["wire", "a/b?c#d", HOSTILE["id"]])
def test_documents_and_what_is_similar_by_any_id(client, index, id):
    path = quote(id, safe="")
    assert client.get(f"/api/documents/{path}").json() == index.get(id).to_dict()
    alike = client.get(f"/api/similar/{path}").json()
    assert [hit["id"] for hit in alike["hits"]] == [hit.id for hit in index.similar(id)]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/search", 400, "missing-parameter"),
        ("/api/search?q=x&limit=101", 400, "invalid-parameter"),
        ("/api/search?q=x&limit=-1", 400, "invalid-parameter"),
        ("/api/search?q=x&limit=٣", 400, "invalid-parameter"),
        ("/api/search?q=x&limit=1&limit=2", 400, "invalid-parameter"),
        ("/api/search?q=x&offset=995", 400, "too-deep"),
        ("/api/search?q=" + "茶" * 501, 400, "invalid-parameter"),
        ("/api/search?q=x&" + "y" * 17_000, 414, "address-too-long"),
        ("/api/search?q=x&sort=price2", 400, "invalid-parameter"),
        ("/api/search?q=x&facets=nothing", 400, "invalid-parameter"),
        ("/api/search?q=x&since=soon", 400, "invalid-parameter"),
        ("/api/search?q=x&where=price", 400, "invalid-parameter"),
        ("/api/search?q=x&recency=1", 400, "invalid-parameter"),
        ("/api/search?q=x&collapse=yes", 400, "invalid-parameter"),
        ("/api/search?q=x&match=some", 400, "invalid-parameter"),
        ("/api/search?q=x&cursor=abc", 400, "unknown-parameter"),
        ("/api/documents/nothing", 404, "no-such-document"),
        ("/api/similar/nothing", 404, "no-such-document"),
        ("/api/nothing", 404, "not-found"),
    ],
)
def test_errors_are_problem_details(client, path, status, code):
    response = client.get(path)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert (problem["status"], problem["code"], problem["type"]) == (status, code, "about:blank")
    assert problem["title"]
    assert problem["detail"]


def test_a_syntax_error_is_a_problem_with_the_position(client):
    query = '茶 "乾隆'
    with pytest.raises(searchkit.QuerySyntaxError) as error, searchkit.create(":memory:") as index:
        index.search(query)
    problem = client.get("/api/search", params={"q": query}).json()
    assert (problem["code"], problem["position"]) == ("query-syntax", error.value.position)
    assert client.get("/api/search", params={"q": query, "lenient": "true"}).status_code == 200


def test_nothing_can_be_written_without_a_token_of_the_server(client):
    assert client.post("/api/documents", json=[]).status_code in (404, 405)
    response = client.delete("/api/documents/wire")
    assert (response.status_code, response.json()["code"]) == (405, "method-not-allowed")
    paths = client.get("/api/openapi.json").json()["paths"]
    assert {method for path in paths.values() for method in path} == {"get"}


@pytest.fixture
def writable(make_index):
    index = make_index("甲")
    client = TestClient(web.app(index, token=TOKEN, limits=web.Limits(rate=0, body=1000)))
    return index, client


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}])
def test_writing_needs_the_token(writable, header):
    index, client = writable
    for answer in (
        client.post("/api/documents", json=[{"id": "new", "title": "茶"}], headers=header),
        client.delete("/api/documents/0", headers=header),
    ):
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert [document.id for document in index] == ["0"]


def test_documents_are_added_and_deleted(writable):
    index, client = writable
    client.headers["Authorization"] = f"Bearer {TOKEN}"
    report = client.post("/api/documents", json=[{"id": "a/b", "title": "茶"}, {"id": "x"}]).json()
    assert (report["added"], len(report["failures"])) == (1, 1)
    assert client.get("/api/search?q=茶").json()["total"] == 1
    assert client.delete("/api/documents/a%2Fb").status_code == 204
    assert client.delete("/api/documents/a%2Fb").status_code == 404
    assert "a/b" not in index


@pytest.mark.parametrize(
    ("body", "status"), [(b"{", 400), (b"{}", 400), (b"[" * 900, 400), (b"[" + b" " * 1000 + b"]", 413)]
)
def test_a_body_that_cannot_be_read_is_a_problem(writable, body, status):
    _, client = writable
    response = client.post("/api/documents", content=body, headers={"Authorization": f"Bearer {TOKEN}"})
    assert response.status_code == status


def test_a_client_that_asks_too_often_is_told_to_wait(index):
    client = TestClient(web.app(index, limits=web.Limits(rate=0.001, burst=2)))
    assert [client.get("/api/suggest?q=x").status_code for _ in range(3)] == [200, 200, 429]
    refused = client.get("/?q=茶")
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert client.get("/static/search.css").status_code == 200


def test_the_token_bucket_lets_in_as_many_as_it_says():
    now = [0.0]
    token_bucket = TokenBucket(2, 3, lambda: now[0])
    assert [token_bucket.wait("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert token_bucket.wait("b") == 0
    now[0] = 1
    assert [token_bucket.wait("a") for _ in range(3)] == [0, 0, 0.5]


def test_an_answer_that_takes_too_long_is_a_503(index, monkeypatch):
    go_on = threading.Event()
    monkeypatch.setattr(index, "suggest", lambda *_, **__: go_on.wait(30) and [])
    client = TestClient(web.app(index, limits=web.Limits(rate=0, seconds=0.05)))
    try:
        response = client.get("/api/suggest?q=x")
    finally:
        go_on.set()
    assert (response.status_code, response.json()["code"]) == (503, "timeout")


@pytest.mark.parametrize("path", ["/?q=茶", "/api/search?q=茶"])
def test_an_unexpected_exception_is_a_500_without_details(index, monkeypatch, path, caplog):
    monkeypatch.setattr(index, "search", lambda *_, **__: {}["a secret"])
    response = TestClient(web.app(index)).get(path)
    assert response.status_code == 500
    assert "secret" not in response.text
    assert "Traceback" not in response.text
    assert "a secret" in caplog.text


@pytest.mark.parametrize(
    "path", ["/", "/?since=x", "/nothing", "/api/search", "/api/search?q=x", "/static/search.js"]
)
def test_every_answer_has_the_headers_that_keep_a_browser_safe(client, path):
    headers = client.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("path", ["/api/search?q=x", "/api/suggest?q=x", "/api/documents/wire", "/"])
def test_head_is_answered_as_get_is(client, path):
    head, get = client.head(path), client.get(path)
    assert (head.status_code, head.text) == (200, "")
    assert head.headers["content-type"] == get.headers["content-type"]


def test_every_option_of_a_search_but_the_cursor_and_the_limit_of_its_cost_is_a_parameter():
    options = set(inspect.signature(searchkit.Index.search).parameters) - {"self", "cursor", "max_cost"}
    assert {parameter.keyword for parameter in SEARCH} == options


def test_openapi_documents_the_limits_of_the_server(index):
    limits = web.Limits(page_size=7, depth=70, query_length=700)
    document = TestClient(web.app(index, limits=limits)).get("/api/openapi.json").json()
    schemas = {one["name"]: one["schema"] for one in document["paths"]["/api/search"]["get"]["parameters"]}
    assert (schemas["limit"]["minimum"], schemas["limit"]["maximum"]) == (0, 7)
    assert (schemas["offset"]["maximum"], schemas["q"]["maxLength"]) == (70, 700)


def test_the_parameters_that_are_documented_are_those_that_are_read(client):
    document = client.get("/api/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    names = {parameter["name"] for parameter in document["paths"]["/api/search"]["get"]["parameters"]}
    for name in names - {"q"}:
        problem = client.get("/api/search", params={"q": "x", name: "no such value" * 100}).json()
        assert problem.get("code") != "unknown-parameter"
    assert {"q", "limit", "offset", "sort", "since", "until", "source", "tag", "where", "facets"} <= names


# -- what costs more waits for a thread of its own

DEAR = '"的 国 的"~90 OR 茶'


class TestDearQueries:
    LIMITS = web.Limits(rate=0, cost=1, waiting=2, threads=1, seconds=60)

    @pytest.fixture
    def held(self, index, monkeypatch):
        """Lets what costs more begin, and holds it up until `go_on` is set."""
        begun, go_on, search = threading.Semaphore(0), threading.Event(), index.search

        def held(*values, max_cost=None, **options):
            if max_cost is None:
                begun.release()
                go_on.wait(60)
            return search(*values, max_cost=max_cost, **options)

        monkeypatch.setattr(index, "search", held)
        yield begun, go_on
        go_on.set()

    @pytest.mark.parametrize(
        "path", ["/?q=茶", "/article?id=wire&q=地鐵", "/api/search?q=茶", "/api/similar/wire"]
    )
    def test_what_costs_more_is_answered_as_everything_is(self, index, client, path):
        def text(client):
            return re.sub(r'"took":[^,]*|in [0-9.]+ ms', "", client.get(path).text)

        assert text(TestClient(web.app(index, title="測試站", limits=self.LIMITS))) == text(client)

    def test_what_costs_little_does_not_wait_for_what_costs_more(self, index, held):
        begun, go_on = held
        client = TestClient(web.app(index, limits=self.LIMITS))
        with ThreadPoolExecutor(3) as threads:
            dear = [threads.submit(client.get, "/api/search?q=茶") for _ in range(3)]
            assert begun.acquire(timeout=60)
            while sum(one.running() for one in dear) < 3:
                time.sleep(0.01)
            assert client.get("/api/suggest?q=茶").status_code == 200
            assert client.get("/api/documents/wire").status_code == 200
            go_on.set()
            assert [one.result(60).status_code for one in dear] == [200] * 3

    def test_those_that_cannot_wait_are_told_to_come_back(self, index, held):
        _, go_on = held
        client = TestClient(web.app(index, limits=self.LIMITS))
        with ThreadPoolExecutor(6) as threads:
            asked = [threads.submit(client.get, "/api/search?q=茶") for _ in range(6)]
            refused = [one.result(60) for one in islice(as_completed(asked, 60), 3)]
            assert {(one.status_code, one.json()["code"]) for one in refused} == {(503, "busy")}
            assert all(int(one.headers["retry-after"]) > 0 for one in refused)
            go_on.set()
            assert sorted(one.result(60).status_code for one in asked) == [200] * 3 + [503] * 3

    @pytest.mark.parametrize("lenient", ["true", "false"])
    def test_what_costs_too_much_is_a_problem_that_says_so(self, index, monkeypatch, lenient):
        search = index.search
        monkeypatch.setattr(index, "search", lambda *_, max_cost, **more: search(*_, max_cost=1, **more))
        client = TestClient(web.app(index, limits=web.Limits(rate=0)))
        response = client.get("/api/search", params={"q": DEAR, "lenient": lenient})
        problem = response.json()
        assert (response.status_code, problem["code"]) == (400, "query-too-expensive")
        assert problem["query"] == DEAR
        assert '"的 国 的"~90' in problem["detail"]
        page = client.get("/", params={"q": DEAR})
        assert page.status_code == 400
        assert "~90" in page.text

    def test_it_counts_as_ten_requests(self, index):
        limits = web.Limits(rate=0.001, burst=11, cost=1)
        client = TestClient(web.app(index, limits=limits))
        assert [client.get("/api/search?q=茶").status_code for _ in range(3)] == [200, 429, 429]


# -- names and tokens


@pytest.mark.parametrize(
    "token", ["", "short", "with a space in between", "ein-gehäuftes-wörtchen", "密" * 20, "a" * 20 + "\n"]
)
def test_a_token_that_cannot_be_sent_or_can_be_guessed_is_refused(make_index, token):
    with pytest.raises(ValueError, match="a token has"):
        web.app(make_index("甲"), token=token)


@pytest.mark.parametrize(
    ("hosts", "host", "status"),
    [
        (None, "anything.example", 200),
        (["search.example.org"], "search.example.org", 200),
        (["search.example.org"], "SEARCH.example.org.:8443", 200),
        (["search.example.org"], "evil.search.example.org", 400),
        (["search.example.org"], "search.example.org@evil.example", 400),
        (["*.example.org"], "a.b.example.org", 200),
        (["*.example.org"], "example.org", 400),
        (["*.example.org"], "evilexample.org", 400),
        (["*"], "anything", 200),
        (["[::1]"], "[::1]:8000", 200),
        (["127.0.0.1"], "10.0.0.1", 400),
    ],
)
def test_an_app_answers_to_the_names_it_is_given(index, hosts, host, status):
    client = TestClient(web.app(index, hosts=hosts, limits=web.Limits(rate=0)))
    response = client.get("/api/suggest?q=x", headers={"Host": host})
    assert response.status_code == status
    assert "x-frame-options" in response.headers


@pytest.mark.parametrize("host", ["http://a.example", "a.example:80", "a*.example", "a b", "", "例.org"])
def test_a_host_that_is_none_is_refused(index, host):
    with pytest.raises(ValueError, match="a host is a name"):
        web.app(index, hosts=[host])


@pytest.mark.parametrize("path", ["/api/search/?q=x", "/article/", "/static", "/api/documents", "/api"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_is_redirected(client, method, path):
    response = client.request(method, path, follow_redirects=False, headers={"Host": "evil.example"})
    assert response.status_code in (404, 405)
    assert "evil.example" not in response.text
    assert "location" not in response.headers

"""searchkit serve, and the server behind it."""

import os
import signal
import subprocess
import sys

import httpx2
import pytest
from starlette.testclient import TestClient

import searchkit
from searchkit.cli import main


@pytest.fixture
def location(tmp_path):
    with searchkit.create(tmp_path / "index") as index:
        index.add([{"id": "1", "title": "茶"}])
    return str(tmp_path / "index")


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent to a process in another way there")
def test_serve_answers_on_loopback_until_ctrl_c(location):
    command = [sys.executable, "-m", "searchkit", "serve", location, "--port", "0", "--writable"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            label, _, token = process.stderr.readline().strip().partition(": ")
            url = process.stderr.readline().split()[0]
            assert label == "token for writing"
            assert url.startswith("http://127.0.0.1:")
            assert "茶" in httpx2.get(url, params={"q": "茶"}).text
            added = httpx2.post(
                f"{url}api/documents",
                json=[{"id": "2", "title": "茶"}],
                headers={"Authorization": f"Bearer {token}"},
            )
            assert added.json()["added"] == 1
            assert httpx2.get(f"{url}api/search", params={"q": "茶"}).json()["total"] == 2
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def test_another_name_that_leads_to_this_machine_is_refused(app, serving):
    url = serving(app).url
    assert httpx2.get(url).status_code == 200
    assert httpx2.get(url, headers={"Host": "evil.example.com"}).status_code == 400


def test_a_location_without_an_index_is_an_error(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["serve", str(tmp_path / "nothing")], prog_name="searchkit")
    assert ended.value.code == 1
    assert "error:" in capsys.readouterr().err


def failed(capsys, *arguments: str) -> tuple[int, str]:
    """The status and the message of a command that fails."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments), prog_name="searchkit")
    return ended.value.code, capsys.readouterr().err


@pytest.mark.parametrize("token", ["", "short", "with a space in it", "密" * 20])
def test_a_token_that_cannot_be_is_refused_at_the_start(location, monkeypatch, capsys, token):
    monkeypatch.setenv("SEARCHKIT_TOKEN", token)
    status, message = failed(capsys, "serve", location, "--port", "0", "--writable")
    assert status == 1
    assert "SEARCHKIT_TOKEN: a token has" in message


@pytest.mark.parametrize(
    ("option", "value"),
    [("--allow-host", "http://a.example/"), ("--proxy", "proxy.example"), ("--proxy", "*")],
)
def test_hosts_and_proxies_that_are_none_are_refused_at_the_start(location, capsys, option, value):
    status, message = failed(capsys, "serve", location, "--port", "0", option, value)
    assert status == 2
    assert value in message


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [
        ("--color", "accent", "takes NAME=COLOR"),
        ("--color", "accent=red", "must be a colour like '#0b6e4f'"),
        ("--logo", "nothing.png", "cannot be read"),
        ("--facet", "autor", "there is no 'autor' in this index; there are source, year, tags"),
        ("--sort", "-views", "there is no 'views' in this index"),
        ("--templates", "nowhere", "there is no folder"),
        ("--url", "example.org", "must be an address"),
        ("--title", " ", "title must be a text"),
    ],
)
def test_what_the_page_cannot_have_is_refused_at_the_start(location, capsys, option, value, reason):
    status, message = failed(capsys, "serve", location, "--port", "0", option, value)
    assert status == 2
    assert reason in message


def test_a_page_is_a_sites_own_from_the_command_line(tmp_path, monkeypatch):
    location = str(tmp_path / "index")
    with searchkit.create(location, fields={"views": "number"}) as index:
        index.add([{"id": "1", "title": "茶", "extra": {"views": 3}}])
    shown = []

    def run(server):
        client = TestClient(server._server.config.app, client=("127.0.0.1", 1), base_url="http://localhost")
        shown.extend(client.get(path).text for path in ("/?q=茶&lang=en", "/static/colors.css"))
        server._socket.close()

    monkeypatch.setattr("searchkit.web.Server.run", run)
    options = ["--title", "茶站", "--color", "accent=#0b6e4f", "--facet", "views", "--sort", "-views"]
    main(["serve", location, "--port", "0", *options], standalone_mode=False)
    page, colors = shown
    assert "<title>茶 · 茶站</title>" in page
    assert "<h2>views</h2>" in page
    assert "views, high to low" in page
    assert "--accent: #0b6e4f" in colors


@pytest.mark.parametrize("options", [(), ("--proxy", "127.0.0.1")])
def test_beyond_loopback_serve_says_what_a_proxy_has_to_do(location, monkeypatch, capsys, options):
    monkeypatch.setattr("searchkit.web.Server.run", lambda server: server._socket.close())
    main(["serve", location, "--host", "0.0.0.0", "--port", "0", *options], standalone_mode=False)
    said = capsys.readouterr().err
    assert "--allow-host" in said
    assert "TLS" in said
    assert ("--proxy ADDRESS" in said) == (not options)


@pytest.mark.parametrize(("options", "images"), [((), True), (("--no-images",), False)])
def test_serve_shows_pictures_unless_told_otherwise(location, monkeypatch, options, images):
    seen = []

    def run(server):
        seen.append(TestClient(server._server.config.app, base_url=server.url).get("article?id=2").text)
        server._socket.close()

    with searchkit.open(location) as index:
        index.add([{"id": "2", "html": "<img src='https://b.org/c.png' alt='茶'>"}])
    monkeypatch.setattr("searchkit.web.Server.run", run)
    main(["serve", location, "--port", "0", *options], standalone_mode=False)
    assert ('<img src="https:' in seen[0]) == images
    assert "茶" in seen[0]


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost:1", 200), ("10.1.2.3", 200), ("ours.example", 200), ("evil.example", 400)],
)
def test_a_server_answers_to_its_own_names_and_those_it_is_given(app, serving, host, status):
    url = serving(app, hosts=["ours.example"]).url
    assert httpx2.get(f"{url}api/suggest?q=x", headers={"Host": host}, timeout=60).status_code == status

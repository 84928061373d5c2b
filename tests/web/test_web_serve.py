"""searchkit serve, and the server behind it."""

import os
import signal
import subprocess
import sys

import httpx2
import pytest

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

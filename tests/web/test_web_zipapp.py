"""searchkit as a zip application: one file with the package, where those that it needs are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipapp
from pathlib import Path

import httpx2
import pytest

import searchkit

pytestmark = pytest.mark.slow
PACKAGE = Path(searchkit.__file__).parent


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("zipapp")
    shutil.copytree(
        PACKAGE,
        folder / "code" / "searchkit",
        ignore=shutil.ignore_patterns("__pycache__", "*.so", "*.pyd", "kernel"),
    )
    zipapp.create_archive(folder / "code", folder / "searchkit.pyz", main="searchkit.cli:main")
    shutil.rmtree(folder / "code")
    return folder / "searchkit.pyz"


def asked(client: httpx2.Client, path: str, **parameters: str) -> httpx2.Response:
    """The answer, once there is one: a busy machine may take longer than the server lets a search."""
    for _ in range(10):
        response = client.get(path, params=parameters)
        if response.status_code != 503:
            break
    assert response.status_code == 200, response.text
    return response


def test_a_zip_application_serves_the_page(archive, tmp_path):
    # A zip has no compiled kernel.
    without = ("PYTHONPATH", "SEARCHKIT_KERNEL")
    environment = {name: value for name, value in os.environ.items() if name not in without}
    program = [sys.executable, archive]
    settings = {"cwd": tmp_path, "env": environment, "text": True}
    (tmp_path / "tea.md").write_text("# 茶\n\n龍井茶。", encoding="utf-8")
    subprocess.run([*program, "index", "tea.md", "--to", "tea"], check=True, capture_output=True, **settings)
    serve = [*program, "serve", "tea", "--port", "0"]
    with subprocess.Popen(serve, stderr=subprocess.PIPE, **settings) as process:
        try:
            url = process.stderr.readline().split()[0]
            client = httpx2.Client(base_url=url, timeout=60)
            page = asked(client, "/", q="龙井", lang="zh-Hans").text
            assert "<mark>龍井</mark>茶" in page
            assert "搜索" in page
            assert "article" in client.get("/static/search.js").text
            assert client.get("/static/search.css").headers["content-type"].startswith("text/css")
            assert asked(client, "/api/search", q="茶").json()["total"] == 1
            assert client.get("/nothing").status_code == 404
            client.close()
        finally:
            process.terminate()
            process.wait(30)

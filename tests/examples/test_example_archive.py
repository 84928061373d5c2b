"""The archive: a folder of mixed files is indexed, kept in step with, and has a page."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("uvicorn", reason="needs uvicorn: pip install 'searchkit-zh[web]'")

from starlette.testclient import TestClient

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def folder(blog: Path) -> Path:
    folder = blog / "旧报纸"
    (folder / "2024").mkdir(parents=True)
    (folder / "tea.md").write_text("# 茶與水\n\n用雪水泡茶。", encoding="utf-8")
    (folder / "2024" / "old.txt").write_bytes("简体的老文章，说的也是雪水".encode("gb18030"))
    (folder / "page.html").write_text("<title>圖書館</title><p>開放到十點</p>", encoding="utf-8")
    (folder / "days.jsonl").write_text(
        '{"id": "1", "body": "第一天下雪"}\n{"id": "2", "body": "第二天放晴"}\n', encoding="utf-8"
    )
    (folder / "broken.txt").write_bytes(b"\0\1\2")
    return folder


def test_a_folder_is_indexed_and_kept_in_step_with(
    folder: Path, load: Callable[[str], Any], capsys: pytest.CaptureFixture[str]
) -> None:
    archive = load("archive")
    with archive.synced(folder, "indexes/archive") as index:
        assert {str(hit.title) for hit in index.search("雪水")} >= {"茶與水"}
        assert index.count("雪水", match="all") == 2
    out, err = capsys.readouterr()
    assert out == "5 new, 0 changed, 0 gone, 0 as before\n"
    assert "broken.txt" in err

    (folder / "tea.md").write_text("# 茶與水\n\n用井水泡茶。", encoding="utf-8")
    (folder / "2024" / "old.txt").unlink()
    (folder / "broken.txt").write_text("修好了的文章", encoding="utf-8")
    with archive.synced(folder, "indexes/archive") as index:
        assert index.count('"雪水"') == 0
        assert index.count("修好") == 1
    assert capsys.readouterr() == ("1 new, 1 changed, 1 gone, 3 as before\n", "")


def test_the_page_of_the_folder_has_its_name(folder: Path, load: Callable[[str], Any]) -> None:
    client = TestClient(load("archive").page(folder, "indexes/archive"))
    page = client.get("/", params={"q": "图书馆"}).text
    assert "旧报纸" in page
    assert "<mark>圖書館</mark>" in page


def test_a_folder_that_is_not_there_is_named(blog: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["archive.py", *["nowhere"]])
    with pytest.raises(SystemExit, match="nowhere: there is no such folder"):
        runpy.run_path(str(EXAMPLES / "archive.py"), run_name="__main__")

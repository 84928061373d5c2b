"""What the tests of the command line share: running it, an index of the sample, small folders of articles."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import searchkit
from searchkit.cli import main

SAMPLE = Path(str(files("searchkit"))) / "sample" / "articles"
REPOSITORY = Path(searchkit.__file__).parents[1]

Run = Callable[..., Result]
Start = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The location of an index of the sample articles. Not to be written to."""
    location = str(tmp_path_factory.mktemp("cli") / "sample")
    with searchkit.create(location) as index:
        index.add(searchkit.read_articles(SAMPLE))
    return location


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The location of an index with fields, synonyms and pinyin: twelve teas, and one of them told twice.

    Not to be written to.
    """
    location = str(tmp_path_factory.mktemp("cli") / "shop")
    fields = {"price": "number", "author": "text", "paid": "boolean", "event": "date"}
    with searchkit.create(location, fields=fields, synonyms=[["烏龍", "青茶"]], pinyin=True) as index:
        report = index.add(
            [*map(tea, range(12)), {**tea(3), "id": "copy", "title": "轉載", "source": "轉載報"}]
        )
        assert report.added == 13
    return location


def tea(number: int) -> dict[str, Any]:
    """One of the teas: dearer than the one before, from another shop and a month later."""
    return {
        "id": f"tea{number}",
        "title": "明前龍井" if number == 1 else f"第{number}種茶",
        "body": f"這是第{number}號茶葉的說明和香氣 {'Oolong 烏龍' if number else 'Oolnog'}。",
        "source": f"{number:02}號店",
        "published": f"2024-{number + 1:02}-05T00:00:00Z",
        "extra": {
            "price": 1.5 * number,
            "author": ("林晚", "Ann Lee", "陳思遠")[number % 3],
            "paid": number % 4 == 0,
            "event": f"2024-{number + 1:02}-20",
        },
    }


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs the command line in this process, in an empty folder; raises what it does not know."""
    for name in ("SEARCHKIT_INDEX", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    def run(*arguments: str) -> Result:
        result = CliRunner().invoke(main, arguments, prog_name="searchkit")
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def environment() -> dict[str, str]:
    """The environment in which `python -m searchkit` is this searchkit."""
    kept = {name: value for name, value in os.environ.items() if name not in ("SEARCHKIT_INDEX", "NO_COLOR")}
    return {
        **kept,
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONWARNINGS": "error",
        "PYTHONUTF8": "1",
        "TERM": "xterm",
        "PAGER": "",
    }


@pytest.fixture
def start(environment: dict[str, str]) -> Start:
    """Runs the command line in a process of its own, with pipes."""

    def start(*arguments: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "searchkit", *arguments],
            env={**environment, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=60,
        )

    return start


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A folder of three articles."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for number, text in enumerate(("圖書館週末開放。", "图书馆的茶。", "乾隆喜歡茶。")):
        (folder / f"{number}.txt").write_text(f"第{number}篇\n\n{text}\n", encoding="utf-8")
    return folder

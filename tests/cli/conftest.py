"""What the tests of the command line share: running it, an index of the sample, small folders of articles."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

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

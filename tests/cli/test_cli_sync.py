"""searchkit index where there is an index already: it is brought in step, once or again and again."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import Result

import searchkit

Run = Callable[..., Result]


def contents(location: str) -> list[str]:
    with searchkit.open(location) as index:
        return sorted(document.body for document in index)


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def summary(output: str) -> str:
    """The counts in the first line."""
    found = re.fullmatch(r"(.*) in [\d.]+ m?s", output.splitlines()[0])
    assert found, output
    return found[1]


def test_a_second_run_adds_updates_and_deletes(run: Run, articles: Path) -> None:
    run("index", str(articles), "--to", "news")
    write(articles, "3.txt", "新的。")
    write(articles, "1.txt", "改過了。")
    (articles / "0.txt").unlink()
    write(articles, "broken.txt", "")
    result = run("index", str(articles), "--to", "news")
    assert summary(result.stdout) == "1 added, 1 updated, 1 deleted, 1 unchanged, 1 failed"
    assert re.fullmatch(r"news: 3 documents, [\d.]+ kB", result.stdout.splitlines()[1])
    assert result.stderr == f"{articles / 'broken.txt'}: an empty file\n"
    assert result.exit_code == 0
    assert run("search", "改过了", "--in", "news", "--limit", "0").stdout.startswith("1 match,")
    again = run("index", str(articles), "--to", "news", "--strict")
    assert summary(again.stdout) == "0 added, 0 updated, 0 deleted, 3 unchanged, 1 failed"
    assert (again.exit_code, again.stderr) == (1, result.stderr)


def test_no_delete_keeps_documents_of_files_that_are_gone(run: Run, articles: Path) -> None:
    run("index", str(articles), "--to", "news")
    (articles / "0.txt").unlink()
    result = run("index", str(articles), "--to", "news", "--no-delete")
    assert summary(result.stdout) == "0 added, 0 updated, 0 deleted, 2 unchanged, 0 failed"
    assert len(contents("news")) == 3
    result = run("index", str(articles), "--to", "news")
    assert summary(result.stdout) == "0 added, 0 updated, 1 deleted, 2 unchanged, 0 failed"
    assert len(contents("news")) == 2


def test_named_json_lines_files_only_add(run: Run, tmp_path: Path) -> None:
    """Those in a folder are files like any others."""
    (tmp_path / "dumps").mkdir()
    for folder in (tmp_path, tmp_path / "dumps"):
        write(folder, "day.jsonl", f'{{"id": "{folder.name}1", "body": "甲"}}\n')
    paths = (str(tmp_path / "day.jsonl"), str(tmp_path / "dumps"))
    run("index", *paths, "--to", "news")
    for folder in (tmp_path, tmp_path / "dumps"):
        write(folder, "day.jsonl", f'{{"id": "{folder.name}2", "body": "乙二"}}\n')
    result = run("index", *paths, "--to", "news")
    assert summary(result.stdout) == "2 added, 0 updated, 1 deleted, 0 unchanged, 0 failed"
    assert contents("news") == ["乙二", "乙二", "甲"]


def test_documents_of_paths_not_named_are_kept(run: Run, articles: Path, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    write(tmp_path / "more", "9.txt", "別的。")
    run("index", str(articles), str(tmp_path / "more"), "--to", "news")
    (tmp_path / "more" / "9.txt").unlink()
    run("index", str(articles), "--to", "news")
    assert len(contents("news")) == 4
    run("index", str(articles), str(tmp_path / "more"), "--to", "news")
    assert len(contents("news")) == 3


# -- watching


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Plays changes in place of the files system: a list of functions, each of which does one and says so."""
    played = SimpleNamespace(changes=[], options={})

    def watch(*paths: Path, **options: Any) -> Iterator[object]:
        played.options = {"paths": set(paths), **options}
        for change in played.changes:
            yield change()
        raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "watchfiles", SimpleNamespace(watch=watch))
    return played


def test_watch_indexes_changes_until_ctrl_c(run: Run, articles: Path, watched: Any) -> None:
    def add() -> bool:
        write(articles, "3.txt", "新的。")
        return True

    def remove() -> bool:
        (articles / "0.txt").unlink()
        write(articles, "broken.txt", "")
        return True

    watched.changes = [lambda: False, add, lambda: True, remove, lambda: True]
    result = run("index", str(articles), "--to", "news", "--watch")
    first, _, *others = result.stdout.splitlines()
    assert first.startswith("3 added, 0 updated, 0 replaced, 0 failed")
    assert all(re.match(r"\d\d:\d\d:\d\d  ", line) for line in others), "each has its time"
    assert [summary(line[10:]) for line in others] == [
        "1 added, 0 updated, 0 deleted, 3 unchanged, 0 failed",
        "0 added, 0 updated, 1 deleted, 3 unchanged, 1 failed",
    ], "nothing is said where nothing changed"
    assert result.stderr == f"{articles / 'broken.txt'}: an empty file\ninterrupted: no longer watching\n"
    assert result.exit_code == 130
    assert len(contents("news")) == 3


def test_watch_sees_what_changed_before_it_began(run: Run, articles: Path, watched: Any) -> None:
    """And looks at nothing where nothing has changed since."""

    def quietly(name: str) -> bool:
        write(articles, name, f"{name}新的。")
        return False

    watched.changes = [lambda: quietly("3.txt"), lambda: quietly("4.txt")]
    run("index", str(articles), "--to", "news", "--watch")
    assert len(contents("news")) == 4


def test_watch_is_not_woken_by_the_index_itself(run: Run, tmp_path: Path, watched: Any) -> None:
    (tmp_path / "here" / "a.txt").write_text("甲", encoding="utf-8")
    run("index", ".", "--to", "news", "--watch", "--quiet")
    wakes = watched.options["watch_filter"]
    here = tmp_path / "here"
    assert watched.options["paths"] == {here}
    assert wakes(1, str(here / "newsletter.txt"))
    assert not wakes(1, str(here / "news" / "data" / "meta.json"))


def test_watch_waits_for_another_writer(run: Run, articles: Path, watched: Any, monkeypatch: Any) -> None:
    sync, calls = searchkit.Index.sync, 0

    def locked_once(index: searchkit.Index, *paths: Any, **options: Any) -> searchkit.SyncReport:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise searchkit.IndexLockedError("news: the index is being written")
        return sync(index, *paths, **options)

    def add() -> bool:
        write(articles, "3.txt", "新的。")
        return True

    monkeypatch.setattr(searchkit.Index, "sync", locked_once)
    watched.changes = [add, lambda: False]
    result = run("index", str(articles), "--to", "news", "--watch")
    assert "warning: news: the index is being written\n" in result.stderr
    assert len(contents("news")) == 4


def test_watch_without_watchfiles_says_what_to_install(
    run: Run, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    result = run("index", str(articles), "--to", "news", "--watch")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "error: --watch needs watchfiles, which is not installed\nhint: pip install 'searchkit-zh[watch]'\n"
    )
    with pytest.raises(searchkit.IndexNotFoundError):
        searchkit.open("news")


def test_watch_with_real_files_and_ctrl_c(
    articles: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    """A file that is saved by replacing it, and Ctrl-C."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "searchkit",
            "index",
            str(articles),
            "--to",
            str(tmp_path / "news"),
            "--watch",
        ],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("3 added")
        process.stdout.readline()
        for text in ("改過了。", "又改過了。"):
            write(tmp_path, "0.txt", text)
            (tmp_path / "0.txt").replace(articles / "0.txt")
            assert summary(process.stdout.readline().strip()[10:]) == (
                "0 added, 1 updated, 0 deleted, 2 unchanged, 0 failed"
            )
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (process.returncode, output, errors) == (130, "", "interrupted: no longer watching\n")

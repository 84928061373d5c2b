"""The password in a location is never shown: not by a command, a report, a repr or an exception."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from suite import cluster_location, forget_at

import searchkit
from searchkit.cli import main
from searchkit.engine import open_engine
from searchkit.engine.credentials import without_credentials

pytest.importorskip("opensearchpy", reason="needs a client: pip install 'searchkit-zh[opensearch]'")

from searchkit.engine.opensearch import client as calls

SECRET = "s3cr3t"
COMMANDS: dict[str, Callable[[str], list[str]]] = {
    "demo": lambda at: ["--to", at],
    "index": lambda at: ["articles", "--to", at],
    "index again": lambda at: ["articles", "--to", at, "--pinyin"],
    "search": lambda at: ["茶", "--in", at],
    "suggest": lambda at: ["茶", "--in", at],
    "similar": lambda at: ["nowhere", "--in", at],
    "explain": lambda at: ["茶", "nowhere", "--in", at],
    "show": lambda at: ["nowhere", "--in", at],
    "update": lambda at: ["nowhere", "--set", "title=茶", "--in", at],
    "delete": lambda at: ["nowhere", "--in", at],
    "fields": lambda at: [at],
    "synonyms": lambda at: [at],
    "stats": lambda at: [at],
    "stats --json": lambda at: [at, "--json"],
    "check": lambda at: [at],
    "check --json": lambda at: [at, "--json"],
    "rebuild": lambda at: [at],
    "optimize": lambda at: [at],
    "backup": lambda at: [at, "copy"],
    "export": lambda at: [at, "all.jsonl"],
    "copy": lambda at: [at, "copy"],
    "copy back": lambda at: ["here", at],
}
WITHOUT = {"serve", "help", "completion"}
"""The first goes on until somebody ends it, and shows its own address only; the others take no location."""
WRONG = {
    "an argument too many": ["stats", "here", "AT"],
    "no command": ["AT"],
    "no file": ["index", "AT", "--to", "here"],
    "no number": ["search", "茶", "--limit", "AT"],
}


def with_password(location: str) -> str:
    return location.replace("://", f"://me:{SECRET}@")


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Callable[..., str]:
    """Runs a command in a folder with an article and an index; returns all that it shows."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(calls, "_PATIENCE_AWAY", 0.01)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "tea.md").write_text("# 茶\n\n龙井是茶。\n", encoding="utf-8")
    with searchkit.create("here") as index:
        index.add(searchkit.read_articles("articles"))

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(main, arguments, prog_name="searchkit")
        assert isinstance(result.exception, SystemExit | None)
        return result.output + caplog.text

    return run


def test_every_command_is_tried() -> None:
    assert {name.partition(" ")[0] for name in COMMANDS} | WITHOUT == set(main.commands)


def test_credentials_are_hidden_when_the_cluster_is_away(run: Callable[..., str]) -> None:
    for name, arguments in COMMANDS.items():
        shown = run(name.partition(" ")[0], *arguments(f"opensearch://me:{SECRET}@127.0.0.1:1/news"))
        assert "opensearch://127.0.0.1:1/news: no cluster answers" in shown, name
        assert SECRET not in shown, name


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize(
    "location", [f"opensearch://me:{SECRET}@127.0.0.1:1/news", f"opensearchs://me:{SECRET}@h,i:9201/news"]
)
def test_credentials_are_hidden_in_usage_errors(wrong: str, location: str, run: Callable[..., str]) -> None:
    shown = run(*(location if argument == "AT" else argument for argument in WRONG[wrong]))
    assert "error:" in shown
    assert SECRET not in shown


def test_credentials_are_hidden_when_the_cluster_answers(run: Callable[..., str], cluster: str) -> None:
    location = cluster_location()
    typed, shown = with_password(location), without_credentials(location).partition("?")[0]
    try:
        said = {}
        for name in COMMANDS:
            if name in ("index", "copy back"):  # they make one
                forget_at(location)
            said[name] = run(name.partition(" ")[0], *COMMANDS[name](typed))
            assert SECRET not in said[name], name
        for name in ("demo", "index", "similar", "stats", "check", "rebuild", "optimize", "copy back"):
            assert shown in said[name], name
    finally:
        forget_at(location)


def test_credentials_are_hidden_in_values_of_the_library(cluster: str) -> None:
    location = with_password(cluster_location())
    try:
        with searchkit.create(location) as index:
            index.add([{"id": "1", "title": "茶", "body": "龙井"}])
            shown = [repr(index), index.location, repr(index.check()), repr(index.stats())]
        with pytest.raises(searchkit.IndexExistsError) as raised:
            searchkit.create(location)
        assert SECRET not in repr([*shown, repr(searchkit.check(location)), str(raised.value)])
    finally:
        forget_at(location)


@pytest.mark.parametrize(
    "location",
    [
        f"opensearch://me:{SECRET}@host/news",
        f"opensearch://me:{SECRET}/@host/news",
        f"opensearch://me:{SECRET}@@host/news",
        f"opensearch:me:{SECRET}@host/news",
        f"OpenSearchS://me:{SECRET}@host/news",
        f"elsewhere://me:{SECRET}@host/news",
    ],
)
def test_without_credentials_removes_user_and_password(location: str) -> None:
    assert without_credentials(location).endswith("host/news")
    assert SECRET not in without_credentials(location)
    with pytest.raises((ValueError, searchkit.SearchkitError)) as raised:
        open_engine(location)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize("location", ["a@b/news", "whoosh:a@b/news", ":memory:", "opensearch://host/news"])
def test_locations_without_credentials_are_unchanged(location: str) -> None:
    assert without_credentials(location) == location

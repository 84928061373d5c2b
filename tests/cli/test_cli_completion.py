"""Completion: what is offered, and the scripts in the shells themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import searchkit
from searchkit.cli import main


@pytest.fixture
def offered(run, monkeypatch):
    """What stands to choose behind these words, the last of which is being typed."""

    def offered(*words: str) -> list[str]:
        variables = {
            "COMP_WORDS": " ".join(["searchkit", *words]),
            "COMP_CWORD": str(len(words)),
            "_SEARCHKIT_COMPLETE": "bash_complete",
        }
        result = CliRunner().invoke(main, env=variables, prog_name="python -m searchkit")
        assert (result.exit_code, result.stderr) == (0, "")
        return [line.removeprefix("plain,") for line in result.stdout.split()]

    return offered


@pytest.fixture
def indexes(run, shop, sample):
    """Two indexes in the folder indexes/, and what is none."""
    shutil.copytree(sample, "indexes/sample")
    shutil.copytree(shop, "indexes/shop")
    Path("indexes/other").mkdir()
    Path("indexes/.hidden").mkdir()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["sea"], ["search"]),
        (["sy"], ["synonyms"]),
        (["completion", ""], ["bash", "zsh", "fish"]),
        (["help", "q"], ["queries"]),
        (["help", "sea"], ["search"]),
        (["delete", "--a"], ["--all"]),
        (["search", "--in", "ind"], ["dir,ind", "indexes/sample", "indexes/shop"]),
        (["stats", "indexes/sh"], ["dir,indexes/sh", "indexes/shop"]),
        (["copy", "indexes/sa"], ["dir,indexes/sa", "indexes/sample"]),
        (["stats", "nowhere/x"], ["dir,nowhere/x"]),
        (["search", "--in", "indexes/shop", "--where", "p"], ["price=", "paid="]),
        (["delete", "--in", "indexes/shop", "--where", "a"], ["author="]),
        (["search", "--in", "indexes/shop", "--sort", "p"], ["price", "paid"]),
        (["search", "--in", "indexes/shop", "--facets", "source,p"], ["source,price", "source,paid"]),
        (["search", "--in", "indexes/sample", "--source", "d"], ["daily.example.com"]),
        (["search", "--in", "indexes/nowhere", "--source", "d"], []),
        (["search", "--in", "opensearch://localhost:1/x", "--where", ""], []),
        (["search", "--in", "elsewhere:x", "--where", "p"], []),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_offered(offered, indexes, words, expected):
    assert offered(*words) == expected


def test_the_index_of_the_environment_is_asked(offered, shop, monkeypatch):
    monkeypatch.setenv("SEARCHKIT_INDEX", shop)
    assert offered("search", "--where", "pr") == ["price="]


def test_a_damaged_index_and_odd_labels_offer_nothing(offered, run):
    with searchkit.create("odd") as index:
        sources = ("two words", "quo'te", "$(touch x)", "plain")
        index.add([{"id": source, "body": "茶", "source": source} for source in sources])
    assert offered("search", "--in", "odd", "--source", "") == ["plain"]
    Path("odd/index.json").write_text("{", encoding="utf-8")
    assert offered("search", "--in", "odd", "--source", "") == []


# -- in the shells


@pytest.fixture
def shell(environment, tmp_path, indexes):
    """Runs lines in a shell where searchkit is a command."""
    command = tmp_path / "bin" / "searchkit"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m searchkit "$@"\n')
    command.chmod(0o755)

    def shell(name: str, *options: str, lines: str) -> list[str]:
        if shutil.which(name) is None:
            pytest.skip(f"{name} is not installed: apt-get install {name}")
        path = f"{command.parent}{os.pathsep}{environment['PATH']}"
        done = subprocess.run(
            [name, *options, "-c", lines],
            env={**environment, "PATH": path, "HOME": str(tmp_path)},
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.split("\n")[:-1]

    return shell


def test_bash_completes(shell):
    lines = """
    compopt() { [[ $2 == nospace ]] && echo nospace; return 0; }  # the real one is for the prompt only
    eval "$(searchkit completion bash)"
    complete -p searchkit
    tried() { COMP_WORDS=(searchkit "$@"); COMP_CWORD=$#; COMPREPLY=()
              _searchkit_completion searchkit; printf '%s\\n' "${COMPREPLY[@]}"; }
    tried sea
    tried search --in indexes/sh
    tried search --in indexes/shop --where au
    """
    assert shell("bash", "--norc", lines=lines) == [
        "complete -o nosort -F _searchkit_completion searchkit",
        "search",
        "indexes/shop",
        "nospace",
        "author=",
    ]


def test_fish_completes(shell):
    lines = """
    searchkit completion fish | source
    complete -C 'searchkit sea'
    complete -C 'searchkit search --in indexes/shop --sort pr'
    """
    shown = [line.partition("\t")[0] for line in shell("fish", "--no-config", lines=lines)]
    assert shown == ["search", "price"]


def test_zsh_takes_the_script(shell):
    lines = """
    autoload -Uz compinit && compinit -u
    eval "$(searchkit completion zsh)"
    echo $_comps[searchkit]
    COMP_WORDS="searchkit sea" COMP_CWORD=1 _SEARCHKIT_COMPLETE=zsh_complete searchkit
    """
    assert shell("zsh", "-f", lines=lines) == [
        "_searchkit_completion",
        "plain",
        "search",
        "Search an index.",
    ]


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_the_script_says_how_it_is_set_up(run, name):
    result = run("completion", name)
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"searchkit completion {name}" in result.stdout.splitlines()[0]
    assert "_SEARCHKIT_COMPLETE=" in result.stdout or "_SEARCHKIT_COMPLETE " in result.stdout
    assert run("completion", "tcsh").exit_code == 2

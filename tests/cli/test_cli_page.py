"""docs/command-line.md: its examples run, and it has every command with every option."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import click
import pytest
from cli.conftest import REPOSITORY, SAMPLE

from searchkit.cli import main

PAGE = REPOSITORY / "docs" / "command-line.md"
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")
COMMON = {"--json", "--color", "--no-pager", "--in", "--to", "--help"}
"""Said once, above the sections."""


def sections() -> dict[str, str]:
    """The text below each heading, for each of the commands in it."""
    parts = re.split(r"^## (.*)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {
        name: text for head, text in zip(parts[::2], parts[1::2], strict=True) for name in head.split(", ")
    }


def options_of(name: str) -> set[str]:
    """The options, one of the names of each with two of them."""
    command = main.commands[name]
    options = [one for one in command.params if isinstance(one, click.Option)]
    return {names[0] for one in options for names in ([*one.secondary_opts, *one.opts[::-1]],)}


def test_the_page_has_every_command_and_no_other():
    assert [*sections()] != []
    assert {*sections()} == {*main.commands}


@pytest.mark.parametrize("name", [*main.commands])
def test_a_section_has_every_option_of_its_command_and_no_other(name):
    text = re.sub(
        r"^(?:eval|\$ searchkit search --in indexes/news -- ).*$", "", sections()[name], flags=re.MULTILINE
    )
    found = {*OPTION.findall(text)}
    together = [one for one in main.commands if sections()[one] == sections()[name]]
    known = {
        option
        for one in (*together, "search")
        for parameter in main.commands[one].params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    assert options_of(name) - found - COMMON == set()
    assert {option for option in found if option.startswith("--")} - known - {"--help"} == set()


def test_the_examples_run_one_behind_the_other(run):
    shutil.copytree(SAMPLE, "articles")
    Path("synonyms.txt").write_text("土豆, 马铃薯\n", encoding="utf-8")
    teas = [
        {"id": f"tea{n}", "title": "茶", "body": "茶。", "extra": {"price": 10 * n, "author": "林晚"}}
        for n in (1, 2)
    ]
    lines = "".join(json.dumps(tea, ensure_ascii=False) + "\n" for tea in teas)
    Path("shop.jsonl").write_text(lines, encoding="utf-8")
    blocks = re.findall(
        r"^```console\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    examples = [line for block in blocks for line in block.splitlines()]
    assert len(examples) > 30
    for line in examples:
        program, *words = shlex.split(line.removeprefix("$ "))
        assert program == "searchkit"
        result = run(*words)
        assert result.exit_code == 0, f"{line}\n{result.stderr}"

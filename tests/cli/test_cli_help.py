"""Everything there is to know about the command line is in --help, and it comes quickly."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from cli.conftest import REPOSITORY, SAMPLE

import searchkit
from searchkit.cli import main


def commands() -> Iterator[tuple[str, click.Command]]:
    yield "searchkit", main
    for name in main.list_commands(click.Context(main)):
        command = main.get_command(click.Context(main), name)
        assert command is not None
        yield name, command


def examples() -> Iterator[str]:
    """The command lines in the epilogs, without what is said about them."""
    for _, command in commands():
        for line in (command.epilog or "").splitlines():
            if line.startswith("  searchkit "):
                yield line.strip().partition("   ")[0]


def test_help_lists_the_commands_in_order_of_use():
    assert main.list_commands(click.Context(main)) == [
        "demo",
        "index",
        "search",
        "suggest",
        "similar",
        "explain",
        "show",
        "serve",
        "update",
        "delete",
        "synonyms",
        "stats",
        "fields",
        "rebuild",
        "optimize",
        "check",
        "backup",
        "copy",
        "export",
        "help",
        "completion",
    ]


@pytest.mark.parametrize(
    ("name", "command"), list(commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_option_has_a_help_sentence(name, command):
    context = click.Context(command, info_name=name)
    options = [parameter for parameter in command.get_params(context) if isinstance(parameter, click.Option)]
    assert options, "there is at least --help"
    for option in options:
        assert option.help, f"{name} {option.opts[0]} has no help"
        assert option.help.endswith("."), f"{name} {option.opts[0]}: {option.help!r} is no sentence"
    assert command.help
    assert "Example" in (command.epilog or "")


@pytest.mark.parametrize(
    ("name", "command"), list(commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_help_shows_every_option_and_the_examples(run, name, command):
    result = run(*(() if name == "searchkit" else (name,)), "--help")
    assert result.exit_code == 0
    context = click.Context(command, info_name=name)
    for parameter in command.get_params(context):
        if isinstance(parameter, click.Option):
            assert all(option in result.stdout for option in parameter.opts)
    assert "Example" in result.stdout
    assert "..." not in result.stdout.partition("Commands:")[2], "a summary was cut off"


ASKING = ("searchkit search", "searchkit suggest", "searchkit similar", "searchkit explain")


@pytest.fixture(scope="module")
def declared(tmp_path_factory):
    """The location of an index of the sample, with the fields that the examples name."""
    location = str(tmp_path_factory.mktemp("help") / "declared")
    with searchkit.create(location, fields={"price": "number", "author": "text"}) as index:
        index.add(searchkit.read_articles(SAMPLE))
    return location


@pytest.mark.parametrize("line", [line for line in examples() if line.startswith(ASKING)])
def test_the_query_examples_of_help_work(run, declared, line):
    words = shlex.split(line)[1:]
    if "--in" in words:
        del words[words.index("--in") : words.index("--in") + 2]
    result = run(words[0], "--in", declared, *words[1:])
    assert result.exit_code == 0
    assert result.stderr in ("", "nothing found\n") or result.stderr.startswith("hint: few articles have all")


@pytest.mark.parametrize("line", list(examples()))
def test_the_examples_of_help_use_known_options(line):
    _, name, *arguments = shlex.split(line)
    command = main.get_command(click.Context(main), name)
    assert command is not None
    known = {option for parameter in command.params for option in parameter.opts}
    before = arguments[: arguments.index("--")] if "--" in arguments else arguments
    assert {argument for argument in before if argument.startswith("--")} <= known


def test_no_command_prints_the_help(run):
    bare, helped = run(), run("--help")
    assert (bare.exit_code, bare.stderr) == (0, "")
    assert bare.stdout == helped.stdout


def test_python_m_searchkit_prints_the_version_and_the_kernel(start):
    done = start("--version")
    kernel = {"compiled": "compiled kernel", "python": "kernel in Python"}[searchkit.kernel()]
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        f"searchkit {searchkit.__version__} ({kernel})\n".encode(),
        b"",
    )


def test_the_version_says_that_the_kernel_in_python_was_chosen(start):
    done = start("--version", SEARCHKIT_KERNEL="python")
    assert done.stdout == f"searchkit {searchkit.__version__} (kernel in Python)\n".encode()


def test_search_does_not_load_the_progress_bar(sample, environment):
    code = (
        "import sys\nfrom searchkit.cli import main\n"
        f"main(['search', '茶', '--in', {sample!r}], standalone_mode=False)\n"
        "sys.exit('tqdm' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("topic", ["queries", "filters", "environment"])
def test_help_prints_the_pages_of_the_package(run, topic):
    result = run("help", topic)
    assert (result.exit_code, result.stderr) == (0, "")
    assert len(result.stdout.splitlines()) > 10
    assert "\t" not in result.stdout
    assert topic in run("help").stdout


def test_help_prints_the_help_of_a_command(run):
    shown = run("help", "search")
    assert shown.exit_code == 0
    assert shown.stdout.split() == run("search", "--help").stdout.split()
    wrong = run("help", "serch")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "there is no topic 'serch'; there are queries, filters, environment" in wrong.stderr


def test_the_queries_of_the_help_are_well_formed():
    text = (REPOSITORY / "searchkit" / "cli" / "topics" / "queries.txt").read_text(encoding="utf-8")
    queries = [line.partition("\t")[0] for line in text.splitlines() if "\t" in line]
    assert len(queries) > 12
    with searchkit.create(":memory:", fields={"author": "text", "price": "number"}) as index:
        for query in queries:
            index.search(query)


def test_the_options_of_the_help_on_filters_are_those_of_search():
    text = (REPOSITORY / "searchkit" / "cli" / "topics" / "filters.txt").read_text(encoding="utf-8")
    known = {option for parameter in main.commands["search"].params for option in parameter.opts}
    assert {*re.findall(r"(?<!\w)--[a-z-]+", text)} - known == {"--field"}


def test_no_help_names_a_page_of_the_repository(run):
    for name in main.commands:
        assert not re.search(r"\bdocs/|\.md\b(?!,)", run(name, "--help").stdout), name

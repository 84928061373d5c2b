"""searchkit demo: it works out of the box, twice, and every search of it shows what it says it does."""

import shlex

import pytest
from click.testing import CliRunner

import searchkit
from searchkit.cli import main
from searchkit.cli.columns import width
from searchkit.cli.demo import SHOWCASE


@pytest.fixture(scope="module")
def blocks(tmp_path_factory):
    """The output of the demo, a block for each search."""
    result = CliRunner().invoke(main, ["demo", "--to", str(tmp_path_factory.mktemp("demo") / "index")])
    assert result.exit_code == 0
    return result.stdout.split("\n\n")


def test_demo_indexes_the_sample_and_prints_every_search(run):
    result = run("demo")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0].startswith("44 sample articles indexed in ")
    assert lines[0].endswith(" at indexes/demo")
    assert max(map(width, lines)) <= 100
    assert all(width(line) == 100 for line in lines if " match" in line), "the counts are flush right"
    for show in SHOWCASE:
        assert f"\n{show.query}  {show.reason} " in result.stdout
    with searchkit.open("indexes/demo") as index:
        assert len(index) == 44


@pytest.mark.parametrize(
    ("query", "total", "shown"),
    [
        ("国际论坛", 2, ["节水国际论坛", "國際論壇"]),
        ("図書館", 4, ["图书馆", "圖書館"]),
        ('"中日关系史"', 2, ["中日關係史", "中日关系史"]),
        ("干", 12, ["新幹線", "乾隆"]),
        ("C++", 1, ["C++"]),
        ("3.6.3", 2, ["发布 3.6.3", "更新 3.6.3"]),
        ("abc123", 1, ["ＡＢＣ１２３"]),
        ("茶 -乾隆", 3, ["茶叶", "奶茶"]),
        ("title:(出租车 OR 计程车 OR 的士)", 3, ["出租车", "計程車", "的士"]),
        ("发芽的土豆能吃吗？", 8, ["发芽或者变绿的土豆不要吃"]),
    ],
)
def test_demo_searches_find_what_they_announce(blocks, query, total, shown):
    (block,) = [block for block in blocks if block.startswith(f"{query}  ")]
    header, *hits = block.splitlines()
    assert f" {total} match" in header
    assert 1 <= len(hits) <= 3
    for text in shown:
        assert any(text in hit for hit in hits)


def test_every_demo_search_has_a_test():
    tested = {values[0] for values in test_demo_searches_find_what_they_announce.pytestmark[0].args[1]}
    assert tested == {show.query for show in SHOWCASE}


def test_demo_run_twice_prints_the_same(run):
    def without_times(output):
        return [line.partition(" match")[0].split() for line in output.splitlines()[1:]]

    assert without_times(run("demo").stdout) == without_times(run("demo").stdout)
    with searchkit.open("indexes/demo") as index:
        assert len(index) == 44


def test_demo_removes_sample_articles_of_an_earlier_version(run):
    run("demo")
    with searchkit.open("indexes/demo") as index:
        index.add([{"title": "舊的", "body": "圖書館", "url": "https://daily.example.com/old"}])
    assert "44 sample articles" in run("demo").stdout
    with searchkit.open("indexes/demo") as index:
        assert len(index) == 44


def test_demo_refuses_an_index_of_other_articles(run, articles):
    run("index", str(articles), "--to", "mine")
    result = run("demo", "--to", "mine")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "has documents that are not the demo's; choose another place with --to" in result.stderr
    with searchkit.open("mine") as index:
        assert len(index) == 3


def test_the_commands_that_demo_proposes_work(run, articles):
    output = run("demo", "--to", "a place").stdout
    commands = [line.strip().partition("  ")[0] for line in output.partition("Try next\n")[2].splitlines()]
    assert len(commands) >= 3
    for command in commands:
        program, *arguments = shlex.split(command.replace("YOUR/ARTICLES", shlex.quote(str(articles))))
        result = run(*arguments)
        assert (program, result.exit_code, result.stderr) == ("searchkit", 0, "")
        assert result.stdout

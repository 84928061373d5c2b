"""searchkit demo: the sample articles -> an index, and searches that show what searchkit can do."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import click

import searchkit
from searchkit.cli.columns import cut, padded, width
from searchkit.cli.options import command
from searchkit.cli.outcome import opened
from searchkit.cli.output import bytes_of, count_of, print_lines, room_of_terminal, seconds_of
from searchkit.cli.results import on_one_line

_WIDEST = 100
_TITLE_COLUMN = 44
_SNIPPET = 40
_SAMPLE_HOSTS = (".example.com", ".example.org", ".example.net")


class _Show(NamedTuple):
    """A search of the demo, and what it shows."""

    query: str
    reason: str
    hits: int = 3  # at most
    lenient: bool = False


SHOWCASE = (
    _Show("国际论坛", "each script finds the other: 國際論壇"),
    _Show("図書館", "typed as in Japan: finds 图书馆 and 圖書館"),
    _Show('"中日关系史"', "a passage in quotes, in either script"),
    _Show("干", "one character will do, in any of its forms: 干, 乾, 幹"),
    _Show("C++", "C and C# are other languages"),
    _Show("3.6.3", "a version, not every 3"),
    _Show("abc123", "finds full-width letters"),
    _Show("茶 -乾隆", "tea, but without the emperor"),
    _Show("title:(出租车 OR 计程车 OR 的士)", "one car with three names, in titles"),
    _Show("发芽的土豆能吃吗？", "a question; its answer comes first", hits=1, lenient=True),
)


@command("demo", short_help="Index the sample articles and search them, to see what searchkit can do.")
@click.option(
    "--to",
    "location",
    metavar="LOCATION",
    default="indexes/demo",
    show_default=True,
    help="The location of the index; that of an earlier demo is replaced.",
)
@click.pass_context
def demo(ctx: click.Context, location: str) -> None:
    """Index the articles that come with searchkit, and run some searches that show what it can do."""
    from importlib import resources

    room = min(room_of_terminal() or _WIDEST, _WIDEST)
    with resources.as_file(resources.files("searchkit") / "sample" / "articles") as folder:
        articles = list(searchkit.read_articles(folder))
    try:
        index = opened(location)  # without a warning: it is rebuilt
    except searchkit.IndexNotFoundError:
        index = searchkit.create(location)
    with index:
        report = _index_anew(index, articles)
        documents = count_of(len(articles), "sample article")
        size = bytes_of(index.stats().bytes)
        click.echo(f"{documents} indexed in {seconds_of(report.took)}, {size} at {index.location}")
        for show in SHOWCASE:
            print_lines(["", *_show_lines(index, show, room)])
    print_lines(["", *_what_to_try(ctx.find_root().info_name or "searchkit", index.location)])


def _index_anew(index: searchkit.Index, articles: Sequence[searchkit.Document]) -> searchkit.Report:
    """Replace the documents of an earlier demo by the articles; refuse an index of other documents."""
    if not all(document.source.endswith(_SAMPLE_HOSTS) for document in index):
        raise click.UsageError(
            "this index has documents that are not the demo's; choose another place with --to"
        )
    if index.needs_rebuild:
        index.rebuild()
    with index.writer() as writer:
        for document in index:
            writer.delete(document.id)
        for article in articles:
            writer.add(article)
    return writer.report


def _show_lines(index: searchkit.Index, show: _Show, room: int) -> Iterator[str]:
    """The query, its reason and the number of matches, then a line for each of the first hits."""
    results = index.search(show.query, limit=show.hits, snippet_length=_SNIPPET, lenient=show.lenient)
    count = f"{count_of(results.total, 'match', 'matches')}, {seconds_of(results.took)}"
    gap = " " * max(room - width(f"{show.query}  {show.reason}{count}"), 2)
    query = click.style(show.query, fg="cyan", bold=True)
    yield f"{query}  {show.reason}{gap}{click.style(count, dim=True)}"
    column = min(_TITLE_COLUMN, (room - 4) // 2)
    for hit in results:
        title = cut(on_one_line(hit.title), column).ansi()
        yield f"  {padded(title, column)}  {cut(on_one_line(hit.snippet), room - 4 - column).ansi()}"


def _what_to_try(program: str, location: str) -> Iterator[str]:
    place = shlex.quote(location)
    commands = (
        (f"{program} search 高铁 --in {place}", "snippets, dates and links"),
        (f"{program} search 看著 --sort newest --in {place}", "newest first"),
        (f"{program} search 乾隆 --json --in {place}", "for programs"),
        (f"{program} index YOUR/ARTICLES --to indexes/mine", "articles of your own"),
    )
    widest = max(width(line) for line, _ in commands)
    yield click.style("Try next", bold=True)
    for line, reason in commands:
        yield f"  {padded(line, widest)}  {click.style(reason, dim=True)}"

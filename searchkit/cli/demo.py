"""searchkit demo: the sample articles -> an index, and what searches find in it."""

from __future__ import annotations

import shlex
import shutil
import sys
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

import searchkit
from searchkit.cli.colour import wants_colour
from searchkit.cli.columns import cut, width
from searchkit.cli.hits import on_one_line
from searchkit.cli.quantities import bytes_of, count_of, seconds_of
from searchkit.cli.showcase import SHOWCASE, Show

__all__ = ["demo"]

_WIDEST = 100
_TITLE_COLUMN = 44
_SNIPPET = 40
_SAMPLE_HOSTS = (".example.com", ".example.org", ".example.net")


@click.command(
    short_help="Index the sample articles and search them, to see what searchkit can do.",
    epilog="""\b
Example:
  searchkit demo
""",
)
@click.option(
    "--to",
    "location",
    metavar="LOCATION",
    default="indexes/demo",
    show_default=True,
    help="Where the index goes; the one of an earlier demo is made anew.",
)
@click.pass_context
def demo(ctx: click.Context, location: str) -> None:
    """Index the articles that come with searchkit, and run some searches that show what it can do."""
    colour = wants_colour("auto", sys.stdout)
    room = min(shutil.get_terminal_size((_WIDEST, 0)).columns, _WIDEST) if sys.stdout.isatty() else _WIDEST
    articles = _sample()
    with _opened_or_created(location) as index:
        report = _index_anew(index, articles)
        documents = count_of(len(articles), "sample article")
        size = bytes_of(index.stats().bytes)
        click.echo(f"{documents} indexed in {seconds_of(report.took)}, {size} at {index.location}")
        for show in SHOWCASE:
            click.echo()
            for line in _show_lines(index, show, room):
                click.echo(line, color=colour)
    click.echo()
    for line in _what_to_try(ctx.find_root().info_name or "searchkit", index.location):
        click.echo(line, color=colour)


def _sample() -> list[searchkit.Document]:
    """The articles that are installed with searchkit."""
    from importlib import resources

    with resources.as_file(resources.files("searchkit") / "sample" / "articles") as folder:
        return list(searchkit.read_articles(Path(folder)))


def _opened_or_created(location: str) -> searchkit.Index:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", searchkit.AnalyzerChangedWarning)  # it is made anew
            return searchkit.open(location)
    except searchkit.IndexNotFoundError:
        return searchkit.create(location)


def _index_anew(index: searchkit.Index, articles: Sequence[searchkit.Document]) -> searchkit.Report:
    """Put the articles in place of what is there, provided that this is from an earlier demo as well."""
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


def _show_lines(index: searchkit.Index, show: Show, room: int) -> Iterator[str]:
    """The query with its reason and the number of matches, and a line for each of the first hits."""
    results = index.search(show.query, limit=show.hits, snippet_length=_SNIPPET, lenient=show.lenient)
    count = f"{count_of(results.total, 'match', 'matches')}, {seconds_of(results.took)}"
    gap = " " * max(room - width(f"{show.query}  {show.reason}{count}"), 2)
    yield (
        click.style(show.query, fg="cyan", bold=True) + f"  {show.reason}{gap}" + click.style(count, dim=True)
    )
    column = min(_TITLE_COLUMN, (room - 4) // 2)
    for hit in results:
        title = cut(on_one_line(hit.title), column)
        snippet = cut(on_one_line(hit.snippet), room - 4 - column)
        space = " " * (2 + column - width(title.text))
        yield f"  {title.ansi()}{space}{snippet.ansi()}"


def _what_to_try(program: str, location: str) -> Iterator[str]:
    place = shlex.quote(location)
    commands = (
        (f"{program} search 高铁 --in {place}", "snippets, dates and links"),
        (f"{program} search 看著 --sort newest --in {place}", "newest first"),
        (f"{program} search 乾隆 --json --in {place}", "for programs"),
        (f"{program} index YOUR/ARTICLES --to indexes/mine", "articles of your own"),
    )
    widest = max(width(command) for command, _ in commands)
    yield click.style("Try next", bold=True)
    for command, reason in commands:
        space = " " * (widest - width(command) + 2)
        yield f"  {command}{space}{click.style(reason, dim=True)}"

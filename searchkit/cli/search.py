"""searchkit search, suggest, similar and explain: the questions that an index answers."""

from __future__ import annotations

import dataclasses
import re
import shlex
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import click
from click.core import ParameterSource

import searchkit
from searchkit.cli import completers
from searchkit.cli import options as o
from searchkit.cli.addresses import id_of
from searchkit.cli.columns import cut, one_line, padded, printable, width
from searchkit.cli.outcome import say
from searchkit.cli.output import Colour, count_of, print_json, print_lines, room_of_terminal, wants_colour
from searchkit.cli.pager import print_paged
from searchkit.cli.query_words import QueryCommand, refuse_unknown_options, say_what_was_no_option
from searchkit.cli.results import result_lines
from searchkit.text import values_by_name

_LEAST_ROOM = 20

# They belong to the hits of the query that was typed.
_OF_THIS_QUERY = frozenset({"offset", "cursor"})
# As in shlex, but with letters of any script: a shell needs no quotes for them.
_NEEDS_NO_QUOTES = re.compile(r"[\w@%+=:,./-]+")

_verbose = click.option(
    "-v", "--verbose", is_flag=True, help="Show also the score, the time, the tags and the whole address."
)


@o.command(
    "search 中日關係 上川陽子             both",
    "search 中日关系 OR 日中关系          either",
    "search 茶 -乾隆                      the first, without the second",
    "search -- -体育 茶                   behind -- everything is part of the query",
    "search '\"乘风万里\"'                  exactly this passage, in any script",
    "search 「乘风万里」                  the same: full-width signs need no shell quotes",
    "search title:图书馆 --sort newest    in the title, newest first",
    "search 出租车 --since 2024-07        since July 2024; also today, yesterday, 30d, 2w, 1y",
    "search '*' --facets source,year      everything, newest first: how many of which source, of which year",
    "search --source daily.example.com    all of this source",
    "search 论坛 --recency 1y             fresher ones sooner",
    "search 论坛 --collapse               each story once",
    "search 茶 --where price=10..20 --where author!=林晚 --sort -price,newest    declared fields",
    "search '*' --facets price:10,50,100,published:month,author:limit=5    in buckets, and the first five",
    short_help="Search an index.",
    cls=QueryCommand,
)
@o.words_argument("QUERY...", required=False)
@o.location_option("--in", "The index to search.")
@o.page_options
@o.search_option("cursor", metavar="TEXT")
@o.search_option("sort", metavar="ORDER", show_default=True, shell_complete=completers.orders)
@o.filter_options
@o.search_option("facets", metavar="LIST", shell_complete=completers.facets)
@o.query_options
@o.search_option("recency", metavar="TIME")
@o.search_option("collapse", flag_value="near-duplicates")
@o.snippet_option
@_verbose
@o.json_option
@o.colour_option
@o.pager_option
@click.pass_context
def search(
    ctx: click.Context,
    /,
    words: tuple[str, ...],
    location: str,
    where: tuple[str, ...],
    facets: tuple[str, ...],
    as_json: bool,
    verbose: bool,
    colour: Colour,
    pager: bool,
    **options: Any,
) -> None:
    """Search an index; several QUERY words are one query.

    Words separated by spaces must all be there. "…" is an exact passage, -x means without x, and OR, ( ),
    title:, body:, source:, tag:, date: and the declared fields work as elsewhere; 'searchkit help queries'
    has it all. The query may be in any script, and finds all of them. Without a QUERY, filters find all that
    passes them; '*' finds everything.

    Options may stand before and behind the QUERY. Behind -- everything is part of it.
    """
    refuse_unknown_options(ctx, words)
    if not words and not any(options[name] for name in ("since", "until", "source", "tags")) and not where:
        raise click.UsageError("there is neither a QUERY nor a filter; '*' finds everything", ctx)
    options["facets"] = [part for names in facets for part in names.split(",") if part.strip()]
    with searchkit.open(location) as index:
        results = index.search(" ".join(words), where=where_of(index, where), **options)
        kinds = index.stats().fields if results.facets else {}
        dates = {"year", "month", "published", *(name for name, kind in kinds.items() if kind == "date")}
        in_time = {name for name in dates & results.facets.keys() if _rises(results.facets[name])}
        _show(results, options, as_json, colour, pager, in_time=in_time, verbose=verbose)
        say_what_was_no_option(ctx)
        if not as_json:
            if results.interpretation:
                say("read as", printable(one_line(results.interpretation)))
            if results.relaxed:
                lacking = printable(one_line(", ".join(results.relaxed)))
                say("hint", f"few articles have all of the words; the last ones may lack {lacking}")
            for hint in results.hints:
                say("hint", printable(one_line(str(hint))))
            if results.suggestion:
                _offer(ctx, results.suggestion)


@o.command(
    "similar https://daily.example.com/2024/09/12/envoys --in indexes/news",
    "similar https://daily.example.com/2024/09/12/envoys --since 2024-01-01 --limit 3",
    short_help="Find articles about the same subject as another one.",
)
@click.argument("id", type=o.TEXT)
@o.location_option("--in", "The index with the article.")
@o.page_options
@o.filter_options
@o.snippet_option
@_verbose
@o.json_option
@o.colour_option
@o.pager_option
def similar(
    id: str,
    location: str,
    where: tuple[str, ...],
    as_json: bool,
    verbose: bool,
    colour: Colour,
    pager: bool,
    **options: Any,
) -> None:
    """Find articles about the same subject as the one with this ID, the most similar first.

    The ID of an article is its address, or the id that 'searchkit search' shows.
    """
    with searchkit.open(location) as index:
        results = index.similar(id_of(index, id), where=where_of(index, where), **options)
        _show(results, options, as_json, colour, pager, verbose=verbose)


@o.command(
    "explain 遣唐使 https://daily.example.com/2024/09/12/envoys --in indexes/news",
    "explain 遣唐使 -晁衡 https://daily.example.com/2024/09/12/envoys --in indexes/news",
    short_help="Show why a query finds an article, or why not.",
    cls=QueryCommand,
)
@o.words_argument("QUERY...")
@click.argument("id", type=o.TEXT)
@o.location_option("--in", "The index with the article.")
@o.query_options
@o.json_option
@click.pass_context
def explain(
    ctx: click.Context, /, words: tuple[str, ...], id: str, location: str, as_json: bool, **options: Any
) -> None:
    """Show whether a query finds the article with this ID, which conditions fail, and how its score adds up.

    Several QUERY words are one query. The ID of an article is its address, or the id that 'searchkit search'
    shows.
    """
    refuse_unknown_options(ctx, [*words, id])
    with searchkit.open(location) as index:
        found = index.explain(" ".join(words), id_of(index, id), **options)
    if as_json:
        print_json(dataclasses.asdict(found))
        return
    # Line breaks in the id or the query would look like lines of the explanation.
    found = dataclasses.replace(found, query=one_line(found.query), id=one_line(found.id))
    click.echo(printable(str(found)))


@o.command(
    "suggest 中 --in indexes/news",
    "suggest pyth --in indexes/news --limit 3",
    "suggest wangyi --json                in an index made with --pinyin",
    short_help="Complete a query while it is typed.",
)
@o.words_argument("PREFIX...")
@o.location_option("--in", "The index whose words and titles are suggested.")
@o.search_option("limit", help="Show at most N suggestions.")
@o.json_option
def suggest(words: tuple[str, ...], location: str, limit: int, as_json: bool) -> None:
    """Complete the beginning of a query with frequent words and titles of the index.

    Each suggestion has the number of articles that a search for it finds. Several PREFIX words are one
    beginning.
    """
    prefix = " ".join(words)
    with searchkit.open(location) as index:
        found = index.suggest(prefix, limit=limit)
    if as_json:
        print_json({"prefix": prefix, "suggestions": [dataclasses.asdict(one) for one in found]})
    else:
        print_lines(_suggestion_lines(found, room_of_terminal()))
    if not found and limit:
        click.echo("nothing found", err=True)


# -- arguments


def _rises(counts: Mapping[Any, int]) -> bool:
    values = list(map(str, counts))
    return values == sorted(values)


def where_of(index: searchkit.Index, pairs: Iterable[str]) -> dict[str, Any]:
    """``NAME=VALUE`` and ``NAME!=VALUE`` as the library takes them.

    It says how fields come to be declared where one is not; the values are for the library to judge.
    """
    try:
        wanted = values_by_name(pairs)
    except ValueError as error:
        raise click.UsageError(f"--where {error}") from None
    declared = index.stats().fields if wanted else {}
    for name in wanted:
        if name not in (*declared, "source", "tags", "published"):
            known = f"it has {', '.join(declared)}" if declared else "it has none"
            raise click.UsageError(
                f"--where: this index declares no field {name!r}; {known}; "
                "'searchkit index' with --field declares them when it makes an index"
            )
    return wanted


# -- answers


def _show(
    results: searchkit.Results,
    options: Mapping[str, Any],
    as_json: bool,
    colour: Colour,
    pager: bool,
    *,
    in_time: Collection[str] = (),
    verbose: bool = False,
) -> None:
    """Print what was found with these options; on stderr that it is nothing."""
    limit, offset, cursor = options["limit"], options["offset"], options.get("cursor")
    if as_json:
        print_json(results.to_dict())
    elif results or limit == 0:
        lines = result_lines(
            results,
            offset=None if cursor else offset,
            room=room_of_terminal(),
            collapsed=bool(options.get("collapse")),
            in_time=in_time,
            verbose=verbose,
        )
        print_paged([*lines], colour=wants_colour(colour, sys.stdout), wanted=pager)
    if not results and limit:
        behind = "this cursor" if cursor else f"--offset {offset}"
        rest = f" behind {behind}; there are {results.total:,}" if results.total else ""
        click.echo(f"nothing found{rest}", err=True)


def _suggestion_lines(found: Sequence[searchkit.Suggestion], room: int | None) -> Iterator[str]:
    """Two columns: the text, and the number of its documents, aligned to the right."""
    texts = [printable(one_line(one.text)) for one in found]
    digits = max((len(f"{one.documents:,}") for one in found), default=0)
    column = max(map(width, texts), default=0)
    if room is not None:
        # Some terminals show … in two columns.
        column = max(min(column, room - digits - len("    documents")), _LEAST_ROOM)
        texts = [cut(searchkit.Highlighted(text), column).text for text in texts]
    for text, one in zip(texts, found, strict=True):
        number, noun = count_of(one.documents, "document").split()
        yield f"{padded(text, column)}  {click.style(f'{number:>{digits}} {noun}', dim=True)}"


def _offer(ctx: click.Context, query: str) -> None:
    """Print the suggested query on stderr, and the command line that searches for it."""
    say("did you mean", printable(one_line(query)))
    say("hint", " ".join([ctx.command_path, _quoted(query), *_typed_options(ctx)]))


def _typed_options(ctx: click.Context) -> Iterator[str]:
    for parameter in ctx.command.params:
        name = parameter.name or ""
        typed = ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if not isinstance(parameter, click.Option) or not typed or name in _OF_THIS_QUERY:
            continue
        value = ctx.params[name]
        for one in value if parameter.multiple else [value]:
            yield (parameter.secondary_opts if one is False else parameter.opts)[0]
            if not parameter.is_flag:
                yield _quoted(str(one))


def _quoted(text: str) -> str:
    text = printable(one_line(text))
    return text if _NEEDS_NO_QUOTES.fullmatch(text) else shlex.quote(text)

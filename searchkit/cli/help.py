"""searchkit help: pages that come with the package, and the help of commands."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from searchkit import Highlighted
from searchkit.cli.columns import padded, width, wrapped
from searchkit.cli.options import command, pager_option
from searchkit.cli.output import room_of_terminal, wants_colour
from searchkit.cli.pager import print_paged

TOPICS = {
    "queries": "What a query may be.",
    "filters": "Which articles, and in what order.",
    "environment": "Variables of the environment, and exit status.",
}
_WIDEST = 100
_LEFT_COLUMN = 26


def _complete(ctx: click.Context, _parameter: click.Parameter, beginning: str) -> list[str]:
    return [name for name in (*TOPICS, *_commands(ctx)) if name.startswith(beginning)]


def _commands(ctx: click.Context) -> dict[str, click.Command]:
    program = ctx.find_root().command
    return dict(program.commands) if isinstance(program, click.Group) else {}


@command("help queries", "help search", name="help", short_help="Explain queries, filters, or a command.")
@click.argument("topic", required=False, shell_complete=_complete)
@pager_option
@click.pass_context
def explain_topic(ctx: click.Context, topic: str | None, pager: bool) -> None:
    """Explain a TOPIC, which is queries, filters, environment or a command."""
    room = min(room_of_terminal() or _WIDEST, _WIDEST)
    if topic is None:
        lines = [f"{name}\t{what}" for name, what in TOPICS.items()]
        text = "\n".join(["Topics", "", *lines, "", "'searchkit help COMMAND' explains a command."])
    elif topic in TOPICS:
        from importlib import resources  # takes long to import

        text = (resources.files("searchkit") / "cli" / "topics" / f"{topic}.txt").read_text(encoding="utf-8")
    elif found := _commands(ctx).get(topic):
        with click.Context(found, info_name=topic, parent=ctx.parent) as of_command:
            text = found.get_help(of_command)
        print_paged(text.splitlines(), colour=False, wanted=pager)
        return
    else:
        raise click.UsageError(
            f"there is no topic {topic!r}; there are {', '.join(TOPICS)}, and the commands"
        )
    print_paged([*_laid_out(text, room)], colour=wants_colour("auto", sys.stdout), wanted=pager)


def _laid_out(text: str, room: int) -> Iterator[str]:
    """The first line is the title; a tab parts what is typed from what it means."""
    column = min(_LEFT_COLUMN, room // 2)
    for number, line in enumerate(text.splitlines()):
        typed, tab, meaning = line.partition("\t")
        if not tab:
            parts = [part.text for part in wrapped(Highlighted(line), room)] or [""]
            yield from (click.style(part, bold=True) if number == 0 else part for part in parts)
            continue
        label, rest = f"  {typed}", column + 2
        if width(label) > column:
            yield click.style(label, fg="cyan")
            label = ""
        for part in wrapped(Highlighted(meaning), max(room - rest, 10)):
            yield f"{click.style(padded(label, column), fg='cyan')}  {part.text}"
            label = ""

"""The outcome of a command -> a message on stderr and an exit status.

    0     success
    1     the command failed
    2     wrong usage: unknown options, invalid values, a malformed query
    130   interrupted by Ctrl-C
    141   the reader of the output closed it, as ``head`` does

Messages are one line where possible. Only a bug shows a traceback.
"""

from __future__ import annotations

import io
import os
import re
import sys
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import click

import searchkit
from searchkit.cli.columns import cut, one_line, printable, width
from searchkit.cli.output import wants_colour

COMPLETE_VARIABLE = "_SEARCHKIT_COMPLETE"
_BROKEN_PIPE = 141
_LABELS = {
    "error": "red",
    "interrupted": "red",
    "warning": "yellow",
    "read as": "cyan",
    "did you mean": "cyan",
    "hint": None,
}
_CREDENTIALS = re.compile(r"(\w+:/+)[^\s/]*@")
_QUERY_ROOM = 60
"""Columns of a long query that are shown around the position of the error."""


class Failed(click.ClickException):
    """The command failed, with a hint about the way out."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Misused(Failed):
    """The command was used in a wrong way."""

    exit_code = 2


class Interrupted(Failed):
    """Interrupted by Ctrl-C; the message says what that means for the index."""

    exit_code = 130


class Program(click.Group):
    """A group of commands that turns every expected exception into a message and an exit status."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.commands)  # in the order they were added, not by name

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()  # a broken pipe is noticed here, not when Python ends
        except BrokenPipeError:
            # Python would report unwritten output when it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise click.exceptions.Exit(_BROKEN_PIPE) from None
        except searchkit.QueryTooExpensiveError as error:
            hint = f"--max-cost {2 * error.cost} lets it take its time" if error.cost else ""
            raise Misused(_query_message(error), hint=hint) from None
        except searchkit.QuerySyntaxError as error:
            hint = "--lenient reads any query as well as it can be"
            raise Misused(_query_message(error), hint=hint) from None
        except searchkit.IndexNotFoundError as error:
            hint = "'searchkit index PATH... --to LOCATION' makes an index"
            raise Failed(str(error), hint=hint) from None
        except (searchkit.SearchkitError, OSError) as error:
            raise Failed(str(error)) from None
        except ImportError as error:
            if "pypinyin" not in str(error):
                raise
            hint = "pip install 'searchkit-zh[pinyin]'"
            raise Failed("pinyin needs pypinyin, which is not installed", hint=hint) from None
        except UnicodeEncodeError:
            raise Misused("what you typed is not text in the encoding of this terminal") from None
        except ValueError as error:  # searchkit raises it for the value of an option
            raise Misused(str(error)) from None
        return result

    def main(self, *args: Any, **extra: Any) -> Any:
        # The same for `python -m searchkit` as for the script: shells ask by it what completes a line.
        extra = {"complete_var": COMPLETE_VARIABLE, **extra}
        if not extra.get("standalone_mode", True):
            return super().main(*args, **extra)
        for stream in (sys.stdout, sys.stderr):
            # A character that the terminal cannot show is replaced, not an error.
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("always", searchkit.SearchkitWarning)
                warnings.showwarning = partial(_show_warning, warnings.showwarning)
                status = super().main(*args, **{**extra, "standalone_mode": False})
        except click.ClickException as error:
            status = error.exit_code
            _report(error)
        except click.Abort:
            status = Interrupted.exit_code
            say("interrupted", "")
        sys.exit(status)


def _report(error: click.ClickException) -> None:
    if isinstance(error, Interrupted):
        say("interrupted", error.message)
        return
    # An argument in the wrong place may be a location with a password in it.
    say("error", _CREDENTIALS.sub(r"\1", error.format_message()))
    if isinstance(error, Failed) and error.hint:
        say("hint", error.hint)
    if isinstance(error, click.NoSuchOption) and error.ctx and error.ctx.ignore_unknown_options:
        say("hint", f"behind -- it is part of the query: {error.ctx.command_path} -- {error.option_name}")
    if isinstance(error, click.UsageError) and error.ctx is not None:
        say("hint", f"'{error.ctx.command_path} --help' explains it")


def say(kind: str, message: str) -> None:
    """Print a line on stderr behind a label, one of `_LABELS`."""
    colour = wants_colour("auto", sys.stderr)
    label = click.style(f"{kind}:" if message else kind, fg=_LABELS[kind], bold=True)
    click.echo(f"{label} {message}".rstrip(), err=True, color=colour)


def _query_message(error: searchkit.QuerySyntaxError) -> str:
    """The reason, the query, and a caret below the position, which double-width characters shift."""
    before, behind = error.query[: error.position], error.query[error.position :]
    # Of a long query, only the surroundings of the position.
    near = before[-_QUERY_ROOM:]
    while width(near) > _QUERY_ROOM // 2:
        near = near[1:]
    before = printable(one_line(near if near == before else f"…{near}"))
    behind = printable(one_line(cut(searchkit.Highlighted(behind), _QUERY_ROOM // 2).text))
    caret = " " * width(before) + "^"
    return f"{error.reason} (at character {error.position + 1})\n  {before}{behind}\n  {caret}"


def _show_warning(
    others: Callable[..., None], message: Warning | str, category: type[Warning], *place: Any
) -> None:
    """Print a warning of searchkit as a message; leave all others alone."""
    if not issubclass(category, searchkit.SearchkitWarning):
        others(message, category, *place)
        return
    say("warning", str(message))
    if issubclass(category, searchkit.AnalyzerChangedWarning):
        say("hint", "'searchkit rebuild LOCATION' does that")


def opened(location: str) -> searchkit.Index:
    """The index, opened without the warning that it needs a rebuild."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", searchkit.AnalyzerChangedWarning)
        return searchkit.open(location)

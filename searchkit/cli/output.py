"""What a command has to say -> stdout: lines for people, JSON for programs."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import click

from searchkit.cli.colour import Colour, wants_colour

__all__ = ["print_json", "print_lines", "room_of_terminal"]

# JSON leaves these as they are, and a terminal takes some of them for commands.
_CONTROLS = {code: f"\\u{code:04x}" for code in range(0x7F, 0xA0)}


def room_of_terminal() -> int | None:
    """How many columns a line may have; None where there is no terminal, and so no end of them."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def print_lines(lines: Iterable[str], colour: Colour = "auto") -> None:
    """The lines, with the colours in them where these are wanted."""
    with_colour = wants_colour(colour, sys.stdout)
    for line in lines:
        click.echo(line, color=with_colour)


def print_json(values: Mapping[str, Any]) -> None:
    """The values as one line, or indented on a terminal, where somebody looks at them."""
    text = json.dumps(
        values,
        ensure_ascii=False,
        indent=2 if sys.stdout.isatty() else None,
        separators=None if sys.stdout.isatty() else (",", ":"),
    )
    # Bytes, so that it is UTF-8 whatever the terminal speaks.
    click.echo(text.translate(_CONTROLS).encode("utf-8", "backslashreplace"))

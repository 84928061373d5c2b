"""Values -> stdout: lines for people, with or without colours, and JSON; progress -> a bar on stderr."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal, TextIO

import click

from searchkit import SyncProgress

Colour = Literal["auto", "always", "never"]

# JSON leaves these as they are, and a terminal takes some of them for commands.
_CONTROLS = {code: f"\\u{code:04x}" for code in range(0x7F, 0xA0)}


def wants_colour(choice: Colour, stream: TextIO) -> bool:
    """Whether to write colours to the stream; "auto" does to a terminal, unless NO_COLOR is set.

    https://no-color.org: any value but an empty one counts.
    """
    if choice != "auto":
        return choice == "always"
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def room_of_terminal() -> int | None:
    """The number of columns of the terminal; None when stdout is not one."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def print_lines(lines: Iterable[str], colour: Colour = "auto") -> None:
    """Print the lines, with their colours where these are wanted."""
    with_colour = wants_colour(colour, sys.stdout)
    for line in lines:
        click.echo(line, color=with_colour)


def print_json(values: Mapping[str, Any]) -> None:
    """Print the values as one line of JSON, or indented in a terminal."""
    layout: dict[str, Any] = {"indent": 2} if sys.stdout.isatty() else {"separators": (",", ":")}
    text = json.dumps(values, ensure_ascii=False, **layout)
    # As bytes: JSON is UTF-8 in a terminal of any encoding.
    click.echo(text.translate(_CONTROLS).encode("utf-8", "backslashreplace"))


@contextmanager
def progress_shown(*, quiet: bool) -> Iterator[Callable[[SyncProgress], None]]:
    """A progress bar while the block runs; none when quiet or when stderr is not a terminal.

    The block calls the function that it gets with its progress.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from tqdm import tqdm  # imported by the commands that show it only

    # Asked here: tqdm shows nothing in a terminal that does not know its size.
    columns, lines = shutil.get_terminal_size()
    with tqdm(
        total=0,
        miniters=0,  # a file may hold many documents
        desc=count_of(0, "document"),
        bar_format="{percentage:3.0f}% |{bar}| {desc}, {remaining} left",
        file=sys.stderr,
        leave=False,
        ncols=min(columns, 100) - 4,  # room for a ^C behind it
        nrows=lines,
    ) as bar:
        started = time.perf_counter()

        def show(progress: SyncProgress) -> None:
            bar.total = progress.of
            rate = progress.documents / (time.perf_counter() - started)
            documents = count_of(progress.documents, "document")
            bar.set_description_str(f"{documents}, {rate:,.0f} a second", refresh=False)
            bar.update(progress.files - bar.n)

        yield show


# -- quantities


def count_of(number: int, singular: str, plural: str = "") -> str:
    """``1 match``, ``1,234 matches``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def bytes_of(number: int) -> str:
    """``812 bytes``, ``12.3 kB``, ``1.2 GB``: a kilobyte is 1,000 bytes."""
    if number < 1000:
        return count_of(number, "byte")
    size = float(number)
    for unit in ("kB", "MB", "GB", "TB"):  # noqa: B007  (the last unit is kept for what is larger)
        size /= 1000
        if size < 999.95:
            break
    return f"{size:,.1f} {unit}"


def seconds_of(seconds: float) -> str:
    """``0.4 ms``, ``12 ms``, ``3.4 s``, ``2 min 5 s``."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.{0 if seconds >= 0.001 else 1}f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"

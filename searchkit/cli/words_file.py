"""A file that the command line names -> the words in it, or the certainty that it is text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

__all__ = ["text_file_option", "words_file_option"]


def words_file_option(name: str, help: str) -> Callable[[Any], Any]:
    """An option that names a file of words; the command is given the words, or None."""
    return click.option(
        name, type=click.Path(exists=True, dir_okay=False), metavar="FILE", callback=_words_of, help=help
    )


def text_file_option(name: str, help: str) -> Callable[[Any], Any]:
    """An option that names a file of text for the library; the command is given its path, or None."""
    return click.option(
        name, type=click.Path(exists=True, dir_okay=False), metavar="FILE", callback=_path_of, help=help
    )


def _words_of(ctx: click.Context, param: click.Parameter, path: str | None) -> list[str] | None:
    """A word a line, without the frequency and the tag that a user dictionary of jieba has behind it.

    Empty lines and lines that begin with # hold none.
    """
    if path is None:
        return None
    lines = _text_of(ctx, param, path).splitlines()
    return [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]


def _path_of(ctx: click.Context, param: click.Parameter, path: str | None) -> str | None:
    if path is not None:
        _text_of(ctx, param, path)
    return path


def _text_of(ctx: click.Context, param: click.Parameter, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise click.BadParameter(f"{path}: cannot be read: {error.strerror}", ctx, param) from None
    except UnicodeDecodeError:
        raise click.BadParameter(f"{path}: is not UTF-8", ctx, param) from None

"""Types of arguments on the command lines of the benchmarks."""

from __future__ import annotations

from argparse import ArgumentTypeError
from pathlib import Path

__all__ = ["existing"]


def existing(text: str) -> Path:
    """The path of a file or folder that is there: a wrong one ends the run before anything is measured."""
    path = Path(text)
    if not path.exists():
        raise ArgumentTypeError(f"there is no file or folder {text}")
    return path

"""The command line: arguments -> calls of searchkit's public names -> text for people, or JSON."""

from searchkit.cli.commands import main

__all__ = ["main"]

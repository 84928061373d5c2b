"""Index: what a program holds. It ties the layers together."""

from searchkit.index.index import Index
from searchkit.index.opening import check, create, open  # noqa: A004
from searchkit.index.several import search

__all__ = ["Index", "check", "create", "open", "search"]

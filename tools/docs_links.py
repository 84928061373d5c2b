"""A Griffe extension: `Name` in a docstring becomes a link where the API reference documents the name."""

from __future__ import annotations

import re
from typing import Any

from griffe import Alias, AliasResolutionError, Extension, Module, Object

CONTRACT = ("searchkit.engine.base", "searchkit.engine.plan")
"""Modules that the reference documents beside the names of `searchkit.__all__`."""
_NAME = re.compile(r"(?<![`\w])`([A-Za-z_]\w*(?:\.\w+)*)`(?!`)")


class Links(Extension):
    """Makes the links once the package is loaded."""

    def on_package(self, *, pkg: Module, **_: Any) -> None:
        """Go through the docstrings of all objects of the package."""
        documented = {f"searchkit.{name}" for name in pkg.exports or ()} | {
            f"{module}.{name}" for module in CONTRACT for name in pkg[module.partition(".")[2]].exports or ()
        }
        canonical = {pkg[path.partition(".")[2]].canonical_path: path for path in documented}
        _link_docstrings(pkg, pkg, canonical)


def _link_docstrings(pkg: Module, owner: Object, canonical: dict[str, str]) -> None:
    for member in owner.members.values():
        if not isinstance(member, Object):  # an alias: what it stands for has its turn elsewhere
            continue
        if docstring := member.docstring:

            def link(match: re.Match[str], member: Object = member) -> str:
                target = _target(pkg, member, match[1], canonical)
                return f"[{match[0]}][{target}]" if target else match[0]

            docstring.value = _NAME.sub(link, docstring.value)
        _link_docstrings(pkg, member, canonical)


def _target(pkg: Module, member: Object, name: str, canonical: dict[str, str]) -> str | None:
    """The documented path that the name means for the member: looked up in its class, module and package."""
    owner = member if member.is_class else member.parent
    for scope in (owner, member.module, pkg):
        first, *attributes = [*name.removeprefix("searchkit.").split(".")]
        if scope is None or first not in scope.members:
            continue
        path = canonical.get(_canonical_path(scope[first]))
        if path is None and (class_path := canonical.get(scope.canonical_path)):
            path = f"{class_path}.{first}"  # a member of a documented class
        if path and _is_documented(pkg, ".".join([path, *attributes])):
            return ".".join([path, *attributes])
    return None


def _is_documented(pkg: Module, path: str) -> bool:
    try:
        return pkg[path.partition(".")[2]].has_docstring
    except KeyError:
        return False


def _canonical_path(found: Object | Alias) -> str:
    try:
        return found.canonical_path
    except AliasResolutionError:  # of another package
        return ""

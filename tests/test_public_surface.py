"""The public surface: the names, the tree of exceptions, and that all of it is documented and typed."""

from __future__ import annotations

import builtins
import inspect
import pickle
import re
import warnings
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import searchkit
from searchkit import errors

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"

PUBLIC = {name: getattr(searchkit, name) for name in searchkit.__all__}
CLASSES = {name: value for name, value in PUBLIC.items() if inspect.isclass(value)}
EXCEPTIONS = {name: value for name, value in CLASSES.items() if issubclass(value, Exception)}


def test_all_is_sorted_and_has_no_name_twice() -> None:
    assert searchkit.__all__ == sorted(set(searchkit.__all__))


def test_all_names_are_attributes_of_the_package_and_the_other_way_round() -> None:
    shown = {
        name
        for name, value in vars(searchkit).items()
        if not name.startswith("_") and not isinstance(value, ModuleType) and name != "annotations"
    }
    assert shown == set(searchkit.__all__) - {"__version__"}


def test_the_table_of_public_names_is_all() -> None:
    section = (REFERENCE / "README.md").read_text(encoding="utf-8").split("\n## ")[1]
    documented = re.findall(r"^\| \[?`(\w+)`", section, re.MULTILINE)
    assert sorted(documented) == searchkit.__all__


def test_the_reference_has_every_public_name_on_the_page_that_the_table_links_to() -> None:
    table = (REFERENCE / "README.md").read_text(encoding="utf-8")
    linked = dict(re.findall(r"^\| \[`(\w+)`\]\((\w+\.md)\)", table, re.MULTILINE))
    assert set(linked) == set(searchkit.__all__) - {"__version__"}
    for name, page in linked.items():
        entries = (REFERENCE / page).read_text(encoding="utf-8").splitlines()
        assert f"::: searchkit.{name}" in entries, page


def test_a_star_import_gives_all_public_names() -> None:
    names: dict[str, Any] = {}
    exec("from searchkit import *", names)
    assert set(names) - {"__builtins__"} == set(searchkit.__all__)


def test_the_version_has_three_numbers() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+([a-z]+\d+)?", searchkit.__version__)


@pytest.mark.parametrize("name", sorted(set(PUBLIC) - {"__version__"}))
def test_every_public_name_has_a_docstring_of_its_own(name: str) -> None:
    doc = PUBLIC[name].__doc__
    assert doc
    assert not doc.startswith(f"{name}("), "the one that a dataclass makes by itself says nothing"
    if inspect.isclass(PUBLIC[name]):
        assert doc not in [base.__doc__ for base in PUBLIC[name].__mro__[1:]]


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_every_public_method_has_a_docstring(name: str) -> None:
    undocumented = [
        attribute
        for attribute, value in vars(CLASSES[name]).items()
        if not attribute.startswith("_")
        and (inspect.isfunction(value) or isinstance(value, property | classmethod | staticmethod))
        and not inspect.getdoc(value)
        and attribute not in ("id", "url", "source", "published")  # a Hit has what the Document has
    ]
    assert undocumented == []


@pytest.mark.parametrize(
    "name", sorted(CLASSES) + [name for name in PUBLIC if inspect.isfunction(PUBLIC[name])]
)
def test_every_public_signature_is_typed(name: str) -> None:
    value = PUBLIC[name]
    functions = (
        [value]
        if inspect.isfunction(value)
        else [
            member
            for attribute, member in vars(value).items()
            if inspect.isfunction(member) and not attribute.startswith("_")
        ]
    )
    for function in functions:
        signature = inspect.signature(function)
        parameters = [p for p in signature.parameters.values() if p.name != "self"]
        assert signature.return_annotation is not signature.empty, function
        assert all(parameter.annotation is not parameter.empty for parameter in parameters), function


def test_py_typed_is_part_of_the_package() -> None:
    assert (files("searchkit") / "py.typed").is_file()


def test_open_is_not_the_builtin() -> None:
    assert searchkit.open is not builtins.open
    assert list(inspect.signature(searchkit.open).parameters) == ["location", "verify"]


def test_every_exception_of_the_module_is_public() -> None:
    defined = {
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, Exception)
    }
    assert set(EXCEPTIONS) == defined
    assert defined <= set(searchkit.__all__)


@pytest.mark.parametrize("name", sorted(EXCEPTIONS))
def test_every_exception_derives_from_a_root_of_searchkit(name: str) -> None:
    root = searchkit.SearchkitWarning if issubclass(EXCEPTIONS[name], Warning) else searchkit.SearchkitError
    assert issubclass(EXCEPTIONS[name], root)
    assert EXCEPTIONS[name].__module__ == "searchkit.errors"


def test_the_tree_of_errors_in_the_docstring_is_complete() -> None:
    drawn: dict[str, str] = {}
    parents: dict[int, str] = {}
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"^([ │├└─]*)([A-Z]\w+(?:Error|Warning))\b", line)
        if match:
            depth = len(match[1])
            parents = {d: parent for d, parent in parents.items() if d < depth}
            drawn[match[2]] = parents[max(parents)] if parents else ""
            parents[depth] = match[2]
    expected = {
        name: base if (base := value.__base__.__name__) in EXCEPTIONS else ""
        for name, value in EXCEPTIONS.items()
    }
    assert drawn == expected


@pytest.mark.parametrize(
    "error",
    [
        searchkit.ArticleError("a/b.txt:3", "no text"),
        searchkit.DocumentError("no text", id="x"),
        searchkit.DocumentError("no text"),
        searchkit.QuerySyntaxError("甲 (", 2, "this bracket is not closed"),
        searchkit.QueryTooExpensiveError("甲 乙", 2, "乙 costs too much", cost=5, limit=4),
        searchkit.IndexLockedError("x: is being written by process 5"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_can_be_pickled(error: Exception) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_errors_hold_the_document_or_file_and_the_reason() -> None:
    article = searchkit.ArticleError("a/b.txt:3", "no text")
    assert (article.path, article.reason, str(article)) == ("a/b.txt:3", "no text", "a/b.txt:3: no text")
    document = searchkit.DocumentError("no text", id="x")
    assert (document.id, document.reason, str(document)) == ("x", "no text", "document 'x': no text")
    assert str(searchkit.DocumentError("no text")) == "no text"


def test_warnings_can_be_filtered_by_their_base_class() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", searchkit.SearchkitWarning)
        warnings.warn("x", searchkit.AnalyzerChangedWarning, stacklevel=1)

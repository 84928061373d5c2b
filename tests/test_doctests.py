"""Every example in a docstring of the library runs and says the truth."""

from __future__ import annotations

import doctest
from importlib import import_module
from pkgutil import walk_packages

import pytest

import searchkit

MODULES = sorted(
    module.name
    for module in walk_packages(searchkit.__path__, "searchkit.")
    if not module.name.endswith("__main__")
)


@pytest.mark.parametrize("name", MODULES)
def test_the_docstring_examples_of_a_module_run(name: str) -> None:
    failed, _ = doctest.testmod(import_module(name))
    assert failed == 0


@pytest.mark.parametrize(
    "name",
    [
        f"searchkit.analysis.{name}"
        for name in ("bigram_filter", "characters", "normalizer", "segmenter", "tokens")
    ],
)
def test_the_analysis_modules_have_docstring_examples(name: str) -> None:
    _, attempted = doctest.testmod(import_module(name))
    assert attempted > 0

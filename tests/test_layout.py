"""The package keeps its size and its words: small modules, no import cycles, no private vocabulary."""

from __future__ import annotations

import re
import tokenize
from graphlib import TopologicalSorter
from pathlib import Path

import grimp

PROJECT = Path(__file__).parent.parent
PACKAGE = PROJECT / "searchkit"
MODULES = sorted(PACKAGE.rglob("*.py"))
TEXTS = [*MODULES, *sorted((PROJECT / "docs").rglob("*.md"))]

# 15,000; the kernel, which is defined in Python and chosen here; and what finds what people mean: other
# spellings, numbers, dates, pinyin, hints, titles, fields of text; what queries cost, what stays of an index
# through forks, replaced folders, full disks and damage; what other people's programs need: more formats,
# rows of databases, several indexes in one search, a page of one's own.
MOST_LINES = 31_500
MOST_TOP_MODULES = 10
LONGEST_MODULE = 400
MAY_BE_LONGER = {"index.py"}

# What the field calls otherwise: LookedUp is a prefix cache, Turnstile a token bucket, a needle a highlight
# term, made_entries a document builder, one_sync reconcile, one_file a file reader, NothingAtAll MatchNone.
PRIVATE_WORDS = re.compile(
    r"\b(LookedUp|Turnstile|[Nn]eedles?|made_entries|make_entry|one_sync|one_file|NothingAtAll|other rules)\b"
)
PRIVATE_NAMES = {"Made", "occurrences"}
"""As names in code only: in a sentence they are words like any others."""


# The package searchkit on PyPI is somebody else's: a hint that names it installs a stranger's code.
OTHER_DISTRIBUTION = re.compile(
    r"searchkit\\?\[[a-z]+\\?\]|\b(?:pip|pipx|uv|poetry)\b[^|`\n]*\s'?searchkit(?![-\w./])"
)
PARTS = ("searchkit", "tests", "docs", "examples", "benchmarks", "tools", "indexes")
KINDS = {".py", ".md", ".toml", ".txt", ".html", ".yml", ".sh", ".ipynb", ".in", ".json"}


def lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def name_of(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def test_the_package_has_at_most_31500_lines() -> None:
    assert sum(len(lines_of(path)) for path in MODULES) <= MOST_LINES


def test_the_top_level_has_at_most_10_modules() -> None:
    assert len(list(PACKAGE.glob("*.py"))) <= MOST_TOP_MODULES


def test_no_module_is_longer_than_400_lines() -> None:
    lengths = {name_of(path): len(lines_of(path)) for path in MODULES if path.name not in MAY_BE_LONGER}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_code_and_documentation_have_no_private_words() -> None:
    found = [
        f"{name_of(path)}:{number}: {word}"
        for path in TEXTS
        for number, line in enumerate([name_of(path), *lines_of(path)])
        for word in PRIVATE_WORDS.findall(line)
    ]
    assert found == []


def test_no_hint_installs_the_distribution_of_a_stranger() -> None:
    files = [path for part in PARTS for path in (PROJECT / part).rglob("*") if path.suffix in KINDS]
    files += [path for path in PROJECT.iterdir() if path.suffix in KINDS or path.name == "Makefile"]
    assert len(files) > 200
    assert OTHER_DISTRIBUTION.search("pip install 'search" + "kit[web]'")
    assert OTHER_DISTRIBUTION.search("pip install --no-deps search" + "kit")
    found = [
        f"{name_of(path)}:{number}: {line.strip()}"
        for path in files
        for number, line in enumerate(lines_of(path), 1)
        if OTHER_DISTRIBUTION.search(line)
    ]
    assert found == []


def test_code_has_no_private_names() -> None:
    found = []
    for path in MODULES:
        with tokenize.open(path) as file:
            names = [
                token
                for token in tokenize.generate_tokens(file.readline)
                if token.type == tokenize.NAME and token.string in PRIVATE_NAMES
            ]
        found += [f"{name_of(path)}:{name.start[0]}: {name.string}" for name in names]
    assert found == []


def test_imports_have_no_cycle() -> None:
    graph = grimp.build_graph("searchkit", exclude_type_checking_imports=True, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    TopologicalSorter(imports).prepare()  # raises CycleError, which names the modules of a cycle

"""Every Python example of the documentation runs, in order, page by page."""

import re
import shutil
from importlib.resources import files
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
PYPROJECT = PROJECT / "pyproject.toml"
PAGES = sorted(
    [*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md"), PROJECT / "benchmarks" / "README.md"]
)
EXAMPLE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples(page: Path) -> list[tuple[int, str]]:
    text = page.read_text(encoding="utf-8")
    return [(text.count("\n", 0, match.start(1)), match[1]) for match in EXAMPLE.finditer(text)]


PAGES_WITH_EXAMPLES = [page for page in PAGES if examples(page)]


def test_readme_and_queries_page_have_examples():
    assert {page.name for page in PAGES_WITH_EXAMPLES} >= {"README.md", "queries.md"}


@pytest.mark.parametrize("page", PAGES_WITH_EXAMPLES, ids=lambda page: page.name)
def test_the_python_examples_of_a_page_run(page, tmp_path, monkeypatch, capsys):
    shutil.copytree(str(files("searchkit") / "sample" / "articles"), tmp_path / "articles")
    (tmp_path / "indexes").mkdir()
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for line, code in examples(page):
        # Padded, so that a failure names the line of the page.
        exec(compile("\n" * line + code, str(page), "exec"), names)


def test_links_between_pages_point_to_files():
    broken = []
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            if target != "url" and target != "address" and not (page.parent / target).exists():
                broken.append(f"{page.name}: {target}")
    assert broken == []


def test_the_installation_without_tantivy_has_all_other_dependencies():
    page = (PROJECT / "docs" / "engines.md").read_text(encoding="utf-8")
    command = re.search(r"\$ pip install (charset-normalizer(?:\\\n|[^\n])*)", page)
    assert command
    dependencies = re.search(
        r"^dependencies = \[(.*?)^\]", PYPROJECT.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    assert dependencies
    needed = {
        re.split(r"[<>=; ]", requirement)[0]
        for requirement in re.findall(r'^    "([^"]+)"', dependencies[1], re.MULTILINE)
        if "python_version" not in requirement
    }
    assert needed - {"tantivy", "rjieba"} <= set(re.sub(r"\\\n", " ", command[1]).split())

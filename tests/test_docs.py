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
BLOCK = re.compile(
    r"^(?:<!-- from (?P<file>\S+) -->\n)?```(?P<language>\w*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL
)
COMMENT = re.compile(r"  +#.*$", re.MULTILINE)
COMMANDS = ("pip install searchkit-zh", "searchkit demo")
README, README_ZH = PROJECT / "README.md", PROJECT / "README.zh.md"
CHINESE = [README_ZH, *sorted((PROJECT / "docs" / "zh").glob("*.md"))]


def blocks(page: Path) -> list[tuple[int, re.Match[str]]]:
    """Every block of code, with the line that it begins in."""
    text = page.read_text(encoding="utf-8")
    return [(text.count("\n", 0, match.start("code")), match) for match in BLOCK.finditer(text)]


def examples(page: Path) -> list[tuple[int, str]]:
    """What is executed: Python that is no piece of an example program, as those have tests of their own."""
    return [
        (line, block["code"])
        for line, block in blocks(page)
        if block["language"] == "python" and not block["file"]
    ]


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


def test_pieces_of_example_programs_stand_in_them_letter_by_letter():
    pieces = [(page, line, block) for page in PAGES for line, block in blocks(page) if block["file"]]
    assert {page.name for page, _, _ in pieces} == {"tutorial.md"}
    assert len(pieces) >= 20
    others = [
        f"{page.relative_to(PROJECT)}:{line}"
        for page, line, block in pieces
        if block["code"] not in (PROJECT / block["file"]).read_text(encoding="utf-8")
    ]
    assert others == []


def test_both_tutorials_show_the_same_pieces():
    english, chinese = (PROJECT / "docs" / name for name in ("tutorial.md", "zh/tutorial.md"))
    shown = [[COMMENT.sub("", block["code"]) for _, block in blocks(page)] for page in (english, chinese)]
    assert shown[0] == shown[1]


def told(page: Path) -> dict[str, list[str]]:
    """What the two READMEs have in common: all but the words."""
    text = page.read_text(encoding="utf-8")
    prose = BLOCK.sub("", text)
    rows = [line for line in prose.splitlines() if line.startswith("|")]
    return {
        "sections": re.findall(r"^(#+) ", prose, re.MULTILINE),
        "code": [COMMENT.sub("", block[0]) for _, block in blocks(page)],
        "links": [
            link.replace("docs/zh/", "docs/").replace("README.zh.md", "README.md")
            for link in re.findall(r"\]\(([^)\s]+)\)", prose)
        ],
        "items": re.findall(r"^\* (?=\*\*)|^\* (?=\S)", prose, re.MULTILINE),
        "figures": [" ".join(re.findall(r"[\d.,]*\d", row)) for row in rows],
        "bold": re.findall(r"\*\*[\d. /of]+\*\*", prose.replace(" / ", " of ")),
    }


def test_both_readmes_tell_the_same():
    english, chinese = told(README), told(README_ZH)
    for what, value in english.items():
        assert value == chinese[what], what
    assert len(english["sections"]) == len(re.findall(r"^## ", README.read_text("utf-8"), re.MULTILINE)) + 1


def test_the_readmes_begin_with_what_works_in_two_commands_and_are_short():
    for page in (README, README_ZH):
        (_, first), *_ = blocks(page)
        assert first["code"] == "".join(f"$ {command}\n" for command in COMMANDS)
        assert len(page.read_text(encoding="utf-8").splitlines()) <= 90


@pytest.mark.parametrize("page", CHINESE, ids=lambda page: page.relative_to(PROJECT).as_posix())
def test_chinese_pages_have_chinese_punctuation_and_spaces_beside_latin(page):
    prose = BLOCK.sub("", page.read_text(encoding="utf-8"))
    prose = re.sub(r"`[^`]*`", "`x`", re.sub(r"\]\([^)]*\)", "]", prose))
    prose = (
        re.sub(r"([。！？])\*\* ", r"\1", prose).replace("**", "").replace(" |", "|")
    )  # behind a full stop, bold type only ends before a space
    han = "[\u4e00-\u9fff]"
    glued = re.findall(rf"{han}\[?[A-Za-z0-9`][^\n]{{0,8}}|[^\n]{{0,8}}[A-Za-z0-9`]\]?{han}", prose)
    assert glued == []
    assert re.findall(rf"[^\n]{{0,8}}{han}[,.;:?!()][^\n]{{0,8}}|[,;:?!()]{han}[^\n]{{0,8}}", prose) == []
    assert re.findall(rf"{han}\n{han}", prose) == []  # browsers show a space there
    assert re.findall(r"[，。；：？！、（）「」] | [，。；：？！、（）]", prose) == []


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

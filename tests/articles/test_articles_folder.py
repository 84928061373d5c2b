"""What of a folder is read: kinds, indexes, the folders of programs, and patterns as git has them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import searchkit
from searchkit.articles import read_articles
from searchkit.articles.folder import IGNORE_FILE
from searchkit.errors import ArticleError


@pytest.fixture
def tree(tmp_path: Path) -> Callable[..., Path]:
    """Make a folder of files; those without text are articles."""

    def make(*names: str, **contents: str) -> Path:
        for name in names:
            path = tmp_path / "folder" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("题\n\n正文", encoding="utf-8")
        return tmp_path / "folder"

    return make


def read(root: Path, **options: object) -> list[str]:
    """The paths of the files that are read, from the folder on."""
    articles = read_articles(root, **options)  # type: ignore[arg-type]
    found = [Path(searchkit_path(document.url)).relative_to(root).as_posix() for document in articles]
    assert articles.failures == []
    return found


def searchkit_path(url: str) -> str:
    from urllib.parse import unquote, urlsplit

    return unquote(urlsplit(url).path)


NAMES = ("a.md", "b.txt", "drafts/a.md", "drafts/deep/c.md", "docs/drafts/d.md", "docs/e.txt", "中文/甲.md")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, NAMES),
        ({"include": "*.md"}, [name for name in NAMES if name.endswith(".md")]),
        ({"include": ["*.txt", "中文/"]}, ["b.txt", "docs/e.txt", "中文/甲.md"]),
        ({"include": "docs/**"}, ["docs/drafts/d.md", "docs/e.txt"]),
        ({"include": ["*.md", "!drafts/**"]}, ["a.md", "docs/drafts/d.md", "中文/甲.md"]),
        ({"exclude": "drafts/"}, ["a.md", "b.txt", "docs/e.txt", "中文/甲.md"]),
        ({"exclude": "/drafts"}, ["a.md", "b.txt", "docs/drafts/d.md", "docs/e.txt", "中文/甲.md"]),
        ({"exclude": "**/deep"}, [name for name in NAMES if "deep" not in name]),
        ({"exclude": ["*.md", "!a.md"]}, ["a.md", "b.txt", "docs/e.txt", "drafts/a.md"]),
        ({"exclude": ["*", "!中文/", "!甲.md"]}, ["中文/甲.md"]),
        ({"include": "*.md", "exclude": ["中文"]}, [name for name in NAMES[:5] if name.endswith(".md")]),
    ],
)
def test_patterns_are_those_of_gitignore(tree, options, expected):
    assert sorted(read(tree(*NAMES), **options)) == sorted(expected)


@pytest.mark.parametrize("name", ["include", "exclude"])
def test_what_is_no_pattern_is_an_error_at_once(tree, name):
    with pytest.raises(ValueError, match=f"{name}: '!' is no pattern like"):
        read_articles(tree("a.md"), **{name: ["*.md", "!"]})
    for nothing in ("", ["", " "]):
        with pytest.raises(ValueError, match=f"{name}: '' is no pattern like"):
            read_articles(tree("a.md"), **{name: nothing})
    with pytest.raises(TypeError, match=name):
        read_articles(tree("a.md"), **{name: [3]})
    with pytest.raises(ValueError, match=f"{name}: '!' is no pattern like"):
        searchkit.create(":memory:").sync(tree("a.md"), **{name: "!"})


def test_patterns_are_not_for_the_path_itself(tree, monkeypatch):
    root = tree("drafts/a.md")
    assert read(root / "drafts", exclude="drafts/") == ["a.md"]
    (document,) = read_articles(root / "drafts" / "a.md", include="*.txt", exclude="*.md")
    assert document.body == "题\n正文"
    monkeypatch.chdir(root)
    assert len(list(read_articles(".", exclude="/drafts"))) == 0
    assert len(list(read_articles("./", include="/drafts"))) == 1


def test_ignore_files_are_for_their_folder_and_the_inner_one_is_stronger(tree):
    root = tree(*NAMES, "docs/keep.md", "docs/x.txt")
    (root / IGNORE_FILE).write_text("# 草稿\n*.md\n!/a.md\n\ndrafts/\n", encoding="utf-8-sig")
    (root / "docs" / IGNORE_FILE).write_text("!keep.md\n/x.txt\n", encoding="utf-8")
    assert read(root) == ["a.md", "b.txt", "docs/e.txt", "docs/keep.md"]
    assert read(root, exclude="!drafts/") == ["a.md", "b.txt", "docs/e.txt", "docs/keep.md"]
    assert read(root, exclude=["/docs", "!*.md"]) == ["a.md", "b.txt", "中文/甲.md"], "options are stronger"


@pytest.mark.parametrize(("content", "reason"), [(b"*.md\n!\n", "'!'"), (b"\0\1\2", "binary")])
def test_nothing_of_a_folder_is_read_whose_ignore_file_is_damaged(tree, content, reason):
    root = tree("a.md", "docs/secret.md", "docs/deep/b.md")
    (root / "docs" / IGNORE_FILE).write_bytes(content)
    articles = read_articles(root)
    assert len(list(articles)) == 1
    (failure,) = articles.failures
    assert failure.path == str(root / "docs")
    assert reason in failure.reason


def test_sync_removes_what_becomes_excluded_and_keeps_what_cannot_be_told(tree):
    index = searchkit.create(":memory:")
    root = tree("a.md", "docs/b.md", "docs/c.md")
    assert index.sync(root).added == 3
    (root / "docs" / IGNORE_FILE).write_text("b.md\n!\n")
    report = index.sync(root)
    assert (report.deleted, len(report.failures), len(index)) == (0, 1, 3)
    (root / "docs" / IGNORE_FILE).write_text("b.md\n")
    assert (index.sync(root).deleted, len(index)) == (1, 2)
    assert (index.sync(root, exclude="docs/").deleted, len(index)) == (1, 1)
    assert index.sync(root, include="c.md", delete=False).deleted == 0
    assert index.sync(root).unchanged == 2


def test_indexes_and_the_folders_of_programs_are_not_read(tree):
    root = tree("a.md", "node_modules/x/README.md", "src/__pycache__/x.txt", "__MACOSX/a.md", "data/b.md")
    (root / "index.json").write_text('[{"body": "不是索引"}]', encoding="utf-8")
    for location in ("news", "whoosh:old/news"):
        searchkit.create(location.replace(":", f":{root}/") if ":" in location else root / location).close()
    (root / "news" / "data" / "extra.txt").write_text("x")
    index = searchkit.open(root / "news")
    assert index.sync(root).added == 3
    assert index.sync(root).unchanged == 3
    for location in (root / "news", root / "old" / "news"):
        with pytest.raises(ArticleError, match="this is an index, not a folder of articles"):
            read_articles(location)
    assert read(root / "node_modules") == ["x/README.md"], "when it is asked for"


def test_what_sync_skipped_is_counted_by_suffix(tree):
    root = tree("a.md", "p.PNG", "q.png", "style.css", "LICENSE", "x.tar.gz", "drafts/y.png")
    index = searchkit.create(":memory:")
    for _ in range(2):
        report = index.sync(root, exclude="drafts/")
        assert report.skipped == {".png": 2, ".css": 1, "": 1, ".tar.gz": 1}
        assert report.failures == []
    assert index.sync(root, root / "drafts").skipped[".png"] == 4


def test_hidden_files_and_what_word_leaves_of_an_open_file_are_not_read(tree):
    assert read(tree("a.md", ".b.md", "~$c.docx", "~d.md")) == ["a.md", "~d.md"]


OTHERS = {
    "feed.xml": "<rss><page/></rss>",
    "gbk.xml": '<?xml version="1.0" encoding="GBK"?><root/>',
    "list.plist.xml": "<!DOCTYPE plist><plist/>",
    "package.json": '{"name": "x", "files": ["a"]}',
    "lock.json": '{"packages": [{"name": "a"}], "aliases": [{"name": "b"}]}',
    "numbers.json": str([*range(1000)]),
    "points.json": '[{"x": 1}, {"x": 2}]',
    "log.jsonl": '{"level": "info"}\n' * 1000,
    "sales.csv": "month,amount\n1,20\n",
    "Thumbs.db": "no SQLite",
}


def test_files_of_another_use_are_no_failures_in_a_folder(tree):
    root = tree("a.md")
    for name, content in OTHERS.items():
        (root / name).write_text(content, encoding="utf-8")
    skipped = {".xml": 3, ".json": 4, ".jsonl": 1, ".csv": 1, ".db": 1}
    articles = read_articles(root)
    assert (len(list(articles)), articles.failures, articles.skipped) == (1, [], skipped)
    index = searchkit.create(":memory:")
    assert index.add(articles).ok
    assert articles.skipped == skipped
    for _ in range(2):
        report = index.sync(root)
        assert (report.unchanged, report.failures, report.skipped) == (1, [], skipped)
    (root / "sales.csv").write_text("title,amount\n茶,20\n", encoding="utf-8")
    report = index.sync(root)
    assert (report.added, report.skipped[".csv"]) == (1, 0)


@pytest.mark.parametrize("content", ["[3]", "[]", '{"name": "x"}'])
def test_a_file_that_had_articles_is_a_failure_and_keeps_them(tree, content):
    root = tree("a.md")
    (root / "b.json").write_text('[{"title": "茶"}]', encoding="utf-8")
    index = searchkit.create(":memory:")
    assert index.sync(root).added == 2
    (root / "b.json").write_text(content, encoding="utf-8")
    for _ in range(2):
        report = index.sync(root)
        assert (report.unchanged, report.deleted, report.skipped) == (2, 0, {})
        assert [failure.what for failure in report.failures] == [str(root / "b.json")]


@pytest.mark.parametrize("name", OTHERS)
def test_a_file_of_another_use_is_one_failure_when_it_is_named(name, tmp_path):
    path = tmp_path / name
    path.write_text(OTHERS[name], encoding="utf-8")
    articles = read_articles(path)
    assert list(articles) == []
    assert [failure.path for failure in articles.failures] == [str(path)]
    assert articles.skipped == {}
    index = searchkit.create(":memory:")
    assert [failure.what for failure in index.sync(path).failures] == [str(path)]
    with pytest.warns(searchkit.SearchkitWarning, match="nothing was indexed"):
        assert [failure.what for failure in index.add(articles).failures] == [str(path)]


def test_objects_that_are_none_are_failures_where_others_are_articles(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"level": 1}\n' * 50 + '{"title": "茶"}\n[1]\n', encoding="utf-8")
    articles = read_articles(path)
    assert [document.title for document in articles] == ["茶"]
    assert [failure.path.rpartition(":")[2] for failure in articles.failures] == [
        *map(str, range(1, 51)),
        "52",
    ]
    assert articles.failures[0].reason == "it has no title or body; it has level"


def test_a_link_to_a_folder_that_is_gone_is_a_failure(tree):
    root = tree("a.md")
    (root / "disk").symlink_to("/no/such/disk")
    (root / "photo.jpg").symlink_to("/no/such/photo")
    articles = read_articles(root)
    assert len(list(articles)) == 1
    assert [failure.path for failure in articles.failures] == [str(root / "disk")]
    assert articles.skipped == {".jpg": 1}


PARTS = st.sampled_from(["a", "b", "ab", "*", "a*", "?", "[ab]", "**", "c"])
PATTERNS = st.builds(
    lambda negated, anchored, parts, is_folder: negated + anchored + "/".join(parts) + is_folder,
    st.sampled_from(["", "!"]),
    st.sampled_from(["", "/"]),
    st.lists(PARTS, min_size=1, max_size=3),
    st.sampled_from(["", "/"]),
)


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
@given(patterns=st.lists(PATTERNS, min_size=1, max_size=4))
def test_git_leaves_out_the_same_files(tmp_path_factory, patterns):
    root = tmp_path_factory.mktemp("git")
    names = [f"{a}{b}" for a in ("", "a/", "b/", "ab/c/", "c/a/b/") for b in ("a.md", "b.txt", "ab.md")]
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("正文", encoding="utf-8")
    for name in (IGNORE_FILE, ".gitignore"):
        (root / name).write_text("\n".join(patterns), encoding="utf-8")
    for command in (["init", "-q"], ["-c", "core.quotePath=off", "ls-files", "-co", "--exclude-standard"]):
        done = subprocess.run(["git", *command], cwd=root, check=True, capture_output=True, text=True)
    assert sorted(read(root)) == sorted(set(done.stdout.split("\n")) & set(names))

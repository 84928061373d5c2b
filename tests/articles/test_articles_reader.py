"""Files and folders as a stream of documents: their order, and what became of every file."""

from __future__ import annotations

import builtins
import os
import socket
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import IO, Any

import pytest

from searchkit.articles import Articles, Replaced, read_articles
from searchkit.errors import ArticleError


def article(path: Path, url: str = "", ms: int | None = None, title: str = "题") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    comment = "" if ms is None else f"<!--{ms}-->\n"
    link = f"[{title}]({url})\n------\n" if url else f"{title}\n\n"
    path.write_text(f"{comment}{link}\n正文", encoding="utf-8")


def names(articles: Articles) -> list[str]:
    return [document.url.rsplit("/", 1)[-1] for document in articles]


def account(articles: Articles) -> list[str]:
    """Every file that was yielded and not replaced, replaced, or failed."""
    yielded = {document.id: document for document in articles}
    return (
        sorted(yielded)
        + [item.path for item in articles.replaced]
        + [item.path for item in articles.failures]
    )


def test_a_folder_is_read_in_sorted_order(tmp_path):
    for name in ["b/2.txt", "b/10.txt", "a.txt", "c.md", "b/a/x.txt", "a b.txt", "é\n.txt", "Z.txt"]:
        article(tmp_path / name)
    articles = read_articles(tmp_path)
    expected = ["Z.txt", "a%20b.txt", "a.txt", "10.txt", "2.txt", "x.txt", "c.md", "%C3%A9%0A.txt"]
    assert names(articles) == expected
    assert names(articles) == expected  # again
    assert articles.failures == articles.replaced == []


@pytest.mark.parametrize("kind", [str, Path, os.fspath])
def test_a_single_file_is_read(tmp_path, kind):
    article(tmp_path / "一.txt", "https://a.example/1", 0)
    (document,) = read_articles(kind(tmp_path / "一.txt"))
    assert document.id == "https://a.example/1"


def test_a_relative_path_makes_an_absolute_address(tmp_path, monkeypatch):
    article(tmp_path / "一.txt")
    monkeypatch.chdir(tmp_path)
    (document,) = read_articles("./一.txt")
    assert document.url == (tmp_path / "一.txt").as_uri()


def test_files_below_the_current_folder_are_named_without_it(tmp_path, monkeypatch):
    (tmp_path / "b").mkdir()
    for name in ("a.txt", "b/c.txt"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    for root in (".", "./"):
        articles = read_articles(root)
        assert list(articles) == []
        assert [failure.path for failure in articles.failures] == ["a.txt", str(Path("b/c.txt"))]


@pytest.mark.parametrize("name", ["无", "无/无.txt", ""])
def test_a_missing_path_is_an_error_at_once(tmp_path, name):
    path = str(tmp_path / name) + "x"
    with pytest.raises(ArticleError, match="no such file or folder") as caught:
        read_articles(path)
    assert caught.value.path == path


def test_an_unknown_encoding_is_an_error_at_once(tmp_path):
    with pytest.raises(ValueError, match="unknown encoding 'gb-1'"):
        read_articles(tmp_path, encoding="gb-1")


def test_a_forced_encoding_reaches_the_files(tmp_path):
    (tmp_path / "a.txt").write_bytes("镕".encode("gbk"))
    assert [document.body for document in read_articles(tmp_path, encoding="gbk")] == ["镕"]


def test_an_empty_folder_has_no_documents(tmp_path):
    articles = read_articles(tmp_path)
    assert list(articles) == articles.failures == articles.replaced == []


def test_hidden_files_are_passed_over_and_unknown_kinds_are_counted(tmp_path):
    article(tmp_path / "a.txt")
    article(tmp_path / ".hidden.txt")
    article(tmp_path / ".git" / "b.txt")
    article(tmp_path / "p.png")
    article(tmp_path / "无后缀")
    article(tmp_path / "x.tar.gz")
    articles = read_articles(tmp_path)
    assert names(articles) == ["a.txt"]
    assert articles.failures == []
    assert articles.skipped == {".png": 1, ".tar.gz": 1, "": 1}
    assert names(articles) == ["a.txt"]
    assert articles.skipped.total() == 3, "of the latest iteration"


def test_a_file_of_an_unknown_kind_that_is_asked_for_is_a_failure(tmp_path):
    for name, kind in {"p.png": "'.png'", "x.tar.gz": "'.tar.gz'", "无后缀": "''"}.items():
        article(tmp_path / name)
        articles = read_articles(tmp_path / name)
        assert list(articles) == []
        (failure,) = articles.failures
        assert failure.reason.startswith(f"unknown kind of file {kind}; known are .txt, .md, ")


def test_a_hidden_path_is_read_when_it_is_asked_for(tmp_path):
    article(tmp_path / ".hidden" / "a.txt")
    assert names(read_articles(tmp_path / ".hidden")) == ["a.txt"]
    article(tmp_path / ".a.txt")
    assert names(read_articles(tmp_path / ".a.txt")) == [".a.txt"]


def test_every_failure_has_its_reason_and_the_rest_is_read(tmp_path):
    article(tmp_path / "a.txt")
    (tmp_path / "b.txt").touch()
    (tmp_path / "c.txt").write_bytes(b"\x00\x01\x02\xff\xfe")
    (tmp_path / "d.html").write_text("<p></p>")
    (tmp_path / "e.jsonl").write_text('{"body": "好"}\n坏\n', encoding="utf-8")
    (tmp_path / "f.txt").symlink_to("nowhere")
    os.mkfifo(tmp_path / "g.txt")
    article(tmp_path / "h.txt")
    articles = read_articles(tmp_path)
    assert len(list(articles)) == 3
    reasons = {Path(failure.path).name: failure.reason for failure in articles.failures}
    assert reasons == {
        "b.txt": "an empty file",
        "c.txt": "a binary file: it has zero bytes in it",
        "d.html": "there is no text in it",
        "e.jsonl:2": reasons["e.jsonl:2"],
        "f.txt": "cannot be read: No such file or directory",
        "g.txt": "not a regular file",
    }
    assert all(isinstance(failure, ArticleError) for failure in articles.failures)


def test_failures_grow_while_iterating_and_start_anew(tmp_path):
    article(tmp_path / "b.txt")
    for name in ["a.txt", "c.txt"]:
        (tmp_path / name).touch()
    articles = read_articles(tmp_path)
    documents = iter(articles)
    assert articles.failures == []
    next(documents)
    assert [Path(failure.path).name for failure in articles.failures] == ["a.txt"]
    assert list(documents) == []
    assert len(articles.failures) == 2
    (tmp_path / "a.txt").unlink()
    assert len(list(articles)) == 1
    assert [Path(failure.path).name for failure in articles.failures] == ["c.txt"]


def test_a_file_that_vanishes_while_iterating_is_a_failure(tmp_path):
    for name in ["a.txt", "b.txt", "d/e.txt"]:
        article(tmp_path / name)
    articles = read_articles(tmp_path)
    documents = iter(articles)
    next(documents)
    (tmp_path / "b.txt").unlink()
    (tmp_path / "d/e.txt").unlink()
    (tmp_path / "d").rmdir()
    assert list(documents) == []
    assert [Path(failure.path).name for failure in articles.failures] == ["b.txt", "d"]
    assert all(failure.reason.startswith("cannot be read") for failure in articles.failures)


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read every file")
def test_unreadable_files_and_folders_are_failures(tmp_path):
    article(tmp_path / "a.txt")
    article(tmp_path / "b" / "c.txt")
    article(tmp_path / "d.txt")
    (tmp_path / "a.txt").chmod(0)
    (tmp_path / "b").chmod(0)
    try:
        articles = read_articles(tmp_path)
        assert names(articles) == ["d.txt"]
        assert [Path(failure.path).name for failure in articles.failures] == ["a.txt", "b"]
        assert {failure.reason for failure in articles.failures} == {"cannot be read: Permission denied"}
    finally:
        (tmp_path / "b").chmod(0o700)


def test_a_file_that_may_not_be_read_is_a_failure(tmp_path, monkeypatch):
    article(tmp_path / "a.txt")
    article(tmp_path / "b.txt")
    open_file = open

    def refuse(path: str, *arguments: Any, **options: Any) -> IO[Any]:
        if path == str(tmp_path / "a.txt"):
            raise PermissionError(13, "Permission denied")
        return open_file(path, *arguments, **options)

    articles = read_articles(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(builtins, "open", refuse)
        assert names(articles) == ["b.txt"]
    assert [(Path(failure.path).name, failure.reason) for failure in articles.failures] == [
        ("a.txt", "cannot be read: Permission denied")
    ]


def test_symbolic_links_are_followed_but_not_in_loops(tmp_path):
    root = tmp_path / "root"
    article(tmp_path / "outside" / "a.txt")
    article(root / "b" / "c.txt")
    (root / "link").symlink_to(tmp_path / "outside")
    (root / "file.txt").symlink_to(tmp_path / "outside" / "a.txt")
    (root / "b" / "up").symlink_to(root)
    (root / "b" / "self").symlink_to("self")
    (root / "again").symlink_to(tmp_path / "outside")
    articles = read_articles(root)
    assert names(articles) == ["a.txt", "c.txt", "file.txt"]
    assert [(Path(failure.path).name, failure.reason) for failure in articles.failures] == [
        ("self", "cannot be read: Too many levels of symbolic links"),
        ("up", "a link to a folder that has been read already"),
        ("link", "a link to a folder that has been read already"),
    ]


def test_a_deep_tree_is_read_without_recursion(tmp_path):
    folder = tmp_path
    for _ in range(400):
        folder = folder / "深"
    article(folder / "a.txt")
    assert names(read_articles(tmp_path)) == ["a.txt"]


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX only")
def test_file_names_that_are_not_utf_8_are_read(tmp_path):
    for name in [b"\xff\xfe.txt", b"\xff.md"]:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text(
            "正文" if name.endswith(b"txt") else "", encoding="utf-8"
        )
    articles = read_articles(tmp_path)
    (document,) = articles
    assert document.url.endswith("/%FF%FE.txt")
    (failure,) = articles.failures
    str(failure).encode()  # it can be printed
    assert "dcff" in failure.path


U = "https://a.example/"


@pytest.mark.parametrize(
    ("dates", "yielded", "replaced"),
    [
        ((1, 2), ["a", "b"], [("a", "b")]),
        ((2, 1), ["a"], [("b", "a")]),
        ((1, 1), ["a", "b"], [("a", "b")]),
        ((None, None), ["a", "b"], [("a", "b")]),
        ((5, None), ["a", "b"], [("a", "b")]),
        ((None, 5), ["a", "b"], [("a", "b")]),
        ((1, 3, 2), ["a", "b"], [("a", "b"), ("c", "b")]),
        ((3, 1, 4), ["a", "c"], [("b", "a"), ("a", "c")]),
        ((1, 2, 3), ["a", "b", "c"], [("a", "b"), ("b", "c")]),
    ],
)
def test_the_latest_document_with_an_id_wins(tmp_path, dates, yielded, replaced):
    for name, date in zip("abc", dates, strict=False):
        article(tmp_path / f"{name}.txt", U + "same", date, title=name)
    article(tmp_path / "z.txt", U + "other", 9, title="z")
    articles = read_articles(tmp_path)
    assert [document.title for document in articles] == [*yielded, "z"]
    assert [(Path(item.path).stem, Path(item.by).stem) for item in articles.replaced] == replaced
    assert len(account(articles)) == len(dates) + 1


def test_json_lines_with_one_id_replace_each_other(tmp_path):
    (tmp_path / "a.jsonl").write_text(
        '{"id": "1", "body": "旧"}\n{"id": "2", "body": "二"}\n{"id": "1", "body": "新"}\n', encoding="utf-8"
    )
    articles = read_articles(tmp_path)
    assert [document.body for document in articles] == ["旧", "二", "新"]
    path = tmp_path / "a.jsonl"
    assert articles.replaced == [Replaced(f"{path}:1", by=f"{path}:3")]
    assert list(articles)
    assert len(articles.replaced) == 1


def test_replaced_is_a_frozen_value(tmp_path):
    item = Replaced("a", "b")
    with pytest.raises(FrozenInstanceError):
        item.path = "c"  # type: ignore[misc]
    assert item == Replaced(path="a", by="b")


def test_a_socket_is_not_waited_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the name of a socket must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("a.txt")
        articles = read_articles(tmp_path)
        assert list(articles) == []
    assert articles.failures[0].reason == "not a regular file"


def test_the_repr_of_articles_names_the_path(tmp_path):
    assert repr(read_articles(tmp_path)) == f"Articles({str(tmp_path)!r})"

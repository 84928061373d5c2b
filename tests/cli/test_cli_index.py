"""searchkit index: what it makes of files, what it says of them, and that it commits all or nothing."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import searchkit
from searchkit.engine.tantivy import TantivyWriter
from searchkit.indexing import pipeline


def contents(location):
    with searchkit.open(location) as index:
        return sorted(document.title for document in index)


def write(folder, name, text="一句話。"):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def test_index_creates_an_index_and_prints_a_summary(run, articles):
    result = run("index", str(articles), "--to", "news")
    counts, size = result.stdout.splitlines()
    assert re.fullmatch(
        r"3 added, 0 updated, 0 replaced, 0 failed in [\d.]+ m?s \([\d,]+ documents a second\)", counts
    )
    assert re.fullmatch(r"news: 3 documents, [\d.]+ kB", size)
    assert (result.exit_code, result.stderr) == (0, "")
    assert contents("news") == ["第0篇", "第1篇", "第2篇"]


def test_memory_is_given_in_megabytes(run, articles):
    assert run("index", str(articles), "--to", "news", "--memory", "16").exit_code == 0
    refused = run("index", str(articles), "--to", "news", "--memory", "15")
    assert (refused.exit_code, "16" in refused.stderr) == (2, True)


def test_index_takes_several_paths(run, articles, tmp_path):
    write(tmp_path / "more", "9.txt", "第9篇\n\n別的。")
    assert run("index", str(articles), str(tmp_path / "more" / "9.txt"), "--to", "news").exit_code == 0
    assert len(contents("news")) == 4


def test_the_summary_counts_replaced_documents_of_all_files(run, tmp_path):
    """In one file an older article comes behind a newer, in another a newer one replaces both."""
    line = '{{"id": "{}", "body": "第{}版", "published": "{}-01-01T00:00:00Z"}}\n'
    write(
        tmp_path / "a",
        "a.jsonl",
        line.format("x", 1, 2002) + line.format("x", 0, 2001) + line.format("y", 0, 2001),
    )
    write(tmp_path / "b", "b.jsonl", line.format("x", 2, 2003) + line.format("x", 3, 2004) + "{}\n")
    result = run("index", str(tmp_path / "a"), str(tmp_path / "b"), "--to", "news")
    assert result.stdout.startswith("2 added, 0 updated, 3 replaced, 1 failed")
    assert (
        result.stdout.count("\nreplaced: of several articles with the same id or url the latest counts\n")
        == 1
    )
    with searchkit.open("news") as index:
        assert index.get("x").body == "第3版"


def test_quiet_prints_failures_only(run, articles):
    write(articles, "broken.txt", "")
    for option in ("-q", "--quiet"):
        result = run("index", str(articles), "--to", "news", option)
        assert (result.exit_code, result.stdout) == (0, "")
        assert result.stderr == f"{articles / 'broken.txt'}: an empty file\n"


@pytest.mark.parametrize(("strict", "status"), [([], 0), (["--strict"], 1)])
def test_files_that_fail_do_not_stop_the_others(run, articles, strict, status):
    write(articles, "page.html", "<p></p>")
    result = run("index", str(articles), "--to", "news", *strict)
    assert result.exit_code == status
    assert f"{articles / 'page.html'}: there is no text in it" in result.stderr
    assert "3 added, 0 updated, 0 replaced, 1 failed" in result.stdout
    assert len(contents("news")) == 3


def test_strict_exits_with_0_without_failures(run, articles):
    assert run("index", str(articles), "--to", "news", "--strict").exit_code == 0


def test_only_the_first_20_failures_are_listed(run, articles):
    for number in range(25):
        write(articles, f"broken{number:02}.txt", "")
    lines = run("index", str(articles), "--to", "news").stderr.splitlines()
    assert len(lines) == 21
    assert lines[19].endswith("broken19.txt: an empty file")
    assert lines[20] == "… and 5 more; -v lists all of them"
    assert len(run("index", str(articles), "--to", "news", "-v").stderr.splitlines()) == 25


def test_encoding_is_used_instead_of_detection(run, tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "a.txt").write_bytes("標題\n\n圖書館".encode("big5"))
    run("index", str(tmp_path / "old"), "--encoding", "big5", "--to", "right")
    assert contents("right") == ["標題"]
    run("index", str(tmp_path / "old"), "--encoding", "latin-1", "--to", "wrong")
    assert contents("wrong") != ["標題"]


# -- words


def test_user_words_and_stop_words_are_read_from_files(run, articles, tmp_path):
    (tmp_path / "words.txt").write_text(
        "\ufeff# 人名\n\n王毅称 3 nr\n張三豐\n  上川陽子  \nC#\n", encoding="utf-8"
    )
    (tmp_path / "stop.txt").write_text("的\n了\n", encoding="utf-8")
    words = ("--user-words", str(tmp_path / "words.txt"), "--stop-words", str(tmp_path / "stop.txt"))
    assert run("index", str(articles), "--to", "news", *words).exit_code == 0
    with searchkit.open("news") as index:
        found = index.stats()
        # The words are no public names; how many there are, is.
        assert (found.user_words, found.stop_words) == (4, 2)


@pytest.mark.parametrize("option", ["--user-words", "--stop-words"])
def test_word_files_are_refused_for_an_existing_index(run, articles, tmp_path, option):
    (tmp_path / "words.txt").write_text("王毅\n", encoding="utf-8")
    run("index", str(articles), "--to", "news")
    write(articles, "3.txt")
    result = run("index", str(articles), "--to", "news", option, str(tmp_path / "words.txt"))
    assert result.exit_code == 2
    assert result.stderr.startswith(
        f"error: {option} belongs to the creation of an index, and there is one at news"
    )
    assert len(contents("news")) == 3


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"\xff\xfe\x00", "is not UTF-8"), (None, "does not exist")],
    ids=["binary", "missing"],
)
def test_unreadable_word_files_are_refused(run, articles, tmp_path, content, reason):
    if content is not None:
        (tmp_path / "words.txt").write_bytes(content)
    result = run("index", str(articles), "--to", "news", "--user-words", str(tmp_path / "words.txt"))
    assert result.exit_code == 2
    assert reason in result.stderr
    with pytest.raises(searchkit.IndexNotFoundError):
        searchkit.open("news")


# -- what of a folder is read


def test_verbose_counts_the_files_of_kinds_that_nobody_reads(run, articles):
    for name in ("a.png", "b.png", "c.css", "LICENSE"):
        write(articles, name)
    assert run("index", str(articles), "--to", "news").stderr == ""
    result = run("index", str(articles), "--to", "news", "-v")
    assert result.stderr == "not read: 2 .png, 1 without a suffix, 1 .css (give one as PATH to see why)\n"


def test_patterns_choose_the_files(run, articles):
    write(articles, "drafts/4.txt")
    write(articles, "5.md")
    assert run("index", str(articles), "--to", "news").exit_code == 0
    assert len(contents("news")) == 5
    patterns = ("--include", "*.txt", "--include", "5.md", "--exclude", "drafts/", "--exclude", "1.*")
    assert "2 deleted" in run("index", str(articles), "--to", "news", *patterns).stdout
    result = run("index", str(articles), "--to", "none", "--include", "*.tx")
    assert result.stderr == "warning: no file with an article matches --include '*.tx'\n"
    result = run("index", str(articles), "--to", "other", "--include", "!")
    assert result.stderr.startswith("error: include: '!' is no pattern like '*.md' or 'drafts/'")
    assert not Path("other").exists()


def test_a_database_and_names_of_columns(run, tmp_path):
    with closing(sqlite3.connect(tmp_path / "blog.db")) as database, database:
        database.execute("CREATE TABLE posts (id INTEGER, subject TEXT)")
        database.execute("INSERT INTO posts VALUES (7, '茶')")
    command = ("index", str(tmp_path / "blog.db"), "--to", "blog", "--query", "SELECT * FROM posts")
    assert "no column is called title or body" in run(*command).stderr
    assert "1 added" in run(*command, "--column", "subject=title").stdout
    assert "write NAME=FIELD" in run(*command, "--column", "subject").stderr
    assert "'subject' cannot be 'titel'" in run(*command, "--column", "subject=titel").stderr


# -- interrupted


def test_ctrl_c_while_reading_commits_nothing(run, articles, monkeypatch):
    run("index", str(articles), "--to", "news")
    write(articles, "3.txt")
    write(articles, "4.txt")
    read = pipeline.read_file

    def interrupted(path, encoding):
        if Path(path).name == "4.txt":
            raise KeyboardInterrupt
        return read(path, encoding)

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "read_file", interrupted)
        result = run("index", str(articles), "--to", "news")
    assert (result.exit_code, result.stdout) == (130, "")
    assert result.stderr == "interrupted: nothing was committed\n"
    assert len(contents("news")) == 3
    assert run("index", str(articles), "--to", "news").exit_code == 0, "the lock was let go"


def test_ctrl_c_while_committing_says_the_outcome_is_unknown(run, articles, monkeypatch):
    def interrupted(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(TantivyWriter, "commit", interrupted)
    result = run("index", str(articles), "--to", "news")
    assert result.exit_code == 130
    assert result.stderr == "interrupted: it may or may not have been committed\n"

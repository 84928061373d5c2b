"""Files without end, or that become so in memory: a reason in time, and the rest is read."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from searchkit.articles import FileDocument, json_lines, markdown, read_file
from searchkit.articles.readers import LARGEST_FILE
from searchkit.errors import ArticleError
from searchkit.html import tree

MEGABYTE = 1_000_000
MEMORY = 1500 * MEGABYTE
"""What a child may address: Python and its libraries take a third of it."""

READ = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]),) * 2)
from searchkit.articles import FileDocument, read_file
for found in read_file(sys.argv[1]):
    print(found.document.id if isinstance(found, FileDocument) else f"{found.path}: {found.reason}")
"""


def read_with_little_memory(path: Path, memory: int = MEMORY) -> list[str]:
    """What a process reads that may not have more memory."""
    command = [sys.executable, "-c", READ, str(path), str(memory)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


def write_packed(path: Path, pieces: Iterator[bytes]) -> None:
    with gzip.open(path, "wb", compresslevel=9) as file:
        for piece in pieces:
            file.write(piece)


def lines_around(middle: bytes, times: int) -> Iterator[bytes]:
    yield b'{"id": "first", "body": "x"}\n{"id": "bomb", "body": "'
    for _ in range(times):
        yield middle
    yield b'"}\n{"id": "last", "body": "x"}\n'


@pytest.mark.slow
@pytest.mark.parametrize("megabytes", [60, 200])
def test_a_long_line_in_a_small_archive_takes_little_memory(megabytes: int, tmp_path: Path) -> None:
    path = tmp_path / "bomb.jsonl.gz"
    write_packed(path, lines_around(b"a" * MEGABYTE, megabytes))
    assert path.stat().st_size < 250_000
    first, bomb, last = read_with_little_memory(path)
    assert (first, last) == ("first", "last")
    assert "too large" in bomb if megabytes == 60 else "is longer than" in bomb


@pytest.mark.slow
def test_an_archive_that_expands_without_end_is_left(tmp_path: Path) -> None:
    path = tmp_path / "bomb.jsonl.gz"
    write_packed(path, lines_around(b"a" * MEGABYTE, 2000))
    first, line, end = read_with_little_memory(path)
    assert first == "first"
    assert line.startswith(f"{path}:2: the line is longer than")
    assert end.startswith(f"{path}:3: the file expands to more than 200 times its size")
    assert "gunzip" in end


@pytest.mark.slow
@pytest.mark.parametrize("part", [b"[],", b'{"":0},', b"0,"])
def test_a_line_of_many_small_parts_takes_little_memory(part: bytes, tmp_path: Path) -> None:
    path = tmp_path / "parts.jsonl"
    path.write_bytes(
        b'{"body": "x", "a": [' + part * (60 * MEGABYTE // len(part)) + b'0]}\n{"id": "2", "body": "x"}\n'
    )
    many, second = read_with_little_memory(path)
    assert "more than 5,000,000 commas" in many
    assert second == "2"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("a.html", "<b>"),
        ("a.html", "<p>茶"),
        ("a.html", "&amp;"),
        ("a.html", "茶"),
        ("a.md", "*a* "),
        ("a.md", "- a\n"),
        ("a.md", "茶\n\n"),
        ("a.md", "|a|b\n|-|-\n"),
        ("a.md", "茶"),
        ("a.txt", "茶\n"),
    ],
)
def test_a_file_of_the_largest_size_takes_little_memory(name: str, part: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(part * (LARGEST_FILE // len(part.encode())), encoding="utf-8")
    [found] = read_with_little_memory(path)
    assert found.startswith(str(path))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("start", "part", "end"),
    [
        ("", "<a/>", ""),
        ("<w:p>", "<w:t>茶</w:t>", "</w:p>"),
        ("<w:tr>", "<w:tc><w:p/></w:tc>", "</w:tr>"),
    ],
)
def test_a_word_file_of_the_most_tags_takes_little_memory(
    start: str, part: str, end: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.docx"
    times = 4_999_000 // part.count("<")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", f'<w:d xmlns:w="w">{start}{part * times}{end}</w:d>')
    assert path.stat().st_size < 1_000_000
    [found] = read_with_little_memory(path)
    assert found.startswith((path.as_uri(), str(path)))


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_a_larger_file_is_not_opened(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(100 * 1000 * MEGABYTE)  # of nothing, which takes no room on the disk
    (found,) = read_file(path)
    assert isinstance(found, ArticleError)
    assert found.reason.startswith(
        "too large for one article: 100,000,000,000 bytes, where 32,000,000 are read"
    )


def test_too_many_tags_and_marks_are_a_failure(
    refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "_MOST_TAGS", 10)
    monkeypatch.setattr(markdown, "_MOST_MARKS", 10)
    assert refused("<p>茶" * 11, "a.html").startswith("has 11 tags; at most 10 are read")
    assert refused("*茶* " * 6, "a.md").startswith("has 12 marks of Markdown and lines; at most 10")
    assert "rename it to .txt" in refused("茶\n" * 11, "a.md")


def test_aliases_in_front_matter_are_not_expanded(read: Callable[..., object]) -> None:
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 30))
    document = read(f"---\ntitle: 茶\nl0: &l0 [x]\n{levels}tags: *l29\n---\n正文", "a.md")
    assert (document.title, document.tags) == ("茶", ())  # type: ignore[attr-defined]


def test_a_name_that_an_object_has_twice_is_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"id": "1", "body": "茶", "id": "2"}\n{"body": "茶", "extra": {"a": {"b": 1, "b": 2}}}\n'
    )
    reasons = [found.reason for found in read_file(path) if isinstance(found, ArticleError)]
    assert reasons == [f"not JSON: an object has the name {name!r} twice" for name in ("id", "b")]


def test_a_line_of_just_the_longest_length_hides_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"body": "茶"}\n{"body": "水"}\n', encoding="utf-8")
    for longest in range(1, 40):
        monkeypatch.setattr(json_lines, "LARGEST_RECORD", longest)
        found = list(read_file(path))
        assert len(found) == 2
        assert all(isinstance(one, FileDocument) for one in found) == (longest >= 16)


def test_the_ratio_counts_what_was_read_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "_MAY_EXPAND", 1000)
    monkeypatch.setattr(json_lines, "_MOST_EXPANDED", 20)
    line = b'{"body": "' + b"a" * 90 + b'"}\n'
    for name, content in (("a.jsonl.gz", gzip.compress(line * 1000)), ("a.jsonl", line * 1000)):
        (tmp_path / name).write_bytes(content)
    plain = list(read_file(tmp_path / "a.jsonl"))
    packed = list(read_file(tmp_path / "a.jsonl.gz"))
    assert len(plain) == 1000
    assert 10 <= len(packed) < 1000
    assert isinstance(packed[-1], ArticleError)
    assert packed[-1].path == f"{tmp_path / 'a.jsonl.gz'}:{len(packed)}"

"""The pipe runs in a plain shell, with jq as it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from searchkit import Index

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

pytestmark = pytest.mark.skipif(shutil.which("jq") is None, reason="needs jq: apt-get install jq")


def run(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs it with the searchkit that is tested, whatever else is called so."""
    program = tmp_path / "searchkit"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m searchkit "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return subprocess.run(
        ["/bin/sh", EXAMPLES / "pipe.sh"],
        env={
            **os.environ,
            "PYTHONPATH": str(EXAMPLES.parent),
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            **environment,
        },
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_pipe_prints_hits_spellings_sources_and_lengths(
    in_demo: None, tmp_path: Path, index: Index
) -> None:
    result = run(tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    hits, spellings, sources, longest = (
        part.splitlines()[1:] for part in result.stdout.removeprefix("# ").split("\n# ")
    )
    expected = index.search("图书馆", sort="newest")
    assert [line.split("\t") for line in hits] == [
        [hit.published.date().isoformat(), hit.title.text, hit.url] for hit in expected if hit.published
    ]
    assert {tuple(line.split()) for line in spellings} == {("6", "图书馆"), ("1", "圖書館"), ("2", "図書館")}
    assert sources == ["3\tdaily.example.com", "1\ttaipei.example.org"]
    lengths: dict[str, int] = {}
    for document in index:
        lengths[document.source] = max(lengths.get(document.source, 0), len(document.body))
    assert [line.split("\t")[:2] for line in longest] == [
        [source, str(lengths[source])] for source in sorted(lengths)
    ]


def test_a_malformed_query_ends_the_pipe_with_status_2(in_demo: None, tmp_path: Path) -> None:
    result = run(tmp_path, QUERY="图书馆 (")
    assert (result.returncode, result.stdout) == (2, "")
    assert "there is nothing in this group" in result.stderr


def test_query_and_index_come_from_the_environment(demo: Path, tmp_path: Path) -> None:
    result = run(tmp_path, QUERY="乾隆 雪水", SEARCHKIT_INDEX=str(demo / "indexes" / "demo"))
    assert result.returncode == 0
    assert "乾隆的一杯雪水茶" in result.stdout

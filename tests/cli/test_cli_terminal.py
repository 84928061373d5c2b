"""The command line in a terminal, in a pipe that closes, and under Ctrl-C: real processes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

import searchkit

pty = pytest.importorskip("pty", reason="there are no pseudo terminals here")


@pytest.fixture
def in_terminal(environment):
    """Runs the command line in a terminal of 60 columns: its exit status and all it wrote.

    What is ``typed`` stands there when it asks.
    """

    def in_terminal(*arguments: str, typed: str = "", **variables: str) -> tuple[int, str]:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "searchkit", *arguments],
            env={**environment, "COLUMNS": "60", "LINES": "24", **variables},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            close_fds=True,
        )
        os.close(theirs)
        os.write(ours, typed.encode())
        written = b""
        try:
            while piece := os.read(ours, 65536):
                written += piece
        except OSError:  # how Linux says that the other end is closed
            pass
        os.close(ours)
        return process.wait(timeout=60), written.decode().replace("\r\n", "\n")

    return in_terminal


def test_a_terminal_gets_colours_and_wrapped_snippets(in_terminal, sample):
    status, output = in_terminal("search", "乾隆", "--in", sample)
    assert status == 0
    title = "\x1b[2m1. \x1b[0m\x1b[1;33m乾隆\x1b[0m\x1b[1m的一杯雪水茶\x1b[0m\n"
    assert output.startswith(
        f"{title}   \x1b[2m2023-01-26 · daily.example.com/2023/01/26/tea_(qianlong)\x1b[0m\n"
    )
    snippet = output.split("\n\n")[0].splitlines()[2:]
    assert len(snippet) > 1
    for line in snippet:
        text = re.sub(r"\x1b\[[\d;]*m", "", line)
        assert len(text.encode("gb18030")) <= 60  # two bytes where there are two columns


def test_no_color_turns_colours_off_in_a_terminal(in_terminal, sample):
    status, output = in_terminal("search", "乾隆", "--in", sample, NO_COLOR="1")
    assert status == 0
    assert "\x1b" not in output
    assert output.startswith("1. 乾隆的一杯雪水茶\n   2023-01-26 · ")


def test_facets_and_duplicates_fit_into_a_terminal(in_terminal, shop):
    arguments = ("說明", "--collapse", "--facets", "source,author,month", "--limit", "12", "--in", shop)
    status, output = in_terminal("search", *arguments)
    assert status == 0
    assert "\n\x1b[1msource\x1b[0m  00號店" in output
    assert re.search(r"\n    \x1b\[2malso (轉載報 · 轉載|03號店 · 第3種茶)\x1b\[0m\n", output)
    assert max(columns(output)) <= 60


def test_suggestions_fit_into_a_terminal(in_terminal, sample):
    status, output = in_terminal("suggest", "遣", "--in", sample, COLUMNS="40")
    assert status == 0
    assert re.search(r"\n遣唐使特展开幕.*… {1,3}\x1b\[2m", output)
    assert max(columns(output)) <= 40


def columns(output):
    """How wide each line is, where two bytes are two columns."""
    return [len(re.sub(r"\x1b\[[\d;]*m", "", line).encode("gb18030")) for line in output.splitlines()]


def test_did_you_mean_is_coloured_in_a_terminal(in_terminal, sample):
    status, output = in_terminal("search", "pyhton", "--in", sample)
    assert status == 0
    assert "\n\x1b[36m\x1b[1mdid you mean:\x1b[0m python\n" in output


def test_json_in_a_terminal_is_indented(in_terminal, sample):
    _, output = in_terminal("search", "乾隆", "--json", "--in", sample)
    assert output.startswith('{\n  "query": "乾隆",\n')
    assert json.loads(output)["total"] == 2


def test_demo_highlights_matches_in_a_terminal(in_terminal, tmp_path):
    status, output = in_terminal("demo", "--to", str(tmp_path / "demo"))
    assert status == 0
    assert "節水" not in output
    assert "\x1b[1;33m國際論壇\x1b[0m" in output


def test_index_shows_a_progress_bar_in_a_terminal(in_terminal, articles, tmp_path):
    # Each step is shown, however fast they are.
    status, output = in_terminal("index", str(articles), "--to", str(tmp_path / "news"), TQDM_MININTERVAL="0")
    assert status == 0
    assert re.search(r"\d+% \|.*\| 1 document, [\d,]+ a second, [\d:?]+ left", output)
    assert "\n3 added" in output.replace("\r", "\n")
    _, output = in_terminal("index", str(articles), "--to", str(tmp_path / "news"), "--quiet")
    assert output == ""


@pytest.mark.parametrize(
    ("typed", "status", "left"), [("y\n", 0, 2), ("\n", 1, 3), ("n\n", 1, 3), ("\x04", 130, 3)]
)
def test_delete_by_a_query_asks_in_a_terminal(in_terminal, tmp_path, typed, status, left):
    location = str(tmp_path / "index")
    with searchkit.create(location) as index:
        index.add([{"id": str(number), "body": f"第{number}杯茶"} for number in range(3)])
    ended, output = in_terminal("delete", "--query", "第2杯", "--in", location, typed=typed)
    assert f"Delete 1 of 3 documents from {location}? [y/N]" in output
    assert ended == status
    assert ("interrupted" in output) is (status != 0)
    with searchkit.open(location) as index:
        assert len(index) == left


# -- the pager


@pytest.fixture
def pager(tmp_path):
    """A pager that keeps what it was given: its command, and the file."""
    kept = tmp_path / "kept.txt"
    script = tmp_path / "pager.sh"
    script.write_text(f'#!/bin/sh\necho "LESS=$LESS" > "{kept}"\ncat >> "{kept}"\n')
    script.chmod(0o755)
    return f"'{script}' -x", kept


def test_what_is_longer_than_the_terminal_goes_through_a_pager(in_terminal, sample, pager):
    command, kept = pager
    status, output = in_terminal("search", "的", "--in", sample, PAGER=command)
    assert (status, output) == (0, "")
    shown = kept.read_text(encoding="utf-8")
    assert shown.startswith("LESS=FRX\n\x1b[2m 1. \x1b[0m")
    assert re.search(r"1–10 of \d+ matches, ", shown)
    _, plain = in_terminal("search", "的", "--in", sample, PAGER=command, NO_COLOR="1", LESS="R")
    assert kept.read_text(encoding="utf-8").startswith("LESS=R\n 1. ")
    assert plain == ""


@pytest.mark.parametrize(
    ("options", "variables"),
    [
        (["--no-pager"], {}),
        (["--limit", "1"], {}),  # it is not longer
        (["--json"], {}),
        ([], {"TERM": "dumb"}),
        ([], {"PAGER": ""}),
        ([], {"PAGER": "no-such-pager"}),
    ],
    ids=str,
)
def test_there_is_no_pager_where_none_is_wanted_or_needed(in_terminal, sample, pager, options, variables):
    command, kept = pager
    status, output = in_terminal("search", "的", "--in", sample, *options, **{"PAGER": command, **variables})
    assert status == 0
    assert "matches, " in output or '"total"' in output
    assert not kept.exists()


def test_a_pager_may_end_before_it_has_read_everything(in_terminal, sample):
    arguments = ("search", "的", "--limit", "44", "--snippet-length", "2000", "--in", sample)
    status, output = in_terminal(*arguments, PAGER="head -n 1", NO_COLOR="1")
    assert status == 0
    assert output.startswith(" 1. ")
    assert output.count("\n") == 1


def test_addresses_are_readable_and_short_in_a_terminal(in_terminal, tmp_path):
    location = str(tmp_path / "index")
    path = "/%E4%B8%AD%E5%9B%BD/" + "-".join(["long"] * 20) + "/end.html"
    with searchkit.create(location) as index:
        index.add([{"body": "茶", "url": f"https://www.xn--fiq228c.example{path}"}])
    _, output = in_terminal("search", "茶", "--in", location)
    address = output.splitlines()[1]
    assert re.search(r"中文\.example/中国/long-.*….*long/end\.html", address)
    assert max(columns(output)) <= 60
    _, verbose = in_terminal("search", "茶", "--in", location, "-v")
    assert f"https://www.xn--fiq228c.example{path}" in re.sub(r"\x1b\[[\d;]*m|\n +", "", verbose)


def test_the_latest_days_are_named_in_a_terminal(in_terminal, tmp_path):
    location = str(tmp_path / "index")
    now = datetime.now(timezone.utc)
    with searchkit.create(location) as index:
        index.add([{"id": str(n), "body": "茶", "published": now - timedelta(days=n)} for n in (0, 3, 30)])
    _, output = in_terminal("search", "茶", "--in", location, NO_COLOR="1", PAGER="")
    dates = re.findall(r"^   (\S+(?: \(.*?\))?) · id", output, re.MULTILINE)
    ways = [
        {f"{now - timedelta(days=n):%Y-%m-%d}{how}" for how in hows}
        for n, hows in (
            (0, (" (today)", " (yesterday)")),
            (3, (" (3 days ago)", " (4 days ago)")),
            (30, ("",)),
        )
    ]
    assert len(dates) == 3
    assert all(any(date in way for way in ways) for date in dates)


def test_the_place_of_a_match_stands_beside_the_title(run, tmp_path):
    location = str(tmp_path / "index")
    markup = [("place", 0, 4, "page 1"), ("place", 4, 7, "page 2")]
    with searchkit.create(location) as index:
        index.add([{"id": "1", "title": "書", "body": "水。\n\n茶。\n", "markup": markup}])
    assert run("search", "茶", "--in", location).stdout.startswith("1. 書 · page 2\n")


def test_errors_in_a_terminal_are_coloured(in_terminal, tmp_path):
    status, output = in_terminal("stats", str(tmp_path / "nowhere"))
    assert status == 1
    assert output.startswith("\x1b[31m\x1b[1merror:\x1b[0m ")


def test_a_pipe_gets_plain_text(start, sample):
    done = start("search", "乾隆", "--in", sample)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\x1b" not in done.stdout
    assert done.stdout.startswith(
        "1. 乾隆的一杯雪水茶\n   2023-01-26 · daily.example.com · https://".encode()
    )


@pytest.mark.parametrize(("arguments", "status"), [(("search", "茶 ("), 2), (("stats", "nowhere"), 1)])
def test_the_process_ends_with_the_exit_status(start, sample, arguments, status):
    done = start(*arguments, SEARCHKIT_INDEX=sample)
    assert (done.returncode, done.stdout) == (status, b"")
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [("search", "的"), ("--help",)])
def test_a_reader_that_closes_early_is_no_error(environment, sample, arguments):
    read, write = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "searchkit", *arguments],
        env={**environment, "SEARCHKIT_INDEX": sample},
        stdout=write,
        stderr=subprocess.PIPE,
    )
    os.close(write)
    os.close(read)  # nobody reads: the first write fails
    _, errors = process.communicate(timeout=60)
    assert errors == b""
    assert process.returncode != 0


def test_head_reads_one_line_without_an_error(environment, sample):
    command = (
        f"{sys.executable} -m searchkit search 的 --limit 44 --snippet-length 2000 --in {sample} | head -1"
    )
    done = subprocess.run(command, shell=True, env=environment, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b"\n") == 1


def test_ctrl_c_ends_the_process_without_a_commit(environment, tmp_path):
    articles = tmp_path / "many.jsonl"
    line = json.dumps({"body": "茶" * 200}, ensure_ascii=False)[:-1]
    articles.write_text(
        "".join(f'{line}, "id": "{number}"}}\n' for number in range(30_000)), encoding="utf-8"
    )
    location = tmp_path / "news"
    process = subprocess.Popen(
        [sys.executable, "-m", "searchkit", "index", str(articles), "--to", str(location)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    _wait_for(location / "index.json")
    time.sleep(0.5)  # Python itself writes to stderr when it is interrupted while it imports
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (130, b"", b"interrupted: nothing was committed\n")
    stats = subprocess.run(
        [sys.executable, "-m", "searchkit", "stats", str(location)],
        env=environment,
        capture_output=True,
        check=True,
    )
    assert b"documents      0\n" in stats.stdout


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} did not appear"
        time.sleep(0.01)

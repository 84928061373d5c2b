"""create(exist_ok=True): what is there is opened where its settings agree, on every engine."""

from __future__ import annotations

import subprocess
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from suite import cluster_location, forget_at

import searchkit
from searchkit import IndexExistsError, SearchkitError

ENGINES = ["{}/index", "whoosh:{}/index", "opensearch"]


@pytest.fixture(params=ENGINES)
def location(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A place where an index can be made."""
    if request.param != "opensearch":
        yield request.param.format(tmp_path)
        return
    request.getfixturevalue("cluster")
    place = cluster_location()
    yield place
    forget_at(place)


SETTINGS: dict[str, Any] = {
    "user_words": ["上川陽子", "囧途"],
    "stop_words": ["的"],
    "fields": {"author": "text", "price": "number"},
    "synonyms": [["土豆", "马铃薯"]],
    "boosts": {"title": 3},
    "timezone": "Asia/Shanghai",
}


def test_a_script_can_run_again(location: str) -> None:
    for expected in ((1, 0), (0, 1)):
        with searchkit.create(location, exist_ok=True, **SETTINGS) as index:
            report = index.add([{"id": 1, "body": "茶"}])
            assert (report.added, report.updated) == expected
    with searchkit.create(location, exist_ok=True) as index:  # what is not given is not compared
        assert len(index) == 1
        assert index.stats().fields == SETTINGS["fields"]
    with pytest.raises(IndexExistsError, match="already"):
        searchkit.create(location)


def test_the_order_of_words_and_fields_is_no_difference(location: str) -> None:
    searchkit.create(location, **SETTINGS).close()
    turned = {
        **SETTINGS,
        "user_words": iter(["囧途", "上川陽子"]),
        "fields": {"price": "number", "author": "text"},
    }
    searchkit.create(location, exist_ok=True, **turned).close()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"fields": {"author": "text"}}, r"fields: \{'price': 'number'\} there, \{\} asked for"),
        (
            {"fields": {"author": "text", "price": "text"}},
            r"fields: \{'price': 'number'\} there, \{'price': 'text'\} asked for",
        ),
        ({"fields": {}}, r"fields: \{.*\} there, \{\} asked for"),
        ({"user_words": ["囧途", "C位"]}, r"user_words: only there \['上川陽子'\], only asked for \['C位'\]"),
        ({"stop_words": ()}, r"stop_words: only there \['的'\], only asked for \[\]"),
        ({"boosts": {"title": 2}}, r"boosts: \{'title': 3.0\} there, \{'title': 2.0\} asked for"),
        ({"timezone": "UTC"}, "timezone: 'Asia/Shanghai' there, 'UTC' asked for"),
        ({"synonyms": ()}, r"synonyms: \[.*马铃薯.*\] there, \[\] asked for.*set_synonyms\(\)"),
        ({"pinyin": True}, "pinyin: False there, True asked for"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_the_error_says_which_settings_differ(asked: dict[str, Any], said: str, tmp_path: Path) -> None:
    if "pinyin" in asked:
        pytest.importorskip("pypinyin")
    location = tmp_path / "index"
    with searchkit.create(location, **SETTINGS) as index:
        index.add([{"id": 1, "body": "茶"}])
    with pytest.raises(IndexExistsError, match=said) as raised:
        searchkit.create(location, exist_ok=True, **{**SETTINGS, **asked})
    message = str(raised.value)
    assert message.startswith(f"{location}: there is an index already")
    assert "author" not in message or "fields" in asked, "only what differs is named"
    assert ("new.add(searchkit.open(" in message) == ("synonyms" not in asked)
    with searchkit.create(location, exist_ok=True) as index:
        assert len(index) == 1


@pytest.mark.parametrize("scheme", ["", "whoosh:"])
def test_the_error_without_exist_ok_names_it(scheme: str, tmp_path: Path) -> None:
    location = f"{scheme}{tmp_path / 'index'}"
    searchkit.create(location).close()
    with pytest.raises(
        IndexExistsError, match=r"there is an index already; open\(\) it, or create\(.*exist_ok="
    ):
        searchkit.create(location)


def test_the_way_out_works(tmp_path: Path) -> None:
    with searchkit.create(tmp_path / "old") as old, searchkit.create(tmp_path / "new", pinyin=None) as new:
        old.add([{"id": 1, "body": "茶"}, {"id": 2, "body": "水"}])
        assert new.add(old).added == 2


def test_in_memory_every_index_is_new() -> None:
    for _ in range(2):
        with searchkit.create(":memory:", exist_ok=True) as index:
            assert index.add([{"body": "茶"}]).added == 1


def test_something_else_in_the_folder_is_still_an_error(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(IndexExistsError, match=r"not empty.*thesis\.txt"):
        searchkit.create(tmp_path, exist_ok=True)
    with pytest.raises(SearchkitError, match="cannot be made here"):
        searchkit.create(tmp_path / "thesis.txt", exist_ok=True)
    searchkit.create(f"whoosh:{tmp_path / 'a'}").close()
    with pytest.raises(searchkit.IndexIncompatibleError, match="whoosh"):
        searchkit.create(tmp_path / "a", exist_ok=True)


def test_a_first_run_that_failed_leaves_no_obstacle(location: str) -> None:
    def run(rows: list[Any]) -> int:
        with searchkit.create(location, exist_ok=True, fields={"price": "number"}) as index:
            index.add(rows, on_error="raise")
            return len(index)

    with pytest.raises(searchkit.DocumentError):
        run([{"body": "茶"}, {"body": "茶", "author": "甲"}])
    assert run([{"body": "茶"}]) == 1


def test_the_warning_of_another_analyzer_names_the_line_of_the_caller(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from searchkit.analysis import analyzer

    searchkit.create(tmp_path / "index").close()
    monkeypatch.setattr(analyzer, "_RULES", -1)
    for open_it in (
        lambda: searchkit.open(tmp_path / "index"),
        lambda: searchkit.create(tmp_path / "index", exist_ok=True),
    ):
        with pytest.warns(searchkit.AnalyzerChangedWarning) as warned:
            open_it().close()
        assert [one.filename for one in warned] == [__file__]


RACE = """
import searchkit
print("ready", flush=True)
input()
with searchkit.create(arguments[0], exist_ok=True, fields={"price": "number"}) as index:
    index.add([{"id": arguments[1], "body": "茶"}], timeout=60)
print("done", flush=True)
"""


def test_two_processes_may_create_at_once(
    location: str, other_process: Callable[..., subprocess.Popen[str]]
) -> None:
    both = [other_process(RACE, location, name) for name in "ab"]
    for one in both:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    for one in both:
        assert one.stdout is not None
        assert one.stdout.readline() == "done\n"
    with searchkit.open(location) as index:
        assert {document.id for document in index} == {"a", "b"}


def test_many_threads_may_create_at_once(location: str) -> None:
    def create(number: int) -> str:
        with searchkit.create(location, exist_ok=True) as index:
            return index._engine.identity

    with ThreadPoolExecutor(8) as threads, warnings.catch_warnings(), suppress(StopIteration):
        assert len(set(threads.map(create, range(16)))) == 1

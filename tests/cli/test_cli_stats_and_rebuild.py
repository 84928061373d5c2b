"""searchkit stats, rebuild and optimize: what an index is, and how it is mended and made quicker."""

import json
import re
from pathlib import Path

import pytest

import searchkit
from searchkit.indexing.stored_fields import StoredFields


@pytest.fixture
def outdated(run, articles):
    """The location of an index that was analysed by another version of the analyzer."""
    run("index", str(articles), "--to", "old news")
    metadata = Path("old news/index.json")
    values = json.loads(metadata.read_text(encoding="utf-8"))
    del values["crc32"]
    metadata.write_text(json.dumps({**values, "fingerprint": "0" * 16}), encoding="utf-8")
    return "old news"


def test_stats_prints_the_index(run, sample):
    result = run("stats", sample)
    lines = dict(line.split(maxsplit=1) for line in result.stdout.replace(" by", "_by").splitlines())
    assert result.exit_code == 0
    assert lines["location"] == sample
    assert lines["documents"] == "44"
    assert lines["size"].endswith(" kB")
    assert lines["made_by"] == f"searchkit {searchkit.__version__}"
    assert "needs rebuild  no\n" in result.stdout
    assert "user words     0\n" in result.stdout
    assert "stop words     0\n" in result.stdout
    assert "fields         none\n" in result.stdout
    assert "synonyms       0\n" in result.stdout
    assert "pinyin         no\n" in result.stdout
    assert lines["kernel"] == searchkit.kernel()
    assert int(lines["segments"]) >= 1
    with searchkit.open(sample) as index:
        assert lines["analyzer"] == index.stats().analyzer


def test_stats_prints_fields_synonyms_and_pinyin(run, shop):
    output = run("stats", shop).stdout
    assert "fields         price (number), author (text), paid (boolean), event (date)\n" in output
    assert "synonyms       2\n" in output
    assert "pinyin         yes\n" in output
    found = json.loads(run("stats", shop, "--json").stdout)
    assert found["fields"] == {"price": "number", "author": "text", "paid": "boolean", "event": "date"}
    assert (found["synonyms"], found["pinyin"]) == (2, True)


def test_stats_prints_json(run, sample):
    found = json.loads(run("stats", sample, "--json").stdout)
    assert (found["location"], found["documents"], found["needs_rebuild"]) == (sample, 44, False)
    assert found["bytes"] > 10_000
    assert found["details"]["segments"] >= 1
    assert found["kernel"] == searchkit.kernel()
    assert set(found) >= {"format", "version", "analyzer", "user_words", "stop_words"}


def test_stats_uses_searchkit_index_of_the_environment(run, sample, monkeypatch):
    monkeypatch.setenv("SEARCHKIT_INDEX", sample)
    assert "documents      44\n" in run("stats").stdout


def test_an_outdated_index_is_searched_with_a_warning(run, outdated):
    result = run("search", "茶", "--in", outdated)
    assert result.exit_code == 0
    assert "2 matches" in result.stdout
    warning, hint = result.stderr.splitlines()
    assert warning.startswith("warning: old news: the index was analysed by another version of the analyzer")
    assert hint == "hint: 'searchkit rebuild LOCATION' does that"


def test_an_outdated_index_refuses_new_articles(run, outdated, articles):
    result = run("index", str(articles), "--to", outdated)
    assert result.exit_code == 1
    assert "\nerror: old news: the index was analysed by another version" in result.stderr


def test_stats_says_how_to_rebuild(run, outdated):
    result = run("stats", outdated)
    assert "needs rebuild  yes: searchkit rebuild 'old news'\n" in result.stdout
    assert result.stderr == ""


def test_rebuild_updates_an_outdated_index(run, outdated):
    result = run("rebuild", outdated)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("old news: 3 documents analysed anew in ")
    assert "needs rebuild  no\n" in run("stats", outdated).stdout
    assert run("search", "茶", "--in", outdated).stderr == ""


def test_optimize_merges_all_segments(run, articles):
    for number in range(4):
        (articles / "0.txt").write_text(f"第0篇\n\n第{number}版的茶。", encoding="utf-8")
        run("index", str(articles), "--to", "news")
    assert segments(run, "news") > 1
    found = run("search", "茶", "--in", "news").stdout
    result = run("optimize", "news")
    assert (result.exit_code, result.stderr) == (0, "")
    assert re.fullmatch(r"news: 3 documents optimized in [\d.]+ m?s, [\d.]+ kB → [\d.]+ kB\n", result.stdout)
    assert segments(run, "news") == 1
    assert run("search", "茶", "--in", "news").stdout.split("\n\n")[:3] == found.split("\n\n")[:3]


def segments(run, location):
    return json.loads(run("stats", location, "--json").stdout)["details"]["segments"]


def test_optimize_updates_an_outdated_index(run, outdated):
    result = run("optimize", outdated)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "needs rebuild  no\n" in run("stats", outdated).stdout


@pytest.mark.parametrize("command", ["rebuild", "optimize"])
def test_an_interrupted_rebuild_changes_nothing(run, outdated, monkeypatch, command):
    def interrupted(values):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(StoredFields, "decode", interrupted)
        result = run(command, outdated)
    assert result.exit_code == 130
    assert result.stderr == "interrupted: nothing was committed; old news is as it was\n"
    assert "documents      3\n" in run("stats", outdated).stdout

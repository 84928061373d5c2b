"""searchkit check, backup and export: whether an index is damaged, and how to have it twice."""

import json
import shutil
from pathlib import Path

import pytest

import searchkit


@pytest.fixture
def damaged(sample, tmp_path):
    """The location of a copy of the sample in which a bit of the stored documents is turned."""
    location = tmp_path / "damaged news"
    shutil.copytree(sample, location)
    store = sorted((location / "data").glob("*.store"))[0]
    content = bytearray(store.read_bytes())
    content[len(content) // 3] ^= 1
    store.write_bytes(bytes(content))
    return str(location), store.name


def test_check_of_an_intact_index(run, sample):
    result = run("check", sample)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"{sample}: 44 documents, nothing is damaged (")


def test_a_quick_check_searches_for_some_documents(run, sample, damaged):
    assert "44 documents, nothing is damaged" in run("check", sample, "--quick", "-q").stdout
    assert run("check", damaged[0], "--quick").exit_code == 1


def test_check_names_the_damaged_file(run, damaged):
    location, name = damaged
    result = run("check", location)
    assert result.exit_code == 1
    assert result.stdout == f"{name}: the file: is not what was written: its checksum is another\n"
    assert result.stderr.startswith(f"error: {location}: 1 problem\nhint: ")
    assert "backup" in result.stderr


def test_check_prints_json(run, sample, damaged):
    found = json.loads(run("check", sample, "--json").stdout)
    assert (found["ok"], found["documents"], found["problems"]) == (True, 44, [])
    result = run("check", damaged[0], "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (1, "")
    assert (found["ok"], found["documents"], found["location"]) == (False, 0, damaged[0])
    assert [problem["file"] for problem in found["problems"]] == [damaged[1]]


def test_check_works_on_an_index_that_does_not_open(run, sample, tmp_path):
    shutil.copytree(sample, tmp_path / "index")
    (tmp_path / "index" / "data" / "meta.json").write_bytes(b"{")
    assert run("stats", str(tmp_path / "index")).exit_code == 1
    result = run("check", str(tmp_path / "index"))
    assert (result.exit_code, result.stdout.partition(":")[0]) == (1, "meta.json")


@pytest.mark.parametrize("command", [("check",), ("backup", "x"), ("export", "x.jsonl")])
def test_check_backup_and_export_without_an_index_are_errors(run, command):
    name, *rest = command
    result = run(name, "nowhere", *rest)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "error: nowhere: " in result.stderr
    assert "hint: " in result.stderr
    assert list(Path().iterdir()) == []


def test_backup_makes_a_copy_once(run, sample):
    result = run("backup", sample, "backups/news")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"backups/news: a copy of {sample}, 44 documents\n"
    assert run("check", "backups/news").exit_code == 0
    again = run("backup", sample, "backups/news")
    assert (again.exit_code, again.stdout) == (1, "")
    assert again.stderr == "error: backups/news: there is something already; choose a new place\n"


@pytest.mark.parametrize(
    ("to", "shown"),
    [
        ("whoosh:copy", "whoosh:copy"),
        ("opensearch://me:s3cr3t@host/news", "opensearch://host/news"),
        (":memory:", ":memory:"),
    ],
)
def test_backup_refuses_locations_of_other_engines(run, sample, to, shown):
    result = run("backup", sample, to)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{shown}: a backup is a folder" in result.stderr
    assert "searchkit copy" in result.stderr
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("name", ["news.jsonl", "news.jsonl.gz"])
def test_index_reads_what_export_wrote(run, sample, name):
    result = run("export", sample, name)
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"{name}: 44 documents\n", "")
    assert run("index", name, "--to", "again").exit_code == 0
    with searchkit.open("again") as again, searchkit.open(sample) as before:
        assert {each.id: each for each in again} == {each.id: each for each in before}


def test_export_writes_the_same_to_standard_output(run, sample, tmp_path):
    difficult = searchkit.Document(
        title="\x9b1m茶\x7f\u2028\x00", body="“<水>”\n\t\\ 𠮷", extra={"甲": [1.5, None]}
    )
    with searchkit.create(tmp_path / "one") as index:
        index.add([difficult])
    for location in (sample, str(tmp_path / "one")):
        result = run("export", location, "-")
        assert (result.exit_code, result.stderr) == (0, "")
        Path("piped.jsonl").write_text(result.stdout, encoding="utf-8", newline="")
        documents = searchkit.read_articles("piped.jsonl")
        with searchkit.open(location) as index:
            assert {each.id: each for each in documents} == {each.id: each for each in index}
        assert not documents.failures


def test_export_refuses_unknown_file_names(run, sample):
    result = run("export", sample, "news.csv")
    assert (result.exit_code, result.stdout) == (2, "")
    assert ".jsonl" in result.stderr
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("command", ["backup", "export"])
def test_backup_and_export_work_with_a_changed_analyzer(run, sample, tmp_path, command):
    shutil.copytree(sample, tmp_path / "old")
    metadata = tmp_path / "old" / "index.json"
    values = json.loads(metadata.read_text(encoding="utf-8"))
    del values["crc32"]
    metadata.write_text(json.dumps({**values, "fingerprint": "0" * 16}), encoding="utf-8")
    result = run(command, str(tmp_path / "old"), "copy.jsonl")
    assert (result.exit_code, result.stderr) == (0, "")

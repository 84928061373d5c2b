"""searchkit fields and synonyms."""

from __future__ import annotations

import json

import pytest

import searchkit


def test_fields_have_their_kinds_and_how_many_documents_have_them(run, shop):
    result = run("fields", shop)
    assert (result.exit_code, result.stderr) == (0, "")
    assert [line.split() for line in result.stdout.splitlines()] == [
        ["price", "number", "13", "of", "13"],
        ["author", "text", "13", "of", "13"],
        ["paid", "boolean", "13", "of", "13"],
        ["event", "date", "13", "of", "13"],
    ]
    found = json.loads(run("fields", shop, "--json").stdout)
    assert found["documents"] == 13
    assert found["fields"]["paid"] == {"kind": "boolean", "documents": 13}


def test_an_index_without_fields_says_so(run, sample):
    result = run("fields", sample)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith("this index declares no fields")
    assert json.loads(run("fields", sample, "--json").stdout) == {"documents": 44, "fields": {}}


@pytest.mark.parametrize("scheme", ["", "whoosh:"])
def test_documents_are_counted_once_in_each_field(tmp_path, scheme):
    kinds = {"price": "number", "author": "text", "paid": "boolean", "event": "date", "summary": "fulltext"}
    extras = [
        {"price": 0, "author": ["甲", "乙", "a" * 500], "paid": False, "summary": "茶"},
        {"price": -1.5, "author": "甲", "event": "1960-01-01", "summary": ""},
        {"author": [], "other": 1},
    ]
    with searchkit.create(f"{scheme}{tmp_path / 'index'}", fields=kinds) as index:
        assert set(index.field_counts().values()) == {0}
        index.add([{"id": str(n), "body": "水", "extra": extra} for n, extra in enumerate(extras)])
        expected = {"price": 2, "author": 2, "paid": 1, "event": 1, "summary": 1}
        assert list(index.field_counts().items()) == list(expected.items())


def test_synonyms_are_listed_as_the_file_they_are_set_from(run, articles, tmp_path):
    run("index", str(articles), "--to", "news")
    assert run("synonyms", "news").stderr.startswith("this index has no synonyms; --set FILE")
    rules = tmp_path / "rules.txt"
    rules.write_text("# 茶\n茶, 茗\n圖書館 => 書庫, C#\n", encoding="utf-8")
    assert run("synonyms", "news", "--set", str(rules)).stdout == "news: 3 words with synonyms\n"
    listed = run("synonyms", "news").stdout
    assert listed == "茶, 茗\n圖書館 => 書庫, C#\n"
    assert json.loads(run("synonyms", "news", "--json").stdout) == {"words": 3, "rules": listed.splitlines()}
    assert run("search", "茗", "--limit", "0", "--in", "news").stdout.startswith("2 matches")
    rules.write_text("", encoding="utf-8")
    assert run("synonyms", "news", "--set", str(rules)).stdout == "news: 0 words with synonyms\n"


@pytest.mark.parametrize(
    ("text", "message"), [("茶\n", "line 1: '茶' is one word"), ("茶, ，水", "has no letter, digit or Han")]
)
def test_a_file_that_is_wrong_changes_nothing(run, shop, tmp_path, text, message):
    before = run("synonyms", shop).stdout
    (tmp_path / "rules.txt").write_text(text, encoding="utf-8")
    result = run("synonyms", shop, "--set", str(tmp_path / "rules.txt"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert run("synonyms", shop).stdout == before == "烏龍, 青茶\n"
    assert run("synonyms", shop, "--set", "nowhere").exit_code == 2

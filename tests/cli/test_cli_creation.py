"""searchkit index: what an index is created with, and what is said when it was created with other things."""

import json
import sys

import pytest

import searchkit


@pytest.fixture
def goods(tmp_path):
    """A file of three articles with fields of their own."""
    path = tmp_path / "goods.jsonl"
    rows = [
        {"id": "a", "title": "龍井", "body": "綠色的茶。", "price": 30, "maker": ["甲", "乙"], "new": True},
        {"id": "b", "title": "土豆", "body": "可以煮湯。", "price": 2.5, "since": "2024-02-03"},
        {"id": "c", "title": "馬鈴薯", "body": "可以煎炒。", "price": 4},
    ]
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return str(path)


@pytest.fixture
def synonyms(tmp_path):
    path = tmp_path / "synonyms.txt"
    path.write_text("\ufeff# 蔬菜\n綠菜, 馬鈴薯\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def no_pypinyin(monkeypatch):
    monkeypatch.setitem(sys.modules, "pypinyin", None)


def stats(location):
    with searchkit.open(location) as index:
        return index.stats()


FIELDS = (
    "--field",
    "price=number",
    "--field",
    " maker = text",
    "--field=new=boolean",
    "--field",
    "since=date",
)


def test_field_declares_fields_of_a_new_index(run, goods):
    result = run("index", goods, "--to", "shop", *FIELDS)
    assert (result.exit_code, result.stderr) == (0, "")
    assert stats("shop").fields == {"price": "number", "maker": "text", "new": "boolean", "since": "date"}
    for where, count in (("price=2..10", 2), ("maker=乙", 1), ("new=true", 1), ("since=2024-02", 1)):
        output = run(
            "search", "茶 OR 土豆 OR 馬鈴薯", "--where", where, "--limit", "0", "--in", "shop"
        ).stdout
        assert output.startswith(f"{count} match")


def test_a_value_of_another_kind_is_listed_as_a_failure(run, goods):
    result = run("index", goods, "--to", "shop", "--field", "price=text")
    assert result.exit_code == 0
    assert "extra['price'] must be a text" in result.stderr
    assert result.stdout.startswith("0 added, 0 updated, 0 replaced, 3 failed")


def test_synonyms_are_read_from_a_file(run, goods, synonyms):
    run("index", goods, "--to", "shop", "--synonyms", synonyms)
    assert stats("shop").synonyms == 2
    assert run("search", "绿菜", "--limit", "0", "--in", "shop").stdout.startswith("1 match,")
    assert run("search", "绿菜", "--no-synonyms", "--limit", "0", "--in", "shop").stdout.startswith(
        "0 matches,"
    )


def test_pinyin_lets_suggest_take_pinyin(run, goods):
    run("index", goods, "--to", "shop", "--pinyin")
    assert stats("shop").pinyin
    assert run("suggest", "longj", "--in", "shop").stdout.startswith("龍井")


# -- an index that is there


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--field", "price=text"],
            "--field price=text belongs to the creation of an index, and the one at shop",
        ),
        (
            ["--field", "price=number", "--field", "size=number"],
            "--field size=number belongs to the creation",
        ),
        (
            ["--pinyin"],
            "--pinyin belongs to the creation of an index, and the one at shop was made without it",
        ),
        (
            ["--synonyms", "{synonyms}"],
            "--synonyms belongs to the creation of an index, and there is one at shop",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_settings_that_differ_from_the_existing_index_are_refused(
    run, goods, articles, synonyms, options, message
):
    run("index", goods, "--to", "shop", *FIELDS)
    result = run(
        "index", str(articles), "--to", "shop", *(each.format(synonyms=synonyms) for each in options)
    )
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error: {message}")
    assert "choose another place, or delete that one to make it anew" in result.stderr
    assert stats("shop").documents == 3


@pytest.mark.parametrize("again", [(*FIELDS, "--pinyin"), FIELDS[:2], ("--pinyin",), ()], ids=" ".join)
def test_the_same_settings_are_accepted_for_an_existing_index(run, goods, articles, again):
    run("index", goods, "--to", "shop", *FIELDS, "--pinyin")
    result = run("index", str(articles), "--to", "shop", *again)
    assert (result.exit_code, result.stderr) == (0, "")
    assert stats("shop").documents == 6


# -- what is no creation at all


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--field", "price"], "'price' is no NAME=KIND, like price=number"),
        (["--field", "=number"], "'=number' is no NAME=KIND"),
        (["--field", "price="], "'price=' is no NAME=KIND"),
        (["--field", "price=int"], "'price' must be one of text, number, date, boolean, fulltext, not 'int'"),
        (["--field", "title=text"], "'title' is taken"),
        (["--field", "a-b=text"], "'a-b' is no name of letters, digits and underscores"),
        (["--field", "a=text", "--field", "a=date"], "'a' is declared twice: text and date"),
        (["--synonyms", "nowhere.txt"], "'nowhere.txt' does not exist"),
        (["--synonyms", "binary.txt"], "binary.txt: is not UTF-8"),
        (["--synonyms", "wrong.txt"], "wrong.txt, line 2: "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_invalid_settings_are_refused_and_create_nothing(run, goods, options, message, tmp_path):
    (tmp_path / "here" / "binary.txt").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "here" / "wrong.txt").write_text("茶, 茗\n茶 => ，\n", encoding="utf-8")
    result = run("index", goods, "--to", "shop", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")
    assert message in result.stderr
    with pytest.raises(searchkit.IndexNotFoundError):
        searchkit.open("shop")


NO_PYPINYIN = (
    "error: pinyin needs pypinyin, which is not installed\nhint: pip install 'searchkit-zh[pinyin]'\n"
)


def test_pinyin_without_pypinyin_says_what_to_install(run, goods, no_pypinyin):
    result = run("index", goods, "--to", "shop", "--pinyin")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", NO_PYPINYIN)
    with pytest.raises(searchkit.IndexNotFoundError):
        searchkit.open("shop")
    assert run("index", goods, "--to", "shop").exit_code == 0, "who does not ask for it does not need it"


def test_an_index_with_pinyin_needs_pypinyin_to_be_written(run, goods, articles, monkeypatch):
    run("index", goods, "--to", "shop", "--pinyin")
    monkeypatch.setitem(sys.modules, "pypinyin", None)
    result = run("index", str(articles), "--to", "shop", "-q")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", NO_PYPINYIN)
    assert stats("shop").documents == 3

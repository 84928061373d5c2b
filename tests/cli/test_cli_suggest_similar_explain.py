"""searchkit suggest, similar and explain: what they print, as text and as JSON."""

import json
import re

import pytest

import searchkit
from searchkit.cli.columns import width

ENVOYS = "https://daily.example.com/2024/09/12/envoys"


# -- suggest


def test_suggest_prints_counts_in_a_column(run, shop):
    result = run("suggest", "第1", "--in", shop)
    assert (result.exit_code, result.stderr) == (0, "")
    counts = {f"第{n}種茶": searchkit.open(shop).count(f"第{n}種茶", sort="newest") for n in (10, 11)}
    assert result.stdout.splitlines() == [
        f"{title}  {count} document{'s' * (count > 1)}" for title, count in counts.items()
    ]


def test_suggest_aligns_counts_to_the_right(run, tmp_path):
    location = str(tmp_path / "index")
    with searchkit.create(location) as index:
        index.add(
            [{"id": str(n), "title": f"圖書館 {n}"} for n in range(11)] + [{"id": "x", "title": "圖集"}]
        )
    lines = run("suggest", "图", "--in", location, "--limit", "30").stdout.splitlines()
    assert lines[0] == "圖書館     11 documents"
    assert "圖集        1 document" in lines
    assert len({width(line.partition(" document")[0]) for line in lines}) == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["明前龙"], ["明前龍井"]),
        (["mingqianl"], ["明前龍井"]),
        (["mqlj"], ["明前龍井"]),
        (["明", "--limit", "1"], ["明前龍井"]),
        (["明", "--limit", "0"], []),
        (["明前", "龙", "--limit", "1"], ["明前龍井"]),
    ],
    ids=lambda value: " ".join(value),
)
def test_suggest_prints_json(run, shop, arguments, expected):
    result = run("suggest", *arguments, "--json", "--in", shop)
    assert (result.exit_code, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    assert found["prefix"] == " ".join(word for word in arguments if not re.fullmatch(r"--limit|\d", word))
    assert [one["text"] for one in found["suggestions"]] == expected
    assert all(one["documents"] >= 1 for one in found["suggestions"])


def test_suggest_without_suggestions_exits_with_0(run, shop):
    result = run("suggest", "沒有這樣的", "--in", shop)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "nothing found\n")


def test_suggestions_have_no_control_characters(run, tmp_path):
    location = str(tmp_path / "index")
    with searchkit.create(location) as index:
        index.add([{"id": "1", "title": "茶\x1b]0;owned\x07\x9b31m\u202e道", "body": "茶"}])
    output = run("suggest", "茶", "--in", location).stdout
    assert "owned" in output
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", output)


# -- similar


def test_similar_prints_hits_as_a_search_does(run, sample):
    result = run("similar", ENVOYS, "--limit", "1", "--in", sample)
    title, origin, snippet, empty, summary = result.stdout.splitlines()
    assert title == "1. 乘風萬里：中日關係史特展"
    assert origin.startswith("   2024-05-21 · taipei.example.org · https://")
    assert snippet.startswith("  ")
    assert empty == ""
    assert re.match(r"1 (of [\d,]+ )?match", summary)
    assert (result.exit_code, result.stderr) == (0, "")


def test_similar_json_equals_to_dict_of_the_results(run, sample):
    given = json.loads(run("similar", ENVOYS, "--json", "--limit", "3", "--in", sample).stdout)
    with searchkit.open(sample) as index:
        expected = index.similar(ENVOYS, limit=3).to_dict()
    assert {**given, "took": 0} == {**expected, "took": 0}
    assert given["hits"]
    assert ENVOYS not in [hit["id"] for hit in given["hits"]]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--where", "price=4.5"], {"copy"}),
        (["--source", "02號店", "--source", "05號店"], {"tea2", "tea5"}),
        (["--since", "2024-11-01"], {"tea10", "tea11"}),
        (["--until", "2024-02-28", "--where", "paid=false"], {"tea1"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_similar_takes_filters(run, shop, options, expected):
    given = json.loads(run("similar", "tea3", "--json", *options, "--in", shop).stdout)
    assert {hit["id"] for hit in given["hits"]} == expected


def test_similar_without_hits_exits_with_0(run, shop):
    result = run("similar", "tea3", "--tag", "nothing", "--in", shop)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "nothing found\n")
    result = run("similar", "tea3", "--offset", "100", "--in", shop)
    assert re.fullmatch(r"nothing found behind --offset 100; there are \d+\n", result.stderr)


# -- explain


def test_explain_shows_the_score_of_a_match(run, sample):
    result = run("explain", "遣唐使", "-乾隆", ENVOYS, "--in", sample)
    assert (result.exit_code, result.stderr) == (0, "")
    query, verdict, *points = result.stdout.splitlines()
    assert query == f"遣唐使 -乾隆  →  {ENVOYS}"
    assert verdict.startswith("matches, with a score of ")
    assert len(points) > 1


def test_explain_prints_the_explanation_of_the_library(run, sample):
    with searchkit.open(sample) as index:
        expected = str(index.explain("遣唐使 晁衡", ENVOYS))
    assert run("explain", "遣唐使 晁衡", ENVOYS, "--in", sample).stdout == f"{expected}\n"


def test_explain_shows_the_condition_that_is_not_met(run, sample):
    result = run("explain", "遣唐使", "-晁衡", ENVOYS, "--in", sample)
    assert result.exit_code == 0
    assert "does not match: it does not satisfy -晁衡." in result.stdout


@pytest.mark.parametrize(
    ("arguments", "matches"),
    [
        (["青茶"], True),
        (["青茶", "--no-synonyms"], False),
        (["香氣的電冰箱", "--match", "any"], True),
        (["香氣的電冰箱", "--match", "all"], False),
        (["說明 (", "--lenient"], True),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_explain_prints_json(run, shop, arguments, matches):
    found = json.loads(run("explain", *arguments, "tea3", "--json", "--in", shop).stdout)
    assert (found["id"], found["matches"]) == ("tea3", matches)
    assert set(found) >= {"query", "score", "contributions", "missing", "documents"}


def test_explain_follows_no_regional(run, tmp_path):
    location = str(tmp_path / "index")
    with searchkit.create(location) as index:
        index.add([{"id": "1", "body": "軟體"}])
    for options, verdict in (([], "\nmatches"), (["--no-regional"], "\ndoes not match")):
        assert verdict in run("explain", "软件", "1", *options, "--in", location).stdout


def test_explain_output_has_no_control_characters(run, tmp_path):
    location, evil = str(tmp_path / "index"), "1\x1b[2J\n   9.000  fake\u202e\x9b"
    with searchkit.create(location) as index:
        index.add([{"id": evil, "body": "茶"}])
    output = run("explain", "茶", evil, "--in", location).stdout
    assert output.startswith("茶  →  1[2J    9.000  fake\nmatches, ")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", output)


@pytest.mark.parametrize("command", [["similar"], ["explain", "茶"]], ids=" ".join)
def test_similar_and_explain_refuse_an_unknown_id(run, shop, command):
    result = run(*command, "no\x1bthing", "--in", shop)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        f"error: {shop}: there is no document 'no\\x1bthing'",
        "hint: 'searchkit search' shows the address of an article, and its id where that is another",
    ]

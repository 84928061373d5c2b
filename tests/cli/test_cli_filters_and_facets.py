"""searchkit search: fields, facets, near-duplicates, recency, synonyms, and what was perhaps meant."""

import json
import re
import shlex
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import lines, unicode_text

import searchkit
from searchkit.cli.columns import width
from searchkit.cli.results import facet_lines


def found(run, location, *arguments):
    """The ids, in the order of the hits."""
    result = run("search", *arguments, "--json", "--limit", "50", "--in", location)
    assert result.exit_code == 0, result.stderr
    return [hit["id"] for hit in json.loads(result.stdout)["hits"]]


def plain(line):
    return re.sub(r"\x1b\[[\d;]*m", "", line)


def teas(*numbers):
    return [f"tea{number}" for number in numbers]


# -- where and sort


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--where", "price=3"], teas(2)),
        (["--where", "price=3..6"], [*teas(2, 3, 4), "copy"]),
        (["--where", "price=15.."], teas(10, 11)),
        (["--where", "price=..1.5"], teas(0, 1)),
        (["--where", "price=0", "--where", "price=15.."], teas(0, 10, 11)),
        (["--where", "author=Ann Lee", "--where", "price=9.."], teas(7, 10)),
        (["--where", "author=林晚", "--where", "author=陳思遠", "--where", "price=..3"], teas(0, 2)),
        (["--where", "paid=true"], teas(0, 4, 8)),
        (["--where", "paid=false", "--where", "price=..3"], teas(1, 2)),
        (["--where", "event=2024-03"], teas(2)),
        (["--where", "event=2024-11.."], teas(10, 11)),
        (["--where", " price =3"], teas(2)),
        (["--where", "author=ann lee"], teas(1, 4, 7, 10)),
        (["--where", "author=陈思远"], teas(2, 5, 8, 11)),
        (["--where", "author=ann"], []),
        (["--where", "price=3", "--since", "2024-04-01"], []),
        (["--where", "price=3..<6"], [*teas(2, 3), "copy"]),
        (["--where", "price!=1.5..", "--where", "paid=*"], teas(0)),
        (
            ["--where", "author!=Ann Lee", "--where", "author!=陳思遠", "--where", "price=..5"],
            [*teas(0, 3), "copy"],
        ),
        (["--where", "source=00號店", "--where", "event!=2023"], teas(0)),
    ],
    ids=" ".join,
)
def test_where_filters_by_declared_fields(run, shop, arguments, expected):
    assert sorted(found(run, shop, "說明", *arguments)) == sorted(expected)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--sort", "price"], teas(0, 1, 2)),
        (["--sort", "-price"], teas(11, 10, 9)),
        (["--sort=-price"], teas(11, 10, 9)),
        (["--sort", "-event", "--where", "paid=true"], teas(8, 4, 0)),
        (["--sort", "oldest"], teas(0, 1, 2)),
        (["--sort", "-paid,price"], teas(0, 4, 8)),
        (["--sort", "author,newest"], teas(10, 7, 4)),
    ],
    ids=" ".join,
)
def test_sort_orders_by_a_field(run, shop, arguments, expected):
    assert found(run, shop, *arguments, "說明")[:3] == expected


# -- facets


def test_facets_stand_between_the_hits_and_the_summary(run, shop):
    result = run(
        "search", "說明", "--limit", "1", "--in", shop, "--facets", "author,paid", "--where", "price=3.."
    )
    hit, facets, summary = result.stdout.split("\n\n")
    assert facets.splitlines() == [
        "author  林晚     4",
        "        陳思遠   4",
        "        Ann Lee  3",
        "paid    false    9",
        "        true     2",
    ]
    assert summary.startswith("1 of 11 matches, ")
    assert hit.count("\n") == 2


def test_facets_without_hits(run, shop):
    result = run("search", "說明", "--limit", "0", "--in", shop, "--facets", "price", "--where", "price=3..6")
    facets, summary = result.stdout.split("\n\n")
    assert facets.splitlines() == ["price  4.5  2", "       3    1", "       6    1"]
    assert summary.startswith("4 matches, ")


def test_facets_show_the_most_frequent_or_latest_values(run, shop):
    result = run("search", "說明", "--limit", "0", "--in", shop, "--facets", "source,month,event")
    lines = result.stdout.splitlines()
    assert lines[:2] == ["source  00號店      1", "        01號店      1"]
    assert lines[9:11] == ["        09號店      1", "        … 3 more"]
    assert lines[11:13] == ["month   … 2 earlier", "        2024-03     1"]
    assert lines[21] == "        2024-12     1"
    assert lines[22:24] == ["event   … 2 earlier", "        2024-03-20  1"]


def test_facets_in_buckets_with_a_limit_and_an_order(run, shop):
    facets = "price:3,6,event:year,source:limit=1,author:order=value"
    result = run("search", "說明", "--limit", "0", "--in", shop, "--facets", facets)
    lines = result.stdout.partition("\n\n")[0].splitlines()
    assert [line.split()[-2] for line in lines[:3]] == ["..<3", "3..<6", "6.."]
    assert [line.split() for line in lines[3:6]] == [
        ["event", "2024", "13"],
        ["source", "00號店", "1"],
        ["…", "values", "that", "are", "not", "counted", "here:", "12"],
    ]
    assert [line.split()[-2] for line in lines[6:]] == ["Lee", "林晚", "陳思遠"]


def test_a_name_has_values_that_are_wanted_or_values_that_are_not(run, shop):
    result = run("search", "說明", "--in", shop, "--where", "price=3..", "--where", "price!=5")
    assert result.exit_code == 2
    assert "--where has both price= and price!=; one of them is enough" in result.stderr


def test_json_facets_have_all_values(run, shop):
    output = run("search", "說明", "--json", "--in", shop, "--facets", "source,paid,price").stdout
    facets = json.loads(output)["facets"]
    assert list(facets) == ["source", "paid", "price"]
    assert len(facets["source"]) == 13
    assert facets["paid"] == [{"value": False, "count": 10}, {"value": True, "count": 3}]
    assert facets["price"][0] == {"value": 4.5, "count": 2}


def test_facets_are_separated_by_commas_or_repeated_options(run, shop):
    one, many = (
        run("search", "說明", "--limit", "0", "--in", shop, *options).stdout.partition("\n\n")[0]
        for options in (["--facets", " year, ,author,"], ["--facets", "year", "--facets", "author"])
    )
    assert one == many
    assert one.startswith("year    2024     13\nauthor  ")


def test_a_facet_without_values_is_none(run, sample):
    output = run("search", "茶", "--limit", "0", "--in", sample, "--facets", "tags").stdout
    assert output.startswith("tags  none\n\n4 matches, ")


def test_facet_values_have_no_control_characters(run, tmp_path):
    location = str(tmp_path / "index")
    with searchkit.create(location, fields={"author": "text"}) as index:
        evil = "甲\x1b]0;owned\x07\n乙\u202e\x9b31m"
        index.add([{"id": "1", "body": "茶", "tags": [evil], "extra": {"author": evil}}])
    output = run("search", "茶", "--facets", "author,tags", "--color", "always", "--in", location).stdout
    assert plain(output).split("\n\n")[1].splitlines() == [
        "author  甲]0;owned 乙31m  1",
        "tags    甲]0;owned 乙31m  1",
    ]


VALUES = unicode_text | lines | st.floats(allow_nan=False) | st.booleans() | st.integers()
FACETS = st.dictionaries(
    st.from_regex(r"[a-z]\w{0,40}", fullmatch=True),
    st.dictionaries(VALUES, st.integers(1, 10**7), max_size=15),
    max_size=3,
)


@example(facets={"a": {"\u0903": 1, "b": 1}, "b": {"茶\u094d": 1, "c\u200d": 1}}, room=60, in_time=False)
@given(facets=FACETS, room=st.none() | st.integers(60, 120), in_time=st.booleans())
def test_facets_of_any_values_are_aligned(facets, room, in_time):
    shown = [
        plain(line) for line in facet_lines(facets, others={}, in_time=facets if in_time else (), room=room)
    ]
    assert len(shown) == sum(max(1, min(len(counts), 10) + (len(counts) > 10)) for counts in facets.values())
    for line in shown:
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", line)
        assert room is None or width(line) <= room
    if room is not None:
        assert len({width(line) for line in shown if re.search(r"\d$", line) and "…" not in line[:27]}) <= 1


def test_long_facet_values_are_cut_in_a_terminal_only():
    facets = {"author": {"林" * 50: 12, "短": 3}}
    assert [plain(line) for line in facet_lines(facets, others={}, in_time=(), room=40)] == [
        f"author  {'林' * 13}…   12",
        f"        短{' ' * 26}   3",
    ]
    assert "林" * 50 in plain(next(facet_lines(facets, others={}, in_time=(), room=None)))


# -- near-duplicates


def test_collapse_groups_near_duplicates(run, shop):
    result = run("search", '"第3號"', "--in", shop, "--collapse", "--sort", "oldest")
    lines = result.stdout.splitlines()
    assert [line for line in lines if line.startswith("1. ")] in (["1. 第3種茶"], ["1. 轉載"])
    assert lines[3] in ("   also 轉載報 · 轉載", "   also 03號店 · 第3種茶")
    assert lines[5].startswith("1 story among 2 matches, ")
    assert len(found(run, shop, '"第3號"')) == 2
    (hit,) = json.loads(run("search", '"第3號"', "--in", shop, "--collapse", "--json").stdout)["hits"]
    assert len(hit["duplicates"]) == 1


@pytest.mark.parametrize(
    ("options", "summary"),
    [
        (["--limit", "20"], "12 stories among 13 matches"),
        (["--limit", "5"], "stories 1–5 among 13 matches"),
        (["--limit", "5", "--offset", "10"], "stories 11–12 among 13 matches"),
        (["--limit", "1", "--offset", "2"], "story 3 among 13 matches"),
        (["--limit", "0"], "13 matches"),
        (["--where", "price=..3"], "3 matches"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_collapse_counts_stories_and_matches(run, shop, options, summary):
    result = run("search", "說明", "--collapse", *options, "--in", shop)
    assert result.stdout.splitlines()[-1].startswith(f"{summary}, ")


def test_collapse_works_with_a_cursor(run, shop):
    arguments = ("search", "說明", "--collapse", "--limit", "5", "--in", shop)
    cursor = json.loads(run(*arguments, "--json").stdout)["cursor"]
    result = run(*arguments, "--cursor", cursor)
    assert result.stdout.splitlines()[-1].startswith("5 more stories among 13 matches, ")


def test_only_the_first_duplicates_are_listed(run, tmp_path):
    location = str(tmp_path / "index")
    with searchkit.create(location) as index:
        body = "同一篇報導由許多報紙轉載，一字不改。"
        for n in range(8):
            day = f"2024-01-{n + 1:02}T00:00:00Z"
            story = {"id": f"{n}", "title": "茶\x1b[2J", "body": body, "source": f"甲\n{n}", "published": day}
            index.add([story])
    lines = run("search", "茶", "--collapse", "--sort", "oldest", "--in", location).stdout.splitlines()
    assert lines[3:9] == [*(f"   also 甲 {n} · 茶[2J" for n in range(1, 6)), "   and 2 more"]
    assert lines[10].startswith("1 story among 8 matches, ")


# -- how it is read and ranked


@pytest.mark.parametrize("newest_first", [True, False])
def test_recency_ranks_newer_articles_first(run, tmp_path, newest_first):
    location = str(tmp_path / "index")
    now = datetime.now(timezone.utc)
    documents = [{"id": name, "body": "茶"} for name in ("new", "old")]
    documents[0]["published"], documents[1]["published"] = now - timedelta(days=1), now - timedelta(days=900)
    with searchkit.create(location) as index:
        index.add(documents if newest_first else documents[::-1])
    assert found(run, location, "茶", "--recency", "30d") == ["new", "old"]


@pytest.mark.parametrize(
    ("query", "option", "index"), [("软件", "--no-regional", "sample"), ("青茶", "--no-synonyms", "shop")]
)
def test_regional_words_and_synonyms_can_be_turned_off(run, request, query, option, index):
    location = request.getfixturevalue(index)
    assert set(found(run, location, query, option)) < set(found(run, location, query))


# -- did you mean


def test_did_you_mean_prints_a_command_that_works(run, sample):
    result = run("search", "pyhton", "--in", sample, "--limit", "3", "--sort", "newest", "--collapse")
    assert (result.exit_code, result.stdout) == (0, "")
    nothing, meant, hint = result.stderr.splitlines()
    assert (nothing, meant) == ("nothing found", "did you mean: python")
    label, _, command = hint.partition(" ")
    assert label == "hint:"
    program, *arguments = shlex.split(command)
    assert program == "searchkit"
    assert arguments == ["search", "python", "--in", sample, "--limit", "3", "--sort", "newest", "--collapse"]
    again = run(*arguments)
    assert (again.exit_code, again.stderr) == (0, "")
    assert "Python" in again.stdout


def test_did_you_mean_repeats_the_options_that_were_typed(run, shop, monkeypatch):
    monkeypatch.setenv("SEARCHKIT_INDEX", shop)
    options = ["--where", "author=Ann Lee", "--where", "price=1..", "--sort", "-price", "--no-synonyms"]
    stderr = run("search", "茶葉", "oolnog", "--offset", "1", *options).stderr
    hint = stderr.splitlines()[-1]
    assert hint == (
        "hint: searchkit search '茶葉 oolong' --sort -price "
        "--where 'author=Ann Lee' --where price=1.. --no-synonyms"
    )
    assert run(*shlex.split(hint)[2:]).exit_code == 0


def test_did_you_mean_appears_with_few_hits(run, shop):
    result = run("search", "oolnog", "--in", shop)
    assert result.stdout.splitlines()[-1].startswith("1 match, ")
    assert result.stderr.startswith("did you mean: oolong\nhint: searchkit search oolong --in ")


def test_did_you_mean_finds_words_that_sound_the_same(run, shop):
    result = run("search", "明钱龙井", "--in", shop, "--limit", "0")
    assert "did you mean: 明前龍井" in result.stderr.splitlines()


def test_pinyin_is_marked_as_an_interpretation(run, shop):
    result = run("search", "longjing", "--in", shop)
    assert result.stderr.splitlines()[0] == "read as: 龍井"
    assert "龍井" in result.stdout
    assert json.loads(run("search", "longjing", "--json", "--in", shop).stdout)["interpretation"] == "龍井"


def test_json_has_the_suggestion(run, sample):
    result = run("search", "pyhton", "--json", "--in", sample)
    assert json.loads(result.stdout)["suggestion"] == "python"
    assert result.stderr == "nothing found\n"


@pytest.mark.parametrize("query", ["python", "茶", "没有这样的词组啊啊"])
def test_did_you_mean_is_silent_for_good_queries(run, sample, query):
    assert "did you mean" not in run("search", query, "--in", sample).stderr


def test_did_you_mean_has_no_control_characters(run, sample, monkeypatch):
    monkeypatch.setattr(searchkit.Results, "suggestion", "茶\x1b[2J\n\u202e乙\x9b")
    result = run("search", "茶葉", "--in", sample, "--source", "a\x1b[2J")
    assert result.stderr.splitlines()[1:] == [
        'hint: no document has source:"a[2J"; there are source:"daily.example.com", '
        'source:"taipei.example.org", source:"harbour.example.net"',
        "did you mean: 茶[2J 乙",
        f"hint: searchkit search '茶[2J 乙' --in {sample} --source 'a[2J'",
    ]

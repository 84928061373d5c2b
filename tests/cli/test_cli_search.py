"""searchkit search: what it prints, as text and as JSON, and what its options do."""

import json
import re

import pytest

import searchkit

MATCHES = re.compile(r"^(?:[\d–]+ of )?(\d+) match(?:es)?, [\d.]+ m?s$", re.MULTILINE)


def total(result):
    assert result.exit_code == 0, result.stderr
    if result.stderr.startswith("nothing found\n"):
        return 0
    return int(MATCHES.findall(result.stdout)[-1])


def titles(result):
    """Those of the hits, which are numbered."""
    return re.findall(r"^ *\d+\. (.*)$", result.stdout, re.MULTILINE)


def test_a_hit_has_a_title_an_origin_and_a_snippet(run, sample):
    result = run("search", "遣唐使", "晁衡", "--match", "all", "--in", sample)
    title, origin, snippet, empty, summary = result.stdout.splitlines()
    assert title == "1. 遣唐使特展开幕，讲述中日关系史上的一段航程"
    assert origin == "   2024-09-12 · daily.example.com · https://daily.example.com/2024/09/12/envoys"
    assert snippet.startswith("  ")
    assert "晁衡" in snippet
    assert empty == ""
    assert re.fullmatch(r"1 match, [\d.]+ ms", summary)
    assert result.stderr == ""


def test_hits_are_separated_by_empty_lines(run, sample):
    result = run("search", "高铁", "--in", sample)
    blocks = result.stdout.split("\n\n")
    assert len(blocks) == 7  # six hits and the count
    assert [len(block.splitlines()) for block in blocks] == [3, 3, 3, 3, 3, 3, 1]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("国际论坛", 2),
        ("中日關係史 晁衡 --match all", 1),
        ("中日關係史 OR 馬克思", 3),
        ('"中日，关系史"', 2),
        ("茶 -乾隆", 3),
        ("-乾隆 茶", 3),
        ("茶 -乾隆 -办公室", 2),
        ("title:土豆", 1),
        ("C++", 1),
        ("茶 --source daily.example.com", 1),
        ("茶 --source daily.example.com --source taipei.example.org", 2),
        ("茶 --tag 飲食", 0),
        ("茶 --since 2025-01-01", 2),
        ("茶 --until 2024-12-31", 2),
        ("茶 --since 2025-05-15 --until 2025-06-19", 1),
        ("茶葉不放冰箱 --match all", 1),
        ("茶葉不放電冰箱 --match all", 0),
        ("没有这样的词组啊啊", 0),
        ("。", 0),
    ],
)
def test_queries_and_filters_find_the_expected_number(run, sample, arguments, expected):
    assert total(run("search", *arguments.split(), "--in", sample)) == expected


def test_match_any_finds_more_than_all(run, sample):
    most, all_of_them, any_of_them = (
        total(run("search", "茶叶放在冰箱里", "--match", match, "--in", sample))
        for match in ("most", "all", "any")
    )
    assert all_of_them <= most <= any_of_them
    assert all_of_them < any_of_them


def test_a_missing_title_is_named(run, tmp_path):
    location = str(tmp_path / "index")
    with searchkit.create(location) as index:
        index.add([{"id": "1", "body": "只有一句話。"}])
    assert run("search", "一句話", "--in", location).stdout.splitlines()[:2] == [
        "1. (no title)",
        "   id 1",
    ]


def test_ids_that_are_no_urls_are_shown(run, tmp_path):
    location = str(tmp_path / "index")
    with searchkit.create(location) as index:
        index.add(
            [{"id": "7", "body": "茶", "url": "https://example.com/7"}, {"id": "8\x1b[2J", "body": "茶"}]
        )
    output = run("search", "茶", "--in", location).stdout
    assert "  example.com · https://example.com/7 · id 7\n" in output
    assert "  id 8[2J\n" in output
    assert "· id https:" not in run("search", "茶", "--in", location, "--source", "example.com").stdout


def test_sort_newest_and_oldest_order_by_date(run, sample):
    newest = run("search", "茶", "--sort", "newest", "--in", sample)
    oldest = run("search", "茶", "--sort", "oldest", "--in", sample)
    dates = re.findall(r"^   (\d{4}-\d\d-\d\d) · ", newest.stdout, re.MULTILINE)
    assert dates == sorted(dates, reverse=True)
    assert len(dates) == 4
    assert titles(oldest) == titles(newest)[::-1]


def test_limit_and_offset_make_pages(run, sample):
    everything = titles(run("search", "高铁", "--in", sample))
    first, second = (
        run("search", "高铁", "--limit", "4", "--offset", str(offset), "--in", sample) for offset in (0, 4)
    )
    assert titles(first) + titles(second) == everything
    assert "\n1–4 of 6 matches, " in first.stdout
    assert "\n5–6 of 6 matches, " in second.stdout
    last = run("search", "高铁", "--limit", "1", "--offset", "5", "--in", sample)
    assert "\n6 of 6 matches, " in last.stdout


def test_an_offset_past_the_end_tells_the_total(run, sample):
    result = run("search", "高铁", "--offset", "6", "--in", sample)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "nothing found behind --offset 6; there are 6\n"


def test_limit_0_prints_the_count_only(run, sample):
    result = run("search", "高铁", "--limit", "0", "--in", sample)
    assert re.fullmatch(r"6 matches, [\d.]+ ms\n", result.stdout)


def test_snippet_length_limits_the_printed_snippet(run, sample):
    result = run("search", "晁衡", "--snippet-length", "10", "--in", sample)
    assert len(result.stdout.splitlines()[2].strip()) <= 10


def test_nothing_found_exits_with_0(run, sample):
    result = run("search", "没有这样的词组啊啊", "--in", sample)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "nothing found\n")


def test_lenient_accepts_a_malformed_query(run, sample):
    assert run("search", "茶 (", "--in", sample).exit_code == 2
    assert total(run("search", "茶 (", "--lenient", "--in", sample)) == 4


def test_control_characters_of_articles_are_removed(run, tmp_path):
    location = str(tmp_path / "index")
    evil = "茶\x1b]0;owned\x07\x9b31m\u202e壞"
    with searchkit.create(location) as index:
        index.add(
            [{"title": evil, "body": evil, "url": f"https://example.com/\x1b[2J{evil}", "source": evil}]
        )
    for options in ((), ("--color", "always"), ("--json",)):
        result = run("search", "茶", "--in", location, *options)
        without_colours = re.sub(r"\x1b\[[0-9;]*m", "", result.stdout)
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", without_colours)
        assert "\u202e" not in without_colours or options == ("--json",)
        assert "owned" in result.stdout


# -- colours


@pytest.mark.parametrize(
    ("options", "no_color", "coloured"),
    [
        ([], "", False),  # a pipe
        (["--color", "auto"], "", False),
        (["--color", "never"], "", False),
        (["--color", "always"], "", True),
        (["--color", "always"], "1", True),  # what is said on the command line is meant
    ],
)
def test_color_option_in_a_pipe(run, sample, monkeypatch, options, no_color, coloured):
    monkeypatch.setenv("NO_COLOR", no_color)
    result = run("search", "乾隆", "--in", sample, *options)
    assert ("\x1b[1;33m乾隆\x1b[0m" in result.stdout) is coloured
    assert ("\x1b" in result.stdout) is coloured


# -- JSON


def test_json_has_the_documented_shape(run, sample):
    result = run("search", "中日關係", "--json", "--limit", "1", "--in", sample)
    assert result.stdout.count("\n") == 1
    assert "中日關係史" in result.stdout, "not escaped as \\uXXXX"
    found = json.loads(result.stdout)
    assert list(found) == ["query", "total", "took", "cursor", "hits"]
    assert (found["query"], found["total"]) == ("中日關係", 2)
    assert isinstance(found["took"], float)
    (hit,) = found["hits"]
    assert list(hit) == ["id", "score", "title", "url", "published", "source", "snippet", "title_spans"]
    assert list(hit["snippet"]) == ["text", "spans"]
    assert hit["published"] == "2024-05-21T01:20:00Z"
    for text, spans in (
        (hit["title"], hit["title_spans"]),
        (hit["snippet"]["text"], hit["snippet"]["spans"]),
    ):
        assert {text[start:end] for start, end in spans} == {"中日關係"}


def test_json_equals_to_dict_of_the_results(run, sample):
    found = json.loads(run("search", "茶", "-乾隆", "--json", "--in", sample).stdout)
    with searchkit.open(sample) as index:
        expected = index.search("茶 -乾隆").to_dict()
    assert {**found, "took": 0} == {**expected, "took": 0}


def test_json_has_a_cursor_until_the_last_page(run, sample):
    """One page behind the other, from one process to the next, is the whole list."""
    whole = json.loads(run("search", "高铁", "--json", "--in", sample).stdout)
    assert "cursor" not in whole
    found, cursor = [], []
    while True:
        page = json.loads(run("search", "高铁", "--limit", "4", "--json", "--in", sample, *cursor).stdout)
        found += page["hits"]
        if "cursor" not in page:
            break
        cursor = ["--cursor", page["cursor"]]
    assert found == whole["hits"]
    result = run("search", "高铁", "--limit", "4", "--in", sample, *cursor)
    assert "\n2 more of 6 matches, " in result.stdout


def test_a_cursor_of_another_search_or_state_is_refused(run, articles):
    def search(*options):
        return run("search", "茶", "--limit", "1", "--in", "news", *options)

    run("index", str(articles), "--to", "news")
    cursor = json.loads(search("--json").stdout)["cursor"]
    assert search("--cursor", cursor).exit_code == 0
    other = search("--cursor", cursor, "--sort", "newest")
    assert other.exit_code == 2
    assert "this cursor belongs to another search" in other.stderr
    assert search("--cursor", cursor, "--offset", "1").exit_code == 2
    (articles / "3.txt").write_text("第3篇\n\n茶。", encoding="utf-8")
    run("index", str(articles), "--to", "news")
    later = search("--cursor", cursor)
    assert later.exit_code == 1
    assert later.stderr.startswith("error: the index has changed since the first page")


def test_json_without_hits(run, sample):
    result = run("search", "没有这样的词组啊啊", "--json", "--in", sample)
    found = json.loads(result.stdout)
    assert (result.exit_code, found["total"], found["hits"]) == (0, 0, [])
    assert result.stderr == "nothing found\n"


def test_json_is_utf8_in_any_terminal_encoding(start, sample):
    done = start("search", "夜市招牌", "--json", "--in", sample, PYTHONIOENCODING="ascii")
    assert "𠮷" in json.loads(done.stdout.decode("utf-8"))["hits"][0]["title"]


def test_characters_missing_from_the_terminal_encoding_are_replaced(start, sample):
    done = start("search", "夜市招牌", "--in", sample, PYTHONIOENCODING="gb2312")
    assert (done.returncode, done.stderr) == (0, b"")
    assert "的?" in done.stdout.decode("gb2312")


# -- where


def test_search_uses_searchkit_index_of_the_environment(run, sample, monkeypatch):
    monkeypatch.setenv("SEARCHKIT_INDEX", sample)
    assert total(run("search", "国际论坛")) == 2
    assert run("search", "国际论坛", "--in", "elsewhere").exit_code == 1


def test_search_uses_the_default_index(run, articles):
    assert run("index", str(articles)).exit_code == 0
    assert total(run("search", "茶")) == 2


def test_a_star_lists_everything_and_filters_need_no_query(run, sample):
    with searchkit.open(sample) as index:
        assert total(run("search", "*", "--in", sample)) == len(index)
        of_source = index.count("source:daily.example.com")
    assert total(run("search", "--source", "daily.example.com", "--in", sample)) == of_source
    assert total(run("search", "", "--source", "daily.example.com", "--in", sample)) == of_source
    dated = json.loads(run("search", "*", "--json", "--in", sample).stdout)["hits"]
    days = [hit["published"] for hit in dated]
    assert days == sorted(days, reverse=True)


def test_an_empty_query_finds_nothing_and_says_how_everything_is_found(run, sample):
    result = run("search", "", "--in", sample)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.splitlines() == [
        "nothing found",
        "hint: an empty query without filters finds nothing; * finds every document",
    ]


def test_hints_are_printed_and_part_of_the_json(run, sample):
    result = run("search", "source:daily", "茶", "--in", sample)
    assert 'hint: no document has source:"daily"; there is source:"daily.example.com"' in result.stderr
    (hint,) = json.loads(run("search", "source:daily", "茶", "--in", sample, "--json").stdout)["hints"]
    assert hint["queries"] == ['source:"daily.example.com" 茶']
    assert "hint:" not in run("search", "茶", "--in", sample).stderr


def test_declared_fields_are_part_of_the_query(run, shop):
    expected = json.loads(run("search", "茶", "--where", "price=10..20", "--in", shop, "--json").stdout)[
        "hits"
    ]
    found = json.loads(run("search", "茶", "price:10..20", "--in", shop, "--json").stdout)["hits"]
    assert [hit["id"] for hit in found] == [hit["id"] for hit in expected] != []

"""Every error is a message and an exit status: 2 for wrong usage, 1 for the rest, and never a traceback."""

import json
import warnings

import pytest

import searchkit


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["search", "茶", "--in", "{sample}", "--since", "nonsense"], "since='nonsense' is neither a date"),
        (
            ["search", "茶", "--in", "{sample}", "--until", "2024-02-30"],
            "until='2024-02-30' is neither a date",
        ),
        (["search", "茶", "--in", "{sample}", "--limit", "-1"], "-1 is not in the range"),
        (["search", "茶", "--in", "{sample}", "--limit", "many"], "'many' is not a valid integer"),
        (
            ["search", "茶", "--in", "{sample}", "--sort", "best"],
            "sort: there is no field 'best'; there are relevance, newest, oldest",
        ),
        (["search", "茶", "--in", "{sample}", "--sort", "-newest"], "sort: '-newest' has an order already"),
        (["search", "茶", "--in", "{sample}", "--facets", "best"], "facets: there is no field 'best'"),
        (["search", "茶", "--in", "{sample}", "--recency", "3"], "recency='3' is no time like 12h, 30d"),
        (
            ["search", "茶", "--in", "{sample}", "--recency", "1d", "--sort", "newest"],
            "recency is for sort='relevance'",
        ),
        (["search", "茶", "--in", "{sample}", "--cursor", "nonsense"], "'nonsense' is no cursor"),
        (["search", "茶", "--in", "{sample}", "--where", "price"], "--where takes NAME=VALUE"),
        (["search", "茶", "--in", "{sample}", "--where", "=1"], "--where takes NAME=VALUE"),
        (["search", "茶", "--in", "{sample}", "--where", "price="], "--where takes NAME=VALUE"),
        (
            ["search", "茶", "--in", "{sample}", "--where", "price=1"],
            "this index declares no field 'price'; it has none; 'searchkit index' with --field",
        ),
        (["search", "茶", "--in", "{shop}", "--where", "size=1"], "it has price, author, paid, event;"),
        (["search", "茶", "--in", "{shop}", "--where", "price=dear"], "where: 'price' is a number"),
        (["search", "茶", "--in", "{shop}", "--where", "price=20..10"], "or a range of them in order"),
        (["search", "茶", "--in", "{shop}", "--where", "paid=perhaps"], "where: 'paid' is true or false"),
        (["search", "茶", "--in", "{shop}", "--where", "author=\udcff"], "is not text in the encoding"),
        (["similar", "tea1", "--in", "{shop}", "--where", "size=1"], "declares no field 'size'"),
        (["similar", "\udcff", "--in", "{shop}"], "is not text in the encoding"),
        (["suggest", "\udcff", "--in", "{shop}"], "is not text in the encoding"),
        (["suggest", "--in", "{shop}"], "Missing argument 'PREFIX...'"),
        (["explain", "tea1", "--in", "{shop}"], "Missing argument 'QUERY...'"),
        (["explain", "茶 (", "tea1", "--in", "{shop}"], "there is nothing in this group"),
        (["explain", "茶", "tea1", "--lenent", "--in", "{shop}"], "Did you mean '--lenient'?"),
        (["explain", "茶", "\udcff", "--in", "{shop}"], "is not text in the encoding"),
        (["search", "茶", "--in", "{sample}", "--snippet-length", "0"], "0 is not in the range"),
        (["search", "茶", "--in", ":memory:"], "an index in memory cannot be opened"),
        (["search", "茶", "--in", ""], "the location of an index is a path"),
        (["search", "--in", "{sample}"], "neither a QUERY nor a filter; '*' finds everything"),
        (["search", "茶", "--sinse", "2024-01-01", "--in", "{sample}"], "Did you mean"),
        (
            ["search", "茶", "--limt=3", "--in", "{sample}"],
            "No such option '--limt'. Did you mean '--limit'?",
        ),
        (["search", "茶\udcff", "--in", "{sample}"], "is not text in the encoding of this terminal"),
        (
            ["search", "茶", "--source", "\udcff", "--in", "{sample}"],
            "is not text in the encoding of this terminal",
        ),
        (["index", "--to", "x"], "Missing argument 'PATH...'"),
        (["index", "nowhere", "--to", "x"], "'nowhere' does not exist"),
        (["index", ".", "--to", "x", "--encoding", "klingon"], "unknown encoding 'klingon'"),
        (["stats", "a", "b"], "unexpected extra argument"),
        (["find", "茶"], "No such command 'find'"),
    ],
    ids=lambda value: " ".join(value).encode("ascii", "replace").decode() if isinstance(value, list) else "",
)
def test_wrong_usage_exits_with_2(run, sample, shop, arguments, message):
    result = run(*(argument.replace("{sample}", sample).replace("{shop}", shop) for argument in arguments))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")
    assert message in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["search", "茶", "--in", "nowhere"], "nowhere: there is no such folder"),
        (["search", "茶", "--in", "."], ".: there is no index in this folder"),
        (["search", "茶", "--in", "elsewhere://localhost/x"], "there is no engine 'elsewhere'"),
        (["stats", "nowhere"], "nowhere: there is no such folder"),
        (["rebuild", "nowhere"], "nowhere: there is no such folder"),
        (["optimize", "nowhere"], "nowhere: there is no such folder"),
        (["suggest", "茶", "--in", "nowhere"], "nowhere: there is no such folder"),
        (["similar", "1", "--in", "nowhere"], "nowhere: there is no such folder"),
        (["explain", "茶", "1", "--in", "nowhere"], "nowhere: there is no such folder"),
        (["index", "{articles}", "--to", "{articles}"], "the folder is not empty"),
        (["index", "{articles}", "--to", "{articles}/0.txt"], "an index cannot be made here"),
    ],
    ids=lambda value: " ".join(value).encode("ascii", "replace").decode() if isinstance(value, list) else "",
)
def test_what_cannot_be_done_exits_with_1(run, articles, arguments, message):
    result = run(*(argument.replace("{articles}", str(articles)) for argument in arguments))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("error: ")
    assert message in result.stderr


def test_a_missing_index_has_a_hint_how_to_make_one(run):
    assert run("search", "茶").stderr.endswith(
        "\nhint: 'searchkit index PATH... --to LOCATION' makes an index\n"
    )


ERRORS = [
    (searchkit.IndexCorruptError("x: damaged"), 1, "error: x: damaged\n"),
    (searchkit.IndexIncompatibleError("x: too new"), 1, "error: x: too new\n"),
    (searchkit.IndexLockedError("x: locked by 7"), 1, "error: x: locked by 7\n"),
    (searchkit.EngineUnavailableError("x: not there"), 1, "error: x: not there\n"),
    (searchkit.ArticleError("a.txt", "no text"), 1, "error: a.txt: no text\n"),
    (searchkit.SearchkitError("anything"), 1, "error: anything\n"),
    (PermissionError(13, "Permission denied", "x"), 1, "error: [Errno 13] Permission denied: 'x'\n"),
    (ValueError("limit must be less"), 2, "error: limit must be less\n"),
    (KeyboardInterrupt(), 130, "\ninterrupted\n"),
]


@pytest.mark.parametrize(("error", "status", "message"), ERRORS, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize(
    "command",
    [
        ("search", "茶"),
        ("suggest", "茶"),
        ("similar", "1"),
        ("explain", "茶", "1"),
        ("show", "1"),
        ("update", "1", "--set", "title=茶"),
        ("delete", "1"),
        ("delete", "--all", "--yes"),
        ("fields",),
        ("synonyms",),
        ("stats",),
        ("rebuild",),
        ("optimize",),
        ("demo",),
        ("index", "."),
    ],
)
def test_every_error_has_a_message_and_an_exit_status(run, monkeypatch, command, error, status, message):
    def fail(location):
        raise error

    monkeypatch.setattr(searchkit, "open", fail)
    result = run(*command)
    if isinstance(error, KeyboardInterrupt) and command[0] == "index":
        message = "interrupted: nothing was committed\n"
    assert (result.exit_code, result.stderr, result.stdout) == (status, message, "")


@pytest.mark.parametrize("error", [KeyError("missing"), ImportError("no module named 'other'")], ids=repr)
def test_unknown_exceptions_are_raised(run, monkeypatch, error):
    def fail(location):
        raise error

    monkeypatch.setattr(searchkit, "open", fail)
    with pytest.raises(type(error)):
        run("search", "茶")


@pytest.mark.parametrize(
    ("method", "command"),
    [
        ("delete", ("delete", "tea1")),
        ("clear", ("delete", "--all", "-y")),
        ("update", ("update", "tea1", "--set", "title=茶")),
    ],
)
def test_ctrl_c_while_documents_change_says_what_became_of_them(run, shop, monkeypatch, method, command):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(searchkit.Index, method, interrupt)
    result = run(*command, "--in", shop)
    assert (result.exit_code, result.stdout) == (130, "")
    assert result.stderr == "interrupted: the whole change was made, or nothing was\n"


def test_a_mistyped_option_says_how_it_is_searched_for(run, sample):
    result = run("search", "--force", "茶", "--in", sample)
    assert result.exit_code == 2
    assert "\nhint: behind -- it is part of the query: searchkit search -- --force\n" in result.stderr
    assert run("search", "--in", sample, "--", "--force").exit_code == 0


def test_an_option_behind_the_dashes_is_named(run, sample, monkeypatch):
    monkeypatch.setenv("SEARCHKIT_INDEX", sample)
    result = run("search", "--", "茶", "--limit", "1")
    assert result.exit_code == 0
    assert (
        "hint: --limit is part of the query, as it stands behind --; options stand before it\n"
        in result.stderr
    )


@pytest.mark.parametrize("query", [["-video", "茶"], ["-vienna"], ["茶", "-v1"], ["茶", "OR", "-体育"]])
def test_words_behind_a_minus_are_no_short_options(run, sample, query):
    result = run("search", *query, "--lenient", "--json", "--in", sample)
    with searchkit.open(sample) as index:
        assert json.loads(result.stdout)["query"] == index.search(" ".join(query), lenient=True).query


def test_warnings_of_other_packages_stay_warnings(run, monkeypatch):
    def warn(location):
        warnings.warn("old", DeprecationWarning, stacklevel=1)

    monkeypatch.setattr(searchkit, "open", warn)
    with pytest.raises(DeprecationWarning):
        run("search", "茶")


# -- queries that are not well-formed


@pytest.mark.parametrize(
    ("query", "reason", "shown", "columns"),
    [
        ('茶 "乾隆', "this quote is not closed (at character 3)", '茶 "乾隆', 3),
        ("tea (or", "this bracket is not closed (at character 5)", "tea (or", 4),
        ("图书馆 ）", "this bracket closes nothing (at character 5)", "图书馆 ）", 7),
        ("ﾃｽﾄ 茶 )", "this bracket closes nothing (at character 7)", "ﾃｽﾄ 茶 )", 7),  # half-width kana
        ("茶\n(", "there is nothing in this group (at character 3)", "茶 (", 3),
        (
            "e\u0301 (",
            "there is nothing in this group (at character 4)",
            "e\u0301 (",
            2,
        ),  # a combining accent
    ],
)
def test_the_caret_is_below_the_position_of_a_syntax_error(run, sample, query, reason, shown, columns):
    result = run("search", query, "--in", sample)
    assert result.exit_code == 2
    assert result.stderr.split("\n") == [
        f"error: {reason}",
        f"  {shown}",
        f"  {' ' * columns}^",
        "hint: --lenient reads any query as well as it can be",
        "",
    ]


def test_a_syntax_error_in_a_long_query_shows_its_surroundings(run, sample):
    result = run("search", "图书馆" * 1500 + " ( " + "乾隆" * 1500, "--in", sample)
    _, shown, caret, _ = result.stderr.splitlines()
    assert shown.startswith("  …书馆图书馆")
    assert shown.endswith("乾隆乾…")
    assert len(shown) < 45
    before = shown.partition("(")[0]
    assert caret.index("^") == sum(2 if character in "图书馆" else 1 for character in before)


def test_a_syntax_error_has_no_control_characters(run, sample):
    assert "\x1b" not in run("search", "\x1b[2J茶 (", "--in", sample).stderr


def test_a_query_that_is_too_dear_says_which_part_is_and_how_to_ask_it_all_the_same(run, sample):
    result = run("search", "茶 OR hel*", "--max-cost", "20000", "--in", sample)
    assert result.exit_code == 2
    assert "hel* takes too long to look for" in result.stderr
    assert "hint: --max-cost " in result.stderr
    assert run("search", "茶 OR hel*", "--in", sample).exit_code == 0

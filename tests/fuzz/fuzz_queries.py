"""Coverage-guided fuzzing of the parser and the search by atheris (libFuzzer): `make fuzz`, for a minute.

Any text gives results or `QuerySyntaxError`; the lenient reading never raises; the text of a tree parses to
the tree again. What libFuzzer finds against that, or slower than the timeout, it writes to a file and stops.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["searchkit.query"]):
    import searchkit
    from searchkit.query import parse
    from searchkit.schema import Schema

FIELDS = {"n": "number", "who": "text", "day": "date", "ok": "boolean"}
DECLARED = Schema(FIELDS)  # type: ignore[arg-type]

INDEX = searchkit.create(":memory:", synonyms=[["北大", "北京大学"]], fields=FIELDS)  # type: ignore[arg-type]
INDEX.add(
    {"id": str(number), "url": f"https://a.b/{number}", "title": title, "body": body, "extra": {"n": number}}
    for number, (title, body) in enumerate(
        [
            ("中日關係", "上川陽子 said C++ and GPT-4。"),
            ("茶", "乾隆的茶，軟體 a b c\n新的一行"),
            ("", "3.6.3 计程车"),
        ]
    )
)


def one_query(data: bytes) -> None:
    """Read and search what libFuzzer made."""
    text = data.decode("utf-8", "replace")
    tree = parse(text, lenient=True, fields=DECLARED)
    assert parse(str(tree), fields=DECLARED) == tree, (text, tree)
    try:
        search_both_ways(text)
    except searchkit.QueryTooExpensiveError as error:  # a refusal, which has its reason
        assert error.cost > error.limit or error.reason


def search_both_ways(text: str) -> None:
    """Search as a search box does, and as a program, with all that results have to show."""
    results = INDEX.search(text, lenient=True, limit=3, facets=["year"], source="甲")
    assert all(map(str, results.hints))
    try:
        strict = parse(text, fields=DECLARED)
    except searchkit.QuerySyntaxError:
        return
    assert parse(str(strict), fields=DECLARED) == strict, (text, strict)
    results = INDEX.search(text, limit=3)
    for hint in results.hints:
        for query in hint.queries:
            INDEX.count(query, lenient=True)
    for hit in results:
        assert hit.title.html() is not None
        assert hit.snippet.text is not None


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_query)
    atheris.Fuzz()

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

INDEX = searchkit.create(":memory:", synonyms=[["北大", "北京大学"]], fields={"n": "number"})
INDEX.add(
    {"id": str(number), "title": title, "body": body, "extra": {"n": number}}
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
    tree = parse(text, lenient=True)
    assert parse(str(tree)) == tree, (text, tree)
    INDEX.search(text, lenient=True, limit=3, facets=["year"])
    try:
        strict = parse(text)
    except searchkit.QuerySyntaxError:
        return
    assert parse(str(strict)) == strict, (text, strict)
    for hit in INDEX.search(text, limit=3):
        assert hit.title.html() is not None
        assert hit.snippet.text is not None


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_query)
    atheris.Fuzz()

"""Whatever is in a file: no exception, and an answer that says which file it is about."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchkit.articles import FileDocument, read_file
from searchkit.articles.readers import ReadOptions
from searchkit.errors import ArticleError

NAMES = ["a.txt", "a.md", "a.markdown", "a.html", "a.htm", "a.jsonl", "a.ndjson", "a.jsonl.gz", "a.png", "a"]
NAMES += ["a.pdf", "a.docx", "a.epub", "a.eml", "a.mbox", "a.xml", "a.xml.bz2", "a.xml.gz"]
NAMES += ["a.json", "a.csv", "a.tsv", "a.db", "a.sqlite3"]

# Pieces of all formats, in an order that none of them has.
PIECES = [
    *(
        "---\n",
        "title: ",
        "date: ",
        "tags: [",
        "]\n",
        "- ",
        ": ",
        '"',
        "'",
        "&a ",
        "*a",
        "|\n",
        "\t",
        "{",
        "}",
        "\n",
    ),
    *(
        "<!--",
        "1600000000000",
        "-->",
        "[",
        "](",
        "http://a.example/",
        ")",
        "------\n",
        "<div>",
        "</div>",
        "<p ",
        ">",
    ),
    *(
        "<script>",
        "</script>",
        "<![CDATA[",
        "<?",
        "&#0;",
        "&#xd800;",
        "<meta charset=gbk>",
        "<form>",
        "<td>",
        "<a href=",
    ),
    *(
        "# ",
        "```\n",
        "**",
        "`",
        "| a |",
        "\\",
        '{"body": "',
        '"id": 5, ',
        '"published": ',
        "null",
        "\r",
        "\ufeff",
        "\0",
    ),
    *("title,body\n", "标题;正文\r\n", 'a,"', '"', ",", "[", '[{"body": "', '"}', "]", "SQLite format 3\0"),
    *("早市", "。", "\u200b", "\u3000", "\ud800", "\U0001f468\u200d"),
]
texts = (
    st.lists(st.sampled_from(PIECES), max_size=30)
    .map("".join)
    .map(lambda text: text.encode("utf-8", "surrogatepass"))
)


@given(name=st.sampled_from(NAMES), data=st.binary(max_size=200) | texts, pack=st.booleans())
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_reading_any_bytes_never_raises(tmp_path: Path, name: str, data: bytes, pack: bool):
    path = tmp_path / name
    path.write_bytes(gzip.compress(data) if pack else data)
    all_found = list(read_file(path))
    assert all_found
    for found in all_found:
        if isinstance(found, FileDocument):
            title = found.document.title
            assert title or found.document.url == ""
            assert "\n" not in title or Path(name).suffix not in (".txt", ".md", ".html")
            assert found.place.startswith(str(path))
        else:
            assert isinstance(found, ArticleError)
            assert found.path.startswith(str(path))
            assert found.reason


@given(
    data=texts,
    encoding=st.sampled_from(["utf-8", "utf-16", "gb2312", "big5", "cp932", "latin-1", "ascii", "utf-7"]),
)
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.jsonl", "a.json", "a.csv", "a.db"])
def test_reading_in_a_forced_encoding_never_raises(tmp_path: Path, name: str, data: bytes, encoding: str):
    path = tmp_path / name
    path.write_bytes(data)
    assert list(read_file(path, ReadOptions(encoding)))


@pytest.mark.parametrize("encoding", ["no-such", "hex", "rot13", "undefined", ""])
def test_an_unknown_encoding_is_a_wrong_argument(tmp_path, encoding):
    with pytest.raises(ValueError, match="unknown encoding"):
        read_file(tmp_path / "a.txt", ReadOptions(encoding))

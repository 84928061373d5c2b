"""EPUB: books that EbookLib writes, those laid out otherwise, and what is wrong with others."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime, timezone
from pathlib import Path

import pytest
from archives import with_part
from ebooklib import epub
from hypothesis import HealthCheck, given, settings
from strategies import damaged

import searchkit
from searchkit.articles import FileDocument, read_file
from searchkit.document import Document
from searchkit.errors import ArticleError

CHAPTERS = {
    "text/一 1.xhtml": "<h1>第一章 早市</h1><p>清晨的菜市场里，<br/>人声渐渐多了起来。</p>",
    "text/一 2.xhtml": "<p>卖豆腐的<a id='x'/>老人。</p>",
    "text/二.xhtml": "<h1>第二章 河邊</h1><p>河邊有一排<ruby>樹<rt>shù</rt></ruby>，樹下有人下棋。</p>",
}
ALL = [
    "第一章 早市",
    "清晨的菜市场里，",
    "人声渐渐多了起来。",
    "卖豆腐的老人。",
    "第二章 河邊",
    "河邊有一排樹，樹下有人下棋。",
]


def book() -> bytes:
    """A book of two chapters, the first in two files."""
    made = epub.EpubBook()
    made.set_identifier("urn:isbn:9780000000000")
    made.set_title("菜市場的早晨")
    made.set_language("zh-TW")
    made.add_author("林晚")
    made.add_author("馮驥", uid="second")
    made.add_metadata("DC", "subject", "散文")
    made.add_metadata("DC", "date", "2012-05-06")
    items = []
    for name, content in CHAPTERS.items():
        item = epub.EpubHtml(title=name, file_name=name, lang="zh")
        item.content = content
        made.add_item(item)
        items.append(item)
    made.add_item(epub.EpubItem(file_name="cover.png", media_type="image/png", content=b"\x89PNG"))
    made.toc = (
        epub.Link("text/%E4%B8%80%201.xhtml", "早市", "one"),
        (epub.Section("第二部"), (epub.Link("text/二.xhtml#top", "河邊", "two"),)),
    )
    made.add_item(epub.EpubNcx())
    made.add_item(epub.EpubNav())
    made.spine = ["nav", *items]
    file = io.BytesIO()
    epub.write_epub(file, made)
    return file.getvalue()


BOOK = book()
PACKAGE = "EPUB/content.opf"
OPF = zipfile.ZipFile(io.BytesIO(BOOK)).read(PACKAGE)


def changed(data: bytes, name: str, old: str, new: str) -> bytes:
    """The book with another text in a part, which must be there."""

    def change(part: bytes) -> bytes:
        text = part.decode()
        assert re.search(old, text), text
        return re.sub(old, new, text, flags=re.DOTALL).encode()

    return with_part(data, name, change)


def places(document: Document) -> list[tuple[str, list[str]]]:
    return [
        (one.value, document.body[one.start : one.end].split("\n"))
        for one in document.markup
        if one.kind == "place"
    ]


def test_a_book_is_a_document_whose_chapters_are_places(read) -> None:
    document = read(BOOK, "书.epub")
    assert (document.title, document.tags) == ("菜市場的早晨", ("散文",))
    assert document.published == datetime(2012, 5, 6)  # noqa: DTZ001
    assert document.extra == {
        "author": ["林晚", "馮驥"],
        "language": "zh-TW",
        "identifier": "urn:isbn:9780000000000",
    }
    assert document.body.split("\n") == ALL
    assert places(document) == [("早市", ALL[:4]), ("河邊", ALL[4:])]
    assert [document.body[one.start : one.end] for one in document.markup if one.kind == "heading"] == [
        "第一章 早市",
        "第二章 河邊",
    ]


def test_a_hit_names_the_chapter(tmp_path) -> None:
    (tmp_path / "书.epub").write_bytes(BOOK)
    index = searchkit.create(":memory:")
    assert index.add(searchkit.read_articles(tmp_path)).added == 1
    for query, place in (('"树下有人"', "河邊"), ("老人", "早市")):
        assert [hit.place for hit in index.search(query)] == [place]


def test_titles_come_from_either_table_of_contents_or_the_headings(read) -> None:
    no_nav = changed(BOOK, PACKAGE, ' properties="nav"', "")
    assert [name for name, _ in places(read(no_nav, "a.epub"))] == ["早市", "河邊"]
    neither = changed(no_nav, PACKAGE, ' toc="ncx"', "")
    assert [name for name, _ in places(read(neither, "a.epub"))] == ["第一章 早市", "第二章 河邊"]


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2012", datetime(2012, 1, 1)),  # noqa: DTZ001
        ("2012-05", datetime(2012, 5, 1)),  # noqa: DTZ001
        ("2012-05-06T01:00:00+08:00", datetime(2012, 5, 5, 17, tzinfo=timezone.utc)),
        ("MMXII", None),
    ],
)
def test_a_date_may_be_a_year(read, date: str, expected: datetime | None) -> None:
    assert read(changed(BOOK, PACKAGE, "2012-05-06", date), "a.epub").published == expected


def test_a_book_without_a_spine_or_container_is_read_in_the_order_of_its_parts(read) -> None:
    assert read(changed(BOOK, PACKAGE, "<itemref[^>]*>", ""), "a.epub").body.split("\n") == ALL
    assert read(with_part(BOOK, "META-INF/container.xml", lambda _: None), "a.epub").title == "菜市場的早晨"
    assert read(changed(BOOK, PACKAGE, "</spine>.*", ""), "a.epub").body.split("\n") == ALL


def test_a_chapter_that_is_not_there_does_not_hide_the_others(tmp_path) -> None:
    path = tmp_path / "a.epub"
    path.write_bytes(with_part(BOOK, "EPUB/text/一 2.xhtml", lambda _: None))
    found, failure = read_file(path)
    assert isinstance(found, FileDocument)
    assert isinstance(failure, ArticleError)
    assert found.document.body.split("\n") == ALL[:3] + ALL[4:]
    assert failure.path == f"{path}:EPUB/text/一 2.xhtml"
    assert failure.reason == "the chapter is not in the file"


def encrypted(name: str) -> bytes:
    """The book with the list of encrypted parts, which has the part in it."""
    data = (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptedData '
        'xmlns="http://www.w3.org/2001/04/xmlenc#"><EncryptionMethod Algorithm="http://ns.adobe.com/pdf/enc#RC"/>'
        f'<CipherData><CipherReference URI="{name}"/></CipherData></EncryptedData></encryption>'
    )
    return with_part(BOOK, "META-INF/encryption.xml", lambda _: data.encode())


def test_protected_books_are_refused_but_protected_fonts_are_not(read, refused) -> None:
    assert refused(encrypted("EPUB/text/%E4%BA%8C.xhtml"), "a.epub") == (
        "it is protected against copying (DRM): its chapters are encrypted"
    )
    assert read(encrypted("EPUB/fonts/a.otf"), "a.epub").body.split("\n") == ALL


def test_other_files_have_their_reason(refused) -> None:
    assert refused(BOOK[:500], "a.epub") == "a damaged file: File is not a zip file"
    assert refused(b"PK\5\6" + bytes(18), "a.epub") == "not an EPUB file: there is no package (.opf) in it"
    assert refused(with_part(BOOK, PACKAGE, lambda _: b""), "a.epub") == (
        f"a damaged EPUB file: there is nothing in {PACKAGE}"
    )
    assert refused(with_part(BOOK, PACKAGE, lambda _: b"text"), "a.epub").startswith("a damaged EPUB file: ")
    assert refused(changed(BOOK, PACKAGE, "<item .*?/>", ""), "a.epub") == "there is no text in it"


@given(data=damaged(BOOK) | damaged(OPF).map(lambda part: with_part(BOOK, PACKAGE, lambda _: part)))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_damage_gives_a_document_or_a_failure(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.epub"
    path.write_bytes(data)
    assert all(isinstance(one, FileDocument) or one.reason for one in read_file(path))
